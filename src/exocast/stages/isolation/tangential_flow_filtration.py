"""Tangential-flow filtration: hollow fibres that concentrate and exchange the buffer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.handling import once
from exocast.stages.isolation.membrane import MEMBRANE_PARAMETERS, MEMBRANES, Filter, Swept
from exocast.stages.isolation.ultrafiltration import DALTON, membrane_flags

__all__ = ["TangentialFlowFiltration"]

Array = NDArray[np.float64]

HOUR = 3600.0

FIBRE_LENGTH = Parameter(
    "isolation.tangential_flow_filtration.fibre_length", "m", "Length of a hollow fibre."
)
FIBRE_BORE = Parameter(
    "isolation.tangential_flow_filtration.fibre_bore", "m", "Inner diameter of a hollow fibre."
)
PUMP_LOSS = Parameter(
    "isolation.tangential_flow_filtration.pump_loss", "1",
    "Share of particles lost in one pass through pump and tubing: air, plastic, aggregates.",
    high=0.1,
)  # fmt: skip
HOLD_UP = Parameter(
    "isolation.tangential_flow_filtration.hold_up", "m",
    "Liquid that stays in module and tubing after draining, over the membrane area.",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.tangential_flow_filtration.hands_on", "s",
    "Operator time per run: set up, wet, drain, clean.",
)  # fmt: skip


@dataclass(frozen=True)
class TangentialFlowFiltration(PreparationStep):
    r"""Concentration and diafiltration across hollow fibres, swept so that the membrane stays open.

    Equation
    --------
    \frac{m'}{m} = C^{-S_o} \, e^{-S_o N}

    J = \min \left(\frac{\Delta p}{\eta (F R_m + R_c)}, \, J_g\right), \quad t = \int \frac{d V_p}{J
    A}

    n' = n \, (1 - u) \, e^{-\pi P} \, \left[1 - \text{through} - \text{held} - \text{lying} \, (1
    - \beta)\right]

    Symbols
    -------
    m, m' : dissolved matter, before and after
    C : concentration_factor
    N : diafiltration_volumes
    S_o : observed_sieving, one less the rejection
    J : flux [m/s]
    J_g : limiting_flux
    \Delta p : pressure
    \eta : water_viscosity
    R_m : membrane_resistance
    F : fouling
    R_c : cake_resistance
    t : time of filtration [s]
    V_p : permeate [m^3]
    A : area
    n, n' : particles of a kind and size, before and after
    u : share of the liquid that stays in the system
    \pi : pump_loss
    P : passes through the pump
    \beta : released_share

    Notes
    -----
    Liquid sweeps along the membrane and carries back what flux brings: diffusion (Leveque) for
    small particles, tumbling in shear for large ones. Between them vesicles return worst, so that
    at a high flux they lie down on the membrane, and flow less hard at a gentle pressure keeps
    more of them. More shear or less pressure costs time; more membrane saves it and holds more.
    Dissolved protein washes out as exp(-(1 - rejection) N). A rinse brings back part of what lies
    on the membrane and of what stays in the system.

    Shear in a fibre is far too weak to tear a vesicle (a tension of viscosity x shear rate x
    diameter, below 1e-6 N/m, against several mN/m): what is lost on the way round is assumed, per
    pass, for pump and air. Left out: protein that narrows pores, pulsation, cleaning, the ramp of
    pressure along the fibre.

    It is a method of its own and not a device of `ultrafiltration`: flow along the membrane, a
    constant volume, passes and hold-up have no counterpart in a dead-end filter.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "tangential_flow_filtration"
    title: ClassVar[str] = "tangential-flow filtration"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *MEMBRANE_PARAMETERS, FIBRE_LENGTH, FIBRE_BORE, PUMP_LOSS, HOLD_UP, HANDS_ON,
    )  # fmt: skip

    membrane: str = setting(
        "polyethersulfone", choices=MEMBRANES, source="tff_thesis", doc="Material of the membrane.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    cut_off: float = setting(
        5e5 * DALTON, unit="kg", low=1e4 * DALTON, high=1e6 * DALTON, source="tff_thesis",
        doc="Nominal molecular cut-off (`500 kDa`).", moves="solute/protein", direction=-1,
    )  # fmt: skip
    area: float = setting(
        1.15e-2, unit="m^2", low=1e-4, high=100.0, source="filter_practice",
        doc="Area of the membrane.", moves="filter time [s]", direction=-1,
    )  # fmt: skip
    pressure: float = setting(
        3e4, unit="Pa", low=1e3, high=3e5, source="filter_practice",
        doc="Pressure across the membrane.", moves="filter time [s]", direction=-1,
    )  # fmt: skip
    shear: float = setting(
        4000.0, unit="1/s", low=100.0, high=2e4, source="filter_practice",
        doc="Shear rate at the wall of the fibres.", moves="passes [1]", direction=1,
    )  # fmt: skip
    concentration_factor: float = setting(
        10.0, unit="1", low=1.0, high=1000.0, source="filter_practice",
        doc="Volume before over volume after concentrating.", moves="volume", direction=-1,
    )  # fmt: skip
    diafiltration_volumes: float = setting(
        6.0, unit="1", low=0.0, high=30.0, source="tff_thesis",
        doc="Buffer exchanged at constant volume, in volumes of the concentrate.",
        moves="solute/protein", direction=-1,
    )  # fmt: skip
    rinse: float = setting(
        0.5, unit="1", low=0.0, high=3.0, source="filter_practice",
        doc="Buffer that rinses the system into the product, over what it holds back.",
        moves="volume", direction=1,
    )  # fmt: skip
    temperature: float = setting(
        293.15, unit="K", low=273.15, high=313.15, source="filter_practice",
        doc="Temperature of the run; warmer liquid is thinner.", moves="filter time [s]",
        direction=-1,
    )  # fmt: skip
    buffer: str = setting("PBS", source="isolation_practice", doc="Buffer of the exchange.")

    def context(self) -> Mapping[str, str]:
        """Return the material."""
        return {"membrane": self.membrane}

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return concentrate and rinse, pooled."""
        account = Account()
        used, passes = self._run(suspension, p)
        buffer = self.buffer if self.diafiltration_volumes > 0 else suspension.buffer
        filtered = used.closed(account, buffer)
        exchanged = np.maximum(used.permeate - (suspension.volume - used.volume), 0.0)
        account.add("volume", "permeate", -used.permeate)
        account.add("volume", "diafiltration buffer", exchanged)
        kept_liquid, _, rinse = self._drained(used, p)
        survived = np.exp(-p[PUMP_LOSS] * passes)
        populations = []
        for held in filtered.populations:
            lost = np.broadcast_to((1 - survived)[:, None], held.count.shape)
            account.removed(held, lost, "lost in pump and tubing")
            rest = held.kept(1 - lost)
            stays = np.broadcast_to((1 - kept_liquid)[:, None], held.count.shape)
            account.removed(rest, stays, "left in the system")
            populations.append(rest.kept(1 - stays))
        account.liquid(filtered, 1 - kept_liquid, "left in the system")
        after = replace(
            filtered,
            populations=tuple(populations),
            free={name: copies * kept_liquid for name, copies in filtered.free.items()},
            solutes={name: mass * kept_liquid for name, mass in filtered.solutes.items()},
            volume=filtered.volume * kept_liquid + rinse,
        )
        account.add("volume", "rinse", rinse)
        account.note("filter time [s]", used.time)
        account.note("passes [1]", passes)
        hands_on = float(np.median(p[HANDS_ON]))
        consumables = {
            f"hollow fibre, {self.membrane} [m^2]": self.area,
            "buffer [L]": 1e3 * float(np.median(exchanged + rinse)),
        }
        time = float(np.median(used.time)) + hands_on
        return after, account.exchange(Resources(time, hands_on, consumables))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: too little liquid, a slow membrane, particles through or on it."""
        flags = []
        used, _ = self._run(suspension, p)
        _, undrained, _ = self._drained(used, p)
        if (undrained > 0.25 * np.where(used.volume > 0, used.volume, np.inf)).mean() > 0.5:
            text = "the system holds back more than a quarter of the concentrate: less membrane"
            flags.append(Flag(self.name, text))
        hours = float(np.median(used.time)) / HOUR
        if hours > 8:
            text = f"filtration takes {hours:.0f} h: more membrane, or less protein before"
            flags.append(Flag(self.name, text, limit="scale"))
        return flags + membrane_flags(self.name, used)

    @once
    def _run(self, suspension: Suspension, p: Draws) -> tuple[Filter, Array]:
        """Return the membrane after the run, and how often the liquid went round."""
        ones = np.ones(suspension.members)
        swept = Swept(self.area * ones, self.pressure * ones, self.shear * ones, p[FIBRE_LENGTH])
        used = Filter(suspension, swept, self.cut_off, self.temperature, p)
        used.concentrate(suspension.volume / self.concentration_factor)
        used.diafilter(self.diafiltration_volumes)
        if self.rinse > 0:
            used.rinsed()
        bore = p[FIBRE_BORE]
        fibres = self.area / (np.pi * bore * p[FIBRE_LENGTH])
        recirculated = fibres * self.shear * np.pi * bore**3 / 32
        volume = np.sqrt(suspension.volume * used.volume)
        volume = np.where(volume > 0, volume, 1.0)
        return used, np.asarray(recirculated * used.time / volume)

    def _drained(self, used: Filter, p: Draws) -> tuple[Array, Array, Array]:
        """Return the share of the liquid that comes out, what stays inside, and the rinse."""
        inside = np.minimum(p[HOLD_UP] * self.area, 0.5 * used.volume)
        rinse = self.rinse * inside
        stays = np.divide(
            inside * np.exp(-self.rinse), used.volume, out=np.zeros_like(inside),
            where=used.volume > 0,
        )  # fmt: skip
        return 1 - stays, inside, rinse
