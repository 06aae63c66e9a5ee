"""Polymer that cannot enter the gap between two particles pushes them together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "coil_radius",
    "contact_attraction",
    "flocculated_share",
    "overlap_concentration",
    "particle_solubility",
    "protein_solubility",
    "solution_viscosity_ratio",
]

Array = NDArray[np.float64]
Floats = Array | float

AVOGADRO = 6.02214076e23
COIL_SCALE = 0.0215e-9
COIL_POWER = 0.583
HYDRODYNAMIC = 0.61
HUGGINS = 0.4
LARGEST = 600.0
HALVINGS = 60


def coil_radius(molar_mass: Floats) -> Array:
    r"""Return the radius of gyration of polyethylene glycol in water [m].

    Parameters
    ----------
    molar_mass : array [kg/mol]
        Of one chain.

    Returns
    -------
    array [m]

    Equation
    --------
    R_g = 0.0215 \, \mathrm{nm} \, \left(\frac{M}{\mathrm{g/mol}}\right)^{0.583}

    Symbols
    -------
    R_g : returned
    M : molar_mass

    Notes
    -----
    Good solvent, long chains; near body temperature the chains are closer to ideal (Almasy et al.
    2022, Molecules 27:2573, abstract) and somewhat smaller.

    References
    ----------
    Devanand and Selser 1991, Macromolecules 24:5943 (recalled).

    Examples
    --------
    >>> round(float(coil_radius(6.0)) * 1e9, 2)
    3.43
    """
    return np.asarray(COIL_SCALE * (1e3 * np.asarray(molar_mass)) ** COIL_POWER)


def overlap_concentration(molar_mass: Floats, coil: Floats) -> Array:
    r"""Return the concentration at which the coils of a polymer fill the liquid [kg/m^3].

    Parameters
    ----------
    molar_mass : array [kg/mol]
        Of one chain.
    coil : array [m]
        Its radius of gyration.

    Returns
    -------
    array [kg/m^3]

    Equation
    --------
    c^* = \frac{3 M}{4 \pi R_g^3 N_A}

    Symbols
    -------
    c^* : returned
    M : molar_mass
    R_g : coil
    N_A : Avogadro constant

    Examples
    --------
    >>> round(float(overlap_concentration(6.0, coil_radius(6.0))), 1)
    59.0
    """
    return np.asarray(np.asarray(molar_mass) / (4 / 3 * np.pi * np.asarray(coil) ** 3 * AVOGADRO))


def contact_attraction(radius: Floats, coil: Floats, gap: Floats, crowding: Floats) -> Array:
    r"""Return by how much depletion holds two equal spheres together, in units of kT.

    Parameters
    ----------
    radius : array [m]
        Of the particles.
    coil : array [m]
        Radius of gyration of the polymer, the width of the depleted layer.
    gap : array [m]
        Distance at which the surfaces stop: coats and hydration.
    crowding : array [1]
        Polymer over its overlap concentration.

    Returns
    -------
    array [1]
        0 where the gap is wide enough for a coil.

    Equation
    --------
    U = \phi \left(\frac{a + R}{R}\right)^3 \left(1 - \frac{3 x}{4} + \frac{x^3}{16}\right),
    \quad x = \min\left(2, \frac{2 a + h}{a + R}\right)

    Symbols
    -------
    U : returned
    \phi : crowding
    a : radius
    R : coil
    h : gap

    Notes
    -----
    Osmotic pressure of an ideal polymer times the volume in which the depleted layers overlap. It
    grows linearly with the radius, about 3/2 phi a/R at contact: large particles fall out first.
    Real chains repel each other and shrink the layer above overlap, so that a sphere feels less
    than this (Louis et al. 2002, abstract).

    References
    ----------
    Asakura and Oosawa 1958, J Polym Sci 33:183 (recalled); Louis et al. 2002, J Chem Phys 117:1893,
    arXiv cond-mat/0203144 (abstract).

    Examples
    --------
    >>> round(float(contact_attraction(300e-9, 3e-9, 0.0, 1.0)), 1)
    151.0
    >>> float(contact_attraction(50e-9, 3e-9, 6e-9, 1.0))
    0.0
    """
    radius, coil = np.asarray(radius, float), np.asarray(coil, float)
    reach = radius + coil
    x = np.minimum((2 * radius + np.asarray(gap)) / reach, 2.0)
    # The cubic as its factors: (2 - x)^2 (4 + x) / 16, which does not cancel near contact.
    lens = (2 - x) ** 2 * (4 + x) / 16
    return np.asarray(np.asarray(crowding) * (reach / coil) ** 3 * lens)


def particle_solubility(diameter: Floats, attraction: Floats, neighbours: Floats) -> Array:
    r"""Return the concentration of particles that stays dispersed beside a precipitate [1/m^3].

    Parameters
    ----------
    diameter : array [m]
        Of the particles.
    attraction : array [1]
        Of a pair, in kT, from `contact_attraction`.
    neighbours : array [1]
        Pairs that a particle of the precipitate has.

    Returns
    -------
    array [1/m^3]

    Equation
    --------
    \ln S = \ln \frac{6}{\pi d^3} - \frac{z}{2} U

    Symbols
    -------
    S : returned
    d : diameter
    z : neighbours
    U : attraction

    Notes
    -----
    A dilute particle and one of the precipitate have the same chemical potential. With U linear in
    polymer it is log S = a - beta c, the form that proteins follow (Juckes 1971, recalled), with
    beta growing with the radius of the particle. Polymer 0 leaves everything in solution.

    References
    ----------
    Lattice gas; Juckes 1971, Biochim Biophys Acta 229:535 (recalled, the form).

    Examples
    --------
    >>> f"{float(particle_solubility(100e-9, 10.0, 4.0)):.1e}"
    '3.9e+12'
    """
    bond = np.minimum(np.asarray(neighbours) / 2 * np.asarray(attraction), LARGEST)
    return np.asarray(6 / (np.pi * np.asarray(diameter) ** 3) * np.exp(-bond))


def flocculated_share(concentration: Array, solubility: Array) -> Array:
    r"""Return the share of each class of particles that is in the common precipitate [1].

    Parameters
    ----------
    concentration : array (n, m) [1/m^3]
        Of all of each class.
    solubility : array (n, m) [1/m^3]
        Of each class beside a precipitate of its own.

    Returns
    -------
    array (n, m) [1]

    Equation
    --------
    u_i = \frac{F}{F + S_i}, \quad \sum_j \frac{n_j}{F + S_j} = 1 \quad \text{or} \quad F = 0

    Symbols
    -------
    u_i : returned
    n_j : concentration
    S_i, S_j : solubility
    F : concentration of all particles in the precipitate

    Notes
    -----
    A precipitate in which all classes mix ideally: what is rare in it stays less in solution, so
    that a few vesicles go down with many lipoproteins. One class alone gives 1 - S/n. F is found by
    bisection; where the sum at F = 0 is below one, nothing falls out.

    References
    ----------
    Raoult's law; ours for flocs.

    Examples
    --------
    >>> flocculated_share(np.array([[8.0]]), np.array([[2.0]])).round(9).tolist()
    [[0.75]]
    >>> flocculated_share(np.array([[1.0]]), np.array([[2.0]])).tolist()
    [[0.0]]
    """
    total = concentration.sum(axis=1, keepdims=True)
    low, high = np.zeros_like(total), total.copy()
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        beside = middle + solubility
        filled = np.divide(concentration, beside, out=np.zeros_like(beside), where=beside > 0).sum(
            axis=1, keepdims=True
        )
        low, high = np.where(filled > 1, middle, low), np.where(filled > 1, high, middle)
    fallen = np.where(low > 0, (low + high) / 2, 0.0)
    return np.asarray(
        np.divide(fallen, fallen + solubility, out=np.zeros_like(solubility), where=fallen > 0)
    )


def protein_solubility(polymer: Floats, intercept: Floats, slope: Floats) -> Array:
    r"""Return the protein that stays dissolved under a polymer [kg/m^3].

    Parameters
    ----------
    polymer : array [kg/m^3]
        Concentration of the polymer.
    intercept : array [kg/m^3]
        Extrapolated to no polymer.
    slope : array [m^3/kg]
        Decades for each kg/m^3.

    Returns
    -------
    array [kg/m^3]

    Equation
    --------
    \log_{10} S = \log_{10} S_0 - \beta c

    Symbols
    -------
    S : returned
    S_0 : intercept
    \beta : slope
    c : polymer

    Notes
    -----
    For each protein of a mixture; one line stands for all of them here.

    References
    ----------
    Juckes 1971, Biochim Biophys Acta 229:535 (recalled); Ingham 1978, Arch Biochem Biophys 186:106
    (abstract: dilution moves the curve of albumin and leaves its slope).

    Examples
    --------
    >>> round(float(protein_solubility(100.0, 1000.0, 0.01)), 1)
    100.0
    """
    return np.asarray(np.asarray(intercept) * 10.0 ** (-np.asarray(slope) * np.asarray(polymer)))


def solution_viscosity_ratio(polymer: Floats, molar_mass: Floats, coil: Floats) -> Array:
    r"""Return the viscosity of a polymer solution over that of its solvent [1].

    Parameters
    ----------
    polymer : array [kg/m^3]
        Concentration of the polymer.
    molar_mass : array [kg/mol]
        Of one chain.
    coil : array [m]
        Its radius of gyration.

    Returns
    -------
    array [1]

    Equation
    --------
    \eta_r = 1 + [\eta] c + 0.4 \left([\eta] c\right)^2, \quad [\eta] = \frac{5}{2} \frac{N_A}{M}
    \frac{4 \pi}{3} (0.61 R_g)^3

    Symbols
    -------
    \eta_r : returned
    c : polymer
    M : molar_mass
    R_g : coil
    N_A : Avogadro constant

    References
    ----------
    Huggins 1942 with Einstein's spheres (recalled); 0.61 is hydrodynamic over gyration radius.

    Examples
    --------
    >>> round(float(solution_viscosity_ratio(80.0, 6.0, coil_radius(6.0))), 2)
    2.01
    """
    sphere = 4 / 3 * np.pi * (HYDRODYNAMIC * np.asarray(coil)) ** 3
    each = 2.5 * AVOGADRO * sphere / np.asarray(molar_mass) * np.asarray(polymer)
    return np.asarray(1 + each + HUGGINS * each**2)
