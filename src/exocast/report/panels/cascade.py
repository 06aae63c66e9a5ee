"""Panel 2: the delivery cascade, from donor cells to molecules per target cell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Panel, Picture, Table, Text, csv_text
from exocast.report.figures import draw
from exocast.report.panels.rows import (
    SPREADS,
    Record,
    asked_organ,
    broken,
    entries,
    heads,
    in_body,
    passage,
    size,
)
from exocast.report.style import (
    FAINT,
    INK,
    NEUTRAL,
    QUIET,
    RIVALS,
    RULE,
    Ink,
    bar,
    decades,
    log_ticks,
    plain,
)
from exocast.report.words import (
    capital,
    conditional,
    each_way,
    most,
    percent,
    raised,
    stated,
    stated_range,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["csv_of", "panel", "table"]

LINE, GAP, AXIS = 0.27, 0.40, 0.36
"""Inches of one bar, above a head and below it."""


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    blocks: list[Block] = []
    if record["members"]["finished"]:
        blocks.append(_picture(record))
    else:
        blocks.append(Text("No member finished: every row is empty.", "warning"))
    blocks.append(table(record))
    return Panel("cascade", "The delivery cascade", "Cascade", _finding(record), tuple(blocks))


def _finding(record: Record) -> str:
    away = ("vesicles",) if in_body(record) else ()
    rows = [row for row in record["cascade"] if row["head"] not in away and row["median"]]
    smallest, limiting = record["smallest_fraction"], record["limiting_step"]
    if not rows or smallest["name"] is None:
        return "Nothing arrives, so no step can be singled out."
    step = passage(record, smallest["name"], smallest["title"])
    words = f"The narrowest step is {step}: {percent(smallest['fraction'])} passes"
    if limiting and limiting["name"] == smallest["name"]:
        return f"{words}, and it also has the most room to improve ({most(limiting['gain'])})."
    if limiting:
        step = passage(record, limiting["name"], limiting["title"])
        return f"{words}; the most room to improve is {step} ({most(limiting['gain'])})."
    return f"{words}."


def _fall(record: Record) -> str:
    """Say in amounts where the dose goes: the first and the last row of each unit but the first."""
    if not in_body(record):
        return _finding(record)
    parts = []
    for title, rows in heads(record):
        if rows[0]["head"] == "vesicles":
            continue
        answer = next((row for row in rows if row["name"] == record["answer"]["row"]), rows[-1])
        shown = [rows[0]] if rows[0] is answer else [rows[0], answer]
        words = []
        for row in shown:
            held = entries(row)
            amounts = each_way([(stated(one["median"], row["unit"]), one) for one in held])
            many = len(held) > 1
            words.append(f"{row['title']} {amounts}" if many else f"{amounts} {row['title']}")
        lead = "of one dose" if rows[0]["head"] == "cargo" else title
        parts.append(f"{lead}: {', '.join(words)}")
    return f"{capital('; '.join(parts))}." if parts else _finding(record)


def _limits(record: Record, rows: list[Record]) -> tuple[float, float] | None:
    ends: list[float] = []
    for row in rows:
        for entry in entries(row):
            shown = [entry["median"], *entry["uncertainty"], *entry["variability"]]
            ends += [end for end in shown if end]
    if _answers(record, rows) and record["answer"]["needed"]:
        ends.append(record["answer"]["needed"])
    return decades(ends, 0.3, 2.0)


def _answers(record: Record, rows: list[Record]) -> bool:
    """Return whether what is needed is counted as the rows of a head are."""
    if in_body(record):
        return bool(rows[0]["head"] in ("cell", "organ"))
    return any(row["name"] == record["answer"]["row"] for row in rows)


def _picture(record: Record) -> Picture:
    groups = heads(record)
    limits = [_limits(record, rows) for _, rows in groups]
    span = max((high - low for low, high in filter(None, limits)), default=4.0)
    lines = [sum(len(entries(row)) for row in rows) for _, rows in groups]
    height = sum(LINE * count + GAP + AXIS for count in lines) + 0.05

    def paint(figure: Figure) -> None:
        top = height
        for (title, rows), held, count in zip(groups, limits, lines, strict=True):
            top -= GAP
            box = (0.285, (top - LINE * count) / height, 0.555, LINE * count / height)
            axes = figure.add_axes(box)
            # One decade is equally wide under every head, so that losses can be compared.
            low, high = held or (0.0, span)
            _head(axes, record, title, rows, (low, high, span))
            top -= LINE * count + AXIS

    caption = _fall(record)
    ends = "over the cargo copies of a dose to copies per target cell"
    if asked_organ(record):
        ends = "over the dose to what is asked of an organ"
    if not in_body(record):
        ends = "to what is asked of the tube"
    alt = (
        "Delivery cascade on log axes, one panel for each unit, from the vesicles of a batch "
        f"{ends}. {caption}"
    )
    reading = (
        f"{SPREADS} One decade is equally wide in all parts, so lengths compare; a new heading is "
        "a change of unit and no loss. At the right: the median share that passes each step, "
        "member by member, which is not the ratio of the medians. Limiting is the step that gains "
        "most from its median to its best attainable share."
    )
    return Picture("cascade", draw("cascade", alt, height, paint), caption, reading, csv_of(record))


def _head(
    axes: Axes, record: Record, title: str, rows: list[Record], limits: tuple[float, float, float]
) -> None:
    """Draw the rows under one unit: each head begins at the right and loses to the left."""
    first, high, span = limits
    low = high - span
    limiting = (record["limiting_step"] or {}).get("name")
    sideways = axes.get_yaxis_transform()
    y = 0.0
    for row in rows:
        shown = entries(row)
        if row["name"] == limiting:
            axes.axhspan(y - 0.5, y + len(shown) - 0.5, color=FAINT, zorder=0)
        for index, entry in enumerate(shown):
            ink: Ink = RIVALS[index % 4] if row["contested"] else NEUTRAL
            axes.axhline(y, color=FAINT, linewidth=0.8, zorder=0)
            bar(axes, y, entry, ink, first)
            label = row["title"] if index == 0 or not entry["phrase"] else ""
            words = conditional(label, entry) if label else f"if {entry['phrase']}"
            bold = "bold" if row["name"] == limiting else "normal"
            axes.text(-0.015, y, broken(raised(words)), transform=sideways, ha="right", va="center",
                      fontweight=bold, fontsize=size(words), linespacing=1.1)  # fmt: skip
            remark = percent(entry["fraction"]) if entry["fraction"] is not None else ""
            if row["name"] == limiting and index == 0:
                remark += "  ◀ limiting"
            axes.text(1.012, y, remark, transform=sideways, va="center", color=ink.line,
                      fontweight=bold)  # fmt: skip
            if entry["zero_share"] and entry["median"]:
                axes.text(high, y, f"none in {percent(entry['zero_share'])} of members ",
                          ha="right", va="center", color=QUIET, fontsize=8)  # fmt: skip
            y += 1
    axes.set_ylim(y - 0.5, -0.5)
    axes.set_xlim(low, high)
    axes.set_yticks([])
    log_ticks(axes.xaxis, first, high, unit=rows[0]["unit"])
    axes.grid(axis="x", color=RULE, linewidth=0.5, zorder=0)
    plain(axes)
    axes.text(-0.513, -0.75, title, transform=sideways, fontweight="bold", fontsize=10, va="bottom")
    axes.text(1.012, -0.75, "passes", transform=sideways, color=QUIET, fontsize=8.5, va="bottom")
    needed = record["answer"]["needed"]
    if _answers(record, rows) and needed:
        at = math.log10(needed)
        axes.axvline(at, color=INK, linewidth=1.3, linestyle=(0, (4, 2)), zorder=1)
        words = f"needed {stated(needed, rows[0]['unit'])} "
        axes.text(at, -0.62, words, ha="right", va="bottom", fontweight="bold")


def csv_of(record: Record) -> str:
    """Return every row under every rival, all digits."""
    columns = ("row", "title", "head", "unit", "hypothesis", "median", "uncertainty_low",
               "uncertainty_high", "variability_low", "variability_high", "share_passing",
               "share_of_members_with_none", "members_finished")  # fmt: skip
    table = [
        (row["name"], row["title"], row["head"], row["unit"], entry["phrase"], entry["median"],
         *entry["uncertainty"], *entry["variability"], entry["fraction"], entry["zero_share"],
         entry["finished"])
        for row in record["cascade"]
        for entry in row["by_hypothesis"]
    ]  # fmt: skip
    return csv_text(columns, table)


def table(record: Record) -> Table:
    """Return the table that the terminal prints."""
    limiting = (record["limiting_step"] or {}).get("name")
    lines: list[tuple[Cell, ...]] = []
    for title, rows in heads(record):
        lines.append((Cell(title),))
        for row in rows:
            for index, entry in enumerate(entries(row)):
                tone = "strong" if row["name"] == limiting else ""
                lines.append(
                    (
                        Cell(raised(conditional(row["title"], entry)), tone=tone),
                        Cell(stated(entry["median"], row["unit"])),
                        Cell(_passes(entry), tone=tone),
                        Cell(stated_range(entry["uncertainty"], row["unit"])),
                        Cell(stated_range(entry["variability"], row["unit"])),
                        Cell(_remark(row, limiting) if index == 0 else ""),
                    )
                )
    head = ("", "median|", "passes|", "90 % uncertainty|", "90 % variability|", "")
    return Table("cascade-table", head, tuple(lines))


def _passes(entry: Record) -> str:
    if entry["fraction"] is None:
        return "none" if entry.get("none_passes", 0) > 0.5 else "·"
    return percent(entry["fraction"])


def _remark(row: Record, limiting: str | None) -> str:
    parts = ["◀ limiting"] if row["name"] == limiting else []
    if row.get("share_of_input") is not None:
        parts.append(f"{percent(row['share_of_input'])} of input")
    if row["note"]:
        parts.append(row["note"])
    return "; ".join(parts)
