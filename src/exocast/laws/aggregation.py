"""Brownian aggregation of a polydisperse suspension, slowed by a stability ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "collision_kernel",
    "encounter_shape",
    "encounters",
    "half_time",
    "singlet_fraction",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23


def collision_kernel(
    diameter: ArrayLike, other: ArrayLike, temperature: ArrayLike, viscosity: ArrayLike
) -> Array:
    r"""Return the Brownian collision kernel [m^3/s].

    Parameters
    ----------
    diameter, other : array [m]
        Diameters a and b of the two particles.
    temperature : array [K]
        Of the liquid.
    viscosity : array [Pa*s]
        Of the liquid.

    Equation
    --------
    K = \frac{2 k_B T}{3 \eta} \, \frac{(a + b)^2}{a b}

    Symbols
    -------
    K : returned
    a : diameter
    b : other
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    Notes
    -----
    Equal sizes give 8 kT / 3 eta.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (classical, recalled).

    Examples
    --------
    >>> f"{float(collision_kernel(1e-7, 1e-7, 298.15, 0.89e-3)):.2e}"
    '1.23e-17'
    """
    a, b = np.asarray(diameter, float), np.asarray(other, float)
    thermal = BOLTZMANN * np.asarray(temperature, float)
    return np.asarray(2 * thermal / (3 * np.asarray(viscosity)) * (a + b) ** 2 / (a * b))


def half_time(
    concentration: ArrayLike,
    stability_ratio: ArrayLike,
    temperature: ArrayLike,
    viscosity: ArrayLike,
) -> Array:
    r"""Return the time in which the number of clusters of equal particles halves [s].

    Parameters
    ----------
    concentration : array [1/m^3]
        Particles at the start.
    stability_ratio : array [1]
        W: encounters for each one that sticks.
    temperature : array [K]
        Of the liquid.
    viscosity : array [Pa*s]
        Of the liquid.

    Equation
    --------
    t_{1/2} = \frac{2 W}{K n_0}, \quad K = \frac{8 k_B T}{3 \eta}

    Symbols
    -------
    t_{1/2} : returned
    W : stability_ratio
    n_0 : concentration
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    Examples
    --------
    >>> round(float(half_time(1e18, 1.0, 298.15, 0.89e-3)), 2)
    0.16
    """
    kernel = collision_kernel(1.0, 1.0, temperature, viscosity)
    return np.asarray(2 * np.asarray(stability_ratio) / (kernel * np.asarray(concentration)))


def encounter_shape(concentration: ArrayLike, diameter: ArrayLike) -> tuple[Array, Array]:
    r"""Return how much more often each size meets others than equal sizes meet each other.

    Parameters
    ----------
    concentration : array (n, m) [1/m^3]
        Particles of m kinds and sizes.
    diameter : array (m,) [m]
        Their diameters.

    Returns
    -------
    each : array (n, m) [1]
        For every size, over the mean particle; 0 without particles.
    mean : array (n,) [1]
        For the mean particle.

    Equation
    --------
    e_i = \sum_j \frac{n_j}{\sum_l n_l} \frac{(d_i + d_j)^2}{4 d_i d_j}, \quad \bar{e} =
    \frac{\sum_i n_i e_i}{\sum_i n_i}

    Symbols
    -------
    e_i : returned[0]
    \bar{e} : returned[1], mean over the particles
    n_i : concentration
    d_i : diameter

    Examples
    --------
    >>> each, mean = encounter_shape([[1.0, 1.0]], [1e-7, 2e-7])
    >>> each.tolist(), mean.tolist()
    ([[1.0625, 1.0625]], [1.0625])
    """
    number, size = np.asarray(concentration, float), np.asarray(diameter, float)
    total = number.sum(axis=1)
    share = np.divide(number, total[:, None], out=np.zeros_like(number), where=total[:, None] > 0)
    shape = (size[:, None] + size) ** 2 / (size[:, None] * size) / 4  # 1 for equal sizes
    each = share @ shape
    return each, np.asarray((share * each).sum(axis=1))


def encounters(
    concentration: ArrayLike,
    mean: ArrayLike,
    time: ArrayLike,
    stability_ratio: ArrayLike,
    temperature: ArrayLike,
    viscosity: ArrayLike,
) -> Array:
    r"""Return how often a particle has stuck to another by now, half of it [1].

    Parameters
    ----------
    concentration : array (n,) [1/m^3]
        Particles and clusters at the start.
    mean : array (n,) [1]
        Of their `encounter_shape`.
    time : array (n,) [s]
        Time that the liquid stands.
    stability_ratio : array (n,) [1]
        Encounters for each one that sticks.
    temperature : float [K]
        Of the liquid.
    viscosity : array (n,) [Pa*s]
        Of the liquid.

    Equation
    --------
    x = \frac{t}{t_{1/2}}, \quad t_{1/2} = \frac{2 W}{K \bar{e} N}, \quad \frac{N'}{N} =
    \frac{1}{1 + x}

    Symbols
    -------
    x : returned
    t : time
    t_{1/2} : half_time of particles that meet as the mean one does
    W : stability_ratio
    K : collision_kernel of equal particles, by temperature and viscosity
    \bar{e} : mean
    N, N' : concentration of particles and clusters, before and after

    Examples
    --------
    >>> float(encounters(1e18, 1.0, half_time(1e18, 1e6, 298.15, 1e-3), 1e6, 298.15, 1e-3))
    1.0
    """
    equal = collision_kernel(1.0, 1.0, temperature, viscosity)
    met = equal * np.asarray(mean) * np.asarray(concentration) * np.asarray(time)
    return np.asarray(met / (2 * np.asarray(stability_ratio)))


def singlet_fraction(
    concentration: ArrayLike,
    diameter: ArrayLike,
    time: ArrayLike,
    stability_ratio: ArrayLike,
    temperature: ArrayLike,
    viscosity: ArrayLike,
    clusters: ArrayLike = 0.0,
    shape: tuple[Array, Array] | None = None,
) -> Array:
    r"""Return the share of each size that is still single [1].

    Parameters
    ----------
    concentration : array (n, m) [1/m^3]
        Particles of m kinds and sizes.
    diameter : array (m,) [m]
        Their diameters.
    time : array (n,) [s]
        Time that the liquid stands.
    stability_ratio : array (n,) [1]
        W; its barrier is taken as the same for all pairs. DLVO with a zeta potential of -10 mV
        does not predict it.
    temperature : float [K]
        Of the liquid.
    viscosity : array (n,) [Pa*s]
        Of the liquid.
    clusters : array (n,) [1/m^3]
        Clusters that are there already, and go on to collect.
    shape : tuple of array, optional
        `encounter_shape` at the start; of these particles where it is not given.

    Returns
    -------
    array (n, m) [1]

    Equation
    --------
    f_i = \left(1 + \frac{t}{t_{1/2}}\right)^{-2 K_i / \bar{K}}, \quad t_{1/2} = \frac{2
    W}{\bar{K} \left(c + \sum_j n_j\right)}

    K_i = \frac{\sum_j K_{ij} n_j}{\sum_j n_j}, \quad \bar{K} = \frac{\sum_i K_i n_i}{\sum_i
    n_i}

    Symbols
    -------
    f_i : returned
    n_i : concentration
    c : clusters
    t : time
    W : stability_ratio
    K_{ij} : collision_kernel, at diameter, temperature and viscosity
    d_i : diameter
    T : temperature
    \eta : viscosity

    Notes
    -----
    From dn_i/dt = -n_i sum_j K_ij n_j / W, with clusters meeting as the mean particle does. Equal
    sizes give Smoluchowski's exponent of -2, and give the same whether they stand once or twice in
    a row, since the clusters of the first time are passed on to the second: then pass the shape
    too. Break-up, sedimentation and shear are left out.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (equal sizes, recalled; the polydisperse
    exponent is ours).

    Examples
    --------
    >>> one = np.ones(1)
    >>> t = half_time(1e18, 1e6, 298.15, 0.89e-3) * one
    >>> singlet_fraction([[1e18]], [1e-7], t, 1e6 * one, 298.15, 0.89e-3 * one).tolist()
    [[0.25]]
    """
    number = np.asarray(concentration, float)
    total = number.sum(axis=1) + np.asarray(clusters, float)
    each, mean = encounter_shape(number, diameter) if shape is None else shape
    progress = encounters(total, mean, time, stability_ratio, temperature, viscosity)
    exponent = np.divide(
        2 * each, mean[:, None], out=np.zeros_like(number), where=mean[:, None] > 0
    )
    return np.asarray((1 + progress[:, None]) ** -exponent)
