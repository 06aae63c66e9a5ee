"""A coat of chains: whether a receptor gets past it, to the vesicle itself or to a ligand on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.polymer_brush import grafting_coverage, open_share, open_to_ligand
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution.phagocytes import (
    COIL_RADIUS,
    DESORPTION,
    PEG,
    RECEPTOR_TIP,
    SHIELD_FLOOR,
    SHIELDS,
)

__all__ = ["PARAMETERS", "is_coated", "ligand_open", "needs", "sheds", "surface_open"]

Array = NDArray[np.float64]

PARAMETERS: tuple[Parameter, ...] = (COIL_RADIUS, SHIELD_FLOOR, RECEPTOR_TIP)


def needs() -> list[Need]:
    """Return what a coat of PEG needs."""
    shield = {"shield": PEG}
    return [Need(COIL_RADIUS, shield), Need(SHIELD_FLOOR, shield), Need(RECEPTOR_TIP)]


def is_coated(carrier: Carrier) -> bool:
    """Return whether a carrier comes in a coat of PEG."""
    return SHIELDS[PEG] in carrier.surface


def sheds(carriers: Sequence[Carrier]) -> bool:
    """Return whether any carrier comes in a coat that it loses in plasma."""
    return any(DESORPTION in one.surface for one in carriers)


def _coverage(carrier: Carrier, p: Draws, area: Array) -> Array:
    radius = p.at(COIL_RADIUS, shield=PEG)
    return grafting_coverage(carrier.surface[SHIELDS[PEG]], area, radius)


def surface_open(carrier: Carrier, p: Draws, area: Array) -> Array:
    """Return the share of encounters in which a cell's own receptors get past the coat, (n,) [1].

    Parameters
    ----------
    carrier : Carrier
        In a coat, or not.
    p : Draws
        Drawn values.
    area : array (n,) [m^2]
        Mean surface of a particle of its kind.
    """
    if not is_coated(carrier):
        return np.ones(p.members)
    radius, floor = p.at(COIL_RADIUS, shield=PEG), p.at(SHIELD_FLOOR, shield=PEG)
    return open_share(_coverage(carrier, p, area), floor, p[RECEPTOR_TIP], radius)


def ligand_open(carrier: Carrier, p: Draws, area: Array, height: Array) -> Array:
    """Return the share of encounters in which a receptor gets at a ligand of a height, (n,) [1]."""
    if not is_coated(carrier):
        return np.ones(p.members)
    radius, floor = p.at(COIL_RADIUS, shield=PEG), p.at(SHIELD_FLOOR, shield=PEG)
    return open_to_ligand(_coverage(carrier, p, area), floor, p[RECEPTOR_TIP], radius, height)
