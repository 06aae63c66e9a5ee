"""The verdict: what arrives against what is needed, rival by rival, in numbers and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from exocast.design.cascading import asked_words
from exocast.errors import EvidenceError
from exocast.evidence import Catalogue, Need
from exocast.evidence.ensemble import quantile
from exocast.material.asking import Quantity
from exocast.material.cascade import Cascade, CascadeRow, Gain
from exocast.material.document import Plan
from exocast.material.paired import matched, paired_row
from exocast.stages.response.gene_silencing import COPIES_NEEDED
from exocast.units.numbers import amount

__all__ = ["answer_of", "at_best", "gain_over"]

WITHOUT = "no need was given to compare it with"
STRATA = 41
"""Equally likely values of an uncertain need."""


def answer_of(plan: Plan, cascade: Cascade, catalogue: Catalogue) -> dict[str, Any]:
    """Return the answer for the record: the sentence, and amounts against needs for each rival.

    Parameters
    ----------
    plan : Plan
        The question.
    cascade : Cascade
        Its cascade; without the row that is asked for (a design without cargo), the last row.
    catalogue : Catalogue
        Where the need is looked up when the Design gives none.
    """
    asked = plan.question.asked
    row = _row_of(asked, cascade)
    need = _need(plan, catalogue, asked)
    needed = need.value if need else None
    rows = []
    for rival, values, spread in zip(cascade.rivals, row.values, cascade.spreads(row), strict=True):
        fine = values[np.isfinite(values)]
        entry: dict[str, Any] = {
            "hypothesis": dict(rival.selection),
            "phrase": rival.phrase if cascade.is_contested(row) else "",
            **spread.to_dict(),
            "unit": row.unit,
            "needed": needed,
        }
        if need:
            entry["orders_short"] = _orders(need.value, spread.median)
            entry["probability_enough"] = need.probability(fine)
        rows.append(entry)
    return {
        "row": row.name,
        "title": row.title if asked.where == "cell" else _title(asked, plan),
        "needed": needed,
        "needed_range": [need.low, need.high] if need else None,
        "needed_source": need.source if need else "",
        "rows": rows,
        "sentence": _sentence(need, rows, asked, asked_words(plan)),
        "counted": asked_words(plan),
    }


def _title(asked: Quantity, plan: Plan) -> str:
    """Return what is asked for, by its name; of an organ in words that name it."""
    if asked.where != "organ":
        return asked.name
    words = asked_words(plan)
    return f"share {words}" if asked.unit == "1" else words


def _row_of(asked: Quantity, cascade: Cascade) -> CascadeRow:
    """Return the row that answers: for the bench the last of its head, else by name."""
    names = [row.name for row in cascade.rows]
    if asked.is_bench:
        held = [row for row in cascade.rows if row.head == asked.head]
        return held[-1] if held else cascade.rows[-1]
    return cascade.row(asked.row if asked.row in names else names[-1])


def at_best(answer: Mapping[str, Any], gains: Sequence[Gain]) -> dict[str, Any]:
    """Return the answer if every step stood at its best attainable at once."""
    reached = answer["rows"][0]["median"]
    for gain in gains:
        reached = reached * gain.gain if reached and np.isfinite(gain.gain) else reached
    needed = answer["needed"]
    orders = _orders(needed, reached) if needed and reached else None
    return {"amount": reached, "orders_short": orders}


def gain_over(
    base: Cascade,
    variant: Cascade,
    answers: tuple[str, str],
    options: tuple[Mapping[str, str], Mapping[str, str]],
) -> list[dict[str, Any]]:
    """Return how many times the design's answer a variant gives, member by member.

    Parameters
    ----------
    base, variant : Cascade
        The design and its variant, on the same members.
    answers : tuple of str
        The row that answers the question of each; nothing is said where they differ.
    options : tuple of mapping
        Family to option of each, for the families that are not run apart.

    Returns
    -------
    list of dict
        For each rival the median of the members' ratios, its intervals, and the shares of members
        in which the variant gives more, as much, something from nothing, or nothing.
    """
    if answers[0] != answers[1]:
        return []
    rows = base.row(answers[0]), variant.row(answers[1])
    held = paired_row(*rows, base, variant, matched(base, variant, *options))
    return [
        {
            "phrase": entry["phrase"] if held["contested"] else "",
            "times": entry["ratio"]["median"],
            "uncertainty": entry["ratio"]["uncertainty"],
            "variability": entry["ratio"]["variability"],
            **{key: entry[f"share_{key}"] for key in ("greater", "equal", "from_nothing")},
            "to_nothing": entry["ratio"]["zero_share"],
        }
        for entry in held["by_hypothesis"]
    ]


@dataclass(frozen=True)
class _Need:
    """What is enough, and how well that is known: 5 and 95 %, and equally likely values."""

    value: float
    low: float
    high: float
    source: str
    likely: NDArray[np.float64]

    def probability(self, amounts: NDArray[np.float64]) -> float | None:
        """Return the chance that an amount is enough, over members and over the need itself."""
        if not amounts.size:
            return None
        return float((amounts[:, None] >= self.likely[None, :]).mean())


def _need(plan: Plan, catalogue: Catalogue, asked: Quantity) -> _Need | None:
    """Return what is enough and who says so: the Design, or the catalogue, or nobody."""
    given = plan.question.needed
    if given:
        return _Need(given, given, given, "the Design", np.array([given]))
    if not plan.study.cargo or not asked.silences:
        return None
    try:
        row = catalogue.find(Need(COPIES_NEEDED, plan.study.context()))
    except EvidenceError:
        return None
    strata = (np.arange(STRATA) + 0.5) / STRATA
    return _Need(row.value, row.low, row.high, row.source, quantile(row, ndtri(strata)))


def _orders(needed: float, found: float) -> float | None:
    """Return orders of magnitude by which the amount falls short (negative: over)."""
    return float(np.log10(needed / found)) if found > 0 else None


def _sentence(
    need: _Need | None, rows: Sequence[Mapping[str, Any]], asked: Quantity, words: str
) -> str:
    """Return the answer in one sentence; rivals that agree are one."""
    if all(row["median"] is None for row in rows):
        return "No member finished: there is no answer."
    shown = rows if any(row["phrase"] for row in rows) else rows[:1]
    if need is None:
        amounts = ", ".join(f"{asked.written(row['median'])}{_condition(row)}" for row in shown)
        if len(shown) > 1:  # else "0.3 % if a, 0.31 % if b of the cargo"
            return f"{words[:1].upper()}{words[1:]}{asked.per}: {amounts}; {WITHOUT}."
        return f"{amounts} {words}{asked.per}; {WITHOUT}."
    parts: list[str] = []
    for row in shown:
        orders = row["orders_short"]
        if orders is None:
            parts.append(
                f"{'there is none' if asked.is_bench else 'none arrives'}{_condition(row)}"
            )
        elif orders <= 0:
            parts.append(f"enough{_condition(row)} ({amount(10**-orders)} times what is needed)")
        else:
            lead = "by" if parts and parts[-1].startswith(("short", "by")) else "short by"
            parts.append(f"{lead} {_orders_words(orders)}{_condition(row)}")
    known = "" if need.low == need.high else f" ({amount(need.low, 6)} to {amount(need.high, 6)})"
    return f"{asked.wanted(need.value, known, words)}: {', '.join(parts)}."


def _condition(row: Mapping[str, Any]) -> str:
    return f" if {row['phrase']}" if row["phrase"] else ""


def _orders_words(orders: float) -> str:
    return (
        f"a factor of {amount(10**orders)}" if orders < 1 else f"{orders:.1f} orders of magnitude"
    )
