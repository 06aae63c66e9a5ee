"""Panel 9: flags: where the model leaves its ground, what is contested, stopped or left open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Folded, Items, Panel, Table, Text
from exocast.report.words import counted, joined, named, prose, raised

__all__ = ["CANNOT_KNOW", "panel"]

Record = Mapping[str, Any]

CANNOT_KNOW: Mapping[str, str] = {
    "What your particles are.": """
        A size and a count do not tell vesicles from lipoproteins and aggregates; kinds here are
        operational, and nothing is called an exosome.""",
    "Whether and how vesicles open inside cells.": """
        Assays differ by orders of magnitude and no experiment has settled it in vivo: rivals are
        run apart, and the truth may lie outside both.""",
    "Whether a label tells where vesicles are.": """
        Dyes and radiolabels leave their vesicle and outlive it; published biodistribution is that
        of labels.""",
    "What the vesicles do by themselves.": """
        Native cargo, immune recognition on repeated dosing, toxicity and clotting are not in this
        forecast.""",
    "Your batch, before you measure it.": """
        Donor, passage and operator move yields more than any setting; an instrument file narrows
        only what it sees.""",
    "Spreads that nobody published.": """
        Where a source gives no spread, ours is a judgement; correlations between values are left
        out unless a law makes them.""",
    "What is not in the model.": """
        A 90 % range covers the values that are drawn, not a missing mechanism: it is a range
        within this model.""",
}


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    blocks: list[Block] = []
    flags = record["flags"]
    if flags:
        entries = tuple((f"{_place(flag)}:", prose(flag["message"])) for flag in flags)
        blocks.append(Items(entries, "Where the forecast leaves its ground"))
    blocks += _members(record["members"])
    contested = _contested(record)
    if contested:
        blocks.append(Items(contested, "Contested"))
    blocks.append(Items(_limits(), "What exocast cannot know"))
    if record["defaults"]:
        blocks.append(
            Folded(
                f"You left open {counted(len(record['defaults']), 'setting')}",
                (_defaults(record),),
            )
        )
    return Panel("flags", "Flags and limits", "Flags", _finding(record), tuple(blocks))


def _finding(record: Record) -> str:
    kinds = [flag["severity"] for flag in record["flags"]]
    serious, warnings = kinds.count("serious"), kinds.count("warning")
    found = []
    if serious:
        found.append(counted(serious, "serious flag"))
    if warnings:
        found.append(counted(warnings, "warning"))
    members = record["members"]
    stopped = members["asked"] - members["finished"]
    words = f"There are {joined(found)}" if found else "Nothing left its applicability domain"
    if found and serious + warnings == 1:
        words = words.replace("There are", "There is")
    ends = (
        f"{stopped} of {members['asked']} members stopped" if stopped else "every member finished"
    )
    return f"{words}; {ends}."


def _limits() -> tuple[tuple[str, str], ...]:
    return tuple((lead, " ".join(text.split())) for lead, text in CANNOT_KNOW.items())


def _place(flag: Record) -> str:
    severity = {"serious": "Serious", "warning": "Warning", "note": "Note"}[flag["severity"]]
    return f"{severity}, {named(flag['where'].rsplit('.', 1)[-1])}"


def _members(members: Record) -> list[Block]:
    stopped = {k: count for k, count in members["by_status"].items() if k != "finished"}
    if not stopped:
        return []
    rows = tuple(
        (Cell(named(status)), Cell(str(count)), Cell(members["advice"].get(status, "")))
        for status, count in stopped.items()
    )
    note = Text(
        "Members that stopped are left out of every figure. Where they are many, the rest are a "
        "selection and no fair sample.",
        "note",
    )
    return [Table("members", ("stopped because", "members|", "what to try"), rows), note]


def _contested(record: Record) -> tuple[tuple[str, str], ...]:
    """Return the hypotheses, and values whose rivals were not taken."""
    entries = []
    for hypothesis in record["hypotheses"]:
        options = " ".join(f"“{named(name)}”: {doc}" for name, doc in hypothesis["options"].items())
        chosen = hypothesis["chosen"]
        run = (
            "every option was run apart" if chosen == "each" else f"this run took “{named(chosen)}”"
        )
        entries.append(
            (
                f"{named(hypothesis['family']).capitalize()}.",
                f"{hypothesis['doc']} Here {run}. {raised(options)}",
            )
        )
    lone = [v["key"] for v in record["values"] if v["rivals"] > 1 and not v["hypothesis"]]
    if lone:
        names = joined(list(dict.fromkeys(lone)))
        entries.append(("Values with rival sources.", f"The preferred one was taken for {names}."))
    return tuple(entries)


def _defaults(record: Record) -> Table:
    """List the settings that the Design left open."""
    rows = []
    for default in record["defaults"]:
        source = record["sources"].get(default["source"], {})
        rows.append(
            (
                Cell(default["path"], tone="key"),
                Cell(default["value"]),
                Cell(named(default["source"]) or "convention", href=source.get("address", "")),
            )
        )
    return Table("defaults", ("setting", "taken", "source of the default"), tuple(rows))
