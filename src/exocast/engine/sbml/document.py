"""What an SBML file says, without libSBML: quantities, reactions, events and their formulas."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

__all__ = ["Document", "Formula", "Happening", "Quantity", "Reaction", "name_of", "number_of"]


@dataclass(frozen=True)
class Formula:
    """A formula as read, functions expanded.

    Attributes
    ----------
    operator : str
        Its name in MathML; ``number``, ``name`` and ``time`` have no arguments.
    arguments : tuple of Formula
        Of a piecewise: value, condition, value, condition, ..., otherwise.
    value : float
        Of a number.
    name : str
        Of a name: the identifier that it refers to.
    """

    operator: str
    arguments: tuple[Formula, ...] = ()
    value: float = 0.0
    name: str = ""

    def names(self) -> Iterator[str]:
        """Yield every identifier that the formula refers to."""
        if self.operator == "name":
            yield self.name
        for argument in self.arguments:
            yield from argument.names()

    def put(self, meanings: Mapping[str, Formula]) -> Formula:
        """Return the formula with identifiers replaced by formulas."""
        if self.operator == "name":
            return meanings.get(self.name, self)
        return replace(self, arguments=tuple(item.put(meanings) for item in self.arguments))


def number_of(value: float) -> Formula:
    """Return a number as a formula."""
    return Formula("number", value=value)


def name_of(identifier: str) -> Formula:
    """Return a reference as a formula."""
    return Formula("name", name=identifier)


@dataclass(frozen=True)
class Quantity:
    """A compartment, species, parameter or stoichiometry.

    Attributes
    ----------
    identifier : str
        As in the file; a parameter of one reaction is ``<reaction>.<parameter>``.
    kind : {"compartment", "species", "parameter", "stoichiometry"}
    name, units : str
        As written; empty where nothing is.
    line : int
    compartment : str
        Of a species that formulas read as a concentration; empty where they read an amount.
    reacts : bool
        Whether reactions change it: a species, neither constant nor at the boundary.
    initial : Formula or None
        What formulas read at time 0.
    rule : Formula or None
        What it equals at all times.
    rate : Formula or None
        Its derivative by time.
    """

    identifier: str
    kind: Literal["compartment", "species", "parameter", "stoichiometry"]
    name: str = ""
    units: str = ""
    line: int = 0
    compartment: str = ""
    reacts: bool = False
    initial: Formula | None = None
    rule: Formula | None = None
    rate: Formula | None = None

    def has_value(self) -> bool:
        """Whether the file gives a finite value, or a formula, at time 0."""
        if self.initial is None:
            return False
        return self.initial.operator != "number" or math.isfinite(self.initial.value)


@dataclass(frozen=True)
class Reaction:
    """A reaction: how fast it runs, and what one turn of it adds to each species."""

    identifier: str
    line: int
    law: Formula
    changes: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True)
class Happening:
    """An event without delay.

    Attributes
    ----------
    identifier : str
    line : int
    trigger : Formula
    held : bool
        Whether the trigger counts as true before time 0, so that it cannot fire then.
    priority : float
        Of several events at once the highest acts first; -inf where none is written.
    joins : bool
        Whether it acts even if another event of the moment takes its trigger back, with what it
        sets computed before any of them acts.
    assignments : tuple of (identifier, Formula)
    """

    identifier: str
    line: int
    trigger: Formula
    held: bool
    priority: float
    joins: bool
    assignments: tuple[tuple[str, Formula], ...]


@dataclass(frozen=True)
class Document:
    """A whole model as read.

    Attributes
    ----------
    title : str
        The file, or the model's name.
    identifier : str
    level, version : int
    time_units : str
        As written; empty where nothing is.
    seconds : float
        Length of the unit of time [s]; NaN where the file does not say.
    quantities : mapping of str to Quantity
    reactions : mapping of str to Reaction
    happenings : tuple of Happening
    functions : int
        How many function definitions were expanded.
    left_out : tuple of str
        What was seen and has no effect here.
    """

    title: str
    identifier: str
    level: int
    version: int
    time_units: str
    seconds: float
    quantities: Mapping[str, Quantity]
    reactions: Mapping[str, Reaction]
    happenings: tuple[Happening, ...]
    functions: int
    left_out: tuple[str, ...]

    @cached_property
    def set_by_events(self) -> frozenset[str]:
        """Return the identifiers that some event sets."""
        return frozenset(
            identifier for event in self.happenings for identifier, _ in event.assignments
        )

    @cached_property
    def changed_by_reactions(self) -> frozenset[str]:
        """Return the species that some reaction changes."""
        return frozenset(
            identifier
            for reaction in self.reactions.values()
            for identifier, _ in reaction.changes
            if self.quantities[identifier].reacts
        )

    def is_state(self, quantity: Quantity) -> bool:
        """Whether a quantity has a history of its own."""
        return quantity.rule is None and (
            quantity.rate is not None
            or quantity.identifier in self.set_by_events
            or quantity.identifier in self.changed_by_reactions
        )

    def is_constant(self, quantity: Quantity) -> bool:
        """Whether nothing changes a quantity."""
        return quantity.rule is None and not self.is_state(quantity)

    def is_held_as_amount(self, quantity: Quantity) -> bool:
        """Whether a species that formulas read as a concentration is kept as an amount.

        So it is where amounts move or the volume changes, which leaves amounts as they are.
        """
        if not quantity.compartment or quantity.rate is not None or quantity.rule is not None:
            return False
        return self.is_state(quantity) or not self.is_constant(
            self.quantities[quantity.compartment]
        )

    def names(self, *, changes: bool = True) -> frozenset[str]:
        """Return every identifier in some formula, with stoichiometries or without."""
        found: set[str] = set()
        for quantity in self.quantities.values():
            for formula in (quantity.initial, quantity.rule, quantity.rate):
                found.update(formula.names() if formula else ())
        for reaction in self.reactions.values():
            found.update(reaction.law.names())
            for _, stoichiometry in reaction.changes if changes else ():
                found.update(stoichiometry.names())
        for event in self.happenings:
            found.update(event.trigger.names())
            for _, formula in event.assignments:
                found.update(formula.names())
        return frozenset(found)

    @cached_property
    def used(self) -> frozenset[str]:
        """Return every identifier that some formula needs, volumes of concentrations included."""
        found = self.names()
        return found | {
            quantity.compartment
            for quantity in self.quantities.values()
            if quantity.compartment
            and (quantity.identifier in found or self.is_held_as_amount(quantity))
        }
