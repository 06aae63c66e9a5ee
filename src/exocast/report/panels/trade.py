"""The chart of what would be enough: copies in a vesicle against vesicles that a cell takes up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from exocast.learn.benchmarks import benchmarks
from exocast.learn.needed import BEYOND, Escape, Standing, escapes
from exocast.material.forecast import Forecast
from exocast.report.bands import Array
from exocast.report.blocks import Picture, csv_text
from exocast.report.figures import draw
from exocast.report.style import FAINT, INK, NEUTRAL, QUIET, RIVALS, RULE, Ink, log_ticks, plain
from exocast.report.words import amount, conditional, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["trade_picture"]

POINTS = 61
HEIGHT = 4.9
DEEPEST = 24.0
"""Decades that the upright axis shows at most."""

LABEL = {"facecolor": "white", "edgecolor": "none", "pad": 0.7, "alpha": 0.8}
CEILING = "#7a6436"


@dataclass(frozen=True)
class _Line:
    """A frontier to draw: a share of vesicles that open, or a range of it."""

    words: str
    low: float
    high: float
    middle: float
    ink: Ink
    rival: int
    carrier: str = ""


_CARRIERS = {
    "": "vesicles",
    "lipid_nanoparticle": "lipid nanoparticles",
    "liposome": "liposomes",
    "inorganic_particle": "inorganic particles",
    "dissolved": "naked molecules",
}


def _lines(forecast: Forecast, found: Sequence[Standing], ranges: Sequence[Escape]) -> list[_Line]:
    """Return the frontiers: all open, each rival's range, and what opens of other carriers.

    A published count stands for nanoparticles where no variant is carried by them.
    """
    every = "every carrier opens" if _differ(found) else "every vesicle opens"
    lines = [_Line(every, 1.0, 1.0, 1.0, NEUTRAL, 0)]
    if all(one.carrier != "lipid_nanoparticle" for one in found):
        mark = benchmarks()["nanoparticle_escape"]
        words = f"lipid nanoparticles\n({percent(mark.low)} to {percent(mark.high)}, counted)"
        lines.append(_Line(words, mark.value, mark.value, mark.value, NEUTRAL, 0))
    seen = {found[0].carrier}
    for one in found:
        if one.carrier not in seen:
            seen.add(one.carrier)
            own_range = escapes(forecast.record, one.variant)[0]
            words = f"{_CARRIERS[one.carrier]}\n({_span(own_range.low, own_range.high)})"
            middle = own_range.value
            lines.append(_Line(words, middle, middle, middle, NEUTRAL, 0, one.carrier))
    own = [one for one in found if one.variant == found[0].variant]
    for index, held in enumerate(ranges[: len(RIVALS)]):
        rival = min(index, len(own) - 1)
        phrase = own[rival].phrase or "escape"
        text = f"{phrase}\n({_span(held.low, held.high)})"
        lines.append(_Line(text, held.low, held.high, held.value, RIVALS[index], rival))
    return lines


def trade_picture(forecast: Forecast, found: Sequence[Standing], caption: str) -> Picture:
    """Draw what is enough, the ceilings, and where the design and its variants stand.

    Parameters
    ----------
    forecast : Forecast
        The forecast.
    found : sequence of Standing
        From `exocast.learn.needed.standings`.
    caption : str
        What it shows.
    """
    first = found[0]
    own = [one for one in found if one.variant == first.variant]
    lines = _lines(forecast, found, escapes(forecast.record, first.variant))
    copies = _grid(found)
    openings = {one.rival: one.frontier(copies) for one in own}
    low, high = _limits(found, lines, openings)
    dose = first.middle["dose"]

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.075, 0.105, 0.70, 0.86))
        axes.set_xlim(math.log10(copies[0]), math.log10(copies[-1]))
        axes.set_ylim(low, high)
        x = np.log10(copies)
        _frontiers(axes, x, lines, openings)
        _ceilings(axes, first)
        shown = _once(found)
        for standing in shown:
            _position(axes, standing, hollow=bool(standing.variant))
        _names(axes, shown)
        _arrows(axes, own, lines)
        for one in shown:
            if one.carrier != first.carrier:
                _reach(axes, one)
        log_ticks(axes.xaxis, *axes.get_xlim(), 9)
        log_ticks(axes.yaxis, low, high, 9)
        axes.grid(color=FAINT, linewidth=0.6, zorder=0)
        plain(axes, left=True)
        several = _differ(found)
        holder = "one carrier (a molecule by itself is one)" if several else "a vesicle"
        axes.set_xlabel(f"copies in {holder}: mean, empty ones included", color=QUIET)
        axes.set_ylabel(f"{'carriers' if several else 'vesicles'} that a cell takes up")

    reading = (
        "On or above a line the goal is met, for the share of vesicles taken up that open named at "
        "its right; bands are what each hypothesis leaves open. Left, many vesicles must add up; "
        "right, one is enough and the line is flat: cells that none reaches stay without. Upright "
        f"line: every lumen as concentrated as the loading buffer. Level lines: {amount(dose)} "
        "vesicles given by then, what a whole batch would bring, and "
        f"{benchmarks()['largest_dose'].words}, by body weight, if uptake stays in proportion. "
        "Crosses: medians, 90 % uncertainty (dark, slim) and variability (light, wide). More "
        "copies first mean fewer empty vesicles, then fuller ones. Lines are drawn for the median "
        "chain; factors in the text are of the median member, and medians do not multiply."
    )
    if _differ(found):
        reading += (
            " Other carriers stand on the same axes, each against the dotted line of its own "
            "escape; thin lines from their places reach to the most copies that one can hold (all "
            "ionisable lipid neutralised; a molecule is one copy) and to what a batch or the "
            "largest published dose of that kind would bring."
        )
    alt = f"Copies in a vesicle against vesicles taken up by a cell, log axes. {caption}"
    svg = draw("needed", alt, HEIGHT, paint)
    return Picture("copies-needed", svg, caption, reading, _csv(found, lines, copies, openings))


def _differ(found: Sequence[Standing]) -> bool:
    """Return whether design and variants are carried by different things."""
    return len({one.carrier for one in found}) > 1


def _span(low: float, high: float) -> str:
    return f"{percent(low)} to {percent(high)}"


def _once(found: Sequence[Standing]) -> list[Standing]:
    """Return one standing for each variant: rivals of escape share its place on the chart."""
    kept: dict[str, Standing] = {}
    for one in found:
        kept.setdefault(one.variant, one)
    return list(kept.values())


def _grid(found: Sequence[Standing]) -> Array:
    """Return the loads that the chart shows."""
    held = [end for one in found for end in one.spreads["copies"].uncertainty if end > 0]
    first = min([1e-2, *held])
    last = max([10.0 * found[0].needed, *held])
    return np.logspace(math.log10(first) - 0.3, math.log10(last), POINTS)


def _limits(
    found: Sequence[Standing], lines: Sequence[_Line], openings: dict[int, Array]
) -> tuple[float, float]:
    held = [
        x
        for one in found
        for x in (*one.spreads["taken"].uncertainty, *one.spreads["taken"].variability)
    ]
    held += [one.middle["taken"] * one.middle[name] for one in found for name in ("batch", "person")
             if one.variant == found[0].variant or one.carrier != found[0].carrier]  # fmt: skip
    held += [float(openings[line.rival].min() / line.high) for line in lines]
    top = max(float(openings[line.rival].max() / line.low) for line in lines)
    some = [x for x in held if x > 0 and math.isfinite(x)]
    high = math.log10(min(top, BEYOND)) + 0.3
    return max(math.log10(min(some)) - 0.5, high - DEEPEST), high


def _frontiers(
    axes: Axes,
    x: Array,
    lines: Sequence[_Line],
    openings: dict[int, Array],
) -> None:
    """Draw a line or a band for each escape, and its name at the right."""
    floor = axes.get_ylim()[0]
    ends = []
    for line in lines:
        y = np.log10(openings[line.rival])
        if line.low < line.high:
            ends_of = (y - math.log10(line.high), y - math.log10(line.low))
            axes.fill_between(x, *ends_of, facecolor=line.ink.light, linewidth=0, alpha=0.75,
                              zorder=1)  # fmt: skip
            axes.plot(x, y - math.log10(line.middle), line.ink.dash, color=line.ink.line, zorder=2)
        elif line.middle == 1.0:
            axes.fill_between(x, floor, y, facecolor="#eceff2", hatch="////", edgecolor=RULE,
                              linewidth=0, zorder=1)  # fmt: skip
            axes.plot(x, y, color=INK, linewidth=1.2, zorder=2)
        else:
            axes.plot(x, y - math.log10(line.middle), ":", color=QUIET, linewidth=1.3, zorder=2)
        ends.append((float(y[-1]) - math.log10(line.middle), line))
    ends.sort(key=lambda pair: pair[0])
    heights = _apart([height for height, _ in ends], _gap(axes, 25.0))
    for height, (_, line) in zip(heights, ends, strict=True):
        axes.annotate(line.words, (x[-1], height), (6, 0), textcoords="offset points", va="center",
                      color=line.ink.line if line.low < line.high else QUIET, fontsize=8.5,
                      annotation_clip=False)  # fmt: skip


def _gap(axes: Axes, points: float) -> float:
    """Return the height of so many points on the upright axis."""
    low, high = axes.get_ylim()
    return (high - low) * points / (72.0 * HEIGHT * 0.86)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Return ascending heights moved up so that none is closer than `gap` to the one below."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    return placed


def _ceilings(axes: Axes, standing: Standing) -> None:
    """Draw the lumen ceiling, and what batch and largest dose would bring."""
    lumen = standing.spreads["lumen"]
    first, last = axes.get_xlim()
    bottom, top = axes.get_ylim()
    # A loading buffer without cargo fills no lumen: there is no ceiling to draw.
    drawable = all(math.isfinite(end) and end > 0 for end in (lumen.median, *lumen.uncertainty))
    if drawable and first < math.log10(lumen.median) < last:
        ends = [math.log10(end) for end in lumen.uncertainty]
        axes.axvspan(*ends, facecolor="#e8dcc0", linewidth=0, alpha=0.6, zorder=0.5)
        axes.axvline(math.log10(lumen.median), color=CEILING, linewidth=1.1, zorder=2)
        axes.annotate(f"lumen full: {amount(lumen.median)}", (math.log10(lumen.median), top),
                      (4, -4), textcoords="offset points", rotation=90, va="top", fontsize=8.5,
                      color=CEILING, zorder=5, bbox=LABEL)  # fmt: skip
    middle = standing.middle
    levels = [
        (middle["taken"] * factor, words)
        for factor, words in (
            (middle["person"], "largest dose given to a person, by weight"),
            (1.0, "dose as designed"),
            (middle["batch"], f"one batch ({amount(middle['batch'])} times the dose)"),
        )
        if math.isfinite(factor) and factor > 0 and middle["taken"] > 0
    ]
    levels.sort()
    heights = _apart([math.log10(level) for level, _ in levels], _gap(axes, 10.0))
    for height, (level, words) in zip(heights, levels, strict=True):
        if not bottom <= math.log10(level) <= top:
            continue
        axes.axhline(math.log10(level), color=CEILING, linewidth=0.9, linestyle=(0, (5, 3)),
                     zorder=2)  # fmt: skip
        axes.annotate(f"{words} ", (last, height), (0, 1), textcoords="offset points", ha="right",
                      va="bottom", fontsize=8, color=CEILING, zorder=5, bbox=LABEL)  # fmt: skip


def _reach(axes: Axes, standing: Standing) -> None:
    """Draw how far copies and dose of another carrier than the design's could be raised."""
    held = standing.middle
    copies, taken = held["copies"], held["taken"]
    if not (copies > 0 and taken > 0):
        return
    x, y = math.log10(copies), math.log10(taken)
    most = [held[name] for name in ("batch", "person") if math.isfinite(held[name])]
    up = math.log10(taken * max([1.0, *most]))
    right = math.log10(max(held["lumen"], copies)) if math.isfinite(held["lumen"]) else x
    for ends, tip in (((x, right), "|"), ((y, up), "_")):
        if ends[1] - ends[0] < 0.02:
            continue
        pair = (ends, (y, y)) if tip == "|" else ((x, x), ends)
        axes.plot(*pair, color=CEILING, linewidth=1.0, linestyle=(0, (5, 3)), zorder=5)
        axes.plot(pair[0][1], pair[1][1], tip, color=CEILING, markersize=9, zorder=5)


def _position(axes: Axes, standing: Standing, *, hollow: bool) -> None:
    """Draw a cross: light wide variability, dark slim uncertainty, and the median."""
    copies, taken = standing.spreads["copies"], standing.spreads["taken"]
    if not (copies.median > 0 and taken.median > 0):
        return
    at = math.log10(copies.median), math.log10(taken.median)
    floor = axes.get_xlim()[0], axes.get_ylim()[0]
    for name, width, colour in (
        ("variability", 7.0, NEUTRAL.light),
        ("uncertainty", 2.6, NEUTRAL.dark),
    ):
        for axis, spread in enumerate((copies, taken)):
            low, high = getattr(spread, name)
            if high <= 0:
                continue
            span = [max(math.log10(low), floor[axis]) if low > 0 else floor[axis], math.log10(high)]
            still = [at[1 - axis]] * 2
            pair = (span, still) if axis == 0 else (still, span)
            axes.plot(*pair, color=colour, linewidth=width * (0.7 if hollow else 1.0), zorder=6,
                      solid_capstyle="butt")  # fmt: skip
    axes.plot(*at, "o", color="white" if hollow else INK, markersize=7, zorder=8,
              markeredgecolor=INK if hollow else "white", markeredgewidth=1.1)  # fmt: skip


def _names(axes: Axes, shown: Sequence[Standing]) -> None:
    """Name every place; at its left where the name before it stands close at its right."""
    taken: list[tuple[float, float]] = []
    first, last = axes.get_xlim()
    several = _differ(shown)
    for standing in shown:
        copies, cell = standing.middle["copies"], standing.middle["taken"]
        if not (copies > 0 and cell > 0):
            continue
        at = math.log10(copies), math.log10(cell)
        close = sum(
            abs(at[1] - other[1]) < _gap(axes, 24.0) and abs(at[0] - other[0]) < (last - first) / 5
            for other in taken
        )
        taken.append(at)
        left = close % 2 == 1
        own = f"the design, {_CARRIERS[standing.carrier]}" if several else "the design"
        axes.annotate(standing.variant or own, at,
                      (-8 if left else 8, -8 - 11 * (close // 2)), textcoords="offset points",
                      ha="right" if left else "left", va="top", zorder=9, bbox=LABEL,
                      fontweight="normal" if standing.variant else "bold")  # fmt: skip


def _arrows(axes: Axes, own: Sequence[Standing], lines: Sequence[_Line]) -> None:
    """Draw how far the design is from the frontier of each rival."""
    rivals = [line for line in lines if line.low < line.high]
    for standing, line in zip(own, rivals, strict=False):
        here, copies = standing.middle["taken"], standing.middle["copies"]
        if standing.short <= 1.0 or here <= 0 or copies <= 0:
            continue
        shift = 0.06 * (standing.rival - (len(own) - 1) / 2) * (len(own) > 1)
        x = math.log10(copies) + shift * (axes.get_xlim()[1] - axes.get_xlim()[0])
        there = float(standing.frontier(np.array([10.0**x]))[0]) / line.middle
        ends = (x, math.log10(here)), (x, math.log10(there))
        arrow = {"arrowstyle": "-|>", "color": line.ink.line, "linewidth": 1.2, "shrinkA": 6}
        axes.annotate("", ends[1], ends[0], zorder=5, arrowprops=arrow)
        middle = 0.4 * ends[0][1] + 0.6 * ends[1][1]
        side = -1 if shift < 0 else 1
        axes.annotate(f"× {amount(standing.short, 1)}", (x, middle), (4 * side, 0),
                      ha="right" if shift < 0 else "left", textcoords="offset points",
                      color=line.ink.line, va="center", zorder=6, fontsize=8.5,
                      bbox=LABEL)  # fmt: skip


def _csv(
    found: Sequence[Standing],
    lines: Sequence[_Line],
    copies: Array,
    openings: dict[int, Array],
) -> str:
    """Return lines, places and ceilings as one table."""
    rows: list[tuple[object, ...]] = []
    for line in lines:
        for escape in dict.fromkeys((line.low, line.middle, line.high)):
            rows += [
                ("line", line.words.replace("\n", " "), f"{escape:.6g}", f"{load:.6g}",
                 f"{n / escape:.6g}", "", "")
                for load, n in zip(copies, openings[line.rival], strict=True)
            ]  # fmt: skip
    for one in found:
        words = conditional(one.variant or "as designed", {"phrase": one.phrase})
        share = f"{one.middle['escape']:.6g}"
        for name, ends in (
            ("median", None),
            ("uncertainty_low", 0),
            ("uncertainty_high", 1),
            ("variability_low", 0),
            ("variability_high", 1),
        ):
            spreads = [one.spreads[key] for key in ("copies", "taken", "short")]
            axis = name.partition("_")[0]
            held = [x.median if ends is None else getattr(x, axis)[ends] for x in spreads]
            left = f"{one.left:.6g}" if ends is None else ""
            rows.append((name, words, share, *(f"{value:.6g}" for value in held), left))
    for one in _once(found):
        if one.variant != found[0].variant and one.carrier == found[0].carrier:
            continue
        middle, of = one.middle, f", {one.variant}" if one.variant else ""
        most = "full lumen" if not one.carrier else "most copies"
        rows.append(("ceiling", f"{most}{of}", "", f"{middle['lumen']:.6g}", "", "", ""))
        for name in ("batch", "person"):
            level = middle["taken"] * middle[name]
            rows.append(("ceiling", f"dose: {name}{of}", "", "", f"{level:.6g}", "", ""))
    columns = ("what", "name", "escape", "copies_per_vesicle", "vesicles_per_cell", "short", "left")
    return csv_text(columns, rows)
