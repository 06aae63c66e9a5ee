"""Carriers: the few sizes of each kind that travel through the body for all the others.

A kind's size distribution is represented by the nodes and weights of a Gauss quadrature in
ln diameter. With c nodes it is exact for every property that is a polynomial of degree 2c - 1 in
ln diameter, so that four nodes carry what some twenty equal classes would: rates that fall
steeply with size times cargo that grows with volume.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.material.suspension import Copies, Population, Suspension

__all__ = ["DEFAULT_CLASSES", "Carrier", "carriers_of"]

Array = NDArray[np.float64]

DEFAULT_CLASSES: Mapping[str, int] = {
    "small_ev": 5,
    "large_ev": 5,
    "mimetic_nanovesicle": 5,
    "hybrid": 5,
    "lipid_nanoparticle": 4,
    "liposome": 4,
    "inorganic_particle": 3,
    "coated_particle": 3,
}

FLOOR = 1e-12
"""Share of a distribution spread over all bins, so that one of a few bins has nodes too."""


@dataclass(frozen=True)
class Carrier:
    """One size that travels, and the particles that it stands for.

    Attributes
    ----------
    name : str
        ``kind.index``.
    kind : str
        Kind of particle.
    grid : array (k,)
        Fine diameter grid [m].
    weight : array (n, k)
        Interpolation weights of the node on the fine grid; rows sum to 1.
    count : array (n,)
        Particles that the node stands for, in the whole tube [particle].
    density : array (n,)
        Density [kg/m^3].
    surface : mapping of str to array (n,)
        Surface properties per particle.
    cargo : mapping of str to Copies
        Copies per particle at the node, arrays (n, 1), inside the lumen or bilayer.
    attached : mapping of str to Copies
        The same, on the surface.
    """

    name: str
    kind: str
    grid: Array
    weight: Array
    count: Array
    density: Array
    surface: Mapping[str, Array]
    cargo: Mapping[str, Copies]
    attached: Mapping[str, Copies] = field(default_factory=dict)

    def average(self, values: Array) -> Array:
        """Return a per-size law at the node, array (n,).

        Parameters
        ----------
        values : array (k,) or (n, k)
            The law on the fine grid.
        """
        return np.asarray((self.weight * values).sum(axis=1))

    @property
    def diameter(self) -> Array:
        """Return the diameter of the node, array (n,) [m]."""
        return np.asarray(np.exp(self.average(np.log(self.grid))))

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
    """Represent every vesicular kind by a few sizes.

    Each member has the nodes of its own distribution, so that they depend on that member only.

    Parameters
    ----------
    suspension : Suspension
        What is dosed.
    classes : mapping of str to int, optional
        Number of sizes of each kind; kinds left out do not enter the body.

    Returns
    -------
    tuple of Carrier
        Their counts sum to the particles of each kind, and their cargo to its cargo, to rounding.

    References
    ----------
    Golub and Welsch 1969, Math. Comput. 23:221, doi 10.1090/S0025-5718-69-99647-1 (nodes and
    weights as eigenvalues of the Jacobi matrix); Gautschi 2004, Orthogonal Polynomials, its
    entries for a discrete measure, by the Stieltjes procedure (recalled).
    """
    wanted = DEFAULT_CLASSES if classes is None else classes
    carriers: list[Carrier] = []
    for population in suspension.populations:
        number = wanted.get(population.kind, 0)
        if population.vesicular and number > 0:
            carriers += _represent(population, number)
    return tuple(carriers)


def _represent(population: Population, number: int) -> list[Carrier]:
    """Return the carriers of one kind."""
    grid = np.log(population.diameter)
    total = population.total
    flat = np.full_like(population.count, 1.0 / len(grid))
    filled = total[:, None] > 0
    share = np.divide(population.count, total[:, None], out=flat.copy(), where=filled)
    # Nodes for count x diameter^2: between number, which loads phagocytes, and volume, which
    # carries cargo, so that few nodes serve both.
    tilt = (population.diameter / population.diameter[-1]) ** 2
    measure = ((1.0 - FLOOR) * share + FLOOR * flat) * tilt
    nodes, weights = _gauss(grid, measure / measure.sum(axis=1, keepdims=True), number)
    weights = weights * np.exp(-2.0 * nodes)
    counts = weights / weights.sum(axis=1, keepdims=True) * total[:, None]
    between = [_interpolation(grid, nodes[:, index]) for index in range(number)]
    cargo, attached = (
        {name: _cargo(population, name, counts, between, where) for name in pool}
        for where, pool in (("inside", population.inside), ("attached", population.attached))
    )
    return [
        Carrier(
            name=f"{population.kind}.{index}",
            kind=population.kind,
            grid=population.diameter,
            weight=between[index],
            count=counts[:, index],
            density=population.density,
            surface=population.surface,
            cargo={name: held[index] for name, held in cargo.items()},
            attached={name: held[index] for name, held in attached.items()},
        )
        for index in range(number)
    ]


def _gauss(grid: Array, share: Array, number: int) -> tuple[Array, Array]:
    """Return Gauss nodes and weights, arrays (n, c), of discrete measures (n, k) on a grid (k,)."""
    middle = (share * grid).sum(axis=1, keepdims=True)
    width = np.sqrt((share * (grid - middle) ** 2).sum(axis=1, keepdims=True))
    x = (grid - middle) / width
    before, here = np.zeros_like(x), np.ones_like(x)
    norm = np.ones(len(x))
    jacobi = np.zeros((len(x), number, number))
    for order in range(number):
        weighted = share * here**2
        size = weighted.sum(axis=1)
        diagonal = (weighted * x).sum(axis=1) / size
        jacobi[:, order, order] = diagonal
        coefficient = size / norm if order else np.zeros(len(x))
        if order:
            jacobi[:, order, order - 1] = jacobi[:, order - 1, order] = np.sqrt(coefficient)
        before, here = here, (x - diagonal[:, None]) * here - coefficient[:, None] * before
        norm = size
    values, vectors = np.linalg.eigh(jacobi)
    nodes = np.clip(middle + width * values, grid[0], grid[-1])
    weights = vectors[:, 0, :] ** 2
    return nodes, weights / weights.sum(axis=1, keepdims=True)


def _interpolation(grid: Array, node: Array) -> Array:
    """Return the weights (n, k) that interpolate linearly in ln diameter at nodes (n,)."""
    right = np.clip(np.searchsorted(grid, node), 1, len(grid) - 1)
    part = (node - grid[right - 1]) / (grid[right] - grid[right - 1])
    weight = np.zeros((len(node), len(grid)))
    rows = np.arange(len(node))
    weight[rows, right - 1] = 1.0 - part
    weight[rows, right] = part
    return weight


def _cargo(
    population: Population, name: str, counts: Array, between: list[Array], where: str
) -> list[Copies]:
    """Return the copies at each node, scaled so that all cargo of the kind is carried."""
    held = (population.inside if where == "inside" else population.attached)[name]
    moments = [
        np.stack([(weight * moment).sum(axis=1) for weight in between], axis=1)
        for moment in (held.mean, held.empty, held.second)
    ]
    carried = (counts * moments[0]).sum(axis=1)
    there = population.copies(name, where)
    scale = np.divide(there, carried, out=np.ones_like(there), where=carried > 0)
    mean = moments[0] * scale[:, None]
    return [
        Copies(mean[:, [i]], moments[1][:, [i]], moments[2][:, [i]]) for i in range(len(between))
    ]
