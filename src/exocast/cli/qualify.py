"""`exocast qualify`: published experiments, predicted against observed."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for, refuse_files, write_files
from exocast.cli.run import parse_members
from exocast.face.progress import progress_bar
from exocast.units.numbers import amount, times

__all__ = ["print_qualification", "qualify_model"]

Record = Mapping[str, Any]
ROLES = {"build": "calibrated (build)", "verify": "predicted (verify)", "blind": "forecast blind"}


def qualify_model(
    data: Path | None,
    only: list[str],
    to: Path | None,
    out: Path | None,
    opened: Path | None,
    members: str,
    seed: int,
    threads: int,
    *,
    short: bool,
    replace: bool,
) -> None:
    """Forecast and score every case; see `exocast qualify --help`.

    Raises
    ------
    ExocastError
        If a case, a folder or a file is wrong or in the way.
    """
    from exocast.qualify.qualification import (
        MEMBERS,
        SHORT,
        SHORT_MEMBERS,
        cases_of,
        chosen,
        qualify,
        with_opened,
    )
    from exocast.qualify.sealed import opened_cases
    from exocast.report.filing import file_qualification

    console, axes = terminal(), parse_members(members)
    refuse_files([to])
    place = place_for(out, "qualification", "qualification", replace=replace)
    held = chosen(cases_of(data), only or (SHORT if short else ()))
    sealed = opened_cases(opened) if opened is not None else []
    started = time.perf_counter()
    with progress_bar(console) as show:
        result = qualify(
            held,
            members=axes or (SHORT_MEMBERS if short else MEMBERS),
            seed=seed,
            threads=threads or os.cpu_count() or 1,
            short=short,
            progress=show,
        )
    if sealed:
        result = with_opened(result, sealed)
    seconds = time.perf_counter() - started
    command = _command(data, only, opened, members, seed, short=short)
    complete = file_qualification(result, place, replace=replace, command=command, seconds=seconds)
    if to is not None:
        text = json.dumps(complete.record, indent=1, ensure_ascii=False, allow_nan=False)
        write_files({to: text + "\n"})
    print_qualification(console, complete.record, f"{seconds:.1f} s")
    say_written(console, place)
    if to is not None:
        say(console, "", str(to))


def print_qualification(console: Console, record: Record, when: str) -> None:
    """Print scores, anchors and directions.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the qualification.
    when : str
        How long it took, or when it was made.
    """
    size, number = record["members"], len(record["cases"]) + len(_benches(record))
    console.print(f"[bold]exocast {record['version']}[/]   {record['title']}", soft_wrap=True)
    console.print(
        f"forecast    {number} cases with {size['uncertainty']} x "
        f"{size['variability']} members   seed {record['seed']}   {when}\n",
        soft_wrap=True,
    )
    if record["cases"]:
        console.print(_scores({"": record["overall"]}, "in the body"))
        console.print()
    if _benches(record):
        console.print(_scores(record["bench"]["stages"], "in the tube"))
        console.print()
    _anchors(console, record["cases"])
    _directions(console, [*record["cases"], *_benches(record)])
    _left_out(console, record)
    if record["short"]:
        say(console, "Short", "few cases and few members: a check of the path, no verdict")


def _benches(record: Record) -> Sequence[Record]:
    """Return the cases on the bench; none in a record of an older version."""
    held: Sequence[Record] = record.get("bench", {}).get("cases", ())
    return held


def _scores(groups: Mapping[str, Record], title: str) -> Table:
    """Return the scores by role, of each stage where there are stages."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(title, no_wrap=True)
    for head in ("n", "papers", "GMFE", "within\n2-fold", "within\n3-fold", "90 %\ncoverage",
                 "mean\nratio", "GMFE,\nnaive"):  # fmt: skip
        table.add_column(head, justify="right", no_wrap=True)
    for stage, roles in groups.items():
        for role, words in ROLES.items():
            held = roles.get(role)
            if held is None or (not held["n"] and (stage or role == "blind")):
                continue
            ratio = held["mean_ratio"][0]
            table.add_row(
                f"{stage}, {words}" if stage else words,
                str(held["n"]),
                str(held["papers"]),
                amount(held["gmfe"]),
                _percent(held["within_2fold"]),
                _percent(held["within_3fold"]),
                _percent(held["coverage90"]),
                times(ratio) if ratio else "·",
                amount(held["baseline_gmfe"]) if held["baseline_gmfe"] else "·",
            )
    return table


def _anchors(console: Console, cases: Sequence[Record]) -> None:
    """Print each anchor with what is wanted of it."""
    lines = [
        (case, point) for case in cases for point in case["points"]
        if point["tolerance"] and not point["expected"]
    ]  # fmt: skip
    if not lines:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("anchor", overflow="fold")
    for title in ("observed", "predicted", "fold", "aim", ""):
        table.add_column(title, justify="right" if title else "left", no_wrap=True)
    for case, point in lines:
        fold, met = point["fold"], point["met"]
        verdict = "not run" if met is None else "[green]met[/]" if met else "[yellow]missed[/]"
        table.add_row(
            f"{case['paper']}: {_what(point)}",
            f"{point['observed']:g} {point['unit']}",
            amount(point["predicted"]) if point["predicted"] else "·",
            times(fold) if fold else "·",
            f"{point['tolerance']:g}-fold",
            verdict,
        )
    console.print(table)
    console.print()


def _directions(console: Console, cases: Sequence[Record]) -> None:
    """Print each direction with the ratio of the two arms."""
    lines = [(case, point) for case in cases for point in case["points"] if point["expected"]]
    if not lines:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("direction or bound", overflow="fold")
    for title in ("seen", "forecast", "90 %", ""):
        table.add_column(title, justify="right" if title in ("forecast", "90 %") else "left",
                         no_wrap=True)  # fmt: skip
    for case, point in lines:
        passed = point["passed"]
        verdict = "not run" if passed is None else (
            "[green]met[/]" if passed else "[yellow]missed[/]"
        )  # fmt: skip
        ends = (point["low"], point["high"])
        table.add_row(
            f"{case['paper']}: {_what(point)}",
            _seen(point),
            _shown(point),
            " to ".join(amount(end) for end in ends) if None not in ends else "·",
            verdict,
        )
    console.print(table)
    console.print()


def _left_out(console: Console, record: Record) -> None:
    """Say what no score holds."""
    failed = [one for one in record["excluded"] if one["what"] == "not run"]
    for one in failed:
        say(console, "Not run", f"{one['name']}: {one['reason']}")
    others = len(record["excluded"]) - len(failed)
    if others:
        say(console, "Left out", f"{others} entries, each with its reason in the report")


def _seen(point: Record) -> str:
    """Return a direction, or a bound with its number."""
    if point["observed"] is None:
        return str(point["expected"])
    return f"{point['expected']} {amount(point['observed'])} {point['unit'].replace('1', '')}"


def _shown(point: Record) -> str:
    """Return what was forecast of a direction, as a ratio, or of a bound, in its unit."""
    value = point["predicted"]
    if value is None:
        return "·"
    ratio = point["observed"] is None or point.get("compared")
    return times(value) if ratio else f"{amount(value)} {point['unit'].replace('1', '')}"


def _what(point: Record) -> str:
    """Return what was read, in words."""
    if "words" in point:
        return str(point["words"])
    known = {"percent_injected": "% of the dose", "residence": "mean residence"}
    what = known.get(point["quantity"], str(point["quantity"]).replace("_", " "))
    hours = point["time_h"]
    when = "" if hours is None else (
        f", {60 * hours:.3g} min" if hours < 1 else f", {hours:.3g} h"
    )  # fmt: skip
    return f"{point['organ']}, {what}{when}"


def _percent(share: float | None) -> str:
    return "·" if share is None else f"{100 * share:.0f} %"


def _command(
    data: Path | None,
    only: Sequence[str],
    opened: Path | None,
    members: str,
    seed: int,
    *,
    short: bool,
) -> str:
    """Return what one would type for the same result."""
    options: list[tuple[str, object]] = [("--data", data), *(("--only", name) for name in only)]
    options += [("--opened", opened), ("--members", members), ("--seed", "" if seed == 1 else seed)]
    given = [str(part) for name, value in options if value for part in (name, value)]
    return shlex.join(["exocast", "qualify", *(["--short"] if short else []), *given])
