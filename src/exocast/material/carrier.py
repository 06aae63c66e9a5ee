"""Carriers: the few size classes of each kind that travel through the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.material.suspension import Copies, Population, Suspension

__all__ = ["DEFAULT_CLASSES", "Carrier", "carriers_of"]

Array = NDArray[np.float64]

DEFAULT_CLASSES: Mapping[str, int] = {"small_ev": 4, "large_ev": 2}


@dataclass(frozen=True)
class Carrier:
    """One size class of one kind.

    Attributes
    ----------
    name : str
        ``kind.index``.
    kind : str
        Kind of particle.
    grid : array (k,)
        Fine diameter grid [m].
    weight : array (n, k)
        Share of the class's particles in each fine bin; rows sum to 1.
    count : array (n,)
        Particles of the class in the whole tube [particle].
    density : array (n,)
        Density [kg/m^3].
    surface : mapping of str to array (n,)
        Surface properties per particle.
    cargo : mapping of str to Copies
        Copies per particle of the class, arrays (n, 1), inside the lumen or bilayer.
    """

    name: str
    kind: str
    grid: Array
    weight: Array
    count: Array
    density: Array
    surface: Mapping[str, Array]
    cargo: Mapping[str, Copies]

    def average(self, values: Array) -> Array:
        """Return the count-weighted mean over the class of a per-size law, array (n,).

        Parameters
        ----------
        values : array (k,) or (n, k)
            The law on the fine grid.
        """
        return np.asarray((self.weight * values).sum(axis=1))

    @property
    def diameter(self) -> Array:
        """Return the count-weighted mean diameter, array (n,) [m]."""
        return self.average(self.grid)

    def copies(self, cargo: str) -> Array:
        """Return the mean copies inside one particle, array (n,) [copy/particle]."""
        held = self.cargo.get(cargo)
        return np.zeros(len(self.count)) if held is None else held.mean[:, 0]

    def loaded(self, cargo: str) -> Array:
        """Return the share of particles with at least one copy inside, array (n,) [1]."""
        held = self.cargo.get(cargo)
        return np.zeros(len(self.count)) if held is None else 1.0 - held.empty[:, 0]

    def second_moment(self, cargo: str) -> Array:
        """Return the second factorial moment of the copies inside, array (n,)."""
        held = self.cargo.get(cargo)
        return np.zeros(len(self.count)) if held is None else held.second[:, 0]


def carriers_of(
    suspension: Suspension, classes: Mapping[str, int] | None = None
) -> tuple[Carrier, ...]:
    """Divide every vesicular kind into size classes.

    Each member divides its own distribution, at equal shares of the measure count x diameter^2
    (between number, which drives uptake, and volume, which drives cargo), so that a member's
    classes depend on that member only; a fine bin on a boundary is shared.

    Parameters
    ----------
    suspension : Suspension
        What is dosed.
    classes : mapping of str to int, optional
        Number of classes of each kind; kinds left out do not enter the body.

    Returns
    -------
    tuple of Carrier
    """
    wanted = DEFAULT_CLASSES if classes is None else classes
    carriers: list[Carrier] = []
    for population in suspension.populations:
        number = wanted.get(population.kind, 0)
        if population.vesicular and number > 0:
            carriers += _divide(population, number)
    return tuple(carriers)


def _divide(population: Population, number: int) -> list[Carrier]:
    measure = population.count * population.diameter**2
    total = measure.sum(axis=1, keepdims=True)
    flat = np.full_like(measure, 1.0 / measure.shape[1])
    share = np.divide(measure, total, out=flat, where=total > 0)
    upper = np.cumsum(share, axis=1)
    lower = upper - share
    carriers = []
    for index in range(number):
        start, end = index / number, (index + 1) / number
        overlap = np.clip(np.minimum(upper, end) - np.maximum(lower, start), 0.0, None)
        part = np.divide(overlap, share, out=np.zeros_like(share), where=share > 0)
        if index == number - 1:
            # Rounding of the cumulative sum must not lose the last bins.
            part = np.where(lower >= start, 1.0, part)
        count = population.count * part
        carriers.append(_carrier(population, f"{population.kind}.{index}", count, overlap))
    return carriers


def _carrier(population: Population, name: str, count: Array, fallback: Array) -> Carrier:
    """Build one class; an empty class keeps the shape of the measure so that nothing is 0/0."""
    total = count.sum(axis=1, keepdims=True)
    spare = fallback / np.maximum(fallback.sum(axis=1, keepdims=True), 1e-300)
    weight = np.divide(count, total, out=spare, where=total > 0)
    cargo = {}
    for name_of_cargo, copies in population.inside.items():
        moments = (copies.mean, copies.empty, copies.second)
        mean, empty, second = ((weight * x).sum(axis=1, keepdims=True) for x in moments)
        cargo[name_of_cargo] = Copies(mean, empty, second)
    return Carrier(
        name=name,
        kind=population.kind,
        grid=population.diameter,
        weight=weight,
        count=total[:, 0],
        density=population.density,
        surface=population.surface,
        cargo=cargo,
    )
