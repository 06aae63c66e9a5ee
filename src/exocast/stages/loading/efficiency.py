"""What an assay would call loading: true and apparent efficiencies of a suspension."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import sphere_volume
from exocast.material.suspension import Suspension

__all__ = ["Efficiencies", "Efficiency", "apparent_efficiency"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Efficiency:
    """One amount of cargo, in the three ways in which it is reported.

    Attributes
    ----------
    of_input : array (n,) [1]
        Over the cargo that was added.
    of_vesicle_mass : array (n,) [1]
        Cargo mass over the mass of the vesicles.
    per_vesicle : array (n,) [copy/particle]
        Over the number of vesicles.
    """

    of_input: Array
    of_vesicle_mass: Array
    per_vesicle: Array


@dataclass(frozen=True)
class Efficiencies:
    """What is protected inside, and what an assay reads.

    Attributes
    ----------
    true : Efficiency
        Inside vesicles only.
    apparent : Efficiency
        Inside, on surfaces, in the precipitate that stayed with the vesicles, and, where the assay
        reads the whole tube, what is dissolved.
    """

    true: Efficiency
    apparent: Efficiency


def apparent_efficiency(
    suspension: Suspension,
    cargo: str,
    added: ArrayLike,
    molecule_mass: ArrayLike,
    *,
    dissolved: bool = False,
) -> Efficiencies:
    """Return the true and the apparent loading efficiencies of a tube.

    Parameters
    ----------
    suspension : Suspension
        After loading; call it again after clean-up, which decides what precipitate is still there.
    cargo : str
        Name of the cargo.
    added : array (n,) [copy]
        Input.
    molecule_mass : array (n,) [kg]
        Of one molecule.
    dissolved : bool
        Whether the assay reads the whole tube; else what is dissolved has been taken away.

    Returns
    -------
    Efficiencies
        Zero wherever there is nothing to divide by. The mass ratio is over the hydrated mass of all
        vesicles, density times volume.
    """
    pools = suspension.pools(cargo)
    vesicles = np.zeros(suspension.members)
    mass = np.zeros(suspension.members)
    for population in suspension.populations:
        if population.vesicular:
            vesicles = vesicles + population.total
            volume = (population.count * sphere_volume(population.diameter)).sum(axis=1)
            mass = mass + volume * population.density

    def seen(copies: Array) -> Efficiency:
        return Efficiency(
            of_input=_ratio(copies, added),
            of_vesicle_mass=_ratio(copies * np.asarray(molecule_mass), mass),
            per_vesicle=_ratio(copies, vesicles),
        )

    apparent = pools["inside"] + pools["attached"] + pools["aggregated"]
    if dissolved:
        apparent = apparent + pools["free"]
    return Efficiencies(true=seen(pools["inside"]), apparent=seen(apparent))


def _ratio(top: ArrayLike, bottom: ArrayLike) -> Array:
    """Return a quotient that is zero where there is nothing to divide by."""
    top, bottom = np.broadcast_arrays(np.asarray(top, float), np.asarray(bottom, float))
    return np.asarray(np.divide(top, bottom, out=np.zeros(top.shape), where=bottom > 0))
