"""Vesicles and cargo in one tube: adsorption, partition into lipid and permeation, with depletion.

Shared by every method that adds cargo to finished vesicles; a method that opens the membrane says
which shares of the vesicles it opened, and how far they filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.cargo_statistics import convolve, mixed_poisson
from exocast.laws.lumen import (
    AVOGADRO,
    arrhenius,
    crossing_rate,
    lipid_count,
    lumen_diameter,
    outer_area,
    sphere_volume,
)
from exocast.laws.partition import equilibrium_concentration, occupancy
from exocast.laws.steric import accessible_volume
from exocast.material.suspension import LIPOPROTEINS, Copies, Population, Suspension
from exocast.stages.loading.adsorption import ADSORPTION_PARAMETERS, Sites, held_after, sites_of
from exocast.stages.loading.cargo import (
    BILAYER_CAPACITY,
    DIFFUSIVITY,
    LIPID_PARTITION_CONSTANT,
    MEMBRANE_PERMEABILITY,
    PARTITION_ENTHALPY,
    REFERENCE_TEMPERATURE,
    SOLUBILITY,
    Cargo,
    hydrodynamic_diameter,
)
from exocast.stages.loading.precipitate import KIND as PRECIPITATE

__all__ = ["BILAYER_THICKNESS", "CONTACT_PARAMETERS", "Opened", "contact", "contact_parameters"]

Array = NDArray[np.float64]
Opened = Sequence[tuple[Array, Array, Array]]
"""Shares of the vesicles that opened, how far each filled, and for how long it was open."""

BILAYER_THICKNESS = Parameter(
    "loading.vesicle.bilayer_thickness", "m", "Thickness of the bilayer of a vesicle."
)
LIPID_AREA = Parameter("loading.vesicle.lipid_area", "m^2", "Area of one lipid in a leaflet.")
ACTIVATION_ENERGY = Parameter(
    "loading.vesicle.activation_energy", "J/mol", "Activation energy of permeation of a bilayer."
)
LIPID_SHARE = Parameter(
    "loading.lipoprotein.lipid_share",
    "1",
    "Lipid in the volume of a lipoprotein.",
    high=1.0,
    scale="logit",
)

_ALL = (BILAYER_THICKNESS, ACTIVATION_ENERGY, MEMBRANE_PERMEABILITY, DIFFUSIVITY)
_LARGE = ADSORPTION_PARAMETERS
_SMALL = (
    LIPID_AREA,
    LIPID_SHARE,
    LIPID_PARTITION_CONSTANT,
    PARTITION_ENTHALPY,
    BILAYER_CAPACITY,
)
CONTACT_PARAMETERS = tuple(dict.fromkeys((*_ALL, *_LARGE, *_SMALL, SOLUBILITY)))


def contact_parameters(cargo: Cargo) -> tuple[Parameter, ...]:
    """Return the parameters that the contact of this cargo with vesicles needs."""
    if not cargo.is_small:
        return tuple(dict.fromkeys((*_ALL, *_LARGE)))
    dissolved = (SOLUBILITY,) if cargo.kind == "hydrophobic" else ()
    return (*_ALL, *_SMALL, *dissolved)


@dataclass(frozen=True)
class _Room:
    """What one population offers per particle: lumen by share of vesicles, and binding sites."""

    lumen: Array  # (n, k) m^3, where the centre of a molecule can be
    shares: tuple[Array, ...]  # of the vesicles
    levels: tuple[Array, ...]  # how far each share has filled
    times: tuple[Array, ...]  # for which the wall inside each met the liquid, (n, k) or (n, 1)
    sites: Array  # (n, k) copies at saturation
    wall: Array  # (n, k) copies at saturation on the inner side of the membrane

    @property
    def liquid(self) -> Array:
        """Return the mean volume that holds the outer concentration, array (n, k) [m^3]."""
        filled = sum(
            (share * level for share, level in zip(self.shares, self.levels, strict=True)),
            np.zeros(()),
        )
        return np.asarray(self.lumen * filled)

    @property
    def places(self) -> Array:
        """Return the places that the liquid reaches, array (n, k) [copy]."""
        reached = sum(
            (share * (time > 0) for share, time in zip(self.shares, self.times, strict=True)),
            np.zeros(()),
        )
        return np.asarray(self.sites + self.wall * reached)


def contact(
    suspension: Suspension,
    cargo: Cargo,
    duration: float,
    temperature: float,
    p: Draws,
    opened: Mapping[str, Opened] | None = None,
) -> tuple[Suspension, Array]:
    """Return the tube once free cargo has shared out over liquid, surfaces, bilayers and lumens.

    Parameters
    ----------
    suspension : Suspension
        With the cargo dissolved in it.
    cargo : Cargo
        Which one.
    duration : float [s]
        Of the contact.
    temperature : float [K]
        Of the contact.
    p : Draws
        With `contact_parameters`.
    opened : mapping of str to sequence of (share, level, time), optional
        By kind: shares (n, k) of the vesicles that were opened, how far each filled, and for how
        long each was open (n, k) or (n, 1) [s].

    Returns
    -------
    suspension : Suspension
        Its free pool may hold more than dissolves; see the second result.
    excess : array (n,) [copy]
        Part of the free pool above the solubility; zero for a cargo without a limit.

    Notes
    -----
    One free concentration C from the balance of cargo, held at the solubility. A lumen takes up to
    C V N_A in the volume that the molecule's centre can reach (a coil wider than the lumen stays
    out), a bilayer its partition up to its capacity (quadratic binding). Macromolecules adsorb on
    sites of unequal strength, as many as there is room for, as far as they come in the time: on the
    outside always, on the inside of a membrane while it is open. Nothing leaves a vesicle that
    already holds more than this; what dilution draws out afterwards is `release.relaxed`, and what
    it takes off a surface `adsorption.resettled`.
    """
    pool = np.asarray(suspension.free.get(cargo.name, np.zeros(suspension.members)), dtype=float)
    rooms = {
        population.kind: _room(population, cargo, duration, temperature, p, opened or {})
        for population in suspension.populations
        if population.kind != PRECIPITATE
    }
    binding = _Binding.of(suspension, rooms, pool, cargo, temperature, p)
    moved = np.zeros(suspension.members)
    populations = []
    for population in suspension.populations:
        room = rooms.get(population.kind)
        if room is None:
            populations.append(population)
            continue
        filled, gain = _filled(population, cargo, room, binding, duration)
        moved = moved + gain
        populations.append(filled)
    left = np.maximum(pool - moved, 0.0)
    after = replace(
        suspension, populations=tuple(populations), free={**suspension.free, cargo.name: left}
    )
    if cargo.kind != "hydrophobic":
        return after, np.zeros(suspension.members)
    dissolved = p[SOLUBILITY] * suspension.volume * AVOGADRO
    return after, np.where(suspension.volume > 0, np.maximum(left - dissolved, 0.0), 0.0)


@dataclass(frozen=True)
class _Binding:
    """The free concentration of a tube, and what a place takes at it."""

    free: Array  # (n,) mol/m^3
    sites: Sites | None  # of a macromolecule
    share: Array  # (n,) taken of places in lipid

    @staticmethod
    def of(
        suspension: Suspension,
        rooms: Mapping[str, _Room],
        pool: Array,
        cargo: Cargo,
        temperature: float,
        p: Draws,
    ) -> _Binding:
        """Return the equilibrium of a pool of copies (n,) with all rooms."""
        liquid = np.asarray(suspension.volume, dtype=float)
        places = np.zeros(suspension.members)
        for population in suspension.populations:
            if population.kind in rooms:
                room = rooms[population.kind]
                liquid = liquid + (population.count * room.liquid).sum(axis=1)
                places = places + (population.count * room.places).sum(axis=1)
        if not cargo.is_small:
            sites = Sites.of(p)
            free = sites.equilibrium(pool / AVOGADRO, liquid, places / AVOGADRO)
            return _Binding(np.where(suspension.volume > 0, free, 0.0), sites, np.zeros(()))
        affinity = _partition(temperature, p) / p[BILAYER_CAPACITY]
        free = equilibrium_concentration(pool / AVOGADRO, liquid, places / AVOGADRO, affinity)
        free = np.where(suspension.volume > 0, free, 0.0)
        free = np.minimum(free, p[SOLUBILITY]) if cargo.kind == "hydrophobic" else free
        return _Binding(free, None, occupancy(free, affinity))

    def taken(self, time: Array | float) -> Array:
        """Return the share of places taken after a time, array (n, k) or (n, 1) [1]."""
        return self.share[:, None] if self.sites is None else self.sites.taken(self.free, time)


def _partition(temperature: float, p: Draws) -> Array:
    """Return the lipid partition constant at a temperature, array (n,) [m^3/mol]."""
    warmed = arrhenius(p[PARTITION_ENTHALPY], temperature, REFERENCE_TEMPERATURE)
    return np.asarray(p[LIPID_PARTITION_CONSTANT] * warmed)


def _room(
    population: Population,
    cargo: Cargo,
    duration: float,
    temperature: float,
    p: Draws,
    opened: Mapping[str, Opened],
) -> _Room:
    """Return what a population offers to this cargo after a time."""
    shape = population.count.shape
    diameter, thickness = population.diameter, p[BILAYER_THICKNESS][:, None]
    nothing, all_of_it = np.zeros(shape), np.ones(shape)
    if not population.vesicular:
        sites = _outer_sites(population, cargo, p)
        return _Room(nothing, (all_of_it,), (nothing,), (nothing,), sites, nothing)
    inside = lumen_diameter(diameter, thickness)
    lumen = np.broadcast_to(accessible_volume(inside, hydrodynamic_diameter(p)[:, None]), shape)
    inner_area = outer_area(inside)
    inner = np.zeros(shape)
    binding = np.zeros(shape)
    if cargo.is_small:
        lipids = lipid_count(diameter, thickness, p[LIPID_AREA][:, None])
        inner = lipids * inner_area / (inner_area + outer_area(diameter))
        binding = inner / AVOGADRO * _partition(temperature, p)[:, None]
    warmed = arrhenius(p[ACTIVATION_ENERGY], temperature, REFERENCE_TEMPERATURE)
    permeability = (p[MEMBRANE_PERMEABILITY] * warmed)[:, None]
    crossed = -np.expm1(-crossing_rate(permeability, inner_area, lumen, binding) * duration)
    opening = opened.get(population.kind, ())
    shares = [np.broadcast_to(share, shape) for share, _, _ in opening]
    levels = [np.maximum(level, crossed) for _, level, _ in opening]
    times = [np.asarray(time, float) for _, _, time in opening]
    closed = all_of_it - sum(shares, nothing)
    room = _Room(
        lumen, (*shares, closed), (*levels, crossed), (*times, np.zeros((1, 1))), nothing, nothing
    )
    if not cargo.is_small:
        wall = sites_of(population, p, within=np.broadcast_to(inside, shape))
        return replace(room, sites=_outer_sites(population, cargo, p), wall=wall)
    reached = sum((s * f for s, f in zip(room.shares, room.levels, strict=True)), nothing)
    sites = (lipids - inner + inner * reached) * p[BILAYER_CAPACITY][:, None]
    return replace(room, sites=np.asarray(sites))


def _outer_sites(population: Population, cargo: Cargo, p: Draws) -> Array:
    """Return the sites outside a particle: adsorption, or the lipid of a lipoprotein (n, k)."""
    if not cargo.is_small:
        return sites_of(population, p)
    if population.kind not in LIPOPROTEINS:
        return np.zeros(population.count.shape)
    lipid = p[LIPID_AREA] * p[BILAYER_THICKNESS] / 2
    per_volume = p[LIPID_SHARE] * p[BILAYER_CAPACITY] / lipid
    sites = sphere_volume(population.diameter) * per_volume[:, None]
    return np.asarray(np.broadcast_to(sites, population.count.shape))


def _filled(
    population: Population, cargo: Cargo, room: _Room, binding: _Binding, duration: float
) -> tuple[Population, Array]:
    """Return the population with the cargo that it takes up, and how much that is (n,)."""
    changed, gain = population, np.zeros(len(population.count))
    bound = room.sites * binding.taken(duration)
    if population.vesicular:
        ceiling = binding.free[:, None] * room.lumen * AVOGADRO
        if cargo.is_small:
            means = [ceiling * level + bound for level in room.levels]
        else:
            # What meets the wall came through the pore, and is as thin there as the lumen is.
            means = [
                level * (ceiling + room.wall * binding.taken(time))
                for level, time in zip(room.levels, room.times, strict=True)
            ]
        copies, added = _topped(population.inside.get(cargo.name), room.shares, means)
        changed = replace(changed, inside={**changed.inside, cargo.name: copies})
        gain = gain + (population.count * added).sum(axis=1)
    if not cargo.is_small:
        changed, more = held_after(changed, cargo.name, bound)
        return changed, gain + more
    if not population.vesicular:
        held = population.attached.get(cargo.name)
        copies, added = _topped(held, (np.ones_like(bound),), [bound])
        changed = replace(changed, attached={**changed.attached, cargo.name: copies})
        gain = gain + (population.count * added).sum(axis=1)
    return changed, gain


def _topped(
    held: Copies | None, shares: Sequence[Array], means: Sequence[Array]
) -> tuple[Copies, Array]:
    """Return copies after topping up to a target, and the mean that was added (n, k)."""
    target, empty, second = mixed_poisson(shares, means)
    if held is None:
        return Copies(target, empty, second), target
    room = np.maximum(target - held.mean, 0.0)
    scale = np.divide(room, target, out=np.zeros(target.shape), where=target > 0)
    added = mixed_poisson(shares, [mean * scale for mean in means])
    return Copies(*convolve((held.mean, held.empty, held.second), added)), added[0]
