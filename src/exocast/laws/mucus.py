"""Through mucus to the cells below: hindered by its mesh, in time before it is carried away."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["in_series", "layer_crossing", "mesh_hindrance"]

Array = NDArray[np.float64]


def mesh_hindrance(diameter: Array, mesh: Array | float, fibre_diameter: Array | float) -> Array:
    r"""Return the diffusivity in a hydrogel relative to that in its liquid.

    Parameters
    ----------
    diameter : array (n, k) or (k,) [m]
        Of the vesicles.
    mesh : array [m]
        Mean opening between the fibres.
    fibre_diameter : array [m]
        Of the fibres.

    Returns
    -------
    array [1]

    Equation
    --------
    \frac{D}{D_0} = \exp \left[-\frac{\pi}{4} \left(\frac{d + d_f}{\xi + d_f}\right)^2\right]

    Symbols
    -------
    \frac{D}{D_0} : returned
    d : diameter
    \xi : mesh
    d_f : fibre_diameter

    Notes
    -----
    Obstruction scaling: the chance that openings of a random mesh are larger than the vesicle. For
    vesicles that the mucins do not bind; adhesion slows beside it.

    References
    ----------
    Amsden B. Macromolecules 1998;31:8382-8395. doi:10.1021/ma980765f (recalled).

    Examples
    --------
    >>> np.round(mesh_hindrance(np.array([0.0, 100e-9, 500e-9]), 150e-9, 7e-9), 3)
    array([0.998, 0.694, 0.   ])
    """
    ratio = (np.asarray(diameter) + fibre_diameter) / (np.asarray(mesh) + fibre_diameter)
    return np.asarray(np.exp(-np.minimum(np.pi / 4.0 * ratio**2, 700.0)))


def layer_crossing(diffusivity: Array, thickness: Array | float) -> Array:
    r"""Return the rate at which what lies on a layer diffuses to its bottom.

    Parameters
    ----------
    diffusivity : array [m^2/s]
        In the layer.
    thickness : array [m]
        Of the layer.

    Returns
    -------
    array [1/s]

    Equation
    --------
    k_m = \frac{\pi^2 D}{4 h^2}

    Symbols
    -------
    k_m : returned
    D : diffusivity
    h : thickness

    Notes
    -----
    The slowest mode of diffusion in a slab whose top reflects and whose bottom absorbs: from the
    first moments on, before them less crosses.

    References
    ----------
    Crank J. The Mathematics of Diffusion, 2nd ed., Oxford 1975, chapter 4 (recalled).

    Examples
    --------
    >>> round(float(layer_crossing(1e-12, 10e-6)), 4)
    0.0247
    """
    return np.asarray(np.pi**2 * np.asarray(diffusivity) / (4.0 * np.asarray(thickness) ** 2))


def in_series(first: Array, second: Array) -> Array:
    r"""Return the rate of two steps of which each must be taken, array (n, k) [1/s].

    Parameters
    ----------
    first, second : array (n, k) [1/s]
        Of either step alone.

    Equation
    --------
    k = \frac{k_1 k_2}{k_1 + k_2}

    Symbols
    -------
    k : returned
    k_1 : first
    k_2 : second

    Examples
    --------
    >>> float(in_series(1.0, 1.0)), float(in_series(0.0, 1.0))
    (0.5, 0.0)
    """
    one, other = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
    total = one + other
    return np.asarray(np.divide(one * other, total, out=np.zeros_like(total), where=total > 0))
