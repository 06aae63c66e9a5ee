"""The last compiled networks are kept, so that equal declarations compile once.

A study builds the same network for every design, fit and figure. Building costs little; deriving,
ordering and lowering it do not.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from exocast.engine.compiled import CompiledNetwork, compile_network
from exocast.engine.declaration import Event, Flux, Table
from exocast.engine.expression import Expression, State

__all__ = ["compile_once"]

KEPT = 32
"""How many: one of 336 states takes half a megabyte."""

_known: OrderedDict[bytes, CompiledNetwork] = OrderedDict()
_lock = Lock()


def compile_once(
    states: Sequence[State],
    parameter_names: tuple[str, ...],
    fluxes: Sequence[Flux],
    tables: Sequence[Table] = (),
    events: Sequence[Event] = (),
) -> CompiledNetwork:
    """Return a network's arrays, those of an equal declaration if one was compiled before.

    Parameters
    ----------
    states, parameter_names, fluxes, tables, events
        As for :func:`exocast.engine.compiled.compile_network`.
    """
    key = digest(states, parameter_names, fluxes, tables, events)
    with _lock:
        found = _known.get(key)
        if found is not None:
            _known.move_to_end(key)
            return found
    made = compile_network(states, parameter_names, fluxes, tables, events)
    with _lock:
        _known[key] = made
        while len(_known) > KEPT:
            _known.popitem(last=False)
    return made


def digest(
    states: Sequence[State],
    parameter_names: tuple[str, ...],
    fluxes: Sequence[Flux],
    tables: Sequence[Table],
    events: Sequence[Event],
) -> bytes:
    """Return the SHA-256 of a declaration.

    Notes
    -----
    Every node of the graph goes in, also those that no rate uses: a derivative may find such a node
    ready made, which orders its operands. So what is kept is, to the bit, what compiling gives.
    """
    nodes = states[0].graph.nodes
    lists: list[list[int]] = [
        [int(node.operation) for node in nodes],
        [len(node.arguments) for node in nodes],
        [argument.index for node in nodes for argument in node.arguments],
        [state.index for state in states],
        [state.signed for state in states],
        [end for flux in fluxes for end in (_index(flux.source), _index(flux.target))],
        [flux.rate.index for flux in fluxes],
        [len(table.times) for table in tables],
        [table.steps for table in tables],
        [node.index for table in tables for node in table.values],
        [event.trigger.index for event in events],
        [len(event.assignments) for event in events],
        [node.index for event in events for pair in event.assignments.items() for node in pair],
    ]
    numbers: list[list[float]] = [
        [node.value for node in nodes],
        [state.scale for state in states],
        [time for table in tables for time in table.times],
    ]
    seal = hashlib.sha256(repr((parameter_names, [node.name for node in nodes])).encode())
    for whole in lists:
        seal.update(len(whole).to_bytes(8, "little") + np.array(whole, dtype=np.int64).tobytes())
    for real in numbers:
        seal.update(len(real).to_bytes(8, "little") + np.array(real, dtype=np.float64).tobytes())
    return seal.digest()


def _index(node: Expression | None) -> int:
    return -1 if node is None else node.index
