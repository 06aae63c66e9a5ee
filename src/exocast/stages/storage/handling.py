"""What one stretch of time at one temperature does to a vial, liquid or frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.freezing import (
    FREEZING_POINT,
    ICE_POINT,
    brine_viscosity,
    concentration_in_ice,
    mean_over_cooling,
)
from exocast.laws.lumen import arrhenius
from exocast.laws.water import water_viscosity
from exocast.stages.storage.parameters import (
    BARRIER_LEFT,
    BREAKAGE,
    BREAKAGE_ENERGY,
    BRINE_PH,
    BRINE_VISCOSITY,
    BROKEN,
    BY_KIND,
    CARGO_KINDS,
    CONCENTRATION,
    DECAY,
    DECAY_ENERGY,
    DRIFT,
    LIQUID_PARAMETERS,
    MESSENGER,
    MESSENGER_DECAY,
    OPENED,
    SOLIDUS,
    STABILITY_RATIO,
    SURFACE,
    SURFACE_ENERGY,
    THAWING_TIME,
    WORN,
)
from exocast.stages.storage.stretches import Stretch
from exocast.stages.storage.vial import Vials

__all__ = ["Handling"]

Array = NDArray[np.float64]

COLD = 277.15
ROOM = 298.15
NEUTRAL = 7.4
LOWEST_PH = 5.0


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
        self.meet_in_brine(brine, temperature, self.breaking(temperature))
        self.react(brine, temperature, self.of(BRINE_PH))
        self.vials.break_vesicles(-np.expm1(-self.of(DRIFT) * time), "lost in the freezer")

    def meet_in_brine(self, time: Array, temperature: float, breaking: Array | None = None) -> None:
        """Let particles meet for a time (n,) [s] in the liquid between crystals, and break."""
        self.brine_time = self.brine_time + time
        most = self.of(CONCENTRATION)
        strength = concentration_in_ice(temperature, most)
        thickness = brine_viscosity(strength, most, self.of(BRINE_VISCOSITY))
        self.vials.aggregate(
            time, temperature, self._in_brine(), strength, thickness, breaking
        )  # fmt: skip

    def _in_brine(self) -> Array:
        """Return the stability ratio in brine, array (n,): the liquid's, less what charge adds."""
        return np.asarray(np.maximum(self.of(STABILITY_RATIO) * self.of(BARRIER_LEFT), 1.0))

    def _pass_brine(self, time: Array, end: Array) -> None:
        """Aggregate in the brine of one cooling or warming."""
        thickening = self.of(BRINE_VISCOSITY) / water_viscosity(ICE_POINT)
        strength = mean_over_cooling(end, self.of(CONCENTRATION), thickening)
        self.vials.aggregate(time, ICE_POINT, self._in_brine(), strength)
