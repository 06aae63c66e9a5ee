"""Values of expressions on whole arrays: for starts and for what a solution implies."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from exocast.engine.expression import Expression
from exocast.engine.operation import Operation

__all__ = ["evaluate"]

Array = NDArray[np.float64]


def _positive(base: Array) -> Array:
    """Return a base as the engine reads it: a negative one counts as 0, NaN stays."""
    return np.where(base < 0.0, 0.0, base)


_ON_ARRAYS: Final[dict[Operation, Callable[..., Any]]] = {
    Operation.ADD: operator.add,
    Operation.SUBTRACT: operator.sub,
    Operation.NEGATE: operator.neg,
    Operation.MULTIPLY: operator.mul,
    Operation.DIVIDE: np.divide,
    Operation.RECIPROCAL: np.reciprocal,
    Operation.POWER: lambda a, b: np.power(_positive(a), b),
    Operation.EXPONENTIAL: np.exp,
    Operation.LOGARITHM: np.log,
    Operation.SQUARE_ROOT: lambda a: np.sqrt(_positive(a)),
    Operation.MINIMUM: np.minimum,
    Operation.MAXIMUM: np.maximum,
    Operation.GREATER: lambda a, b: np.greater(a, b).astype(np.float64),
    Operation.SELECT: lambda chosen, a, b: np.where(chosen != 0.0, a, b),
}


def evaluate(roots: Sequence[Expression], leaf: Callable[[Expression], Array]) -> list[Array]:
    """Return the values of expressions, given those of parameters, states, time and tables.

    Parameters
    ----------
    roots : sequence of Expression
    leaf : callable
        Returns the array of a node that has no arguments and is no number.
    """
    needed: dict[int, Expression] = {}
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in needed:
            needed[node.index] = node
            stack.extend(node.arguments)
    values: dict[int, Array] = {}
    with np.errstate(all="ignore"):
        for index in sorted(needed):  # arguments stand before users
            node = needed[index]
            if node.operation is Operation.CONSTANT:
                values[index] = np.asarray(node.value)
            elif not node.arguments:
                values[index] = leaf(node)
            else:
                inputs = [values[argument.index] for argument in node.arguments]
                values[index] = _ON_ARRAYS[node.operation](*inputs)
    return [values[root.index] for root in roots]
