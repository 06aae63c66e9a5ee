"""A network of states, transfers and passengers: how a model is declared to the engine.

Two layers (see ``physics_decisions.md``, items 1 and 3). *Populations* are states that move by
per-capita rates. *Passengers* (cargo, labels, surface molecules) ride every move of their
population at the same per-capita rate and add a first-order loss of their own. A passenger without
loss needs no state, because its amount is copies a vesicle times vesicles, at every place and time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from exocast.engine.compiled import CompiledNetwork
from exocast.engine.declaration import Event, Flux, Table
from exocast.engine.expression import (
    Expression,
    Graph,
    State,
    exp,
    log,
    maximum,
    minimum,
    piecewise,
    smooth_step,
    sqrt,
)
from exocast.engine.operation import Operation
from exocast.engine.remembering import compile_once
from exocast.errors import EngineError, WiringError, nearest

__all__ = [
    "Expression",
    "Network",
    "Passenger",
    "State",
    "exp",
    "log",
    "maximum",
    "minimum",
    "piecewise",
    "smooth_step",
    "sqrt",
]


@dataclass(frozen=True)
class _Move:
    """A population's transfer at a per-capita rate; a target of None is outside."""

    source: State
    target: State | None
    per_capita: Expression


@dataclass(frozen=True)
class Passenger:
    """Something that rides a population: its amount at every place of that population.

    Attributes
    ----------
    name : str
        Key, as given.
    places : tuple of State
        The population's states that it can be in.
    copies : Expression or None
        Amount a vesicle, a parameter named ``<name>.copies``; None when there is a loss and the
        passenger has states of its own.
    """

    name: str
    places: tuple[State, ...]
    copies: Expression | None
    _amounts: Mapping[State, Expression]
    _leaves: Mapping[State, State] | State | None = field(default=None)

    def at(self, place: State) -> Expression:
        """Return the passenger's amount at a place: a State if it has a loss anywhere.

        Raises
        ------
        WiringError
            If the passenger is not declared at that place.
        """
        found = self._amounts.get(place)
        if found is None:
            hint = nearest(place.name, [known.name for known in self.places])
            raise WiringError(f"Passenger `{self.name}` is not carried at `{place.name}`. {hint}")
        return found

    def sink(self, target: State | None) -> State | None:
        """Return where the passenger goes when its vesicle moves to a place it has no state at."""
        if isinstance(self._leaves, State):
            return self._leaves
        if self._leaves is None or target is None:
            return None
        return self._leaves.get(target)


class Network:
    """Declares states and what moves between them, then compiles to arrays.

    Examples
    --------
    >>> network = Network()
    >>> blood = network.state("blood", scale=1.0)
    >>> gone = network.state("gone", scale=1.0)
    >>> network.move(blood, gone, network.parameter("clearance") / network.parameter("volume"))
    >>> print(network.compile().equations()[0].infix)
    d[blood]/dt = -clearance*blood/volume
    """

    def __init__(self) -> None:
        self._graph = Graph()
        self._states: dict[str, State] = {}
        self._parameters: dict[str, Expression] = {}
        self._passengers: dict[str, Passenger] = {}
        self._ridden: set[State] = set()
        self._moves: list[_Move] = []
        self._fluxes: list[Flux] = []
        self._tables: list[Table] = []
        self._events: list[Event] = []

    def parameter(self, name: str) -> Expression:
        """Return the parameter of this name: one number a member, constant in time.

        Parameters
        ----------
        name : str
            Asking twice gives the same node; the order is that of the first asking.
        """
        if name not in self._parameters:
            if not name:
                raise EngineError("A parameter needs a name.")
            position = float(len(self._parameters))
            node = self._graph.node(Operation.PARAMETER, value=position, name=name)
            self._parameters[name] = node
        return self._parameters[name]

    def time(self) -> Expression:
        """Return the time since the start of the run, as a rate may use it."""
        return self._graph.node(Operation.TIME)

    def table(
        self,
        times: Sequence[float],
        values: Sequence[Expression | float],
        kind: Literal["linear", "step"] = "linear",
    ) -> Expression:
        """Return an input that follows a table in time: a temperature log, a measured dose rate.

        Parameters
        ----------
        times : sequence (m,) of float [time]
            The knots, increasing; they are stop times, never stepped over.
        values : sequence (m,) of Expression or float
            The value at each knot; parameters let it differ between members.
        kind : {"linear", "step"}
            Straight between knots, or the last knot's value until the next. Before the first knot
            and after the last the nearest value holds.

        Raises
        ------
        EngineError
            If the knots do not increase, or times and values differ in number.
        """
        knots = tuple(float(time) for time in times)
        if not knots or len(knots) != len(values):
            raise EngineError(
                f"A table needs one value a knot: got {len(knots)} times, {len(values)} values."
            )
        if not all(map(math.isfinite, knots)) or any(
            later <= sooner for sooner, later in pairwise(knots)
        ):
            raise EngineError(f"The times of a table must be finite and increase, got {knots}.")
        if kind not in ("linear", "step"):
            raise EngineError(f"A table is 'linear' or 'step', not {kind!r}.")
        nodes = tuple(self._expression(value) for value in values)
        if any(node.varies for node in nodes):
            raise EngineError("The values of a table are numbers or parameters, not states.")
        self._tables.append(Table(knots, nodes, kind == "step"))
        return self._graph.node(Operation.TABLE, value=float(len(self._tables) - 1))

    def event(self, trigger: Expression, assignments: Mapping[State, Expression | float]) -> None:
        """Set states at the moment a trigger rises above 0.

        Parameters
        ----------
        trigger : Expression
            Fires when it goes from 0 or below to above 0; a run that starts above 0 has not fired.
        assignments : mapping of State to Expression or float
            New amounts, all computed from the amounts just before.

        Notes
        -----
        The moment is found on the dense output of the step that it lies in. A trigger that rises
        and falls within one step is not seen. Events at one moment act in the order of their
        declaration, each on what the one before left.
        """
        if not assignments:
            raise EngineError("An event needs at least one assignment.")
        for state in assignments:
            self._ends(state, None)
        values = {state: self._expression(value) for state, value in assignments.items()}
        self._events.append(Event(self._expression(trigger), values))

    def state(self, name: str, scale: float, *, signed: bool = False) -> State:
        """Declare an amount to follow.

        Parameters
        ----------
        name : str
            Unique in this network.
        scale : float
            Size below which the amount need not be resolved, in its own unit; the absolute
            tolerance is the relative one times this.
        signed : bool
            Whether it may be negative. An amount may not: a step that takes it clearly below 0 is
            refused and tried shorter.

        Raises
        ------
        EngineError
            If the name is taken or empty, or the scale is not a positive number.
        """
        if not name or name in self._states:
            raise EngineError(f"State `{name}` is declared already; names are unique, not empty.")
        if not (math.isfinite(scale) and scale > 0.0):
            raise EngineError(f"State `{name}` needs a positive, finite scale, got {scale!r}.")
        state = self._graph.state(name, len(self._states), float(scale), signed)
        self._states[name] = state
        return state

    def move(self, source: State, target: State | None, per_capita: Expression | float) -> None:
        """Move a population at a per-capita rate; its passengers ride along.

        Parameters
        ----------
        source, target : State
            Where from and where to; a target of None leaves the network unrecorded.
        per_capita : Expression or float [1/time]
            May depend on parameters and states. The flux is this times the source.
        """
        rate = self._expression(per_capita)
        self._ends(source, target)
        if source in self._ridden:
            raise WiringError(
                f"`{source.name}` holds a passenger, which moves with its population; "
                "move the population, or declare a flux."
            )
        self._moves.append(_Move(source, target, rate))
        self._fluxes.append(Flux(source, target, rate * source))

    def flux(self, source: State | None, target: State | None, rate: Expression | float) -> None:
        """Move an absolute amount a time; nothing rides it.

        Parameters
        ----------
        source, target : State or None
            None is outside the network.
        rate : Expression or float [amount/time]
        """
        self._ends(source, target)
        self._fluxes.append(Flux(source, target, self._expression(rate)))

    def integral(self, name: str, rate: Expression | float, scale: float) -> State:
        """Declare the running integral of a rate, taken from nothing.

        Parameters
        ----------
        name : str
        rate : Expression or float [amount/time]
        scale : float [amount]
        """
        total = self.state(name, scale)
        self.flux(None, total, rate)
        return total

    def passenger(
        self,
        name: str,
        places: Iterable[State],
        loss: Mapping[State, tuple[Expression | float, State | None]] | None = None,
        scale: float = 1.0,
        leaves: State | Mapping[State, State] | None = None,
    ) -> Passenger:
        """Declare something that rides a population.

        Parameters
        ----------
        name : str
            Its states are named ``<name>@<place>``.
        places : iterable of State
            The population's states that it can be in.
        loss : mapping of State to (rate [1/time], State or None)
            First-order loss per place and the pool that gains what is lost; None is for
            quantities that are not conserved, such as factorial moments. Empty: no states, the
            amount is ``copies * place`` everywhere.
        scale : float
            Scale of its states, as in :meth:`state`.
        leaves : State or mapping of State to State
            The pool that gains the cargo when vesicles move to a target that is not one of the
            places: one pool for all such targets, or one for each.

        Notes
        -----
        The m-th factorial moment of copies a vesicle, summed over the vesicles at a place, is a
        passenger with loss ``m * rate``.
        """
        held = tuple(places)
        losses = dict(loss or {})
        if name in self._passengers:
            raise EngineError(f"Passenger `{name}` is already declared.")
        if not held or len(set(held)) != len(held):
            raise WiringError(f"Passenger `{name}` needs at least one place, and each only once.")
        for place in held:
            self._ends(place, None)
            if place in self._ridden:
                raise WiringError(f"Passenger `{name}` cannot ride the passenger `{place.name}`.")
        for place in losses:
            if place not in held:
                hint = nearest(place.name, [known.name for known in held])
                raise WiringError(
                    f"Passenger `{name}` has a loss at `{place.name}`, which is not one of its "
                    f"places. {hint}"
                )
        if not losses:
            copies = self.parameter(f"{name}.copies")
            plain = Passenger(name, held, copies, {place: copies * place for place in held})
            self._passengers[name] = plain
            return plain
        amounts = {place: self.state(f"{name}@{place.name}", scale) for place in held}
        self._ridden.update(amounts.values())
        for place, (rate, target) in losses.items():
            self.flux(amounts[place], target, self._expression(rate) * amounts[place])
        riding = Passenger(name, held, None, amounts, leaves)
        self._passengers[name] = riding
        return riding

    def compile(self) -> CompiledNetwork:
        """Return the network as arrays; it can go on growing and be compiled again.

        Equal networks, built in the same order, are compiled once and share their arrays.

        Raises
        ------
        WiringError
            If vesicles move to a place where a passenger has neither a state nor a `leaves` pool.
        EngineError
            If there are no states.
        """
        if not self._states:
            raise EngineError("The network has no states.")
        fluxes = [*self._fluxes, *self._rides()]
        return compile_once(
            tuple(self._states.values()),
            tuple(self._parameters),
            fluxes,
            tuple(self._tables),
            tuple(self._events),
        )

    def _rides(self) -> list[Flux]:
        """Return the fluxes of passengers that have states: one per move of their population."""
        rides: list[Flux] = []
        faults: list[str] = []
        for passenger in self._passengers.values():
            if passenger.copies is not None:
                continue
            here = set(passenger.places)
            for move in self._moves:
                if move.source not in here:
                    continue
                amount = passenger.at(move.source)
                if move.target is not None and move.target in here:
                    landing: Expression | None = passenger.at(move.target)
                else:
                    landing = passenger.sink(move.target)
                if landing is None:
                    where = move.target.name if move.target is not None else "outside"
                    faults.append(f"`{passenger.name}` from `{move.source.name}` to `{where}`")
                    continue
                assert isinstance(amount, State)
                assert isinstance(landing, State)
                rides.append(Flux(amount, landing, move.per_capita * amount))
        if faults:
            raise WiringError(
                f"Passengers are carried to places they are not declared at: {'; '.join(faults)}. "
                "Add the target to the passenger's places, or name a pool with `leaves`."
            )
        return rides

    def _expression(self, value: Expression | float) -> Expression:
        """Return a rate as a node of this network."""
        if not isinstance(value, Expression):
            return self._graph.constant(value)
        if value.graph is not self._graph:
            raise EngineError(f"{value!r} belongs to another network.")
        return value

    def _ends(self, source: State | None, target: State | None) -> None:
        """Check that the ends of a transfer are states of this network and differ."""
        for end in (source, target):
            if end is None:
                continue
            if not isinstance(end, State):
                raise EngineError(f"{end!r} is not a state; transfers run between states.")
            if end.graph is not self._graph:
                raise EngineError(f"{end!r} belongs to another network.")
        if source is target:
            name = "outside" if source is None else source.name
            raise EngineError(f"A transfer from `{name}` to itself moves nothing.")
