"""From nodes to instruction streams.

A stream is a list of runs ``operation, count, first destination, operands...``: instructions are
scheduled so that equal operations follow one another, which removes nearly all dispatch. A run
fills registers one after another. The operands of a sum follow its numbers of added and of taken
registers; those of any other operation are its arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from exocast.engine.calculus import SUMS
from exocast.engine.expression import Expression
from exocast.engine.operation import Operation

__all__ = ["lower", "reachable"]

SUM = int(Operation.ADD)  # on tape every sum has any number of signed addends


def reachable(
    roots: Iterable[Expression], varying: bool, stop: set[int] | None = None
) -> list[Expression]:
    """Return the operations below the roots that vary (or that do not), inputs first."""
    seen = set(stop or ())
    found: list[Expression] = []
    stack = list(roots)
    while stack:
        node = stack.pop()
        if node.index in seen or node.varies is not varying or not node.arguments:
            continue
        seen.add(node.index)
        found.append(node)
        stack.extend(node.arguments)
    found.sort(key=lambda node: node.index)
    return found


def lower(
    nodes: list[Expression], roots: Iterable[Expression], where: dict[int, int], first: int
) -> tuple[list[int], int]:
    """Return code for the nodes and the next free register; `where` learns their registers."""
    uses: dict[int, int] = {}
    for root in roots:
        uses[root.index] = 2  # a root is never folded into a longer sum
    for node in nodes:
        for argument in node.arguments:
            uses[argument.index] = uses.get(argument.index, 0) + 1
    mine = {node.index for node in nodes}

    def folds(node: Expression) -> bool:
        return node.operation in SUMS and node.index in mine and uses.get(node.index, 0) == 1

    operands: dict[int, list[tuple[int, Expression]]] = {}
    folded: set[int] = set()
    for node in reversed(nodes):
        if node.index in folded:
            continue
        if node.operation in SUMS:
            operands[node.index] = _addends(node, folds, folded)
        else:
            operands[node.index] = [(1, argument) for argument in node.arguments]
    return _schedule([node for node in nodes if node.index in operands], operands, where, first)


def _addends(
    node: Expression, folds: Callable[[Expression], bool], folded: set[int]
) -> list[tuple[int, Expression]]:
    """Return a sum's signed addends, going through partial sums that nobody else needs."""
    found: list[tuple[int, Expression]] = []
    stack: list[tuple[int, Expression, bool]] = [(1, node, True)]
    while stack:
        sign, current, top = stack.pop()
        if not top and not folds(current):
            found.append((sign, current))
            continue
        if not top:
            folded.add(current.index)
        last = -sign if current.operation is not Operation.ADD else sign
        if current.operation is Operation.NEGATE:
            stack.append((last, current.arguments[0], False))
        else:
            stack.append((last, current.arguments[1], False))
            stack.append((sign, current.arguments[0], False))
    return found


def _schedule(
    nodes: list[Expression],
    operands: dict[int, list[tuple[int, Expression]]],
    where: dict[int, int],
    first: int,
) -> tuple[list[int], int]:
    """Return code in runs of equal operations, taking the longest ready run each time."""
    users: dict[int, list[Expression]] = {}
    missing: dict[int, int] = {}
    ready: dict[int, list[Expression]] = {}

    def kind(node: Expression) -> int:
        return SUM if node.operation in SUMS else int(node.operation)

    for node in nodes:
        inputs = {item.index for _, item in operands[node.index] if item.index in operands}
        missing[node.index] = len(inputs)
        for index in inputs:
            users.setdefault(index, []).append(node)
        if not inputs:
            ready.setdefault(kind(node), []).append(node)
    code: list[int] = []
    while ready:
        operation = max(ready, key=lambda item: (len(ready[item]), -item))
        run = ready.pop(operation)
        code += [operation, 0, first]
        head = len(code) - 2
        done = 0
        while done < len(run):
            node = run[done]
            done += 1
            where[node.index] = first
            first += 1
            code += _operands(operation, operands[node.index], where)
            for user in users.get(node.index, ()):
                missing[user.index] -= 1
                if not missing[user.index]:
                    (run if kind(user) == operation else ready.setdefault(kind(user), [])).append(
                        user
                    )
        code[head] = done
    return code, first


def _operands(
    operation: int, signed: list[tuple[int, Expression]], where: dict[int, int]
) -> list[int]:
    """Return an instruction's operands: registers, for a sum after its two counts."""
    if operation != SUM:
        return [where[node.index] for _, node in signed]
    added = [where[node.index] for sign, node in signed if sign > 0]
    taken = [where[node.index] for sign, node in signed if sign < 0]
    return [len(added), len(taken), *added, *taken]
