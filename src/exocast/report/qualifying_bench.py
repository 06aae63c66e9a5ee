"""The part of a qualification's page that is about the tube: a panel for every stage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.qualify.benches import bench_points
from exocast.qualify.qualification import Qualification
from exocast.report.blocks import Block, Cell, Code, Folded, Panel, Picture, Table, Text, csv_text
from exocast.report.qualifying_pictures import folds, role_name
from exocast.report.words import amount, capital, counted, interval, percent, times

__all__ = ["bench_panels"]

Record = Mapping[str, Any]

TITLES = {"donor": "Cells and fluids", "isolation": "Isolation", "assay": "Assays",
          "loading": "Loading", "surface_engineering": "Surfaces",
          "storage": "Storage"}  # fmt: skip
ERROR = (
    "A light bar holds 90 % of readings: what the model does not know, and how far another "
    "laboratory's reading of the same recipe would lie (exocast explain qualify.reading.bench), "
    "which enters no median. Counts are what tracking analysis would see, protein is what an assay "
    "would read."
)
NAIVE = (
    "The naive prediction is the geometric mean of what the other build papers read of the same "
    "thing by the same method; where no other paper read it there is none."
)


def bench_panels(result: Qualification) -> tuple[Panel, ...]:
    """Return a panel for every stage of the bench that has a case."""
    record = result.record.get("bench")
    return tuple(_panel(record, stage) for stage in record["stages"]) if record else ()


def _panel(record: Record, stage: str) -> Panel:
    cases = [case for case in record["cases"] if case["stage"] == stage]
    points = [{**point, "name": f"{point['paper']}: {point['words']}"}
              for point in bench_points(cases)]  # fmt: skip
    scored = sorted((one for one in points if one["fold"]), key=lambda one: one["role"])
    blocks: list[Block] = []
    if scored:
        blocks.append(_picture(scored, stage))
    blocks += [Text(ERROR, "note"), _scores(record["stages"][stage], stage), Text(NAIVE, "note")]
    blocks.append(_readings(scored, stage))
    judged = [one for one in points if one["expected"]]
    if judged:
        blocks.append(_judged(judged, stage))
    blocks.append(Folded("The cases, with notes and Designs", tuple(map(_case, cases))))
    title = TITLES.get(stage, capital(stage.replace("_", " ")))
    return Panel(f"bench-{stage}", f"{title}: readings of the tube", title,
                 _finding(record["stages"][stage], judged), tuple(blocks))  # fmt: skip


def _finding(scores: Record, judged: Sequence[Record]) -> str:
    """Return what came out, in a sentence for each role."""
    words = []
    for role, plain in (("build", "built on"), ("verify", "that no value was taken from")):
        held = scores[role]
        if held["n"]:
            words.append(
                f"{counted(held['n'], 'reading')} of {counted(held['papers'], 'paper')} {plain}: "
                f"off by {amount(held['gmfe'])}-fold on average, {percent(held['within_3fold'])} "
                f"within 3-fold, {percent(held['coverage90'])} in their 90 % intervals."
            )
    known = [one for one in judged if one["passed"] is not None]
    if known:
        good = sum(bool(one["passed"]) for one in known)
        words.append(
            f"{good} of {counted(len(known), 'bound or direction', 'bounds and directions')} hold."
        )
    return " ".join(words) or "Nothing could be read."


def _picture(points: Sequence[Record], stage: str) -> Picture:
    inside = sum(bool(one["inside"]) for one in points)
    near = sum(1 / 3 <= one["fold"] <= 3 for one in points)
    caption = (
        f"{near} of {counted(len(points), 'reading')} are within 3-fold, {inside} in their 90 % "
        "intervals."
    )
    rows = [{**one, "tolerance": None, "met": None} for one in points]
    return folds(rows, f"bench-{stage}", caption, table=_csv, left=0.47)


def _scores(scores: Record, stage: str) -> Table:
    rows = []
    for role, held in scores.items():
        if not held["n"]:
            continue
        ratio, low, high = held["mean_ratio"]
        naive = f"{amount(held['baseline_gmfe'])}" if held["baseline_gmfe"] else "–"
        small = (
            f"of {held['baseline_n']}; model {amount(held['gmfe_there'])}"
            if held["baseline_n"]
            else ""
        )
        rows.append(
            (
                Cell(capital(role_name(role))),
                Cell(str(held["n"]), held["n"]),
                Cell(str(held["papers"]), held["papers"]),
                Cell(amount(held["gmfe"], 3), held["gmfe"], tone="strong"),
                Cell(percent(held["within_2fold"]), held["within_2fold"]),
                Cell(percent(held["within_3fold"]), held["within_3fold"]),
                Cell(percent(held["coverage90"]), held["coverage90"]),
                Cell(times(ratio) if ratio else "–", ratio,
                     small=interval((low, high), 2) if low else ""),
                Cell(naive, held["baseline_gmfe"], small=small),
            )
        )  # fmt: skip
    head = ("set", "readings|", "papers|", "GMFE|", "in 2-fold|", "in 3-fold|", "90 % coverage|",
            "mean ratio|", "naive GMFE|")  # fmt: skip
    return Table(f"bench-{stage}-scores", head, tuple(rows))


def _readings(points: Sequence[Record], stage: str) -> Table:
    rows = []
    for one in points:
        ends = (one["observed_low"], one["observed_high"])
        spread = interval(ends, 2) if ends[0] is not None else ""
        spread = f"± {amount(one['sd'])}" if one["sd"] else spread
        missed = one["scored"] and not 1 / 3 <= one["fold"] <= 3
        where = ", ".join(filter(None, (one["paper"], one["role"], one["note"][:240])))
        rows.append(
            (
                Cell(one["words"], small=where),
                Cell(one["method"].replace("_", " ")),
                Cell(f"{amount(one['observed'], 3)} {_unit(one)}", one["observed"], small=spread),
                Cell(amount(one["predicted"], 3), one["predicted"]),
                Cell(interval((one["low"], one["high"]), 2)),
                Cell(times(one["fold"]), one["fold"], tone="miss" if missed else "",
                     small="" if one["scored"] else "not scored"),
                Cell(amount(one["baseline"], 3) if one["baseline"] else "–", one["baseline"]),
            )
        )  # fmt: skip
    head = ("reading", "method", "observed|", "predicted|", "90 % of readings|", "fold|", "naive|")
    return Table(f"bench-{stage}-readings", head, tuple(rows), searchable=True)


def _judged(points: Sequence[Record], stage: str) -> Table:
    rows = tuple(
        (
            Cell(one["words"], small=", ".join(filter(None, (
                one["paper"], one["role"], (one["problem"] or one["note"])[:240])))),
            Cell(one["method"].replace("_", " ")),
            Cell(one["expected"] if one["observed"] is None
                 else f"{one['expected']} {amount(one['observed'], 3)} {_unit(one)}"),
            Cell(amount(one["predicted"], 3), one["predicted"]),
            Cell(interval((one["model_low"], one["model_high"]), 2)),
            Cell("not run") if one["passed"] is None
            else Cell("met") if one["passed"] else Cell("missed", tone="miss"),
        )
        for one in points
    )  # fmt: skip
    head = ("reading", "method", "printed", "predicted|", "90 % uncertainty|", "")
    caption = (
        "Bounds and directions: what was printed without a number of its own. A direction is met "
        "where the ratio of the two arms is beyond 1.25 (or below 0.8)."
    )
    return Table(f"bench-{stage}-bounds", head, rows, caption)


def _case(case: Record) -> Folded:
    facts = [(name, str(word)) for name, word in case["facts"].items()]
    inner: list[Block] = [Text(case["citation"], "note"), Text(capital(case["reason"]), "note")]
    inner += [Text(capital(note), "note") for note in case["notes"]]
    if case["problem"]:
        inner.append(Text(case["problem"], "warning"))
    if facts:
        rows = tuple((Cell(name), Cell(word)) for name, word in facts)
        inner.append(Table(f"facts-{case['name']}", ("what", "which"), rows))
    inner.append(Code(case["design"], f"{case['name']}.toml"))
    if case["against"]:
        inner.append(Code(case["against"], f"{case['name']}-control.toml", title="Control arm"))
    errors = [abs(math.log(one["fold"])) for one in case["points"] if one["fold"]]
    score = f", GMFE {amount(math.exp(sum(errors) / len(errors)))}" if errors else ""
    words = f"{case['paper']} · {case['name']} · {role_name(case['role'])}"
    return Folded(f"{words} · {counted(len(case['points']), 'reading')}{score}", tuple(inner))


def _unit(one: Record) -> str:
    """Return the unit of a reading; a comparison is so many times its control."""
    return "times" if one["compared"] else "" if one["unit"] == "1" else str(one["unit"])


def _csv(points: Sequence[Record]) -> str:
    columns = ("case", "paper", "role", "stage", "method", "step", "what", "unit", "observed",
               "predicted", "low", "high", "fold", "baseline", "scored")  # fmt: skip
    return csv_text(columns, [[one[name] for name in columns] for one in points])
