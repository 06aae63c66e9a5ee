"""Periodic and constant steady states: what a network comes to when a dose is given for ever.

The amounts just before a dose, `x`, stand still when one interval brings them back: `P(x) = x`.
Giving doses until nothing changes needs many half-lives, and the change from one interval to the
next says little about the distance that is left when turnover is slow. Anderson's acceleration
solves the same equation from the last few intervals, in as many as there are slow directions,
and its own next correction is the measure of the distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.operation import Operation
from exocast.engine.solve import Doses, solve
from exocast.errors import EngineError

__all__ = ["Cycle", "Settled", "passive", "settle"]

Array = NDArray[np.float64]

DEPTH = 12  # intervals remembered
LADDER = 10.0 ** np.arange(13)  # times at which a constant infusion is looked at
LARGEST_BLOCK = 20_000_000  # numbers remembered at once
LITTLE = 1e-3  # share of what intervals have added that may go on being added
MOST_KEPT = 1e8  # what a steady state may hold, in what one interval adds to empty states
TIGHTER = 0.01  # relative tolerance inside, as a share of the one asked for
TIMED = (Operation.TIME, Operation.TABLE, Operation.TABLE_SLOPE)
WORSE = 3.0  # growth of the residual at which the memory misleads


@dataclass(frozen=True)
class Cycle:
    """A dose that is given for ever, of each member.

    Attributes
    ----------
    state : array (n,)
        Position of the state that it enters.
    amount : array (n,) [amount]
        What enters at each dose; 0 for a constant infusion.
    duration : array (n,) [time]
        Of each infusion, which may outlast the interval; 0 is a bolus.
    interval : array (n,) [time]
        Between doses; 0 for a constant infusion.
    rate : array (n,) [amount/time]
        Of a constant infusion; 0 asks what the network makes of itself.
    phase : array (n,) [time]
        How long after a dose the amounts are wanted; 0 is just before one.
    """

    state: NDArray[np.int64]
    amount: Array
    duration: Array
    interval: Array
    rate: Array
    phase: Array


@dataclass(frozen=True)
class Settled:
    """Amounts that stand still.

    Attributes
    ----------
    amount : array (n, s) [amount]
        NaN where none was found.
    found : array (n,)
    intervals : array (n,)
        Intervals that were solved to find them.
    """

    amount: Array
    found: NDArray[np.bool_]
    intervals: NDArray[np.int64]


def passive(model: CompiledNetwork) -> NDArray[np.bool_]:
    """Return the states that only collect: no other state's rate depends on them, array (s,).

    What was excreted, or an area under a curve, grows with every dose and has no steady state. As
    NONMEM's output compartment, which has to be off, such states are left out and stand at 0.

    Parameters
    ----------
    model : CompiledNetwork
    """
    listing = model.listing
    watched = _read_by_events(model)
    resting = np.zeros(len(model.state_names) + 1, dtype=bool)
    resting[-1] = True  # outside
    while True:
        # A flux matters if an end of it does; a state matters if it drives such a flux.
        matters = ~(resting[listing.source] & resting[listing.target])
        driving = np.zeros_like(resting)
        driving[listing.slope_state[matters[listing.slope_flux]]] = True
        driving[watched] = True
        found = resting | ~driving
        found[-1] = True
        if np.array_equal(found, resting):
            return resting[:-1]
        resting = found


def _read_by_events(model: CompiledNetwork) -> NDArray[np.int64]:
    """Return the states that a trigger or a value set by an event depends on."""
    listing = model.listing
    nodes = np.unique(np.concatenate([listing.trigger, listing.set_value])).astype(np.int64)
    while True:
        below = listing.arguments[nodes]
        wider = np.union1d(nodes, below[below >= 0])
        if len(wider) == len(nodes):
            break
        nodes = wider
    read = nodes[listing.operation[nodes] == int(Operation.STATE)]
    states: NDArray[np.int64] = listing.value[read].astype(np.int64)
    return states


def settle(
    model: CompiledNetwork,
    parameters: Array,
    cycle: Cycle,
    scale: Array,
    rtol: float = 1e-6,
    most: int = 200,
    threads: int = 1,
    engine: Literal["native", "reference"] = "native",
) -> Settled:
    """Return the steady state of every member under its cycle, from empty states.

    Parameters
    ----------
    model : CompiledNetwork
    parameters : array (n, p)
    cycle : Cycle
    scale : array (1, s) or (n, s)
        Size below which each state need not be resolved.
    rtol : float
        A state is found when what is left to correct is below ``rtol * (scale + |amount|)``.
    most : int
        Intervals solved before a member is given up.
    threads, engine
        As in :func:`exocast.engine.solve.solve`.

    Raises
    ------
    EngineError
        If rates depend on time: the same dose does not do the same in the next interval.

    Notes
    -----
    Inside, intervals are solved to ``rtol / 100``: an error of one interval is multiplied by
    1/(1 - share that is left of a state after one interval).

    Where there is no steady state, because more is given than can ever be removed, the member is
    not found.

    References
    ----------
    Anderson 1965, Journal of the ACM 12:547, doi 10.1145/321296.321305. Walker and Ni 2011, SIAM
    Journal on Numerical Analysis 49:1715, doi 10.1137/10078356X (least squares, and that it is
    GMRES on linear problems).
    """
    if np.any(np.isin(model.listing.operation, TIMED)):
        raise EngineError(
            "A network whose rates depend on time or a table has no steady state; give the doses "
            "that lead up to it, with addl."
        )
    members, states = len(parameters), len(model.state_names)
    sizes = np.broadcast_to(scale, (members, states))
    amount = np.full((members, states), np.nan)
    found = np.zeros(members, dtype=bool)
    intervals = np.zeros(members, dtype=np.int64)
    block = max(1, LARGEST_BLOCK // (states * DEPTH))
    for first in range(0, members, block):
        part = np.arange(first, min(first + block, members))
        for which, find in (
            (part[cycle.interval[part] > 0.0], _periodic),
            (part[cycle.interval[part] <= 0.0], _constant),
        ):
            if not which.size:
                continue
            flow = _Flow(
                model,
                parameters[which],
                _take(cycle, which),
                sizes[which],
                max(TIGHTER * rtol, 1e-13),
                threads,
                engine,
            )
            amount[which], found[which], intervals[which] = find(flow, rtol, most)
    amount[~found] = np.nan
    return Settled(amount, found, intervals)


def _take(cycle: Cycle, which: NDArray[np.int64]) -> Cycle:
    """Return the cycles of some members."""
    return Cycle(
        cycle.state[which],
        cycle.amount[which],
        cycle.duration[which],
        cycle.interval[which],
        cycle.rate[which],
        cycle.phase[which],
    )


class _Flow:
    """Carries members through one interval of their cycle."""

    def __init__(
        self,
        model: CompiledNetwork,
        parameters: Array,
        cycle: Cycle,
        scale: Array,
        rtol: float,
        threads: int,
        engine: Literal["native", "reference"],
    ) -> None:
        self.cycle, self.scale = cycle, scale
        self.living = ~passive(model)
        self.floor = np.where(model.signed, -np.inf, 0.0)
        self._model, self._parameters = model, parameters
        self._rtol, self._threads = rtol, threads
        self._engine: Literal["native", "reference"] = engine
        self._targets = np.unique(cycle.state)

    def after(self, start: Array, which: NDArray[np.int64], times: Array) -> Array:
        """Return the states (n, t, s) of some members at times (n, t) of their cycle."""
        cycle = _take(self.cycle, which)
        end = times[:, -1]
        # An infusion that outlasts the interval is a constant one, once for every whole
        # interval that it lasts, and what remains (NONMEM Users Guide VI, V.F.4, note 2).
        with np.errstate(divide="ignore", invalid="ignore"):
            lasting = np.where(cycle.interval > 0.0, cycle.duration / cycle.interval, 0.0)
            speed = np.where(cycle.duration > 0.0, cycle.amount / cycle.duration, 0.0)
        whole = np.where(abs(lasting - np.rint(lasting)) < 1e-12, np.rint(lasting), lasting // 1.0)
        rest = np.where(lasting > whole, cycle.duration - whole * cycle.interval, 0.0)
        given = np.where(cycle.duration > 0.0, speed * rest, cycle.amount)
        steady = (cycle.rate + speed * whole) * end
        columns = [
            (np.where(cycle.state == target, amount, 0.0), length)
            for target in self._targets
            for amount, length in ((given, rest), (steady, np.where(steady > 0.0, end, 0.0)))
        ]
        doses = Doses(
            state=np.repeat(self._targets, 2),
            time=np.zeros(len(columns)),
            amount=np.stack([amount for amount, _ in columns], axis=1),
            duration=np.stack([np.where(a != 0.0, d, 0.0) for a, d in columns], axis=1),
        )
        solution = solve(
            self._model,
            self._parameters[which],
            start,
            times,
            doses,
            rtol=self._rtol,
            scale=self.scale[which],
            threads=self._threads,
            engine=self._engine,
        )
        amounts = solution.amount
        amounts[:, :, ~self.living] = 0.0
        return amounts


def _constant(
    flow: _Flow, rtol: float, most: int
) -> tuple[Array, NDArray[np.bool_], NDArray[np.int64]]:
    """Return what a constant infusion comes to: two decades of time that change nothing."""
    members, states = flow.scale.shape
    del most
    everyone = np.arange(members)
    times = np.broadcast_to(LADDER, (members, len(LADDER)))
    course = flow.after(np.zeros((members, states)), everyone, times)
    # Nearly without the scale: an amount that grows with time moves by its own size each decade.
    room = rtol * (abs(course[:, 1:]) + 1e-3 * flow.scale[:, None, :])
    still = np.all(abs(np.diff(course, axis=1)) <= room, axis=2)
    both = still[:, 1:] & still[:, :-1]
    at = np.where(both.any(axis=1), both.argmax(axis=1) + 2, 0)
    return course[everyone, at], both.any(axis=1), np.ones(members, dtype=np.int64)


def _periodic(
    flow: _Flow, rtol: float, most: int
) -> tuple[Array, NDArray[np.bool_], NDArray[np.int64]]:
    """Return what doses at an interval come to, at each member's phase."""
    members, states = flow.scale.shape
    if most < 2:
        raise EngineError(f"A steady state needs at least 2 intervals, got {most}.")
    amounts = np.zeros((members, states))
    memory = _Memory(members, int(flow.living.sum()))
    found = np.zeros(members, dtype=bool)
    largest = np.zeros((members, states))
    intervals = np.zeros(members, dtype=np.int64)
    active = np.arange(members)
    for _ in range(most):
        start = amounts[active]
        ends = flow.after(start, active, flow.cycle.interval[active, None])[:, 0]
        intervals[active] += 1
        alive = np.all(np.isfinite(ends), axis=1)
        active, start, ends = active[alive], start[alive], ends[alive]
        room = flow.scale[active] + abs(ends)
        step = np.zeros_like(ends)
        gap = ends - start
        step[:, flow.living], informed = memory.correct(
            active, start[:, flow.living], gap[:, flow.living], room[:, flow.living]
        )
        amounts[active] = np.maximum(start + step, flow.floor)
        # Far beyond saturation every interval adds the same, little beside what is there: what an
        # interval adds has also to be little beside what intervals have added.
        largest[active] = np.maximum(largest[active], abs(gap))
        room = np.minimum(room, flow.scale[active] + LITTLE / rtol * largest[active])
        still = (abs(step) <= rtol * room) & (abs(gap) <= rtol * room)
        near = np.all(still & (ends <= MOST_KEPT * largest[active]), axis=1)
        found[active] = near & informed
        active = active[~found[active]]
        if not active.size:
            break
    later = np.flatnonzero(found & (flow.cycle.phase > 0.0))
    if later.size:
        amounts[later] = flow.after(amounts[later], later, flow.cycle.phase[later, None])[:, 0]
    return amounts, found & np.all(np.isfinite(amounts), axis=1), intervals


class _Memory:
    """Anderson's acceleration of many members at once."""

    def __init__(self, members: int, states: int) -> None:
        depth = min(DEPTH, states)
        self._moves = np.zeros((members, states, depth))
        self._changes = np.zeros((members, states, depth))
        self._last = np.full((members, states), np.nan)
        self._gap = np.full((members, states), np.nan)
        self._best = np.full(members, np.inf)
        self._slot = 0

    def correct(
        self, which: NDArray[np.int64], start: Array, gap: Array, room: Array
    ) -> tuple[Array, NDArray[np.bool_]]:
        """Return the step from `start`, whose interval ends `gap` further on, both (n, s).

        And whether it is informed: an interval was seen to change with its start, or nothing is
        left to change.
        """
        size = np.max(abs(gap) / room, axis=1, initial=0.0)
        astray = size > WORSE * self._best[which]
        self._best[which] = np.where(astray, size, np.minimum(size, self._best[which]))
        for held in (self._moves, self._changes):
            held[which[astray]] = 0.0
        if self._moves.shape[2] == 0:
            return gap, np.ones(len(which), dtype=bool)
        known = np.isfinite(self._last[which]) & ~astray[:, None]
        self._moves[which, :, self._slot] = np.where(known, start - self._last[which], 0.0)
        self._changes[which, :, self._slot] = np.where(known, gap - self._gap[which], 0.0)
        self._last[which], self._gap[which] = start, gap
        self._slot = (self._slot + 1) % self._moves.shape[2]
        moves, changes = self._moves[which], self._changes[which]
        # Columns of one size, so that what is dropped as dependent does not hang on units.
        weighed = changes / room[:, :, None]
        norm = np.linalg.norm(weighed, axis=1)
        informed = np.any(norm > 0.0, axis=1) | (size < 1e-14)
        norm = np.where(norm > 0.0, norm, 1.0)
        basis, triangle = np.linalg.qr(weighed / norm[:, None, :])
        target = np.einsum("nsm,ns->nm", basis, gap / room)
        share = np.einsum("nkm,nm->nk", np.linalg.pinv(triangle, rcond=1e-9), target) / norm
        step: Array = gap - np.einsum("nsm,nm->ns", moves + changes, share)
        return step, informed
