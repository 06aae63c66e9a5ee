"""Spins one after another; of each, the supernatant or the pellet is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.centrifugation import (
    angular_velocity_squared,
    peclet_number,
    revolutions_per_minute,
    sedimentation_coefficient,
)
from exocast.laws.gradient_medium import WATER_DENSITY
from exocast.laws.water import water_viscosity
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Population, Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.handling import once
from exocast.stages.isolation.medium import (
    MEDIA,
    MEDIUM_PARAMETERS,
    Medium,
    dissolved_media,
    medium_needs,
)
from exocast.stages.isolation.rotor import HORIZONTAL, ROTOR_PARAMETERS, Rotor
from exocast.stages.isolation.runs import many, several

__all__ = ["DifferentialCentrifugation", "Spin"]

Array = NDArray[np.float64]

DIFFUSION_MATTERS = 10.0
DILUTING = 5.0
"""Topping up by more than this is worth a word: capture and clusters need particles to meet."""

MEDIUM_DENSITY = Parameter(
    "isolation.differential_centrifugation.medium_density", "kg/m^3",
    "Density of the liquid that is spun.", low=950.0, high=1100.0, scale="linear",
)  # fmt: skip
VISCOSITY_RATIO = Parameter(
    "isolation.differential_centrifugation.viscosity_ratio", "1",
    "Viscosity of the liquid over that of water at the same temperature.", low=0.9, high=5.0,
)  # fmt: skip
RESIDUAL = Parameter(
    "isolation.differential_centrifugation.residual_volume", "m^3",
    "Liquid that stays with the pellet in each tube.",
)  # fmt: skip
AGGREGATED = Parameter(
    "isolation.differential_centrifugation.aggregated_share", "1",
    "Share of pelleted particles that stay in aggregates after resuspension.",
    high=1.0, scale="logit",
)  # fmt: skip
NOT_RESUSPENDED = Parameter(
    "isolation.differential_centrifugation.not_resuspended_share", "1",
    "Share of the other pelleted particles that stay on the tube.", high=1.0, scale="logit",
)  # fmt: skip
CUSHION_LOST = Parameter(
    "isolation.differential_centrifugation.cushion_lost_share", "1",
    "Share of particles on a cushion that aggregates there or is missed when it is drawn off.",
    high=1.0, scale="logit",
)  # fmt: skip
CUSHION_SPREAD = Parameter(
    "isolation.differential_centrifugation.density_spread", "kg/m^3",
    "Standard deviation of the density within one kind, by which part of it passes a cushion.",
)  # fmt: skip
RUN_OVERHEAD = Parameter(
    "isolation.differential_centrifugation.run_overhead", "s",
    "Loading, speeding up, braking and unloading of one run.",
)  # fmt: skip
HANDS_ON = Parameter(
    "isolation.differential_centrifugation.hands_on", "s",
    "Operator time per tube: fill, balance, decant, resuspend.",
)  # fmt: skip


@dataclass(frozen=True)
class Spin:
    """One spin: how hard, how long, in what, and which part is kept."""

    rotor: str = setting(
        doc="Rotor, by name: `exocast explain isolation.rotor.mean_radius` lists them; "
        "`[[equipment]]` brings yours."
    )
    duration: float = setting(
        unit="s", low=0.0, high=48 * 3600.0, doc="Time at speed.", moves="pelleted", direction=1
    )
    keep: str = setting(choices=("supernatant", "pellet"), doc="Which part goes on.")
    rcf: float | None = setting(
        None, unit="m/s^2", low=0.0, high=1e7, moves="pelleted", direction=1,
        doc="Relative centrifugal force at the mean radius; or give rpm.",
    )  # fmt: skip
    rpm: float | None = setting(
        None, unit="1", low=0.0, high=2e5, moves="pelleted", direction=1,
        doc="Speed in revolutions per minute; or give rcf.",
    )  # fmt: skip
    resuspend: float = setting(
        0.0, unit="m^3", low=0.0, high=1.0, moves="volume", direction=1,
        doc="Fresh buffer in which a kept pellet is taken up.",
    )  # fmt: skip
    buffer: str = setting("PBS", doc="Buffer for resuspension.", source="isolation_practice")
    top_up: str = setting(
        "yes", choices=("yes", "no"), source="rotor_loading_manual",
        doc="Whether tubes are filled up with buffer before the run, as fast rotors require.",
    )  # fmt: skip
    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="isolation_practice",
        doc="Temperature of the run; warmer liquid is thinner.", moves="pelleted", direction=1,
    )  # fmt: skip
    cushion: float = setting(
        0.0, unit="m^3", low=0.0, high=5e-5, source="isolation_practice",
        doc="Dense liquid under the sample in each tube; particles that are lighter stop on it and "
        "are drawn off with it instead of as a pellet. For a kept pellet.",
        moves="volume", direction=1,
    )  # fmt: skip
    cushion_medium: str = setting(
        "iodixanol", choices=MEDIA, source="isolation_practice",
        doc="What the cushion is made of; it stays in what is kept.",
    )  # fmt: skip
    cushion_concentration: float = setting(
        600.0, unit="kg/m^3", low=50.0, high=800.0, source="cushion_practice",
        doc="Mass of medium in a volume of cushion: 60 % w/v is 600 g/L.",
        moves="cushion medium [kg]", direction=1,
    )  # fmt: skip
    washes: int = setting(
        0, unit="1", low=0, high=10, source="isolation_practice",
        doc="Times that a kept pellet is spun again in fresh buffer, with all losses of a pellet.",
        moves="runs of the rotor [1]", direction=1,
    )  # fmt: skip

    def check(self) -> list[str]:
        """Return what is wrong with the settings together, as sentences."""
        problems = []
        if (self.rcf is None) == (self.rpm is None):
            problems.append("give either rcf (such as `100000 g`) or rpm, and not both")
        if self.keep == "pellet" and self.resuspend <= 0:
            problems.append("a kept pellet needs `resuspend`, the buffer it is taken up in")
        if self.keep == "supernatant" and self.resuspend > 0:
            problems.append("`resuspend` is for a kept pellet; this spin keeps the supernatant")
        if self.keep == "supernatant" and (self.cushion > 0 or self.washes > 0):
            problems.append("`cushion` and `washes` are for a kept pellet, not for a supernatant")
        return problems

    def turns(self) -> Iterator[Spin]:
        """Yield the spin, and the washes after it as the same spin without a cushion."""
        yield self
        for _ in range(int(self.washes)):
            yield replace(self, cushion=0.0)

    def speed_squared(self, rotor: Rotor) -> Array:
        """Return w^2, array (n,) [1/s^2]."""
        if self.rcf is not None:
            return angular_velocity_squared(self.rcf, rotor.mean_radius)
        return np.full_like(rotor.mean_radius, ((self.rpm or 0.0) * np.pi / 30) ** 2)


@dataclass(frozen=True)
class _Loaded:
    """A spin about to start: the tube as filled, and the share of each kind it will pellet."""

    spin: Spin
    rotor: Rotor
    speed_squared: Array
    added: Array
    suspension: Suspension
    pelleted: tuple[Array, ...]
    cushion: Array
    medium_density: Array


@dataclass(frozen=True)
class DifferentialCentrifugation(PreparationStep):
    r"""Pelleting by size, density and viscosity in named rotors, with explicit resuspension losses.

    Equation
    --------
    n' = n (1 - P) (1 - \varepsilon) \quad \text{where the supernatant is kept}

    n' = n \left[P (1 - a) (1 - r) + (1 - P) \, \varepsilon\right] \quad \text{where the pellet
    is kept}

    n' = n \left[P q (1 - l) + P (1 - q) (1 - a) (1 - r) + (1 - P) \, \varepsilon\right] \quad
    \text{where a cushion and the pellet are kept}

    \varepsilon = \frac{v_r T}{V}, \quad \eta = h \, \eta_w, \quad q = \Phi
    \left(\frac{\rho_c - \rho}{s}\right)

    Symbols
    -------
    n, n' : particles of a kind and size, before and after a spin
    P : share pelleted, by the rotor
    a : aggregated_share
    r : not_resuspended_share
    \varepsilon : share of the liquid that stays with the pellet
    v_r : residual_volume
    T : tubes filled
    V : liquid spun [m^3]
    h : viscosity_ratio
    \eta : viscosity of the liquid [Pa*s]
    \eta_w : water_viscosity
    q : share of a kind that is lighter than the cushion
    l : cushion_lost_share
    \rho : density of the kind [kg/m^3]
    \rho_c : density of the cushion [kg/m^3]
    s : density_spread
    \Phi : normal distribution

    Notes
    -----
    The share pelleted is that of Livshits et al. (2015), drawn density by kind: near-full for
    vesicles at 100,000 g. What is lost then is resuspension and aggregation, two assumed shares of
    the pellet that rest on no measured law and do not depend on force or concentration here.
    Vesicles in aggregates leave the count ("aggregated on pelleting") with their cargo, although in
    the tube they may still be injected. Dissolved matter goes with the liquid; a pellet holds back
    a residual volume. A volume above what the rotor holds takes several runs.

    A cushion is drawn off with what stopped on it, medium and all: part of it remains in the next
    step as a solute, which makes the next liquid denser and thicker. What is denser than the
    cushion goes through it and is an ordinary pellet. A wash is the same spin again in the buffer
    of `resuspend` and of the filled tube: it thins what is dissolved and costs another pellet.

    Left out: diffusion (flagged where it matters), swirl, hindered settling of dense suspensions,
    pellet lost on decanting, partly filled tubes (their path is that of a full one), and the
    difference between a pellet on a wall and at a bottom.

    Clean-up after loading is the same method: precipitate pellets by its own size and density.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "differential_centrifugation"
    title: ClassVar[str] = "differential centrifugation"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        MEDIUM_DENSITY, VISCOSITY_RATIO, RESIDUAL, AGGREGATED, NOT_RESUSPENDED, CUSHION_LOST,
        CUSHION_SPREAD, RUN_OVERHEAD, HANDS_ON, *MEDIUM_PARAMETERS, *ROTOR_PARAMETERS,
    )  # fmt: skip

    spins: tuple[Spin, ...] = setting(doc="The spins, in order.", table=Spin)

    def needs(self) -> list[Need]:
        """Return the parameters; geometry for each rotor that is used."""
        elsewhere = {*ROTOR_PARAMETERS, *MEDIUM_PARAMETERS}
        plain = [Need(held) for held in self.parameters if held not in elsewhere]
        names = dict.fromkeys(spin.rotor for spin in self.spins)
        geometry = (Need(held, {"rotor": name}) for name in names for held in ROTOR_PARAMETERS)
        return [*plain, *medium_needs(), *geometry]

    def check(self) -> list[str]:
        """Return what is wrong with the spins, as sentences."""
        if not self.spins:
            return ["`spins` is empty: list at least one spin"]
        return [
            f"spin {number}: {problem}"
            for number, spin in enumerate(self.spins, start=1)
            for problem in spin.check()
        ]

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the tube after the last spin."""
        account = Account()
        time = hands_on = 0.0
        after = suspension
        consumables: dict[str, float] = {}
        turns = np.zeros(suspension.members)
        for loaded in self._loaded(suspension, p):
            account.add("volume", "buffer to fill the tubes", loaded.added)
            after = self._kept(loaded, p, account)
            tubes = self._tubes(loaded)
            each = np.ceil(tubes / loaded.rotor.tube_count - 1e-9)
            turns = turns + each
            runs = float(np.median(each))
            time += runs * (loaded.spin.duration + float(np.median(p[RUN_OVERHEAD])))
            hands_on += float(np.median(tubes * p[HANDS_ON]))
            name = f"tube, {loaded.rotor.name}"
            consumables[name] = consumables.get(name, 0.0) + float(np.median(tubes))
            consumables["buffer [L]"] = consumables.get("buffer [L]", 0.0) + 1e3 * (
                float(np.median(loaded.added)) + loaded.spin.resuspend
            )
        account.note("runs of the rotor [1]", turns)
        held = [after.solutes.get(name, np.zeros(after.members)) for name in MEDIA]
        account.note("cushion medium [kg]", np.sum(held, axis=0))
        resources = Resources(time=time + hands_on, hands_on=hands_on, consumables=consumables)
        return after, account.exchange(resources)

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: overspeed, several runs, and sizes for which diffusion matters."""
        flags: list[Flag] = []
        for number, loaded in enumerate(self._loaded(suspension, p), start=1):
            flags += [
                replace(flag, message=f"spin {number}: {flag.message}")
                for flag in self._remarks(loaded, p)
            ]
        return flags

    @once
    def _loaded(self, suspension: Suspension, p: Draws) -> tuple[_Loaded, ...]:
        """Return each spin with the tube that it starts from."""
        return tuple(self._spun(suspension, p))

    def _spun(self, suspension: Suspension, p: Draws) -> Iterator[_Loaded]:
        """Yield each spin with the tube that it starts from."""
        for spin in (turn for listed in self.spins for turn in listed.turns()):
            rotor = Rotor.drawn(spin.rotor, p)
            cushion = np.minimum(spin.cushion, 0.5 * rotor.tube_volume)
            room = rotor.tube_volume - cushion
            added = np.zeros(suspension.members)
            if spin.top_up == "yes":
                full = np.maximum(np.ceil(suspension.volume / room - 1e-9), 1.0) * room
                added = np.maximum(full - suspension.volume, 0.0)
            filled = replace(suspension, volume=suspension.volume + added)
            speed = spin.speed_squared(rotor)
            denser, thicker = dissolved_media(filled, p, spin.temperature)
            density = p[MEDIUM_DENSITY] + denser
            viscosity = water_viscosity(spin.temperature) * p[VISCOSITY_RATIO] * thicker
            above = _above_cushion(rotor, cushion)
            pelleted = tuple(
                above.pelleted(
                    sedimentation_coefficient(
                        population.diameter,
                        population.density[:, None],
                        density[:, None],
                        viscosity[:, None],
                    ),
                    speed,
                    spin.duration,
                )
                for population in filled.populations
            )
            loaded = _Loaded(spin, rotor, speed, added, filled, pelleted, cushion, density)
            yield loaded
            suspension = self._kept(loaded, p, Account())

    @staticmethod
    def _tubes(loaded: _Loaded) -> Array:
        """Return how many tubes a spin takes, with room for the cushion, array (n,)."""
        room = loaded.rotor.tube_volume - loaded.cushion
        return np.asarray(np.maximum(np.ceil(loaded.suspension.volume / room - 1e-9), 1.0))

    def _kept(self, loaded: _Loaded, p: Draws, account: Account) -> Suspension:
        """Return the part that is kept, and book the other."""
        filled, spin = loaded.suspension, loaded.spin
        liquid = filled.volume
        tubes = self._tubes(loaded)
        residual = np.minimum(p[RESIDUAL] * tubes, liquid / 2)
        with_pellet = np.divide(residual, liquid, out=np.zeros_like(liquid), where=liquid > 0)
        if spin.keep == "supernatant":
            populations = tuple(
                _supernatant(population, share, with_pellet, account)
                for population, share in zip(filled.populations, loaded.pelleted, strict=True)
            )
            account.liquid(filled, with_pellet, "left with the pellet")
            kept, volume, buffer = 1 - with_pellet, liquid - residual, filled.buffer
            solutes = {name: mass * kept for name, mass in filled.solutes.items()}
        else:
            medium = Medium.drawn(spin.cushion_medium, p)
            strength = np.full(filled.members, spin.cushion_concentration)
            heavy = medium.density(strength) - WATER_DENSITY + p[MEDIUM_DENSITY]
            populations = tuple(
                _resuspended(
                    population,
                    share,
                    with_pellet,
                    self._stopped(population, loaded, heavy, p),
                    p,
                    account,
                )
                for population, share in zip(filled.populations, loaded.pelleted, strict=True)
            )
            account.liquid(filled, 1 - with_pellet, "left in the supernatant")
            account.add("volume", "buffer to resuspend", np.full(filled.members, spin.resuspend))
            drawn = loaded.cushion * tubes
            kept, volume, buffer = with_pellet, residual + spin.resuspend + drawn, spin.buffer
            solutes = {name: mass * kept for name, mass in filled.solutes.items()}
            if spin.cushion > 0:
                before = solutes.get(spin.cushion_medium, np.zeros(filled.members))
                solutes[spin.cushion_medium] = before + drawn * strength
                account.add("volume", "cushion", drawn)
                account.add(f"solute/{spin.cushion_medium}", "cushion", drawn * strength)
        return Suspension(
            populations=populations,
            free={cargo: copies * kept for cargo, copies in filled.free.items()},
            solutes=solutes,
            volume=volume,
            temperature=spin.temperature,
            buffer=buffer,
        )

    @staticmethod
    def _stopped(population: Population, loaded: _Loaded, cushion: Array, p: Draws) -> Array:
        """Return the share of a kind that is lighter than the cushion, where there is one, (n,)."""
        lighter = ndtr((cushion - population.density) / p[CUSHION_SPREAD])
        return np.asarray(np.where(loaded.cushion > 0, lighter, 0.0))

    def _remarks(self, loaded: _Loaded, p: Draws) -> Iterator[Flag]:
        """Yield what is worth a flag about one spin, with its severity."""
        spin, rotor = loaded.spin, loaded.rotor
        speed = float(np.max(revolutions_per_minute(loaded.speed_squared)))
        rated = float(np.max(rotor.maximum_speed))
        if speed > rated * (1 + 1e-9):
            message = f"{speed:,.0f} rpm is above the {rated:,.0f} rpm {rotor.name} is rated for"
            yield Flag(self.name, message, "serious")
        filled = float(np.median(loaded.suspension.volume))
        drawn = filled - float(np.median(loaded.added))
        if spin.keep == "supernatant" and filled > DILUTING * drawn > 0:
            message = (
                f"topping the tubes of {rotor.name} up dilutes what is kept {filled / drawn:.0f}-"
                'fold: take smaller tubes, or `top_up = "no"` for a slow spin'
            )
            yield Flag(self.name, message, "note")
        runs = np.ceil(self._tubes(loaded) / rotor.tube_count - 1e-9)
        if spin.cushion > 0.5 * float(np.min(rotor.tube_volume)):
            yield Flag(
                self.name, "the cushion takes more than half of the tube; half is taken", "warning"
            )
        if np.max(runs) > 1:
            held = 1e6 * float(np.median(rotor.tube_volume * rotor.tube_count))
            message = (
                f"{rotor.name} holds {held:.0f} mL: the volume takes {several(runs)} runs; "
                "a rotor with larger tubes saves hours"
            )
            yield Flag(self.name, message, many(runs), "scale")
        for population, share in zip(loaded.suspension.populations, loaded.pelleted, strict=True):
            ratio = peclet_number(
                population.diameter,
                (population.density - loaded.medium_density)[:, None],
                (loaded.speed_squared * rotor.mean_radius)[:, None],
                rotor.path[:, None],
                spin.temperature,
            )
            settling = (population.count * np.where(ratio < DIFFUSION_MATTERS, share, 0.0)).sum()
            pelleted = (population.count * share).sum()
            if settling > 0.05 * pelleted:
                message = (
                    f"{settling / pelleted:.0%} of the pelleted {population.kind} diffuse about "
                    "as fast as they settle; the law overstates their pelleting"
                )
                yield Flag(self.name, message, "warning")


def _supernatant(
    population: Population, pelleted: Array, with_pellet: Array, account: Account
) -> Population:
    """Return what stays suspended and is drawn off."""
    entrained = (1 - pelleted) * with_pellet[:, None]
    account.removed(population, pelleted, "pelleted")
    account.removed(population, entrained, "left with the pellet")
    return population.kept((1 - pelleted) * (1 - with_pellet[:, None]))


def _resuspended(
    population: Population, pelleted: Array, with_pellet: Array, stopped: Array, p: Draws,
    account: Account,
) -> Population:  # fmt: skip
    """Return what comes off tube and cushion singly, and what the residual liquid holds."""
    single, loose = (1 - p[share][:, None] for share in (AGGREGATED, NOT_RESUSPENDED))
    cushioned, hard = pelleted * stopped[:, None], pelleted * (1 - stopped[:, None])
    missed = cushioned * p[CUSHION_LOST][:, None]
    aggregated = hard * (1 - single)
    stuck = hard * single * (1 - loose)
    left = (1 - pelleted) * (1 - with_pellet[:, None])
    account.removed(population, left, "left in the supernatant")
    account.removed(population, aggregated, "aggregated on pelleting")
    account.removed(population, stuck, "not resuspended")
    if stopped.any():
        account.removed(population, missed, "lost on the cushion")
    return population.kept(
        cushioned - missed + hard * single * loose + (1 - pelleted) * with_pellet[:, None]
    )


def _above_cushion(rotor: Rotor, cushion: Array) -> Rotor:
    """Return the rotor as particles see it that stop on a cushion: a level tube is shorter."""
    path = rotor.maximum_radius - rotor.minimum_radius
    shorter = rotor.maximum_radius - path * cushion / rotor.tube_volume
    level = rotor.tube_angle > HORIZONTAL
    return replace(rotor, maximum_radius=np.where(level, shorter, rotor.maximum_radius))
