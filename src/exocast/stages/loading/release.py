"""What a small molecule does after it was loaded: it shares out anew, and leaves where it can.

The bench asks it after every step (`design.preparing`), the release assay and the body with the
same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.cargo_statistics import convolve, thinned
from exocast.laws.lumen import (
    AVOGADRO,
    arrhenius,
    lipid_count,
    lumen_diameter,
    outer_area,
)
from exocast.laws.partition import equilibrium_concentration, occupancy
from exocast.laws.release import binding_pools, desorption_rate, in_series, retained_share
from exocast.laws.steric import accessible_volume
from exocast.laws.weak_base import permeability_share
from exocast.material.suspension import LIPOPROTEINS, Copies, Population, Suspension
from exocast.stages.loading.cargo import (
    BILAYER_CAPACITY,
    DIFFUSIVITY,
    LIPID_PARTITION_CONSTANT,
    MEMBRANE_PERMEABILITY,
    PARTITION_ENTHALPY,
    REFERENCE_TEMPERATURE,
    SOLUBILITY,
    cargo_context,
    cargo_table,
    hydrodynamic_diameter,
)
from exocast.stages.loading.contact import (
    ACTIVATION_ENERGY,
    BILAYER_THICKNESS,
    LIPID_AREA,
    LIPID_SHARE,
)

__all__ = [
    "ACIDITY",
    "CHARGED_PARTITION",
    "CHARGED_PERMEABILITY",
    "FIXED",
    "GRADIENT_HALF_LIFE",
    "NEUTRAL_PH",
    "RELEASE_PARAMETERS",
    "SPREAD",
    "STICKING",
    "Hold",
    "hold",
    "leaves",
    "relaxed",
    "relaxing_needs",
    "release_needs",
    "trap_of",
]

Array = NDArray[np.float64]

NEUTRAL_PH = 7.4
"""pH of buffers, blood and of the measurements of permeability."""

FIXED = ("liposome", "lipid_nanoparticle", "inorganic_particle", "cargo_precipitate")
"""Kinds that hold their cargo by means of their own: their donor says how."""

ACIDITY = Parameter(
    "cargo.acidity", "1", "pKa of a weak base; 0 for what is none.", low=-5.0, high=20.0,
    scale="linear",
)  # fmt: skip
CHARGED_PERMEABILITY = Parameter(
    "cargo.charged_permeability", "1", "Permeability of the charged form over the neutral one's.",
    high=1.0,
)  # fmt: skip
CHARGED_PARTITION = Parameter(
    "cargo.charged_partition", "1", "Partition into lipid of the charged form over the neutral.",
    high=10.0,
)  # fmt: skip
STICKING = Parameter(
    "loading.release.sticking", "1",
    "Share of the molecules touching a membrane from outside that go into it.", high=1.0,
)  # fmt: skip
SPREAD = Parameter(
    "loading.release.binding_spread", "1",
    "Standard deviation of the binding energy over sites and vesicles, in thermal energies.",
    high=3.0,
)  # fmt: skip
GRADIENT_HALF_LIFE = Parameter(
    "loading.release.gradient_half_life", "s", "Half-life of a gradient of pH across a membrane."
)

RELEASE_PARAMETERS = (
    BILAYER_THICKNESS, LIPID_AREA, LIPID_SHARE, ACTIVATION_ENERGY, MEMBRANE_PERMEABILITY,
    LIPID_PARTITION_CONSTANT, PARTITION_ENTHALPY, BILAYER_CAPACITY, DIFFUSIVITY, ACIDITY,
    CHARGED_PERMEABILITY, CHARGED_PARTITION, STICKING, SPREAD,
)  # fmt: skip
"""What says how fast a small cargo leaves a particle, and how much of it stays."""


def leaves(cargo: str) -> bool:
    """Return whether a cargo crosses membranes, so that it leaves what it was loaded into.

    Examples
    --------
    >>> leaves("doxorubicin"), leaves("siRNA"), leaves("")
    (True, False, False)
    """
    held = cargo_table().get(cargo)
    return held is not None and held.is_small


def release_needs(cargo: str) -> list[Need]:
    """Return what the release of a cargo needs, in its context; nothing where it stays."""
    if not leaves(cargo):
        return []
    return [Need(parameter, cargo_context(cargo)) for parameter in RELEASE_PARAMETERS]


def relaxing_needs(cargo: str) -> list[Need]:
    """Return what a cargo needs that shares out anew in a tube, `relaxed`."""
    if not leaves(cargo):
        return []
    context = cargo_context(cargo)
    falls_out = cargo_table()[cargo].kind == "hydrophobic"
    more = (GRADIENT_HALF_LIFE, SOLUBILITY) if falls_out else (GRADIENT_HALF_LIFE,)
    return [*release_needs(cargo), *(Need(parameter, context) for parameter in more)]


def trap_of(cargo: str) -> str:
    """Return the property of a population that says how many times a gradient holds it."""
    return f"trapped.{cargo}"


@dataclass(frozen=True)
class Hold:
    """How the particles of a population hold a drug.

    Attributes
    ----------
    liquid : array (n, k) [m^3]
        Lumen, times what a gradient holds in it.
    sites : array (n, k) [copy]
        Places in the bilayer, or in the oil of a lipoprotein.
    affinity : array (n,) [m^3/mol]
        Binding constant of a place.
    rate : array (n, k) [1/s]
        At which the middle pool leaves for a sink.
    """

    liquid: Array
    sites: Array
    affinity: Array
    rate: Array

    def capacity(self) -> Array:
        """Return the liquid that holds as much at a low concentration, array (n, k) [m^3]."""
        return np.asarray(self.liquid + self.sites / AVOGADRO * self.affinity[:, None])


def hold(
    diameter: Array,
    p: Draws,
    temperature: float,
    ph: Array | float = NEUTRAL_PH,
    *,
    kind: str = "small_ev",
    vesicular: bool = True,
    trap: Array | float = 1.0,
) -> Hold:
    """Return how particles of some diameters hold the drug in whose context `p` looks up.

    Parameters
    ----------
    diameter : array (k,) [m]
        Of the particles.
    p : Draws
        With `release_needs`.
    temperature : float [K]
        Of the liquid.
    ph : array (n,) or float [1]
        On both sides: without a buffer that is held inside, protons leak within minutes.
    kind : str
        Kind of particle; a lipoprotein holds the drug in its oil.
    vesicular : bool
        Whether there is a lumen.
    trap : array (n,) [1]
        Drug that a gradient holds in a lumen over drug outside; 1 for none.
    """
    shape = (p.members, diameter.size)
    charged = permeability_share(p[ACIDITY], ph, p[CHARGED_PARTITION], NEUTRAL_PH)
    bent = arrhenius(p[PARTITION_ENTHALPY], temperature, REFERENCE_TEMPERATURE)
    partition = p[LIPID_PARTITION_CONSTANT] * bent * charged
    affinity = np.asarray(partition / p[BILAYER_CAPACITY])
    if not vesicular:
        lipid = 2 * p[LIPID_SHARE] / (p[LIPID_AREA] * p[BILAYER_THICKNESS])
        oil = np.pi / 6 * diameter**3 * (lipid * p[BILAYER_CAPACITY])[:, None]
        sites = oil if kind in LIPOPROTEINS else np.zeros(shape)
        # An oil without a bilayer around it: as fast as the molecule comes and goes.
        return Hold(np.zeros(shape), np.broadcast_to(sites, shape), affinity, np.full(shape, 1.0))
    thickness = p[BILAYER_THICKNESS][:, None]
    within = lumen_diameter(diameter, thickness)
    lumen = np.broadcast_to(accessible_volume(within, hydrodynamic_diameter(p)[:, None]), shape)
    inner_area = outer_area(within)
    lipids = np.broadcast_to(lipid_count(diameter, thickness, p[LIPID_AREA][:, None]), shape)
    inner = lipids * inner_area / (inner_area + outer_area(diameter))
    liquid = lumen * np.reshape(np.broadcast_to(trap, p.members), (-1, 1))
    warmed = arrhenius(p[ACTIVATION_ENERGY], temperature, REFERENCE_TEMPERATURE)
    open_share = permeability_share(p[ACIDITY], ph, p[CHARGED_PERMEABILITY], NEUTRAL_PH)
    permeability = (p[MEMBRANE_PERMEABILITY] * warmed * open_share)[:, None]
    per_lipid = partition[:, None] / AVOGADRO
    behind = liquid + inner * per_lipid
    crossing = np.divide(
        permeability * inner_area, behind, out=np.zeros(shape), where=behind > 0
    )  # fmt: skip
    letting_go = desorption_rate(
        p[DIFFUSIVITY][:, None], diameter, liquid + lipids * per_lipid, p[STICKING][:, None]
    )
    rate = np.where(behind > 0, in_series(crossing, letting_go), letting_go)
    return Hold(liquid, lipids * p[BILAYER_CAPACITY][:, None], affinity, rate)


def relaxed(
    suspension: Suspension,
    cargo: str,
    duration: Array | float,
    temperature: float,
    p: Draws,
    ph: float = NEUTRAL_PH,
) -> tuple[Suspension, Array]:
    """Return the tube after a time in which a small cargo shared out anew, and what left (n,).

    Parameters
    ----------
    suspension : Suspension
        Whatever was done to it: diluted, washed, concentrated.
    cargo : str
        One that `leaves`.
    duration : array (n,) or float [s]
        That it stands.
    temperature : float [K]
        Of the liquid.
    p : Draws
        With `relaxing_needs`, in the context of the cargo.
    ph : float [1]
        Of the liquid.

    Returns
    -------
    suspension : Suspension
        With as much of the cargo as before, elsewhere.
    left : array (n,) [1]
        Share of what was inside vesicles that is no longer there; below zero where they took up.

    Notes
    -----
    Every particle goes to the equilibrium of the whole tube (the same bindings as in contact), as
    far as its pools come in the time. Drug that has fallen out does not dissolve again. The
    spread is that of sites and vesicles that do not exchange among each other; which pool a
    molecule was in is not remembered from one step to the next.
    """
    # Without liquid nothing moves.
    time = np.where(suspension.volume > 0, np.asarray(duration, float), 0.0)
    holding = _holding(suspension, cargo, temperature, ph, p)
    if not holding:
        return suspension, np.zeros(suspension.members)
    free = np.asarray(suspension.free.get(cargo, np.zeros(suspension.members)), float)
    concentration = _equilibrium(suspension, cargo, holding, free, p)
    factor, shares = binding_pools(p[SPREAD])
    changes: dict[str, Array] = {}
    for population in suspension.populations:
        if population.kind in holding:
            one = holding[population.kind]
            taken = occupancy(concentration, one.affinity)[:, None] * one.sites
            target = concentration[:, None] * one.liquid * AVOGADRO + taken
            held = _held(population, cargo)
            pools = one.rate[:, :, None] * factor[:, None, :]
            kept = retained_share(np.broadcast_to(time[:, None], held.shape), pools, shares)
            changes[population.kind] = (target - held) * (1.0 - kept)
    gains, losses = _totals(suspension, changes)
    # What is slow to let go cannot be taken up elsewhere yet.
    bound = np.divide(free + losses, gains, out=np.ones_like(gains), where=gains > free + losses)
    populations, inside = [], np.zeros(suspension.members)
    for population in suspension.populations:
        if population.kind in changes:
            change = changes[population.kind]
            change = np.where(change > 0, change * bound[:, None], change)
            free = free - (population.count * change).sum(axis=1)
            if population.vesicular:
                inside = inside - (population.count * change).sum(axis=1)
            population = _changed(population, cargo, change)  # noqa: PLW2901
            population = _weaker(population, cargo, time, p)  # noqa: PLW2901
        populations.append(population)
    before = suspension.pools(cargo)["inside"]
    left = np.divide(inside, before, out=np.zeros_like(before), where=before > 0)
    after = {**suspension.free, cargo: np.maximum(free, 0.0)}
    return replace(suspension, populations=tuple(populations), free=after), left


def _holding(
    suspension: Suspension, cargo: str, temperature: float, ph: float, p: Draws
) -> Mapping[str, Hold]:
    """Return how each population that exchanges holds the cargo; nothing where none is there."""
    if cargo not in suspension.cargoes:
        return {}
    return {
        one.kind: hold(
            one.diameter, p, temperature, ph, kind=one.kind, vesicular=one.vesicular,
            trap=one.surface.get(trap_of(cargo), 1.0),
        )
        for one in suspension.populations
        if one.kind not in FIXED
    }  # fmt: skip


def _held(population: Population, cargo: str) -> Array:
    """Return the copies that take part, array (n, k): in vesicles, on other particles."""
    pool = population.inside if population.vesicular else population.attached
    return pool[cargo].mean if cargo in pool else np.zeros(population.count.shape)


def _equilibrium(
    suspension: Suspension, cargo: str, holding: Mapping[str, Hold], free: Array, p: Draws
) -> Array:
    """Return the free concentration of the whole tube at equilibrium, array (n,) [mol/m^3]."""
    amount, liquid = free, np.asarray(suspension.volume, float)
    sites, affinity = np.zeros(suspension.members), np.ones(suspension.members)
    for population in suspension.populations:
        if population.kind in holding:
            one = holding[population.kind]
            affinity = one.affinity
            amount = amount + (population.count * _held(population, cargo)).sum(axis=1)
            liquid = liquid + (population.count * one.liquid).sum(axis=1)
            sites = sites + (population.count * one.sites).sum(axis=1)
    found = equilibrium_concentration(amount / AVOGADRO, liquid, sites / AVOGADRO, affinity)
    if cargo_table()[cargo].kind == "hydrophobic":
        found = np.minimum(found, p[SOLUBILITY])
    return np.where(suspension.volume > 0, found, 0.0)


def _totals(suspension: Suspension, changes: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return copies that particles would take up, and that they let go, arrays (n,)."""
    gains, losses = np.zeros(suspension.members), np.zeros(suspension.members)
    for population in suspension.populations:
        if population.kind in changes:
            moved = population.count * changes[population.kind]
            gains = gains + np.maximum(moved, 0.0).sum(axis=1)
            losses = losses - np.minimum(moved, 0.0).sum(axis=1)
    return gains, losses


def _changed(population: Population, cargo: str, change: Array) -> Population:
    """Return the population with the mean copies of each size changed."""
    pool = population.inside if population.vesicular else population.attached
    held = pool.get(cargo, Copies.none(*population.count.shape))
    share = np.divide(
        held.mean + np.minimum(change, 0.0), held.mean, out=np.ones_like(change),
        where=held.mean > 0,
    )  # fmt: skip
    moments = thinned((held.mean, held.empty, held.second), np.clip(share, 0.0, 1.0))
    gain = np.maximum(change, 0.0)
    grown = Copies(*convolve(moments, (gain, np.exp(-gain), gain**2)))
    if population.vesicular:
        return replace(population, inside={**pool, cargo: grown})
    return replace(population, attached={**pool, cargo: grown})


def _weaker(population: Population, cargo: str, time: Array, p: Draws) -> Population:
    """Return the population with a gradient that has leaked for a time."""
    name = trap_of(cargo)
    if name not in population.surface:
        return population
    left = 1.0 + (population.surface[name] - 1.0) * np.exp2(-time / p[GRADIENT_HALF_LIFE])
    return replace(population, surface={**population.surface, name: left})
