"""Liquid vials, in the refrigerator or on the bench."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.freezing import ICE_POINT
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.storage.parameters import LIQUID_PARAMETERS
from exocast.stages.storage.stored import Stored
from exocast.stages.storage.stretches import DAY, Stretch

__all__ = ["LiquidStorage"]


@dataclass(frozen=True)
class LiquidStorage(Stored):
    r"""Losses to the wall, to aggregation, breakage and slow chemistry, without ice.

    Equation
    --------
    \frac{n'}{n} = (1 - f_\mathrm{wall}) \, f_\mathrm{single} \, e^{-k t}, \quad k = k_4 \, e^{-E
    (1/T - 1/T_4) / R}

    \bar{c}' = \bar{c} \, e^{-k_c t}, \quad s' = s \, e^{-k_s t}

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    f_\mathrm{wall} : adsorbed_fraction
    f_\mathrm{single} : number over before, as clumped leaves it
    k : breakage_rate at the temperature
    k_4 : breakage_rate, at 4 °C (T_4)
    E : breakage_energy
    T : temperature
    R : gas constant
    t : duration
    \bar{c}, \bar{c}' : mean copies of a cargo, before and after
    k_c : cargo_decay at the temperature, by its own activation energy
    s, s' : surface molecules that work, before and after
    k_s : surface_decay at the temperature, by its own activation energy

    Notes
    -----
    One stretch of ``storage.profile``. Wall adsorption is limited by diffusion of a still liquid
    and by the capacity of the wall, and takes small vesicles first; aggregation is Smoluchowski's
    over a stability ratio, and a clump is one wider particle with all that it is made of; breakage
    is first-order. No activation energy of breakage was found: its row spans everything between
    none and that of a reaction. Shaking brings more to the wall than this. Small cargo leaves
    intact vesicles as it does in any step (`loading.release`).
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "liquid"
    title: ClassVar[str] = "liquid storage"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = LIQUID_PARAMETERS

    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="storage_practice",
        doc="Temperature of the liquid.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=365 * DAY, doc="Time in the vial.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        return f"after {self.duration / DAY:.3g} d at {self.temperature - ICE_POINT:.0f} °C"

    def way(self) -> tuple[Stretch, ...]:
        """Return the one stretch."""
        return (Stretch(temperature=self.temperature, duration=self.duration),)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: longer than the laws were meant for."""
        return self.long()
