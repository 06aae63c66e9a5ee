"""Particles that diffuse to beads of a finite area and stay there."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["captured_share", "encounter_clearance", "in_series", "kept_through_washes"]

Array = NDArray[np.float64]
Floats = Array | float

STEPS = 96
FIRST_STEP = 1e-7


def encounter_clearance(
    bead_radius: Floats, radius: Floats, diffusivity: Floats, bead_diffusivity: Floats
) -> Array:
    r"""Return the liquid that one bead sweeps of particles by diffusion [m^3/s].

    Parameters
    ----------
    bead_radius, radius : array [m]
        Of bead and particle.
    diffusivity, bead_diffusivity : array [m^2/s]
        Of particle and bead.

    Returns
    -------
    array [m^3/s]

    Equation
    --------
    \kappa_d = 4 \pi (D + D_b)(r + r_b)

    Symbols
    -------
    \kappa_d : returned
    D : diffusivity
    D_b : bead_diffusivity
    r : radius
    r_b : bead_radius

    Notes
    -----
    Still liquid between beads that do not settle; rolling a tube keeps them apart and adds little
    at the size of a bead, so this is a lower bound.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (classical, recalled).

    Examples
    --------
    >>> f"{float(encounter_clearance(1.4e-6, 50e-9, 4.3e-12, 1.5e-13)):.1e}"
    '8.1e-17'
    """
    reach = np.asarray(bead_radius) + np.asarray(radius)
    return np.asarray(4 * np.pi * (np.asarray(diffusivity) + np.asarray(bead_diffusivity)) * reach)


def in_series(first: Floats, second: Floats) -> Array:
    r"""Return the rate of two processes of which one follows the other.

    Parameters
    ----------
    first, second : array
        In the same unit, at least 0.

    Returns
    -------
    array
        0 where either is.

    Equation
    --------
    \kappa = \frac{\kappa_1 \kappa_2}{\kappa_1 + \kappa_2}

    Symbols
    -------
    \kappa : returned
    \kappa_1 : first
    \kappa_2 : second

    References
    ----------
    Collins and Kimball 1949, J Colloid Sci 4:425 (recalled).

    Examples
    --------
    >>> float(in_series(2.0, 2.0)), float(in_series(2.0, 0.0))
    (1.0, 0.0)
    """
    one, two = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    total = one + two
    found = np.divide(one * two, total, out=np.zeros_like(total), where=total > 0)
    return np.asarray(found)


def captured_share(
    count: ArrayLike, rate: ArrayLike, footprint: ArrayLike, capacity: ArrayLike, time: float
) -> Array:
    r"""Return the share of each class of particles that is held after a time [1].

    Parameters
    ----------
    count : array (n, m) [particle]
        Particles of m classes.
    rate : array (n, m) [1/s]
        At which empty beads take each class.
    footprint : array (m,) [m^2]
        Area that one particle takes.
    capacity : array (n,) [m^2]
        Area that beads can give, all together.
    time : float [s]
        Of incubation.

    Returns
    -------
    array (n, m) [1]

    Equation
    --------
    f_i = 1 - e^{-k_i s}, \quad \frac{ds}{dt} = 1 - \frac{1}{A} \sum_i n_i a_i \left(1 - e^{-k_i
    s}\right)

    Symbols
    -------
    f_i : returned
    n_i : count
    k_i : rate
    a_i : footprint
    A : capacity
    s : time that beads with all their area free would have needed
    t : time

    Notes
    -----
    All classes compete for one area, and what is held stays. One class with a capacity gives the
    logistic law of a second-order reaction. Solved in s by exponential Rosenbrock steps on a
    logarithmic time grid, which never pass a full bead.

    Examples
    --------
    Beads for half of the particles take half of them, and no more:

    >>> one = np.ones((1, 1))
    >>> round(float(captured_share(10 * one, one, [1.0], [5.0], 1e4)[0, 0]), 6)
    0.5
    """
    number, speed = np.asarray(count, float), np.asarray(rate, float)
    area = np.asarray(capacity, float)
    room = np.divide(1.0, area, out=np.zeros_like(area), where=area > 0)[:, None]
    load = number * np.asarray(footprint, float) * room
    open_at_all = area > 0
    grid = np.concatenate([[0.0], np.geomspace(FIRST_STEP, 1.0, STEPS)]) * time
    swept = np.zeros(len(number))
    for step in np.diff(grid):
        left = np.exp(-speed * swept[:, None])
        free = np.maximum(1 - (load * (1 - left)).sum(axis=1), 0.0)
        slope = (load * speed * left).sum(axis=1) * step
        # (1 - e^-x)/x, with its limit of 1.
        part = np.divide(-np.expm1(-slope), slope, out=np.ones_like(slope), where=slope > 1e-12)
        swept = swept + free * step * part
    swept = np.where(open_at_all, swept, 0.0)
    return np.asarray(-np.expm1(-speed * swept[:, None]))


def kept_through_washes(dissociation_rate: Floats, avidity: Floats, time: Floats) -> Array:
    r"""Return the share of captured particles that is still held after the washes [1].

    Parameters
    ----------
    dissociation_rate : array [1/s]
        Of one bond.
    avidity : array [1]
        By how much further bonds lengthen the hold of the first.
    time : array [s]
        Of all washes.

    Returns
    -------
    array [1]

    Equation
    --------
    g = e^{-k_\mathrm{off} t / \alpha}

    Symbols
    -------
    g : returned
    k_\mathrm{off} : dissociation_rate
    \alpha : avidity
    t : time

    Examples
    --------
    >>> round(float(kept_through_washes(1e-3, 1.0, 1000.0)), 3)
    0.368
    """
    return np.asarray(np.exp(-np.asarray(dissociation_rate) * np.asarray(time) / avidity))
