"""Cargo that the donor cell makes: how much of it a vesicle encloses, by chance or by a tag."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["empty_share", "expression_classes", "scaffold_occupancy"]

Array = NDArray[np.float64]


def scaffold_occupancy(
    passive: ArrayLike, enrichment: ArrayLike, scaffolds: ArrayLike, share: ArrayLike
) -> Array:
    r"""Return how much of a scaffold is taken by cargo at the expression of the mean cell.

    Parameters
    ----------
    passive : array [copy/particle]
        Mean copies of a vesicle that encloses cytosol by chance.
    enrichment : array [1]
        Mean copies with the tag over those without, while scaffolds are mostly free; 1 or more.
    scaffolds : array [copy/particle]
        Mean scaffolds of a vesicle that has any.
    share : array [1]
        Share of the vesicles that have any.

    Returns
    -------
    array [1]
        Cargo over free scaffolds: ``x / (1 + x)`` of the scaffolds are taken. Zero where there is
        no scaffold.

    Equation
    --------
    x = \frac{(E - 1) \, m_0}{w S}, \quad m = m_0 + w S \, \frac{x}{1 + x}

    Symbols
    -------
    x : returned
    E : enrichment
    m_0 : passive
    S : scaffolds
    w : share
    m : mean copies of all vesicles [copy/particle]

    Notes
    -----
    A binding equilibrium between cargo in the cytosol and scaffolds in the bud (Langmuir), its
    constant taken from the enrichment that was measured where few scaffolds were taken. Little
    cargo is then enriched E times, and no expression, however strong, loads more than the
    scaffolds hold. A cargo fused to its scaffold is the limit of a large E.

    References
    ----------
    Langmuir 1918, J Am Chem Soc 40:1361, doi 10.1021/ja02242a004; with conservation.

    Examples
    --------
    >>> x = scaffold_occupancy(0.001, 65.0, 20.0, 0.4)
    >>> round(float(0.001 + 0.4 * 20.0 * x / (1 + x)), 3)  # 65 times as much, nearly
    0.064
    """
    wanted = (np.asarray(enrichment, float) - 1.0) * np.asarray(passive, float)
    sites = np.asarray(share, float) * np.asarray(scaffolds, float)
    wanted, sites = np.broadcast_arrays(wanted, sites)
    return np.asarray(np.divide(wanted, sites, out=np.zeros(wanted.shape), where=sites > 0))


def expression_classes(spread: ArrayLike, classes: int = 8) -> tuple[Array, Array]:
    r"""Return cells in a few classes of expression that stand for a gamma distribution.

    Parameters
    ----------
    spread : array (n,) [1]
        Standard deviation of the expression over the cells, over its mean.
    classes : int
        How many.

    Returns
    -------
    weights, levels : array (n, classes) [1]
        Shares of the cells, and their expression over the mean.

    Equation
    --------
    \sum_j w_j f(g_j) = \int_0^\infty f(g) \, \frac{a^a g^{a - 1} e^{-a g}}{\Gamma(a)} \, dg, \quad
    a = \sigma^{-2}

    Symbols
    -------
    w_j : returned[0]
    g_j : returned[1]
    f : any polynomial of degree below twice the classes
    a : shape of the distribution [1]
    \sigma : spread

    Notes
    -----
    Gauss's rule, by the eigenvalues of its Jacobi matrix: mean and second moment of a Poisson
    cargo, whose rate is the expression, are exact. All cells alike (spread 0) is a matrix of ones
    on the diagonal, and exact too. An empty share, which lives on the few cells that express next
    to nothing, is for `empty_share`.

    References
    ----------
    Golub and Welsch 1969, Math Comp 23:221, doi 10.1090/S0025-5718-69-99647-1 (recalled). That
    expression is gamma-distributed over cells: Friedman, Cai and Xie 2006, Phys Rev Lett 97:168302
    (recalled).

    Examples
    --------
    >>> weights, levels = expression_classes([0.5])
    >>> [round(float((weights * levels**power).sum()), 9) for power in (0, 1, 2)]
    [1.0, 1.0, 1.25]
    """
    squared = np.atleast_1d(np.asarray(spread, float)) ** 2
    order = np.arange(classes)
    jacobi = np.zeros((len(squared), classes, classes))
    jacobi[:, order, order] = 1.0 + 2.0 * order * squared[:, None]
    step = order[1:]
    beside = np.sqrt(step * squared[:, None] * (1.0 + (step - 1) * squared[:, None]))
    jacobi[:, step, step - 1] = jacobi[:, step - 1, step] = beside
    levels, vectors = np.linalg.eigh(jacobi)
    return np.asarray(vectors[:, 0, :] ** 2), np.asarray(np.maximum(levels, 0.0))


def empty_share(mean: ArrayLike, second: ArrayLike) -> Array:
    r"""Return the vesicles without a copy, where cells differ in what they put in [1].

    Parameters
    ----------
    mean : array [copy/particle]
        Of all vesicles.
    second : array [copy^2/particle^2]
        Second factorial moment E[c (c - 1)].

    Returns
    -------
    array [1]
        ``exp(-mean)`` where the second moment is that of a Poisson distribution.

    Equation
    --------
    e = (1 + m v)^{-1 / v}, \quad v = \frac{s}{m^2} - 1

    Symbols
    -------
    e : returned
    m : mean
    s : second
    v : squared spread of the rate over the cells [1]

    Notes
    -----
    The negative binomial distribution of these two moments: exact for a Poisson cargo whose rate
    is gamma-distributed over the cells, and where full scaffolds make all cells alike.

    References
    ----------
    Greenwood and Yule 1920, J R Stat Soc 83:255, doi 10.2307/2341080 (recalled).

    Examples
    --------
    >>> float(empty_share(1.0, 2.0)), round(float(empty_share(1.0, 1.0)), 4)
    (0.5, 0.3679)
    """
    mean, second = np.broadcast_arrays(np.asarray(mean, float), np.asarray(second, float))
    ratio = np.divide(second, mean**2, out=np.ones(mean.shape), where=mean**2 > 0)
    v = np.maximum(ratio - 1.0, 0.0)
    alike = v < 1e-9
    safe = np.where(alike, 1.0, v)
    return np.asarray(np.exp(-np.where(alike, mean, np.log1p(mean * safe) / safe)))
