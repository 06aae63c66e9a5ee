"""Lymph nodes: all lymph runs through them, past their macrophages, and on into venous blood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need
from exocast.material.wiring import Place
from exocast.stages.biodistribution import phagocytes, tumour
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.body import Body, saturate, take_up
from exocast.stages.biodistribution.liquids import lymph_flow
from exocast.stages.biodistribution.physiology import TUMOUR_DENSITY

__all__ = ["NODES", "add_nodes", "collected", "drained", "needs", "total_flow"]

Array = NDArray[np.float64]

NODES = "lymph_nodes"
"""Organ through which lymph runs; without it lymph is venous blood at once."""


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of this module."""
    return [Need(phagocytes.RELATIVE, {"organ": node.name}) for node in _nodes(anatomy)]


def _nodes(anatomy: Anatomy) -> list[Node]:
    return [node for node in anatomy.of("organ") if node.name == NODES]


def drained(anatomy: Anatomy) -> list[Node]:
    """Return the organs that give lymph: all but brain, and the nodes themselves."""
    organs = [node for node in anatomy.of("organ") if node.name != NODES]
    return [node for node in organs if node.capillary != "tight"]


def collected(body: Body) -> Place:
    """Return the place to which lymph runs."""
    found = _nodes(body.blood.anatomy)
    return body.space(found[0]) if found else body.last["venous"]


def total_flow(body: Body) -> Array:
    """Return all lymph that leaves the nodes, array (n,) [m^3/s]: what a tumour filters as well."""
    blood, p = body.blood, body.p
    organs = [*drained(blood.anatomy), *_nodes(blood.anatomy)]
    flow = np.asarray(sum(lymph_flow(node, blood, p) for node in organs))
    if blood.anatomy.of("graft"):
        flow = flow + tumour.filtered_flow(p, body.wiring.study)
    return flow


def add_nodes(body: Body) -> None:
    """Let the nodes' macrophages take what lymph brings, until they are full, and pass on the rest.

    They stand in the sinuses of the node, in the lymph itself, and meet vesicles like any
    phagocyte.
    """
    wiring, p = body.wiring, body.p
    for node in _nodes(body.blood.anatomy):
        space, volume = body.space(node), body.volume(node)
        number = phagocytes.phagocyte_number(node, body.blood, p, wiring.study, p[TUMOUR_DENSITY])
        bare = len(body.phases) > 1  # what comes by lymph has shed its coat
        areas = phagocytes.surface_area(wiring.carriers)
        each = {
            c.name: phagocytes.cell_clearance(c, p, area=areas[c.kind], bare=bare) * number / volume
            for c in wiring.carriers
        }
        rates = body.rates(f"{node.name}.phagocytosis", each)
        capacity = phagocytes.phagocyte_capacity(number, p)
        regain = p[phagocytes.DIGESTION]
        (limited,) = saturate(wiring, node.name, [(space, rates)], capacity, regain)
        take_up(wiring, space, node.name, limited, f"{node.name}.phagocytes")
        onward = body.everywhere(f"{node.name}.efferent", total_flow(body) / volume)
        wiring.move(space, body.last["venous"], onward, tag=f"{node.name}.efferent")
        wiring.cumulative(f"{node.name}.phagocytes", [f"{node.name}.phagocytes"])
