"""What cells and vessel walls take out of blood: rates for every carrier and organ."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.fenestrae import pore_average, sinusoid_area
from exocast.laws.phagocyte_encounter import (
    brownian_diffusivity,
    encounter_ceiling,
    uptake_clearance,
)
from exocast.material.carrier import Carrier
from exocast.material.study import Study
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.physiology import Circulation

__all__ = [
    "COATED",
    "INTERSTITIAL_SHARE",
    "LYMPH_SHARE",
    "PARAMETERS",
    "TEMPERATURE",
    "VISCOSITY",
    "apoe_rate",
    "by_grid",
    "diffusivity",
    "disse_rates",
    "endothelial_capacity",
    "endothelial_rate",
    "fenestra_diffusivity",
    "needs",
]

Array = NDArray[np.float64]
T = TypeVar("T")

_KEY = "biodistribution.whole_body."
TEMPERATURE = Parameter(_KEY + "temperature", unit="K", doc="Body temperature.", low=250.0)
VISCOSITY = Parameter(_KEY + "plasma_viscosity", unit="Pa*s", doc="Viscosity of plasma.")
NON_MACROPHAGE = Parameter(
    _KEY + "non_macrophage_loss", unit="1/s", doc="Loss from all blood to other cells."
)
ENDOTHELIAL_FACTOR = Parameter(
    _KEY + "endothelial_factor", unit="1", doc="Endothelial uptake per blood over that elsewhere."
)
ENDOTHELIAL_CELLS = Parameter(
    _KEY + "endothelial_cells", unit="1/kg", doc="Endothelial cells per body weight."
)
ENDOTHELIAL_CAPACITY = Parameter(
    _KEY + "endothelial_capacity", unit="particle", doc="Vesicles that an endothelial cell holds."
)
FENESTRA = Parameter(_KEY + "fenestra_diameter", unit="m", doc="Mean diameter of fenestrae.")
FENESTRA_VARIATION = Parameter(
    _KEY + "fenestra_variation", unit="1", doc="Coefficient of variation of fenestrae.", low=0.01
)
FENESTRA_SMALLEST = Parameter(_KEY + "fenestra_smallest", unit="m", doc="Smallest open fenestra.")
FENESTRA_LARGEST = Parameter(_KEY + "fenestra_largest", unit="m", doc="Largest open fenestra.")
POROSITY = Parameter(
    _KEY + "fenestra_porosity", unit="1", doc="Open area of sinusoid walls.", high=0.5
)
FENESTRA_LENGTH = Parameter(
    _KEY + "fenestra_length", unit="m", doc="Thickness of the wall at fenestrae."
)
SINUSOID_RADIUS = Parameter(_KEY + "sinusoid_radius", unit="m", doc="Radius of a sinusoid.")
INTERSTITIAL_SHARE = Parameter(
    _KEY + "interstitial_share", unit="1", doc="Space of Disse in liver.", high=0.8, scale="logit"
)
DISSE_UPTAKE = Parameter(
    _KEY + "disse_uptake", unit="1/s", doc="Uptake by hepatocytes from the space of Disse."
)
HEPATOCYTES = Parameter(_KEY + "hepatocytes", unit="1/kg", doc="Hepatocytes per mass of liver.")
HEPATOCYTE_RADIUS = Parameter(
    _KEY + "hepatocyte_radius",
    unit="m",
    doc="Radius of the sphere with a hepatocyte's free surface.",
)
APOE_BINDING = Parameter(
    _KEY + "apoe_binding",
    unit="m^3/s",
    doc="Association of a nanoparticle in apolipoprotein E times LDL receptors of a hepatocyte.",
)
LYMPH_SHARE = Parameter(
    _KEY + "lymph_share", unit="1", doc="Lymph over an organ's plasma flow.", high=0.5
)
_SINGLE = (
    TEMPERATURE,
    VISCOSITY,
    NON_MACROPHAGE,
    ENDOTHELIAL_CELLS,
    ENDOTHELIAL_CAPACITY,
    FENESTRA,
    FENESTRA_VARIATION,
    FENESTRA_SMALLEST,
    FENESTRA_LARGEST,
    POROSITY,
    FENESTRA_LENGTH,
    SINUSOID_RADIUS,
    DISSE_UPTAKE,
    LYMPH_SHARE,
)
COATED = (HEPATOCYTES, HEPATOCYTE_RADIUS, APOE_BINDING)
"""Asked for where particles with a coat travel, which binds apolipoprotein E once it is shed."""

PARAMETERS = (
    *_SINGLE,
    *COATED,
    ENDOTHELIAL_FACTOR,
    INTERSTITIAL_SHARE,
)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of the rates of this module."""
    wanted = [Need(parameter) for parameter in _SINGLE]
    wanted += [Need(ENDOTHELIAL_FACTOR, {"organ": node.name}) for node in anatomy.of("organ")]
    wanted += [
        Need(INTERSTITIAL_SHARE, {"organ": node.name})
        for node in anatomy.of("organ")
        if node.capillary == "sinusoidal"
    ]
    return wanted


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


def fenestra_diffusivity(grid: Array, p: Draws) -> Array:
    """Return the diffusivity in open fenestrae on a fine grid, array (n, k) [m^2/s]."""
    hindered, _ = pore_average(
        grid, p[FENESTRA], p[FENESTRA_VARIATION], p[FENESTRA_SMALLEST], p[FENESTRA_LARGEST]
    )
    return diffusivity(grid, p) * hindered


def endothelial_rate(node: Node, blood: Circulation, p: Draws) -> Array:
    """Return the rate at which an organ's endothelium empties its blood, array (n,) [1/s].

    Equal per volume of blood in all beds but for the factor, so that blood as a whole loses
    vesicles at the non-macrophage rate.
    """
    beds = sum(blood.blood[other.name] for other in blood.anatomy.of("organ"))
    each = p[NON_MACROPHAGE] * blood.blood_volume / beds
    return np.asarray(each * p.at(ENDOTHELIAL_FACTOR, organ=node.name))


def endothelial_capacity(p: Draws, study: Study) -> Array:
    """Return the vesicles that all endothelium can hold, array (n,) [particle]."""
    return np.asarray(p[ENDOTHELIAL_CELLS] * study.body_weight * p[ENDOTHELIAL_CAPACITY])


def apoe_rate(carrier: Carrier, node: Node, blood: Circulation, p: Draws, density: Array) -> Array:
    """Return the rate of uptake by LDL receptors from the space of Disse, array (n,) [1/s].

    A bare nanoparticle binds apolipoprotein E within a second (plasma holds about 1 uM of it, far
    more than diffusion needs), so the particle in its protein meets hepatocytes:
    1/kappa = 1/(4 pi D R) + 1/(k_on receptors), times hepatocytes per volume of the space.

    Parameters
    ----------
    carrier : Carrier
        Bare.
    node, blood, p
        The organ, its volumes, drawn values.
    density : array (n,)
        Mass per volume of tissue [kg/m^3].
    """
    tissue = blood.tissue[node.name]
    space = tissue * p.at(INTERSTITIAL_SHARE, organ=node.name)
    ceiling = encounter_ceiling(diffusivity(carrier.grid, p), p[HEPATOCYTE_RADIUS][:, None])
    each = carrier.average(uptake_clearance(ceiling, p[APOE_BINDING][:, None]))
    return np.asarray(p[HEPATOCYTES] * tissue * density * each / space)


def disse_rates(
    speed: Array, node: Node, blood: Circulation, p: Draws
) -> tuple[Array, Array, Array, Array]:
    """Return rates out of a sinusoid, back, into hepatocytes and into lymph, (n,) [1/s] each.

    Parameters
    ----------
    speed : array (n,)
        Class mean of `fenestra_diffusivity` [m^2/s].
    node : Node
        The organ.
    blood : Circulation
        Its blood and flow.
    p : Draws
        Drawn values.
    """
    area = sinusoid_area(blood.blood[node.name], p[SINUSOID_RADIUS])
    exchange = speed / p[FENESTRA_LENGTH] * p[POROSITY] * area
    space = blood.tissue[node.name] * p.at(INTERSTITIAL_SHARE, organ=node.name)
    lymph = p[LYMPH_SHARE] * blood.through[node.name] * blood.plasma_share
    return (
        exchange / blood.plasma(node.name),
        exchange / space,
        p[DISSE_UPTAKE],
        lymph / space,
    )
