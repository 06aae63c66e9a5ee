"""A pore in a membrane: what opens it, how wide it is, for how long, and how much gets through."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import lumen_diameter
from exocast.laws.membrane_opening import (
    closing_time,
    exchange_rate,
    exchanged_level,
    met_share,
    relaxing_pore,
)
from exocast.laws.steric import accessible_volume
from exocast.material.suspension import Population
from exocast.stages.loading.cargo import DIFFUSIVITY, hydrodynamic_diameter
from exocast.stages.loading.contact import BILAYER_THICKNESS

__all__ = [
    "CLOSING",
    "RUPTURE_SPREAD",
    "RUPTURE_STRAIN",
    "RUPTURE_TENSION",
    "filling",
    "open_time",
    "pore_life",
    "rupture_filling",
]

Array = NDArray[np.float64]

RUPTURE_TENSION = Parameter(
    "loading.opening.rupture_tension", "N/m", "Tension at which the membrane of a vesicle opens."
)
RUPTURE_STRAIN = Parameter(
    "loading.opening.rupture_strain", "1", "Stretch of its area at which a membrane opens.",
    high=1.0, scale="logit",
)  # fmt: skip
RUPTURE_SPREAD = Parameter(
    "loading.opening.rupture_spread", "1",
    "Spread of the logarithm of either between vesicles.", low=0.01,
)  # fmt: skip
LINE_TENSION = Parameter(
    "loading.opening.line_tension", "N", "Tension of the rim of a pore in a membrane."
)
SURFACE_VISCOSITY = Parameter(
    "loading.opening.surface_viscosity", "Pa*s*m", "Surface shear viscosity of a membrane."
)

CLOSING = (RUPTURE_STRAIN, LINE_TENSION, SURFACE_VISCOSITY)
"""What says how wide a pore becomes, and how long it stays open."""


def filling(population: Population, pore: Array, lifetime: Array, events: Array, p: Draws) -> Array:
    """Return how far opened vesicles come to the outer concentration, array (n, k) [1].

    `pore` is a radius and `lifetime` a time, (n, k) or (n, 1), `events` the mean openings (n, k).
    """
    thickness, size = p[BILAYER_THICKNESS][:, None], hydrodynamic_diameter(p)[:, None]
    lumen = accessible_volume(lumen_diameter(population.diameter, thickness), size)
    rate = exchange_rate(p[DIFFUSIVITY][:, None], size, pore, thickness, lumen)
    return exchanged_level(np.broadcast_to(events, population.count.shape), rate, lifetime)


def pore_life(diameter: Array, p: Draws) -> Array:
    """Return how long the pore stays open that takes the strain off a membrane (n, k) [s]."""
    pore = relaxing_pore(diameter, p[RUPTURE_STRAIN][:, None])
    return closing_time(pore, p[LINE_TENSION][:, None], p[SURFACE_VISCOSITY][:, None])


def open_time(events: Array, life: Array) -> Array:
    """Return how long vesicles that opened were open, array (n, k) [s], of their mean openings."""
    share = met_share(events)
    each = np.divide(events, share, out=np.ones_like(share), where=share > 0)
    return np.asarray(each * life)


def rupture_filling(population: Population, events: Array, life: Array, p: Draws) -> Array:
    """Return `filling` through the pore that takes the strain off a stretched membrane."""
    pore = relaxing_pore(population.diameter, p[RUPTURE_STRAIN][:, None])
    return filling(population, pore, life, events, p)
