"""Pictures of how small drugs are held and leave: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.complexation import adsorbed_share
from exocast.laws.insertion import inserted_copies
from exocast.laws.lumen import AVOGADRO, outer_area
from exocast.laws.partition import occupancy
from exocast.laws.release import binding_pools, exchanged, retained_share
from exocast.laws.water import water_viscosity
from exocast.laws.weak_base import accumulation, citrate_given, permeability_share
from exocast.report.style import QUIET, RIVALS, plain
from exocast.stages.loading.hydrophobic_conjugate import ANCHORS
from generator.drawings_tube import HOUR, share_axis
from generator.numbers import ends, median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRUG = {"cargo": "doxorubicin", "cargo_kind": "hydrophilic"}


def leaves_by_pools(figure: Figure) -> None:
    """What unequal sites keep, against one exponential.

    Share of a drug left in a sink, over time in units of the middle site's mean time. A spread of
    binding energies (in thermal energies) lets the first molecules go sooner and keeps the last for
    long: the shape that is usually fitted by Weibull's expression.
    """
    axes = figure.add_subplot()
    time = np.geomspace(0.01, 100.0, 300)
    held = median("loading.release.binding_spread")
    for spread, ink in zip((0.0, held, 2.0 * held), RIVALS, strict=False):
        factor, shares = binding_pools(np.array([spread]), 31)
        left = retained_share(time, factor[0], shares)
        axes.plot(time, left, ink.dash, color=ink.line, label=f"spread {spread:.2g}")
    axes.set_xscale("log")
    axes.set_xlabel("time, over the mean time of the middle site")
    share_axis(axes, "left in vesicles")
    axes.legend(frameon=False, fontsize=8.5)


def bag_or_vesicle(figure: Figure) -> None:
    """What a dialysis bag shows of a release that takes a minute.

    Vesicles let half of a drug go within the minute (drawn), and the bag takes its own two hours:
    the curve that is read outside is that of the membrane.
    """
    axes = figure.add_subplot()
    time = np.linspace(0.0, 24.0, 200)
    bag, sink, room = 5e-7, 5e-5, 1e-8
    between = np.zeros((1, 3, 3))
    between[0, 0, 1] = between[0, 1, 0] = room * np.log(2.0) / 60.0
    passing = bag * np.log(2.0) / median("assay.release_curve.membrane_time")
    between[0, 1, 2] = between[0, 2, 1] = passing
    start = np.array([[1.0, 0.0, 0.0]])
    amount = exchanged(np.array([[room, bag, sink]]), between, start, time * HOUR)[0]
    axes.plot(time, 1.0 - amount[:, 0], color=RIVALS[0].line, label="out of vesicles")
    axes.plot(time, amount[:, 2], RIVALS[1].dash, color=RIVALS[1].line, label="read outside")
    axes.set_xlabel("time, h")
    share_axis(axes, "of the drug")
    axes.legend(frameon=False, fontsize=8.5)


def slower_in_acid(figure: Figure) -> None:
    """How fast a weak base crosses a membrane, by pH.

    Over pH 7.4: only the neutral form crosses well, and acid leaves little of it. The leak of the
    charged form sets the floor; vertical lines are early and late endosomes.
    """
    axes = figure.add_subplot()
    ph = np.linspace(4.0, 8.5, 200)
    base = median("cargo.acidity", **DRUG)
    leak = median("cargo.charged_permeability", **DRUG)
    axes.plot(ph, permeability_share(base, ph, leak), color=RIVALS[0].line, label="doxorubicin")
    for place in ("early_endosome", "late_endosome"):
        axes.axvline(median("biodistribution.cargo_release.ph", place=place), color=QUIET, lw=0.8)
    axes.set_yscale("log")
    axes.set_xlabel("pH")
    axes.set_ylabel("permeability, over pH 7.4")
    plain(axes, left=True)


def held_by_a_gradient(figure: Figure) -> None:
    """What a gradient holds, against what is outside.

    Drug in a lumen by the pH there, with 1 uM outside at pH 7.4. Dotted: what 250 mM ammonium
    sulfate and 300 mM citrate of pH 4 can give at most, two and three protons each.
    """
    axes = figure.add_subplot()
    ph = np.linspace(3.5, 7.4, 200)
    inside = 1e-3 * accumulation(median("cargo.acidity", **DRUG), ph, 7.4)
    axes.plot(ph, inside, color=RIVALS[0].line, label="dissolved at equilibrium")
    given = citrate_given(ph, 4.0, 300.0)
    axes.plot(ph[given > 0.5], given[given > 0.5], RIVALS[1].dash, color=RIVALS[1].line,
              label="given by citrate")  # fmt: skip
    axes.axhline(500.0, color=QUIET, ls=":", lw=1)
    axes.axhline(median("loading.remote_loading.salt_solubility"), color=QUIET, ls="--", lw=1)
    axes.set_yscale("log")
    axes.set_xlabel("pH in the lumen")
    axes.set_ylabel("mol/m³ of lumen")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def complexes_stick(figure: Figure) -> None:
    """Which share of the complexes comes onto vesicles in half an hour.

    By the vesicles in a millilitre, at the median and at both ends of what is not known of how many
    encounters stick.
    """
    axes = figure.add_subplot()
    count = np.geomspace(1e8, 1e13, 200)
    key = "loading.transfection_reagent.stability_ratio"
    size = np.full(count.size, median("loading.precipitate.diameter", kind="reagent_complex"))
    for ratio, ink in zip((median(key), *ends(key)), RIVALS * 2, strict=False):
        share = adsorbed_share(
            count[:, None] * 1e6, np.array([1e-7]), size, 1800.0, np.full(count.size, ratio),
            298.15, float(water_viscosity(298.15)),
        )  # fmt: skip
        axes.plot(count, share[:, 0], ink.dash, color=ink.line, label=f"one in {ratio:.0e}")
    axes.set_xscale("log")
    axes.set_xlabel("vesicles in a millilitre")
    share_axis(axes, "of the complexes")
    axes.legend(frameon=False, fontsize=8.5)


def conjugates_fill(figure: Figure) -> None:
    """Copies on a vesicle of 100 nm, by what is added for each.

    1e11 vesicles in 0.2 mL for an hour, by anchor. A more hydrophobic one wastes less; all end at
    the room that duplexes need.
    """
    axes = figure.add_subplot()
    key, area = "loading.hydrophobic_conjugate.", float(outer_area(1e-7))
    added, number, volume = np.geomspace(1.0, 1e5, 200), 1e11, 2e-7
    lipid = number * area / median("loading.vesicle.lipid_area") / AVOGADRO
    for anchor, ink in zip(ANCHORS, RIVALS * 2, strict=False):
        share = occupancy(lipid / volume, median(key + "partition", anchor=anchor))
        room = median(key + "capacity")
        taken = inserted_copies(added * number, share, room, number * area) * area
        axes.plot(added, taken, ink.dash, color=ink.line, label=anchor.replace("_", " "))
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("copies added for each vesicle")
    axes.set_ylabel("copies on it")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def left_outside(figure: Figure) -> None:
    """What stays on the outside of vesicles in plasma.

    Copies left, whole, over time. Conjugates of fully modified siRNA are drawn off by their anchor,
    from sites that hold them unequally; without modification enzymes digest them within minutes.
    A displayed protein on PTGFRN falls off or is cut. Medians of what is mostly assumed.
    """
    axes = figure.add_subplot()
    time = np.geomspace(1e-3, 100.0, 300)
    key = "loading.hydrophobic_conjugate."
    spread = np.array([median("loading.release.binding_spread")])
    factor, shares = binding_pools(spread, 31)
    cases = (("cholesterol", "full"), ("stearate", "full"), ("cholesterol", "unmodified"))
    for (anchor, chemistry), ink in zip(cases, RIVALS, strict=False):
        off = median(key + "desorption", anchor=anchor) * factor[0]
        cut = np.log(2.0) / median(key + "exposed_half_life", chemistry=chemistry)
        left = retained_share(time * HOUR, off + cut, shares)
        how = "fully modified" if chemistry == "full" else chemistry
        axes.plot(time, left, ink.dash, color=ink.line, label=f"{anchor}, {how}")
    shed = median("surface_engineering.display.shedding", anchor="ptgfrn")
    axes.plot(time, np.exp(-shed * HOUR * time), color=QUIET, lw=1, label="displayed on PTGFRN")
    axes.set_xscale("log")
    axes.set_xlabel("time in plasma, h")
    share_axis(axes, "left on vesicles")
    axes.legend(frameon=False, fontsize=8.5, loc="lower left")


PICTURES = {
    "loading.remote_loading": (held_by_a_gradient, slower_in_acid),
    "loading.transfection_reagent": (complexes_stick,),
    "loading.hydrophobic_conjugate": (conjugates_fill,),
    "assay.release_curve": (bag_or_vesicle, leaves_by_pools, slower_in_acid),
    "biodistribution.cargo_release": (leaves_by_pools, slower_in_acid),
    "biodistribution.outside": (left_outside,),
}
