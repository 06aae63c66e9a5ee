"""Into a coronary artery, through a catheter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.material.step import Flag, KineticStep, setting
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["Intracoronary"]


@dataclass(frozen=True)
class Intracoronary(KineticStep):
    r"""Injection into a coronary artery: the capillaries of the heart come first.

    The dose passes the heart's capillaries once, undiluted by the rest of the blood, and is then an
    intravenous dose. What stays in that one pass is what the heart's own walls and cells take in
    the seconds that blood needs: no place of its own, no value of its own.

    Equation
    --------
    \frac{d A_\mathrm{heart}}{dt} = \frac{D_j}{T} - \frac{Q}{V} A_\mathrm{heart} + \dots, \quad
    t_j \le t < t_j + T

    Symbols
    -------
    A_\mathrm{heart} : vesicles of a size class in the capillary blood of the heart
    t_j : times of the doses
    D_j : vesicles of the class in one dose
    T : duration
    Q : blood through the heart's capillaries [m^3/s]
    V : blood in them [m^3]

    Notes
    -----
    A catheter that stops the flow, or a coronary bed after an infarct that leaks, keeps more: here
    flow and walls are those of a sound heart.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intracoronary"
    title: ClassVar[str] = "Injection into a coronary artery"
    speculative: ClassVar[bool] = True

    duration: float = setting(
        180.0,
        unit="s",
        low=0.0,
        high=86400.0,
        doc="How long one dose takes to go in.",
        source="route_practice",
        moves="peak in blood",
        direction=-1,
    )

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Send the doses into the blood of the heart."""
        wiring.dose_into(wiring.place("heart.vascular"), duration=self.duration)

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
