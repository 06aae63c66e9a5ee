"""The figure of a sweep, and that of a search."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.learn.goal import Sought
from exocast.learn.sweep import Sweep
from exocast.report.bands import Array, Bands
from exocast.report.figures import Drawing, draw
from exocast.report.panels.rows import SPREADS
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
    draw_bands,
    log_ticks,
    plain,
)
from exocast.report.words import amount, raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["GOAL", "SWEEP", "goal_drawing", "sweep_drawing"]

SWEEP, GOAL = "sweep", "goal"
BANDS = (
    "Dark band: 90 % uncertainty (what is not known). Light band: 90 % variability (subjects and "
    "batches differ). Line: median."
)
Entry = Mapping[str, Any]


def sweep_drawing(sweep: Sweep) -> Drawing:
    """Draw the answer, and its ratio to the first point, against what was turned."""
    if len(sweep.axes) == 2:
        return _map(sweep)
    return _curves(sweep) if sweep.axes[0].numbers else _choices(sweep)


def goal_drawing(sought: Sought) -> Drawing:
    """Draw what every value of the setting gave, the goal, and where it is reached."""
    record = sought.record
    held = [one for one in record["evaluations"] if one["median"] is not None]

    def paint(figure: Figure) -> None:
        axes = figure.add_axes((0.1, 0.15, 0.86, 0.72))
        x = np.array([one["number"] for one in held], dtype=float)
        spreads = [_spread_of(one) for one in held]
        ends = [record["amount"], *(end for one in spreads for end in _ends(one))]
        low, high = decades(ends, 0.3, 2.0) or (0.0, 4.0)
        draw_bands(axes, x, _bands(spreads, low), NEUTRAL)
        values = np.log10(np.maximum([one["value"] for one in held], 10.0**low))
        for one, value in zip(held, values, strict=True):
            axes.plot(
                one["number"], value, "o", markersize=4.5, zorder=4, color=INK,
                markerfacecolor=INK if one["met"] else "white",
            )  # fmt: skip
        _needed(axes, record["amount"], "goal")
        if record["value"] is not None:
            at = next(one["number"] for one in held if one["setting"] == record["value"])
            axes.axvline(at, color=RIVALS[1].line, linewidth=1.2, zorder=3)
            axes.text(at, high, raised(f" {record['value']}"), color=RIVALS[1].line, va="top",
                      fontweight="bold")  # fmt: skip
        _scale(axes, record["log"], x, (low, high))
        title = f"{record['by']} [{record['by_unit']}]" if record["by_unit"] else record["by"]
        axes.set_xlabel(title)
        condition = f" if {record['rival']}" if record["rival"] else ""
        axes.set_title(f"{record['row']}{condition}, {_counted(record['unit'])}")
        figure.text(0.02, 0.02, "Filled: the goal is met. " + BANDS, color=QUIET, fontsize=8)

    return draw(GOAL, sought.sentence, 4.4, paint)


def _curves(sweep: Sweep) -> Drawing:
    """Draw the answer as a curve for each rival, above its ratio to the first point."""
    record, axis = sweep.record, sweep.axes[0]
    x = np.array(axis.numbers)
    rivals = _rivals(sweep)

    def paint(figure: Figure) -> None:
        upper = figure.add_axes((0.1, 0.48, 0.86, 0.44))
        lower = figure.add_axes((0.1, 0.12, 0.86, 0.27))
        ends = [end for _, entries, _ in rivals for one in entries for end in _ends(one)]
        needed = sweep.points[0]["needed"]
        low, high = decades(ends, 0.3, 2.0) or (0.0, 4.0)
        for phrase, entries, ink in rivals:
            words = f"if {phrase}" if phrase else ""
            draw_bands(upper, x, _bands(entries, low), ink, label=words, opacity=0.8)
        if needed:
            _needed(upper, needed, "needed", (low, high))
        _scale(upper, axis.log, x, (low, high))
        upper.set_title(_titled(record["answer"]))
        if any(phrase for phrase, _, _ in rivals):
            upper.legend(frameon=False, loc="best", fontsize=8.5)
        ratios = [([one["over_first"] for one in held], ink) for _, held, ink in rivals]
        ends = [1.0, *(end for held, _ in ratios for one in held for end in _ends(one))]
        low, high = decades(ends, 0.1, 0.4) or (-0.5, 0.5)
        low, high = min(low, -0.2), max(high, 0.2)
        for held, ink in ratios:
            draw_bands(lower, x, _bands(held, low), ink, opacity=0.8)
        lower.axhline(0.0, color=INK, linewidth=0.8, zorder=1)
        _scale(lower, axis.log, x, (low, high))
        lower.set_title(raised(f"times the answer at {axis.texts[0]}, member by member"))
        lower.set_xlabel(axis.title)
        figure.text(0.02, 0.015, BANDS, color=QUIET, fontsize=8)

    return draw(SWEEP, _alt(sweep), 6.2, paint)


def _choices(sweep: Sweep) -> Drawing:
    """Draw one bar for each choice and rival, and beside it the ratio to the first choice."""
    record, axis = sweep.record, sweep.axes[0]
    rivals = _rivals(sweep)
    lines = len(axis.texts) * len(rivals)
    height = 0.27 * lines + 1.35

    def paint(figure: Figure) -> None:
        share, bottom = 0.27 * lines / height, 0.62 / height
        left = figure.add_axes((0.24, bottom, 0.36, share))
        right = figure.add_axes((0.65, bottom, 0.25, share))
        ends = [end for _, held, _ in rivals for one in held for end in _ends(one)]
        ratio_ends = [
            end for _, held, _ in rivals for one in held for end in _ends(one["over_first"])
        ]
        limits = decades(ends, 0.3, 2.0) or (0.0, 4.0)
        low, high = decades([1.0, *ratio_ends], 0.1, 0.4) or (-0.5, 0.5)
        ratio_limits = min(low, -0.3), max(high, 0.3)
        sideways, across = left.get_yaxis_transform(), right.get_yaxis_transform()
        y = 0
        for index, text in enumerate(axis.texts):
            for number, (phrase, entries, ink) in enumerate(rivals):
                entry = entries[index]
                bar(left, y, entry, ink, limits[0])
                if entry["over_first"]["median"] is not None:
                    bar(right, y, entry["over_first"], ink, ratio_limits[0])
                words = text if number == 0 else ""
                words += f"{', ' if words else ''}if {phrase}" if phrase else ""
                left.text(-0.02, y, words, transform=sideways, ha="right", va="center")
                shown = amount(entry["over_first"]["median"])
                right.text(1.03, y, f"{shown}×", transform=across, va="center", color=ink.line)
                y += 1
        right.axvline(0.0, color=INK, linewidth=0.8, zorder=1)
        for axes, (first, last) in ((left, limits), (right, ratio_limits)):
            axes.set_ylim(lines - 0.5, -0.5)
            axes.set_xlim(first, last)
            axes.set_yticks([])
            log_ticks(axes.xaxis, first, last, 6)
            axes.grid(axis="x", color=RULE, linewidth=0.5, zorder=0)
            plain(axes)
        left.set_title(_titled(record["answer"]))
        right.set_title(raised(f"times {axis.texts[0]}, member by member"))
        figure.text(0.02, 1 - 0.16 / height, axis.address, fontweight="bold")
        figure.text(0.02, 0.1 / height, SPREADS, color=QUIET, fontsize=8)

    return draw(SWEEP, _alt(sweep), height, paint)


def _map(sweep: Sweep) -> Drawing:
    """Draw the median over a grid of two settings, one map for each rival."""
    rivals = _rivals(sweep)
    down, across = sweep.axes
    shape = (len(down.values), len(across.values))
    height = max(0.34 * shape[0] + 1.6, 3.4)

    def paint(figure: Figure) -> None:
        width = 0.86 / len(rivals)
        for number, (phrase, entries, _) in enumerate(rivals):
            axes = figure.add_axes(
                (0.12 + number * width, 0.85 / height, width - 0.05, 1 - 1.45 / height)
            )
            medians = np.array([one["median"] or np.nan for one in entries]).reshape(shape)
            logs = np.log10(np.where(medians > 0, medians, np.nan))
            axes.pcolormesh(np.ma.masked_invalid(logs), cmap="Blues", edgecolors="white")
            middle = np.nanmean(logs) if np.isfinite(logs).any() else 0.0
            small = shape[1] * len(rivals) <= 14
            for i, j in np.ndindex(shape):
                colour = "white" if logs[i, j] > middle + 0.2 * np.nanstd(logs) else INK
                if small:
                    axes.text(j + 0.5, i + 0.5, amount(_none(float(medians[i, j]))), ha="center",
                              va="center", fontsize=8, color=colour)  # fmt: skip
            _label(axes.xaxis, across.texts, rotated=not small)
            _label(axes.yaxis, down.texts if number == 0 else ())
            axes.tick_params(length=0)
            axes.set_xlabel(across.address)
            if number == 0:
                axes.set_ylabel(down.address)
            for spine in axes.spines.values():
                spine.set_visible(False)
            axes.set_title(f"if {phrase}" if phrase else "")
        title = f"Median over the grid: {_titled(sweep.record['answer'])}"
        figure.text(0.02, 1 - 0.2 / height, title, fontweight="bold")

    return draw(SWEEP, _alt(sweep), height, paint)


def _label(axis: Any, texts: Sequence[str], *, rotated: bool = False) -> None:
    """Label the cells of a map, a few of many."""
    every = max(math.ceil(len(texts) / 12), 1)
    shown = list(enumerate(texts))[::every]
    axis.set_ticks([index + 0.5 for index, _ in shown], [text for _, text in shown],
                   rotation=30 if rotated else 0)  # fmt: skip


def _none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _rivals(sweep: Sweep) -> list[tuple[str, list[Entry], Ink]]:
    """Return phrase, entries and ink of each rival; one where they agree."""
    points = sweep.points
    count = min(len(point["by_hypothesis"]) for point in points)
    if not sweep.record["contested"]:
        return [("", [point["by_hypothesis"][0] for point in points], NEUTRAL)]
    return [
        (
            points[0]["by_hypothesis"][index]["phrase"],
            [point["by_hypothesis"][index] for point in points],
            RIVALS[index % len(RIVALS)],
        )
        for index in range(count)
    ]


def _titled(answer: Entry) -> str:
    return f"{answer['title']}, {_counted(answer['unit'])}"


def _counted(unit: str) -> str:
    """Return a unit of the cascade in words."""
    words = {"copy/cell": "copies per cell", "copy": "copies", "particle": "particles",
             "particle/ug": "particles/µg", "particle/h": "particles/h", "dose": "doses",
             "copy/particle": "copies per particle", "1": "share"}  # fmt: skip
    return words.get(unit, unit)


def _alt(sweep: Sweep) -> str:
    best = sweep.best()
    at = ", ".join(best["texts"])
    settings = " and ".join(axis.address for axis in sweep.axes)
    return f"{sweep.record['answer']['title']} against {settings}; largest at {at}."


def _ends(spread: Entry) -> list[float]:
    held = [spread["median"], *spread["uncertainty"], *spread["variability"]]
    return [end for end in held if end]


def _spread_of(one: Entry) -> dict[str, Any]:
    return {
        "median": one["median"],
        "uncertainty": (one["uncertainty_low"], one["uncertainty_high"]),
        "variability": (one["variability_low"], one["variability_high"]),
    }


def _bands(entries: Sequence[Entry], floor: float) -> Bands:
    """Return the three bars of many points as curves; zeros lie on the floor of the axis."""

    def column(pick: Any) -> Array:
        values = np.array([_number(pick(one)) for one in entries])
        return np.asarray(np.maximum(values, 10.0**floor))

    return Bands(
        median=column(lambda one: one["median"]),
        uncertainty=(
            column(lambda one: one["uncertainty"][0]),
            column(lambda one: one["uncertainty"][1]),
        ),
        variability=(
            column(lambda one: one["variability"][0]),
            column(lambda one: one["variability"][1]),
        ),
    )


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _needed(
    axes: Axes, needed: float, words: str, limits: tuple[float, float] | None = None
) -> None:
    """Draw what is needed, or say how far above the axis it lies."""
    at = math.log10(needed) if needed > 0 else -math.inf
    sideways = axes.get_yaxis_transform()
    if limits is not None and at > limits[1]:
        axes.text(1.0, limits[1], f"{words} {amount(needed)}, above ↑", transform=sideways,
                  ha="right", va="bottom", color=QUIET, fontsize=8.5)  # fmt: skip
        return
    axes.axhline(at, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=3)
    axes.text(1.0, at, f"{words} {amount(needed)}", transform=sideways, ha="right", va="bottom",
              fontweight="bold", fontsize=8.5)  # fmt: skip


def _scale(axes: Axes, log: bool, x: Array, limits: tuple[float, float]) -> None:
    """Set both axes; the vertical one holds log10."""
    axes.set_ylim(*limits)
    log_ticks(axes.yaxis, *limits, 5)
    if log:
        axes.set_xscale("log")
    if len(x) > 1:
        axes.set_xlim(float(x.min()), float(x.max()))
    axes.grid(color=FAINT, linewidth=0.8, zorder=0)
    axes.set_axisbelow(True)
    plain(axes, left=True)
