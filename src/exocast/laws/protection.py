"""What a nuclease or a protease leaves of a cargo, by where the cargo is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["surviving_share"]

Array = NDArray[np.float64]


def surviving_share(hazard: ArrayLike, access: ArrayLike, time: ArrayLike) -> Array:
    r"""Return the share of a cargo that an enzyme has not cut after a time [1].

    Parameters
    ----------
    hazard : array [1/s]
        Of dissolved cargo at the enzyme's concentration, below saturation.
    access : array [1]
        Hazard of a cargo where it is, over that of dissolved cargo: 1 for dissolved, less on a
        surface, next to none in a lumen.
    time : array [s]
        Of digestion.

    Equation
    --------
    S = e^{-x k t}

    Symbols
    -------
    S : returned
    x : access
    k : hazard
    t : time

    Notes
    -----
    First order: the enzyme is in excess and does not tire. A lumen is reached by the few enzymes
    that cross a membrane and by cargo that leaks out, both inside `access`.

    Examples
    --------
    >>> surviving_share(1e-2, [1.0, 0.1, 0.0], 1800.0).round(3).tolist()
    [0.0, 0.165, 1.0]
    """
    exposure = np.asarray(hazard, float) * np.asarray(access, float) * np.asarray(time, float)
    return np.asarray(np.exp(-exposure))
