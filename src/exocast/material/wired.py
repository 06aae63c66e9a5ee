"""From wiring to arrays: riders, doses, scales and outputs become one system, solved once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.expression import Expression, State
from exocast.engine.network import Passenger
from exocast.engine.solve import Doses, solve
from exocast.errors import WiringError
from exocast.material.dosing import Rides, rider_amounts, scales, schedule
from exocast.material.timecourse import TimeCourse
from exocast.material.wiring import PARTICLES, Place, Wiring

__all__ = ["BLOCK", "Wired", "wire"]

Array = NDArray[np.float64]

BLOCK = 64
"""Members solved between two reports of progress."""

BALANCE = "balance."

HOUR = 3600.0


@dataclass(frozen=True)
class Wired:
    """One system, ready to be solved for every member.

    Attributes
    ----------
    network : CompiledNetwork
        The nameless system.
    parameters : array (n, p)
        Parameters in the order of `network.parameter_names`.
    start, scale : array (n, s)
        Amounts at time 0, and the sizes below which amounts need not be resolved.
    doses : Doses
        Doses into places and pools.
    keep : sparse array (j, s)
        The outputs as combinations of states.
    names : tuple of str
        Names of the outputs; those that start with ``balance.`` are conserved sums.
    units, docs : mapping of str to str
        Unit and meaning of the outputs.
    dosed : mapping of str to array (n, d)
        What each dose brings in, for particles and each rider aboard them.
    dissolved : mapping of str to array (n, d)
        What each dose brings in of a rider that rides nothing.
    ledger : mapping of str to tuple of str
        Each conserved sum, and what is dosed of it: particles, a rider, or several of one matter.
    times : array (d,)
        Times at which the doses begin [s].
    duration : float
        How long a dose takes to go in [s].
    """

    network: CompiledNetwork
    parameters: Array
    start: Array
    scale: Array
    doses: Doses
    keep: sparse.csr_array
    names: tuple[str, ...]
    units: Mapping[str, str]
    docs: Mapping[str, str]
    dosed: Mapping[str, Array]
    dissolved: Mapping[str, Array]
    ledger: Mapping[str, tuple[str, ...]]
    times: Array
    duration: float = 0.0

    def entered(self, time: Array) -> Array:
        """Return the share of each dose that has gone in by each time, array (d, t) [1].

        Parameters
        ----------
        time : array (t,)
            Times [s].
        """
        since = np.asarray(time)[None, :] - self.times[:, None]
        if self.duration > 0:
            return np.asarray(np.clip(since / self.duration, 0.0, 1.0))
        return (since >= 0).astype(float)

    def run(
        self,
        time: Array,
        *,
        rtol: float = 1e-6,
        threads: int = 1,
        engine: Literal["native", "reference"] = "native",
        report: Callable[[int, NDArray[np.int64]], None] | None = None,
    ) -> tuple[TimeCourse, float]:
        """Solve every member.

        Parameters
        ----------
        time : array (t,)
            Times to keep [s].
        rtol : float
            Relative tolerance.
        threads : int
            Worker threads; the result does not depend on it.
        engine : str
            ``native`` or ``reference``.
        report : callable, optional
            Called with the number of members done and their statuses, block by block.

        Returns
        -------
        TimeCourse
            The outputs.
        float
            Largest relative residual of any balance over finished members and times.
        """
        alone, place = self._distinct()
        amount = np.empty((len(alone), len(time), len(self.names)), dtype=np.float32)
        status = np.empty(len(alone), dtype=np.int64)
        worst = 0.0
        step = max(BLOCK * threads, 1)
        for first in range(0, len(alone), step):
            done = slice(first, min(first + step, len(alone)))
            part = alone[done]
            solution = solve(
                self.network,
                self.parameters[part],
                self.start[part],
                time,
                doses=self._doses(part),
                keep=self.keep,
                rtol=rtol,
                scale=self.scale[part],
                threads=threads,
                engine=engine,
            )
            worst = max(worst, self._residual(solution.amount, time, part))
            with np.errstate(under="ignore"):
                amount[done] = solution.amount
            status[done] = solution.status
            if report is not None:
                solved = place[place < done.stop]
                report(len(solved), status[solved[solved >= first]])
        if len(alone) < len(place):
            amount, status = amount[place], status[place]
        course = TimeCourse(time, self.names, self.units, self.docs, amount, status)
        return course, worst

    def _distinct(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first of each group of equal members, and for each member its group.

        A value that only an assay or a response reads moves nothing here, so that a third of the
        members in which values are turned one at a time are equal. What one of them gives, all give
        to the last bit.
        """
        # A loop over members that costs a thousandth of solving them, and no copy of the arrays.
        given = (self.parameters, self.start, self.scale, np.asarray(self.doses.amount))
        seen: dict[bytes, int] = {}
        first: list[int] = []
        place = np.empty(len(self.parameters), dtype=np.intp)
        for member, rows in enumerate(zip(*given, strict=True)):
            key = hashlib.sha256(b"".join(row.tobytes() for row in rows)).digest()
            place[member] = seen.setdefault(key, len(first))
            if place[member] == len(first):
                first.append(member)
        return np.array(first, dtype=np.intp), place

    def _doses(self, part: NDArray[np.intp]) -> Doses:
        doses = self.doses
        return Doses(doses.state, doses.time, np.asarray(doses.amount)[part], doses.duration)

    def _residual(self, amount: Array, time: Array, part: NDArray[np.intp]) -> float:
        """Compare each conserved sum with what the doses have brought in by then."""
        worst = 0.0
        given = self.entered(time)
        for name, riders in self.ledger.items():
            held = amount[:, :, self.names.index(BALANCE + name)]
            dosed = np.sum([self.dosed[rider] for rider in riders], axis=0)
            aside = self.dissolved.get(name)
            expected = (dosed if aside is None else dosed + aside)[part] @ given
            fine = np.isfinite(held) & (expected > 0)
            if fine.any():
                gap = np.abs(held[fine] - expected[fine]) / expected[fine]
                worst = max(worst, float(gap.max()))
        return worst


def wire(wiring: Wiring, doses: Array, compiled: CompiledNetwork | None = None) -> Wired:
    """Compile a wiring.

    Parameters
    ----------
    wiring : Wiring
        After every step has contributed.
    doses : array (n, c, d)
        Particles of each carrier in each dose.
    compiled : CompiledNetwork, optional
        What the same steps, in the same study and with the same carriers, were compiled to before.

    Returns
    -------
    Wired

    Raises
    ------
    WiringError
        If no route was wired or its shares are not the whole dose, a milestone names no output, or
        a release is contradictory.
    """
    if not wiring.entries:
        raise WiringError("no route says where the dose goes: wire a route")
    whole = np.sum([entry.share for entry in wiring.entries], axis=0)
    if not np.allclose(whole, 1.0, rtol=0.0, atol=1e-12):
        names = ", ".join(entry.place.name for entry in wiring.entries)
        raise WiringError(f"the shares of a dose into {names} do not sum to 1")
    riders = {name: _riders(wiring, name) for name in wiring.riders}
    for move in wiring.moves:
        for source, target, rate in zip(
            move.source.states, move.target.states, move.rates, strict=True
        ):
            wiring.network.move(source, target, rate)
    integrals = _integrals(wiring, riders)
    network = wiring.network.compile() if compiled is None else compiled
    position = {name: index for index, name in enumerate(network.state_names)}
    weights, units, docs = _outputs(wiring, riders, integrals)
    for milestone in wiring.milestones:
        for output in milestone.outputs:
            if output not in weights:
                raise WiringError(f"milestone `{milestone.name}` shows `{output}`: no output")
    rows, columns, entries = [], [], []
    for row, combination in enumerate(weights.values()):
        for state, weight in combination.items():
            rows.append(row)
            columns.append(position[state.name])
            entries.append(weight)
    shape = (len(weights), len(position))
    keep = sparse.csr_array((entries, (rows, columns)), shape=shape)
    amounts = rider_amounts(wiring, doses)
    records, dosed = schedule(wiring, riders, doses, amounts, position)
    start = np.zeros((wiring.members, len(position)))
    for name, values in wiring.pool_starts.items():
        start[:, position[name]] = values
    return Wired(
        network=network,
        parameters=np.stack([wiring.values[name] for name in network.parameter_names], axis=1),
        start=start,
        scale=scales(wiring, riders, integrals, doses, amounts, position),
        doses=records,
        keep=keep,
        names=tuple(weights),
        units=units,
        docs=docs,
        dosed=dosed,
        dissolved={rider: wiring.dissolved[rider] for rider in wiring.dissolved_into},
        ledger=_ledger(wiring),
        times=np.asarray(wiring.study.times, dtype=float),
        duration=wiring.dose_duration,
    )


def _riders(wiring: Wiring, rider: str) -> Rides:
    """Declare a rider as one passenger for each carrier and part of it."""
    lost = f"{rider}.lost"
    if lost not in wiring.pools:
        wiring.add_pool(lost, rider=rider)
    leaves = _leaves(wiring, rider, lost)
    parts = len(wiring.rider_parts.get(rider, (1.0,)))
    return tuple(
        tuple(_passenger(wiring, rider, index, part, leaves, lost) for part in range(parts))
        for index in range(len(wiring.carriers))
    )


def _passenger(
    wiring: Wiring,
    rider: str,
    index: int,
    part: int,
    leaves: Sequence[tuple[Place, str]],
    lost: str,
) -> Passenger:
    """Declare one part of a rider on one carrier."""
    places = [place.states[index] for place in wiring.places.values() if not place.sink]
    loss: dict[State, tuple[Expression | float, State | None]] = {}
    further: list[tuple[State, Expression, State]] = []
    for item in wiring.losses:
        if item.rider == rider and item.part in (None, part):
            at, rate, pool = item.place.states[index], item.rates[index], wiring.pool(item.pool)
            if at in loss:
                further.append((at, rate, pool))
            else:
                loss[at] = (rate, pool)
    # A loss of 0 gives the rider states of its own even where nothing is lost, so that it
    # can be kept, integrated and balanced like any other.
    loss.setdefault(wiring.entries[0].place.states[index], (0.0, wiring.pool(lost)))
    name = f"{rider}.{wiring.carriers[index].name}"
    passenger = wiring.network.passenger(
        f"{name}.part{part}" if part else name,
        places,
        loss,
        leaves={place.states[index]: wiring.pool(pool) for place, pool in leaves},
    )
    for at, rate, pool in further:  # A second way out of the same place.
        held = _held_at(passenger, at)
        wiring.network.flux(held, pool, rate * held)
    return passenger


def _leaves(wiring: Wiring, rider: str, lost: str) -> list[tuple[Place, str]]:
    """Return the pool that a rider falls into at each sink."""
    chosen: dict[str, str] = {}
    for move in wiring.moves:
        if not move.target.sink:
            continue
        pool = move.release.get(rider, lost)
        if chosen.setdefault(move.target.name, pool) != pool:
            raise WiringError(
                f"`{rider}` is released at `{move.target.name}` into both "
                f"`{chosen[move.target.name]}` and `{pool}`: use two sinks"
            )
    return [(wiring.places[name], pool) for name, pool in chosen.items()]


def _ledger(wiring: Wiring) -> dict[str, tuple[str, ...]]:
    """Return every conserved sum, and the riders that it counts."""
    names = dict.fromkeys(wiring.ledger.get(rider, rider) for rider in wiring.riders)
    return {PARTICLES: (PARTICLES,), **{name: wiring.kin(name) for name in names}}


def _integrals(
    wiring: Wiring, riders: Mapping[str, Rides]
) -> dict[str, tuple[State, tuple[str, ...]]]:
    """Declare the cumulative states that were asked for."""
    integrals: dict[str, tuple[State, tuple[str, ...]]] = {}
    for wanted in wiring.cumulatives:
        moves = [move for move in wiring.moves if wanted.counts(move)]
        if not moves:
            asked = ", ".join(wanted.tags) or "of these places"
            raise WiringError(f"`{wanted.name}`: no move has the tag {asked}")
        rate: Expression | float = 0.0
        for move in moves:
            for index, (source, per_capita) in enumerate(
                zip(move.source.states, move.rates, strict=True)
            ):
                first, *others = _carried(source, index, wanted.riders, riders)
                amount: Expression = first
                for part in others:
                    amount = amount + part
                rate = rate + per_capita * amount
        state = wiring.network.integral(wanted.name, rate, 1.0)
        integrals[wanted.name] = (state, wanted.riders)
    for held in wiring.place_outputs:
        if held.over_time:
            rate = 0.0
            for place, weight in held.places:
                for index, source in enumerate(place.states):
                    for part in _carried(source, index, held.riders, riders):
                        rate = rate + weight / HOUR * part
            state = wiring.network.integral(held.name, rate, 1.0)
            integrals[held.name] = (state, held.riders)
    return integrals


def _carried(
    place: State, index: int, wanted: Sequence[str], riders: Mapping[str, Rides]
) -> list[State]:
    """Return the states that hold what is counted of one carrier at a place."""
    if PARTICLES in wanted:
        return [place]
    return [_held_at(part, place) for rider in wanted for part in riders[rider][index]]


def _outputs(
    wiring: Wiring,
    riders: Mapping[str, Rides],
    integrals: Mapping[str, tuple[State, tuple[str, ...]]],
) -> tuple[dict[str, Mapping[State, float]], dict[str, str], dict[str, str]]:
    """Collect the combinations to keep: asked for, cumulative, and conserved sums."""
    weights: dict[str, Mapping[State, float]] = {}
    units: dict[str, str] = {}
    docs: dict[str, str] = {}
    for output in wiring.outputs.values():
        weights[output.name] = output.weights
        units[output.name], docs[output.name] = output.unit, output.doc
    for wanted in wiring.place_outputs:
        combination: dict[State, float] = {}
        for place, weight in wanted.places:
            for index, state in enumerate(place.states):
                for one in _carried(state, index, wanted.riders, riders):
                    combination[one] = combination.get(one, 0.0) + weight
        if wanted.over_time:
            combination = {integrals[wanted.name][0]: 1.0}
        weights[wanted.name] = combination
        units[wanted.name], docs[wanted.name] = wanted.unit, wanted.doc
    for cumulative in wiring.cumulatives:
        state, counted = integrals[cumulative.name]
        weights[cumulative.name] = dict.fromkeys(
            [state, *(wiring.pool(name) for name in cumulative.also)], 1.0
        )
        units[cumulative.name] = "particle" if PARTICLES in counted else "copy"
        docs[cumulative.name] = f"cumulative flux of {' and '.join(counted)}"
    everything = [state for place in wiring.places.values() for state in place.states]
    weights[BALANCE + PARTICLES] = dict.fromkeys(everything, 1.0)
    for name, kin in _ledger(wiring).items():
        if name != PARTICLES:
            held_in = [s for rider in kin for s in _rider_states(wiring, rider, riders[rider])]
            weights[BALANCE + name] = dict.fromkeys(held_in, 1.0)
    for name in weights:
        units.setdefault(name, "copy" if not name.endswith(PARTICLES) else "particle")
        docs.setdefault(name, "conserved sum")
    return weights, units, docs


def _held_at(passenger: Passenger, place: State) -> State:
    """Return the state of a passenger at a place."""
    held = passenger.at(place)
    assert isinstance(held, State)
    return held


def _rider_states(wiring: Wiring, rider: str, passengers: Rides) -> list[State]:
    """Return every state that holds a rider: aboard, and in its pools."""
    states: list[State] = []
    for passenger in (part for parts in passengers for part in parts):
        states += [_held_at(passenger, place) for place in passenger.places]
    states += [wiring.pools[name] for name, held in wiring.pool_riders.items() if held == rider]
    return states
