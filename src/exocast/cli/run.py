"""`exocast run`: progress, cascade, answer, and the folder."""

from __future__ import annotations

import os
import re
import shlex
import time
from pathlib import Path

from exocast._version import __version__
from exocast.cli.cascade import print_forecast
from exocast.cli.console import terminal
from exocast.errors import ExocastError
from exocast.face.progress import progress_bar

__all__ = ["run_design"]


def run_design(
    design: str,
    out: Path,
    name: str,
    settings: list[str],
    threads: int,
    seed: int | None,
    members: str,
    replace: bool,
) -> None:
    """Run a design and write its folder; see `exocast run --help`."""
    from exocast.design import Design
    from exocast.face import check_folder, run
    from exocast.instruments import headline

    console = terminal()
    axes = parse_members(members)
    document = Design.read(design).with_settings(parse_settings(settings))
    document.check()
    folder = out / slug(name or Path(document.name).stem)
    check_folder(folder, replace=replace)
    console.print(f"[bold]exocast {__version__}[/]   {document.title}", soft_wrap=True)
    for measurement in document.plan().measurements.values():
        console.print(f"reading     {headline(measurement)}", soft_wrap=True)
    started = time.perf_counter()
    with progress_bar(console) as show:
        forecast = run(
            document,
            seed=seed,
            members=axes,
            threads=threads or os.cpu_count() or 1,
            progress=show,
        )
    seconds = time.perf_counter() - started
    options = [*(("--set", text) for text in settings), ("--members", members)]
    options.append(("--seed", "" if seed is None else str(seed)))
    given = [part for option, text in options if text for part in (option, text)]
    command = shlex.join(["exocast", "run", design, *given])
    saved = forecast.save(folder, replace=replace, command=command)
    print_forecast(console, saved, seconds)


def parse_settings(settings: list[str]) -> dict[str, object]:
    """Read KEY=VALUE pairs; a value may be a list, as in regimen.times='["0 h", "48 h"]'.

    Raises
    ------
    ExocastError
        If one of them has no equals sign.
    """
    from exocast.design.reading import read_value

    pairs: dict[str, object] = {}
    for text in settings:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise ExocastError(f"--set {text!r} is not of the form KEY=VALUE")
        pairs[key.strip()] = read_value(value.strip())
    return pairs


def parse_members(text: str) -> tuple[int, int] | None:
    """Read ``50x20`` as uncertainty x variability.

    Raises
    ------
    ExocastError
        If it is anything else.
    """
    if not text:
        return None
    found = re.fullmatch(r"(\d+)\s*[x×]\s*(\d+)", text)
    if not found or "0" in found.groups():
        raise ExocastError(f"--members {text!r}: write uncertainty x variability, such as 50x20")
    return int(found[1]), int(found[2])


def slug(name: str) -> str:
    """Return a name as a folder name."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "forecast"
