"""A liposome by geometry: lipids in its bilayer, and what its lumen would have to hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import AVOGADRO, lumen_volume, outer_area

__all__ = ["bilayer_lipids", "lumen_concentration", "mean_lipid"]

Array = NDArray[np.float64]


def mean_lipid(
    phospholipid: ArrayLike, cholesterol: ArrayLike, pegylated: ArrayLike,
    cholesterol_share: ArrayLike, peg_share: ArrayLike,
) -> Array:  # fmt: skip
    r"""Return the mean over the lipids of a bilayer of an area or a molar mass.

    Parameters
    ----------
    phospholipid, cholesterol, pegylated : array [m^2] or [kg/mol]
        Of one molecule, or one mole, of each.
    cholesterol_share, peg_share : array [1]
        In the moles of lipid.

    Returns
    -------
    array [m^2] or [kg/mol]

    Equation
    --------
    \bar{x} = (1 - x_c - x_p) \, x_1 + x_c x_2 + x_p x_3

    Symbols
    -------
    \bar{x} : returned
    x_1, x_2, x_3 : phospholipid, cholesterol, pegylated
    x_c : cholesterol_share
    x_p : peg_share

    Examples
    --------
    >>> round(float(mean_lipid(0.79, 0.387, 2.8, 0.4, 0.05)), 3)
    0.729
    """
    chol, peg = np.asarray(cholesterol_share, float), np.asarray(peg_share, float)
    rest = 1.0 - chol - peg
    return np.asarray(
        rest * np.asarray(phospholipid, float)
        + chol * np.asarray(cholesterol, float)
        + peg * np.asarray(pegylated, float)
    )


def bilayer_lipids(diameter: ArrayLike, thickness: ArrayLike, area: ArrayLike) -> Array:
    r"""Return the lipids of one unilamellar liposome, both leaflets.

    Parameters
    ----------
    diameter : array (k,) or (n, k) [m]
        Outer diameter of the bilayer, its coat left out.
    thickness : array (n, 1) [m]
        Of the bilayer.
    area : array (n, 1) [m^2]
        Mean area of a lipid.

    Returns
    -------
    array (n, k) [molecule]

    Equation
    --------
    N = \frac{\pi \left(d^2 + (d - 2 b)^2\right)}{a}

    Symbols
    -------
    N : returned
    d : diameter
    b : thickness
    a : area

    Notes
    -----
    Each leaflet tiled at its own surface; valid above about 30 nm, where curvature does not change
    the area of a lipid. A multilamellar liposome holds more.

    Examples
    --------
    >>> round(float(bilayer_lipids(100e-9, 4.5e-9, 0.45e-18)) / 1e3)
    128
    """
    outer = np.asarray(diameter, float)
    inner = np.maximum(outer - 2.0 * np.asarray(thickness, float), 0.0)
    return np.asarray((outer_area(outer) + outer_area(inner)) / np.asarray(area, float))


def lumen_concentration(copies: ArrayLike, diameter: ArrayLike, thickness: ArrayLike) -> Array:
    r"""Return the concentration at which copies in a lumen would be dissolved [mol/m^3].

    Equation
    --------
    C = \frac{c}{N_A V(d, \delta)}

    Symbols
    -------
    C : returned
    c : copies [copy/particle]
    V : lumen_volume [m^3]
    d : diameter
    \delta : thickness
    N_A : Avogadro constant

    Notes
    -----
    Above a solubility the drug is a solid in there, as doxorubicin sulfate is.

    Examples
    --------
    Fifteen thousand copies in a liposome of 100 nm:

    >>> round(float(lumen_concentration(1.5e4, 100e-9, 4.5e-9)))
    63
    """
    volume = np.maximum(lumen_volume(diameter, thickness), 1e-30)
    return np.asarray(np.asarray(copies, float) / (AVOGADRO * volume))
