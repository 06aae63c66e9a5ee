"""Pictures of how small drugs are held and leave: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.release import binding_pools, exchanged, retained_share
from exocast.laws.weak_base import permeability_share
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import HOUR, share_axis
from generator.numbers import median

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


PICTURES = {
    "assay.release_curve": (bag_or_vesicle, leaves_by_pools, slower_in_acid),
    "biodistribution.cargo_release": (leaves_by_pools, slower_in_acid),
}
