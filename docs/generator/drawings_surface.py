"""Pictures of chemistry, binding, coats and fusogens on vesicles: each evaluates the law of a run.

The first line of a docstring is the picture's title, the rest its caption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from exocast.laws.conjugation import coupled, function_kept, handles_made, room_for
from exocast.laws.membrane_fusion import contact_share, fusing_share
from exocast.laws.polymer_brush import grafting_coverage, open_share, open_to_ligand
from exocast.laws.site_binding import bound_to_sites
from exocast.report.style import QUIET, RIVALS, plain
from generator.drawings_tube import share_axis
from generator.numbers import ends, median

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SIZE, NUMBER, VOLUME = 100e-9, 1e11, 5e-7
AREA = np.pi * SIZE**2
AVOGADRO = 6.02214076e23
CLICK, BINDS, CELL, BODY = (
    "surface_engineering.conjugation.",
    "surface_engineering.affinity.",
    "uptake.endocytosis_and_escape.",
    "biodistribution.whole_body.",
)


def copies_and_function(figure: Figure) -> None:
    """More handles, more copies, less of what the vesicle had.

    Copies of a small ligand on a vesicle of 100 nm (1e11 of them in 0.5 mL, 10 nmol of it,
    overnight), and the share of the vesicle's own surface molecules that still bind, against the
    activated ester, at the medians of the rows, without copper and with it. Dotted: the room that
    such ligands find side by side.
    """
    left, right = figure.subplots(1, 2)
    reagent = np.geomspace(1e-3, 1.0, 100)
    for chemistry, ink in zip(("dbco_azide", "copper_click"), RIVALS, strict=False):
        where = {"chemistry": chemistry, "molecule": "her2_peptide"}
        value = {one: median(CLICK + one, **where) for one in
                 ("sites", "labelling", "hydrolysis", "coupling", "essential_amines", "damage",
                  "molecule_radius")}  # fmt: skip
        made = handles_made(reagent, value["labelling"], value["hydrolysis"], 3600.0)
        density = np.minimum(made * value["sites"], room_for(value["molecule_radius"]))
        handles = density * AREA * NUMBER / AVOGADRO / VOLUME
        held = coupled(handles, 1e-8 / VOLUME, value["coupling"], 43200.0) / handles
        words = "copper" if chemistry == "copper_click" else "no copper"
        left.plot(1e3 * reagent, density * held * AREA, ink.dash, color=ink.line, label=words)
        kept = (1 - value["damage"]) * function_kept(made, value["essential_amines"])
        right.plot(1e3 * reagent, kept, ink.dash, color=ink.line, label=words)
    room = room_for(median(CLICK + "molecule_radius", molecule="her2_peptide"))
    left.axhline(float(room) * AREA, color=QUIET, ls=":")
    for axes, words in ((left, "copies on a vesicle"), (right, "")):
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
        axes.set_xlabel("activated ester, µM")
        if words:
            axes.set_ylabel(words)
            plain(axes, left=True)
    share_axis(right, "still bind")
    left.legend(frameon=False, fontsize=8.5)


def bound_and_hidden(figure: Figure) -> None:
    """What lactadherin's C1C2 puts on, and what it hides.

    Share of the sites of phosphatidylserine that are bound, in the end, against the amount of a
    fusion added to 1e10, 1e11 or 1e12 vesicles of 100 nm, half of which expose it, in 0.5 mL. So
    much less do phagocytes see. The band: few and many sites, for 1e11.
    """
    axes = figure.add_subplot()
    amount = np.geomspace(1e-13, 1e-8, 150)
    constant = median(BINDS + "dissociation", target="phosphatidylserine")

    def share(number: float, sites: float) -> np.ndarray:
        found = 0.5 * number * sites * AREA / AVOGADRO / VOLUME
        return np.asarray(bound_to_sites(amount / VOLUME, found, constant) / found)

    low, high = ends(BINDS + "sites")
    axes.fill_between(amount * 1e12, share(1e11, high), share(1e11, low), color=QUIET, alpha=0.2,
                      lw=0)  # fmt: skip
    for number, ink in zip((1e10, 1e11, 1e12), RIVALS, strict=False):
        held = share(number, median(BINDS + "sites"))
        label = f"1e{np.log10(number):.0f} vesicles"
        axes.plot(amount * 1e12, held, ink.dash, color=ink.line, label=label)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([0.1, 1, 10, 100, 1000, 10000], ["0.1", "1", "10", "100", "1,000", "10,000"])
    axes.set_xlabel("amount added, pmol")
    share_axis(axes, "sites bound")
    axes.legend(frameon=False, fontsize=8.5, loc="upper left")


def what_a_coat_hides(figure: Figure) -> None:
    """A coat hides what is short.

    Share of encounters that get past a coat of PEG of 2 kg/mol on a vesicle of 100 nm, against its
    chains, at the medians of the rows: to the vesicle itself, to a ligand of 2 or 4 nm at its foot,
    and to one on the end of such a chain.
    """
    axes = figure.add_subplot()
    chains = np.geomspace(50, 2e4, 150)
    radius = median(BODY + "coil_radius", shield="peg")
    floor = median(BODY + "shield_floor", shield="peg")
    tip = median(BODY + "receptor_tip")
    cover = grafting_coverage(chains, AREA, radius)
    drawn = [("the vesicle", open_share(cover, floor, tip, radius))]
    drawn += [
        (words, open_to_ligand(cover, floor, tip, radius, height))
        for words, height in (("2 nm", 2e-9), ("4 nm", 4e-9), ("on a chain", 7e-9))
    ]
    for (words, share), ink in zip(drawn, RIVALS, strict=False):
        axes.plot(chains, share, ink.dash, color=ink.line, label=words)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([100, 1000, 10000], ["100", "1,000", "10,000"])
    axes.set_xlabel("chains on a vesicle")
    share_axis(axes, "left open")
    axes.legend(frameon=False, fontsize=8.5)


def trimers(figure: Figure) -> None:
    """How many trimers a fusogen needs.

    Share of the vesicles taken in that open by a fusogen of which four trimers must act together,
    against its trimers on a vesicle of 100 nm: where all vesicles carry it alike (as viruses do),
    and where two in five do and their copies spread as widely as their mean. Medians of the rows;
    band: the share of trimers in contact that act. Dotted lines: what opens without a fusogen,
    under both hypotheses.
    """
    axes = figure.add_subplot()
    copies = np.geomspace(1.0, 2000.0, 150)
    here = {"ligand": "vsv_g"}
    needed, pore = median(CELL + "trimers_needed", **here), median(CELL + "pore_opening", **here)
    contact = contact_share(SIZE, median(CELL + "fusion_reach", **here))
    active = median(CELL + "active_trimers", **here)
    key = "surface_engineering.display."
    share = median(key + "displaying", anchor="own", guard="none")
    wide = median(key + "dispersion")
    low, high = ends(CELL + "active_trimers", **here)

    def opened(given: float, spread: float, acting: float) -> np.ndarray:
        each = fusing_share(copies * given, given, spread, contact * acting, needed)
        return np.asarray(pore * each)

    axes.fill_between(copies, opened(share, wide, low), opened(share, wide, high), color=QUIET,
                      alpha=0.2, lw=0)  # fmt: skip
    for (words, given, spread), ink in zip(
        (("all alike", 1.0, 0.0), ("as displayed", share, wide)), RIVALS, strict=False
    ):
        axes.plot(copies, opened(given, spread, active), ink.dash, color=ink.line, label=words)
    for level in (3.162e-5, 0.05477):
        axes.axhline(level, color=QUIET, ls=":")
    axes.loglog()
    axes.set_ylim(1e-6, 1)
    axes.minorticks_off()
    axes.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    axes.set_xlabel("trimers on a vesicle that has any")
    axes.set_ylabel("share that opens")
    plain(axes, left=True)
    axes.legend(frameon=False, fontsize=8.5, loc="lower right")


PICTURES = {
    "surface_engineering.conjugation": (copies_and_function,),
    "surface_engineering.affinity": (bound_and_hidden,),
}
FURTHER = {
    "surface_engineering.insertion": (what_a_coat_hides,),
    "uptake.endocytosis_and_escape": (trimers,),
}
"""Pictures of methods that have others elsewhere."""
