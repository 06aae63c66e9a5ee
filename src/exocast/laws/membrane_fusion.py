"""Fusion by viral and placental proteins: several of them must act together, at one place."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.displayed_copies import at_least

__all__ = ["contact_share", "either", "fusing_share", "occupied_share"]

Array = NDArray[np.float64]


def contact_share(diameter: ArrayLike, reach: ArrayLike) -> Array:
    r"""Return the share of a vesicle's surface that faces a membrane within reach [1].

    Parameters
    ----------
    diameter : array [m]
        Of the vesicle.
    reach : array [m]
        Length of the extended fusion protein.

    Returns
    -------
    array [1]
        At most a half.

    Equation
    --------
    a = \min\left(\frac{h}{d}, \frac{1}{2}\right)

    Symbols
    -------
    a : returned
    h : reach
    d : diameter

    Notes
    -----
    The cap of a sphere on a plane within height h has the area pi d h. Neither membrane bends.

    Examples
    --------
    >>> float(contact_share(100e-9, 15e-9)), float(contact_share(20e-9, 15e-9))
    (0.15, 0.5)
    """
    ratio = np.asarray(reach, float) / np.asarray(diameter, float)
    return np.asarray(np.minimum(ratio, 0.5))


def occupied_share(strength: ArrayLike) -> Array:
    r"""Return the share of proteins in contact that have bound a receptor [1].

    Parameters
    ----------
    strength : array [1]
        Odds of one bond, from `exocast.laws.avidity.bond_strength`.

    Equation
    --------
    o = \frac{\xi}{1 + \xi}

    Symbols
    -------
    o : returned
    \xi : strength

    Examples
    --------
    >>> float(occupied_share(0.0)), float(occupied_share(3.0))
    (0.0, 0.75)
    """
    odds = np.asarray(strength, float)
    return np.asarray(odds / (1.0 + odds))


def fusing_share(
    copies: ArrayLike,
    share: ArrayLike,
    dispersion: ArrayLike,
    acting: ArrayLike,
    needed: ArrayLike,
) -> Array:
    r"""Return the share of vesicles on which enough fusion proteins act together [1].

    Parameters
    ----------
    copies : array [copy/particle]
        Mean trimers over all vesicles.
    share : array [1]
        Share of vesicles that were given any.
    dispersion : array [1]
        Squared coefficient of variation between those, beyond chance.
    acting : array [1]
        Chance of one trimer to be in the contact, triggered, and folded back before it is spent.
    needed : array [1]
        Trimers that must act together.

    Returns
    -------
    array [1]
        0 without copies; at most `share`.

    Equation
    --------
    p = P(n \ge N), \quad E[n] = c \, a

    Symbols
    -------
    p : returned
    c : copies
    a : acting
    N : needed
    n : trimers of a vesicle that act
    E[n] : their mean

    Notes
    -----
    Each trimer acts by itself with the same chance, which thins the distribution of copies and
    leaves its form. The measured numbers (3 or 4 for influenza, 3 to 5 for vesicular stomatitis
    virus) are of neighbours; on a vesicle with few trimers in the contact that they lie side by
    side is a further demand that is not made: the share is an upper one.

    References
    ----------
    Ivanovic T et al. eLife 2013;2:e00333. doi:10.7554/eLife.00333 (abstract). Kim IS et al. Proc
    Natl Acad Sci USA 2017;114:E28-E36. doi:10.1073/pnas.1618883114 (abstract)

    Examples
    --------
    With 400 trimers, as on a virus, nearly all fuse; with ten, next to none:

    >>> [round(float(fusing_share(c, 1.0, 0.0, 0.15 * 0.5, 4.0)), 3) for c in (400, 40, 10)]
    [1.0, 0.353, 0.007]
    """
    mean = np.asarray(copies, float) * np.asarray(acting, float)
    return at_least(needed, mean, share, dispersion)


def either(first: ArrayLike, second: ArrayLike) -> Array:
    r"""Return the chance that one or both of two independent events happen [1].

    Parameters
    ----------
    first, second : array [1]
        Chance of each.

    Equation
    --------
    p = 1 - (1 - p_1)(1 - p_2)

    Symbols
    -------
    p : returned
    p_1 : first
    p_2 : second

    Examples
    --------
    >>> float(either(0.5, 0.5)), float(either(0.0, 0.2)) == 0.2
    (0.75, True)
    """
    one, other = np.asarray(first, float), np.asarray(second, float)
    return np.asarray(one + other - one * other)
