"""`exocast fit`: values of the catalogue from your own animals, and what they do not tell."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_settings, slug
from exocast.face.progress import progress_bar

__all__ = ["fit_values", "print_fit"]

Record = Mapping[str, Any]


def fit_values(
    design: str,
    free: list[str],
    settings: list[str],
    starts: int,
    steps: int,
    seed: int,
    threads: int,
    out: Path | None,
    replace: bool,
) -> None:
    """Fit; see `exocast fit --help`.

    Raises
    ------
    ExocastError
        If there is nothing to fit to, or a name is none.
    """
    from exocast.design import Design
    from exocast.qualify.fitting import fit_design
    from exocast.report.filing import file_result

    console = terminal()
    document = Design.read(design).with_settings(parse_settings(settings))
    place = place_for(out, f"{slug(Path(document.name).stem)}-fit", "fit", replace=replace)
    started = time.perf_counter()
    with progress_bar(console) as show:
        fitted = fit_design(
            document, free=free, starts=starts, steps=steps, seed=seed,
            threads=threads or os.cpu_count() or 1, progress=show,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    words = ["exocast fit", design, *(f"--free {name}" for name in free)]
    words += [f"--set {one}" for one in settings]
    words += [f"--starts {starts} --steps {steps} --seed {seed}"]
    filed = file_result(fitted, place, replace=replace, command=" ".join(words))
    print_fit(console, filed.record, f"{seconds:.1f} s")
    say_written(console, place)


def print_fit(console: Console, record: Record, when: str) -> None:
    """Print a fit.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the fit.
    when : str
        How long it took, or when it was made.
    """
    from exocast.report.panels.drivers import label
    from exocast.report.words import amount, interval

    quality = record["quality"]
    console.print(f"[bold]exocast {record['version']}[/]   {record['title']}", soft_wrap=True)
    say(console, "fit", f"{len(record['free'])} values to {quality['readings']} readings; {when}")
    console.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title, side in (("value", "left"), ("before", "right"), ("after", "right"),
                        ("90 %", "left"), ("", "left")):  # fmt: skip
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for one in record["free"]:
        table.add_row(
            label(one) + (rf" \[{one['unit']}]" if one["unit"] != "1" else ""),
            amount(one["prior"][0]),
            amount(one["fitted"]),
            interval(one["posterior"][1:], 2),
            one["verdict"],
        )
    console.print(table)
    console.print()
    before, after = quality["gmfe_before"], quality["gmfe_after"]
    words = f"fold error {before:.2f} before, {after:.2f} after (it fits; whether it predicts, "
    say(console, "Errors", f"{words}only other data tell)")
    ends = f"{quality['starts_at_best']} of {quality['starts']} starts end at the best"
    sampler = quality["sampler"]
    if sampler is not None:
        words = "agrees" if sampler["agrees"] else "does not agree with the normal approximation"
        ends += f"; the sampler {words}"
    say(console, "Trust", ends)
