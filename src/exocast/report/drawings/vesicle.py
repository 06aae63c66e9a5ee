"""One vesicle's inventory to scale: the median small EV of the final tube, and how empty it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from exocast.report.blocks import Picture, csv_text
from exocast.report.drawings.canvas import Record, page
from exocast.report.figures import draw
from exocast.report.style import FAINT, INK, QUIET, RIVALS
from exocast.report.words import about, amount, interval, named, percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["vesicle"]

HEIGHT = 4.1
MIDDLE = (2.05, 2.22)
ROOM = 3.1
"""Inches that the largest circle may fill."""

NOTES = (1.35, 0.36)
"""Where words about the drawing stand, beside its scale."""

CROWD = (50, 20)
EMPTY = "#a5afb9"
TABLE = 4.35
ATTO = 1e21
"""Attolitres in a cubic metre, attograms in a kilogram."""

GOLDEN = math.pi * (3 - math.sqrt(5))
MARKS = (("cd9_copies", "CD9", "o"), ("cd63_copies", "CD63", "s"), ("cd81_copies", "CD81", "^"),
         ("cd47_copies", "CD47", "D"))  # fmt: skip
MOST = 40
"""Marks of one protein that are drawn; above, the number stands for them."""


def vesicle(held: Record, cargo: Record, limit: float | None) -> Picture | None:
    """Draw the median small EV; None where the tube holds none.

    Parameters
    ----------
    held : dict
        ``record["journey"]["vesicle"]``.
    cargo : dict
        ``record["journey"]["cargo"]``; empty without a cargo.
    limit : float or None
        Diameter below which tracking analysis hardly sees a vesicle [m].
    """
    if not held or not held["figures"]["diameter"]["median"]:
        return None
    figures = held["figures"]
    lines = _lines(figures, cargo)

    def paint(figure: Figure) -> None:
        axes = page(figure)
        _sphere(axes, figures, cargo, limit)
        _inventory(axes, lines)
        _crowd(axes, cargo)

    caption = _caption(figures, cargo)
    alt = f"A vesicle drawn to scale beside its inventory. {caption}"
    reading = (
        "To scale: the outer circle, the bilayer, the lumen and one molecule of cargo. Not to "
        "scale: the marks of surface proteins, one for each copy of the whole surface, set on the "
        "rim that a section would show; proteins inside and lipids are counted, not drawn; "
        "inside means lumen and bilayer. Each "
        "number is a median of its own, so it is nobody's vesicle; ranges are 90 % of what is not "
        "known. Surface counts and protein are assumed (see the values)."
    )
    columns = ("what", "median", "uncertainty_low", "uncertainty_high")
    everything = [(name, one["median"], *one["uncertainty"]) for name, one in figures.items()]
    everything += [(name, cargo[name]["median"], *cargo[name]["uncertainty"])
                   for name in ("copies_inside", "copies_attached", "loaded_share", "diameter")
                   if name in cargo]  # fmt: skip
    svg = draw("vesicle", alt, HEIGHT, paint)
    return Picture("vesicle", svg, caption, reading, csv_text(columns, everything))


def _lines(figures: Record, cargo: Record) -> list[tuple[str, str, str]]:
    """Return the inventory: what, median, 90 % of what is not known."""

    def written(name: str, unit: str) -> tuple[str, str]:
        one = figures[name]
        ends = [about(end, unit) if end is not None else "–" for end in one["uncertainty"]]
        return about(one["median"], unit), f"{ends[0]} – {ends[1]}"

    def counted(one: Record) -> tuple[str, str]:
        return amount(one["median"]), interval(one["uncertainty"])

    lines: list[tuple[str, str, str]] = [
        ("diameter", *written("diameter", "m")),
        ("bilayer", *written("bilayer_thickness", "m")),
        ("lipids", *counted(figures["lipids"])),
        ("lumen", *_tiny(figures["lumen_volume"], "aL")),
        ("protein, all of it", *_tiny(figures["protein"], "ag")),
    ]
    for name, title, _ in MARKS:
        if name in figures:
            lines.append((f"{title}, mean copies", *counted(figures[name])))
    if "phosphatidylserine_share" in figures:
        one = figures["phosphatidylserine_share"]
        ends = " – ".join(percent(end) for end in one["uncertainty"])
        lines.append(("vesicles that show phosphatidylserine", percent(one["median"]), ends))
    if "copies_inside" in cargo:
        name = named(cargo["name"])
        lines.append((f"{name} inside, mean", *counted(cargo["copies_inside"])))
        lines.append((f"{name} on the surface, mean", *counted(cargo["copies_attached"])))
    return lines


def _tiny(one: Record, unit: str) -> tuple[str, str]:
    """Write a volume or a mass held in SI; an attolitre is a cube of 100 nm, 10⁻²¹ m³."""
    ends = [None if end is None else ATTO * end for end in one["uncertainty"]]
    return f"{amount(ATTO * one['median'])} {unit}", interval(ends, 2)


def _sphere(axes: Axes, figures: Record, cargo: Record, limit: float | None) -> None:
    """Draw the section of the vesicle, in inches per nanometre that fit the larger circle."""
    from matplotlib.patches import Circle

    diameter, thickness = (1e9 * figures[n]["median"] for n in ("diameter", "bilayer_thickness"))
    seen = 1e9 * limit if limit else 0.0
    scale = ROOM / max(diameter + 14.0, seen)
    x, y = MIDDLE
    outer, inner = scale * diameter / 2, scale * max(diameter / 2 - thickness, 0.0)
    axes.add_patch(Circle((x, y), outer, facecolor=RIVALS[0].dark, edgecolor=RIVALS[0].line,
                          linewidth=1.2))  # fmt: skip
    axes.add_patch(Circle((x, y), inner, facecolor="white", edgecolor=RIVALS[0].line,
                          linewidth=0.9))  # fmt: skip
    if seen:
        axes.add_patch(Circle((x, y), scale * seen / 2, fill=False, edgecolor=RIVALS[1].line,
                              linewidth=1.1, linestyle=(0, (4, 2))))  # fmt: skip
        axes.text(NOTES[0], NOTES[1], f"dashed: tracking sees little below {seen:.0f} nm",
                  va="center", fontsize=8, color=RIVALS[1].line)  # fmt: skip
    _proteins(axes, figures, scale * diameter / 2)
    _molecule(axes, cargo, scale, inner)
    axes.plot([0.25, 0.25 + 20 * scale], [0.28, 0.28], color=INK, linewidth=2,
              solid_capstyle="butt")  # fmt: skip
    axes.text(0.25 + 10 * scale, 0.34, "20 nm", ha="center", va="bottom", fontsize=8.5)


def _proteins(axes: Axes, figures: Record, radius: float) -> None:
    """Set one mark on the rim for each copy of each surface protein."""
    x, y = MIDDLE
    count = {name: min(round(figures[name]["median"] or 0.0), MOST)
             for name, _, _ in MARKS if name in figures}  # fmt: skip
    turn, handles = 0, []
    for index, (name, title, mark) in enumerate(MARKS):
        if name not in count:
            continue
        ink = RIVALS[index % 4]
        filled = ink.line if index % 2 == 0 else "white"
        angles = GOLDEN * np.arange(turn, turn + count[name])
        turn += count[name]
        for angle in angles:
            dx, dy = math.cos(angle), math.sin(angle)
            ends = (radius, radius + 0.07)
            axes.plot([x + dx * end for end in ends], [y + dy * end for end in ends],
                      color=QUIET, linewidth=0.7)  # fmt: skip
        style: dict[str, Any] = {
            "marker": mark,
            "linestyle": "none",
            "markersize": 4.6,
            "color": ink.line,
            "markerfacecolor": filled,
            "markeredgewidth": 0.9,
        }
        axes.plot(x + np.cos(angles) * (radius + 0.10), y + np.sin(angles) * (radius + 0.10),
                  **style)  # fmt: skip
        handles.append(axes.plot([], [], label=title, **style)[0])
    if handles:
        axes.legend(handles=handles, loc="upper left", ncols=len(handles), frameon=False,
                    fontsize=8.5, handletextpad=0.1, columnspacing=0.9,
                    bbox_to_anchor=(0.0, 1.01), borderaxespad=0.2)  # fmt: skip


def _molecule(axes: Axes, cargo: Record, scale: float, inner: float) -> None:
    """Draw the cargo inside, to scale: as many as the mean vesicle holds, or room for one."""
    from matplotlib.patches import Circle

    if "diameter" not in cargo or not cargo["diameter"]["median"]:
        return
    x, y = MIDDLE
    size = 1e9 * cargo["diameter"]["median"] * scale / 2
    count = round(cargo.get("copies_inside", {}).get("median") or 0.0)
    name = named(cargo["name"])
    if count:
        shown = min(count, 200)
        for index in range(shown):
            radius = 0.8 * inner * math.sqrt((index + 0.5) / shown)
            place = (x + radius * math.cos(GOLDEN * index), y + radius * math.sin(GOLDEN * index))
            axes.add_patch(Circle(place, size, facecolor=RIVALS[1].line, linewidth=0))
        if shown < count:
            words = f"{shown} of {amount(count)} {name} drawn"
            axes.text(NOTES[0], NOTES[1] - 0.15, words, va="center", fontsize=8)
        return
    axes.add_patch(Circle((x, y + 0.28 * inner), size, facecolor="white", linewidth=1.0,
                          edgecolor=RIVALS[1].line, linestyle=(0, (2, 1.5))))  # fmt: skip
    axes.text(x, y + 0.28 * inner - size - 0.05, f"room for one {name},\nto scale; none is in it",
              ha="center", va="top", fontsize=8, color=INK)  # fmt: skip


def _inventory(axes: Axes, lines: list[tuple[str, str, str]]) -> None:
    """Write the inventory beside the vesicle."""
    top, step = HEIGHT - 0.32, 0.213
    heads = (("in the median small EV", TABLE, "left"), ("median", 7.85, "right"),
             ("90 % of what is not known", 9.85, "right"))  # fmt: skip
    for words, x, side in heads:
        axes.text(x, top + 0.04, words, ha=side, va="center", fontsize=8.5, color=QUIET)
    for index, (what, median, ends) in enumerate(lines, start=1):
        y = top - step * index
        axes.plot([TABLE, 9.85], [y + step / 2] * 2, color=FAINT, linewidth=0.8)
        axes.text(TABLE, y, what, va="center", fontsize=8.5)
        axes.text(7.85, y, median, ha="right", va="center", fontsize=8.5, fontweight="bold")
        axes.text(9.85, y, ends, ha="right", va="center", fontsize=8.5)


def _crowd(axes: Axes, cargo: Record) -> None:
    """Draw a thousand vesicles as squares, the loaded ones dark, as one path each."""
    share = (cargo.get("loaded_share") or {}).get("median")
    if share is None:
        return
    columns, rows = CROWD
    total = columns * rows
    loaded = round(share * total)
    left, bottom, step, side = TABLE, 0.10, 0.0345, 0.022
    # Spread evenly, so that a few are not read as a cluster.
    dark = {int((k + 0.5) * total / loaded) for k in range(loaded)} if loaded else set()
    for chosen, face in ((False, EMPTY), (True, INK)):
        places = [i for i in range(total) if (i in dark) == chosen]
        _squares(axes, [(left + step * (i // rows), bottom + step * (i % rows)) for i in places],
                 side, face)  # fmt: skip
    one = "none holds any"
    if share > 0:
        one = f"1 in {amount(1 / share)} holds any" if share < 0.1 else f"{percent(share)} hold any"
    words = f"1000 small EVs:\n{loaded or 'none'} of them hold\n{named(cargo['name'])}\n({one})"
    axes.text(left + step * columns + 0.15, bottom + step * rows / 2, words, va="center",
              fontsize=9)  # fmt: skip


def _squares(axes: Axes, corners: list[tuple[float, float]], side: float, face: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not corners:
        return
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    for x, y in corners:
        points += [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
        codes += [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=face, linewidth=0))


def _caption(figures: Record, cargo: Record) -> str:
    size = about(figures["diameter"]["median"], "m")
    lumen = figures["lumen_volume"]["median"] / (math.pi / 6 * figures["diameter"]["median"] ** 3)
    words = f"A median small EV of {size} is {percent(lumen)} lumen"
    if "copies_inside" not in cargo:
        return f"{words}."
    name, copies = named(cargo["name"]), cargo["copies_inside"]["median"]
    share = cargo["loaded_share"]["median"]
    words += f" and holds {amount(copies)} copies of {name} in the mean"
    return f"{words}: {percent(1 - share)} of small EVs are empty." if share is not None else words
