"""Formulas as expressions of a network, and conditions as choices and as triggers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Final

from exocast.engine.expression import Expression, exp, log, maximum, minimum, piecewise
from exocast.engine.operation import Operation
from exocast.engine.sbml.conditions import CONDITIONS, plain
from exocast.engine.sbml.document import Formula

__all__ = ["Translator"]

HAIR: Final = 1e-300
"""Lost in any difference but 0, which it takes above 0."""


def _minus(a: Expression, *b: Expression) -> Expression:
    return a - b[0] if b else -a


def _root(*inside: Expression) -> Expression:
    """Return the root of the last, of the degree that stands before it."""
    return inside[-1] ** (1.0 / inside[0] if len(inside) == 2 else 0.5)


def _logarithm(*inside: Expression) -> Expression:
    """Return the logarithm of the last, to the base that stands before it."""
    return log(inside[-1]) / (log(inside[0]) if len(inside) == 2 else math.log(10.0))


FUNCTIONS: Final[Mapping[str, Callable[..., Expression]]] = {
    "plus": lambda *inside: reduce(lambda a, b: a + b, inside),
    "times": lambda *inside: reduce(lambda a, b: a * b, inside),
    "minus": _minus,
    "divide": lambda a, b: a / b,
    "power": lambda a, b: a**b,
    "root": _root,
    "exp": exp,
    "ln": log,
    "log": _logarithm,
    "abs": lambda a: maximum(a, -a),
    "min": lambda *inside: reduce(minimum, inside),
    "max": lambda *inside: reduce(maximum, inside),
    "sinh": lambda a: 0.5 * (exp(a) - exp(-a)),
    "cosh": lambda a: 0.5 * (exp(a) + exp(-a)),
    "tanh": lambda a: 1.0 - 2.0 / (exp(2.0 * a) + 1.0),  # right where exp overflows
}


class Translator:
    """Turns formulas into expressions of one graph.

    Parameters
    ----------
    clock : Expression
        Time, in the model's unit.
    symbols : mapping of str to Expression
        What identifiers mean; may grow between calls.
    since : callable of float, optional
        Returns an expression that is 0 before a time of the model and 1 from it on. Needed where
        time is not a number.
    """

    def __init__(
        self,
        clock: Expression,
        symbols: Mapping[str, Expression],
        since: Callable[[float], Expression] | None = None,
    ) -> None:
        self._clock = clock
        self._symbols = symbols
        self._since = since

    def _constant(self, value: float) -> Expression:
        return self._clock.graph.constant(value)

    def number(self, formula: Formula) -> Expression:
        """Return a formula as a number; a condition is 1 where it holds, else 0."""
        match formula.operator:
            case "number":
                return self._constant(formula.value)
            case "name":
                return self._symbols[formula.name]
            case "time":
                return self._clock
            case "piecewise":
                undefined = log(self._constant(-1.0))
                return self._pieces(formula, self.number, undefined)
        if formula.operator in CONDITIONS:
            return self._choose(plain(formula), self._constant(1.0), self._constant(0.0))
        if not formula.arguments:  # an empty sum or product
            return self._constant(0.0 if formula.operator == "plus" else 1.0)
        return FUNCTIONS[formula.operator](*(self.number(item) for item in formula.arguments))

    def trigger(self, condition: Formula) -> Expression:
        """Return what is above 0 where a condition holds: its distance, where that is smooth."""
        return self._distance(plain(condition))

    def _choose(self, condition: Formula, yes: Expression, no: Expression) -> Expression:
        """Return one of two expressions, by a plain condition."""
        if yes is no:
            return yes
        parts = condition.arguments
        match condition.operator:
            case "true":
                return yes
            case "false":
                return no
            case "and":
                for part in reversed(parts):
                    yes = self._choose(part, yes, no)
                return yes
            case "or":
                for part in reversed(parts):
                    no = self._choose(part, yes, no)
                return no
            case "piecewise":
                return self._pieces(condition, lambda part: self._choose(part, yes, no), no)
        a, b = (self.number(part) for part in parts)
        strict = condition.operator == "gt"
        known = self._in_time(a, b, yes, no, strict=strict)
        if known is not None:
            return known
        if strict:
            return piecewise((yes, a, b), otherwise=no)
        return piecewise((no, b, a), otherwise=yes)

    def _distance(self, condition: Formula) -> Expression:
        parts = condition.arguments
        one = self._constant(1.0)
        match condition.operator:
            case "true":
                return one
            case "false":
                return -one
            case "and":
                return reduce(minimum, [self._distance(part) for part in parts])
            case "or":
                return reduce(maximum, [self._distance(part) for part in parts])
            case "piecewise":
                return self._pieces(condition, self._distance, -one)
        a, b = (self.number(part) for part in parts)
        strict = condition.operator == "gt"
        gap = a - b
        starts = strict and gap is self._clock  # time > 0: not yet at 0, and then at once
        known = None if starts else self._in_time(a, b, one, -one, strict=strict)
        if known is not None:
            return known
        # The hair is added to a node that is used thrice, so no longer sum swallows it.
        return gap if strict else piecewise((gap, 0.0, gap), otherwise=gap + HAIR)

    def _pieces(
        self, formula: Formula, read: Callable[[Formula], Expression], last: Expression
    ) -> Expression:
        """Return a piecewise, each piece read in the same way."""
        parts = formula.arguments
        if len(parts) % 2:
            last = read(parts[-1])
        for k in range(len(parts) // 2 - 1, -1, -1):
            last = self._choose(plain(parts[2 * k + 1]), read(parts[2 * k]), last)
        return last

    def _in_time(
        self, a: Expression, b: Expression, yes: Expression, no: Expression, *, strict: bool
    ) -> Expression | None:
        """Return the choice between numbers, and at a known moment; None where it depends on more.

        A comparison of time with a number is a step in time, which the solver never steps over.
        """
        if a.operation is Operation.CONSTANT and b.operation is Operation.CONSTANT:
            return yes if a.value > b.value or (not strict and a.value == b.value) else no
        if a is self._clock and b.operation is Operation.CONSTANT:
            begin = math.nextafter(b.value, math.inf) if strict else b.value
        elif b is self._clock and a.operation is Operation.CONSTANT:
            begin = a.value if strict else math.nextafter(a.value, math.inf)
            yes, no = no, yes
        else:
            return None
        if begin <= math.nextafter(0.0, 1.0):
            return yes
        assert self._since is not None
        return piecewise((yes, self._since(begin), 0.5), otherwise=no)
