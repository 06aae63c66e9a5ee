"""Copies per vesicle as a distribution: mean, empty share and second factorial moment."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["convolve", "mix", "mixed_poisson", "thinned", "variance"]

Array = NDArray[np.float64]
Moments = tuple[Array, Array, Array]


def mixed_poisson(shares: Sequence[ArrayLike], means: Sequence[ArrayLike]) -> Moments:
    r"""Return the moments of copies when shares of the vesicles are Poisson with their own means.

    Parameters
    ----------
    shares : sequence of array (n, k) [1]
        Shares of the vesicles; what they leave is empty.
    means : sequence of array (n, k) [copy/particle]
        Mean of each share.

    Returns
    -------
    mean, empty, second : array (n, k)
        Mean, share of empty vesicles, and second factorial moment E[c (c - 1)].

    Equation
    --------
    \bar{c} = \sum_j w_j m_j, \quad e = 1 - \sum_j w_j \left(1 - e^{-m_j}\right), \quad s =
    \sum_j w_j m_j^2

    Symbols
    -------
    \bar{c} : returned[0], mean copies of a vesicle
    e : returned[1], share of empty vesicles
    s : returned[2], second factorial moment of the copies
    w_j : shares
    m_j : means

    Notes
    -----
    One share is the zero-inflated Poisson of Lambert: mean ``w m``, empty ``1 - w + w exp(-m)``,
    second ``w m^2``.

    References
    ----------
    Lambert 1992, Technometrics 34:1, doi 10.2307/1269547; Johnson, Kemp and Kotz 2005, Univariate
    Discrete Distributions (recalled).

    Examples
    --------
    >>> mean, empty, second = mixed_poisson([0.5], [2.0])
    >>> float(mean), round(float(empty), 4), float(second)
    (1.0, 0.5677, 2.0)
    """
    mean = second = np.zeros(())
    empty = np.ones(())
    for share, own in zip(shares, means, strict=True):
        w, m = np.asarray(share, dtype=float), np.asarray(own, dtype=float)
        # expm1 keeps vesicles without cargo at exactly one.
        mean, empty, second = mean + w * m, empty + w * np.expm1(-m), second + w * m**2
    return np.asarray(mean), np.asarray(np.clip(empty, 0.0, 1.0)), np.asarray(second)


def convolve(first: Moments, second: Moments) -> Moments:
    r"""Return the moments when independent cargo is added to vesicles that already carry some.

    Parameters
    ----------
    first, second : tuple of array (n, k)
        Mean, empty share and second factorial moment of the two.

    Returns
    -------
    tuple of array (n, k)

    Equation
    --------
    \bar{c} = \bar{c}_1 + \bar{c}_2, \quad e = e_1 e_2, \quad s = s_1 + 2 \bar{c}_1 \bar{c}_2 +
    s_2

    Symbols
    -------
    \bar{c} : returned[0], mean copies of a vesicle
    e : returned[1], share of empty vesicles
    s : returned[2], second factorial moment of the copies

    Notes
    -----
    Means add, empty shares multiply, and ``E[c(c-1)]`` gains ``2 m1 m2``: the factorial-moment
    generating functions multiply. Exact only where loading does not depend on what is there.

    References
    ----------
    Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions (recalled).

    Examples
    --------
    >>> one = (np.array(1.0), np.exp(np.array(-1.0)), np.array(1.0))
    >>> [round(float(x), 4) for x in convolve(one, one)]  # Poisson(2)
    [2.0, 0.1353, 4.0]
    """
    m1, e1, s1 = first
    m2, e2, s2 = second
    return m1 + m2, e1 * e2, s1 + 2 * m1 * m2 + s2


def thinned(moments: Moments, share: ArrayLike) -> Moments:
    r"""Return the moments when each copy stays with a probability, on its own.

    Parameters
    ----------
    moments : tuple of array (n, k)
        Mean, empty share and second factorial moment.
    share : array (n, k) [1]
        Of the copies that stay.

    Returns
    -------
    tuple of array (n, k)

    Equation
    --------
    \bar{c}' = r \bar{c}, \quad s' = r^2 s, \quad e' = e + w \left(e^{-r m} - e^{-m}\right), \quad
    w = \frac{\bar{c}^2}{s}, \quad m = \frac{s}{\bar{c}}

    Symbols
    -------
    \bar{c}' : returned[0]
    e' : returned[1]
    s' : returned[2]
    \bar{c}, e, s : moments
    r : share

    Notes
    -----
    Factorial moments thin by powers, exactly. The empty share is that of the zero-inflated Poisson
    with the same mean and second moment: exact for it, close for mixtures.

    References
    ----------
    Binomial thinning (Johnson, Kemp and Kotz 2005, recalled).

    Examples
    --------
    >>> half = thinned((np.array(2.0), np.exp(np.array(-2.0)), np.array(4.0)), 0.5)
    >>> [round(float(x), 4) for x in half]  # Poisson(1)
    [1.0, 0.3679, 1.0]
    """
    mean, empty, second = (np.asarray(x, float) for x in moments)
    r = np.asarray(share, float)
    each = np.divide(second, mean, out=np.zeros(mean.shape), where=mean > 0)
    loaded = np.divide(mean**2, second, out=np.zeros(mean.shape), where=second > 0)
    loaded = np.minimum(loaded, 1.0)
    left = empty + loaded * (np.exp(-r * each) - np.exp(-each))
    # Where copies never come in pairs, a vesicle empties with its only one.
    left = np.where(second > 0, left, 1.0 - r * (1.0 - empty))
    return r * mean, np.clip(left, empty, 1.0), r**2 * second


def mix(weights: Sequence[ArrayLike], moments: Sequence[Moments]) -> Moments:
    r"""Return the moments of vesicles pooled from several groups (sizes, batches).

    Parameters
    ----------
    weights : sequence of array
        Vesicles in each group; they need not sum to one.
    moments : sequence of tuple
        Mean, empty share and second factorial moment of each group.

    Returns
    -------
    tuple of array
        No vesicles give mean 0, empty 1 and second 0.

    Equation
    --------
    x = \frac{\sum_j N_j x_j}{\sum_j N_j}

    Symbols
    -------
    x : mean, empty share or second factorial moment of the pool
    N_j : weights
    x_j : moments

    Notes
    -----
    All three are expectations, so each is the weighted mean. Pooling sizes therefore widens the
    distribution: a lumen scales with the cube of the diameter.

    References
    ----------
    Law of total expectation.

    Examples
    --------
    >>> mix([1.0, 3.0], [(2.0, 0.1, 4.0), (0.0, 1.0, 0.0)])[0].item()
    0.5
    """
    total = np.sum(np.broadcast_arrays(*[np.asarray(w, dtype=float) for w in weights]), axis=0)
    pooled = []
    for index, nothing in enumerate((0.0, 1.0, 0.0)):
        terms = [
            np.asarray(w) * np.asarray(m[index]) for w, m in zip(weights, moments, strict=True)
        ]
        top, under = np.broadcast_arrays(np.sum(np.broadcast_arrays(*terms), axis=0), total)
        pooled.append(np.divide(top, under, out=np.full(top.shape, nothing), where=under > 0))
    return pooled[0], pooled[1], pooled[2]


def variance(mean: ArrayLike, second: ArrayLike) -> Array:
    r"""Return the variance of copies from mean and second factorial moment [copy^2].

    Parameters
    ----------
    mean : array [copy/particle]
        Mean.
    second : array [copy^2/particle^2]
        Second factorial moment.

    Equation
    --------
    \sigma^2 = s + \bar{c} - \bar{c}^2

    Symbols
    -------
    \sigma^2 : returned
    \bar{c} : mean
    s : second

    References
    ----------
    ``Var = E[c(c-1)] + m - m^2``.

    Examples
    --------
    >>> float(variance(2.0, 4.0))
    2.0
    """
    mean = np.asarray(mean)
    return np.asarray(np.asarray(second) + mean - mean**2)
