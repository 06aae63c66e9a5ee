"""A pair of sides: how every row of their cascades differs, member by member."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from exocast.learn.difference import differences
from exocast.learn.side import Side
from exocast.material.cascade import CascadeRow
from exocast.material.paired import matched, paired_row
from exocast.units.numbers import amount, percent

__all__ = ["pair_record"]

TUBE = "final_tube"


def pair_record(base: Side, other: Side) -> dict[str, Any]:
    """Return everything that differs between two sides."""
    tubes = base.cascade.rows, other.cascade.rows
    before, after = (_with_tube(rows, *_last_tubes(*tubes)) for rows in tubes)
    rivals = matched(base.cascade, other.cascade, base.hypotheses, other.hypotheses)
    shared = {row.name: row for row in after}
    rows = [
        {
            **paired_row(row, shared[row.name], base.cascade, other.cascade, rivals),
            "title": _title(row.title, shared[row.name].title),
            "heading": _heading(row.head, base, other),
        }
        for row in before
        if row.name in shared and shared[row.name].unit == row.unit
    ]
    names = {row["name"] for row in rows}
    answer = base.answer if base.answer == other.answer and base.answer in names else None
    known = bool(base.drawn and other.drawn)
    return {
        "base": base.name,
        "other": other.name,
        "settings": [asdict(one) for one in differences(base.settings, other.settings)],
        "rows": rows,
        "base_only": [row.title for row in before if row.name not in names],
        "other_only": [row.title for row in after if row.name not in names],
        "answer": answer,
        "drawn": {
            "shared": len(base.drawn & other.drawn),
            "base_only": len(base.drawn - other.drawn),
            "other_only": len(other.drawn - base.drawn),
        }
        if known
        else None,
        "sentence": _sentence(base, other, rows, answer),
    }


def _title(base: str, other: str) -> str:
    """Return the title of a row that two methods share.

    Examples
    --------
    >>> _title("after load (sonication)", "after load (extrusion)")
    'after load (sonication or extrusion)'
    """
    if base == other:
        return base
    stems = [title.rstrip(")").partition(" (") for title in (base, other)]
    if stems[0][0] == stems[1][0] and all(stem[2] for stem in stems):
        return f"{stems[0][0]} ({stems[0][2]} or {stems[1][2]})"
    return f"{base}, or {other}"


def _heading(head: str, base: Side, other: Side) -> str:
    """Return what stands above the rows of a head; empty where the sides say it differently."""
    words = {side.cascade.heads.get(head, "") for side in (base, other)}
    return words.pop() if len(words) == 1 else ""


def _last_tubes(*sides: Sequence[CascadeRow]) -> tuple[str, ...]:
    """Return the names of the rows in which the benches end, when they end in different steps."""
    last = [[row.name for row in rows if row.head == "vesicles"][-1:] for rows in sides]
    return tuple(name for names in last for name in names) if last[0] != last[1] else ()


def _with_tube(rows: Sequence[CascadeRow], *ends: str) -> list[CascadeRow]:
    """Add what is in the final tube as a row that both sides have."""
    found = list(rows)
    held = [row for row in rows if row.head == "vesicles"]
    if ends and held:
        tube = replace(held[-1], name=TUBE, title="in the final tube")
        found.insert(found.index(held[-1]) + 1, tube)
    return found


def _sentence(
    base: Side, other: Side, rows: Sequence[Mapping[str, Any]], answer: str | None
) -> str:
    if answer is None:
        return (
            f"{base.name} and {other.name} answer different questions ({base.answer}, "
            f"{other.answer}); rows of the same name are compared."
        )
    row = next(row for row in rows if row["name"] == answer)
    entries, where = row["by_hypothesis"], row["title"]
    if all(entry["identical"] for entry in entries):
        return f"{other.name} gives exactly what {base.name} gives, in every member: {where}."
    if len({_clause(entry, contested=False) for entry in entries}) == 1:
        clauses = _clause(entries[0], contested=False)
    else:
        clauses = ", ".join(_clause(entry, contested=True) for entry in entries)
    return f"{other.name} gives {clauses} what {base.name} gives: {where}."


def _clause(entry: Mapping[str, Any], *, contested: bool) -> str:
    """Return how the answers differ under one rival."""
    ratio = entry["ratio"]
    condition = f" if {entry['phrase']}" if contested and entry["phrase"] else ""
    if ratio["median"] is None:
        return f"no multiple of{condition}"
    low, high = ratio["uncertainty"]
    if {amount(one) for one in (ratio["median"], low, high)} == {"1"}:
        return f"practically the same{condition} as"
    share = entry["share_greater"]
    more = {1.0: "every member", 0.0: "no member"}.get(share, f"{percent(share)} of members")
    ends = f"{amount(low)} to {amount(high)}"
    return f"{amount(ratio['median'])} times{condition} ({ends}, more in {more})"
