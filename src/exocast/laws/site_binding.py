"""Molecules that bind sites on vesicles, where neither is in excess."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["bound_in_time", "bound_to_sites"]

Array = NDArray[np.float64]


def bound_to_sites(ligand: ArrayLike, sites: ArrayLike, dissociation: ArrayLike) -> Array:
    r"""Return what is bound at equilibrium, both partners being used up [mol/m^3].

    Parameters
    ----------
    ligand, sites : array [mol/m^3]
        All there is of each.
    dissociation : array [mol/m^3]
        Dissociation constant.

    Returns
    -------
    array [mol/m^3]
        Never more than the scarcer.

    Equation
    --------
    b = \frac{2 L S}{T + \sqrt{T^2 - 4 L S}}, \quad T = L + S + K

    Symbols
    -------
    b : returned
    L : ligand
    S : sites
    K : dissociation

    Notes
    -----
    The root of (L - b)(S - b) = K b, in the form that loses no digits where little is bound. One
    molecule a site, all sites alike.

    Examples
    --------
    >>> float(bound_to_sites(1.0, 1.0, 0.5)), float(bound_to_sites(0.0, 1.0, 0.5))
    (0.5, 0.0)
    """
    some, other = np.asarray(ligand, float), np.asarray(sites, float)
    total = some + other + np.asarray(dissociation, float)
    return np.asarray(2.0 * some * other / (total + np.sqrt(total**2 - 4.0 * some * other)))


def bound_in_time(
    ligand: ArrayLike,
    sites: ArrayLike,
    dissociation: ArrayLike,
    off: ArrayLike,
    time: ArrayLike,
) -> Array:
    r"""Return what is bound after a time, from none [mol/m^3].

    Parameters
    ----------
    ligand, sites, dissociation : array [mol/m^3]
        As for `bound_to_sites`.
    off : array [1/s]
        Rate at which a bound molecule comes off.
    time : array [s]
        Since they met.

    Equation
    --------
    x = b \frac{1 - e^{-\lambda t}}{1 - \frac{b}{b'} e^{-\lambda t}}, \quad \lambda =
    \frac{k}{K}(b' - b), \quad b' = \frac{L S}{b}

    Symbols
    -------
    x : returned
    b : bound_to_sites
    b' : the other root
    L : ligand
    S : sites
    K : dissociation
    k : off
    t : time

    Notes
    -----
    The exact solution of dx/dt = (k / K)(L - x)(S - x) - k x, whose roots are b and b'.

    Examples
    --------
    >>> round(float(bound_in_time(1.0, 1.0, 0.5, 1e-3, 1e6)), 6)
    0.5
    """
    some, other = np.asarray(ligand, float), np.asarray(sites, float)
    constant = np.asarray(dissociation, float)
    least = bound_to_sites(some, other, constant)
    most = some + other + constant - least
    pace = np.asarray(off, float) / constant * (most - least) * np.asarray(time, float)
    ratio = np.divide(least, most, out=np.zeros_like(least), where=most > 0)
    return np.asarray(least * -np.expm1(-pace) / (1.0 - ratio * np.exp(-pace)))
