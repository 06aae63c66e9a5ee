"""Conditions in a plain form: nothing negated, and only two comparisons, ``gt`` and ``geq``."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from typing import Final

from exocast.engine.sbml.document import Formula, number_of

__all__ = ["CONDITIONS", "plain"]

CONDITIONS: Final = frozenset(
    {"gt", "geq", "lt", "leq", "eq", "neq"}
    | {"and", "or", "not", "xor", "implies", "true", "false"}
)
"""What can stand as a condition, besides a piecewise and a number that is not 0."""

SWAPPED: Final = {"and": "or", "or": "and", "true": "false", "false": "true"}
MIRRORED: Final = {"lt": "gt", "leq": "geq"}


def plain(condition: Formula, *, denied: bool = False) -> Formula:
    """Return a condition, or what holds where it does not, in the plain form.

    Its operators are ``true``, ``false``, ``gt`` and ``geq`` of two numbers, ``and`` and ``or`` of
    any number of conditions, and ``piecewise`` of conditions.

    Examples
    --------
    >>> from exocast.engine.sbml.document import name_of
    >>> a, b = name_of("a"), name_of("b")
    >>> plain(Formula("not", (Formula("lt", (a, b)),))) == Formula("geq", (a, b))
    True
    """
    operator, parts = condition.operator, condition.arguments
    match operator:
        case "not":
            return plain(parts[0], denied=not denied)
        case "true" | "false":
            return Formula(SWAPPED[operator]) if denied else condition
        case "and" | "or":
            inside = tuple(plain(part, denied=denied) for part in parts)
            return Formula(SWAPPED[operator] if denied else operator, inside)
        case "implies":
            first, second = parts
            return plain(Formula("or", (Formula("not", (first,)), second)), denied=denied)
        case "xor":
            return plain(reduce(_either, parts, Formula("false")), denied=denied)
        case "piecewise":
            return Formula(operator, _pieces(parts, denied=denied))
        case "gt" | "geq" | "lt" | "leq":
            return _joined(
                "and", [_compared(operator, a, b) for a, b in pairwise(parts)], denied=denied
            )
        case "eq":
            pairs = [pair for a, b in pairwise(parts) for pair in ((a, b), (b, a))]
            return _joined("and", [Formula("geq", pair) for pair in pairs], denied=denied)
    first, second = parts if operator == "neq" else (condition, number_of(0.0))
    return _joined(
        "or", [Formula("gt", (first, second)), Formula("gt", (second, first))], denied=denied
    )


def _either(a: Formula, b: Formula) -> Formula:
    """Return that one of two conditions holds and the other does not."""
    return Formula(
        "or",
        (Formula("and", (a, Formula("not", (b,)))), Formula("and", (Formula("not", (a,)), b))),
    )


def _pieces(parts: tuple[Formula, ...], *, denied: bool) -> tuple[Formula, ...]:
    """Return the parts of a piecewise that chooses among conditions."""
    last = len(parts) - 1 if len(parts) % 2 else -1
    return tuple(
        plain(part, denied=denied and (k % 2 == 0 or k == last)) for k, part in enumerate(parts)
    )


def _compared(operator: str, a: Formula, b: Formula) -> Formula:
    """Return a comparison with what must be larger first."""
    return (
        Formula(MIRRORED[operator], (b, a)) if operator in MIRRORED else Formula(operator, (a, b))
    )


def _joined(operator: str, comparisons: list[Formula], *, denied: bool) -> Formula:
    """Return plain comparisons under one operator, turned round where they are denied."""
    if denied:
        operator = SWAPPED[operator]
        comparisons = [
            Formula("gt" if item.operator == "geq" else "geq", item.arguments[::-1])
            for item in comparisons
        ]
    return comparisons[0] if len(comparisons) == 1 else Formula(operator, tuple(comparisons))
