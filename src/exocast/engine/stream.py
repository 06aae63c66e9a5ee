"""Large batches in blocks: the engine yields, the caller writes, memory stays that of one block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.problem import Directions, Doses
from exocast.engine.solve import Solution, solve
from exocast.errors import EngineError

__all__ = ["solve_in_blocks"]

Given = TypeVar("Given", Doses, Directions)


def solve_in_blocks(
    model: CompiledNetwork,
    parameters: ArrayLike,
    start: ArrayLike,
    times: ArrayLike,
    doses: Doses | None = None,
    block: int = 2048,
    scale: ArrayLike | None = None,
    directions: Directions | None = None,
    **options: Any,
) -> Iterator[tuple[slice, Solution]]:
    """Yield the solution of one block of members after another.

    Parameters
    ----------
    model : CompiledNetwork
    parameters : array (n, p)
        A memory map serves as well: only a block is read at a time.
    start : array (s,) or (n, s) [amount]
        One row serves all members.
    times : array (t,) or (n, t) [time]
    doses : Doses, optional
    block : int
        Members in a block. Results do not depend on it.
    scale : array (s,) or (n, s), optional
    directions : Directions, optional
    **options
        ``keep``, ``rtol``, ``threads``, ``max_steps``, ``seconds`` (of one block) and the others of
        :func:`exocast.engine.solve.solve`.

    Yields
    ------
    members : slice
        Which members these are.
    solution : Solution

    Raises
    ------
    EngineError
        As :func:`exocast.engine.solve.solve` does, when the block at fault is reached; or if
        `block` is not a positive number.

    Examples
    --------
    >>> import numpy as np
    >>> from exocast.engine.network import Network
    >>> network = Network()
    >>> blood = network.state("blood", scale=1e-3)
    >>> network.move(blood, None, network.parameter("rate"))
    >>> rates = np.linspace(0.1, 1.0, 10_000)[:, np.newaxis]
    >>> total = np.zeros(2)
    >>> for members, part in solve_in_blocks(network.compile(), rates, [1.0], [0.0, 1.0]):
    ...     total += part.amount[:, :, 0].sum(axis=0)
    >>> total.round(1)
    array([10000. ,  5966.2])
    """
    if block < 1:
        raise EngineError(f"block must be at least 1, got {block}.")
    numbers = np.asanyarray(parameters)
    if numbers.ndim != 2:
        raise EngineError(f"parameters needs 2 axes, got shape {numbers.shape}.")
    members = len(numbers)
    for first in range(0, members, block):
        chosen = slice(first, min(first + block, members))
        many = chosen.stop - first
        begin = _rows(start, chosen, members)
        yield (
            chosen,
            solve(
                model,
                numbers[chosen],
                np.tile(begin, (many, 1)) if np.ndim(begin) == 1 else begin,
                _rows(times, chosen, members),
                None if doses is None else _part(doses, chosen, members, 2),
                scale=None if scale is None else _rows(scale, chosen, members),
                directions=None if directions is None else _part(directions, chosen, members, 3),
                **options,
            ),
        )


def _rows(values: ArrayLike, chosen: slice, members: int) -> np.ndarray[Any, Any]:
    """Return the chosen members' rows, or the one row that all share."""
    array = np.asanyarray(values)
    return array[chosen] if array.ndim == 2 and len(array) == members else array


def _part(given: Given, chosen: slice, members: int, axes: int) -> Given:
    """Return doses or directions of the chosen members: arrays with a member axis are cut."""
    cut = {}
    for name, values in vars(given).items():
        array = None if values is None else np.asanyarray(values)
        if array is not None and array.ndim == axes and len(array) == members:
            cut[name] = array[chosen]
    return replace(given, **cut)
