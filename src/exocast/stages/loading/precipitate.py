"""The precipitate: cargo that fell out, as particles of its own kind, up to crystals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.cargo_statistics import mix
from exocast.laws.drug_particles import (
    broken_diameter,
    clustering_growth,
    growth_ratio,
    ripening_growth,
)
from exocast.laws.lumen import AVOGADRO, sphere_volume
from exocast.laws.precipitation import aggregate_counts, copies_in_aggregate, lognormal_weights
from exocast.laws.water import water_viscosity
from exocast.material.suspension import (
    Copies,
    Population,
    Suspension,
    coarse_grid,
    default_grid,
    grid_edges,
)
from exocast.stages.loading.cargo import (
    DIFFUSIVITY,
    MOLAR_MASS,
    SOLUBILITY,
    SPECIFIC_VOLUME,
    Cargo,
)

__all__ = [
    "DRUG_PARTICLE_PARAMETERS",
    "FINENESS",
    "FINEST",
    "KIND",
    "PRECIPITATE_PARAMETERS",
    "Aging",
    "precipitated",
]

Array = NDArray[np.float64]
KIND = "cargo_precipitate"

DIAMETER = Parameter(
    "loading.precipitate.diameter",
    "m",
    "Number-median diameter in which cargo falls out, of the sphere of the same volume.",
    low=1e-9,
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
STABILITY = Parameter(
    "loading.precipitate.stability_ratio",
    "1",
    "Encounters of particles of drug for each one after which they stay together.",
    low=1.0,
)
INTERFACE = Parameter(
    "loading.precipitate.interfacial_energy", "J/m^2", "Energy of a surface of drug in water."
)
FINENESS = Parameter(
    "loading.precipitate.fineness",
    "m^2/J",
    "One over the diameter of particles of drug that sound gains by energy density.",
)
FINEST = Parameter(
    "loading.precipitate.finest", "m", "Diameter below which sound breaks no particle of drug."
)
PRECIPITATE_PARAMETERS = (DIAMETER, SPREAD, DENSITY, MASS_SHARE, REFRACTIVE_INDEX, MOLAR_MASS)
DRUG_PARTICLE_PARAMETERS = (
    *PRECIPITATE_PARAMETERS, STABILITY, INTERFACE, SOLUBILITY, DIFFUSIVITY, SPECIFIC_VOLUME,
)  # fmt: skip
"""What says how wide particles of a drug are after they stood."""


@dataclass(frozen=True)
class Aging:
    """What particles of a drug go through after they fell out: sound, if any, and then time.

    Attributes
    ----------
    time : float [s]
        That they stand.
    temperature : float [K]
        At which they stand.
    energy : array (n,) [J/m^3]
        Sound taken up before, in a volume of liquid.
    """

    time: float
    temperature: float
    energy: Array | None = None


def precipitated(
    suspension: Suspension,
    cargo: Cargo,
    copies: Array,
    p: Draws,
    aging: Aging | None = None,
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
        With `PRECIPITATE_PARAMETERS`; of another kind, in its context. Of a drug that ages, with
        `DRUG_PARTICLE_PARAMETERS`, and where there is sound, with `FINENESS` and `FINEST`.
    aging : Aging, optional
        What particles of a drug go through; else they are as wide as they fell out.
    kind : str
        What the particles are called.

    Returns
    -------
    suspension : Suspension
    particles : array (n,) [particle]
        Formed in this step.
    """
    held = suspension.populations
    diameter = coarse_grid(held[0].diameter if held else default_grid())
    context = {} if kind == KIND else {"kind": kind}
    density = p.at(DENSITY, **context)
    molecule = (p[MOLAR_MASS] / AVOGADRO)[:, None]
    share, spread = (p.at(each, **context)[:, None] for each in (MASS_SHARE, SPREAD))
    each = copies_in_aggregate(diameter, density[:, None], share, molecule)
    wide = p.at(DIAMETER, **context)
    if aging is not None:
        mass = copies * molecule[:, 0] / share[:, 0]
        wide = _aged(wide, mass / density, suspension.volume, aging, p)
    median = wide[:, None]
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
        new = _merged(_widened(suspension.population(kind), diameter), new)
    free = {**suspension.free, cargo.name: suspension.free[cargo.name] - copies}
    return replace(suspension.with_population(new), free=free), np.asarray(count.sum(axis=1))


def _aged(wide: Array, solid: Array, volume: Array, aging: Aging, p: Draws) -> Array:
    """Return the median diameter (n,) of particles of a volume (n,) [m^3] that went through it."""
    if aging.energy is not None:
        wide = broken_diameter(wide, aging.energy, p[FINENESS], p[FINEST])
    part = np.divide(solid, volume, out=np.zeros_like(solid), where=volume > 0)
    degrees = aging.temperature
    growth = clustering_growth(part, p[STABILITY], degrees, float(water_viscosity(degrees)))
    ripened = ripening_growth(
        p[INTERFACE], p[DIFFUSIVITY], p[SOLUBILITY], p[MOLAR_MASS] * p[SPECIFIC_VOLUME], degrees
    )
    return wide * growth_ratio(wide, p[SPREAD], growth + ripened, aging.time)


def _widened(held: Population, diameter: Array) -> Population:
    """Return a population on a grid that its own begins, with none of the further sizes."""
    more = ((0, 0), (0, diameter.size - held.diameter.size))

    def padded(pool: Mapping[str, Copies]) -> dict[str, Copies]:
        return {
            name: Copies(
                np.pad(one.mean, more), np.pad(one.empty, more, constant_values=1.0),
                np.pad(one.second, more),
            )
            for name, one in pool.items()
        }  # fmt: skip

    return replace(
        held, diameter=diameter, count=np.pad(held.count, more), inside=padded(held.inside),
        attached=padded(held.attached),
    )  # fmt: skip


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
