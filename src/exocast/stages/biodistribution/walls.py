"""Capillary walls: what passes their pores in every organ, and what becomes of it behind them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.parameter import Need, Parameter
from exocast.laws.capillary_passage import two_pore_clearance
from exocast.laws.fenestrae import fibre_exclusion
from exocast.material.carrier import Carrier
from exocast.stages.biodistribution import liver, lymph, spleen
from exocast.stages.biodistribution.anatomy import Anatomy, Node
from exocast.stages.biodistribution.body import BARE, Body, take_up
from exocast.stages.biodistribution.liquids import TEMPERATURE, by_grid, lymph_flow

__all__ = ["PARAMETERS", "PORES", "add_cells", "add_lymph", "add_pores", "add_spaces", "needs"]

Array = NDArray[np.float64]
Clearances = Callable[[Carrier], tuple[Array, Array]]

TWOPORES = ("continuous", "fenestrated", "tight", "closed_sinusoidal")
"""Capillaries with two sizes of pores, known by the liquid that they pass."""

SPACE_SHARE = 1e-8
"""Share of the dose below which what stands behind a wall need not be resolved."""

_KEY = "biodistribution.whole_body."
SMALL_PORE = Parameter(
    _KEY + "small_pore", unit="m", doc="Diameter of the small pores of a capillary."
)
LARGE_PORE = Parameter(
    _KEY + "large_pore", unit="m", doc="Diameter of the large pores of a capillary."
)
LARGE_SHARE = Parameter(
    _KEY + "large_share",
    unit="1",
    doc="Share of what a capillary filters that its large pores pass.",
    high=0.9,
    scale="logit",
)
PORE_PRESSURE = Parameter(
    _KEY + "pore_pressure", unit="Pa", doc="Net pressure that drives lymph through these pores."
)
FIBRE_SHARE = Parameter(
    _KEY + "fibre_share", unit="1", doc="Volume share of fibres between cells.", high=0.6
)
FIBRE_RADIUS = Parameter(_KEY + "fibre_radius", unit="m", doc="Radius of these fibres.")
UPTAKE = Parameter(
    _KEY + "parenchymal_uptake",
    unit="1/s",
    doc="Rate at which an organ's cells empty the liquid between them.",
)
PORES = (SMALL_PORE, LARGE_PORE, LARGE_SHARE, PORE_PRESSURE)
"""Asked for in the context of a kind of capillary."""
_MESH = (FIBRE_SHARE, FIBRE_RADIUS)
PARAMETERS = (*PORES, *_MESH, UPTAKE)


def needs(anatomy: Anatomy) -> list[Need]:
    """Return the needs of this module."""
    kinds = dict.fromkeys(n.capillary for n in anatomy.of("organ") if n.capillary in TWOPORES)
    wanted = [Need(part, {"capillary": kind}) for kind in kinds for part in PORES]
    wanted += [Need(parameter) for parameter in _MESH]
    return wanted + [Need(UPTAKE, {"organ": node.name}) for node in anatomy.of("organ")
                     if _has_parenchyma(node)]  # fmt: skip


def _has_parenchyma(node: Node) -> bool:
    """Return whether cells between the vessels take: neither liver's nor those that stand apart."""
    return node.capillary in TWOPORES and node.name != lymph.NODES


def add_spaces(body: Body) -> None:
    """Add the place behind the capillaries of every organ.

    What comes in a coat keeps it behind walls that plasma passes freely, and has a second place
    there once it is bare.

    One state for each carrier everywhere, also where no pore lets it through: the place is exact,
    and what only transcytosis or a needle brings there stands in it like the rest. Measured, they
    cost less than a tenth of a body's time (their rates are constant and their rows short).
    """
    for node in body.organs:
        body.wiring.add_place(f"{node.name}.interstitial", share=SPACE_SHARE)
        if node.capillary in (liver.CAPILLARY, spleen.CAPILLARY) and len(body.phases) > 1:
            body.wiring.add_place(f"{BARE}{node.name}.interstitial", share=SPACE_SHARE)


def add_pores(body: Body) -> None:
    """Let carriers through the pores of every organ, out and back, as far as they pass."""
    for node in body.organs:
        clearance = _clearances(body, node)
        plasma, volume = body.blood.plasma(node.name), body.volume(node)
        rates = {carrier.name: clearance(carrier) for carrier in body.wiring.carriers}
        outward = {name: both[0] / plasma for name, both in rates.items()}
        inward = {name: both[1] / volume for name, both in rates.items()}
        out = body.rates(f"{node.name}.pores_out", outward)
        back = body.rates(f"{node.name}.pores_back", inward)
        for phase, vessels in enumerate(body.phases):
            space = body.space(node, phase)
            body.wiring.move(vessels[node.name], space, out, tag=f"{node.name}.pores")
        for space, vessel in body.behind(node):
            body.wiring.move(space, vessel, back)


def _clearances(body: Body, node: Node) -> Clearances:
    """Return the clearances of a carrier through an organ's wall, out and back [m^3/s]."""
    if node.capillary == liver.CAPILLARY:
        return liver.fenestra_clearances(body, node)
    if node.capillary == spleen.CAPILLARY:
        return spleen.percolation(body, node)
    p = body.p
    small, large, share, pressure = (p.at(part, capillary=node.capillary) for part in PORES)
    filtered = lymph_flow(node, body.blood, p)

    def law(grid: Array) -> tuple[Array, Array]:
        size = np.broadcast_to(grid, (p.members, grid.size))
        return two_pore_clearance(size, small, large, share, filtered, pressure, p[TEMPERATURE])

    at = by_grid(body.wiring.carriers, law)

    def clearances(carrier: Carrier) -> tuple[Array, Array]:
        out, back = at(carrier)
        return carrier.average(out), carrier.average(back)

    return clearances


def add_cells(body: Body) -> None:
    """Let the cells of every organ take what stands between them."""
    for node in body.organs:
        if not _has_parenchyma(node):
            continue
        each = body.p.at(UPTAKE, organ=node.name)
        rate = body.everywhere(f"{node.name}.parenchymal_uptake", each)
        take_up(body.wiring, body.space(node), node.name, rate, f"{node.name}.cells")


def add_lymph(body: Body) -> None:
    """Carry what stands between the cells of organs to the lymph nodes.

    Slowed by the mesh of fibres on the way to the lymphatics, but in liver, whose space of Disse
    holds few, and in spleen. Brain has none: see `brain`.
    """
    p = body.p

    def law(grid: Array) -> Array:
        size = np.broadcast_to(grid, (p.members, grid.size))
        return fibre_exclusion(size, p[FIBRE_SHARE][:, None], p[FIBRE_RADIUS][:, None])

    mesh = by_grid(body.wiring.carriers, law)
    for node in lymph.drained(body.blood.anatomy):
        plain = lymph_flow(node, body.blood, p) / body.volume(node)
        if node.capillary in TWOPORES:
            slowed = {c.name: plain * c.average(mesh(c)) for c in body.wiring.carriers}
            rate = body.rates(f"{node.name}.lymph", slowed)
        else:
            rate = body.everywhere(f"{node.name}.lymph", plain)
        for space, _ in body.behind(node):
            body.wiring.move(space, lymph.collected(body), rate, tag=f"{node.name}.lymph")
