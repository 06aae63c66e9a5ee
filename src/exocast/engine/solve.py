"""Solve one network for many members: arrays in, arrays and a status per member out.

A member's result depends on its own inputs only: not on its place in the batch, its neighbours,
the number of threads or the processor's instruction set. A member that fails is a status with NaN
output; only malformed input raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.errors import EngineError

__all__ = ["DoseKind", "Doses", "Solution", "Status", "solve"]

BUILD_HINT = (
    "The compiled engine is not installed: exocast.engine._native cannot be imported. "
    "Install the package (`pip install .`), or build it in place (`make native`). "
    'Slowly, engine="reference" runs without it.'
)


@runtime_checkable
class Sparse(Protocol):
    """What SciPy's sparse arrays and matrices have in common, without importing SciPy."""

    def tocsr(self) -> Any:
        """Return the matrix in compressed rows."""


class Status(IntEnum):
    """How a member's run ended. The numbers are shared with the native machine."""

    FINISHED = 0
    STEP_UNDERFLOW = 1
    TOO_MANY_STEPS = 2
    NOT_FINITE = 3
    SINGULAR_MATRIX = 4
    EVENT_CIRCLE = 5

    @property
    def advice(self) -> str:
        """One sentence on what happened and what to try."""
        return _ADVICE[self]


_ADVICE = {
    Status.FINISHED: "The member reached its last time.",
    Status.STEP_UNDERFLOW: (
        "The step size shrank to nothing: an amount runs to infinity, is driven below 0 by a rate "
        "that does not vanish with it, or a rate jumps; look at this member's parameters, smooth "
        "the rate, declare the state `signed`, or loosen rtol."
    ),
    Status.TOO_MANY_STEPS: (
        "The step limit was reached before the last time: raise max_steps, loosen rtol, or give "
        "states that need no resolving a larger scale."
    ),
    Status.NOT_FINITE: (
        "A parameter, start, dose or rate is not a finite number: look for a zero volume, a zero "
        "half-saturation or a missing value in this member."
    ),
    Status.SINGULAR_MATRIX: (
        "The linear systems cannot be solved accurately without pivoting even at tiny steps: a "
        "state feeds on itself without bound, or units differ too widely; check the signs of the "
        "rates."
    ),
    Status.EVENT_CIRCLE: (
        "Events set one another off without end at one moment: let what an event sets take its own "
        "trigger to 0 or below, and no other above it again."
    ),
}


class DoseKind(IntEnum):
    """What a dose does. The numbers are shared with the native machine."""

    ADD = 0
    SET = 1
    RESET = 2


@dataclass(frozen=True)
class Doses:
    """What is put into states, and when. Doses at one moment act in the order they are listed.

    Attributes
    ----------
    state : array (d,)
        Position of the state that each dose enters (``model.state(name)``).
    time : array (d,) or (n, d) [time]
        When it starts; at or before 0 counts as 0, infinity is never.
    amount : array (d,) or (n, d) [amount]
    duration : array (d,) or (n, d) [time]
        0 is a bolus, above 0 an infusion at a constant rate. One number serves all.
    kind : array (d,)
        :class:`DoseKind`: ADD puts the amount in; SET makes the state hold it; RESET empties every
        state and ends the infusions that run, whatever its state and amount.
    """

    state: ArrayLike
    time: ArrayLike
    amount: ArrayLike
    duration: ArrayLike = 0.0
    kind: ArrayLike = 0


@dataclass(frozen=True)
class Solution:
    """What a batch gave.

    Attributes
    ----------
    amount : array (n, t, j)
        Kept combinations at each time; NaN throughout for a member that failed.
    status : array (n,)
        :class:`Status` of each member.
    steps : array (n,)
        Steps tried, refused ones included.
    """

    amount: NDArray[np.float64]
    status: NDArray[np.int32]
    steps: NDArray[np.int64]

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Array (n,): which members reached their last time."""
        return np.equal(self.status, int(Status.FINISHED))

    def advice(self) -> dict[Status, str]:
        """Return one sentence for each kind of failure present."""
        present = [Status(int(code)) for code in np.unique(self.status)]
        return {status: status.advice for status in present if status is not Status.FINISHED}


@dataclass(frozen=True)
class Problem:
    """Checked, contiguous arrays of one call; both engines read this.

    Attributes
    ----------
    parameters, start : array (n, p), (n, s)
    times : array (1, t) or (n, t)
    dose_state, dose_kind : array (d,)
    dose_start, dose_end, dose_amount : array (n, d)
        A bolus ends when it starts.
    keep_start, keep_state, keep_weight : array (j + 1,), (q,), (q,)
        The kept combinations in compressed rows.
    scale : array (1, s) or (n, s)
    rtol : float
    max_steps : int
    """

    parameters: NDArray[np.float64]
    start: NDArray[np.float64]
    times: NDArray[np.float64]
    dose_state: NDArray[np.int32]
    dose_kind: NDArray[np.int32]
    dose_start: NDArray[np.float64]
    dose_end: NDArray[np.float64]
    dose_amount: NDArray[np.float64]
    keep_start: NDArray[np.int32]
    keep_state: NDArray[np.int32]
    keep_weight: NDArray[np.float64]
    scale: NDArray[np.float64]
    rtol: float
    max_steps: int


def solve(
    model: CompiledNetwork,
    parameters: ArrayLike,
    start: ArrayLike,
    times: ArrayLike,
    doses: Doses | None = None,
    keep: ArrayLike | Sparse | None = None,
    rtol: float = 1e-6,
    scale: ArrayLike | None = None,
    threads: int = 1,
    max_steps: int = 100_000,
    engine: Literal["native", "reference"] = "native",
    instruction_set: Literal["best", "baseline", "avx2", "avx512"] = "best",
) -> Solution:
    """Solve every member of a batch from time 0.

    Parameters
    ----------
    model : CompiledNetwork
    parameters : array (n, p)
    start : array (n, s) [amount]
        Amounts at time 0, before any dose.
    times : array (t,) or (n, t) [time]
        When to report, not decreasing, none below 0. At the time of a bolus the amount *after*
        the bolus is reported.
    doses : Doses, optional
    keep : array or sparse matrix (j, s), optional
        Linear combinations of states to report; all states when omitted.
    rtol : float
        Relative tolerance; the absolute one is ``rtol * scale``.
    scale : array (s,) or (n, s), optional
        Replaces the scales declared in the network.
    threads : int
    max_steps : int
        Steps a member may try.
    engine : {"native", "reference"}
        The compiled machine, or its slow twin on SciPy.
    instruction_set : {"best", "baseline", "avx2", "avx512"}
        For tests: results do not depend on it.

    Returns
    -------
    Solution

    Raises
    ------
    EngineError
        If an array has the wrong shape, times decrease or are negative, a dose enters no state or
        lasts less than nothing, or the compiled engine is missing.

    Notes
    -----
    The native engine is Rodas5P, a Rosenbrock method of order 5 that is L-stable, with its own
    dense output. A step is accepted when every state's estimated error is below
    ``rtol * (scale + |amount|)``. Results are held in memory, ``8 * n * t * j`` bytes: solve large
    batches in parts, which changes no number.

    References
    ----------
    Steinebach 2023, BIT Numerical Mathematics 63:27, doi 10.1007/s10543-023-00967-x.

    Examples
    --------
    >>> from exocast.engine.network import Network
    >>> network = Network()
    >>> blood = network.state("blood", scale=1e-3)
    >>> urine = network.state("urine", scale=1e-3)
    >>> network.move(blood, urine, network.parameter("rate"))
    >>> bolus = Doses(state=[0], time=[1.0], amount=[10.0])
    >>> solution = solve(network.compile(), [[0.5]], [[0.0, 0.0]], [0.0, 1.0, 3.0], bolus)
    >>> solution.amount[0, :, 0].round(4)
    array([ 0.    , 10.    ,  3.6788])
    """
    problem = _problem(model, parameters, start, times, doses, keep, rtol, scale, max_steps)
    if threads < 1:
        raise EngineError(f"threads must be at least 1, got {threads}.")
    if engine == "reference":
        from exocast.engine.reference import solve_reference

        return solve_reference(model, problem)
    if engine != "native":
        raise EngineError(f"There is no engine {engine!r}; choose 'native' or 'reference'.")
    return _solve_native(model, problem, threads, instruction_set)


def _solve_native(
    model: CompiledNetwork, problem: Problem, threads: int, instruction_set: str
) -> Solution:
    """Run the compiled machine."""
    try:
        from exocast.engine import _native
    except ImportError as error:
        raise EngineError(BUILD_HINT) from error
    if instruction_set != "best" and instruction_set not in _native.instruction_sets():
        raise EngineError(
            f"This processor or build does not run {instruction_set!r}; "
            f"available: {', '.join(_native.instruction_sets())}."
        )
    amount, status, steps = _native.solve(
        model.native_program,
        problem.parameters,
        problem.start,
        problem.times,
        problem.dose_state,
        problem.dose_kind,
        problem.dose_start,
        problem.dose_end,
        problem.dose_amount,
        problem.keep_start,
        problem.keep_state,
        problem.keep_weight,
        problem.scale,
        problem.rtol,
        problem.max_steps,
        threads,
        instruction_set,
    )
    return Solution(amount, status, steps)


def _problem(
    model: CompiledNetwork,
    parameters: ArrayLike,
    start: ArrayLike,
    times: ArrayLike,
    doses: Doses | None,
    keep: ArrayLike | Sparse | None,
    rtol: float,
    scale: ArrayLike | None,
    max_steps: int,
) -> Problem:
    """Check everything and bring it to one shape."""
    states = len(model.state_names)
    given = _array("parameters", parameters, 2)
    members = given.shape[0]
    _shape("parameters", given, (members, len(model.parameter_names)))
    begin = _array("start", start, 2)
    _shape("start", begin, (members, states))
    clock = _rows("times", times, members)
    if not np.all(np.isfinite(clock)) or np.any(clock < 0.0) or np.any(np.diff(clock, axis=1) < 0):
        raise EngineError("times must be finite, not negative and not decreasing.")
    if not 0.0 < rtol < 1.0:
        raise EngineError(f"rtol must lie between 0 and 1, got {rtol!r}.")
    if max_steps < 1:
        raise EngineError(f"max_steps must be at least 1, got {max_steps}.")
    size = _rows("scale", model.scale if scale is None else scale, members)
    _shape("scale", size, (size.shape[0], states))
    if not np.all(np.isfinite(size) & (size > 0.0)):
        raise EngineError("scale must be positive and finite for every state.")
    where, kinds, begins, ends, amounts = _doses(doses, members, states)
    rows, columns, weights = _keep(keep, states)
    return Problem(
        parameters=given,
        start=begin,
        times=clock,
        dose_state=where,
        dose_kind=kinds,
        dose_start=begins,
        dose_end=ends,
        dose_amount=amounts,
        keep_start=rows,
        keep_state=columns,
        keep_weight=weights,
        scale=size,
        rtol=float(rtol),
        max_steps=int(max_steps),
    )


def _array(name: str, values: ArrayLike, dimensions: int) -> NDArray[np.float64]:
    """Return a contiguous array of floats with this many dimensions."""
    try:
        array = np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise EngineError(f"{name} is not an array of numbers: {error}") from error
    if array.ndim != dimensions or np.ndim(values) != dimensions:
        raise EngineError(f"{name} needs {dimensions} axes, got shape {np.shape(values)}.")
    return array


def _shape(name: str, array: NDArray[np.float64], expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        raise EngineError(f"{name} has shape {array.shape}, expected {expected}.")


def _rows(name: str, values: ArrayLike, members: int) -> NDArray[np.float64]:
    """Return (1, t) from a shared row, (n, t) from a row a member."""
    dimensions = np.ndim(values)
    if dimensions == 1:
        return _array(name, values, 1)[np.newaxis, :]
    array = _array(name, values, 2)
    _shape(name, array, (members, array.shape[1]))
    return array


def _doses(
    doses: Doses | None, members: int, states: int
) -> tuple[
    NDArray[np.int32],
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    """Return the state and kind (d,), start, end and amount (n, d) of the doses."""
    given = Doses((), (), ()) if doses is None else doses
    where = np.asarray(given.state)
    if where.ndim != 1 or (where.size and not np.issubdtype(where.dtype, np.integer)):
        raise EngineError("doses.state must be one row of whole numbers: positions of states.")
    if where.size and (where.min() < 0 or where.max() >= states):
        raise EngineError(f"doses.state has a position outside 0 to {states - 1}.")
    count = where.size

    def spread(name: str, values: ArrayLike) -> NDArray[np.float64]:
        array = np.asarray(values, dtype=np.float64)
        if array.shape not in ((), (count,), (members, count)):
            raise EngineError(
                f"doses.{name} has shape {array.shape}, expected ({count},) or "
                f"({members}, {count})."
            )
        return np.ascontiguousarray(np.broadcast_to(array, (members, count)))

    begins = np.maximum(spread("time", given.time), 0.0)
    amounts = spread("amount", given.amount)
    durations = spread("duration", given.duration)
    if np.any(durations < 0.0):
        raise EngineError("doses.duration must not be negative; 0 is a bolus.")
    kinds = np.broadcast_to(np.asarray(given.kind), (count,))
    if not np.isin(kinds, [int(kind) for kind in DoseKind]).all():
        raise EngineError("doses.kind must be DoseKind.ADD, SET or RESET for every dose.")
    durations = np.where(kinds == int(DoseKind.ADD), durations, 0.0)
    return (
        where.astype(np.int32),
        np.ascontiguousarray(kinds, dtype=np.int32),
        begins,
        begins + durations,
        amounts,
    )


def _keep(
    keep: ArrayLike | Sparse | None, states: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return the kept combinations in compressed rows."""
    if keep is None:
        everything = np.arange(states + 1, dtype=np.int32)
        return everything, everything[:-1].copy(), np.ones(states)
    if isinstance(keep, Sparse):
        matrix = keep.tocsr()
        if matrix.ndim != 2 or matrix.shape[1] != states:
            raise EngineError(f"keep has shape {matrix.shape}, expected (j, {states}).")
        rows, columns, weights = matrix.indptr, matrix.indices, matrix.data
    else:
        dense = _array("keep", keep, 2)
        _shape("keep", dense, (dense.shape[0], states))
        filled, columns = np.nonzero(dense)
        weights = dense[filled, columns]
        rows = np.concatenate([[0], np.cumsum(np.bincount(filled, minlength=dense.shape[0]))])
    combined = np.ascontiguousarray(weights, dtype=np.float64)
    if not np.all(np.isfinite(combined)):
        raise EngineError("keep must hold finite numbers.")
    return (
        np.ascontiguousarray(rows, dtype=np.int32),
        np.ascontiguousarray(columns, dtype=np.int32),
        combined,
    )
