"""Cells, their secretion and their death in one closed culture."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cell_time", "crowded_time", "lognormal_shares"]

Array = NDArray[np.float64]


def cell_time(cells: ArrayLike, growth_rate: ArrayLike, time: ArrayLike) -> Array:
    r"""Return the integral of live cells over a culture [cell*s].

    Parameters
    ----------
    cells : array [cell]
        Live cells at the start.
    growth_rate : array [1/s]
        Net growth, births minus deaths; negative where cells are lost, zero where arrested.
    time : array [s]
        Duration.

    Returns
    -------
    array [cell*s]
        Times a secretion rate per cell it is the amount secreted, whatever is secreted.

    Equation
    --------
    \int_0^t N \, dt' = N_0 \, \frac{e^{g t} - 1}{g}

    Symbols
    -------
    \int_0^t N \, dt' : returned
    N_0 : cells
    g : growth_rate
    t : time

    Notes
    -----
    Exponential growth, valid below confluence: up to `crowded_time`.

    Examples
    --------
    >>> float(cell_time(100.0, 0.0, 10.0)), round(float(cell_time(1.0, np.log(2), 1.0)), 4)
    (1000.0, 1.4427)
    """
    span = np.asarray(growth_rate, float) * np.asarray(time, float)
    safe = np.where(np.abs(span) > 1e-12, span, 1.0)
    factor = np.where(np.abs(span) > 1e-12, np.expm1(span) / safe, 1.0)
    return np.asarray(np.asarray(cells, float) * np.asarray(time, float) * factor)


def crowded_time(growth_rate: ArrayLike, limit: ArrayLike, time: ArrayLike) -> Array:
    r"""Return how long cells grow before they are crowded, of a time in culture [s].

    Parameters
    ----------
    growth_rate : array [1/s]
        Net growth; cells that do not grow are never crowded.
    limit : array [1]
        Cells at which growth stops, over those at the start; at least 1.
    time : array [s]
        In culture.

    Equation
    --------
    t_c = \min\left(t, \, \frac{\ln \ell}{g}\right)

    Symbols
    -------
    t_c : returned
    t : time
    \ell : limit
    g : growth_rate

    Notes
    -----
    Growth stops at once: contact inhibition and logistic growth slow sooner and stop later.

    Examples
    --------
    >>> float(crowded_time(np.log(2), 4.0, 10.0)), float(crowded_time(-1.0, 4.0, 10.0))
    (2.0, 10.0)
    """
    rate = np.asarray(growth_rate, float)
    safe = np.where(rate > 0, rate, 1.0)
    until = np.where(rate > 0, np.log(np.asarray(limit, float)) / safe, np.inf)
    return np.asarray(np.minimum(np.asarray(time, float), until))


def lognormal_shares(edges: ArrayLike, median: ArrayLike, geometric_sd: ArrayLike) -> Array:
    r"""Return the share of log-normally distributed particles in each bin, array (n, k) [1].

    Parameters
    ----------
    edges : array (k+1,) [m]
        Edges of the bins.
    median : array (n,) [m]
        Number median of the diameter.
    geometric_sd : array (n,) [1]
        Geometric standard deviation, above 1.

    Returns
    -------
    array (n, k) [1]
        Rows sum to one: the two tails beyond the grid are kept in its end bins, so that no
        particle is lost to the grid.

    Equation
    --------
    w_k = \Phi \left(\frac{\ln(e_{k+1} / d_{50})}{\ln \sigma_g}\right) - \Phi
    \left(\frac{\ln(e_k / d_{50})}{\ln \sigma_g}\right)

    Symbols
    -------
    w_k : returned
    e_k : edges
    d_{50} : median
    \sigma_g : geometric_sd
    \Phi : standard normal distribution

    Examples
    --------
    >>> shares = lognormal_shares([50e-9, 100e-9, 200e-9], [100e-9], [1.5])
    >>> shares.tolist()
    [[0.5, 0.5]]
    """
    from scipy.special import ndtr

    inner = np.log(np.asarray(edges, float)[1:-1])
    centre = np.log(np.asarray(median, float))[:, None]
    below = ndtr((inner - centre) / np.log(np.asarray(geometric_sd, float))[:, None])
    ends = np.zeros((len(centre), 1))
    return np.asarray(np.diff(np.concatenate([ends, below, ends + 1], axis=1), axis=1))
