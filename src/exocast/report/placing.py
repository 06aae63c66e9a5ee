"""Where marks stand that would lie on each other: the first keep their place, others step aside."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["set_apart"]

Point = tuple[float, float]

DIRECTIONS = 16
RINGS = 8


def set_apart(
    points: Sequence[Point], size: float, inside: tuple[float, float, float, float]
) -> list[Point]:
    """Return a place for each mark, as near to its point as no other mark is.

    Parameters
    ----------
    points : sequence of (x, y)
        Where the marks belong, the most important first.
    size : float
        Least distance of two marks, in the same unit.
    inside : (left, bottom, right, top)
        Where marks may stand.

    Returns
    -------
    list of (x, y)
        The point itself where it is free; else on the first free place of rings around it. What
        finds none stays where it is.

    Examples
    --------
    >>> set_apart([(0, 0), (50, 0)], 10, (-60, -60, 60, 60))
    [(0, 0), (50, 0)]
    >>> first, second = set_apart([(0, 0), (1, 0)], 10, (-60, -60, 60, 60))
    >>> math.dist(first, second) >= 10
    True
    """
    left, bottom, right, top = inside
    taken: list[Point] = []
    for x, y in points:
        places = [(x, y)]
        for ring in range(1, RINGS + 1):
            for turn in range(DIRECTIONS):
                angle = 2 * math.pi * (turn + 0.5 * (ring % 2)) / DIRECTIONS
                reach = (0.55 + 0.55 * ring) * size
                place = (x + reach * math.cos(angle), y + reach * math.sin(angle))
                if left <= place[0] <= right and bottom <= place[1] <= top:
                    places.append(place)
        free = (place for place in places if all(math.dist(place, one) >= size for one in taken))
        taken.append(next(free, (x, y)))
    return taken
