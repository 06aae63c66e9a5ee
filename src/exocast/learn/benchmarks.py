"""Published marks that a decision is held against; none is a parameter of any model."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from exocast.units import to_si

__all__ = ["Benchmark", "benchmarks"]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One published mark.

    Attributes
    ----------
    name, words : str
        Stable name, and what it is in words.
    value, low, high : float
        In SI.
    unit, source, locator, read : str
        Unit as printed, key of the source, where it stands there, and how much was read.
    """

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    locator: str
    read: str
    words: str


@cache
def benchmarks() -> dict[str, Benchmark]:
    """Return the rows of ``data/benchmarks.csv``, by name."""
    table = resources.files("exocast") / "data" / "benchmarks.csv"
    found = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        value, low, high = (
            to_si(float(row[name]), row["unit"]) for name in ("value", "low", "high")
        )
        words = {name: row[name] for name in ("unit", "source", "locator", "read", "words")}
        found[row["name"]] = Benchmark(row["name"], value, low, high, **words)
    return found
