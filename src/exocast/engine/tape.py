"""From formulas to the flat programs of the native machine.

Four programs, each a stream of whole numbers:

*setup* runs once a member on plain numbers: everything that depends on parameters alone. What the
others need of it is kept.
*rates* runs at every stage on packs of members: the part of the rates that is not linear. The
linear part is a sparse matrix of kept coefficients.
*slopes* runs once a step after the rates: derivatives that vary. The rest of the Jacobian is kept
coefficients.
*events* runs after each accepted step, where there are events: triggers, and the amounts they set.

The registers of a step are the kept numbers, the states, the inputs (time and tables), their slopes
in time, then results.

See ``lowering.py`` for the streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.engine.calculus import IN_TIME, Differentiator, Spread, spread
from exocast.engine.declaration import Event, Table
from exocast.engine.elimination import Elimination, plan
from exocast.engine.expression import Expression, Graph, State
from exocast.engine.lowering import lower, reachable
from exocast.engine.operation import Operation

__all__ = ["Tape", "build_tape"]


@dataclass(frozen=True, eq=False)
class Tape:
    """The programs of one network; states are in pivot order inside.

    Attributes
    ----------
    constants : array (c,)
        Numbers at the head of the setup registers; parameters follow, then results.
    setup_code : array (u,)
        Program on setup registers.
    setup_size : int
        How many setup registers.
    kept : array (k,)
        Setup register of each kept number; the first is zero.
    inputs : array (i,)
        The table behind each input register, -1 for time.
    table_start, table_time, table_value : array (b + 1,), (m,), (m,)
        Knots of each table, and the kept number of the value at each.
    table_steps : array (b,)
        1 where a table holds its value until the next knot.
    rate_code, slope_code, event_code : array (r,), (d,), (v,)
        Programs on the registers of a step.
    size : int
        How many registers a step needs.
    order : array (s,)
        State position at each pivot.
    row_shape : array (s, 3)
        Per row of the rates: linear terms, added results, taken results.
    row_index : array (w,)
        Per row: (kept coefficient, pivot) of each linear term, then registers.
    row_constant : array (s,)
        Kept number that each row starts from.
    row_start, diagonal : array (s + 1,), (s,)
        First entry of each row of L and U, and the entry of its pivot.
    column : array (e,)
        Column of each entry.
    entry_shape : array (e, 4)
        Per entry: kept coefficient, added slopes, taken slopes, products.
    entry_index : array (x,)
        Per entry: registers of the slopes, then pairs of entries.
    drift_pivot, drift_shape, drift_index : array (t,), (t, 2), (z,)
        Rows whose rate depends on time itself: pivot, counts of added and of taken registers, and
        the registers, whose sum is the derivative by time.
    trigger : array (e,)
        Register of each event's trigger.
    set_start, set_pivot, set_register : array (e + 1,), (w,), (w,)
        The pivots that each event sets, and the registers of their new amounts.
    signed : array (s,)
        Per pivot: 1 where the amount may be negative.
    """

    constants: NDArray[np.float64]
    setup_code: NDArray[np.int32]
    setup_size: int
    kept: NDArray[np.int32]
    inputs: NDArray[np.int32]
    table_start: NDArray[np.int32]
    table_time: NDArray[np.float64]
    table_value: NDArray[np.int32]
    table_steps: NDArray[np.int32]
    rate_code: NDArray[np.int32]
    slope_code: NDArray[np.int32]
    event_code: NDArray[np.int32]
    size: int
    order: NDArray[np.int32]
    row_shape: NDArray[np.int32]
    row_index: NDArray[np.int32]
    row_constant: NDArray[np.int32]
    row_start: NDArray[np.int32]
    diagonal: NDArray[np.int32]
    column: NDArray[np.int32]
    entry_shape: NDArray[np.int32]
    entry_index: NDArray[np.int32]
    drift_pivot: NDArray[np.int32]
    drift_shape: NDArray[np.int32]
    drift_index: NDArray[np.int32]
    trigger: NDArray[np.int32]
    set_start: NDArray[np.int32]
    set_pivot: NDArray[np.int32]
    set_register: NDArray[np.int32]
    signed: NDArray[np.int32]


@dataclass
class _Entry:
    """One element of the Jacobian: a kept coefficient and signed slopes that vary."""

    fixed: Expression | None
    varying: list[tuple[int, Expression]]


def build_tape(
    graph: Graph,
    parameter_count: int,
    states: Sequence[State],
    fluxes: Sequence[Sequence[tuple[int, Expression]]],
    tables: Sequence[Table],
    events: Sequence[Event],
    differentiator: Differentiator,
) -> Tape:
    """Return the programs for these rates.

    Parameters
    ----------
    graph : Graph
    parameter_count : int
    states : sequence (s,) of State
    fluxes : sequence (s,) of sequences of (sign, rate)
        Into and out of each state.
    tables : sequence of Table
    events : sequence of Event
    differentiator : Differentiator
        Its gradients are reused.
    """
    rows = _rows(fluxes)
    entries = _jacobian(graph, rows, differentiator)
    elimination = plan(len(rows), entries)
    zero = graph.constant(0.0)

    drifts = _drifts(rows, differentiator)
    rate_roots = [node for row in rows for _, node in row.rest]
    slope_roots = [node for entry in entries.values() for _, node in entry.varying]
    slope_roots += [node for _, signed in drifts for _, node in signed]
    event_roots = [event.trigger for event in events]
    event_roots += [node for event in events for node in event.assignments.values()]
    rate_nodes = reachable(rate_roots, varying=True)
    slope_nodes = reachable(slope_roots, varying=True, stop={node.index for node in rate_nodes})
    event_nodes = reachable(event_roots, varying=True)

    # Kept numbers in the order of their first use by the rows, which every stage walks.
    fixed: dict[int, Expression] = {zero.index: zero}
    for position in elimination.order:
        row = rows[position]
        for node in [zero if row.constant is None else row.constant, *row.linear.values()]:
            fixed.setdefault(node.index, node)
    for entry in entries.values():
        if entry.fixed is not None:
            fixed.setdefault(entry.fixed.index, entry.fixed)
    for node in rate_nodes + slope_nodes + event_nodes:
        for argument in node.arguments:
            if not argument.varies:
                fixed.setdefault(argument.index, argument)
    for node in [*slope_roots, *event_roots, *[node for table in tables for node in table.values]]:
        if not node.varies:
            fixed.setdefault(node.index, node)

    constants, kept, setup_code, setup_size = _setup(parameter_count, fixed)
    rank = {position: step for step, position in enumerate(elimination.order)}
    where = {index: slot for slot, index in enumerate(fixed)}
    for state in states:
        where[state.index] = len(fixed) + rank[state.position]
    inputs, first = _inputs(graph, len(tables), where, len(fixed) + len(rows))
    leaves = dict(where)
    rate_code, first = lower(rate_nodes, rate_roots, where, first)
    # A slope may read any rate result, but not a partial sum that was folded into a longer one.
    slope_nodes = reachable(slope_roots, varying=True, stop=set(where))
    slope_code, first = lower(slope_nodes, slope_roots, where, first)
    # Events look at the end of a step, where the results of the rates are of an earlier stage.
    event_code, size = lower(event_nodes, event_roots, leaves, first)

    row_shape, row_index, row_constant = _row_arrays(rows, elimination, rank, where, zero)
    entry_shape, entry_index = _entry_arrays(entries, elimination, where, zero)
    starts = starts_of([len(row) for row in elimination.rows])
    return Tape(
        constants=_real(constants),
        setup_code=_whole(setup_code),
        setup_size=setup_size,
        kept=_whole(kept),
        inputs=_whole(inputs),
        table_start=starts_of([len(table.times) for table in tables]),
        table_time=_real([time for table in tables for time in table.times]),
        table_value=_whole([where[node.index] for table in tables for node in table.values]),
        table_steps=_whole([int(table.steps) for table in tables]),
        rate_code=_whole(rate_code),
        slope_code=_whole(slope_code),
        event_code=_whole(event_code),
        size=size,
        order=_whole(elimination.order),
        row_shape=_whole(row_shape).reshape(-1, 3),
        row_index=_whole(row_index),
        row_constant=_whole(row_constant),
        row_start=starts,
        diagonal=_whole(
            [int(starts[step]) + row.index(step) for step, row in enumerate(elimination.rows)]
        ),
        column=_whole([column for row in elimination.rows for column in row]),
        entry_shape=_whole(entry_shape).reshape(-1, 4),
        entry_index=_whole(entry_index),
        drift_pivot=_whole([rank[position] for position, _ in drifts]),
        drift_shape=_whole(
            [
                sum(sign == wanted for sign, _ in signed)
                for _, signed in drifts
                for wanted in (1, -1)
            ]
        ).reshape(-1, 2),
        drift_index=_whole(
            [
                where[node.index]
                for _, signed in drifts
                for wanted in (1, -1)
                for sign, node in signed
                if sign == wanted
            ]
        ),
        trigger=_whole([leaves[event.trigger.index] for event in events]),
        set_start=starts_of([len(event.assignments) for event in events]),
        set_pivot=_whole([rank[state.position] for event in events for state in event.assignments]),
        set_register=_whole(
            [leaves[node.index] for event in events for node in event.assignments.values()]
        ),
        signed=_whole([int(states[position].signed) for position in elimination.order]),
    )


def starts_of(counts: Sequence[int]) -> NDArray[np.int32]:
    """Return where each run of items begins, and where the last ends."""
    return _whole(np.concatenate([[0], np.cumsum(counts)]).astype(np.int32))


def _inputs(graph: Graph, tables: int, where: dict[int, int], first: int) -> tuple[list[int], int]:
    """Give time and tables their registers, where used; return the inputs and the next register."""
    found = {int(node.value): node for node in graph.nodes if node.operation is Operation.TABLE}
    inputs = list(range(tables))
    for table, node in found.items():
        where[node.index] = first + table
    for node in graph.nodes:
        if node.operation is Operation.TIME:
            where[node.index] = first + len(inputs)
            inputs.append(-1)
    for node in graph.nodes:
        if node.operation is Operation.TABLE_SLOPE:
            where[node.index] = first + len(inputs) + int(node.value)
    return inputs, first + 2 * len(inputs)


def _drifts(
    rows: list[Spread], differentiator: Differentiator
) -> list[tuple[int, list[tuple[int, Expression]]]]:
    """Return, for each row that depends on time itself, the signed derivative by time."""
    drifts = []
    for position, row in enumerate(rows):
        signed = [
            (sign, differentiator.gradient(node)[IN_TIME])
            for sign, node in row.rest
            if IN_TIME in differentiator.gradient(node)
        ]
        if signed:
            drifts.append((position, signed))
    return drifts


def _whole(values: Sequence[int] | NDArray[np.int32]) -> NDArray[np.int32]:
    array = np.array(values, dtype=np.int32)
    array.flags.writeable = False
    return array


def _real(values: Sequence[float]) -> NDArray[np.float64]:
    array = np.array(values, dtype=np.float64)
    array.flags.writeable = False
    return array


def _rows(signed: Sequence[Sequence[tuple[int, Expression]]]) -> list[Spread]:
    """Return each state's rate as constant, linear and remaining part, cancelled where possible."""
    known: dict[int, Spread] = {}
    rows: list[Spread] = []
    for fluxes in signed:
        row = Spread()
        for sign, rate in fluxes:
            if rate.index not in known:
                known[rate.index] = spread(rate)
            row.add(sign, known[rate.index])
        row.rest = _cancel(row.rest)
        row.linear = {where: node for where, node in row.linear.items() if not _is_zero(node)}
        rows.append(row)
    return rows


def _is_zero(node: Expression) -> bool:
    return node.operation is Operation.CONSTANT and node.value == 0.0


def _cancel(addends: Iterable[tuple[int, Expression]]) -> list[tuple[int, Expression]]:
    """Return signed addends with opposite pairs removed."""
    count: dict[int, int] = {}
    nodes: dict[int, Expression] = {}
    for sign, node in addends:
        count[node.index] = count.get(node.index, 0) + sign
        nodes[node.index] = node
    return [
        (1 if times > 0 else -1, nodes[index])
        for index, times in count.items()
        for _ in range(abs(times))
    ]


def _jacobian(
    graph: Graph, rows: list[Spread], differentiator: Differentiator
) -> dict[tuple[int, int], _Entry]:
    """Return the elements of the Jacobian that are not zero."""
    entries: dict[tuple[int, int], _Entry] = {}
    for position, row in enumerate(rows):
        for column, node in row.linear.items():
            entries[position, column] = _Entry(node, [])
        for sign, rest in row.rest:
            for column, slope in differentiator.gradient(rest).items():
                if column == IN_TIME:
                    continue
                entry = entries.setdefault((position, column), _Entry(None, []))
                if not slope.varies:
                    base = graph.constant(0.0) if entry.fixed is None else entry.fixed
                    entry.fixed = base + slope if sign > 0 else base - slope
                elif slope.operation is Operation.NEGATE:
                    entry.varying.append((-sign, slope.arguments[0]))
                else:
                    entry.varying.append((sign, slope))
    for entry in entries.values():
        entry.varying = _cancel(entry.varying)
    return entries


def _setup(
    parameter_count: int, fixed: dict[int, Expression]
) -> tuple[list[float], list[int], list[int], int]:
    """Return constants, kept registers, code and size of the setup program."""
    roots = list(fixed.values())
    nodes = reachable(roots, varying=False)
    leaves = {node.index: node for node in roots if not node.arguments}
    for node in nodes:
        leaves.update({item.index: item for item in node.arguments if not item.arguments})
    constants: list[float] = []
    where: dict[int, int] = {}
    for node in leaves.values():
        if node.operation is Operation.CONSTANT:
            where[node.index] = len(constants)
            constants.append(node.value)
    for node in leaves.values():
        if node.operation is Operation.PARAMETER:
            where[node.index] = len(constants) + int(node.value)
    code, size = lower(nodes, roots, where, len(constants) + parameter_count)
    return constants, [where[index] for index in fixed], code, size


def _row_arrays(
    rows: list[Spread],
    elimination: Elimination,
    rank: dict[int, int],
    where: dict[int, int],
    zero: Expression,
) -> tuple[list[int], list[int], list[int]]:
    """Return the rates' rows in pivot order."""
    shape: list[int] = []
    index: list[int] = []
    constant: list[int] = []
    for position in elimination.order:
        row = rows[position]
        added = [where[node.index] for sign, node in row.rest if sign > 0]
        taken = [where[node.index] for sign, node in row.rest if sign < 0]
        shape += [len(row.linear), len(added), len(taken)]
        for column, node in row.linear.items():
            index += [where[node.index], rank[column]]
        index += added + taken
        constant.append(where[(zero if row.constant is None else row.constant).index])
    return shape, index, constant


def _entry_arrays(
    entries: dict[tuple[int, int], _Entry],
    elimination: Elimination,
    where: dict[int, int],
    zero: Expression,
) -> tuple[list[int], list[int]]:
    """Return the matrix entries, row by row in pivot order."""
    shape: list[int] = []
    index: list[int] = []
    products = iter(elimination.products)
    none = _Entry(None, [])
    for step, columns in enumerate(elimination.rows):
        for column in columns:
            key = (elimination.order[step], elimination.order[column])
            entry = entries.get(key, none)
            pairs = next(products)
            added = [where[node.index] for sign, node in entry.varying if sign > 0]
            taken = [where[node.index] for sign, node in entry.varying if sign < 0]
            fixed = zero if entry.fixed is None else entry.fixed
            shape += [where[fixed.index], len(added), len(taken), len(pairs)]
            index += added + taken
            for pair in pairs:
                index += pair
    return shape, index
