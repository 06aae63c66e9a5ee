"""A vesicle as a lumen in a membrane: what its density and refractive index come to."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import lumen_diameter

__all__ = ["core_shell_density", "core_shell_index", "lumen_share"]

Array = NDArray[np.float64]


def lumen_share(diameter: ArrayLike, thickness: ArrayLike) -> Array:
    r"""Return the share of a vesicle's volume that is lumen [1].

    Parameters
    ----------
    diameter : array [m]
        Outer diameter of the membrane.
    thickness : array [m]
        Of the membrane, with the proteins in and on it.

    Equation
    --------
    f = \left(\frac{d - 2 h}{d}\right)^3

    Symbols
    -------
    f : returned
    d : diameter
    h : thickness

    Examples
    --------
    >>> float(lumen_share(100e-9, 5e-9).round(3))
    0.729
    """
    outer = np.asarray(diameter, float)
    return np.asarray((lumen_diameter(outer, thickness) / outer) ** 3)


def core_shell_density(
    diameter: ArrayLike, thickness: ArrayLike, shell: ArrayLike, lumen: ArrayLike
) -> Array:
    r"""Return the density of a vesicle [kg/m^3].

    Parameters
    ----------
    diameter, thickness : array [m]
        As in `lumen_share`.
    shell, lumen : array [kg/m^3]
        Densities of the membrane with its proteins, and of the liquid inside.

    Equation
    --------
    \rho = f \rho_l + (1 - f) \rho_s

    Symbols
    -------
    \rho : returned
    f : lumen_share
    \rho_l : lumen
    \rho_s : shell

    Notes
    -----
    Small vesicles are mostly membrane: whether they are denser or lighter than large ones depends
    on whether the membrane is heavier than the lumen. In a gradient of sucrose the lumen gives up
    water and the vesicle reads heavier than this.

    Examples
    --------
    >>> float(core_shell_density(100e-9, 5e-9, 1100.0, 1000.0).round(1))
    1027.1
    """
    inside = lumen_share(diameter, thickness)
    return np.asarray(inside * np.asarray(lumen) + (1.0 - inside) * np.asarray(shell))


def core_shell_index(
    diameter: ArrayLike, thickness: ArrayLike, shell: ArrayLike, lumen: ArrayLike
) -> Array:
    r"""Return the refractive index of a uniform sphere that scatters as the vesicle does [1].

    Parameters
    ----------
    diameter, thickness : array [m]
        As in `lumen_share`.
    shell, lumen : array [1]
        Refractive indices of the membrane and of the liquid inside.

    Equation
    --------
    n^2 = n_s^2 \, \frac{n_l^2 + 2 n_s^2 + 2 f (n_l^2 - n_s^2)}{n_l^2 + 2 n_s^2 - f (n_l^2 - n_s^2)}

    Symbols
    -------
    n : returned
    n_s : shell
    n_l : lumen
    f : lumen_share

    Notes
    -----
    Exact for a vesicle far smaller than the wavelength, where a coated sphere has the dipole of a
    uniform one; at 300 nm and above the shell scatters as a shell.

    References
    ----------
    Bohren and Huffman 1983, section 5.4, the polarisability of a coated sphere (classical,
    recalled).

    Examples
    --------
    >>> float(core_shell_index(100e-9, 5e-9, 1.48, 1.35).round(3))
    1.385
    """
    inside = lumen_share(diameter, thickness)
    membrane, liquid = np.asarray(shell, float) ** 2, np.asarray(lumen, float) ** 2
    whole = liquid + 2.0 * membrane
    step = inside * (liquid - membrane)
    return np.asarray(np.sqrt(membrane * (whole + 2.0 * step) / (whole - step)))
