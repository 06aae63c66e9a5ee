"""Pictures of isolation by chemistry: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.avidity import binding_clearance
from exocast.laws.bead_capture import captured_share, encounter_clearance, in_series
from exocast.laws.depletion import (
    coil_radius,
    contact_attraction,
    overlap_concentration,
    particle_solubility,
    solution_viscosity_ratio,
)
from exocast.laws.displayed_copies import displaying
from exocast.laws.flocculation import cluster_size
from exocast.laws.ion_exchange import (
    debye_length,
    displacement_retention,
    potential_in_salt,
    reached_share,
    retention,
    wall_attraction,
)
from exocast.laws.lateral_displacement import critical_diameter, displaced_share
from exocast.laws.lumen import sphere_volume
from exocast.laws.wall_adsorption import JAMMING_COVERAGE, diffusivity
from exocast.laws.water import water_viscosity
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import HOUR, NANO, ROOM, SIZES, share_axis, size_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLD = 277.15
PRECIPITATION, AFFINITY = "isolation.polymer_precipitation", "isolation.immunoaffinity"
EXCHANGE, SORTING = "isolation.anion_exchange", "isolation.microfluidic_sorting"


def stays_dispersed(figure: Figure) -> None:
    """What a polymer leaves dispersed, by size.

    Concentration of particles that stays in solution beside the precipitate, under 4, 8 and 12 % of
    polyethylene glycol of 6 kg/mol (medians). Above the curve particles fall out, whatever they
    are. Dotted: 1e10 particles a mL.
    """
    axes = figure.add_subplot()
    coil = coil_radius(6.0)
    overlap = overlap_concentration(6.0, coil)
    gap, pairs = median(f"{PRECIPITATION}.gap"), median(f"{PRECIPITATION}.neighbours")
    for polymer, ink in zip((40.0, 80.0, 120.0), RIVALS, strict=False):
        pull = contact_attraction(SIZES * NANO / 2, coil, gap, polymer / overlap)
        limit = particle_solubility(SIZES * NANO, pull, pairs) * 1e-6
        axes.plot(
            SIZES, np.maximum(limit, 1e-9), ink.dash, color=ink.line, label=f"{polymer / 10:.0f} %"
        )
    axes.axhline(1e10, color=QUIET, ls=":", lw=1)
    size_axis(axes, 30.0, 300.0)
    axes.set_yscale("log")
    axes.set_ylim(1e2, 1e17)
    axes.set_ylabel("particles a mL in solution")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def clusters_grow(figure: Figure) -> None:
    """Clusters in the time that the mixture stands.

    Mean number of 100 nm particles in a cluster under 8 % of polymer at 4 °C, left standing and
    rotated (medians). Diffusion starts them and shear makes them run away; a dilute medium gets to
    neither, and what stays small does not pellet at low speed.
    """
    axes = figure.add_subplot()
    number = np.geomspace(1e7, 1e13, 200)
    ones = np.ones(number.size)
    ratio = solution_viscosity_ratio(80.0, 6.0, coil_radius(6.0))
    thick = float(ratio) * float(water_viscosity(COLD)) * ones
    dimension = median(f"{PRECIPITATION}.fractal_dimension")
    most = (median(f"{PRECIPITATION}.largest_cluster") / 1e-7) ** dimension
    cases = ((2.0, "still"), (12.0, "still"), (12.0, "rotated"))
    for (hours, mixing), ink in zip(cases, RIVALS, strict=False):
        held = cluster_size(
            number * 1e6,
            number * 1e6 * sphere_volume(1e-7),
            hours * HOUR,
            median(f"{PRECIPITATION}.shear", mixing=mixing) * ones,
            dimension * ones,
            most * ones,
            median(f"{PRECIPITATION}.stability_ratio") * ones,
            COLD,
            thick,
        )
        axes.plot(number, held, ink.dash, color=ink.line, label=f"{hours:.0f} h, {mixing}")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()
    axes.set_xlabel("insoluble particles a mL")
    axes.set_ylabel("particles in a cluster")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")


def held_by_copies(figure: Figure) -> None:
    """What beads hold, by copies of the marker.

    Share of 100 nm vesicles on 1 mg of beads of 2.8 µm in 1 mL after two hours (medians, before
    washes and release), when all vesicles were given the marker and when a share was. Few copies
    leave many vesicles with none; more than a few hundred are no use, as diffusion rules.
    """
    axes = figure.add_subplot()
    copies = np.geomspace(1e-2, 1e3, 200)
    width = median(f"{AFFINITY}.width", support="bead")
    area = median(f"{AFFINITY}.area", support="bead") * 1e-6
    antibody = median(f"{AFFINITY}.antibody_density")
    thick = float(water_viscosity(ROOM))
    arrive = encounter_clearance(
        width / 2, 5e-8, diffusivity(1e-7, ROOM, thick), diffusivity(width, ROOM, thick)
    )
    beads = area / (np.pi * width**2) / 1e-6
    shares = (1.0, median(f"{AFFINITY}.positive_share"))
    for given, ink in zip(shares, RIVALS, strict=False):
        some, each = displaying(copies, given)
        on = median(f"{AFFINITY}.association")
        rate = beads * in_series(arrive, binding_clearance(on, each, antibody * np.pi * width**2))
        room = np.full(copies.size, JAMMING_COVERAGE * area)
        held = captured_share(
            np.full((copies.size, 1), 1e8),
            rate[:, None],
            np.pi / 4 * np.array([1e-14]),
            room,
            7200.0,
        )[:, 0]
        axes.plot(
            copies, some * held, ink.dash, color=ink.line, label=f"{given:.0%} given the marker"
        )
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlabel("mean copies of the marker on a vesicle")
    share_axis(axes, "share held")
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")


def full_beads(figure: Figure) -> None:
    """Beads fill up.

    Share of 100 nm vesicles with 20 copies that 1 mg of beads and of a tenth of it hold, by how
    many there are (medians). Past the area of the beads, more sample is lost sample.
    """
    axes = figure.add_subplot()
    number = np.geomspace(1e7, 1e14, 200)
    width = median(f"{AFFINITY}.width", support="bead")
    antibody = median(f"{AFFINITY}.antibody_density")
    thick = float(water_viscosity(ROOM))
    arrive = encounter_clearance(
        width / 2, 5e-8, diffusivity(1e-7, ROOM, thick), diffusivity(width, ROOM, thick)
    )
    on = median(f"{AFFINITY}.association")
    each = in_series(arrive, binding_clearance(on, 20.0, antibody * np.pi * width**2))
    for amount, ink in zip((1e-6, 1e-7), RIVALS, strict=False):
        area = median(f"{AFFINITY}.area", support="bead") * amount
        rate = area / (np.pi * width**2) / 1e-6 * each
        held = captured_share(
            number[:, None],
            np.full((number.size, 1), float(rate)),
            np.pi / 4 * np.array([1e-14]),
            np.full(number.size, JAMMING_COVERAGE * area),
            14400.0,
        )[:, 0]
        axes.plot(number, held, ink.dash, color=ink.line, label=f"{1e6 * amount:.1g} mg, 4 h")
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xlabel("vesicles in the sample")
    share_axis(axes, "share held")
    axes.legend(frameon=False, fontsize=8.5, loc="upper right")


def held_in_salt(figure: Figure) -> None:
    """What salt holds and what it lets go.

    Bound over dissolved in a monolith: vesicles of 50, 100 and 200 nm at a zeta potential of -15
    mV, protein and short nucleic acid (medians). Above the dotted line at 10 a band hardly moves,
    well below it it has left. A step of salt chooses what is in the pool.
    """
    axes = figure.add_subplot()
    salt = np.geomspace(50.0, 1500.0, 300)
    wall = median(f"{EXCHANGE}.outer_area", support="monolith")
    inside = wall / median(f"{EXCHANGE}.liquid_share", support="monolith")
    for size, ink in zip((50, 100, 200), RIVALS, strict=False):
        own, other = (
            potential_in_salt(value, 150.0, salt, ROOM)
            for value in (-15e-3, median(f"{EXCHANGE}.wall_potential"))
        )
        pull = wall_attraction(size * NANO / 2, own, other, median(f"{EXCHANGE}.gap"), salt, ROOM)
        bound = retention(pull, inside, debye_length(salt, ROOM))
        axes.plot(salt, bound, ink.dash, color=ink.line, label=f"{size} nm vesicle")
    for name, style in (("protein", "--"), ("nucleic", "-.")):
        bound = displacement_retention(
            salt, median(f"{EXCHANGE}.{name}_salt"), median(f"{EXCHANGE}.{name}_charges")
        )
        label = "protein" if name == "protein" else "nucleic acid"
        axes.plot(salt, bound, style, color=QUIET, lw=1.2, label=label)
    axes.axhline(10.0, color=QUIET, ls=":", lw=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_ylim(1e-3, 1e6)
    axes.set_xticks([50, 100, 200, 500, 1000], ["50", "100", "200", "500", "1000"])
    axes.minorticks_off()
    axes.set_xlabel("salt, mM")
    axes.set_ylabel("bound over dissolved")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="upper right")


def reaches_the_wall(figure: Figure) -> None:
    """What touches the wall on its way.

    Share of particles that diffuse to a binding wall at one bed volume a minute (medians). In
    channels of micrometres all do; between beads, large vesicles pass by, more of them the faster
    it runs.
    """
    axes = figure.add_subplot()
    speed = diffusivity(SIZES * NANO, ROOM, float(water_viscosity(ROOM)))
    cases = (("monolith", 60.0), ("bead", 60.0), ("bead", 600.0))
    for (support, residence), ink in zip(cases, RIVALS, strict=False):
        share = reached_share(
            speed,
            median(f"{EXCHANGE}.sherwood", support=support),
            median(f"{EXCHANGE}.channel", support=support),
            median(f"{EXCHANGE}.outer_area", support=support),
            residence,
        )
        axes.plot(
            SIZES, share, ink.dash, color=ink.line, label=f"{support}, {residence / 60:.0f} min"
        )
    size_axis(axes)
    share_axis(axes, "share that reaches the wall")
    axes.legend(frameon=False, fontsize=8.5, loc="lower left")


def displaced(figure: Figure) -> None:
    """What an array of posts displaces.

    Share on the displaced side of an array of 150 nm gaps and a shift of a tenth, 1 mm long, at
    three velocities (medians). Dotted: the critical diameter. Slow flow leaves time to diffuse, and
    the cut blurs; fast flow costs pressure.
    """
    axes = figure.add_subplot()
    gap, shift = 150e-9, 0.1
    critical = critical_diameter(gap, shift)
    speed = diffusivity(SIZES * NANO, ROOM, float(water_viscosity(ROOM)))
    period = gap * (1 + median(f"{SORTING}.post_ratio"))
    for velocity, ink in zip((3e-4, 3e-5, 3e-6), RIVALS, strict=False):
        share = displaced_share(
            SIZES * NANO, critical, speed, velocity, period, 1e-3, shift,
            median(f"{SORTING}.sharpness"),
        )  # fmt: skip
        axes.plot(SIZES, share, ink.dash, color=ink.line, label=f"{1e6 * velocity:.3g} µm/s")
    axes.axvline(float(critical) / NANO, color=QUIET, ls=":", lw=1)
    size_axis(axes, 30.0, 300.0)
    share_axis(axes, "share displaced")
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


PICTURES = {
    "isolation.polymer_precipitation": (stays_dispersed, clusters_grow),
    "isolation.immunoaffinity": (held_by_copies, full_beads),
    "isolation.anion_exchange": (held_in_salt, reaches_the_wall),
    "isolation.microfluidic_sorting": (displaced,),
}
