"""Into a vein, at a steady rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["IntravenousInfusion"]


@dataclass(frozen=True)
class IntravenousInfusion(KineticStep):
    r"""Infusion into a vein at a constant rate, from the time of each dose on.

    Each dose enters venous blood over the duration, and passes the lung first. A duration that
    goes to 0 gives the bolus.

    Equation
    --------
    \frac{d A_\mathrm{ven}}{dt} = \frac{D_j}{T} + \dots, \quad t_j \le t < t_j + T

    Symbols
    -------
    A_\mathrm{ven} : vesicles of a size class in venous blood
    t_j : times of the doses
    D_j : vesicles of the class in one dose
    T : duration
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intravenous_infusion"
    title: ClassVar[str] = "Intravenous infusion"

    duration: float = setting(
        1800.0,
        unit="s",
        low=0.0,
        high=604800.0,
        doc="How long one dose takes to go in.",
        source="route_practice",
        moves="peak in blood",
        direction=-1,
    )

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Send the doses into venous blood, slowly."""
        wiring.dose_into(wiring.place("venous"), duration=self.duration)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
