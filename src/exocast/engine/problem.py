"""What a call of the solver is given, checked and brought to one shape for both engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.errors import EngineError

__all__ = ["Directions", "DoseKind", "Doses", "Problem", "Sparse", "pose"]


@runtime_checkable
class Sparse(Protocol):
    """What SciPy's sparse arrays and matrices have in common, without importing SciPy."""

    def tocsr(self) -> Any:
        """Return the matrix in compressed rows."""


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
class Directions:
    """What a solution is differentiated by: q directions, each a mix of inputs.

    Attributes
    ----------
    parameter : array (p, q)
        Derivative of each parameter along each direction; :meth:`along` makes it from names.
    start : array (s, q) or (n, s, q), optional
        Derivative of the amounts at time 0.
    dose_amount : array (d, q) or (n, d, q), optional
        Derivative of the amount of each dose.
    dose_time, dose_duration : array (d, q) or (n, d, q), optional
        Derivative of when doses start and of how long they last, for doses that add: a lag that is
        estimated, say. The derivative then jumps at the moment.
    """

    parameter: ArrayLike
    start: ArrayLike | None = None
    dose_amount: ArrayLike | None = None
    dose_time: ArrayLike | None = None
    dose_duration: ArrayLike | None = None

    @staticmethod
    def along(model: CompiledNetwork, names: Sequence[str]) -> Directions:
        """Return one direction for each parameter named.

        Raises
        ------
        EngineError
            If there is no such parameter.
        """
        parameter = np.zeros((len(model.parameter_names), len(names)))
        for column, name in enumerate(names):
            parameter[model.parameter(name), column] = 1.0
        return Directions(parameter)


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
    by_parameter, by_start : array (p, q), (1, s, q) or (n, s, q)
        Directions of differentiation; q is 0 where none are asked for.
    by_amount, by_begin, by_end : array (1, d, q), (n, d, q) or empty
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
    by_parameter: NDArray[np.float64]
    by_start: NDArray[np.float64]
    by_amount: NDArray[np.float64]
    by_begin: NDArray[np.float64]
    by_end: NDArray[np.float64]


def pose(
    model: CompiledNetwork,
    parameters: ArrayLike,
    start: ArrayLike,
    times: ArrayLike,
    doses: Doses | None,
    keep: ArrayLike | Sparse | None,
    rtol: float,
    scale: ArrayLike | None,
    max_steps: int,
    directions: Directions | None,
) -> Problem:
    """Check everything and bring it to one shape; see :func:`exocast.engine.solve.solve`."""
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
        **_directions(model, directions, doses, kinds, members),
    )


def _directions(
    model: CompiledNetwork,
    directions: Directions | None,
    doses: Doses | None,
    kinds: NDArray[np.int32],
    members: int,
) -> dict[str, NDArray[np.float64]]:
    """Return the arrays of the directions of differentiation."""
    none = np.zeros((0, 0, 0))
    states, parameters = len(model.state_names), len(model.parameter_names)
    if directions is None:
        empty = {"by_parameter": np.zeros((parameters, 0)), "by_start": np.zeros((1, states, 0))}
        return {**empty, "by_amount": none, "by_begin": none, "by_end": none}
    if len(model.listing.trigger):
        raise EngineError(
            "A network with events is not differentiated: the moment of an event moves with the "
            "parameters. Use differences of two runs."
        )
    weight = _array("directions.parameter", directions.parameter, 2)
    count = weight.shape[1]
    _shape("directions.parameter", weight, (parameters, count))

    def rows(name: str, values: ArrayLike | None, many: int) -> NDArray[np.float64] | None:
        if values is None:
            return None
        array = np.asarray(values, dtype=np.float64)
        if array.shape not in ((many, count), (members, many, count)):
            raise EngineError(
                f"directions.{name} has shape {array.shape}, expected ({many}, {count}) or "
                f"({members}, {many}, {count})."
            )
        return array if array.ndim == 3 else array[np.newaxis]

    start = rows("start", directions.start, states)
    dosed = {
        name: rows(name, getattr(directions, name), len(kinds))
        for name in ("dose_amount", "dose_time", "dose_duration")
    }
    found = {"by_parameter": weight, "by_amount": none, "by_begin": none, "by_end": none}
    found["by_start"] = np.zeros((1, states, count)) if start is None else start
    given = [array for array in dosed.values() if array is not None]
    if given and len(kinds):
        zero = np.zeros((max(len(array) for array in given), len(kinds), count))
        amount, time, longer = (zero if array is None else zero + array for array in dosed.values())
        found["by_amount"] = amount
        if dosed["dose_time"] is not None or dosed["dose_duration"] is not None:
            assert doses is not None
            bolus = np.asarray(doses.duration) == 0.0
            if np.any((time != 0.0) & (kinds != int(DoseKind.ADD))[:, np.newaxis]):
                raise EngineError("Only the time of a dose that adds can be differentiated by.")
            if dosed["dose_duration"] is not None and np.any(bolus):
                raise EngineError("The duration of a bolus cannot be differentiated by.")
            found["by_begin"], found["by_end"] = time, time + longer
    for name, array in found.items():
        found[name] = np.ascontiguousarray(array)
        if not np.all(np.isfinite(array)):
            raise EngineError("directions must hold finite numbers.")
    return found


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
    if doses is None:
        none = np.zeros((members, 0))
        return np.zeros(0, np.int32), np.zeros(0, np.int32), none, none, none
    where = np.asarray(doses.state)
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

    begins = np.maximum(spread("time", doses.time), 0.0)
    amounts = spread("amount", doses.amount)
    durations = spread("duration", doses.duration)
    if np.any(durations < 0.0):
        raise EngineError("doses.duration must not be negative; 0 is a bolus.")
    kinds = np.broadcast_to(np.asarray(doses.kind), (count,))
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
