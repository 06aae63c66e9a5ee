"""How solvers are compared: equal achieved error, one core, best of several, interleaved.

Times are the processor's, so that a busy machine spoils them less; on a quiet one they are those of
a clock on the wall.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from _cases import Case
from _peers import PEERS, Peer, Run, Unavailable
from _scipy import radau

__all__ = ["LEVELS", "TARGET", "Effort", "Point", "Reference", "Sweep", "compare"]

Array = NDArray[np.float64]

TARGET = 2e-5
"""Error at which times are compared."""

LEVELS = tuple(float(f"{10 ** (-k / 2):.4g}") for k in range(6, 19))
"""Relative tolerances, 1e-3 to 1e-9 in half decades."""

AGREEMENT = 1e-8
"""How well two solvers must agree for either to be a reference."""

CONFIRM = ("libroadrunner",)
"""Peers that may confirm the reference, before SciPy's Radau."""

TILE = 512
"""Members in one call of exocast: the benchmark's members, repeated in turn."""


@dataclass(frozen=True)
class Effort:
    """How much is done.

    Attributes
    ----------
    members : int
        Whose errors are taken.
    repeats : int
        Timings at the two tolerances that bracket the target; the best counts.
    shortest : float [s]
        What one timing lasts at least.
    everywhere : bool
        Whether every tolerance is tried; otherwise the bracket is found by halving.
    patience : float [s]
        What one pass of a slow peer over the members may take; above it members are dropped.
    compiling : bool
        Whether peers may compile for minutes.
    exact : float
        Relative tolerance of exocast as the reference.
    """

    members: int = 32
    repeats: int = 5
    shortest: float = 0.3
    everywhere: bool = True
    patience: float = 60.0
    compiling: bool = True
    exact: float = 1e-12


@dataclass(frozen=True)
class Reference:
    """The answer.

    Attributes
    ----------
    amount : array (n, t, j)
        Outputs.
    who : str
        What computed and what confirmed it.
    agreement : float
        The largest difference, in the norm of the errors.
    """

    amount: Array
    who: str
    agreement: float


@dataclass
class Point:
    """One solver at one tolerance.

    Attributes
    ----------
    rtol, error, worst : float
        Asked tolerance; median and largest error of the members.
    solving, whole : float [ms]
        Best time a member: in the solve call, and end to end.
    timings : int
        How many timings the best is of.
    """

    rtol: float
    error: float
    worst: float
    solving: float = math.inf
    whole: float = math.inf
    timings: int = 0


@dataclass
class Sweep:
    """One solver over tolerances.

    Attributes
    ----------
    name, setting : str
        Who, and how it was driven.
    members : int
        How many members its errors and times are of.
    points : dict of int to Point
        By place in `LEVELS`.
    why : str
        Why it sat out, if it did.
    together : bool
        Whether it takes all members at once, and compiles for their number.
    """

    name: str
    setting: str
    members: int
    run: Callable[[float, NDArray[np.int64]], Run] | None = None
    repeats: int = 1  # how often the members stand in one call
    together: bool = False
    points: dict[int, Point] = field(default_factory=dict)
    why: str = ""

    def bracket(self) -> tuple[int, int] | None:
        """Return neighbouring tolerances, the looser just above the target error."""
        for low in sorted(self.points, reverse=True):
            high = low + 1
            if self.points[low].error > TARGET:
                found = high in self.points and 0.0 < self.points[high].error <= TARGET
                return (low, high) if found and math.isfinite(self.points[low].error) else None
        return None

    def at_target(self, what: str) -> float | None:
        """Return milliseconds a member at the target error, between the bracket's tolerances."""
        bracket = self.bracket()
        if bracket is None:
            return None
        low, high = (self.points[place] for place in bracket)
        share = math.log(low.error / TARGET) / math.log(low.error / high.error)
        first, second = math.log(getattr(low, what)), math.log(getattr(high, what))
        return math.exp(first + share * (second - first))

    def nearest(self) -> Point | None:
        """Return the bracket's point whose error is nearer to the target."""
        bracket = self.bracket()
        if bracket is None:
            return None
        points = [self.points[place] for place in bracket]
        return min(points, key=lambda point: abs(math.log(point.error / TARGET)))


def gap(case: Case, amount: Array, exact: Array) -> Array:
    """Return each member's error (n,): the largest |y - ref| / (|ref| + s)."""
    members = len(amount)
    part = exact[:members]
    with np.errstate(all="ignore"):
        error = np.abs(amount - part) / (np.abs(part) + case.size(members))
    return np.asarray(np.where(np.isfinite(error), error, np.inf).max(axis=(1, 2)))


def get_ready(
    case: Case, names: Sequence[str], effort: Effort, say: Callable[[str], None]
) -> tuple[dict[str, Peer], dict[str, str]]:
    """Return the peers that take a case, and why the others do not."""
    ready, absent = {}, {}
    for name in names:
        say(f"{name}: getting ready")
        try:
            ready[name] = PEERS[name](case, patient=effort.compiling)
        except Unavailable as reason:
            absent[name] = str(reason)
    return ready, absent


def reference(
    case: Case, effort: Effort, others: dict[str, Peer], say: Callable[[str], None]
) -> Reference:
    """Return the answer for the first members, by exocast and confirmed by another solver.

    Notes
    -----
    exocast runs at 1e-12 (1e-11 in a hurry), the others in turn at 1e-12 and tighter, until one
    agrees to 1e-8 over the members that it had the time for.
    """
    members = effort.members
    amount = case.ours(effort.exact, np.arange(members))
    best = Reference(amount, "unconfirmed", math.inf)
    allowed = min(30.0, 2.0 * effort.patience)
    for name, levels, solver in confirmers(case, others, effort):
        begin = time.process_time()
        first = solver(levels[0], np.arange(1))
        spent = time.process_time() - begin
        asked = max(1, min(members, int(allowed / spent)))
        for rtol in levels:
            again = asked > 1 or rtol != levels[0]
            made = solver(rtol, np.arange(asked)) if again else first
            error = float(gap(case, made, amount).max())
            who = f"exocast at {effort.exact:g}, {name} at {rtol:g} on {asked} of {members} members"
            say(f"{who}: differ by {error:.1e}")
            if error < best.agreement:
                best = Reference(amount, who, error)
            if error <= AGREEMENT:
                return best
    return best


def confirmers(
    case: Case, others: dict[str, Peer], effort: Effort
) -> Iterator[tuple[str, tuple[float, ...], Callable[[float, NDArray[np.int64]], Array]]]:
    """Yield solvers that may confirm the answer, and at which tolerances."""
    for name, peer in others.items():
        yield name, (1e-12, 1e-13), lambda rtol, who, peer=peer: peer.run(rtol, who).amount
    # In a hurry at 1e-9: a minute a member of the largest network otherwise.
    levels = (1e-11, 1e-12) if effort.everywhere else (1e-9,)
    yield "SciPy's Radau", levels, lambda rtol, who: radau(case, who, rtol)


def ours(case: Case, members: int) -> Sweep:
    """Return exocast as one of the solvers: one whole call for many members."""

    def run(rtol: float, chosen: NDArray[np.int64]) -> Run:
        clock = time.process_time()
        amount = case.ours(rtol, chosen)
        spent = time.process_time() - clock
        return Run(amount, spent, spent)

    spent = run(1e-5, np.arange(members)).whole
    repeats = max(1, min(TILE // members, int(1.0 / spent)))
    times = f"each {repeats} times in turn"
    setting = f"one call for {repeats * members} members: the same {members}, {times}"
    return Sweep("exocast", setting, members, run, repeats)


def theirs(case: Case, peer: Peer, effort: Effort) -> Sweep:
    """Return a peer as one of the solvers, with fewer members where it is slow."""
    clock = time.process_time()
    peer.run(1e-6, np.arange(1))
    spent = time.process_time() - clock
    members = max(1, min(effort.members, case.members, int(effort.patience / spent)))
    if peer.together:
        members = min(effort.members, case.members)
    return Sweep(peer.name, peer.setting, members, peer.run, together=peer.together)


def visit(case: Case, solver: Sweep, place: int, exact: Array) -> Point:
    """Measure the error at one tolerance, if it is not known yet."""
    if place not in solver.points:
        assert solver.run is not None
        members = np.arange(solver.members)
        if solver.together and not solver.points:
            solver.run(LEVELS[place], members)  # compiles
        made = solver.run(LEVELS[place], members)
        errors = gap(case, made.amount, exact)
        point = Point(LEVELS[place], float(np.median(errors)), float(errors.max()))
        if solver.repeats == 1:
            _note(point, made, solver.members)
        solver.points[place] = point
    return solver.points[place]


def _note(point: Point, made: Run, members: int) -> None:
    point.solving = min(point.solving, 1e3 * made.solving / members)
    point.whole = min(point.whole, 1e3 * made.whole / members)
    point.timings += 1


def clock(solver: Sweep, place: int, shortest: float, *, tiled: bool = True) -> None:
    """Add one timing at one tolerance, of whole passes over the members."""
    assert solver.run is not None
    members = np.tile(np.arange(solver.members), solver.repeats if tiled else 1)
    solving = whole = 0.0
    passes = 0
    while passes == 0 or solving < shortest:
        made = solver.run(LEVELS[place], members)
        solving, whole, passes = solving + made.solving, whole + made.whole, passes + 1
    total = Run(made.amount, solving, whole)
    _note(solver.points[place], total, passes * len(members))


def find_bracket(case: Case, solver: Sweep, exact: Array) -> None:
    """Look for the target error by halving the range of tolerances."""
    low, high = 0, len(LEVELS) - 1
    if visit(case, solver, high, exact).error > TARGET:
        return
    if visit(case, solver, low, exact).error <= TARGET:
        return
    while high - low > 1:
        middle = (low + high) // 2
        if visit(case, solver, middle, exact).error > TARGET:
            low = middle
        else:
            high = middle


def compare(
    case: Case, peers: Sequence[str], effort: Effort, say: Callable[[str], None]
) -> tuple[Reference, dict[str, Sweep]]:
    """Return the answer to one case, and every solver's errors and times."""
    ready, absent = get_ready(case, peers, effort, say)
    trusted = {name: peer for name, peer in ready.items() if name in CONFIRM}
    exact = reference(case, effort, trusted, say)
    solvers = {"exocast": ours(case, effort.members)}
    for name in peers:
        if name in ready:
            solvers[name] = theirs(case, ready[name], effort)
        else:
            solvers[name] = Sweep(name, PEERS[name].setting, 0, why=absent[name])
    measure(case, [solver for solver in solvers.values() if solver.run], exact, effort, say)
    return exact, solvers


def measure(
    case: Case,
    running: Sequence[Sweep],
    exact: Reference,
    effort: Effort,
    say: Callable[[str], None],
) -> None:
    """Take errors over the tolerances, then times at the bracket, the solvers in turn."""
    for solver in running:
        say(f"{solver.name}: errors of {solver.members} members")
        if effort.everywhere or solver.name == "exocast":
            for place in range(len(LEVELS)):
                visit(case, solver, place, exact.amount)
        else:
            find_bracket(case, solver, exact.amount)
    for repeat in range(effort.repeats):
        say(f"timing {repeat + 1} of {effort.repeats}")
        for solver in running:
            for place in solver.bracket() or ():
                clock(solver, place, effort.shortest)
    for solver in running:  # the other points of the diagram
        for place, point in sorted(solver.points.items()):
            if not point.timings:
                clock(solver, place, 0.0, tiled=effort.everywhere)
