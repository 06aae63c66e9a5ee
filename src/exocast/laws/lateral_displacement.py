"""Arrays of posts that push large particles aside and let small ones pass straight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = ["critical_diameter", "displaced_share"]

Array = NDArray[np.float64]
Floats = Array | float


def critical_diameter(gap: Floats, shift: Floats) -> Array:
    r"""Return the diameter above which an array of round posts displaces particles [m].

    Parameters
    ----------
    gap : array [m]
        Between posts.
    shift : array [1]
        By which each row is offset, over the distance between posts.

    Returns
    -------
    array [m]

    Equation
    --------
    D_c = 1.4 \, G \, \varepsilon^{0.48}

    Symbols
    -------
    D_c : returned
    G : gap
    \varepsilon : shift

    Notes
    -----
    Fitted to particles of micrometres in arrays of round posts, with shifts from 0.01 to 0.3.

    References
    ----------
    Davis 2008, thesis, Princeton (formula read in a later text); the model is that of Inglis et al.
    2006, Lab Chip 6:655, doi 10.1039/B515371A (abstract).

    Examples
    --------
    >>> round(float(critical_diameter(225e-9, 0.1)) * 1e9)
    104
    """
    return np.asarray(1.4 * np.asarray(gap) * np.asarray(shift) ** 0.48)


def displaced_share(
    diameter: Floats,
    critical: Floats,
    diffusivity: Floats,
    velocity: Floats,
    period: Floats,
    length: Floats,
    shift: Floats,
    sharpness: Floats,
) -> Array:
    r"""Return the share of particles that leaves an array on the displaced side [1].

    Parameters
    ----------
    diameter : array [m]
        Of the particles.
    critical : array [m]
        From `critical_diameter`.
    diffusivity : array [m^2/s]
        Of the particles.
    velocity : array [m/s]
        Mean velocity in the array.
    period : array [m]
        Distance between posts.
    length : array [m]
        Of the array.
    shift : array [1]
        By which each row is offset, over the period.
    sharpness : array [1]
        Spread of ln d over which a perfect array turns from one path to the other.

    Returns
    -------
    array [1]

    Equation
    --------
    f = \Phi \left[\frac{\left(B - \frac{1}{2}\right) \varepsilon L}{\sqrt{2 D L / u}}\right],
    \quad B = \Phi \left[\frac{\ln (d / D_c)}{\sqrt{w^2 + 2 D \lambda / (u D_c^2)}}\right]

    Symbols
    -------
    f : returned
    d : diameter
    D_c : critical
    D : diffusivity
    u : velocity
    \lambda : period
    L : length
    \varepsilon : shift
    w : sharpness
    \Phi : standard normal distribution

    Notes
    -----
    Between two posts a particle diffuses over part of the critical diameter and takes the wrong
    path now and then (B is the share of its steps that are displaced); along the whole array it
    diffuses against a displacement of shift times length. The outlet is divided half-way. That
    small particles deviate by diffusion is the finding of Heller and Bruus; their model is not this
    one.

    References
    ----------
    Heller and Bruus 2007, arXiv 0711.0347 (abstract). The two spreads are ours.

    Examples
    --------
    >>> still = displaced_share(100e-9, 100e-9, 4e-12, 3e-4, 450e-9, 1e-3, 0.1, 0.1)
    >>> round(float(still), 6)
    0.5
    >>> round(float(displaced_share(150e-9, 100e-9, 3e-12, 3e-3, 450e-9, 1e-3, 0.1, 0.1)), 3)
    1.0
    """
    size, threshold = np.asarray(diameter, float), np.asarray(critical, float)
    spread, speed = np.asarray(diffusivity, float), np.asarray(velocity, float)
    length = np.asarray(length, float)
    step = 2 * spread * np.asarray(period) / (speed * threshold**2)
    bumped = ndtr(np.log(size / threshold) / np.sqrt(np.asarray(sharpness) ** 2 + step))
    whole = np.sqrt(2 * spread * length / speed)
    return np.asarray(ndtr((bumped - 0.5) * np.asarray(shift) * length / whole))
