"""Wear: molecules on the surface of vesicles that a rough step strips or denatures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.material.suspension import Population, Suspension

__all__ = ["counts_copies", "multiplied", "worn", "worn_vesicles"]

Array = NDArray[np.float64]

HARDY = ("peg_copies",)
"""What neither unfolds nor holds an amine that it needs: chains of PEG stay with their membrane."""


def counts_copies(name: str) -> bool:
    """Return whether a surface property counts molecules, which can be lost one by one.

    Examples
    --------
    >>> [counts_copies(one) for one in ("cd63_copies", "ligand.rvg", "ligand.rvg.share")]
    [True, True, False]
    """
    return name.endswith("_copies") or (name.startswith("ligand.") and name.count(".") == 1)


def worn(population: Population, share: ArrayLike) -> Population:
    """Return a population whose surface molecules lost a share.

    Parameters
    ----------
    population : Population
        Before.
    share : array (n,) or float [1]
        Of the proteins that are stripped or no longer bind. Each has the same chance; the share of
        vesicles that carry any is left as it was, which holds for many copies each. Chains of PEG
        stay.
    """
    whole = multiplied(population, 1.0 - np.asarray(share, dtype=float))
    hardy = {name: population.surface[name] for name in HARDY if name in population.surface}
    return replace(whole, surface={**whole.surface, **hardy})


def multiplied(population: Population, factor: ArrayLike) -> Population:
    """Return a population with so many times as many (n,) of every molecule on a particle."""
    by = np.asarray(factor, dtype=float)
    surface = {
        name: np.asarray(values * by) if counts_copies(name) else values
        for name, values in population.surface.items()
    }
    return replace(population, surface=surface)


def worn_vesicles(suspension: Suspension, share: ArrayLike) -> Suspension:
    """Return the tube after every vesicle lost a share of its surface molecules."""
    return replace(
        suspension,
        populations=tuple(
            worn(one, share) if one.vesicular else one for one in suspension.populations
        ),
    )
