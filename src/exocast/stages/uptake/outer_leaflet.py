"""What a vesicle carries outside, once a cell has taken it in: on the wrong side of the membrane.

The outer leaflet of a vesicle faces the lumen of the endosome, before and after the two fuse: of
the two leaflets that become one membrane, the outer one of the vesicle joins the lumenal one of the
endosome. Opening lets out what was inside, and leaves on the lumenal side what was outside. From
there it gets out as any conjugate does that cells drink or bind: rarely.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.escape import escape_rate
from exocast.material.study import Study
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.outside import outside_of

__all__ = [
    "COUNTER", "LUMENAL", "OUTER_ESCAPE", "PARAMETERS", "add_pools", "escaped", "escaping_rider",
    "needs_in", "wire_escape",
]  # fmt: skip

Array = NDArray[np.float64]

LUMENAL = "tumour.lumenal"
"""Pool of what was outside vesicles, on the lumenal side of late endosomes and lysosomes."""

COUNTER = "counted.outside.in_cytosol"
"""Pool that counts what got from there into the cytosol."""

MOST = 0.9
"""Largest share of what stays in a cell that gets out: the rate of all would not be finite."""

_KEY = "uptake.endocytosis_and_escape."
OUTER_ESCAPE = Parameter(
    _KEY + "outer_escape",
    unit="1",
    doc="Share of the copies on the outside of internalised vesicles which reach the cytosol, over "
    "all that becomes of them.",
    high=0.9,
)
LUMENAL_HALF_LIFE = Parameter(
    _KEY + "lumenal_half_life", unit="s", doc="Half-life of these copies in late compartments."
)

PARAMETERS = (OUTER_ESCAPE, LUMENAL_HALF_LIFE)


def needs_in(study: Study) -> list[Need]:
    """Return the needs where the cargo is held on the outside of vesicles, and is to act inside."""
    held = study.cargo in study.anchored and not study.outside
    return [Need(one) for one in PARAMETERS] if held else []


def escaping_rider(wiring: Wiring, cargo: str) -> str:
    """Return the rider that is the cargo outside; empty where none of it is, or none asked for."""
    rider = outside_of(cargo)
    return rider if {cargo, rider} <= set(wiring.riders) else ""


def add_pools(wiring: Wiring, cargo: str, release: dict[str, dict[str, str]]) -> None:
    """Say where what is outside goes with its vesicle: opened or digested, to the lumenal side."""
    rider = escaping_rider(wiring, cargo)
    if not rider:
        return
    wiring.add_pool(LUMENAL, rider=cargo, share=1e-15)
    ends = {"lysosome": LUMENAL, "opened": LUMENAL}
    for sink, taken in release.items():
        taken[rider] = ends.get(sink, taken[cargo])


def wire_escape(wiring: Wiring, p: Draws, cargo: str, re_export: Array) -> None:
    """Wire what becomes of it there: digested, or in the cytosol.

    Parameters
    ----------
    wiring : Wiring
        With the pools of the cell.
    p : Draws
        With `PARAMETERS`.
    cargo : str
        What is outside.
    re_export : array (n,) [1]
        Share of internalised vesicles that leave the cell with what is on them: the escape is
        counted over all that is taken in, and has to happen to those that stay.
    """
    if not escaping_rider(wiring, cargo):
        return
    network, held = wiring.network, wiring.pool(LUMENAL)
    lost = np.log(2.0) / p[LUMENAL_HALF_LIFE]
    staying = np.minimum(p[OUTER_ESCAPE] / (1.0 - re_export), MOST)
    out = wiring.parameter(f"{LUMENAL}.escape", escape_rate(staying, lost)) * held
    counter = wiring.add_pool(COUNTER, scale=1e-15 * np.maximum(wiring.copies(cargo), 1e-15))
    network.flux(held, wiring.pool("tumour.degraded"),
                 wiring.parameter(f"{LUMENAL}.loss", lost) * held)  # fmt: skip
    network.flux(held, wiring.pool("tumour.unpacking"), out)
    network.flux(None, counter, out)
    doc = f"of the {cargo} in the cytosol, copies that came on the outside of vesicles"
    wiring.output("outside.in_cytosol", {counter: 1.0}, unit="copy", doc=doc)


def escaped(wiring: Wiring, p: Draws, cargo: str) -> Array:
    """Return the copies that the outside of all vesicles would bring, each an event, (n,)."""
    rider = escaping_rider(wiring, cargo)
    if not rider:
        return np.zeros(wiring.members)
    return np.asarray(wiring.aboard(rider) * p[OUTER_ESCAPE])
