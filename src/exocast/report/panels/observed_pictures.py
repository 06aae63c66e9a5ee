"""The pictures of "Your data": predicted against observed, courses, and what a signal is of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.report.bands import Bands
from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.panels.whereabouts import place
from exocast.report.style import (
    INK,
    QUIET,
    RIVALS,
    RULE,
    decades,
    draw_bands,
    log_ticks,
    plain,
    time_ticks,
)
from exocast.report.words import (
    amount,
    capital,
    counted,
    friendly,
    joined,
    times,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["courses", "made_of", "readings_csv", "sample_name", "scatter"]

Record = Mapping[str, Any]
MARKS = (("o", "#a34400"), ("s", "#24415e"), ("^", "#1d6b45"), ("D", "#5d3a86"), ("v", "#8b949e"),
         ("P", "#b58900"))  # fmt: skip
PARTS = (
    ("vesicles", "on or from vesicles", "#24415e", ""),
    ("free", "injected on no vesicle", "#dd9a62", "////"),
    ("released", "came off in the body", "#c9ced4", ""),
    ("catabolites", "broken down", "#ffffff", "...."),
)
COLUMNS = 4
MOST_BARS = 16


def sample_name(row: Record) -> str:
    """Return what was sampled, in words."""
    return place(row["organ"])


def _percents(row: Record) -> tuple[float, float, tuple[float, float], tuple[float, float]]:
    """Return a reading and its forecast as % of the dose in the sample: axes need one unit."""
    against = row["lloq"] if row["censored"] else row["observed"]
    scale = 100.0 * row["share_of_dose"] / against
    low, high = (max(scale * (end or 0.0), 1e-12) for end in row["predicted"]["interval"])
    least, most = (max(scale * (end or 0.0), 1e-12) for end in row["predicted"]["uncertainty"])
    return (
        100.0 * row["share_of_dose"],
        scale * row["predicted"]["median"],
        (low, high),
        (
            least,
            most,
        ),
    )


def scatter(rows: Sequence[Record]) -> Picture:
    """Draw predicted against observed, with the 2-fold lines."""
    samples = list(dict.fromkeys(sample_name(row) for row in rows))
    common = sorted(samples, key=lambda name: -sum(sample_name(row) == name for row in rows))
    named = common[: len(MARKS) - (len(common) > len(MARKS))]
    look = {name: MARKS[index] for index, name in enumerate(named)}
    points = [_percents(row) for row in rows]
    limits = decades([x for x, y, _, _ in points] + [y for _, y, _, _ in points], 0.3) or (-1, 2)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.09, 0.125, 0.475, 0.845))
        line = np.array(limits)
        axes.fill_between(line, line - math.log10(2), line + math.log10(2), color="#e9edf1",
                          linewidth=0)  # fmt: skip
        axes.plot(line, line, color=INK, linewidth=1)
        for sign in (-1, 1):
            axes.plot(line, line + sign * math.log10(2), "--", color=QUIET, linewidth=0.8)
            axes.plot(line, line + sign * math.log10(3), ":", color=QUIET, linewidth=0.7)
        for row, (x, y, (low, high), (least, most)) in zip(rows, points, strict=True):
            marker, colour = look.get(sample_name(row), MARKS[-1])
            at = math.log10(x)
            axes.plot([at, at], np.log10([low, high]), color=colour, linewidth=0.8, alpha=0.55)
            axes.plot([at, at], np.log10([least, most]), color=colour, linewidth=2.2, alpha=0.30,
                      solid_capstyle="butt")  # fmt: skip
            if row["censored"]:
                axes.annotate(
                    "",
                    (at - 0.16, math.log10(y)),
                    (at, math.log10(y)),
                    arrowprops={"arrowstyle": "->", "color": colour, "lw": 1.0},
                )
            axes.plot(at, math.log10(y), marker, color=colour, markersize=5.5,
                      markerfacecolor="white" if row["censored"] else colour,
                      markeredgewidth=1.0)  # fmt: skip
        axes.set_xlim(*limits)
        axes.set_ylim(*limits)
        log_ticks(axes.xaxis, *limits)
        log_ticks(axes.yaxis, *limits)
        plain(axes, left=True)
        axes.set_xlabel("observed, % of the dose in the sample")
        axes.set_ylabel("predicted, % of the dose in the sample")
        _strip(figure, rows, samples, look)

    missed = sorted(
        {
            sample_name(row)
            for row in rows
            if not row["below_as_forecast"] and _off(row) > math.log(2)
        }
    )
    caption = (
        f"Beyond 2-fold: readings in {joined(missed)}." if missed else "Every reading is in 2-fold."
    )
    reading = (
        "Each reading against what the same sample would have shown. Thick bar: 90 % uncertainty "
        "of the median subject; thin bar: 90 % of readings of as many such animals. Grey field: "
        "within 2-fold; dots: within 3-fold; open mark with an arrow: the reading is below its "
        "limit, which is drawn. Readings per gram or millilitre are drawn as the "
        "share of the dose that the whole organ or blood of the typical subject would hold."
    )
    apart = max(_apart(row) for row in rows)
    if apart > 1.02:
        reading += f" Drawn for the preferred hypothesis; rivals are up to {times(apart)} apart."
    alt = f"Predicted against observed for {counted(len(rows), 'reading')}. {caption}"
    return Picture(
        "observed", draw("observed", alt, 5.6, paint), caption, reading, readings_csv(rows)
    )


def _apart(row: Record) -> float:
    """Return how far the medians of the rivals are apart."""
    low, high = row["predicted"]["hypotheses"]
    return float(high / low) if low and high else 1.0


def _strip(
    figure: Figure, rows: Sequence[Record], samples: Sequence[str], look: Mapping[str, Any]
) -> None:
    """Draw predicted over observed sample by sample, which is the legend as well."""
    depth = min(0.055 * len(samples), 0.845)
    axes = figure.add_axes((0.70, 0.97 - depth, 0.28, depth))
    widest = min(max(max(_off(row) for row in rows) / math.log(10), math.log10(4)), 3.0) + 0.1
    axes.axvspan(-math.log10(2), math.log10(2), color="#e9edf1", linewidth=0)
    axes.axvline(0, color=INK, linewidth=1)
    for y, name in enumerate(samples):
        marker, colour = look.get(name, MARKS[-1])
        for row in rows:
            if sample_name(row) == name:
                at = float(np.clip(math.log10(row["fold"]), -widest, widest))
                axes.plot(at, y, marker, color=colour, markersize=4.5,
                          markerfacecolor="white" if row["censored"] else colour,
                          alpha=0.8)  # fmt: skip
        label = axes.get_yaxis_transform()
        axes.plot(-0.06, y, marker, color=colour, transform=label, clip_on=False, markersize=5.5)
        axes.text(-0.11, y, capital(name), transform=label, ha="right", va="center")
    axes.set_xlim(-widest, widest)
    axes.set_ylim(len(samples) - 0.5, -0.5)
    axes.set_yticks([])
    folds = [fold for fold in (0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100)
             if abs(math.log10(fold)) <= widest]  # fmt: skip
    axes.set_xticks([math.log10(fold) for fold in folds], [f"{fold:g}" for fold in folds])
    plain(axes)
    axes.set_xlabel("predicted over observed")


def _off(row: Record) -> float:
    return abs(math.log(row["fold"]))


def courses(held: Record) -> Picture:
    """Draw the forecast of each sample over time, with the readings on it."""
    curves = [curve for curve in held["curves"] if any(x for x in curve["median"] if x)]
    rows = -(-len(curves) // COLUMNS)
    height = 2.1 * rows + 0.1
    readings = held["rows"]
    sampled = [3600.0 * row["time_h"] for row in readings if row["time_h"] > 0] or [3600.0]
    ends = min(0.5 * min(sampled), 60.0), 1.5 * max(sampled)

    def paint(figure: Figure) -> None:
        for index, curve in enumerate(curves):
            row, column = divmod(index, COLUMNS)
            bottom = (height - 0.1 - 2.1 * (row + 1) + 0.38) / height
            axes = figure.add_axes((0.062 + column * 0.24, bottom, 0.185, 1.32 / height))
            _course(axes, curve, _on(curve, readings), ends)

    worst = sorted(
        (s for s in held["scores"][1:] if s["gmfe"] and s["over"] in {c["organ"] for c in curves}),
        key=lambda score: -score["gmfe"],
    )
    caption = (
        f"Forecast and animals differ most in {place(worst[0]['over'])}: "
        f"{amount(worst[0]['gmfe'])}-fold on average."
        if worst
        else "Readings over the forecast of the same samples."
    )
    reading = (
        "Log axes. Line: median; dark band: 90 % uncertainty; light band: 90 % variability, of "
        "what the assay would show, residual blood and label off vesicles included. Points: "
        "readings, with the SD of a group; an open triangle lies at the limit that a reading is "
        "below."
    )
    table = csv_text(
        ("label", "sample", "quantity", "unit", "time_h", "median", "uncertainty_low",
         "uncertainty_high", "variability_low", "variability_high"),
        [
            (c["label"], c["organ"], c["quantity"], c["unit"], t, m, *band)
            for c in curves
            for t, m, *band in zip(c["time_h"], c["median"], *c["uncertainty"], *c["variability"],
                                   strict=True)
        ],
    )  # fmt: skip
    alt = f"Time courses of {counted(len(curves), 'sample')}. {caption}"
    svg = draw("observed-courses", alt, height, paint)
    return Picture("observed-courses", svg, caption, reading, table)


def _on(curve: Record, rows: Sequence[Record]) -> list[Record]:
    """Return the readings that a curve is the forecast of."""
    keys = ("label", "organ", "quantity", "unit")
    return [row for row in rows if all(row[key] == curve[key] for key in keys)]


def _course(axes: Axes, curve: Record, rows: Sequence[Record], ends: tuple[float, float]) -> None:
    first, last = ends
    time = 3600.0 * np.array(curve["time_h"])
    bands = Bands(
        np.array(curve["median"], dtype=float),
        (np.array(curve["uncertainty"][0]), np.array(curve["uncertainty"][1])),
        (np.array(curve["variability"][0]), np.array(curve["variability"][1])),
    )
    draw_bands(axes, time, bands, RIVALS[0])
    values = [row["lloq"] if row["censored"] else row["observed"] for row in rows]
    shown = (time >= first) & (time <= last) & (bands.median > 0)
    limits = decades([*values, *bands.median[shown], *bands.uncertainty[1][shown]], 0.2, 1.0)
    for row, value in zip(rows, values, strict=True):
        at, y = max(3600.0 * row["time_h"], first), math.log10(value)
        if row["censored"]:
            axes.plot(at, y, "v", markerfacecolor="white", color=RIVALS[1].line, markersize=5)
            continue
        if row["sd"] and row["sd"] < value:
            reach = np.log10([value - row["sd"], value + row["sd"]])
            axes.plot([at, at], reach, color=RIVALS[1].line, linewidth=1)
        axes.plot(at, y, "o", color=RIVALS[1].line, markersize=4, markeredgecolor="white",
                  markeredgewidth=0.5)  # fmt: skip
    if limits:
        low, high = max(limits[0], limits[1] - 6), limits[1]
        axes.set_ylim(low, high)
        _value_ticks(axes, low, high)
    time_ticks(axes, first, last)
    axes.tick_params(labelsize=7.5)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_title(capital(place(curve["organ"])), pad=14)
    unit = curve["unit"].replace("%", "% ID")
    axes.text(0.0, 1.03, unit, transform=axes.transAxes, color=QUIET, fontsize=8)
    plain(axes, left=True)


def _value_ticks(axes: Axes, low: float, high: float) -> None:
    """Label decades, and 3 between them where there would be fewer than three labels."""
    if high - low > 2.2:
        log_ticks(axes.yaxis, low, high, 5)
        return
    steps = [decade + part for decade in range(-12, 12) for part in (0.0, math.log10(3))]
    inside = [step for step in steps if low <= step <= high]
    axes.set_yticks(inside, [amount(float(f"{10**step:.1g}")) for step in inside])


def made_of(rows: Sequence[Record]) -> Picture:
    """Draw what the forecast's signal is made of, sample by sample."""
    seen: dict[tuple[str, str, float], Record] = {}
    for row in sorted(rows, key=lambda row: (row["label"], row["organ"], row["time_h"])):
        if row["signal"]:
            seen.setdefault((row["label"], row["organ"], row["time_h"]), row)
    every = list(seen.values())
    shown = sorted(every, key=lambda row: row["signal"]["vesicles"])[:MOST_BARS]
    shown = [row for row in every if row in shown]
    height = 0.30 * len(shown) + 0.95
    several = len({row["label"] for row in shown}) > 1

    def paint(figure: Figure) -> None:
        from matplotlib.patches import Patch

        axes = figure.add_axes((0.24, 0.45 / height, 0.74, 1 - 0.90 / height))
        for y, row in enumerate(shown):
            left = 0.0
            for part, _, colour, hatch in PARTS:
                width = 100 * row["signal"][part]
                axes.barh(y, width, 0.7, left=left, color=colour, hatch=hatch,
                          edgecolor="#24415e", linewidth=0.5)  # fmt: skip
                left += width
            name = f"{capital(sample_name(row))}, {friendly(3600 * row['time_h'], 's')}"
            name += f", {row['label']}" if several else ""
            axes.text(-1, y, name, ha="right", va="center")
        axes.set_xlim(0, 100)
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_yticks([])
        plain(axes)
        axes.set_xlabel("% of the signal that the forecast shows, medians")
        handles = [
            Patch(facecolor=colour, hatch=hatch, edgecolor="#24415e", linewidth=0.5, label=words)
            for _, words, colour, hatch in PARTS
        ]
        figure.legend(handles=handles, loc="upper left", ncols=4, frameon=False, fontsize=8.5,
                      bbox_to_anchor=(0.23, 1.0))  # fmt: skip

    mostly = [row for row in every if row["signal"]["vesicles"] < 0.5]
    where = list(dict.fromkeys(sample_name(row) for row in mostly))
    caption = (
        f"In {len(mostly)} of {counted(len(every), 'sample')} ({joined(where)}) less than half of "
        "the signal is of vesicles."
        if mostly
        else "In every sample most of the signal is of vesicles."
    )
    reading = (
        "What an assay of the label cannot tell apart. Label that cells took up with a vesicle "
        "counts as the vesicle's. How much was injected on no vesicle is a prior, not measured."
    )
    if len(shown) < len(every):
        reading += f" Drawn: the {len(shown)} samples with the least of vesicles; all in the data."
    table = csv_text(
        ("label", "sample", "time_h", *(part for part, *_ in PARTS)),
        [
            (row["label"], row["organ"], row["time_h"],
             *(row["signal"][part] for part, *_ in PARTS))
            for row in every
        ],
    )  # fmt: skip
    alt = f"What the signal of {counted(len(shown), 'sample')} is made of. {caption}"
    return Picture("observed-signal", draw("observed-signal", alt, height, paint), caption, reading,
                   table)  # fmt: skip


def readings_csv(rows: Sequence[Record]) -> str:
    """Return every reading beside what was forecast for it."""
    columns = ("file", "line", "study", "subject", "label", "sample", "time_h", "quantity", "unit",
               "observed", "sd", "n", "lloq", "below_limit", "predicted_median", "uncertainty_low",
               "uncertainty_high", "variability_low", "variability_high", "reading_low",
               "reading_high", "fold", "inside")  # fmt: skip
    return csv_text(
        columns,
        [
            (r["file"], r["line"], r["study"], r["subject"], r["label"], r["organ"], r["time_h"],
             r["quantity"], r["unit"], r["observed"], r["sd"], r["n"], r["lloq"], r["censored"],
             r["predicted"]["median"], *r["predicted"]["uncertainty"],
             *r["predicted"]["variability"], *r["predicted"]["interval"], r["fold"], r["inside"])
            for r in rows
        ],
    )  # fmt: skip
