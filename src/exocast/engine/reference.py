"""The slow twin of the native engine, on SciPy: the oracle, used only on request.

It shares no numerical code with the native machine. Rates are evaluated from the formulas as they
were declared, transfer by transfer, not from the tape; the integrator is SciPy's (LSODA, or BDF
with sparse matrices for large networks).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.integrate import BDF, LSODA, OdeSolver

from exocast.engine.compiled import CompiledNetwork, Listing
from exocast.engine.operation import Operation, evaluate
from exocast.engine.problem import DoseKind, Problem
from exocast.engine.solve import Solution, Status

__all__ = ["Formulas", "solve_reference"]

LARGEST_DENSE = 100  # states; above it sparse BDF is faster than dense LSODA
SHORTEST = 16  # rounding units of time that an integrator can take a step in
CHAIN = 64  # events at one moment, for each declared: more is a circle

_INFIX = {
    Operation.ADD: "{0} + {1}",
    Operation.SUBTRACT: "{0} - {1}",
    Operation.NEGATE: "-{0}",
    Operation.MULTIPLY: "{0} * {1}",
    Operation.MINIMUM: "({0} if {0} < {1} else {1})",
    Operation.MAXIMUM: "({0} if {0} > {1} else {1})",
    Operation.GREATER: "(1.0 if {0} > {1} else 0.0)",
    Operation.SELECT: "({1} if {0} != 0.0 else {2})",
}
_CALLS = {
    Operation.DIVIDE: "divide",
    Operation.RECIPROCAL: "reciprocal",
    Operation.POWER: "power",
    Operation.EXPONENTIAL: "exponential",
    Operation.LOGARITHM: "logarithm",
    Operation.SQUARE_ROOT: "square_root",
}

Vector = NDArray[np.float64]


class Formulas:
    """Rates and Jacobian of one member, evaluated from a network's declared transfers.

    Parameters
    ----------
    model : CompiledNetwork
    """

    def __init__(self, model: CompiledNetwork) -> None:
        listing = model.listing
        self.size = len(model.state_names)
        self._rate = _function(listing, [int(node) for node in listing.rate])
        self._slope = _function(listing, [int(node) for node in listing.slope])
        self._trigger = _function(listing, [int(node) for node in listing.trigger])
        self._set = _function(listing, [int(node) for node in listing.set_value])
        self._knot = _function(listing, [int(node) for node in listing.table_value])
        self.events = len(listing.trigger)
        self._set_start, self._set_state = listing.set_start, listing.set_state
        starts = listing.table_start
        self._tables = [
            (int(first), int(end), listing.table_time[first:end], bool(steps))
            for first, end, steps in zip(starts[:-1], starts[1:], listing.table_steps, strict=True)
        ]
        self.knots = listing.table_time
        fluxes = len(listing.rate)
        self._moves = _ends(listing, np.arange(fluxes), np.arange(fluxes), (self.size, fluxes))
        self._flux, self._column = listing.slope_flux, listing.slope_state

    def rates(
        self, amounts: Vector, parameters: Vector, time: float = 0.0, since: float | None = None
    ) -> Vector:
        """Return the rate of every state (s,) at amounts (s,), parameters (p,) and a time.

        `since` is a moment at or before `time` on the same piece of every table.
        """
        inputs = self._inputs(parameters, time, since)
        flows = np.array(
            self._rate(amounts.tolist(), parameters.tolist(), *inputs), dtype=np.float64
        )
        total: Vector = self._moves @ flows
        return total

    def jacobian(
        self, amounts: Vector, parameters: Vector, time: float = 0.0, since: float | None = None
    ) -> sparse.csc_array:
        """Return the derivative of the rates by the states, (s, s)."""
        inputs = self._inputs(parameters, time, since)
        slopes = np.array(
            self._slope(amounts.tolist(), parameters.tolist(), *inputs), dtype=np.float64
        )
        by_state = self._column >= 0
        by_flux = sparse.coo_array(
            (slopes[by_state], (self._flux[by_state], self._column[by_state])),
            shape=(self._moves.shape[1], self.size),
        )
        return sparse.csc_array(self._moves @ by_flux.tocsc())

    def triggers(self, amounts: Vector, parameters: Vector, time: float, since: float) -> Vector:
        """Return the trigger of every event (v,)."""
        inputs = self._inputs(parameters, time, since)
        return np.array(self._trigger(amounts.tolist(), parameters.tolist(), *inputs))

    def act(
        self, event: int, amounts: Vector, parameters: Vector, time: float, since: float
    ) -> Vector:
        """Return the amounts (s,) that an event leaves."""
        inputs = self._inputs(parameters, time, since)
        values = self._set(amounts.tolist(), parameters.tolist(), *inputs)
        left = amounts.copy()
        for q in range(self._set_start[event], self._set_start[event + 1]):
            left[self._set_state[q]] = values[q]
        return left

    def _inputs(
        self, parameters: Vector, time: float, since: float | None
    ) -> tuple[float, list[float], list[float]]:
        """Return time, and value and slope of every table then."""
        if not self._tables:
            return time, [], []
        knots = self._knot([], parameters.tolist(), time, [], [])
        on = time if since is None else since
        levels: list[float] = []
        slopes: list[float] = []
        for first, end, times, steps in self._tables:
            values = knots[first:end]
            piece = int(np.searchsorted(times, on, side="right"))
            slope = 0.0
            if 0 < piece < len(values) and not steps:
                rise, run = values[piece] - values[piece - 1], times[piece] - times[piece - 1]
                slope = rise / float(run)
            before = max(piece - 1, 0)
            levels.append(values[before] + slope * (time - float(times[before])))
            slopes.append(slope)
        return time, levels, slopes


def _ends(
    listing: Listing, rows: NDArray[Any], columns: NDArray[Any], shape: tuple[int, int]
) -> sparse.csr_array:
    """Return the matrix that takes fluxes from their sources and gives them to their targets."""
    total = sparse.csr_array(shape, dtype=np.float64)
    for ends, sign in ((listing.source, -1.0), (listing.target, 1.0)):
        inside = ends >= 0
        part = sparse.coo_array(
            (np.full(int(inside.sum()), sign), (ends[rows[inside]], columns[inside])), shape=shape
        )
        total = sparse.csr_array(total + part.tocsr())
    return total


def _function(
    listing: Listing, roots: list[int]
) -> Callable[[list[float], list[float], float, list[float], list[float]], list[float]]:
    """Return a function of (amounts, parameters, time, tables, slopes) giving the nodes' values.

    The formulas become source text: interpreting nodes one by one would be thirty times slower.
    """
    needed: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in needed:
            needed.add(node)
            stack.extend(int(item) for item in listing.arguments[node] if item >= 0)
    lines = ["def formulas(y, p, t, u, d):"]
    for node in sorted(needed):
        operation = Operation(int(listing.operation[node]))
        value = float(listing.value[node])
        names = [f"v{int(item)}" for item in listing.arguments[node] if item >= 0]
        match operation:
            case Operation.CONSTANT:
                text = repr(value)
            case Operation.PARAMETER:
                text = f"p[{int(value)}]"
            case Operation.STATE:
                text = f"y[{int(value)}]"
            case Operation.TIME:
                text = "t"
            case Operation.TABLE:
                text = f"u[{int(value)}]"
            case Operation.TABLE_SLOPE:
                text = f"d[{int(value)}]"
            case _ if operation in _INFIX:
                text = _INFIX[operation].format(*names)
            case _:
                text = f"{_CALLS[operation]}({', '.join(names)})"
        lines.append(f"    v{node} = {text}")
    lines.append(f"    return [{', '.join(f'v{node}' for node in roots)}]")
    scope: dict[str, Any] = {name: _guarded(operation) for operation, name in _CALLS.items()}
    exec(compile("\n".join(lines), "<formulas>", "exec"), scope)  # noqa: S102 - text made above
    made: Callable[[list[float], list[float], float, list[float], list[float]], list[float]]
    made = scope["formulas"]
    return made


def _guarded(operation: Operation) -> Callable[..., float]:
    """Return an operation with IEEE results where Python would raise."""

    def call(*values: float) -> float:
        return evaluate(operation, list(values))

    return call


def solve_reference(model: CompiledNetwork, problem: Problem) -> Solution:
    """Solve every member with SciPy; see :func:`exocast.engine.solve.solve` for the arrays."""
    formulas = Formulas(model)
    members = problem.parameters.shape[0]
    kept = len(problem.keep_start) - 1
    keep = sparse.csr_array(
        (problem.keep_weight, problem.keep_state, problem.keep_start),
        shape=(kept, formulas.size),
    )
    amount = np.full((members, problem.times.shape[1], kept), np.nan)
    status = np.zeros(members, dtype=np.int32)
    steps = np.zeros(members, dtype=np.int64)
    for member in range(members):
        run = _Run(formulas, problem, member)
        with np.errstate(all="ignore"):
            ended, states = run.solve()
        status[member], steps[member] = int(ended), run.steps
        if ended is Status.FINISHED:
            amount[member] = (keep @ states.T).T
    return Solution(amount, status, steps, np.zeros((*amount.shape, 0)))


class _Run:
    """One member from time 0 to its last time, restarted at every dose edge."""

    def __init__(self, formulas: Formulas, problem: Problem, member: int) -> None:
        self.formulas = formulas
        self.steps = 0
        self._problem = problem
        self._parameters = problem.parameters[member]
        self._start = problem.start[member]
        self._times = problem.times[member % problem.times.shape[0]]
        self._scale = problem.scale[member % problem.scale.shape[0]]
        self._where = problem.dose_state
        self._kind = problem.dose_kind
        self._begin = problem.dose_start[member]
        self._end = problem.dose_end[member]
        self._amount = problem.dose_amount[member]
        self._cut = -1.0, -1  # time and place of the last reset
        self._before = np.zeros(formulas.events)

    def solve(self) -> tuple[Status, Vector]:
        """Return how it ended and the states at the member's times, (t, s)."""
        states = np.full((len(self._times), self.formulas.size), np.nan)
        comes = np.isfinite(self._begin) | np.isnan(self._begin)
        doses = (self._begin[comes], self._end[comes], self._amount[comes])
        if not all(np.all(np.isfinite(item)) for item in (self._parameters, self._start, *doses)):
            return Status.NOT_FINITE, states
        last = float(self._times[-1]) if len(self._times) else 0.0
        edges = np.unique(
            np.concatenate([self._begin, self._end, self.formulas.knots, [0.0, last]])
        )
        edges = edges[(edges >= 0.0) & (edges <= last)]
        amounts = self._start.copy()
        if self.formulas.events:
            self._before = self.formulas.triggers(amounts, self._parameters, 0.0, 0.0)
        for here, until in zip(edges, [*edges[1:], None], strict=True):
            amounts = self._dosed(float(here), amounts)
            circles, amounts = self._fire(float(here), float(here), amounts)
            if circles:
                return Status.EVENT_CIRCLE, states
            states[self._times == here] = amounts
            if until is None:
                break
            time = float(here)
            while time < until:
                ended, time, amounts = self._segment(
                    float(here), time, float(until), amounts, states
                )
                if ended is not Status.FINISHED:
                    return ended, states
        return Status.FINISHED, states

    def _dosed(self, here: float, amounts: Vector) -> Vector:
        """Return the amounts after the doses of a moment, in the order they are listed."""
        for dose in np.flatnonzero(self._begin == here):
            kind, where = self._kind[dose], self._where[dose]
            if kind == int(DoseKind.RESET):
                amounts = np.zeros_like(amounts)
                self._cut = here, int(dose)
            elif kind == int(DoseKind.SET):
                amounts[where] = self._amount[dose]
            elif self._end[dose] == here:
                amounts[where] += self._amount[dose]
        return amounts

    def _fire(self, here: float, time: float, amounts: Vector) -> tuple[bool, Vector]:
        """Let events whose trigger rose act, one after another; true if they circle."""
        for _ in range(CHAIN * self.formulas.events + 1):
            if not self.formulas.events:
                break
            now = self.formulas.triggers(amounts, self._parameters, time, here)
            rose = np.flatnonzero(~(self._before > 0.0) & (now > 0.0))
            settled = ~(now > 0.0)
            settled[rose[:1]] = True
            self._before[settled] = now[settled]
            if not rose.size:
                break
            amounts = self.formulas.act(int(rose[0]), amounts, self._parameters, time, here)
        else:
            return True, amounts
        return False, amounts

    def _source(self, here: float) -> Vector:
        """Return the infusion rate into every state while time runs on from here."""
        source = np.zeros(self.formulas.size)
        cut, place = self._cut
        off = (self._begin < cut) | ((self._begin == cut) & (np.arange(len(self._begin)) < place))
        running = (self._begin <= here) & (here < self._end) & ~off
        running &= self._kind == int(DoseKind.ADD)
        rate = self._amount[running] / (self._end[running] - self._begin[running])
        np.add.at(source, self._where[running], rate)
        return source

    def _segment(
        self, here: float, begin: float, until: float, amounts: Vector, states: Vector
    ) -> tuple[Status, float, Vector]:
        """Integrate towards the next edge, filling the states at the times passed.

        `here` is the edge before. Returns where it stopped: at the next edge, or after an event.
        """
        source = self._source(here)

        # Time runs from here: tiny steps after a late dose would otherwise round away.
        def rates(passed: float, y: Vector) -> Vector:
            return self.formulas.rates(y, self._parameters, begin + passed, here) + source

        def jacobian(passed: float, y: Vector) -> Any:
            slopes = self.formulas.jacobian(y, self._parameters, begin + passed, here)
            return slopes if sparse_run else slopes.toarray()

        sparse_run = self.formulas.size > LARGEST_DENSE
        first = rates(0.0, amounts)
        if not np.all(np.isfinite(first)):
            return Status.NOT_FINITE, begin, amounts
        if until - begin <= SHORTEST * np.spacing(until):  # too short for SciPy's first step
            return Status.FINISHED, until, amounts + (until - begin) * first
        # SciPy warns and clips below 100 times the rounding unit.
        rtol = max(self._problem.rtol, 2.3e-14)
        solver: OdeSolver = (BDF if sparse_run else LSODA)(
            rates, 0.0, amounts, until - begin, rtol=rtol, atol=rtol * self._scale, jac=jacobian
        )
        while solver.status == "running":
            if self.steps >= self._problem.max_steps:
                return Status.TOO_MANY_STEPS, begin, amounts
            self.steps += 1
            refusal = solver.step()
            if not np.all(np.isfinite(solver.y)):
                return Status.NOT_FINITE, begin, amounts
            if refusal is not None:
                return Status.STEP_UNDERFLOW, begin, amounts
            end = self._event_in(here, begin, solver)
            passed = self._times - begin
            inside = (passed > solver.t_old) & (passed <= end)
            if np.any(inside):
                states[inside] = solver.dense_output()(passed[inside]).T
            if end < solver.t:
                circles, amounts = self._fire(here, begin + end, solver.dense_output()(end))
                return (Status.EVENT_CIRCLE if circles else Status.FINISHED), begin + end, amounts
        return Status.FINISHED, until, np.array(solver.y, dtype=np.float64)

    def _event_in(self, here: float, begin: float, solver: OdeSolver) -> float:
        """Return the first moment of the step just taken at which a trigger rises, or its end."""
        if not self.formulas.events:
            return float(solver.t)

        def risen(time: float, y: Vector) -> bool:
            now = self.formulas.triggers(y, self._parameters, begin + time, here)
            return bool(np.any(~(self._before > 0.0) & (now > 0.0)))

        if not risen(solver.t, solver.y):
            self._before = self.formulas.triggers(
                solver.y, self._parameters, begin + solver.t, here
            )
            return float(solver.t)
        inside = solver.dense_output()
        low, high = float(solver.t_old), float(solver.t)
        while low < 0.5 * (low + high) < high:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if risen(middle, inside(middle)) else (middle, high)
        return high
