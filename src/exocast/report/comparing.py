"""The figure of a comparison: cascades side by side, and their ratios."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from exocast.learn.comparison import Comparison
from exocast.learn.wishes import PURITY
from exocast.report.blocks import Cell, Panel, Picture, Table, csv_text
from exocast.report.figures import Drawing, draw
from exocast.report.panels.rows import SPREADS
from exocast.report.plane import TITLES, plane_drawing
from exocast.report.style import (
    FAINT,
    INK,
    QUIET,
    RULE,
    SIDES,
    bar,
    decades,
    log_ticks,
    plain,
)
from exocast.report.words import (
    amount,
    capital,
    duration,
    head_title,
    interval,
    percent,
    raised,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COMPARISON", "comparison_drawing", "isolation_panels"]

COMPARISON = "comparison"
RATIOS = "Ratios are taken member by member; more in: share of members in which it has more."
LINE, APART, GAP, AXIS, TOP, FOOT = 0.17, 0.12, 0.34, 0.34, 0.42, 0.36
"""Inches of one bar, between rows, above a head, below it, above everything and below it."""

Slot = tuple[float, dict[str, Any], dict[str, Any]]
"""Place of the first bar of an entry, its row and its rival, over all pairs."""


def comparison_drawing(comparison: Comparison) -> Drawing:
    """Draw the cascades side by side, and beside them how they differ member by member."""
    rows = _rows(comparison)
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(row["head"], []).append(row)
    sides = len(comparison.pairs) + 1
    heights = {head: _height(held, sides) for head, held in groups.items()}
    height = sum(heights.values()) + len(groups) * (GAP + AXIS) + TOP + FOOT

    def paint(figure: Figure) -> None:
        _legend(figure, comparison, height)
        figure.text(0.02, 0.1 / height, f"{SPREADS}\n{RATIOS}", color=QUIET, fontsize=8)
        top = height - TOP
        for head, held in groups.items():
            top -= GAP
            share = heights[head] / height
            bottom = (top - heights[head]) / height
            left = figure.add_axes((0.24, bottom, 0.37, share))
            right = figure.add_axes((0.66, bottom, 0.19, share))
            _amounts(left, held, sides, heights[head])
            _ratios(right, held, sides, heights[head], _ratio_limits(rows))
            top -= heights[head] + AXIS

    sentences = " ".join(pair["sentence"] for pair in comparison.pairs)
    alt = f"Delivery cascades side by side, and their ratio member by member. {sentences}"
    return draw(COMPARISON, alt, height, paint)


def _rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Return the rows that every pair has, each with one entry for each rival and pair."""
    first, *others = comparison.pairs
    found = []
    for row in first["rows"]:
        same = [
            next((one for one in pair["rows"] if one["name"] == row["name"]), None)
            for pair in others
        ]
        if any(one is None for one in same):
            continue
        alike = [row, *(one for one in same if one is not None)]
        contested = any(one["contested"] for one in alike)
        entries = row["by_hypothesis"] if contested else row["by_hypothesis"][:1]
        slots = []
        for entry in entries:
            rivals = [_of(one, entry["phrase"]) for one in alike]
            slots.append({"phrase": entry["phrase"] if contested else "", "pairs": rivals})
        found.append({**row, "title": _shared([one["title"] for one in alike]), "slots": slots})
    return found


def _shared(titles: list[str]) -> str:
    """Return a title without what sides do by different methods.

    Examples
    --------
    >>> _shared(["after load (a or b)", "after load (a or c)"]), _shared(["pellet (a)"] * 2)
    ('after load', 'pellet (a)')
    """
    return titles[0] if len(set(titles)) == 1 else titles[0].partition(" (")[0]


def _of(row: dict[str, Any], phrase: str) -> dict[str, Any]:
    """Return the entry of a rival, or the only one there is."""
    held: list[dict[str, Any]] = row["by_hypothesis"]
    return next((entry for entry in held if entry["phrase"] == phrase), held[0])


def _height(rows: list[dict[str, Any]], sides: int) -> float:
    return sum(len(row["slots"]) * (sides * LINE + APART) for row in rows)


def _places(rows: list[dict[str, Any]], sides: int) -> list[Slot]:
    """Return where each entry stands, in inches from the top of its head."""
    places: list[Slot] = []
    y = 0.0
    for row in rows:
        for slot in row["slots"]:
            places.append((y + APART / 2 + LINE / 2, row, slot))
            y += sides * LINE + APART
    return places


def _legend(figure: Figure, comparison: Comparison, height: float) -> None:
    """Name the sides in their inks, and say what the two parts show."""
    from matplotlib.lines import Line2D

    names = [comparison.pairs[0]["base"], *(pair["other"] for pair in comparison.pairs)]
    inks = [SIDES[index % len(SIDES)] for index in range(len(names))]
    handles = [Line2D([], [], linestyle="", marker=ink.marker, color=ink.line) for ink in inks]
    legend = figure.legend(
        handles, names, loc="center left", bbox_to_anchor=(0.235, 1 - 0.14 / height),
        ncols=len(names), frameon=False, handletextpad=0.1, columnspacing=1.2, borderpad=0,
    )  # fmt: skip
    for words, ink in zip(legend.get_texts(), inks, strict=True):
        words.set(color=ink.line, fontweight="bold")
    base = names[0] if len(names[0]) < 22 else "the first"
    figure.text(
        0.66, 1 - 0.36 / height, f"times {base}", color=QUIET, va="center",
        fontsize=8.5,
    )  # fmt: skip
    figure.text(0.985, 1 - 0.36 / height, "more in", color=QUIET, va="center", ha="right",
                fontsize=8.5)  # fmt: skip


def _amounts(axes: Axes, rows: list[dict[str, Any]], sides: int, height: float) -> None:
    """Draw the amounts of every side, one under the other."""
    ends: list[float] = []
    places = _places(rows, sides)
    for _, _, slot in places:
        for spread in _spreads(slot):
            ends += [end for end in (spread["median"], *spread["uncertainty"]) if end]
            ends += [end for end in spread["variability"] if end]
    low, high = decades(ends, 0.3, 2.0) or (0.0, 4.0)
    sideways = axes.get_yaxis_transform()
    for number, (y, row, slot) in enumerate(places):
        size = sides * LINE + APART
        if number % 2 == 0:
            top = y - LINE / 2 - APART / 2
            axes.axhspan(top, top + size, color=FAINT, linewidth=0, zorder=0)
        middle = y + (sides - 1) * LINE / 2
        same = number > 0 and places[number - 1][1] is row
        words = "" if same else row["title"]
        if slot["phrase"]:
            words = f"{words}, if {slot['phrase']}" if words else f"if {slot['phrase']}"
        shown = _wrapped(raised(words))
        points = 8.5 if shown.count("\n") < 2 else 7.5
        axes.text(-0.02, middle, shown, transform=sideways, ha="right", va="center",
                  fontsize=points, linespacing=1.1)  # fmt: skip
        for index, spread in enumerate(_spreads(slot)):
            bar(axes, y + index * LINE, spread, SIDES[index % len(SIDES)], low, 0.82)
    _finish(axes, low, high, height, rows[0]["unit"])
    title = _wrapped(head_title(rows[0]), 30)
    axes.text(-0.02, -0.05, title, transform=sideways, fontweight="bold", ha="right", va="bottom")


def _wrapped(words: str, width: int = 34) -> str:
    """Break a long title: two lines where they suffice, so that none runs off the figure."""
    return textwrap.fill(words, width, break_long_words=False)


def _spreads(slot: dict[str, Any]) -> list[dict[str, Any]]:
    return [slot["pairs"][0]["base"], *(entry["other"] for entry in slot["pairs"])]


def _ratio_limits(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Return one range of ratios for every head, 1 inside it."""
    ends = [1.0]
    for row in rows:
        for slot in row["slots"]:
            for entry in slot["pairs"]:
                spread = entry["ratio"]
                ends += [end for end in spread["uncertainty"] if end]
                ends += [end for end in spread["variability"] if end]
    low, high = decades(ends, 0.1, 0.0) or (-0.5, 0.5)
    return min(low, -0.5), max(high, 0.5)


def _ratios(
    axes: Axes,
    rows: list[dict[str, Any]],
    sides: int,
    height: float,
    limits: tuple[float, float],
) -> None:
    """Draw the ratio of every other side to the first, and the share of members with more."""
    low, high = limits
    sideways = axes.get_yaxis_transform()
    for number, (y, _, slot) in enumerate(_places(rows, sides)):
        if number % 2 == 0:
            top = y - LINE / 2 - APART / 2
            axes.axhspan(top, top + sides * LINE + APART, color=FAINT, linewidth=0, zorder=0)
        for index, entry in enumerate(slot["pairs"], start=1):
            ink, ratio = SIDES[index % len(SIDES)], entry["ratio"]
            at = y + index * LINE
            if ratio["median"] is not None:
                bar(axes, at, ratio, ink, low, 0.82)
            words = f"{amount(ratio['median'])}×" if ratio["median"] is not None else "–"
            if entry["share_equal"] == 1:
                words = "the same"
            axes.text(1.03, at, words, transform=sideways, color=ink.line, va="center",
                      fontsize=8.5)  # fmt: skip
            if entry["share_equal"] < 1:
                axes.text(1.71, at, percent(entry["share_greater"]), transform=sideways,
                          color=ink.line, va="center", ha="right", fontsize=8.5)  # fmt: skip
    axes.axvline(0.0, color=INK, linewidth=1.0, zorder=1)
    _finish(axes, low, high, height)


def _finish(axes: Axes, low: float, high: float, height: float, unit: str = "") -> None:
    axes.set_ylim(height, 0.0)
    axes.set_xlim(low, high)
    axes.set_yticks([])
    log_ticks(axes.xaxis, low, high, 6, fine=True, unit=unit)
    axes.grid(axis="x", color=RULE, linewidth=0.5, zorder=0)
    plain(axes)


def isolation_panels(comparison: Comparison) -> tuple[Panel, ...]:
    """Set the isolations of all sides into the plane of recovery and purity, where they differ."""
    trains, purity = _isolations(comparison)
    if not trains:
        return ()
    keys = ("recovery", *(one.key for one in PURITY))
    most = max(trains, key=lambda one: _middle(one, "recovery"))
    pure = max(trains, key=lambda one: _middle(one, purity))
    what = "of all particles" if purity == "share_of_particles" else TITLES[purity]
    finding = (
        f"{capital(most['title'])} keeps most ({percent(_middle(most, 'recovery'))}); "
        f"{pure['title']} is purest ({_merit(_middle(pure, purity), purity)} {what})."
    )
    reading = "Higher is purer, further right keeps more; what the donor gave is 100 %."
    lines = [(one["title"], *(_middle(one, key) for key in keys), one["hours"]) for one in trains]
    picture = Picture(
        "isolation", plane_drawing("isolation", trains, purity, head="isolation"), "", reading,
        csv_text(("isolation", *keys, "hours"), lines),
    )  # fmt: skip
    rows = tuple(
        (
            Cell(one["title"], tone="key"),
            *(
                Cell(
                    raised(_merit(_middle(one, key), key)),
                    _middle(one, key),
                    small=raised(interval(one["figures"][key]["uncertainty"])),
                )
                for key in keys
            ),
            Cell(duration(one["hours"] * 3600.0), one["hours"]),
        )
        for one in trains
    )
    head = ("isolation", *(f"{TITLES[key]}|" for key in keys), "time|")
    table = Table("isolations", head, rows, "Medians; below them 90 % of what is not known.")
    title = "Yield and purity"
    return (Panel("isolation", title, title, raised(finding), (picture, table)),)


def _isolations(comparison: Comparison) -> tuple[list[dict[str, Any]], str]:
    """Return the isolation of every side, and the purity that all of them have.

    None where a side has no isolation (a forecast that was saved has none to show), or all have
    the same. Purity is against protein; against particles where no protein is left.
    """
    held = [(side["name"], side.get("isolation")) for side in comparison.record["sides"]]
    trains = [{"title": name, **one} for name, one in held if one]
    if len(trains) < len(held) or all(one["train"] == trains[0]["train"] for one in trains):
        return [], ""
    keys = ("vesicles_per_microgram", "share_of_particles")
    some = (key for key in keys if all(_middle(one, key) for one in trains))
    return trains, next(some, keys[-1])


def _middle(train: dict[str, Any], key: str) -> float:
    return float(train["figures"][key]["median"] or 0.0)


def _merit(value: float, key: str) -> str:
    """Write a figure of merit."""
    return percent(value) if key in ("recovery", "share_of_particles") else amount(value)
