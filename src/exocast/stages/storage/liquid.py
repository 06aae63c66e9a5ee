"""Liquid vials, in the refrigerator or on the bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.storage.vial import (
    BUFFERS,
    HANDS_ON,
    MATERIALS,
    STABILITY_RATIO,
    STICKY_SHARE,
    Vials,
)

__all__ = ["LiquidStorage"]

DAY = 86400.0
ICE_POINT = 273.15

BREAKAGE = Parameter(
    "storage.liquid.breakage_rate", "1/s", "Vesicles that fall apart in the liquid in unit time."
)  # fmt: skip


@dataclass(frozen=True)
class LiquidStorage(PreparationStep):
    r"""Losses to the wall, to aggregation and to slow breakage, without ice.

    Equation
    --------
    \frac{n'}{n} = (1 - f_\mathrm{wall}) \, f_\mathrm{single} \, e^{-k t}

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    f_\mathrm{wall} : adsorbed_fraction
    f_\mathrm{single} : singlet_fraction
    k : breakage_rate
    t : duration

    Notes
    -----
    Wall adsorption is limited by diffusion of a still liquid and by the capacity of the wall, and
    takes small vesicles first; aggregation is Smoluchowski's over a stability ratio; breakage is
    first-order with one rate for all temperatures, because no activation energy was found. Shaking
    brings more to the wall than this.
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "liquid"
    title: ClassVar[str] = "liquid storage"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        STICKY_SHARE, STABILITY_RATIO, HANDS_ON, BREAKAGE,
    )  # fmt: skip

    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="storage_practice",
        doc="Temperature of the liquid.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=365 * DAY, doc="Time in the vial.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    buffer: str = setting(
        "PBS", choices=BUFFERS, source="storage_practice",
        doc="Buffer; sugars at 5 %, albumin at 0.2 %.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    container: str = setting(
        "polypropylene", choices=MATERIALS, source="storage_practice", doc="Material of the vial.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    vial_volume: float = setting(
        2e-7, unit="m^3", low=1e-8, high=1e-4, source="storage_practice",
        doc="Liquid in one vial; small vials have more wall.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return buffer and material."""
        return {"buffer": self.buffer, "material": self.container}

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"after {self.duration / DAY:.3g} d at {self.temperature - ICE_POINT:.0f} °C"

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return what is left in the liquid."""
        account = Account()
        vials = Vials(suspension, account, self.vial_volume, p[STICKY_SHARE])
        time = np.full(suspension.members, self.duration)
        vials.stand(time, self.temperature)
        vials.aggregate(time, self.temperature, p[STABILITY_RATIO])
        vials.break_vesicles(-np.expm1(-p[BREAKAGE] * time), "fell apart in the liquid")
        resources = Resources(
            time=self.duration,
            hands_on=vials.number() * float(np.median(p[HANDS_ON])),
            consumables={f"vial, {self.container}": vials.number()},
        )
        return vials.closed(self.buffer, self.temperature), account.exchange(resources)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: longer than the laws were meant for."""
        if self.duration <= 14 * DAY:
            return []
        return [
            Flag(
                self.name,
                f"{self.duration / DAY:.0f} days as a liquid: oxidation, enzymes and microbes are "
                "not modelled, and the breakage rate is an assumption",
            )
        ]
