"""Freeze-dried vials: freezing, drying, a cake that stands, and water again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.freeze_drying import ice_pressure, protected_share, sublimation_time, water_left
from exocast.laws.freezing import ICE_POINT
from exocast.laws.glass import glass_transition, glass_viscosity, mobility
from exocast.laws.lumen import arrhenius, outer_area
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, setting
from exocast.material.suspension import Suspension
from exocast.stages.storage.handling import Handling
from exocast.stages.storage.parameters import (
    BUFFERS,
    DRIFT,
    HANDS_ON,
    ICE_PARAMETERS,
    LIQUID_PARAMETERS,
    SOLIDUS,
    STABILITY_RATIO,
    THAWING_TIME,
)
from exocast.stages.storage.stored import Stored
from exocast.stages.storage.stretches import DAY

__all__ = ["LyophilisedStorage"]

Array = NDArray[np.float64]

HOUR = 3600.0
ROOM = 298.15

DRY_GLASS = Parameter(
    "storage.lyophilised.dry_glass_temperature", "K", "Glass transition of the dry cake.",
    low=250.0, high=450.0, scale="linear",
)  # fmt: skip
GORDON_TAYLOR = Parameter(
    "storage.lyophilised.gordon_taylor_constant", "1",
    "How much more than its mass water counts in the glass transition.", low=0.1,
)  # fmt: skip
RESISTANCE = Parameter(
    "storage.lyophilised.cake_resistance", "m/s",
    "Pressure over mass flux of vapour through 1 cm of dry cake.",
)  # fmt: skip
FIRST_WATER = Parameter(
    "storage.lyophilised.water_after_ice", "1", "Mass share of water when the ice has gone.",
    high=1.0, scale="logit",
)  # fmt: skip
LAST_WATER = Parameter(
    "storage.lyophilised.water_held", "1", "Mass share of water that drying at 25 degC leaves.",
    high=1.0, scale="logit",
)  # fmt: skip
DRYING_RATE = Parameter(
    "storage.lyophilised.drying_rate", "1/s", "Of secondary drying, at 25 degC."
)
DRYING_ENERGY = Parameter(
    "storage.lyophilised.drying_energy", "J/mol", "Activation energy of that.", low=0.0, high=2e5,
    scale="linear",
)  # fmt: skip
BARE = Parameter(
    "storage.lyophilised.survival_bare", "1", "Share of vesicles whole after drying without sugar.",
    high=1.0, scale="logit",
)  # fmt: skip
PROTECTED = Parameter(
    "storage.lyophilised.survival_protected", "1",
    "Share of vesicles whole after drying with sugar in plenty.", high=1.0, scale="logit",
)  # fmt: skip
HALF = Parameter(
    "storage.lyophilised.half_protecting_ratio", "1",
    "Mass of sugar over lipid that protects half as well as plenty.",
)  # fmt: skip
LEAKED = Parameter(
    "storage.lyophilised.opened_share", "1",
    "Share of whole vesicles that open for a moment while they dry or are wetted.", high=1.0,
    scale="logit",
)  # fmt: skip
WORN_DRY = Parameter(
    "storage.lyophilised.worn_share", "1",
    "Share of surface molecules that drying puts out of work.", high=1.0, scale="logit",
)  # fmt: skip
COUPLING = Parameter(
    "storage.lyophilised.coupling", "1",
    "Power of the viscosity that chemistry in the cake follows.", high=1.0, scale="logit",
)  # fmt: skip
FLOOR = Parameter(
    "storage.lyophilised.glass_floor", "1",
    "Rates in the glass over those in a liquid of the same temperature.", high=1.0,
)  # fmt: skip
CAKE_DENSITY = Parameter(
    "storage.lyophilised.cake_density", "kg/m^3", "Density of the solid of the dry cake."
)
SALT = Parameter(
    "storage.lyophilised.buffer_salt", "kg/m^3",
    "Salt of the buffer, which dries with the sugar, or without any.",
)  # fmt: skip
LIPID_PER_AREA = Parameter(
    "storage.lyophilised.lipid_per_area", "kg/m^2", "Lipid of both leaflets, by outer area."
)
STUCK = Parameter(
    "storage.lyophilised.not_resuspended_share", "1",
    "Share of particles that does not come apart when the cake is wetted.", high=1.0, scale="logit",
)  # fmt: skip


@dataclass(frozen=True)
class LyophilisedStorage(Stored):
    r"""Freeze-drying with a sugar, a glass that stands, and reconstitution.

    Equation
    --------
    \frac{n'}{n} = f_\mathrm{ice} \left[s_0 + (s_1 - s_0) \, p\left(\frac{m_\mathrm{sugar}}{m
    _\mathrm{lipid}}\right)\right] f_\mathrm{cake} \, (1 - l) \, f_\mathrm{hold}

    k_\mathrm{cake} = k(T) \, \max \left(m^\xi, \, g\right), \quad m = m(T - T_g), \quad T_g =
    T_g(w)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    f_\mathrm{ice} : what one freezing leaves, as in storage.frozen, before it is dried
    s_0 : survival_bare
    s_1 : survival_protected
    p : protected_share, of the mass of sugar over that of lipid
    m_\mathrm{sugar}, m_\mathrm{lipid} : masses of sugar and of lipid in the vial
    f_\mathrm{cake} : number that clumped leaves, and breakage, in the cake
    l : not_resuspended_share
    f_\mathrm{hold} : what the liquid after reconstitution leaves, as in storage.liquid
    k_\mathrm{cake} : rate of breakage, decay of cargo or of the surface, in the cake
    k : the same in a liquid, by its activation energy
    m : mobility
    \xi : coupling
    g : glass_floor
    T : temperature
    T_g : glass_transition, of the water that is left
    w : water_left

    Notes
    -----
    **Drying.** Ice sublimes through the cake that it leaves in `sublimation_time`. Where the
    product is warmer than its solidus (the glass transition of the freeze concentrate, which is the
    collapse temperature but for a degree or two), it flows: particles go on to meet in it for all
    that time, and the cake collapses, dries badly and keeps the water that it had when the ice was
    gone. Secondary drying takes water out at the rate of its shelf.

    **Water replacement.** Sugar takes the place of water between head groups; without any, vesicles
    survive by what they carry themselves. At 5 % sugar and 1e11 vesicles a mL there are ten
    thousand grams of sugar to one of lipid: the ratio binds only in dilute sugar or dense vesicles.

    **The cake.** Below its glass transition particles do not meet, and chemistry goes on at a floor
    that is an assumption; above, both follow the viscosity of Williams, Landel and Ferry. Water
    that stoppers let in, crystals of sugar or salt, and Maillard browning are not modelled.

    **Water again.** A share of the particles stays in clumps. The volume may be another one.
    """

    stage: ClassVar[str] = "storage"
    method: ClassVar[str] = "lyophilised"
    title: ClassVar[str] = "freeze-drying and storage as a cake"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *LIQUID_PARAMETERS, *(one for one in ICE_PARAMETERS if one not in (DRIFT, THAWING_TIME)),
        DRY_GLASS, GORDON_TAYLOR, RESISTANCE, FIRST_WATER, LAST_WATER, DRYING_RATE, DRYING_ENERGY,
        BARE, PROTECTED, HALF, LEAKED, WORN_DRY, COUPLING, FLOOR, STUCK,
        CAKE_DENSITY, SALT, LIPID_PER_AREA,
    )  # fmt: skip

    buffer: str = setting(
        "trehalose", choices=BUFFERS, source="storage_practice",
        doc="Buffer in which it is dried; albumin at 0.2 %.", moves="particles/small_ev",
        direction=0,
    )  # fmt: skip
    sugar: float = setting(
        50.0, unit="kg/m^3", low=0.0, high=150.0, source="storage_practice",
        doc="Sugar in a sugar buffer: 5 % is 50 g/L.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    cooling_rate: float = setting(
        0.0167, unit="K/s", low=1e-3, high=10.0, source="storage_practice",
        doc="How fast it is frozen.", moves="particles/small_ev", direction=1,
    )  # fmt: skip
    product_temperature: float = setting(
        238.15, unit="K", low=233.15, high=263.15, source="storage_practice",
        doc="Temperature of the ice front in primary drying; above collapse the product flows.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    chamber_pressure: float = setting(
        6.7, unit="Pa", low=1.0, high=10.0, source="storage_practice",
        doc="Pressure of the chamber in primary drying.", moves="time at the bench", direction=1,
    )  # fmt: skip
    secondary_temperature: float = setting(
        298.15, unit="K", low=278.15, high=323.15, source="storage_practice",
        doc="Temperature of the shelf in secondary drying.", moves="water in the cake [1]",
        direction=-1,
    )  # fmt: skip
    secondary_time: float = setting(
        8 * HOUR, unit="s", low=0.0, high=48 * HOUR, source="storage_practice",
        doc="Time of secondary drying.", moves="water in the cake [1]", direction=-1,
    )  # fmt: skip
    temperature: float = setting(
        277.15, unit="K", low=193.15, high=333.15, source="storage_practice",
        doc="Temperature at which the cake stands.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=3650 * DAY, doc="Time that the cake stands.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    reconstitution: float = setting(
        1.0, unit="1", low=0.1, high=5.0, source="storage_practice",
        doc="Water that is given back, over what was filled.", moves="volume", direction=1,
    )  # fmt: skip
    hold_time: float = setting(
        1800.0, unit="s", low=0.0, high=7 * DAY, source="storage_practice",
        doc="Time as a liquid after reconstitution.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip
    hold_temperature: float = setting(
        293.15, unit="K", low=273.15, high=310.15, source="storage_practice",
        doc="Temperature of that liquid.", moves="particles/small_ev", direction=-1,
    )  # fmt: skip

    def headline(self) -> str:
        """Return the words of its row in the cascade."""
        where = f"{self.temperature - ICE_POINT:.0f} °C"
        return f"dried, after {self.duration / DAY:.3g} d at {where}"

    @property
    def sweet(self) -> float:
        """Return the sugar that is there [kg/m^3]."""
        return self.sugar if self.buffer not in ("PBS", "HSA") else 0.0

    @property
    def fill_height(self) -> float:
        """Return the height of the liquid in a vial as high as it is wide [m]."""
        return float(2 * (self.vial_volume / (2 * np.pi)) ** (1 / 3))

    def standing(self, exchange: Exchange) -> float:
        """Return the time as a liquid [s]: ice and cake keep their cargo."""
        return self.hold_time

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return what is in the vials once water is back."""
        handling = self.handling(suspension, p)
        vials = handling.vials
        number = vials.number()  # as filled, whatever water comes back
        handling.freeze(self.product_temperature)
        drying = self._dry(handling, p)
        water, glass = self._cake(handling, p)
        vials.lose(p[STUCK], "not resuspended")
        dried = suspension.volume
        vials.account.add("volume", "dried", -dried)
        vials.account.add("volume", "reconstituted", dried * self.reconstitution)
        vials.suspension = replace(vials.suspension, volume=dried * self.reconstitution)
        # Water is back all at once: nothing passes the brine a second time.
        handling.frozen = False
        vials.mix()
        handling.keep_liquid(np.full(p.members, self.hold_time), self.hold_temperature)
        self.note_ice(handling)
        vials.account.note("water in the cake [1]", water)
        vials.account.note("glass transition of the cake [K]", glass)
        vials.account.note("primary drying [s]", drying)
        freezing = (ICE_POINT - self.product_temperature) / self.cooling_rate
        freezing += float(np.median(drying))
        busy = number * float(np.median(p[HANDS_ON]))
        resources = Resources(
            time=freezing + self.secondary_time + self.duration + self.hold_time + busy,
            hands_on=busy,
            consumables={f"vial, {self.container}": number, "lyophilisation run": 1.0},
        )
        after = vials.closed(self.buffer, self.hold_temperature)
        return after, vials.account.exchange(resources)

    def _dry(self, handling: Handling, p: Draws) -> Array:
        """Dry the vials; return the time that ice took to leave, array (n,) [s]."""
        vials, deep = handling.vials, self.fill_height
        resistance = p[RESISTANCE] / 2 * np.ones(p.members)  # half of it skin, half with the depth
        drying = sublimation_time(
            deep, self.product_temperature, self.chamber_pressure, resistance, resistance / 0.01
        )
        flows = np.where(self.product_temperature > p[SOLIDUS], drying, 0.0)
        handling.meet_in_brine(flows, self.product_temperature)
        lipid = np.zeros(p.members)
        for one in vials.suspension.populations:
            if one.vesicular:
                area = (one.count * outer_area(one.diameter)).sum(axis=1)
                lipid = lipid + area * p[LIPID_PER_AREA]
        sugar = self.sweet * vials.suspension.volume
        ratio = np.divide(sugar, lipid, out=np.zeros_like(lipid), where=lipid > 0)
        gain = np.maximum(p[PROTECTED] - p[BARE], 0.0) * protected_share(ratio, p[HALF])
        vials.account.note("sugar over lipid [1]", ratio)
        vials.break_vesicles(1 - (p[BARE] + gain), "broken by drying")
        vials.open_vesicles(p[LEAKED])
        vials.wear(p[WORN_DRY])
        return drying

    def _cake(self, handling: Handling, p: Draws) -> tuple[Array, Array]:
        """Let the cake stand; return its water [1] and its glass transition [K], arrays (n,)."""
        vials = handling.vials
        rate = p[DRYING_RATE] * arrhenius(p[DRYING_ENERGY], self.secondary_temperature, ROOM)
        # The plateau falls as a warmer shelf takes more out, by the same energy.
        held = p[LAST_WATER] / arrhenius(p[DRYING_ENERGY], self.secondary_temperature, ROOM)
        held = np.minimum(held, p[FIRST_WATER])
        water = water_left(p[FIRST_WATER], held, rate, self.secondary_time)
        water = np.where(self.product_temperature > p[SOLIDUS], p[FIRST_WATER], water)
        glass = glass_transition(water, p[DRY_GLASS], p[GORDON_TAYLOR])
        above = self.temperature - glass
        time = np.full(p.members, self.duration)
        solid = (self.sweet + p[SALT]) / p[CAKE_DENSITY]
        pace = np.maximum(mobility(above, p[COUPLING]), p[FLOOR])
        vials.aggregate(
            time, self.temperature, p[STABILITY_RATIO], 1 / solid, glass_viscosity(above),
            handling.breaking(self.temperature) * pace,
        )  # fmt: skip
        handling.react(time * pace, self.temperature)
        return water, glass

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: collapse, a cake that is no glass, a long drying, the buffer."""
        flags = []
        flows = float(np.mean(self.product_temperature > p[SOLIDUS]))
        if flows > 0.05:
            words = (
                f"the product is dried at {self.product_temperature - ICE_POINT:.0f} °C, above the "
                f"collapse temperature of {self.buffer} in {flows:.0%} of members: dry colder"
            )
            flags.append(Flag(self.name, words))
        if not self.sweet:
            words = (
                f"{self.buffer} holds no sugar: salts crystallise instead of a glass, which the "
                "values of its cake only stand in for"
            )
            flags.append(Flag(self.name, words))
        drive = float(ice_pressure(self.product_temperature)) - self.chamber_pressure
        if self.fill_height > 0.02 or drive < 2.0:
            words = (
                "a high fill or little vapour pressure above the chamber's: primary drying takes "
                "very long, fill lower or dry at a lower pressure"
            )
            flags.append(Flag(self.name, words, "note"))
        return [*flags, *self.exchanged(suspension)]
