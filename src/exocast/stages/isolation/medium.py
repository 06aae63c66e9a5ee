"""What gradients and cushions are made of, and protein: dissolved, it makes a liquid dense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Need, Parameter
from exocast.laws.gradient_medium import WATER_DENSITY, solution_density, solution_viscosity
from exocast.laws.water import water_viscosity
from exocast.material.suspension import Suspension

__all__ = ["DISSOLVED", "MEDIA", "MEDIUM_PARAMETERS", "Medium", "dissolved_media", "medium_needs"]

Array = NDArray[np.float64]

MEDIA = ("iodixanol", "sucrose")
"""Substances; each is a solute of that name in a tube that holds some."""

DISSOLVED = (*MEDIA, "protein")
"""What makes a liquid denser and thicker: protein does so in plasma, and in a little serum less."""

SPECIFIC_VOLUME = Parameter(
    "isolation.medium.specific_volume", "m^3/kg", "Partial specific volume of the substance."
)
INTRINSIC = Parameter(
    "isolation.medium.intrinsic_viscosity", "m^3/kg",
    "Slope of the logarithm of the viscosity at infinite dilution, at 20 degC.",
)  # fmt: skip
CROWDING = Parameter(
    "isolation.medium.crowding", "m^3/kg", "One over the concentration of a solution that is stiff."
)
WARMTH = Parameter(
    "isolation.medium.warmth", "1", "Exponent with which it thins on warming, beyond water."
)

MEDIUM_PARAMETERS = (SPECIFIC_VOLUME, INTRINSIC, CROWDING, WARMTH)


def medium_needs() -> list[Need]:
    """Return the properties of every medium, and of protein as one."""
    return [Need(held, {"medium": name}) for name in DISSOLVED for held in MEDIUM_PARAMETERS]


@dataclass(frozen=True)
class Medium:
    """One substance, as arrays (n,)."""

    name: str
    specific_volume: Array
    intrinsic: Array
    crowding: Array
    warmth: Array

    @staticmethod
    def drawn(name: str, p: Draws) -> Medium:
        """Return a substance from the rows whose context names it."""
        return Medium(name, *(p.at(held, medium=name) for held in MEDIUM_PARAMETERS))

    def density(self, concentration: Array, solvent: Array | float = WATER_DENSITY) -> Array:
        """Return the density of solutions (n, ...) [kg/m^3]."""
        return solution_density(concentration, _beside(self.specific_volume, concentration),
                                solvent)  # fmt: skip

    def viscosity(self, concentration: Array, temperature: float) -> Array:
        """Return the viscosity of solutions (n, ...) [Pa*s]."""
        return solution_viscosity(
            concentration,
            _beside(self.intrinsic, concentration),
            _beside(self.crowding, concentration),
            _beside(self.warmth, concentration),
            temperature,
        )


def dissolved_media(suspension: Suspension, p: Draws, temperature: float) -> tuple[Array, Array]:
    """Return what media left in a liquid, and its protein, do to it.

    Parameters
    ----------
    suspension : Suspension
        The liquid; media in it are solutes by their names.
    p : Draws
        Values.
    temperature : float
        Of the liquid [K].

    Returns
    -------
    denser : array (n,) [kg/m^3]
        Density on top of that of the liquid without them.
    thicker : array (n,) [1]
        Viscosity over that without them.
    """
    volume = suspension.volume
    denser, thicker = np.zeros(suspension.members), np.ones(suspension.members)
    for name in DISSOLVED:
        medium = Medium.drawn(name, p)
        mass = suspension.solutes.get(name, np.zeros(suspension.members))
        held = np.divide(mass, volume, out=np.zeros_like(volume), where=volume > 0)
        denser = denser + medium.density(held) - WATER_DENSITY
        thicker = thicker * medium.viscosity(held, temperature) / water_viscosity(temperature)
    return denser, np.asarray(thicker)


def _beside(values: Array, of: Array) -> Array:
    """Return values (n,) shaped to multiply an array (n, ...)."""
    return np.asarray(values.reshape(values.shape + (1,) * (np.ndim(of) - 1)))
