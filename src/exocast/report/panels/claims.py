"""What the review says, claim by claim, and what the numbers make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.material.forecast import Forecast
from exocast.qualify.claims import VERDICTS
from exocast.report.blocks import Block, Cell, Folded, Panel, Table, Text
from exocast.report.words import amount, friendly, joined, named

__all__ = ["found", "panel"]

Record = Mapping[str, Any]
TONES = {"supported": "strong", "contradicted": "strong"}


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    title, short = "Claims of the review", "Claims"
    claims: Sequence[Record] = forecast.record.get("claims") or ()
    if not claims:
        finding = "This forecast was saved without a verdict on the claims of the review."
        return Panel("claims", title, short, finding, ())
    counts = Counter(claim["verdict"] for claim in claims)
    parts = [f"{counts[name]} {name}" for name in VERDICTS if counts[name]]
    finding = f"Of {len(claims)} claims of the review this project started from: {joined(parts)}."
    how = (
        "Nobody wrote a verdict. A test votes by where the whole 90 % range of every rival lies "
        "against its threshold, evidence by what somebody read; only votes for make a claim "
        "supported, only votes against contradict it, both or an open test leave it contested. "
        "Claims are told in other words than the review's."
    )
    summary = "What was read for and against each claim, and the rows it rests on"
    blocks: list[Block] = [
        _table(claims),
        Text(how, "note"),
        Folded(summary, (_evidence(claims),)),
    ]
    return Panel("claims", title, short, finding, tuple(blocks))


def _table(claims: Sequence[Record]) -> Table:
    """Return every claim with its verdict, what the test found and how the evidence votes."""
    order = {name: index for index, name in enumerate(VERDICTS)}
    rows = []
    for claim in claims:
        votes = Counter(one["says"] for one in claim["evidence"])
        read = ", ".join(f"{count} {says}" for says, count in votes.items())
        verdict, (said, bar) = claim["verdict"], found(claim["test"])
        rows.append(
            (
                Cell(claim["claim"], small=claim["limits"], tone="wide"),
                Cell(claim["section"]),
                Cell(verdict, sort=float(order[verdict]), tone=TONES.get(verdict, "")),
                Cell(said, small=bar, tone="wide"),
                Cell(read),
            )
        )
    head = ("claim", "section", "verdict", "test", "read")
    return Table("claims", head, tuple(rows), searchable=True)


def _evidence(claims: Sequence[Record]) -> Table:
    """Return what speaks for and against each claim, with its place, and the rows it rests on."""
    rows: list[tuple[Cell, ...]] = []
    for claim in claims:
        held = [
            (
                Cell(one["says"]),
                Cell(one["what"], tone="wide"),
                Cell(one["cited"], href=one["address"]),
                Cell(f"{one['locator']}; read: {one['read']}"),
            )
            for one in claim["evidence"]
        ]
        held += [
            (
                Cell("number"),
                Cell(one["what"], tone="wide"),
                Cell(one["cited"], href=one["address"]),
                Cell(f"{one['locator']}; read: {one['read']}" if one["locator"] else ""),
            )
            for one in (claim["test"] or {}).get("numbers", ())
        ]
        held += [
            (
                Cell("row"),
                Cell(row["key"], tone="wide"),
                Cell(", ".join(row["standings"]) or "no row"),
                Cell(""),
            )
            for row in claim["rows"]
        ]
        held += [
            (Cell("hypothesis"), Cell(named(family)), Cell(""), Cell(""))
            for family in claim["hypotheses"]
        ]
        if held:
            rows += [(Cell(claim["claim"]),), *held]
    return Table("claims-evidence", ("says", "what", "source or standing", "where"), tuple(rows))


def found(test: Record | None) -> tuple[str, str]:
    """Return what a test found and what it was held against, in words; empty where there is none.

    Examples
    --------
    >>> found({"words": "share kept", "ranges": [{"phrase": "", "low": 0.1, "median": 0.2,
    ...        "high": 0.3}], "vote": "against", "why_not": "", "holds": "above",
    ...        "threshold": 0.5, "unit": "1", "reason": "half"})
    ('against: share kept is 0.2 (0.1 – 0.3)', 'holds above 0.5: half')
    """
    if test is None:
        return "", ""
    unit = test["unit"]
    if not test["ranges"]:
        return f"not held: {test['why_not']}", _bar(test)
    parts = []
    for one in test["ranges"]:
        shown = [_written(one[name], unit) for name in ("median", "low", "high")]
        words = f"{shown[0]} ({shown[1]} – {shown[2]})"
        parts.append(f"{words} if {one['phrase']}" if one["phrase"] else words)
    return f"{test['vote']}: {test['words']} is {joined(parts)}", _bar(test)


def _bar(test: Record) -> str:
    return f"holds {test['holds']} {_written(test['threshold'], test['unit'])}: {test['reason']}"


def _written(value: float, unit: str) -> str:
    """Write a number of a test; a bare one as it is, a copy count without a unit."""
    if unit in ("1", "copy/particle"):
        return "0" if value == 0 else amount(value)
    return friendly(value, unit)
