"""`exocast drivers`: which values move the answer of a saved forecast, as bars in the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from exocast.cli.console import terminal
from exocast.cli.files import refuse_files, write_files
from exocast.errors import ExocastError

__all__ = ["bar", "show_drivers"]

Record = Mapping[str, Any]

WIDTH = 30
INKS = {"read": "█", "fitted": "▓", "borrowed": "▒", "assumed": "░"}
VARIES = "─"
COLUMNS = ("key", "context", "doc", "axis", "answer_low", "answer_median", "answer_high",
           "log10_swing", "matters", "rank_correlation", "noise_floor", "value", "low", "high",
           "variability", "unit", "standing", "source", "locator", "hypothesis")  # fmt: skip


def show_drivers(folder: Path, top: int, to: Path | None) -> None:
    """Print the tornado of a saved forecast; see `exocast drivers --help`.

    Raises
    ------
    ExocastError
        If there is no forecast, nothing moves its answer, or the file to write is in the way.
    """
    from exocast.material.forecast import read_record
    from exocast.report.words import amount, counted

    refuse_files([to])
    record = read_record(folder)
    rows = [
        driver
        for driver in record.get("drivers", [])
        if driver["answer_low"] != driver["answer_high"]
    ]
    if not rows:
        raise ExocastError(f"no value moves the answer of {folder}, or no member finished to tell")
    values = {value["identity"]: value for value in reversed(record["values"])}
    shown = rows[:top]
    ends = [x for row in shown for x in (row["answer_low"], row["answer_high"]) if x]
    limits = (math.log10(min(ends)), math.log10(max(ends))) if ends else (0.0, 1.0)
    console = terminal()
    matter = [row for row in rows if row["matters"]]
    counts = (
        f"{'copies' if record['question']['cargo'] else 'particles'} {record['answer']['title']}"
    )
    if record.get("ends_on") == "bench" or record["question"].get("organ"):
        counts = record["answer"]["counted"]
    console.print(f"[bold]{record['title']}[/]", soft_wrap=True)
    console.print(
        f"{counted(len(matter), 'range')} move the answer by 10 % or more, each on its own, the "
        f"others at their medians, preferred hypothesis; with all at their medians "
        f"{amount(rows[0]['answer_median'])} {counts}, which is not the median of the members\n",
        soft_wrap=True,
    )
    for rank, row in enumerate(shown, 1):
        for line in _lines(rank, row, values[row["identity"]], limits, console.width):
            console.print(line, soft_wrap=True)
    least, most = (amount(10**end) for end in limits)
    marks = "  ".join(f"{ink} {name}" for name, ink in INKS.items())
    console.print()
    console.print(
        f"[dim]bar: the answer from {least} to {most}, log axis, │ its median; not known and "
        f"{marks}; {VARIES} varies\nexocast explain KEY shows a value and its rivals[/]",
        soft_wrap=True,
    )
    if len(rows) > top:
        console.print(f"[dim]{len(rows) - top} more: --top {len(rows)}, or all with --csv FILE[/]")
    if to is not None:
        write_files({to: _csv(rows, values)})
        console.print(f"Wrote {to}")


def _lines(
    rank: int, row: Record, value: Record, limits: tuple[float, float], width: int
) -> list[str]:
    """Return what a value is, how far it moves the answer, and where it comes from."""
    from exocast.report.words import times

    size = row["log10_swing"]
    moved = "all or none" if size is None else times(10 ** abs(size))
    rises = (row["answer_high"] or 0.0) > (row["answer_low"] or 0.0)
    context = f" ({row['context']})" if row["context"] else ""
    moves = f"{'▲' if rises else '▼'} {moved:<10}"
    shown = f"{_axis(row['axis'])}: {_range(value, row['axis'])}"
    title = f"[bold]{rank:3d}  {value['doc'].removesuffix('.')}{context}[/]"
    drawn = f"     {bar(row, limits)}  {moves}"
    source = f"     [dim]{row['key']}   {row['standing']}, {row['source']}[/]"
    if len(drawn) + len(shown) + 2 > width:
        return [title, drawn.rstrip(), f"     {shown}", source]
    return [title, f"{drawn}  {shown}", source]


def _axis(axis: str) -> str:
    return "not known" if axis == "uncertainty" else "varies"


def _range(value: Record, axis: str) -> str:
    """Return a value with the range that it was turned over."""
    from exocast.report.words import quantity

    if axis == "variability":
        return f"{quantity(value['value'], value['unit'])}, CV {value['variability']:.0%}"
    ends = " … ".join(quantity(value[end], value["unit"]) for end in ("low", "high"))
    return f"{quantity(value['value'], value['unit'])} ({ends})"


def bar(row: Record, limits: tuple[float, float], width: int = WIDTH) -> str:
    """Return the answer between both ends of a value as characters on a log axis.

    Parameters
    ----------
    row : mapping
        A driver: answer_low, answer_median, answer_high, axis and standing.
    limits : tuple of float
        Ends of the axis, log10 of the answer.
    width : int
        Characters.

    Examples
    --------
    >>> row = {"answer_low": 1.0, "answer_high": 100.0, "answer_median": 10.0,
    ...        "axis": "uncertainty", "standing": "read"}
    >>> bar(row, (0.0, 4.0), 9)
    '██│██    '
    """
    low, high = limits
    step = max(high - low, 1e-9) / (width - 1)

    def place(answer: float | None) -> int:
        if not answer:
            return 0
        return min(max(round((math.log10(answer) - low) / step), 0), width - 1)

    ends = sorted((place(row["answer_low"]), place(row["answer_high"])))
    ink = INKS[row["standing"]] if row["axis"] == "uncertainty" else VARIES
    cells = [ink if ends[0] <= i <= ends[1] else " " for i in range(width)]
    cells[place(row["answer_median"])] = "│"
    return "".join(cells)


def _csv(rows: Sequence[Record], values: Mapping[str, Record]) -> str:
    """Return every driver with what the value is, as CSV; values in SI."""
    from exocast.report.blocks import csv_text
    from exocast.units import base_unit

    lines = []
    for row in rows:
        held = {**values[row["identity"]], **row}
        held["unit"] = base_unit(held["unit"])
        lines.append([held[name] for name in COLUMNS])
    return csv_text(COLUMNS, lines)
