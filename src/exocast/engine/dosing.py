"""Dosing records with the meaning that NONMEM gives them, as doses that the engine runs.

A record says what is given; :func:`schedule` works out, for all members at once, what enters which
state when. Names of items are NONMEM's where the meaning is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.expanding import Table, assemble
from exocast.engine.settling import passive, settle
from exocast.engine.solve import Doses
from exocast.errors import EngineError

__all__ = ["Records", "Schedule", "schedule"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Parameter = Mapping[str | int, ArrayLike]

NUMBERS = (
    "time",
    "amount",
    "rate",
    "duration",
    "addl",
    "ii",
    "ss",
    "evid",
    "lag",
    "bioavailability",
)


@dataclass(frozen=True)
class Records:
    """Dose records, each item one number, one a record (d,), one a member and record (n, d).

    What is a member's own for all its records is (n, 1).

    Attributes
    ----------
    state : str, int or array of them
        State that the dose enters, by name or position.
    time : array [time]
        Of the record; infinite where a member has no such record.
    amount : array [amount]
        0 for a reset, and for a constant infusion to steady state.
    rate : array [amount/time]
        0 is a bolus, or `duration` says how long. Above 0 an infusion at this rate. -1 and -2 are
        NONMEM's codes for a rate and a duration that are parameters:
        see :meth:`with_parameters`.
    duration : array [time]
        Of an infusion whose duration is given, not its rate.
    addl : array
        Doses that follow, `ii` apart.
    ii : array [time]
        Interval of `addl` and of `ss`.
    ss : array
        1: the amounts become those of the steady state of this dose, given every `ii` for ever (or
        infused for ever at `rate`, if the amount is 0). What is there is lost, infusions stop, and
        doses still to come of earlier records are cancelled. 2: the steady state is added to what
        is there, which is right while rates are proportional to amounts. 3 is read as 1.
    evid : array
        1 a dose; 3 a reset: all amounts 0, infusions stop, doses still to come of earlier records
        are cancelled; 4 a reset, then the dose.
    lag : array [time]
        From the record to the dose, and to each of its `addl`. A reset, also that of `ss` 1, is at
        the time of the record all the same.
    bioavailability : array [1]
        Share of the amount that enters.

    Notes
    -----
    Records act in order of time, at equal times in the order listed. As in NONMEM:

    - Bioavailability multiplies the amount. An infusion at a given rate keeps its rate and gets
      shorter; one of a given duration keeps its duration and gets slower. It leaves a constant
      infusion to steady state alone.
    - The dose of a steady-state record is the last of the series, given at its time: the amounts
      found are those just before it. Infusions longer than `ii` overlap, and those begun earlier
      run on. With a lag, the whole series is lagged: until the dose enters, the amounts are those
      late in the interval before.
    - A constant infusion to steady state (amount 0, `ss` 1 or 2) has lasted for ever and ends at
      its record; lag does not apply. With rate 0 it asks what the network makes of itself.
    - States that only collect (excretion, areas) start a steady state at 0, as NONMEM's output
      compartment, which must be off.

    Not as in NONMEM: a rate that is a parameter is one number a member and does not change while
    an infusion runs; a lag longer than `ii` is allowed with `ss`; a network that depends on time
    has no steady state here.

    References
    ----------
    Beal, Sheiner and Boeckmann, NONMEM Users Guide part VI (PREDPP): chapter III, sections F.3 to
    F.6 (durations, rates, lag), chapter V, sections B (EVID), D and E (AMT, RATE), F (SS; F.4,
    notes 1 to 3), G (II), K (ADDL). NONMEM help: dose event record, SS dose event record, SS data
    item, absorption lag parameter, bioavailability fraction parameter.

    Examples
    --------
    >>> from exocast.engine.network import Network
    >>> network = Network()
    >>> blood = network.state("blood", scale=1e-3)
    >>> network.move(blood, None, network.parameter("elimination"))
    >>> weekly = Records(state="blood", time=0.0, amount=100.0, rate=50.0, addl=2, ii=7.0)
    >>> doses = schedule(network.compile(), weekly).doses
    >>> doses.time
    array([ 0.,  7., 14.])
    >>> doses.duration
    array([2., 2., 2.])
    """

    state: ArrayLike
    time: ArrayLike
    amount: ArrayLike = 0.0
    rate: ArrayLike = 0.0
    duration: ArrayLike = 0.0
    addl: ArrayLike = 0
    ii: ArrayLike = 0.0
    ss: ArrayLike = 0
    evid: ArrayLike = 1
    lag: ArrayLike = 0.0
    bioavailability: ArrayLike = 1.0

    def with_parameters(
        self,
        rate: Parameter | None = None,
        duration: Parameter | None = None,
        lag: Parameter | None = None,
        bioavailability: Parameter | None = None,
    ) -> Records:
        """Return the records with parameters of the dosed state filled in.

        As NONMEM's Rn, Dn, ALAGn and Fn: each maps a state, named as in the records, to one number
        or one a member (n,). A rate is used where the record's rate is -1, a duration where it is
        -2; the others for every record into that state.
        """
        grid, state = self._grid()
        items: dict[str, Any] = {}
        for name, given, code in (
            ("rate", rate, -1.0),
            ("duration", duration, -2.0),
            ("lag", lag, None),
            ("bioavailability", bioavailability, None),
        ):
            held = grid[name]
            for key, value in (given or {}).items():
                column = np.atleast_1d(np.asarray(value, dtype=np.float64))[:, None]
                here = state == key
                if not np.any(here):
                    raise EngineError(f"`{name}` is given for `{key}`, where nothing is dosed.")
                if code is not None:
                    here = here & (grid["rate"] == code)
                held = np.where(here, column, held)
            items[name] = held
        return replace(self, **items)

    def _grid(self) -> tuple[dict[str, Array], NDArray[Any]]:
        """Return every item as (1, d) or (n, d), and the states likewise, as they were named."""
        state = np.asarray(self.state)
        raw = {name: np.asarray(getattr(self, name), dtype=np.float64) for name in NUMBERS}
        arrays: dict[str, NDArray[Any]] = {"state": state, **raw}
        records = {held.shape[-1] for held in arrays.values() if held.ndim} - {1}
        members = {held.shape[0] for held in arrays.values() if held.ndim == 2} - {1}
        if len(records) > 1 or len(members) > 1 or max(a.ndim for a in arrays.values()) > 2:
            shapes = ", ".join(f"{name} {held.shape}" for name, held in arrays.items() if held.ndim)
            raise EngineError(
                "The items of dose records are one number, (d,) or (n, d), with one d and one n; "
                f"got {shapes}."
            )
        count = records.pop() if records else 1

        def spread(held: NDArray[Any]) -> NDArray[Any]:
            rows = held.shape[0] if held.ndim == 2 else 1
            return np.broadcast_to(held, (rows, count))

        return {name: spread(held) for name, held in raw.items()}, spread(state)


@dataclass(frozen=True)
class Schedule:
    """Doses ready to be solved.

    Attributes
    ----------
    doses : Doses
    settled : array (n,)
        Which members' steady states were found. Those of the others are NaN, so that their
        status will be ``NOT_FINITE``.
    intervals : array (n,)
        Most intervals solved for a steady state of the member.
    """

    doses: Doses
    settled: Mask
    intervals: NDArray[np.int64]

    def advice(self) -> str:
        """One sentence on members without a steady state; empty if there are none."""
        lost = int(np.count_nonzero(~self.settled))
        if not lost:
            return ""
        return (
            f"{lost} of {len(self.settled)} members came to no steady state: more is given than "
            "can be removed, something collects without loss, or turnover is slower than a "
            "hundred million intervals; look at their clearance, or give the doses with addl."
        )


def schedule(
    model: CompiledNetwork,
    records: Records,
    parameters: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    scale: ArrayLike | None = None,
    rtol: float = 1e-6,
    most_intervals: int = 200,
    threads: int = 1,
    engine: Literal["native", "reference"] = "native",
) -> Schedule:
    """Return what enters which state when.

    Parameters
    ----------
    model : CompiledNetwork
    records : Records
    parameters : array (n, p), optional
        Needed for steady states only.
    baseline : array (s,) or (n, s), optional
        What a reset record returns to, NONMEM's A_0; empty states if omitted. The start of a run
        is given to :func:`exocast.engine.solve.solve`, not here.
    scale, rtol, threads, engine
        As in :func:`exocast.engine.solve.solve`; a steady state is found when what is left to
        correct is below ``rtol * (scale + |amount|)``.
    most_intervals : int
        Intervals solved before a member's steady state is given up.

    Raises
    ------
    EngineError
        If records contradict themselves (all faults at once), or there are steady states and no
        parameters.
    """
    table = Table(model, *records._grid())
    members, states = table.members, len(model.state_names)
    given = None
    if parameters is not None:
        given = np.asarray(parameters, dtype=np.float64)
        expected = (members if members > 1 else given.shape[:1][0], len(model.parameter_names))
        if given.shape != expected:
            raise EngineError(f"parameters has shape {given.shape}, expected {expected}.")
        members = len(given)
    found = np.ones(members, dtype=bool)
    intervals = np.zeros(members, dtype=np.int64)
    steady: dict[int, Array] = {}
    if np.any(table.steady):
        if given is None:
            raise EngineError("Steady-state records need `parameters`, one row a member.")
        size = np.asarray(model.scale if scale is None else scale, dtype=np.float64)
        who, which = np.nonzero(np.broadcast_to(table.steady, (members, table.count)))
        settled = settle(
            model,
            given[who],
            table.cycle(who, which),
            np.broadcast_to(size, (members, size.shape[-1]))[who],
            rtol,
            most_intervals,
            threads,
            engine,
        )
        np.logical_and.at(found, who, settled.found)
        np.maximum.at(intervals, who, settled.intervals)
        for record in np.unique(which):
            here = which == record
            steady[int(record)] = np.zeros((members, states))
            steady[int(record)][who[here]] = settled.amount[here]
    rest = np.zeros((1, states))
    if baseline is not None:
        rest = np.atleast_2d(np.asarray(baseline, dtype=np.float64))
        if rest.shape not in ((1, states), (members, states)):
            raise EngineError(f"baseline has shape {rest.shape}, expected {(members, states)}.")
    living = np.flatnonzero(~passive(model))
    return Schedule(assemble(list(table.columns(steady, rest, living))), found, intervals)
