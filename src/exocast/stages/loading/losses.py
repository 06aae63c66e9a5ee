"""What a pulse costs: vesicles that burst, and vesicles that metal takes out of the tube."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.material.suspension import Population, Suspension

__all__ = ["aggregated", "burst"]

Array = NDArray[np.float64]
Amounts = dict[tuple[str, str], Array]


def burst(suspension: Suspension, share: Array) -> tuple[Suspension, Amounts]:
    """Return the tube after a share of the vesicles burst; what they carried is dissolved."""
    free = dict(suspension.free)
    amounts: Amounts = {}
    for population in suspension.populations:
        if not population.vesicular:
            continue
        for name, copies in _carried(population).items():
            free[name] = free.get(name, np.zeros(suspension.members)) + share * copies
        amounts[f"particles/{population.kind}", "lysis"] = -share * population.total
    return replace(_thinned(suspension, share), free=free), amounts


def aggregated(suspension: Suspension, share: Array) -> tuple[Suspension, Amounts]:
    """Return the tube after a share of the vesicles left it on electrodes and in large clumps."""
    cause = "aggregation by metal"
    amounts: Amounts = {}
    for population in suspension.populations:
        if not population.vesicular:
            continue
        for name, copies in _carried(population).items():
            before = amounts.get((f"cargo/{name}", cause), np.zeros(suspension.members))
            amounts[f"cargo/{name}", cause] = before - share * copies
        amounts[f"particles/{population.kind}", cause] = -share * population.total
    return _thinned(suspension, share), amounts


def _carried(population: Population) -> dict[str, Array]:
    """Return what a population carries inside and outside, by cargo; arrays (n,) [copy]."""
    names = {**population.inside, **population.attached}
    return {n: population.copies(n) + population.copies(n, "attached") for n in names}


def _thinned(suspension: Suspension, share: Array) -> Suspension:
    """Return the tube without a share of its vesicles and of what they carry."""
    return replace(
        suspension,
        populations=tuple(
            population.kept((1 - share)[:, None]) if population.vesicular else population
            for population in suspension.populations
        ),
    )
