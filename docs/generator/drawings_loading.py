"""Pictures of loading: each evaluates the law that a run evaluates.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.drug_in_cells import cell_content
from exocast.laws.expressed_cargo import scaffold_occupancy
from exocast.laws.lumen import lumen_volume
from exocast.laws.membrane_area import sheared_copies
from exocast.report.style import QUIET, RIVALS, plain
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EXPRESSION = "loading.donor_expression."
DRUG = {"cargo": "paclitaxel", "cargo_kind": "hydrophobic"}


def tagged(figure: Figure) -> None:
    """A tag enriches what is rare and fills up.

    Mean copies of a 100 nm vesicle against what a cell holds, by chance and with three tags, at the
    medians of the rows. Dotted: one copy a vesicle.
    """
    axes = figure.add_subplot()
    copies = np.geomspace(1e2, 1e9, 200)
    volume = median("donor.mimetic_nanovesicles.cell_volume")
    lumen = lumen_volume(100e-9, median("loading.vesicle.bilayer_thickness"))
    chance = sheared_copies(copies, volume, lumen, 1.0, 0.0)
    lines = {"by chance": chance}
    tags = {"L7Ae and C/D box": "l7ae", "TAT and TAR": "tat_tar", "fused to CD63": "cd63_fusion"}
    for label, tag in tags.items():
        fold, held, share = (
            median(EXPRESSION + name, tag=tag)
            for name in ("enrichment", "scaffold_copies", "scaffold_share")
        )
        taken = scaffold_occupancy(chance, fold, held, share)
        lines[label] = chance + share * held * taken / (1 + taken)
    for (label, values), ink in zip(lines.items(), RIVALS, strict=False):
        axes.plot(copies, values, ink.dash, color=ink.line, label=label)
    axes.axhline(1.0, color=QUIET, ls=":", lw=1)
    _logarithmic(axes)
    axes.set_ylim(1e-6, 1e3)
    axes.set_xlabel("copies in a cell")
    axes.set_ylabel("copies in a vesicle")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def in_the_cell(figure: Figure) -> None:
    """Where paclitaxel is in a cell.

    Drug of a cell against what is dissolved around it, by what holds it. Tubulin takes most of a
    low concentration, lipid most of a high one.
    """
    axes = figure.add_subplot()
    free = np.geomspace(1e-7, 1e-2, 200)
    lipid = median("loading.donor_incubation.cell_lipid")
    partition = median("cargo.lipid_partition_constant", **DRUG)
    sites = median("cargo.cell_sites", **DRUG)
    constant = median("cargo.cell_site_constant", **DRUG)
    held = {
        "all": cell_content(free, lipid, partition, sites, constant),
        "in lipid": free * partition * lipid,
        "on tubulin": sites * free / (constant + free),
        "dissolved": free,
    }
    for (label, values), ink in zip(held.items(), RIVALS, strict=False):
        axes.plot(free * 1e3, values * 1e3, ink.dash, color=ink.line, label=label)
    _logarithmic(axes)
    axes.set_xlabel("dissolved around it, µM")
    axes.set_ylabel("in the cell, µM")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def _logarithmic(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.minorticks_off()


PICTURES = {
    "loading.donor_expression": (tagged,),
    "loading.donor_incubation": (in_the_cell,),
}
