"""A membrane at work: what passes, what sticks, what lies on it, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.lumen import sphere_volume
from exocast.laws.membrane import (
    cake_resistance,
    cut_off_pore,
    deposited_share,
    globular_diameter,
    limiting_flux,
    membrane_resistance,
    observed_sieving,
    return_by_diffusion,
    return_by_shear,
    sieving,
    washed_out,
)
from exocast.laws.wall_adsorption import JAMMING_COVERAGE, diffusivity
from exocast.laws.water import water_viscosity
from exocast.material.suspension import Suspension
from exocast.stages.account import Account
from exocast.stages.isolation.medium import MEDIA
from exocast.stages.isolation.size_exclusion import CARGO_RADIUS, PROTEIN_RADIUS

__all__ = ["MEMBRANES", "MEMBRANE_PARAMETERS", "Filter", "Swept"]

Array = NDArray[np.float64]

MEMBRANES = ("regenerated_cellulose", "polyethersulfone", "modified_polyethersulfone")
STEPS = 16
CLOSE_PACKED = 0.6
SLOWEST = 1e-9
"""Flux below which a membrane counts as shut [m/s]."""

STICKY = Parameter(
    "isolation.membrane.sticky_share", "1", "Share of the membrane that holds particles for good.",
    low=1e-4, high=1.0,
)  # fmt: skip
RELEASED = Parameter(
    "isolation.membrane.released_share", "1",
    "Share of the particles lying on the membrane that rinsing takes up again.", high=1.0,
    scale="logit",
)  # fmt: skip
PORE_VARIATION = Parameter(
    "isolation.membrane.pore_variation", "1", "Coefficient of variation of the pores.", low=0.02,
    high=0.8,
)  # fmt: skip
SKIN = Parameter(
    "isolation.membrane.skin", "m",
    "Thickness of the layer that holds the pores, over its open share.",
)  # fmt: skip
FOULING = Parameter(
    "isolation.membrane.fouling", "1",
    "Resistance of a membrane in use over that of a clean one with water.", low=1.0,
)  # fmt: skip
CAKE_VOID = Parameter(
    "isolation.membrane.cake_void", "1", "Liquid share of particles packed on a membrane.",
    low=0.05, high=0.8, scale="linear",
)  # fmt: skip
GEL = Parameter(
    "isolation.membrane.gel_concentration", "kg/m^3", "Protein at which it gels on a membrane."
)

MEMBRANE_PARAMETERS = (
    STICKY, RELEASED, PORE_VARIATION, SKIN, FOULING, CAKE_VOID, GEL, PROTEIN_RADIUS, CARGO_RADIUS,
)  # fmt: skip


@dataclass(frozen=True)
class Swept:
    """How liquid moves along a membrane, and what drives it through.

    Attributes
    ----------
    area : array (n,)
        Of all membranes that work side by side [m^2].
    pressure : array (n,)
        Across the membrane [Pa].
    shear : array (n,)
        Shear rate at the membrane [1/s].
    length : array (n,)
        Along which it is swept [m].
    """

    area: Array
    pressure: Array
    shear: Array
    length: Array


@dataclass
class Filter:
    """A suspension on a membrane, while a method works on it.

    Shares (n, m) of every size are followed: what is left in the liquid, what has passed, what the
    membrane holds, and what lies on it. A membrane knows a particle by its size alone, so that
    kinds which share a grid of sizes are followed together.
    """

    suspension: Suspension
    swept: Swept
    cut_off: float
    temperature: float
    p: Draws
    volume: Array = field(init=False)
    time: Array = field(init=False)
    permeate: Array = field(init=False)
    slowest: Array = field(init=False)

    def __post_init__(self) -> None:
        tube, p = self.suspension, self.p
        members = tube.members
        self.volume = np.array(tube.volume, dtype=float)
        self.time, self.permeate = np.zeros(members), np.zeros(members)
        self.covered = np.zeros(members)
        self.slowest = np.full(members, np.inf)
        self.diameter, self.count = self._sizes(tube)
        shape = self.count.shape
        self.left = np.ones(shape)
        self.passed, self.bound, self.lying = (np.zeros(shape) for _ in range(3))
        self.solutes, self.free = dict(tube.solutes), dict(tube.free)
        self.variation = p[PORE_VARIATION]
        self.pore = cut_off_pore(globular_diameter(self.cut_off), self.variation)
        self.resistance = membrane_resistance(self.pore, p[SKIN]) * p[FOULING]
        self.viscosity = float(water_viscosity(self.temperature))
        self.particles_pass = self._sieved(np.broadcast_to(self.diameter, shape))
        self.particles_return = self._returning(self.diameter)
        radii = (p[PROTEIN_RADIUS], p[CARGO_RADIUS])
        self.dissolved = [
            (self._sieved(2 * r[:, None])[:, 0], self._returning(2 * r[:, None])[:, 0])
            for r in radii
        ]

    def concentrate(self, volume: Array) -> None:
        """Filter until a volume (n,) is left."""
        goal = np.minimum(volume, self.volume)
        start = np.where(self.volume > 0, self.volume, 1.0)
        ratio = np.where(goal > 0, start / np.where(goal > 0, goal, 1.0), 1.0)
        for _ in range(STEPS):
            smaller = self.volume * ratio ** (-1 / STEPS)
            self._step(self.volume - smaller, np.log(ratio) / STEPS)
            self.volume = smaller

    def diafilter(self, volumes: float) -> None:
        """Filter at constant volume while buffer is added, `volumes` times the volume."""
        for _ in range(STEPS if volumes > 0 else 0):
            self._step(self.volume * volumes / STEPS, np.full_like(self.volume, volumes / STEPS))

    def dilute(self, volume: Array) -> None:
        """Add buffer (n,)."""
        self.volume = self.volume + volume

    def rinsed(self) -> None:
        """Take up what lies on the membrane, as far as it comes off."""
        back = self.lying * self.p[RELEASED][:, None]
        self.left, self.lying = self.left + back, self.lying - back

    def closed(self, account: Account, buffer: str) -> Suspension:
        """Book what is lost, and return what is left."""
        tube, kept = self.suspension, []
        for population in tube.populations:
            part = self.parts[population.diameter.tobytes()]
            account.removed(population, self.passed[:, part], "through the membrane")
            account.removed(population, self.bound[:, part], "held by the membrane")
            account.removed(population, self.lying[:, part], "left on the membrane")
            kept.append(population.kept(self.left[:, part]))
        for name, mass in tube.solutes.items():
            account.add(f"solute/{name}", "through the membrane", self.solutes[name] - mass)
        for name, copies in tube.free.items():
            account.add(f"cargo/{name}", "through the membrane", self.free[name] - copies)
        return replace(
            tube, populations=tuple(kept), solutes=self.solutes, free=self.free,
            volume=self.volume, temperature=self.temperature, buffer=buffer,
        )  # fmt: skip

    def _sizes(self, tube: Suspension) -> tuple[Array, Array]:
        """Return the sizes (m,) of all grids, and the particles (n, m) of all kinds on them."""
        self.parts: dict[bytes, slice] = {}
        diameters, counts = [np.zeros(0)], [np.zeros((tube.members, 0))]
        for held in tube.populations:
            grid = held.diameter.tobytes()
            if grid in self.parts:
                same = [one.tobytes() for one in diameters].index(grid)
                counts[same] = counts[same] + held.count
                continue
            start = sum(one.size for one in diameters)
            self.parts[grid] = slice(start, start + held.diameter.size)
            diameters.append(held.diameter)
            counts.append(held.count)
        return np.concatenate(diameters), np.concatenate(counts, axis=1)

    def _sieved(self, diameter: Array) -> Array:
        """Return the intrinsic sieving coefficient of sizes (n, m)."""
        if diameter.shape[1] == 0:
            return np.zeros(diameter.shape)
        return sieving(diameter, self.pore, self.variation)

    def _returning(self, diameter: Array) -> Array:
        """Return the speed at which sizes return to the bulk, array (n, m) [m/s]."""
        shear, length = (np.asarray(x)[:, None] for x in (self.swept.shear, self.swept.length))
        moved = diffusivity(diameter, self.temperature, self.viscosity)
        by_diffusion = return_by_diffusion(shear, moved, length)
        return np.asarray(by_diffusion + return_by_shear(shear, diameter, length))

    def _step(self, permeate: Array, turnover: Array) -> None:
        """Let a permeate (n,) go through; `turnover` is it over the volume, as a logarithm."""
        flux = self._flux()
        self.slowest = np.where(permeate > 0, np.minimum(self.slowest, flux), self.slowest)
        duration = permeate / (flux * self.swept.area)
        self.time, self.permeate = self.time + duration, self.permeate + permeate
        self._particles(flux, turnover)
        protein, cargo = (observed_sieving(passing, flux, back) for passing, back in self.dissolved)
        for name, mass in self.solutes.items():
            passing = np.ones_like(flux) if name in MEDIA else protein
            self.solutes[name] = mass * washed_out(passing, turnover)
        for name, copies in self.free.items():
            self.free[name] = copies * washed_out(cargo, turnover)

    def _flux(self) -> Array:
        """Return the flux that pressure drives and a gel allows, array (n,) [m/s]."""
        swept, volume = self.swept, np.where(self.volume > 0, self.volume, 1.0)
        layer = self.count * (self.lying + self.bound) * sphere_volume(self.diameter)
        cake = cake_resistance(
            layer / swept.area[:, None], self.diameter, self.p[CAKE_VOID][:, None]
        ).sum(axis=1)
        driven = swept.pressure / (self.viscosity * (self.resistance + cake))
        mass = sum((m for n, m in self.solutes.items() if n not in MEDIA), np.zeros_like(volume))
        passing, back = self.dissolved[0]
        gelled = limiting_flux(back, self.p[GEL], mass / volume, passing)
        return np.asarray(np.maximum(np.minimum(driven, gelled), SLOWEST))

    def _particles(self, flux: Array, turnover: Array) -> None:
        """Share out the particles that a permeate carries to the membrane."""
        volume = np.where(self.volume > 0, self.volume, 1.0)
        bulk = (self.count * self.left * sphere_volume(self.diameter)).sum(axis=1) / volume
        room_above = np.log(np.clip(CLOSE_PACKED / np.maximum(bulk, 1e-12), 1.01, None))
        flow, turned = flux[:, None], turnover[:, None]
        passing = observed_sieving(self.particles_pass, flow, self.particles_return)
        room = self.p[STICKY] * JAMMING_COVERAGE * self.swept.area
        # A particle that reaches a sticky spot which is still free stays: nothing piles up there,
        # so that all which flow and diffusion bring arrives. Elsewhere it lies down, or returns.
        spot = (self.p[STICKY] * np.maximum(1 - self.covered / room, 0.0))[:, None]
        reached = 1 / -np.expm1(-np.clip(flow / self.particles_return, 1e-6, 700.0))
        touching = (1 - passing) * spot * reached
        back = self.particles_return * room_above[:, None]
        held = (1 - passing) * (1 - spot) * deposited_share(flow, back)
        whole = passing + held + touching
        gone = self.left * -np.expm1(-whole * turned)
        part = np.divide(gone, whole, out=np.zeros_like(gone), where=whole > 0)
        stuck = part * touching
        footprint = np.pi / 4 * self.diameter**2
        wanted = (self.count * stuck * footprint).sum(axis=1)
        free = np.maximum(room - self.covered, 0.0)
        fits = np.divide(free, wanted, out=np.ones_like(wanted), where=wanted > free)[:, None]
        self.passed = self.passed + part * passing
        self.bound = self.bound + stuck * fits
        self.lying = self.lying + part * held + stuck * (1 - fits)
        self.left = 1 - self.passed - self.bound - self.lying
        self.covered = self.covered + wanted * fits[:, 0]
