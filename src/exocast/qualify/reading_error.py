"""How far a printed reading lies from what its animals hold: measurement, and other studies.

Both are drawn, not fixed: nobody knows them well, and a width that is not known widens an interval.
They enter the intervals of readings alone, never a median.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from exocast.design.reusing import Store
from exocast.evidence import Need, Parameter

__all__ = ["BENCH", "BETWEEN", "MEASUREMENT", "bench_error", "log_errors"]

Array = NDArray[np.float64]

MEASUREMENT = Parameter(
    "qualify.reading.measurement",
    unit="1",
    doc="Standard deviation of the logarithm of a printed reading about its animals' true mean.",
    high=3.0,
)
BETWEEN = Parameter(
    "qualify.reading.between_studies",
    unit="1",
    doc="Standard deviation of the logarithm of an organ's share between studies of one particle.",
    high=3.0,
)

BENCH = Parameter(
    "qualify.reading.bench",
    unit="1",
    doc="Standard deviation of the logarithm of a printed reading of a tube about another "
    "laboratory's, the recipe the same.",
    high=3.0,
)


def bench_error(store: Store, stage: str) -> Array:
    """Return the standard deviation of the logarithm of a reading on the bench, array (n,).

    Parameters
    ----------
    store : Store
        Where values are drawn, for its members.
    stage : str
        Stage of the bench.
    """
    context = {"stage": stage}
    return store.draw([Need(BENCH, context)], {}).draws(context)[BENCH]


def log_errors(store: Store, organs: Iterable[str]) -> dict[str, Array]:
    """Return the standard deviation of the logarithm of a reading, by organ, arrays (n,).

    Parameters
    ----------
    store : Store
        Where values are drawn, for its members.
    organs : iterable of str
        What is read.

    Notes
    -----
    The root of the sum of both variances: the two are independent.
    """
    names = tuple(dict.fromkeys(organs))
    needs = [Need(one, {"organ": name}) for name in names for one in (MEASUREMENT, BETWEEN)]
    ensemble = store.draw(needs, {})
    found = {}
    for name in names:
        p = ensemble.draws({"organ": name})
        found[name] = np.hypot(p[MEASUREMENT], p[BETWEEN])
    return found
