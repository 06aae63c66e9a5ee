"""Where the particles of a batch come from: a fork by cause, with its fluxes on a log axis."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from exocast.report.blocks import Picture, csv_text
from exocast.report.drawings.canvas import Record, box, link, page
from exocast.report.figures import draw
from exocast.report.panels.rows import SPREADS
from exocast.report.style import FAINT, NEUTRAL, QUIET, RIVALS, bar, decades, log_ticks, plain
from exocast.report.words import about, amount, joined, named, percent, raised

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["biogenesis"]

LINE, GAP = 0.30, 0.16
TOP, BOTTOM = 0.62, 0.52
LEFT, RIGHT = 4.62, 9.72
SOLID: Any = "-"
BROKEN: Any = (0, (2, 2))
VESICLES = ("small_ev", "large_ev", "apoptotic_body", "mimetic_nanovesicle")
CAVEAT = (
    "A secretion rate is what is found in the medium: the shares of its branches (endosome or "
    "surface, ESCRT or ceramide) are assumed, and what a lysosome digests is not in it."
)


def biogenesis(donor: list[Record]) -> Picture | None:
    """Draw the fork of the first donor step; None where there is none.

    Parameters
    ----------
    donor : list of dict
        ``record["journey"]["donor"]``.
    """
    if not donor:
        return None
    step = donor[0]
    causes: dict[str, list[Record]] = {}
    for flux in step["fluxes"]:
        if flux["quantity"].startswith("particles/"):
            causes.setdefault(flux["cause"], []).append(flux)
    fluxes = [flux for held in causes.values() for flux in held]
    ends = [end for flux in fluxes for name in ("uncertainty", "variability")
            for end in flux["batch"][name] if end]  # fmt: skip
    limits = decades([*ends, *(flux["batch"]["median"] or 0.0 for flux in fluxes)], 0.3, 2.0)
    if limits is None:
        return None
    height = TOP + BOTTOM + LINE * len(fluxes) + GAP * (len(causes) - 1)

    def paint(figure: Figure) -> None:
        _paint(figure, step, causes, height, limits)

    caption = _caption(step, fluxes)
    reading = (
        f"Lines show where particles come from, not how many: their width says nothing. {SPREADS} "
        + (f"Per cell: the batch over cells put in and hours. {CAVEAT}" if _has_rate(step) else "")
    )
    alt = f"Fork from the donor to the kinds of particle in the medium, by cause. {caption}"
    columns = ("kind", "cause", "per_batch_median", "uncertainty_low", "uncertainty_high",
               "variability_low", "variability_high", "per_cell_and_hour_median")  # fmt: skip
    table = csv_text(
        columns,
        [
            (flux["quantity"], flux["cause"], flux["batch"]["median"],
             *flux["batch"]["uncertainty"], *flux["batch"]["variability"],
             (flux["per_cell_hour"] or {}).get("median"))
            for flux in step["fluxes"]
        ],
    )  # fmt: skip
    return Picture("biogenesis", draw("biogenesis", alt, height, paint), caption, reading, table)


def _paint(
    figure: Figure,
    step: Record,
    causes: dict[str, list[Record]],
    height: float,
    limits: tuple[float, float],
) -> None:
    canvas = page(figure)
    low, high = limits
    body = height - TOP - BOTTOM
    axes = figure.add_axes((LEFT / 10, BOTTOM / height, (RIGHT - LEFT) / 10, body / height))
    axes.set_xlim(low, high)
    axes.set_ylim(-body, 0.0)
    axes.set_yticks([])
    log_ticks(axes.xaxis, low, high, 10)
    axes.grid(axis="x", color=FAINT, linewidth=0.9)
    plain(axes)
    axes.set_xlabel("particles in the medium of one batch", labelpad=2)
    root = (0.95, BOTTOM + body / 2)
    y = 0.0
    for index, (cause, held) in enumerate(causes.items()):
        y -= GAP if index else 0.0
        middle = BOTTOM + body + y - LINE * len(held) / 2
        some = any(flux["batch"]["median"] for flux in held)
        dash = SOLID if some else BROKEN
        link(canvas, (root[0] + 0.72, root[1]), (1.98, middle), dash=dash)
        box(canvas, (2.62, middle), (1.28, 0.34), cause.replace(" by the ", "\nby the ").replace(
            "left by ", "left by\n").replace(" from ", "\nfrom "), fontsize=8)  # fmt: skip
        for flux in held:
            at = y - LINE / 2
            kind = flux["quantity"].removeprefix("particles/")
            median = flux["batch"]["median"]
            ink = RIVALS[0] if kind in VESICLES else NEUTRAL
            dash = SOLID if median else BROKEN
            link(canvas, (3.26, middle), (3.44, BOTTOM + body + at), dash=dash, width=1.1)
            canvas.text(3.49, BOTTOM + body + at, named(kind), va="center", fontsize=8.5)
            axes.axhline(at, color=FAINT, linewidth=0.8, zorder=0)
            if median:
                bar(axes, at, flux["batch"], ink, low)
                _rate(axes, at, flux, high)
            else:
                axes.text(low, at, " none", va="center", fontsize=8.5, color=QUIET)
            y -= LINE
    parts = raised(step["headline"].removeprefix("secreted, ")).replace(", ", ",\n").split("\n")
    words = "\n".join(line for part in parts for line in wrap(part, 16))
    box(canvas, root, (1.44, 0.74), words, fontweight="bold", fontsize=9.5)
    if _has_rate(step):
        canvas.text(RIGHT, height - 0.30, "per cell and hour", ha="right", fontsize=8.5,
                    color=QUIET)  # fmt: skip
    canvas.text(3.49, height - 0.30, "in the medium", fontsize=8.5, color=QUIET)


def _has_rate(step: Record) -> bool:
    """Return whether anything is told per cell and hour."""
    return any((flux["per_cell_hour"] or {}).get("median") for flux in step["fluxes"])


def _rate(axes: Axes, y: float, flux: Record, high: float) -> None:
    """Write the flux per cell and hour at the right end."""
    rate = flux["per_cell_hour"]
    if rate and rate["median"]:
        blank = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
        words = f"{amount(rate['median'])} "
        axes.text(high, y, words, ha="right", va="center", fontsize=8.5, bbox=blank)


def _caption(step: Record, fluxes: list[Record]) -> str:
    total = sum(flux["batch"]["median"] or 0.0 for flux in fluxes)
    counts = {
        kind: sum(
            flux["batch"]["median"] or 0.0
            for flux in fluxes
            if flux["quantity"] == f"particles/{kind}"
        )
        for kind in VESICLES
    }
    # Cells that are pressed through filters give no small EVs: then what they give most of.
    kind = VESICLES[0] if counts[VESICLES[0]] else max(counts, key=lambda one: counts[one])
    share = percent(counts[kind] / total)
    words = f"{amount(counts[kind])} {named(kind)} in a batch, {share} of all particles"
    own = step.get("own_per_cell_hour")
    if own and own["median"]:
        low, high = own["uncertainty"]
        words += (
            f": {amount(own['median'])} for each cell and hour, known only to "
            f"within a factor of {amount(math.sqrt(high / low), 1)} either way"
            if low
            else ""
        )
    mass = [flux for flux in step["fluxes"] if flux["quantity"] == "solute/protein"]
    if mass:
        parts = [f"{about(flux['batch']['median'] or 0.0, 'kg')} {flux['cause']}"
                 for flux in mass]  # fmt: skip
        words += f"; with them comes dissolved protein, {joined(parts)}"
    return f"{words}."
