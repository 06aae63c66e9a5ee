"""Liver: fenestrae into the space of Disse, and the cells behind them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.fenestrae import pore_average, sinusoid_area, wall_exchange
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution.anatomy import Node
from exocast.stages.biodistribution.body import Body, take_up
from exocast.stages.biodistribution.liquids import by_grid, diffusivity, lymph_flow
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = [
    "APOE_CARRIER",
    "CAPILLARY",
    "COATED",
    "PARAMETERS",
    "add_hepatocytes",
    "fenestra_clearances",
    "needs",
]

Array = NDArray[np.float64]

CAPILLARY = "sinusoidal"
"""Vessels with open fenestrae and nothing behind them that would hold a vesicle."""

APOE_CARRIER = "lipid_nanoparticle"
"""What binds apolipoprotein E once it has shed its coat."""

_KEY = "biodistribution.whole_body."
FENESTRA = Parameter(_KEY + "fenestra_diameter", unit="m", doc="Mean diameter of fenestrae.")
VARIATION = Parameter(
    _KEY + "fenestra_variation", unit="1", doc="Coefficient of variation of fenestrae.", low=0.01
)
SMALLEST = Parameter(_KEY + "fenestra_smallest", unit="m", doc="Smallest open fenestra.")
LARGEST = Parameter(_KEY + "fenestra_largest", unit="m", doc="Largest open fenestra.")
POROSITY = Parameter(
    _KEY + "fenestra_porosity", unit="1", doc="Open area of sinusoid walls.", high=0.5
)
LENGTH = Parameter(_KEY + "fenestra_length", unit="m", doc="Thickness of the wall at fenestrae.")
SINUSOID_RADIUS = Parameter(_KEY + "sinusoid_radius", unit="m", doc="Radius of a sinusoid.")
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
_PLAIN = (FENESTRA, VARIATION, SMALLEST, LARGEST, POROSITY, LENGTH, SINUSOID_RADIUS, DISSE_UPTAKE)
COATED = (HEPATOCYTES, HEPATOCYTE_RADIUS, APOE_BINDING)
"""Asked for where particles with a coat travel, which binds apolipoprotein E once it is shed."""

PARAMETERS = (*_PLAIN, *COATED)


def needs() -> list[Need]:
    """Return the needs of this module, without those of a coat."""
    return [Need(parameter) for parameter in _PLAIN]


def fenestra_clearances(body: Body, node: Node) -> Callable[[Carrier], tuple[Array, Array]]:
    """Return the clearances through fenestrae, out and back, arrays (n,) [m^3/s] each.

    Carriers diffuse through open fenestrae, and lymph, which forms in the space of Disse, drags
    them.
    """
    p = body.p
    area = sinusoid_area(body.blood.blood[node.name], p[SINUSOID_RADIUS])
    open_area = p[POROSITY] * area / p[LENGTH]
    filtered = lymph_flow(node, body.blood, p)

    def law(grid: Array) -> tuple[Array, Array]:
        hindered, carried = pore_average(grid, p[FENESTRA], p[VARIATION], p[SMALLEST], p[LARGEST])
        return diffusivity(grid, p) * hindered, carried

    at = by_grid(body.wiring.carriers, law)

    def clearances(carrier: Carrier) -> tuple[Array, Array]:
        speed, carried = at(carrier)
        surface = carrier.average(speed) * open_area
        return wall_exchange(surface, filtered, carrier.average(carried))

    return clearances


def add_hepatocytes(body: Body) -> None:
    """Let hepatocytes take what stands in the space of Disse; show the share of each cell kind."""
    wiring, p = body.wiring, body.p
    for node in body.organs:
        if node.capillary != CAPILLARY:
            continue
        cells = f"{node.name}.hepatocytes"
        rate = body.everywhere(f"{node.name}.parenchymal_uptake", p[DISSE_UPTAKE])
        for space, _ in body.behind(node):
            take_up(wiring, space, node.name, rate, cells)
        for kind in ("phagocytes", "endothelium"):
            wiring.cumulative(f"{node.name}.{kind}", [f"{node.name}.{kind}"])
        tags = [cells]
        if len(body.phases) > 1 and wiring.study.carrier == APOE_CARRIER:
            receptor = f"{node.name}.ldl_receptor"
            bound = body.rates(f"{node.name}.apoe", _apoe(body, node))
            take_up(wiring, body.space(node, 1), node.name, bound, receptor)
            wiring.cumulative(receptor, [receptor])
            tags.append(receptor)
        wiring.cumulative(cells, tags)


def _apoe(body: Body, node: Node) -> dict[str, Array]:
    """Return the rate of uptake by LDL receptors from the space of Disse, by carrier, (n,) [1/s].

    A bare nanoparticle binds apolipoprotein E within a second (plasma holds about 1 uM of it, far
    more than diffusion needs), so the particle in its protein meets hepatocytes:
    1/kappa = 1/(4 pi D R) + 1/(k_on receptors), times hepatocytes per volume of the space.
    """
    p = body.p
    number = p[HEPATOCYTES] * body.blood.tissue[node.name] * p[TUMOUR_DENSITY]

    rates = {}
    for carrier in body.wiring.carriers:
        ceiling = encounter_ceiling(diffusivity(carrier.grid, p), p[HEPATOCYTE_RADIUS][:, None])
        each = carrier.average(uptake_clearance(ceiling, p[APOE_BINDING][:, None]))
        rates[carrier.name] = np.asarray(number * each / body.volume(node))
    return rates
