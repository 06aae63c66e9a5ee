"""The compiled machine; arrays are checked by `exocast.engine.solve` before they come here."""

import numpy as np
from numpy.typing import NDArray

class Program:
    """One tape, copied and checked index by index; the arguments are the fields of `Tape`."""

    def __init__(
        self,
        constants: NDArray[np.float64],
        setup_code: NDArray[np.int32],
        setup_size: int,
        kept: NDArray[np.int32],
        inputs: NDArray[np.int32],
        table_start: NDArray[np.int32],
        table_time: NDArray[np.float64],
        table_value: NDArray[np.int32],
        table_steps: NDArray[np.int32],
        rate_code: NDArray[np.int32],
        slope_code: NDArray[np.int32],
        event_code: NDArray[np.int32],
        size: int,
        order: NDArray[np.int32],
        row_shape: NDArray[np.int32],
        row_index: NDArray[np.int32],
        row_constant: NDArray[np.int32],
        row_start: NDArray[np.int32],
        diagonal: NDArray[np.int32],
        column: NDArray[np.int32],
        entry_shape: NDArray[np.int32],
        entry_index: NDArray[np.int32],
        drift_pivot: NDArray[np.int32],
        drift_shape: NDArray[np.int32],
        drift_index: NDArray[np.int32],
        trigger: NDArray[np.int32],
        set_start: NDArray[np.int32],
        set_pivot: NDArray[np.int32],
        set_register: NDArray[np.int32],
        signed: NDArray[np.int32],
    ) -> None: ...

def instruction_sets() -> list[str]:
    """Return the instruction sets that this build has and this processor runs, best last."""

def solve(
    program: Program,
    parameters: NDArray[np.float64],
    start: NDArray[np.float64],
    times: NDArray[np.float64],
    dose_state: NDArray[np.int32],
    dose_kind: NDArray[np.int32],
    dose_start: NDArray[np.float64],
    dose_end: NDArray[np.float64],
    dose_amount: NDArray[np.float64],
    keep_start: NDArray[np.int32],
    keep_state: NDArray[np.int32],
    keep_weight: NDArray[np.float64],
    scale: NDArray[np.float64],
    rtol: float,
    max_steps: int,
    by_parameter: NDArray[np.float64],
    by_start: NDArray[np.float64],
    by_amount: NDArray[np.float64],
    by_begin: NDArray[np.float64],
    by_end: NDArray[np.float64],
    replay: NDArray[np.float64],
    record: int,
    seconds: float,
    threads: int,
    instruction_set: str,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.float64],
    NDArray[np.float64],
]:
    """Return amounts (n, t, j), status and steps (n,), slopes (n, t, j, q), taken (n, record)."""

def evaluate(
    operation: int,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    instruction_set: str,
    packs: bool,
    flush: bool,
) -> NDArray[np.float64]:
    """Return one operation of `Operation` on numbers (m,), for tests.

    An operation of one operand ignores `b`. With `packs` several numbers at a time, as in a step,
    otherwise one at a time, as in the setup; with `flush` denormals count as 0, as in a run.
    """
