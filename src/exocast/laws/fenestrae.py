"""Vesicles through holes in vessel walls: hindered diffusion and convection, hole by hole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

__all__ = [
    "fibre_exclusion",
    "hindered_convection",
    "hindered_diffusion",
    "pore_average",
    "sinusoid_area",
    "wall_exchange",
]

Array = NDArray[np.float64]

_NODES = 64
_DIFFUSION = (1.0, -1.56034, 0.528155, 1.91521, -2.81903, 0.270788, 1.10115, -0.435933)
_CLOSE = 0.95
"""Above this size ratio the polynomial gives way to the close-fit asymptote."""


def hindered_diffusion(ratio: Array | float) -> Array:
    r"""Return partition times hindrance for diffusion of a sphere through a cylindrical pore.

    Parameters
    ----------
    ratio : array [1]
        Sphere diameter over pore diameter.

    Returns
    -------
    array [1]
        Phi K_d: flux relative to the same area of open liquid; 1 at ratio 0, 0 from 1 on.

    Equation
    --------
    H = 1 + \frac{9}{8} \lambda \ln \lambda - 1.56034 \lambda + 0.528155 \lambda^2 + 1.91521
    \lambda^3 - 2.81903 \lambda^4 + 0.270788 \lambda^5 + 1.10115 \lambda^6 - 0.435933 \lambda^7

    H = 0.984 \, (1 - \lambda)^2 \left(\frac{1 - \lambda}{\lambda}\right)^{5/2}, \quad \lambda >
    0.95

    Symbols
    -------
    H : returned
    \lambda : ratio

    Notes
    -----
    The close-fit form holds above a ratio of 0.95. Neutral spheres, long pores; charge and
    glycocalyx are left out.

    References
    ----------
    Dechadilok P, Deen WM. Ind Eng Chem Res 2006;45:6953-6959, eq. 16 (read as coded in
    public repositories, one of which calls it eq. 15). doi:10.1021/ie051387n
    Mavrovouniotis GM, Brenner H. J Colloid Interface Sci 1988;124:269-283 (close fit; recalled,
    its form read in public code).

    Examples
    --------
    A 100 nm vesicle in the largest hole of a rodent and of a human liver sinusoid:

    >>> [round(float(hindered_diffusion(100 / hole)), 2) for hole in (280, 180)]
    [0.14, 0.03]
    """
    ratio = np.asarray(ratio, dtype=float)
    inside = np.clip(ratio, 1e-12, _CLOSE)
    wide = np.polynomial.polynomial.polyval(inside, _DIFFUSION)
    wide = wide + 9 / 8 * inside * np.log(inside)
    close = np.clip(ratio, _CLOSE, 1.0)
    tight = 0.984 * (1 - close) ** 4.5 / close**2.5
    return np.asarray(np.where(ratio <= _CLOSE, wide, tight))


def hindered_convection(ratio: Array | float) -> Array:
    r"""Return partition times lag for a sphere carried through a cylindrical pore by the flow.

    Parameters
    ----------
    ratio : array [1]
        Sphere diameter over pore diameter.

    Returns
    -------
    array [1]
        Phi K_c = 1 - reflection coefficient; 1 at ratio 0, 0 from 1 on.

    Equation
    --------
    W = (1 - \lambda)^2 \, \frac{1 + 3.867 \lambda - 1.907 \lambda^2 - 0.834 \lambda^3}{1 +
    1.867 \lambda - 0.741 \lambda^2}

    Symbols
    -------
    W : returned
    \lambda : ratio

    References
    ----------
    Dechadilok P, Deen WM. Ind Eng Chem Res 2006;45:6953-6959. doi:10.1021/ie051387n
    (the equation is recalled; its limits are tested).

    Examples
    --------
    >>> round(float(hindered_convection(0.2)), 3), float(hindered_convection(1.2))
    (0.805, 0.0)
    """
    inside = np.clip(np.asarray(ratio, dtype=float), 0.0, 1.0)
    top = 1 + 3.867 * inside - 1.907 * inside**2 - 0.834 * inside**3
    bottom = 1 + 1.867 * inside - 0.741 * inside**2
    return np.asarray((1 - inside) ** 2 * top / bottom)


def pore_average(
    diameter: Array,
    mean: Array | float,
    variation: Array | float,
    smallest: Array | float,
    largest: Array | float,
) -> tuple[Array, Array]:
    r"""Return hindered diffusion and convection averaged over a distribution of holes.

    Parameters
    ----------
    diameter : array (n, k) or (k,) [m]
        Of the vesicles.
    mean, variation : array (n,) or float [m], [1]
        Mean and coefficient of variation of the normal distribution before it is cut.
    smallest, largest : array (n,) or float [m]
        Where it is cut.

    Returns
    -------
    tuple of array (n, k) [1]
        H, weighted by hole area (r^2), and W, weighted by hole flow (r^4, Poiseuille).

    Equation
    --------
    \bar{H}(d) = \frac{\int H(d/D) \, D^2 f(D) \, dD}{\int D^2 f(D) \, dD}, \quad \bar{W}(d) =
    \frac{\int W(d/D) \, D^4 f(D) \, dD}{\int D^4 f(D) \, dD}

    Symbols
    -------
    \bar{H} : returned[0], diffusion, weighted by the area of each hole
    \bar{W} : returned[1], convection, weighted by the flow of each hole
    d : diameter
    f(D) : normal distribution of holes, cut below and above
    \bar{D} : mean
    v_D : variation
    D_\mathrm{min} : smallest
    D_\mathrm{max} : largest

    Notes
    -----
    Gauss-Legendre over the cut normal distribution's own probability, so that narrow distributions
    are resolved as well as wide ones. A single hole size (its mean or its upper limit) misstates
    both by up to an order of magnitude.

    Examples
    --------
    >>> h, w = pore_average(np.array([100e-9]), 135e-9, 0.25, 50e-9, 280e-9)
    >>> f"{h[0, 0]:.3f} {w[0, 0]:.2f}"
    '0.015 0.20'
    """
    diameter = np.atleast_2d(np.asarray(diameter, dtype=float))
    middle, spread, low, high = (
        np.asarray(np.broadcast_to(part, np.broadcast_shapes(np.shape(part), (1,))))[:, None]
        for part in (mean, np.multiply(mean, variation), smallest, largest)
    )
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    below, above = ndtr((low - middle) / spread), ndtr((high - middle) / spread)
    share = below + (above - below) * (node + 1) / 2
    hole = np.clip(middle + spread * ndtri(np.clip(share, 1e-15, 1 - 1e-15)), low, high)
    ratio = diameter[:, :, None] / hole[:, None, :]
    area, flow = weight * hole**2, weight * hole**4
    area, flow = area / area.sum(axis=1, keepdims=True), flow / flow.sum(axis=1, keepdims=True)
    diffusion = np.einsum("nkm,nm->nk", hindered_diffusion(ratio), area)
    convection = np.einsum("nkm,nm->nk", hindered_convection(ratio), flow)
    return diffusion, convection


def sinusoid_area(blood_volume: Array | float, radius: Array | float) -> Array:
    r"""Return the wall area of cylindrical vessels that hold a volume of blood.

    Parameters
    ----------
    blood_volume : array [m^3]
        Held in the exchange vessels.
    radius : array [m]
        Of one vessel.

    Returns
    -------
    array [m^2]

    Equation
    --------
    A = \frac{2 V}{r}

    Symbols
    -------
    A : returned
    V : blood_volume
    r : radius

    Examples
    --------
    >>> round(float(sinusoid_area(1.5e-7, 3.5e-6)), 4)
    0.0857
    """
    return np.asarray(2 * np.asarray(blood_volume) / radius)


def wall_exchange(
    permeability_area: Array, filtration: Array, convection: Array
) -> tuple[Array, Array]:
    r"""Return the clearances out of and back into a vessel whose wall leaks fluid.

    Parameters
    ----------
    permeability_area : array [m^3/s]
        Diffusive permeability times wall area, PS.
    filtration : array [m^3/s]
        Net fluid leaving through the same holes.
    convection : array [1]
        W = 1 - reflection coefficient.

    Returns
    -------
    tuple of array [m^3/s]
        Outward, to be multiplied by the concentration in plasma, and inward, by that in the
        interstitium.

    Equation
    --------
    \mathrm{CL}_\mathrm{out} = \frac{W J}{1 - e^{-\mathrm{Pe}}}, \quad \mathrm{CL}_\mathrm{in} =
    \mathrm{CL}_\mathrm{out} - W J, \quad \mathrm{Pe} = \frac{W J}{\mathrm{PS}}

    Symbols
    -------
    \mathrm{CL}_\mathrm{out} : returned[0], clearance out of the vessel
    \mathrm{CL}_\mathrm{in} : returned[1], clearance back into the vessel
    \mathrm{PS} : permeability_area
    J : filtration
    W : convection

    Notes
    -----
    The flux is CL_out C_p - CL_in C_i. Without flow both clearances are PS; their difference is W J
    always.

    References
    ----------
    Patlak CS, Goldstein DA, Hoffman JF. J Theor Biol 1963;5:426-442
    (recalled; the equation is its own closed form).

    Examples
    --------
    >>> out, back = wall_exchange(np.array([2.0]), np.array([0.0]), np.array([1.0]))
    >>> float(out[0]), float(back[0])
    (2.0, 2.0)
    """
    carried = np.asarray(convection * filtration, dtype=float)
    surface = np.asarray(permeability_area, dtype=float)
    carried, surface = np.broadcast_arrays(carried, surface)
    peclet = carried / np.where(surface > 0, surface, 1.0)
    # The series where 1 - exp(-Pe) would lose its digits; the cap only keeps exp from underflowing.
    shape = np.where(
        peclet < 1e-8, 1.0 + peclet / 2, peclet / -np.expm1(-np.clip(peclet, 1e-8, 700.0))
    )
    outward = np.where(surface > 0, surface * shape, carried)
    return np.asarray(outward), np.asarray(np.maximum(outward - carried, 0.0))


def fibre_exclusion(
    diameter: Array, fibre_share: Array | float, fibre_radius: Array | float
) -> Array:
    r"""Return the share of a fibre mesh's liquid that a sphere's centre can reach.

    Parameters
    ----------
    diameter : array (..., k) [m]
        Of the vesicles.
    fibre_share : array [1]
        Volume share of fibres.
    fibre_radius : array [m]
        Radius of a fibre.

    Returns
    -------
    array (..., k) [1]

    Equation
    --------
    \Phi = \exp \left[-\phi \left(1 + \frac{d}{2 r_f}\right)^2\right]

    Symbols
    -------
    \Phi : returned
    d : diameter
    \phi : fibre_share
    r_f : fibre_radius

    Notes
    -----
    Long straight fibres placed at random. Real collagen is bundled, so the exclusion of large
    vesicles is overstated for thin fibres.

    References
    ----------
    Ogston AG. Trans Faraday Soc 1958;54:1754-1757 (recalled).

    Examples
    --------
    >>> np.round(fibre_exclusion(np.array([0.0, 100e-9]), 0.03, 20e-9), 2)
    array([0.97, 0.69])
    """
    radius = np.asarray(diameter, dtype=float) / 2
    return np.asarray(np.exp(-np.asarray(fibre_share) * (1 + radius / fibre_radius) ** 2))
