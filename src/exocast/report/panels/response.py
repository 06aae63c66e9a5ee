"""Panel 7: the target cell and what follows: copies, cells above the need, knock-down, growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from exocast.material.forecast import Forecast
from exocast.report.bands import Array, Bands, bands_of, select, stored
from exocast.report.blocks import Block, Panel, Picture, Text, csv_text
from exocast.report.figures import draw
from exocast.report.panels.cells import (
    DAY,
    cells_above,
    copies_picture,
    rivals_of,
    size_of,
    time_of,
)
from exocast.report.panels.growth import growth_picture
from exocast.report.panels.rows import Record, noun
from exocast.report.style import (
    QUIET,
    RIVALS,
    RULE,
    Ink,
    draw_bands,
    log_ticks,
    plain,
)
from exocast.report.words import (
    amount,
    capital,
    each_way,
    friendly,
    interval,
    joined,
    percent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["panel"]

OUTPUTS = ("target.protein", "tumour.treated")
"""What a response leaves: of a question about an organ nothing else is shown here."""

LOSSES = (("target.mrna", "mRNA"), ("target.protein", "protein"))


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    blocks: list[Block] = []
    if record["members"]["finished"]:
        if any(row["head"] == "cell" for row in record["cascade"]):
            blocks.append(copies_picture(forecast))
        blocks += [_over_time(forecast, *pair) for pair in _courses(forecast)]
        if stored(forecast, "tumour.treated") and stored(forecast, "tumour.untreated"):
            blocks.append(growth_picture(forecast))
    if not blocks:
        blocks.append(Text("No model of the cell or of a response ran to the end."))
    finding = _finding(forecast)
    return Panel("response", "Target cell and response", "Response", finding, tuple(blocks))


def _finding(forecast: Forecast) -> str:
    record = forecast.record
    if not record["members"]["finished"]:
        return "No member finished."
    parts = []
    for index, row in enumerate(rivals_of(forecast)):
        if not stored(forecast, "target.protein"):
            break
        bands = bands_of(select(forecast, "target.protein", index), size_of(forecast))
        if bands is not None:
            parts.append((percent(float(max(bands.median.max(), 0.0))), row))
    if parts:
        return f"The target protein falls by at most {each_way(parts)} (medians over members)."
    return f"No response was asked for; {noun(record)} per cell are shown."


Getter = Callable[[int], Array]


def _courses(forecast: Forecast) -> list[tuple[str, str, list[tuple[str, Getter]], str]]:
    """Return what there is to draw over time: name, title, series by rival, and how to read it."""
    found: list[tuple[str, str, list[tuple[str, Getter]], str]] = []
    needed = forecast.record["answer"]["needed"]
    if needed and cells_above(forecast, 0, needed) is not None:

        def above(rival: int) -> Array:
            held = cells_above(forecast, rival, needed)
            assert held is not None
            return held[0]

        def hit(rival: int) -> Array:
            held = cells_above(forecast, rival, needed)
            assert held is not None
            return held[1]

        reading = (
            "Escape is all or none for each vesicle, so few cells get much and most get nothing; "
            "cumulative, of the cells present at the first dose."
        )
        series: list[tuple[str, Getter]] = [
            (f"cells above {amount(needed)} copies", above),
            ("cells with any copy at all", hit),
        ]
        found.append(("cells-above", "share of cells", series, reading))
    losses: list[tuple[str, Getter]] = [
        (f"{words} lost", lambda rival, name=name: select(forecast, name, rival))  # type: ignore[misc]
        for name, words in LOSSES
        if stored(forecast, name)
    ]
    if losses:
        reading = (
            "Share of the target's mRNA and protein that is missing, averaged over all cells of "
            "the tumour, against the untreated cell."
        )
        found.append(("knock-down", "knock-down", losses, reading))
    return found


def _over_time(
    forecast: Forecast, name: str, title: str, series: list[tuple[str, Getter]], reading: str
) -> Picture | Text:
    """Draw shares over time, one panel a series, rivals apart, on a log axis."""
    time, size = time_of(forecast), size_of(forecast)
    rivals = rivals_of(forecast)
    held: dict[tuple[str, int], Bands | None] = {
        (words, rival): bands_of(np.maximum(get(rival), 0.0), size)
        for words, get in series
        for rival in range(len(rivals))
    }
    known = {key: bands for key, bands in held.items() if bands is not None}
    shown = [
        words for words, _ in series
        if any(key[0] == words and bands.uncertainty[1].max() > 0 for key, bands in known.items())
    ]  # fmt: skip
    if not shown:
        words = joined([words for words, _ in series])
        return Text(f"{capital(title)}: none at any time in any hypothesis ({words}).")
    tops = [float(bands.uncertainty[1].max()) for bands in known.values()]
    high = math.ceil(math.log10(max([*tops, 1e-12]) * 100) - 1e-9)
    mid = [float(bands.median.max()) for bands in known.values() if bands.median.max() > 0]
    low = max(min([math.log10(100 * x) for x in mid], default=high - 6) - 2.5, high - 14)
    low = math.floor(low)

    def paint(figure: Figure) -> None:
        slot = 0.92 / len(shown)
        for column, words in enumerate(shown):
            axes = figure.add_axes((0.075 + column * slot, 0.17, slot - 0.05, 0.68))
            for rival, row in enumerate(rivals):
                bands = known.get((words, rival))
                if bands is not None:
                    _curve(axes, time / DAY, bands.scaled(100), RIVALS[rival % 4], row["phrase"])
            axes.set_ylim(low, max(high, low + 1))
            log_ticks(axes.yaxis, low, max(high, low + 1), 7)
            axes.set_xlim(0, float(time.max()) / DAY)
            axes.grid(axis="y", color=RULE, linewidth=0.5)
            axes.set_title(f"{words}, %")
            axes.set_xlabel("days", color=QUIET)
            plain(axes, left=True)
        if any(row["phrase"] for row in rivals):
            handles, labels = figure.axes[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="upper right", ncols=len(labels), frameon=False,
                          bbox_to_anchor=(0.985, 1.0), fontsize=8.5)  # fmt: skip

    caption = _best(known, rivals, series[-1][0] if title == "knock-down" else series[0][0], time)
    alt = f"{title.capitalize()} over time for each hypothesis. {caption}"
    words = "Line: median; dark band: 90 % uncertainty; light band: 90 % variability. "
    table = csv_text(
        ("series", "hypothesis", "time_h", "percent_median", "uncertainty_low",
         "uncertainty_high", "variability_low", "variability_high"),
        [
            (key[0], rivals[key[1]]["phrase"], f"{t / 3600:.6g}",
             *(f"{100 * float(x[i]):.5g}"
               for x in bands.columns))
            for key, bands in known.items() for i, t in enumerate(time)
        ],
    )  # fmt: skip
    return Picture(name, draw(name, alt, 2.9, paint), caption, words + reading, table)


def _curve(axes: Axes, x: Array, bands: Bands, ink: Ink, label: str) -> None:
    draw_bands(axes, x, bands, ink, label=label, opacity=0.7)


def _best(
    known: Mapping[tuple[str, int], Bands], rivals: list[Record], words: str, time: Array
) -> str:
    """Say how far a share gets, rival by rival."""
    parts = []
    for rival, row in enumerate(rivals):
        bands = known.get((words, rival))
        if bands is None:
            continue
        index = int(np.argmax(bands.median))
        ends = [100 * float(end[index]) for end in bands.uncertainty]
        text = f"at most {percent(float(bands.median[index]))}"
        text += f" (90 % uncertainty {interval(ends)} %)"
        if not ends[1]:
            text = "none in at least 95 % of draws"
        elif bands.median[index] > 0:
            text += f" at {friendly(float(time[index]), 's')}"
        parts.append((text, row))
    return f"{capital(words)}: {each_way(parts)}."
