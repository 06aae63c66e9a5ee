"""What phagocytes take out of blood: how many there are, what each clears, how much it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.nanoparticle import coat_loss_rate
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.laws.phagocyte_surface import (
    charge_factor,
    coated_smallest,
    contact_energy,
    debye_length,
    kept_share,
    wrapped_share,
)
from exocast.laws.polymer_brush import grafting_coverage, open_share
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.disturbances import PHAGOCYTES, change_of
from exocast.stages.biodistribution.liquids import TEMPERATURE, diffusivity
from exocast.stages.biodistribution.physiology import Circulation

__all__ = [
    "ALBUMIN",
    "CD47",
    "CHARGE",
    "DESORPTION",
    "DIGESTION",
    "GLYCANS",
    "GLYCAN_CHAINS",
    "MARK",
    "PARAMETERS",
    "PEG",
    "RECOGNITION",
    "SHIELDS",
    "bared_galactose",
    "blocker_clearance",
    "cell_clearance",
    "coat_loss",
    "kept_from_return",
    "needs",
    "phagocyte_capacity",
    "phagocyte_number",
    "surface_area",
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
SHIELD_FLOOR = Parameter(
    _KEY + "shield_floor",
    unit="1",
    doc="What a full shield leaves: encounters (PEG), bonds (albumin) or engulfment (CD47).",
    high=1.0,
    scale="logit",
)
UNMARKED = Parameter(
    _KEY + "unmarked_binding",
    unit="1",
    doc="Binding rate of a vesicle without phosphatidylserine over that of one with it.",
    high=1.0,
    scale="logit",
)
CD47_HALF = Parameter(
    _KEY + "cd47_half",
    unit="copy/particle",
    doc="Copies of CD47 that do half of what CD47 can do.",
)
COIL_RADIUS = Parameter(
    _KEY + "coil_radius", unit="m", doc="Radius of a grafted chain, or of a bound protein."
)
RECEPTOR_TIP = Parameter(
    _KEY + "receptor_tip", unit="m", doc="Edge of what a receptor must push into a coat to bind."
)
RETURN_HALF = Parameter(
    _KEY + "return_half",
    unit="copy/particle",
    doc="Albumin binders that do half of what recycling can do.",
)
RETURN_LARGEST = Parameter(
    _KEY + "return_largest",
    unit="1",
    doc="Vesicles with bound albumin that the neonatal Fc receptor carries back out, at the most.",
    high=1.0,
    scale="logit",
)
GALACTOSE = Parameter(
    _KEY + "galactose_binding",
    unit="1",
    doc="Binding of a vesicle without sialic acid by galactose lectins, over all other binding.",
)
ORDINARY_POTENTIAL = Parameter(
    _KEY + "ordinary_potential",
    unit="V",
    doc="Zeta potential of the vesicle to which the binding rate belongs.",
    low=-0.2,
    high=0.2,
    scale="linear",
)
CELL_POTENTIAL = Parameter(
    _KEY + "cell_potential",
    unit="V",
    doc="Zeta potential of a phagocyte.",
    low=-0.2,
    high=0.2,
    scale="linear",
)
CONTACT_GAP = Parameter(
    _KEY + "contact_gap", unit="m", doc="Distance of charged surfaces when a receptor binds."
)
RUFFLE_RADIUS = Parameter(
    _KEY + "ruffle_radius", unit="m", doc="Radius of the ruffle or microvillus that is touched."
)
IONIC_STRENGTH = Parameter(_KEY + "ionic_strength", unit="mol/m^3", doc="Ionic strength of plasma.")
WRAPPED_SMALLEST = Parameter(
    _KEY + "wrapped_smallest",
    unit="m",
    doc="Diameter at which half of bound vesicles can be wrapped, bare or through a coat of PEG.",
)

PEG, CD47, ALBUMIN = "peg", "cd47", "albumin"

SHIELDS = {PEG: "peg_copies", CD47: "cd47_copies", ALBUMIN: "albumin_binder_copies"}
"""What hides or excuses a vesicle, and the surface property that counts it."""

DESORPTION = "peg_desorption"
"""Surface property: rate at which the chains of a coat leave, in plasma [1/s]."""

MARK = "phosphatidylserine_share"
"""Surface property: share of vesicles that expose what scavenger receptors bind."""

RECOGNITION = "recognition"
"""Surface property: binding rate of a particle in its opsonins over the average vesicle's [1]."""

GLYCANS = "sialic_acid_share"
"""Surface property: sialic acid left on glycans, 1 for the ordinary vesicle."""

GLYCAN_CHAINS = "n_glycan_share"
"""Surface property: N-glycans that are left, 1 for the ordinary vesicle."""

CHARGE = "zeta_potential"
"""Surface property: zeta potential [V]."""

BLOCKER = 100e-9
"""Diameter of the particles of a blocking dose [m]: any that fill phagocytes will do."""

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
    CD47_HALF,
    RECEPTOR_TIP,
    RETURN_HALF,
    RETURN_LARGEST,
    ORDINARY_POTENTIAL,
    CELL_POTENTIAL,
    CONTACT_GAP,
    RUFFLE_RADIUS,
    IONIC_STRENGTH,
    WRAPPED_SMALLEST,
)
PARAMETERS = (*_SINGLE, RELATIVE, SHIELD_FLOOR, COIL_RADIUS, GALACTOSE)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of the rates of this module."""
    wanted = [Need(parameter) for parameter in _SINGLE]
    wanted += [Need(RELATIVE, {"organ": n.name}) for n in anatomy.filtering if not _is_kupffer(n)]
    wanted += [Need(GALACTOSE, {"organ": node.name}) for node in anatomy.filtering]
    wanted += [Need(SHIELD_FLOOR, {"shield": shield}) for shield in SHIELDS]
    wanted.append(Need(WRAPPED_SMALLEST, {"shield": PEG}))
    return wanted + [Need(COIL_RADIUS, {"shield": shield}) for shield in (PEG, ALBUMIN)]


def _is_kupffer(node: Node) -> bool:
    return node.phagocytes == "kupffer"


def surface_area(carriers: Sequence[Carrier]) -> Mapping[str, Array]:
    """Return the mean surface of a particle of each kind, arrays (n,) [m^2].

    A surface property counts molecules on the mean particle of its kind: their density is the same
    on small ones and on large ones.
    """
    areas = {}
    for kind in dict.fromkeys(carrier.kind for carrier in carriers):
        held = [carrier for carrier in carriers if carrier.kind == kind]
        count = np.stack([carrier.count for carrier in held], axis=1)
        area = np.stack([np.pi * carrier.diameter**2 for carrier in held], axis=1)
        total = count.sum(axis=1)
        weight = np.where(total[:, None] > 0, count, 1.0)
        areas[kind] = np.asarray((weight * area).sum(axis=1) / weight.sum(axis=1))
    return areas


def cell_clearance(
    carrier: Carrier,
    p: Draws,
    *,
    organ: str = "liver",
    area: Array | None = None,
    bare: bool = False,
    opsonised: bool = False,
) -> Array:
    """Return plasma that one phagocyte clears of a carrier, array (n,) [m^3/s].

    Averaged over the class *after* the law, because small vesicles meet cells more often.

    Parameters
    ----------
    carrier : Carrier
        With its surface; a property that is not there is that of the ordinary vesicle.
    p : Draws
        Drawn values.
    organ : str
        Where the phagocyte stands.
    area : array (n,) [m^2]
        From `surface_area`; that of the carrier itself when left out.
    bare : bool
        Whether it has shed the coat of PEG that it came with.
    opsonised : bool
        Whether antibody marks it: it binds outside a coat and needs no phosphatidylserine.
    """
    own = np.pi * carrier.diameter**2 if area is None else area
    encounters = np.ones(p.members)
    hidden = SHIELDS[PEG] in carrier.surface and not (bare or opsonised)
    if hidden:
        encounters = _open(carrier, p, PEG, own, p[RECEPTOR_TIP])
    ceiling = encounter_ceiling(
        diffusivity(carrier.grid, p),
        p[RADIUS][:, None],
        p[SHERWOOD][:, None],
        encounters[:, None],
    )
    binding = p[REACTION][:, None] * _charge(carrier, p)
    if RECOGNITION in carrier.surface and not opsonised:
        binding = binding * carrier.surface[RECOGNITION][:, None]
    if SHIELDS[ALBUMIN] in carrier.surface and not opsonised:
        binding = binding * _open(carrier, p, ALBUMIN, own)[:, None]
    lectin = np.zeros((p.members, 1))
    if GLYCANS in carrier.surface:
        lectin = (p.at(GALACTOSE, organ=organ) * bared_galactose(carrier))[:, None]
    clearance = uptake_clearance(ceiling, binding * (1.0 + lectin))
    if MARK in carrier.surface and not opsonised:
        marked = carrier.surface[MARK][:, None]
        rest = uptake_clearance(ceiling, binding * (p[UNMARKED][:, None] + lectin))
        clearance = marked * clearance + (1.0 - marked) * rest
    smallest = p[WRAPPED_SMALLEST]
    if hidden:
        coated = p.at(WRAPPED_SMALLEST, shield=PEG)
        smallest = coated_smallest(smallest, np.maximum(coated, smallest), encounters)
    engulfed = wrapped_share(carrier.grid, smallest[:, None])
    if SHIELDS[CD47] in carrier.surface:
        largest = 1.0 - p.at(SHIELD_FLOOR, shield=CD47)
        held = kept_share(carrier.surface[SHIELDS[CD47]], p[CD47_HALF], largest)
        engulfed = engulfed * held[:, None]
    kept = kept_from_return(carrier, p)
    return np.asarray(carrier.average(clearance * engulfed) * kept * p[SOURCE_FACTOR])


def bared_galactose(carrier: Carrier) -> Array:
    """Return the galactose that shows, over that of a vesicle without sialic acid, array (n,) [1].

    Of a carrier that has `GLYCANS` on its surface.
    """
    bared = np.clip(1.0 - carrier.surface[GLYCANS], 0.0, 1.0)
    return np.asarray(bared * carrier.surface.get(GLYCAN_CHAINS, 1.0))


def _open(carrier: Carrier, p: Draws, shield: str, area: Array, tip: Array | float = 0.0) -> Array:
    """Return what a coat of chains or bound proteins leaves open, array (n,) [1]."""
    radius = p.at(COIL_RADIUS, shield=shield)
    coverage = grafting_coverage(carrier.surface[SHIELDS[shield]], area, radius)
    return open_share(coverage, p.at(SHIELD_FLOOR, shield=shield), tip, radius)


def _charge(carrier: Carrier, p: Draws) -> Array:
    """Return the binding rate over that at the ordinary potential, array (n, k) or (1, 1) [1]."""
    if CHARGE not in carrier.surface:
        return np.ones((1, 1))
    screening = debye_length(p[IONIC_STRENGTH], p[TEMPERATURE])[:, None]
    cell, ruffle, gap, warm = (
        p[one][:, None] for one in (CELL_POTENTIAL, RUFFLE_RADIUS, CONTACT_GAP, TEMPERATURE)
    )
    here, ordinary = (
        contact_energy(zeta[:, None], cell, carrier.grid / 2.0, ruffle, gap, screening, warm)
        for zeta in (carrier.surface[CHARGE], p[ORDINARY_POTENTIAL])
    )
    return charge_factor(here, ordinary)


def kept_from_return(carrier: Carrier, p: Draws) -> Array:
    """Return the share of what a cell takes in that stays there, array (n,) [1].

    The neonatal Fc receptor of phagocytes and endothelium carries the rest back with its albumin.
    """
    copies = carrier.surface.get(SHIELDS[ALBUMIN])
    if copies is None:
        return np.ones(p.members)
    return kept_share(copies, p[RETURN_HALF], p[RETURN_LARGEST])


def blocker_clearance(p: Draws) -> Array:
    """Return plasma that one phagocyte clears of a blocking dose, array (n,) [m^3/s]."""
    speed = diffusivity(np.array([BLOCKER]), p)
    ceiling = encounter_ceiling(speed, p[RADIUS][:, None], p[SHERWOOD][:, None])
    return uptake_clearance(ceiling, p[REACTION][:, None])[:, 0]


def phagocyte_number(
    node: Node, blood: Circulation, p: Draws, study: Study, mass_density: Array
) -> Array:
    """Return phagocytes of an organ in units of healthy Kupffer cells, array (n,) [cell]."""
    liver = next(n.name for n in blood.anatomy.filtering if _is_kupffer(n))
    kupffer = p[DENSITY] * blood.tissue[liver] * mass_density
    if study.disturbances.get("macrophages") == "depleted":
        kupffer = kupffer * p[DEPLETION]
    number = kupffer if _is_kupffer(node) else kupffer * p.at(RELATIVE, organ=node.name)
    return np.asarray(number * change_of(study, p, PHAGOCYTES, node.name))


def phagocyte_capacity(number: Array, p: Draws) -> Array:
    """Return the vesicles that so many phagocytes can hold, array (n,) [particle]."""
    return np.asarray(number * p[CAPACITY])


def coat_loss(carrier: Carrier, p: Draws, area: Array | None = None) -> Array:
    """Return the rate at which a carrier's coat of PEG gives way in plasma, array (n,) [1/s].

    A coat has done half its work when its coils cover half of the surface.
    """
    if DESORPTION not in carrier.surface:
        return np.zeros(p.members)
    own = np.pi * carrier.diameter**2 if area is None else area
    copies = carrier.surface[SHIELDS[PEG]]
    one = grafting_coverage(1.0, own, p.at(COIL_RADIUS, shield=PEG))
    return coat_loss_rate(copies, np.log(2.0) / one, carrier.surface[DESORPTION])
