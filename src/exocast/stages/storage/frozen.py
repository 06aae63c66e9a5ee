"""Frozen vials: handling, freezing, standing and thawing, once or several times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

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

__all__ = ["FrozenStorage"]

Array = NDArray[np.float64]

DAY = 86400.0
ICE_POINT = 273.15

BRINE_STABILITY = Parameter(
    "storage.frozen.brine_stability_ratio", "1",
    "Encounters for each one that sticks, between ice crystals and with the viscosity there.",
    low=1.0,
)  # fmt: skip
CONCENTRATION = Parameter(
    "storage.frozen.concentration_factor", "1",
    "How much ice concentrates what it expels before the rest turns solid.", low=1.0,
)  # fmt: skip
SOLIDUS = Parameter(
    "storage.frozen.solidus_temperature", "K",
    "Eutectic or glass transition below which no liquid is left.",
    low=200.0, high=ICE_POINT, scale="linear",
)  # fmt: skip
FREEZING_TIME = Parameter(
    "storage.frozen.freezing_time", "s",
    "Time with liquid between ice crystals on one freezing and thawing.",
)  # fmt: skip
BROKEN = Parameter(
    "storage.frozen.broken_share", "1", "Share of vesicles that one freezing and thawing destroys.",
    high=1.0, scale="logit",
)  # fmt: skip
OPENED = Parameter(
    "storage.frozen.opened_share", "1",
    "Share of surviving vesicles that one freezing and thawing opens for a moment.",
    high=1.0, scale="logit",
)  # fmt: skip
DRIFT = Parameter(
    "storage.frozen.drift_rate", "1/s", "Loss of vesicles in the solid state in unit time."
)  # fmt: skip


@dataclass(frozen=True)
class FrozenStorage(PreparationStep):
    r"""Losses to the wall while liquid, to brine and ice on each cycle, and almost none once solid.

    Equation
    --------
    \frac{n'}{n} = \left[(1 - f_\mathrm{wall}) \, f_\mathrm{single} \, f_\mathrm{brine} \, (1 -
    b) \, e^{-k t / m}\right]^m

    \bar{c}' = \bar{c} \, (1 - o)^m

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    m : freeze_thaw_cycles
    f_\mathrm{wall} : adsorbed_fraction
    f_\mathrm{single} : singlet_fraction, in the liquid
    f_\mathrm{brine} : singlet_fraction, between ice crystals
    b : broken_share
    k : drift_rate
    t : duration
    \bar{c} : mean copies inside a vesicle
    o : opened_share

    Notes
    -----
    Each cycle: the liquid stands for the hold time (wall adsorption limited by diffusion and by the
    capacity of the wall; aggregation over a stability ratio), ice forms and concentrates the rest
    (aggregation in brine), a share of the vesicles breaks (their cargo dissolves) and a share opens
    for a moment (all or none). Between cycles the vial stands for its part of the duration: below
    the solidus of the buffer a near-zero drift, above it as brine that never became solid.

    No activation energy is used, because none was found. The buffer acts through its rows. Sizes
    are lost unequally to the wall and to clusters, equally to ice: no size law for ice is known.
    Excipients count as added without volume; nuclease attack on dissolved cargo is not modelled.
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "frozen"
    title: ClassVar[str] = "frozen storage"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        STICKY_SHARE, STABILITY_RATIO, HANDS_ON, BRINE_STABILITY, CONCENTRATION, SOLIDUS,
        FREEZING_TIME, BROKEN, OPENED, DRIFT,
    )  # fmt: skip

    temperature: float = setting(
        193.15, unit="K", low=77.0, high=272.15, source="storage_practice",
        doc="Temperature of the freezer.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=3650 * DAY, doc="Time in the freezer, all cycles together.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    freeze_thaw_cycles: int = setting(
        1, unit="1", low=1, high=20, source="storage_practice",
        doc="Times that the vial is frozen and thawed.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    buffer: str = setting(
        "PBS", choices=BUFFERS, source="storage_practice",
        doc="Buffer in which it is frozen; sugars at 5 %, albumin at 0.2 %.",
        moves="particles/small_ev", direction=1,
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
    hold_time: float = setting(
        1800.0, unit="s", low=0.0, high=7 * DAY, source="storage_practice",
        doc="Time as a liquid before freezing and after thawing, in each cycle.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    hold_temperature: float = setting(
        293.15, unit="K", low=273.15, high=310.15, source="storage_practice",
        doc="Temperature of that liquid.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip

    def context(self) -> Mapping[str, str]:
        """Return buffer and material."""
        return {"buffer": self.buffer, "material": self.container}

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"after {self.duration / DAY:.3g} d at {self.temperature - ICE_POINT:.0f} °C"

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return what is in the thawed vials."""
        account = Account()
        vials = Vials(suspension, account, self.vial_volume, p[STICKY_SHARE])
        ones = np.ones(suspension.members)
        cycles = int(self.freeze_thaw_cycles)
        each = self.duration / cycles
        liquid_remains = self.temperature > p[SOLIDUS]
        account.note("liquid brine in the freezer [1 = yes]", liquid_remains.astype(float))
        for _ in range(cycles):
            vials.stand(self.hold_time * ones, self.hold_temperature)
            vials.aggregate(self.hold_time * ones, self.hold_temperature, p[STABILITY_RATIO])
            brine_time = p[FREEZING_TIME] + np.where(liquid_remains, each, 0.0)
            vials.aggregate(brine_time, ICE_POINT, p[BRINE_STABILITY], p[CONCENTRATION])
            vials.break_vesicles(p[BROKEN], "broken by freezing and thawing")
            vials.open_vesicles(p[OPENED])
            vials.break_vesicles(-np.expm1(-p[DRIFT] * each), "lost in the freezer")
        hands_on = vials.number() * float(np.median(p[HANDS_ON]))
        resources = Resources(
            time=self.duration + cycles * (self.hold_time + float(np.median(p[FREEZING_TIME]))),
            hands_on=hands_on,
            consumables={f"vial, {self.container}": vials.number()},
        )
        return vials.closed(self.buffer, self.hold_temperature), account.exchange(resources)

    def standing(self, exchange: Exchange) -> float:
        """Return the time as a liquid [s]: what is frozen keeps its cargo."""
        return int(self.freeze_thaw_cycles) * self.hold_time

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: brine that stays liquid, and a buffer that is not the tube's."""
        flags = []
        liquid = float(np.mean(self.temperature > p[SOLIDUS]))
        if liquid > 0.05 and self.duration > 0:
            flags.append(
                Flag(
                    self.name,
                    f"{self.buffer} may keep liquid brine at {self.temperature - ICE_POINT:.0f} °C "
                    f"({liquid:.0%} of members): store colder",
                )
            )
        if suspension.buffer != self.buffer:
            flags.append(
                Flag(
                    self.name,
                    f"the tube holds {suspension.buffer} and is frozen as {self.buffer}: the "
                    "exchange of buffer is not modelled",
                    "note",
                )
            )
        return flags
