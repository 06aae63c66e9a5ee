"""What a vesicle shows a phagocyte at contact: charge, size to wrap, signals to let it go."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = [
    "charge_factor",
    "coated_smallest",
    "contact_energy",
    "debye_length",
    "kept_share",
    "wrapped_share",
]

Array = NDArray[np.float64]

BOLTZMANN = 1.380649e-23
"""Boltzmann constant [J/K], exact in the SI."""

CHARGE = 1.602176634e-19
"""Elementary charge [C], exact in the SI."""

AVOGADRO = 6.02214076e23
"""Avogadro constant [1/mol], exact in the SI."""

PERMITTIVITY = 8.8541878128e-12 * 74.2
"""Of water at 37 degC [F/m] (relative permittivity recalled)."""

MOST = 30.0
"""Largest exponent of a charge factor: beyond it diffusion, or nothing, decides anyway."""


def debye_length(ionic_strength: ArrayLike, temperature: ArrayLike) -> Array:
    r"""Return the distance over which salt screens a charge [m].

    Parameters
    ----------
    ionic_strength : array [mol/m^3]
        Of the liquid.
    temperature : array [K]
        Absolute temperature.

    Returns
    -------
    array [m]

    Equation
    --------
    \lambda = \sqrt{\frac{\varepsilon k_B T}{2 N_A e^2 I}}

    Symbols
    -------
    \lambda : returned
    I : ionic_strength
    T : temperature
    \varepsilon : permittivity of water [F/m]
    e : elementary charge [C]
    N_A : Avogadro constant [1/mol]
    k_B : Boltzmann constant [J/K]

    References
    ----------
    Israelachvili JN. Intermolecular and Surface Forces, 3rd ed. 2011, chapter 14 (recalled).

    Examples
    --------
    0.77 nm in plasma:

    >>> f"{float(debye_length(154.0, 310.15)):.2e}"
    '7.69e-10'
    """
    ions = 2.0 * AVOGADRO * CHARGE**2 * np.asarray(ionic_strength, float)
    return np.asarray(np.sqrt(PERMITTIVITY * BOLTZMANN * np.asarray(temperature, float) / ions))


def contact_energy(
    particle: ArrayLike,
    cell: ArrayLike,
    radius: ArrayLike,
    ruffle: ArrayLike,
    gap: ArrayLike,
    screening: ArrayLike,
    temperature: ArrayLike,
) -> Array:
    r"""Return the electrostatic energy of a vesicle at binding distance from a cell [1], in kT.

    Parameters
    ----------
    particle, cell : array [V]
        Potentials at the two surfaces; zeta potentials stand for them.
    radius : array [m]
        Of the vesicle.
    ruffle : array [m]
        Radius of what it touches: a microvillus or a ruffle, not the whole cell.
    gap : array [m]
        Distance of the two charged surfaces when a receptor binds.
    screening : array [m]
        From `debye_length`.
    temperature : array [K]
        Absolute temperature.

    Returns
    -------
    array [1]
        Positive where like charges repel; 0 at zero potential and far apart.

    Equation
    --------
    \frac{U}{k_B T} = \frac{64 \pi \varepsilon k_B T}{e^2} \frac{a r}{a + r} \gamma_1 \gamma_2
    e^{-h / \lambda}, \quad \gamma = \tanh\frac{e \psi}{4 k_B T}

    Symbols
    -------
    U : energy at contact [J]
    a : radius
    r : ruffle
    h : gap
    \lambda : screening
    \psi : particle, and cell
    T : temperature
    \gamma_1, \gamma_2 : of the vesicle and of the cell
    \varepsilon : permittivity of water [F/m]
    e : elementary charge [C]
    k_B : Boltzmann constant [J/K]

    Notes
    -----
    Two spheres whose double layers overlap little: gap well above the screening length. Bound
    brushes of sugar keep the surfaces of cells nanometres apart, which makes charge weak in plasma.
    It acts at binding: over 0.8 nm it cannot draw a vesicle out of micrometres of plasma, so the
    diffusion ceiling stays.

    References
    ----------
    Bell GM, Levine S, McCartney LN. J Colloid Interface Sci 1970;33:335-359.
    doi:10.1016/0021-9797(70)90228-6 (recalled): linear superposition for unequal spheres.

    Examples
    --------
    A vesicle of 100 nm at -15 mV is hardly held off; a cationic one is drawn in:

    >>> args = (-15e-3, 50e-9, 50e-9, 3e-9, 0.78e-9, 310.15)
    >>> [round(float(contact_energy(zeta, *args)), 2) + 0.0 for zeta in (-15e-3, 0.0, 30e-3)]
    [0.23, 0.0, -0.45]
    """
    thermal = BOLTZMANN * np.asarray(temperature, float) / CHARGE
    sign = np.tanh(np.asarray(particle, float) / (4 * thermal)) * np.tanh(
        np.asarray(cell, float) / (4 * thermal)
    )
    radius, ruffle = np.asarray(radius, float), np.asarray(ruffle, float)
    curvature = radius * ruffle / (radius + ruffle)
    strength = 64 * np.pi * PERMITTIVITY * thermal / CHARGE * curvature
    return np.asarray(strength * sign * np.exp(-np.asarray(gap, float) / screening))


def charge_factor(energy: ArrayLike, ordinary: ArrayLike) -> Array:
    r"""Return the binding rate of a charged vesicle over that of the ordinary one [1].

    Parameters
    ----------
    energy, ordinary : array [1]
        From `contact_energy`, of this vesicle and of the one to which the binding rate belongs.

    Returns
    -------
    array [1]

    Equation
    --------
    f = \exp\left(\frac{U_0 - U}{k_B T}\right)

    Symbols
    -------
    f : returned
    \frac{U}{k_B T} : energy
    \frac{U_0}{k_B T} : ordinary

    Notes
    -----
    The share of contacts with enough energy, the rest of the way to a bond unchanged.

    Examples
    --------
    >>> float(charge_factor(0.3, 0.3)), round(float(charge_factor(-0.5, 0.3)), 2)
    (1.0, 2.23)
    """
    exponent = np.asarray(ordinary, float) - np.asarray(energy, float)
    return np.asarray(np.exp(np.clip(exponent, -MOST, MOST)))


def coated_smallest(bare: ArrayLike, coated: ArrayLike, open_: ArrayLike) -> Array:
    r"""Return the smallest diameter that can be wrapped through a coat that covers a part [m].

    Parameters
    ----------
    bare, coated : array [m]
        Smallest diameters without a coat and through a full one.
    open_ : array [1]
        What the coat leaves open.

    Equation
    --------
    d = d_0 \left(s + (1 - s) \frac{d_0^2}{d_c^2}\right)^{-1/2}

    Symbols
    -------
    d : returned
    d_0 : bare
    d_c : coated
    s : open

    Notes
    -----
    The adhesion energy of a patchy surface is the mean over its patches, and the smallest diameter
    falls with its square root (`wrapped_share`).

    Examples
    --------
    >>> [round(float(coated_smallest(20.0, 80.0, s))) for s in (0.0, 0.5, 1.0)]
    [80, 27, 20]
    """
    bare, coated, share = (np.asarray(one, dtype=float) for one in (bare, coated, open_))
    return np.asarray(bare / np.sqrt(share + (1.0 - share) * (bare / coated) ** 2))


def wrapped_share(diameter: ArrayLike, smallest: ArrayLike, spread: float = 1.0) -> Array:
    r"""Return the share of bound vesicles that a membrane can wrap and take in [1].

    Parameters
    ----------
    diameter : array (..., k) [m]
        Of the vesicle.
    smallest : array [m]
        Diameter at which adhesion pays for the bending of the membrane at the median contact,
        twice the square root of (2 x bending rigidity / adhesion energy per area).
    spread : float
        Standard deviation of ln(adhesion energy) between contacts [1].

    Returns
    -------
    array (..., k) [1]
        Half at `smallest`, 1 for large vesicles.

    Equation
    --------
    w = \Phi\left(\frac{2}{\sigma} \ln\frac{d}{d_0}\right)

    Symbols
    -------
    w : returned
    d : diameter
    d_0 : smallest
    \sigma : spread
    \Phi : normal distribution function

    Notes
    -----
    Bending costs 8 pi times the rigidity at any size and adhesion gains pi d^2 times its energy, so
    that small particles are not wrapped alone. Phagocytes have no upper limit below a micrometre.

    References
    ----------
    Gao H, Shi W, Freund LB. Proc Natl Acad Sci USA 2005;102:9469-9474. doi:10.1073/pnas.0503879102
    (recalled): the smallest size. The spread between contacts is our own.

    Examples
    --------
    >>> [round(float(wrapped_share(d, 20e-9)), 3) for d in (20e-9, 50e-9, 100e-9)]
    [0.5, 0.967, 0.999]
    """
    ratio = np.asarray(diameter, float) / np.asarray(smallest, float)
    return np.asarray(ndtr(2.0 / spread * np.log(ratio)))


def kept_share(copies: ArrayLike, half: ArrayLike, largest: ArrayLike) -> Array:
    r"""Return the share of vesicles that a cell keeps, the rest being let go or sent back [1].

    Parameters
    ----------
    copies : array [copy/particle]
        Molecules that do it: CD47, which stops engulfment, or bound albumin, which the neonatal
        Fc receptor carries back out.
    half : array [copy/particle]
        Copies at which half of the largest effect is reached.
    largest : array [1]
        Share that is not kept, at the most.

    Returns
    -------
    array [1]
        1 without copies.

    Equation
    --------
    e = 1 - p \frac{c}{c + c_{1/2}}

    Symbols
    -------
    e : returned
    p : largest
    c : copies
    c_{1/2} : half

    Notes
    -----
    After binding, so it multiplies what diffusion and binding bring: a vesicle that is let go is
    back in plasma. One receptor engaged is enough at a single affinity; assumed.

    Examples
    --------
    >>> float(kept_share(0.0, 20.0, 0.3)), round(float(kept_share(20.0, 20.0, 0.3)), 2)
    (1.0, 0.85)
    """
    copies = np.asarray(copies, float)
    return np.asarray(1.0 - np.asarray(largest, float) * copies / (copies + half))
