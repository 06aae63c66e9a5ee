"""Out of a depot of injected liquid: into lymph, as far as the mesh of the tissue lets pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from exocast.laws.fenestrae import fibre_exclusion

__all__ = ["lymph_uptake", "surface_limited"]

Array = NDArray[np.float64]


def surface_limited(rate: Array | float, volume: float, reference: Array | float) -> Array:
    r"""Return the rate at which a depot empties through its surface, from that of another volume.

    Parameters
    ----------
    rate : array [1/s]
        Of a depot of the reference volume.
    volume : float [m^3]
        Injected.
    reference : array [m^3]
        Volume to which the rate belongs.

    Returns
    -------
    array [1/s]

    Equation
    --------
    k = k_0 \left(\frac{V_0}{V}\right)^{1/3}

    Symbols
    -------
    k : returned
    k_0 : rate
    V : volume
    V_0 : reference

    Notes
    -----
    A depot of one shape has a surface that grows with V^(2/3), so the surface of each volume falls
    with V^(-1/3). Vessels inside a depot are pressed shut, and it is at its surface that tissue
    takes the liquid up. A depot that spreads into a sheet loses this dependence.

    Examples
    --------
    >>> round(float(surface_limited(1.0, 8e-7, 1e-7)), 6)
    0.5
    """
    return np.asarray(np.asarray(rate) * np.cbrt(np.asarray(reference) / volume))


def lymph_uptake(
    diameter: Array,
    rate: Array,
    volume: float,
    reference: Array,
    fibre_share: Array,
    fibre_radius: Array,
) -> Array:
    r"""Return the rate at which lymph carries a vesicle off from a depot.

    Parameters
    ----------
    diameter : array (n, k) or (k,) [m]
        Of the vesicles.
    rate : array (n,) [1/s]
        At which lymph carries off the liquid of a depot of the reference volume.
    volume : float [m^3]
        Injected.
    reference : array (n,) [m^3]
        Volume to which the rate belongs.
    fibre_share : array (n,) [1]
        Volume share of fibres between depot and lymphatics.
    fibre_radius : array (n,) [m]
        Radius of a fibre.

    Returns
    -------
    array (n, k) [1/s]

    Equation
    --------
    k_L(d) = k \, \Phi(d)

    Symbols
    -------
    k_L : returned
    d : diameter
    k : surface_limited of rate, volume and reference
    \Phi : fibre_exclusion of fibre_share and fibre_radius

    Notes
    -----
    Liquid moves to the initial lymphatics through the mesh of the interstitium and takes along
    what the mesh lets pass. What is smaller than about 10 nm also goes into capillaries; what is
    larger than about 100 nm stays, whence the range of sizes that lymph prefers.

    References
    ----------
    Oussoren C, Zuidema J, Crommelin DJA, Storm G. Biochim Biophys Acta 1997;1328:261-272
    (abstract: the size dependence that this form is to show).

    Examples
    --------
    Liposomes of 40 and 100 nm, and large ones; per hour, as is the rate given:

    >>> size = np.array([40e-9, 100e-9, 400e-9])
    >>> np.round(lymph_uptake(size, *(np.array([one]) for one in (0.095,)), 1e-7,
    ...     np.array([1e-7]), np.array([0.058]), np.array([10e-9])), 3)
    array([[0.056, 0.012, 0.   ]])
    """
    liquid = surface_limited(rate, volume, reference)[:, None]
    passing = fibre_exclusion(
        np.atleast_2d(diameter), np.asarray(fibre_share)[:, None], np.asarray(fibre_radius)[:, None]
    )
    return np.asarray(liquid * passing)
