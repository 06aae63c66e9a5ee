"""Ways to work at the bench in a plane: how much is kept, and how pure or how full it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exocast.learn.wishes import FIGURES
from exocast.report.figures import Drawing, draw
from exocast.report.placing import set_apart
from exocast.report.style import INK, NEUTRAL, QUIET, RIVALS, RULE, decades, log_ticks, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["TITLES", "median_of", "plane_drawing"]

Record = Mapping[str, Any]

MARK = 11.0
"""Diameter of a numbered mark, in points."""

TITLES = {key: one.name.replace(" ug", " µg") for key, one in FIGURES.items()}


def plane_drawing(
    name: str,
    trains: Sequence[Record],
    purity: str,
    wishes: Sequence[Record] = (),
    note: str = "Bars: 90 % of what is not known.",
    head: str = "in order",
    ways: str = "trains of isolation",
) -> Drawing:
    """Draw trains, or ways to load, in the plane of recovery and another figure.

    Parameters
    ----------
    name : str
        Of the file.
    trains : sequence of mapping
        ``title`` and ``figures`` of each, ``met`` and ``scale_limits`` where something is asked,
        ``rivals`` where something in it is contested.
    purity : str
        Key of the figure on the upright axis.
    wishes : sequence of mapping
        What is asked for, drawn as lines.
    note, head : str
        Under the plane, and over the list of names.
    ways : str
        What they are.
    """
    shown = [one for one in trains if median_of(one, "recovery") and median_of(one, purity)]
    height = max(4.6, 0.235 * len(shown) + 1.3)

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.085, 0.62 / height, 0.55, 1 - 1.02 / height))
        limits = []
        for key in ("recovery", purity):
            ends = [end for one in shown for end in one["figures"][key]["uncertainty"]]
            ends += [median_of(one, key) for one in shown]
            ends += [rival["figures"][key] for one in shown for rival in one.get("rivals", ())]
            ends += [wish["amount"] for wish in wishes if wish["key"] == key]
            limits.append(decades([end for end in ends if end], 0.15, 1.0) or (-2.0, 0.0))
        (left, right), (low, high) = limits
        left, low = max(left, -5.0), max(low, high - 7.0)
        axes.set_xlim(left, right)
        axes.set_ylim(low, high)
        places = _places(axes, shown, purity)
        for number, (one, place) in enumerate(zip(shown, places, strict=True), start=1):
            _place(axes, number, one, purity, (left, low), place)
            for rival in one.get("rivals", ()):
                _rival(axes, number, one, rival["figures"], purity)
        for wish in wishes:
            value = math.log10(wish["amount"])
            line = axes.axvline if wish["key"] == "recovery" else axes.axhline
            if wish["key"] in ("recovery", purity):
                line(value, color=RIVALS[1].line, linewidth=1.1, linestyle="--", zorder=1)
        log_ticks(axes.xaxis, left, right, fine=True)
        log_ticks(axes.yaxis, low, high, fine=True)
        axes.set_xlabel("recovery of vesicles from the source")
        axes.set_title(f"{TITLES[purity]}, against recovery")
        plain(axes, left=True)
        _names(figure, shown, height, head)
        figure.text(0.02, 0.12 / height, note, color=QUIET, fontsize=8)

    alt = f"Recovery and {TITLES[purity]} of {len(shown)} {ways}."
    return draw(name, alt, height, paint)


def _places(axes: Axes, shown: Sequence[Record], purity: str) -> list[tuple[float, float]]:
    """Return where the number of each train stands: on its point, or beside one that lies on it."""
    points = [[math.log10(median_of(one, key)) for key in ("recovery", purity)] for one in shown]
    scale = 72.0 / axes.figure.dpi  # marks are sized in points
    moved = [tuple(scale * x for x in axes.transData.transform(point)) for point in points]
    left, bottom, right, top = (scale * x for x in axes.bbox.extents)
    rim = MARK / 2
    inside = (left + rim, bottom + rim, right - rim, top - rim)
    places = set_apart([(x, y) for x, y in moved], MARK + 0.5, inside)
    back = axes.transData.inverted()
    found = [back.transform((x / scale, y / scale)) for x, y in places]
    return [(float(x), float(y)) for x, y in found]


def _place(
    axes: Axes,
    number: int,
    one: Record,
    purity: str,
    floor: tuple[float, float],
    place: tuple[float, float],
) -> None:
    """Draw one train: a cross of its ranges, and its number on it or beside it."""
    ink = RIVALS[0] if _meets(one) else NEUTRAL
    x, y = (math.log10(median_of(one, key)) for key in ("recovery", purity))
    for key, least in (("recovery", floor[0]), (purity, floor[1])):
        ends = [
            max(math.log10(end), least) if end and end > 0 else least
            for end in one["figures"][key]["uncertainty"]
        ]
        across = (ends, [y, y]) if key == "recovery" else ([x, x], ends)
        axes.plot(*across, color=ink.light, linewidth=1.8, zorder=2, solid_capstyle="butt")
    if math.dist(place, (x, y)) > 1e-6:
        axes.plot([x, place[0]], [y, place[1]], color=ink.line, linewidth=0.8, zorder=3)
        axes.plot(x, y, "o", color=ink.line, markersize=3.0, zorder=3)
    axes.plot(*place, "o", color=ink.line, markersize=MARK, markeredgecolor="white", zorder=4)
    axes.text(*place, str(number), color="white", fontsize=7.0, ha="center", va="center_baseline",
              fontweight="bold", zorder=4)  # fmt: skip


def _rival(axes: Axes, number: int, one: Record, figures: Record, by: str) -> None:
    """Draw where a way would stand under a rival of what is contested in it, tied to its own."""
    x, y = (math.log10(figures[key] or 1e-300) for key in ("recovery", by))
    own = [math.log10(median_of(one, key)) for key in ("recovery", by)]
    ink = NEUTRAL.line
    axes.plot([own[0], x], [own[1], y], ":", color=ink, linewidth=1.0, zorder=2)
    axes.plot(x, y, "o", markerfacecolor="white", markeredgecolor=ink, markersize=MARK, zorder=3)
    axes.text(x, y, str(number), color=ink, fontsize=7.0, ha="center", va="center_baseline",
              zorder=3)  # fmt: skip


def _names(figure: Figure, shown: Sequence[Record], height: float, head: str) -> None:
    """Write what the numbers are."""
    top, step = 1 - 0.42 / height, 0.235 / height
    for number, one in enumerate(shown, start=1):
        ink = RIVALS[0].line if _meets(one) else QUIET
        y = top - number * step
        figure.text(0.672, y, str(number), color=ink, fontsize=8.5, ha="right", fontweight="bold")
        figure.text(0.682, y, one["title"], color=INK, fontsize=8.5)
    figure.text(0.682, top, head, color=QUIET, fontsize=8.5, fontweight="bold")
    figure.add_artist(_rule(top, step))


def _rule(top: float, step: float) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([0.66, 0.985], [top - 0.25 * step] * 2, color=RULE, linewidth=0.8)


def _meets(one: Record) -> bool:
    """Return whether a train does all that is asked, at its scale."""
    return all(met["met"] for met in one.get("met", ())) and not one.get("scale_limits")


def median_of(one: Record, key: str) -> float:
    """Return the median of a figure; 0 where there is none."""
    return float(one["figures"][key]["median"] or 0.0)
