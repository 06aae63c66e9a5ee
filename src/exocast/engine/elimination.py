"""Sparse elimination without pivoting, planned once per network.

The matrix of the stepper is ``1/(gamma*h) - Jacobian``. For transfers between compartments it is
column diagonally dominant, so diagonal pivots in any order are stable; the native machine checks
the growth of every pivot and shrinks the step where that fails.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Elimination", "plan"]


@dataclass(frozen=True)
class Elimination:
    """The pattern of L and U together, rows and columns in pivot order.

    Attributes
    ----------
    order : list of int
        Position of the state that is eliminated k-th.
    rows : list of list of int
        Sorted columns of each row, the diagonal among them.
    products : list of list of (int, int)
        For each entry, row by row, the pairs of entries whose products are taken off it.
    """

    order: list[int]
    rows: list[list[int]]
    products: list[list[tuple[int, int]]]


def plan(size: int, entries: Iterable[tuple[int, int]]) -> Elimination:
    """Return the elimination of a square matrix with these (row, column) entries.

    Notes
    -----
    Minimum degree in Markowitz's form: the next pivot is the diagonal with the smallest
    (row count - 1) * (column count - 1). On a 336-state body this leaves about the fill of
    approximate minimum degree on the symmetric pattern, without its data structures.

    References
    ----------
    Markowitz 1957, Management Science 3:255, doi 10.1287/mnsc.3.3.255.
    """
    right: list[set[int]] = [set() for _ in range(size)]
    below: list[set[int]] = [set() for _ in range(size)]
    for row, column in entries:
        if row != column:
            right[row].add(column)
            below[column].add(row)
    order = _order(size, [set(row) for row in right], [set(column) for column in below])
    rank = [0] * size
    for step, position in enumerate(order):
        rank[position] = step
    rows = _fill(order, rank, right)
    return Elimination(order, rows, _products(rows))


def _order(size: int, right: list[set[int]], below: list[set[int]]) -> list[int]:
    """Return the pivots by least Markowitz count, eliminating on the pattern."""
    heap = [(len(right[k]) * len(below[k]), k) for k in range(size)]
    heapq.heapify(heap)
    done = [False] * size
    order: list[int] = []
    while heap:
        cost, k = heapq.heappop(heap)
        if done[k]:
            continue
        present = len(right[k]) * len(below[k])
        if present > cost:
            heapq.heappush(heap, (present, k))
            continue
        done[k] = True
        order.append(k)
        for i in below[k]:
            right[i].discard(k)
            right[i] |= right[k]
            right[i].discard(i)
        for j in right[k]:
            below[j].discard(k)
            below[j] |= below[k]
            below[j].discard(j)
        for neighbour in below[k] | right[k]:
            count = len(right[neighbour]) * len(below[neighbour])
            heapq.heappush(heap, (count, neighbour))
    return order


def _fill(order: list[int], rank: list[int], right: list[set[int]]) -> list[list[int]]:
    """Return each row's columns with fill, in pivot order."""
    rows: list[list[int]] = []
    uppers: list[list[int]] = []
    for step, position in enumerate(order):
        present = {rank[column] for column in right[position]}
        present.add(step)
        waiting = [column for column in present if column < step]
        heapq.heapify(waiting)
        while waiting:
            pivot = heapq.heappop(waiting)
            for column in uppers[pivot]:
                if column not in present:
                    present.add(column)
                    if column < step:
                        heapq.heappush(waiting, column)
        columns = sorted(present)
        rows.append(columns)
        uppers.append([column for column in columns if column > step])
    return rows


def _products(rows: list[list[int]]) -> list[list[tuple[int, int]]]:
    """Return, for each entry (i, j), the pairs L(i, k), U(k, j) with k below both."""
    products: list[list[tuple[int, int]]] = []
    upper: list[list[tuple[int, int]]] = []
    first = 0
    for step, columns in enumerate(rows):
        place = {column: first + offset for offset, column in enumerate(columns)}
        found: dict[int, list[tuple[int, int]]] = {column: [] for column in columns}
        for pivot in columns:
            if pivot >= step:
                break
            lower = place[pivot]
            for column, entry in upper[pivot]:
                found[column].append((lower, entry))
        products.extend(found[column] for column in columns)
        upper.append([(column, place[column]) for column in columns if column > step])
        first += len(columns)
    return products
