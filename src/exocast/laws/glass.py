"""Glasses of sugar and water: where they soften, and how fast things move above that."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["glass_transition", "glass_viscosity", "mobility"]

Array = NDArray[np.float64]

WATER_GLASS = 136.0
VISCOSITY_AT_GLASS = 1e12
STEEPNESS = 17.44
WIDTH = 51.6
LIQUID_VISCOSITY = 1e-3


def glass_transition(water: ArrayLike, dry: ArrayLike, constant: ArrayLike) -> Array:
    r"""Return the glass transition temperature of a solid that holds water [K].

    Parameters
    ----------
    water : array [1]
        Mass of water over the whole mass.
    dry : array [K]
        Glass transition of the dry solid.
    constant : array [1]
        Gordon and Taylor's.

    Equation
    --------
    T_g = \frac{(1 - w) \, T_s + K w \, T_w}{1 - w + K w}, \quad T_w = 136

    Symbols
    -------
    T_g : returned
    w : water
    T_s : dry
    K : constant
    T_w : glass transition of water [K]

    Notes
    -----
    One glass of one sugar and water. Crystals (of salts, of trehalose dihydrate) take water or
    solid out of it and are not in this law.

    References
    ----------
    Gordon and Taylor 1952, J Appl Chem 2:493, doi 10.1002/jctb.5010020901 (recalled); of trehalose
    in saline by Drake and others 2018, PLoS ONE 13:e0190713, doi 10.1371/journal.pone.0190713
    (abstract).

    Examples
    --------
    >>> glass_transition([0.0, 0.4], 360.0, 2.5).round().tolist()
    [360.0, 220.0]
    """
    w, k = np.asarray(water, float), np.asarray(constant, float)
    dry = np.asarray(dry, float)
    return np.asarray(((1 - w) * dry + k * w * WATER_GLASS) / (1 - w + k * w))


def glass_viscosity(above: ArrayLike) -> Array:
    r"""Return the viscosity of a softened glass against the temperature above its transition.

    Parameters
    ----------
    above : array [K]
        Temperature less glass transition; below 0 it is a glass.

    Returns
    -------
    array [Pa*s]
        Infinite in the glass, and that of a thin liquid at the least.

    Equation
    --------
    \log_{10} \eta = 12 - \frac{17.44 \, \Delta}{51.6 + \Delta}, \quad \Delta > 0

    Symbols
    -------
    \eta : returned
    \Delta : above

    Notes
    -----
    The universal constants of Williams, Landel and Ferry; sugars differ from them by an order of
    magnitude or two 50 K above the transition.

    References
    ----------
    Williams, Landel and Ferry 1955, J Am Chem Soc 77:3701, doi 10.1021/ja01619a008 (recalled).

    Examples
    --------
    >>> glass_viscosity([-1.0, 51.6]).tolist()[0], f"{float(glass_viscosity(51.6)):.1e}"
    (inf, '1.9e+03')
    """
    delta = np.asarray(above, float)
    warm = np.maximum(delta, 0.0)
    exponent = np.log10(VISCOSITY_AT_GLASS) - STEEPNESS * warm / (WIDTH + warm)
    return np.asarray(np.where(delta > 0, np.maximum(10**exponent, LIQUID_VISCOSITY), np.inf))


def mobility(above: ArrayLike, coupling: ArrayLike) -> Array:
    r"""Return by how much a softened glass slows what goes on in a liquid [1].

    Parameters
    ----------
    above : array [K]
        Temperature less glass transition.
    coupling : array [1]
        Power of the viscosity that the process follows: 1 for diffusion of particles, less for
        small molecules and for reactions.

    Equation
    --------
    m = \left(\frac{\eta_0}{\eta}\right)^\xi, \quad \eta_0 = 10^{-3}

    Symbols
    -------
    m : returned
    \eta : glass_viscosity
    \xi : coupling
    \eta_0 : viscosity of a thin liquid [Pa*s]

    Notes
    -----
    Zero in the glass. What still goes on there (it is slow, and not zero) is a drift of its own.

    Examples
    --------
    >>> mobility([-5.0, 50.0, 400.0], 0.5).round(5).tolist()
    [0.0, 0.00062, 1.0]
    """
    return np.asarray((LIQUID_VISCOSITY / glass_viscosity(above)) ** np.asarray(coupling, float))
