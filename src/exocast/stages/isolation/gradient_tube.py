"""A tube with a gradient in it: where a kind comes to, by its sizes and densities."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.density_gradient import (
    band_share,
    band_spread,
    crowded_width,
    relaxation_rate,
    resting_place,
)
from exocast.laws.gradient_medium import osmotic_volume, shrunken_density
from exocast.laws.lumen import sphere_volume
from exocast.laws.wall_adsorption import diffusivity
from exocast.material.suspension import Population
from exocast.stages.isolation.rotor import Rotor

__all__ = [
    "BLUR",
    "CELLS",
    "OSMOLES",
    "STARTS",
    "TUBE_PARAMETERS",
    "Bands",
    "GradientTube",
    "average",
]

Array = NDArray[np.float64]

CELLS = 240
STARTS = (np.arange(3) + 0.5) / 3
_NODE, _WEIGHT = np.polynomial.hermite_e.hermegauss(5)
NODES, WEIGHTS = _NODE, _WEIGHT / _WEIGHT.sum()
ON_THE_BOTTOM = 1e-6
"""Share of the path from the bottom within which a particle that still sinks counts as pelleted."""

OSMOLES = Parameter(
    "isolation.density_gradient.medium_osmoles", "mol/kg",
    "Osmoles of the medium on top of the isotonic buffer; none for one that is made up isotonic.",
    scale="linear",
)  # fmt: skip
ISOTONIC = Parameter(
    "isolation.density_gradient.isotonic", "mol/m^3", "Osmoles of the buffer.", low=100.0
)
WATER_SHARE = Parameter(
    "isolation.density_gradient.leaving_water", "1",
    "Share of a vesicle that is water which a medium outside can draw off.", high=0.95,
    scale="logit",
)  # fmt: skip
DENSITY_SPREAD = Parameter(
    "isolation.density_gradient.density_spread", "kg/m^3",
    "Standard deviation of the density within one kind.",
)  # fmt: skip
SOLUTE_DENSITY = Parameter(
    "isolation.density_gradient.solute_density", "kg/m^3",
    "Density of dissolved molecules with the water that moves with them.", low=1000.0,
)  # fmt: skip
BLUR = Parameter(
    "isolation.density_gradient.blur", "m",
    "Mixing when layers are poured, the rotor brakes and fractions are drawn, along the tube.",
)  # fmt: skip
DENSEST = Parameter(
    "isolation.density_gradient.densest_band", "1",
    "Share of a band that particles take before it widens.", high=0.6,
)  # fmt: skip
TUBE_PARAMETERS = (
    OSMOLES, ISOTONIC, WATER_SHARE, DENSITY_SPREAD, SOLUTE_DENSITY, BLUR, DENSEST,
)  # fmt: skip


@dataclass(frozen=True)
class Bands:
    """Where a kind has come to.

    Attributes
    ----------
    pooled, pelleted, rested : array (n, k)
        Shares of each size: in the pool and on the bottom; and the share of the way to their place
        of rest that they have gone.
    density : array (n,)
        Mean density of what is pooled, in an isotonic liquid [kg/m^3].
    """

    pooled: Array
    pelleted: Array
    rested: Array
    density: Array


@dataclass(frozen=True)
class GradientTube:
    """Loaded tubes half-way through a run: what they hold along the radius, cell by cell.

    Attributes
    ----------
    rotor : Rotor
        In which they spin.
    speed_squared : array (n,)
        Angular velocity, squared [1/s^2].
    tubes : array (n,)
        How many there are.
    edges : array (n, c + 1)
        Radii that bound the cells [m].
    density, viscosity, osmoles : array (n, c)
        Of the medium: [kg/m^3], [Pa*s] and, on top of the buffer, [mol/m^3].
    start : array (n, m)
        Places in the sample from which particles start [m].
    low, high : array (n,)
        Where the pooled fractions begin and end [m].
    duration, temperature : float
        Of the run [s], [K].
    p : Draws
        Values.
    found : dict of str to Bands
        Those of the one loading's kinds that were already asked for.
    """

    rotor: Rotor
    speed_squared: Array
    tubes: Array
    edges: Array
    density: Array
    viscosity: Array
    osmoles: Array
    start: Array
    low: Array
    high: Array
    duration: float
    temperature: float
    p: Draws
    found: dict[str, Bands] = field(default_factory=dict, compare=False)

    @property
    def middle(self) -> Array:
        """Return the middles of the cells, array (n, c) [m]."""
        return np.asarray((self.edges[:, 1:] + self.edges[:, :-1]) / 2)

    @property
    def pooled_cells(self) -> NDArray[np.bool_]:
        """Return which cells are pooled, array (n, c)."""
        return np.asarray(
            (self.middle > self.low[:, None]) & (self.middle < self.high[:, None]), dtype=bool
        )

    def bands(self, population: Population) -> Bands:
        """Return where a kind comes to, over its sizes, densities and places of start."""
        if population.kind not in self.found:
            self.found[population.kind] = self._bands(population)
        return self.found[population.kind]

    def _bands(self, population: Population) -> Bands:
        members, sizes = population.count.shape
        if not (population.count > 0).any():
            none = np.zeros((members, sizes))
            return Bands(none, none, none, population.density)
        density = population.density[:, None] + self.p[DENSITY_SPREAD][:, None] * NODES
        shares, pelleted, rested = self._banded(
            population.diameter, density, self.crowding(population), vesicular=population.vesicular
        )  # fmt: skip
        weight = population.count[:, None, :] * shares * WEIGHTS[:, None]
        total = weight.sum(axis=(1, 2))
        mean = np.divide(
            (weight * density[:, :, None]).sum(axis=(1, 2)), total,
            out=population.density.copy(), where=total > 0,
        )  # fmt: skip
        return Bands(
            np.einsum("nqk,q->nk", shares, WEIGHTS),
            np.einsum("nqk,q->nk", pelleted, WEIGHTS),
            rested[:, len(NODES) // 2],
            mean,
        )

    def _banded(
        self, diameter: Array, density: Array, width: Array, *, vesicular: bool
    ) -> tuple[Array, Array, Array]:
        """Return shares pooled, pelleted and of the way gone, arrays (n, q, k)."""
        members, nodes = density.shape
        sizes = diameter.shape[-1]
        grown = np.ones((members, CELLS))
        if vesicular:
            grown = osmotic_volume(
                self.osmoles, self.p[ISOTONIC][:, None], self.p[WATER_SHARE][:, None]
            )
        wet = shrunken_density(density[:, :, None], grown[:, None, :])
        difference = (wet - self.density[:, None, :]).reshape(members * nodes, CELLS)
        force = self.speed_squared[:, None] * self.middle
        mobility = grown ** (2 / 3) * force / (18 * self.viscosity)
        rows = np.repeat(np.arange(members), nodes)
        size = np.broadcast_to(diameter, (members, sizes))
        place, cell, rest = resting_place(
            self.edges[rows], mobility[rows], difference,
            self.start[rows], (size**2 * self.duration)[rows],
        )  # fmt: skip
        step = self.edges[:, 1] - self.edges[:, 0]
        falling = np.asarray(np.gradient(difference, axis=1)) / step[rows][:, None]
        rising = np.maximum(-falling, 0.0)
        # For a diameter of 1 m, cell by cell; each particle then takes the values of its cell.
        rates = relaxation_rate(1.0, mobility[rows], rising)
        moved = diffusivity(grown ** (1 / 3), self.temperature, self.viscosity)
        shape = (members, nodes, STARTS.size, sizes)
        place = place.reshape(shape)
        at = cell + CELLS * np.arange(len(rows))[:, None, None]
        rate = rates.ravel()[at].reshape(shape) * size[:, None, None, :] ** 2
        at = cell + CELLS * rows[:, None, None]
        spread = moved.ravel()[at].reshape(shape) / size[:, None, None, :]
        spread = band_spread(spread, rate, self.duration)
        extra = self.p[BLUR] ** 2 + width**2 / 12
        spread = spread + extra[:, None, None, None]
        bottom, top = self.edges[:, -1], self.edges[:, 0]
        sinking = difference[:, -1].reshape(members, nodes, 1, 1) > 0
        reach = (bottom - ON_THE_BOTTOM * (bottom - top))[:, None, None, None]
        pellet = (place >= reach) & sinking
        some = self.high > self.low
        low = np.where(self.low <= top * (1 + 1e-12), -np.inf, self.low)
        high = np.where(self.high >= bottom * (1 - 1e-12), np.inf, self.high)
        low, high = (np.where(some, edge, 0.0)[:, None, None, None] for edge in (low, high))
        share = np.where(pellet, 0.0, band_share(place, spread, low, high))
        begun = self.start[:, None, :, None]
        goal = rest.reshape(members, nodes, 1, 1)
        way = np.maximum(np.abs(begun - goal), step[:, None, None, None])
        rested = 1 - np.minimum(np.abs(place - goal) / way, 1.0)
        return share.mean(axis=2), pellet.mean(axis=2), rested.mean(axis=2)

    def dissolved(self, radius: Array) -> Array:
        """Return the share of dissolved molecules that is pooled, array (n,)."""
        share, _, _ = self._banded(
            2 * radius[:, None],
            self.p[SOLUTE_DENSITY][:, None],
            np.zeros(len(radius)),
            vesicular=False,
        )
        return np.asarray(share[:, 0, 0])

    def crowding(self, population: Population) -> Array:
        """Return the least width of the band of a kind, array (n,) [m]."""
        volume = (population.count * sphere_volume(population.diameter)).sum(axis=1) / self.tubes
        section = self.rotor.tube_volume / (self.edges[:, -1] - self.edges[:, 0])
        return crowded_width(volume, section, self.p[DENSEST])


def average(population: Population, share: Array) -> Array:
    """Return the share of all particles of a kind, array (n,)."""
    total = population.total
    held = (population.count * share).sum(axis=1)
    return np.asarray(np.divide(held, total, out=np.zeros_like(total), where=total > 0))
