"""What an electric pulse does to a suspension: membrane voltage, pores, charge, metal and heat."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

__all__ = [
    "ALUMINIUM_VALENCE",
    "FARADAY",
    "charging_time",
    "dissolved_metal",
    "induced_voltage",
    "opened_share",
    "passed_charge",
    "pore_filling",
    "temperature_rise",
    "threshold_field",
]

Array = NDArray[np.float64]

FARADAY = 96485.33212  # C/mol, exact in the SI of 2019 to the digits given
ALUMINIUM_VALENCE = 3.0
WATER_HEAT_CAPACITY = 4.18e6  # J/(m^3 K), liquid water near room temperature


def charging_time(
    radius: ArrayLike, capacitance: ArrayLike, inside: ArrayLike, outside: ArrayLike
) -> Array:
    r"""Return the time constant with which a membrane charges in a field.

    Parameters
    ----------
    radius : array [m]
        Outer radius of the vesicle.
    capacitance : array [F/m^2]
        Membrane capacitance per area.
    inside, outside : array [S/m]
        Conductivity of lumen and medium.

    Returns
    -------
    array [s]

    Equation
    --------
    \tau = R \, C_m \left(\frac{1}{\sigma_i} + \frac{1}{2 \sigma_o}\right)

    Symbols
    -------
    \tau : returned
    R : radius
    C_m : capacitance
    \sigma_i : inside
    \sigma_o : outside

    Notes
    -----
    For a thin, non-conducting membrane. At 100 nm it is below a nanosecond, so that every pulse of
    a cuvette reaches the steady voltage.

    References
    ----------
    Schwan 1957, Adv Biol Med Phys 5:147 (recalled); the form of Kotnik and Miklavcic 2000,
    Biophys J 79:670, doi 10.1016/S0006-3495(00)76325-9.

    Examples
    --------
    >>> bool(charging_time(50e-9, 0.01, 1.5, 1.5) < 1e-9)
    True
    """
    resistance = 1 / np.asarray(inside) + 0.5 / np.asarray(outside)
    return np.asarray(np.asarray(radius) * np.asarray(capacitance) * resistance)


def induced_voltage(
    field: ArrayLike, radius: ArrayLike, duration: ArrayLike = np.inf, tau: ArrayLike = 1.0
) -> Array:
    r"""Return the largest voltage that a field induces across the membrane of a sphere.

    Parameters
    ----------
    field : array [V/m]
        Applied field.
    radius : array [m]
        Outer radius.
    duration : array, optional [s]
        Length of the pulse; left out, the steady state.
    tau : array, optional [s]
        Charging time, see `charging_time`.

    Returns
    -------
    array [V]
        At the poles, where the field is normal to the membrane.

    Equation
    --------
    U = \frac{3}{2} E R \left(1 - e^{-t/\tau}\right)

    Symbols
    -------
    U : returned
    E : field
    R : radius
    t : duration
    \tau : tau

    Notes
    -----
    Valid for a non-conducting membrane that is thin against the radius; below 30 nm it
    overestimates a little, which is the safe side here.

    References
    ----------
    Schwan 1957 (recalled); Kotnik and Miklavcic 2000, doi 10.1016/S0006-3495(00)76325-9.

    Examples
    --------
    >>> round(float(induced_voltage(1e5, 50e-9)) * 1e3, 3)  # 1 kV/cm, 100 nm: millivolt
    7.5
    """
    steady = 1.5 * np.asarray(field) * np.asarray(radius)
    return np.asarray(steady * -np.expm1(-np.asarray(duration) / np.asarray(tau)))


def threshold_field(threshold: ArrayLike, radius: ArrayLike) -> Array:
    r"""Return the field at which the steady induced voltage reaches a threshold [V/m].

    Parameters
    ----------
    threshold : array [V]
        Voltage at which pores open.
    radius : array [m]
        Outer radius.

    Equation
    --------
    E_c = \frac{2 U_c}{3 R}

    Symbols
    -------
    E_c : returned
    U_c : threshold
    R : radius

    Examples
    --------
    >>> [round(float(threshold_field(u, 50e-9)) / 1e5, 1) for u in (0.2, 0.5)]  # kV/cm
    [26.7, 66.7]
    """
    return np.asarray(np.asarray(threshold) / (1.5 * np.asarray(radius)))


def opened_share(voltage: ArrayLike, threshold: ArrayLike, spread: ArrayLike) -> Array:
    r"""Return the share of vesicles whose membrane voltage passed their own threshold [1].

    Parameters
    ----------
    voltage : array [V]
        Induced voltage.
    threshold : array [V]
        Median threshold of the vesicles.
    spread : array [1]
        Standard deviation of the logarithm of the threshold between vesicles.

    Equation
    --------
    w = \Phi \left(\frac{\ln(U / U_c)}{\sigma}\right)

    Symbols
    -------
    w : returned
    U : voltage
    U_c : threshold
    \sigma : spread
    \Phi : standard normal distribution

    Notes
    -----
    A log-normal threshold. The threshold itself (0.2 to 1 V) is that of planar bilayers and cells;
    it was not measured on extracellular vesicles.

    References
    ----------
    Weaver 1995, Methods Mol Biol 48:3 (transient aqueous pores; abstract,
    http://epore.mit.edu/abstracts/1995_2.html); the log-normal spread is assumed.

    Examples
    --------
    >>> float(opened_share(0.3, 0.3, 0.25))
    0.5
    """
    voltage = np.asarray(voltage, dtype=float)
    ratio = voltage / np.asarray(threshold)
    logarithm = np.log(np.where(ratio > 0, ratio, 1.0))
    return np.asarray(np.where(ratio > 0, ndtr(logarithm / np.asarray(spread)), 0.0))


def pore_filling(
    diffusivity: ArrayLike,
    area_share: ArrayLike,
    thickness: ArrayLike,
    radius: ArrayLike,
    time: ArrayLike,
) -> Array:
    r"""Return how far the lumen of an opened vesicle fills towards the outer concentration [1].

    Parameters
    ----------
    diffusivity : array [m^2/s]
        Of the cargo in water.
    area_share : array [1]
        Share of the membrane that is open to this cargo, hindrance included.
    thickness : array [m]
        Membrane thickness, the length of a pore.
    radius : array [m]
        Radius of the lumen.
    time : array [s]
        Time for which pores are open.

    Equation
    --------
    f = 1 - e^{-3 P t / R}, \quad P = \frac{D \, a}{h}

    Symbols
    -------
    f : returned
    D : diffusivity
    a : area_share
    h : thickness
    R : radius
    t : time

    Notes
    -----
    Steady diffusion through pores into a well-stirred sphere (the sphere mixes in R^2/D = 20 us).
    Electrophoretic drive is left out.

    References
    ----------
    Crank 1975, The Mathematics of Diffusion, 2nd ed (thin membrane, well-stirred reservoir;
    recalled).

    Examples
    --------
    >>> float(pore_filling(1.2e-10, 1e-3, 5e-9, 45e-9, 0.0))
    0.0
    """
    permeability = np.asarray(diffusivity) * np.asarray(area_share) / np.asarray(thickness)
    rate = 3 * permeability / np.asarray(radius)
    return np.asarray(-np.expm1(-rate * np.asarray(time)))


def passed_charge(
    field: ArrayLike,
    conductivity: ArrayLike,
    volume: ArrayLike,
    gap: ArrayLike,
    time: ArrayLike,
) -> Array:
    r"""Return the charge that passes a cuvette [C].

    Parameters
    ----------
    field : array [V/m]
        Peak field.
    conductivity : array [S/m]
        Of the medium.
    volume : array [m^3]
        Of the sample, which fills the gap.
    gap : array [m]
        Distance of the electrodes.
    time : array [s]
        Pulses times their length: the time constant of an exponential pulse, the width of a
        square one (both have the same integral of the field).

    Equation
    --------
    Q = \sigma E \, \frac{V}{l} \, t

    Symbols
    -------
    Q : returned
    E : field
    \sigma : conductivity
    V : volume
    l : gap
    t : time

    Notes
    -----
    Ohm's law in a plane-parallel cuvette.

    References
    ----------
    Ohm's law. That what a pulse does to its medium goes with this charge: Saulis et al 2022,
    Membranes 12:184, doi 10.3390/membranes12020184 (abstract: viability of cells, steel
    electrodes).

    Examples
    --------
    >>> round(float(passed_charge(4e4, 1.5, 0.4e-6, 4e-3, 5e-3)), 3)
    0.03
    """
    area = np.asarray(volume) / np.asarray(gap)
    return np.asarray(np.asarray(field) * np.asarray(conductivity) * area * np.asarray(time))


def dissolved_metal(charge: ArrayLike, current_yield: ArrayLike, valence: float) -> Array:
    r"""Return the metal that leaves the anode [mol].

    Parameters
    ----------
    charge : array [C]
        Passed charge.
    current_yield : array [1]
        Share of the charge that dissolves metal; above 1 where corrosion adds to it.
    valence : float [1]
        Charges per ion, 3 for aluminium.

    Equation
    --------
    n = \frac{y Q}{z F}

    Symbols
    -------
    n : returned
    y : current_yield
    Q : charge
    z : valence
    F : Faraday constant

    Notes
    -----
    Faraday's law. Measured in aluminium cuvettes: up to 1 mol/m^3 after long exponential pulses
    (Friedrich 1998, abstract).

    References
    ----------
    Friedrich et al 1998, Bioelectrochem Bioenerg 47:103, doi 10.1016/S0302-4598(98)00163-9.

    Examples
    --------
    >>> round(float(dissolved_metal(0.03, 1.0, 3.0)) / 0.4e-6, 2)  # mol/m^3 in 0.4 mL
    0.26
    """
    return np.asarray(np.asarray(current_yield) * np.asarray(charge) / (valence * FARADAY))


def temperature_rise(field: ArrayLike, conductivity: ArrayLike, time: ArrayLike) -> Array:
    r"""Return the adiabatic rise in temperature after exponential pulses [K].

    Parameters
    ----------
    field : array [V/m]
        Peak field.
    conductivity : array [S/m]
        Of the medium.
    time : array [s]
        Pulses times their time constant.

    Equation
    --------
    \Delta T = \frac{\sigma E^2 t}{2 \, c_p}

    Symbols
    -------
    \Delta T : returned
    E : field
    \sigma : conductivity
    t : time
    c_p : heat capacity of water in a volume [J/m^3/K]

    Notes
    -----
    Joule's law for a field that decays with time constant t; a square pulse of the same width heats
    twice as much. No heat is lost, so it is an upper bound.

    References
    ----------
    Joule's law.

    Examples
    --------
    >>> round(float(temperature_rise(4e4, 1.5, 5e-3)), 2)
    1.44
    """
    energy = 0.5 * np.asarray(conductivity) * np.asarray(field) ** 2 * np.asarray(time)
    return np.asarray(energy / WATER_HEAT_CAPACITY)
