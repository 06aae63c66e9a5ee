"""Molecules displayed on vesicles: how many carry any, and how widely copies spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammainc

__all__ = ["at_least", "displaying"]

Array = NDArray[np.float64]


def _spread(*values: ArrayLike) -> tuple[Array, ...]:
    return tuple(np.broadcast_arrays(*(np.asarray(one, float) for one in values)))


def displaying(
    copies: ArrayLike, share: ArrayLike = 1.0, dispersion: ArrayLike = 0.0
) -> tuple[Array, Array]:
    r"""Return the share of vesicles with at least one copy, and the copies on one of these.

    Parameters
    ----------
    copies : array [copy/particle]
        Mean over all vesicles.
    share : array [1]
        Share of vesicles that were given any: the others are bare whatever the mean.
    dispersion : array [1]
        Squared coefficient of variation of copies between those, beyond chance.

    Returns
    -------
    share, copies : array
        Zero copies: share 0 (and one copy, which then does not matter).

    Equation
    --------
    s = f \left[1 - \left(1 + \phi \frac{c}{f}\right)^{-1 / \phi}\right], \quad c_s = \frac{c}{s}

    Symbols
    -------
    s, c_s : returned
    c : copies
    f : share
    \phi : dispersion

    Notes
    -----
    A negative binomial with a share of zeros. Without dispersion copies fall on the vesicles of the
    given share independently (Poisson, the limit). Losing each copy by the same chance leaves
    `share` and `dispersion` as they are and lowers the mean alone.

    Examples
    --------
    >>> s, c = displaying(0.1)
    >>> round(float(s), 4), round(float(c), 3)
    (0.0952, 1.051)
    >>> s, c = displaying(50.0, 0.5, 1.0)
    >>> round(float(s), 3), round(float(c), 2)
    (0.495, 101.0)
    """
    mean, given, phi = _spread(copies, share, dispersion)
    each = np.divide(mean, given, out=np.zeros_like(mean), where=given > 0)
    wide = np.where(phi > 0, phi, 1.0)
    exponent = np.where(phi > 0, np.log1p(wide * each) / wide, each)
    some = given * -np.expm1(-exponent)
    return some, np.divide(mean, some, out=np.ones_like(mean), where=some > 0)


def at_least(
    needed: ArrayLike,
    copies: ArrayLike,
    share: ArrayLike = 1.0,
    dispersion: ArrayLike = 0.0,
) -> Array:
    r"""Return the share of vesicles with at least so many copies [1].

    Parameters
    ----------
    needed : array [copy/particle]
        How many; above 0. Between whole numbers the distribution is continued smoothly.
    copies, share, dispersion : array
        As for `displaying`.

    Equation
    --------
    P(n \ge N) = f \, I_x\left(N, \frac{1}{\phi}\right), \quad x = \frac{\phi c / f}{1 + \phi c / f}

    Symbols
    -------
    P(n \ge N) : returned
    N : needed
    f : share
    \phi : dispersion
    c : copies
    I_x : regularised incomplete beta function

    Notes
    -----
    The upper tail of the negative binomial; without dispersion that of a Poisson distribution, the
    regularised incomplete gamma function of N and c / f.

    Examples
    --------
    One or more is what `displaying` says:

    >>> round(float(at_least(1.0, 2.0, 0.5, 1.0)), 3), round(float(at_least(1.0, 0.1)), 4)
    (0.4, 0.0952)
    """
    n, mean, given, phi = _spread(needed, copies, share, dispersion)
    each = np.divide(mean, given, out=np.zeros_like(mean), where=given > 0)
    wide = np.where(phi > 0, phi, 1.0)
    odds = wide * each
    tail = np.where(phi > 0, betainc(n, 1.0 / wide, odds / (1.0 + odds)), gammainc(n, each))
    return np.asarray(given * tail)
