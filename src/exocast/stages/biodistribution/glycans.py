"""Glycans without sialic acid: hepatocytes bind them from the space of Disse."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution.anatomy import Node
from exocast.stages.biodistribution.body import Body, take_up
from exocast.stages.biodistribution.liquids import diffusivity
from exocast.stages.biodistribution.liver import CAPILLARY, HEPATOCYTE_RADIUS, HEPATOCYTES
from exocast.stages.biodistribution.phagocytes import GLYCANS, bared_galactose
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = ["PARAMETERS", "add_asialoglycoprotein_receptor", "needs"]

Array = NDArray[np.float64]

ASIALO_BINDING = Parameter(
    "biodistribution.whole_body.asialo_binding",
    unit="m^3/s",
    doc="Association of a vesicle without sialic acid times a hepatocyte's receptors for it.",
)
PARAMETERS = (ASIALO_BINDING,)


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in (ASIALO_BINDING, HEPATOCYTES, HEPATOCYTE_RADIUS)]


def add_asialoglycoprotein_receptor(body: Body) -> None:
    """Let hepatocytes take vesicles whose glycans were bared; nothing where none were.

    Only what passes the fenestrae meets them: 1/kappa = 1/(4 pi D R) + 1/(k_on receptors).
    """
    if not any(GLYCANS in carrier.surface for carrier in body.wiring.carriers):
        return
    for node in body.organs:
        if node.capillary != CAPILLARY:
            continue
        name = f"{node.name}.asialoglycoprotein_receptor"
        each = {carrier.name: _rate(body, node, carrier) for carrier in body.wiring.carriers}
        bound = body.rates(name, each)
        for space, _ in body.behind(node):
            take_up(body.wiring, space, node.name, bound, f"{node.name}.hepatocytes")


def _rate(body: Body, node: Node, carrier: Carrier) -> Array:
    """Return the rate of uptake from the space of Disse, array (n,) [1/s]."""
    p = body.p
    if GLYCANS not in carrier.surface:
        return np.zeros(p.members)
    bared = bared_galactose(carrier)
    number = p[HEPATOCYTES] * body.blood.tissue[node.name] * p[TUMOUR_DENSITY]
    ceiling = encounter_ceiling(diffusivity(carrier.grid, p), p[HEPATOCYTE_RADIUS][:, None])
    each = carrier.average(uptake_clearance(ceiling, (p[ASIALO_BINDING] * bared)[:, None]))
    return np.asarray(number * each / body.volume(node))
