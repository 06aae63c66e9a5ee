"""How far a magnet gets a vesicle out of flowing blood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["core_moment", "magnetic_drift", "pulled_clearance"]

Array = NDArray[np.float64]


def core_moment(diameter: Array | float, magnetisation: Array | float) -> Array:
    r"""Return the magnetic moment of one saturated, single-domain core.

    Parameters
    ----------
    diameter : array [m]
        Of the core.
    magnetisation : array [A/m]
        Saturation magnetisation of the material.

    Returns
    -------
    array [A m^2]

    Equation
    --------
    m = \frac{\pi}{6} d^3 M_s

    Symbols
    -------
    m : returned
    d : diameter
    M_s : magnetisation

    Examples
    --------
    >>> f"{float(core_moment(10e-9, 4e5)):.1e}"
    '2.1e-19'
    """
    return np.asarray(np.pi / 6.0 * np.asarray(diameter) ** 3 * magnetisation)


def magnetic_drift(
    moment: Array | float,
    gradient: Array | float,
    diameter: Array | float,
    viscosity: Array | float,
) -> Array:
    r"""Return the velocity at which a magnet pulls a sphere through a liquid.

    Parameters
    ----------
    moment : array [A m^2]
        Of all that the sphere carries, saturated and aligned with the field.
    gradient : array [T/m]
        Of the field where the sphere is.
    diameter : array [m]
        Of the sphere.
    viscosity : array [Pa*s]
        Of the liquid.

    Returns
    -------
    array [m/s]

    Equation
    --------
    v = \frac{m \, G}{3 \pi \eta d}

    Symbols
    -------
    v : returned
    m : moment
    G : gradient
    \eta : viscosity
    d : diameter

    Notes
    -----
    Magnetic force over Stokes drag. Saturation needs a field of some tenths of a tesla.

    References
    ----------
    Pankhurst QA, Connolly J, Jones SK, Dobson J. J Phys D 2003;36:R167-R181.
    doi:10.1088/0022-3727/36/13/201 (recalled)

    Examples
    --------
    Ten cores of 10 nm in 100 T/m, at the pole of a strong magnet: a fifth of a micrometre a second.

    >>> f"{float(magnetic_drift(2.1e-18, 100.0, 100e-9, 1.2e-3)):.1e}"
    '1.9e-07'
    """
    drag = 3.0 * np.pi * np.asarray(viscosity) * np.asarray(diameter)
    return np.asarray(np.asarray(moment) * gradient / drag)


def pulled_clearance(
    drift: Array | float, blood_volume: Array | float, radius: Array | float
) -> Array:
    r"""Return the plasma that a magnet clears onto the walls of an organ's vessels.

    Parameters
    ----------
    drift : array [m/s]
        From `magnetic_drift`.
    blood_volume : array [m^3]
        Blood in these vessels.
    radius : array [m]
        Of the vessels.

    Returns
    -------
    array [m^3/s]

    Equation
    --------
    \mathrm{CL} = v \, \frac{V}{2 r}

    Symbols
    -------
    \mathrm{CL} : returned
    v : drift
    V : blood_volume
    r : radius

    Notes
    -----
    Drift times the area that long, thin vessels in all directions show to one side:
    2 r L <sin> = (pi/2) r L, with V = pi r^2 L. What reaches the wall is held.

    Examples
    --------
    >>> float(pulled_clearance(2e-6, 1e-9, 5e-6))
    2e-10
    """
    return np.asarray(np.asarray(drift) * blood_volume / (2.0 * np.asarray(radius)))
