"""Heat that work leaves in a sample, against what cools it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cooled_rise"]

WATER_HEAT_CAPACITY = 4.18e6  # J/(m^3 K), liquid water near room temperature


def cooled_rise(energy: ArrayLike, time: ArrayLike, cooling: ArrayLike) -> NDArray[np.float64]:
    r"""Return the rise in temperature at the end of steady heating [K].

    Parameters
    ----------
    energy : array [J/m^3]
        Taken up in all, per volume.
    time : array [s]
        In which it was.
    cooling : array [s]
        Time constant with which the sample comes to the temperature around it.

    Equation
    --------
    \Delta T = \frac{E}{c_p} \, \frac{\tau}{t} \left(1 - e^{-t / \tau}\right)

    Symbols
    -------
    \Delta T : returned
    E : energy
    c_p : heat capacity of water in a volume [J/m^3/K]
    t : time
    \tau : cooling

    References
    ----------
    Newton's law of cooling with a constant source.

    Examples
    --------
    >>> cooled_rise(1.2e8, 60.0, [60.0, 1e9]).round(1).tolist()
    [18.1, 28.7]
    """
    ratio = np.asarray(time, float) / np.asarray(cooling, float)
    left = np.divide(-np.expm1(-ratio), ratio, out=np.ones(ratio.shape), where=ratio > 0)
    return np.asarray(np.asarray(energy, float) / WATER_HEAT_CAPACITY * left)
