"""Hash-consed expression nodes: what rates are written in.

Every node lives in one :class:`Graph`; building the same thing twice gives the same node, so
common sub-expressions are shared for nothing and comparing is ``is``. Nodes are created after
their arguments, so creation order is a topological order and every later pass is linear.

Products keep what depends on parameters alone in front of what depends on states, and division by
something that varies is multiplication by a shared reciprocal. So the parameter part is evaluated
once per member and one division serves all the rates over the same denominator.
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from exocast.engine.operation import Operation, evaluate
from exocast.errors import EngineError

__all__ = [
    "Expression",
    "Graph",
    "State",
    "exp",
    "log",
    "maximum",
    "minimum",
    "piecewise",
    "smooth_step",
    "sqrt",
]


# Module-level aliases: enum attribute look-ups would dominate node building.
CONSTANT: Final = Operation.CONSTANT
PARAMETER: Final = Operation.PARAMETER
STATE: Final = Operation.STATE
ADD: Final = Operation.ADD
SUBTRACT: Final = Operation.SUBTRACT
NEGATE: Final = Operation.NEGATE
MULTIPLY: Final = Operation.MULTIPLY
DIVIDE: Final = Operation.DIVIDE
RECIPROCAL: Final = Operation.RECIPROCAL
POWER: Final = Operation.POWER

COMMUTATIVE: Final = frozenset((ADD, MULTIPLY))
VARYING_LEAVES: Final = frozenset((STATE, Operation.TIME, Operation.TABLE, Operation.TABLE_SLOPE))
LARGEST_UNROLLED_POWER: Final = 16


class Expression:
    """One node: a number, a parameter, a state, or an operation on other nodes.

    Build nodes with ``+ - * / **`` and the functions of this module, never directly.
    """

    __slots__ = ("arguments", "graph", "index", "name", "operation", "value", "varies")
    __array_ufunc__ = None  # numpy scalars then hand ``2.0 * expression`` over to us

    def __init__(
        self,
        graph: Graph,
        operation: Operation,
        arguments: tuple[Expression, ...],
        value: float,
        name: str,
    ) -> None:
        self.graph = graph
        self.operation = operation
        self.arguments = arguments
        self.value = value
        self.name = name
        self.index = len(graph.nodes)
        self.varies: bool = operation in VARYING_LEAVES or any(
            argument.varies for argument in arguments
        )

    def __add__(self, other: Operand) -> Expression:
        return _add(self, _node(self.graph, other))

    def __radd__(self, other: Operand) -> Expression:
        return _add(_node(self.graph, other), self)

    def __sub__(self, other: Operand) -> Expression:
        return _subtract(self, _node(self.graph, other))

    def __rsub__(self, other: Operand) -> Expression:
        return _subtract(_node(self.graph, other), self)

    def __mul__(self, other: Operand) -> Expression:
        return _multiply(self, _node(self.graph, other))

    def __rmul__(self, other: Operand) -> Expression:
        return _multiply(_node(self.graph, other), self)

    def __truediv__(self, other: Operand) -> Expression:
        return _divide(self, _node(self.graph, other))

    def __rtruediv__(self, other: Operand) -> Expression:
        return _divide(_node(self.graph, other), self)

    def __pow__(self, other: Operand) -> Expression:
        return _power(self, _node(self.graph, other))

    def __rpow__(self, other: Operand) -> Expression:
        return _power(_node(self.graph, other), self)

    def __neg__(self) -> Expression:
        return _negate(self)

    def __pos__(self) -> Expression:
        return self

    def __bool__(self) -> bool:
        raise EngineError(
            f"{self!r} has no truth value: it is a formula, not a number. "
            "Use minimum, maximum, piecewise or smooth_step to switch a rate."
        )

    def __repr__(self) -> str:
        if self.operation is CONSTANT:
            return f"Expression({self.value!r})"
        if self.name:
            return f"{type(self).__name__}({self.name!r})"
        return f"Expression({self.operation.name.lower()}, node {self.index})"


Operand: TypeAlias = Expression | float | int


class State(Expression):
    """An amount that the solver follows; usable wherever an expression is.

    Attributes
    ----------
    position : int
        Place in the network's order of states.
    scale : float
        Size below which the amount need not be resolved, in its own unit.
    signed : bool
        Whether it may be negative.
    """

    __slots__ = ("position", "scale", "signed")

    def __init__(
        self, graph: Graph, name: str, position: int, scale: float, signed: bool = False
    ) -> None:
        super().__init__(graph, STATE, (), float(position), name)
        self.position = position
        self.scale = scale
        self.signed = signed


class Graph:
    """The arena that owns nodes and remembers which exist."""

    def __init__(self) -> None:
        self.nodes: list[Expression] = []
        self._known: dict[tuple[object, ...], Expression] = {}

    def node(
        self,
        operation: Operation,
        arguments: tuple[Expression, ...] = (),
        value: float = 0.0,
        name: str = "",
    ) -> Expression:
        """Return the node with this content, making it if it is new."""
        key = (operation, value, name, *[argument.index for argument in arguments])
        found = self._known.get(key)
        if found is None:
            found = Expression(self, operation, arguments, value, name)
            self._known[key] = found
            self.nodes.append(found)
        return found

    def state(self, name: str, position: int, scale: float, signed: bool = False) -> State:
        """Return a new state node; the network checks that its name is new."""
        state = State(self, name, position, scale, signed)
        self.nodes.append(state)
        return state

    def constant(self, value: float) -> Expression:
        """Return the node of a finite number."""
        if not math.isfinite(value):
            raise EngineError(f"{value!r} cannot stand in a rate: constants are finite.")
        return self.node(CONSTANT, value=float(value))


def _node(graph: Graph, operand: Operand) -> Expression:
    """Return an operand as a node of this graph."""
    if isinstance(operand, Expression):
        if operand.graph is not graph:
            raise EngineError(
                f"{operand!r} belongs to another network. Ask this network for its own "
                "parameter or state of that name."
            )
        return operand
    return graph.constant(operand)


def _make(operation: Operation, *arguments: Expression) -> Expression:
    """Return a node, folded to a number when every argument is one."""
    graph = arguments[0].graph
    if all(argument.operation is CONSTANT for argument in arguments):
        folded = evaluate(operation, [argument.value for argument in arguments])
        if math.isfinite(folded):
            return graph.constant(folded)
    if operation in COMMUTATIVE:
        arguments = tuple(sorted(arguments, key=_precedence))
    return graph.node(operation, arguments)


def _precedence(node: Expression) -> tuple[bool, bool, int]:
    """Order the arguments where order does not matter: numbers, parameters, what varies."""
    return node.varies, node.operation is not CONSTANT, node.index


def _is(node: Expression, value: float) -> bool:
    return node.operation is CONSTANT and node.value == value


def _add(a: Expression, b: Expression) -> Expression:
    if _is(a, 0.0):
        return b
    if _is(b, 0.0):
        return a
    if b.operation is NEGATE:
        return _subtract(a, b.arguments[0])
    if a.operation is NEGATE:
        return _subtract(b, a.arguments[0])
    return _make(ADD, a, b)


def _subtract(a: Expression, b: Expression) -> Expression:
    if a is b:
        return a.graph.constant(0.0)
    if _is(b, 0.0):
        return a
    if b.operation is NEGATE:
        return _add(a, b.arguments[0])
    if _is(a, 0.0):
        return _negate(b)
    return _make(SUBTRACT, a, b)


def _negate(a: Expression) -> Expression:
    if a.operation is NEGATE:
        return a.arguments[0]
    if a.operation is SUBTRACT:
        return _subtract(a.arguments[1], a.arguments[0])
    return _make(NEGATE, a)


def _split(a: Expression) -> tuple[Expression | None, Expression | None]:
    """Return a product's part that depends on parameters alone, and the part that varies."""
    if not a.varies:
        return a, None
    if a.operation is MULTIPLY:
        first, second = a.arguments
        if not first.varies:
            return first, second
        if not second.varies:
            return second, first
    return None, a


def _multiply(a: Expression, b: Expression) -> Expression:
    if a.operation is NEGATE:
        return _negate(_multiply(a.arguments[0], b))
    if b.operation is NEGATE:
        return _negate(_multiply(a, b.arguments[0]))
    if _is(a, 0.0) or _is(b, 1.0):
        return a
    if _is(b, 0.0) or _is(a, 1.0):
        return b
    if _is(a, -1.0):
        return _negate(b)
    if _is(b, -1.0):
        return _negate(a)
    if not (a.varies or b.varies):
        return _make(MULTIPLY, a, b)
    fixed_a, varying_a = _split(a)
    fixed_b, varying_b = _split(b)
    fixed = fixed_a if fixed_b is None else fixed_b
    if fixed_a is not None and fixed_b is not None:
        fixed = _multiply(fixed_a, fixed_b)
    varying = varying_a if varying_b is None else varying_b
    if varying_a is not None and varying_b is not None:
        varying = _make(MULTIPLY, varying_a, varying_b)
    assert varying is not None
    if fixed is None or _is(fixed, 1.0):
        return varying
    if _is(fixed, 0.0):
        return fixed
    return _make(MULTIPLY, fixed, varying)


def _divide(a: Expression, b: Expression) -> Expression:
    if _is(b, 0.0):
        raise EngineError(f"{a!r} is divided by the number 0.")
    if a.operation is NEGATE:
        return _negate(_divide(a.arguments[0], b))
    if b.operation is NEGATE:
        return _negate(_divide(a, b.arguments[0]))
    if _is(b, 1.0) or _is(a, 0.0):
        return a
    if b.varies:
        fixed, varying = _split(b)
        if fixed is not None and varying is not None:
            return _multiply(_divide(a, fixed), _reciprocal(varying))
        return _multiply(a, _reciprocal(b))
    if a.varies:
        return _multiply(_make(DIVIDE, a.graph.constant(1.0), b), a)
    return _make(DIVIDE, a, b)


def _reciprocal(a: Expression) -> Expression:
    if a.operation is RECIPROCAL:
        return a.arguments[0]
    return _make(RECIPROCAL, a)


def _power(a: Expression, b: Expression) -> Expression:
    if b.operation is CONSTANT:
        if b.value == 0.5:
            return sqrt(a)
        size = abs(b.value)
        if size <= LARGEST_UNROLLED_POWER and size == int(size):
            result = _whole_power(a, int(size))
            return result if b.value >= 0.0 else _divide(a.graph.constant(1.0), result)
    return _make(POWER, a, b)


def _whole_power(a: Expression, times: int) -> Expression:
    """Return a repeated product by squaring."""
    result = a.graph.constant(1.0)
    square = a
    while times:
        if times & 1:
            result = _multiply(result, square)
        times >>= 1
        if times:
            square = _multiply(square, square)
    return result


def exp(value: Expression) -> Expression:
    """Return the exponential of an expression."""
    return _make(Operation.EXPONENTIAL, value)


def log(value: Expression) -> Expression:
    """Return the natural logarithm of an expression; not finite at or below 0."""
    return _make(Operation.LOGARITHM, value)


def sqrt(value: Expression) -> Expression:
    """Return the square root of an expression; a negative argument counts as 0.

    An amount may undershoot 0 within the tolerance, and a root of that must not end the run. The
    same holds for ``**`` with an exponent that is not a small whole number.
    """
    return _make(Operation.SQUARE_ROOT, value)


def _pair(a: Operand, b: Operand) -> tuple[Expression, Expression]:
    known = a if isinstance(a, Expression) else b
    if not isinstance(known, Expression):
        raise EngineError("minimum and maximum need at least one expression, got two numbers.")
    return _node(known.graph, a), _node(known.graph, b)


def minimum(a: Operand, b: Operand) -> Expression:
    """Return the smaller of two operands, at least one of them an expression."""
    return _make(Operation.MINIMUM, *_pair(a, b))


def maximum(a: Operand, b: Operand) -> Expression:
    """Return the larger of two operands, at least one of them an expression."""
    return _make(Operation.MAXIMUM, *_pair(a, b))


def piecewise(*pieces: tuple[Operand, Operand, Operand], otherwise: Operand) -> Expression:
    """Return the first piece whose left side is greater than its right, else the last resort.

    Parameters
    ----------
    *pieces : (value, left, right)
        ``value`` where ``left > right``, unless an earlier piece holds.
    otherwise : Expression or float

    Notes
    -----
    A rate that jumps in a state is stepped over with refused steps; in time, a table is exact
    (:meth:`exocast.engine.network.Network.table`), because its knots are stop times.
    """
    known = [item for piece in pieces for item in piece if isinstance(item, Expression)]
    if not known:
        raise EngineError("piecewise needs at least one expression, got numbers alone.")
    graph = known[0].graph
    result = _node(graph, otherwise)
    for value, left, right in reversed(pieces):
        holds = _make(Operation.GREATER, _node(graph, left), _node(graph, right))
        result = _make(Operation.SELECT, holds, _node(graph, value), result)
    return result


def smooth_step(value: Expression, low: Operand = 0.0, high: Operand = 1.0) -> Expression:
    """Return 0 below ``low``, 1 above ``high`` and a fifth-degree blend between them.

    Notes
    -----
    ``u**3 * (10 - 15*u + 6*u**2)``: two continuous derivatives, so the stepper keeps its order.
    """
    span = _node(value.graph, high) - low
    u = minimum(maximum((value - low) / span, 0.0), 1.0)
    return u * u * u * (10.0 + u * (6.0 * u - 15.0))
