"""Into a vein, at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.material.step import Flag, KineticStep
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.routes.measured import unmeasured

__all__ = ["IntravenousBolus"]


@dataclass(frozen=True)
class IntravenousBolus(KineticStep):
    r"""Injection into a vein, fast against the circulation of blood.

    The dose enters venous blood whole, and passes the lung first.

    Equation
    --------
    A_\mathrm{ven}(t_j^+) = A_\mathrm{ven}(t_j^-) + D_j

    Symbols
    -------
    A_\mathrm{ven} : vesicles of a size class in venous blood
    t_j : times of the doses
    D_j : vesicles of the class in one dose
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intravenous_bolus"
    title: ClassVar[str] = "Intravenous bolus"

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Send the doses into venous blood."""
        wiring.dose_into(wiring.place("venous"))

    def flags(self, wiring: Wiring, p: Draws) -> list[Flag]:
        """Flag a species in which nobody measured it."""
        return unmeasured(self, wiring.study)
