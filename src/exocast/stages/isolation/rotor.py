"""A rotor: its geometry, what it holds, and what a spin in it pellets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.evidence.ensemble import Draws
from exocast.evidence.parameter import Parameter
from exocast.laws.centrifugation import (
    column_height,
    pelleted_fraction_fixed_angle,
    pelleted_fraction_swing_out,
    sedimentation_path,
)

__all__ = ["HORIZONTAL", "ROTOR_PARAMETERS", "Rotor"]

Array = NDArray[np.float64]

HORIZONTAL = np.radians(80.0)  # swing-out tubes run level; fixed ones stand at 20 to 45 degrees

THINNEST = 1e-5
"""Of a column [m]: a tube without liquid pellets what there is, which is nothing."""

MINIMUM_RADIUS = Parameter("isolation.rotor.minimum_radius", "m", "Meniscus of a full tube.")
MEAN_RADIUS = Parameter("isolation.rotor.mean_radius", "m", "Radius at which RCF is quoted.")
MAXIMUM_RADIUS = Parameter("isolation.rotor.maximum_radius", "m", "Bottom of the tube.")
TUBE_DIAMETER = Parameter("isolation.rotor.tube_diameter", "m", "Inner diameter of a tube.")
TUBE_ANGLE = Parameter(
    "isolation.rotor.tube_angle", "1",
    "Angle between tube and axis at speed, in radians; a right angle is swing-out.",
    high=1.6, scale="linear",
)  # fmt: skip
TUBE_VOLUME = Parameter("isolation.rotor.tube_volume", "m^3", "Liquid in a full tube.")
TUBE_COUNT = Parameter("isolation.rotor.tube_count", "1", "Tubes in a full rotor.", low=0.5)
MAXIMUM_SPEED = Parameter(
    "isolation.rotor.maximum_speed", "1", "Rated speed, in revolutions per minute."
)

ROTOR_PARAMETERS = (
    MINIMUM_RADIUS, MEAN_RADIUS, MAXIMUM_RADIUS, TUBE_DIAMETER, TUBE_ANGLE, TUBE_VOLUME,
    TUBE_COUNT, MAXIMUM_SPEED,
)  # fmt: skip


@dataclass(frozen=True)
class Rotor:
    """One rotor of the table, as arrays (n,)."""

    name: str
    minimum_radius: Array
    mean_radius: Array
    maximum_radius: Array
    tube_diameter: Array
    tube_angle: Array
    tube_volume: Array
    tube_count: Array
    maximum_speed: Array

    @staticmethod
    def drawn(name: str, p: Draws) -> Rotor:
        """Return a rotor from the rows whose context names it."""
        return Rotor(name, *(p.at(parameter, rotor=name) for parameter in ROTOR_PARAMETERS))

    @property
    def path(self) -> Array:
        """Return the longest way of a particle to the wall, array (n,) [m]."""
        swing = self.maximum_radius - self.minimum_radius
        tilted = sedimentation_path(self.tube_diameter, np.minimum(self.tube_angle, HORIZONTAL))
        return np.asarray(np.where(self.tube_angle > HORIZONTAL, swing, tilted))

    def pelleted(
        self, coefficient: Array, speed_squared: Array, time: float, volume: Array | None = None
    ) -> Array:
        """Return the share that a spin pellets, array (n, k) [1].

        Parameters
        ----------
        coefficient : array (n, k) [s]
            Of sedimentation.
        speed_squared : array (n,) [1/s^2]
            Of the rotor.
        time : float [s]
            At speed.
        volume : array (n,) [m^3], optional
            Of the liquid, where tubes need not be full: in a swing-out tube the way is shorter
            then. Thin-walled tubes are filled up, or they collapse.
        """
        rate = speed_squared[:, None]
        meniscus = self.minimum_radius
        if volume is not None:
            each = volume / self.tubes(volume)
            length = self.maximum_radius - self.minimum_radius
            column = column_height(each, self.tube_volume, length, self.tube_diameter)
            meniscus = self.maximum_radius - np.maximum(column, THINNEST)
        swing = pelleted_fraction_swing_out(
            coefficient, rate, time, meniscus[:, None], self.maximum_radius[:, None]
        )
        fixed = pelleted_fraction_fixed_angle(
            coefficient, rate, time, self.mean_radius[:, None], self.path[:, None]
        )
        return np.asarray(np.where((self.tube_angle > HORIZONTAL)[:, None], swing, fixed))

    def tubes(self, volume: Array) -> Array:
        """Return how many full tubes a volume takes, array (n,)."""
        # A hair of slack, so that 282 mL is three tubes of 94 mL and not four.
        return np.asarray(np.maximum(np.ceil(volume / self.tube_volume - 1e-9), 1.0))

    def runs(self, volume: Array) -> Array:
        """Return how many runs of the rotor a volume takes, array (n,)."""
        return np.asarray(np.ceil(self.tubes(volume) / self.tube_count - 1e-9))
