"""One temperature for a history of them: the one at which as much happens in the same time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import GAS_CONSTANT

__all__ = ["mean_kinetic_temperature"]

ACTIVATION = 83.144e3
"""Customary in pharmacy, near the middle of what degrades drugs [J/mol]."""


def mean_kinetic_temperature(
    temperature: ArrayLike, time: ArrayLike, activation: ArrayLike = ACTIVATION
) -> NDArray[np.float64]:
    r"""Return the temperature at which a reaction goes as far in the same whole time [K].

    Parameters
    ----------
    temperature : array (m,) [K]
        Of each stretch.
    time : array (m,) [s]
        Of each stretch; above 0 in all.
    activation : float [J/mol]
        Activation energy.

    Equation
    --------
    T_k = \frac{E}{R} \left(-\ln \frac{\sum_j t_j e^{-E / (R T_j)}}{\sum_j t_j}\right)^{-1}

    Symbols
    -------
    T_k : returned
    T_j : temperature
    t_j : time
    E : activation
    R : gas constant

    Notes
    -----
    Above the mean of the temperatures, since the warm time counts for more.

    References
    ----------
    Haynes 1971, J Pharm Sci 60:927, doi 10.1002/jps.2600600629 (recalled).

    Examples
    --------
    Three days on the bench among a month in the refrigerator, in degrees Celsius:

    >>> mean = mean_kinetic_temperature([277.15, 298.15], [27.0, 3.0])
    >>> round(float(mean) - 273.15, 1)
    10.1
    """
    kelvin, share = np.asarray(temperature, float), np.asarray(time, float)
    scale = np.asarray(activation, float) / GAS_CONSTANT
    # About the warmest, so that nothing underflows.
    top = kelvin.max()
    mean = np.sum(share * np.exp(scale * (1 / top - 1 / kelvin))) / share.sum()
    return np.asarray(1 / (1 / top - np.log(mean) / scale))
