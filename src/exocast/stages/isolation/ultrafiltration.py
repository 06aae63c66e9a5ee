"""Dead-end filtration: spin filters and stirred cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.gradient_medium import WATER_DENSITY
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.handling import once
from exocast.stages.isolation.membrane import MEMBRANE_PARAMETERS, MEMBRANES, Filter, Swept
from exocast.stages.isolation.runs import many, several

__all__ = ["Ultrafiltration"]

Array = NDArray[np.float64]

DEVICES = ("spin_filter", "stirred_cell")
DALTON = 1.66053906660e-27
HOUR = 3600.0

COLUMN = Parameter(
    "isolation.ultrafiltration.liquid_column", "m",
    "Height of liquid that presses on the membrane of a spin filter, along the radius.",
)  # fmt: skip
SHEAR = Parameter(
    "isolation.ultrafiltration.shear", "1/s", "Shear rate at the membrane of the device."
)
LENGTH = Parameter(
    "isolation.ultrafiltration.length", "m", "Extent of the membrane over which it is swept."
)
HANDS_ON = Parameter(
    "isolation.ultrafiltration.hands_on", "s", "Operator time per filter and filling."
)


@dataclass(frozen=True)
class Ultrafiltration(PreparationStep):
    r"""Concentration in a spin filter or a stirred cell, with what the membrane keeps.

    Equation
    --------
    \frac{d n}{d \ln V} = n \left[S_o + (1 - S_o) f\right]

    J = \min \left(\frac{\Delta p}{\eta (F R_m + R_c)}, \, J_g\right)

    n' = n + \beta \, n_\mathrm{c}, \quad A_\mathrm{held} \le 0.547 \, s A

    Symbols
    -------
    n, n' : particles of a kind and size in the liquid, before and after it is rinsed
    V : liquid above the membrane [m^3]
    S_o : observed_sieving
    f : deposited_share
    J : flux [m/s]
    J_g : limiting_flux
    \Delta p : pressure, or that of the spun liquid [Pa]
    \eta : water_viscosity
    R_m : membrane_resistance
    F : fouling
    R_c : cake_resistance
    \beta : released_share
    n_\mathrm{c} : particles that lie on the membrane
    A_\mathrm{held} : area that is taken by particles held for good [m^2]
    s : sticky_share
    A : area, of all filters [m^2]

    Notes
    -----
    All liquid leaves through the membrane, and what cannot pass is pressed against it. The first
    particles fill the sticky part of the membrane (random packing, 0.547), so that a small sample
    loses a larger part; the others lie there as a cake, from which rinsing brings back a share.
    Protein passes a membrane of large pores and gathers above one of small pores: a 10 kDa filter
    concentrates, it does not purify. What lies on the membrane slows it down (Kozeny and Carman);
    a gel of protein limits it where stirring does not carry it away.

    Pores are those of the nominal cut-off, which holds back nine tenths of a globular protein of
    its mass. Left out: vesicles that squeeze through pores, protein that narrows pores, filters
    that run dry, pore geometry other than cylinders. Stickiness and release are assumed by
    material; no source separated them.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "ultrafiltration"
    title: ClassVar[str] = "ultrafiltration"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *MEMBRANE_PARAMETERS, COLUMN, SHEAR, LENGTH, HANDS_ON,
    )  # fmt: skip

    device: str = setting(
        "spin_filter", choices=DEVICES, source="filter_practice",
        doc="A filter in a centrifuge, or a cell with a stirrer under gas pressure.",
        moves="filter time [s]", direction=0,
    )  # fmt: skip
    membrane: str = setting(
        "regenerated_cellulose", choices=MEMBRANES, source="vergauwen_2017",
        doc="Material of the membrane.", moves="particles/small_ev", direction=0,
    )  # fmt: skip
    cut_off: float = setting(
        1e4 * DALTON, unit="kg", low=3e3 * DALTON, high=1e6 * DALTON, source="vergauwen_2017",
        doc="Nominal molecular cut-off (`100 kDa`).", moves="solute/protein", direction=-1,
    )  # fmt: skip
    area: float = setting(
        7.6e-4, unit="m^2", low=1e-5, high=1e-2, source="filter_practice",
        doc="Membrane of one filter.", moves="filter time [s]", direction=-1,
    )  # fmt: skip
    holds: float = setting(
        1.5e-5, unit="m^3", low=2e-7, high=1e-3, source="filter_practice",
        doc="Sample that one filter takes.", moves="volume", direction=0,
    )  # fmt: skip
    concentrate_to: float = setting(
        2.5e-7, unit="m^3", low=1e-8, high=1e-4, source="filter_practice",
        doc="Liquid at which each filter is stopped.", moves="volume", direction=1,
    )  # fmt: skip
    rcf: float = setting(
        4000 * 9.80665, unit="m/s^2", low=1e3, high=2e5, source="filter_practice",
        doc="Acceleration of a spin filter.", moves="filter time [s]", direction=-1,
    )  # fmt: skip
    pressure: float = setting(
        2e5, unit="Pa", low=1e3, high=6e5, source="filter_practice",
        doc="Gas pressure on a stirred cell.", moves="filter time [s]", direction=-1,
    )  # fmt: skip
    washes: int = setting(
        0, unit="1", low=0, high=10, source="filter_practice",
        doc="Times that each filter is filled up with buffer and run again.",
        moves="filter time [s]", direction=1,
    )  # fmt: skip
    rinse: float = setting(
        1e-7, unit="m^3", low=0.0, high=1e-5, source="filter_practice",
        doc="Fresh buffer with which each membrane is rinsed into the concentrate.",
        moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="isolation_practice",
        doc="Temperature of the run; warmer liquid is thinner.", moves="filter time [s]",
        direction=-1,
    )  # fmt: skip
    buffer: str = setting("PBS", source="isolation_practice", doc="Buffer of washes and rinse.")

    def context(self) -> Mapping[str, str]:
        """Return material and device."""
        return {"membrane": self.membrane, "device": self.device}

    def check(self) -> list[str]:
        """Return what is wrong with the volumes, as sentences."""
        if self.concentrate_to >= self.holds:
            return ["`concentrate_to` must lie below `holds`: nothing would be filtered"]
        return []

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the concentrates of all filters, pooled."""
        account = Account()
        used, filters, buffer_used = self._run(suspension, p)
        after = used.closed(account, self.buffer if self.washes else suspension.buffer)
        account.add("volume", "filtrate", -used.permeate)
        account.add("volume", "buffer", buffer_used)
        account.note("filter time [s]", used.time)
        rounds = filters * (1 + int(self.washes))
        hands_on = float(np.median(rounds * p[HANDS_ON]))
        consumables = {
            f"{self.device.replace('_', ' ')}, {self.membrane}": float(np.median(filters)),
            "buffer [L]": 1e3 * float(np.median(buffer_used)),
        }
        time = float(np.median(used.time)) + hands_on
        return after, account.exchange(Resources(time, hands_on, consumables))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: many filters, a membrane that shuts, particles through or on it."""
        flags = []
        used, filters, _ = self._run(suspension, p)
        if np.median(filters) > 1:
            text = f"the sample takes {several(filters)} filters: a larger one, or tangential flow"
            flags.append(Flag(self.name, text, many(filters), "scale"))
        if float(np.median(used.time)) > 12 * HOUR:
            text = f"the membrane needs {np.median(used.time) / HOUR:.0f} h: it is clogged"
            flags.append(Flag(self.name, text, limit="scale"))
        return flags + membrane_flags(self.name, used)

    @once
    def _run(self, suspension: Suspension, p: Draws) -> tuple[Filter, Array, Array]:
        """Return the membrane after the run, how many filters it took, and the buffer."""
        filters = np.maximum(np.ceil(suspension.volume / self.holds - 1e-9), 1.0)
        pressure = np.full(suspension.members, self.pressure)
        spun = WATER_DENSITY * self.rcf * p[COLUMN]
        used = Filter(
            suspension,
            Swept(
                filters * self.area,
                np.where(self.device == "spin_filter", spun, pressure),
                p[SHEAR],
                p[LENGTH],
            ),
            self.cut_off,
            self.temperature,
            p,
        )
        goal = filters * self.concentrate_to
        used.concentrate(goal)
        added = np.zeros(suspension.members)
        for _ in range(int(self.washes)):
            fill = np.where(suspension.volume > 0, filters * self.holds - used.volume, 0.0)
            fill = np.maximum(fill, 0.0)
            used.dilute(fill)
            used.concentrate(goal)
            added = added + fill
        rinse = np.where(suspension.volume > 0, filters * self.rinse, 0.0)
        used.dilute(rinse)
        if self.rinse > 0:
            used.rinsed()
        return used, filters, added + rinse


def membrane_flags(name: str, used: Filter) -> list[Flag]:
    """Return what a membrane that has worked is worth a flag for."""
    flags: list[Flag] = []
    total = used.count.sum()
    if total <= 0:
        return flags
    through, held, lying = (
        float((used.count * share).sum() / total) for share in (used.passed, used.bound, used.lying)
    )
    if through > 0.05:
        flags.append(Flag(name, f"{through:.0%} of the particles go through the membrane"))
    if held > 0.3:
        text = f"the membrane holds {held:.0%} of the particles: use less membrane for so few"
        flags.append(Flag(name, text))
    if lying > 0.5:
        text = f"{lying:.0%} of the particles stay on the membrane: lower the pressure or rinse"
        flags.append(Flag(name, text))
    return flags
