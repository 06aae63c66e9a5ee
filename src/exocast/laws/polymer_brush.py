"""Chains grafted to a particle: how much of its surface they leave open to a binding site."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["brush_height", "flory_radius", "grafting_coverage", "open_share", "open_to_ligand"]

Array = NDArray[np.float64]


def flory_radius(segment: ArrayLike, segments: ArrayLike) -> Array:
    r"""Return the radius of a swollen chain in good solvent [m].

    Parameters
    ----------
    segment : array [m]
        Length of one monomer.
    segments : array [1]
        Monomers of the chain.

    Returns
    -------
    array [m]

    Equation
    --------
    R_F = a N^{3/5}

    Symbols
    -------
    R_F : returned
    a : segment
    N : segments

    Notes
    -----
    A scaling law: its prefactor of 1 is a convention. For poly(ethylene glycol) in water
    a = 0.35 nm is in common use, 44 g/mol a monomer.

    References
    ----------
    de Gennes PG. Macromolecules 1980;13:1069-1075. doi:10.1021/ma60077a009 (recalled)

    Examples
    --------
    2 kDa and 5 kDa of poly(ethylene glycol), in nm:

    >>> [round(float(flory_radius(0.35e-9, mass / 44.05)) * 1e9, 1) for mass in (2000, 5000)]
    [3.5, 6.0]
    """
    return np.asarray(np.asarray(segment, float) * np.asarray(segments, float) ** 0.6)


def grafting_coverage(copies: ArrayLike, area: ArrayLike, radius: ArrayLike) -> Array:
    r"""Return how many grafted coils would lie over each point of a surface [1].

    Parameters
    ----------
    copies : array [copy/particle]
        Chains on one particle, or bound molecules.
    area : array [m^2]
        Surface of the particle.
    radius : array [m]
        Of the coil, or of a bound molecule's footprint.

    Returns
    -------
    array [1]
        Below about 1 coils stand apart (mushrooms); above it they crowd and stretch (a brush).

    Equation
    --------
    \theta = \frac{c}{A} \pi R_F^2

    Symbols
    -------
    \theta : returned
    c : copies
    A : area
    R_F : radius

    References
    ----------
    de Gennes PG. Macromolecules 1980;13:1069-1075. doi:10.1021/ma60077a009 (recalled)

    Examples
    --------
    A thousand chains of 2 kDa on a particle of 80 nm:

    >>> round(float(grafting_coverage(1000.0, np.pi * 80e-9**2, 3.4e-9)), 2)
    1.81
    """
    density = np.asarray(copies, float) / np.asarray(area, float)
    return np.asarray(density * np.pi * np.asarray(radius, float) ** 2)


def open_share(
    coverage: ArrayLike, floor: ArrayLike, tip: ArrayLike = 0.0, radius: ArrayLike = 1.0
) -> Array:
    r"""Return the share of encounters that grafted coils leave open [1].

    Parameters
    ----------
    coverage : array [1]
        From `grafting_coverage`.
    floor : array [1]
        Share that passes the thickest coat: bound proteins, gaps, chains that came off.
    tip : array [m]
        Edge of the cube that a binding site must push into the coat; 0 for none.
    radius : array [m]
        Of a coil; needed with a tip.

    Returns
    -------
    array [1]
        1 without chains, falling to `floor`.

    Equation
    --------
    s = s_0 + (1 - s_0) \exp\left(-\theta - \left(\frac{\theta}{\pi}\right)^{3/2}
    \left(\frac{b}{R_F}\right)^3\right)

    Symbols
    -------
    s : returned
    s_0 : floor
    \theta : coverage
    b : tip
    R_F : radius

    Notes
    -----
    Coils at random places leave a point uncovered with chance exp(-coverage). Where they crowd, a
    site must do osmotic work besides: the pressure of a brush scales as kT times (grafting
    density)^(3/2), here with a prefactor of 1, times the volume pushed in.

    References
    ----------
    Alexander S. J Phys France 1977;38:983-987. doi:10.1051/jphys:01977003808098300 (recalled).
    Halperin A. Langmuir 1999;15:2525-2533. doi:10.1021/la981056z (recalled): insertion against the
    osmotic pressure of a brush.

    Examples
    --------
    >>> float(open_share(0.0, 0.01)), round(float(open_share(1.8, 0.01, 3e-9, 3.4e-9)), 3)
    (1.0, 0.131)
    """
    coverage, floor = np.asarray(coverage, float), np.asarray(floor, float)
    work = (coverage / np.pi) ** 1.5 * (np.asarray(tip, float) / np.asarray(radius, float)) ** 3
    return np.asarray(floor + (1.0 - floor) * np.exp(-coverage - work))


def brush_height(coverage: ArrayLike, radius: ArrayLike) -> Array:
    r"""Return how thick a coat of grafted chains is [m].

    Parameters
    ----------
    coverage : array [1]
        From `grafting_coverage`.
    radius : array [m]
        Of a free coil.

    Returns
    -------
    array [m]
        The coil itself where chains stand apart, more where they crowd.

    Equation
    --------
    L = R_F \max\left(1, \frac{\theta}{\pi}\right)^{1/3}

    Symbols
    -------
    L : returned
    R_F : radius
    \theta : coverage

    Notes
    -----
    In a brush L = N a (a^2 sigma)^(1/3), which with R_F = a N^(3/5) is R_F (sigma R_F^2)^(1/3): the
    two regimes meet at one chain in the square of a coil's radius, coverage pi.

    References
    ----------
    Alexander S. J Phys France 1977;38:983-987. doi:10.1051/jphys:01977003808098300 (recalled).
    de Gennes PG. Macromolecules 1980;13:1069-1075. doi:10.1021/ma60077a009 (recalled)

    Examples
    --------
    Chains of 2 kDa, apart and eight times as dense as where they begin to stretch, in nm:

    >>> [round(float(brush_height(theta, 3.5e-9)) * 1e9, 1) for theta in (1.0, 8 * np.pi)]
    [3.5, 7.0]
    """
    crowded = np.maximum(np.asarray(coverage, float) / np.pi, 1.0)
    return np.asarray(np.asarray(radius, float) * np.cbrt(crowded))


def open_to_ligand(
    coverage: ArrayLike,
    floor: ArrayLike,
    tip: ArrayLike,
    radius: ArrayLike,
    height: ArrayLike,
) -> Array:
    r"""Return the share of encounters in which a receptor gets at a ligand in a coat [1].

    Parameters
    ----------
    coverage, floor, tip, radius : array
        As for `open_share`.
    height : array [m]
        Of the ligand's binding site above the membrane.

    Returns
    -------
    array [1]
        1 for a ligand that stands out of the coat; `open_share` for one at its foot.

    Equation
    --------
    s = s_0 + (1 - s_0) \exp\left[-\max\left(0, 1 - \frac{h}{L}\right) \left(\theta +
    \left(\frac{\theta}{\pi}\right)^{3/2} \left(\frac{b}{R_F}\right)^3\right)\right]

    Symbols
    -------
    s : returned
    s_0 : floor
    \theta : coverage
    b : tip
    R_F : radius
    h : height
    L : brush_height

    Notes
    -----
    What a receptor has to push aside are the chains above the ligand, taken as spread evenly over
    the thickness of the coat.

    References
    ----------
    Halperin A. Langmuir 1999;15:2525-2533. doi:10.1021/la981056z (recalled), as in `open_share`

    Examples
    --------
    A peptide of 2 nm is hidden by chains of 5 kDa, one on the end of such a chain is not:

    >>> [round(float(open_to_ligand(3.0, 0.01, 3e-9, 6e-9, h)), 2) for h in (2e-9, 8e-9)]
    [0.13, 1.0]
    """
    thick = brush_height(coverage, radius)
    above = np.maximum(1.0 - np.asarray(height, float) / thick, 0.0)
    bare = np.asarray(coverage, float)
    work = (bare / np.pi) ** 1.5 * (np.asarray(tip, float) / np.asarray(radius, float)) ** 3
    floor = np.asarray(floor, float)
    return np.asarray(floor + (1.0 - floor) * np.exp(-above * (bare + work)))
