"""`exocast compare`: Designs, variants and saved forecasts, member by member."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, slug
from exocast.face.progress import progress_bar
from exocast.units.numbers import interval, percent, raised, stated, times

__all__ = ["compare_designs", "print_comparison"]

Record = Mapping[str, Any]
WIDE = 120
"""Columns from which variability is shown as well."""
NARROW = 90
"""Columns below which the share of members is left to the sentence."""

LONG = 9
"""Letters of a side's name that fit above a column of a narrow table."""
LONGEST = 80
"""Letters of a folder's name."""


def compare_designs(
    designs: list[str],
    members: str,
    seed: int | None,
    threads: int,
    out: Path | None,
    replace: bool,
) -> None:
    """Compare; see `exocast compare --help`."""
    from exocast.face import compare
    from exocast.report.filing import file_result

    console, axes = terminal(), parse_members(members)
    names = [slug(Path(text.rpartition(":")[2]).stem) for text in designs]
    name = "-against-".join((*names[1:], names[0])) if names[1:] else f"variants-of-{names[0]}"
    place = place_for(out, name[:LONGEST], "comparison", replace=replace)
    started = time.perf_counter()
    with progress_bar(console) as show:
        comparison = compare(
            designs,
            seed=seed,
            members=axes,
            threads=threads or os.cpu_count() or 1,
            progress=show,
        )
    seconds = time.perf_counter() - started
    given = [("--members", members), ("--seed", "" if seed is None else str(seed))]
    options = [part for option, text in given if text for part in (option, text)]
    command = shlex.join(["exocast", "compare", *designs, *options])
    file_result(comparison, place, replace=replace, command=command)
    print_comparison(console, comparison.record, f"{seconds:.1f} s")
    say_written(console, place)


def print_comparison(console: Console, record: Record, when: str) -> None:
    """Print every pair of a comparison.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the comparison.
    when : str
        How long it took, or when it was made.
    """
    size = record["members"]
    console.print(
        f"[bold]exocast {record['version']}[/]   the same {size['uncertainty']} x "
        f"{size['variability']} members on every side   seed {record['seed']}   {when}",
        soft_wrap=True,
    )
    for pair in record["pairs"]:
        _print_pair(console, pair)


def _print_pair(console: Console, pair: Record) -> None:
    """Print what differs between two sides: what they say, then what comes of it."""
    base, other = pair["base"], pair["other"]
    short = console.width < NARROW and max(map(len, (base, other))) > LONG
    names = ("base", "other") if short else (base, other)
    lead = f"[bold]{other}[/]{' (other)' if short else ''} against [bold]{base}[/]"
    console.print()
    console.print(lead + (" (base)" if short else ""), soft_wrap=True)
    if pair["settings"]:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for title in ("  what they say differently", *names):
            table.add_column(title, overflow="fold")
        for one in pair["settings"]:
            table.add_row(f"  {one['address']}", one["base"] or "·", one["other"] or "·")
        console.print(table)
    else:
        console.print("  they say the same")
    console.print()
    console.print(_cascade(pair, names, console.width))
    console.print()
    lines = [("Answer", pair["sentence"])]
    for side, titles in ((base, pair["base_only"]), (other, pair["other_only"])):
        if titles:
            lines.append(("Only in", f"{side}: {', '.join(titles)}"))
    drawn = pair["drawn"]
    if drawn is not None:
        words = f"{drawn['shared']} uncertain or variable values shared"
        for side, count in ((base, drawn["base_only"]), (other, drawn["other_only"])):
            words += f", {count} only in {side}" if count else ""
        lines.append(("Pairing", words))
    for label, words in lines:
        say(console, label, words)


def _cascade(pair: Record, names: tuple[str, str], width: int) -> Table:
    """Return every row of the cascade that both have; on few columns, without the last ones."""
    from exocast.report.words import head_title

    wide, narrow = width >= WIDE, width < NARROW
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Delivery cascade", overflow="fold", min_width=34 if wide else 20)
    titles = [*names, "ratio", "90 % uncertainty"]
    titles += ["90 % variability"] if wide else []
    for title in [*titles, *([] if narrow else ["more in"])]:
        table.add_column(title, justify="right", no_wrap=True, min_width=7)
    head = None
    for row in pair["rows"]:
        if row["head"] != head:
            table.add_row(f"[bold]{head_title(row)}[/]")
        head = row["head"]
        for entry in row["by_hypothesis"] if row["contested"] else row["by_hypothesis"][:1]:
            title = raised(row["title"])
            if row["contested"] and entry["phrase"]:
                title += f", if {entry['phrase']}"
            table.add_row(
                Padding(title, (0, 0, 0, 2)),
                stated(entry["base"]["median"], row["unit"]),
                stated(entry["other"]["median"], row["unit"]),
                *_figures(entry, wide=wide)[: -1 if narrow else None],
            )
    return table


def _figures(entry: Record, *, wide: bool) -> list[str]:
    ratio = entry["ratio"]
    if entry["share_equal"] == 1:
        same = "1 exactly" if entry["identical"] else "1"
        return [same, *([""] if wide else []), "", "·"]
    shown = "·" if ratio["median"] is None else times(ratio["median"])
    intervals = [interval(ratio["uncertainty"], 2)]
    if wide:
        intervals.append(interval(ratio["variability"], 2))
    return [shown, *intervals, percent(entry["share_greater"])]
