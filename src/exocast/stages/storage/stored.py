"""What every storage method shares: buffer, container, and a way through stretches of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need
from exocast.laws.freezing import FREEZING_POINT, ICE_POINT
from exocast.laws.kinetic_mean import mean_kinetic_temperature
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.storage.handling import Handling
from exocast.stages.storage.parameters import (
    BLOCKED,
    BRINE_PH,
    BUFFERS,
    BY_KIND,
    CARGO_KINDS,
    HANDS_ON,
    ICE_PARAMETERS,
    MATERIALS,
    SOLIDUS,
    STICKY_SHARE,
    THAWING_TIME,
)
from exocast.stages.storage.stretches import DAY, Stretch
from exocast.stages.storage.vial import Vials

__all__ = ["Stored"]

WITH_ALBUMIN = ("HSA", "trehalose_HSA")


@dataclass(frozen=True)
class Stored(PreparationStep):
    """What every storage method shares: buffer, container, and a way through stretches of time."""

    buffer: str = setting(
        "PBS", choices=BUFFERS, source="storage_practice",
        doc="Buffer; sugars at 5 %, albumin at 0.2 %.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    container: str = setting(
        "polypropylene", choices=MATERIALS, source="storage_practice", doc="Material of the vial.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    blocking: str = setting(
        "none", choices=("none", "albumin"), source="storage_practice",
        doc="Whether the vial was blocked with albumin before it was filled.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    vial_volume: float = setting(
        2e-7, unit="m^3", low=1e-8, high=1e-4, source="storage_practice",
        doc="Liquid in one vial; small vials have more wall.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip

    def needs(self) -> list[Need]:
        """Return the parameters, those of cargo for each kind."""
        plain = [Need(one) for one in self.parameters if one not in BY_KIND]
        return plain + [Need(one, {"cargo_kind": kind}) for one in BY_KIND for kind in CARGO_KINDS]

    def context(self) -> Mapping[str, str]:
        """Return buffer and material."""
        return {"buffer": self.buffer, "material": self.container}

    def way(self) -> tuple[Stretch, ...]:
        """Return the stretches of time through which the vials go."""
        return ()

    def standing(self, exchange: Exchange) -> float:
        """Return the time as a liquid [s]: what is frozen keeps its cargo."""
        return sum(one.duration for one in self._liquid())

    def standing_at(self, suspension: Suspension) -> float:
        """Return the mean kinetic temperature of the liquid [K]; the end's where none stood."""
        wet = self._liquid()
        if not wet:
            return suspension.temperature
        kelvin, time = zip(*((one.temperature, one.duration) for one in wet), strict=True)
        return float(mean_kinetic_temperature(kelvin, time))

    def _liquid(self) -> list[Stretch]:
        return [o for o in self.way() if o.temperature >= FREEZING_POINT and o.duration > 0]

    def opened_at(self) -> float:
        """Return the temperature of the vials at the end [K]: ice that has just melted is at 0."""
        return max(self.way()[-1].temperature, ICE_POINT)

    def handling(self, suspension: Suspension, p: Draws) -> Handling:
        """Return the vials, filled."""
        covered = self.blocking == "albumin" or self.buffer in WITH_ALBUMIN
        sticky = p[STICKY_SHARE] * (1 - p[BLOCKED] * covered)
        vials = Vials(suspension, Account(), self.vial_volume, sticky)
        ice = tuple(one for one in ICE_PARAMETERS if one in self.parameters)
        return Handling(vials, p, float(getattr(self, "cooling_rate", 0.0)), ice)

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return what is left in the vials."""
        handling = self.handling(suspension, p)
        vials, way = handling.vials, self.way()
        handling.through(way)
        if handling.ice:
            self.note_ice(handling)
        wet = handling.freezings * float(np.median(p[THAWING_TIME])) if handling.ice else 0.0
        resources = Resources(
            time=sum(one.duration for one in way) + wet,
            hands_on=vials.number() * float(np.median(p[HANDS_ON])),
            consumables={f"vial, {self.container}": vials.number()},
        )
        return vials.closed(self.buffer, self.opened_at()), vials.account.exchange(resources)

    def note_ice(self, handling: Handling) -> None:
        """Keep what ice did."""
        note = handling.vials.account.note
        note("freezings [1]", np.full(handling.p.members, float(handling.freezings)))
        note("time in brine [s]", handling.brine_time)
        note("pH of the brine [1]", handling.of(BRINE_PH))

    def exchanged(self, suspension: Suspension) -> list[Flag]:
        """Return a note where the buffer is not the tube's."""
        if suspension.buffer == self.buffer:
            return []
        words = (
            f"the tube holds {suspension.buffer} and is stored as {self.buffer}: the exchange of "
            "buffer is not modelled"
        )
        return [Flag(self.name, words, "note")]

    def wet(self, p: Draws) -> list[Flag]:
        """Return a flag where brine stays liquid while it is frozen."""
        cold = [one for one in self.way() if one.temperature < FREEZING_POINT and one.duration > 0]
        for one in sorted(cold, key=lambda one: -one.temperature):
            share = float(np.mean(one.temperature > p[SOLIDUS]))
            if share > 0.05:
                words = (
                    f"{self.buffer} may keep liquid brine at {one.temperature - ICE_POINT:.0f} °C "
                    f"({share:.0%} of members): store colder"
                )
                return [Flag(self.name, words)]
        return []

    def long(self) -> list[Flag]:
        """Return a flag where a liquid stands for longer than the laws were meant for."""
        days = sum(one.duration for one in self._liquid()) / DAY
        if days <= 14:
            return []
        words = (
            f"{days:.0f} days as a liquid: oxidation, enzymes and microbes are not modelled, and "
            "the breakage rate is an assumption"
        )
        return [Flag(self.name, words)]
