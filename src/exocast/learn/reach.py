"""How far a setting is turned in search of a goal, and where it is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from exocast.errors import ExocastError
from exocast.learn.dial import Dial, amount_of
from exocast.learn.vary import ends_of

__all__ = ["SCAN", "Reach", "reach_of"]

SCAN = 7
"""Points of the first look; a peak between two of them may be missed."""
CLOSE = 1e-3
"""The search ends when value and bound are this close, relative to the value or to the range."""
FAR = 1e6
"""How far from its present value a setting without a bound is turned, as a factor."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The range that is searched, in the user's unit."""

    low: float
    high: float
    unit: str
    now: float | None
    log: bool

    def spread(self) -> list[float]:
        """Return the points of the scan, in order."""
        space = np.geomspace if self.log else np.linspace
        points = [float(f"{x:.4g}") for x in space(self.low, self.high, SCAN)]
        points[0], points[-1] = self.low, self.high
        return list(dict.fromkeys(points))

    def between(self, a: float, b: float) -> float:
        """Return the middle of two values."""
        middle = math.sqrt(a * b) if self.log else (a + b) / 2
        return float(f"{middle:.4g}")

    def are_close(self, a: float, b: float) -> bool:
        """Return whether two values need no telling apart."""
        size = max(abs(a), abs(b)) if self.log else self.high - self.low
        return abs(a - b) <= CLOSE * size

    def distance(self, a: float) -> float:
        """Return how far a value is from the present one."""
        if self.now is None or (self.log and self.now <= 0):
            return 0.0
        return abs(math.log(a / self.now)) if self.log else abs(a - self.now)


def reach_of(dial: Dial, within: str) -> Reach:
    """Return the range to be searched.

    Raises
    ------
    ExocastError
        If the setting is no number, or neither it nor the user says how far to go.
    """
    if not dial.is_numeric:
        raise ExocastError(f"{dial.address} is no number, so it cannot be turned up or down")
    now = amount_of(dial.written)
    if within:
        low, high, unit = ends_of(dial, within)
        low, high = min(low, high), max(low, high)
        if low == high:
            raise ExocastError(f"--within {within}: both ends are the same")
        value = now[0] if now and now[1] == unit else None
        log = low > 0 and high / low > 10
        return Reach(low, high, unit, value, log)
    if now is None:
        raise ExocastError(f"{dial.address} has no value yet; say how far to go with --within")
    value, unit = now
    low, high = dial.bounds(unit)
    if value > 0:
        low, high = max(low, value / FAR), min(high, value * FAR)
        return Reach(low, high, unit, value, high / low > 10)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ExocastError(f"{dial.address} has no bounds; say how far to go with --within")
    return Reach(low, high, unit, value, log=False)
