"""Particles of drug that fell out: how they grow while they stand, and how sound breaks them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.laws.aggregation import collision_kernel

__all__ = ["broken_diameter", "clustering_growth", "growth_ratio", "ripening_growth"]

Array = NDArray[np.float64]

GAS_CONSTANT = 8.31446261815324


def clustering_growth(
    solid: ArrayLike, stability_ratio: ArrayLike, temperature: ArrayLike, viscosity: ArrayLike
) -> Array:
    r"""Return the growth of the mean volume of particles that meet and stay together [m^3/s].

    Parameters
    ----------
    solid : array (n,) [1]
        Volume of particles in a volume of liquid.
    stability_ratio : array (n,) [1]
        Encounters for each one that sticks.
    temperature : float [K]
        Of the liquid.
    viscosity : array (n,) or float [Pa*s]
        Of the liquid.

    Returns
    -------
    array (n,) [m^3/s]

    Equation
    --------
    \frac{\mathrm{d} \bar{v}}{\mathrm{d} t} = \frac{K \phi}{2 W}, \quad K = \frac{8 k_B T}{3 \eta}

    Symbols
    -------
    \bar{v} : mean volume of a particle; its growth is returned
    K : collision_kernel of equal particles
    \phi : solid
    W : stability_ratio
    T : temperature
    \eta : viscosity
    k_B : Boltzmann constant

    Notes
    -----
    Smoluchowski's law read for the volume: how many there were at first drops out. Clusters count
    as compact; loose ones are wider. Shaking, which brings together what is wider than a
    micrometre, is left out.

    References
    ----------
    von Smoluchowski 1917, Z Phys Chem 92:129 (classical, recalled).

    Examples
    --------
    A tenth of a gram in a litre of water, an hour, everything that meets sticks:

    >>> v = 3600 * float(clustering_growth(8e-5, 1.0, 310.15, 0.69e-3))
    >>> f"{(6 * v / 3.14159) ** (1 / 3):.2e}"
    '1.66e-06'
    """
    kernel = collision_kernel(1.0, 1.0, temperature, viscosity)
    return np.asarray(kernel * np.asarray(solid) / (2 * np.asarray(stability_ratio)))


def ripening_growth(
    interfacial_energy: ArrayLike,
    diffusivity: ArrayLike,
    solubility: ArrayLike,
    molar_volume: ArrayLike,
    temperature: ArrayLike,
) -> Array:
    r"""Return the growth of the volume of the mean particle while small ones dissolve [m^3/s].

    Parameters
    ----------
    interfacial_energy : array (n,) [J/m^2]
        Between drug and water.
    diffusivity : array (n,) [m^2/s]
        Of a dissolved molecule.
    solubility : array (n,) [mol/m^3]
        Of the drug.
    molar_volume : array (n,) [m^3/mol]
        Of the solid.
    temperature : float [K]
        Of the liquid.

    Returns
    -------
    array (n,) [m^3/s]

    Equation
    --------
    \frac{\mathrm{d} v}{\mathrm{d} t} = \frac{4 \pi}{3} \, \frac{8 \gamma D c V_m^2}{9 R T}

    Symbols
    -------
    v : volume of the particle of mean radius; its growth is returned
    \gamma : interfacial_energy
    D : diffusivity
    c : solubility
    V_m : molar_volume
    R : gas constant
    T : temperature

    Notes
    -----
    Lifshitz, Slyozov and Wagner: the cube of the mean radius grows steadily. It foretold particles
    of beta-carotene of 100 nm without anything adjusted.

    References
    ----------
    Liu, Kathan, Saad and Prud'homme 2007, Phys Rev Lett 98:036102 (abstract); the constant 8/9 is
    recalled from Lifshitz and Slyozov 1961 and Wagner 1961.

    Examples
    --------
    Paclitaxel for an hour:

    >>> v = 3600 * float(ripening_growth(0.03, 4e-10, 5e-4, 6.8e-4, 310.15))
    >>> f"{(6 * v / 3.14159) ** (1 / 3):.2e}"
    '3.02e-07'
    """
    pull = 8 * np.asarray(interfacial_energy) * np.asarray(diffusivity) * np.asarray(solubility)
    heat = 9 * GAS_CONSTANT * np.asarray(temperature)
    return np.asarray(4 * np.pi / 3 * pull * np.asarray(molar_volume) ** 2 / heat)


def growth_ratio(
    diameter: ArrayLike, spread: ArrayLike, growth: ArrayLike, time: ArrayLike
) -> Array:
    r"""Return the diameter of particles that stood for a time over that at the start [1].

    Parameters
    ----------
    diameter : array (n,) [m]
        Number-median at the start.
    spread : array (n,) [1]
        Standard deviation of the logarithm of the diameter, which stays.
    growth : array (n,) [m^3/s]
        Of the mean volume.
    time : array (n,) or float [s]
        That they stand.

    Returns
    -------
    array (n,) [1]

    Equation
    --------
    \frac{d'}{d} = \left(1 + \frac{g t}{\bar{v}}\right)^{1/3}, \quad \bar{v} = \frac{\pi}{6} d^3
    e^{9 \sigma^2 / 2}

    Symbols
    -------
    d, d' : diameter, before and after
    g : growth
    t : time
    \bar{v} : mean volume at the start
    \sigma : spread

    Notes
    -----
    Both ways of growing add to the mean volume at a constant rate, so that they add up.

    References
    ----------
    The moment of a log-normal distribution; see the two laws of growth.

    Examples
    --------
    >>> float(growth_ratio(1e-7, 0.0, 7 * np.pi / 6 * 1e-21, 1.0).round(12))
    2.0
    """
    start = np.pi / 6 * np.asarray(diameter) ** 3 * np.exp(4.5 * np.asarray(spread) ** 2)
    return np.asarray(np.cbrt(1 + np.asarray(growth) * np.asarray(time) / start))


def broken_diameter(
    diameter: ArrayLike, energy: ArrayLike, fineness: ArrayLike, finest: ArrayLike
) -> Array:
    r"""Return the diameter of drug particles that went through sound [m].

    Parameters
    ----------
    diameter : array (n,) [m]
        Before.
    energy : array (n,) [J/m^3]
        Sound taken up in a volume of liquid.
    fineness : array (n,) [m^2/J]
        Gain of one over the diameter by energy density.
    finest : array (n,) [m]
        Below it sound does not break them; what is finer stays as it is.

    Returns
    -------
    array (n,) [m]

    Equation
    --------
    d' = \min\left[d, \, \max\left(\frac{d}{1 + k E d}, \, d_f\right)\right]

    Symbols
    -------
    d, d' : diameter, before and after
    E : energy
    k : fineness
    d_f : finest

    Notes
    -----
    Fragments per energy density in proportion to the width of what breaks, dd/dE = -k d^2: each
    particle meets shock waves alone, so that how much drug there is does not matter, and energy in
    a volume decides, however it is delivered. The power of the width is assumed: Rittinger's law.

    References
    ----------
    Zeiger and Suslick 2011, J Am Chem Soc 133:14530 (abstract): crystals of aspirin break by shock
    waves, not by meeting one another. Kusters, Pratsinis, Thoma and Smith 1994, Powder Technol
    80:253 (abstract): the rate goes with size and power over the volume of the suspension. Jordens,
    Appermont, Gielen, Van Gerven and Braeken 2016, Cryst Growth Des 16:6167 (abstract): transient
    bubbles break paracetamol without a threshold.

    Examples
    --------
    >>> broken_diameter([1e-7, 2e-6, 2e-5], 5e8, 4e-3, 1e-7).round(9).tolist()
    [1e-07, 4e-07, 4.88e-07]
    """
    before, least = np.asarray(diameter, float), np.asarray(finest)
    after = before / (1 + np.asarray(fineness) * np.asarray(energy) * before)
    return np.asarray(np.minimum(before, np.maximum(after, least)))
