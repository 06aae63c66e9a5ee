"""What can be put on a vesicle: names, and the surface property that counts each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.errors import nearest
from exocast.evidence.parameter import Parameter
from exocast.material.step import Flag
from exocast.material.suspension import Population, Suspension
from exocast.stages.biodistribution.ligands import ligand_table
from exocast.stages.biodistribution.phagocytes import DESORPTION
from exocast.stages.wear import counts_copies

__all__ = [
    "COATS",
    "RADIUS",
    "area_of",
    "desorption_of",
    "leaving",
    "ligand_of",
    "property_of",
    "standing",
    "unfollowed",
    "unknown_molecule",
    "with_surface",
]

Array = NDArray[np.float64]

COATS: Mapping[str, str] = {
    "peg": "peg_copies",
    "cd47": "cd47_copies",
    "albumin_binder": "albumin_binder_copies",
    "iron_oxide": "magnetic_moment",
}
"""Molecules that are no ligand, and the property that the body reads."""


RADIUS = Parameter(
    "surface_engineering.conjugation.molecule_radius",
    "m",
    "Radius of the disc that one molecule covers.",
)


def property_of(molecule: str) -> str:
    """Return the surface property that counts a molecule.

    Examples
    --------
    >>> property_of("cd47"), property_of("irgd")
    ('cd47_copies', 'ligand.irgd')
    """
    return COATS.get(molecule, f"ligand.{molecule}")


def ligand_of(molecule: str) -> tuple[str, ...]:
    """Return the molecule where it is a ligand, else nothing."""
    return (molecule,) if molecule in ligand_table() else ()


def unfollowed(where: str, ligands: Iterable[str]) -> list[Flag]:
    """Return a note of the step `where` for each ligand whose use nothing here follows."""
    held = (ligand_table()[name] for name in ligands)
    return [Flag(where, f"{one.title}: {one.beyond}", "note") for one in held if one.beyond]


def unknown_molecule(name: str, coats: Iterable[str]) -> list[str]:
    """Return what is wrong with a molecule's name, as sentences."""
    known = [*coats, *ligand_table()]
    return [] if name in known else [f"no such molecule, `{name}`. {nearest(name, known)}"]


def area_of(population: Population) -> Array:
    """Return the membrane of all particles of a population, array (n,) [m^2]."""
    return np.asarray(np.pi * (population.count * population.diameter**2).sum(axis=1))


def standing(populations: Iterable[Population], *, chains: bool) -> Array:
    """Return how many molecules were put onto an area of membranes before, array (n,) [1/m^2].

    Ligands and albumin binders, not what a vesicle has of itself: they take room from what comes
    after. Chains of PEG are soft, and count where they would share anchors or be crowded: `chains`.
    """
    coats = (COATS["albumin_binder"], *([COATS["peg"]] if chains else []))
    area: Array | float = 0.0
    held: Array | float = 0.0
    for one in populations:
        each = [
            values
            for name, values in one.surface.items()
            if name in coats or (name.startswith("ligand.") and counts_copies(name))
        ]
        area = area + area_of(one)
        held = held + one.total * sum(each, 0.0)
    area, held = np.broadcast_arrays(area, held)
    return np.divide(held, area, out=np.zeros(area.shape), where=area > 0)


def desorption_of(name: str) -> str:
    """Return the property that says how fast plasma draws a counted molecule off.

    Examples
    --------
    >>> desorption_of("ligand.irgd"), desorption_of("peg_copies")
    ('ligand.irgd.desorption', 'peg_desorption')
    """
    return DESORPTION if name == COATS["peg"] else f"{name}.desorption"


def leaving(population: Population, name: str, copies: Array, rate: Array) -> dict[str, Array]:
    """Return the rate at which a molecule leaves when more copies of it come, as a property.

    The mean over all copies: what was there leaves at the rate that it had.
    """
    before = population.surface.get(name, np.zeros_like(copies))
    had = population.surface.get(desorption_of(name), np.zeros_like(copies))
    whole = before + copies
    mean = np.divide(before * had + copies * rate, whole, out=np.array(rate), where=whole > 0)
    return {desorption_of(name): mean}


def with_surface(
    suspension: Suspension, kind: str, held: Mapping[str, Array], *, add: Iterable[str] = ()
) -> Suspension:
    """Return the tube with surface properties of a kind set, or some of them added to."""
    population = suspension.population(kind)
    surface = dict(population.surface)
    for name, values in held.items():
        before = surface.get(name, 0.0) if name in add else 0.0
        surface[name] = np.asarray(before + values)
    return suspension.with_population(replace(population, surface=surface))
