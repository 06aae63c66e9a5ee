"""Vesicles made of a cell's membrane: as many as its area closes, as much as they enclose."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import outer_area

__all__ = [
    "extruded_diameter",
    "held_back",
    "mean_area",
    "sheared_copies",
    "spare_share",
    "sphere_area",
    "vesicles_of_area",
]

Array = NDArray[np.float64]


def sphere_area(volume: ArrayLike) -> Array:
    r"""Return the surface of a sphere of a volume [m^2].

    Parameters
    ----------
    volume : array [m^3]
        Of the sphere.

    Equation
    --------
    A = \left(36 \pi V^2\right)^{1/3}

    Symbols
    -------
    A : returned
    V : volume

    Examples
    --------
    A sphere of 10 um:

    >>> round(float(sphere_area(np.pi / 6 * 1e-15)) * 1e12, 2)
    314.16
    """
    return np.asarray((36 * np.pi * np.asarray(volume, float) ** 2) ** (1 / 3))


def spare_share(area: ArrayLike, volume: ArrayLike) -> Array:
    r"""Return the share of a cell's membrane that it can shed before it is a sphere [1].

    Parameters
    ----------
    area : array [m^2]
        Membrane of the cell.
    volume : array [m^3]
        Of the cell, which vesicles hardly change.

    Equation
    --------
    \phi_\mathrm{max} = 1 - \frac{\left(36 \pi V^2\right)^{1/3}}{A}

    Symbols
    -------
    \phi_\mathrm{max} : returned
    A : area
    V : volume

    Notes
    -----
    A bilayer stretches by a few per cent only: a sphere that sheds more bursts. Zero where the cell
    is a sphere already. A vesicle takes volume too (its area times a sixth of its diameter), which
    leaves a red cell a little more to give; that is left out.

    Examples
    --------
    A red cell of 130 um2 and 90 fL:

    >>> round(float(spare_share(130e-12, 90e-18)), 2)
    0.25
    """
    return np.asarray(np.maximum(1 - sphere_area(volume) / np.asarray(area, float), 0.0))


def held_back(wanted: ArrayLike, most: ArrayLike) -> Array:
    r"""Return the share of its membrane that a cell sheds, of what it would shed [1].

    Parameters
    ----------
    wanted : array [1]
        Share that would be shed if membrane were no limit; may pass 1.
    most : array [1]
        Share at which the cell is a sphere.

    Equation
    --------
    \phi = \phi_\mathrm{max} \left(1 - e^{-a / \phi_\mathrm{max}}\right)

    Symbols
    -------
    \phi : returned
    a : wanted
    \phi_\mathrm{max} : most

    Notes
    -----
    Shedding at a rate in proportion to the membrane that is left to spare.

    Examples
    --------
    >>> held_back([0.01, 10.0], 0.25).round(4).tolist()
    [0.0098, 0.25]
    """
    limit = np.asarray(most, float)
    safe = np.where(limit > 0, limit, 1.0)
    return np.asarray(np.where(limit > 0, -limit * np.expm1(-np.asarray(wanted) / safe), 0.0))


def mean_area(shares: ArrayLike, diameter: ArrayLike) -> Array:
    r"""Return the mean membrane of a particle, array (n,) [m^2].

    Parameters
    ----------
    shares : array (n, k) [1]
        Share of the particles in each size.
    diameter : array (k,) [m]
        Of the sizes.

    Equation
    --------
    \bar{A} = \sum_k w_k \, \pi d_k^2

    Symbols
    -------
    \bar{A} : returned
    w_k : shares
    d_k : diameter

    Examples
    --------
    >>> round(float(mean_area([[0.5, 0.5]], [1e-7, 2e-7])[0]) * 1e18)  # nm^2
    78540
    """
    return np.asarray((np.asarray(shares) * outer_area(diameter)).sum(axis=-1))


def vesicles_of_area(area: ArrayLike, mean: ArrayLike) -> Array:
    r"""Return how many vesicles close of an area of membrane.

    Parameters
    ----------
    area : array (n,) [m^2]
        Membrane that ends in vesicles.
    mean : array (n,) [m^2]
        Mean membrane of a vesicle, by `mean_area`.

    Equation
    --------
    n = \frac{A}{\bar{A}}

    Symbols
    -------
    n : returned
    A : area
    \bar{A} : mean

    Notes
    -----
    A bilayer is neither made nor stretched: what closes to spheres of one bilayer is shared out by
    their surface. Stacks of bilayers in one another would be fewer.

    Examples
    --------
    The membrane of a 10 um sphere closes to 10,000 vesicles of 100 nm:

    >>> round(float(vesicles_of_area(np.pi * 1e-10, np.pi * 1e-14)))
    10000
    """
    return np.asarray(np.asarray(area, float) / np.asarray(mean, float))


def extruded_diameter(pore: ArrayLike, ratio: ArrayLike, natural: ArrayLike) -> Array:
    r"""Return the median diameter of what leaves a membrane filter [m].

    Parameters
    ----------
    pore : array [m]
        Pores of the last membrane.
    ratio : array [1]
        Diameter over pore where the pore alone decides.
    natural : array [m]
        Diameter to which torn membrane closes where no pore decides.

    Equation
    --------
    d = \left(\frac{1}{(r p)^2} + \frac{1}{d_0^2}\right)^{-1/2}

    Symbols
    -------
    d : returned
    p : pore
    r : ratio
    d_0 : natural

    Notes
    -----
    Between two limits: a narrow pore cuts vesicles to about its own width, as in the extrusion of
    liposomes; behind a wide one torn sheets close at the size that bending against the open edge
    sets. That the two add in 1/d^2 is ours (each is a density of cuts on an area of membrane).

    Examples
    --------
    >>> (extruded_diameter([50e-9, 1e-6], 1.0, 150e-9) * 1e9).round().tolist()
    [47.0, 148.0]
    """
    cut = np.asarray(ratio) * np.asarray(pore)
    return np.asarray((cut**-2.0 + np.asarray(natural, float) ** -2.0) ** -0.5)


def sheared_copies(
    copies: ArrayLike,
    cell_volume: ArrayLike,
    lumen: ArrayLike,
    kept: ArrayLike,
    diluted: ArrayLike,
) -> Array:
    r"""Return the mean copies of a cell's molecule in a vesicle of its membrane.

    Parameters
    ----------
    copies : float [copy/cell]
        Of a molecule dissolved in the cell.
    cell_volume : array (n, 1) [m^3]
        Of the cell.
    lumen : array (n, k) [m^3]
        Of the vesicle.
    kept : array (n, 1) [1]
        Share of the lumen that is undiluted cytosol.
    diluted : array (n, 1) [1]
        Volume of all cells over that of cells and buffer.

    Returns
    -------
    array (n, k) [copy/particle]

    Equation
    --------
    x = \frac{c}{V} V_i \left[\lambda + (1 - \lambda) \, q\right]

    Symbols
    -------
    x : returned
    c : copies
    V : cell_volume
    V_i : lumen
    \lambda : kept
    q : diluted

    Notes
    -----
    A vesicle that is pinched off a cell holds cytosol; one that closes after the cell has burst
    holds what cytosol and buffer have become. No molecule is sorted.

    Examples
    --------
    A million copies in a cell of 2 pL are 0.2 in the lumen of a 100 nm vesicle at most:

    >>> round(float(sheared_copies(1e6, 2e-15, 3.8e-22, 1.0, 0.01)), 2)
    0.19
    """
    part = np.asarray(kept) + (1 - np.asarray(kept)) * np.asarray(diluted)
    return np.asarray(np.asarray(copies) / np.asarray(cell_volume) * np.asarray(lumen) * part)
