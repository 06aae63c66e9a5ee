"""The depot: a volume of liquid in tissue, and the ways out of it, each by size.

One equation for injections under the skin, into muscle and into the heart: `wire` adds it, and
what differs from site to site is rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.depot import lymph_uptake, surface_limited
from exocast.laws.molecule_passage import pore_permeability
from exocast.material.carrier import Carrier
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.liquids import TEMPERATURE
from exocast.stages.biodistribution.routes.joining import (
    LIQUID,
    Liquid,
    into_lymph,
    reading_of,
    taken_up,
)
from exocast.stages.biodistribution.walls import LARGE_PORE, LARGE_SHARE, PORE_PRESSURE

__all__ = ["FIBRE_RADIUS", "FIBRE_SHARE", "PARAMETERS", "into", "needs", "through_pores", "wire"]

Array = NDArray[np.float64]

_KEY = "biodistribution.depot."
SETTLING = Parameter(
    _KEY + "settling", unit="1/s", doc="Rate at which injected liquid settles between the fibres."
)
SQUEEZED = Parameter(
    _KEY + "squeezed",
    unit="1",
    doc="Share of the liquid that is squeezed out of the site instead of settling.",
    high=1.0,
    scale="logit",
)
INTO_VEINS = Parameter(
    _KEY + "into_veins",
    unit="1",
    doc="Share of what is squeezed out that enters veins; the rest runs back along the needle.",
    high=1.0,
    scale="logit",
)
LYMPH = Parameter(
    _KEY + "lymph_uptake",
    unit="1/s",
    doc="Rate at which lymph carries off the liquid of a depot of the reference volume.",
)
REFERENCE_VOLUME = Parameter(
    _KEY + "reference_volume", unit="m^3", doc="Injected volume to which that rate belongs."
)
FIBRE_SHARE = Parameter(
    _KEY + "fibre_share",
    unit="1",
    doc="Volume share of fibres between a depot and its lymphatics.",
    high=0.6,
)
FIBRE_RADIUS = Parameter(_KEY + "fibre_radius", unit="m", doc="Radius of these fibres.")
LOCAL_UPTAKE = Parameter(
    _KEY + "local_uptake", unit="1/s", doc="Uptake and breakdown by the cells of the site."
)

_OWN = (
    SETTLING,
    SQUEEZED,
    INTO_VEINS,
    LYMPH,
    REFERENCE_VOLUME,
    FIBRE_SHARE,
    FIBRE_RADIUS,
    LOCAL_UPTAKE,
    TEMPERATURE,
)
_PORES = (LARGE_PORE, LARGE_SHARE, PORE_PRESSURE)
PARAMETERS = (*_OWN, *_PORES)

CAPILLARY = "continuous"
"""Vessels of skin, muscle and heart."""


def needs() -> list[Need]:
    """Return the needs of `wire`."""
    pores = [Need(parameter, {"capillary": CAPILLARY}) for parameter in _PORES]
    return [*(Need(parameter) for parameter in _OWN), *pores]


def wire(
    wiring: Wiring,
    p: Draws,
    volume: float,
    *,
    cells: str = "injection_site",
    share: Array | float = 1.0,
) -> Place:
    """Add a depot and its exits, and send the doses into it.

    Parameters
    ----------
    wiring : Wiring
        With a body.
    p : Draws
        Values of the route.
    volume : float
        Injected [m^3].
    cells : str
        Stem of the pools of the cells that take vesicles up there: an organ's, where a sample of
        the organ holds the site.
    share : array (n,) or float
        Share of each dose that goes in.

    Returns
    -------
    Place
        The liquid that has settled.
    """
    fresh = wiring.add_place("injection_site.fresh")
    depot = wiring.add_place("injection_site.settled")
    track = wiring.add_place("beside_injection_site")
    home, release = taken_up(wiring, cells)
    squeezed = p[SQUEEZED] * p[SETTLING]
    flows = (
        (fresh, depot, "settling", p[SETTLING] - squeezed, ""),
        (fresh, wiring.place("venous"), "into_veins", squeezed * p[INTO_VEINS], ""),
        (fresh, track, "along_the_needle", squeezed * (1.0 - p[INTO_VEINS]), ""),
    )
    for source, target, name, rate, tag in flows:
        wiring.move(source, target, wiring.parameter(f"depot.{name}", rate), tag=tag)
    liquid = surface_limited(p[LYMPH], volume, p[REFERENCE_VOLUME])
    uptake = wiring.parameter("depot.local_uptake", p[LOCAL_UPTAKE])
    lymph = wiring.per_carrier("depot.lymph", lambda carrier: into(carrier, p, volume))
    veins = wiring.per_carrier("depot.capillary", lambda carrier: through_pores(carrier, p, liquid))
    for place in (depot, track):
        wiring.move(place, into_lymph(wiring), lymph, tag="depot.lymph")
        wiring.move(place, wiring.place("venous"), veins)
        wiring.move(place, home, uptake, release=release, tag=f"{cells}.cells")
    wiring.dose_into(fresh, share)
    wiring.publish(LIQUID, Liquid(liquid, liquid, np.zeros(wiring.members)))
    doc = "vesicles at the injected site: in its liquid, along the needle and in its cells"
    held = [fresh, depot, track]
    reading_of(wiring, cells, [*held, *([home] if cells == "injection_site" else [])], doc)
    return depot


def into(carrier: Carrier, p: Draws, volume: float) -> Array:
    """Return the rate at which lymph carries a size off, array (n,) [1/s]."""
    each = lymph_uptake(
        carrier.grid, p[LYMPH], volume, p[REFERENCE_VOLUME], p[FIBRE_SHARE], p[FIBRE_RADIUS]
    )
    return carrier.average(each)


def through_pores(carrier: Carrier, p: Draws, liquid: Array) -> Array:
    """Return the rate of diffusion back through capillary pores, array (n,) [1/s].

    The large pores of the site conduct their share of the liquid that its lymph carries off; what
    is wider than they are does not pass.
    """
    pore, share, pressure = (p.at(part, capillary=CAPILLARY) for part in _PORES)
    conductance = share * liquid / pressure
    each = pore_permeability(
        carrier.grid[None, :],
        pore[:, None],
        conductance[:, None],
        p[TEMPERATURE][:, None],
    )
    return carrier.average(each)
