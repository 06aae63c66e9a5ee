"""A history of temperature: shipping, excursions, a logger's record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.freezing import FREEZING_POINT, ICE_POINT
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.storage.parameters import ICE_PARAMETERS, LIQUID_PARAMETERS
from exocast.stages.storage.stored import Stored
from exocast.stages.storage.stretches import DAY, Stretch

__all__ = ["StorageProfile"]


@dataclass(frozen=True)
class StorageProfile(Stored):
    r"""Any history of temperature: liquid stretches, ice, excursions, and a thaw at the end.

    Equation
    --------
    \frac{n'}{n} = \prod_j f_j

    f_j = (1 - f_\mathrm{wall}) \, f_\mathrm{single} \, e^{-k(T_j) t_j}, \quad T_j \ge T_f

    f_j = f_\mathrm{brine} \, e^{-(k(T_j) \, x_j + d) t_j}, \quad T_j < T_f

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    f_j : what one stretch leaves
    T_j, t_j : stretches, temperature and duration of each
    T_f : freezing point, -0.54 °C
    f_\mathrm{wall} : adsorbed_fraction
    f_\mathrm{single} : number over before, as clumped leaves it, in the liquid
    f_\mathrm{brine} : the same between ice crystals (concentration_in_ice)
    k : breakage_rate, by its activation energy
    x_j : 1 where the buffer keeps liquid brine (above solidus_temperature), else 0
    d : drift_rate

    Notes
    -----
    Each stretch that is the first to be below the freezing point freezes the vial, and each that is
    the first above it, or the end, thaws it: a freezing and thawing costs what ``storage.frozen``
    says (brine, broken_share, opened_share, worn_share). Wall, clumps and the layer of liquid
    that the wall has emptied are remembered, so that a stretch cut in two is the same stretch.
    ``storage.liquid`` is one stretch, ``storage.frozen`` a regular list of them.

    A logger's file (CSV, columns ``time`` and ``temperature`` with their units) stands beside the
    Design; its readings are joined to stretches of one state within 2 K. Ramps between readings are
    steps, supercooling is not modelled, and ice that partly melts counts as brine. Small cargo
    leaves vesicles as if all liquid stretches stood at their `mean_kinetic_temperature`.
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "profile"
    title: ClassVar[str] = "storage along a temperature profile"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (*LIQUID_PARAMETERS, *ICE_PARAMETERS)

    stretches: tuple[Stretch, ...] = setting(
        (), doc="Stretches of time at one temperature, in order.", table=Stretch
    )
    logger: str = setting(
        "", doc="A logger's record beside the Design (CSV: time, temperature), in place of them."
    )
    cooling_rate: float = setting(
        0.0167, unit="K/s", low=1e-3, high=10.0, source="storage_practice",
        doc="How fast it freezes: 1 K/min in a freezer, faster in nitrogen.",
        moves="particles/small_ev", direction=1,
    )  # fmt: skip

    def check(self) -> list[str]:
        """Return what is wrong: no stretch at all."""
        if self.stretches:
            return []
        return ["needs `stretches`, a list of { temperature, duration }, or a `logger` file."]

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        days = sum(one.duration for one in self.stretches) / DAY
        low, high = (f(one.temperature for one in self.stretches) - ICE_POINT for f in (min, max))
        span = f"{low:.0f} to {high:.0f}" if high - low >= 1 else f"{low:.0f}"
        return f"after {days:.3g} d at {span} °C"

    def way(self) -> tuple[Stretch, ...]:
        """Return the stretches."""
        return self.stretches

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: brine that stays liquid, thaws in between, days as a liquid, the buffer."""
        cold = [one.temperature < FREEZING_POINT for one in self.stretches]
        freezings = sum(
            now and not before for before, now in zip([False, *cold], cold, strict=False)
        )
        flags = [*self.wet(p), *self.long(), *self.exchanged(suspension)]
        if freezings > 1:
            words = (
                f"it thaws and freezes again {freezings - 1} times on the way, and each time costs "
                "what a freezing and thawing costs"
            )
            flags.append(Flag(self.name, words))
        return flags
