"""Room for cargo: what fits into a lumen, and how near its wall a molecule comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import AVOGADRO, sphere_volume

__all__ = ["accessible_volume", "lumen_capacity", "molecule_volume"]

Array = NDArray[np.float64]


def molecule_volume(molar_mass: ArrayLike, specific_volume: ArrayLike) -> Array:
    r"""Return the volume that the matter of one molecule fills [m^3].

    Parameters
    ----------
    molar_mass : array [kg/mol]
        Of the molecule, or of a solid particle.
    specific_volume : array [m^3/kg]
        Partial specific volume; of a solid, one over its density.

    Equation
    --------
    v = \frac{M \bar{v}}{N_A}

    Symbols
    -------
    v : returned
    M : molar_mass
    \bar{v} : specific_volume
    N_A : Avogadro constant

    References
    ----------
    Definition of the partial specific volume.

    Examples
    --------
    >>> round(float(molecule_volume(66.5, 0.73e-3)) * 1e27)  # albumin, nm^3
    81
    """
    return np.asarray(np.asarray(molar_mass) * np.asarray(specific_volume) / AVOGADRO)


def accessible_volume(lumen: ArrayLike, molecule: ArrayLike) -> Array:
    r"""Return the volume in which the centre of a molecule can be, inside a sphere.

    Parameters
    ----------
    lumen : array (n, k) [m]
        Inner diameter of the vesicle.
    molecule : array (n, 1) [m]
        Hydrodynamic diameter of what is to be inside.

    Returns
    -------
    array (n, k) [m^3]
        Zero where the molecule is wider than the lumen.

    Equation
    --------
    V_a = \frac{\pi}{6} \max (d_i - a, \, 0)^3

    Symbols
    -------
    V_a : returned
    d_i : lumen
    a : molecule

    Notes
    -----
    A hard sphere in a hard sphere: over the volume of the lumen this is the partition coefficient
    of a solute that does nothing but take room. A long DNA bends and could thread its way into a
    lumen narrower than its coil, at a cost in free energy that is not computed here.

    References
    ----------
    Giddings, Kucera, Russell and Myers 1968, J Phys Chem 72:4397, doi 10.1021/j100859a008 (steric
    partition in pores; recalled).

    Examples
    --------
    A 4 nm duplex has 87 % of a lumen of 90 nm to itself, a coil of 100 nm none:

    >>> share = accessible_volume([90e-9, 90e-9], [4e-9, 100e-9]) / sphere_volume(90e-9)
    >>> share.round(2).tolist()
    [0.87, 0.0]
    """
    return sphere_volume(np.maximum(np.asarray(lumen) - np.asarray(molecule), 0.0))


def lumen_capacity(
    lumen: ArrayLike, molecule: ArrayLike, volume: ArrayLike, packing: ArrayLike
) -> Array:
    r"""Return the most molecules that a lumen holds, whatever brings them in.

    Parameters
    ----------
    lumen : array (n, k) [m]
        Inner diameter of the vesicle.
    molecule : array (n, 1) [m]
        Hydrodynamic diameter.
    volume : array (n, 1) [m^3]
        Matter of one molecule, `molecule_volume`.
    packing : array (n, 1) [1]
        Share of a lumen that such matter fills at most.

    Returns
    -------
    array (n, k) [copy/particle]

    Equation
    --------
    c_\mathrm{max} = \frac{\varphi V_i}{v} \; \text{where} \; d_i > a, \; \text{else} \; 0

    Symbols
    -------
    c_\mathrm{max} : returned
    \varphi : packing
    V_i : lumen volume, of the sphere of diameter d_i
    v : volume
    d_i : lumen
    a : molecule

    Notes
    -----
    The molecules themselves press one another to the wall, so the whole lumen counts here, not the
    part that a first one reaches.

    References
    ----------
    Conservation of volume.

    Examples
    --------
    Albumin at 0.4 of a lumen of 90 nm:

    >>> round(float(lumen_capacity(90e-9, 7e-9, 81e-27, 0.4)))
    1885
    """
    inner, outer = np.asarray(lumen, float), np.asarray(molecule, float)
    most = np.asarray(packing) * sphere_volume(inner) / np.asarray(volume)
    return np.asarray(np.where(inner > outer, most, 0.0))
