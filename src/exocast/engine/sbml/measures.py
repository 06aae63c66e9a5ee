"""Units of an SBML file, as text and for time in seconds."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["unit_of_time", "unit_text"]


def unit_text(libsbml: Any, definition: Any) -> str:
    """Return a unit as text: a number, where it is not 1, and kinds with their exponents."""
    if definition is None:
        return ""
    factor, words = 1.0, []
    for unit in definition.getListOfUnits():
        factor *= _size(unit)
        kind, exponent = libsbml.UnitKind_toString(unit.getKind()), unit.getExponentAsDouble()
        if kind != "dimensionless" and exponent:
            words.append(kind if exponent == 1.0 else f"{kind}^{exponent:g}")
    if not words:
        return f"{factor:g}" if definition.getNumUnits() else ""
    return " ".join([*([] if factor == 1.0 else [f"{factor:g}"]), *words])


def unit_of_time(model: Any) -> tuple[float, str]:
    """Return the length of a model's unit of time [s], NaN if unsaid, and the unit as written."""
    written = model.getTimeUnits() if model.getLevel() > 2 else "time"
    definition = model.getUnitDefinition(written) if written else None
    if definition is None:
        second = written in ("second", "time")  # what Level 2 means where it defines nothing
        return (1.0 if second else math.nan), ("second" if second else written)
    unit = definition.getUnit(0)
    if definition.getNumUnits() != 1 or not unit.isSecond() or unit.getExponentAsDouble() != 1.0:
        return math.nan, written
    return _size(unit), written


def _size(unit: Any) -> float:
    """Return how many of its kind a unit is."""
    one = float(unit.getMultiplier()) * 10.0 ** int(unit.getScale())
    return float(one ** unit.getExponentAsDouble())
