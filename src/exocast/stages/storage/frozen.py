"""Frozen vials: handling, freezing, standing and thawing, once or several times."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.freezing import ICE_POINT
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.storage.parameters import ICE_PARAMETERS, LIQUID_PARAMETERS
from exocast.stages.storage.stored import Stored
from exocast.stages.storage.stretches import DAY, Stretch

__all__ = ["FrozenStorage"]


@dataclass(frozen=True)
class FrozenStorage(Stored):
    r"""Losses to the wall while liquid, to brine and ice on each cycle, and almost none once solid.

    Equation
    --------
    \frac{n'}{n} = \prod_{i=1}^{m} (1 - f_\mathrm{wall}) \, f_\mathrm{single} \, f_\mathrm{brine}
    \, (1 - b) \, e^{-k t / m}

    \bar{c}' = \bar{c} \, (1 - o)^m

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    m : freeze_thaw_cycles
    f_\mathrm{wall} : adsorbed_fraction
    f_\mathrm{single} : number over before, as clumped leaves it, in the liquid
    f_\mathrm{brine} : the same between ice crystals
    b : broken_share
    k : drift_rate
    t : duration
    \bar{c}, \bar{c}' : mean copies inside a vesicle, before and after
    o : opened_share

    Notes
    -----
    A ``storage.profile`` of equal cycles: a hold as a liquid, then its part of the duration in the
    freezer. Wall and clumps of one cycle are there in the next.

    Ice concentrates what it expels (`concentration_in_ice`) and so thickens it (`brine_viscosity`),
    while the vial cools at its rate and again while it thaws. Particles stick in that brine,
    against what is left of the barrier of the liquid once salt screens all charge (barrier_left).
    A share of the vesicles breaks (their cargo dissolves), a share opens for a moment (all or
    none), and surface molecules are put out of work. Between, the vial stands: below the solidus of
    its buffer a near-zero drift, above it as brine that never became solid, with the pH that
    crystals of disodium phosphate leave.

    No activation energy is used for what ice does, because none was found. The buffer acts through
    its rows. A clump is one wider particle with all that it is made of. Walls take sizes unequally,
    ice equally: no size law for ice is known. Excipients count as added without volume; nuclease
    attack on dissolved cargo is not modelled.
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "frozen"
    title: ClassVar[str] = "frozen storage"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (*LIQUID_PARAMETERS, *ICE_PARAMETERS)

    temperature: float = setting(
        193.15, unit="K", low=77.0, high=272.15, source="storage_practice",
        doc="Temperature of the freezer.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=3650 * DAY, doc="Time in the freezer, all cycles together.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    freeze_thaw_cycles: int = setting(
        1, unit="1", low=1, high=20, source="storage_practice",
        doc="Times that the vial is frozen and thawed.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    cooling_rate: float = setting(
        0.0167, unit="K/s", low=1e-3, high=10.0, source="storage_practice",
        doc="How fast it is frozen: 1 K/min in a freezer, faster in nitrogen.",
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

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"after {self.duration / DAY:.3g} d at {self.temperature - ICE_POINT:.0f} °C"

    def way(self) -> tuple[Stretch, ...]:
        """Return a hold and a part of the duration for each cycle."""
        cycles = int(self.freeze_thaw_cycles)
        hold = Stretch(temperature=self.hold_temperature, duration=self.hold_time)
        cold = Stretch(temperature=self.temperature, duration=self.duration / cycles)
        return (hold, cold) * cycles

    def opened_at(self) -> float:
        """Return the temperature of the bench, to which it has thawed [K]."""
        return self.hold_temperature

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: brine that stays liquid, and a buffer that is not the tube's."""
        return [*self.wet(p), *self.exchanged(suspension)]
