"""Macromolecules on the surface of particles: room, unequal sites, and what comes off again.

Contact puts them there (`loading.contact`), and the bench asks after every later step what is left
(`design.settling`). Copies that are anchored, by a lipid or a complex, are none of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.adsorption import (
    approached_occupancy,
    equivalent_concentration,
    jammed_sites,
    uneven_concentration,
)
from exocast.laws.cargo_statistics import convolve, thinned
from exocast.laws.lumen import AVOGADRO
from exocast.laws.release import binding_pools
from exocast.material.suspension import Copies, Population, Suspension
from exocast.stages.loading.anchored import adsorbed_of
from exocast.stages.loading.cargo import (
    ADSORPTION_CONSTANT,
    ADSORPTION_SHARE,
    DIFFUSIVITY,
    cargo_context,
    cargo_table,
    hydrodynamic_diameter,
)

__all__ = [
    "ADSORPTION_PARAMETERS",
    "Sites",
    "adsorbs",
    "held_after",
    "resettled",
    "settling_adsorbed_needs",
    "sites_of",
]

Array = NDArray[np.float64]

POOLS = 11
"""Pools of sites: few are the strong ones that a column leaves."""
FULL = 1.0 - 1e-9
"""Share of its sites that a surface counts as taken at most, so that its strength stays finite."""

SPREAD = Parameter(
    "loading.adsorption.binding_spread", "1",
    "Standard deviation of the energy with which a surface binds, in thermal energies.", high=4.0,
)  # fmt: skip
ON_RATE = Parameter(
    "loading.adsorption.on_rate", "m^3/mol/s", "Rate at which an empty site of a surface is taken."
)
ADSORPTION_PARAMETERS = (ADSORPTION_SHARE, ADSORPTION_CONSTANT, SPREAD, ON_RATE, DIFFUSIVITY)


def adsorbs(cargo: str) -> bool:
    """Return whether a cargo adsorbs on surfaces: a macromolecule.

    Examples
    --------
    >>> adsorbs("catalase"), adsorbs("paclitaxel"), adsorbs("")
    (True, False, False)
    """
    held = cargo_table().get(cargo)
    return held is not None and not held.is_small


def settling_adsorbed_needs(cargo: str) -> list[Need]:
    """Return what `resettled` needs of a cargo; nothing of one that does not adsorb."""
    if not adsorbs(cargo):
        return []
    return [Need(parameter, cargo_context(cargo)) for parameter in ADSORPTION_PARAMETERS]


@dataclass(frozen=True)
class Sites:
    """How tightly the sites of a surface bind, and how fast.

    Attributes
    ----------
    affinity : array (n, j) [m^3/mol]
        Of each pool.
    share : array (j,) [1]
        Sites in each pool.
    on_rate : array (n, 1) [m^3/mol/s]
        At which an empty site is taken.
    """

    affinity: Array
    share: Array
    on_rate: Array

    @staticmethod
    def of(p: Draws) -> Sites:
        """Return the sites of the cargo in whose context `p` looks up."""
        slower, share = binding_pools(p[SPREAD], POOLS)
        return Sites(p[ADSORPTION_CONSTANT][:, None] / slower, share, p[ON_RATE][:, None])

    def equilibrium(self, amount: Array, volume: Array, sites: Array) -> Array:
        """Return the free concentration at equilibrium, array (n,) [mol/m^3], of arrays (n,)."""
        return uneven_concentration(amount, volume, sites, self.affinity, self.share)

    def taken(self, concentration: Array, time: Array | float) -> Array:
        """Return the share of empty sites that are taken after a time in a bath, array (n, k) [1].

        `concentration` is (n,); `time` (n, k), (n, 1) or a number.
        """
        shape = (len(concentration), 1)
        spent = np.broadcast_to(np.asarray(time, float), np.broadcast_shapes(np.shape(time), shape))
        found = approached_occupancy(
            0.0,
            concentration[:, None, None],
            self.affinity[:, None, :],
            self.on_rate[:, :, None],
            spent[:, :, None],
        )
        return np.asarray((self.share * found).sum(axis=-1))


def sites_of(population: Population, p: Draws, *, within: Array | None = None) -> Array:
    """Return the sites of a particle, array (n, k) [copy/particle].

    Parameters
    ----------
    population : Population
        Whose outer surface.
    p : Draws
        With `ADSORPTION_PARAMETERS`.
    within : array (n, k) [m], optional
        Diameter of the lumen: the sites of its wall instead.
    """
    molecule = hydrodynamic_diameter(p)[:, None]
    shell = population.diameter + molecule if within is None else within - molecule
    sites = jammed_sites(shell, molecule, p[ADSORPTION_SHARE][:, None])
    return np.broadcast_to(sites, population.count.shape)


def held_after(population: Population, cargo: str, mean: Array) -> tuple[Population, Array]:
    """Return the population with at least `mean` (n, k) copies adsorbed, and the copies gained."""
    held = population.attached.get(cargo, Copies.none(*mean.shape))
    loose = _loose(population, cargo)
    change = np.maximum(mean - held.mean * loose[:, None], 0.0)
    return _changed(population, cargo, change), (population.count * change).sum(axis=1)


def resettled(
    suspension: Suspension,
    cargo: str,
    duration: Array | float,
    p: Draws,
    *,
    washed: bool = False,
) -> tuple[Suspension, Array, Array]:
    """Return the tube once adsorbed copies came off or on, what left surfaces, and what was washed.

    Parameters
    ----------
    suspension : Suspension
        After whatever was done to it.
    cargo : str
        One that `adsorbs`.
    duration : array (n,) or float [s]
        Of it.
    p : Draws
        With `ADSORPTION_PARAMETERS`, in the context of the cargo.
    washed : bool
        Whether fresh liquid took away what came off; else it stays in the tube and may go back.

    Returns
    -------
    suspension : Suspension
    left : array (n,) [1]
        Share of what was adsorbed that no longer is; below zero where more is.
    washed : array (n,) [copy]
        Taken out of the tube.

    Notes
    -----
    Which sites hold follows from how many do, strong ones first (`equivalent_concentration`); the
    sizes of a kind lose the same share.
    """
    holding = {
        one.kind: sites_of(one, p)
        for one in suspension.populations
        if cargo in one.attached and adsorbed_of(cargo) in one.surface
    }
    none = np.zeros(suspension.members)
    if not holding:
        return suspension, none, none
    sites = Sites.of(p)
    free = np.asarray(suspension.free.get(cargo, none), float)
    before, room = none, none
    for one in suspension.populations:
        if one.kind in holding:
            before = before + one.copies(cargo, "attached") * _loose(one, cargo)
            room = room + (one.count * holding[one.kind]).sum(axis=1)
    bath = none if washed else sites.equilibrium(
        (free + before) / AVOGADRO, suspension.volume, room / AVOGADRO
    )  # fmt: skip
    time = np.where(suspension.volume > 0, np.asarray(duration, float), 0.0)
    changes = {
        one.kind: _change(one, cargo, holding[one.kind], sites, bath, time)
        for one in suspension.populations
        if one.kind in holding
    }
    return _moved(suspension, cargo, changes, free, before, washed=washed)


def _moved(
    suspension: Suspension,
    cargo: str,
    changes: Mapping[str, Array],
    free: Array,
    before: Array,
    *,
    washed: bool,
) -> tuple[Suspension, Array, Array]:
    """Return what `resettled` does, of the copies (n, k) that each kind gains or loses."""
    gains, losses = np.zeros_like(free), np.zeros_like(free)
    for one in suspension.populations:
        if one.kind in changes:
            moved = one.count * changes[one.kind]
            gains = gains + np.maximum(moved, 0.0).sum(axis=1)
            losses = losses - np.minimum(moved, 0.0).sum(axis=1)
    # What is slow to let go cannot be taken up elsewhere yet.
    at_hand = free + losses
    bound = np.divide(at_hand, gains, out=np.ones_like(gains), where=gains > at_hand)
    populations = []
    for one in suspension.populations:
        if one.kind in changes:
            change = changes[one.kind]
            change = np.where(change > 0, change * bound[:, None], change)
            one = _changed(one, cargo, change)  # noqa: PLW2901
        populations.append(one)
    net = losses - gains * bound
    left = np.divide(net, before, out=np.zeros_like(net), where=before > 0)
    gone = net if washed else np.zeros_like(net)
    after = {**suspension.free, cargo: np.maximum(free + net - gone, 0.0)}
    return replace(suspension, populations=tuple(populations), free=after), left, gone


def _loose(population: Population, cargo: str) -> Array:
    """Return the adsorbed share of what is on the surface, array (n,) [1]."""
    none = np.zeros(len(population.count))
    return np.asarray(population.surface.get(adsorbed_of(cargo), none), float)


def _change(
    population: Population, cargo: str, room: Array, sites: Sites, bath: Array, time: Array
) -> Array:
    """Return the copies that a particle of each size gains or loses in a bath, array (n, k)."""
    whole = (population.count * room).sum(axis=1)
    loose = population.attached[cargo].mean * _loose(population, cargo)[:, None]
    held = (population.count * loose).sum(axis=1)
    taken = np.divide(held, whole, out=np.zeros_like(held), where=whole > 0)
    level = equivalent_concentration(
        np.minimum(taken, FULL)[:, None], sites.affinity, sites.share
    )  # fmt: skip
    start = sites.affinity * level / (1.0 + sites.affinity * level)
    end = approached_occupancy(
        start, bath[:, None], sites.affinity, sites.on_rate, time[:, None]
    )  # fmt: skip
    first, last = ((pools * sites.share).sum(axis=1)[:, None] for pools in (start, end))
    kept = np.divide(last, first, out=np.ones_like(last), where=first > 0)
    return np.asarray(np.where(last > first, (last - first) * room, loose * (kept - 1.0)))


def _changed(population: Population, cargo: str, change: Array) -> Population:
    """Return the population with so many more or fewer adsorbed copies on each size."""
    pool = population.attached
    held = pool.get(cargo, Copies.none(*population.count.shape))
    share = np.divide(
        held.mean + np.minimum(change, 0.0), held.mean, out=np.ones_like(change),
        where=held.mean > 0,
    )  # fmt: skip
    moments = thinned((held.mean, held.empty, held.second), np.clip(share, 0.0, 1.0))
    gain = np.maximum(change, 0.0)
    grown = Copies(*convolve(moments, (gain, np.exp(-gain), gain**2)))
    loose = (population.count * (held.mean * _loose(population, cargo)[:, None] + change)).sum(1)
    whole = (population.count * grown.mean).sum(axis=1)
    marked = np.divide(loose, whole, out=np.zeros_like(loose), where=whole > 0)
    surface = {**population.surface, adsorbed_of(cargo): np.clip(marked, 0.0, 1.0)}
    return replace(population, attached={**pool, cargo: grown}, surface=surface)
