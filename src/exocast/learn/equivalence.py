r"""Whether two processes give the same, and how many lots it takes to show it.

Two one-sided tests: the processes are equivalent when the 90 % interval of their difference lies
within a margin on both sides, each end a test at 5 % (Schuirmann 1987, doi:10.1007/BF01068419).
That no difference was found shows nothing.

Equation
--------
.. math:: P = E_u\left[\Phi\left(\frac{m - \delta}{s} - t\sqrt{u/\nu}\right)
    - \Phi\left(\frac{-m - \delta}{s} + t\sqrt{u/\nu}\right)\right]_+, \quad u \sim \chi^2_\nu

Symbols
-------
P : power: chance that equivalence is shown [1]
m : margin [1]
\delta : true difference of the means [1]
s : standard error of their estimated difference [1]
\nu : degrees of freedom of that error [1]
t : 95 % quantile of Student's distribution with \nu degrees of freedom [1]
\Phi : normal distribution [1]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri, ndtr, stdtrit

__all__ = ["LARGEST", "lots_needed", "power", "power_of_lots"]

Array = NDArray[np.float64]

LEVEL = 0.05
"""Of each of the two tests."""
LARGEST = 200
"""Lots per process beyond which nobody goes on counting."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)


def power(error: ArrayLike, freedom: ArrayLike, margin: float, difference: float = 0.0) -> Array:
    """Return the chance that two one-sided tests show equivalence.

    Parameters
    ----------
    error : array
        Standard error of the estimated difference.
    freedom : array
        Degrees of freedom of that error.
    margin, difference : float
        Margin and true difference, on the same scale.

    Returns
    -------
    array
        Power, in the common shape of `error` and `freedom`.

    Examples
    --------
    A crossover of 40 subjects, coefficient of variation 0.3, ratio 0.95 within 0.8 to 1.25:

    >>> spread = np.sqrt(np.log(1 + 0.3**2))
    >>> round(float(power(spread * np.sqrt(2 / 40), 38, np.log(1.25), np.log(0.95))), 3)
    0.816
    """
    # Quantiles cost most: they are taken once for each number of degrees of freedom.
    s, nu = np.asarray(error, float)[..., None], np.asarray(freedom, float)[..., None]
    # chdtri counts from above, which an integral over all of it does not mind.
    u = chdtri(nu, 0.5 * (1 + _NODES))
    reach = stdtrit(nu, 1 - LEVEL) * np.sqrt(u / nu)
    shown = ndtr((margin - difference) / s - reach) - ndtr((-margin - difference) / s + reach)
    return np.asarray(np.maximum(shown, 0.0) @ (0.5 * _WEIGHTS))


def power_of_lots(
    lots: ArrayLike, deviations: Array, repeats: float, margin: float, difference: float = 0.0,
    *, paired: bool = False,
) -> Array:  # fmt: skip
    """Return the power of so many lots of each process.

    Parameters
    ----------
    lots : array (k,)
        Lots of each process, 2 or more.
    deviations : array (g, 3)
        Standard deviations between donors, lots and repeats.
    repeats : float
        Repeats of the assay on each lot.
    margin, difference : float
        As in `power`.
    paired : bool
        Whether each donor gives a lot to both processes, so that donors cancel; else each lot has
        a donor of its own.

    Returns
    -------
    array (g, k)
    """
    count = np.asarray(lots, float)
    squares = np.asarray(deviations, float) ** 2
    variance = squares[:, 1] + squares[:, 2] / repeats
    variance = variance if paired else variance + squares[:, 0]
    error = np.sqrt(2 * variance[:, None] / count)
    freedom = (count - 1) * (1 if paired else 2)
    return power(error, freedom, margin, difference)


def lots_needed(
    deviations: Array, repeats: float, margin: float, targets: ArrayLike, difference: float = 0.0,
    *, paired: bool = False,
) -> Array:  # fmt: skip
    """Return the least number of lots of each process that has each power, (targets, g).

    Infinite where `LARGEST` do not reach it.
    """
    counts = _ladder()
    curve = power_of_lots(counts, deviations, repeats, margin, difference, paired=paired)
    reached = curve >= np.asarray(targets, float)[:, None, None]
    first = np.argmax(reached, axis=-1)
    return np.where(reached.any(axis=-1), counts[first], np.inf)


def _ladder() -> Array:
    """Return the numbers of lots that are tried: every one to 40, then coarser."""
    return np.array([*range(2, 41), *range(42, 81, 2), *range(85, LARGEST + 1, 5)], dtype=float)
