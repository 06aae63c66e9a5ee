"""What ice leaves: the concentration of the liquid between its crystals, and time in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.water import water_viscosity

__all__ = [
    "FREEZING_POINT",
    "ICE_POINT",
    "brine_viscosity",
    "concentration_in_ice",
    "mean_over_cooling",
]

Array = NDArray[np.float64]

ICE_POINT = 273.15
FREEZING_POINT = 272.61
"""Of an isotonic liquid of 0.29 osmol/kg: 1.86 K for each osmole below that of water [K]."""


def concentration_in_ice(temperature: ArrayLike, most: ArrayLike) -> Array:
    r"""Return how many times more concentrated the liquid between ice crystals is [1].

    Parameters
    ----------
    temperature : array [K]
        Of the frozen vial.
    most : array [1]
        Concentration at which the rest turns solid: eutectic, or maximally concentrated glass.

    Returns
    -------
    array [1]
        1 at and above the freezing point.

    Equation
    --------
    c = \min \left(c_\mathrm{max}, \frac{T_0 - T}{T_0 - T_f}\right), \quad T < T_f

    Symbols
    -------
    c : returned
    c_\mathrm{max} : most
    T : temperature
    T_0 : 273.15 K, where water freezes
    T_f : 272.61 K, where an isotonic liquid does

    Notes
    -----
    Raoult's law for an ideal solution: what ice depresses, the osmolality of the rest makes up.
    Strong brines and sugars depress a little more than that; the ceiling takes over there.

    References
    ----------
    Blagden's and Raoult's laws, cryoscopic constant of water 1.86 K kg/mol (classical, recalled).

    Examples
    --------
    >>> concentration_in_ice([274.0, 267.75, 193.15], 30.0).round(3).tolist()
    [1.0, 10.0, 30.0]
    """
    ratio = (ICE_POINT - np.asarray(temperature, float)) / (ICE_POINT - FREEZING_POINT)
    return np.asarray(np.clip(ratio, 1.0, np.asarray(most, float)))


def mean_over_cooling(
    temperature: ArrayLike, most: ArrayLike, thickening: ArrayLike = 1.0
) -> Array:
    r"""Return the mean of `concentration_in_ice` over viscosity while a vial is cooled evenly [1].

    Parameters
    ----------
    temperature : array [K]
        To which it is cooled, or from which it is warmed; below the freezing point.
    most : array [1]
        As in `concentration_in_ice`.
    thickening : array [1]
        `brine_viscosity` at the ceiling over that of water at 0 °C; 1 for the mean concentration.

    Returns
    -------
    array [1]
        Encounters over those of the liquid before it freezes, in the same time.

    Equation
    --------
    \bar{c} = \frac{1}{T_f - T} \int_T^{T_f} c \, r^{-(c - 1) / (c_\mathrm{max} - 1)} \, d\theta

    Symbols
    -------
    \bar{c} : returned
    c : concentration_in_ice
    c_\mathrm{max} : most
    r : thickening
    T : temperature
    T_f : 272.61 K

    Notes
    -----
    In closed form: until the ceiling is reached the concentration rises evenly, beyond it counts by
    the time at the ceiling.

    Examples
    --------
    >>> mean_over_cooling(267.75, 30.0, [1.0, 3.6]).round(3).tolist()
    [5.5, 4.293]
    """
    last, ceiling = np.asarray(temperature, float), np.asarray(most, float)
    ratio = np.asarray(thickening, float)
    depression = ICE_POINT - FREEZING_POINT
    way = np.maximum(FREEZING_POINT - last, 0.0)
    rising = np.minimum(way, (ceiling - 1) * depression)
    gained = rising / depression
    span = np.where(ceiling > 1, ceiling - 1, 1.0)
    steep = np.log(ratio) / span
    safe = np.where(np.abs(steep) > 1e-6, steep, 1.0)
    faded = np.exp(-safe * gained)
    curved = (1 - faded) / safe + (1 - faded * (1 + safe * gained)) / safe**2
    straight = gained + gained**2 / 2
    area = depression * np.where(np.abs(steep) > 1e-6, curved, straight)
    area = area + (way - rising) * ceiling / ratio
    return np.asarray(np.divide(area, way, out=np.ones_like(area), where=way > 0))


def brine_viscosity(concentrated: ArrayLike, most: ArrayLike, last: ArrayLike) -> Array:
    r"""Return the viscosity of the liquid between ice crystals [Pa*s].

    Parameters
    ----------
    concentrated : array [1]
        `concentration_in_ice`.
    most : array [1]
        Its ceiling.
    last : array [Pa*s]
        Viscosity at the ceiling.

    Returns
    -------
    array [Pa*s]

    Equation
    --------
    \eta = \eta_0^{1 - y} \, \eta_1^{y}, \quad y = \frac{c - 1}{c_\mathrm{max} - 1}

    Symbols
    -------
    \eta : returned
    \eta_0 : water_viscosity at 0 °C
    \eta_1 : last
    c : concentrated
    c_\mathrm{max} : most

    Notes
    -----
    Solutes and cold thicken what ice leaves, both at once since ice ties one to the other. Between
    its ends the logarithm is taken as a line: brine of NaCl at -5 °C comes out at 2.6 mPa s, where
    Melinder's correlation has 2.3. Sugars start slower and end steeper than that.

    References
    ----------
    The two ends are data; the line between is ours. Check point: Melinder 2010, Properties of
    Secondary Working Fluids for Indirect Systems (correlation for NaCl in water, as in CoolProp).

    Examples
    --------
    >>> (1e3 * brine_viscosity([1.0, 9.3, 30.0], 30.0, 6.4e-3)).round(1).tolist()
    [1.8, 2.6, 6.4]
    """
    ceiling = np.asarray(most, float)
    way = np.divide(
        np.asarray(concentrated, float) - 1, ceiling - 1, out=np.zeros_like(ceiling + concentrated),
        where=ceiling > 1,
    )  # fmt: skip
    thin = water_viscosity(ICE_POINT)
    return np.asarray(thin ** (1 - way) * np.asarray(last, float) ** way)
