"""Chemistry on a vesicle's surface: handles, what clicks onto them, and what that costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["bridged_encounters", "coupled", "function_kept", "handles_made", "room_for"]

Array = NDArray[np.float64]

JAMMING = 0.547
"""Coverage at which discs put down at random leave no room (random sequential addition)."""


def handles_made(
    reagent: ArrayLike, labelling: ArrayLike, hydrolysis: ArrayLike, time: ArrayLike
) -> Array:
    r"""Return the share of amines that an activated ester has modified [1].

    Parameters
    ----------
    reagent : array [mol/m^3]
        Ester at the start, in excess over amines.
    labelling : array [m^3/mol/s]
        Rate constant of aminolysis.
    hydrolysis : array [1/s]
        Rate at which water destroys the ester; above 0.
    time : array [s]
        Time that it is left.

    Returns
    -------
    array [1]

    Equation
    --------
    m = 1 - \exp\left[-\frac{k_a R}{k_h} \left(1 - e^{-k_h t}\right)\right]

    Symbols
    -------
    m : returned
    R : reagent
    k_a : labelling
    k_h : hydrolysis
    t : time

    Notes
    -----
    Amines and water compete for the ester; longer than a few 1/k_h nothing more happens.

    References
    ----------
    Competing first-order loss of a reagent in excess (textbook kinetics).

    Examples
    --------
    >>> round(float(handles_made(0.05, 5e-3, 2e-4, 3600.0)), 2)
    0.47
    """
    spent = np.asarray(hydrolysis, float)
    dose = np.asarray(labelling, float) * reagent * -np.expm1(-spent * time) / spent
    return np.asarray(-np.expm1(-dose))


def coupled(first: ArrayLike, second: ArrayLike, rate: ArrayLike, time: ArrayLike) -> Array:
    r"""Return what two partners have formed that join one to one, for good [mol/m^3].

    Parameters
    ----------
    first, second : array [mol/m^3]
        At the start.
    rate : array [m^3/mol/s]
        Second-order rate constant.
    time : array [s]
        Since then.

    Returns
    -------
    array [mol/m^3]
        Never more than the scarcer partner.

    Equation
    --------
    x = a b \frac{1 - e^{-(b - a) k t}}{b - a \, e^{-(b - a) k t}}, \quad b \ge a

    Symbols
    -------
    x : returned
    a, b : the scarcer of first and second, and the other
    k : rate
    t : time

    Notes
    -----
    The exact solution of dx/dt = k (a - x)(b - x); where both are equal, its limit a^2 k t / (1 +
    a k t). Concentrations in all the liquid: partners on a surface react like dissolved ones.

    Examples
    --------
    >>> float(coupled(1.0, 1.0, 1.0, 1.0)), round(float(coupled(1.0, 100.0, 1.0, 1.0)), 6)
    (0.5, 1.0)
    """
    one, two, k, t = np.broadcast_arrays(
        *(np.asarray(value, float) for value in (first, second, rate, time))
    )
    few, many = np.minimum(one, two), np.maximum(one, two)
    gap = (many - few) * k * t
    close = gap < 1e-7
    safe = np.where(close, 1.0, gap)
    fallen = np.exp(-safe)
    unequal = few * many * -np.expm1(-safe) / np.where(close, 1.0, many - few * fallen)
    equal = few * many * k * t / (1.0 + 0.5 * (few + many) * k * t)
    return np.asarray(np.where(close, equal, unequal))


def room_for(radius: ArrayLike) -> Array:
    r"""Return how many molecules find room on a surface, one beside the other [1/m^2].

    Parameters
    ----------
    radius : array [m]
        Of the disc that one covers.

    Equation
    --------
    \sigma_m = \frac{0.547}{\pi r^2}

    Symbols
    -------
    \sigma_m : returned
    r : radius

    References
    ----------
    Feder J. J Theor Biol 1980;87:237-254. doi:10.1016/0022-5193(80)90358-6 (recalled)

    Examples
    --------
    An antibody of 5 nm: some 200 on a vesicle of 100 nm, in 1/nm^2:

    >>> round(float(room_for(5e-9)) * 1e-18, 4)
    0.007
    """
    return np.asarray(JAMMING / (np.pi * np.asarray(radius, float) ** 2))


def function_kept(modified: ArrayLike, essential: ArrayLike) -> Array:
    r"""Return the share of proteins that still work when a share of their amines is modified [1].

    Parameters
    ----------
    modified : array [1]
        Share of amines.
    essential : array [1]
        Amines of one protein that it cannot spare.

    Equation
    --------
    f = (1 - m)^s

    Symbols
    -------
    f : returned
    m : modified
    s : essential

    Notes
    -----
    Each amine is modified by the same chance, independently.

    Examples
    --------
    >>> float(function_kept(0.5, 1.0)), float(function_kept(0.5, 0.0))
    (0.5, 1.0)
    """
    free = 1.0 - np.asarray(modified, float)
    return np.asarray(np.power(free, np.asarray(essential, float)))


def bridged_encounters(occupied: ArrayLike, chance: ArrayLike, handles: ArrayLike) -> Array:
    r"""Return the share of encounters of two vesicles that end in a bridge [1].

    Parameters
    ----------
    occupied : array [1]
        Share of the handles of a vesicle that hold a molecule in the end.
    chance : array [1]
        Of a bridge at half coverage, where bridges are most.
    handles : array [1]
        On one molecule; one alone cannot bridge.

    Equation
    --------
    E = \chi \left(1 - \frac{1}{h}\right) \frac{1}{\theta} \int_0^\theta 4 u (1 - u) \, du = \chi
    \left(1 - \frac{1}{h}\right) \left(2 \theta - \frac{4}{3} \theta^2\right)

    Symbols
    -------
    E : returned
    \theta : occupied
    u : coverage on the way there
    \chi : chance
    h : handles

    Notes
    -----
    What bridges is a molecule on one surface that meets a free handle of the other, as coverage
    times what is uncovered. The mean over a course in which coverage rises evenly: an upper one for
    a reaction that is over early.

    References
    ----------
    La Mer VK, Healy TW. Rev Pure Appl Chem 1963;13:112 (bridging as coverage times what is
    uncovered; recalled)

    Examples
    --------
    >>> [round(float(bridged_encounters(1.0, 1e-4, h)), 7) for h in (1.0, 2.0)]
    [0.0, 3.33e-05]
    """
    held = np.asarray(occupied, float)
    several = 1.0 - 1.0 / np.maximum(np.asarray(handles, float), 1.0)
    return np.asarray(np.asarray(chance, float) * several * (2.0 * held - 4.0 / 3.0 * held**2))
