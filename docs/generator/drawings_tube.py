"""Pictures of what happens in a tube: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.aggregation import singlet_fraction
from exocast.laws.biogenesis import relative_release
from exocast.laws.centrifugation import (
    angular_velocity_squared,
    pelleted_fraction_fixed_angle,
    pelleted_fraction_swing_out,
    sedimentation_coefficient,
    sedimentation_path,
)
from exocast.laws.electroporation import dissolved_metal, induced_voltage, passed_charge
from exocast.laws.light_scattering import detection_probability, equal_brightness_diameter
from exocast.laws.lumen import (
    crossing_rate,
    lumen_ceiling,
    lumen_diameter,
    lumen_volume,
    outer_area,
    sphere_volume,
)
from exocast.laws.particle_tracking import size_estimate_cdf
from exocast.laws.protection import surviving_share
from exocast.laws.secretion import cell_time, lognormal_shares
from exocast.laws.size_exclusion import (
    elution_volume,
    partition_coefficient,
    stay_in_bead,
    tailed_share,
)
from exocast.laws.vesicle_core_shell import core_shell_density
from exocast.laws.wall_adsorption import adsorbed_fraction, diffusivity, wetted_area_per_volume
from exocast.laws.water import water_viscosity
from exocast.report.style import QUIET, RIVALS, plain
from exocast.units import to_si
from generator.drawings_adsorption import surface_holds
from generator.numbers import ends, median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAY, HOUR, ROOM = 86400.0, 3600.0, 293.15
NANO = 1e-9
SIZES = np.geomspace(30.0, 1000.0, 300)


def size_axis(axes: Axes, low: float = 30.0, high: float = 1000.0) -> None:
    """Make x a logarithmic axis of diameters."""
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    shown = [tick for tick in (30, 50, 100, 200, 500, 1000) if low <= tick <= high]
    axes.set_xticks(shown, [str(tick) for tick in shown])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")


def share_axis(axes: Axes, label: str) -> None:
    """Make y an axis of shares."""
    axes.set_ylim(-0.02, 1.02)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_ylabel(label)
    plain(axes, left=True)


def sizes_secreted(figure: Figure) -> None:
    """Sizes of what a culture holds.

    Share of each kind per size class (log-normal, at the medians of the rows). Kinds overlap: no
    size separates small EVs from lipoproteins or protein aggregates.
    """
    axes = figure.add_subplot()
    edges = np.geomspace(20.0, 2000.0, 161)
    centres = np.sqrt(edges[1:] * edges[:-1])
    kinds = ("small_ev", "large_ev", "lipoprotein", "protein_aggregate")
    for kind, ink in zip(kinds, RIVALS, strict=True):
        middle = median("donor.vesicle.median_diameter", kind=kind)
        spread = median("donor.vesicle.geometric_sd", kind=kind)
        share = lognormal_shares(edges * NANO, np.array([middle]), np.array([spread]))[0]
        axes.plot(
            centres, share / share.max(), ink.dash, color=ink.line, label=kind.replace("_", " ")
        )
    size_axis(axes)
    axes.set_ylabel("share per size class, peak = 1")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def cells_that_work(figure: Figure) -> None:
    """Vesicles secreted while cells divide, stand still or die.

    Cell-hours of one starting cell, N₀ (exp(g t) − 1) / g, at three net growth rates. Yield grows
    with this and with the secretion rate, which is known to within an order of magnitude.
    """
    axes = figure.add_subplot()
    time = np.linspace(0.0, 72.0, 200)
    rates = {
        "doubling in 30 h": np.log(2) / 30,
        "standing still": 0.0,
        "dying, 0.6 % an hour": -0.006,
    }
    for (label, rate), ink in zip(rates.items(), RIVALS, strict=False):
        hours = cell_time(1.0, rate / HOUR, time * HOUR) / HOUR
        axes.plot(time, hours, ink.dash, color=ink.line, label=label)
    axes.set_xlabel("time in culture, h")
    axes.set_ylabel("cell-hours for each starting cell")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def blocked_and_driven(figure: Figure) -> None:
    """What a block or a drive of the chain does, and when.

    Vesicles that came by the endosome, collected over a culture, over those of undisturbed cells.
    A drive of fusion acts at once and fades as what waits runs out; a block of budding shows late.
    """
    axes = figure.add_subplot()
    time = np.geomspace(0.2, 72.0, 200)
    chain = [median(f"donor.cell_culture.{name}") for name in
             ("ripening_rate", "residence_rate", "fused_share")]  # fmt: skip
    rivals = {
        "ionophore: fusion": ("ionophore", "fusion", (1, 0, 0)),
        "bafilomycin: lysosome": ("bafilomycin", "degradation", (0, 0, 1)),
        "GW4869: ceramide branch": ("GW4869", "ceramide", (0, 1, 0)),
        "Rab27a down: fusion": ("rab27a_knockdown", "fusion", (1, 0, 0)),
    }
    for (label, (stimulus, step, place)), ink in zip(rivals.items(), RIVALS * 2, strict=False):
        factor = median("donor.cell_culture.response", stimulus=stimulus, step=step)
        fusion, budding, loss = (factor if here else 1.0 for here in place)
        axes.plot(time, relative_release(time * HOUR, *chain, budding, fusion, loss), ink.dash,
                  color=ink.line, label=label)  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks([0.3, 1, 3, 10, 30, 72], ["0.3", "1", "3", "10", "30", "72"])
    axes.set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    axes.minorticks_off()
    axes.set_xlabel("time in culture, h")
    axes.set_ylabel("released, over undisturbed")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def withstands(figure: Figure) -> None:
    """What a digestion leaves, by where the RNA is.

    Median hazards. With detergent the lumen follows the dissolved RNA, and precipitate does not.
    """
    axes = figure.add_subplot()
    time = np.geomspace(1.0, 480.0, 200)
    hazard = median("assay.protection.hazard", cargo_kind="nucleic_acid")
    places = {"dissolved": 1.0} | {
        f"in {name}" if name != "surface" else "on a surface": median(
            "assay.protection.access", place=name
        )
        for name in ("surface", "precipitate", "lumen")
    }
    for (label, access), ink in zip(places.items(), RIVALS * 2, strict=False):
        left = surviving_share(hazard, access, time * 60.0)
        axes.plot(time, left, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.set_xticks([1, 10, 30, 120, 480], ["1", "10", "30", "120", "480"])
    axes.minorticks_off()
    axes.set_xlabel("digestion, min")
    share_axis(axes, "left")
    axes.legend(frameon=False, fontsize=8.5)


def denser_when_small(figure: Figure) -> None:
    """Density by composition, over size.

    A small vesicle is mostly shell, and the shell is heavier than the lumen.
    """
    axes = figure.add_subplot()
    part = "assay.composition."
    heavy, light = median(part + "protein_density"), median(part + "lipid_density")
    for origin, ink in zip(("endosome", "plasma_membrane"), RIVALS, strict=False):
        shell = median(part + "shell_protein", origin=origin)
        lumen = median(part + "lumen_protein", origin=origin)
        density = core_shell_density(
            SIZES * NANO, median(part + "shell_thickness"),
            shell * heavy + (1 - shell) * light, lumen * heavy + (1 - lumen) * 993.3,
        )  # fmt: skip
        label = f"from the {origin.replace('_', ' ')}"
        axes.plot(SIZES, density / 1e3, ink.dash, color=ink.line, label=label)
    size_axis(axes)
    axes.set_ylabel("density, g/mL")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def pelleted(figure: Figure) -> None:
    """What a spin pellets, by size and rotor.

    Share of a full tube that reaches the wall in 70 min at 100,000 g (left), and in 30 min at
    10,000 g (right), for small EVs of 1.125 g/mL in medium at 20 °C. The same g in another rotor is
    another path. At 100,000 g the formulas pellet nearly all: what is lost in practice is lost in
    getting the pellet back into single vesicles, which is a step of its own, and assumed.
    """
    axes = figure.subplots(1, 2, sharey=True)
    density = median("donor.vesicle.density", kind="small_ev")
    medium = median("isolation.differential_centrifugation.medium_density")
    ratio = median("isolation.differential_centrifugation.viscosity_ratio")
    viscosity = ratio * float(water_viscosity(ROOM))
    coefficient = sedimentation_coefficient(SIZES * NANO, density, medium, viscosity)
    spins = ((1e5, 70.0, "100,000 g, 70 min"), (1e4, 30.0, "10,000 g, 30 min"))
    for part, (force, minutes, title) in zip(axes, spins, strict=True):
        for name, ink in zip(("SW 40Ti", "Type 45 Ti", "TLA 110"), RIVALS, strict=False):
            part.plot(
                SIZES,
                _rotor_share(name, coefficient, force, minutes * 60.0),
                ink.dash,
                color=ink.line,
                label=name,
            )
        size_axis(part)
        part.set_title(title)
        share_axis(part, "share pelleted")
    axes[1].set_ylabel("")
    axes[1].legend(frameon=False, fontsize=8.5)


def _rotor_share(name: str, coefficient: np.ndarray, force: float, time: float) -> np.ndarray:
    """Return the pelleted share in one rotor."""
    first, mean, last, tube, angle = (
        median(f"isolation.rotor.{part}", rotor=name)
        for part in (
            "minimum_radius",
            "mean_radius",
            "maximum_radius",
            "tube_diameter",
            "tube_angle",
        )
    )
    speed = angular_velocity_squared(force * 9.80665, mean)
    if angle > np.radians(80.0):
        return pelleted_fraction_swing_out(coefficient, speed, time, first, last)
    path = sedimentation_path(tube, angle)
    return pelleted_fraction_fixed_angle(coefficient, speed, time, mean, path)


def water(figure: Figure) -> None:
    """Viscosity of water.

    Every sedimentation and diffusion goes with one over the viscosity: at 4 °C a particle
    settles a third slower than at 20 °C.
    """
    axes = figure.add_subplot()
    celsius = np.linspace(2.0, 45.0, 200)
    axes.plot(celsius, 1e3 * water_viscosity(celsius + 273.15), color=RIVALS[0].line)
    axes.set_xlabel("temperature, °C")
    axes.set_ylabel("viscosity, mPa·s")
    axes.set_ylim(0.0, 1.8)
    plain(axes, left=True)


def column_cut(figure: Figure) -> None:
    """What a size-exclusion cut collects, by size and resin.

    A 10 mL bed, 0.5 mL load, cut from 2.8 to 4.8 mL, at the median gel scale and plate number.
    Everything above the exclusion size elutes together in the void: lipoproteins and aggregates of
    a vesicle's size are not parted from it by any resin. Solutes of 10 to 30 nm enter so few beads
    on their way that some come with the void. Dotted: dissolved protein.
    """
    axes = figure.add_subplot()
    sizes = np.geomspace(4.0, 400.0, 400)
    bed = 10e-6
    void = median("isolation.size_exclusion.void_share") * bed
    plates = median("isolation.size_exclusion.plates")
    for resin, ink in zip(("CL-2B", "CL-4B", "CL-6B"), RIVALS, strict=False):
        scale = median("isolation.size_exclusion.gel_scale", resin=resin)
        entered = partition_coefficient(sizes * NANO / 2, scale)
        bead = median("isolation.size_exclusion.bead_diameter", resin=resin)
        free = diffusivity(sizes * NANO, 293.15, float(water_viscosity(293.15)))
        stay = stay_in_bead(bead, free, entered) * median("isolation.size_exclusion.flow")
        share = tailed_share(
            elution_volume(entered, void, bed), void, stay, plates, 0.5e-6, 2.8e-6, 4.8e-6
        )
        axes.plot(sizes, share, ink.dash, color=ink.line, label=f"Sepharose {resin}")
    axes.axvline(2e9 * median("isolation.size_exclusion.solute_radius"), color=QUIET, ls=":", lw=1)
    axes.set_xscale("log")
    axes.set_xlim(4, 400)
    axes.set_xticks([5, 10, 20, 50, 100, 200], ["5", "10", "20", "50", "100", "200"])
    axes.minorticks_off()
    axes.set_xlabel("diameter, nm")
    share_axis(axes, "share of what elutes, in the cut")
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


def seen(figure: Figure) -> None:
    """Which particles a tracking instrument sees.

    Detection probability against diameter, at the median limit and refractive indices. Dotted: 50
    %. A lipoprotein much smaller than a vesicle is as bright: tracking counts it, and misses many
    small EVs.
    """
    axes = figure.add_subplot()
    limit = median("assay.nta.smallest_vesicle")
    reference = median("assay.nta.limit_refractive_index")
    medium = median("assay.nta.medium_refractive_index")
    spread = median("assay.nta.brightness_spread")
    for kind, ink in zip(("small_ev", "lipoprotein", "protein_aggregate"), RIVALS, strict=False):
        index = median("donor.vesicle.refractive_index", kind=kind)
        share = detection_probability(
            SIZES * NANO,
            *(np.array([value]) for value in (index, limit, reference, spread, medium)),
        )[0]
        half = float(equal_brightness_diameter(limit, reference, index, medium)) / NANO
        axes.plot(
            SIZES,
            share,
            ink.dash,
            color=ink.line,
            label=f"{kind.replace('_', ' ')}, half seen at {half:.0f} nm",
        )
    axes.axhline(0.5, color=QUIET, ls=":", lw=1)
    size_axis(axes, 30.0, 500.0)
    share_axis(axes, "share seen")
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


def smeared(figure: Figure) -> None:
    """How tracking smears one true size.

    Distribution of the diameter that finite tracks give for particles of exactly 100 nm: raw
    tracks, and the longer effective tracks of a smoothing analysis.
    """
    axes = figure.add_subplot()
    ratio = np.geomspace(0.3, 3.0, 600)
    for (label, analysis), ink in zip(
        {"raw tracks": "raw", "smoothed (FTLA)": "FTLA"}.items(), RIVALS, strict=False
    ):
        steps = np.array([median("assay.nta.track_steps", analysis=analysis)])
        curve = np.gradient(np.ravel(size_estimate_cdf(ratio, steps)), ratio)
        axes.plot(
            100 * ratio,
            curve / curve.max(),
            ink.dash,
            color=ink.line,
            label=f"{label}, {steps[0]:.0f} steps",
        )
    axes.axvline(100, color=QUIET, ls=":", lw=1)
    axes.set_xlim(40, 220)
    axes.set_xlabel("diameter that a track gives, nm")
    axes.set_ylabel("density, peak = 1")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def protein(figure: Figure) -> None:
    """Protein in one particle.

    What a protein assay would find in a particle of each kind. A vesicle twice as wide weighs eight
    times as much, so that a dose in micrograms is mostly a dose of the largest particles, and of
    whatever protein is dissolved beside them.
    """
    axes = figure.add_subplot()
    kinds = {
        "small EV": {},
        "lipoprotein": {"kind": "lipoprotein"},
        "protein aggregate": {"kind": "protein_aggregate"},
    }
    for (label, context), ink in zip(kinds.items(), RIVALS, strict=False):
        mass = median("assay.total_protein.protein_in_particle", **context)
        axes.plot(
            SIZES, 1e18 * mass * sphere_volume(SIZES * NANO), ink.dash, color=ink.line, label=label
        )
    size_axis(axes)
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_ylabel("protein, fg a particle")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def ceiling(figure: Figure) -> None:
    """The lumen ceiling.

    Copies inside a vesicle whose lumen holds the concentration outside, C V N_A, behind a 5 nm
    bilayer. No method that only opens the membrane passes it. Below one copy a vesicle most
    vesicles are empty.
    """
    axes = figure.add_subplot()
    volume = lumen_volume(SIZES * NANO, median("loading.vesicle.bilayer_thickness"))
    for (label, molar), ink in zip(
        {"1 mM outside": 1.0, "30 µM": 0.03, "1 µM": 1e-3}.items(), RIVALS, strict=False
    ):
        copies = lumen_ceiling(molar, volume)
        axes.plot(SIZES, copies, ink.dash, color=ink.line, label=label)
    axes.axhline(1.0, color=QUIET, ls=":", lw=1)
    size_axis(axes)
    axes.set_yscale("log")
    axes.set_ylim(1e-3, 1e5)
    axes.minorticks_off()
    axes.set_ylabel("copies inside, at most")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def crossing(figure: Figure) -> None:
    """Permeation fills a lumen in seconds or never.

    Share of the ceiling reached through the membrane of a 100 nm vesicle at three permeabilities:
    a small lipophilic drug, a polar one, and, for what nucleic acids do, none to speak of.
    """
    axes = figure.add_subplot()
    time = np.geomspace(1e-3, 2 * DAY, 300)
    diameter = 100 * NANO
    thickness = median("loading.vesicle.bilayer_thickness")
    area, volume = outer_area(diameter), lumen_volume(diameter, thickness)
    labels = {"10⁻⁷ m/s": 1e-7, "10⁻¹⁰ m/s": 1e-10, "10⁻¹⁴ m/s": 1e-14}
    for (label, speed), ink in zip(labels.items(), RIVALS, strict=False):
        filled = -np.expm1(-crossing_rate(speed, area, volume) * time)
        axes.plot(time, filled, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.minorticks_off()
    moments = {"1 ms": 1e-3, "1 s": 1.0, "1 min": 60.0, "1 h": HOUR, "1 d": DAY}
    axes.set_xticks(list(moments.values()), list(moments))
    share_axis(axes, "share of the ceiling")
    axes.set_xlabel("time of contact")
    axes.legend(frameon=False, fontsize=8.5)


def membrane_voltage(figure: Figure) -> None:
    """Induced voltage against field, and what pores need.

    The steady voltage at the pole of a vesicle, 1.5 E R. Band: pore threshold, 5 to 95 % of what is
    not known. Shaded field: what cuvettes for cells deliver. At 1 kV/cm a 100 nm vesicle sees 7.5
    mV, a fiftieth of what opens a membrane: the preferred hypothesis is that nothing opens.
    """
    axes = figure.add_subplot()
    field = np.geomspace(1e4, 1e7, 200)
    low, high = ends("loading.electroporation.pore_threshold")
    axes.axhspan(low, high, color=RIVALS[1].light, lw=0)
    axes.text(
        1.15e-1, np.sqrt(low * high), "pores open", va="center", color=RIVALS[1].line, fontsize=8.5
    )
    axes.axvspan(0.2, 2.5, color="#eef1f4", lw=0, zorder=0)
    axes.text(0.7, 6e-4, "usual fields", ha="center", color=QUIET, fontsize=8.5)
    for size, ink in zip((500, 100, 50), (RIVALS[2], RIVALS[0], RIVALS[3]), strict=True):
        voltage = induced_voltage(field, size * NANO / 2)
        axes.plot(field / 1e5, voltage, ink.dash, color=ink.line, label=f"{size} nm")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.1, 100)
    axes.set_ylim(4e-4, 4)
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.set_yticks([1e-3, 1e-2, 1e-1, 1], ["1 mV", "10 mV", "100 mV", "1 V"])
    axes.minorticks_off()
    axes.set_xlabel("field, kV/cm")
    axes.set_ylabel("voltage across the membrane")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


def anode_metal(figure: Figure) -> None:
    """Aluminium that leaves the anode, and what a buffer holds.

    Concentration after two pulses of 5 ms in a 4 mm cuvette of 0.4 mL, by Faraday's law, in salty
    and in salt-poor buffer. Dotted: what the chelator of the trehalose-EDTA buffer can hold. What
    is above it is free to precipitate RNA.
    """
    axes = figure.add_subplot()
    field = np.linspace(0.0, 3e5, 200)
    volume, gap, time = 0.4e-6, 4e-3, 2 * 5e-3
    share = median("loading.electroporation.current_yield")
    for buffer, ink in zip(("PBS", "trehalose_EDTA", "sucrose"), RIVALS, strict=False):
        conductivity = median("loading.electroporation.conductivity", buffer=buffer)
        metal = dissolved_metal(passed_charge(field, conductivity, volume, gap, time), share, 3.0)
        axes.plot(
            field / 1e5, metal / volume, ink.dash, color=ink.line, label=buffer.replace("_", " + ")
        )
    held = median("loading.electroporation.chelator", buffer="trehalose_EDTA")
    axes.axhline(held, color=QUIET, ls=":", lw=1)
    axes.set_xlabel("field, kV/cm")
    axes.set_ylabel("aluminium, mM")
    axes.set_ylim(0.0, None)
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def wall(figure: Figure) -> None:
    """Loss to the wall of a vial.

    Share of 100 nm vesicles that diffuse to the wall of a 0.2 mL vial at 4 °C and stay (median
    share of sticky wall, polypropylene). The wall holds a finite number, so that a concentrated
    product loses a small share and a dilute one much of it. Without stirring it takes days.
    """
    axes = figure.add_subplot()
    time = np.geomspace(60.0, 30 * DAY, 120)
    cold = 277.15
    volume = 0.2e-6
    diameter = np.array([100 * NANO])
    speed = diffusivity(diameter, cold, water_viscosity(cold))
    area = volume * float(wetted_area_per_volume(volume))
    sticky = median("storage.vial.sticky_share", material="polypropylene", buffer="PBS")
    members = np.ones(time.size)
    for concentration, ink in zip((1e9, 1e11, 1e12), RIVALS, strict=False):
        count = np.full((time.size, 1), to_si(concentration, "particle/mL") * volume)
        lost, _ = adsorbed_fraction(
            count,
            diameter,
            np.broadcast_to(speed, count.shape),
            time,
            members * volume,
            members * area,
            members * sticky,
        )
        axes.plot(
            time,
            lost[:, 0],
            ink.dash,
            color=ink.line,
            label=f"10{str(int(np.log10(concentration))).translate(_RAISE)} /mL",
        )
    _long_time(axes)
    share_axis(axes, "share on the wall")
    axes.legend(frameon=False, fontsize=8.5)


def clusters(figure: Figure) -> None:
    """Aggregation in the liquid.

    Share of 100 nm vesicles still single at 10¹² /mL and 4 °C, at the 5 %, median and 95 % of the
    stability ratio (encounters for each one that sticks). It is not known to within four orders of
    magnitude, and it decides whether a month matters.
    """
    axes = figure.add_subplot()
    time = np.geomspace(60.0, 365 * DAY, 120)
    low, high = ends("storage.vial.stability_ratio", buffer="PBS")
    middle = median("storage.vial.stability_ratio", buffer="PBS")
    cold = 277.15
    for ratio, ink in zip((low, middle, high), RIVALS, strict=False):
        single = singlet_fraction(
            np.full((time.size, 1), 1e18),
            np.array([100 * NANO]),
            time,
            np.full(time.size, ratio),
            cold,
            water_viscosity(cold),
        )
        label = f"W = 10{str(round(np.log10(ratio))).translate(_RAISE)}"
        axes.plot(time, single[:, 0], ink.dash, color=ink.line, label=label)
    _long_time(axes)
    share_axis(axes, "share still single")
    axes.legend(frameon=False, fontsize=8.5, loc="lower left")


_RAISE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _long_time(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    moments = {"1 min": 60.0, "1 h": HOUR, "1 d": DAY, "30 d": 30 * DAY, "1 y": 365 * DAY}
    high = axes.get_xlim()[1]
    shown = {name: at for name, at in moments.items() if at < 1.2 * high}
    axes.set_xticks(list(shown.values()), list(shown))
    axes.set_xlabel("time")


def thickness_matters(figure: Figure) -> None:
    """How much of a vesicle is lumen.

    Share of a vesicle's volume inside its 5 nm bilayer.
    """
    axes = figure.add_subplot()
    inner = lumen_diameter(SIZES * NANO, median("loading.vesicle.bilayer_thickness"))
    axes.plot(SIZES, (inner / (SIZES * NANO)) ** 3, color=RIVALS[0].line)
    size_axis(axes)
    share_axis(axes, "share of the volume")


PICTURES = {
    "donor.cell_culture": (sizes_secreted, cells_that_work, blocked_and_driven),
    "isolation.differential_centrifugation": (pelleted, water),
    "isolation.size_exclusion": (column_cut,),
    "assay.nta": (seen, smeared),
    "assay.total_protein": (protein,),
    "assay.protection": (withstands,),
    "assay.composition": (denser_when_small,),
    "loading.passive_incubation": (ceiling, crossing, surface_holds, thickness_matters),
    "loading.electroporation": (membrane_voltage, anode_metal, ceiling),
}
