"""What one stretch of time at one temperature does to a vial, liquid or frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.freezing import (
    FREEZING_POINT,
    ICE_POINT,
    concentration_in_ice,
    mean_over_cooling,
)
from exocast.laws.lumen import arrhenius
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.storage.vial import BUFFERS, CARGO_KINDS, MATERIALS, MESSENGER, Vials

__all__ = [
    "BRINE_STABILITY",
    "CONCENTRATION",
    "DAY",
    "DRIFT",
    "HANDS_ON",
    "ICE_PARAMETERS",
    "LIQUID_PARAMETERS",
    "SOLIDUS",
    "STABILITY_RATIO",
    "STICKY_SHARE",
    "THAWING_TIME",
    "Handling",
    "Stored",
    "Stretch",
    "stretches_of",
]

Array = NDArray[np.float64]

DAY = 86400.0
YEAR = 365.25 * DAY
COLD = 277.15
ROOM = 298.15
NEUTRAL = 7.4
LOWEST_PH = 5.0

WITH_ALBUMIN = ("HSA", "trehalose_HSA")

STICKY_SHARE = Parameter(
    "storage.vial.sticky_share", "1", "Share of the wall that holds particles which touch it.",
    low=1e-4, high=1.0,
)  # fmt: skip
BLOCKED = Parameter(
    "storage.vial.blocked_share", "1", "Share of the sticky wall that albumin takes first.",
    high=1.0, scale="logit",
)  # fmt: skip
STABILITY_RATIO = Parameter(
    "storage.vial.stability_ratio", "1", "Encounters in the liquid for each one that sticks.",
    low=1.0,
)  # fmt: skip
HANDS_ON = Parameter("storage.vial.hands_on", "s", "Operator time per vial: fill, label, move.")
BREAKAGE = Parameter(
    "storage.liquid.breakage_rate", "1/s",
    "Vesicles that fall apart in the liquid in unit time, at 4 degC.",
)  # fmt: skip
BREAKAGE_ENERGY = Parameter(
    "storage.liquid.breakage_energy", "J/mol", "Activation energy of that.", low=0.0, high=2e5,
    scale="linear",
)  # fmt: skip
DECAY = Parameter(
    "storage.vial.cargo_decay", "1/s",
    "Molecules of a kind of cargo that stop working in unit time, at 25 degC and pH 7.4.",
)  # fmt: skip
DECAY_ENERGY = Parameter(
    "storage.vial.cargo_decay_energy", "J/mol", "Activation energy of that.", low=0.0, high=3e5,
    scale="linear",
)  # fmt: skip
MESSENGER_DECAY = Parameter(
    "storage.vial.messenger_decay", "1/s",
    "The same for a messenger RNA, of which one cut in thousands of linkages is enough.",
)  # fmt: skip
SURFACE = Parameter(
    "storage.vial.surface_decay", "1/s",
    "Molecules on the surface of vesicles that stop working in unit time, at 25 degC.",
)  # fmt: skip
SURFACE_ENERGY = Parameter(
    "storage.vial.surface_decay_energy", "J/mol", "Activation energy of that.", low=0.0, high=3e5,
    scale="linear",
)  # fmt: skip
LIQUID_PARAMETERS = (
    STICKY_SHARE, BLOCKED, STABILITY_RATIO, HANDS_ON, BREAKAGE, BREAKAGE_ENERGY, DECAY,
    DECAY_ENERGY, MESSENGER_DECAY, SURFACE, SURFACE_ENERGY,
)  # fmt: skip

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
BRINE_PH = Parameter(
    "storage.frozen.brine_ph", "1", "pH of the liquid between ice crystals.", low=3.0, high=9.0,
    scale="linear",
)  # fmt: skip
THAWING_TIME = Parameter(
    "storage.frozen.thawing_time", "s", "Time with liquid between ice crystals on one thawing."
)
BROKEN = Parameter(
    "storage.frozen.broken_share", "1", "Share of vesicles that one freezing and thawing destroys.",
    high=1.0, scale="logit",
)  # fmt: skip
OPENED = Parameter(
    "storage.frozen.opened_share", "1",
    "Share of surviving vesicles that one freezing and thawing opens for a moment.",
    high=1.0, scale="logit",
)  # fmt: skip
WORN = Parameter(
    "storage.frozen.worn_share", "1",
    "Share of surface molecules that one freezing and thawing puts out of work.",
    high=1.0, scale="logit",
)  # fmt: skip
DRIFT = Parameter(
    "storage.frozen.drift_rate", "1/s", "Loss of vesicles in the solid state in unit time."
)  # fmt: skip
ICE_PARAMETERS = (
    BRINE_STABILITY, CONCENTRATION, SOLIDUS, BRINE_PH, THAWING_TIME, BROKEN, OPENED, WORN, DRIFT,
)  # fmt: skip

BY_KIND = (DECAY, DECAY_ENERGY)


@dataclass(frozen=True)
class Stretch:
    """One stretch of time at one temperature."""

    temperature: float = setting(
        unit="K", low=77.0, high=333.15, doc="Of the vial; frozen below -0.54 °C.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=3650 * DAY, doc="How long it is there.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip


JOINED = 2.0
"""Kelvin within which readings of one state are one stretch."""


def stretches_of(readings: Iterable[tuple[float, float]]) -> tuple[Stretch, ...]:
    """Return the stretches of a logger's record: each reading holds until the next.

    Parameters
    ----------
    readings : iterable of (float, float)
        Time [s] and temperature [K], in order.

    Examples
    --------
    >>> [(one.temperature, one.duration)
    ...  for one in stretches_of([(0, 278.0), (60, 277.0), (120, 190.0), (300, 280.0)])]
    [(277.5, 120.0), (190.0, 180.0)]
    """
    held = list(readings)
    groups: list[list[tuple[float, float]]] = []  # temperature and duration of each reading
    for (time, kelvin), (end, _) in pairwise(held):
        same = groups and abs(kelvin - groups[-1][0][0]) <= JOINED
        if same and (kelvin < FREEZING_POINT) == (groups[-1][0][0] < FREEZING_POINT):
            groups[-1].append((kelvin, end - time))
        else:
            groups.append([(kelvin, end - time)])
    found = []
    for group in groups:
        duration = sum(time for _, time in group)
        mean = sum(kelvin * time for kelvin, time in group) / duration
        found.append(Stretch(temperature=mean, duration=float(duration)))
    return tuple(found)


@dataclass
class Handling:
    """Vials on their way through stretches of time.

    Attributes
    ----------
    vials : Vials
        With what is left.
    p : Draws
        Values.
    cooling_rate : float
        Of freezing [K/s].
    ice : tuple of Parameter
        What the method asks of ice; nothing where there is none.
    frozen : bool
        Whether there is ice now.
    """

    vials: Vials
    p: Draws
    cooling_rate: float = 0.0
    ice: tuple[Parameter, ...] = ()
    frozen: bool = False
    freezings: int = 0
    brine_time: Array = field(init=False)
    _coldest: float = ICE_POINT

    def __post_init__(self) -> None:
        # Every value is drawn whether the profile meets it or not: needs do not depend on it.
        self.decay = {kind: self.p.at(DECAY, cargo_kind=kind) for kind in CARGO_KINDS}
        self.energy = {kind: self.p.at(DECAY_ENERGY, cargo_kind=kind) for kind in CARGO_KINDS}
        self.values = {one.key: self.p[one] for one in LIQUID_PARAMETERS if one not in BY_KIND}
        self.values |= {one.key: self.p[one] for one in self.ice}
        self.brine_time = np.zeros(self.p.members)

    def of(self, parameter: Parameter) -> Array:
        """Return the values of a parameter, array (n,)."""
        return self.values[parameter.key]

    def through(self, stretches: Iterable[Stretch]) -> None:
        """Take the vials through stretches, and leave them thawed."""
        for one in stretches:
            time = np.full(self.p.members, float(one.duration))
            if one.temperature < FREEZING_POINT:
                self.keep_frozen(time, one.temperature)
            else:
                self.keep_liquid(time, one.temperature)
        self.thaw()

    def keep_liquid(self, time: Array, temperature: float) -> None:
        """Let the liquid stand, once it has thawed."""
        self.thaw()
        breaking = self.breaking(temperature)
        self.vials.stand(time, temperature, self.of(STABILITY_RATIO), breaking)
        self.react(time, temperature)

    def breaking(self, temperature: float) -> Array:
        """Return the rate at which vesicles fall apart in a liquid, array (n,) [1/s]."""
        factor = arrhenius(self.of(BREAKAGE_ENERGY), temperature, COLD)
        return np.asarray(self.of(BREAKAGE) * factor)

    def react(self, time: Array, temperature: float, ph: Array | float = NEUTRAL) -> None:
        """Let cargo and surface decay as they do in a liquid."""
        # Hydroxide cleaves RNA; below pH 5 acid takes over, and it is not followed further.
        alkaline = 10.0 ** (np.maximum(ph, LOWEST_PH) - NEUTRAL)
        done = {
            kind: rate * arrhenius(self.energy[kind], temperature, ROOM) * time
            for kind, rate in self.decay.items()
        }
        done[MESSENGER] = done["nucleic_acid"] * self.of(MESSENGER_DECAY)
        done[MESSENGER] = done[MESSENGER] / self.decay["nucleic_acid"] * alkaline
        done["nucleic_acid"] = done["nucleic_acid"] * alkaline
        self.vials.decay(done)
        losing = self.of(SURFACE) * arrhenius(self.of(SURFACE_ENERGY), temperature, ROOM)
        self.vials.wear(-np.expm1(-losing * time))

    def freeze(self, temperature: float) -> None:
        """Form ice: the rest is concentrated while it cools, and vesicles break, open and wear."""
        self.frozen, self.freezings, self._coldest = True, self.freezings + 1, temperature
        end = np.maximum(temperature, self.of(SOLIDUS))
        self._pass_brine((FREEZING_POINT - end) / self.cooling_rate, end)
        self.vials.break_vesicles(self.of(BROKEN), "broken by freezing and thawing")
        self.vials.open_vesicles(self.of(OPENED))
        self.vials.wear(self.of(WORN))

    def thaw(self) -> None:
        """Melt the ice, if there is any, and mix."""
        if not self.frozen:
            return
        self.frozen = False
        self._pass_brine(self.of(THAWING_TIME), np.maximum(self._coldest, self.of(SOLIDUS)))
        self.vials.mix()

    def keep_frozen(self, time: Array, temperature: float) -> None:
        """Keep it frozen: brine where the buffer has not turned solid, and next to nothing else."""
        if not self.frozen:
            self.freeze(temperature)
        self._coldest = min(self._coldest, temperature)
        brine = np.where(temperature > self.of(SOLIDUS), time, 0.0)
        self.brine_time = self.brine_time + brine
        strength = concentration_in_ice(temperature, self.of(CONCENTRATION))
        self.vials.aggregate(
            brine, ICE_POINT, self.of(BRINE_STABILITY), strength,
            breaking=self.breaking(temperature),
        )  # fmt: skip
        self.react(brine, temperature, self.of(BRINE_PH))
        self.vials.break_vesicles(-np.expm1(-self.of(DRIFT) * time), "lost in the freezer")

    def _pass_brine(self, time: Array, end: Array) -> None:
        """Aggregate in the brine of one cooling or warming."""
        strength = mean_over_cooling(end, self.of(CONCENTRATION))
        self.vials.aggregate(time, ICE_POINT, self.of(BRINE_STABILITY), strength)


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
        return sum(one.duration for one in self.way() if one.temperature >= FREEZING_POINT)

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
        end = max(way[-1].temperature, ICE_POINT)
        return vials.closed(self.buffer, end), vials.account.exchange(resources)

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
        days = sum(one.duration for one in self.way() if one.temperature >= FREEZING_POINT) / DAY
        if days <= 14:
            return []
        words = (
            f"{days:.0f} days as a liquid: oxidation, enzymes and microbes are not modelled, and "
            "the breakage rate is an assumption"
        )
        return [Flag(self.name, words)]
