"""What ice leaves: the concentration of the liquid between its crystals, and time in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FREEZING_POINT", "ICE_POINT", "concentration_in_ice", "mean_over_cooling"]

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


def mean_over_cooling(temperature: ArrayLike, most: ArrayLike) -> Array:
    r"""Return the mean of `concentration_in_ice` while a vial is cooled evenly [1].

    Parameters
    ----------
    temperature : array [K]
        To which it is cooled, or from which it is warmed; below the freezing point.
    most : array [1]
        As in `concentration_in_ice`.

    Equation
    --------
    \bar{c} = \frac{1}{T_f - T} \int_T^{T_f} c \, d\theta

    Symbols
    -------
    \bar{c} : returned
    c : concentration_in_ice
    T : temperature
    T_f : 272.61 K

    Notes
    -----
    Until the ceiling is reached, the mean of 1 and the last concentration; beyond, weighted with
    the time at the ceiling.

    Examples
    --------
    >>> round(float(mean_over_cooling(267.75, 30.0)), 3)
    5.5
    """
    last, ceiling = np.asarray(temperature, float), np.asarray(most, float)
    depression = ICE_POINT - FREEZING_POINT
    way = np.maximum(FREEZING_POINT - last, 0.0)
    rising = np.minimum(way, (ceiling - 1) * depression)
    area = rising + rising**2 / (2 * depression) + (way - rising) * ceiling
    return np.asarray(np.divide(area, way, out=np.ones_like(area), where=way > 0))
