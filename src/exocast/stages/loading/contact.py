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
from exocast.stages.loading.cargo import (
    ADSORPTION_CONSTANT,
    ADSORPTION_DENSITY,
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
Opened = Sequence[tuple[Array, Array]]

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
_LARGE = (ADSORPTION_DENSITY, ADSORPTION_CONSTANT)
_SMALL = (
    LIPID_AREA,
    LIPID_SHARE,
    LIPID_PARTITION_CONSTANT,
    PARTITION_ENTHALPY,
    BILAYER_CAPACITY,
)
CONTACT_PARAMETERS = (*_ALL, *_LARGE, *_SMALL, SOLUBILITY)


def contact_parameters(cargo: Cargo) -> tuple[Parameter, ...]:
    """Return the parameters that the contact of this cargo with vesicles needs."""
    if not cargo.is_small:
        return (*_ALL, *_LARGE)
    dissolved = (SOLUBILITY,) if cargo.kind == "hydrophobic" else ()
    return (*_ALL, *_SMALL, *dissolved)


@dataclass(frozen=True)
class _Room:
    """What one population offers per particle: lumen by share of vesicles, and binding sites."""

    lumen: Array  # (n, k) m^3, where the centre of a molecule can be
    shares: tuple[Array, ...]  # of the vesicles
    levels: tuple[Array, ...]  # how far each share has filled
    sites: Array  # (n, k) copies at saturation

    @property
    def liquid(self) -> Array:
        """Return the mean volume that holds the outer concentration, array (n, k) [m^3]."""
        filled = sum(
            (share * level for share, level in zip(self.shares, self.levels, strict=True)),
            np.zeros(()),
        )
        return np.asarray(self.lumen * filled)


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
    opened : mapping of str to sequence of (share, level), optional
        By kind: shares (n, k) of the vesicles that were opened, and how far each filled.

    Returns
    -------
    suspension : Suspension
        Its free pool may hold more than dissolves; see the second result.
    excess : array (n,) [copy]
        Part of the free pool above the solubility; zero for a cargo without a limit.

    Notes
    -----
    One free concentration C from the balance of cargo (quadratic binding), held at the solubility.
    A lumen takes up to C V N_A in the volume that the molecule's centre can reach (a coil wider
    than the lumen stays out), a bilayer its partition up to its capacity, a surface a Langmuir
    isotherm. Nothing leaves a vesicle that already holds more than this; what dilution draws out
    afterwards is `release.relaxed`.
    """
    pool = np.asarray(suspension.free.get(cargo.name, np.zeros(suspension.members)), dtype=float)
    rooms = {
        population.kind: _room(population, cargo, duration, temperature, p, opened or {})
        for population in suspension.populations
        if population.kind != PRECIPITATE
    }
    free = _free_concentration(suspension, rooms, pool, cargo, temperature, p)
    taken = occupancy(free, _affinity(cargo, temperature, p))[:, None]
    moved = np.zeros(suspension.members)
    populations = []
    for population in suspension.populations:
        room = rooms.get(population.kind)
        if room is None:
            populations.append(population)
            continue
        filled, gain = _filled(population, cargo, room, free[:, None], room.sites * taken)
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


def _free_concentration(
    suspension: Suspension,
    rooms: Mapping[str, _Room],
    pool: Array,
    cargo: Cargo,
    temperature: float,
    p: Draws,
) -> Array:
    """Return the free concentration at equilibrium, array (n,) [mol/m^3]."""
    liquid = np.asarray(suspension.volume, dtype=float)
    sites = np.zeros(suspension.members)
    for population in suspension.populations:
        if population.kind in rooms:
            room = rooms[population.kind]
            liquid = liquid + (population.count * room.liquid).sum(axis=1)
            sites = sites + (population.count * room.sites).sum(axis=1)
    affinity = _affinity(cargo, temperature, p)
    free = equilibrium_concentration(pool / AVOGADRO, liquid, sites / AVOGADRO, affinity)
    free = np.where(suspension.volume > 0, free, 0.0)
    return np.minimum(free, p[SOLUBILITY]) if cargo.kind == "hydrophobic" else free


def _affinity(cargo: Cargo, temperature: float, p: Draws) -> Array:
    """Return the binding constant of a site, array (n,) [m^3/mol]."""
    if not cargo.is_small:
        return p[ADSORPTION_CONSTANT]
    return _partition(temperature, p) / p[BILAYER_CAPACITY]


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
        return _Room(nothing, (all_of_it,), (nothing,), _outer_sites(population, cargo, p))
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
    shares = [np.broadcast_to(share, shape) for share, _ in opening]
    levels = [np.maximum(level, crossed) for _, level in opening]
    closed = all_of_it - sum(shares, nothing)
    room = _Room(lumen, (*shares, closed), (*levels, crossed), nothing)
    if not cargo.is_small:
        return replace(room, sites=_outer_sites(population, cargo, p))
    reached = sum((s * f for s, f in zip(room.shares, room.levels, strict=True)), nothing)
    sites = (lipids - inner + inner * reached) * p[BILAYER_CAPACITY][:, None]
    return replace(room, sites=np.asarray(sites))


def _outer_sites(population: Population, cargo: Cargo, p: Draws) -> Array:
    """Return the sites outside a particle: adsorption, or the lipid of a lipoprotein (n, k)."""
    if not cargo.is_small:
        sites = outer_area(population.diameter) * p[ADSORPTION_DENSITY][:, None]
    elif population.kind in LIPOPROTEINS:
        lipid = p[LIPID_AREA] * p[BILAYER_THICKNESS] / 2
        per_volume = p[LIPID_SHARE] * p[BILAYER_CAPACITY] / lipid
        sites = sphere_volume(population.diameter) * per_volume[:, None]
    else:
        sites = np.zeros(population.count.shape)
    return np.asarray(np.broadcast_to(sites, population.count.shape))


def _filled(
    population: Population, cargo: Cargo, room: _Room, free: Array, bound: Array
) -> tuple[Population, Array]:
    """Return the population with the cargo that it takes up, and how much that is (n,)."""
    within = cargo.is_small and population.vesicular
    inside, outside = population.inside.get(cargo.name), population.attached.get(cargo.name)
    changed = population
    gain = np.zeros(len(population.count))
    if population.vesicular:
        ceiling = free * room.lumen * AVOGADRO
        means = [ceiling * level + (bound if within else 0.0) for level in room.levels]
        copies, added = _topped(inside, room.shares, means)
        changed = replace(changed, inside={**changed.inside, cargo.name: copies})
        gain = gain + (population.count * added).sum(axis=1)
    if not within:
        copies, added = _topped(outside, (np.ones_like(bound),), [bound])
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
