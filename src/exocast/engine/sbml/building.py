"""A document put into a network: states, parameters, fluxes and events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exocast.engine.expression import Expression, State
from exocast.engine.network import Network
from exocast.engine.operation import Operation
from exocast.engine.sbml.checking import running_order
from exocast.engine.sbml.document import Document, Formula, Happening, Quantity, Reaction
from exocast.engine.sbml.translating import Translator
from exocast.errors import EngineError

__all__ = ["Built", "Trigger", "build"]


@dataclass(frozen=True)
class Trigger:
    """An event as it was put into the network."""

    trigger: Expression
    held: bool
    assignments: Mapping[State, Expression]


@dataclass(frozen=True)
class Built:
    """What a document became.

    Attributes
    ----------
    symbols : mapping of str to Expression
        What formulas read for every identifier, reactions included.
    events : tuple of Trigger
        In the order in which they act at one moment.
    jumps : mapping of int to float
        For each table of the network made here, the time at which it rises from 0 to 1.
    """

    symbols: Mapping[str, Expression]
    events: tuple[Trigger, ...]
    jumps: Mapping[int, float]


def build(
    document: Document,
    network: Network,
    state: Callable[[str], State],
    parameter: Callable[[str], Expression],
    replace: Mapping[str, Expression | float],
    time_unit: float,
) -> Built:
    """Put a document into a network.

    Parameters
    ----------
    document : Document
    network : Network
    state, parameter : callable of str
        Declare the state or the parameter of an identifier.
    replace : mapping of str to Expression or float
        Identifiers that something else stands for.
    time_unit : float
        Length of the model's unit of time in that of the network.
    """
    builder = _Builder(document, network, time_unit)
    builder.declare(state, parameter, replace)
    for reaction in document.reactions.values():
        if reaction.identifier not in replace:
            builder.react(reaction)
    for quantity in document.quantities.values():
        if quantity.rate is not None and quantity.identifier not in replace:
            builder.change(quantity)
    return Built(builder.symbols, builder.happen(), builder.jumps)


class _Builder:
    def __init__(self, document: Document, network: Network, time_unit: float) -> None:
        clock = network.time()
        self.symbols: dict[str, Expression] = {}
        self.jumps: dict[int, float] = {}
        self._document = document
        self._network = network
        self._time_unit = time_unit
        self._steps: dict[float, Expression] = {}
        self._held: dict[str, Expression] = {}
        self._translator = Translator(
            clock if time_unit == 1.0 else clock / time_unit, self.symbols, self._since
        )

    def _since(self, begin: float) -> Expression:
        """Return a step in time from 0 to 1, the same one where it is asked for again."""
        moment = begin * self._time_unit
        if moment not in self._steps:
            step = self._network.table((0.0, moment), (0.0, 1.0), "step")
            self.jumps[int(step.value)] = moment
            self._steps[moment] = step
        return self._steps[moment]

    def declare(
        self,
        state: Callable[[str], State],
        parameter: Callable[[str], Expression],
        replace: Mapping[str, Expression | float],
    ) -> None:
        """Give every identifier its meaning, what others are made of first."""
        document = self._document
        constant = self._network.time().graph.constant
        for name, quantity in document.quantities.items():  # in the order of the file
            if name not in replace and document.is_state(quantity):
                self._held[name] = state(name)
            elif name not in replace and quantity.rule is None:
                self._held[name] = parameter(name)
        for name in running_order(document):
            if name in replace:
                value = replace[name]
                self.symbols[name] = value if isinstance(value, Expression) else constant(value)
            elif name in document.reactions:
                self.symbols[name] = self._number(document.reactions[name].law, f"`{name}`")
            elif (rule := document.quantities[name].rule) is not None:
                self.symbols[name] = self._number(rule, f"`{name}`")
            else:
                held = self._held[name]
                if document.is_held_as_amount(document.quantities[name]):
                    held = held / self.symbols[document.quantities[name].compartment]
                self.symbols[name] = held

    def _number(self, formula: Formula, where: str) -> Expression:
        try:
            return self._translator.number(formula)
        except EngineError as error:
            raise EngineError(f"{where}: {error}") from error

    def react(self, reaction: Reaction) -> None:
        """Let a reaction change its species; what leaves one and enters another is one flux."""
        added: dict[State, Expression] = {}
        for name, formula in reaction.changes:
            held = self._held.get(name)
            if not isinstance(held, State) or not self._document.quantities[name].reacts:
                continue
            amount = self._number(formula, f"`{reaction.identifier}`")
            added[held] = added[held] + amount if held in added else amount
        added = {
            held: amount
            for held, amount in added.items()
            if amount.operation is not Operation.CONSTANT or amount.value
        }
        rate = self.symbols[reaction.identifier] / self._time_unit
        if len(added) == 2:
            (first, taken), (second, given) = sorted(added.items(), key=lambda item: item[1].value)
            if (-taken) is given:
                self._network.flux(first, second, given * rate)
                return
        for held, amount in added.items():
            self._network.flux(None, held, amount * rate)

    def change(self, quantity: Quantity) -> None:
        """Let a rate rule change its quantity."""
        assert quantity.rate is not None
        held = self._held[quantity.identifier]
        assert isinstance(held, State)
        rate = self._number(quantity.rate, f"`{quantity.identifier}`")
        self._network.flux(None, held, rate / self._time_unit)

    def happen(self) -> tuple[Trigger, ...]:
        """Declare the events, those of higher priority first."""
        found: list[Trigger] = []
        joins = False
        for event in sorted(self._document.happenings, key=lambda event: -event.priority):
            made = Trigger(self._trigger(event), event.held, self._sets(event))
            last = found[-1] if found else None
            # Both compute what they set before either acts: one event that does both.
            if (
                last
                and joins
                and event.joins
                and (made.trigger, made.held) == (last.trigger, last.held)
                and not set(made.assignments) & set(last.assignments)
            ):
                both = {**last.assignments, **made.assignments}
                found[-1] = Trigger(last.trigger, last.held, both)
                continue
            joins = event.joins
            found.append(made)
        for made in found:
            self._network.event(made.trigger, made.assignments)
        return tuple(found)

    def _trigger(self, event: Happening) -> Expression:
        try:
            return self._translator.trigger(event.trigger)
        except EngineError as error:
            raise EngineError(f"event `{event.identifier}`: {error}") from error

    def _sets(self, event: Happening) -> dict[State, Expression]:
        """Return what an event sets.

        A concentration is set in the volume just before, and setting a volume leaves amounts.
        """
        where = f"event `{event.identifier}`"
        values = {name: self._number(formula, where) for name, formula in event.assignments}
        for name in values:
            if not isinstance(self._held.get(name), State):
                raise EngineError(f"{where} sets `{name}`, which something else stands for.")
        sets: dict[State, Expression] = {}
        for name, quantity in self._document.quantities.items():
            held, volume = self._held.get(name), quantity.compartment
            if not isinstance(held, State):
                continue
            if self._document.is_held_as_amount(quantity):
                if name in values:
                    sets[held] = values[name] * self.symbols[volume]
            elif volume in values:
                sets[held] = values.get(name, held) * self.symbols[volume] / values[volume]
            elif name in values:
                sets[held] = values[name]
        return sets
