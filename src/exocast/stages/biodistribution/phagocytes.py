"""What phagocytes take out of blood: how many there are, what each clears, how much it holds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.nanoparticle import coat_loss_rate
from exocast.laws.phagocyte_encounter import encounter_ceiling, exposed_share, uptake_clearance
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.physiology import Circulation
from exocast.stages.biodistribution.uptake_from_blood import diffusivity

__all__ = [
    "DESORPTION",
    "DIGESTION",
    "MARK",
    "PARAMETERS",
    "SHIELDS",
    "cell_clearance",
    "coat_loss",
    "needs",
    "phagocyte_capacity",
    "phagocyte_number",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body."
RADIUS = Parameter(
    _KEY + "phagocyte_radius", unit="m", doc="Radius of the sphere with a phagocyte's free surface."
)
SHERWOOD = Parameter(
    _KEY + "sherwood", unit="1", doc="Flux to a phagocyte over that to a sphere in liquid at rest."
)
REACTION = Parameter(
    _KEY + "reaction", unit="m^3/s", doc="Association rate constant times sites of a phagocyte."
)
SOURCE_FACTOR = Parameter(
    _KEY + "source_factor", unit="1", doc="Uptake of this preparation over that of the average one."
)
DENSITY = Parameter(_KEY + "phagocyte_density", unit="1/kg", doc="Kupffer cells per mass of liver.")
RELATIVE = Parameter(
    _KEY + "relative_uptake", unit="1", doc="An organ's phagocytes over the Kupffer cells."
)
CAPACITY = Parameter(
    _KEY + "phagocyte_capacity", unit="particle", doc="Vesicles that one phagocyte can hold."
)
DIGESTION = Parameter(_KEY + "digestion", unit="1/s", doc="Rate at which capacity is regained.")
DEPLETION = Parameter(
    _KEY + "depletion_residual", unit="1", doc="Phagocytes that a depletion leaves.", high=1.0
)
SHIELD_HALF = Parameter(
    _KEY + "shield_half", unit="copy/particle", doc="Copies of a shield that do half its work."
)
SHIELD_FLOOR = Parameter(
    _KEY + "shield_floor",
    unit="1",
    doc="Encounters left by a full shield.",
    high=1.0,
    scale="logit",
)

UNMARKED = Parameter(
    _KEY + "unmarked_exposure",
    unit="1",
    doc="Encounters open to a vesicle without phosphatidylserine, over those with it.",
    high=1.0,
    scale="logit",
)

SHIELDS = {"cd47": "cd47_copies", "peg": "peg_copies"}
"""Shields, and the surface property that counts them: they hide a vesicle from phagocytes."""

DESORPTION = "peg_desorption"
"""Surface property: rate at which the chains of a coat leave, in plasma [1/s]."""

MARK = "phosphatidylserine_share"
"""Surface property: share of vesicles that expose what scavenger receptors bind."""

_SINGLE = (
    RADIUS,
    SHERWOOD,
    REACTION,
    SOURCE_FACTOR,
    DENSITY,
    CAPACITY,
    DIGESTION,
    DEPLETION,
    UNMARKED,
)
PARAMETERS = (*_SINGLE, RELATIVE, SHIELD_HALF, SHIELD_FLOOR)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of the rates of this module."""
    wanted = [Need(parameter) for parameter in _SINGLE]
    wanted += [Need(RELATIVE, {"organ": n.name}) for n in anatomy.filtering if not _is_kupffer(n)]
    for shield in SHIELDS:
        wanted += [Need(part, {"shield": shield}) for part in (SHIELD_HALF, SHIELD_FLOOR)]
    return wanted


def _is_kupffer(node: Node) -> bool:
    return node.phagocytes == "kupffer"


def cell_clearance(carrier: Carrier, p: Draws, *, bare: bool = False) -> Array:
    """Return plasma that one phagocyte clears of a carrier, array (n,) [m^3/s].

    Averaged over the class *after* the law, because small vesicles meet cells more often. A bare
    one has shed the coat of PEG that it came with.
    """
    exposed = np.ones(p.members)
    for shield, copies in SHIELDS.items():
        if copies in carrier.surface and not (bare and shield == "peg"):
            half, floor = (p.at(part, shield=shield) for part in (SHIELD_HALF, SHIELD_FLOOR))
            exposed = exposed * exposed_share(carrier.surface[copies], half, floor)
    if MARK in carrier.surface:
        marked = carrier.surface[MARK]
        exposed = exposed * (marked + (1.0 - marked) * p[UNMARKED])
    ceiling = encounter_ceiling(
        diffusivity(carrier.grid, p),
        p[RADIUS][:, None],
        p[SHERWOOD][:, None],
        exposed[:, None],
    )
    return carrier.average(uptake_clearance(ceiling, p[REACTION][:, None])) * p[SOURCE_FACTOR]


def phagocyte_number(
    node: Node, blood: Circulation, p: Draws, study: Study, mass_density: Array
) -> Array:
    """Return phagocytes of an organ in units of Kupffer cells, array (n,) [cell]."""
    liver = next(n.name for n in blood.anatomy.filtering if _is_kupffer(n))
    kupffer = p[DENSITY] * blood.tissue[liver] * mass_density
    if study.disturbances.get("macrophages") == "depleted":
        kupffer = kupffer * p[DEPLETION]
    return kupffer if _is_kupffer(node) else kupffer * p.at(RELATIVE, organ=node.name)


def phagocyte_capacity(number: Array, p: Draws) -> Array:
    """Return the vesicles that so many phagocytes can hold, array (n,) [particle]."""
    return np.asarray(number * p[CAPACITY])


def coat_loss(carrier: Carrier, p: Draws) -> Array:
    """Return the rate at which a carrier's coat of PEG gives way in plasma, array (n,) [1/s]."""
    half = p.at(SHIELD_HALF, shield="peg")
    return coat_loss_rate(carrier.surface[SHIELDS["peg"]], half, carrier.surface[DESORPTION])
