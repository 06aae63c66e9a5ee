"""What the review says, claim by claim, and what the numbers make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.material.forecast import Forecast
from exocast.qualify.claims import VERDICTS
from exocast.report.blocks import Block, Cell, Panel, Table, Text
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
    blocks: list[Block] = [_table(claims), Text(how, "note")]
    return Panel("claims", title, short, finding, tuple(blocks))


def _table(claims: Sequence[Record]) -> Table:
    order = {name: index for index, name in enumerate(VERDICTS)}
    rows = []
    for claim in claims:
        tested = found(claim["test"])
        rows.append(
            (
                Cell(claim["claim"], small=claim["limits"], tone="wide"),
                Cell(claim["section"]),
                Cell(
                    claim["verdict"],
                    sort=float(order[claim["verdict"]]),
                    tone=TONES.get(claim["verdict"], ""),
                ),
                Cell(tested[0], small=tested[1], tone="wide"),
                Cell("; ".join(_read(one) for one in claim["evidence"]), tone="wide"),
                Cell(_rests(claim), tone="wide"),
            )
        )
    head = ("claim", "section", "verdict", "test", "evidence read", "rests on")
    return Table("claims", head, tuple(rows), searchable=True)


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
    words = f"holds {test['holds']} {_written(test['threshold'], test['unit'])}: {test['reason']}"
    figures = [f"{one['what']}" for one in test.get("figures", ())]
    return f"{words}; with {joined(figures)}" if figures else words


def _written(value: float, unit: str) -> str:
    """Write a number of a test; a bare one as it is, a copy count without a unit."""
    if unit in ("1", "copy/particle"):
        return "0" if value == 0 else amount(value)
    return friendly(value, unit)


def _read(one: Record) -> str:
    return f"{one['says']}: {one['what']} ({one['cited']}, {one['locator']})"


def _rests(claim: Record) -> str:
    """Return the rows and hypotheses that bear on a claim, with how they are known."""
    parts = [f"{row['key']} ({', '.join(row['standings']) or 'no row'})" for row in claim["rows"]]
    parts += [f"hypothesis {named(family)}" for family in claim["hypotheses"]]
    return "; ".join(parts)
