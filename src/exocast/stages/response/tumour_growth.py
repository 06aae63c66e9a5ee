"""Growth of the tumour, treated against untreated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import Wiring
from exocast.stages.response import growth
from exocast.stages.response.growth import RESOLVED, relative_growth, untreated_growth

__all__ = ["TumourGrowth"]

SENSITIVITY = Parameter(
    "response.tumour_growth.dependence",
    unit="1",
    doc="Share of net growth that is lost with all of the target protein; above 1 it shrinks.",
    high=3.0,
)

ENDPOINT = 2e-6
"""Tumour volume at which animals are usually taken out of a study [m^3], 2000 mm^3."""


@dataclass(frozen=True)
class TumourGrowth(KineticStep):
    r"""The tumour grows exponentially, then linearly; losing the target protein slows it.

    Equation
    --------
    \frac{d V}{dt} = g(V) \, V \, (1 - \delta \pi)

    Symbols
    -------
    V : volume of the treated tumour [m^3]
    g : relative_growth
    \delta : dependence
    \pi : loss of target protein, mean over cells

    Notes
    -----
    V' = g(V) V (1 - dependence x mean loss of protein), g as in Simeoni 2004; the untreated tumour
    is carried beside it. Growth is linear in a cell's loss of protein, so the mean over cells is
    all it needs; that cells which were missed outgrow the others is left out, which flatters the
    treatment. How far a tumour depends on its target is assumed (PANC-1 is said to be among the
    less KRAS-dependent lines), so this says how much silencing could matter, not that it does.
    """

    stage: ClassVar[str] = "response"
    method: ClassVar[str] = "tumour_growth"
    title: ClassVar[str] = "Tumour growth with and without the target protein"
    parameters: ClassVar[tuple[Parameter, ...]] = (*growth.PARAMETERS, SENSITIVITY)
    speculative: ClassVar[bool] = True

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Add the treated tumour beside the untreated one."""
        untreated_growth(wiring, p)
        protein = wiring.pool("target.protein")
        first = wiring.study.tumour_volume
        treated = wiring.add_pool("tumour.treated", start=first, scale=RESOLVED * first)
        dependence = wiring.parameter("tumour.dependence", p[SENSITIVITY])
        rate = relative_growth(wiring, p, treated) * (1.0 - dependence * protein)
        wiring.network.flux(None, treated, rate * treated)
        wiring.output(
            "tumour.treated", {treated: 1.0}, unit="m^3", doc="volume of the treated tumour"
        )

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a tumour that outgrows the study before the horizon."""
        rate = np.log(2.0) / p[growth.DOUBLING]
        last = wiring.study.tumour_volume * np.exp(np.minimum(rate * wiring.study.horizon, 50.0))
        share = float(np.mean(last > ENDPOINT))
        if share <= 0.5:
            return []
        return [
            Flag(
                f"{self.stage}.{self.method}",
                f"untreated, the tumour would pass 2000 mm^3 before the horizon in {share:.0%} of "
                "members: past the usual endpoint in mice, and with necrosis that is not modelled",
            )
        ]
