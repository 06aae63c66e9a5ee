"""What a network is declared from, before it is compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exocast.engine.expression import Expression, State

__all__ = ["Event", "Flux", "Table"]


@dataclass(frozen=True)
class Flux:
    """A transfer of an amount a time; None is outside the network."""

    source: State | None
    target: State | None
    rate: Expression


@dataclass(frozen=True)
class Table:
    """An input that follows knots in time; `steps` holds each value until the next knot."""

    times: tuple[float, ...]
    values: tuple[Expression, ...]
    steps: bool


@dataclass(frozen=True)
class Event:
    """States that are set when a trigger rises above 0."""

    trigger: Expression
    assignments: Mapping[State, Expression]
