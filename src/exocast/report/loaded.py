"""What the final tube holds of the cargo, in words and lines that terminal and page share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exocast.report.words import capital, interval, joined, percent, stated, stated_range, times

__all__ = ["HEAD", "LEAST", "WORTH", "Loaded", "astray", "loaded_lines", "where_sentence",
           "worth_raising"]  # fmt: skip

Record = Mapping[str, Any]

HEAD = ("in the final tube", "inside vesicles", "90 % uncertainty", "an assay reads",
        "90 % uncertainty")  # fmt: skip
LEAST = 1e-3
"""Share of the cargo from which a place is told of."""

WORTH = 1.05
"""Gain of a step from which it is worth a word."""


@dataclass(frozen=True)
class Loaded:
    """The final tube under one rival.

    Attributes
    ----------
    phrase : str
        The rival; empty where all say the same.
    lines : tuple of tuple of str
        One for each efficiency, with the columns of `HEAD`.
    where : str
        Where the cargo is, in one sentence.
    """

    phrase: str
    lines: tuple[tuple[str, ...], ...]
    where: str


def loaded_lines(record: Record) -> list[Loaded]:
    """Return the final tube of a record under each rival; once where they agree.

    Parameters
    ----------
    record : mapping
        Of a forecast or of one of its variants; one of an earlier version holds nothing of it.
    """
    found = [
        Loaded(
            one["phrase"],
            tuple(_line(each) for each in one["efficiencies"].values()),
            where_sentence(one),
        )
        for one in record.get("loaded") or ()
    ]
    if len({(one.lines, one.where) for one in found}) == 1:
        return [Loaded("", found[0].lines, found[0].where)]
    return found


def _line(one: Record) -> tuple[str, ...]:
    unit, inside, seen = one["unit"], one["inside"], one["assay"]
    return (
        str(one["words"]),
        stated(inside["median"], unit),
        stated_range(inside["uncertainty"], unit),
        stated(seen["median"], unit),
        stated_range(seen["uncertainty"], unit),
    )


def where_sentence(one: Record) -> str:
    """Say where the cargo of the tube is, the largest share first."""
    held = sorted(one["pools"].values(), key=lambda pool: -(pool["median"] or 0.0))
    told = [
        f"{percent(pool['median'])} {pool['words']}"
        for pool in held
        if (pool["median"] or 0.0) >= LEAST or pool["words"] == "inside vesicles"
    ]
    words = f"{capital(joined(told))}"
    over = one["overstated"]
    if over["median"] is None:
        return f"{words}."
    ends = interval(over["uncertainty"], 2)
    return f"{words}: an assay overstates what is inside {times(over['median'])} ({ends})."


def astray(record: Record) -> str:
    """Say where most of the cargo is, if not inside vesicles; else nothing.

    A good figure of an assay and a poor one of vesicles differ by this alone.
    """
    first = (record.get("loaded") or [None])[0]
    if first is None:
        return ""
    most = max(first["pools"].values(), key=lambda pool: pool["median"] or 0.0)
    inside = first["pools"]["inside"]
    if most is inside or not most["median"] or most["median"] < 0.5:
        return ""
    seen = first["efficiencies"]["of_input"]["assay"]["median"]
    return (
        f"of the cargo in the final tube {percent(most['median'])} is {most['words']} and "
        f"{percent(inside['median'])} inside vesicles, so that an assay that dissolves the tube "
        f"would report {percent(seen)} of the input as loaded"
    )


def worth_raising(record: Record) -> list[Record]:
    """Return the steps to raise first, without those that gain nothing that one would notice."""
    return [one for one in record["raise"] if one["gain"] is None or one["gain"] >= WORTH]
