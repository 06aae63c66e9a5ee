"""Panel 7: the target cell and what follows: copies, cells above the need, knock-down, growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.laws.copies_per_cell import share_hit, share_of_cells_above
from exocast.material.forecast import Forecast
from exocast.report.bands import Array, Bands, bands_of, select, stored
from exocast.report.blocks import Block, Panel, Picture, Text, csv_text
from exocast.report.figures import draw
from exocast.report.style import (
    INK,
    NEUTRAL,
    QUIET,
    RIVALS,
    RULE,
    Ink,
    decades,
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

Record = Mapping[str, Any]
DAY = 86400.0
LOSSES = (("target.mrna", "mRNA"), ("target.protein", "protein"))
RESOLVED = 1e-12
"""Share of cells below which there is none: a tumour has some 1e8 of them."""

CELL = ("opened_vesicles", "tumour.copies_per_event", "tumour.spread", "tumour.cells")


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    blocks: list[Block] = []
    if record["members"]["finished"]:
        if any(row["head"] == "cell" for row in record["cascade"]):
            blocks.append(_copies(forecast))
        blocks += [_over_time(forecast, *pair) for pair in _courses(forecast)]
        if stored(forecast, "tumour.treated") and stored(forecast, "tumour.untreated"):
            blocks.append(_growth(forecast))
    if not blocks:
        blocks.append(Text("No model of the cell or of a response ran to the end."))
    finding = _finding(forecast)
    return Panel("response", "Target cell and response", "Response", finding, tuple(blocks))


def _rivals(forecast: Forecast) -> list[Record]:
    rows: list[Record] = forecast.record["answer"]["rows"]
    return rows


def _finding(forecast: Forecast) -> str:
    record = forecast.record
    if not record["members"]["finished"]:
        return "No member finished."
    parts = []
    for index, row in enumerate(_rivals(forecast)):
        if not stored(forecast, "target.protein"):
            break
        bands = bands_of(select(forecast, "target.protein", index), _size(forecast))
        if bands is not None:
            parts.append((percent(float(max(bands.median.max(), 0.0))), row))
    if parts:
        return f"The target protein falls by at most {each_way(parts)} (medians over members)."
    return "No response was asked for; copies per cell are shown."


def _size(forecast: Forecast) -> int:
    return int(forecast.data.attrs["uncertainty"])


def _copies(forecast: Forecast) -> Picture:
    """Draw how members differ in mean copies per cell, against what is needed."""
    record = forecast.record
    answer = record["answer"]
    name = answer["row"]
    names = [str(row) for row in forecast.data["row"].values]
    shown = forecast.data["cascade"].isel(variant=0, row=names.index(name)).values
    needed = answer["needed"]
    values = [np.asarray(held, dtype=float) for held in shown[: len(_rivals(forecast))]]
    values = [held[np.isfinite(held)] for held in values]
    limits = decades([*np.concatenate(values), *([needed] if needed else [])]) or (-3.0, 3.0)
    low, high = limits

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.17, 0.90, 0.74))
        for index, (held, row) in enumerate(zip(values, _rivals(forecast), strict=True)):
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
        axes.set_xlabel(f"mean copies per cell, {answer['title']}")
        axes.set_ylabel("% of members below")
        if any(row["phrase"] for row in _rivals(forecast)):
            axes.legend(frameon=False, fontsize=8.5, loc="upper left")

    caption = _copies_caption(forecast, values)
    alt = f"Cumulative distribution over members of mean copies per target cell. {caption}"
    reading = (
        "Each member is one animal and batch under one draw of what is not known; both spreads "
        "are in this curve. Cells within one animal differ too: see the share of cells above the "
        "need."
    )
    table = csv_text(
        ("hypothesis", "member", "mean_copies_per_cell"),
        [
            (row["phrase"], index, f"{value:.6g}")
            for held, row in zip(values, _rivals(forecast), strict=True)
            for index, value in enumerate(held)
        ],
    )
    svg = draw("copies-per-cell", alt, 2.8, paint)
    return Picture("copies-per-cell", svg, caption, reading, table)


def _copies_caption(forecast: Forecast, values: list[Array]) -> str:
    record = forecast.record
    needed = record["answer"]["needed"]
    parts = []
    for index, (held, row) in enumerate(zip(values, _rivals(forecast), strict=True)):
        if not held.size:
            continue
        words = f"a median of {amount(row['median']) if row['median'] else 'no'} copies per cell"
        cells = _cells_above(forecast, index, needed) if needed else None
        if cells is not None:
            at = int(np.argmin(np.abs(_time(forecast) - record["question"]["at_seconds"])))
            above, hit = (bands_of(each[at], _size(forecast)) for each in cells)
            if above is not None and hit is not None:
                words += (
                    f", {percent(float(hit.median))} of cells reached at all and "
                    f"{percent(float(above.median)) if above.median else 'none'} above the need"
                )
        parts.append((words, row))
    return f"{capital(each_way(parts))}."


def _time(forecast: Forecast) -> Array:
    return np.asarray(forecast.data["time"].values, dtype=float)


def _cells_above(forecast: Forecast, rival: int, needed: float) -> tuple[Array, Array] | None:
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


Getter = Callable[[int], Array]


def _courses(forecast: Forecast) -> list[tuple[str, str, list[tuple[str, Getter]], str]]:
    """Return what there is to draw over time: name, title, series by rival, and how to read it."""
    found: list[tuple[str, str, list[tuple[str, Getter]], str]] = []
    needed = forecast.record["answer"]["needed"]
    if needed and _cells_above(forecast, 0, needed) is not None:

        def above(rival: int) -> Array:
            held = _cells_above(forecast, rival, needed)
            assert held is not None
            return held[0]

        def hit(rival: int) -> Array:
            held = _cells_above(forecast, rival, needed)
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
    time, size = _time(forecast), _size(forecast)
    rivals = _rivals(forecast)
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


def _growth(forecast: Forecast) -> Picture:
    """Draw the tumour with and without treatment."""
    time, size = _time(forecast), _size(forecast)
    rivals = _rivals(forecast)
    untreated = bands_of(1e9 * select(forecast, "tumour.untreated"), size)
    treated = [
        bands_of(1e9 * select(forecast, "tumour.treated", i), size) for i in range(len(rivals))
    ]

    def paint(figure: Figure) -> None:
        slot = 0.92 / len(rivals)
        for column, (bands, row) in enumerate(zip(treated, rivals, strict=True)):
            axes = figure.add_axes((0.075 + column * slot, 0.17, slot - 0.05, 0.68))
            if bands is None or untreated is None:
                continue
            ink = RIVALS[column % 4]
            draw_bands(axes, time / DAY, bands, ink, log=False, label="treated")
            axes.plot(time / DAY, untreated.median, ":", color=NEUTRAL.line, linewidth=2,
                      label="untreated, median")  # fmt: skip
            axes.set_xlim(0, float(time.max()) / DAY)
            axes.set_ylim(
                0, 1.05 * max(float(bands.uncertainty[1].max()), float(untreated.median.max()))
            )
            axes.grid(axis="y", color=RULE, linewidth=0.5)
            axes.set_title(f"Tumour volume, mm³{', if ' + row['phrase'] if row['phrase'] else ''}")
            axes.set_xlabel("days", color=QUIET)
            axes.legend(frameon=False, fontsize=8.5, loc="upper left")
            plain(axes, left=True)

    caption = _growth_caption(forecast, rivals)
    alt = f"Tumour volume over time, treated against untreated. {caption}"
    reading = (
        "Line: median; dark band: 90 % uncertainty; light band: 90 % variability, of the treated "
        "tumour. The caption compares each member with its own untreated twin."
    )
    series = [("untreated", "", untreated)]
    series += [
        ("treated", row["phrase"], bands) for row, bands in zip(rivals, treated, strict=True)
    ]
    table = csv_text(
        ("series", "hypothesis", "time_h", "mm3_median", "uncertainty_low", "uncertainty_high",
         "variability_low", "variability_high"),
        [
            (what, phrase, f"{t / 3600:.6g}",
             *(f"{float(x[i]):.6g}" for x in bands.columns))
            for what, phrase, bands in series if bands is not None for i, t in enumerate(time)
        ],
    )  # fmt: skip
    return Picture("tumour-growth", draw("growth", alt, 2.8, paint), caption, reading, table)


def _growth_caption(forecast: Forecast, rivals: list[Record]) -> str:
    """Compare every member with its untreated twin at the horizon."""
    parts = []
    for index, row in enumerate(rivals):
        pair = [select(forecast, f"tumour.{n}", index)[-1] for n in ("treated", "untreated")]
        smaller = bands_of(1.0 - pair[0] / pair[1], _size(forecast))
        if smaller is not None:
            gone = max(float(smaller.median), 0.0)
            # Single precision of the record: smaller differences are not resolved.
            words = "as large as the untreated one" if gone < 1e-6 else f"{percent(gone)} smaller"
            parts.append((words, row))
    when = friendly(float(_time(forecast)[-1]), "s")
    return f"After {when} the treated tumour is {each_way(parts)}."
