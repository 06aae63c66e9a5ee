"""Particles in a density gradient: how far they get, where they come to rest, how wide a band is.

A particle moves by the difference of densities and by its size squared; where the medium is as
dense as itself it stops. Small ones take longer by the square of their size, and spread more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import erf, ndtr

__all__ = [
    "band_share",
    "band_spread",
    "crowded_width",
    "layered_concentration",
    "relaxation_rate",
    "resting_place",
]

Array = NDArray[np.float64]

LEAST_DIFFERENCE = 1e-3
"""Density difference below which a cell of the grid counts as balanced [kg/m^3]."""


def layered_concentration(
    place: ArrayLike, edges: ArrayLike, concentrations: ArrayLike, spread: ArrayLike
) -> Array:
    r"""Return the concentration along layers that have diffused into each other [kg/m^3].

    Parameters
    ----------
    place : array (..., c) [m]
        Where it is asked for.
    edges : array (..., j) [m]
        Boundaries between the j + 1 layers.
    concentrations : array (..., j + 1) [kg/m^3]
        Of the layers, from the top.
    spread : array (...) [m^2]
        Variance that diffusion has given to a point, 2 D t.

    Equation
    --------
    c(x) = c_0 + \sum_i \frac{c_i - c_{i-1}}{2} \left[1 + \mathrm{erf} \, \frac{x - x_i}{\sqrt{2
    \sigma^2}}\right]

    Symbols
    -------
    c(x) : returned
    x : place
    x_i : edges
    c_i : concentrations
    \sigma^2 : spread

    Notes
    -----
    Ends of the tube reflect in reality; here layers are thick against the spread. Settling of the
    medium itself is left out.

    References
    ----------
    Crank 1975, The Mathematics of Diffusion (superposed error functions; recalled).

    Examples
    --------
    >>> layered_concentration(np.array([0.0, 1.0, 2.0]), [1.0], [100.0, 300.0], 0.01).tolist()
    [100.0, 200.0, 300.0]
    """
    x = np.asarray(place, float)[..., :, None]
    held = np.asarray(concentrations, float)
    width = np.sqrt(2 * np.maximum(np.asarray(spread, float), 1e-18))[..., None, None]
    step = np.diff(held, axis=-1)[..., None, :] / 2
    risen = 1 + erf((x - np.asarray(edges, float)[..., None, :]) / width)
    return np.asarray(held[..., :1] + (step * risen).sum(axis=-1))


def resting_place(
    edges: ArrayLike,
    mobility: ArrayLike,
    difference: ArrayLike,
    start: ArrayLike,
    progress: ArrayLike,
) -> tuple[Array, NDArray[np.intp], Array]:
    r"""Return where particles are after a run, in which cell, and where they would come to rest.

    Parameters
    ----------
    edges : array (c + 1,) or (g, c + 1) [m]
        Radii that bound the c cells of the medium, rising.
    mobility : array (g, c) [m/(s*kg)]
        Speed over the density difference, for a diameter of 1 m: w^2 r / (18 viscosity).
    difference : array (g, c) [kg/m^3]
        Density of the particle less that of the medium; falls along r.
    start : array (g, s) [m]
        Where particles of each group are at first.
    progress : array (g, k) [m^2*s]
        Diameter squared times the time of the run, by size.

    Returns
    -------
    place : array (g, s, k) [m]
        Where each size is that began at each start.
    cell : array (g, s, k) [1]
        Number of that cell.
    rest : array (g,) [m]
        Where the medium is as dense as the particle, or the end of the tube before it.

    Equation
    --------
    \int_{r_0}^{r} \frac{18 \eta}{\omega^2 r' \, |\rho - \rho_m(r')|} \, dr' = d^2 t, \quad
    M = \frac{\omega^2 r}{18 \eta}

    Symbols
    -------
    r : returned[0], where they are
    r_0 : start
    r' : edges, of the cells between which the integral is summed
    M : mobility
    \rho - \rho_m : difference
    d^2 t : progress
    \omega^2 : angular velocity, squared [1/s^2]
    \eta : viscosity of the medium [Pa*s]

    Notes
    -----
    The equation of motion is autonomous, so that one clock along the tube serves every size: a
    particle of twice the diameter goes through four times the clock. Particles denser than the
    medium go down to where the difference changes its sign, lighter ones up to it; none passes it.
    The density of each cell is constant, so that a resting place is known to a cell.

    References
    ----------
    Stokes' law; isopycnic centrifugation, Meselson, Stahl and Vinograd 1957, Proc Natl Acad Sci
    43:581 (recalled). The clock is ours.

    Examples
    --------
    In a uniform liquid with a force that does not change, a particle falls as Stokes says:

    >>> edges = np.linspace(0.0, 1.0, 101)
    >>> place, cell, rest = resting_place(
    ...     edges, np.ones((1, 100)), np.full((1, 100), 0.5), [[0.1]], [[0.41, 9.0]]
    ... )
    >>> place.round(6).tolist(), cell.tolist(), rest.tolist()
    ([[[0.305, 1.0]]], [[[30, 99]]], [1.0])
    """
    slow = np.maximum(np.abs(np.asarray(difference, float)), LEAST_DIFFERENCE)
    bounds = np.asarray(edges, float)
    clock = np.diff(bounds, axis=-1) / (np.asarray(mobility, float) * slow)
    groups, cells = clock.shape
    bounds = np.broadcast_to(bounds, (groups, cells + 1))
    ticks = np.concatenate([np.zeros((groups, 1)), np.cumsum(clock, axis=1)], axis=1)
    sinking = np.asarray(difference) > 0
    # Cells that sink come first: the gradient rises. A later cell that sinks again is not reached.
    balance = np.where(sinking.all(axis=1), cells, np.argmin(sinking, axis=1))
    at_balance = ticks[np.arange(groups), balance][:, None, None]
    begun = _between(bounds, ticks, np.asarray(start, float))[0][:, :, None]
    ahead = np.asarray(progress, float)[:, None, :]
    goal = np.where(
        begun < at_balance,
        np.minimum(begun + ahead, at_balance),
        np.maximum(begun - ahead, at_balance),
    )
    place, cell = _between(ticks, bounds, goal.reshape(groups, -1))
    rest = bounds[np.arange(groups), balance]
    return place.reshape(goal.shape), cell.reshape(goal.shape), np.asarray(rest)


def _between(known: Array, wanted: Array, value: Array) -> tuple[Array, NDArray[np.intp]]:
    """Interpolate row by row in rising tables (g, c + 1); return values (g, m) and cells."""
    groups, points = known.shape
    low, high = known[:, :1], known[:, -1:]
    span = np.where(high > low, high - low, 1.0)
    rows = np.arange(groups)[:, None]
    # One sorted table for all rows: each is scaled into its own unit interval, with gaps between.
    table = ((known - low) / span + 2.0 * rows).ravel()
    sought = np.clip((value - low) / span, 0.0, 1.0) + 2.0 * rows
    flat = np.searchsorted(table, sought.ravel(), side="right").reshape(value.shape) - 1
    first = rows * points
    np.minimum(np.maximum(flat, first, out=flat), first + points - 2, out=flat)
    left, start = np.take(known, flat), np.take(wanted, flat)
    gap, rise = (np.take(np.diff(one, append=0.0), flat) for one in (known.ravel(), wanted.ravel()))
    part = np.divide(value - left, gap, out=np.zeros_like(value), where=gap > 0)
    np.minimum(np.maximum(part, 0.0, out=part), 1.0, out=part)
    return np.asarray(start + part * rise), flat - first


def relaxation_rate(diameter: ArrayLike, mobility: ArrayLike, steepness: ArrayLike) -> Array:
    r"""Return how fast a particle near its resting place comes to rest [1/s].

    Parameters
    ----------
    diameter : array [m]
        Of the particle.
    mobility : array [m/(s*kg)]
        w^2 r / (18 viscosity), there.
    steepness : array [kg/m^4]
        How the density of the medium rises along r, over that of the particle.

    Equation
    --------
    \kappa = d^2 M \, \frac{d \rho_m}{d r}

    Symbols
    -------
    \kappa : returned
    d : diameter
    M : mobility
    \frac{d \rho_m}{d r} : steepness

    Notes
    -----
    Three times 1 / kappa is the time to equilibrium, and goes with one over the size squared.

    Examples
    --------
    100 and 30 nm in a gradient of 0.2 g/mL over 9 cm at 100,000 g and 3 mPa s, in hours to 95 %:

    >>> rate = relaxation_rate(np.array([100e-9, 30e-9]), 1e6 / (18 * 3e-3), 200 / 0.09)
    >>> (3 / rate / 3600).round(1).tolist()
    [2.0, 22.5]
    """
    return np.asarray(np.asarray(diameter) ** 2 * np.asarray(mobility) * np.asarray(steepness))


def band_spread(diffusivity: ArrayLike, rate: ArrayLike, time: ArrayLike) -> Array:
    r"""Return the variance that diffusion gives to a band [m^2].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the particle.
    rate : array [1/s]
        `relaxation_rate`; zero where the medium is uniform.
    time : array [s]
        Of the run.

    Equation
    --------
    \sigma^2 = \frac{D}{\kappa} \left(1 - e^{-2 \kappa t}\right)

    Symbols
    -------
    \sigma^2 : returned
    D : diffusivity
    \kappa : rate
    t : time

    Notes
    -----
    Late it is the band of Meselson, Stahl and Vinograd, kT over the stiffness of the buoyant force;
    early, or in a uniform liquid, it is 2 D t.

    References
    ----------
    Ornstein and Uhlenbeck 1930; Meselson, Stahl and Vinograd 1957 (both recalled).

    Examples
    --------
    >>> band_spread(2.0, np.array([0.0, 1.0]), np.array([3.0, 50.0])).tolist()
    [12.0, 2.0]
    """
    d, k, t = (np.asarray(x, float) for x in (diffusivity, rate, time))
    turned = 2 * np.maximum(k, 0.0) * t
    small = turned < 1e-8
    bound = np.where(small, 1.0, turned)
    shape = np.where(small, 1 - turned / 2, -np.expm1(-np.minimum(bound, 700.0)) / bound)
    return np.asarray(2 * d * t * shape)


def crowded_width(volume: ArrayLike, area: ArrayLike, densest: ArrayLike) -> Array:
    r"""Return the least width of a band that has to hold a volume of particles [m].

    Parameters
    ----------
    volume : array [m^3]
        Of the particles in one tube.
    area : array [m^2]
        Section of the tube.
    densest : array [1]
        Share of a band that particles can take before it widens.

    Equation
    --------
    w = \frac{v}{A \varphi_c}

    Symbols
    -------
    w : returned
    v : volume
    A : area
    \varphi_c : densest

    References
    ----------
    Conservation.

    Examples
    --------
    A thousand billion particles of 100 nm on 1.5 square centimetres, a tenth of the band:

    >>> f"{float(crowded_width(1e12 * 5.2e-22, 1.5e-4, 0.1)) * 1e6:.0f}"  # micrometres
    '35'
    """
    return np.asarray(np.asarray(volume) / (np.asarray(area) * np.asarray(densest)))


def band_share(place: ArrayLike, spread: ArrayLike, low: ArrayLike, high: ArrayLike) -> Array:
    r"""Return the share of a band that lies between two radii [1].

    Parameters
    ----------
    place, spread : array [m], [m^2]
        Middle and variance of the band.
    low, high : array [m]
        Where the cut begins and ends; infinite at an end of the tube, which nothing passes.

    Equation
    --------
    f = \Phi \left(\frac{r_2 - r}{\sigma}\right) - \Phi \left(\frac{r_1 - r}{\sigma}\right)

    Symbols
    -------
    f : returned
    r : place
    \sigma : square root of spread
    r_1 : low
    r_2 : high
    \Phi : normal distribution

    Examples
    --------
    >>> float(band_share(1.0, 0.01, -np.inf, 1.0)), float(band_share(1.0, 0.01, -np.inf, np.inf))
    (0.5, 1.0)
    """
    width = np.sqrt(np.maximum(np.asarray(spread, float), 1e-24))
    middle = np.asarray(place, float)
    return np.asarray(
        ndtr((np.asarray(high) - middle) / width) - ndtr((np.asarray(low) - middle) / width)
    )
