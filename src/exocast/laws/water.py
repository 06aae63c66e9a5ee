"""Viscosity of liquid water against temperature."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["water_viscosity"]

ZERO_CELSIUS = 273.15


def water_viscosity(temperature: ArrayLike) -> NDArray[np.float64]:
    r"""Return the viscosity of water at atmospheric pressure [Pa*s].

    Parameters
    ----------
    temperature : array [K]
        Between 273.15 and 373.15 K; held at those ends outside.

    Returns
    -------
    array [Pa*s]

    Equation
    --------
    \log_{10} \frac{\eta}{\eta_{20}} = \frac{1.1709 \, (20 - \vartheta) - 0.001827 \, (\vartheta
    - 20)^2}{\vartheta + 89.93}, \quad \vartheta = T - 273.15, \quad \eta_{20} = 1.0020 \times
    10^{-3}

    Symbols
    -------
    \eta : returned
    T : temperature

    Notes
    -----
    Supercooled water is steeper than this form: not used there.

    References
    ----------
    Korson, Drost-Hansen and Millero 1969, J Phys Chem 73:34, doi 10.1021/j100721a006 (equation 5,
    read in a public transcription).

    Examples
    --------
    >>> np.round(water_viscosity([277.15, 293.15, 310.15]) * 1e3, 3).tolist()
    [1.568, 1.002, 0.692]
    """
    t = np.clip(np.asarray(temperature, float) - ZERO_CELSIUS, 0.0, 100.0)
    return np.asarray(
        1.0020e-3 * 10 ** ((1.1709 * (20 - t) - 0.001827 * (t - 20) ** 2) / (t + 89.93))
    )
