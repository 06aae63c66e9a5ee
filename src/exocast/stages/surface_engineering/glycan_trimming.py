"""Trimming of glycans: a sialidase bares what the liver's lectins bind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.surface_engineering.molecules import with_surface

__all__ = ["GlycanTrimming"]

SIALIC = "sialic_acid_share"
"""Surface property: share of the sialic acid that is left, 1 for the ordinary vesicle."""

_KEY = "surface_engineering.glycan_trimming."
ACTIVITY = Parameter(
    _KEY + "activity", "m^3/kg/s", "Rate at which a concentration of enzyme removes sialic acid."
)
OUT_OF_REACH = Parameter(
    _KEY + "out_of_reach", "1", "Share of the sialic acid that the enzyme does not reach.",
    high=1.0, scale="logit",
)  # fmt: skip


@dataclass(frozen=True)
class GlycanTrimming(PreparationStep):
    r"""An enzyme removes the sialic acid of all vesicles, but for what it cannot reach.

    Equation
    --------
    s = s_0 \left[u + (1 - u) \, e^{-k E t}\right]

    Symbols
    -------
    s, s_0 : share of the sialic acid that is left, after and before
    u : out_of_reach
    k : activity
    E : enzyme
    t : duration
    """

    stage: ClassVar[str] = "surface_engineering"
    method: ClassVar[str] = "glycan_trimming"
    title: ClassVar[str] = "trimming of glycans"
    parameters: ClassVar[tuple[Parameter, ...]] = (ACTIVITY, OUT_OF_REACH)
    speculative: ClassVar[bool] = True

    enzyme: float = setting(
        1e-2, unit="kg/m^3", low=0.0, high=10.0, source="trimming_practice",
        doc="Concentration of sialidase.", moves="sialic acid", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        3600.0, unit="s", low=0.0, high=172800.0, source="trimming_practice",
        doc="Time with the enzyme at 37 degC.", moves="sialic acid", direction=-1,
    )  # fmt: skip

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube with less sialic acid on its vesicles."""
        reach = np.exp(-p[ACTIVITY] * self.enzyme * self.duration)
        left = p[OUT_OF_REACH] + (1.0 - p[OUT_OF_REACH]) * reach
        if self.enzyme > 0 and self.duration > 0:
            for one in suspension.populations:
                if one.vesicular:
                    held = {SIALIC: one.surface.get(SIALIC, 1.0) * left}
                    suspension = with_surface(suspension, one.kind, held)
        resources = Resources(time=self.duration, hands_on=900.0, consumables={"tube": 1.0})
        return suspension, Exchange(resources=resources, notes={"sialic acid left [1]": left})
