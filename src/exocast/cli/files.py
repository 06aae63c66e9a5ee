"""Files that a verb writes beside what it prints: refused early, written whole."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from exocast.errors import ExocastError

__all__ = ["place_for", "refuse_files", "write_files"]


OUT = Path("out")
"""Where results go when nobody says."""


def place_for(out: Path | None, name: str, kind: str, *, replace: bool) -> Path:
    """Return the folder that a result goes to, before anything is computed.

    Parameters
    ----------
    out : Path or None
        What the user named.
    name : str
        What it is called when nobody names it: ``out/NAME``, with a number where that is taken.
    kind : str
        What the result is: a key of `exocast.material.folder.RECORDS`.
    replace : bool
        Whether a result of the same kind may be replaced.

    Raises
    ------
    ExocastError
        If the folder that was named is in the way.
    """
    from exocast.material.folder import kind_of, refuse

    if out is not None:
        refuse(out, replace=replace, kind=kind)
        return out
    place, number = OUT / name, 2
    while place.exists() and not (replace and kind_of(place) == kind):
        place, number = OUT / f"{name}-{number}", number + 1
    return place


def refuse_files(paths: Iterable[Path | None]) -> None:
    """Refuse files that cannot be written, before anything is computed or printed.

    Raises
    ------
    ExocastError
        If one is there already, or its folder is not.
    """
    for path in paths:
        if path is None:
            continue
        if path.exists():
            raise ExocastError(f"{path} exists and is not overwritten; choose another name")
        if not path.parent.is_dir():
            raise ExocastError(f"{path}: there is no folder {path.parent}")


def write_files(texts: Mapping[Path, str]) -> None:
    """Write texts; each file is complete or not there."""
    for path, text in texts.items():
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}-",
            delete=False,
        ) as file:  # fmt: skip
            file.write(text)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
