"""Parameters (declared in code), values (held in data), and the needs of a step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from exocast.errors import EvidenceError

__all__ = [
    "STANDINGS",
    "Context",
    "Determination",
    "Distribution",
    "Need",
    "Parameter",
    "Read",
    "Scale",
    "Standing",
    "Value",
    "format_context",
    "parse_context",
]

Context = Mapping[str, str]
Scale = Literal["linear", "log", "logit"]
Distribution = Literal["lognormal", "normal", "logitnormal", "uniform", "loguniform", "fixed"]
Read = Literal["full", "abstract", "secondary", "none"]
Determination = Literal["in_vivo", "in_vitro", "in_silico", "fitted", "assumed"]
Standing = Literal["read", "fitted", "borrowed", "assumed"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""What a number rests on, the surest first."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A quantity that nature chooses, declared beside the class that uses it.

    Attributes
    ----------
    key : str
        ``stage.method.quantity``; the same key in data, command line, fit and report.
    unit : str
        SI-coherent unit of the array which the code receives.
    doc : str
        What it is, in one sentence.
    low, high : float
        Physical bounds in `unit`; draws are held inside them.
    scale : str
        Scale on which the quantity varies: linear, log or logit.
    """

    key: str
    unit: str
    doc: str
    low: float = 0.0
    high: float = math.inf
    scale: Scale = "log"

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise EvidenceError(f"parameter `{self.key}`: low {self.low} is not below {self.high}")


@dataclass(frozen=True, slots=True)
class Need:
    """One parameter in one context, asked for by a step.

    Attributes
    ----------
    parameter : Parameter
        What is needed.
    context : mapping
        Species, organ, kind, cell, cargo, label ... under which it is needed.
    """

    parameter: Parameter
    context: Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Value:
    """One row of the catalogue, in the SI-coherent unit of its key.

    Attributes
    ----------
    key : str
        Key of the parameter it values.
    value : float
        Median over what is not known and over subjects or batches.
    low, high : float
        5 and 95 % of what is not known; for (log-)uniform rows, the ends of the support.
    variability : float
        Coefficient of variation between subjects or batches [1].
    distribution : str
        Shape of what is not known.
    unit : str
        Unit as written in the table.
    source, locator, read, method, note : str
        Where it was found, where in the source, how much of the source was read, how the source
        determined it, and what a reader should know.
    context : mapping
        What the row is specific to; empty for a generic row.
    hypothesis : str
        ``family:option`` that the row belongs to, or empty.
    preferred : bool
        Whether it is taken when nothing else is asked for.
    origin : str
        File and line of the row.
    """

    key: str
    value: float
    low: float
    high: float
    variability: float
    distribution: Distribution
    unit: str
    source: str
    locator: str
    read: Read
    method: Determination
    context: Context = field(default_factory=dict)
    hypothesis: str = ""
    preferred: bool = True
    note: str = ""
    origin: str = ""
    source_kind: str = ""

    @property
    def identity(self) -> str:
        """Return ``key[@context]``, the name of the random stream and of the drawn array."""
        context = format_context(self.context)
        return f"{self.key}@{context}" if context else self.key

    @property
    def standing(self) -> Standing:
        """Return whether the number was read, fitted here, borrowed, or assumed."""
        if self.source_kind == "fit":
            return "fitted"
        if self.method != "assumed" and self.read != "none":
            return "read"
        if self.read != "none" and self.source_kind != "assumption":
            return "borrowed"
        return "assumed"

    @property
    def is_known(self) -> bool:
        """Return whether the row carries neither uncertainty nor variability."""
        exact = self.distribution == "fixed" or self.low == self.high
        return exact and self.variability == 0.0

    def check(self) -> list[str]:
        """Return what is wrong with the row on its own, as sentences."""
        problems = []
        if self.distribution not in get_args(Distribution):
            problems.append(f"distribution `{self.distribution}` is unknown")
        if self.read not in get_args(Read):
            problems.append(f"read `{self.read}` is none of {', '.join(get_args(Read))}")
        if self.method not in get_args(Determination):
            problems.append(
                f"method `{self.method}` is none of {', '.join(get_args(Determination))}"
            )
        if not self.low <= self.value <= self.high:
            problems.append(f"value {self.value:g} is outside {self.low:g} to {self.high:g}")
        if self.variability < 0:
            problems.append("variability is negative")
        if self.distribution in ("lognormal", "loguniform") and self.low <= 0:
            problems.append(f"a {self.distribution} row needs low > 0")
        if self.distribution == "logitnormal" and not (self.low > 0 and self.high < 1):
            problems.append("a logitnormal row needs 0 < low and high < 1")
        if self.distribution == "fixed" and self.low != self.high:
            problems.append("a fixed row has no low and high")
        if self.read == "none" and self.method != "assumed":
            problems.append("a row that nobody read must have method = assumed")
        if not self.locator and self.read not in ("none",):
            problems.append("has no locator")
        return problems


def parse_context(text: str) -> dict[str, str]:
    """Read ``species=mouse; organ=liver`` into a mapping.

    Examples
    --------
    >>> parse_context("species=mouse; organ=liver")
    {'organ': 'liver', 'species': 'mouse'}
    """
    items: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise EvidenceError(f"context `{text}` is not of the form name=value; name=value")
        items[name.strip()] = value.strip()
    return dict(sorted(items.items()))


def format_context(context: Context) -> str:
    """Write a context in one line, sorted, the inverse of `parse_context`."""
    return "; ".join(f"{name}={context[name]}" for name in sorted(context))
