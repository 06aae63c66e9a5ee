"""Pictures of membranes that open for a moment: each evaluates the law that a run evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.drug_particles import broken_diameter
from exocast.laws.electroporation import opened_share
from exocast.laws.lumen import lumen_diameter, sphere_volume
from exocast.laws.membrane_opening import (
    bursts,
    cavitation_events,
    closing_time,
    confined_strain,
    exchange_rate,
    held_concentration,
    met_share,
    passing_share,
    relaxing_pore,
)
from exocast.laws.partition import occupancy
from exocast.laws.steric import accessible_volume
from exocast.laws.straining import unstrained_share
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import NANO, SIZES, share_axis, size_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

ROOM = 293.15


def room_in_a_lumen(figure: Figure) -> None:
    """How much of a lumen a molecule can use.

    Share of the lumen that the centre of a molecule of a hydrodynamic diameter can reach: a short
    RNA, a tetrameric enzyme, a messenger RNA and a plasmid. A coil as wide as the lumen stays out.
    """
    axes = figure.add_subplot()
    inner = lumen_diameter(SIZES * NANO, median("loading.vesicle.bilayer_thickness"))
    for size, ink in zip((4, 12, 26, 160), RIVALS, strict=False):
        share = accessible_volume(inner, size * NANO) / sphere_volume(inner)
        axes.plot(SIZES, share, ink.dash, color=ink.line, label=f"{size} nm")
    size_axis(axes)
    share_axis(axes, "share of the lumen")
    axes.legend(frameon=False, fontsize=8.5)


def sound_opens(figure: Figure) -> None:
    """Share of vesicles that sound opens, by energy.

    Vesicles opened at least once against the sound taken up per volume. Large vesicles are met more
    often. 100 J/mL heat water by 24 K unless it is cooled.
    """
    axes = figure.add_subplot()
    energy = np.geomspace(1e6, 1e10, 200)
    yielded = median("loading.sonication.events_per_energy")
    for size, ink in zip((300, 100, 50), RIVALS, strict=False):
        events = cavitation_events(yielded, energy, size * NANO, 100 * NANO)
        axes.plot(energy / 1e6, met_share(events), ink.dash, color=ink.line, label=f"{size} nm")
    axes.set_xscale("log")
    axes.set_xticks([1, 10, 100, 1000, 1e4], ["1", "10", "100", "1,000", "10,000"])
    axes.minorticks_off()
    axes.set_xlabel("sound taken up, J/mL")
    share_axis(axes, "share opened")
    axes.legend(frameon=False, fontsize=8.5)


def _life(pore: ArrayLike) -> NDArray[np.float64]:
    """Return how long a pore stays open [s]."""
    tension, viscosity = (
        median(f"loading.opening.{name}") for name in ("line_tension", "surface_viscosity")
    )
    return closing_time(pore, tension, viscosity)


def crystals_break(figure: Figure) -> None:
    """How wide particles of paclitaxel are after sound, and what a column lets through.

    Diameters by the sound taken up, for three widths at the start, at the median constants. Grey:
    share of rigid particles of each width that a bed of 10 mL of Sepharose CL-6B lets through.
    """
    axes, bed = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    drug = {"cargo": "paclitaxel", "cargo_kind": "hydrophobic"}
    fineness = median("loading.precipitate.fineness", **drug)
    finest = median("loading.precipitate.finest", **drug)
    energy = np.geomspace(1e6, 1e10, 200)
    for wide, ink in zip((20e-6, 2e-6, 0.5e-6), RIVALS, strict=False):
        after = broken_diameter(wide, energy, fineness, finest)
        axes.plot(energy / 1e6, after * 1e6, ink.dash, color=ink.line, label=f"{wide * 1e6:g} um")
    axes.set_xscale("log")
    axes.set_xticks([1, 100, 1e4], ["1", "100", "10,000"])
    axes.minorticks_off()
    axes.set_xlabel("sound taken up, J/mL")
    axes.set_yscale("log")
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10, 20], ["0.2", "0.5", "1", "2", "5", "10", "20"])
    axes.set_ylabel("diameter, um")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)
    sizes = np.geomspace(0.15e-6, 30e-6, 300)
    bead = median("isolation.size_exclusion.bead_diameter", resin="CL-6B")
    height, steep = median("isolation.bed.height"), median("isolation.bed.steepness")
    bed.plot(unstrained_share(sizes, bead, height, steep), sizes * 1e6, color=QUIET)
    bed.set_xlim(-0.05, 1.05)
    bed.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    bed.set_xlabel("share through a bed")
    bed.minorticks_off()
    plain(bed)


def pore_lets_in(figure: Figure) -> None:
    """How far a lumen fills while one pore is open.

    A vesicle of 100 nm, through the pore that takes the strain off its membrane. Dotted: when its
    rim has pulled it shut, which nobody has measured in such a vesicle; small molecules are
    through by then, large ones are not.
    """
    axes = figure.add_subplot()
    time = np.geomspace(1e-7, 1e-1, 200)
    thickness = median("loading.vesicle.bilayer_thickness")
    pore = relaxing_pore(100 * NANO, median("loading.opening.rupture_strain"))
    cargoes = {"small molecule": (4e-10, 1.2e-9), "siRNA": (1.2e-10, 4.1e-9)}
    cargoes |= {"catalase": (4.1e-11, 12e-9), "mRNA": (1.9e-11, 26e-9)}
    for (label, (speed, size)), ink in zip(cargoes.items(), RIVALS, strict=False):
        volume = accessible_volume(lumen_diameter(100 * NANO, thickness), size)
        rate = exchange_rate(speed, size, pore, thickness, volume)
        axes.plot(time, -np.expm1(-rate * time), ink.dash, color=ink.line, label=label)
    axes.axvline(float(_life(pore)), color=QUIET, ls=":", lw=1)
    axes.set_xscale("log")
    axes.set_xticks([1e-6, 1e-5, 1e-4, 1e-3, 1e-2], ["1 µs", "10 µs", "0.1 ms", "1 ms", "10 ms"])
    axes.minorticks_off()
    axes.set_xlabel("time for which the pore is open")
    share_axis(axes, "share of the ceiling")
    axes.legend(frameon=False, fontsize=8.5)


def pores_tear(figure: Figure) -> None:
    """Which vesicles tear in the pores of a filter.

    Share that tears against size, for three filters. A vesicle that its membrane lets through as it
    is stays shut, and empty, however often it passes.
    """
    axes = figure.add_subplot()
    strain = median("loading.opening.rupture_strain")
    spread = median("loading.opening.rupture_spread")
    for pore, ink in zip((50, 100, 200), RIVALS, strict=False):
        share = opened_share(confined_strain(SIZES, pore), strain, spread)
        axes.plot(SIZES, share, ink.dash, color=ink.line, label=f"pores of {pore} nm")
    size_axis(axes)
    share_axis(axes, "share that tears")
    axes.legend(frameon=False, fontsize=8.5)


def cycles_open(figure: Figure) -> None:
    """What cycles of freezing open, and what they break.

    In saline, at the medians of the rows of frozen storage: shares of the vesicles after so many
    cycles.
    """
    axes = figure.add_subplot()
    cycles = np.arange(0, 11)
    names = {"opened_share": "opened at least once", "broken_share": "broken"}
    for (key, label), ink in zip(names.items(), RIVALS, strict=False):
        share = 1 - (1 - median(f"storage.frozen.{key}", buffer="PBS")) ** cycles
        axes.plot(cycles, share, ink.dash, color=ink.line, label=label)
    axes.set_xlabel("cycles")
    share_axis(axes, "share of vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def saponin_opens(figure: Figure) -> None:
    """Saponin that opens, and saponin that dissolves.

    Share of vesicles against the free concentration. Between the two is where it loads.
    """
    axes = figure.add_subplot()
    free = np.geomspace(1e-4, 10, 200)
    spread = median("loading.opening.rupture_spread")
    bound = occupancy(free, median("loading.saponin.binding_constant"))
    shares = {
        "opened": opened_share(bound, median("loading.saponin.threshold"), spread),
        "dissolved": opened_share(free, median("loading.saponin.dissolving_concentration"), spread),
    }
    for (label, share), ink in zip(shares.items(), RIVALS, strict=False):
        axes.plot(free, share, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.set_xticks([1e-4, 1e-3, 1e-2, 0.1, 1, 10], ["0.1", "1", "10", "100", "1,000", "10,000"])
    axes.minorticks_off()
    axes.set_xlabel("free saponin, µM")
    share_axis(axes, "share of vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def holes_differ(figure: Figure) -> None:
    """Which holes let a cargo in.

    Share of the holes that a molecule fits through against its diameter, at the middle radius of
    the row and for three spreads between vesicles; the middle one is the row's.
    """
    axes = figure.add_subplot()
    size = np.geomspace(1.0, 50.0, 200)
    pore, spread = (median(f"loading.saponin.pore_{name}") for name in ("radius", "spread"))
    for times, ink in zip((0.4, 1.0, 2.0), RIVALS, strict=False):
        share = passing_share(pore, times * spread, size * NANO)
        label = f"spread of {times * spread:.1f}"
        axes.plot(size, share, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    axes.minorticks_off()
    axes.set_xlabel("diameter of the molecule, nm")
    share_axis(axes, "share of the holes")
    axes.legend(frameon=False, fontsize=8.5)


def bath_bursts(figure: Figure) -> None:
    """How often a vesicle bursts in a thin bath.

    Mean bursts against size in baths of three osmolarities, from isotonic. Small vesicles bear the
    pressure by Laplace's law and stay shut.
    """
    axes = figure.add_subplot()
    diameter, strain = SIZES * NANO, median("loading.opening.rupture_strain")
    held = held_concentration(median("loading.opening.rupture_tension"), diameter, ROOM)
    thickness = median("loading.vesicle.bilayer_thickness")
    lumen = accessible_volume(lumen_diameter(diameter, thickness), 4e-10)
    pore = relaxing_pore(diameter, strain)
    salt = exchange_rate(1.5e-9, 4e-10, pore, thickness, lumen)
    each = 1.5 * strain + salt * _life(pore)
    tight = median("loading.osmotic_shock.inside") / median("loading.osmotic_shock.slack")
    for bath, ink in zip((0, 50, 150), RIVALS, strict=False):
        number = bursts(tight, bath, held, each)
        axes.plot(SIZES, number, ink.dash, color=ink.line, label=f"{bath} mM")
    size_axis(axes)
    axes.set_ylabel("bursts")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


PICTURES = {
    "loading.sonication": (sound_opens, crystals_break, pore_lets_in, room_in_a_lumen),
    "loading.extrusion": (pores_tear, room_in_a_lumen),
    "loading.freeze_thaw": (cycles_open, room_in_a_lumen),
    "loading.saponin": (saponin_opens, holes_differ, room_in_a_lumen),
    "loading.osmotic_shock": (bath_bursts, pore_lets_in),
}
