"""The pictures of a qualification: predicted against observed, residuals, anchors and courses."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.panels.whereabouts import place
from exocast.report.style import INK, QUIET, RIVALS, RULE, decades, log_ticks, plain
from exocast.report.words import amount, capital, counted, friendly, named, percent, times

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "MARKS",
    "courses",
    "folds",
    "places",
    "points_csv",
    "reading_name",
    "residuals",
    "role_name",
    "scatter",
]

Record = Mapping[str, Any]
MARKS: Mapping[str, tuple[str, str, str]] = {
    "build": ("o", "#5b6672", "calibrated (build)"),
    "verify": ("D", "#0b3c6f", "predicted (verify)"),
    "blind": ("s", "#a34400", "forecast blind"),
}
"""Mark, colour and name of a role."""

OTHER = ("v", "#8b949e", "not scored")
COLUMNS = 4
FIELD = "#e9edf1"
DEEPER = 1.0
"""Decades below the lowest reading that a chart goes; what is predicted lower lies on its edge."""


def role_name(role: str) -> str:
    """Return what a role is called on the page."""
    return MARKS.get(role, OTHER)[2]


def scatter(points: Sequence[Record], name: str = "predicted-observed") -> Picture:
    """Draw every reading that is a share of the dose against its prediction."""
    held = [one for one in points if one["percent_of_dose"] and one["fold"]]
    x = np.array([one["percent_of_dose"] for one in held])
    y = x * np.array([one["fold"] for one in held])
    low, high = decades(x, 0.4) or (-1.0, 2.0)
    limits = (low - DEEPER, max(high, (decades(y, 0.4) or (low, high))[1]))

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.09, 0.12, 0.47, 0.85))
        line = np.array(limits)
        two, three = math.log10(2), math.log10(3)
        axes.fill_between(line, line - three, line + three, color="#f3f5f7", linewidth=0)
        axes.fill_between(line, line - two, line + two, color=FIELD, linewidth=0)
        axes.plot(line, line, color=INK, linewidth=1)
        for edge, dash in ((two, "--"), (three, ":")):
            for sign in (-1, 1):
                axes.plot(line, line + sign * edge, dash, color=QUIET, linewidth=0.8)
        for one, at, value in zip(held, x, y, strict=True):
            marker, colour, _ = _look(one)
            low, high = (end * value / one["predicted"] if end else None
                         for end in (one["low"], one["high"]))  # fmt: skip
            if high:
                ends = np.clip(np.log10([low or 1e-12, high]), *limits)
                axes.plot([math.log10(at)] * 2, ends, color=colour, linewidth=0.6, alpha=0.35)
            level = max(math.log10(value), limits[0])
            axes.plot(math.log10(at), level, marker, color=colour, markersize=4.6, clip_on=False,
                      markerfacecolor=colour if one["scored"] else "white",
                      markeredgewidth=0.8)  # fmt: skip
        axes.set_xlim(*limits)
        axes.set_ylim(*limits)
        for axis in (axes.xaxis, axes.yaxis):
            log_ticks(axis, *limits)
        plain(axes, left=True)
        axes.set_xlabel("observed, % of the dose")
        axes.set_ylabel("predicted, % of the dose")
        _legend(figure, held, 0.60, 0.97)
        _misses(figure, held)

    near = sum(0.5 <= one["fold"] <= 2 for one in held)
    caption = f"{near} of {len(held)} readings are within 2-fold." if held else "Nothing to show."
    reading = (
        "Marks: medians; hollow: not scored. Bars: 90 % of readings, model and reading error "
        "together. Dark field and dashes: within 2-fold; light field and dots: within 3-fold. "
        "Clearances and half-lives are no shares of the dose and stand in the next part."
    )
    alt = f"Predicted against observed for {counted(len(held), 'reading')}. {caption}"
    return Picture(name, draw(name, alt, 6.3, paint), caption, reading, points_csv(held))


def residuals(points: Sequence[Record]) -> Picture:
    """Draw predicted over observed by organ, by time and by size."""
    held = [one for one in points if one["fold"] and not one["expected"]]
    organs = sorted({place(one["organ"]) for one in held},
                    key=lambda name: -sum(place(one["organ"]) == name for one in held))  # fmt: skip
    widest = max([1.0, *(abs(math.log10(one["fold"])) for one in held)])
    high = min(widest, 3.0) + 0.15
    height = max(3.4, 0.24 * len(organs) + 1.2)

    def paint(figure: Figure) -> None:
        bottom, top = 0.6 / height, 1 - 0.62 / height
        first = figure.add_axes((0.12, bottom, 0.245, top - bottom))
        _band(first, upright=True)
        for number, organ in enumerate(organs):
            own = [one for one in held if place(one["organ"]) == organ]
            for index, one in enumerate(own):
                apart = 0.32 * ((index * 0.618) % 1 - 0.5) * 2
                _dot(first, _level(one, high), number + apart, one)
            middle = float(np.median([_level(one, high) for one in own]))
            first.plot([middle] * 2, [number - 0.42, number + 0.42], color=INK, linewidth=1.6)
        first.set_yticks(range(len(organs)), [f"{organ}" for organ in organs])
        first.set_ylim(len(organs) - 0.4, -0.6)
        first.set_xlim(-high, high)
        log_ticks(first.xaxis, -high, high)
        plain(first)
        first.set_xlabel("predicted over observed")
        first.set_title("by organ")
        second = figure.add_axes((0.44, bottom, 0.245, top - bottom))
        _against(second, held, "time_h", high, "time after dose", "by time")
        third = figure.add_axes((0.74, bottom, 0.245, top - bottom))
        _against(third, held, "diameter_nm", high, "mean diameter, nm", "by size")
        third.set_yticklabels([])
        _legend(figure, held, 0.12, 1.0, across=True)

    caption = _worst(held)
    reading = (
        "Each mark is one reading; strokes: medians of an organ. Grey field: within 2-fold. A "
        "trend along an axis is something the model lacks."
    )
    alt = f"Residuals of {counted(len(held), 'reading')} by organ, time and size. {caption}"
    return Picture("residuals", draw("residuals", alt, height, paint), caption, reading,
                   points_csv(held))  # fmt: skip


def folds(
    points: Sequence[Record],
    name: str,
    caption: str,
    table: Callable[[Sequence[Record]], str] | None = None,
    left: float = 0.40,
) -> Picture:
    """Draw predicted over observed for a few readings, each with its interval and its aim."""
    rows = [one for one in points if one["fold"]]
    ends = [end / one["observed"] for one in rows for end in (one["low"], one["high"]) if end]
    widest = max([1.0, *(abs(math.log10(x)) for x in [*(one["fold"] for one in rows), *ends])])
    high = min(widest, 2.5) + 0.15
    height = 0.29 * len(rows) + 0.75

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((left, 0.45 / height, 0.84 - left, 1 - 0.6 / height))
        sideways = axes.get_yaxis_transform()
        _band(axes, upright=True)
        for y, one in enumerate(rows):
            low, top = (math.log10(max(end / one["observed"], 1e-9)) if end else -high
                        for end in (one["low"], one["high"]))  # fmt: skip
            axes.plot([max(low, -high), min(top, high)], [y, y], color=RIVALS[0].light,
                      linewidth=6, solid_capstyle="butt")  # fmt: skip
            inner = (one["model_low"], one["model_high"])
            least, most = (math.log10(max(end / one["observed"], 1e-9)) if end else -high
                           for end in inner)  # fmt: skip
            axes.plot([max(least, -high), min(most, high)], [y, y], color=RIVALS[0].dark,
                      linewidth=2.4, solid_capstyle="butt")  # fmt: skip
            if one["tolerance"]:
                edge = math.log10(one["tolerance"])
                for sign in (-1, 1):
                    axes.plot([sign * edge] * 2, [y - 0.36, y + 0.36], color=INK, linewidth=1.2)
            marker, colour, _ = _look(one)
            axes.plot(_level(one, high), y, marker, color=colour, markersize=6,
                      markeredgecolor="white", markeredgewidth=0.7)  # fmt: skip
            missed = one["met"] is False
            weight = "bold" if missed else "normal"
            axes.text(-0.02, y, reading_name(one), transform=sideways, ha="right", va="center",
                      fontweight=weight)  # fmt: skip
            words = _fold(one["fold"]) + ("  missed" if missed else "  met" if one["met"] else "")
            axes.text(1.02, y, words, transform=sideways, va="center", fontweight=weight)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(-high, high)
        axes.set_yticks([])
        log_ticks(axes.xaxis, -high, high)
        plain(axes)
        axes.set_xlabel("predicted over observed")

    reading = (
        "Mark: median; dark bar: 90 % of what the model does not know; light bar: 90 % of readings."
    )
    if any(one["tolerance"] for one in rows):
        reading += " Strokes: the factor within which the anchor is to be met."
    alt = f"Predicted over observed for {counted(len(rows), 'reading')}. {caption}"
    return Picture(
        name, draw(name, alt, height, paint), caption, reading, (table or points_csv)(rows)
    )


def places(points: Sequence[Record]) -> Picture:
    """Draw where readings stand in what was forecast of them: flat if intervals are right."""
    held = [one for one in points if one["place"] is not None and not one["expected"]]
    roles = [role for role in MARKS if any(one["role"] == role for one in held)]
    height = 2.5

    def paint(figure: Figure) -> None:
        width = 0.86 / max(len(roles), 1)
        for number, role in enumerate(roles):
            axes = figure.add_axes((0.07 + number * width, 0.24, width - 0.05, 0.60))
            values = [one["place"] for one in held if one["role"] == role]
            counts, edges = np.histogram(values, bins=10, range=(0, 1))
            axes.bar(edges[:-1], counts, width=0.095, align="edge", color=RIVALS[0].dark,
                     linewidth=0)  # fmt: skip
            axes.axhline(len(values) / 10, color=INK, linewidth=1, linestyle="--")
            for end in (0.05, 0.95):
                axes.axvline(end, color=QUIET, linewidth=0.8, linestyle=":")
            plain(axes, left=True)
            axes.set_xlim(0, 1)
            axes.set_title(role_name(role))
            axes.set_xlabel("place of the reading in its forecast")
            if number == 0:
                axes.set_ylabel("readings")

    inside = sum(bool(one["inside"]) for one in held)
    caption = f"{inside} of {len(held)} readings lie in their 90 % interval."
    reading = (
        "0: below everything that was forecast, 1: above. Flat along the dashes: intervals are as "
        "wide as they should be. A heap in the middle: too wide; heaps at the ends: too narrow; "
        "a slope: a bias."
    )
    alt = f"Histogram of places of {counted(len(held), 'reading')}. {caption}"
    return Picture("places", draw("places", alt, height, paint), caption, reading,
                   points_csv(held))  # fmt: skip


def courses(case: Record) -> Picture | None:
    """Draw what was forecast of a case over time, with its readings; None without a curve."""
    curves = [curve for curve in case["curves"] if any(x for x in curve["median"])]
    if not curves:
        return None
    rows = math.ceil(len(curves) / COLUMNS)
    height = 1.95 * rows + 0.35

    def paint(figure: Figure) -> None:
        for number, curve in enumerate(curves):
            row, column = divmod(number, COLUMNS)
            left = 0.055 + column * 0.24
            bottom = 1 - (1.95 * (row + 1) - 0.38) / height
            axes = figure.add_axes((left, bottom, 0.185, 1.22 / height))
            _course(axes, case, curve)

    return Picture(
        f"course-{case['name']}".replace("_", "-"),
        draw(f"course-{case['name']}", f"Forecast and readings of {case['name']}", height, paint),
        f"{case['paper']}: {_case_words(case)}",
        "Line: median; band: 90 % of readings. Circles: observed, hollow where not scored.",
        csv_text(
            ("organ", "quantity", "unit", "time_h", "median", "low", "high"),
            [
                (curve["organ"], curve["quantity"], curve["unit"], *values)
                for curve in curves
                for values in zip(
                    curve["time_h"], curve["median"], curve["low"], curve["high"], strict=True
                )
            ],
        ),
    )


def _course(axes: Axes, case: Record, curve: Record) -> None:
    """Draw one organ of one case."""
    held = [
        one
        for one in case["points"]
        if (one["organ"], one["quantity"]) == (curve["organ"], curve["quantity"])
        and (one["observed"] or 0) > 0
    ]
    time = np.array(curve["time_h"])
    floor = 1e-9
    median, low, high = (
        np.log10(np.maximum(np.array([x or floor for x in curve[name]]), floor))
        for name in ("median", "low", "high")
    )
    axes.fill_between(np.log10(time), low, high, color=RIVALS[0].light, linewidth=0)
    axes.plot(np.log10(time), median, color=RIVALS[0].line)
    for one in held:
        if one["time_h"]:
            axes.plot(math.log10(one["time_h"]), math.log10(one["observed"]), "o", color="#a34400",
                      markersize=4.2, markerfacecolor="#a34400" if one["scored"] else "white",
                      markeredgewidth=0.9)  # fmt: skip
    seen = [10**x for x in median] + [one["observed"] for one in held]
    top = max(math.log10(max(seen)) + 0.4, float(np.nanmax(high)) if not held else -9)
    axes.set_ylim(max(top - 4.0, math.log10(max(min(seen), 1e-9)) - 0.5), top)
    first = min([time[0], *(one["time_h"] for one in held if one["time_h"])])
    axes.set_xlim(math.log10(first) - 0.05, math.log10(time[-1]) + 0.1)
    log_ticks(axes.yaxis, *axes.get_ylim(), most=4)
    _hours(axes, first, float(time[-1]))
    plain(axes, left=True)
    axes.set_title(f"{capital(place(curve['organ']))}, {curve['unit']}", fontsize=8.5)


def _hours(axes: Axes, first: float, last: float) -> None:
    """Set an axis of log10 hours with the moments that people name."""
    known = ((1 / 60, "1 min"), (1 / 6, "10 min"), (1.0, "1 h"), (4.0, "4 h"), (24.0, "1 d"),
             (168.0, "7 d"), (720.0, "30 d"), (4320.0, "180 d"))  # fmt: skip
    inside = [(math.log10(at), words) for at, words in known if first <= at <= last * 1.001]
    step = max(1, math.ceil(len(inside) / 3))
    shown = inside[::-1][::step]
    axes.set_xticks([at for at, _ in shown], [words for _, words in shown])


def _against(
    axes: Axes, points: Sequence[Record], key: str, high: float, label: str, title: str
) -> None:
    """Draw residuals against a positive quantity."""
    held = [one for one in points if one[key]]
    _band(axes, upright=False)
    for one in held:
        _dot(axes, math.log10(one[key]), _level(one, high), one)
    values = [one[key] for one in held] or [1.0, 10.0]
    if key == "time_h":
        axes.set_xlim(math.log10(min(values)) - 0.15, math.log10(max(values)) + 0.15)
        _hours(axes, min(values), max(values))
    else:
        low, top = decades(values, 0.12, 0.4) or (0.0, 3.0)
        axes.set_xlim(low, top)
        sizes = [x for x in (2, 5, 10, 20, 50, 100, 200, 500) if low <= math.log10(x) <= top]
        axes.set_xticks([math.log10(x) for x in sizes], [str(x) for x in sizes])
    axes.set_ylim(-high, high)
    log_ticks(axes.yaxis, -high, high)
    plain(axes, left=True)
    axes.set_xlabel(label)
    axes.set_title(title)


def _band(axes: Axes, *, upright: bool) -> None:
    """Mark what is within 2-fold and 3-fold."""
    span, stroke = (axes.axvspan, axes.axvline) if upright else (axes.axhspan, axes.axhline)
    span(-math.log10(2), math.log10(2), color=FIELD, linewidth=0, zorder=0)
    stroke(0, color=INK, linewidth=1)
    for sign in (-1, 1):
        stroke(sign * math.log10(3), color=RULE, linewidth=0.8, linestyle=":")


def _dot(axes: Axes, x: float, y: float, one: Record) -> None:
    marker, colour, _ = _look(one)
    inside = colour if one["scored"] else "white"
    axes.plot(x, y, marker, color=colour, markersize=3.8, alpha=0.8, markerfacecolor=inside,
              markeredgewidth=0.7)  # fmt: skip


def _level(one: Record, high: float) -> float:
    """Return log10 of predicted over observed, held inside the axis."""
    return min(max(math.log10(one["fold"]), -high), high)


def _look(one: Record) -> tuple[str, str, str]:
    return MARKS.get(one["role"], OTHER)


def _legend(
    figure: Figure, points: Sequence[Record], left: float, top: float, *, across: bool = False
) -> None:
    from matplotlib.lines import Line2D

    roles = [role for role in MARKS if any(one["role"] == role for one in points)]
    handles = [
        Line2D([], [], marker=MARKS[role][0], linestyle="", color=MARKS[role][1],
               label=MARKS[role][2])
        for role in roles
    ]  # fmt: skip
    if any(one["role"] not in MARKS for one in points):
        handles.append(Line2D([], [], marker=OTHER[0], linestyle="", color=OTHER[1],
                              label=OTHER[2]))  # fmt: skip
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, top), frameon=False,
                  ncols=4 if across else 1, borderpad=0)  # fmt: skip


def _misses(figure: Figure, points: Sequence[Record]) -> None:
    """Write the farthest misses beside the chart."""
    scored = [one for one in points if one["scored"]]
    worst = sorted(scored, key=lambda one: -abs(math.log(one["fold"])))[:12]
    far = [one for one in worst if not 0.5 <= one["fold"] <= 2]
    if not far:
        return
    figure.text(0.60, 0.80, "farthest off", fontweight="bold", va="top")
    for number, one in enumerate(far):
        y = 0.765 - 0.052 * number
        figure.text(0.655, y, _fold(one["fold"]), va="top", ha="right", fontsize=8.5)
        words = f"{place(one['organ'])}, {friendly(3600 * one['time_h'], 's')}: {one['case']}"
        words = words if len(words) < 52 else f"{words[:50]}…"
        figure.text(0.665, y, words, va="top", fontsize=8.5, color=QUIET)


def _fold(fold: float) -> str:
    """Write predicted over observed; what is practically nothing is less than a thousandth."""
    return times(fold) if fold >= 1e-3 else "<0.001×"


def _worst(points: Sequence[Record]) -> str:
    """Return which organ is off most, by the median over its scored readings."""
    scored = [one for one in points if one["scored"]]
    groups: dict[str, list[float]] = {}
    for one in scored:
        groups.setdefault(place(one["organ"]), []).append(math.log(one["fold"]))
    if not groups:
        return "Nothing is scored."
    middle = {name: float(np.median(held)) for name, held in groups.items() if len(held) > 1}
    if not middle:
        return "One reading an organ: no trend to see."
    name = max(middle, key=lambda one: abs(middle[one]))
    return f"{capital(name)} is farthest off: {times(math.exp(middle[name]))} in the median."


def _case_words(case: Record) -> str:
    """Return how a case came out."""
    scored = [one for one in case["points"] if one["fold"] and one["scored"]]
    if not scored:
        return str(case["reason"])
    error = math.exp(float(np.mean([abs(math.log(one["fold"])) for one in scored])))
    inside = np.mean([bool(one["inside"]) for one in scored])
    return (
        f"geometric mean fold error {amount(error)} over {counted(len(scored), 'reading')}, "
        f"{percent(float(inside))} in their intervals."
    )


def reading_name(one: Record, *, timed: bool = True) -> str:
    """Return paper, sample and figure of a reading; a reading of the tube has a name of its own."""
    if "name" in one:
        return str(one["name"])
    known = {"percent_injected": "% of the dose", "half_life": "half-life",
             "percent_injected_per_mass": "% per gram",
             "percent_injected_per_volume": "% per volume",
             "terminal_half_life": "terminal half-life", "residence": "mean residence"}  # fmt: skip
    what = known.get(one["quantity"], named(one["quantity"]))
    when = f", {friendly(3600 * one['time_h'], 's')}" if one["time_h"] is not None and timed else ""
    return f"{one['paper']}: {place(one['organ'])}, {what}{when}"


def points_csv(points: Sequence[Record]) -> str:
    """Return the data behind a picture."""
    columns = ("case", "paper", "role", "material", "organ", "quantity", "time_h", "unit",
               "observed", "predicted", "low", "high", "fold", "percent_of_dose", "diameter_nm",
               "scored")  # fmt: skip
    return csv_text(columns, [[one[name] for name in columns] for one in points])
