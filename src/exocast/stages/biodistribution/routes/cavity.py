"""The cavity: a space filled with liquid that turns over, its phagocytes and its walls.

One equation for the peritoneum and the cerebrospinal space: each part of it is added by a function
here, since the body has some of it already where the liquid is its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.fenestrae import fibre_exclusion
from exocast.material.carrier import Carrier
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.routes.depot import FIBRE_RADIUS, FIBRE_SHARE
from exocast.stages.biodistribution.routes.joining import into_lymph, taken_up

__all__ = [
    "DRAINED",
    "EXPONENT",
    "PHAGOCYTES",
    "REFERENCE_WEIGHT",
    "WALL_FLOW",
    "add_drainage",
    "add_phagocytes",
    "drainage",
    "held_volume",
]

Array = NDArray[np.float64]

_KEY = "biodistribution.cavity."
FLUID = Parameter(
    _KEY + "fluid_volume", unit="m^3", doc="Liquid that the cavity holds, in the reference subject."
)
REFERENCE_WEIGHT = Parameter(
    _KEY + "reference_weight", unit="kg", doc="Body weight to which volumes and flows belong."
)
MACROPHAGES = Parameter(
    _KEY + "macrophages",
    unit="1",
    doc="Phagocytes that stand in the liquid or line it, in the reference subject.",
)
RELATIVE = Parameter(
    _KEY + "macrophage_uptake", unit="1", doc="What one of them clears over a Kupffer cell."
)
DRAINAGE = Parameter(
    _KEY + "drainage",
    unit="m^3/s",
    doc="Liquid that leaves the cavity whole, with all that it holds, in the reference subject.",
)
EXPONENT = Parameter(
    _KEY + "flow_exponent",
    unit="1",
    doc="Power of body weight with which that flow grows.",
    scale="linear",
)
WALL_FLOW = Parameter(
    _KEY + "wall_flow",
    unit="1",
    doc="Liquid that seeps into the walls, over the liquid that leaves whole.",
)

PHAGOCYTES = (FLUID, REFERENCE_WEIGHT, MACROPHAGES, RELATIVE)
"""Asked for by `held_volume` and `add_phagocytes`."""

DRAINED = (DRAINAGE, EXPONENT, WALL_FLOW, FIBRE_SHARE, FIBRE_RADIUS)
"""Asked for by `add_drainage` beside these."""


def held_volume(wiring: Wiring, p: Draws, volume: float) -> Array:
    """Return the liquid of the cavity with what was injected [m^3], array (n,) [m^3]."""
    relative = wiring.study.body_weight / p[REFERENCE_WEIGHT]
    return np.asarray(p[FLUID] * relative + volume)


def drainage(wiring: Wiring, p: Draws, held: Array) -> Array:
    """Return the rate at which liquid leaves whole, array (n,) [1/s]."""
    relative = wiring.study.body_weight / p[REFERENCE_WEIGHT]
    return np.asarray(p[DRAINAGE] * relative ** p[EXPONENT] / held)


def add_phagocytes(wiring: Wiring, p: Draws, liquid: Place, held: Array, cells: str) -> None:
    """Let the phagocytes of a cavity take what diffusion brings them.

    Each clears a share of what a Kupffer cell does, surface of the vesicle and all, until the dose
    is gone: they are not counted as filling up.

    Parameters
    ----------
    wiring : Wiring
        With a body, which publishes what a Kupffer cell clears.
    p : Draws
        Values of the route.
    liquid : Place
        What lies in the cavity.
    held : array (n,)
        Its volume [m^3].
    cells : str
        Stem of the pools of these phagocytes.
    """
    relative = wiring.study.body_weight / p[REFERENCE_WEIGHT]
    per_volume = p[MACROPHAGES] * relative * p[RELATIVE] / held
    kupffer = wiring.published.get("kupffer.clearance", {})
    home, release = taken_up(wiring, cells)
    rates = wiring.per_carrier(
        "cavity.phagocytes", lambda carrier: kupffer[carrier.name] * per_volume
    )
    wiring.move(liquid, home, rates, release=release, tag="cavity.phagocytes")


def add_drainage(wiring: Wiring, p: Draws, liquid: Place, leaving: Array, walls: str) -> None:
    """Let liquid leave a cavity whole into lymph, and seep into its walls through their mesh.

    Parameters
    ----------
    wiring : Wiring
        With a body.
    p : Draws
        Values of the route.
    liquid : Place
        What lies in the cavity.
    leaving : array (n,)
        From `drainage` [1/s].
    walls : str
        Stem of the pools of the cells of the walls.
    """
    whole = wiring.parameter("cavity.drainage", leaving)
    wiring.move(liquid, into_lymph(wiring), whole, tag="cavity.lymph")

    def seeping(carrier: Carrier) -> Array:
        mesh = fibre_exclusion(carrier.grid, p[FIBRE_SHARE][:, None], p[FIBRE_RADIUS][:, None])
        return np.asarray(leaving * p[WALL_FLOW] * carrier.average(mesh))

    home, release = taken_up(wiring, walls)
    rates = wiring.per_carrier("cavity.walls", seeping)
    wiring.move(liquid, home, rates, release=release, tag="cavity.walls")
