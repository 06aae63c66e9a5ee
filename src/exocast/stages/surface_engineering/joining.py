"""Particles that join: what the joined ones are, whatever made them join.

A method says how often a partner joins a receiving particle; `joined` moves the joined ones to a
kind of their own, with membrane, surface molecules and cargo of both, and leaves the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.laws.cargo_statistics import convolve, thinned
from exocast.laws.lumen import outer_area
from exocast.laws.membrane_joining import joined_area, joined_copies
from exocast.material.suspension import Copies, Population, Suspension, grid_edges
from exocast.stages.account import Account, pooled
from exocast.stages.wear import counts_copies

__all__ = [
    "EVERYONE",
    "Partners",
    "average",
    "emptied",
    "joined",
    "partners_of",
    "regridded",
    "with_partners",
]

Array = NDArray[np.float64]

EVERYONE = ("recognition", 1.0), ("phosphatidylserine_share", 0.0), ("zeta_potential", 0.0)
"""Surface properties that go by share of membrane, and what a membrane has that names none."""

ADDED = ("magnetic_moment",)
"""Properties, besides copies of molecules, of which a joined particle has the sum."""


@dataclass(frozen=True)
class Partners:
    """The mean particle of those that join: membrane and cargo.

    Attributes
    ----------
    area, variance : array (n,) [m^2], [m^4]
        Membrane of one, and its variance over sizes.
    inside, attached : mapping of str to Copies
        Over all sizes, arrays (n, 1).
    surface : mapping of str to array (n,)
        As of their population.
    """

    area: Array
    variance: Array
    inside: Mapping[str, Copies]
    attached: Mapping[str, Copies]
    surface: Mapping[str, Array]


def average(population: Population, values: Array) -> Array:
    """Return the mean over particles of a quantity of each size, array (n,); 0 without any."""
    total = population.total
    weighted = (population.count * values).sum(axis=1)
    return np.asarray(np.divide(weighted, total, out=np.zeros_like(total), where=total > 0))


def partners_of(population: Population) -> Partners:
    """Return the mean particle of a population."""
    area = outer_area(population.diameter)
    mean = average(population, area)
    return Partners(
        area=mean,
        variance=np.maximum(average(population, area**2) - mean**2, 0.0),
        inside={name: _over_sizes(population, held) for name, held in population.inside.items()},
        attached={
            name: _over_sizes(population, held) for name, held in population.attached.items()
        },
        surface=population.surface,
    )


def _over_sizes(population: Population, held: Copies) -> Copies:
    """Return copies of the mean particle, over all sizes: arrays (n, 1)."""
    total = population.total[:, None]
    parts = []
    for values, nothing in ((held.mean, 0.0), (held.empty, 1.0), (held.second, 0.0)):
        top = (population.count * values).sum(axis=1, keepdims=True)
        parts.append(np.divide(top, total, out=np.full(top.shape, nothing), where=total > 0))
    return Copies(*parts)


def joined(
    suspension: Suspension,
    receivers: tuple[str, ...],
    partner: str,
    kind: str,
    mean: Array,
    leaked: Array,
    account: Account,
) -> Suspension:
    """Return the tube after partners of one kind joined receiving vesicles.

    Parameters
    ----------
    suspension : Suspension
        Before.
    receivers : tuple of str
        Kinds that receive.
    partner, kind : str
        Kind that joins, and name of what comes of it.
    mean : array (n,) [1]
        Mean partners of a receiver.
    leaked : array (n,) [1]
        Share of what either held inside that is lost into the liquid.
    account : Account
        Where particles are booked; cargo that leaks stays in the tube.

    Notes
    -----
    Partners of all sizes join alike, in proportion to their number, and every receiver has the
    same chance. A joined particle has the membrane of all its parts, so that it is wider; what it
    holds is what its parts held. Molecules of the surface are shared out by particle, charge,
    recognition and exposed phosphatidylserine by membrane.
    """
    brought = partners_of(suspension.population(partner))
    share = -np.expm1(-mean)[:, None]
    taken = np.zeros(suspension.members)
    tube, free, made = suspension, dict(suspension.free), None
    for name in receivers:
        held = tube.population(name)
        fresh = emptied(_made(held.kept(share), brought, mean, kind), leaked, free)
        taken = taken + held.total * mean
        account.add(f"particles/{name}", "joined by others", -(held.count * share).sum(axis=1))
        tube = tube.with_population(held.kept(1 - share))
        made = fresh if made is None else pooled(made, fresh)
    if made is None:
        return suspension
    rest = tube.population(partner)
    gone = np.divide(taken, rest.total, out=np.zeros_like(taken), where=rest.total > 0)
    account.add(f"particles/{partner}", "joined others", -gone * rest.total)
    account.add(f"particles/{kind}", "joined", made.total)
    tube = tube.with_population(rest.kept(1 - np.minimum(gone, 1.0)[:, None]))
    if kind in tube.kinds:
        made = pooled(tube.population(kind), made)
    return replace(tube.with_population(made), free=free)


def _made(held: Population, brought: Partners, mean: Array, kind: str) -> Population:
    """Return what comes of receivers (all of them joined), by size and with their cargo."""
    several = np.divide(mean, -np.expm1(-mean), out=np.ones_like(mean), where=mean > 0)
    inside = with_partners(held.inside, brought.inside, mean, held.count.shape)
    attached = with_partners(held.attached, brought.attached, mean, held.count.shape)
    own = outer_area(held.diameter)
    halves = []
    for added in joined_area(brought.area, brought.variance, mean):
        half = replace(held, count=held.count / 2, inside=inside, attached=attached)
        halves.append(regridded(half, np.sqrt((own + added[:, None]) / np.pi)))
    whole = pooled(*halves)
    before = average(held, own)
    total = before + several * brought.area
    part = np.divide(before, total, out=np.ones_like(total), where=total > 0)
    surface = dict(held.surface)
    for name, default in EVERYONE:
        if name in held.surface or name in brought.surface:
            mine, theirs = (one.get(name, default) for one in (held.surface, brought.surface))
            surface[name] = np.asarray(part * mine + (1 - part) * theirs)
    for name, values in brought.surface.items():
        if counts_copies(name) or name in ADDED:
            surface[name] = np.asarray(surface.get(name, 0.0) + several * values)
        elif name not in surface:
            surface[name] = values
    return replace(whole, kind=kind, surface=surface)


def with_partners(
    own: Mapping[str, Copies], brought: Mapping[str, Copies], mean: Array, shape: tuple[int, ...]
) -> dict[str, Copies]:
    """Return the copies (n, k) of joined receivers together with those that partners brought.

    `mean` (n,) is the mean partners of all receivers, those without any included.
    """
    none = Copies.none(*shape)
    held = {}
    for name in dict.fromkeys((*own, *brought)):
        mine = own.get(name, none)
        moments = (mine.mean, mine.empty, mine.second)
        if name in brought:
            one = brought[name]
            moments = convolve(
                moments, joined_copies((one.mean, one.empty, one.second), mean[:, None])
            )
        held[name] = Copies(*(np.broadcast_to(part, shape) for part in moments))
    return held


def emptied(population: Population, share: Array, free: dict[str, Array]) -> Population:
    """Return a population of which each copy inside leaked with a chance (n,), into `free`."""
    inside = {}
    for name, held in population.inside.items():
        free[name] = free.get(name, np.zeros_like(share)) + share * population.copies(name)
        left = 1 - share[:, None]
        inside[name] = Copies(*thinned((held.mean, held.empty, held.second), left))
    return replace(population, inside=inside)


def regridded(population: Population, diameter: Array) -> Population:
    """Return a population whose sizes have become others, on its own grid.

    Each is shared out over the two bins beside its new size so that particles and membrane are
    kept; what lies beyond the last bin is in it. Cargo goes with its particles.

    Parameters
    ----------
    population : Population
        With counts by the old size.
    diameter : array (n, k) [m]
        What each old size has become.
    """
    grid = population.diameter
    area, wanted = outer_area(grid), outer_area(diameter)
    edges = grid_edges(grid)
    upper = np.clip(np.searchsorted(grid, np.minimum(diameter, edges[-1])), 1, grid.size - 1)
    span = area[upper] - area[upper - 1]
    right = np.clip((wanted - area[upper - 1]) / span, 0.0, 1.0)
    flow = np.zeros((*population.count.shape, grid.size))
    rows, columns = np.indices(population.count.shape)
    flow[rows, columns, upper - 1] = population.count * (1 - right)
    flow[rows, columns, upper] = population.count * right
    count = flow.sum(axis=1)

    def moved(held: Copies) -> Copies:
        parts = []
        for values, nothing in ((held.mean, 0.0), (held.empty, 1.0), (held.second, 0.0)):
            top = np.einsum("nij,ni->nj", flow, values)
            parts.append(np.divide(top, count, out=np.full(top.shape, nothing), where=count > 0))
        return Copies(*parts)

    return replace(
        population,
        count=count,
        inside={name: moved(held) for name, held in population.inside.items()},
        attached={name: moved(held) for name, held in population.attached.items()},
    )
