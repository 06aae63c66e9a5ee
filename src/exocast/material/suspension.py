"""What is in the tube: particles by kind and size, their cargo, and the liquid around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ConservationError, nearest

__all__ = [
    "LASTING",
    "LIPOPROTEINS",
    "Copies",
    "Population",
    "Suspension",
    "coarse_grid",
    "default_grid",
    "grid_edges",
]

Array = NDArray[np.float64]

LIPOPROTEINS = ("lipoprotein", "chylomicron", "vldl", "ldl", "hdl")
"""Kinds of one shell of lipid about an oil: no lumen, but a surface that holds what lipid holds."""

LASTING = "colloidally_stable"
"""Surface property, 1 for what stands in its own fluid for days and does not clump."""

SMALLEST_DIAMETER = 30e-9
LARGEST_DIAMETER = 1000e-9
DEFAULT_CLASSES = 40
COARSEST = 50e-6
"""Where the sizes of what may be wider than any vesicle end at the latest."""


def default_grid(classes: int = DEFAULT_CLASSES) -> Array:
    """Return the common diameter grid: log-spaced bin centres, array (k,) [m].

    The bins tile 30 nm (the smallest vesicle) to 1000 nm (where tracking analysis ends).

    Examples
    --------
    >>> grid = default_grid()
    >>> grid.shape, bool(30e-9 < grid[0] < grid[-1] < 1e-6)
    ((40,), True)
    """
    edges = np.geomspace(SMALLEST_DIAMETER, LARGEST_DIAMETER, classes + 1)
    return np.asarray(np.sqrt(edges[1:] * edges[:-1]))


def coarse_grid(diameter: Array) -> Array:
    """Return a log-spaced grid carried on upwards to 50 um, array (m,) [m].

    For kinds that may be wider than vesicles, such as crystals of drug: the first classes are those
    of the tube, so that what counts by class counts theirs with `Population.counted`.

    Examples
    --------
    >>> grid, wide = default_grid(), coarse_grid(default_grid())
    >>> len(wide), bool(np.allclose(wide[:40], grid)), bool(wide[-1] < 50e-6)
    (84, True, True)
    """
    if diameter.size == 1:
        return diameter
    ratio = diameter[1] / diameter[0]
    more = int(np.floor(np.log(COARSEST / (diameter[-1] * np.sqrt(ratio))) / np.log(ratio)))
    return np.concatenate([diameter, diameter[-1] * ratio ** np.arange(1, max(more, 0) + 1)])


def grid_edges(diameter: Array) -> Array:
    """Return the edges of the bins of a log-spaced grid, array (k+1,) [m]."""
    if diameter.size == 1:
        return np.asarray(diameter[0] * np.array([0.99, 1.01]))
    ratio = np.sqrt(diameter[1:] / diameter[:-1])
    inner = diameter[:-1] * ratio
    return np.concatenate([[diameter[0] / ratio[0]], inner, [diameter[-1] * ratio[-1]]])


@dataclass(frozen=True)
class Copies:
    """How many cargo molecules a particle of one kind and size carries.

    Attributes
    ----------
    mean : array (n, k)
        Mean copies per particle, empty ones included [copy/particle].
    empty : array (n, k)
        Share of particles that carry none [1].
    second : array (n, k)
        Second factorial moment E[c (c - 1)] [copy^2/particle^2].
    """

    mean: Array
    empty: Array
    second: Array

    @staticmethod
    def none(members: int, classes: int) -> Copies:
        """Return particles that are all empty."""
        zero = np.zeros((members, classes))
        return Copies(zero, np.ones((members, classes)), zero)

    @staticmethod
    def poisson(mean: Array) -> Copies:
        """Return copies that are Poisson-distributed over the particles of a size."""
        return Copies(mean, np.exp(-mean), mean**2)


@dataclass(frozen=True)
class Population:
    """Particles of one kind, on a grid of diameters.

    Attributes
    ----------
    kind : str
        Operational name: small_ev, large_ev, apoptotic_body, mimetic_nanovesicle, hybrid,
        lipoprotein (or chylomicron, vldl, ldl, hdl), protein_aggregate, virus_like,
        cargo_precipitate ...
    diameter : array (k,)
        Bin centres [m].
    count : array (n, k)
        Particles in each bin [particle].
    density : array (n,)
        Effective density [kg/m^3].
    refractive_index : array (n,)
        Effective refractive index [1].
    vesicular : bool
        Whether a membrane encloses a lumen: only then is cargo inside protected.
    surface : mapping of str to array (n,)
        Surface properties per particle (phosphatidylserine share, CD47 copies, zeta potential ...).
    inside, attached : mapping of str to Copies
        Cargo in the lumen or bilayer, and on the surface. In a population that is not vesicular,
        `inside` is the aggregated pool.
    """

    kind: str
    diameter: Array
    count: Array
    density: Array
    refractive_index: Array
    vesicular: bool = True
    surface: Mapping[str, Array] = field(default_factory=dict)
    inside: Mapping[str, Copies] = field(default_factory=dict)
    attached: Mapping[str, Copies] = field(default_factory=dict)

    @property
    def total(self) -> Array:
        """Return the particles of all sizes, array (n,)."""
        return np.asarray(self.count.sum(axis=1))

    def counted(self, classes: int) -> Array:
        """Return the particles in the first classes of its grid, array (n, classes)."""
        return self.count[:, :classes]

    def copies(self, cargo: str, where: str = "inside") -> Array:
        """Return the cargo copies on or in all particles, array (n,) [copy]."""
        pool = self.inside if where == "inside" else self.attached
        if cargo not in pool:
            return np.zeros(len(self.count))
        return np.asarray((self.count * pool[cargo].mean).sum(axis=1))

    def kept(self, share: Array) -> Population:
        """Return the population with a share (n, k) or (n, 1) of each size kept.

        Copies per particle do not change: cargo goes with its particles.
        """
        return replace(self, count=self.count * share)


@dataclass(frozen=True)
class Suspension:
    """Particles and liquid in a tube, for every member.

    Attributes
    ----------
    populations : tuple of Population
        One for each kind, on one grid of diameters; that of particles of cargo goes on upwards.
    free : mapping of str to array (n,)
        Dissolved cargo [copy].
    solutes : mapping of str to array (n,)
        Dissolved matter, such as ``protein`` [kg].
    volume : array (n,)
        Liquid [m^3].
    temperature : float
        Temperature at which it stands [K].
    buffer : str
        Name of the medium or buffer.
    """

    populations: tuple[Population, ...]
    free: Mapping[str, Array]
    solutes: Mapping[str, Array]
    volume: Array
    temperature: float = 293.15
    buffer: str = "PBS"

    @staticmethod
    def nothing(members: int) -> Suspension:
        """Return an empty tube."""
        return Suspension((), {}, {}, np.zeros(members))

    @property
    def members(self) -> int:
        """Return the number of members n."""
        return len(self.volume)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kinds present, in order."""
        return tuple(population.kind for population in self.populations)

    @property
    def cargoes(self) -> tuple[str, ...]:
        """Return every cargo present in any pool, sorted."""
        names = set(self.free)
        for population in self.populations:
            names |= set(population.inside) | set(population.attached)
        return tuple(sorted(names))

    def population(self, kind: str) -> Population:
        """Return the population of a kind.

        Raises
        ------
        ConservationError
            If no population of that kind is present.
        """
        for population in self.populations:
            if population.kind == kind:
                return population
        raise ConservationError(f"no `{kind}` in the suspension. {nearest(kind, self.kinds)}")

    def with_population(self, population: Population) -> Suspension:
        """Return the suspension with the population of that kind replaced, or added."""
        if population.kind not in self.kinds:
            return replace(self, populations=(*self.populations, population))
        return replace(
            self,
            populations=tuple(
                population if held.kind == population.kind else held for held in self.populations
            ),
        )

    def pools(self, cargo: str) -> dict[str, Array]:
        """Return where a cargo is: inside, attached, aggregated, free; arrays (n,) [copy]."""
        zero = np.zeros(self.members)
        pools = {
            "inside": zero.copy(),
            "attached": zero.copy(),
            "aggregated": zero.copy(),
            "free": np.asarray(self.free.get(cargo, zero)),
        }
        for population in self.populations:
            pools["inside" if population.vesicular else "aggregated"] += population.copies(cargo)
            pools["attached"] += population.copies(cargo, "attached")
        return pools

    def totals(self) -> dict[str, Array]:
        """Return every conserved total, by the name it has in the ledger; arrays (n,).

        ``particles/<kind>`` [particle], ``cargo/<name>`` [copy], ``solute/<name>`` [kg] and
        ``volume`` [m^3].
        """
        totals = {f"particles/{p.kind}": p.total for p in self.populations}
        for cargo in self.cargoes:
            totals[f"cargo/{cargo}"] = np.sum(list(self.pools(cargo).values()), axis=0)
        totals |= {f"solute/{name}": mass for name, mass in self.solutes.items()}
        totals["volume"] = self.volume
        return totals
