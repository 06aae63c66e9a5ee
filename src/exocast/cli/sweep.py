"""`exocast sweep`: the answer over a range of settings, or what a setting must be for a goal."""

from __future__ import annotations

import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, parse_settings, slug
from exocast.errors import ExocastError
from exocast.face.progress import progress_bar
from exocast.material.cascade import SAME
from exocast.units.numbers import stated, stated_range, times

if TYPE_CHECKING:
    from exocast.learn.goal import Sought
    from exocast.learn.sweep import Sweep

__all__ = ["print_result", "sweep_design"]

Record = Mapping[str, Any]
WIDE = 110
"""Columns from which rivals stand side by side."""


def sweep_design(
    design: str,
    vary: list[str],
    until: str,
    by: str,
    goal: Mapping[str, Any],
    settings: list[str],
    members: str,
    seed: int | None,
    threads: int,
    out: Path | None,
    replace: bool,
) -> None:
    """Sweep or seek; see `exocast sweep --help`.

    Parameters
    ----------
    design : str
        What is turned.
    vary : list of str
        ``KEY=VALUES``, once or twice; empty for a search.
    until, by : str
        The goal, and the setting that is to reach it.
    goal : mapping
        ``within``, ``rival`` and ``percentile`` of a search.
    settings, members, seed, threads, out, replace
        As for the other verbs.

    Raises
    ------
    ExocastError
        If neither a sweep nor a search is asked for, or both.
    """
    from exocast.design import Design
    from exocast.face import seek, sweep
    from exocast.report.filing import file_result

    _decide(vary, until, by)
    console, axes = terminal(), parse_members(members)
    document = Design.read(design).with_settings(parse_settings(settings))
    what = "-by-".join(slug(text.partition("=")[0].rpartition(".")[2]) for text in vary)
    name = f"{slug(Path(document.name).stem)}-{what or slug(f'goal by {by}')}"
    place = place_for(out, name, "sweep" if vary else "search", replace=replace)
    started = time.perf_counter()
    options: dict[str, Any] = {
        "members": axes,
        "seed": seed,
        "threads": threads or os.cpu_count() or 1,
    }
    result: Sweep | Sought
    with progress_bar(console) as show:
        if vary:
            result = sweep(document, _settings(vary), progress=show, **options)
        else:
            result = seek(document, until, by, progress=show, **goal, **options)
    seconds = time.perf_counter() - started
    command = _command(design, vary, until, by, goal, settings, members, seed)
    file_result(result, place, replace=replace, command=command)
    print_result(console, result.record, f"{seconds:.1f} s")
    say_written(console, place)


def print_result(console: Console, record: Record, when: str) -> None:
    """Print a sweep or a search.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the sweep or the search.
    when : str
        How long it took, or when it was made.
    """
    _print_head(console, record, when)
    if "points" in record:
        _print_sweep(console, record)
    else:
        _print_goal(console, record)


def _command(
    design: str,
    vary: list[str],
    until: str,
    by: str,
    goal: Mapping[str, Any],
    settings: list[str],
    members: str,
    seed: int | None,
) -> str:
    """Return what one would type for the same result."""
    options: list[tuple[str, object]] = [("--vary", text) for text in vary]
    options += [("--until", until), ("--by", by), ("--within", goal["within"])]
    options += [("--rival", goal["rival"])]
    options += [("--percentile", "" if goal["percentile"] == 50 else goal["percentile"])]
    options += [("--set", text) for text in settings]
    options += [("--members", members), ("--seed", "" if seed is None else seed)]
    given = [str(part) for option, text in options if text != "" for part in (option, text)]
    return shlex.join(["exocast", "sweep", design, *given])


def _decide(vary: list[str], until: str, by: str) -> None:
    """Refuse what is neither a sweep nor a search, or both."""
    if bool(vary) == bool(until or by):
        raise ExocastError(
            "say what to turn: --vary KEY=VALUES for a sweep, or --until GOAL --by KEY for a search"
        )
    if not vary and not (until and by):
        raise ExocastError(
            'a search takes both, as in --until "answer >= 500 copies" --by regimen.dose'
        )


def _settings(vary: list[str]) -> dict[str, str]:
    """Return what is varied; a key given twice is refused here, before one replaces the other."""
    from exocast.learn.vary import parse_vary

    found: dict[str, str] = {}
    for text in vary:
        key, values = parse_vary(text)
        if key in found:
            raise ExocastError(f"--vary {key} is given twice; list its values, as in {key}=a,b")
        found[key] = values
    return found


def _print_head(console: Console, record: Record, when: str) -> None:
    size = record["members"]
    console.print(f"[bold]exocast {record['version']}[/]   {record['title']}", soft_wrap=True)
    points = len(record.get("points", record.get("evaluations", ())))
    console.print(
        f"simulated   {points} points on the same {size['uncertainty']} x {size['variability']} "
        f"members   seed {record['seed']}   {when}\n",
        soft_wrap=True,
    )


def _print_sweep(console: Console, record: Record) -> None:
    """Print one line a point, one group of columns a rival; in a narrow terminal one table each."""
    shown = range(len(record["points"][0]["by_hypothesis"])) if record["contested"] else range(1)
    beside = len(shown) == 1 or console.width >= WIDE
    for group in [shown] if beside else [range(i, i + 1) for i in shown]:
        console.print(_points(record, group))
        console.print()
    _print_closing(console, record, shown)


def _points(record: Record, shown: range) -> Table:
    """Return one line a point, for some of the rivals."""
    points, unit = record["points"], record["answer"]["unit"]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for axis in record["axes"]:
        widest = max(map(len, axis["texts"]))
        table.add_column(_broken(axis["address"], widest), justify="right", min_width=widest)
    for index in shown:
        phrase = points[0]["by_hypothesis"][index]["phrase"]
        words = f"if {phrase}" if phrase and record["contested"] else record["answer"]["title"]
        table.add_column(words, justify="right", overflow="fold", min_width=7)
        table.add_column("90 % uncertainty", justify="right", no_wrap=True)
        if len(shown) == 1:
            table.add_column("90 % variability", justify="right", no_wrap=True)
        table.add_column("times first", justify="right", no_wrap=True)
    for point in points:
        cells = list(point["texts"])
        for index in shown:
            entry = point["by_hypothesis"][index]
            cells += [stated(entry["median"], unit), stated_range(entry["uncertainty"], unit)]
            if len(shown) == 1:
                cells.append(stated_range(entry["variability"], unit))
            ratio = entry["over_first"]["median"]
            cells.append("·" if ratio is None else times(ratio))
        table.add_row(*cells)
    return table


def _broken(address: str, width: int) -> str:
    """Return the address of a setting, on two lines where it is far wider than its values."""
    head, dot, last = address.rpartition(".")
    return f"{head}{dot}\n{last}" if dot and len(address) > width + 8 else address


def _print_closing(console: Console, record: Record, shown: range) -> None:
    from exocast.report.words import counted_in

    points = record["points"]
    unit = counted_in(record["answer"]["unit"])
    title = str(record["answer"]["title"])
    say(console, "Answer", title if title.startswith(unit) else f"{title}, {unit}")
    for index in shown:
        medians = [point["by_hypothesis"][index]["median"] or 0.0 for point in points]
        flat = len(points) > 1 and max(medians) - min(medians) <= SAME * max(medians)
        best = max(points, key=lambda point: point["by_hypothesis"][index]["median"] or 0.0)
        entry = best["by_hypothesis"][index]
        where = "at every point" if flat else f"at {', '.join(best['texts'])}"
        words = f"{stated(entry['median'], record['answer']['unit'])} {where}"
        if entry["phrase"] and record["contested"]:
            words += f", if {entry['phrase']}"
        if entry["orders_short"] is not None:
            orders = entry["orders_short"]
            needed = stated(entry["needed"], record["answer"]["unit"], 6)
            short = f"short by {orders:.1f} orders of magnitude ({needed} needed)"
            words += f": {short}" if orders > 0 else ": enough"
        say(console, "The same" if flat else "Largest", words)
    flagged = max(points, key=lambda point: len(point["flags"]))
    if flagged["flags"]:
        words = f"at {', '.join(flagged['texts'])}: {flagged['flags'][0]['message']}"
        more = len(flagged["flags"]) - 1
        say(console, "Flags", words + (f" (and {more} more there)" if more else ""))


def _print_goal(console: Console, record: Record) -> None:
    """Print every evaluation and the finding."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    unit = record["unit"]
    of = "" if unit == "1" else rf" \[{unit}]"
    what = "median" if record["percentile"] == 50 else f"{record['percentile']:g} % end"
    table.add_column(record["by"], justify="right", overflow="fold")
    for title in (f"{what}{of}", "90 % uncertainty", ""):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    for one in record["evaluations"]:
        pair = (one["uncertainty_low"], one["uncertainty_high"])
        words = "met" if one["met"] else ""
        if one["setting"] == record["value"]:
            words = "<< the least that meets it" if _rising(record) else "<< the most that meets it"
        table.add_row(one["setting"], stated(one["value"], unit), stated_range(pair, unit), words)
    console.print(table)
    console.print()
    say(console, "Goal", record["sentence"])
    if record["flags"]:
        where = record["value"] or (record["best"] or {}).get("text")
        more = f" ({len(record['flags'])} in all)" if len(record["flags"]) > 1 else ""
        say(console, "Flags", f"at {where}: {record['flags'][0]['message']}{more}")


def _rising(record: Record) -> bool:
    """Return whether values above the one that was found meet the goal."""
    at = next(i for i, one in enumerate(record["evaluations"]) if one["setting"] == record["value"])
    above = record["evaluations"][at + 1 : at + 2]
    return not above or bool(above[0]["met"])
