"""How many vesicles must open in a cell, so that enough cells get enough copies.

The question of `copies_per_cell` turned round. The share of cells above a number of copies hangs on
dose, arrival, uptake and escape through one number only, the mean of vesicles that open in a cell;
so one curve, the openings needed at each load of a vesicle, holds the whole trade between them.

Here the load of each vesicle varies as it does in a batch (gamma-Poisson), and so does the number
that opens in each cell. `copies_per_cell.share_of_cells_above` takes equal loads instead, which is
right where many vesicles open, and low where one of a few heavy ones is enough.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, gammainc

__all__ = [
    "clustering_of",
    "copies_needed",
    "least_openings",
    "openings_needed",
    "share_above",
]

Array = NDArray[np.float64]

SINGLE = np.arange(1.0, 17.0)
"""Numbers of openings that are summed one by one."""

SCORES = np.linspace(-5.0, 5.0, 33)
"""Beyond them, nodes where the copies of so many openings pass the threshold (normal scores)."""

OCTAVES = 2.0 ** np.linspace(-3.0, 7.0, 21)
"""And nodes around the number at which clustered loads no longer leave a cell without."""

MANY = 100.0
"""Copies needed over the load of a filled vesicle from which on normal scores alone serve."""

FEWER = np.linspace(-4.5, 4.5, 19)

EXACT = 1e-6
"""Squared variation below which a gamma-Poisson number is Poisson to double precision."""

LEAST, HIGHEST = 1e-100, 1e30
"""Copies below which a vesicle is empty, and copies beyond which none is looked for."""

DECADES = 40
"""How far beyond a first guess is looked."""

STEPS = 60

CLOSE = 3e-4
"""Relative error at which a search ends."""


def share_above(
    threshold: ArrayLike,
    openings: ArrayLike,
    copies: ArrayLike,
    clustering: ArrayLike,
    variation: ArrayLike,
) -> Array:
    r"""Return the share of cells that get more than a number of copies.

    Parameters
    ----------
    threshold : array [copy]
        Copies to exceed.
    openings : array [particle]
        Mean number of vesicles that open in a cell, empty ones included.
    copies : array [copy/particle]
        Mean copies that one opened vesicle brings, empty ones included.
    clustering : array [1]
        E[c (c - 1)] / E[c]^2 of the copies c of a vesicle; 1 for a Poisson number, at least 1.
    variation : array [1]
        Coefficient of variation of the rate of opening over cells; 0 is Poisson.

    Returns
    -------
    array [1]
        Broadcast of the arguments; exactly 0 where nothing opens or is inside.

    Equation
    --------
    P = \sum_{k \ge 1} \left[P(S_k > c^*) - P(S_{k-1} > c^*)\right] P(K \ge k)

    Symbols
    -------
    P : returned
    c^* : threshold
    S_k : copies of k openings, gamma-Poisson with mean k times copies
    K : openings of a cell, gamma-Poisson with mean openings

    Notes
    -----
    Loads are gamma-Poisson with shape h = 1 / (clustering - 1), so that the copies of k openings
    are gamma-Poisson with mean k copies and shape k h, exactly; the openings of a cell are
    gamma-Poisson of shape 1 / v^2. Summed by parts: the first 16 terms one by one, the others
    between nodes. Limits: copies far above the threshold, every cell that is hit
    (`copies_per_cell.share_hit`); copies far below 1 and v = 0, a Poisson number of copies.

    References
    ----------
    Greenwood M, Yule GU. J R Stat Soc 1920;83:255-279. doi:10.2307/2341080

    Examples
    --------
    Ten vesicles taken up by each cell, 1,000 copies in each, 1 % escape: as many cells pass 300
    copies as are hit at all.

    >>> round(float(share_above(300.0, 0.1, 1000.0, 1.0, 0.0)), 3)
    0.095
    """
    arguments = (threshold, openings, copies, clustering, variation)
    held = [np.asarray(item, dtype=float) for item in arguments]
    shape = np.broadcast_shapes(*(item.shape for item in held))
    threshold, openings, copies, clustering, variation = (item[..., None] for item in held)
    number, rise = _rises(threshold, copies, clustering)
    before = np.concatenate([np.zeros_like(number[..., :1]), number[..., :-1]], axis=-1)
    reached = _at_least((before + 1.0 + number) / 2.0, openings, variation)
    return np.asarray(np.broadcast_to(np.sum(rise * reached, axis=-1), shape))


def _rises(threshold: Array, copies: Array, clustering: Array) -> tuple[Array, Array]:
    """Return numbers of openings, ascending, and how the chance to be above rises at each."""
    some = np.maximum(copies, LEAST)
    shape = np.broadcast_shapes(threshold.shape, copies.shape, clustering.shape)[:-1]
    if _is_many(threshold, copies, clustering).all():
        number = np.broadcast_to(_passing(FEWER, threshold, some, clustering), (*shape, len(FEWER)))
        return _rising(threshold, number, copies, clustering)
    many = _passing(SCORES, threshold, some, clustering)
    many = np.broadcast_to(many, (*shape, len(SCORES)))
    one = np.broadcast_to(SINGLE, (*shape, len(SINGLE)))
    tail = np.floor(OCTAVES * (clustering + (threshold + 1.0) / some))
    tail = np.broadcast_to(tail, (*shape, len(OCTAVES)))
    nodes = np.concatenate([one, np.maximum(many, 1.0), np.maximum(tail, 1.0)], axis=-1)
    number = np.sort(nodes, axis=-1)
    return _rising(threshold, number, copies, clustering)


def _is_many(threshold: Array, copies: Array, clustering: Array) -> NDArray[np.bool_]:
    """Tell where so many openings are needed that copies and openings are nearly normal."""
    return np.asarray((threshold > MANY * (1.0 + copies * clustering)) & (copies < 1.0 / MANY))


def _passing(scores: Array, threshold: Array, copies: Array, clustering: Array) -> Array:
    """Return the openings whose copies pass a threshold by so many standard deviations."""
    heavy = 1.0 + copies * clustering
    root = (scores * np.sqrt(heavy) + np.sqrt(scores**2 * heavy + 4.0 * threshold)) / 2.0
    return np.asarray(np.floor(root**2 / copies))


def _rising(
    threshold: Array, number: Array, copies: Array, clustering: Array
) -> tuple[Array, Array]:
    """Return numbers of openings with the rise of the chance to be above at each."""
    some = np.maximum(copies, LEAST)
    above = np.where(copies > 0, _above(np.floor(threshold), number, some, clustering), 0.0)
    return number, np.diff(above, axis=-1, prepend=0.0)


def _above(threshold: Array, number: Array, copies: Array, clustering: Array) -> Array:
    """Return the chance that the copies of so many openings exceed a whole threshold."""
    spread = np.maximum(clustering - 1.0, EXACT)
    weight = spread * copies
    clustered = betainc(threshold + 1.0, number / spread, weight / (1.0 + weight))
    plain = gammainc(threshold + 1.0, number * copies)
    return np.asarray(np.where(clustering - 1.0 > EXACT, clustered, plain))


def _at_least(number: Array, mean: Array, variation: Array) -> Array:
    """Return the chance of so many openings at least; between whole numbers, in between."""
    squared = np.maximum(variation**2, EXACT)
    weight = squared * mean
    mixed = betainc(number, 1.0 / squared, weight / (1.0 + weight))
    return np.asarray(np.where(variation**2 > EXACT, mixed, gammainc(number, mean)))


def least_openings(share: ArrayLike, variation: ArrayLike) -> Array:
    r"""Return the openings a cell needs on average, were every vesicle full.

    Parameters
    ----------
    share : array [1]
        Share of cells that is to be hit, below 1.
    variation : array [1]
        Coefficient of variation of the rate of opening over cells; 0 is Poisson.

    Returns
    -------
    array [particle]
        ((1 - share)^(-v^2) - 1) / v^2, in the limit -ln(1 - share): `share_hit` turned round.

    Equation
    --------
    n = \frac{(1 - P)^{-v^2} - 1}{v^2}

    Symbols
    -------
    n : returned
    P : share
    v : variation

    Examples
    --------
    >>> round(float(least_openings(0.5, 0.0)), 4), round(float(least_openings(0.5, 1.5)), 4)
    (0.6931, 1.6697)
    """
    squared = np.asarray(variation, dtype=float) ** 2
    log = -np.log1p(-np.asarray(share, dtype=float))
    safe = np.where(squared > 0, squared, 1.0)
    return np.asarray(np.where(squared > 0, np.expm1(squared * log) / safe, log))


def openings_needed(
    threshold: ArrayLike,
    share: ArrayLike,
    copies: ArrayLike,
    clustering: ArrayLike,
    variation: ArrayLike,
) -> Array:
    """Return the mean openings in a cell at which a share of cells gets enough.

    Parameters
    ----------
    threshold, copies, clustering, variation
        As in `share_above`.
    share : array [1]
        Share of cells wanted, above 0 and below 1.

    Returns
    -------
    array [particle]
        Infinite where the vesicles are empty. Never less than `least_openings`.

    Notes
    -----
    The share rises with the openings; found by bisection of their logarithm, to 3e-4.

    Examples
    --------
    Full vesicles: every hit counts. Nearly empty ones: as many as carry the copies.

    >>> round(float(openings_needed(1000.0, 0.5, 1e6, 1.0, 0.0)), 3)
    0.693
    >>> 990 < 1e-3 * float(openings_needed(1000.0, 0.5, 1e-3, 1.0, 0.0)) < 1010
    True
    """
    arguments = (threshold, share, copies, clustering, variation)
    threshold, share, copies, clustering, variation = np.broadcast_arrays(
        *(np.asarray(item, dtype=float) for item in arguments)
    )
    found = np.full(threshold.shape, np.inf)
    some = copies > 0
    many = some & _is_many(threshold, copies, clustering)
    for part in (many, some & ~many):
        if part.any():
            held = (each[part] for each in (threshold, share, copies, clustering, variation))
            found[part] = _searched(*held)
    return found


def _searched(
    threshold: Array, share: Array, copies: Array, clustering: Array, variation: Array
) -> Array:
    """Return the openings needed, arrays (n,)."""
    number, rise = _rises(threshold[:, None], copies[:, None], clustering[:, None])
    before = np.concatenate([np.zeros_like(number[:, :1]), number[:, :-1]], axis=-1)
    middle = (before + 1.0 + number) / 2.0

    def enough(log: Array) -> NDArray[np.bool_]:
        reached = _at_least(middle, np.exp(log)[:, None], variation[:, None])
        return np.asarray(np.sum(rise * reached, axis=-1) >= share)

    low = np.log(least_openings(share, variation))
    # As many as bring the copies on average, were the least openings an even one: a first guess.
    each = clustering + (threshold + 1.0) / copies
    return _bisected(low, low + np.log1p(8.0 * each), enough)


def clustering_of(copies: ArrayLike, excess: ArrayLike, full: ArrayLike) -> Array:
    r"""Return the clustering at a load that is raised by filling more vesicles, then fuller ones.

    Parameters
    ----------
    copies : array [copy/particle]
        Mean copies of a vesicle, empty ones included.
    excess : array [copy]
        E[c (c - 1)] / E[c]: how many others travel with a copy.
    full : array [1]
        Clustering where every vesicle is filled alike, from their sizes; at least 1.

    Returns
    -------
    array [1]
        max(full, excess / copies).

    Equation
    --------
    \kappa = \max \left(\kappa_\mathrm{full}, \, \frac{x}{\bar{c}}\right)

    Symbols
    -------
    \kappa : returned
    \kappa_\mathrm{full} : full
    x : excess
    \bar{c} : copies

    Notes
    -----
    While some vesicles are empty, more copies mean more filled ones, each with what it holds now;
    once all are filled, each holds more. A method that fills few vesicles very full instead would
    keep a higher clustering and reach fewer cells.

    Examples
    --------
    1 % hold 100 copies: at a mean of 10, every tenth does; at 1,000, each holds ten times more.

    >>> clustering_of([1.0, 10.0, 1000.0], 100.0, 1.5).tolist()
    [100.0, 10.0, 1.5]
    """
    copies, excess = np.asarray(copies, dtype=float), np.asarray(excess, dtype=float)
    return np.asarray(np.maximum(excess / np.maximum(copies, LEAST), np.maximum(full, 1.0)))


def copies_needed(
    threshold: ArrayLike,
    share: ArrayLike,
    openings: ArrayLike,
    excess: ArrayLike,
    full: ArrayLike,
    variation: ArrayLike,
) -> Array:
    """Return the mean copies that an opened vesicle must bring for a share of cells to get enough.

    Parameters
    ----------
    threshold, openings, variation
        As in `share_above`.
    share : array [1]
        Share of cells wanted, above 0 and below 1.
    excess, full : array
        As in `clustering_of`, which says how the load is raised.

    Returns
    -------
    array [copy/particle]
        Infinite where fewer vesicles open than there are cells to hit: then no load is enough.

    Examples
    --------
    >>> float(copies_needed(1000.0, 0.5, 0.1, 0.0, 1.0, 0.0))
    inf
    >>> 900 < float(copies_needed(1000.0, 0.5, 1.0, 0.0, 1.0, 0.0)) < 1100
    True
    """
    arguments = (threshold, share, openings, excess, full, variation)
    threshold, share, openings, excess, full, variation = np.broadcast_arrays(
        *(np.asarray(item, dtype=float) for item in arguments)
    )
    found = np.full(openings.shape, np.inf)
    possible = openings > least_openings(share, variation) * (1.0 + 1e-9)
    if not possible.any():
        return found
    held = [item[possible] for item in (threshold, share, openings, excess, full, variation)]
    need, wanted, opened, more, whole, spread = held

    def enough(log: Array) -> NDArray[np.bool_]:
        copies = np.exp(log)
        clustering = clustering_of(copies, more, whole)
        return share_above(need, opened, copies, clustering, spread) >= wanted

    middle = np.log((need + 1.0) / np.maximum(opened, 1.0))
    load = _bisected(middle - 20.0, middle + 1.0, enough)
    found[possible] = np.where(load < HIGHEST, load, np.inf)
    return found


def _bisected(low: Array, high: Array, enough: Callable[[Array], NDArray[np.bool_]]) -> Array:
    """Return exp of the point between two ends from which on there is enough."""
    for _ in range(DECADES):
        lacking = ~enough(high)
        if not lacking.any():
            break
        low, high = np.where(lacking, high, low), np.where(lacking, high + np.log(10.0), high)
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        there = enough(middle)
        low, high = np.where(there, low, middle), np.where(there, middle, high)
        if np.all(high - low < CLOSE):
            break
    return np.asarray(np.exp(high))
