"""Solve one network for many members: arrays in, arrays and a status per member out.

A member's result depends on its own inputs only: not on its place in the batch, its neighbours,
the number of threads or the processor's instruction set. A member that fails is a status with NaN
output; only malformed input raises.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.problem import Directions, DoseKind, Doses, Problem, Sparse, pose
from exocast.errors import EngineError

__all__ = ["Directions", "DoseKind", "Doses", "Solution", "Status", "solve", "solve_native"]

BUILD_HINT = (
    "The compiled engine is not installed: exocast.engine._native cannot be imported. "
    "Install the package (`pip install .`), or build it in place (`make native`). "
    'Slowly, engine="reference" runs without it.'
)


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
    sensitivity : array (n, t, j, q)
        Derivative of the kept combinations along each direction; q is 0 where none were asked for.
    """

    amount: NDArray[np.float64]
    status: NDArray[np.int32]
    steps: NDArray[np.int64]
    sensitivity: NDArray[np.float64]

    @property
    def finished(self) -> NDArray[np.bool_]:
        """Array (n,): which members reached their last time."""
        return np.equal(self.status, int(Status.FINISHED))

    def advice(self) -> dict[Status, str]:
        """Return one sentence for each kind of failure present."""
        present = [Status(int(code)) for code in np.unique(self.status)]
        return {status: status.advice for status in present if status is not Status.FINISHED}

    def __repr__(self) -> str:
        """Return shapes and how many members finished; the arrays would fill the screen."""
        members, times, kept, directions = self.sensitivity.shape
        return (
            f"Solution({self.finished.sum()} of {members} members finished; "
            f"amount {members} x {times} x {kept}, {directions} directions)"
        )


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
    directions: Directions | None = None,
    seconds: float = math.inf,
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
    directions : Directions, optional
        What to differentiate the solution by.
    seconds : float
        Wall-clock time after which the whole call is given up.
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
        lasts less than nothing, the compiled engine is missing, or the time is up.

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
    problem = pose(model, parameters, start, times, doses, keep, rtol, scale, max_steps, directions)
    if threads < 1:
        raise EngineError(f"threads must be at least 1, got {threads}.")
    if engine == "reference":
        from exocast.engine.reference import solve_reference

        return solve_reference(model, problem)
    if engine != "native":
        raise EngineError(f"There is no engine {engine!r}; choose 'native' or 'reference'.")
    return solve_native(model, problem, threads, seconds, instruction_set)[0]


def solve_native(
    model: CompiledNetwork,
    problem: Problem,
    threads: int = 1,
    seconds: float = math.inf,
    instruction_set: str = "best",
    replay: NDArray[np.float64] | None = None,
    record: int = 0,
) -> tuple[Solution, NDArray[np.float64]]:
    """Run the compiled machine on a checked problem.

    Parameters
    ----------
    replay : array (n, m), optional
        Steps to repeat without error control, as recorded by another run: for differences on the
        same steps.
    record : int
        How many accepted steps a member to write down.

    Returns
    -------
    solution : Solution
    steps : array (n, record)
        Accepted steps, negative where one ended on a stop, 0 after the last.
    """
    try:
        from exocast.engine import _native
    except ImportError as error:
        raise EngineError(BUILD_HINT) from error
    if instruction_set != "best" and instruction_set not in _native.instruction_sets():
        raise EngineError(
            f"This processor or build does not run {instruction_set!r}; "
            f"available: {', '.join(_native.instruction_sets())}."
        )
    try:
        amount, status, steps, sensitivity, taken = _native.solve(
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
            problem.by_parameter,
            problem.by_start,
            problem.by_amount,
            problem.by_begin,
            problem.by_end,
            np.zeros((0, 0)) if replay is None else np.ascontiguousarray(replay),
            record,
            seconds,
            threads,
            instruction_set,
        )
    except RuntimeError as error:
        raise EngineError(
            f"The time is up: {seconds:g} s were not enough for {len(problem.parameters)} members. "
            "Loosen rtol, solve fewer members, or allow more seconds."
        ) from error
    return Solution(amount, status, steps, sensitivity), taken
