"""Volumes and balanced blood flows of one subject after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.body_flow import balanced_flows, cardiac_output, closing_factor
from exocast.material.study import Study
from exocast.stages.biodistribution.anatomy import Anatomy

__all__ = ["BODY_WEIGHT", "PARAMETERS", "Circulation", "circulation", "needs"]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body."
CARDIAC_OUTPUT = Parameter(
    _KEY + "cardiac_output", unit="m^3/s", doc="Blood pumped at the reference weight."
)
REFERENCE_WEIGHT = Parameter(
    _KEY + "reference_weight", unit="kg", doc="Body weight to which the cardiac output belongs."
)
BODY_WEIGHT = Parameter(
    _KEY + "body_weight", unit="kg", doc="Body weight of a subject whom a Design does not weigh."
)
OUTPUT_EXPONENT = Parameter(
    _KEY + "output_exponent",
    unit="1",
    doc="Power of body weight with which cardiac output grows.",
    scale="linear",
)
HAEMATOCRIT = Parameter(
    _KEY + "haematocrit", unit="1", doc="Volume of cells in blood.", high=0.8, scale="logit"
)
FLOW_SHARE = Parameter(
    _KEY + "flow_share",
    unit="1",
    doc="Share of cardiac output that an organ takes, before balance.",
)
ORGAN_VOLUME = Parameter(
    _KEY + "organ_volume", unit="m^3/kg", doc="Organ volume, its blood included, per body weight."
)
POOL_VOLUME = Parameter(
    _KEY + "pool_volume", unit="m^3/kg", doc="Blood in large vessels per body weight."
)
BODY_DENSITY = Parameter(
    _KEY + "body_density", unit="kg/m^3", doc="Mass of the body over all organs and vessels."
)
VASCULAR_SHARE = Parameter(
    _KEY + "vascular_share", unit="1", doc="Blood in an organ's volume.", high=0.95, scale="logit"
)
TUMOUR_PERFUSION = Parameter(
    _KEY + "tumour_perfusion", unit="m^3/s/kg", doc="Blood flow through a tumour per its mass."
)
TUMOUR_VASCULAR_SHARE = Parameter(
    _KEY + "tumour_vascular_share", unit="1", doc="Blood in a tumour's volume.", high=0.6
)
TUMOUR_DENSITY = Parameter(_KEY + "tumour_density", unit="kg/m^3", doc="Mass per tumour volume.")

OF_TUMOUR = (TUMOUR_PERFUSION, TUMOUR_VASCULAR_SHARE)
"""Asked for by a tumour alone; its density stands for that of every organ."""

PARAMETERS = (
    BODY_DENSITY,
    BODY_WEIGHT,
    CARDIAC_OUTPUT,
    REFERENCE_WEIGHT,
    OUTPUT_EXPONENT,
    HAEMATOCRIT,
    FLOW_SHARE,
    ORGAN_VOLUME,
    POOL_VOLUME,
    VASCULAR_SHARE,
    TUMOUR_PERFUSION,
    TUMOUR_VASCULAR_SHARE,
    TUMOUR_DENSITY,
)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of `circulation`."""
    single = (
        CARDIAC_OUTPUT,
        REFERENCE_WEIGHT,
        OUTPUT_EXPONENT,
        HAEMATOCRIT,
        TUMOUR_PERFUSION,
        TUMOUR_VASCULAR_SHARE,
        TUMOUR_DENSITY,
        BODY_DENSITY,
    )
    wanted = [Need(parameter) for parameter in single]
    wanted += [Need(FLOW_SHARE, {"organ": node.name}) for node in anatomy.fed]
    wanted += [Need(POOL_VOLUME, {"organ": node.name}) for node in anatomy.of("pool")]
    for node in anatomy.of("organ"):
        wanted += [Need(part, {"organ": node.name}) for part in (ORGAN_VOLUME, VASCULAR_SHARE)]
    return wanted


@dataclass(frozen=True)
class Circulation:
    """Blood of every member.

    Attributes
    ----------
    anatomy : Anatomy
        Nodes, without a graft where there is none.
    blood : mapping of str to array (n,)
        Blood in each node [m^3].
    tissue : mapping of str to array (n,)
        Volume of each organ or graft, its blood included [m^3].
    through : mapping of str to array (n,)
        Blood that flows through each node [m^3/s].
    edges : tuple of (str, str)
        Joined nodes, in the direction of flow.
    flow : array (n, e)
        Blood flow along each edge [m^3/s].
    plasma_share : array (n,)
        Plasma in blood [1].
    """

    anatomy: Anatomy
    blood: dict[str, Array]
    tissue: dict[str, Array]
    through: dict[str, Array]
    edges: tuple[tuple[str, str], ...]
    flow: Array
    plasma_share: Array

    @property
    def blood_volume(self) -> Array:
        """Return all blood, array (n,) [m^3]."""
        return np.asarray(sum(self.blood.values()))

    @property
    def plasma_volume(self) -> Array:
        """Return all plasma, array (n,) [m^3]."""
        return self.blood_volume * self.plasma_share

    def plasma(self, node: str) -> Array:
        """Return the plasma in a node, array (n,) [m^3]."""
        return self.blood[node] * self.plasma_share


def circulation(anatomy: Anatomy, p: Draws, study: Study) -> Circulation:
    """Return volumes and flows that balance at every node.

    Parameters
    ----------
    anatomy : Anatomy
        All nodes; a graft is left out where the study has no tumour.
    p : Draws
        Drawn values.
    study : Study
        Body weight and tumour volume.
    """
    if study.tumour_volume <= 0:
        anatomy = anatomy.without("graft")
    weight = study.body_weight
    blood, tissue = _volumes(anatomy, p, weight, study.tumour_volume)
    output = cardiac_output(weight, p[CARDIAC_OUTPUT], p[REFERENCE_WEIGHT], p[OUTPUT_EXPONENT])
    shares = np.stack([p.at(FLOW_SHARE, organ=node.name) for node in anatomy.fed], axis=1)
    graft_flow = np.zeros(p.members)
    if anatomy.of("graft"):
        graft_flow = p[TUMOUR_PERFUSION] * p[TUMOUR_DENSITY] * study.tumour_volume
    giver = [node.name for node in anatomy.fed].index("rest")
    organs, graft = balanced_flows(output, shares, graft_flow, giver)
    taken = {node.name: organs[:, index] for index, node in enumerate(anatomy.fed)}
    taken |= {node.name: graft for node in anatomy.of("graft")}

    def inflow(name: str) -> Array:
        feeders = [node.name for node in anatomy.nodes if node.drains_to == name]
        return np.asarray(taken.get(name, 0.0) + sum(inflow(feeder) for feeder in feeders))

    through = {name: inflow(name) for name in anatomy.names}
    edges = [(node.fed_by, node.name) for node in anatomy.nodes if node.fed_by]
    flow = [taken[name] for _, name in edges]
    drained = [node for node in anatomy.nodes if node.drains_to]
    edges += [(node.name, node.drains_to) for node in drained]
    flow += [through[node.name] for node in drained]
    return Circulation(
        anatomy,
        blood,
        tissue,
        through,
        tuple(edges),
        np.stack(flow, axis=1),
        1.0 - p[HAEMATOCRIT],
    )


def _volumes(
    anatomy: Anatomy, p: Draws, weight: float, tumour_volume: float
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return the blood of every node, and the volume of every organ.

    Drawn volumes are scaled together so that each subject weighs what the study says, a graft
    apart.
    """
    blood = {node.name: p.at(POOL_VOLUME, organ=node.name) * weight for node in anatomy.of("pool")}
    tissue = {
        node.name: p.at(ORGAN_VOLUME, organ=node.name) * weight for node in anatomy.of("organ")
    }
    together = np.asarray(sum((*blood.values(), *tissue.values())))
    closing = closing_factor(weight, p[BODY_DENSITY], together)
    blood = {name: volume * closing for name, volume in blood.items()}
    tissue = {name: volume * closing for name, volume in tissue.items()}
    blood |= {name: tissue[name] * p.at(VASCULAR_SHARE, organ=name) for name in tissue}
    for node in anatomy.of("graft"):
        tissue[node.name] = np.full(p.members, tumour_volume)
        blood[node.name] = tumour_volume * p[TUMOUR_VASCULAR_SHARE]
    return blood, tissue
