"""Stretches of time at one temperature: what a profile, or a logger's record, is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from exocast.laws.freezing import FREEZING_POINT
from exocast.material.step import setting

__all__ = ["DAY", "Stretch", "stretches_of"]

DAY = 86400.0


@dataclass(frozen=True)
class Stretch:
    """One stretch of time at one temperature."""

    temperature: float = setting(
        unit="K", low=77.0, high=333.15, doc="Of the vial; frozen below -0.54 °C.",
        moves="particles/small_ev", direction=0,
    )  # fmt: skip
    duration: float = setting(
        unit="s", low=0.0, high=3650 * DAY, doc="How long it is there.",
        moves="particles/small_ev", direction=-1,
    )  # fmt: skip


JOINED = 2.0
"""Kelvin within which readings of one state are one stretch."""


def stretches_of(readings: Iterable[tuple[float, float]]) -> tuple[Stretch, ...]:
    """Return the stretches of a logger's record: each reading holds until the next.

    Parameters
    ----------
    readings : iterable of (float, float)
        Time [s] and temperature [K], in order.

    Examples
    --------
    >>> [(one.temperature, one.duration)
    ...  for one in stretches_of([(0, 278.0), (60, 277.0), (120, 190.0), (300, 280.0)])]
    [(277.5, 120.0), (190.0, 180.0)]
    """
    held = list(readings)
    groups: list[list[tuple[float, float]]] = []  # temperature and duration of each reading
    for (time, kelvin), (end, _) in pairwise(held):
        same = groups and abs(kelvin - groups[-1][0][0]) <= JOINED
        if same and (kelvin < FREEZING_POINT) == (groups[-1][0][0] < FREEZING_POINT):
            groups[-1].append((kelvin, end - time))
        else:
            groups.append([(kelvin, end - time)])
    found = []
    for group in groups:
        duration = sum(time for _, time in group)
        mean = sum(kelvin * time for kelvin, time in group) / duration
        found.append(Stretch(temperature=mean, duration=float(duration)))
    return tuple(found)
