"""A formulated particle: its size behind a light-scattering reading, its load, its coat."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.lumen import AVOGADRO, sphere_volume

__all__ = [
    "FASTEST_LOSS",
    "coat_loss_rate",
    "copies_by_geometry",
    "neutral_copies",
    "scattering_lognormal",
]

Array = NDArray[np.float64]

FASTEST_LOSS = 0.1
"""Rate above which a coat counts as gone at once [1/s]: blood goes round in seconds."""


def scattering_lognormal(z_average: ArrayLike, polydispersity: ArrayLike) -> tuple[Array, Array]:
    r"""Return number median and geometric standard deviation behind a light-scattering reading.

    Parameters
    ----------
    z_average : array [m]
        Hydrodynamic diameter by cumulants.
    polydispersity : array [1]
        Polydispersity index: second cumulant over the square of the first.

    Returns
    -------
    tuple of array [m], [1]

    Equation
    --------
    d_{50} = z \, e^{-5.5 s^2}, \quad s^2 = \ln(1 + \mathrm{PDI}), \quad \sigma_g = e^s

    Symbols
    -------
    d_{50} : returned[0], number median
    \sigma_g : returned[1], geometric standard deviation
    z : z_average
    \mathrm{PDI} : polydispersity

    Notes
    -----
    For log-normal diameters that scatter with d^6 and diffuse with 1/d, moments give
    PDI = exp(s^2) - 1 and z = median exp(5.5 s^2), with s = ln(geometric SD). Exact below about a
    tenth of the wavelength; larger particles scatter less than d^6, so that the true median lies
    between this and z. Above an index of 0.2 two cumulants do not describe a sample.

    References
    ----------
    Koppel DE. J Chem Phys 1972;57:4814-4820 (cumulants; recalled). The log-normal moments are their
    own closed form, tested by quadrature.

    Examples
    --------
    >>> median, spread = scattering_lognormal(80e-9, 0.1)
    >>> round(float(median) * 1e9), round(float(spread), 2)
    (47, 1.36)
    """
    squared = np.log1p(np.asarray(polydispersity, float))
    median = np.asarray(z_average, float) * np.exp(-5.5 * squared)
    return np.asarray(median), np.asarray(np.exp(np.sqrt(squared)))


def copies_by_geometry(
    diameter: ArrayLike,
    layer: ArrayLike,
    solids: ArrayLike,
    cargo_share: ArrayLike,
    molar_mass: ArrayLike,
) -> Array:
    r"""Return the molecules in a filled particle of a diameter.

    Parameters
    ----------
    diameter : array (k,) [m]
        Hydrodynamic.
    layer : array (n, 1) [m]
        Thickness of the coat that drags along and holds no cargo.
    solids : array (n, 1) [kg/m^3]
        Lipid and cargo in a volume of particle, its water left out.
    cargo_share : array (n, 1) [1]
        Cargo in the mass of the solids.
    molar_mass : array (n, 1) [kg/mol]
        Of the cargo.

    Returns
    -------
    array (n, k) [copy/particle]

    Equation
    --------
    c = \frac{\pi}{6} (d - 2 h)^3 \, \frac{\rho w N_A}{M}

    Symbols
    -------
    c : returned
    d : diameter
    h : layer
    \rho : solids
    w : cargo_share
    M : molar_mass
    N_A : Avogadro constant

    Notes
    -----
    pi/6 (d - 2 h)^3 rho w N_A / M: every particle has the composition of the whole.

    Examples
    --------
    An 80 nm particle at one part of siRNA to twelve of lipid:

    >>> round(float(copies_by_geometry(80e-9, 3e-9, 800.0, 2 / 26.1, 13.3)))
    589
    """
    core = np.maximum(np.asarray(diameter, float) - 2.0 * np.asarray(layer, float), 0.0)
    mass = sphere_volume(core) * np.asarray(solids, float)
    return np.asarray(mass * np.asarray(cargo_share) / np.asarray(molar_mass) * AVOGADRO)


def neutral_copies(
    copies: ArrayLike, cargo_to_lipid: ArrayLike, ionisable_share: ArrayLike,
    lipid_mass: ArrayLike, molar_mass: ArrayLike, charges: ArrayLike,
) -> Array:  # fmt: skip
    r"""Return the copies that would neutralise all ionisable lipid of a particle.

    Parameters
    ----------
    copies : array [copy/particle]
        That it holds.
    cargo_to_lipid : array [1]
        Mass of cargo over mass of lipid.
    ionisable_share : array [1]
        Ionisable lipid in the moles of lipid.
    lipid_mass, molar_mass : array [kg/mol]
        Mean molar mass of the lipids, and molar mass of the cargo.
    charges : array [1]
        Negative charges of one molecule of cargo.

    Returns
    -------
    array [copy/particle]

    Equation
    --------
    c_0 = c \, \frac{x M}{r m q}

    Symbols
    -------
    c_0 : returned
    c : copies
    x : ionisable_share
    r : cargo_to_lipid
    m : lipid_mass
    M : molar_mass
    q : charges

    Notes
    -----
    copies times (ionisable lipid / charges), the N/P ratio; beyond it cargo has nothing left to
    bind to. Lipid per particle is held.

    Examples
    --------
    The composition of patisiran's label, N/P of about 3.4:

    >>> round(float(neutral_copies(1.0, 2 / 24.1, 0.492, 0.587, 13.3, 40.0)), 1)
    3.4
    """
    lipid = np.asarray(ionisable_share, float) / (
        np.asarray(cargo_to_lipid, float) * np.asarray(lipid_mass, float)
    )
    ratio = lipid * np.asarray(molar_mass, float) / np.asarray(charges, float)
    return np.asarray(np.asarray(copies, float) * ratio)


def coat_loss_rate(copies: ArrayLike, half: ArrayLike, desorption: ArrayLike) -> Array:
    r"""Return the rate at which coated particles become bare ones, as their coat desorbs.

    Parameters
    ----------
    copies : array [copy/particle]
        Chains of the coat when it is injected.
    half : array [copy/particle]
        Chains that do half of a coat's work.
    desorption : array [1/s]
        Of one chain, into plasma.

    Returns
    -------
    array [1/s]
        At most `FASTEST_LOSS`.

    Equation
    --------
    k' = \frac{k}{\ln(1 + c / c_{1/2})} \le 0.1

    Symbols
    -------
    k' : returned
    k : desorption
    c : copies
    c_{1/2} : half

    Notes
    -----
    Chains fall as copies exp(-k t), and have done half their work at t = ln(copies/half)/k. A
    particle is coated or bare, with a mean time of ln(1 + copies/half)/k in between: a thick coat
    lasts longer, none at all goes at once, and without desorption it stays for good.

    Examples
    --------
    >>> round(1 / float(coat_loss_rate(3e3, 1e3, 0.01))), float(coat_loss_rate(0.0, 1.0, 0.01))
    (139, 0.1)
    """
    wait = np.log1p(np.asarray(copies, float) / np.asarray(half, float))
    return np.asarray(desorption / np.maximum(wait, np.asarray(desorption) / FASTEST_LOSS))
