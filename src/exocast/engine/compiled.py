"""A network as frozen arrays: what both engines, the printer and a digest need, without names."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exocast.engine.calculus import Differentiator
from exocast.engine.declaration import Event, Flux, Table
from exocast.engine.expression import Expression, State
from exocast.engine.tape import Tape, build_tape, starts_of
from exocast.errors import EngineError, nearest

if TYPE_CHECKING:
    from exocast.engine import _native
    from exocast.engine.printing import Equation

__all__ = ["CompiledNetwork", "Listing", "compile_network"]


@dataclass(frozen=True)
class Listing:
    """The formulas as declared, before the tape rearranges them: for the reference and printing.

    Attributes
    ----------
    operation : array (m,)
        :class:`exocast.engine.operation.Operation` of each node, arguments before users.
    arguments : array (m, 3)
        Nodes that a node is built from, -1 where there is none.
    value : array (m,)
        The number of a constant; the position of a parameter, a state or a table.
    source, target, rate : array (f,)
        State positions (-1 outside) and the node of each flux.
    slope_flux, slope_state, slope : array (q,)
        Derivative of a flux with respect to a state: which flux, which state (-1 is time), which
        node.
    table_start, table_time, table_value : array (b + 1,), (k,), (k,)
        The knots of each table, and the node of the value at each.
    table_steps : array (b,)
        1 where a table holds its value until the next knot, 0 where it is straight between them.
    trigger : array (v,)
        The node of each event's trigger.
    set_start, set_state, set_value : array (v + 1,), (w,), (w,)
        The states that each event sets, and the node of each new amount.
    """

    operation: NDArray[np.int32]
    arguments: NDArray[np.int32]
    value: NDArray[np.float64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    rate: NDArray[np.int32]
    slope_flux: NDArray[np.int32]
    slope_state: NDArray[np.int32]
    slope: NDArray[np.int32]
    table_start: NDArray[np.int32]
    table_time: NDArray[np.float64]
    table_value: NDArray[np.int32]
    table_steps: NDArray[np.int32]
    trigger: NDArray[np.int32]
    set_start: NDArray[np.int32]
    set_state: NDArray[np.int32]
    set_value: NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class CompiledNetwork:
    """A network ready to be solved for any number of members.

    Attributes
    ----------
    state_names, parameter_names : tuple of str
        In the order of the columns of `start` and `parameters`.
    scale : array (s,)
        Size below which each state need not be resolved.
    signed : array (s,)
        Which states may be negative.
    tape : Tape
        Program of the native engine.
    listing : Listing
        Formulas as declared.
    """

    state_names: tuple[str, ...]
    parameter_names: tuple[str, ...]
    scale: NDArray[np.float64]
    signed: NDArray[np.bool_]
    tape: Tape = field(repr=False)
    listing: Listing = field(repr=False)

    @cached_property
    def native_program(self) -> _native.Program:
        """The tape as the compiled machine holds it, made on first use."""
        from exocast.engine import _native

        tape = self.tape
        return _native.Program(*(getattr(tape, item.name) for item in fields(tape)))

    def __getstate__(self) -> dict[str, object]:
        """Leave the machine's own copy behind: it is remade on first use."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of names, scales and formulas: equal digests solve equally."""
        seal = hashlib.sha256()
        seal.update(repr((self.state_names, self.parameter_names)).encode())
        seal.update(self.scale.tobytes())
        seal.update(self.signed.tobytes())
        for item in fields(self.listing):
            array: NDArray[np.generic] = getattr(self.listing, item.name)
            seal.update(repr((item.name, array.shape)).encode())
            seal.update(array.tobytes())
        return seal.hexdigest()

    def state(self, name: str) -> int:
        """Return the position of a state, for doses and `keep`.

        Raises
        ------
        EngineError
            If there is no such state; the message offers the nearest.
        """
        return _position(name, self.state_names, "state")

    def parameter(self, name: str) -> int:
        """Return the position of a parameter.

        Raises
        ------
        EngineError
            If there is no such parameter; the message offers the nearest.
        """
        return _position(name, self.parameter_names, "parameter")

    def equations(self) -> tuple[Equation, ...]:
        """Return the rate of every state as infix text and LaTeX."""
        from exocast.engine.printing import equations

        return equations(self)


def _position(name: str, names: tuple[str, ...], kind: str) -> int:
    try:
        return names.index(name)
    except ValueError:
        raise EngineError(f"There is no {kind} `{name}`. {nearest(name, names)}") from None


def compile_network(
    states: Sequence[State],
    parameter_names: tuple[str, ...],
    fluxes: Sequence[Flux],
    tables: Sequence[Table] = (),
    events: Sequence[Event] = (),
) -> CompiledNetwork:
    """Return a network's arrays.

    Parameters
    ----------
    states : sequence of State
    parameter_names : tuple of str
    fluxes : sequence of Flux
        Every transfer, rides of passengers included.
    tables : sequence of Table
    events : sequence of Event
    """
    differentiator = Differentiator()
    listing = _list(fluxes, tables, events, differentiator)
    signed: list[list[tuple[int, Expression]]] = [[] for _ in states]
    for flux in fluxes:
        if flux.source is not None:
            signed[flux.source.position].append((-1, flux.rate))
        if flux.target is not None:
            signed[flux.target.position].append((1, flux.rate))
    scale = np.array([state.scale for state in states], dtype=np.float64)
    scale.flags.writeable = False
    signs = np.array([state.signed for state in states], dtype=np.bool_)
    signs.flags.writeable = False
    return CompiledNetwork(
        state_names=tuple(state.name for state in states),
        parameter_names=parameter_names,
        scale=scale,
        signed=signs,
        tape=build_tape(
            states[0].graph,
            len(parameter_names),
            states,
            signed,
            tables,
            events,
            differentiator,
        ),
        listing=listing,
    )


def _list(
    fluxes: Sequence[Flux],
    tables: Sequence[Table],
    events: Sequence[Event],
    differentiator: Differentiator,
) -> Listing:
    """Return the formulas and their derivatives as arrays of nodes."""
    slopes = [
        (number, position, node)
        for number, flux in enumerate(fluxes)
        for position, node in differentiator.gradient(flux.rate).items()
    ]
    knots = [node for table in tables for node in table.values]
    triggers = [event.trigger for event in events]
    sets = [pair for event in events for pair in event.assignments.items()]
    nodes = _below(
        [
            *[flux.rate for flux in fluxes],
            *[node for _, _, node in slopes],
            *knots,
            *triggers,
            *[node for _, node in sets],
        ]
    )
    place = {node.index: row for row, node in enumerate(nodes)}
    arguments = np.full((len(nodes), 3), -1, dtype=np.int32)
    for row, node in enumerate(nodes):
        for column, argument in enumerate(node.arguments):
            arguments[row, column] = place[argument.index]
    arguments.flags.writeable = False

    def ends(which: str) -> NDArray[np.int32]:
        found = [getattr(flux, which) for flux in fluxes]
        return _whole([-1 if end is None else end.position for end in found])

    return Listing(
        operation=_whole([int(node.operation) for node in nodes]),
        arguments=arguments,
        value=_real([node.value for node in nodes]),
        source=ends("source"),
        target=ends("target"),
        rate=_whole([place[flux.rate.index] for flux in fluxes]),
        slope_flux=_whole([number for number, _, _ in slopes]),
        slope_state=_whole([position for _, position, _ in slopes]),
        slope=_whole([place[node.index] for _, _, node in slopes]),
        table_start=starts_of([len(table.times) for table in tables]),
        table_time=_real([time for table in tables for time in table.times]),
        table_value=_whole([place[node.index] for node in knots]),
        table_steps=_whole([int(table.steps) for table in tables]),
        trigger=_whole([place[node.index] for node in triggers]),
        set_start=starts_of([len(event.assignments) for event in events]),
        set_state=_whole([state.position for state, _ in sets]),
        set_value=_whole([place[node.index] for _, node in sets]),
    )


def _below(roots: Sequence[Expression]) -> list[Expression]:
    """Return every node that the roots need, arguments before users."""
    seen: set[int] = set()
    found: list[Expression] = []
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index not in seen:
            seen.add(node.index)
            found.append(node)
            stack.extend(node.arguments)
    found.sort(key=lambda node: node.index)
    return found


def _whole(values: Sequence[int]) -> NDArray[np.int32]:
    array = np.array(values, dtype=np.int32)
    array.flags.writeable = False
    return array


def _real(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array
