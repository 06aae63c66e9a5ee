"""Endothelium: it takes vesicles slowly in every bed, and lets a share go on the other side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.engine.network import Expression
from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.capillary_passage import transcytosis_clearance
from exocast.material.study import Study
from exocast.material.wiring import Place
from exocast.stages.biodistribution import phagocytes
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.body import Body, saturate, take_up
from exocast.stages.biodistribution.competition import endothelial_regain
from exocast.stages.biodistribution.physiology import Circulation

__all__ = [
    "PARAMETERS",
    "add_endothelium",
    "endothelial_capacity",
    "endothelial_rate",
    "needs",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body."
NON_MACROPHAGE = Parameter(
    _KEY + "non_macrophage_loss", unit="1/s", doc="Loss from all blood to other cells."
)
FACTOR = Parameter(
    _KEY + "endothelial_factor", unit="1", doc="Endothelial uptake per blood over that elsewhere."
)
CELLS = Parameter(_KEY + "endothelial_cells", unit="1/kg", doc="Endothelial cells per body weight.")
CAPACITY = Parameter(
    _KEY + "endothelial_capacity", unit="particle", doc="Vesicles that an endothelial cell holds."
)
TRANSCYTOSED = Parameter(
    _KEY + "transcytosed_share",
    unit="1",
    doc="Share of the vesicles that endothelium takes which it lets go on the other side.",
    high=1.0,
    scale="logit",
)
PARAMETERS = (NON_MACROPHAGE, FACTOR, CELLS, CAPACITY, TRANSCYTOSED)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of this module."""
    wanted = [Need(parameter) for parameter in (NON_MACROPHAGE, CELLS, CAPACITY)]
    for node in anatomy.of("organ"):
        wanted += [Need(part, {"organ": node.name}) for part in (FACTOR, TRANSCYTOSED)]
    return wanted


def endothelial_rate(node: Node, blood: Circulation, p: Draws) -> Array:
    """Return the rate at which an organ's endothelium empties its blood, array (n,) [1/s].

    Equal per volume of blood in all beds but for the factor, so that blood as a whole loses
    vesicles at the non-macrophage rate where every factor is 1.
    """
    beds = sum(blood.blood[other.name] for other in blood.anatomy.of("organ"))
    each = p[NON_MACROPHAGE] * blood.blood_volume / beds
    return np.asarray(each * p.at(FACTOR, organ=node.name))


def endothelial_capacity(p: Draws, study: Study) -> Array:
    """Return the vesicles that all endothelium can hold, array (n,) [particle]."""
    return np.asarray(p[CELLS] * study.body_weight * p[CAPACITY])


def add_endothelium(body: Body) -> None:
    """Let endothelium take vesicles, from one common capacity, and carry a share of them across.

    What crosses takes up room on its way like what stays. The way back is as fast for the same
    concentration, and never crowded: little stands behind a wall.
    """
    wiring, blood, p = body.wiring, body.blood, body.p
    intake: list[tuple[Place, list[Expression]]] = []
    targets: list[tuple[Node, Place | None]] = []
    cleared = np.zeros(p.members)
    for node in body.organs:
        rate = endothelial_rate(node, blood, p)
        share = p.at(TRANSCYTOSED, organ=node.name)
        across = transcytosis_clearance(rate, share, blood.plasma(node.name))
        cleared = cleared + rate * blood.plasma(node.name)
        keeps = _kept(body, f"{node.name}.endothelial_uptake", rate * (1.0 - share))
        crosses = body.everywhere(f"{node.name}.transcytosis", rate * share)
        returns = body.everywhere(f"{node.name}.transcytosis_back", across / body.volume(node))
        for phase, vessels in enumerate(body.phases):
            place = vessels[node.name]
            intake += [(place, keeps), (place, crosses)]
            targets += [(node, None), (node, body.space(node, phase))]
        for space, vessel in body.behind(node):
            wiring.move(space, vessel, returns)
    capacity = endothelial_capacity(p, wiring.study)
    regain = endothelial_regain(cleared, capacity, p)
    limited = saturate(wiring, "endothelium", intake, capacity, regain)
    for (place, _), (node, behind), rates in zip(intake, targets, limited, strict=True):
        if behind is None:
            take_up(wiring, place, node.name, rates, f"{node.name}.endothelium")
        else:
            wiring.move(place, behind, rates, tag=f"{node.name}.transcytosis")


def _kept(body: Body, name: str, rate: Array) -> list[Expression]:
    """Return the rates of what stays in endothelium: bound albumin brings a share back out."""
    carriers = body.wiring.carriers
    if not any(phagocytes.SHIELDS[phagocytes.ALBUMIN] in one.surface for one in carriers):
        return body.everywhere(name, rate)
    return body.rates(
        name, {one.name: rate * phagocytes.kept_from_return(one, body.p) for one in carriers}
    )
