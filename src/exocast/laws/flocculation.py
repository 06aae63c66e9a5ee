"""Clusters of many particles: how many gather in a time, and how fast they settle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.laws.aggregation import collision_kernel

__all__ = ["cluster_settling", "cluster_size"]

Array = NDArray[np.float64]
Floats = Array | float

POINTS = 400
FIRST = 1e-6


def cluster_size(
    concentration: Floats,
    volume_share: Floats,
    time: float,
    shear: Floats,
    dimension: Floats,
    largest: Floats,
    stability_ratio: Floats,
    temperature: Floats,
    viscosity: Floats,
) -> Array:
    r"""Return the mean number of particles in a cluster after a time [1].

    Parameters
    ----------
    concentration : array (n,) [1/m^3]
        Particles that stick to each other.
    volume_share : array (n,) [1]
        Their volume in that of the liquid.
    time : float [s]
        Since they began to stick.
    shear : array (n,) [1/s]
        Mean rate of shear over that time.
    dimension : array (n,) [1]
        Fractal dimension of the clusters.
    largest : array (n,) [1]
        Particles in the largest cluster that does not break, above 1.
    stability_ratio : array (n,) [1]
        Encounters for each one that sticks.
    temperature : float [K]
        Of the liquid.
    viscosity : array (n,) [Pa*s]
        Of the liquid.

    Returns
    -------
    array (n,) [1]
        1 at the start.

    Equation
    --------
    \frac{dN}{dt} = \frac{1}{W} \left(\frac{K n}{2} + \frac{4}{\pi} G \phi N^{3 / D_f}\right),
    \quad N(0) = 1, \quad N \le N_\mathrm{max}

    Symbols
    -------
    N : returned
    K : collision_kernel, of equal spheres at temperature and viscosity
    n : concentration
    \phi : volume_share
    G : shear
    D_f : dimension
    N_\mathrm{max} : largest
    W : stability_ratio
    t : time

    Notes
    -----
    Diffusion starts clusters and shear finishes them: what a cluster sweeps grows with its volume,
    so that above some concentration they run away, and below it they stay small however long one
    waits. One mean size stands for all. Without shear N = 1 + K n t / 2 W. Solved as t(N), which is
    monotone, on a logarithmic grid.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (both kernels; classical, recalled).

    Examples
    --------
    >>> one = np.ones(1)
    >>> round(float(cluster_size(1e16*one, 0*one, 43200.0, 0*one, 2*one, 1e9*one, 1*one, 277.15,
    ...     3e-3*one)[0]))
    735
    """
    stuck = np.asarray(stability_ratio, float)
    kernel = collision_kernel(1.0, 1.0, temperature, viscosity)
    start = (kernel * np.asarray(concentration, float) / (2 * stuck))[:, None]
    swept = (4 / np.pi * np.asarray(shear) * np.asarray(volume_share) / stuck)[:, None]
    power = 3 / np.asarray(dimension, float)[:, None]
    most = np.asarray(largest, float)[:, None]
    # N - 1 on a logarithmic grid, from far below one particle to the largest cluster.
    position = np.linspace(0.0, 1.0, POINTS)[None, :]
    grown = FIRST * ((most - 1) / FIRST) ** position
    speed = start + swept * (1 + grown) ** power
    moving = speed[:, :1] > 0
    inverse = np.divide(1.0, speed, out=np.zeros_like(speed), where=speed > 0)
    # The integrand (N - 1)/speed d ln(N - 1) is smooth on this grid.
    height = grown * inverse
    width = np.log((most - 1) / FIRST) / (POINTS - 1)
    passed = np.cumsum((height[:, 1:] + height[:, :-1]) / 2 * width, axis=1)
    clock = np.hstack([height[:, :1], height[:, :1] + passed])
    after = (clock < time).sum(axis=1) - 1
    below = np.clip(after, 0, POINTS - 2)[:, None]
    t0, t1 = (np.take_along_axis(clock, below + k, axis=1) for k in (0, 1))
    n0, n1 = (np.take_along_axis(grown, below + k, axis=1) for k in (0, 1))
    part = np.divide(time - t0, t1 - t0, out=np.zeros_like(t0), where=t1 > t0)
    early = time / np.where(clock[:, :1] > 0, clock[:, :1], 1.0) * FIRST
    inside = n0 + (n1 - n0) * np.clip(part, 0.0, 1.0)
    found = np.where((after < 0)[:, None], early, inside)
    return np.asarray(np.where(moving, 1 + found, 1.0)[:, 0])


def cluster_settling(single: Floats, members: Floats, dimension: Floats) -> Array:
    r"""Return the sedimentation coefficient of a cluster [s].

    Parameters
    ----------
    single : array [s]
        Mean buoyant mass over mean friction of the particles in it.
    members : array [1]
        Particles in it.
    dimension : array [1]
        Its fractal dimension: 1.8 where clusters stick on first touch, 3 for a compact ball.

    Returns
    -------
    array [s]

    Equation
    --------
    s_N = s_1 N^{1 - 1 / D_f}

    Symbols
    -------
    s_N : returned
    s_1 : single
    N : members
    D_f : dimension

    Notes
    -----
    Mass grows as N and friction as its radius, N^(1/D).

    References
    ----------
    Lin, Lindsay, Weitz et al. 1989, Nature 339:360 (dimensions; recalled).

    Examples
    --------
    >>> round(float(cluster_settling(1.0, 1000.0, 3.0)), 6), float(cluster_settling(2.0, 1.0, 2.0))
    (100.0, 2.0)
    """
    return np.asarray(np.asarray(single) * np.asarray(members) ** (1 - 1 / np.asarray(dimension)))
