"""Fusogens: how many vesicles open by the proteins that they were given for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.avidity import bond_strength
from exocast.laws.membrane_fusion import contact_share, either, fusing_share, occupied_share
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.carried import copies_on
from exocast.stages.biodistribution.ligands import Ligand, ligand_table
from exocast.stages.biodistribution.receptor_beds import DISSOCIATION, OPEN, REACH, RECEPTORS
from exocast.stages.uptake.binding import cell_radius

__all__ = ["PARAMETERS", "fusogens", "needs_in", "opened_by_fusogens"]

Array = NDArray[np.float64]

_KEY = "uptake.endocytosis_and_escape."
FUSION_REACH = Parameter(
    _KEY + "fusion_reach", unit="m", doc="Length of a fusion protein that reaches for a membrane."
)
TRIMERS = Parameter(
    _KEY + "trimers_needed", unit="1", doc="Trimers of a fusogen that must act together.", low=1.0
)
ACTIVE = Parameter(
    _KEY + "active_trimers",
    unit="1",
    doc="Share of triggered trimers in contact that fold back before they are spent.",
    high=1.0,
    scale="logit",
)
PORE = Parameter(
    _KEY + "pore_opening",
    unit="1",
    doc="Share of joined outer layers that go on to an open pore.",
    high=1.0,
    scale="logit",
)
NEUTRALISED = Parameter(
    _KEY + "neutralised",
    unit="1",
    doc="Share of vesicles with a fusogen that serum makes unable to fuse.",
    high=1.0,
    scale="logit",
)
PARAMETERS = (FUSION_REACH, TRIMERS, ACTIVE, PORE, NEUTRALISED)
BONDS = (REACH, RECEPTORS, OPEN, DISSOCIATION)

ACID, RECEPTOR = "acid", "receptor"
"""What triggers a fusogen: the acid of a late endosome, or its receptor at any pH."""

LOCAL = "intratumoural"
"""Route on which vesicles meet cells before they meet serum."""


def fusogens(study: Study) -> Iterator[Ligand]:
    """Yield what stands on the vesicles and fuses."""
    for name in study.ligands:
        if ligand_table()[name].fuses:
            yield ligand_table()[name]


def needs_in(study: Study) -> list[Need]:
    """Return what the fusogens of a study need."""
    wanted = []
    for ligand in fusogens(study):
        context = {"ligand": ligand.name}
        wanted += [Need(one, context) for one in (FUSION_REACH, TRIMERS, ACTIVE, PORE)]
        if study.route != LOCAL:
            wanted.append(Need(NEUTRALISED, context))
        if ligand.fuses == RECEPTOR:
            wanted += [Need(one, where) for where in _places(ligand) for one in BONDS[1:]]
            wanted.append(Need(REACH, context))
    return wanted


def _places(ligand: Ligand) -> list[dict[str, str]]:
    where = {"ligand": ligand.name, "site": "tumour_cell", "organ": "tumour"}
    return [{**where, "receptor": one.name} for one in ligand.bound if one.tumour_cells]


def opened_by_fusogens(wiring: Wiring, p: Draws, carrier: Carrier) -> tuple[Array, Array]:
    """Return the shares of a carrier's vesicles that fuse while bound, and in endosomes, (n,)."""
    outside, inside = np.zeros(wiring.members), np.zeros(wiring.members)
    for ligand in fusogens(wiring.study):
        name, here = f"ligand.{ligand.name}", {"ligand": ligand.name}
        if name not in carrier.surface:
            continue
        contact = contact_share(carrier.diameter, p.at(FUSION_REACH, **here))
        acting = contact * p.at(ACTIVE, **here)
        if ligand.fuses == RECEPTOR:
            acting = acting * _engaged(wiring, p, ligand)
        fused = p.at(PORE, **here) * fusing_share(
            copies_on(wiring, carrier, name),
            carrier.surface.get(f"{name}.share", 1.0),
            carrier.surface.get(f"{name}.dispersion", 0.0),
            acting,
            p.at(TRIMERS, **here),
        )
        if wiring.study.route != LOCAL:
            fused = fused * (1.0 - p.at(NEUTRALISED, **here))
        if ligand.fuses == RECEPTOR:
            outside = either(outside, fused)
        else:
            inside = either(inside, fused)
    return outside, inside


def _engaged(wiring: Wiring, p: Draws, ligand: Ligand) -> Array:
    """Return the share of trimers in contact that a receptor of the target cell triggers, (n,)."""
    area = 4.0 * np.pi * cell_radius(wiring, p) ** 2
    odds = np.zeros(wiring.members)
    for where in _places(ligand):
        free = p.at(RECEPTORS, **where) * p.at(OPEN, **where)
        reach = p.at(REACH, ligand=ligand.name)
        odds = odds + bond_strength(free / area, reach, p.at(DISSOCIATION, **where))
    return occupied_share(odds)
