"""Binding with a capacity: drug in a bilayer, nucleic acid on a surface, with depletion."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import AVOGADRO

__all__ = [
    "copies_from_mass_share",
    "equilibrium_concentration",
    "occupancy",
    "partition_constant_from_log_p",
]

Array = NDArray[np.float64]


def partition_constant_from_log_p(log_p: ArrayLike, lipid_volume: ArrayLike) -> Array:
    r"""Return an estimate of the lipid partition constant from octanol and water.

    Parameters
    ----------
    log_p : array [1]
        Decimal logarithm of the octanol-water partition coefficient.
    lipid_volume : array [m^3]
        Volume of one lipid molecule, about 1.23 nm^3 for a fluid phosphatidylcholine.

    Returns
    -------
    array [m^3/mol]
        Moles bound per mole of lipid and per concentration.

    Equation
    --------
    K = P v_L N_A, \quad P = 10^{\log P}

    Symbols
    -------
    K : returned
    \log P : log_p
    v_L : lipid_volume
    N_A : Avogadro constant

    Notes
    -----
    The bilayer taken as octanol. Cationic amphiphiles break it (doxorubicin binds lipid far more
    than octanol, Regev 2005), so that a measured constant is always preferred.

    References
    ----------
    Lipid volume: DPPC at 50 degC, 1.232 nm^3, table 1 of PMC3472766.

    Examples
    --------
    >>> round(float(partition_constant_from_log_p(4.0, 1.232e-27)), 1)
    7.4
    """
    return np.asarray(10.0 ** np.asarray(log_p) * np.asarray(lipid_volume) * AVOGADRO)


def occupancy(concentration: ArrayLike, affinity: ArrayLike) -> Array:
    r"""Return the share of sites that are taken at a free concentration (Langmuir) [1].

    Parameters
    ----------
    concentration : array [mol/m^3]
        Free.
    affinity : array [m^3/mol]
        Binding constant of a site; for a bilayer, partition constant over capacity.

    Equation
    --------
    \theta = \frac{K C}{1 + K C}

    Symbols
    -------
    \theta : returned
    C : concentration
    K : affinity

    References
    ----------
    Langmuir 1918, J Am Chem Soc 40:1361, doi 10.1021/ja02242a004.

    Examples
    --------
    >>> float(occupancy(2.0, 0.5))
    0.5
    """
    product = np.asarray(concentration) * np.asarray(affinity)
    return np.asarray(product / (1 + product))


def equilibrium_concentration(
    amount: ArrayLike, volume: ArrayLike, sites: ArrayLike, affinity: ArrayLike
) -> Array:
    r"""Return the free concentration once an amount has shared out between liquid and sites.

    Parameters
    ----------
    amount : array [mol]
        Total.
    volume : array [m^3]
        Liquid, and lumens that hold the same concentration.
    sites : array [mol]
        Sites of one affinity.
    affinity : array [m^3/mol]
        Binding constant of a site.

    Returns
    -------
    array [mol/m^3]
        Zero where there is no liquid.

    Equation
    --------
    n = C V + S \, \frac{K C}{1 + K C} \quad \Rightarrow \quad C = \frac{2 n}{b + \sqrt{b^2 + 4
    V K n}}, \quad b = V + K (S - n)

    Symbols
    -------
    C : returned
    n : amount
    V : volume
    S : sites
    K : affinity

    Notes
    -----
    Quadratic binding, its root in the form that does not cancel.

    References
    ----------
    Langmuir 1918 with conservation of the ligand (quadratic binding).

    Examples
    --------
    >>> c = equilibrium_concentration(1.0, 1.0, 0.5, 3.0)
    >>> round(float(c + 0.5 * occupancy(c, 3.0)), 12)
    1.0
    """
    n, v = np.asarray(amount, dtype=float), np.asarray(volume, dtype=float)
    s, k = np.asarray(sites, dtype=float), np.asarray(affinity, dtype=float)
    b = v + k * (s - n)
    root = np.sqrt(b**2 + 4 * v * k * n)
    # Where b < 0 the denominator would cancel; the conjugate form is used there.
    plain = np.where(b >= 0, b + root, 1.0)
    n, v, k, b, root, plain = np.broadcast_arrays(n, v, k, b, root, plain)
    stable = np.divide(2 * n, plain, out=np.zeros(n.shape), where=plain > 0)
    slope = 2 * v * k
    conjugate = np.divide(root - b, slope, out=np.zeros(n.shape), where=(slope > 0) & (b < 0))
    return np.asarray(np.where(v > 0, np.where(b >= 0, stable, conjugate), 0.0))


def copies_from_mass_share(
    share: ArrayLike, vesicle_mass: ArrayLike, molar_mass: ArrayLike
) -> Array:
    r"""Return the molecules per vesicle that a reported drug content by mass stands for.

    Parameters
    ----------
    share : array [1]
        Drug over drug plus vesicle, by dry mass.
    vesicle_mass : array [kg]
        Dry mass of one vesicle.
    molar_mass : array [kg/mol]
        Of the drug.

    Returns
    -------
    array [copy/particle]

    Equation
    --------
    c = \frac{w}{1 - w} \, \frac{m N_A}{M}

    Symbols
    -------
    c : returned
    w : share
    m : vesicle_mass
    M : molar_mass
    N_A : Avogadro constant

    Notes
    -----
    Used to hold a reported "loading" against the lipids that are there: 28 % of paclitaxel is about
    7e4 molecules on 1e5 lipids, far above what a bilayer takes up.

    References
    ----------
    Conservation; the project's physics decisions, item 10.

    Examples
    --------
    >>> mass = 2 * 1e5 * 0.7 / AVOGADRO  # 1e5 lipids of 700 g/mol and as much protein
    >>> round(float(copies_from_mass_share(0.28, mass, 0.8539)), -4)
    60000.0
    """
    drug = np.asarray(share) / (1 - np.asarray(share)) * np.asarray(vesicle_mass)
    return np.asarray(drug / np.asarray(molar_mass) * AVOGADRO)
