"""`exocast calibrate`: values of the body from the build cases of the qualification."""

from __future__ import annotations

import os
import time
from pathlib import Path

from rich.table import Table

from exocast.cli.console import say, terminal
from exocast.errors import ExocastError, nearest
from exocast.face.progress import progress_bar

__all__ = ["calibrate_values"]


def calibrate_values(
    name: str,
    data: Path | None,
    into: Path | None,
    starts: int,
    steps: int,
    seed: int,
    threads: int,
) -> None:
    """Fit what a calibration names; see `exocast calibrate --help`.

    Raises
    ------
    ExocastError
        If there is no such calibration, folder or case to build on.
    """
    from exocast.qualify.calibrating import calibrate, calibrations
    from exocast.qualify.qualification import cases_of
    from exocast.report.panels.drivers import label
    from exocast.report.words import amount, interval
    from exocast.units import from_si

    known = calibrations()
    if name not in known:
        raise ExocastError(f"no calibration `{name}`. {nearest(name, known)}")
    if into is not None and not into.is_dir():
        raise ExocastError(f"{into} is no folder: --into takes that of a catalogue")
    console = terminal()
    started = time.perf_counter()
    with progress_bar(console) as show:
        found = calibrate(
            known[name], cases_of(data), starts=starts, steps=steps, seed=seed,
            threads=threads or os.cpu_count() or 1, progress=show,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    console.print(f"[bold]{known[name].title}[/]", soft_wrap=True)
    readings = len(found.fit.predicted)
    say(console, "fit", f"{len(found.learnt)} values to {readings} readings; {seconds:.0f} s")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("value", "before", "after", "90 %", ""):
        table.add_column(title, justify="right" if title in ("before", "after") else "left")
    for one, row in zip(found.learnt, found.fit.rows, strict=True):
        printed = from_si(1.0, row.unit)
        key, _, context = one.identity.partition("@")
        table.add_row(
            label({"key": key, "context": context}),
            amount(printed * one.prior[0]),
            amount(printed * one.posterior[0]),
            interval([printed * end for end in one.posterior[1:]], 2),
            one.verdict,
        )
    console.print(table)
    if known[name].note:
        say(console, "Note", known[name].note)
    if into is not None:
        found.write(into)
        say(console, "Wrote", f"{into / 'fitted.csv'} and {into / 'fits' / (name + '.csv')}")
