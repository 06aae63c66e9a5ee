"""How fast tumour cells bind vesicles: by what every vesicle shows, and by its ligands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.penetration import exposure_variation, joint_variation, penetration_depth
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.laws.water import water_viscosity
from exocast.material.carrier import Carrier
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution import coat, phagocytes
from exocast.stages.biodistribution.body import BARE
from exocast.stages.biodistribution.targeting import BINDING_PORT, CellBinding

__all__ = [
    "PARAMETERS",
    "binding_rates",
    "cell_radius",
    "depth",
    "kept_share",
    "kept_with_and_without",
    "spaces",
    "spread",
]

Array = NDArray[np.float64]

BODY_TEMPERATURE = 310.15
"""[K]"""

SPACE = "tumour.interstitial"

_KEY = "uptake.endocytosis_and_escape."
CELL_RADIUS = Parameter(_KEY + "cell_radius", unit="m", doc="Radius of a target cell.")
HINDRANCE = Parameter(
    _KEY + "tissue_diffusivity",
    unit="1",
    doc="Diffusivity of a vesicle between tumour cells, relative to water at body temperature.",
    high=1.0,
)
BINDING = Parameter(
    _KEY + "binding_clearance",
    unit="m^3/s",
    doc="Liquid that one cell would clear by binding, were diffusion no limit (k_on times sites).",
)
UNBINDING = Parameter(_KEY + "unbinding", unit="1/s", doc="Bound vesicles that come off again.")
INTERNALISATION = Parameter(
    _KEY + "internalisation", unit="1/s", doc="Bound vesicles that are taken in."
)
OTHER_CELLS = Parameter(
    _KEY + "other_cells",
    unit="1",
    doc="Share of what cells of a tumour take in that goes to stroma and macrophages.",
    high=0.99,
    scale="logit",
)
CELL_VARIATION = Parameter(
    _KEY + "cell_variation",
    unit="1",
    doc="Coefficient of variation of uptake and opening over cells that meet the same exposure.",
    low=0.05,
    high=5.0,
)
VESSEL_RADIUS = Parameter(_KEY + "vessel_radius", unit="m", doc="Radius of a tumour capillary.")
TISSUE_RADIUS = Parameter(
    _KEY + "tissue_radius", unit="m", doc="Radius of the tumour tissue around one capillary."
)

PARAMETERS = (
    CELL_RADIUS,
    HINDRANCE,
    BINDING,
    UNBINDING,
    INTERNALISATION,
    OTHER_CELLS,
    CELL_VARIATION,
    VESSEL_RADIUS,
    TISSUE_RADIUS,
)


def spaces(wiring: Wiring) -> list[Place]:
    """Return the places between tumour cells: that of vesicles as dosed, and of the bare."""
    names = (SPACE, f"{BARE}{SPACE}")
    return [wiring.places[name] for name in names if name in wiring.places] or [wiring.place(SPACE)]


def cell_radius(wiring: Wiring, p: Draws) -> Array:
    """Return the radius of a target cell, array (n,) [m].

    As drawn, unless the tumour's cells would then not fit beside its interstitial liquid: many
    cells are small ones.
    """
    cells = wiring.port("tumour.cells")
    room = wiring.study.tumour_volume - wiring.port("tumour.interstitial_volume")
    each = np.divide(room, cells, out=np.full_like(cells, np.inf), where=cells > 0)
    return np.asarray(np.minimum(p[CELL_RADIUS], np.cbrt(0.75 / np.pi * each)))


def kept_share(p: Draws) -> Array:
    """Return the share of bound vesicles that are taken in before they come off, array (n,)."""
    return np.asarray(p[INTERNALISATION] / (p[INTERNALISATION] + p[UNBINDING]))


def _further(wiring: Wiring, carrier: Carrier, p: Draws, bare: bool) -> list[Array]:
    """Return the binding clearance that each ligand adds, arrays (n,) [m^3/s].

    Their rate is that of being taken in, so that what comes off again is bound beside it.
    """
    ligands: list[CellBinding] = wiring.published.get(BINDING_PORT, [])
    return [(one.bare if bare else one.coated)[carrier.name] / kept_share(p) for one in ligands]


def binding_rate(
    wiring: Wiring, p: Draws, carrier: Carrier, *, ligands: bool = True, bare: bool = False
) -> Array:
    """Return the per-capita rate of binding to tumour cells that are free, array (n,) [1/s].

    1/kappa = 1/(4 pi D R) + 1/(open k_on sites + what ligands add): a coat hides the vesicle.
    """
    space, cells = wiring.port("tumour.interstitial_volume"), wiring.port("tumour.cells")
    # Without a tumour both are 0: nothing arrives, and the rate does not matter.
    per_volume = np.divide(cells, space, out=np.zeros_like(space), where=space > 0)
    water = brownian_diffusivity(carrier.grid, float(water_viscosity(BODY_TEMPERATURE)))
    diffusivity = p[HINDRANCE][:, None] * water
    ceiling = encounter_ceiling(diffusivity, cell_radius(wiring, p)[:, None])
    binding = p[BINDING]
    if coat.is_coated(carrier) and not bare:
        area = phagocytes.surface_area(wiring.carriers)[carrier.kind]
        binding = binding * coat.surface_open(carrier, p, area)
    for one in _further(wiring, carrier, p, bare) if ligands else ():
        binding = binding + one
    each = carrier.average(uptake_clearance(ceiling, binding[:, None]))
    return np.asarray(per_volume * each)


def binding_rates(wiring: Wiring, p: Draws, place: Place) -> list[Expression]:
    """Return the rate of binding out of a place for each carrier, as ligands leave in time."""
    bare = place.name.startswith(BARE)
    name = f"{BARE if bare else ''}tumour.binding"
    whole = wiring.per_carrier(name, lambda one: binding_rate(wiring, p, one, bare=bare))
    held: list[CellBinding] = wiring.published.get(BINDING_PORT, [])
    if all(one.left is None for one in held):
        return whole
    own = wiring.per_carrier(
        f"{name}.own", lambda one: binding_rate(wiring, p, one, ligands=False, bare=bare)
    )
    rates = []
    for carrier, most, least in zip(wiring.carriers, whole, own, strict=True):
        added = _further(wiring, carrier, p, bare)
        total = np.maximum(np.sum(added, axis=0), 1e-300)
        left: Expression | float = 0.0
        for index, (one, each) in enumerate(zip(held, added, strict=True)):
            part = wiring.parameter(f"{name}.{carrier.name}.part_{index}", each / total)
            left = left + (part if one.left is None else part * one.left)
        rates.append(least + (most - least) * left)
    return rates


def depth(wiring: Wiring, p: Draws) -> Array:
    """Return how far from a vessel vesicles get before a cell keeps them, array (n,) [m]."""
    count = np.stack([carrier.count for carrier in wiring.carriers])
    weight = count / np.maximum(count.sum(axis=0), 1e-300)
    water = float(water_viscosity(BODY_TEMPERATURE))
    kept = kept_share(p) / (1.0 - p[OTHER_CELLS])
    lengths = [
        penetration_depth(
            p[HINDRANCE] * brownian_diffusivity(carrier.diameter, water),
            np.maximum(kept * binding_rate(wiring, p, carrier), 1e-12),
        )
        for carrier in wiring.carriers
    ]
    return np.asarray((weight * np.stack(lengths)).sum(axis=0))


def spread(wiring: Wiring, p: Draws) -> Array:
    """Return the coefficient of variation of opening events over cells, array (n,) [1]."""
    reached = np.maximum(depth(wiring, p), 1e-9)
    place = exposure_variation(reached, p[VESSEL_RADIUS], p[TISSUE_RADIUS])
    return joint_variation(place, p[CELL_VARIATION])


def kept_with_and_without(wiring: Wiring, p: Draws) -> tuple[Array, Array]:
    """Return the share of what arrives that cells take, with its ligands and without, (n,)."""
    count = np.stack([carrier.count for carrier in wiring.carriers])
    weight = count / np.maximum(count.sum(axis=0), 1e-300)
    stay = wiring.port("tumour.residence")
    taken = kept_share(p) / (1.0 - p[OTHER_CELLS])
    both = []
    for ligands in (True, False):
        rates = [
            taken * binding_rate(wiring, p, one, ligands=ligands) * stay[one.name]
            for one in wiring.carriers
        ]
        both.append((weight * np.stack([rate / (1.0 + rate) for rate in rates])).sum(axis=0))
    return both[0], both[1]
