"""Pictures of membranes that join: each evaluates the law that a run evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.aggregation import collision_kernel
from exocast.laws.electroporation import opened_share
from exocast.laws.membrane_joining import (
    covered_share,
    encounter_hazard,
    joined_mean,
    neighbour_hazard,
)
from exocast.laws.membrane_opening import confined_strain
from exocast.laws.water import water_viscosity
from exocast.report.style import RIVALS
from generator.drawings_tube import NANO, share_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STAGE = "surface_engineering."
WARM = 313.15


def cycles_fuse(figure: Figure) -> None:
    """Vesicles that have become hybrids, by cycles of freezing.

    Equal sizes, with one, three and ten liposomes a vesicle: the more liposomes, the more vesicles
    find one, though each liposome then lies beside a vesicle less often.
    """
    axes = figure.add_subplot()
    cycles = np.arange(0, 21)
    chance = median(STAGE + "hybrid_by_freezing.fusion_chance")
    for ratio, ink in zip((10.0, 3.0, 1.0), RIVALS, strict=False):
        hazard = neighbour_hazard(cycles, chance, 1 / (1 + ratio))
        share = -np.expm1(-joined_mean(np.full(cycles.shape, ratio), np.ones(cycles.shape), hazard))
        axes.plot(cycles, share, ink.dash, color=ink.line, label=f"{ratio:.0f} liposomes a vesicle")
    axes.set_xlabel("cycles")
    share_axis(axes, "share of the vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def polymer_fuses(figure: Figure) -> None:
    """Vesicles that have become hybrids in two hours, by polymer.

    Three liposomes a vesicle, at three concentrations of vesicles. The polymer dries the gap and
    thickens the liquid; dilute mixtures hardly fuse.
    """
    axes = figure.add_subplot()
    key = STAGE + "hybrid_by_polymer."
    polymer = np.linspace(20.0, 400.0, 100)
    thick = water_viscosity(WARM) * np.exp(median(key + "thickening") * polymer)
    chance = median(key + "fusion_chance") * np.exp(
        (polymer - median(key + "reference_polymer")) / median(key + "step")
    )
    kernel = collision_kernel(100 * NANO, 100 * NANO, WARM, thick)
    for number, ink in zip((1e12, 1e11, 1e10), RIVALS, strict=False):
        hazard = encounter_hazard(kernel, np.minimum(chance, 1.0), number * 1e6, 7200.0)
        joined = joined_mean(np.full(polymer.shape, 3.0), np.ones(polymer.shape), hazard)
        axes.plot(
            polymer,
            -np.expm1(-joined),
            ink.dash,
            color=ink.line,
            label=f"$10^{{{np.log10(number):.0f}}}$ per mL",
        )
    axes.set_xlabel("PEG of 8 kDa (g/L)")
    share_axis(axes, "share of the vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def pores_fuse(figure: Figure) -> None:
    """Vesicles that have become hybrids after eleven passes, by pore.

    Three liposomes a vesicle. A liposome that follows a pore without tearing fuses with nothing.
    """
    axes = figure.add_subplot()
    key = STAGE + "hybrid_by_extrusion."
    pore = np.linspace(40.0, 250.0, 200)
    for size, ink in zip((200.0, 120.0, 80.0), RIVALS, strict=False):
        torn = opened_share(
            confined_strain(size * NANO, pore * NANO),
            median("loading.opening.rupture_strain"),
            median("loading.opening.rupture_spread"),
        )
        hazard = neighbour_hazard(11, median(key + "fusion_chance") * torn, 0.25)
        joined = joined_mean(np.full(pore.shape, 3.0), np.ones(pore.shape), hazard)
        axes.plot(
            pore, -np.expm1(-joined), ink.dash, color=ink.line, label=f"liposomes of {size:.0f} nm"
        )
    axes.set_xlabel("pore (nm)")
    share_axis(axes, "share of the vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def patches_cover(figure: Figure) -> None:
    """How much of a core is covered, by the vesicles that opened on it.

    Mean over the cores that have any patch; vesicles of 100 nm, cores of three sizes. Patches land
    at random, so that even many leave holes.
    """
    axes = figure.add_subplot()
    number = np.geomspace(0.01, 30.0, 200)
    for size, ink in zip((60.0, 120.0, 240.0), RIVALS, strict=False):
        covered = covered_share((100.0 / size) ** 2, 1.0, number)
        axes.plot(number, covered, ink.dash, color=ink.line, label=f"core of {size:.0f} nm")
    axes.set_xscale("log")
    axes.set_xlabel("vesicles opened for each core")
    share_axis(axes, "share of the core")
    axes.legend(frameon=False, fontsize=8.5)


PICTURES = {
    STAGE + "hybrid_by_freezing": (cycles_fuse,),
    STAGE + "hybrid_by_polymer": (polymer_fuses,),
    STAGE + "hybrid_by_extrusion": (pores_fuse,),
    STAGE + "membrane_coating": (patches_cover,),
}
"""Pictures of each method, by its address."""
