"""How brightly a particle scatters, and whether an instrument that sees by scattering sees it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = [
    "backscatter",
    "detection_probability",
    "equal_brightness_diameter",
    "rayleigh_brightness",
]

Array = NDArray[np.float64]

RED = 633e-9
"""Wavelength in vacuum of the usual instrument for dynamic light scattering [m]."""

BACKWARD = np.deg2rad(173.0)
"""Angle at which it looks."""


def rayleigh_brightness(diameter: Array, refractive_index: Array, medium: Array | float) -> Array:
    r"""Return the scattered light of a small sphere, up to a factor common to all particles.

    Parameters
    ----------
    diameter : array [m]
        Diameter; broadcasts with `refractive_index`.
    refractive_index : array [1]
        Effective refractive index of the particle (a vesicle: membrane and lumen together).
    medium : float or array (n,) [1]
        Refractive index of the liquid.

    Returns
    -------
    array [m^6]

    Equation
    --------
    I \propto d^6 \left(\frac{m^2 - 1}{m^2 + 2}\right)^2, \quad m = \frac{n}{n_0}

    Symbols
    -------
    I : returned
    d : diameter
    n : refractive_index
    n_0 : medium

    Notes
    -----
    For diameters well below the wavelength in the liquid (366 nm at 488 nm). Above about 100 nm the
    true rise is slower; only the order of brightness matters there, because everything of that size
    is far above the limit of detection.

    References
    ----------
    Bohren CF, Huffman DR (1983) Absorption and scattering of light by small particles, section 5.1
    (memory; checked against the Mie series in the tests).

    Examples
    --------
    >>> small, large = rayleigh_brightness(np.array([50e-9, 100e-9]), np.array([1.37]), 1.335)
    >>> round(large / small)
    64
    """
    return np.asarray(diameter**6 * _polarisability(refractive_index, medium) ** 2)


def backscatter(
    diameter: Array,
    refractive_index: Array,
    medium: Array | float,
    wavelength: float = RED,
    angle: float = float(BACKWARD),
) -> Array:
    r"""Return the light that a vesicle scatters to one angle, up to a factor common to all.

    Parameters
    ----------
    diameter : array [m]
        Diameter; broadcasts with `refractive_index`.
    refractive_index : array [1]
        Effective refractive index of the particle.
    medium : float or array [1]
        Refractive index of the liquid.
    wavelength : float [m]
        Of the light, in vacuum.
    angle : float [rad]
        Between incident and scattered light.

    Returns
    -------
    array [m^6]

    Equation
    --------
    I = I_R \, P(u), \quad P(u) = \left(3 \, \frac{\sin u - u \cos u}{u^3}\right)^2, \quad u =
    \frac{2 \pi n_0 d}{\lambda} \sin \frac{\theta}{2}

    Symbols
    -------
    I : returned
    I_R : rayleigh_brightness
    P : form factor of a sphere
    d : diameter
    n_0 : medium
    \lambda : wavelength
    \theta : angle

    Notes
    -----
    Rayleigh, Gans and Debye: for particles that hardly refract, such as vesicles, of any size up to
    the wavelength. A sphere of one index stands for membrane and lumen.

    References
    ----------
    Bohren CF, Huffman DR (1983) Absorption and scattering of light by small particles, section 6.2
    (recalled; the limit of small spheres and the first dark size are tested).

    Examples
    --------
    Ten times as wide is not a million times as bright.

    >>> small, large = backscatter(np.array([30e-9, 300e-9]), np.array([1.38]), 1.333)
    >>> f"{large / small:.1e}"
    '9.3e+03'
    """
    u = 2 * np.pi * np.asarray(medium) * diameter / wavelength * np.sin(angle / 2)
    form = (3 * (np.sin(u) - u * np.cos(u)) / u**3) ** 2
    return np.asarray(rayleigh_brightness(diameter, refractive_index, medium) * form)


def equal_brightness_diameter(
    diameter: Array, refractive_index: Array, other_index: Array, medium: Array | float
) -> Array:
    r"""Return the diameter at which a particle of another material is as bright.

    Parameters
    ----------
    diameter : array (n,) [m]
        Diameter of the known particle, such as the smallest vesicle that is seen.
    refractive_index, other_index : array (n,) [1]
        Refractive index of the known and of the other particle.
    medium : float or array (n,) [1]
        Refractive index of the liquid.

    Returns
    -------
    array (n,) [m]
        Infinite where the other particle has the index of the liquid.

    Equation
    --------
    d_2 = d_1 \left|\frac{\alpha(n_1)}{\alpha(n_2)}\right|^{1/3}, \quad \alpha(n) = \frac{n^2 -
    n_0^2}{n^2 + 2 n_0^2}

    Symbols
    -------
    d_2 : returned
    d_1 : diameter
    n_1 : refractive_index
    n_2 : other_index
    n_0 : medium

    References
    ----------
    `rayleigh_brightness`.

    Examples
    --------
    A lipoprotein (1.52) is seen where a vesicle (1.37) of nearly twice its size is not yet.

    >>> limit = equal_brightness_diameter(
    ...     np.array([80e-9]), np.array([1.37]), np.array([1.52]), 1.335)
    >>> f"{limit[0] * 1e9:.0f} nm"
    '46 nm'
    """
    known = np.abs(_polarisability(refractive_index, medium))
    other = np.abs(_polarisability(other_index, medium))
    with np.errstate(divide="ignore"):
        return np.asarray(diameter * np.cbrt(np.divide(known, other)))


def detection_probability(
    diameter: Array,
    refractive_index: Array,
    limit: Array,
    limit_index: Array,
    brightness_spread: Array,
    medium: Array | float,
) -> Array:
    r"""Return the probability that a particle is bright enough to be tracked.

    Parameters
    ----------
    diameter : array (k,) [m]
        Diameters.
    refractive_index : array (n,) [1]
        Effective refractive index of the particles.
    limit : array (n,) [m]
        Diameter at which half of the reference particles are seen.
    limit_index : array (n,) [1]
        Refractive index of the reference particles that `limit` was found with.
    brightness_spread : array (n,) [1]
        Standard deviation of ln brightness between equal particles: they cross a beam that is
        brighter in its middle.
    medium : float or array (n,) [1]
        Refractive index of the liquid.

    Returns
    -------
    array (n, k) [1]

    Equation
    --------
    p = \Phi \left(\frac{\ln(I / I^*)}{\sigma}\right) = \Phi \left(\frac{6 \ln(d /
    d^*)}{\sigma}\right)

    Symbols
    -------
    p : returned
    d : diameter
    n : refractive_index
    d^* : limit, as bright a particle of this kind
    d_\mathrm{lim} : limit
    n_\mathrm{lim} : limit_index
    n_0 : medium
    \sigma : brightness_spread
    \Phi : standard normal distribution

    Notes
    -----
    A particle is seen when its brightness exceeds a threshold; brightness is log-normal about the
    Rayleigh value. The threshold is set by the reference particle at its limit, so laser, camera
    and gain need not be known.

    References
    ----------
    Threshold: van der Pol E et al. (2014) J Thromb Haemost 12:1182, doi 10.1111/jth.12602.
    Brightness: `rayleigh_brightness`. The log-normal spread is an assumption of this project.

    Examples
    --------
    >>> one = np.ones(1)
    >>> detection_probability(
    ...     np.array([60e-9, 80e-9, 120e-9]), 1.37 * one, 80e-9 * one, 1.37 * one, 0.7 * one, 1.335
    ... ).round(3)
    array([[0.007, 0.5  , 1.   ]])
    """
    half_seen = equal_brightness_diameter(limit, limit_index, refractive_index, medium)
    with np.errstate(divide="ignore"):
        excess = 6 * np.log(diameter[None, :] / half_seen[:, None])
    return np.asarray(ndtr(excess / brightness_spread[:, None]))


def _polarisability(refractive_index: Array, medium: Array | float) -> Array:
    """Return (m^2 - 1) / (m^2 + 2), the Clausius-Mossotti factor."""
    squared = (np.asarray(refractive_index, dtype=np.float64) / medium) ** 2
    return np.asarray((squared - 1) / (squared + 2))
