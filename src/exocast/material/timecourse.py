"""Time courses: what the engine kept, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.errors import WiringError, nearest

__all__ = ["TimeCourse"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class TimeCourse:
    """What was where, and when.

    Attributes
    ----------
    time : array (t,)
        Time since the first dose [s].
    names : tuple of str
        The outputs j.
    units, docs : mapping of str to str
        Unit and meaning of each output.
    amount : array (n, t, j), float32
        Amounts, NaN for members that did not finish. Kept in single precision: the balance is
        checked in double before it is stored.
    status : array (n,), int
        Status of each member (`exocast.engine.solve.Status`).
    """

    time: Array
    names: tuple[str, ...]
    units: Mapping[str, str]
    docs: Mapping[str, str]
    amount: NDArray[np.float32]
    status: NDArray[np.int64]

    def of(self, name: str) -> Array:
        """Return one output over members and time, array (n, t)."""
        if name not in self.names:
            raise WiringError(f"the time course holds no `{name}`. {nearest(name, self.names)}")
        return np.asarray(self.amount[:, :, self.names.index(name)], dtype=float)

    def at(self, name: str, time: float) -> Array:
        """Return one output at a kept time, array (n,).

        Raises
        ------
        WiringError
            If the time was not kept.
        """
        index = int(np.argmin(np.abs(self.time - time)))
        if abs(self.time[index] - time) > 1e-6 * max(abs(time), 1.0):
            raise WiringError(
                f"time {time:g} s was not kept; the nearest is {self.time[index]:g} s"
            )
        return self.of(name)[:, index]
