"""What each dose brings in, and the size below which each state need not be resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from exocast.engine.expression import State
from exocast.engine.network import Passenger
from exocast.engine.solve import Doses
from exocast.material.wiring import PARTICLES, POOL_SHARE, Wiring

__all__ = ["Rides", "rider_amounts", "scales", "schedule"]

Array = NDArray[np.float64]

Rides: TypeAlias = tuple[tuple[Passenger, ...], ...]
"""Passengers of one rider: for each carrier, one for each of its parts."""

TINY = 1e-30
"""Scale of what is not dosed at all: an amount of exactly 0."""


def rider_amounts(wiring: Wiring, doses: Array) -> dict[str, Array]:
    """Return the rider's amount aboard each particle of each carrier, arrays (n, c)."""
    amounts = {}
    for rider in wiring.riders:
        each = wiring.rider_amounts.get(rider)
        if each is None:
            each = tuple(carrier.copies(rider) for carrier in wiring.carriers)
        amounts[rider] = np.stack(each, axis=1) if each else np.zeros(doses.shape[:2])
    return amounts


def schedule(
    wiring: Wiring,
    riders: Mapping[str, Rides],
    doses: Array,
    amounts: Mapping[str, Array],
    position: Mapping[str, int],
) -> tuple[Doses, dict[str, Array]]:
    """Return the records of what goes in, and what each dose brings in."""
    states: list[int] = []
    times: list[float] = []
    columns: list[Array] = []
    dosed = {PARTICLES: doses.sum(axis=1)}
    for rider, amount in amounts.items():
        dosed[rider] = np.einsum("nc,ncd->nd", amount, doses)
    aside = {
        rider: sum(
            (s for pool, s in wiring.dose_shares.items() if wiring.pool_riders[pool] == rider),
            np.zeros(wiring.members),
        )
        for rider in riders
    }
    for number, time in enumerate(wiring.study.times):
        for entry in wiring.entries:
            for index, state in enumerate(entry.place.states):
                given = entry.share * doses[:, index, number]
                states.append(position[state.name])
                columns.append(given)
                for rider, passengers in riders.items():
                    aboard = given * amounts[rider][:, index] * (1.0 - aside[rider])
                    weights = wiring.rider_parts.get(rider, (1.0,))
                    for weight, part in zip(weights, passengers[index], strict=True):
                        states.append(position[str(part.at(state).name)])
                        columns.append(weight * aboard)
        for pool, share in wiring.dose_shares.items():
            states.append(position[pool])
            columns.append(share * dosed[wiring.pool_riders[pool]][:, number])
        for rider, pool in wiring.dissolved_into.items():
            states.append(position[pool])
            columns.append(wiring.dissolved[rider][:, number])
        times += [time] * (len(states) - len(times))
    records = Doses(
        state=np.asarray(states, dtype=np.int64),
        time=np.asarray(times, dtype=float),
        amount=np.stack(columns, axis=1) if columns else np.zeros((wiring.members, 0)),
        duration=np.full(len(states), wiring.dose_duration),
    )
    return records, dosed


def scales(
    wiring: Wiring,
    riders: Mapping[str, Rides],
    integrals: Mapping[str, tuple[State, tuple[str, ...]]],
    doses: Array,
    amounts: Mapping[str, Array],
    position: Mapping[str, int],
) -> Array:
    """Return the scale of every state of every member, (n, s)."""
    total = {PARTICLES: doses.sum(axis=(1, 2))}
    for rider, amount in amounts.items():
        total[rider] = np.einsum("nc,ncd->n", amount, doses)
        if rider in wiring.dissolved_into and not wiring.carriers:
            total[rider] = wiring.dissolved[rider].sum(axis=1)
    # A pool may be filled by all whose matter it is: by what sat outside of vesicles, and inside.
    whole = {
        rider: np.sum([total[one] for one in wiring.kin(wiring.ledger.get(rider, rider))], axis=0)
        for rider in amounts
    }
    scale = np.ones((wiring.members, len(position)))
    for place in wiring.places.values():
        for index, state in enumerate(place.states):
            scale[:, position[state.name]] = place.share * total[PARTICLES]
            if place.sink:
                continue
            for rider, passengers in riders.items():
                for part in passengers[index]:
                    scale[:, position[str(part.at(state).name)]] = place.share * total[rider]
    for name in wiring.pools:
        column = position[name]
        if name in wiring.pool_scales:
            scale[:, column] = wiring.pool_scales[name]
        else:
            scale[:, column] = wiring.pool_shares[name] * whole[wiring.pool_riders[name]]
    for state, counted in integrals.values():
        held = np.sum([total[rider] for rider in counted], axis=0)
        scale[:, position[state.name]] = POOL_SHARE * held
    return np.maximum(scale, TINY)
