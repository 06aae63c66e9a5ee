"""What two Designs say differently, setting by setting, defaults included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exocast.design.design import Design
from exocast.design.reading import Node, plain
from exocast.errors import DesignError, UnitError
from exocast.learn.dial import amount_of
from exocast.units import base_unit, parse

__all__ = ["Difference", "differences", "written_settings"]

_LEFT_OUT = ("exocast", "title", "variant", "observed")
_DRAWN = ("run.members", "run.seed")
"""Every comparison has its own."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that differs.

    Attributes
    ----------
    address : str
        Where it stands; a step that only one of them has is its address alone.
    base, other : str
        What each says; empty where it says nothing.
    """

    address: str
    base: str
    other: str


def written_settings(
    design: Design, defaults: Iterable[Mapping[str, str]] | None = None
) -> dict[str, str]:
    """Return every setting of a Design as text, by address.

    Parameters
    ----------
    design : Design
        The Design, already as one of its variants.
    defaults : iterable of mapping, optional
        ``path`` and ``value`` of what was left open when its files are no longer at hand.
    """
    found: dict[str, str] = {}
    for key, node in design.tree.table.items():
        if key == "step":
            for item in node.items:
                _flatten(item, _step_name(item), found)
        elif key not in _LEFT_OUT:
            _flatten(node, key, found)
    try:
        left_open = {one.path: one.text for one in design.plan().defaults}
    except DesignError:
        left_open = {one["path"]: one["value"] for one in defaults or ()}
    return {
        address: text
        for address, text in {**left_open, **found}.items()
        if not address.startswith(_DRAWN)
    }


def differences(base: Mapping[str, str], other: Mapping[str, str]) -> list[Difference]:
    """Return what differs between two Designs, in the order of the first.

    Examples
    --------
    >>> differences({"run.horizon": "14 d", "a.b": "2"}, {"run.horizon": "336 h", "a.b": "3"})
    [Difference(address='a.b', base='2', other='3')]
    """
    found = []
    for steps, sides in ((base, (True, False)), (other, (False, True))):
        rival = other if steps is base else base
        found += [
            Difference(name, *("in use" if side else "" for side in sides))
            for name in _steps(steps)
            if name not in _steps(rival)
        ]
    alone = tuple(f"{one.address}." for one in found)
    for address in {**base, **other}:
        if address.startswith(alone):
            continue
        one, two = base.get(address, ""), other.get(address, "")
        if not _same(one, two):
            found.append(Difference(address, one, two))
    order = [name for name in _steps(base) if name in _steps(other)]
    if order != [name for name in _steps(other) if name in _steps(base)]:
        shared = [name for name in _steps(other) if name in _steps(base)]
        found.append(Difference("order of the steps", ", ".join(order), ", ".join(shared)))
    return found


def _flatten(node: Node, address: str, found: dict[str, str]) -> None:
    if node.table:
        for key, child in node.table.items():
            _flatten(child, f"{address}.{key}", found)
    elif any(item.table for item in node.items):
        for number, item in enumerate(node.items, start=1):
            _flatten(item, f"{address}.{number}", found)
    else:
        found[address] = _shown(plain(node))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return str(value)


def _step_name(item: Node) -> str:
    stage, method, name = (
        str(item.table[key].value) if key in item.table else "" for key in ("stage", "method", "id")
    )
    return name or f"{stage}.{method}"


def _steps(settings: Mapping[str, str]) -> list[str]:
    """Return the steps, in order; each has its stage among its settings."""
    ends = ".stage"
    return [address.removesuffix(ends) for address in settings if address.endswith(ends)]


def _same(one: str, two: str) -> bool:
    """Return whether two texts say the same: ``48 h`` and ``2 d`` do."""
    if one == two:
        return True
    a, b = amount_of(one), amount_of(two)
    if a is None or b is None:
        return False
    if not a[1] or not b[1]:
        return a[0] == b[0]
    try:
        unit = base_unit(a[1])
        left, right = parse(one, unit), parse(two, unit)
    except UnitError:
        return False
    return abs(left - right) <= 1e-12 * max(abs(left), abs(right))
