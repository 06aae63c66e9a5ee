"""The operations of a formula, and their meaning on plain numbers."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from enum import IntEnum
from typing import Final

__all__ = ["Operation", "evaluate"]

LARGEST_EXPONENT: Final = 709.782712893384  # exp of more overflows


class Operation(IntEnum):
    """What a node does. The numbers are shared with the native machine (``program.hpp``)."""

    CONSTANT = 0
    PARAMETER = 1
    STATE = 2
    ADD = 3
    SUBTRACT = 4
    NEGATE = 5
    MULTIPLY = 6
    DIVIDE = 7
    RECIPROCAL = 8
    POWER = 9
    EXPONENTIAL = 10
    LOGARITHM = 11
    SQUARE_ROOT = 12
    MINIMUM = 13
    MAXIMUM = 14
    GREATER = 15
    SELECT = 16
    TIME = 17
    TABLE = 18
    TABLE_SLOPE = 19


def evaluate(operation: Operation, values: list[float]) -> float:
    """Return one operation on plain floats, with IEEE results where Python would raise."""
    return _ON_FLOATS[operation](*values)


def _quotient(a: float, b: float) -> float:
    if b != 0.0:
        return a / b
    return math.nan if a == 0.0 or math.isnan(a) else math.copysign(math.inf, a)


def _clipped_power(base: float, exponent: float) -> float:
    base = base if base > 0.0 else base * 0.0 + 0.0
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:  # 0 to a negative power
        return math.inf


def _exponential(a: float) -> float:
    return math.inf if a > LARGEST_EXPONENT else math.exp(a)


def _logarithm(a: float) -> float:
    if a > 0.0:
        return math.log(a)
    return -math.inf if a == 0.0 else math.nan


_ON_FLOATS: Final[dict[Operation, Callable[..., float]]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.NEGATE: operator.neg,
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: _quotient,
    Operation.RECIPROCAL: lambda a: _quotient(1.0, a),
    Operation.POWER: _clipped_power,
    Operation.EXPONENTIAL: _exponential,
    Operation.LOGARITHM: _logarithm,
    Operation.SQUARE_ROOT: lambda a: math.sqrt(a) if a > 0.0 else a * 0.0 + 0.0,
    Operation.MINIMUM: lambda a, b: a if a < b else b,
    Operation.MAXIMUM: lambda a, b: a if a > b else b,
    Operation.GREATER: lambda a, b: 1.0 if a > b else 0.0,
    Operation.SELECT: lambda chosen, a, b: a if chosen != 0.0 else b,
}
