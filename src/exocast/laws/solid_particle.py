"""A solid core under a coat: particles of a weighed mass, and their sizes in a liquid."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import outer_area, sphere_volume

__all__ = ["core_area", "core_mass", "effective_density", "shifted_shares", "spread_of"]

Array = NDArray[np.float64]


def spread_of(variation: ArrayLike) -> Array:
    """Return the standard deviation in ln diameter of a coefficient of variation [1]."""
    return np.asarray(np.sqrt(np.log1p(np.asarray(variation, float) ** 2)))


def core_mass(mean: ArrayLike, variation: ArrayLike, density: ArrayLike) -> Array:
    r"""Return the mean mass of a core.

    Parameters
    ----------
    mean : array [m]
        Mean diameter of the cores by number, as electron microscopy counts them.
    variation : array [1]
        Coefficient of variation of the diameter.
    density : array [kg/m^3]
        Of the solid.

    Returns
    -------
    array [kg]

    Equation
    --------
    \bar{m} = \frac{\pi}{6} \rho \, \bar{d}^3 \left(1 + v^2\right)^3

    Symbols
    -------
    \bar{m} : returned
    \rho : density
    \bar{d} : mean
    v : variation

    Notes
    -----
    E[d^3] of a log-normal diameter in terms of its mean; spheres without pores.

    References
    ----------
    Closed form of the log-normal distribution, tested by quadrature.

    Examples
    --------
    Gold of 42.5 nm: a milligram is 1.3e12 of them when all are alike.

    >>> print(f"{1e-6 / float(core_mass(42.5e-9, 0.0, 19300.0)):.2g}")
    1.3e+12
    """
    third = (1.0 + np.asarray(variation, float) ** 2) ** 3
    return np.asarray(np.asarray(density, float) * sphere_volume(mean) * third)


def core_area(mean: ArrayLike, variation: ArrayLike) -> Array:
    r"""Return the mean surface of a core [m^2].

    Equation
    --------
    \bar{A} = \pi \bar{d}^2 \left(1 + v^2\right)

    Symbols
    -------
    \bar{A} : returned
    \bar{d} : mean [m]
    v : variation [1]

    Examples
    --------
    >>> round(float(core_area(13e-9, 0.0)) * 1e18)
    531
    """
    return np.asarray(outer_area(mean) * (1.0 + np.asarray(variation, float) ** 2))


def shifted_shares(
    edges: ArrayLike, layer: ArrayLike, mean: ArrayLike, variation: ArrayLike
) -> Array:
    r"""Return the share of coated particles in each bin of their diameter in liquid.

    Parameters
    ----------
    edges : array (k+1,) [m]
        Edges of the bins of the diameter in liquid.
    layer : array (n,) [m]
        Thickness of the coat, the same on every core.
    mean : array (n,) [m]
        Mean diameter of the cores by number.
    variation : array (n,) [1]
        Coefficient of variation of the core.

    Returns
    -------
    array (n, k) [1]
        Rows sum to one; the tails beyond the grid are kept in its end bins.

    Equation
    --------
    w_k = \Phi(z_{k+1}) - \Phi(z_k), \quad z_k = \frac{\ln \left((e_k - 2 h) / d_{50}\right)}{s},
    \quad s^2 = \ln(1 + v^2), \quad d_{50} = \bar{d} \, e^{-s^2/2}

    Symbols
    -------
    w_k : returned
    e_k : edges
    h : layer
    \bar{d} : mean
    d_{50} : number median of the core
    v : variation
    s : spread of ln diameter of the core
    \Phi : standard normal distribution

    Examples
    --------
    >>> shifted_shares([30e-9, 60e-9, 90e-9], [10e-9], [40e-9], [1e-3]).round(2).tolist()
    [[0.5, 0.5]]
    """
    from scipy.special import ndtr

    spread = np.maximum(spread_of(variation), 1e-6)
    median = np.asarray(mean, float) * np.exp(-0.5 * spread**2)
    bare = np.asarray(edges, float)[None, 1:-1] - 2.0 * np.asarray(layer, float)[:, None]
    inner = np.log(np.maximum(bare, 1e-12))  # nothing is thinner than its coat
    below = ndtr((inner - np.log(median)[:, None]) / spread[:, None])
    ends = np.zeros((len(median), 1))
    return np.asarray(np.diff(np.concatenate([ends, below, ends + 1.0], axis=1), axis=1))


def effective_density(
    core: ArrayLike, diameter: ArrayLike, density: ArrayLike, liquid: ArrayLike
) -> Array:
    r"""Return the density of a particle with its coat, most of which is liquid.

    Parameters
    ----------
    core, diameter : array [m]
        Of the core, and in liquid.
    density, liquid : array [kg/m^3]
        Of the solid, and of the liquid that swells the coat.

    Returns
    -------
    array [kg/m^3]

    Equation
    --------
    \rho_p = \rho_l + (\rho - \rho_l) \left(\frac{c}{d}\right)^3

    Symbols
    -------
    \rho_p : returned
    \rho_l : liquid
    \rho : density
    c : core
    d : diameter

    Examples
    --------
    >>> round(float(effective_density(6.2e-9, 34.6e-9, 19300.0, 1000.0)))
    1105
    """
    share = (np.asarray(core, float) / np.asarray(diameter, float)) ** 3
    rest = np.asarray(liquid, float)
    return np.asarray(rest + (np.asarray(density, float) - rest) * share)
