"""The gut from the stomach on: what is swallowed is digested, taken up a little, or leaves.

By mouth all of a dose comes here; of what is breathed in or put into the nose, what cilia bring up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.material.wiring import Place, Wiring
from exocast.stages.biodistribution.routes import epithelium
from exocast.stages.biodistribution.routes.joining import (
    excreta,
    into_lymph,
    reading_of,
    taken_up,
)

__all__ = ["FRAGMENTS", "PARAMETERS", "REGIONS", "needs", "wire"]

Array = NDArray[np.float64]

REGIONS = ("stomach", "small_intestine", "large_intestine")
"""In the order in which content passes them."""

FRAGMENTS = Parameter(
    "biodistribution.gut.fragment_absorption",
    unit="1/s",
    doc="Rate at which the wall absorbs what digestion set free of vesicles: fragments and label.",
)
PASSAGE = Parameter(
    "biodistribution.gut.fragment_passage",
    unit="1/s",
    doc="Rate at which such fragments leave with faeces instead.",
)
PARAMETERS = (*epithelium.PARAMETERS, FRAGMENTS, PASSAGE)


def needs() -> list[Need]:
    """Return the needs of `wire`."""
    return [*epithelium.needs(*REGIONS), Need(FRAGMENTS), Need(PASSAGE)]


def wire(wiring: Wiring, p: Draws) -> Place:
    """Add the gut with its exits, down to faeces; return the content of the stomach.

    What vesicles carried is set free where they are digested, and then absorbed or passed; what is
    absorbed is no longer cargo, and counts as taken up by the wall.
    """
    faeces = excreta(wiring, "faeces", "vesicles that left with faeces")
    digested = taken_up(wiring, "gut_lumen", outside=True)
    cells = taken_up(wiring, "gut")
    across: epithelium.Exit = (into_lymph(wiring), {})
    onward: epithelium.Exit = faeces
    lumens = []
    for region in reversed(REGIONS):
        lumen = epithelium.wire(
            wiring, p, region, onward=onward, cells=cells, across=across, digested=digested
        )
        lumens.append(lumen)
        onward = (lumen, {})
    absorbed = wiring.parameter("gut.fragment_absorption", p[FRAGMENTS])
    passed = wiring.parameter("gut.fragment_passage", p[PASSAGE])
    for rider in wiring.riders:
        held = wiring.pool(f"gut_lumen.{rider}")
        wall = wiring.add_pool(f"absorbed_fragments.{rider}", rider=rider)
        wiring.network.flux(held, wall, absorbed * held)
        wiring.network.flux(held, wiring.pool(f"faeces.{rider}"), passed * held)
        doc = f"{rider} that digestion set free and the wall of the gut absorbed"
        wiring.output(f"absorbed_fragments.{rider}", {wall: 1.0}, unit="copy", doc=doc)
    doc = "vesicles in the lumen of stomach and gut, whole or digested there"
    reading_of(wiring, "gut_lumen", [*lumens, digested[0]], doc)
    return lumens[-1]
