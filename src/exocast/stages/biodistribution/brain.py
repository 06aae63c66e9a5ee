"""Brain: a wall without pores for vesicles, and the liquid that drains what crossed it."""

from __future__ import annotations

from exocast.evidence.parameter import Need, Parameter
from exocast.stages.biodistribution import lymph
from exocast.stages.biodistribution.body import Body

__all__ = ["CAPILLARY", "PARAMETERS", "add_cerebrospinal_fluid", "needs"]

CAPILLARY = "tight"
"""Vessels whose junctions are closed."""

SHARE = 1e-9
"""Share of the dose below which its liquids need not be resolved: little gets there."""

_KEY = "biodistribution.whole_body."
TURNOVER = Parameter(
    _KEY + "csf_turnover", unit="1/s", doc="Cerebrospinal fluid formed, over its volume."
)
DRAINAGE = Parameter(
    _KEY + "brain_drainage",
    unit="1/s",
    doc="Liquid between the cells of brain that flows into cerebrospinal fluid, over its volume.",
)
INFLUX = Parameter(
    _KEY + "csf_influx",
    unit="1",
    doc="Cerebrospinal fluid that enters brain along its vessels, over what is formed.",
)
TO_LYMPH = Parameter(
    _KEY + "csf_to_lymph",
    unit="1",
    doc="Share of the cerebrospinal fluid that leaves by lymphatics, the rest into venous blood.",
    high=1.0,
    scale="logit",
)
PARAMETERS = (TURNOVER, DRAINAGE, INFLUX, TO_LYMPH)


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in PARAMETERS]


def add_cerebrospinal_fluid(body: Body) -> None:
    """Add cerebrospinal fluid, which drains brain into venous blood and lymph.

    What crossed the barrier leaves with the liquid between the cells, as fast as that flows; what
    stands in cerebrospinal fluid leaves with it, and enters brain along vessels.
    """
    wiring, p = body.wiring, body.p
    for node in body.organs:
        if node.capillary != CAPILLARY:
            continue
        fluid = wiring.add_place(f"{node.name}.csf", share=SHARE)
        space = body.space(node)
        out = p[TURNOVER]
        for source, target, name, rate in (
            (space, fluid, "drainage", p[DRAINAGE]),
            (fluid, space, "csf_influx", p[INFLUX] * out),
            (fluid, lymph.collected(body), "csf_to_lymph", p[TO_LYMPH] * out),
            (fluid, body.last["venous"], "csf_to_blood", (1.0 - p[TO_LYMPH]) * out),
        ):
            wiring.move(source, target, body.everywhere(f"{node.name}.{name}", rate))
        for kind in ("endothelium", "cells"):
            wiring.cumulative(f"{node.name}.{kind}", [f"{node.name}.{kind}"])
