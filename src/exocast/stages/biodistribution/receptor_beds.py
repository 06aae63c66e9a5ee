"""Receptors of one site in one organ, and what they clear of vesicles that carry a ligand."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.avidity import (
    avidity,
    binding_clearance,
    bond_strength,
    bonds_in_reach,
    capture_share,
    wall_clearance,
)
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.material.carrier import Carrier
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import coat, phagocytes
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.carried import displayed_on
from exocast.stages.biodistribution.ligands import Receptor
from exocast.stages.biodistribution.liquids import TEMPERATURE, VISCOSITY, diffusivity
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY, Circulation

__all__ = [
    "BODY",
    "BONDS",
    "CAPILLARY_RADIUS",
    "CAPILLARY_SHARE",
    "CELLS",
    "CROSSING",
    "DISSOCIATION",
    "LIGAND",
    "OPEN",
    "PARENCHYMAL_RADIUS",
    "REACH",
    "RECEPTORS",
    "RETURN",
    "TISSUE_DIFFUSIVITY",
    "WALLS",
    "Bed",
    "fill",
    "limit",
    "sources_of",
    "taken_by",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.targeting."
ASSOCIATION = Parameter(
    _KEY + "association", unit="m^3/mol/s", doc="Association rate constant of one bond."
)
DISSOCIATION = Parameter(
    _KEY + "dissociation", unit="mol/m^3", doc="Dissociation constant of one bond."
)
REACH = Parameter(
    _KEY + "reach", unit="m", doc="Length of ligand, tether and receptor together.", low=1e-9
)
RECEPTORS = Parameter(_KEY + "receptors", unit="copy", doc="Receptors on the surface of one cell.")
HEIGHT = Parameter(
    _KEY + "height", unit="m", doc="Of the ligand's binding site above the membrane."
)
OPEN = Parameter(
    _KEY + "open_receptors",
    unit="1",
    doc="Share of receptors that what plasma holds leaves open.",
    high=1.0,
    scale="logit",
)
RETURN = Parameter(
    _KEY + "receptor_return", unit="1/s", doc="Rate at which a used receptor is open again."
)
INTERNALISATION = Parameter(
    _KEY + "internalisation", unit="1/s", doc="Rate at which a cell takes in a vesicle it holds."
)
CROSSING = Parameter(
    _KEY + "crossing",
    unit="1",
    doc="Share of what vessel walls take by a receptor that they hand on to the tissue.",
    high=1.0,
    scale="logit",
)
ENDOTHELIAL_AREA = Parameter(
    _KEY + "endothelial_area", unit="m^2", doc="Surface of one endothelial cell towards blood."
)
CAPILLARY_RADIUS = Parameter(_KEY + "capillary_radius", unit="m", doc="Radius of a capillary.")
CAPILLARY_SHARE = Parameter(
    _KEY + "capillary_share", unit="1", doc="Share of an organ's blood in capillaries.", high=1.0
)
WALL_TRANSFER = Parameter(
    _KEY + "wall_transfer", unit="1", doc="Sherwood number of mass transfer to a capillary's wall."
)
PARENCHYMAL_CELLS = Parameter(
    _KEY + "parenchymal_cells", unit="1/kg", doc="Cells behind the capillaries, per mass of organ."
)
PARENCHYMAL_RADIUS = Parameter(
    _KEY + "parenchymal_radius", unit="m", doc="Radius of the sphere with such a cell's surface."
)
TISSUE_DIFFUSIVITY = Parameter(
    _KEY + "tissue_diffusivity",
    unit="1",
    doc="Diffusivity of a vesicle between cells, relative to plasma.",
    high=1.0,
)

LIGAND = (REACH, HEIGHT, INTERNALISATION)
BODY = (TEMPERATURE, VISCOSITY, TUMOUR_DENSITY)
WALLS = (ENDOTHELIAL_AREA, CAPILLARY_RADIUS, CAPILLARY_SHARE, WALL_TRANSFER)
CELLS = (PARENCHYMAL_CELLS, PARENCHYMAL_RADIUS)
BONDS = (ASSOCIATION, DISSOCIATION, RECEPTORS, OPEN, RETURN)

Cleared = dict[str, dict[str, Array]]
"""Receptor to carrier to what it clears of a whole bed [m^3/s]."""


@dataclass
class Bed:
    """Receptors of one site in one organ, and what they take of each carrier as it is dosed.

    `bare` is of carriers that have shed their coat.
    """

    site: str
    organ: str
    clearance: Cleared = field(default_factory=dict)
    bonds: dict[str, dict[str, Array]] = field(default_factory=dict)
    bare: Cleared = field(default_factory=dict)
    stock: dict[str, Array] = field(default_factory=dict)
    """Receptor to all of them in the bed [copy]."""


def displayed(ligand: str, wiring: Wiring, carrier: Carrier) -> tuple[Array, Array]:
    """Return the share of a carrier with any ligand, and the copies on one of these, (n,)."""
    return displayed_on(wiring, carrier, f"ligand.{ligand}")


def _opened(ligand: str, wiring: Wiring, carrier: Carrier, p: Draws) -> Array:
    """Return the share of the ligand's copies that a receptor gets at through a coat, (n,)."""
    spacer = carrier.surface.get(f"ligand.{ligand}.spacer", 0.0)
    area = phagocytes.surface_area(wiring.carriers)[carrier.kind]
    return coat.ligand_open(carrier, p, area, p[HEIGHT] + spacer)


def sources_of(wiring: Wiring, site: str, organ: str) -> list[Place]:
    """Return the places from which a site takes, as far as the body has them."""
    part = "interstitial" if site == "parenchyma" else "vascular"
    names = (f"{organ}.{part}", f"{BARE}{organ}.{part}")
    return [wiring.places[name] for name in names if name in wiring.places]


def _cells_of(wiring: Wiring, blood: Circulation, bed: Bed, p: Draws) -> tuple[Array, Array]:
    """Return the cells of a bed and the surface of one, arrays (n,)."""
    organ = bed.organ
    if bed.site == "endothelium":
        area = p.at(ENDOTHELIAL_AREA, organ=organ)
        return _wall_of(blood, organ, p) / area, area
    if bed.site == "phagocyte":
        node = next(one for one in blood.anatomy.nodes if one.name == organ)
        number = phagocytes.phagocyte_number(node, blood, p, wiring.study, p[TUMOUR_DENSITY])
        return number, 4.0 * np.pi * p[phagocytes.RADIUS] ** 2
    radius = p.at(PARENCHYMAL_RADIUS, organ=organ)
    if bed.site == "tumour_cell":
        return np.ones(wiring.members), 4.0 * np.pi * radius**2
    number = p.at(PARENCHYMAL_CELLS, organ=organ) * p[TUMOUR_DENSITY] * blood.tissue[organ]
    return number, 4.0 * np.pi * radius**2


def _wall_of(blood: Circulation, organ: str, p: Draws) -> Array:
    """Return the surface of an organ's capillaries, array (n,) [m^2]."""
    inside = blood.blood[organ] * p.at(CAPILLARY_SHARE, organ=organ)
    return np.asarray(2.0 * inside / p.at(CAPILLARY_RADIUS, organ=organ))


def fill(
    ligand: str, wiring: Wiring, blood: Circulation, bed: Bed, receptor: Receptor, p: Draws
) -> None:
    """Note what one receptor of a bed would take of each carrier, were diffusion no limit."""
    where = {"receptor": receptor.name, "site": bed.site, "organ": bed.organ}
    cells, area = _cells_of(wiring, blood, bed, p)
    each = p.at(RECEPTORS, **where) * p.at(OPEN, **where)
    on, equilibrium = p.at(ASSOCIATION, **where), p.at(DISSOCIATION, **where)
    bed.stock[receptor.name] = cells * each
    strength = bond_strength(each / area, p[REACH], equilibrium)
    phases = [(bed.clearance, False)]
    if coat.sheds(wiring.carriers):
        phases.append((bed.bare, True))
    bed.bonds[receptor.name] = {}
    for cleared, bare in phases:
        cleared[receptor.name] = {}
        for carrier in wiring.carriers:
            _, copies = displayed(ligand, wiring, carrier)
            if not bare:
                copies = copies * _opened(ligand, wiring, carrier, p)
            bonds = bonds_in_reach(copies, carrier.diameter, p[REACH], each / area)
            held = capture_share(p[INTERNALISATION], on * equilibrium, avidity(bonds, strength))
            clearance = binding_clearance(on, copies, each, held)
            cleared[receptor.name][carrier.name] = clearance
            bed.bonds[receptor.name][carrier.name] = bonds


def limit(ligand: str, wiring: Wiring, blood: Circulation, bed: Bed, p: Draws) -> None:
    """Put diffusion in series with all receptors of a bed, and count its cells."""
    for cleared in (bed.clearance, bed.bare):
        if cleared:
            _limit_one(ligand, wiring, blood, bed, cleared, p)


def _limit_one(
    ligand: str, wiring: Wiring, blood: Circulation, bed: Bed, cleared: Cleared, p: Draws
) -> None:
    cells, area = _cells_of(wiring, blood, bed, p)
    for carrier in wiring.carriers:
        reaction = np.sum([one[carrier.name] for one in cleared.values()], axis=0)
        some, _ = displayed(ligand, wiring, carrier)
        speed = carrier.average(diffusivity(carrier.grid, p))
        if bed.site == "tumour_cell":  # The cell model limits it by diffusion there.
            total = reaction
        elif bed.site == "endothelium":
            per_area = wall_clearance(
                speed,
                p.at(CAPILLARY_RADIUS, organ=bed.organ),
                reaction / area,
                p.at(WALL_TRANSFER, organ=bed.organ),
            )
            total = per_area * area
        elif bed.site == "phagocyte":
            ceiling = encounter_ceiling(speed, p[phagocytes.RADIUS], p[phagocytes.SHERWOOD])
            own = uptake_clearance(ceiling, p[phagocytes.REACTION])
            both = uptake_clearance(ceiling, p[phagocytes.REACTION] + reaction)
            total = np.maximum(both - own, 0.0) * p[phagocytes.SOURCE_FACTOR]
        else:
            ceiling = encounter_ceiling(
                speed * p[TISSUE_DIFFUSIVITY], p.at(PARENCHYMAL_RADIUS, organ=bed.organ)
            )
            total = uptake_clearance(ceiling, reaction)
        share = np.divide(
            some * cells * total, reaction, out=np.zeros_like(reaction), where=reaction > 0
        )
        for one in cleared.values():
            one[carrier.name] = one[carrier.name] * share


def taken_by(wiring: Wiring, bed: Bed) -> Array:
    """Return what a bed clears of the mean vesicle, array (n,) [m^3/s]."""
    count = np.stack([one.count for one in wiring.carriers])
    cleared = np.stack(
        [
            np.sum([held[one.name] for held in bed.clearance.values()], axis=0)
            for one in wiring.carriers
        ]
    )
    total = np.maximum(count.sum(axis=0), 1e-300)
    return np.asarray((count * cleared).sum(axis=0) / total)
