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
    """Return w^2 [1/s^2] for an acceleration quoted at the mean radius.

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
    """Return the speed [1/min] of a rotor.

    Examples
    --------
    >>> round(float(revolutions_per_minute(869384)))
    8904
    """
    return np.asarray(np.sqrt(angular_velocity_squared) * 30 / np.pi)


def sedimentation_coefficient(
    diameter: Floats, density: Floats, medium_density: Floats, viscosity: Floats
) -> Array:
    """Return the sedimentation coefficient of a sphere, s = d^2 (rho - rho_m) / (18 eta) [s].

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
    """Return the share of particles pelleted in a full swing-out tube [1].

    Parameters
    ----------
    coefficient : array [s]
        Sedimentation coefficient.
    angular_velocity_squared : array [1/s^2]
        w^2.
    time : array [s]
        Duration at speed.
    minimum_radius, maximum_radius : array [m]
        Meniscus and bottom.

    Returns
    -------
    array [1]
        Between 0 (particles that float) and 1.

    Notes
    -----
    A particle that ends on the bottom R_max at time t started at R_max exp(-s w^2 t), so
    P = (1 - exp(-s w^2 t)) / (1 - R_min / R_max), capped at 1, in a tube of constant section that
    is uniformly filled at the start. Exact for radial acceleration that grows with radius.

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


def sedimentation_path(tube_diameter: Floats, tube_angle: Floats) -> Array:
    """Return the longest radial path across a tilted tube, D / cos(angle) [m].

    Parameters
    ----------
    tube_diameter : array [m]
        Inner diameter.
    tube_angle : array [rad]
        Angle between tube and axis of rotation.

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
    """Return the share of particles that reach the wall of a fixed-angle tube [1].

    Parameters
    ----------
    coefficient : array [s]
        Sedimentation coefficient.
    angular_velocity_squared : array [1/s^2]
        w^2.
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

    Notes
    -----
    The horizontal section of the tilted tube is an ellipse. After a displacement x = s w^2 R t / L
    of the longest chord, the share outside its shifted copy is
    P = (2/pi) [asin x + x sqrt(1 - x^2)], and 1 for x >= 1. What reaches the wall is counted as
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
    """Return the diameter from which on everything is pelleted [m].

    Parameters
    ----------
    path_integral : array [1]
        ln(R_max / R_min) for a swing-out rotor, path / R_av for a fixed-angle rotor.
    density_difference : array [kg/m^3]
        Particle minus medium, positive.
    viscosity : array [Pa*s]
        Of the medium.
    angular_velocity_squared : array [1/s^2]
        w^2.
    time : array [s]
        Duration.

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
    """Return the clearing factor of a rotor, ln(R_max/R_min) / w^2 [s^2].

    Divide by 3600 s/h and 1e-13 s/S for the usual hours x svedberg. Equal clearing factors times
    equal s do not give equal pelleting in fixed-angle rotors (Livshits et al. 2015).

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
    """Return how far settling outruns diffusion over a path [1].

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
