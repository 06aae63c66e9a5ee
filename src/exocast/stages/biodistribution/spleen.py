"""Spleen: red pulp, where phagocytes stand in the blood, and the marginal zone beside it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.fenestrae import hindered_convection
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution import phagocytes
from exocast.stages.biodistribution.anatomy import Node
from exocast.stages.biodistribution.body import BARE, Body, saturate, take_up
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = ["CAPILLARY", "PARAMETERS", "add_marginal_zone", "needs", "percolation"]

Array = NDArray[np.float64]

CAPILLARY = "open"
"""Vessels that end in the tissue: blood itself runs past its cells."""

_KEY = "biodistribution.whole_body."
FLOW = Parameter(
    _KEY + "marginal_flow",
    unit="1",
    doc="Share of the spleen's plasma flow that percolates through the marginal zone.",
    high=1.0,
    scale="logit",
)
SLIT = Parameter(
    _KEY + "marginal_slit", unit="m", doc="Width of the gaps through which it percolates."
)
MACROPHAGES = Parameter(
    _KEY + "marginal_macrophages",
    unit="1",
    doc="Macrophages of the marginal zone over those of the red pulp.",
)
PARAMETERS = (FLOW, SLIT, MACROPHAGES)


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in PARAMETERS]


def percolation(body: Body, node: Node) -> Callable[[Carrier], tuple[Array, Array]]:
    """Return what percolates through the marginal zone and back into the pulp, (n,) [m^3/s] each.

    It enters through gaps that nearly every vesicle passes, and leaves through them again.
    """
    p = body.p
    flow = p[FLOW] * body.blood.through[node.name] * body.blood.plasma_share

    def clearances(carrier: Carrier) -> tuple[Array, Array]:
        passing = carrier.average(hindered_convection(carrier.grid / p[SLIT][:, None]))
        return flow * passing, flow * passing

    return clearances


def add_marginal_zone(body: Body) -> None:
    """Let macrophages of the marginal zone take what percolates past them, until they are full.

    Those of the red pulp are the organ's phagocytes, which stand in its blood.
    """
    wiring, p = body.wiring, body.p
    for node in body.organs:
        if node.capillary != CAPILLARY:
            continue
        pulp = phagocytes.phagocyte_number(node, body.blood, p, wiring.study, p[TUMOUR_DENSITY])
        number, volume = pulp * p[MACROPHAGES], body.volume(node)
        areas = phagocytes.surface_area(wiring.carriers)
        zone = f"{node.name}.marginal_zone"
        intake = []
        for phase, (space, _) in enumerate(body.behind(node)):
            each = {
                c.name: number
                / volume
                * phagocytes.cell_clearance(
                    c, p, organ=node.name, area=areas[c.kind], bare=bool(phase)
                )
                for c in wiring.carriers
            }
            name = f"{BARE if phase else ''}{zone}.phagocytosis"
            intake.append((space, body.rates(name, each)))
        capacity = phagocytes.phagocyte_capacity(number, p)
        limited = saturate(wiring, zone, intake, capacity, p[phagocytes.DIGESTION])
        for (space, _), rates in zip(intake, limited, strict=True):
            take_up(wiring, space, node.name, rates, zone)
        wiring.cumulative(f"{node.name}.red_pulp", [f"{node.name}.phagocytes"])
        wiring.cumulative(zone, [zone])
