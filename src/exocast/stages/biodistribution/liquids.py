"""Liquids of the body: plasma, and what stands between the cells of organs and leaves as lymph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.phagocyte_encounter import brownian_diffusivity
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.physiology import Circulation

__all__ = [
    "INTERSTITIAL_SHARE",
    "LYMPH_SHARE",
    "PARAMETERS",
    "TEMPERATURE",
    "VISCOSITY",
    "by_grid",
    "diffusivity",
    "interstitial_volume",
    "lymph_flow",
    "needs",
]

Array = NDArray[np.float64]
T = TypeVar("T")

_KEY = "biodistribution.whole_body."
TEMPERATURE = Parameter(_KEY + "temperature", unit="K", doc="Body temperature.", low=250.0)
VISCOSITY = Parameter(_KEY + "plasma_viscosity", unit="Pa*s", doc="Viscosity of plasma.")
INTERSTITIAL_SHARE = Parameter(
    _KEY + "interstitial_share",
    unit="1",
    doc="Liquid between the cells of an organ, in its volume; in liver the space of Disse.",
    high=0.8,
    scale="logit",
)
LYMPH_SHARE = Parameter(
    _KEY + "lymph_share", unit="1", doc="Lymph over an organ's plasma flow.", high=0.5
)
PARAMETERS = (TEMPERATURE, VISCOSITY, LYMPH_SHARE, INTERSTITIAL_SHARE)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of this module."""
    wanted = [Need(parameter) for parameter in (TEMPERATURE, VISCOSITY, LYMPH_SHARE)]
    return wanted + [Need(INTERSTITIAL_SHARE, {"organ": node.name}) for node in anatomy.of("organ")]


def by_grid(carriers: tuple[Carrier, ...], law: Callable[[Array], T]) -> Callable[[Carrier], T]:
    """Return a law of a fine grid as one of carriers: evaluated once for those that share it."""
    held: dict[bytes, T] = {}
    for carrier in carriers:
        key = carrier.grid.tobytes()
        if key not in held:
            held[key] = law(carrier.grid)
    return lambda carrier: held[carrier.grid.tobytes()]


def diffusivity(grid: Array, p: Draws) -> Array:
    """Return the diffusivity in plasma on a fine grid, array (n, k) [m^2/s]."""
    return brownian_diffusivity(grid, p[VISCOSITY][:, None], p[TEMPERATURE][:, None])


def interstitial_volume(node: Node, blood: Circulation, p: Draws) -> Array:
    """Return the liquid between the cells of an organ, array (n,) [m^3]."""
    return np.asarray(blood.tissue[node.name] * p.at(INTERSTITIAL_SHARE, organ=node.name))


def lymph_flow(node: Node, blood: Circulation, p: Draws) -> Array:
    """Return what an organ filters and gives to lymph, array (n,) [m^3/s]."""
    return np.asarray(p[LYMPH_SHARE] * blood.through[node.name] * blood.plasma_share)
