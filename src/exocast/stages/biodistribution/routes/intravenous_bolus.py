"""Into a vein, at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.material.step import KineticStep
from exocast.material.wiring import Wiring

__all__ = ["IntravenousBolus"]


@dataclass(frozen=True)
class IntravenousBolus(KineticStep):
    """Injection into a vein, fast against the circulation of blood.

    The dose enters venous blood whole, and passes the lung first.
    """

    stage: ClassVar[str] = "biodistribution"
    method: ClassVar[str] = "intravenous_bolus"
    title: ClassVar[str] = "Intravenous bolus"

    def contribute(self, wiring: Wiring, p: Draws) -> None:
        """Send the doses into venous blood."""
        wiring.dose_into(wiring.place("venous"))
