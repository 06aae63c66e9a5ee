"""The subject's own vesicles: they take up room in the cells that also take the dose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.capillary_passage import competed_regain
from exocast.laws.phagocyte_encounter import encounter_ceiling, uptake_clearance
from exocast.stages.biodistribution import phagocytes
from exocast.stages.biodistribution.liquids import diffusivity

__all__ = ["PARAMETERS", "endothelial_regain", "needs", "phagocyte_regain"]

Array = NDArray[np.float64]

_KEY = "biodistribution.whole_body."
CONCENTRATION = Parameter(
    _KEY + "endogenous_concentration",
    unit="particle/m^3",
    doc="Vesicles that plasma holds anyway.",
)
DIAMETER = Parameter(_KEY + "endogenous_diameter", unit="m", doc="Diameter of these vesicles.")
PARAMETERS = (CONCENTRATION, DIAMETER)


def needs() -> list[Need]:
    """Return the needs of this module."""
    return [Need(parameter) for parameter in PARAMETERS]


def phagocyte_regain(number: Array, capacity: Array, p: Draws) -> Array:
    """Return the rate at which so many phagocytes regain capacity, array (n,) [1/s].

    The subject's own vesicles are an average preparation without a shield.
    """
    speed = diffusivity(p[DIAMETER][:, None], p)
    ceiling = encounter_ceiling(
        speed, p[phagocytes.RADIUS][:, None], p[phagocytes.SHERWOOD][:, None]
    )
    each = uptake_clearance(ceiling, p[phagocytes.REACTION][:, None])[:, 0]
    return competed_regain(p[phagocytes.DIGESTION], number * each * p[CONCENTRATION], capacity)


def endothelial_regain(cleared: Array, capacity: Array, p: Draws) -> Array:
    """Return the same of endothelium that clears so much plasma, array (n,) [1/s]."""
    return competed_regain(p[phagocytes.DIGESTION], cleared * p[CONCENTRATION], capacity)
