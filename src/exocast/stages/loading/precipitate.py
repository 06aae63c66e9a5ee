"""The precipitate: cargo that fell out, as particles of its own kind on the common grid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.cargo_statistics import mix
from exocast.laws.lumen import AVOGADRO, sphere_volume
from exocast.laws.precipitation import aggregate_counts, copies_in_aggregate, lognormal_weights
from exocast.material.suspension import Copies, Population, Suspension, default_grid, grid_edges
from exocast.stages.loading.cargo import MOLAR_MASS, Cargo

__all__ = ["KIND", "PRECIPITATE_PARAMETERS", "precipitated"]

Array = NDArray[np.float64]
KIND = "cargo_precipitate"

DIAMETER = Parameter(
    "loading.precipitate.diameter", "m", "Number-median diameter of precipitated cargo.", low=1e-9
)
SPREAD = Parameter(
    "loading.precipitate.spread",
    "1",
    "Standard deviation of the logarithm of the diameter of precipitated cargo.",
    low=0.01,
)
DENSITY = Parameter(
    "loading.precipitate.density", "kg/m^3", "Density of precipitated cargo with its water."
)
MASS_SHARE = Parameter(
    "loading.precipitate.cargo_mass_share",
    "1",
    "Cargo in the mass of precipitated cargo.",
    high=1.0,
    scale="logit",
)
REFRACTIVE_INDEX = Parameter(
    "loading.precipitate.refractive_index", "1", "Refractive index of precipitated cargo.", low=1.0
)
PRECIPITATE_PARAMETERS = (DIAMETER, SPREAD, DENSITY, MASS_SHARE, REFRACTIVE_INDEX, MOLAR_MASS)


def precipitated(
    suspension: Suspension,
    cargo: Cargo,
    copies: Array,
    p: Draws,
    dispersed: Array | float = 1.0,
    kind: str = KIND,
) -> tuple[Suspension, Array]:
    """Return the tube with some of its free cargo as particles, and how many they are.

    Parameters
    ----------
    suspension : Suspension
        With at least so much free cargo.
    cargo : Cargo
        Which one.
    copies : array (n,) [copy]
        What falls out.
    p : Draws
        With `PRECIPITATE_PARAMETERS`; of another kind, in its context.
    dispersed : array (n,) or float [1]
        Diameter of the particles over that of a precipitate left to itself.
    kind : str
        What the particles are called.

    Returns
    -------
    suspension : Suspension
    particles : array (n,) [particle]
        Formed in this step.
    """
    held = suspension.populations
    diameter = held[0].diameter if held else default_grid()
    context = {} if kind == KIND else {"kind": kind}
    density = p.at(DENSITY, **context)
    molecule = (p[MOLAR_MASS] / AVOGADRO)[:, None]
    share, spread = (p.at(each, **context)[:, None] for each in (MASS_SHARE, SPREAD))
    each = copies_in_aggregate(diameter, density[:, None], share, molecule)
    median = (p.at(DIAMETER, **context) * dispersed)[:, None]
    weights = lognormal_weights(grid_edges(diameter), median, spread)
    count = aggregate_counts(copies[:, None], weights, each)
    new = Population(
        kind=kind,
        diameter=diameter,
        count=count,
        density=np.asarray(density, dtype=float),
        refractive_index=np.asarray(p.at(REFRACTIVE_INDEX, **context), dtype=float),
        vesicular=False,
        inside={cargo.name: Copies.poisson(np.where(count > 0, each, 0.0))},
    )
    if kind in suspension.kinds:
        new = _merged(suspension.population(kind), new)
    free = {**suspension.free, cargo.name: suspension.free[cargo.name] - copies}
    return replace(suspension.with_population(new), free=free), np.asarray(count.sum(axis=1))


def _merged(old: Population, new: Population) -> Population:
    """Return one population of both; cargo, density and index are pooled."""
    empty = Copies.none(*old.count.shape)
    pools: dict[str, dict[str, Copies]] = {"inside": {}, "attached": {}}
    for where, pool in pools.items():
        first, second = getattr(old, where), getattr(new, where)
        for name in {**first, **second}:
            one, two = first.get(name, empty), second.get(name, empty)
            moments = [(c.mean, c.empty, c.second) for c in (one, two)]
            pool[name] = Copies(*mix([old.count, new.count], moments))
    volume = [(p.count * sphere_volume(p.diameter)).sum(axis=1) for p in (old, new)]
    total = volume[0] + volume[1]
    share = np.divide(volume[1], total, out=np.zeros(total.shape), where=total > 0)
    return replace(
        old,
        count=old.count + new.count,
        density=old.density + share * (new.density - old.density),
        refractive_index=old.refractive_index
        + share * (new.refractive_index - old.refractive_index),
        inside=pools["inside"],
        attached=pools["attached"],
    )
