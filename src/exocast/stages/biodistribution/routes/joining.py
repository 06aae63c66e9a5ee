"""Where a route meets the body: lymph, tissue, cells, excreta, and what is dissolved in the dose.

Every way in ends here, so that a place that the body gains is found in one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag, Step
from exocast.material.wiring import PARTICLES, Place, Wiring
from exocast.stages.biodistribution.lymph import NODES
from exocast.stages.biodistribution.sampling import ABOARD, ROUTE_PARTS, show_rider

__all__ = [
    "LARGEST_VOLUME",
    "LIQUID",
    "Liquid",
    "count_part",
    "excreta",
    "into_lymph",
    "into_tissue",
    "reading_of",
    "taken_up",
    "too_much",
]

Array = NDArray[np.float64]

LIQUID = "route.liquid"
"""Port at which a route publishes what becomes of what its dose holds dissolved."""

LARGEST_VOLUME = Parameter(
    "biodistribution.route.largest_volume",
    unit="m^3/kg",
    doc="Largest volume that is given by this route in good practice, per body weight.",
)


@dataclass(frozen=True)
class Liquid:
    """What becomes of molecules that a dose holds dissolved, beside its vesicles.

    Attributes
    ----------
    to_blood : array (n,)
        Rate at which a macromolecule gets from the site into blood [1/s].
    label_to_blood : array (n,)
        The same for label that no vesicle carries.
    lost : array (n,)
        Rate at which either is digested at the site, or leaves the body from there [1/s].
    leaves_with : str
        Stem of the pools of excreta that such label then counts to; empty for excreta at large.
    """

    to_blood: Array
    label_to_blood: Array
    lost: Array
    leaves_with: str = ""


def into_lymph(wiring: Wiring) -> Place:
    """Return the place that lymph of a site runs to: its nodes, or blood where there are none."""
    return wiring.places.get(f"{NODES}.interstitial", wiring.place("venous"))


def into_tissue(wiring: Wiring, organ: str) -> Place:
    """Return the liquid between the cells of an organ."""
    return wiring.place(f"{organ}.interstitial")


def taken_up(wiring: Wiring, where: str, *, outside: bool = False) -> tuple[Place, dict[str, str]]:
    """Return the cells of a site, and to which pool each rider goes there; declared once.

    Parameters
    ----------
    wiring : Wiring
        To add to.
    where : str
        Stem of the names: ``liver`` for ``liver.taken_up`` and ``liver.<cargo or label>``.
    outside : bool
        Whether it is no part of the body.
    """
    name = f"{where}.taken_up"
    cells = wiring.places.get(name) or wiring.add_place(name, sink=True)
    for rider in wiring.riders:
        if f"{where}.{rider}" not in wiring.pools:
            wiring.add_pool(f"{where}.{rider}", rider=rider, outside=outside)
    return cells, {rider: f"{where}.{rider}" for rider in wiring.riders}


def excreta(wiring: Wiring, name: str, doc: str) -> tuple[Place, dict[str, str]]:
    """Return a sink outside the body, with its pools and outputs; declared once."""
    if name in wiring.places:
        return wiring.place(name), {rider: f"{name}.{rider}" for rider in wiring.riders}
    sink = wiring.add_place(name, sink=True)
    for rider in wiring.riders:
        wiring.add_pool(f"{name}.{rider}", rider=rider, outside=True)
        show_rider(wiring, name, rider, [])
    wiring.output_places(name, [(sink, 1.0)], doc=doc)
    count_part(wiring, name)
    return sink, {rider: f"{name}.{rider}" for rider in wiring.riders}


def reading_of(wiring: Wiring, name: str, places: Sequence[Place], doc: str) -> None:
    """Count places in what a sample of an organ or site shows, beside what it shows already."""
    carrying = [place for place in places if not place.sink]
    for output, rider, held in [
        (name, PARTICLES, places),
        *((f"{name}.{rider}{ABOARD}", rider, carrying) for rider in wiring.riders),
    ]:
        before = [one for one in wiring.place_outputs if one.name == output]
        known = before[-1].places if before else ()
        added = tuple((place, 1.0) for place in held if place not in [one for one, _ in known])
        words = before[-1].doc if before else (doc if rider == PARTICLES else f"{rider} on {doc}")
        unit = "particle" if rider == PARTICLES else "copy"
        wiring.output_places(output, [*known, *added], rider=rider, unit=unit, doc=words)
    for rider in wiring.riders:
        if f"{name}.{rider}" not in wiring.outputs:
            show_rider(wiring, name, rider, [])
    count_part(wiring, name)


def count_part(wiring: Wiring, name: str) -> None:
    """Add an output to those that sum to the dose, beside the parts of the body."""
    parts = wiring.published.get(ROUTE_PARTS, ())
    if name not in (*parts, *wiring.published.get("body.parts", ())):
        wiring.publish(ROUTE_PARTS, (*parts, name))


def too_much(step: Step, wiring: Wiring, p: Draws, volume: float) -> list[Flag]:
    """Return a flag where more liquid is given than is good practice by this route.

    Parameters
    ----------
    step : Step
        The route.
    wiring : Wiring
        With the subject.
    p : Draws
        With `LARGEST_VOLUME`.
    volume : float
        Given [m^3].
    """
    allowed = float(np.median(p[LARGEST_VOLUME])) * wiring.study.body_weight
    if volume <= allowed:
        return []
    message = (
        f"{volume * 1e6:.3g} mL is more than the {allowed * 1e6:.2g} mL that are given by this "
        f"route to a subject of {wiring.study.body_weight:.3g} kg: the pressure then drives liquid "
        "where no value of this route knows of. Lower `regimen.volume`"
    )
    return [Flag(f"{step.stage}.{step.method}", message)]
