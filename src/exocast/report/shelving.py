"""The page of a shelf life: who is within the specification over time, and what ends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.learn.shelf_life import DAY, ShelfLife, duration_text
from exocast.report.blocks import Cell, Panel, Picture, Table
from exocast.report.figures import Drawing, draw
from exocast.report.style import FAINT, INK, QUIET, RIVALS, plain
from exocast.report.words import capital, percent, raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["shelf_drawing", "shelf_panels"]

Record = Mapping[str, Any]
SHELF = "shelf-life"
MOMENTS = {
    "1 h": 3600.0, "1 d": DAY, "1 week": 7 * DAY, "1 month": 30.44 * DAY, "6 months": 182.6 * DAY,
    "2 y": 730.5 * DAY, "5 y": 1826.25 * DAY, "10 y": 3652.5 * DAY,
}  # fmt: skip


def shelf_drawing(result: ShelfLife) -> Drawing:
    """Draw the share of members within the specification, and the shelf life of each way."""
    record = result.record
    ways = record["ways"]
    first = 3600.0

    def paint(figure: Figure) -> None:
        whole = 4.3 + 0.34 * len(ways)  # inches
        rows = (0.34 * len(ways) + 0.2) / whole
        upper = figure.add_axes((0.08, rows + 1.05 / whole, 0.9, 1 - rows - 1.4 / whole))
        lower = figure.add_axes((0.36, 0.55 / whole, 0.62, rows))
        time = np.maximum(np.array(record["times"], float), first * 0.6)
        for number, way in enumerate(ways):
            ink = RIVALS[number % len(RIVALS)]
            dash = ink.dash if number < len(RIVALS) else (0, (1, 1 + number - len(RIVALS)))
            seen = np.array(record["times"]) <= way["looked_until"] * (1 + 1e-9)
            upper.plot(
                time[seen], np.array(way["within"], float)[seen], linestyle=dash,
                color=ink.line, label=way["name"], linewidth=1.6,
            )  # fmt: skip
            _span(lower, number, way, first, ink.line)
        for axes in (upper, lower):
            axes.set_xscale("log")
            axes.set_xlim(first * 0.6, record["horizon"] * 1.25)
            axes.minorticks_off()
        shown = {name: at for name, at in MOMENTS.items() if at <= record["horizon"] * 1.01}
        upper.set_xticks(list(shown.values()), list(shown))
        lower.set_xticks(list(shown.values()), list(shown))
        upper.set_ylim(0, 1.03)
        upper.set_yticks([0, 0.5, 0.95], ["0", "50 %", "95 %"])
        upper.axhline(0.95, color=FAINT, linewidth=0.8, zorder=0)
        upper.axhline(0.5, color=FAINT, linewidth=0.8, zorder=0)
        upper.set_title(f"members within: {', '.join(record['spec'])}", fontsize=9.5)
        upper.legend(frameon=False, fontsize=8, loc="lower left")
        plain(upper, left=True)
        lower.set_yticks(range(len(ways)), [way["name"] for way in ways], fontsize=8.5)
        lower.set_ylim(len(ways) - 0.5, -0.5)
        plain(lower, left=True)
        figure.text(
            0.02, 0.015, "Lower: shelf life; line from 5 to 95 % of the members, dot half of them. "
            "An arrow: longer than was looked; at the left edge: outside when opened at once.",
            color=QUIET, fontsize=7.5,
        )  # fmt: skip

    alt = " ".join(capital(words) + "." for words in result.sentences)
    return draw(SHELF, alt, 4.3 + 0.34 * len(ways), paint)


def _span(axes: Axes, row: int, way: Record, first: float, ink: str) -> None:
    """Draw one shelf life: 5 to 95 %, and the middle."""
    until = way["looked_until"]
    low, middle, high = (
        max(until if way["quantiles"][q] is None else way["quantiles"][q], first * 0.7)
        for q in ("5", "50", "95")
    )
    axes.plot([low, high], [row, row], color=ink, linewidth=3, solid_capstyle="butt")
    if way["quantiles"]["95"] is None:
        axes.plot(until * 1.08, row, marker=">", color=ink, markersize=6, clip_on=False)
    marker = ">" if way["quantiles"]["50"] is None else "o"
    axes.plot(middle, row, marker=marker, color=INK, markersize=6, clip_on=False, zorder=4)


def _mean_share(way: Record) -> float:
    held = [share or 0.0 for share in way["within"]]
    return float(np.mean(held))


def shelf_panels(result: ShelfLife) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    record = result.record
    picture = Picture(SHELF, shelf_drawing(result), "Within the specification", "", result.to_csv())
    rows = []
    for way in record["ways"]:
        until = way["looked_until"]
        low, middle, high = (
            "none" if way["quantiles"][q] == 0 else duration_text(way["quantiles"][q], until)
            for q in ("5", "50", "95")
        )
        why = "; ".join(
            f"{one['limit']}: {one['cause']} ({percent(one['share'])})" for one in way["ends"][:2]
        )
        middle_value = way["quantiles"]["50"] if way["quantiles"]["50"] is not None else until * 2
        rows.append(
            (
                Cell(way["name"]),
                Cell(low),
                Cell(middle, middle_value, tone="strong"),
                Cell(high),
                Cell(percent(way["at_release"]), way["at_release"]),
                Cell(raised(why or "nothing in the time that was looked at")),
            )
        )
    head = ("stored", "5 % leave by|", "half|", "95 %|", "within, opened at once|", "what ends it")
    finding = capital(result.sentences[0]) + "."
    if len(rows) > 1:
        steady = max(record["ways"], key=_mean_share)
        finding += f" Longest within it: {steady['name']}."
    return (
        Panel("answer", "How long it lasts", "Answer", raised(finding), (picture,)),
        Panel(
            "ways", "What ends it", "Causes",
            "Each member leaves by the limit that it crosses first, and by what took most by then. "
            "Members are draws of what is not known and of batches: 5 % leaving is a product that "
            "one draw in twenty says is out.",
            (Table("ways", head, tuple(rows)),),
        ),
    )  # fmt: skip
