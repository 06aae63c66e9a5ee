"""Pelleting of independent particles in swing-out and fixed-angle rotors.

The theory is that of dilute, non-interacting, non-diffusing spheres (Livshits et al. 2015): no wall
effect, no aggregation, no swirl on acceleration. `peclet_number` says where diffusion would matter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "STANDARD_GRAVITY",
    "angular_velocity_squared",
    "column_height",
    "cut_off_diameter",
    "k_factor",
    "peclet_number",
    "pelleted_fraction_fixed_angle",
    "pelleted_fraction_swing_out",
    "revolutions_per_minute",
    "sedimentation_coefficient",
    "sedimentation_path",
]

Array = NDArray[np.float64]
Floats = Array | float

STANDARD_GRAVITY = 9.80665
BOLTZMANN = 1.380649e-23
LARGEST_EXPONENT = 700.0


def angular_velocity_squared(acceleration: Floats, mean_radius: Floats) -> Array:
    r"""Return the squared angular velocity for an acceleration at the mean radius [1/s^2].

    Parameters
    ----------
    acceleration : array [m/s^2]
        Relative centrifugal force times standard gravity, at `mean_radius`.
    mean_radius : array [m]
        Radius at which the acceleration is quoted: Rav in Livshits et al.; many laboratories quote
        the maximum radius instead.

    Returns
    -------
    array [1/s^2]

    Equation
    --------
    \omega^2 = \frac{a}{R_\mathrm{av}}

    Symbols
    -------
    \omega^2 : returned
    a : acceleration
    R_\mathrm{av} : mean_radius

    References
    ----------
    Livshits et al. 2015, Sci Rep 5:17319, doi 10.1038/srep17319.

    Examples
    --------
    >>> round(float(angular_velocity_squared(10_000 * STANDARD_GRAVITY, 0.1128)))
    869384
    """
    return np.asarray(acceleration / mean_radius)


def revolutions_per_minute(angular_velocity_squared: Floats) -> Array:
    r"""Return the speed of a rotor [1/min].

    Equation
    --------
    n = \frac{30}{\pi} \sqrt{\omega^2}

    Symbols
    -------
    n : returned
    \omega^2 : angular_velocity_squared [1/s^2]

    Examples
    --------
    >>> round(float(revolutions_per_minute(869384)))
    8904
    """
    return np.asarray(np.sqrt(angular_velocity_squared) * 30 / np.pi)


def sedimentation_coefficient(
    diameter: Floats, density: Floats, medium_density: Floats, viscosity: Floats
) -> Array:
    r"""Return the sedimentation coefficient of a sphere [s].

    Parameters
    ----------
    diameter : array [m]
        Hydrodynamic diameter.
    density, medium_density : array [kg/m^3]
        Of particle and medium; a lighter particle floats (s < 0).
    viscosity : array [Pa*s]
        Of the medium.

    Returns
    -------
    array [s]

    Equation
    --------
    s = \frac{d^2 (\rho - \rho_m)}{18 \eta}

    Symbols
    -------
    s : returned
    d : diameter
    \rho : density
    \rho_m : medium_density
    \eta : viscosity

    References
    ----------
    Stokes' law, as used by Livshits et al. 2015, doi 10.1038/srep17319.

    Examples
    --------
    >>> s = sedimentation_coefficient(100e-9, 1150.0, 1000.0, 1.55e-3)
    >>> round(float(s) / 1e-13)
    538
    """
    return np.asarray(diameter**2 * (density - medium_density) / (18 * viscosity))


def pelleted_fraction_swing_out(
    coefficient: Floats,
    angular_velocity_squared: Floats,
    time: Floats,
    minimum_radius: Floats,
    maximum_radius: Floats,
) -> Array:
    r"""Return the share of particles pelleted in a full swing-out tube [1].

    Parameters
    ----------
    coefficient : array [s]
        Sedimentation coefficient.
    angular_velocity_squared : array [1/s^2]
        Of the rotor, squared.
    time : array [s]
        Duration at speed.
    minimum_radius, maximum_radius : array [m]
        Meniscus and bottom.

    Returns
    -------
    array [1]
        Between 0 (particles that float) and 1.

    Equation
    --------
    P = \min \left(1, \, \frac{1 - e^{-s \omega^2 t}}{1 - R_\mathrm{min} /
    R_\mathrm{max}}\right)

    Symbols
    -------
    P : returned
    s : coefficient
    \omega^2 : angular_velocity_squared
    t : time
    R_\mathrm{min} : minimum_radius
    R_\mathrm{max} : maximum_radius

    Notes
    -----
    A particle that ends on the bottom R_max at time t started at R_max exp(-s w^2 t), in a tube of
    constant section that is uniformly filled at the start. Exact for radial acceleration that grows
    with radius.

    References
    ----------
    Livshits et al. 2015, doi 10.1038/srep17319 (the closed form follows from its equation of
    motion and reproduces its Table 2).

    Examples
    --------
    >>> s = sedimentation_coefficient(150e-9, 1150.0, 1000.0, 1.55e-3)
    >>> w2 = angular_velocity_squared(10_000 * STANDARD_GRAVITY, 0.1128)
    >>> round(float(pelleted_fraction_swing_out(s, w2, 1800.0, 0.0667, 0.1588)), 2)
    0.3
    """
    exponent = coefficient * angular_velocity_squared * time
    travelled = -np.expm1(-np.clip(exponent, 0.0, LARGEST_EXPONENT))
    path = 1 - minimum_radius / maximum_radius
    return np.asarray(np.clip(travelled / path, 0.0, 1.0))


def column_height(
    volume: Floats, tube_volume: Floats, tube_length: Floats, tube_diameter: Floats
) -> Array:
    r"""Return how high a liquid stands in a tube with a conical end [m].

    Parameters
    ----------
    volume, tube_volume : array [m^3]
        Of the liquid, and of a full tube.
    tube_length : array [m]
        Of a full column, end included.
    tube_diameter : array [m]
        Inner diameter; the cone is half as high, as that of a 50 mL tube is.

    Returns
    -------
    array [m]
        The full column where there is more than fits.

    Equation
    --------
    h = H \left(\frac{V}{V_c}\right)^{1/3} \; (V \le V_c), \quad h = H + (L - H) \frac{V -
    V_c}{V_t - V_c}, \quad H = \frac{D}{2}, \quad V_c = \frac{\pi D^2 H}{12}

    Symbols
    -------
    h : returned
    V : volume
    V_t : tube_volume
    V_c : volume of the cone [m^3]
    H : height of the cone [m]
    L : tube_length
    D : tube_diameter

    Notes
    -----
    The cone is no more than half of the tube, so that a row with a diameter that does not fit its
    volume still gives a column.

    Examples
    --------
    >>> column_height(np.array([1e-6, 2.5e-5, 5e-5]), 5e-5, 0.094, 0.028).round(4)
    array([0.0098, 0.0516, 0.094 ])
    """
    full, length = np.asarray(tube_volume, float), np.asarray(tube_length, float)
    diameter = np.asarray(tube_diameter, float)
    high = np.minimum(diameter / 2, length / 2)
    cone = np.minimum(np.pi * diameter**2 * high / 12, full / 2)
    held = np.minimum(np.asarray(volume, float), full)
    below = high * np.cbrt(np.minimum(held / cone, 1.0))
    return np.asarray(below + (length - high) * np.maximum(held - cone, 0.0) / (full - cone))


def sedimentation_path(tube_diameter: Floats, tube_angle: Floats) -> Array:
    r"""Return the longest radial path across a tilted tube [m].

    Parameters
    ----------
    tube_diameter : array [m]
        Inner diameter.
    tube_angle : array [rad]
        Angle between tube and axis of rotation.

    Equation
    --------
    L = \frac{D}{\cos \alpha}

    Symbols
    -------
    L : returned
    D : tube_diameter
    \alpha : tube_angle

    Examples
    --------
    >>> round(float(sedimentation_path(0.038, np.radians(24))), 4)
    0.0416
    """
    return np.asarray(tube_diameter / np.cos(tube_angle))


def pelleted_fraction_fixed_angle(
    coefficient: Floats,
    angular_velocity_squared: Floats,
    time: Floats,
    mean_radius: Floats,
    path: Floats,
) -> Array:
    r"""Return the share of particles that reach the wall of a fixed-angle tube [1].

    Parameters
    ----------
    coefficient : array [s]
        Sedimentation coefficient.
    angular_velocity_squared : array [1/s^2]
        Of the rotor, squared.
    time : array [s]
        Duration at speed.
    mean_radius : array [m]
        Radius at which the acceleration is taken as constant.
    path : array [m]
        Longest radial path, `sedimentation_path`.

    Returns
    -------
    array [1]
        Between 0 (particles that float) and 1.

    Equation
    --------
    P = \frac{2}{\pi} \left(\arcsin x + x \sqrt{1 - x^2}\right), \quad x = \min \left(1, \,
    \frac{s \omega^2 R_\mathrm{av} t}{L}\right)

    Symbols
    -------
    P : returned
    s : coefficient
    \omega^2 : angular_velocity_squared
    t : time
    R_\mathrm{av} : mean_radius
    L : path

    Notes
    -----
    The horizontal section of the tilted tube is an ellipse, displaced by x of its longest chord; P
    is the share outside its shifted copy, and 1 for x >= 1. What reaches the wall is counted as
    pelleted: it slides down (convection), the Boycott effect.

    References
    ----------
    Livshits et al. 2015, doi 10.1038/srep17319, Supplement.

    Examples
    --------
    >>> s = sedimentation_coefficient(100e-9, 1150.0, 1000.0, 1.55e-3)
    >>> w2 = angular_velocity_squared(10_000 * STANDARD_GRAVITY, 0.0699)
    >>> round(float(pelleted_fraction_fixed_angle(s, w2, 1800.0, 0.0699, 0.0416)), 2)
    0.29
    """
    moved = coefficient * angular_velocity_squared * mean_radius * time / path
    x = np.clip(moved, 0.0, 1.0)
    return np.asarray(2 / np.pi * (np.arcsin(x) + x * np.sqrt(1 - x**2)))


def cut_off_diameter(
    path_integral: Floats,
    density_difference: Floats,
    viscosity: Floats,
    angular_velocity_squared: Floats,
    time: Floats,
) -> Array:
    r"""Return the diameter from which on everything is pelleted [m].

    Parameters
    ----------
    path_integral : array [1]
        ln(R_max / R_min) for a swing-out rotor, path / R_av for a fixed-angle rotor.
    density_difference : array [kg/m^3]
        Particle minus medium, positive.
    viscosity : array [Pa*s]
        Of the medium.
    angular_velocity_squared : array [1/s^2]
        Of the rotor, squared.
    time : array [s]
        Duration.

    Equation
    --------
    d_\mathrm{cut} = \sqrt{\frac{18 \eta \, \Lambda}{\Delta\rho \, \omega^2 t}}

    Symbols
    -------
    d_\mathrm{cut} : returned
    \Lambda : path_integral
    \Delta\rho : density_difference
    \eta : viscosity
    \omega^2 : angular_velocity_squared
    t : time

    References
    ----------
    Livshits et al. 2015, doi 10.1038/srep17319.

    Examples
    --------
    >>> w2 = angular_velocity_squared(10_000 * STANDARD_GRAVITY, 0.1128)
    >>> d = cut_off_diameter(np.log(158.8 / 66.7), 150.0, 1.55e-3, w2, 1800.0)
    >>> round(float(d) * 1e9)
    321
    """
    drive = density_difference * angular_velocity_squared * time
    return np.asarray(np.sqrt(18 * viscosity * path_integral / drive))


def k_factor(
    minimum_radius: Floats, maximum_radius: Floats, angular_velocity_squared: Floats
) -> Array:
    r"""Return the clearing factor of a rotor [s^2].

    Divide by 3600 s/h and 1e-13 s/S for the usual hours x svedberg. Equal clearing factors times
    equal s do not give equal pelleting in fixed-angle rotors (Livshits et al. 2015).

    Equation
    --------
    k = \frac{\ln(R_\mathrm{max} / R_\mathrm{min})}{\omega^2}

    Symbols
    -------
    k : returned
    R_\mathrm{min} : minimum_radius [m]
    R_\mathrm{max} : maximum_radius [m]
    \omega^2 : angular_velocity_squared [1/s^2]

    Examples
    --------
    >>> w2 = angular_velocity_squared(10_000 * STANDARD_GRAVITY, 0.1128)
    >>> round(float(k_factor(66.7, 158.8, w2)) / 3600 / 1e-13, 1)
    2771.6
    """
    ratio = maximum_radius / minimum_radius
    return np.asarray(np.log(ratio) / angular_velocity_squared)


def peclet_number(
    diameter: Floats,
    density_difference: Floats,
    acceleration: Floats,
    path: Floats,
    temperature: Floats,
) -> Array:
    r"""Return how far settling outruns diffusion over a path [1].

    Parameters
    ----------
    diameter : array [m]
        Of the particle.
    density_difference : array [kg/m^3]
        Particle minus medium.
    acceleration : array [m/s^2]
        Mean acceleration.
    path : array [m]
        Sedimentation path.
    temperature : array [K]
        Of the medium.

    Returns
    -------
    array [1]
        Buoyant energy over the path in units of kT; the viscosity cancels. Below about 10 the
        pellet layer is as thick as a tenth of the tube and the pelleting laws above fail.

    Equation
    --------
    \mathrm{Pe} = \frac{\pi d^3 \, |\Delta\rho| \, a L}{6 k_B T}

    Symbols
    -------
    \mathrm{Pe} : returned
    d : diameter
    \Delta\rho : density_difference
    a : acceleration
    L : path
    T : temperature
    k_B : Boltzmann constant

    References
    ----------
    Sedimentation-diffusion balance (Perrin's barometric law), height kT / (V drho a).

    Examples
    --------
    >>> round(float(peclet_number(30e-9, 110.0, 300 * 9.81, 0.05, 277.0)))
    60
    """
    volume = np.pi / 6 * diameter**3
    energy = volume * np.abs(density_difference) * acceleration * path
    return np.asarray(energy / (BOLTZMANN * temperature))
