"""What sources other than a culture share: particles by kind, a grid that reaches HDL."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need
from exocast.laws.secretion import lognormal_shares
from exocast.material.suspension import (
    LASTING,
    Population,
    Suspension,
    default_grid,
    grid_edges,
)
from exocast.stages.account import pooled
from exocast.stages.donor.vesicle import DENSITY, DIAMETER, INDEX, SPREAD, SURFACE

__all__ = [
    "DENSITY",
    "INDEX",
    "SHAPE",
    "SPREAD",
    "SURFACE",
    "VESICULAR",
    "added",
    "kind_needs",
    "kind_shares",
    "particles",
    "wide_grid",
]

Array = NDArray[np.float64]

VESICULAR = ("small_ev", "large_ev", "mimetic_nanovesicle")
"""Kinds of these sources that have a lumen."""

SHAPE = (DIAMETER, SPREAD, DENSITY, INDEX)
"""What each kind has, vesicle or not."""


_FINER = 21
"""Classes below the common grid that take it from 30 to 5 nm in its own steps."""


def wide_grid() -> Array:
    """Return the common grid carried on in its own steps down to HDL: bin centres (k,) [m].

    Examples
    --------
    >>> grid = wide_grid()
    >>> len(grid), bool(grid[0] < 5.1e-9), bool(np.allclose(grid[21:], default_grid()))
    (61, True, True)
    """
    common = default_grid()
    step = common[1] / common[0]
    below = common[0] * step ** np.arange(-_FINER, 0)
    return np.concatenate([below, common])


def kind_needs(kinds: Iterable[str]) -> list[Need]:
    """Return what `particles` asks for, for these kinds."""
    return [
        Need(parameter, {"kind": kind})
        for kind in kinds
        for parameter in (*SHAPE, *(SURFACE.values() if kind in VESICULAR else ()))
    ]


def kind_shares(kind: str, grid: Array, p: Draws) -> Array:
    """Return the share of a kind's particles in each size, array (n, k) [1]."""
    return lognormal_shares(grid_edges(grid), p.at(DIAMETER, kind=kind), p.at(SPREAD, kind=kind))


def particles(
    kind: str, total: Array, grid: Array, p: Draws, *, lasting: bool = False
) -> Population:
    """Return particles of a kind with their sizes and properties.

    Parameters
    ----------
    kind : str
        Vesicular or not, as `VESICULAR` has it.
    total : array (n,)
        Particles of all sizes.
    grid : array (k,) [m]
        Bin centres; what lies beyond is in the end bins.
    p : Draws
        Draws of the step.
    lasting : bool
        Whether they stand in their own fluid for days and do not clump.
    """
    surface = (
        {name: p.at(parameter, kind=kind) for name, parameter in SURFACE.items()}
        if kind in VESICULAR
        else {}
    )
    if lasting:
        surface[LASTING] = np.ones(p.members)
    return Population(
        kind=kind,
        diameter=grid,
        count=total[:, None] * kind_shares(kind, grid, p),
        density=p.at(DENSITY, kind=kind),
        refractive_index=p.at(INDEX, kind=kind),
        vesicular=kind in VESICULAR,
        surface=surface,
    )


def added(suspension: Suspension, fresh: Population) -> Suspension:
    """Return the tube with particles added to those of their kind."""
    if fresh.kind in suspension.kinds:
        fresh = pooled(suspension.population(fresh.kind), fresh)
    return suspension.with_population(fresh)
