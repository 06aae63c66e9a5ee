"""Brownian aggregation of a polydisperse suspension, slowed by a stability ratio."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "clumped",
    "collision_kernel",
    "encounter_shape",
    "encounters",
    "half_time",
    "singlet_fraction",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23

LARGEST_STEP = 0.2
"""Encounters of a particle in one step, in which only pairs form."""

RARE = 1e-9
"""Share of particles below which nothing met, or nothing is left to meet."""


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


def clumped(number: ArrayLike, diameter: ArrayLike, progress: ArrayLike) -> Array:
    r"""Return where the contents of each size are once particles have stuck together [1].

    Parameters
    ----------
    number : array (n, k) [1]
        Particles of all kinds that stick, by size.
    diameter : array (k,) [m]
        Their diameters, log-spaced.
    progress : array (n,) [1]
        `encounters` of as many particles of equal size, in all the time.

    Returns
    -------
    array (n, k, k + 1)
        Share of what was in the class of the second axis (volume, membrane, cargo) that is in the
        class of the third; in the last, what has outgrown the grid.

    Equation
    --------
    N \frac{d n_t}{dx} = \sum_{ij} e_{ij} n_i n_j \, a_{ijt} - 2 n_t \sum_j e_{tj} n_j

    e_{ij} = \frac{(d_i + d_j)^2}{4 d_i d_j}, \quad \sum_t a_{ijt} = 1, \quad \sum_t a_{ijt} d_t^3 =
    d_i^3 + d_j^3

    Symbols
    -------
    n_i : number
    N : number of all sizes at the start
    x : progress
    e_{ij} : collision_kernel over that of equal sizes
    a_{ijt} : share of the clumps of i and j that counts in class t
    d_i : diameter

    Notes
    -----
    Smoluchowski's equation on a fixed grid. A clump lies between two classes and is shared so that
    number and volume are both kept (Kumar and Ramkrishna's fixed pivot); contents follow volume. It
    is as wide as a drop of its volume: a loose one is wider, and meets more. Steps are
    short enough for pairs alone, and each keeps Smoluchowski's number exactly, 1 / (1 + x). Clumps
    do not come apart.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129; Kumar and Ramkrishna 1996, Chem Eng Sci 51:1311, doi
    10.1016/0009-2509(96)88489-2 (both recalled).

    Examples
    --------
    >>> size = 1e-7 * 2 ** (np.arange(4) / 3)  # each class of twice the volume
    >>> moved = clumped([[1e11, 0, 0, 0]], size, [0.05])
    >>> moved[0, 0].round(4).tolist()  # a tenth of 1 / 1.05 has paired
    [0.9048, 0.0952, 0.0, 0.0, 0.0]
    """
    number = np.array(number, float)
    size = np.asarray(diameter, float)
    volume = size**3
    shape = (size[:, None] + size) ** 2 / (size[:, None] * size) / 4  # 1 for equal sizes
    landing = _landing(volume)
    classes = size.size
    moved = np.broadcast_to(np.eye(classes, classes + 1), (*number.shape, classes + 1)).copy()
    start = number.sum(axis=1)
    left = np.divide(progress, start, out=np.zeros_like(start), where=start > 0)
    going = np.flatnonzero(left * start > RARE)
    own = np.arange(classes)
    while going.size:
        held = number[going]
        meets = held @ shape
        mean = (held * meets).sum(axis=1) / held.sum(axis=1)
        step = np.minimum(left[going] * mean, LARGEST_STEP)
        chance = np.minimum((2 * step / (1 + step) / mean)[:, None] * meets, 1.0)
        pairs = (chance / meets)[:, :, None] * held[:, None, :] * shape
        once = np.matmul(pairs.transpose(1, 0, 2), landing).transpose(1, 0, 2)
        once[:, own, own] += 1 - chance
        before = moved[going]
        after = before[:, :, :-1] @ once
        after[:, :, -1] += before[:, :, -1]
        moved[going] = after
        number[going] = ((held * volume)[:, None, :] @ once)[:, 0, :-1] / volume
        left[going] -= step / mean
        total = number[going].sum(axis=1)
        going = going[(left[going] * total > RARE) & (total > RARE * start[going])]
    return moved


def _landing(volume: Array) -> Array:
    """Return the share (k, k, k + 1) of a pair of classes in each class, and beyond the last."""
    last = volume[-1] * (volume[-1] / volume[-2] if volume.size > 1 else 2.0)
    edges = np.append(volume, last)
    pair = volume[:, None] + volume
    below = np.clip(np.searchsorted(edges, pair, side="right") - 1, 0, volume.size - 1)
    lower = edges[below] * np.clip((edges[below + 1] - pair) / np.diff(edges)[below], 0.0, 1.0)
    lower = lower / pair
    landing = np.zeros((*pair.shape, volume.size + 1))
    first, second = np.indices(pair.shape)
    landing[first, second, below] = lower
    landing[first, second, below + 1] = 1 - lower
    return landing
