"""Sizing by tracking: diffusion to diameter, and how far a finite track smears that diameter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.constants import Boltzmann
from scipy.special import gammaincc

__all__ = [
    "diffusion_coefficient",
    "hydrodynamic_diameter",
    "size_blur",
    "size_estimate_cdf",
    "track_spread",
]

Array = NDArray[np.float64]

# Gauss-Legendre nodes over one size class: the particles of a class are not all at its centre.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(4)


def diffusion_coefficient(diameter: Array, temperature: float, viscosity: float) -> Array:
    r"""Return the diffusion coefficient of a sphere in a dilute, unbounded liquid.

    Parameters
    ----------
    diameter : array (k,) [m]
        Hydrodynamic diameter.
    temperature : float [K]
        Temperature.
    viscosity : float [Pa*s]
        Dynamic viscosity of the liquid.

    Returns
    -------
    array (k,) [m^2/s]

    Equation
    --------
    D = \frac{k_B T}{3 \pi \eta d}

    Symbols
    -------
    D : returned
    d : diameter
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    Notes
    -----
    Valid for spheres much larger than the solvent molecules, in a Newtonian liquid, far from walls
    and from each other.

    References
    ----------
    Einstein A (1905) Ann Phys 322:549, doi 10.1002/andp.19053220806.

    Examples
    --------
    >>> f"{diffusion_coefficient(np.array([100e-9]), 298.15, 0.89e-3)[0]:.3g}"
    '4.91e-12'
    """
    return np.asarray(Boltzmann * temperature / (3 * np.pi * viscosity * diameter))


def hydrodynamic_diameter(diffusion: Array, temperature: float, viscosity: float) -> Array:
    r"""Return the diameter of the sphere that diffuses so, the inverse of `diffusion_coefficient`.

    Parameters
    ----------
    diffusion : array (k,) [m^2/s]
        Diffusion coefficient.
    temperature : float [K]
        Temperature.
    viscosity : float [Pa*s]
        Dynamic viscosity of the liquid.

    Returns
    -------
    array (k,) [m]

    Equation
    --------
    d = \frac{k_B T}{3 \pi \eta D}

    Symbols
    -------
    d : returned
    D : diffusion
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    References
    ----------
    Einstein A (1905) Ann Phys 322:549, doi 10.1002/andp.19053220806.

    Examples
    --------
    >>> f"{hydrodynamic_diameter(np.array([4.91e-12]), 298.15, 0.89e-3)[0]:.3g}"
    '9.99e-08'
    """
    return diffusion_coefficient(diffusion, temperature, viscosity)


def track_spread(steps: Array) -> Array:
    r"""Return the relative standard deviation of D estimated from one two-dimensional track.

    Parameters
    ----------
    steps : array (n,) [1]
        Independent steps N in the track.

    Returns
    -------
    array (n,) [1]

    Equation
    --------
    \frac{\sigma_D}{D} = \frac{1}{\sqrt{N}}

    Symbols
    -------
    \frac{\sigma_D}{D} : returned
    N : steps

    Notes
    -----
    The mean of 2N squared, normally distributed displacements has a relative variance of 2/(2N):
    the spread is 1/sqrt(N). Localisation error and motion blur, which widen it further, are left
    out (Michalet and Berglund give them).

    References
    ----------
    Michalet X, Berglund AJ (2012) Phys Rev E 85:061916, doi 10.1103/PhysRevE.85.061916.

    Examples
    --------
    >>> track_spread(np.array([25.0]))
    array([0.2])
    """
    return np.asarray(1 / np.sqrt(steps))


def size_estimate_cdf(ratio: Array, steps: Array) -> Array:
    r"""Return the probability that a track's diameter is below `ratio` times the true one.

    Parameters
    ----------
    ratio : array [1]
        Estimated over true diameter, 0 to infinity.
    steps : array [1]
        Independent steps N of the track; broadcasts with `ratio`. Need not be whole.

    Returns
    -------
    array [1]

    Equation
    --------
    P(d_\mathrm{est} < x d) = Q \left(N, \frac{N}{x}\right)

    Symbols
    -------
    P : returned
    x : ratio
    N : steps
    Q : regularised upper incomplete gamma function

    Notes
    -----
    The estimate of D from N independent two-dimensional steps is gamma-distributed with shape N and
    mean D. The diameter goes as 1/D and is therefore inverse-gamma distributed. Its mean, N/(N -
    1), lies above the true diameter: short tracks look large and the tail is to the right.

    References
    ----------
    Walker JG (2012) Meas Sci Technol 23:065605, doi 10.1088/0957-0233/23/6/065605 (the use of the
    gamma law for short tracks; read as cited, derived here from the normal law of the steps).

    Examples
    --------
    >>> size_estimate_cdf(np.array([0.0, 1.0, np.inf]), np.array([15.0])).round(3)
    array([0.   , 0.466, 1.   ])
    """
    with np.errstate(divide="ignore"):
        return np.asarray(gammaincc(steps, steps / np.asarray(ratio, dtype=np.float64)))


def size_blur(class_edges: Array, bin_edges: Array, steps: Array, scale: Array) -> Array:
    r"""Return where the particles of each true size class appear in a measured histogram.

    Parameters
    ----------
    class_edges : array (k+1,) [m]
        Edges of the true size classes, ascending.
    bin_edges : array (b+1,) [m]
        Edges of the histogram, ascending. What is estimated below the first or above the last
        edge is counted in the first or last bin, so that every particle appears once.
    steps : array (m,) [1]
        Independent steps of the tracks, or the number that gives the remaining spread where the
        software has already narrowed the histogram.
    scale : array (m,) [1]
        Error of the size scale: apparent over true diameter (viscosity, temperature, pixel size).

    Returns
    -------
    array (m, k, b) [1]
        Rows sum to 1.

    Equation
    --------
    B_{kb} = \frac{1}{\Delta_k} \int_{\ln d_k}^{\ln d_{k+1}} \left[Q \left(N, \frac{N s
    d}{e_{b+1}}\right) - Q \left(N, \frac{N s d}{e_b}\right)\right] d \ln d, \quad \Delta_k =
    \ln \frac{d_{k+1}}{d_k}

    Symbols
    -------
    B_{kb} : returned
    d_k : class_edges
    e_b : bin_edges
    N : steps
    s : scale
    Q : regularised upper incomplete gamma function

    Notes
    -----
    Within a class, particles are taken as uniform in ln d (four-point Gauss-Legendre rule).

    References
    ----------
    `size_estimate_cdf`.

    Examples
    --------
    >>> edges = np.geomspace(50e-9, 500e-9, 11)
    >>> blur = size_blur(edges, edges, np.array([20.0]), np.array([1.0]))
    >>> blur.shape, bool(np.allclose(blur.sum(axis=2), 1, rtol=1e-12))
    ((1, 10, 10), True)
    """
    logs = np.log(class_edges)
    middle, half = (logs[1:] + logs[:-1]) / 2, (logs[1:] - logs[:-1]) / 2
    inside = np.exp(middle[:, None] + half[:, None] * _NODES)
    ratio = bin_edges / (inside[..., None] * np.asarray(scale)[:, None, None, None])
    cumulative = size_estimate_cdf(ratio, np.asarray(steps)[:, None, None, None])
    cumulative[..., 0], cumulative[..., -1] = 0.0, 1.0
    return np.asarray(np.einsum("mkqb,q->mkb", np.diff(cumulative, axis=3), _WEIGHTS / 2))
