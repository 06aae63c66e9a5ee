"""Freeze-drying: vapour of ice, the time it takes to leave, and the water that stays behind."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ice_pressure", "protected_share", "sublimation_time", "water_left"]

Array = NDArray[np.float64]

ICE_DENSITY = 918.0


def ice_pressure(temperature: ArrayLike) -> Array:
    r"""Return the vapour pressure of ice [Pa].

    Parameters
    ----------
    temperature : array [K]
        Of the ice, above 110 K and at most 273.16 K.

    Equation
    --------
    \ln p = 9.550426 - \frac{5723.265}{T} + 3.53068 \ln T - 0.00728332 \, T

    Symbols
    -------
    p : returned
    T : temperature

    References
    ----------
    Murphy and Koop 2005, Q J R Meteorol Soc 131:1539, doi 10.1256/qj.04.94 (equation 7, recalled;
    it meets the triple point of water, 611.7 Pa at 273.16 K).

    Examples
    --------
    >>> ice_pressure([273.16, 238.15]).round(1).tolist()
    [611.7, 22.3]
    """
    t = np.asarray(temperature, float)
    return np.asarray(np.exp(9.550426 - 5723.265 / t + 3.53068 * np.log(t) - 0.00728332 * t))


def sublimation_time(
    height: ArrayLike,
    temperature: ArrayLike,
    chamber: ArrayLike,
    resistance: ArrayLike,
    resistance_rise: ArrayLike,
) -> Array:
    r"""Return the time in which the ice of a vial sublimes through the cake that it leaves [s].

    Parameters
    ----------
    height : array [m]
        Of the frozen liquid.
    temperature : array [K]
        Of the ice front.
    chamber : array [Pa]
        Pressure of the chamber.
    resistance : array [m/s]
        Of the cake at the start: pressure over flux of mass, ``Pa m^2 s / kg``.
    resistance_rise : array [1/s]
        By which each metre of dry cake raises it.

    Equation
    --------
    t = \frac{\rho L}{p(T) - p_c} \left(R_0 + \frac{R_1 L}{2}\right)

    Symbols
    -------
    t : returned
    L : height
    T : temperature
    p : ice_pressure
    p_c : chamber
    R_0 : resistance
    R_1 : resistance_rise
    \rho : density of ice

    Notes
    -----
    Infinite where the chamber holds at least the pressure of the ice. The temperature of the front
    is what heat through the vial and heat of sublimation make of the shelf's; here it is set.

    References
    ----------
    Pikal, Roy and Shah 1984, J Pharm Sci 73:1224 (recalled); Tang and Pikal 2004, Pharm Res 21:191,
    doi 10.1023/B:PHAM.0000016234.73023.75 (abstract).

    Examples
    --------
    >>> float(sublimation_time(0.01, 238.15, 10.0, 3.0e5, 0.0) / 3600 // 1)
    61.0
    """
    drive = ice_pressure(temperature) - np.asarray(chamber, float)
    deep = np.asarray(height, float)
    work = ICE_DENSITY * deep * (np.asarray(resistance) + np.asarray(resistance_rise) * deep / 2)
    work, drive = np.broadcast_arrays(work, drive)
    return np.asarray(np.divide(work, drive, out=np.full(work.shape, np.inf), where=drive > 0))


def water_left(start: ArrayLike, end: ArrayLike, rate: ArrayLike, time: ArrayLike) -> Array:
    r"""Return the water in a cake after a time of secondary drying, as a share of its mass [1].

    Parameters
    ----------
    start : array [1]
        When the ice has gone.
    end : array [1]
        Towards which it falls.
    rate : array [1/s]
        At the temperature of the shelf.
    time : array [s]
        Of secondary drying.

    Equation
    --------
    w = w_e + (w_0 - w_e) \, e^{-k t}

    Symbols
    -------
    w : returned
    w_0 : start
    w_e : end
    k : rate
    t : time

    References
    ----------
    Pikal, Shah, Roy and Putman 1990, Int J Pharm 60:203 (first order at first, then a plateau that
    the shelf temperature sets; recalled).

    Examples
    --------
    >>> round(float(water_left(0.2, 0.01, 1.0, np.log(2.0))), 3)
    0.105
    """
    first, last = np.asarray(start, float), np.asarray(end, float)
    return np.asarray(last + (first - last) * np.exp(-np.asarray(rate) * np.asarray(time)))


def protected_share(ratio: ArrayLike, half: ArrayLike, steepness: float = 2.0) -> Array:
    r"""Return the share of vesicles that sugar keeps whole through drying [1].

    Parameters
    ----------
    ratio : array [1]
        Mass of sugar over mass of lipid.
    half : array [1]
        Ratio at which half are kept.
    steepness : float [1]
        Of the rise.

    Equation
    --------
    s = \frac{r^h}{r^h + r_{1/2}^h}

    Symbols
    -------
    s : returned
    r : ratio
    r_{1/2} : half
    h : steepness

    Notes
    -----
    Sugar takes the place of the water between head groups, and keeps the lipid liquid; there must
    be enough of it for every head group. Where the sugar has to be (both sides) is not in this law.

    References
    ----------
    Crowe, Crowe and Chapman 1984, Science 223:701 (water replacement, recalled); Crowe, Crowe,
    Carpenter and others 1985, Arch Biochem Biophys 242:240 (almost all solute kept at 1.8 g
    trehalose a g of lipid, abstract).

    Examples
    --------
    >>> protected_share([0.0, 0.5, 5.0], 0.5).round(2).tolist()
    [0.0, 0.5, 0.99]
    """
    r, middle = np.asarray(ratio, float), np.asarray(half, float)
    return np.asarray(r**steepness / (r**steepness + middle**steepness))
