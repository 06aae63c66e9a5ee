"""Isolation methods on a plane of yield and purity, the Design's own train marked."""

from __future__ import annotations

import math
from itertools import cycle
from typing import TYPE_CHECKING

from exocast.report.blocks import Block, Cell, Picture, Table, csv_text
from exocast.report.drawings.canvas import Record
from exocast.report.figures import draw
from exocast.report.style import (
    FAINT,
    INK,
    NEUTRAL,
    QUIET,
    RIVALS,
    Ink,
    decades,
    log_ticks,
    plain,
)
from exocast.report.words import amount, capital, duration, friendly, interval, percent, prose

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["purity"]

HEIGHT = 3.1
ROW = 0.2
"""Inches of the planes, and of a row of the legend."""
ABREAST = 4
"""Marks that fit in a row of the legend."""
MARKERS = ("s", "^", "D", "v", "p", "h", "8", "P", "X")
PLANES = (
    ("share_of_particles", 100.0, "small EVs among all particles, %"),
    ("per_microgram", 1.0, "small EVs per µg of protein"),
)


def purity(isolation: Record) -> list[Block]:
    """Draw and list the isolation methods; nothing where none was evaluated.

    Parameters
    ----------
    isolation : dict
        ``record["journey"]["isolation"]``.
    """
    held = [one for one in isolation.get("methods", ()) if one["recovery"]["median"]]
    if not held:
        return []
    before = isolation["before"]

    height = HEIGHT + ROW * math.ceil((len(held) + 1) / ABREAST)

    def paint(figure: Figure) -> None:
        for column, (name, factor, words) in enumerate(PLANES):
            box = (0.065 + 0.5 * column, 0.45 / height, 0.42, 2.3 / height)
            axes = figure.add_axes(box)
            _plane(axes, held, before, name, factor)
            axes.set_title(words, pad=6)
            axes.set_xlabel("small EVs recovered from the medium, %", color=QUIET, labelpad=2)
        handles, labels = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="upper left", ncols=ABREAST, frameon=False,
                      bbox_to_anchor=(0.055, 1.01), fontsize=8.5, handletextpad=0.3)  # fmt: skip

    caption = _caption(held)
    reading = (
        "Every method alone on the medium that the Design's own donor fills, on the same members. "
        "Dark slim crosses: 90 % of what is not known; light wide ones: 90 % of how batches "
        "differ; mark: medians. Up and to the right is better. Protein is what an assay reads of "
        "the whole tube. Hollow circle: the medium as harvested. "
    )
    missing = [f"{one['method'].replace('_', ' ')} ({one['why']})"
               for one in isolation["left_out"]]  # fmt: skip
    if missing:
        reading += f"Not evaluated: {'; '.join(missing)}."
    names = ("recovery", "share_of_particles", "per_microgram")
    columns = ["method", "own"]
    columns += [f"{n}_{e}" for n in names for e in ("median", "low", "high", "least", "most")]
    table = csv_text(
        columns,
        [
            (one["title"], one["own"],
             *(x for n in names for x in (one[n]["median"], *one[n]["uncertainty"],
                                          *one[n]["variability"])))
            for one in (*held, before)
        ],
    )  # fmt: skip
    alt = f"Recovery against purity of {len(held)} isolation methods. {caption}"
    picture = Picture("purity", draw("purity", alt, height, paint), caption, reading, table)
    return [picture, _table(held, before)]


def _plane(axes: Axes, held: list[Record], before: Record, name: str, factor: float) -> None:
    """Draw a measure of purity against recovery: a count on a log axis, a share on a plain one."""
    log = factor == 1.0

    def y(value: float) -> float:
        return math.log10(max(value, 1e-300)) if log else factor * value

    ends = [x for one in (*held, before) for x in (one[name]["median"], *one[name]["uncertainty"])
            if x]  # fmt: skip
    limits = (decades(ends, 0.25, 1.0) or (0.0, 1.0)) if log else (0.0, 103.0)
    plain_marks = cycle(MARKERS)  # four inks and nine marks: 36 methods apart
    for index, one in enumerate(held):
        ink = RIVALS[index % 4] if not one["own"] else NEUTRAL
        for spread, colour, width in _spreads(ink):
            across, up = one["recovery"], one[name]
            if None in (*across[spread], *up[spread], across["median"], up["median"]):
                continue
            at = (100 * across["median"], y(up["median"]))
            low, high = (100 * end for end in across[spread])
            axes.plot([low, high], [at[1]] * 2, color=colour, linewidth=width,
                      solid_capstyle="butt", zorder=2 if width > 3 else 3)  # fmt: skip
            axes.plot([at[0]] * 2, [y(end) for end in up[spread]], color=colour, linewidth=width,
                      solid_capstyle="butt", zorder=2 if width > 3 else 3)  # fmt: skip
        if one[name]["median"] is None:
            continue
        title = "your train" if one["own"] else one["title"]
        mark = "*" if one["own"] else next(plain_marks)
        axes.plot(100 * one["recovery"]["median"], y(one[name]["median"]), mark, color=ink.line,
                  markersize=13 if one["own"] else 7, markeredgecolor="white", markeredgewidth=0.8,
                  zorder=5 if one["own"] else 4, linestyle="none", label=title)  # fmt: skip
    if before[name]["median"]:
        axes.plot(100, y(before[name]["median"]), "o", markerfacecolor="white", color=INK,
                  markersize=6, linestyle="none", label="as harvested", zorder=4)  # fmt: skip
    axes.set_xlim(0, 103)
    axes.set_ylim(*limits)
    if log:
        log_ticks(axes.yaxis, *limits)
    axes.grid(color=FAINT, linewidth=0.9)
    plain(axes, left=True)


def _spreads(ink: Ink) -> tuple[tuple[str, str, float], ...]:
    """Return the two spreads with their colour and width."""
    return ("variability", ink.light, 6.0), ("uncertainty", ink.dark, 2.0)


def _caption(held: list[Record]) -> str:
    best = max(held, key=lambda one: one["recovery"]["median"])
    own = next((one for one in held if one["own"]), None)
    clean = max(held, key=lambda one: one["per_microgram"]["median"] or 0.0)
    words = f"{capital(best['title'])} recovers most ({percent(best['recovery']['median'])})"
    if clean is not best:
        words += f", {clean['title']} gives most small EVs per protein"
    if own is not None:
        words += (
            f"; your train keeps {percent(own['recovery']['median'])} of the small EVs at "
            f"{percent(own['share_of_particles']['median'])} of the particles"
        )
    return f"{words}."


def _table(held: list[Record], before: Record) -> Table:
    rows = []
    for one in (*held, before):
        title = f"your train: {one['title']}" if one["own"] else one["title"]
        ends = [None if end is None else 100 * end for end in one["recovery"]["uncertainty"]]
        rows.append(
            (
                Cell(title, small=prose("; ".join(one["flags"])), tone="wide"),
                Cell(percent(one["recovery"]["median"])),
                Cell("–" if ends[0] == ends[1] else f"{interval(ends, 2)} %"),
                Cell(percent(one["share_of_particles"]["median"])),
                Cell(amount(one["per_microgram"]["median"])),
                Cell(duration(one["time_s"]) or "–"),
                Cell(duration(one["hands_on_s"]) or "–"),
            )
        )
    head = ("isolation", "recovered|", "90 % uncertainty|", "of all particles|", "per µg protein|",
            "time|", "hands-on|")  # fmt: skip
    volume = friendly(before["volume_m3"], "m^3")
    return Table(
        "isolation-methods", head, tuple(rows), f"What each makes of {volume} of medium; medians."
    )
