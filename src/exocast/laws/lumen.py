"""The lumen and the bilayer of a vesicle: volume, ceiling, lipids, and crossing the membrane."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "AVOGADRO",
    "GAS_CONSTANT",
    "arrhenius",
    "crossing_rate",
    "lipid_count",
    "lumen_ceiling",
    "lumen_diameter",
    "lumen_volume",
    "outer_area",
    "sphere_volume",
]

Array = NDArray[np.float64]

AVOGADRO = 6.02214076e23  # 1/mol, exact in the SI
GAS_CONSTANT = 8.314462618  # J/(mol K)


def sphere_volume(diameter: ArrayLike) -> Array:
    r"""Return the volume of a sphere of a diameter [m], in [m^3].

    Equation
    --------
    V = \frac{\pi}{6} d^3

    Symbols
    -------
    V : returned
    d : diameter [m]
    """
    return np.asarray(np.pi / 6 * np.asarray(diameter) ** 3)


def outer_area(diameter: ArrayLike) -> Array:
    r"""Return the outer surface of a sphere of a diameter [m], in [m^2].

    Equation
    --------
    A = \pi d^2

    Symbols
    -------
    A : returned
    d : diameter [m]
    """
    return np.asarray(np.pi * np.asarray(diameter) ** 2)


def lumen_diameter(diameter: ArrayLike, thickness: ArrayLike) -> Array:
    r"""Return the inner diameter of a core-shell vesicle, zero where the shell fills it [m].

    Equation
    --------
    d_i = \max(d - 2 h, \, 0)

    Symbols
    -------
    d_i : returned
    d : diameter [m]
    h : thickness [m]
    """
    return np.asarray(np.maximum(np.asarray(diameter) - 2 * np.asarray(thickness), 0.0))


def lumen_volume(diameter: ArrayLike, thickness: ArrayLike) -> Array:
    r"""Return the volume that a bilayer encloses.

    Parameters
    ----------
    diameter : array (k,) or (n, k) [m]
        Outer diameter of the bilayer, without corona.
    thickness : array (n, 1) [m]
        Bilayer thickness.

    Returns
    -------
    array (n, k) [m^3]

    Equation
    --------
    V_i = \frac{\pi}{6} (d - 2 h)^3

    Symbols
    -------
    V_i : returned
    d : diameter
    h : thickness

    Notes
    -----
    A spherical unilamellar vesicle whose lumen is all solvent. Proteins and nucleic acids that a
    vesicle already holds leave less; that share is not known per vesicle.

    References
    ----------
    Geometry of the core-shell sphere; bilayer of about 5 nm.

    Examples
    --------
    >>> round(float(lumen_volume(100e-9, 5e-9)) * 1e27)  # nm^3
    381704
    """
    return sphere_volume(lumen_diameter(diameter, thickness))


def lumen_ceiling(concentration: ArrayLike, volume: ArrayLike) -> Array:
    r"""Return the copies in a lumen that holds the concentration of its surroundings.

    Parameters
    ----------
    concentration : array [mol/m^3]
        Of the dissolved cargo.
    volume : array [m^3]
        Of the lumen.

    Returns
    -------
    array [copy/particle]

    Equation
    --------
    c_\mathrm{max} = C V N_A

    Symbols
    -------
    c_\mathrm{max} : returned
    C : concentration
    V : volume
    N_A : Avogadro constant

    Notes
    -----
    No method that only opens the membrane can load more. Exceeding it needs a sink inside (binding,
    a pH gradient, precipitation) or the bilayer itself.

    References
    ----------
    Conservation; computed in the project's physics decisions, item 9.

    Examples
    --------
    >>> round(float(lumen_ceiling(1e-3, lumen_volume(100e-9, 5e-9))), 2)  # 1 uM, 100 nm
    0.23
    """
    return np.asarray(np.asarray(concentration) * np.asarray(volume) * AVOGADRO)


def lipid_count(diameter: ArrayLike, thickness: ArrayLike, area: ArrayLike) -> Array:
    r"""Return the lipids of a vesicle, both leaflets.

    Parameters
    ----------
    diameter : array (k,) [m]
        Outer diameter.
    thickness : array (n, 1) [m]
        Bilayer thickness.
    area : array (n, 1) [m^2]
        Area of one lipid, cholesterol counted as a lipid.

    Returns
    -------
    array (n, k) [1/particle]

    Equation
    --------
    N = \frac{\pi \left[d^2 + (d - 2 h)^2\right]}{a}

    Symbols
    -------
    N : returned
    d : diameter
    h : thickness
    a : area

    Notes
    -----
    The area that proteins take is not deducted.

    References
    ----------
    Skotland, Sandvig and Llorente 2017, Prog Lipid Res 66:30, doi 10.1016/j.plipres.2017.03.001
    (about 60,000 lipids at 70 nm with 0.4 to 0.5 nm^2, as quoted in BioNumbers 114186).

    Examples
    --------
    >>> round(float(lipid_count(70e-9, 5e-9, 0.45e-18)), -3)
    59000.0
    """
    inner = lumen_diameter(diameter, thickness)
    return np.asarray(np.pi * (np.asarray(diameter) ** 2 + inner**2) / np.asarray(area))


def arrhenius(energy: ArrayLike, temperature: float, reference: float) -> Array:
    r"""Return the factor that a change of temperature puts on a rate or an equilibrium [1].

    Parameters
    ----------
    energy : array [J/mol]
        Activation energy of a rate, or the enthalpy of an equilibrium (van 't Hoff).
    temperature, reference : float [K]
        Where it is wanted, and where it was measured.

    Equation
    --------
    f = \exp \left[-\frac{E}{R} \left(\frac{1}{T} - \frac{1}{T_0}\right)\right]

    Symbols
    -------
    f : returned
    E : energy
    T : temperature
    T_0 : reference
    R : gas constant

    Notes
    -----
    With an enthalpy in place of E this is the van 't Hoff relation.

    References
    ----------
    Arrhenius 1889; van 't Hoff 1884 (classical laws, recalled).

    Examples
    --------
    >>> round(float(arrhenius(-25e3 * 4.184, 308.15, 298.15)), 2)  # Wenk 1996: a factor of 4
    0.25
    """
    inverse = 1 / temperature - 1 / reference
    return np.asarray(np.exp(-np.asarray(energy) / GAS_CONSTANT * inverse))


def crossing_rate(
    permeability: ArrayLike, area: ArrayLike, volume: ArrayLike, binding: ArrayLike = 0.0
) -> Array:
    r"""Return the rate at which the inside of a vesicle comes to equilibrium by permeation.

    Parameters
    ----------
    permeability : array [m/s]
        Of the intact membrane.
    area : array [m^2]
        Of the inner face.
    volume : array [m^3]
        Of the lumen.
    binding : array, optional [m^3]
        Volume-equivalent of what binds on the inside: partition constant times inner-leaflet
        lipid (mol).

    Returns
    -------
    array [1/s]
        Zero where there is no lumen.

    Equation
    --------
    k = \frac{P A}{V + b}

    Symbols
    -------
    k : returned
    P : permeability
    A : area
    V : volume
    b : binding

    Notes
    -----
    What binds inside slows equilibration. With doxorubicin's permeability and its partition into
    lipid this comes within a factor of 2 of the half-time of its flip-flop (0.7 min, Regev 2005),
    which was measured on its own: see the test of this law.

    References
    ----------
    Fick's first law across a thin membrane; Regev, Yeheskely-Hayon, Katzir and Eytan 2005, Biochem
    Pharmacol 70:161, doi 10.1016/j.bcp.2005.03.032 (abstract).

    Examples
    --------
    >>> round(float(crossing_rate(1e-6, 4.0, 2.0)), 9)
    2e-06
    """
    capacity = np.asarray(volume) + np.asarray(binding)
    flow = np.asarray(permeability) * np.asarray(area)
    flow, capacity = np.broadcast_arrays(flow, capacity)
    return np.asarray(np.divide(flow, capacity, out=np.zeros(flow.shape), where=capacity > 0))
