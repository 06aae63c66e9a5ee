"""How often an internalised vesicle opens into the cytosol before something else ends it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["escape_rate", "surviving_share"]

Array = NDArray[np.float64]


def escape_rate(probability: Array | float, competing: Array | float) -> Array:
    r"""Return the rate of escape that gives a probability against what competes with it.

    Parameters
    ----------
    probability : array [1]
        Share of the vesicles in the compartment that leave it by escape; below 1.
    competing : array [1/s]
        Sum of the rates of every other way out (lysosome, re-export).

    Returns
    -------
    array [1/s]
        Zero where the probability is zero.

    Equation
    --------
    k = k_\mathrm{other} \, \frac{p}{1 - p}

    Symbols
    -------
    k : returned
    p : probability
    k_\mathrm{other} : competing

    Notes
    -----
    Exits that compete at constant rates are taken in the proportion of the rates, p = k / (k +
    k_other). The common shortcut k = p k_other is low by the factor 1 - p: 30 % at the top of the
    hypothesis that fusion is common.

    The probability is *per vesicle*: one fusion empties the whole vesicle (`copies_per_cell`). The
    transcribed constants of Mihaila 2017, k2 / (k2 + k3) = 0.017 %, are not used: they lie 60 to
    120 times below the 1 to 2 % that Gilleron 2013 counted for the same class of carrier.

    References
    ----------
    Cox DR, Oakes D. Analysis of Survival Data. Chapman and Hall, 1984 (competing risks;
    recalled).
    Gilleron J et al. Nat Biotechnol 2013;31:638-646. doi:10.1038/nbt.2612

    Examples
    --------
    >>> rate = escape_rate(0.2, 4.0)
    >>> float(rate), float(rate / (rate + 4.0))
    (1.0, 0.2)
    """
    probability = np.asarray(probability, dtype=float)
    return np.asarray(competing * probability / (1.0 - probability))


def surviving_share(loss: Array | float, exits: Sequence[Array | float], moment: int = 1) -> Array:
    r"""Return the mean of the m-th power of the share of cargo left after a chain of compartments.

    Parameters
    ----------
    loss : array [1/s]
        First-order loss of cargo while in the chain.
    exits : sequence of array [1/s]
        Total rate of leaving each compartment of the chain, in order.
    moment : int
        Power m.

    Returns
    -------
    array [1]
        E[exp(-m loss T)] with T the time spent in the chain.

    Equation
    --------
    E\left[e^{-m \lambda T}\right] = \prod_j \frac{k_j}{k_j + m \lambda}

    Symbols
    -------
    E\left[e^{-m \lambda T}\right] : returned
    m : moment
    \lambda : loss
    k_j : exits
    T : time spent in the chain

    Notes
    -----
    The time in each compartment is exponential: the product is the Laplace transform of a
    hypoexponential time. Which exit is taken does not depend on how long it took, so it holds for
    those that escape too. It is by this factor that the m-th factorial moment of copies per vesicle
    falls in the endosome (molecules lost independently: a passenger with loss m times the rate).

    References
    ----------
    Cox DR. Renewal Theory. Methuen, 1962 (recalled).

    Examples
    --------
    Two compartments, each left at the rate at which cargo is lost:

    >>> [round(float(surviving_share(1.0, (1.0, 1.0), m)), 4) for m in (1, 2)]
    [0.25, 0.1111]
    """
    share = np.ones(np.broadcast_shapes(*(np.shape(rate) for rate in exits), np.shape(loss)))
    for rate in exits:
        leaving = np.asarray(rate, dtype=float)
        share = share * leaving / (leaving + moment * np.asarray(loss, dtype=float))
    return np.asarray(share)
