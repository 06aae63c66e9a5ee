"""A density gradient: particles part by density, as far as their size lets them get there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.centrifugation import angular_velocity_squared, revolutions_per_minute
from exocast.laws.density_gradient import layered_concentration
from exocast.material.ledger import Exchange, Resources
from exocast.material.step import Flag, PreparationStep, setting
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.gradient_tube import (
    BLUR,
    CELLS,
    OSMOLES,
    STARTS,
    TUBE_PARAMETERS,
    GradientTube,
    average,
)
from exocast.stages.isolation.handling import once
from exocast.stages.isolation.medium import MEDIA, MEDIUM_PARAMETERS, Medium
from exocast.stages.isolation.rotor import HORIZONTAL, ROTOR_PARAMETERS, Rotor
from exocast.stages.isolation.runs import many, several
from exocast.stages.isolation.size_exclusion import CARGO_RADIUS, PROTEIN_RADIUS

__all__ = ["DensityGradient", "Layer"]

Array = NDArray[np.float64]

THIN_LAYERS = 16
"""Of which a continuous gradient is made up."""

MEDIUM_DIFFUSIVITY = Parameter(
    "isolation.density_gradient.medium_diffusivity", "m^2/s",
    "Diffusivity of the medium in water at 20 degC, by which layers run into each other.",
)  # fmt: skip
LEFT = Parameter(
    "isolation.density_gradient.left_share", "1",
    "Share of particles that stays on tube, needle and tips when fractions are drawn.", high=1.0,
    scale="logit",
)  # fmt: skip
RUN_OVERHEAD = Parameter(
    "isolation.density_gradient.run_overhead", "s", "Slow acceleration and braking, and loading."
)
HANDS_ON = Parameter(
    "isolation.density_gradient.hands_on", "s",
    "Operator time per tube: layers, sample, fractions and their density.",
)  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """One layer of a gradient."""

    concentration: float = setting(
        unit="kg/m^3", low=0.0, high=900.0, doc="Mass of medium in a volume: 10 % w/v is 100 g/L.",
        moves="gradient medium [kg]", direction=0,
    )  # fmt: skip
    share: float = setting(
        1.0, unit="1", low=0.05, high=20.0, source="gradient_practice",
        doc="Part of the gradient that it takes, against the other layers.", moves="volume",
        direction=0,
    )  # fmt: skip


STEPS = (Layer(concentration=100.0), Layer(concentration=300.0), Layer(concentration=500.0))


@dataclass(frozen=True)
class DensityGradient(PreparationStep):
    r"""Banding in a gradient of iodixanol or sucrose, from which fractions are pooled.

    Equation
    --------
    n' = n \, (1 - l) \int f(\rho) \left[\Phi \left(\frac{r_2 - r}{\sigma}\right) - \Phi
    \left(\frac{r_1 - r}{\sigma}\right)\right] d\rho

    \sigma^2 = \frac{D}{\kappa} \left(1 - e^{-2 \kappa t}\right) + b^2 + \frac{w^2}{12}

    Symbols
    -------
    n, n' : particles of a kind and size, before and after
    l : left_share
    f : normal distribution of densities within a kind, of width density_spread
    \rho : density
    \Phi : normal distribution
    r : where such a particle is after the run (resting_place)
    r_1, r_2 : where the pooled fractions begin and end
    \sigma : width of its band
    D : diffusivity
    \kappa : relaxation_rate
    t : duration
    b : blur
    w : crowded_width, of all particles of the kind

    Notes
    -----
    Each size follows Stokes' law through the density and viscosity of the gradient, from where the
    sample was put to where it is as dense as the medium, or as far as it gets: the time to rest
    goes with one over the size squared, so that what is found at a density is also a matter of
    size. Below the pool lie proteins and what is dense; above it, what floats. High-density
    lipoprotein is as dense as vesicles and is told from them by its size alone, by which it is not
    there yet. Particles that reach the bottom still sinking are pellet, and are not pooled.

    Sucrose draws water from vesicles, which makes them denser and smaller while they are in it.
    The medium is pooled too: it is a solute of the tube afterwards, denser and thicker, and the
    next spin knows it. Wash it out (a spin in buffer, a column, diafiltration) before anything is
    dosed.

    Left out: the settling of the medium itself (self-forming gradients), its pressure, permeation
    of sucrose, wall effects on tilt, bands that sink as drops when the sample is denser than the
    first layer (flagged), leak of cargo on shrinking. A rotor must swing out.
    """

    stage: ClassVar[str] = "isolation"
    method: ClassVar[str] = "density_gradient"
    title: ClassVar[str] = "density gradient"
    speculative: ClassVar[bool] = True
    parameters: ClassVar[tuple[Parameter, ...]] = (
        *TUBE_PARAMETERS, MEDIUM_DIFFUSIVITY, LEFT, RUN_OVERHEAD, HANDS_ON, PROTEIN_RADIUS,
        CARGO_RADIUS, *MEDIUM_PARAMETERS, *ROTOR_PARAMETERS,
    )  # fmt: skip

    rotor: str = setting(
        "SW 40Ti", source="gradient_practice",
        doc="Swing-out rotor: `exocast explain isolation.rotor.mean_radius` lists them; "
        "`[[equipment]]` brings yours.",
    )  # fmt: skip
    rcf: float = setting(
        120_000 * 9.80665, unit="m/s^2", low=1e3, high=5e6, source="onodi_2018",
        doc="Relative centrifugal force at the mean radius.", moves="way gone by large_ev [1]",
        direction=1,
    )  # fmt: skip
    duration: float = setting(
        86400.0, unit="s", low=600.0, high=7 * 86400.0, source="onodi_2018",
        doc="Time at speed; layers run into each other meanwhile.",
        moves="way gone by large_ev [1]", direction=0,
    )  # fmt: skip
    temperature: float = setting(
        277.15, unit="K", low=273.15, high=313.15, source="isolation_practice",
        doc="Temperature of the run; warmer liquid is thinner.", moves="particles/small_ev",
        direction=0,
    )  # fmt: skip
    medium: str = setting(
        "iodixanol", choices=MEDIA, source="onodi_2018",
        doc="What the gradient is made of; sucrose shrinks vesicles.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    form: str = setting(
        "layers", choices=("layers", "continuous"), source="onodi_2018",
        doc="Layers that diffuse into each other, or a straight line from the first to the last.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    layers: tuple[Layer, ...] = setting(
        STEPS, doc="The gradient, from the top.", table=Layer, source="onodi_2018"
    )
    sample: float = setting(
        1e-6, unit="m^3", low=1e-8, high=3e-5, source="gradient_practice",
        doc="Sample in one tube; the gradient takes the rest.", moves="tubes [1]", direction=-1,
    )  # fmt: skip
    sample_at: str = setting(
        "top", choices=("top", "bottom"), source="onodi_2018",
        doc="On the gradient, or under it in the medium of its last layer: then vesicles float up.",
        moves="solute/protein", direction=0,
    )  # fmt: skip
    fractions: int = setting(
        10, unit="1", low=2, high=60, source="onodi_2018", doc="Equal fractions that are drawn.",
        moves="volume", direction=0,
    )  # fmt: skip
    pool_by: str = setting(
        "density", choices=("density", "number"), source="gradient_practice",
        doc="Whether fractions are pooled by their density or by their number from the top.",
        moves="volume", direction=0,
    )  # fmt: skip
    density_from: float = setting(
        1080.0, unit="kg/m^3", low=990.0, high=1400.0, source="brennan_2020",
        doc="Least density of a fraction that is pooled.", moves="volume", direction=-1,
    )  # fmt: skip
    density_to: float = setting(
        1190.0, unit="kg/m^3", low=990.0, high=1400.0, source="brennan_2020",
        doc="Largest density of a fraction that is pooled.", moves="volume", direction=1,
    )  # fmt: skip
    first_fraction: int = setting(
        4, unit="1", low=1, high=60, source="gradient_practice",
        doc="First fraction that is pooled, counted from the top.", moves="volume", direction=-1,
    )  # fmt: skip
    last_fraction: int = setting(
        7, unit="1", low=1, high=60, source="gradient_practice",
        doc="Last fraction that is pooled.", moves="volume", direction=1,
    )  # fmt: skip
    buffer: str = setting("PBS", source="isolation_practice", doc="Buffer of the gradient.")

    def needs(self) -> list[Need]:
        """Return the parameters; geometry of the rotor, properties of the medium."""
        own = {"medium": self.medium}
        mine = {MEDIUM_DIFFUSIVITY, OSMOLES, *MEDIUM_PARAMETERS}
        turned = {"rotor": self.rotor}
        return [
            Need(held, own if held in mine else turned if held in ROTOR_PARAMETERS else {})
            for held in self.parameters
        ]

    def check(self) -> list[str]:
        """Return what is wrong with gradient and pool, as sentences."""
        problems = []
        if not self.layers:
            problems.append("`layers` is empty: list at least one layer")
        held = [layer.concentration for layer in self.layers]
        if any(lower < upper for upper, lower in pairwise(held)):
            problems.append("`layers` go from the top down: each must be at least as concentrated")
        if self.pool_by == "density" and self.density_to <= self.density_from:
            problems.append("`density_to` must lie above `density_from`: nothing would be pooled")
        if self.pool_by == "number" and self.last_fraction < self.first_fraction:
            problems.append("`last_fraction` comes before `first_fraction`: nothing is pooled")
        if self.pool_by == "number" and self.last_fraction > self.fractions:
            problems.append(f"`last_fraction` is above the {self.fractions} fractions drawn")
        return problems

    def apply(self, suspension: Suspension, p: Draws) -> tuple[Suspension, Exchange]:
        """Return the pooled fractions of all tubes."""
        account = Account()
        tube, concentration = self._loaded(suspension, p)
        populations = []
        for population in suspension.populations:
            bands = tube.bands(population)
            kept = bands.pooled * (1 - p[LEFT])[:, None]
            other = np.maximum(1 - bands.pooled - bands.pelleted, 0.0)
            account.removed(population, bands.pooled - kept, "left on tube and tips")
            account.removed(population, bands.pelleted, "pelleted through the gradient")
            account.removed(population, other, "in other fractions")
            pooled = population.kept(1 - (bands.pooled - kept) - bands.pelleted - other)
            populations.append(replace(pooled, density=bands.density))
            name = f"way gone by {population.kind} [1]"
            account.note(name, average(population, bands.rested))
        solutes, free = {}, {}
        protein, cargo = (tube.dissolved(p[radius]) for radius in (PROTEIN_RADIUS, CARGO_RADIUS))
        for name, mass in suspension.solutes.items():
            account.add(f"solute/{name}", "in other fractions", -(1 - protein) * mass)
            solutes[name] = protein * mass
        for name, copies in suspension.free.items():
            account.add(f"cargo/{name}", "in other fractions", -(1 - cargo) * copies)
            free[name] = cargo * copies
        each = (tube.rotor.tube_volume / CELLS * tube.tubes)[:, None] * tube.pooled_cells
        volume, mass = each.sum(axis=1), (each * concentration).sum(axis=1)
        account.add(f"solute/{self.medium}", "gradient medium", mass)
        solutes[self.medium] = solutes.get(self.medium, np.zeros_like(mass)) + mass
        account.add("volume", "loaded", -suspension.volume)
        account.add("volume", "pooled", volume)
        account.note("gradient medium [kg]", mass)
        account.note("tubes [1]", tube.tubes)
        after = Suspension(tuple(populations), free, solutes, volume, self.temperature, self.buffer)
        return after, account.exchange(self._resources(tube, p))

    def flags(self, suspension: Suspension, p: Draws) -> list[Flag]:
        """Return flags: overspeed, a rotor that is tilted, several runs, bands not at rest."""
        tube, _ = self._loaded(suspension, p)
        return [*self._of_the_rotor(suspension, tube), *self._of_the_bands(suspension, tube, p)]

    def _of_the_rotor(self, suspension: Suspension, tube: GradientTube) -> Iterator[Flag]:
        """Yield what is worth a flag about rotor and loading."""
        rotor = tube.rotor
        speed = float(np.max(revolutions_per_minute(tube.speed_squared)))
        rated = float(np.max(rotor.maximum_speed))
        if speed > rated * (1 + 1e-9):
            text = f"{speed:,.0f} rpm is above the {rated:,.0f} rpm {rotor.name} is rated for"
            yield Flag(self.name, text, "serious")
        if (rotor.tube_angle <= HORIZONTAL).any():
            text = (
                f"{rotor.name} does not swing out: a gradient turns over in a tilted tube, which "
                "is not described"
            )
            yield Flag(self.name, text, "serious")
        if self.sample > 0.5 * float(np.min(rotor.tube_volume)):
            yield Flag(
                self.name,
                "the sample takes more than half of the tube: no room for a gradient",
                "serious",
            )
        runs = np.ceil(tube.tubes / rotor.tube_count - 1e-9)
        if np.max(runs) > 1:
            text = f"the sample takes {several(runs)} runs of {rotor.name}: concentrate it first"
            yield Flag(self.name, text, many(runs), "scale")
        if not (tube.high > tube.low).all():
            empty = float(np.mean(tube.high <= tube.low))
            text = (
                f"no fraction lies in the window in {empty:.0%} of the members: nothing is pooled"
            )
            yield Flag(self.name, text, "serious" if empty > 0.5 else "warning")
        volume = np.where(suspension.volume > 0, suspension.volume, 1.0)
        mass = np.sum([np.zeros(suspension.members), *suspension.solutes.values()], axis=0)
        # A protein weighs about 0.27 of itself more than the water that it displaces.
        heavier = 0.27 * mass / volume > tube.density[:, CELLS // 4] - tube.density[:, 0]
        if self.sample_at == "top" and heavier.mean() > 0.1:
            text = (
                "the sample is denser than the gradient under it: it sinks in drops and drags "
                "everything along; dilute it, or put it under the gradient"
            )
            yield Flag(self.name, text, "warning")

    def _of_the_bands(self, suspension: Suspension, tube: GradientTube, p: Draws) -> Iterator[Flag]:
        """Yield what has not come to rest, which bands are full, what is not parted."""
        pooled: dict[str, float] = {}
        best = 0.0
        vesicles = {k.kind: float(k.total.sum()) for k in suspension.populations if k.vesicular}
        most = max(vesicles, key=lambda kind: vesicles[kind], default="")
        for population in suspension.populations:
            if not (population.total > 0).any():
                continue
            bands, named = tube.bands(population), population.kind.replace("_", " ")
            pooled[population.kind] = float(np.median(average(population, bands.pooled)))
            rested = float(np.median(average(population, bands.rested)))
            if population.vesicular:
                best = max(best, pooled[population.kind])
                if rested < 0.8:
                    text = (
                        f"{named} have gone {rested:.0%} of the way to where they would rest: "
                        "they are parted by size as much as by density; spin longer"
                    )
                    yield Flag(self.name, text, "note")
                if population.kind == most and pooled[most] < 0.5:
                    text = (
                        f"{pooled[population.kind]:.0%} of the {named} lie in the pooled "
                        "fractions: move the pool, or draw more fractions"
                    )
                    yield Flag(self.name, text, "note")
            wide = float(np.median(tube.crowding(population)))
            if wide > float(np.median(p[BLUR])):
                text = f"{1e3 * wide:.1f} mm of {named} a tube: the band is full; use more tubes"
                yield Flag(self.name, text, "warning")
        mixed = [
            held.kind.replace("_", " ")
            for held in suspension.populations
            if not held.vesicular and pooled.get(held.kind, 0.0) > 0.5 * best > 0
        ]
        if mixed:
            yield Flag(
                self.name,
                f"density does not part {' and '.join(mixed)} from the vesicles here",
                "warning",
            )

    @once
    def _loaded(self, suspension: Suspension, p: Draws) -> tuple[GradientTube, Array]:
        """Return the tubes as they are half-way through the run, and the medium in each cell."""
        rotor, medium = Rotor.drawn(self.rotor, p), Medium.drawn(self.medium, p)
        part = np.minimum(self.sample / rotor.tube_volume, 0.9)[:, None]
        top, path = rotor.minimum_radius, rotor.maximum_radius - rotor.minimum_radius
        grid = np.linspace(0.0, 1.0, CELLS + 1)
        concentration = self._profile((grid[1:] + grid[:-1]) / 2, part, path, p)
        density = medium.density(concentration)
        low, high = self._pool(np.linspace(0.0, 1.0, int(self.fractions) + 1), density)
        first = 1 - part if self.sample_at == "bottom" else 0.0
        tube = GradientTube(
            rotor=rotor,
            speed_squared=angular_velocity_squared(self.rcf, rotor.mean_radius),
            tubes=np.maximum(np.ceil(suspension.volume / self.sample - 1e-9), 1.0),
            edges=top[:, None] + path[:, None] * grid,
            density=density,
            viscosity=medium.viscosity(concentration, self.temperature),
            osmoles=concentration * p.at(OSMOLES, medium=self.medium)[:, None],
            start=top[:, None] + path[:, None] * (first + part * STARTS),
            low=top + path * low,
            high=top + path * high,
            duration=self.duration,
            temperature=self.temperature,
            p=p,
        )
        return tube, concentration

    def _profile(self, place: Array, part: Array, path: Array, p: Draws) -> Array:
        """Return the concentration of the medium, array (n, c), at shares `place` of the path."""
        held = np.array([layer.concentration for layer in self.layers])
        shares = np.array([layer.share for layer in self.layers])
        ends = np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
        if self.form == "continuous" and held.size > 1:
            # A straight line from layer to layer, as many thin ones.
            known = (ends[1:] + ends[:-1]) / 2
            known[0], known[-1] = 0.0, 1.0
            ends = np.linspace(0.0, 1.0, THIN_LAYERS + 1)
            held = np.interp((ends[1:] + ends[:-1]) / 2, known, held)
        under = self.sample_at == "bottom"
        edges = (0.0 if under else part) + (1 - part) * ends[1:-1]
        if not under:  # the sample is in buffer
            edges, held = np.concatenate([part, edges], axis=1), np.concatenate([[0.0], held])
        # 2 D t, half-way through the run.
        spread = p.at(MEDIUM_DIFFUSIVITY, medium=self.medium) * self.duration + p[BLUR] ** 2
        risen = layered_concentration(place * path[:, None], edges * path[:, None], held, spread)
        # Rising for certain, by less than matters, so that a particle has one place of rest.
        return np.asarray(risen + 1e-3 * place)

    def _pool(self, slots: Array, density: Array) -> tuple[Array, Array]:
        """Return where the pooled fractions begin and end, arrays (n,), as shares of the path."""
        members = len(density)
        if self.pool_by == "number":
            low = slots[min(int(self.first_fraction) - 1, slots.size - 1)]
            high = slots[min(int(self.last_fraction), slots.size - 1)]
            return np.full(members, low), np.full(members, high)
        middles = (slots[1:] + slots[:-1]) / 2
        cell = np.minimum((middles * CELLS).astype(int), CELLS - 1)
        inside = (density[:, cell] >= self.density_from) & (density[:, cell] <= self.density_to)
        some = inside.any(axis=1)
        first = np.argmax(inside, axis=1)
        last = slots.size - 1 - np.argmax(inside[:, ::-1], axis=1)
        return np.where(some, slots[first], 0.0), np.where(some, slots[last], 0.0)

    def _resources(self, tube: GradientTube, p: Draws) -> Resources:
        tubes = float(np.median(tube.tubes))
        runs = float(np.median(np.ceil(tube.tubes / tube.rotor.tube_count - 1e-9)))
        hands_on = tubes * float(np.median(p[HANDS_ON]))
        time = runs * (self.duration + float(np.median(p[RUN_OVERHEAD])))
        filled = float(np.median(tube.rotor.tube_volume)) * tubes * 1e3
        used = {f"tube, {tube.rotor.name}": tubes, f"{self.medium} gradient [L]": filled}
        return Resources(time=time + hands_on, hands_on=hands_on, consumables=used)
