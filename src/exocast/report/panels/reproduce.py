"""Panel 11: how to reproduce the forecast, and how to cite what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exocast.material.forecast import Forecast
from exocast.report.blocks import Block, Cell, Code, Folded, Panel, Table, Text
from exocast.report.words import amount, counted, friendly, joined, named

__all__ = ["panel"]

Record = Mapping[str, Any]


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record
    origin = record["provenance"]
    bibtex = "\n\n".join(source["bibtex"] for source in record["sources"].values())
    blocks: list[Block] = [
        Code(str(origin.get("command") or "exocast run <the design below>"), title="Command"),
        _versions(origin),
        Text(methods(record), "body"),
    ]
    if bibtex:
        title = f"The {counted(len(record['sources']), 'source')} as BibTeX"
        blocks.append(Folded(title, (Code(bibtex + "\n", "sources.bib"),)))
    if origin.get("design"):
        blocks.append(Folded("The Design", (Code(origin["design"], "design.toml"),)))
    finding = (
        f"The same command, version and seed give the same numbers; the forecast cites "
        f"{counted(len(record['sources']), 'source')}."
    )
    return Panel("reproduce", "Reproduce and cite", "Reproduce", finding, tuple(blocks))


def _versions(origin: Record) -> Table:
    members = origin["members"]
    drawn = f"{members['uncertainty']} draws of what is not known × "
    drawn += f"{members['variability']} subjects and batches, seed {origin['seed']}"
    held = [
        ("exocast, Python, NumPy, SciPy",
         ", ".join(str(origin[name]) for name in ("exocast", "python", "numpy", "scipy"))),
        ("made", f"{origin['created']} on {origin['machine']}"),
        ("members", drawn),
        ("system", f"{origin['states']} states, {origin['parameters']} parameters"
         if origin["states"] else "none: the Design ends on the bench"),
        ("digest of the Design", origin["design_digest"]),
        ("digest of the catalogue", origin["catalogue_digest"]),
        ("digest of the equations", origin["network_digest"]),
    ]  # fmt: skip
    rows = tuple(
        (Cell(name), Cell(str(text), tone="key" if "digest" in name else "")) for name, text in held
    )
    return Table("provenance", ("what", "which"), rows)


def methods(record: Record) -> str:
    """Return a paragraph for the methods of a paper, from what was run."""
    origin, question = record["provenance"], record["question"]
    members = origin["members"]
    steps = [entry["title"] for entry in record["preparation"]]
    doses = len(question["dose_times_seconds"])
    words = f"Methods. The forecast was computed with exocast {origin['exocast']}"
    words += f" (Design digest {origin['design_digest'][:12]}, seed {origin['seed']})."
    if steps:
        words += f" The batch was followed through {joined([step.lower() for step in steps])}."
    rows = counted(len({value["identity"] for value in record["values"]}), "row")
    closed = f"mass balances closed to {amount(record['balance']['largest'], 1)}."
    if record.get("ends_on") == "bench":
        words += f" Nothing was dosed; {closed}"
    else:
        words += (
            f" {counted(doses, 'dose')} of {question['dose']} by the route "
            f"“{named(question['route'])}” in {question['species']} were simulated over "
            f"{friendly(question['horizon_seconds'], 's')} as one system of {origin['states']} "
            "ordinary differential equations, solved with an L-stable Rosenbrock method with "
            f"adaptive steps; {closed}"
        )
    words += (
        f" Parameters were drawn from {rows} of its catalogue "
        f"(digest {origin['catalogue_digest'][:12]}) by "
        f"stratified sampling on two axes: {members['uncertainty']} draws of what is not known "
        f"and {members['variability']} subjects and batches. Uncertainty is the 90 % range over "
        "the first axis of the medians over the second; variability is the median over the first "
        "axis of the 90 % ranges over the second."
    )
    contested = [named(h["family"]) for h in record["hypotheses"] if h["chosen"] == "each"]
    if contested:
        words += (
            f" Contested facts ({joined(contested)}) were run as rival hypotheses on the same "
            "members and not averaged."
        )
    finished = record["members"]
    stopped = finished["asked"] - finished["finished"]
    if stopped:
        words += f" {stopped} of {finished['asked']} members stopped and were left out."
    return words
