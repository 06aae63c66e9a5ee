"""From checked dose records to the columns of what happens, for all members at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.settling import Cycle
from exocast.engine.solve import DoseKind, Doses
from exocast.errors import EngineError

__all__ = ["Column", "Table", "assemble"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

MOST_COLUMNS = 100_000
ROUNDING = 1e-12


@dataclass(frozen=True)
class Column:
    """One entry of Doses: what happens, arrays (1,) or (n,)."""

    state: int
    kind: DoseKind
    time: Array
    amount: Array
    duration: Array


class Table:
    """Checked records, items as arrays (1, d) or (n, d)."""

    def __init__(
        self, model: CompiledNetwork, grid: Mapping[str, Array], named: NDArray[Any]
    ) -> None:
        self.count = named.shape[1]
        self.members = max(len(held) for held in (named, *grid.values()))
        self.time, self.ii, self.lag = grid["time"], grid["ii"], grid["lag"]
        self.live = self.time != np.inf
        self.addl, self.ss, evid = grid["addl"], grid["ss"], grid["evid"]
        self.reset = self.live & ((evid == 3) | (evid == 4))
        self.giving = self.live & (evid != 3)
        self.steady = self.giving & (self.ss > 0)
        self.forever = self.steady & (grid["amount"] == 0.0)
        _check(grid, self)
        self.state = _positions(model, named, self.giving)
        self.rate = grid["rate"]
        self.amount = grid["amount"] * grid["bioavailability"]
        fixed = grid["rate"] > 0.0
        speed = np.where(fixed, grid["rate"], 1.0)
        self.duration = np.where(fixed, self.amount / speed, grid["duration"])
        self.cancelled = self._cancelled()

    def _cancelled(self) -> Array:
        """Return from when on the doses of each record are cancelled by a later reset."""
        when = np.full(np.broadcast_shapes(self.time.shape, self.ss.shape), np.inf)
        clearing = self.reset | (self.steady & (self.ss != 2))
        order = np.arange(self.count)
        for record in np.flatnonzero(np.any(clearing, axis=0)):
            reset = np.where(clearing[:, [record]], self.time[:, [record]], np.inf)
            earlier = (self.time < reset) | ((self.time == reset) & (order < record))
            when = np.where(earlier, np.minimum(when, reset), when)
        return when

    def cycle(self, who: NDArray[np.int64], which: NDArray[np.int64]) -> Cycle:
        """Return the cycles of steady states, of these members and records."""

        def at(held: NDArray[Any]) -> NDArray[Any]:
            cut: NDArray[Any] = held[who if len(held) > 1 else 0, which]
            return cut

        forever = at(self.forever)
        interval = np.where(forever, 0.0, at(self.ii))
        late = np.where(forever, 0.0, at(self.lag))
        begun = np.ceil(late / np.where(interval > 0.0, interval, 1.0))
        return Cycle(
            state=at(self.state),
            amount=at(self.amount),
            duration=np.where(forever, 0.0, at(self.duration)),
            interval=interval,
            rate=np.where(forever, at(self.rate), 0.0),
            phase=begun * interval - late,
        )

    def columns(
        self, steady: Mapping[int, Array], rest: Array, living: NDArray[np.int64]
    ) -> Iterator[Column]:
        """Yield what happens, record by record."""
        none = np.zeros(1)

        def at(held: NDArray[Any], record: int) -> NDArray[Any]:
            return held[:, record]

        for record in range(self.count):
            time, settling = at(self.time, record), at(self.steady, record)
            clearing = at(self.reset, record) | (settling & (at(self.ss, record) != 2))
            yield Column(0, DoseKind.RESET, np.where(clearing, time, np.inf), none, none)
            # NONMEM ignores A_0 where a steady state resets (help: I_SS, ISSMOD).
            restoring = clearing & ~(settling & (at(self.ss, record) != 2))
            for state in np.flatnonzero(np.any(rest != 0.0, axis=0)):
                when = np.where(restoring, time, np.inf)
                yield Column(int(state), DoseKind.ADD, when, rest[:, state], none)
            if record in steady:
                when = np.where(settling, time, np.inf)
                for state in living[np.any(steady[record][:, living] != 0.0, axis=0)]:
                    held = steady[record][:, state]
                    yield Column(int(state), DoseKind.ADD, when, held, none)
            yield from self._given(record)

    def _given(self, record: int) -> Iterator[Column]:
        """Yield the doses of a record: what runs on of its steady state, itself, those after it."""
        time, ii, lag = self.time[:, record], self.ii[:, record], self.lag[:, record]
        amount, duration = self.amount[:, record], self.duration[:, record]
        giving = self.giving[:, record] & ~self.forever[:, record]
        cancelled, settling = self.cancelled[:, record], self.steady[:, record] & giving
        speed = np.where(duration > 0.0, amount / np.where(duration > 0.0, duration, 1.0), 0.0)
        states = self.state[:, record]

        def into(begin: Array, wanted: Mask, amount: Array, duration: Array) -> Iterator[Column]:
            for state in np.unique(np.where(giving, states, -1)):
                if state >= 0:
                    here = wanted & (states == state) & ~(begin >= cancelled)
                    when = np.where(here, begin, np.inf)
                    yield Column(int(state), DoseKind.ADD, when, amount, duration)

        if np.any(settling):
            # Earlier doses of the series that have not entered at the record, or not wholly.
            within = np.where(settling, (lag + duration) / np.where(settling, ii, 1.0), 0.0)
            for back in range(1, 1 + math.ceil(_largest(within))):
                begin, end = lag - back * ii, lag + duration - back * ii
                # What is left by rounding alone is nothing.
                still = settling & np.where(duration > 0.0, end > ROUNDING * ii, begin >= 0.0)
                length = np.where(duration > 0.0, end - np.maximum(begin, 0.0), 0.0)
                left = np.where(duration > 0.0, speed * length, amount)
                yield from into(time + np.maximum(begin, 0.0), still, left, length)
        following = np.where(giving, self.addl[:, record], -1.0)
        for number in range(1 + math.floor(_largest(following))):
            begin = (time + number * ii if number else time) + lag
            yield from into(begin, giving & (number <= following), amount, duration)


def _largest(values: Array) -> float:
    """Return the largest number, refusing what would be more doses than can be meant."""
    largest = float(np.max(values, initial=-1.0, where=np.isfinite(values)))
    if largest > MOST_COLUMNS:
        raise EngineError(f"A record stands for {largest:.0f} doses; at most {MOST_COLUMNS}.")
    return largest


def assemble(columns: list[Column]) -> Doses:
    """Return the columns in which something happens, as arrays shared by members where they are."""
    kept = [column for column in columns if not np.all(column.time == np.inf)]

    def stack(rows: list[Array]) -> Array:
        width = max((len(row) for row in rows), default=1)
        block = np.stack([np.broadcast_to(row, width) for row in rows], axis=1) if rows else None
        if block is None:
            return np.zeros(0)
        return block[0] if np.array_equal(block, np.broadcast_to(block[:1], block.shape)) else block

    def used(column: Column, values: Array) -> Array:
        if len(column.time) == 1:
            return values
        return np.where(column.time == np.inf, 0.0, values)

    return Doses(
        state=np.array([column.state for column in kept], dtype=np.int64),
        time=stack([column.time for column in kept]),
        amount=stack([used(column, column.amount) for column in kept]),
        duration=stack([used(column, column.duration) for column in kept]),
        kind=np.array([column.kind for column in kept], dtype=np.int64),
    )


def _positions(model: CompiledNetwork, named: NDArray[Any], giving: Mask) -> NDArray[np.int64]:
    """Return the positions of states; 0 where a record gives nothing."""
    if named.dtype.kind in "iu":
        limit = len(model.state_names)
        if np.any(((named < 0) | (named >= limit)) & giving):
            raise EngineError(f"A record's state is outside 0 to {limit - 1}.")
        return named.astype(np.int64)
    if named.dtype.kind not in "UO":
        raise EngineError("The states of dose records are names or whole numbers.")
    names, inverse = np.unique(named.astype(str), return_inverse=True)
    inverse = inverse.reshape(named.shape)
    used = np.unique(
        np.broadcast_to(inverse, np.broadcast_shapes(inverse.shape, giving.shape))[
            np.broadcast_to(giving, np.broadcast_shapes(inverse.shape, giving.shape))
        ]
    )
    known = np.zeros(len(names), dtype=np.int64)
    for item in used:
        known[item] = model.state(str(names[item]))
    found: NDArray[np.int64] = known[inverse]
    return found


def _check(grid: Mapping[str, Array], table: Table) -> None:
    """Refuse records that contradict themselves, naming every fault."""
    amount, rate, duration = grid["amount"], grid["rate"], grid["duration"]
    addl, ii, ss, evid = grid["addl"], grid["ii"], grid["ss"], grid["evid"]
    giving, forever = table.giving, table.forever
    given = amount * grid["bioavailability"]
    rules = (
        (table.live & ~np.isin(evid, (1, 3, 4)), "evid is 1 (dose), 3 (reset) or 4 (both)"),
        (giving & ~np.isin(ss, (0, 1, 2, 3)), "ss is 0, 1, 2 or 3"),
        (table.live & (table.time < 0.0), "time is before 0, where a run starts"),
        (giving & (amount < 0.0), "amount is below 0"),
        (giving & (rate == -1.0), "rate -1 needs its rate: with_parameters(rate={state: ...})"),
        (
            giving & (rate == -2.0) & (duration <= 0.0),
            "rate -2 needs its duration: with_parameters(duration={state: ...})",
        ),
        (giving & (rate < 0.0) & (rate != -1.0) & (rate != -2.0), "rate is below 0"),
        (giving & (duration < 0.0), "duration is below 0"),
        (giving & (rate > 0.0) & (duration > 0.0), "both rate and duration are given"),
        (
            giving & (duration > 0.0) & (given > np.finfo(float).max * np.minimum(duration, 1.0)),
            "lasts so short that its rate is beyond every number: a bolus has duration 0",
        ),
        (giving & (grid["lag"] < 0.0), "lag is below 0"),
        (giving & (grid["bioavailability"] < 0.0), "bioavailability is below 0"),
        (giving & ((addl < 0.0) | (addl != np.floor(addl))), "addl is not a whole number from 0"),
        (giving & (addl > 0.0) & ~(ii > 0.0), "addl needs an interval, ii above 0"),
        (giving & (ii < 0.0), "ii is below 0"),
        (table.steady & ~forever & ~(ii > 0.0), "ss needs an interval, ii above 0"),
        (forever & (ii > 0.0), "a constant infusion to steady state has no interval: ii is 0"),
        (forever & (addl > 0.0), "a constant infusion to steady state has no addl"),
        (forever & (duration > 0.0), "a constant infusion to steady state has no duration"),
        (
            giving & (ss == 0) & (amount == 0.0) & (rate > 0.0),
            "an infusion without an amount never ends: give the amount, or ss",
        ),
    )
    faults = []
    for broken, message in rules:
        for record in np.flatnonzero(np.any(broken, axis=0)):
            who = np.flatnonzero(broken[:, record])
            of = f", member {who[0]}" if len(broken) > 1 else ""
            more = f" and {len(who) - 1} more" if len(who) > 1 else ""
            faults.append(f"record {record}{of}{more}: {message}")
    if faults:
        raise EngineError("Dose records cannot be read:\n  " + "\n  ".join(faults) + ".")
