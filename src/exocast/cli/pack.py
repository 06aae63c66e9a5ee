"""`exocast pack`: one file to send to a colleague, a reviewer or a repository."""

from __future__ import annotations

from pathlib import Path

from exocast.cli.console import terminal

__all__ = ["pack_forecast"]


def pack_forecast(folder: Path, output: Path | None, members: bool) -> None:
    """Pack a saved forecast.

    Raises
    ------
    ExocastError
        If the folder holds no forecast that can be repeated, or the file is there.
    """
    from exocast.face import pack

    path = output or Path(f"{folder.resolve().name}.zip")
    digest = pack(folder, path, members=members)
    console = terminal()
    size = path.stat().st_size / 1000
    console.print(f"Wrote {path}   {size:.0f} kB   digest {digest[:16]}", soft_wrap=True)
    console.print(f"[dim]exocast rerun {path} checks every file, runs it again and compares[/]")
