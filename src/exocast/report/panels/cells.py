"""Copies per target cell over members, and the share of cells above what is needed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.copies_per_cell import share_hit, share_of_cells_above
from exocast.material.forecast import Forecast
from exocast.report.bands import Array, bands_of, select, stored
from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.panels.rows import Record, noun
from exocast.report.style import INK, RIVALS, RULE, decades, log_ticks, plain
from exocast.report.words import amount, capital, each_way, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["DAY", "cells_above", "copies_picture", "rivals_of", "size_of", "time_of"]

DAY = 86400.0

RESOLVED = 1e-12
"""Share of cells below which there is none: a tumour has some 1e8 of them."""

CELL = ("opened_vesicles", "tumour.copies_per_event", "tumour.spread", "tumour.cells")


def rivals_of(forecast: Forecast) -> list[Record]:
    """Return the answer of every rival, the preferred one first."""
    rows: list[Record] = forecast.record["answer"]["rows"]
    return rows


def size_of(forecast: Forecast) -> int:
    """Return the size of the uncertainty axis."""
    return int(forecast.data.attrs["uncertainty"])


def time_of(forecast: Forecast) -> Array:
    """Return the times of the time course, array (t,) [s]."""
    return np.asarray(forecast.data["time"].values, dtype=float)


def copies_picture(forecast: Forecast) -> Picture:
    """Draw how members differ in mean copies per cell, against what is needed."""
    record = forecast.record
    answer = record["answer"]
    name = answer["row"]
    names = [str(row) for row in forecast.data["row"].values]
    shown = forecast.data["cascade"].isel(variant=0, row=names.index(name)).values
    needed = answer["needed"]
    values = [np.asarray(held, dtype=float) for held in shown[: len(rivals_of(forecast))]]
    values = [held[np.isfinite(held)] for held in values]
    limits = decades([*np.concatenate(values), *([needed] if needed else [])]) or (-3.0, 3.0)
    low, high = limits

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.17, 0.90, 0.74))
        for index, (held, row) in enumerate(zip(values, rivals_of(forecast), strict=True)):
            ink = RIVALS[index % 4]
            positive = np.sort(held[held > 0])
            none = int((held == 0).sum())
            rank = (none + np.arange(1, positive.size + 1)) / max(held.size, 1)
            x = np.concatenate([[low], np.log10(positive), [high]])
            y = 100 * np.concatenate(
                [[none / max(held.size, 1)], rank, [1.0 if held.size else 0.0]]
            )
            axes.step(x, y, where="post", linestyle=ink.dash, color=ink.line,
                      label=row["phrase"] or "forecast")  # fmt: skip
            if none:
                axes.plot(low, y[0], ink.marker, color=ink.line, clip_on=False)
                axes.text(low, y[0] + 2, f"  none: {percent(none / held.size)}", color=ink.line)
        if needed:
            axes.axvline(math.log10(needed), color=INK, linewidth=1.3, linestyle=(0, (4, 2)))
            axes.text(math.log10(needed), 3, f"needed {amount(needed)} ", ha="right",
                      fontweight="bold")  # fmt: skip
        axes.set_xlim(low, high)
        axes.set_ylim(0, 100)
        log_ticks(axes.xaxis, low, high, 12)
        axes.grid(color=RULE, linewidth=0.5)
        plain(axes, left=True)
        axes.set_xlabel(f"mean {noun(record)} per cell, {answer['title']}")
        axes.set_ylabel("% of members below")
        if any(row["phrase"] for row in rivals_of(forecast)):
            axes.legend(frameon=False, fontsize=8.5, loc="upper left")

    caption = _copies_caption(forecast, values)
    counted = f"mean {noun(record)} per target cell"
    alt = f"Cumulative distribution over members of {counted}. {caption}"
    reading = (
        "Each member is one animal and batch under one draw of what is not known; both spreads "
        "are in this curve. Cells within one animal differ too: see the share of cells above the "
        "need."
    )
    table = csv_text(
        ("hypothesis", "member", f"mean_{noun(record)}_per_cell"),
        [
            (row["phrase"], index, f"{value:.6g}")
            for held, row in zip(values, rivals_of(forecast), strict=True)
            for index, value in enumerate(held)
        ],
    )
    svg = draw("copies-per-cell", alt, 2.8, paint)
    return Picture("copies-per-cell", svg, caption, reading, table)


def _copies_caption(forecast: Forecast, values: list[Array]) -> str:
    record = forecast.record
    needed = record["answer"]["needed"]
    parts = []
    for index, (held, row) in enumerate(zip(values, rivals_of(forecast), strict=True)):
        if not held.size:
            continue
        middle = amount(row["median"]) if row["median"] else "no"
        words = f"a median of {middle} {noun(record)} per cell"
        cells = cells_above(forecast, index, needed) if needed else None
        if cells is not None:
            at = int(np.argmin(np.abs(time_of(forecast) - record["question"]["at_seconds"])))
            above, hit = (bands_of(each[at], size_of(forecast)) for each in cells)
            if above is not None and hit is not None:
                words += (
                    f", {percent(float(hit.median))} of cells reached at all and "
                    f"{percent(float(above.median)) if above.median else 'none'} above the need"
                )
        parts.append((words, row))
    return f"{capital(each_way(parts))}."


def cells_above(forecast: Forecast, rival: int, needed: float) -> tuple[Array, Array] | None:
    """Return the shares of cells above the need, and of cells reached, arrays (t, n).

    Counted at the first dose: cells that were born later are not in the denominator.
    """
    if not all(stored(forecast, name) for name in CELL):
        return None
    opened, load, spread, cells = (select(forecast, name, rival) for name in CELL)
    with np.errstate(invalid="ignore", divide="ignore"):
        events = np.maximum(opened, 0.0) / cells
        safe = np.maximum(load, 1e-30)
        above = share_of_cells_above(needed, events * safe, safe, spread)
        hit = share_hit(events, spread)
    lost = ~np.isfinite(opened)
    above = np.where(above < RESOLVED, 0.0, above)
    return np.where(lost, np.nan, above), np.where(lost, np.nan, hit)
