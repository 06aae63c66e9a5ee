"""What a table of equipment may hold: columns, their units, and what cannot be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scipy.special import erfcinv

from exocast.errors import UnitError, nearest
from exocast.evidence.parameter import Parameter
from exocast.laws.centrifugation import STANDARD_GRAVITY, k_factor
from exocast.stages.isolation import membrane, rotor, size_exclusion
from exocast.units import same_dimension

__all__ = ["KINDS", "RPM", "Column", "Kind", "headed", "impossible", "misfit", "plain", "unknown"]

EXCLUDED = 2 * float(erfcinv(0.01))
"""Diameter of a particle that enters 1 % of a gel, over the scale of its openings."""
RPM = "rpm"
FASTEST = 1.5e6
"""Field that no rotor stands [g]."""
LARGER = 3.0
"""Volume of a tube over that of a cylinder between the radii: more is a slip of the pen."""
UPRIGHT = math.radians(5.0)
"""Angle of a vertical tube, whose length the radii do not tell."""
OFF = 0.1
"""Of a k factor from what the radii and the speed give, as a logarithm."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, and the value of the catalogue that it gives.

    Attributes
    ----------
    name : str
        In the heading, before its unit.
    parameter : Parameter
        What it values.
    unit : str
        Unit in the template.
    needed : bool
        Whether every row gives it, if it is not like another.
    scale : float
        Value of the parameter over what is written.
    high : float
        Most that makes sense, in the unit of the parameter, where that is less than it takes.
    """

    name: str
    parameter: Parameter
    unit: str
    needed: bool = True
    scale: float = 1.0
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of equipment.

    Attributes
    ----------
    columns : tuple of Column
        Columns that hold numbers.
    like : bool
        Whether a row may take what it leaves empty from one that ships.
    elsewhere : tuple of str
        What one might look for here, and is a setting of the step.
    """

    columns: tuple[Column, ...]
    like: bool
    elsewhere: tuple[str, ...] = ()


K_FACTOR = Parameter("k_factor", "1", "Clearing factor of a rotor at its maximum speed.")

KINDS: Mapping[str, Kind] = {
    "rotor": Kind(
        (
            Column("r_min", rotor.MINIMUM_RADIUS, "mm"),
            Column("r_max", rotor.MAXIMUM_RADIUS, "mm"),
            Column("r_average", rotor.MEAN_RADIUS, "mm", needed=False),
            Column("angle", rotor.TUBE_ANGLE, "deg", high=math.pi / 2),
            Column("tubes", rotor.TUBE_COUNT, "1"),
            Column("tube volume", rotor.TUBE_VOLUME, "mL"),
            Column("tube diameter", rotor.TUBE_DIAMETER, "mm"),
            Column("maximum speed", rotor.MAXIMUM_SPEED, RPM),
            Column("k factor", K_FACTOR, "1", needed=False),
        ),
        like=False,
        elsewhere=("rcf", "time", "temperature"),
    ),
    "resin": Kind(
        (
            Column("excluded diameter", size_exclusion.GEL_SCALE, "nm", scale=1 / EXCLUDED),
            Column("bead diameter", size_exclusion.BEAD, "um"),
            Column("void share", size_exclusion.VOID, "1", needed=False),
            Column("plates", size_exclusion.PLATES, "1", needed=False),
            Column("held share", size_exclusion.HELD, "1", needed=False),
        ),
        like=True,
        elsewhere=("bed", "load", "collect from", "collect to", "buffer"),
    ),
    "membrane": Kind(
        (
            Column("sticky share", membrane.STICKY, "1"),
            Column("released share", membrane.RELEASED, "1"),
            Column("pore variation", membrane.PORE_VARIATION, "1", needed=False),
            Column("skin", membrane.SKIN, "um", needed=False),
            Column("fouling", membrane.FOULING, "1", needed=False),
        ),
        like=True,
        elsewhere=("cut off", "area", "pressure", "shear"),
    ),
}
"""What a table may describe; the key is the first word of its heading."""


def plain(name: str) -> str:
    """Return the name of a column, however its words are joined."""
    return " ".join(re.split(r"[\s_-]+", name.strip().lower()))


def headed(column: Column) -> str:
    """Return a column as its heading should be written."""
    return column.name if column.unit == "1" else f"{column.name} [{column.unit}]"


def unknown(kind: str, name: str, words: list[str]) -> str:
    """Say that there is no such column, and where it may belong."""
    if name in KINDS[kind].elsewhere:
        setting = name.replace(" ", "_")
        return f"`{setting}` is a setting of the step in your Design, not of the {kind}."
    return f"a {kind} has no such column. {nearest(name, words)}"


def misfit(column: Column, unit: str) -> str:
    """Say what is wrong with the unit of a column; empty where it fits."""
    expected = column.unit
    if {expected, unit} & {RPM, "deg"}:
        return "" if unit == expected else f"write the column as `{headed(column)}`."
    if not unit:
        return "" if expected == "1" else f"it has no unit: write `{headed(column)}`."
    try:
        fits = same_dimension(unit, expected)
    except UnitError as error:
        return str(error)
    return "" if fits else f"{unit} does not fit: write `{headed(column)}`."


def impossible(given: Mapping[str, float]) -> Iterator[str]:
    """Yield what cannot be about a rotor: radii, tubes, speed and k factor held together."""
    low, high, diameter = given["r_min"], given["r_max"], given["tube diameter"]
    angle, speed = given["angle"], given["maximum speed"] * math.pi / 30
    if low >= high:
        yield "r_min is not below r_max."
        return
    if "r_average" in given and not low < given["r_average"] < high:
        yield "r_average is not between r_min and r_max."
    across = diameter * math.cos(angle) if angle <= rotor.HORIZONTAL else 0.0
    if across > high - low:
        yield f"a tube of {1e3 * diameter:.3g} mm does not fit between r_min and r_max."
    elif angle > UPRIGHT:
        room = math.pi / 4 * diameter**2 * (high - low - across) / math.sin(angle)
        if given["tube volume"] > LARGER * room:
            yield (
                f"a tube of {1e3 * diameter:.3g} mm between these radii holds about "
                f"{1e6 * room:.2g} mL, not {1e6 * given['tube volume']:.3g} mL."
            )
    field_at_bottom = speed**2 * high / STANDARD_GRAVITY
    if field_at_bottom > FASTEST:
        yield f"{field_at_bottom:.2g} g at r_max: no rotor stands it; check radii and speed."
    if "k factor" in given:
        known = float(k_factor(low, high, speed**2)) * 1e13 / 3600
        if abs(math.log(given["k factor"] / known)) > OFF:
            yield f"radii and maximum speed give a k factor of {known:.0f}."
