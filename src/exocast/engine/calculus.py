"""Derivatives of expressions, and their split into what is linear in the states and the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from exocast.engine.expression import Expression, State
from exocast.engine.operation import Operation

__all__ = ["IN_TIME", "Differentiator", "Spread", "spread", "terms", "walk"]

IN_TIME: Final = -1  # the place of the derivative by time among those by states
SUMS = frozenset((Operation.ADD, Operation.SUBTRACT, Operation.NEGATE))


def terms(node: Expression) -> list[tuple[int, Expression]]:
    """Return the signed addends of a sum, however it was nested; anything else is one addend."""
    found: list[tuple[int, Expression]] = []
    stack = [(1, node)]
    while stack:
        sign, current = stack.pop()
        match current.operation:
            case Operation.ADD:
                stack.append((sign, current.arguments[1]))
                stack.append((sign, current.arguments[0]))
            case Operation.SUBTRACT:
                stack.append((-sign, current.arguments[1]))
                stack.append((sign, current.arguments[0]))
            case Operation.NEGATE:
                stack.append((-sign, current.arguments[0]))
            case _:
                found.append((sign, current))
    return found


def _inputs(node: Expression) -> list[tuple[int, Expression]]:
    """Return what a node is built from, seeing through nested sums."""
    if node.operation in SUMS:
        return terms(node)
    return [(1, argument) for argument in node.arguments]


def walk(roots: Iterable[Expression], done: Iterable[int] = ()) -> list[Expression]:
    """Return every varying node below the roots, inputs first.

    Sums are walked to their addends, so a chain of ``+`` over many states stays linear work.
    """
    seen = set(done)
    found: list[Expression] = []
    stack = [root for root in roots if root.varies]
    while stack:
        node = stack.pop()
        if node.index in seen:
            continue
        seen.add(node.index)
        found.append(node)
        stack.extend(argument for _, argument in _inputs(node) if argument.varies)
    found.sort(key=lambda node: node.index)
    return found


class Differentiator:
    """Sparse gradients with respect to the states and to time, each node's computed once.

    Forward accumulation: the gradient of a per-capita rate that many passengers ride is made once
    and then only multiplied.
    """

    def __init__(self) -> None:
        self._known: dict[int, dict[int, Expression]] = {}

    def gradient(self, root: Expression) -> dict[int, Expression]:
        """Return {state position: derivative} of an expression; absent means zero.

        The explicit derivative by time stands under :data:`IN_TIME`. That of a table is its slope
        between the knots around the present time.
        """
        if not root.varies:
            return {}
        if root.index not in self._known:
            for node in walk([root], self._known):
                self._known[node.index] = self._one(node)
        return self._known[root.index]

    def _one(self, node: Expression) -> dict[int, Expression]:
        """Return a node's gradient from those of its inputs."""
        if isinstance(node, State):
            return {node.position: node.graph.constant(1.0)}
        if node.operation is Operation.TIME:
            return {IN_TIME: node.graph.constant(1.0)}
        if node.operation is Operation.TABLE:
            return {IN_TIME: node.graph.node(Operation.TABLE_SLOPE, value=node.value)}
        if node.operation is Operation.TABLE_SLOPE:
            return {}
        result: dict[int, Expression] = {}
        if node.operation in SUMS:
            for sign, addend in terms(node):
                if addend.varies:
                    _accumulate(result, self._known[addend.index], sign)
            return result
        if node.operation is Operation.GREATER:
            return {}
        if node.operation in (Operation.MINIMUM, Operation.MAXIMUM, Operation.SELECT):
            return self._switch(node)
        for argument, partial in zip(node.arguments, _partials(node), strict=True):
            if partial is not None:
                below = self._known[argument.index]
                _accumulate(result, {where: partial * slope for where, slope in below.items()}, 1)
        return result

    def _switch(self, node: Expression) -> dict[int, Expression]:
        """Return the gradient of a choice between two expressions."""
        graph = node.graph
        if node.operation is Operation.SELECT:
            chosen, first, second = node.arguments
        else:
            first, second = node.arguments
            pair = (second, first) if node.operation is Operation.MINIMUM else (first, second)
            chosen = graph.node(Operation.GREATER, pair)
        slopes = [self._known.get(side.index, {}) for side in (first, second)]
        zero = graph.constant(0.0)
        return {
            where: graph.node(
                Operation.SELECT,
                (chosen, slopes[0].get(where, zero), slopes[1].get(where, zero)),
            )
            for where in dict.fromkeys([*slopes[0], *slopes[1]])
        }


def _accumulate(total: dict[int, Expression], part: dict[int, Expression], sign: int) -> None:
    """Add a signed gradient into another."""
    for where, slope in part.items():
        present = total.get(where)
        if present is None:
            total[where] = slope if sign > 0 else -slope
        else:
            total[where] = present + slope if sign > 0 else present - slope


def _partials(node: Expression) -> list[Expression | None]:
    """Return the derivative of an operation by each argument that varies."""
    a = node.arguments[0]
    b = node.arguments[-1]
    match node.operation:
        case Operation.MULTIPLY:
            partials = [b, a]
        case Operation.RECIPROCAL:
            partials = [-(node * node)]
        case Operation.EXPONENTIAL:
            partials = [node]
        case Operation.LOGARITHM:
            partials = [1.0 / a]
        case Operation.SQUARE_ROOT:
            partials = [_where_positive(a, 0.5 / node)]
        case Operation.POWER:
            by_exponent = node * node.graph.node(Operation.LOGARITHM, (a,)) if b.varies else node
            partials = [_where_positive(a, b * a ** (b - 1.0)), _where_positive(a, by_exponent)]
        case _:
            raise AssertionError(node.operation)
    return [
        partial if argument.varies else None
        for argument, partial in zip(node.arguments, partials, strict=True)
    ]


def _where_positive(base: Expression, slope: Expression) -> Expression:
    """Return a slope that is 0 where the base of a power or root is not positive.

    The power counts as 0 there. At 0 itself a Hill exponent below 1 has an infinite slope but a
    finite rate, and an amount that starts at 0 must be able to leave it.
    """
    zero = base.graph.constant(0.0)
    positive = base.graph.node(Operation.GREATER, (base, zero))
    return base.graph.node(Operation.SELECT, (positive, slope, zero))


class Spread:
    """A rate as ``constant + sum(coefficient * state) + sum(sign * rest)``.

    Coefficients and the constant depend on parameters alone, so they are evaluated once a member.
    """

    def __init__(self) -> None:
        self.linear: dict[int, Expression] = {}
        self.constant: Expression | None = None
        self.rest: list[tuple[int, Expression]] = []

    def add(self, sign: int, other: Spread) -> None:
        """Add a signed rate to this one."""
        _accumulate(self.linear, other.linear, sign)
        if other.constant is not None:
            signed = other.constant if sign > 0 else -other.constant
            self.constant = signed if self.constant is None else self.constant + signed
        self.rest.extend((sign * inner, node) for inner, node in other.rest)


def spread(rate: Expression) -> Spread:
    """Return a rate split into its constant, linear and remaining parts."""
    result = Spread()
    stack: list[tuple[int, Expression | None, Expression]] = [(1, None, rate)]
    while stack:
        sign, factor, node = stack.pop()
        part: Spread | None = None
        if not node.varies:
            part = Spread()
            part.constant = node if factor is None else factor * node
        elif isinstance(node, State):
            part = Spread()
            part.linear[node.position] = node.graph.constant(1.0) if factor is None else factor
        elif node.operation in SUMS:
            stack.extend((sign * inner, factor, addend) for inner, addend in reversed(terms(node)))
        elif node.operation is Operation.MULTIPLY and _opens(node):
            fixed, varying = _fixed_first(node)
            stack.append((sign, fixed if factor is None else factor * fixed, varying))
        else:
            part = Spread()
            part.rest.append((1, node if factor is None else factor * node))
        if part is not None:
            result.add(sign, part)
    return result


def _opens(node: Expression) -> bool:
    """Return whether a product is a parameter part times a state or a sum."""
    if all(argument.varies for argument in node.arguments):
        return False
    _, varying = _fixed_first(node)
    return isinstance(varying, State) or varying.operation in SUMS


def _fixed_first(node: Expression) -> tuple[Expression, Expression]:
    """Return a product's parameter part and its varying part."""
    first, second = node.arguments
    return (second, first) if first.varies else (first, second)
