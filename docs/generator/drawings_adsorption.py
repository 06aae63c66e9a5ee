"""Pictures of what sticks to surfaces and comes off, by the law that a run evaluates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.adsorption import approached_occupancy, jammed_sites
from exocast.laws.partition import occupancy
from exocast.laws.release import binding_pools
from exocast.report.style import RIVALS, plain
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN = 1200.0


def surface_holds(figure: Figure) -> None:
    """Copies of an enzyme on a vesicle, before and after a column.

    Catalase on a vesicle of 100 nm at equilibrium with what is dissolved, at the medians of the
    rows, and what is left after twenty minutes in buffer that flows past: the strong sites. The top
    of the plot is where there is no more room.
    """
    axes = figure.add_subplot()
    cargo = {"cargo": "catalase", "cargo_kind": "protein"}
    slower, share = binding_pools(median("loading.adsorption.binding_spread"), 11)
    affinity = median("cargo.adsorption_constant", **cargo) / slower[0]
    sites = float(
        jammed_sites(110.5e-9, 10.5e-9, median("cargo.adsorption_share", cargo_kind="protein"))
    )
    dissolved = np.geomspace(1e-7, 1e-1, 200)
    taken = occupancy(dissolved[:, None], affinity)
    rate = median("loading.adsorption.on_rate")
    kept = approached_occupancy(taken, 0.0, affinity, rate, COLUMN)
    lines = {"in the tube": taken, "after a column": kept}
    for (label, pools), ink in zip(lines.items(), RIVALS, strict=False):
        copies = sites * (pools * share).sum(axis=1)
        axes.plot(dissolved, copies, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.set_xticks([1e-6, 1e-4, 1e-2], ["1 nM", "100 nM", "10 µM"])
    axes.minorticks_off()
    axes.set_xlabel("dissolved")
    axes.set_ylim(0, sites)
    axes.set_ylabel("copies on a vesicle")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)
