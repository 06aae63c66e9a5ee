"""The journey in four figures: the donor's fork, one vesicle, the isolation, the delivery."""

from __future__ import annotations

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Panel, Text
from exocast.report.drawings.biogenesis import biogenesis
from exocast.report.drawings.canvas import Record
from exocast.report.drawings.delivery import delivery
from exocast.report.drawings.purity import purity
from exocast.report.drawings.vesicle import vesicle

__all__ = ["panel"]

LIMIT = "assay.nta.smallest_vesicle"


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    journey = record.get("journey") or {}
    blocks: list[Block] = []
    drawn = (
        biogenesis(journey.get("donor") or []),
        vesicle(journey.get("vesicle") or {}, journey.get("cargo") or {}, _limit(record)),
    )
    blocks += [picture for picture in drawn if picture is not None]
    blocks += purity(journey.get("isolation") or {})
    flow = delivery(forecast)
    if flow is not None:
        blocks.append(flow)
    if not journey:
        words = (
            "This forecast was saved without donor fluxes, inventory and isolation methods: run "
            "its Design again to have them drawn."
        )
        blocks.append(Text(words, "note"))
    return Panel(
        "journey", "The journey, drawn to its numbers", "Journey", _finding(record), tuple(blocks)
    )


def _limit(record: Record) -> float | None:
    """Return the diameter that tracking analysis hardly sees below, where the run knows one."""
    return next((one["value"] for one in record["values"] if one["key"] == LIMIT), None)


def _finding(record: Record) -> str:
    sheet, journey = record["preparation"], record.get("journey") or {}
    isolation = journey.get("isolation") or {}
    parts = [f"{len(sheet)} steps on the bench"] if sheet else []
    if isolation.get("methods"):
        parts.append(f"{len(isolation['methods'])} ways to isolate side by side")
    if not parts:
        return "What the figures of a review show, drawn from the numbers of this forecast."
    return (
        f"What the figures of a review show, drawn from the numbers of this forecast: "
        f"{' and '.join(parts)}."
    )
