"""Many weak bonds make a strong one: how fast and how firmly a ligand holds a vesicle to a cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "avidity",
    "binding_clearance",
    "bond_strength",
    "bonds_in_reach",
    "capture_share",
    "wall_clearance",
]

Array = NDArray[np.float64]

AVOGADRO = 6.02214076e23
"""Molecules in a mole, exact in the SI."""

LARGEST = 500.0
"""Largest ln of an avidity: what is above holds for good."""


def bonds_in_reach(
    copies: Array | float,
    diameter: Array | float,
    reach: Array | float,
    receptor_density: Array | float,
) -> Array:
    r"""Return how many bonds a vesicle that holds by one can form with the cell under it.

    Parameters
    ----------
    copies : array [copy/particle]
        Ligands on the vesicle, at least one.
    diameter : array [m]
        Of the vesicle.
    reach : array [m]
        Length of ligand, tether and receptor together.
    receptor_density : array [1/m^2]
        Free receptors on the cell.

    Returns
    -------
    array [1]
        At least 1.

    Equation
    --------
    m = \min\left(1 + (c - 1) \frac{h}{d}, \; \max(1, \pi d h \sigma)\right)

    Symbols
    -------
    m : returned
    c : copies
    d : diameter
    h : reach
    \sigma : receptor_density

    Notes
    -----
    A sphere that touches a plane has a cap of area pi d h within reach h, the share h/d of its
    surface; the ligand that holds it is in the cap. Neither membrane bends.

    Examples
    --------
    >>> float(bonds_in_reach(21.0, 100e-9, 10e-9, 1e15))
    3.0
    """
    diameter, reach = np.asarray(diameter, float), np.asarray(reach, float)
    share = np.minimum(reach / diameter, 0.5)
    ligands = 1.0 + np.maximum(np.asarray(copies, float) - 1.0, 0.0) * share
    receptors = np.maximum(np.pi * diameter * reach * receptor_density, 1.0)
    return np.asarray(np.minimum(ligands, receptors))


def bond_strength(
    receptor_density: Array | float, reach: Array | float, dissociation: Array | float
) -> Array:
    r"""Return the odds that one ligand in reach is bound to some receptor.

    Parameters
    ----------
    receptor_density : array [1/m^2]
        Free receptors on the cell.
    reach : array [m]
        Within which a tethered ligand finds receptors.
    dissociation : array [mol/m^3]
        Dissociation constant in solution.

    Returns
    -------
    array [1]

    Equation
    --------
    \xi = \frac{\sigma}{h N_A K_D}

    Symbols
    -------
    \xi : returned
    \sigma : receptor_density
    h : reach
    K_D : dissociation
    N_A : Avogadro constant

    Notes
    -----
    Receptors within reach count as dissolved in a layer of that thickness.

    References
    ----------
    Bell GI. Science 1978;200:618-627. doi:10.1126/science.347575 (affinity in two dimensions from
    that in three; recalled)

    Examples
    --------
    >>> round(float(bond_strength(1e14, 10e-9, 1e-4)), 1)
    166.1
    """
    return np.asarray(np.asarray(receptor_density) / (reach * AVOGADRO * np.asarray(dissociation)))


def avidity(bonds: Array | float, strength: Array | float) -> Array:
    r"""Return by how much further bonds lengthen the hold of the first.

    Parameters
    ----------
    bonds : array [1]
        Bonds that can form, from `bonds_in_reach`.
    strength : array [1]
        Odds of each, from `bond_strength`.

    Returns
    -------
    array [1]
        1 with a single bond; at most e^500.

    Equation
    --------
    \alpha = \frac{(1 + \xi)^m - 1}{m \, \xi}

    Symbols
    -------
    \alpha : returned
    m : bonds
    \xi : strength

    Notes
    -----
    The bound state's partition function, (1 + xi)^m - 1, over that of states with one bond, m xi: a
    vesicle leaves only from these, at the rate of one bond. For independent bonds of one kind it is
    the mean time from the first bond to the end of the last, over that of a single bond.

    References
    ----------
    Martinez-Veracoechea FJ, Frenkel D. Proc Natl Acad Sci USA 2011;108:10963-10968.
    doi:10.1073/pnas.1105351108 (the partition function; abstract read, form recalled)

    Examples
    --------
    >>> float(avidity(1.0, 30.0)), round(float(avidity(2.0, 30.0)), 6)
    (1.0, 16.0)
    """
    bonds, strength = np.broadcast_arrays(np.asarray(bonds, float), np.asarray(strength, float))
    if not bonds.size:
        return np.ones_like(bonds)
    odds = np.maximum(strength, 1e-12)
    power = bonds * np.log1p(odds)
    # ln(e^x - 1), without overflow.
    total = power + np.log(-np.expm1(-power))
    found = np.exp(np.minimum(total - np.log(bonds * odds), LARGEST))
    return np.asarray(np.where(bonds <= 1.0, 1.0, np.maximum(found, 1.0)))


def capture_share(
    internalisation: Array | float, dissociation_rate: Array | float, avidity: Array | float
) -> Array:
    r"""Return the share of first bonds that end inside the cell.

    Parameters
    ----------
    internalisation : array [1/s]
        Rate at which a held vesicle is taken in.
    dissociation_rate : array [1/s]
        Of one bond.
    avidity : array [1]
        From `avidity`.

    Returns
    -------
    array [1]

    Equation
    --------
    g = \frac{k_i}{k_i + k_\mathrm{off} / \alpha}

    Symbols
    -------
    g : returned
    k_i : internalisation
    k_\mathrm{off} : dissociation_rate
    \alpha : avidity

    Examples
    --------
    >>> float(capture_share(1.0, 9.0, 1.0)), float(capture_share(1.0, 9.0, 9.0))
    (0.1, 0.5)
    """
    leaving = np.asarray(dissociation_rate) / avidity
    return np.asarray(internalisation / (internalisation + leaving))


def binding_clearance(
    association: Array | float,
    copies: Array | float,
    receptors: Array | float,
    captured: Array | float = 1.0,
) -> Array:
    r"""Return the liquid that a cell would clear by its receptors, were diffusion no limit.

    Parameters
    ----------
    association : array [m^3/mol/s]
        Rate constant of one ligand and one receptor.
    copies : array [copy/particle]
        Ligands on a vesicle.
    receptors : array [copy]
        Free receptors of the cell; per area of a wall, the result is a velocity.
    captured : array [1]
        From `capture_share`.

    Returns
    -------
    array [m^3/s]

    Equation
    --------
    \kappa_r = \frac{k_\mathrm{on}}{N_A} \, c \, R \, g

    Symbols
    -------
    \kappa_r : returned
    k_\mathrm{on} : association
    c : copies
    R : receptors
    g : captured
    N_A : Avogadro constant

    Notes
    -----
    In series with diffusion by `exocast.laws.phagocyte_encounter.uptake_clearance` for a cell, or
    `wall_clearance` for the wall of a vessel: no number of ligands passes that ceiling.

    Examples
    --------
    Fifty ligands at 1e5 /M/s and 1e5 receptors reach the diffusion ceiling of a cell, 3e-16 m^3/s:

    >>> f"{float(binding_clearance(100.0, 50.0, 1e5)):.1e}"
    '8.3e-16'
    """
    return np.asarray(
        np.asarray(association) / AVOGADRO * copies * np.asarray(receptors) * captured
    )


def wall_clearance(
    diffusivity: Array | float,
    radius: Array | float,
    reaction: Array | float,
    sherwood: Array | float = 3.66,
) -> Array:
    r"""Return the velocity with which the wall of a vessel takes vesicles out of flowing plasma.

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the vesicle in plasma.
    radius : array [m]
        Of the vessel.
    reaction : array [m/s]
        `binding_clearance` per area of wall.
    sherwood : array [1]
        Mass transfer to the wall of a tube in laminar flow, fully developed.

    Returns
    -------
    array [m/s]

    Equation
    --------
    \frac{1}{v} = \frac{2 r}{\mathrm{Sh} \, D} + \frac{1}{v_r}

    Symbols
    -------
    v : returned
    D : diffusivity
    r : radius
    \mathrm{Sh} : sherwood
    v_r : reaction

    Notes
    -----
    3.66 is the limit for a wall that takes all (Graetz, Nusselt); red cells are not in it.

    References
    ----------
    Graetz L. Ann Phys 1883;254:79-94. doi:10.1002/andp.18832540106 (recalled)

    Examples
    --------
    >>> f"{float(wall_clearance(3.8e-12, 3.5e-6, 1.0)):.1e}"
    '2.0e-06'
    """
    reaction = np.asarray(reaction, float)
    transfer = np.asarray(sherwood) * diffusivity / (2.0 * np.asarray(radius))
    total = transfer + reaction
    return np.asarray(
        np.divide(transfer * reaction, total, out=np.zeros_like(total), where=total > 0)
    )
