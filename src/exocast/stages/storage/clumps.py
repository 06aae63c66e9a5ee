"""Clumps: particles that have stuck together, as wider particles with all that they held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.material.suspension import Copies, Population
from exocast.stages.wear import multiplied

__all__ = ["with_clumps"]

Array = NDArray[np.float64]


def with_clumps(
    population: Population, moved: Array, rows: NDArray[np.intp], sticky: NDArray[np.bool_]
) -> tuple[Population, Array, Array]:
    """Return a population whose particles stuck together, and what of it is counted no more.

    Parameters
    ----------
    population : Population
        Before.
    moved : array (m, k, k + 1)
        Where the contents of each size are now, of `laws.aggregation.clumped`.
    rows : array (m,) of int
        The members that it is about; nothing stuck in the others.
    sticky : array (n,) of bool
        Whether its particles stick at all.

    Returns
    -------
    Population
        Clumps are one particle each. What kinds they are made of is not followed: each kind has the
        clumps that its own volume would make, so that their number and every copy are right. The
        share of them that carries a ligand is left as it was.
    array (n, k)
        Share of each size that is wider than the grid ends.
    array (n,)
        Particles fewer than before, where two are now one [particle].
    """
    classes = moved.shape[1]
    gone, moved = moved[:, :, -1], moved[:, :, :-1]
    gone, moved, rows = gone[sticky[rows]], moved[sticky[rows]], rows[sticky[rows]]
    volume = population.diameter[:classes] ** 3
    joined = volume / volume[:, None]  # particles of a size in a clump of another
    before = population.counted(classes)[rows]
    share = (before * volume)[:, :, None] * moved / volume
    now = share.sum(axis=1)
    # Of the particles in a class now, the share that is made of each class before.
    there = now > 0
    share = np.divide(share, now[:, None, :], out=np.zeros_like(share), where=there[:, None, :])
    count, outgrown = population.count.copy(), np.zeros_like(population.count)
    count[rows, :classes] = now
    outgrown[rows, :classes] = gone
    merged = np.zeros(len(count))
    # Summed where two are one, and not as a difference: what sticks is often one in a million.
    merged[rows] = (before * (moved * (1 - 1 / joined)).sum(axis=2)).sum(axis=1)

    def changed(old: Array, new: Array) -> Array:
        whole = old.copy()
        whole[rows, :classes] = np.where(there, new, old[rows, :classes])
        return whole

    def pool(held: Mapping[str, Copies]) -> dict[str, Copies]:
        """Return copies of clumps, each of like particles whose copies are independent."""
        found = {}
        for cargo, one in held.items():
            mean, empty, second = (
                each[rows, :classes, None] for each in (one.mean, one.empty, one.second)
            )
            several = joined * second + joined * (joined - 1) * mean**2
            found[cargo] = Copies(
                changed(one.mean, (share * joined * mean).sum(axis=1)),
                changed(one.empty, (share * empty**joined).sum(axis=1)),
                changed(one.second, (share * several).sum(axis=1)),
            )
        return found

    clumps = replace(
        population, count=count, inside=pool(population.inside), attached=pool(population.attached)
    )
    kept = population.kept(1 - outgrown).total
    fewer = np.divide(kept, clumps.total, out=np.ones_like(kept), where=clumps.total > 0)
    return multiplied(clumps, fewer), outgrown, merged
