"""Pictures of ligands, magnets and surfaces: each evaluates the law of a run.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exocast.laws.avidity import (
    avidity,
    binding_clearance,
    bond_strength,
    bonds_in_reach,
    capture_share,
    wall_clearance,
)
from exocast.laws.displayed_copies import at_least, displaying
from exocast.laws.insertion import inserted_copies
from exocast.laws.magnetic_pull import core_moment, magnetic_drift, pulled_clearance
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import HOUR, share_axis
from generator.numbers import median

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]

FINDS, BODY, CELL = (
    "biodistribution.targeting.",
    "biodistribution.whole_body.",
    "uptake.endocytosis_and_escape.",
)
SIZE = 100e-9
COPIES = np.geomspace(0.01, 1000.0, 200)


def _speed() -> float:
    viscosity = median(BODY + "plasma_viscosity", species="mouse")
    return float(brownian_diffusivity(SIZE, viscosity))


def _reaction(
    ligand: str, receptor: str, site: str, organ: str, area: float
) -> tuple[Array, Array]:
    """Return the share of vesicles with any copy, and what receptors of one cell would clear."""
    where = {"ligand": ligand, "receptor": receptor, "site": site, "organ": organ}
    each = median(FINDS + "receptors", **where) * median(FINDS + "open_receptors", **where)
    on, equilibrium = (median(FINDS + one, **where) for one in ("association", "dissociation"))
    reach = median(FINDS + "reach")
    some, copies = displaying(COPIES)
    bonds = bonds_in_reach(copies, SIZE, reach, each / area)
    firm = avidity(bonds, bond_strength(each / area, reach, equilibrium))
    held = capture_share(median(FINDS + "internalisation"), on * equilibrium, firm)
    return some, binding_clearance(on, copies, each, held)


def _copies_axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([0.01, 0.1, 1, 10, 100, 1000], ["0.01", "0.1", "1", "10", "100", "1,000"])
    axes.set_xlabel("copies of the ligand on a vesicle, mean")


def one_pass(figure: Figure) -> None:
    """What the vessel walls of the brain take of one pass of blood.

    Share of the vesicles of 100 nm that a passage brings, against copies of the ligand, at the
    medians of the rows; a mouse. Dotted: what diffusion to a wall that takes all would allow. No
    ligand passes it, and no organ gets more than blood brings. RVG, whose bond was measured to be
    slow and weak, does nothing; transferrin meets receptors that plasma's own transferrin holds.
    """
    axes = figure.add_subplot()
    area = median(FINDS + "endothelial_area")
    radius = median(FINDS + "capillary_radius")
    # A mouse brain of 0.4 mL: 3 % blood, half of it in capillaries; 0.3 mL/min of plasma.
    wall, flow = 2.0 * 0.4e-6 * 0.03 * 0.5 / radius, 0.3e-6 / 60.0
    transfer = median(FINDS + "wall_transfer")
    limit = wall_clearance(_speed(), radius, 1e9, transfer) * wall
    for (ligand, receptor), ink in zip(
        (
            ("anti_transferrin_receptor", "transferrin_receptor"),
            ("transferrin", "transferrin_receptor"),
            ("integrin_alpha_v_beta_3", "vitronectin"),
            ("rvg", "nicotinic_acetylcholine"),
        ),
        RIVALS,
        strict=False,
    ):
        some, each = _reaction(ligand, receptor, "endothelium", "brain", area)
        cleared = some * wall_clearance(_speed(), radius, each / area, transfer) * wall
        name = ligand.replace("_", " ")
        axes.plot(COPIES, cleared / (cleared + flow), ink.dash, color=ink.line, label=name)
    axes.axhline(float(limit / (limit + flow)), color=QUIET, ls=":", label="diffusion to the wall")
    _copies_axis(axes)
    axes.set_yscale("log")
    axes.set_ylim(1e-10, 2)
    axes.minorticks_off()
    axes.set_ylabel("share taken of one pass")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def arrival_or_uptake(figure: Figure) -> None:
    """In a tumour a ligand changes what becomes of the vesicles, and by its wall what arrives.

    iRGD in a mouse tumour, at the medians: what arrives, and the share of it that the tumour's
    cells keep, over the same without a ligand, against copies on a vesicle of 100 nm. Arrival rises
    only by what neuropilin-1 hands through the wall (a share that is assumed), and at many copies.
    Where liquid leaves the tumour slowly, its cells keep most of what arrives without any ligand,
    and there is little to gain; where it leaves fast, more, never past one over what was kept.
    """
    axes = figure.add_subplot()
    radius = median(FINDS + "capillary_radius", organ="tumour")
    area, volume = median(FINDS + "endothelial_area"), 200e-9
    wall = 2.0 * volume * median(BODY + "tumour_vascular_share", species="mouse") * 0.5 / radius
    leak = median(BODY + "tumour_permeability") * median(
        BODY + "tumour_wall_area", species="mouse"
    ) * volume  # fmt: skip
    some, each = _reaction("irgd", "neuropilin_1", "endothelium", "tumour", area)
    crossing = median(
        FINDS + "crossing", receptor="neuropilin_1", site="endothelium", organ="tumour"
    )
    through = crossing * some * wall_clearance(_speed(), radius, each / area) * wall
    axes.plot(COPIES, 1 + through / leak, color=RIVALS[0].line, label="arrives")
    cell = median(CELL + "cell_radius")
    slow = _speed() * median(CELL + "tissue_diffusivity")
    ceiling = encounter_ceiling(slow, cell)
    own = median(CELL + "binding_clearance")
    added = np.zeros_like(COPIES)
    for receptor in ("alpha_v_beta_3", "alpha_v_beta_5", "neuropilin_1"):
        share, one = _reaction("irgd", receptor, "tumour_cell", "tumour", 4 * np.pi * cell**2)
        added = added + share * one
    density = median(BODY + "tumour_cells") * 1050.0 / median(BODY + "tumour_interstitial_share")
    for hours, ink in ((3.0, RIVALS[1]), (0.02, RIVALS[2])):
        stay = hours * HOUR * density
        with_it, without = (
            stay * uptake_clearance(ceiling, own + more) for more in (added, 0.0 * added)
        )
        gain = with_it / (1 + with_it) * (1 + without) / without
        words = f"{60 * hours:.0f} min" if hours < 1 else f"{hours:.0f} h"
        axes.plot(COPIES, gain, ink.dash, color=ink.line, label=f"kept, stays {words}")
    _copies_axis(axes)
    axes.set_ylabel("over the same without a ligand")
    axes.set_ylim(0, None)
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")


def held_by_a_magnet(figure: Figure) -> None:
    """What a magnet holds of one pass of blood.

    Share of the vesicles of 100 nm in the blood of a mouse tumour (200 mm³) that reach a wall,
    against the gradient of the field, with 1, 10 or 100 cores of 10 nm in a vesicle. A permanent
    magnet has some 100 T/m at its pole, and a tenth to a hundredth of that a centimetre away.
    """
    axes = figure.add_subplot()
    gradient = np.geomspace(0.3, 1000.0, 120)
    key = "surface_engineering.insertion."
    iron = {"molecule": "iron_oxide"}
    core = core_moment(median(key + "core_diameter", **iron), median(key + "magnetisation", **iron))
    viscosity = median(BODY + "plasma_viscosity", species="mouse")
    blood = 200e-9 * median(BODY + "tumour_vascular_share", species="mouse") * 0.5
    flow = median(BODY + "tumour_perfusion") * 1050.0 * 200e-9 * 0.55
    radius = median(FINDS + "capillary_radius", organ="tumour")
    for cores, ink in zip((100, 10, 1), RIVALS, strict=False):
        drift = magnetic_drift(cores * core, gradient, SIZE, viscosity)
        cleared = pulled_clearance(drift, blood, radius)
        axes.plot(gradient, cleared / (cleared + flow), ink.dash, color=ink.line,
                  label=f"{cores} cores")  # fmt: skip
    axes.loglog()
    axes.minorticks_off()
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_xlabel("gradient of the field, T/m")
    axes.set_ylabel("share held of one pass")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def copies_by_anchor(figure: Figure) -> None:
    """How many vesicles carry so many copies, by the protein that holds them.

    Share of all small vesicles with at least so many copies, after what is cut off, at the medians
    of the rows. The plateau on the left is the share that has the anchor at all. Lamp2b with and
    without a glycan that guards the peptide.
    """
    axes = figure.add_subplot()
    key = "surface_engineering.display."
    needed = np.geomspace(1.0, 300.0, 150)
    wide = median(key + "dispersion")
    for (anchor, guard), ink in zip(
        (("cd63", "none"), ("gpi", "none"), ("lamp2b", "glycan"), ("lamp2b", "none")),
        RIVALS,
        strict=False,
    ):
        where = {"anchor": anchor, "guard": guard}
        share = median(key + "displaying", **where)
        mean = share * median(key + "copies", **where) * (1 - median(key + "cleaved", **where))
        words = {"cd63": "CD63", "gpi": "GPI", "lamp2b": "Lamp2b"}[anchor]
        words += ", guarded" if guard == "glycan" else ""
        axes.plot(
            needed, at_least(needed, mean, share, wide), ink.dash, color=ink.line, label=words
        )
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([1, 10, 100], ["1", "10", "100"])
    axes.set_xlabel("copies on a vesicle")
    share_axis(axes, "with so many or more")
    axes.legend(frameon=False, fontsize=8.5)


def membranes_fill(figure: Figure) -> None:
    """Insertion into a batch of vesicles.

    Copies on a vesicle of 100 nm against the amount of a lipid-anchored molecule, in tubes of 1e10,
    1e11 and 1e12 such vesicles, until the outer layer takes no more.
    """
    axes = figure.add_subplot()
    amount = np.geomspace(1e-14, 1e-8, 150)
    key, area = "surface_engineering.insertion.", np.pi * SIZE**2
    share, full = median(key + "insertion_yield"), median(key + "capacity")
    for number, ink in zip((1e10, 1e11, 1e12), RIVALS, strict=False):
        held = inserted_copies(amount * 6.02214076e23, share, full, number * area) * area
        axes.plot(
            amount * 1e12,
            held,
            ink.dash,
            color=ink.line,
            label=f"1e{np.log10(number):.0f} vesicles",
        )
    axes.loglog()
    axes.minorticks_off()
    axes.set_xlabel("amount added, pmol")
    axes.set_ylabel("copies on a vesicle")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5)


def bared(figure: Figure) -> None:
    """Sialic acid that is left, against time with the enzyme.

    At 1, 10 and 100 mg/L of sialidase and the medians of the rows; what crowded proteins hide
    stays.
    """
    axes = figure.add_subplot()
    time = np.geomspace(60.0, 86400.0, 150)
    key = "surface_engineering.glycan_editing."
    rate, hidden = median(key + "activity"), median(key + "out_of_reach")
    for enzyme, ink in zip((1e-3, 1e-2, 1e-1), RIVALS, strict=False):
        left = hidden + (1 - hidden) * np.exp(-rate * enzyme * time)
        axes.plot(time / HOUR, left, ink.dash, color=ink.line, label=f"{1e3 * enzyme:.0f} mg/L")
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    axes.set_xlabel("time with the enzyme, h")
    share_axis(axes, "sialic acid left")
    axes.legend(frameon=False, fontsize=8.5)


PICTURES = {
    "biodistribution.targeting": (one_pass, arrival_or_uptake),
    "biodistribution.magnetic_pull": (held_by_a_magnet,),
    "surface_engineering.display": (copies_by_anchor,),
    "surface_engineering.insertion": (membranes_fill,),
    "surface_engineering.glycan_editing": (bared,),
}
