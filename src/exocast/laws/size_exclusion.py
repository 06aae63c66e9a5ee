"""Size-exclusion chromatography: where a particle elutes, and which share a cut collects."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, ndtr

__all__ = ["collected_share", "elution_volume", "partition_coefficient"]

Array = NDArray[np.float64]
Floats = Array | float


def partition_coefficient(radius: Floats, gel_scale: Floats) -> Array:
    r"""Return the share of the gel that a particle can enter, K_av [1].

    Parameters
    ----------
    radius : array [m]
        Hydrodynamic radius of the particle.
    gel_scale : array [m]
        Scale b of the openings of the gel.

    Returns
    -------
    array [1]
        From 1 (a point) to 0 (excluded).

    Equation
    --------
    K_\mathrm{av} = \mathrm{erfc} \left(\frac{r}{b}\right)

    Symbols
    -------
    K_\mathrm{av} : returned
    r : radius
    b : gel_scale

    Notes
    -----
    Ackers' law for a normal spread of openings, with its intercept at zero: one number a resin.

    References
    ----------
    Ackers 1967, J Biol Chem 242:3237 (from memory).

    Examples
    --------
    >>> partition_coefficient(np.array([0.0, 3.5e-9, 50e-9]), 25e-9).round(3).tolist()
    [1.0, 0.843, 0.005]
    """
    return np.asarray(erfc(radius / gel_scale))


def elution_volume(partition: Floats, void_volume: Floats, bed_volume: Floats) -> Array:
    r"""Return the volume at which a small pulse elutes [m^3].

    Parameters
    ----------
    partition : array [1]
        K_av.
    void_volume, bed_volume : array [m^3]
        Liquid between the beads, and the whole bed.

    Equation
    --------
    V_e = V_0 + K_\mathrm{av} (V_t - V_0)

    Symbols
    -------
    V_e : returned
    K_\mathrm{av} : partition
    V_0 : void_volume
    V_t : bed_volume

    Examples
    --------
    >>> float(elution_volume(0.5, 3.0, 10.0))
    6.5
    """
    return np.asarray(void_volume + partition * (bed_volume - void_volume))


def collected_share(
    elution_volume: Floats, plates: Floats, load: Floats, start: Floats, end: Floats
) -> Array:
    r"""Return the share that elutes between two volumes, counted from the start of loading [1].

    Parameters
    ----------
    elution_volume : array [m^3]
        Of a small pulse.
    plates : array [1]
        Theoretical plates N of the column, load apart.
    load : array [m^3]
        Volume of sample that enters as a plug, above 0.
    start, end : array [m^3]
        Where the cut begins and ends.

    Returns
    -------
    array [1]

    Equation
    --------
    f = F(v_2) - F(v_1), \quad F(v) = \frac{\sigma}{V_l} \left[G \left(\frac{v -
    V_e}{\sigma}\right) - G \left(\frac{v - V_l - V_e}{\sigma}\right)\right]

    \sigma = \frac{V_e}{\sqrt{N}}, \quad G(x) = x \, \Phi(x) + \varphi(x)

    Symbols
    -------
    f : returned
    V_e : elution_volume
    N : plates
    V_l : load
    v_1 : start
    v_2 : end
    \Phi, \varphi : standard normal distribution and its density

    Notes
    -----
    A plug convolved with a normal; F is what has eluted by a volume. Tailing, viscous fingering of
    dense loads and a skewed packing are left out; a hand-packed bed is worse than its plate number.

    References
    ----------
    Plate theory (Martin and Synge 1941, recalled); the convolution is ours.

    Examples
    --------
    >>> float(collected_share(4.0, 1e8, 1.0, 4.0, 4.5).round(3))
    0.5
    >>> float(collected_share(4.0, 400.0, 0.5, -1e3, 1e3).round(12))
    1.0
    """
    spread = elution_volume / np.sqrt(plates)

    def ramp(x: Array) -> Array:
        density = np.exp(-0.5 * np.minimum(np.abs(x), 38.0) ** 2) / np.sqrt(2 * np.pi)
        return np.asarray(x * ndtr(x) + density)

    def eluted(volume: Floats) -> Array:
        front = np.asarray((volume - elution_volume) / spread)
        back = np.asarray((volume - load - elution_volume) / spread)
        return np.asarray(spread / load * (ramp(front) - ramp(back)))

    return np.asarray(np.clip(eluted(end) - eluted(start), 0.0, 1.0))
