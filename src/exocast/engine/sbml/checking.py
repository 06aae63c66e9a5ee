"""What must hold before a model is built: everything has a value, and nothing waits for itself."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from exocast.engine.sbml.document import Document, Formula
from exocast.errors import Problem

__all__ = ["faults_of", "initial_order", "running_order"]


def initial_order(document: Document) -> list[str]:
    """Return quantities and reactions in an order in which their values at time 0 can be found."""
    return _order(
        {
            **{name: item.initial for name, item in document.quantities.items()},
            **{name: item.law for name, item in document.reactions.items()},
        },
        {},
    )


def running_order(document: Document) -> list[str]:
    """Return quantities and reactions in an order in which each follows what it is made of."""
    return _order(
        {
            **{name: item.rule for name, item in document.quantities.items()},
            **{name: item.law for name, item in document.reactions.items()},
        },
        {
            name: item.compartment
            for name, item in document.quantities.items()
            if document.is_held_as_amount(item)
        },
    )


def _order(made_of: Mapping[str, Formula | None], also: Mapping[str, str]) -> list[str]:
    graph = {
        name: {*(formula.names() if formula else ()), *([also[name]] if name in also else [])}
        for name, formula in made_of.items()
    }
    return list(TopologicalSorter(graph).static_order())


def faults_of(document: Document) -> list[Problem]:
    """Return what is missing or contradicts itself."""
    faults: list[Problem] = []
    known = {*document.quantities, *document.reactions}
    for name, where, line in _names(document):
        if name not in known:
            faults.append(Problem(f"`{name}` is nowhere declared.", where, line))
    for name in sorted(document.set_by_events):
        quantity = document.quantities.get(name)
        if quantity is None:
            faults.append(Problem(f"`{name}` is set by an event and nowhere declared."))
        elif quantity.rule is not None:
            faults.append(
                Problem(
                    f"`{name}` is set by an event and by an assignment rule.", "", quantity.line
                )
            )
    if faults:
        return faults
    faults = [
        Problem("has no value.", f"{quantity.kind} `{quantity.identifier}`", quantity.line)
        for quantity in document.quantities.values()
        if not quantity.has_value()
    ]
    for order, when in ((initial_order, " at time 0"), (running_order, "")):
        try:
            order(document)
        except CycleError as error:
            circle = " -> ".join(f"`{name}`" for name in error.args[1])
            faults.append(Problem(f"formulas wait for one another{when}: {circle}."))
            break
    return faults


def _names(document: Document) -> list[tuple[str, str, int]]:
    """Return every identifier in a formula, with where it stands."""
    found: list[tuple[str, str, int]] = []
    for quantity in document.quantities.values():
        for formula in (quantity.initial, quantity.rule, quantity.rate):
            where = f"formula of `{quantity.identifier}`"
            found += [(name, where, quantity.line) for name in (formula.names() if formula else ())]
    for reaction in document.reactions.values():
        formulas = [reaction.law, *(amount for _, amount in reaction.changes)]
        where = f"reaction `{reaction.identifier}`"
        found += [(name, where, reaction.line) for item in formulas for name in item.names()]
    for event in document.happenings:
        formulas = [event.trigger, *(formula for _, formula in event.assignments)]
        where = f"event `{event.identifier}`"
        found += [(name, where, event.line) for item in formulas for name in item.names()]
    return found
