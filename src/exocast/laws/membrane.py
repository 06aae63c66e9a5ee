"""Filtration through a porous membrane: what passes, what is pressed on, and how fast liquid goes.

Sieving is hindered convection (`fenestrae`) averaged over the pores; the flux is what pressure
drives through membrane and cake, or what diffusion carries back from a gel, whichever is less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from exocast.laws.fenestrae import hindered_convection

__all__ = [
    "HYDRATED_VOLUME",
    "cake_resistance",
    "cut_off_pore",
    "deposited_share",
    "globular_diameter",
    "limiting_flux",
    "membrane_resistance",
    "observed_sieving",
    "return_by_diffusion",
    "return_by_shear",
    "sieving",
    "washed_out",
]

Array = NDArray[np.float64]

HYDRATED_VOLUME = 1.63e-3
"""Hydrodynamic volume of a globular protein over its mass [m^3/kg]: albumin, 66.5 kDa, 3.5 nm."""

NARROWEST, WIDEST = 0.2, 4.0
"""Where the distribution of pores is cut: over the mean, and standard deviations above it."""

_NODE, _WEIGHT = np.polynomial.legendre.leggauss(32)

BISECTIONS = 24
MOST_POLARISED = 4.6
"""Largest ln of wall over bulk concentration: a hundredfold, about where a wall layer is packed."""


def globular_diameter(mass: ArrayLike) -> Array:
    r"""Return the hydrodynamic diameter of a globular protein [m].

    Parameters
    ----------
    mass : array [kg]
        Of one molecule.

    Equation
    --------
    d = \left(\frac{6 v_h m}{\pi}\right)^{1/3}

    Symbols
    -------
    d : returned
    m : mass
    v_h : hydrodynamic specific volume, 1.63 mL/g

    References
    ----------
    Albumin of 66.5 kDa has a hydrodynamic radius of 3.5 nm (recalled).

    Examples
    --------
    >>> (globular_diameter(np.array([10, 100, 500]) * 1.6605e-24) * 1e9).round(1).tolist()
    [3.7, 8.0, 13.7]
    """
    return np.asarray((6 * HYDRATED_VOLUME * np.asarray(mass, float) / np.pi) ** (1 / 3))


def sieving(diameter: ArrayLike, pore: ArrayLike, variation: ArrayLike) -> Array:
    r"""Return the share of what is at the wall of a membrane that its flow carries through [1].

    Parameters
    ----------
    diameter : array (k,) or (n, k) [m]
        Of particles or molecules.
    pore : array (n,) [m]
        Mean diameter of the pores.
    variation : array (n,) [1]
        Coefficient of variation of the pores.

    Returns
    -------
    array (n, k) [1]
        From 1 (a point) to 0 (larger than the largest pore).

    Equation
    --------
    S = \frac{\int W(d / D) \, D^4 f(D) \, dD}{\int D^4 f(D) \, dD}

    Symbols
    -------
    S : returned
    W : hindered_convection
    d : diameter
    f(D) : normal distribution of pores, cut below and above
    \bar{D} : pore
    v : variation

    Notes
    -----
    The convective half of `fenestrae.pore_average`, alone because filters ask for nothing else, and
    often. Pores are normal, cut at a fifth of the mean and four standard deviations above it. Hard
    spheres: a vesicle that squeezes through a pore smaller than itself is not described.

    Examples
    --------
    Albumin, and a 40 nm vesicle, on pores of 14 nm with a spread of 30 %:

    >>> sieving(np.array([7e-9, 40e-9]), 14.3e-9, 0.3).round(2).tolist()
    [[0.5, 0.0]]
    """
    mean, cv = (np.atleast_1d(np.asarray(x, float))[:, None] for x in (pore, variation))
    size = np.atleast_2d(np.asarray(diameter, float))
    below, above = ndtr((NARROWEST - 1) / cv), ndtr(WIDEST)
    share = below + (above - below) * (_NODE + 1) / 2
    hole = np.clip(1 + cv * ndtri(share), NARROWEST, None) * mean
    flow = _WEIGHT * hole**4
    flow = flow / flow.sum(axis=1, keepdims=True)
    passing = hindered_convection(size[:, :, None] / hole[:, None, :])
    return np.asarray(
        np.einsum("nkm,nm->nk", np.broadcast_to(passing, (len(flow), *passing.shape[1:])), flow)
    )


def cut_off_pore(diameter: ArrayLike, variation: ArrayLike, rejected: float = 0.9) -> Array:
    r"""Return the mean pore of a membrane with a nominal cut-off [m].

    Parameters
    ----------
    diameter : float [m]
        Of the protein of the cut-off mass, `globular_diameter`.
    variation : array (n,) [1]
        Coefficient of variation of the pores.
    rejected : float [1]
        Share of that protein which the membrane holds back, by the makers' definition.

    Returns
    -------
    array (n,) [m]

    Equation
    --------
    1 - S(d; \bar{D}, v) = R

    Symbols
    -------
    \bar{D} : returned
    S : sieving
    d : diameter
    v : variation
    R : rejected

    Notes
    -----
    Solved by bisection. The wider the spread of pores, the smaller their mean has to be: large
    pores carry most of the flow. Makers differ in test molecule and flux; a factor of two.

    References
    ----------
    Definition of the nominal molecular-weight cut-off; hindered convection as in `fenestrae`.

    Examples
    --------
    >>> (cut_off_pore(13.7e-9, np.array([0.1, 0.3])) * 1e9).round(1).tolist()
    [18.3, 14.3]
    """
    cv = np.atleast_1d(np.asarray(variation, float))
    size = float(np.asarray(diameter))
    low, high = np.full_like(cv, 0.1), np.full_like(cv, 10.0)
    for _ in range(BISECTIONS):
        middle = np.sqrt(low * high)
        passes = sieving(np.array([1.0]), middle, cv)[:, 0]
        wide = passes > 1 - rejected
        low, high = np.where(wide, low, middle), np.where(wide, middle, high)
    return np.asarray(size * np.sqrt(low * high))


def membrane_resistance(pore: ArrayLike, skin: ArrayLike) -> Array:
    r"""Return the resistance of a membrane to flow [1/m].

    Parameters
    ----------
    pore : array [m]
        Mean diameter of the pores.
    skin : array [m]
        Thickness of the layer that holds them over its open share.

    Equation
    --------
    R_m = \frac{32 L}{D^2}

    Symbols
    -------
    R_m : returned
    D : pore
    L : skin

    References
    ----------
    Hagen and Poiseuille; flux is pressure over viscosity and resistance (Darcy).

    Examples
    --------
    Litres an hour from a square metre at one bar, 14 nm pores:

    >>> f"{1e5 / 1e-3 / float(membrane_resistance(14e-9, 5e-6)) * 3.6e6:.0f}"
    '441'
    """
    return np.asarray(32 * np.asarray(skin) / np.asarray(pore, float) ** 2)


def cake_resistance(layer: ArrayLike, diameter: ArrayLike, void: ArrayLike) -> Array:
    r"""Return the resistance of spheres packed on a membrane [1/m].

    Parameters
    ----------
    layer : array [m]
        Volume of spheres on an area of membrane.
    diameter : array [m]
        Of the spheres.
    void : array [1]
        Liquid share of the cake.

    Equation
    --------
    R_c = \frac{180 \, (1 - \epsilon)}{\epsilon^3} \, \frac{h}{d^2}

    Symbols
    -------
    R_c : returned
    h : layer
    d : diameter
    \epsilon : void

    Notes
    -----
    Soft vesicles pack closer than spheres and resist more.

    References
    ----------
    Kozeny and Carman (Carman 1937, recalled).

    Examples
    --------
    >>> f"{float(cake_resistance(1e-7, 100e-9, 0.4)):.1e}"
    '1.7e+10'
    """
    e = np.asarray(void, float)
    return np.asarray(180 * (1 - e) / e**3 * np.asarray(layer) / np.asarray(diameter, float) ** 2)


def return_by_diffusion(shear: ArrayLike, diffusivity: ArrayLike, length: ArrayLike) -> Array:
    r"""Return how fast diffusion carries particles off a swept membrane [m/s].

    Parameters
    ----------
    shear : array [1/s]
        Shear rate at the membrane.
    diffusivity : array [m^2/s]
        Of the particle.
    length : array [m]
        Of the swept membrane.

    Equation
    --------
    k_D = 0.807 \left(\frac{\dot{\gamma} D^2}{L}\right)^{1/3}

    Symbols
    -------
    k_D : returned
    \dot{\gamma} : shear
    D : diffusivity
    L : length

    References
    ----------
    Leveque 1928, averaged over the length (recalled).

    Examples
    --------
    Albumin and a 100 nm vesicle in a fibre of 20 cm at 4000/s, in micrometres a second:

    >>> (return_by_diffusion(4e3, np.array([6e-11, 4e-12]), 0.2) * 1e6).round(2).tolist()
    [3.36, 0.55]
    """
    swept = np.asarray(shear) * np.asarray(diffusivity, float) ** 2 / np.asarray(length)
    return np.asarray(0.807 * np.cbrt(swept))


def return_by_shear(shear: ArrayLike, diameter: ArrayLike, length: ArrayLike) -> Array:
    r"""Return how fast tumbling in shear carries particles off a swept membrane [m/s].

    Parameters
    ----------
    shear : array [1/s]
        Shear rate at the membrane.
    diameter : array [m]
        Of the particle.
    length : array [m]
        Of the swept membrane.

    Equation
    --------
    k_S = 0.078 \, \dot{\gamma} \left(\frac{(d/2)^4}{L}\right)^{1/3}

    Symbols
    -------
    k_S : returned
    \dot{\gamma} : shear
    d : diameter
    L : length

    Notes
    -----
    Grows with size where diffusion falls: between them the sizes near 100 to 300 nm return worst.

    References
    ----------
    Zydney and Colton 1986, Chem Eng Commun 47:1 (recalled).

    Examples
    --------
    >>> (return_by_shear(4e3, np.array([100e-9, 1e-6]), 0.2) * 1e6).round(2).tolist()
    [0.1, 2.12]
    """
    path = (np.asarray(diameter, float) / 2) ** 4 / np.asarray(length)
    return np.asarray(0.078 * np.asarray(shear) * np.cbrt(path))


def observed_sieving(intrinsic: ArrayLike, flux: ArrayLike, back: ArrayLike) -> Array:
    r"""Return the share of the bulk concentration that passes a membrane [1].

    Parameters
    ----------
    intrinsic : array [1]
        Sieving coefficient of the membrane, for what is at its wall.
    flux : array [m/s]
        Of the liquid.
    back : array [m/s]
        Speed of the return into the bulk.

    Equation
    --------
    S_o = \frac{S e^{J/k}}{1 - S + S e^{J/k}}

    Symbols
    -------
    S_o : returned
    S : intrinsic
    J : flux
    k : back

    Notes
    -----
    What is held back piles up at the wall, and so more of it passes; a pile of more than a hundred
    times the bulk is not allowed.

    References
    ----------
    Film theory of concentration polarisation, Blatt et al. 1970 (recalled).

    Examples
    --------
    >>> observed_sieving(np.array([0.0, 0.1, 1.0]), 1e-5, 1e-5).round(3).tolist()
    [0.0, 0.232, 1.0]
    """
    s = np.asarray(intrinsic, float)
    ratio = np.asarray(flux, float) / np.maximum(np.asarray(back, float), 1e-30)
    piled = np.exp(np.minimum(ratio, MOST_POLARISED))
    return np.asarray(s * piled / (1 - s + s * piled))


def limiting_flux(back: ArrayLike, gel: ArrayLike, bulk: ArrayLike, intrinsic: ArrayLike) -> Array:
    r"""Return the flux at which the wall is at the concentration of a gel [m/s].

    Parameters
    ----------
    back : array [m/s]
        Speed of the return into the bulk.
    gel : array [kg/m^3]
        Concentration of the gel.
    bulk : array [kg/m^3]
        Concentration in the bulk.
    intrinsic : array [1]
        Sieving coefficient of the membrane.

    Equation
    --------
    J_g = k \ln \frac{c_g (1 - S)}{c_b - S c_g}

    Symbols
    -------
    J_g : returned
    k : back
    c_g : gel
    c_b : bulk
    S : intrinsic

    Notes
    -----
    Infinite where the bulk is thinner than S c_g: no gel can stand on a membrane that lets so much
    through. More pressure does not help beyond it; less protein or more shear does.

    References
    ----------
    Gel polarisation, Blatt et al. 1970 (recalled).

    Examples
    --------
    >>> limiting_flux(3.4e-6, 200.0, np.array([1.0, 50.0]), 0.0).round(8).tolist()
    [1.801e-05, 4.71e-06]
    >>> float(limiting_flux(3.4e-6, 200.0, 1.0, 0.5))
    inf
    """
    s, wall = np.asarray(intrinsic, float), np.asarray(gel, float)
    room = np.asarray(bulk, float) - s * wall
    stands = room > 0
    ratio = np.maximum(wall * (1 - s) / np.where(stands, room, 1.0), 1.01)
    return np.asarray(np.where(stands, np.asarray(back) * np.log(ratio), np.inf))


def deposited_share(flux: ArrayLike, back: ArrayLike) -> Array:
    r"""Return the share of the particles carried to a membrane that comes to lie on it [1].

    Parameters
    ----------
    flux : array [m/s]
        Of the liquid.
    back : array [m/s]
        Flux up to which the particles stay off: return, times the logarithm of wall over bulk.

    Equation
    --------
    f = \max \left(0, \, 1 - \frac{J_c}{J}\right)

    Symbols
    -------
    f : returned
    J : flux
    J_c : back

    References
    ----------
    Critical flux, Field et al. 1995, J Membr Sci 100:259 (recalled).

    Examples
    --------
    >>> deposited_share(np.array([1e-6, 4e-5]), 1e-5).tolist()
    [0.0, 0.75]
    """
    j = np.asarray(flux, float)
    return np.asarray(np.maximum(1 - np.asarray(back) / np.maximum(j, 1e-30), 0.0))


def washed_out(passing: ArrayLike, volumes: ArrayLike) -> Array:
    r"""Return the share that is left after diafiltration at constant volume [1].

    Parameters
    ----------
    passing : array [1]
        Observed sieving coefficient, one less the rejection.
    volumes : array [1]
        Buffer added, over the volume that is held.

    Equation
    --------
    \frac{m}{m_0} = e^{-(1 - \sigma) N}

    Symbols
    -------
    \frac{m}{m_0} : returned
    1 - \sigma : passing
    N : volumes

    References
    ----------
    Mass balance of a stirred vessel.

    Examples
    --------
    >>> washed_out(np.array([1.0, 0.77, 0.0]), 6.0).round(4).tolist()
    [0.0025, 0.0099, 1.0]
    """
    return np.asarray(np.exp(-np.asarray(passing, float) * np.asarray(volumes)))
