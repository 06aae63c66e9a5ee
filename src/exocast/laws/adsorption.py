"""Adsorption of macromolecules: room on a curved surface, unequal sites, and their pace."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.partition import occupancy
from exocast.laws.wall_adsorption import JAMMING_COVERAGE

__all__ = [
    "approached_occupancy",
    "equivalent_concentration",
    "jammed_sites",
    "uneven_concentration",
]

Array = NDArray[np.float64]


ROUNDS = 200
CLOSE = 1e-13


def jammed_sites(shell: ArrayLike, molecule: ArrayLike, share: ArrayLike) -> Array:
    r"""Return how many molecules find room on a sphere, or on the wall inside one.

    Parameters
    ----------
    shell : array (n, k) [m]
        Diameter of the sphere on which their centres lie: that of the particle and one molecule
        more outside, of the lumen and one molecule less inside.
    molecule : array (n, 1) [m]
        Hydrodynamic diameter.
    share : array (n, 1) [1]
        Of the surface, on which such molecules can sit at all.

    Returns
    -------
    array (n, k) [copy/particle]
        Zero where a lumen has no room for one.

    Equation
    --------
    N = 4 \theta_J s \left(\frac{\max(d_s, 0)}{a}\right)^2

    Symbols
    -------
    N : returned
    \theta_J : coverage at which discs that fell at random are jammed, 0.547
    s : share
    d_s : shell
    a : molecule

    Notes
    -----
    The area of the shell over that of the disc that a molecule hides, times the jamming coverage.
    A coil flattens where it sits, and a layer of crystal is denser; either is within a factor of
    two. What a surface already carries is in the share.

    References
    ----------
    Talbot, Tarjus, Van Tassel and Viot 2000, Colloids Surf A 165:287, preprint
    arXiv:cond-mat/9906428 (abstract: adsorption limited by blockage, sequential adsorption of
    proteins); the coverage of 0.547 for discs is that of Feder 1980, J Theor Biol 87:237
    (recalled).

    Examples
    --------
    Catalase (10.5 nm) on and in a vesicle of 100 nm, and a coil of 146 nm around it:

    >>> jammed_sites([110.5e-9, 79.5e-9], 10.5e-9, 1.0).round().tolist()
    [242.0, 125.0]
    >>> round(float(jammed_sites(246e-9, 146e-9, 1.0)), 1)
    6.2
    """
    ratio = np.maximum(np.asarray(shell, float), 0.0) / np.asarray(molecule, float)
    return np.asarray(4 * JAMMING_COVERAGE * np.asarray(share) * ratio**2)


def uneven_concentration(
    amount: Array, volume: Array, sites: Array, affinity: Array, share: Array
) -> Array:
    r"""Return the free concentration once an amount has shared out over liquid and unequal sites.

    Parameters
    ----------
    amount, volume, sites : array (n,) [mol], [m^3], [mol]
        Of molecules; of liquid; of sites, all together.
    affinity : array (n, j) [m^3/mol]
        Binding constant of each pool of sites.
    share : array (j,) [1]
        Sites in each pool.

    Returns
    -------
    array (n,) [mol/m^3]
        Zero where there is no liquid. Never above the root, so that no more is taken up than there
        is.

    Equation
    --------
    n = C V + S \sum_j w_j \frac{K_j C}{1 + K_j C}

    Symbols
    -------
    C : returned
    n, V, S : amount, volume, sites
    K_j : affinity
    w_j : share

    Notes
    -----
    What is bound is concave in C, so Newton's rule from the left never passes the root.

    References
    ----------
    Langmuir 1918 on sites of several energies (the sum of his isotherms), with conservation.

    Examples
    --------
    One pool gives the quadratic:

    >>> one = np.ones(1)
    >>> c = uneven_concentration(one, one, 0.5 * one, 3.0 * np.ones((1, 1)), one)
    >>> round(float(c[0] + 0.5 * 3.0 * c[0] / (1 + 3.0 * c[0])), 12)
    1.0
    """
    affinity, share = np.asarray(affinity, float), np.asarray(share, float)
    slope = volume + sites * (share * affinity).sum(axis=1)
    wet = np.asarray(volume, float) > 0
    c = np.divide(amount, slope, out=np.zeros(np.shape(amount)), where=wet)
    for _ in range(ROUNDS):
        free = 1.0 / (1.0 + affinity * c[:, None])
        bound = sites * (share * affinity * free).sum(axis=1) * c
        slope = volume + sites * (share * affinity * free**2).sum(axis=1)
        step = np.divide(amount - c * volume - bound, slope, out=np.zeros_like(c), where=wet)
        step = np.maximum(step, 0.0)  # rounding at the root
        c = c + step
        if np.all(step <= CLOSE * c):
            break
    return np.asarray(c)


def equivalent_concentration(taken: Array, affinity: Array, share: Array) -> Array:
    r"""Return the free concentration at which so much of unequal sites would be taken [mol/m^3].

    Parameters
    ----------
    taken : array (n, k) [1]
        Share of all sites; below one.
    affinity : array (n, j) [m^3/mol]
        Binding constant of each pool of sites.
    share : array (j,) [1]
        Sites in each pool.

    Returns
    -------
    array (n, k) [mol/m^3]

    Equation
    --------
    \sum_j w_j \frac{K_j C}{1 + K_j C} = \theta

    Symbols
    -------
    C : returned
    \theta : taken
    K_j : affinity
    w_j : share

    Notes
    -----
    It stands for the memory of a surface: strong sites hold first and let go last, so how much is
    held says which sites hold it, as long as molecules trade among the sites of a particle.

    Examples
    --------
    >>> c = equivalent_concentration(np.array([[0.5, 0.9]]), np.array([[2.0]]), np.ones(1))
    >>> c.round(9).tolist()
    [[0.5, 4.5]]
    """
    k = np.asarray(affinity, float)[:, None, :]
    taken, share = np.asarray(taken, float), np.asarray(share, float)
    # In the logarithm of C the isotherm is a sum of sigmoids: start where the middle site stands,
    # and halve.
    low = np.log(taken.clip(1e-300) / (share * k).sum(axis=-1)) - 1e-9
    high = np.log(taken.clip(1e-300) / (1.0 - taken)) - np.log(k.min(axis=-1)) + 1e-9
    for _ in range(52):
        middle = 0.5 * (low + high)
        product = k * np.exp(middle)[..., None]
        above = (share * product / (1.0 + product)).sum(axis=-1) > taken
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(taken > 0, np.exp(0.5 * (low + high)), 0.0)


def approached_occupancy(
    start: ArrayLike,
    concentration: ArrayLike,
    affinity: ArrayLike,
    on_rate: ArrayLike,
    time: ArrayLike,
) -> Array:
    r"""Return the share of sites of one energy that is taken after a time in a bath [1].

    Parameters
    ----------
    start : array [1]
        Share that was taken.
    concentration : array [mol/m^3]
        Free, and kept so.
    affinity : array [m^3/mol]
        Binding constant.
    on_rate : array [m^3/mol/s]
        At which an empty site is taken.
    time : array [s]
        In the bath.

    Equation
    --------
    \theta = \theta_e + (\theta_0 - \theta_e) e^{-a (C + 1/K) t}, \quad \theta_e = \frac{K C}{1 + K
    C}

    Symbols
    -------
    \theta : returned
    \theta_0 : start
    C : concentration
    K : affinity
    a : on_rate
    t : time

    Notes
    -----
    Detailed balance: what binds tightly comes off slowly, at the on-rate over K. Molecules that
    unfold on the surface and then never leave are not followed.

    References
    ----------
    Langmuir's rate law; that proteins leave a particle within minutes to hours, and differ:
    Dell'Orco et al 2010, PLoS One 5:e10949, doi 10.1371/journal.pone.0010949 (abstract: rate
    constants, affinities and stoichiometries give the corona in time).

    Examples
    --------
    A site of 0.1 mM lets go in a second or so, one of 1 nM keeps for a day:

    >>> approached_occupancy(1.0, 0.0, [10.0, 1e6], 1.0, [10.0, 86400.0]).round(3).tolist()
    [0.368, 0.917]
    """
    settled = occupancy(concentration, affinity)
    rate = np.asarray(on_rate) * (np.asarray(concentration) + 1.0 / np.asarray(affinity))
    return np.asarray(
        settled + (np.asarray(start) - settled) * np.exp(-rate * np.asarray(time, float))
    )
