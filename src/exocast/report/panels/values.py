"""Panel 10: every value in use, by influence, with where it comes from and how it was read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exocast.evidence.parameter import STANDINGS, parse_context
from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Panel, Table, Text
from exocast.report.panels.rows import anchor
from exocast.report.words import amount, counted, named, percent, quantity

__all__ = ["panel"]

Record = Mapping[str, Any]
READ: Mapping[str, str] = {
    "full": "full text",
    "abstract": "abstract",
    "secondary": "through a review",
    "none": "not read",
}


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    values = record["values"]
    if not values:
        return Panel("values", "Values", "Values", "No value was drawn.", ())
    head = ("value", "moves the answer|", "median and 90 % range|", "standing", "source")
    swung = {driver["identity"]: driver["hypothesis"] for driver in record.get("drivers", [])}
    seen: set[str] = set()
    rows = tuple(_row(value, record["sources"], swung, seen) for value in values)
    note = Text(
        "Moves the answer: how many times it rises (×) or falls (÷) when this value alone goes "
        "from its low to its high end, preferred hypothesis; bold from 10 % up. Range: 5 to 95 % "
        "of what is not known (for uniform rows, the ends). CV: between subjects or batches. "
        "“Read”: found in the source for this context; “fitted”: calibrated here on published "
        "experiments; “borrowed”: read, but from another species, cell or cargo; “assumed”: nobody "
        "measured it, or nobody here read it. On paper only the bold rows appear.",
        "note",
    )
    blocks: tuple[Block, ...] = (note, Table("values", head, rows, searchable=True))
    return Panel("values", "Values by influence", "Values", _finding(values), blocks)


def _finding(values: list[Record]) -> str:
    unique = {value["identity"]: value for value in values}
    standings = [value["standing"] for value in unique.values()]
    total = len(standings)
    words = f"The forecast rests on {counted(total, 'value')}: "
    words += ", ".join(
        f"{standings.count(name)} {name} ({percent(standings.count(name) / total)})"
        for name in STANDINGS
        if name in standings
    )
    return f"{words}."


def _row(
    value: Record, sources: Mapping[str, Record], swung: Mapping[str, str], seen: set[str]
) -> tuple[Cell, ...]:
    """Return the row of one value; the first of its rivals is where equations lead."""
    place = "" if value["identity"] in seen else anchor(value["identity"])
    seen.add(value["identity"])
    context = ", ".join(named(x) for x in parse_context(value["context"]).values())
    rival = f"if {value['hypothesis'].replace(':', ' = ')}" if value["hypothesis"] else ""
    # Only the rival that was turned has a swing; the record lists it under all of them.
    turned = swung.get(value["identity"], value["hypothesis"]) == value["hypothesis"]
    swing = (value.get("log10_swing") or 0.0) if turned else 0.0
    moved = f"{'×' if swing > 0 else '÷'}{amount(10 ** abs(swing))}" if abs(swing) > 5e-3 else ""
    spread = []
    if value["low"] != value["high"]:
        ends = (quantity(value["low"], value["unit"]), quantity(value["high"], value["unit"]))
        spread.append(f"{ends[0]} – {ends[1]}")
    if value["variability"]:
        spread.append(f"CV {percent(value['variability'])}")
    source = sources.get(value["source"], {})
    details = [source.get("title", ""), value["locator"], value["note"]]
    strong = value.get("matters") and turned
    return (
        Cell(named(value["key"].rsplit(".", 1)[-1]), tone="strong" if strong else "",
             small=_described(value, context, rival), anchor=place),
        Cell(moved, abs(swing), tone="strong" if strong else ""),
        Cell(quantity(value["value"], value["unit"]), value["value"], small=" · ".join(spread)),
        Cell(value["standing"], tone=value["standing"], small=READ[value["read"]]),
        Cell(_cited(value, source), href=source.get("address", ""), tone="wide",
             small=". ".join(text.rstrip(".") for text in details if text)),
    )  # fmt: skip


def _described(value: Record, context: str, rival: str) -> str:
    """Return what a value is, its key, and what it is specific to."""
    doc = str(value.get("doc", "")).strip().rstrip(".")
    return " · ".join(filter(None, (doc, value["key"], context, rival)))


def _cited(value: Record, source: Record) -> str:
    """Return author and year, or the name of what was assumed."""
    author = str(source.get("authors", "")).split(",")[0].split(" and ")[0]
    if not author or source.get("kind") == "assumption":
        return named(value["source"])
    return f"{author} {source.get('year', '')}".strip()
