"""Release: how fast a small molecule leaves a vesicle, from sites that hold it unequally."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["binding_pools", "desorption_rate", "exchanged", "in_series", "retained_share"]

Array = NDArray[np.float64]

POOLS = 7
"""Pools of sites by default: see the test for what they leave out."""


def binding_pools(spread: ArrayLike, number: int = POOLS) -> tuple[Array, Array]:
    r"""Return by how much slower pools of sites let go than the middle one, and their shares.

    Parameters
    ----------
    spread : array (n,) [1]
        Standard deviation of the binding energy, in units of the thermal energy.
    number : int
        Pools.

    Returns
    -------
    factor : array (n, j) [1]
        Rate of each pool over that of the middle.
    share : array (j,) [1]
        Sites in each pool; they sum to 1.

    Equation
    --------
    \int f\left(k e^{-\sigma x}\right) \frac{e^{-x^2/2}}{\sqrt{2 \pi}} \, dx \approx \sum_j w_j \,
    f\left(k e^{-\sigma x_j}\right)

    Symbols
    -------
    \sigma : spread
    k : rate of the middle pool [1/s]
    x_j, w_j : nodes and weights of the Gauss-Hermite rule

    Notes
    -----
    A few pools stand for the whole distribution: seven within 0.4 % of the integral at a spread of
    1.5, three within 4 %.

    References
    ----------
    Zhdanov 2023, Phys Chem Chem Phys, doi 10.1039/d3cp01855e (abstract): energetic heterogeneity
    makes curves that Weibull's or Korsmeyer and Peppas' expression fits with exponents of 0.6 to
    0.75. A normal distribution in place of the one used there is a choice.

    Examples
    --------
    >>> factor, share = binding_pools(np.array([0.0, 1.0]), 3)
    >>> factor.round(2).tolist(), share.round(3).tolist()
    ([[1.0, 1.0, 1.0], [5.65, 1.0, 0.18]], [0.167, 0.667, 0.167])
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(number)
    width = np.atleast_1d(np.asarray(spread, float))
    return np.exp(-width[:, None] * nodes), np.asarray(weights / weights.sum())


def desorption_rate(
    diffusivity: ArrayLike, diameter: ArrayLike, held: ArrayLike, sticking: ArrayLike
) -> Array:
    r"""Return the rate at which molecules leave the surface of a vesicle for a sink.

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the molecule in water.
    diameter : array [m]
        Of the vesicle.
    held : array [m^3]
        Liquid that holds as much as the vesicle's sites do at the same free concentration.
    sticking : array [1]
        Share of the molecules touching the surface that go in.

    Returns
    -------
    array [1/s]
        Zero where nothing is held.

    Equation
    --------
    k_d = \frac{2 \pi D d \, \alpha}{b}

    Symbols
    -------
    k_d : returned
    D : diffusivity
    d : diameter
    \alpha : sticking
    b : held

    Notes
    -----
    What goes in at equilibrium comes out again (detailed balance), and no faster than diffusion
    brings it: a barrier at the interface is a sticking share below one.

    References
    ----------
    Smoluchowski 1917 for the rate of encounter (classical, recalled).

    Examples
    --------
    >>> round(float(desorption_rate(4e-10, 100e-9, 1e-18, 1.0)), 1)
    251.3
    """
    flow = 2 * np.pi * np.asarray(diffusivity) * np.asarray(diameter) * np.asarray(sticking)
    flow, room = np.broadcast_arrays(np.asarray(flow, float), np.asarray(held, float))
    return np.asarray(np.divide(flow, room, out=np.zeros(flow.shape), where=room > 0))


def in_series(first: ArrayLike, second: ArrayLike) -> Array:
    r"""Return the rate of two steps one after the other [1/s].

    Parameters
    ----------
    first, second : array [1/s]
        Their rates; where one is zero nothing passes.

    Equation
    --------
    \frac{1}{k} = \frac{1}{k_1} + \frac{1}{k_2}

    Symbols
    -------
    k : returned
    k_1, k_2 : first, second

    Notes
    -----
    Mean times add: crossing from the lumen and its leaflet, then letting go outside. Exact for the
    mean; where both are alike the true curve begins with a short delay.

    Examples
    --------
    >>> float(in_series(2.0, 2.0)), float(in_series(0.0, 1.0))
    (1.0, 0.0)
    """
    one, other = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    both = one + other
    return np.asarray(np.divide(one * other, both, out=np.zeros(both.shape), where=both > 0))


def retained_share(time: ArrayLike, rates: ArrayLike, shares: ArrayLike) -> Array:
    r"""Return what pools keep in a sink [1].

    Parameters
    ----------
    time : array (...) [s]
        Since the start.
    rates : array (..., j) [1/s]
        Of each pool.
    shares : array (j,) or (..., j) [1]
        Molecules in each pool at the start.

    Equation
    --------
    S = \sum_j w_j e^{-k_j t}

    Symbols
    -------
    S : returned
    w_j : shares
    k_j : rates
    t : time

    Examples
    --------
    >>> round(float(retained_share(np.log(2.0), np.array([1.0]), np.array([1.0]))), 12)
    0.5
    """
    left = np.exp(-np.asarray(rates, float) * np.asarray(time, float)[..., None])
    return np.asarray((np.asarray(shares) * left).sum(axis=-1))


def exchanged(capacity: Array, conductance: Array, start: Array, time: Array) -> Array:
    r"""Return amounts in compartments that exchange until all are at one concentration.

    Parameters
    ----------
    capacity : array (n, c) [m^3]
        Amount that each holds at unit concentration; above zero.
    conductance : array (n, c, c) [m^3/s]
        Between each two, symmetric; its diagonal does not count.
    start : array (n, c)
        Amounts at the start.
    time : array (t,) [s]
        Times.

    Returns
    -------
    array (n, t, c)
        Their sum is that of the start.

    Equation
    --------
    \frac{d m_i}{dt} = \sum_j g_{i j} \left(\frac{m_j}{v_j} - \frac{m_i}{v_i}\right)

    Symbols
    -------
    m_i : amounts
    v_i : capacity
    g_{i j} : conductance

    Notes
    -----
    Exact: scaled by the square roots of the capacities the system is symmetric, and its modes are
    those of a symmetric matrix.

    References
    ----------
    Linear exchange with detailed balance (textbook).

    Examples
    --------
    >>> m = exchanged(np.array([[1.0, 3.0]]), np.array([[[0.0, 0.75], [0.75, 0.0]]]),
    ...     np.array([[1.0, 0.0]]), np.array([0.0, np.log(2.0), 1e6]))
    >>> m[0].round(4).tolist()
    [[1.0, 0.0], [0.625, 0.375], [0.25, 0.75]]
    """
    between = np.asarray(conductance, float) * (1.0 - np.eye(capacity.shape[-1]))
    root = np.sqrt(capacity)
    matrix = between / (root[:, :, None] * root[:, None, :])
    leaving = between.sum(axis=-1) / capacity
    matrix = matrix - leaving[:, :, None] * np.eye(capacity.shape[-1])
    rate, mode = np.linalg.eigh(matrix)
    weight = np.einsum("nci,nc->ni", mode, start / root)
    decay = np.exp(np.minimum(rate, 0.0)[:, None, :] * np.asarray(time, float)[None, :, None])
    amount = root[:, None, :] * np.einsum("nci,nti->ntc", mode, decay * weight[:, None, :])
    # Rounding of the modes is taken out of the balance in proportion to what is there.
    amount = np.maximum(amount, 0.0)
    total, whole = amount.sum(axis=-1, keepdims=True), start.sum(axis=-1)[:, None, None]
    fair = np.divide(whole, total, out=np.ones_like(total), where=total > 0)
    return np.asarray(amount * fair)
