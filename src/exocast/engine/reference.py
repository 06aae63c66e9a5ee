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
from exocast.engine.solve import Problem, Solution, Status

__all__ = ["Formulas", "solve_reference"]

LARGEST_DENSE = 100  # states; above it sparse BDF is faster than dense LSODA

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
        fluxes = len(listing.rate)
        self._moves = _ends(listing, np.arange(fluxes), np.arange(fluxes), (self.size, fluxes))
        self._flux, self._column = listing.slope_flux, listing.slope_state

    def rates(self, amounts: Vector, parameters: Vector) -> Vector:
        """Return the rate of every state (s,) at amounts (s,) and parameters (p,)."""
        flows = np.array(self._rate(amounts.tolist(), parameters.tolist()), dtype=np.float64)
        total: Vector = self._moves @ flows
        return total

    def jacobian(self, amounts: Vector, parameters: Vector) -> sparse.csc_array:
        """Return the derivative of the rates by the states, (s, s)."""
        slopes = np.array(self._slope(amounts.tolist(), parameters.tolist()), dtype=np.float64)
        by_flux = sparse.coo_array(
            (slopes, (self._flux, self._column)), shape=(self._moves.shape[1], self.size)
        )
        return sparse.csc_array(self._moves @ by_flux.tocsc())


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
) -> Callable[[list[float], list[float]], list[float]]:
    """Return a Python function of (amounts, parameters) giving the nodes' values.

    The formulas become source text: interpreting nodes one by one would be thirty times slower.
    """
    needed: set[int] = set()
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node not in needed:
            needed.add(node)
            stack.extend(int(item) for item in listing.arguments[node] if item >= 0)
    lines = ["def formulas(y, p):"]
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
            case _ if operation in _INFIX:
                text = _INFIX[operation].format(*names)
            case _:
                text = f"{_CALLS[operation]}({', '.join(names)})"
        lines.append(f"    v{node} = {text}")
    lines.append(f"    return [{', '.join(f'v{node}' for node in roots)}]")
    scope: dict[str, Any] = {name: _guarded(operation) for operation, name in _CALLS.items()}
    exec(compile("\n".join(lines), "<formulas>", "exec"), scope)  # noqa: S102 - text made above
    made: Callable[[list[float], list[float]], list[float]] = scope["formulas"]
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
    return Solution(amount, status, steps)


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
        self._begin = problem.dose_start[member]
        self._end = problem.dose_end[member]
        self._amount = problem.dose_amount[member]

    def solve(self) -> tuple[Status, Vector]:
        """Return how it ended and the states at the member's times, (t, s)."""
        states = np.full((len(self._times), self.formulas.size), np.nan)
        inputs = (self._parameters, self._start, self._begin, self._end, self._amount)
        if not all(np.all(np.isfinite(item)) for item in inputs):
            return Status.NOT_FINITE, states
        last = float(self._times[-1]) if len(self._times) else 0.0
        edges = np.unique(np.concatenate([self._begin, self._end, [0.0, last]]))
        edges = edges[edges <= last]
        amounts = self._start.copy()
        for here, until in zip(edges, [*edges[1:], None], strict=True):
            bolus = (self._begin == here) & (self._end == here)
            np.add.at(amounts, self._where[bolus], self._amount[bolus])
            states[self._times == here] = amounts
            if until is None:
                break
            ended, amounts = self._segment(float(here), float(until), amounts, states)
            if ended is not Status.FINISHED:
                return ended, states
        return Status.FINISHED, states

    def _source(self, here: float) -> Vector:
        """Return the infusion rate into every state while time runs on from here."""
        source = np.zeros(self.formulas.size)
        running = (self._begin <= here) & (here < self._end)
        rate = self._amount[running] / (self._end[running] - self._begin[running])
        np.add.at(source, self._where[running], rate)
        return source

    def _segment(
        self, here: float, until: float, amounts: Vector, states: Vector
    ) -> tuple[Status, Vector]:
        """Integrate between two edges, filling the states at the times between them."""
        source = self._source(here)

        def rates(_: float, y: Vector) -> Vector:
            return self.formulas.rates(y, self._parameters) + source

        def jacobian(_: float, y: Vector) -> Any:
            slopes = self.formulas.jacobian(y, self._parameters)
            return slopes if sparse_run else slopes.toarray()

        sparse_run = self.formulas.size > LARGEST_DENSE
        first = rates(here, amounts)
        if not np.all(np.isfinite(first)):
            return Status.NOT_FINITE, amounts
        # SciPy warns and clips below 100 times the rounding unit.
        rtol = max(self._problem.rtol, 2.3e-14)
        solver: OdeSolver = (BDF if sparse_run else LSODA)(
            rates, here, amounts, until, rtol=rtol, atol=rtol * self._scale, jac=jacobian
        )
        while solver.status == "running":
            if self.steps >= self._problem.max_steps:
                return Status.TOO_MANY_STEPS, amounts
            self.steps += 1
            refusal = solver.step()
            if not np.all(np.isfinite(solver.y)):
                return Status.NOT_FINITE, amounts
            if refusal is not None:
                return Status.STEP_UNDERFLOW, amounts
            inside = (self._times > solver.t_old) & (self._times <= solver.t)
            if np.any(inside):
                states[inside] = solver.dense_output()(self._times[inside]).T
        return Status.FINISHED, np.array(solver.y, dtype=np.float64)
