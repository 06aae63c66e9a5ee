"""The page of a qualification: scores, anchors, directions, residuals, courses, exclusions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from exocast.qualify.qualification import Qualification, points_of
from exocast.report.blocks import Block, Cell, Code, Folded, Panel, Table, Text
from exocast.report.figures import Drawing
from exocast.report.panels.whereabouts import place
from exocast.report.qualifying_bench import bench_panels
from exocast.report.qualifying_pictures import (
    courses,
    folds,
    places,
    reading_name,
    residuals,
    role_name,
    scatter,
)
from exocast.report.words import (
    amount,
    capital,
    counted,
    friendly,
    interval,
    named,
    percent,
    prose,
    times,
)

__all__ = ["drawing_of_qualification", "panels_of_qualification"]

Record = Mapping[str, Any]
ROLES = ("build", "verify", "blind")
_PLAIN = {
    "build": "that were built on",
    "verify": "that no fit has seen",
    "blind": "forecast before they were opened",
}
MEANING = (
    "Build: the model was, or may have been, fitted to these papers, so that their agreement "
    "proves little; they are called calibrated, never predicted. Verify: papers that no fit has "
    "seen. The split goes by paper and was written down before the first fit."
)
ERROR = (
    "An interval holds 90 % of readings: what the model does not know, the error of a printed "
    "reading, and how far another study of the same particle would lie. The last two are drawn "
    "values with rows of their own (exocast explain qualify.reading.measurement, "
    "qualify.reading.between_studies) and enter no median."
)
NAIVE = (
    "The naive prediction is the geometric mean of the build papers by organ and bin of time, "
    "without the paper that is predicted. It knows nothing of particle, dose or animal: a model "
    "that does not beat it has explained nothing."
)
RULE = (
    "A direction is met where the median ratio of the two arms is beyond 1.25 (or below 0.8); no "
    "change is met within these bounds, in which medicines count as equivalent."
)


def drawing_of_qualification(result: Qualification) -> Drawing:
    """Return the figure of a qualification."""
    return scatter(_points(result), "qualification").drawing


def panels_of_qualification(result: Qualification) -> tuple[Panel, ...]:
    """Return the parts of the page, in order."""
    points = _points(result)
    bodies = [_scores(result.record, points), _anchors(points), _directions(points),
              _residuals(points), _intervals(result.record, points),
              _courses(result)] if points else []  # fmt: skip
    every = [_every(points)] if points else []
    found = [*bodies, *bench_panels(result), _excluded(result.record), *every,
             _reproduce(result.record)]  # fmt: skip
    return tuple(panel for panel in found if panel is not None)


def _points(result: Qualification) -> list[dict[str, Any]]:
    """Return every point with its case, vesicles first."""
    sizes = {case["name"]: case.get("diameter_nm") for case in result.cases}
    points = points_of(result.cases)
    return [{**point, "diameter_nm": sizes[point["case"]]} for point in points]


def _scores(record: Record, points: Sequence[Record]) -> Panel:
    blocks: list[Block] = [scatter(points), Text(MEANING, "note"), _score_table(record)]
    by_material = _materials(record)
    if by_material:
        blocks.append(Folded("By material", (by_material,)))
    blocks.append(Folded("By organ", (_organs(points),)))
    blocks.append(Folded("The naive prediction", (Text(NAIVE), _baseline(record))))
    if record["short"]:
        blocks.insert(0, Text("A short run: few cases, few members, no verdict.", "warning"))
    return Panel("scores", "Scores", "Scores", _finding(record), tuple(blocks))


def _finding(record: Record) -> str:
    """Return what came out, in one sentence."""
    parts = []
    for role in ROLES:
        held = record["overall"].get(role)
        if not held or not held["n"]:
            continue
        words = (
            f"{counted(held['n'], 'reading')} of {counted(held['papers'], 'paper')} "
            f"{_PLAIN[role]} are off by {amount(held['gmfe'])}-fold on average, "
            f"{percent(held['within_2fold'])} within 2-fold, {percent(held['coverage90'])} in "
            "their 90 % intervals"
        )
        if held["baseline_gmfe"]:
            better = held["gmfe_there"] < held["baseline_gmfe"]
            words += (
                f"; the naive prediction is off by {amount(held['baseline_gmfe'])}-fold"
                f"{'' if better else ', which is better'}"
            )
        parts.append(words)
    if not parts:
        return "Nothing could be scored."
    text = ". ".join(capital(part) for part in parts)
    return f"{text}."


def _score_table(record: Record) -> Table:
    rows = [
        (Cell(capital(role_name(role))), *_score_cells(record["overall"][role]))
        for role in ROLES
        if role in record["overall"] and record["overall"][role]["n"]
    ]
    return Table(
        "scores",
        ("set", *HEAD),
        tuple(rows),
        "The mean ratio, with its 90 % interval, counts papers alike. The naive prediction "
        "is held against shares of the dose alone.",
    )


HEAD = ("readings|", "papers|", "GMFE|", "in 2-fold|", "in 3-fold|", "90 % coverage|",
        "mean ratio|", "naive GMFE|")  # fmt: skip


def _score_cells(held: Record) -> tuple[Cell, ...]:
    """Return the scores of a set as cells."""
    ratio, low, high = held["mean_ratio"]
    naive = amount(held["baseline_gmfe"]) if held["baseline_gmfe"] else "–"
    same = held["baseline_n"] == held["n"]
    small = "" if same or not held["baseline_n"] else (
        f"of {held['baseline_n']}; model {amount(held['gmfe_there'])}"
    )  # fmt: skip
    lognormal = held["lognormal_within_2fold"]
    expected = f"if log-normal {percent(lognormal)}" if lognormal else ""
    return (
        Cell(str(held["n"]), held["n"]),
        Cell(str(held["papers"]), held["papers"]),
        Cell(amount(held["gmfe"], 3), held["gmfe"], tone="strong"),
        Cell(percent(held["within_2fold"]), held["within_2fold"], small=expected),
        Cell(percent(held["within_3fold"]), held["within_3fold"]),
        Cell(percent(held["coverage90"]), held["coverage90"]),
        Cell(f"{times(ratio)}" if ratio else "–", ratio,
             small=interval((low, high), 2) if low else ""),
        Cell(naive, held["baseline_gmfe"], small=small),
    )  # fmt: skip


def _materials(record: Record) -> Table | None:
    """Return the scores by material, where there are several."""
    if len(record["materials"]) < 2:
        return None
    rows: list[tuple[Cell, ...]] = []
    for role in ROLES:
        held = {name: sets[role] for name, sets in record["materials"].items()
                if role in sets and sets[role]["n"]}  # fmt: skip
        if held:
            rows.append((Cell(capital(role_name(role))),))
            rows += [(Cell(named(name)), *_score_cells(one)) for name, one in held.items()]
    return Table("materials", ("material", *HEAD), tuple(rows))


def _organs(points: Sequence[Record]) -> Table:
    """Return the scores by organ and role."""
    rows: list[tuple[Cell, ...]] = []
    for role in ROLES:
        held = [one for one in points if one["role"] == role and one["scored"] and one["fold"]]
        groups: dict[str, list[Record]] = {}
        for one in held:
            groups.setdefault(place(one["organ"]), []).append(one)
        if groups:
            rows.append((Cell(capital(role_name(role))),))
        for organ, own in sorted(groups.items(), key=lambda pair: -len(pair[1])):
            errors = [math.log(one["fold"]) for one in own]
            gmfe = math.exp(sum(map(abs, errors)) / len(errors))
            bias = math.exp(sum(errors) / len(errors))
            near = sum(abs(error) <= math.log(2) + 1e-12 for error in errors) / len(errors)
            inside = sum(bool(one["inside"]) for one in own) / len(own)
            rows.append(
                (
                    Cell(organ),
                    Cell(str(len(own)), len(own)),
                    Cell(amount(gmfe, 3), gmfe),
                    Cell(times(bias), bias),
                    Cell(percent(near), near),
                    Cell(percent(inside), inside),
                )
            )
    head = ("organ", "readings|", "GMFE|", "predicted over observed, mean|", "within 2-fold|",
            "coverage of 90 %|")  # fmt: skip
    return Table("organs", head, tuple(rows))


def _baseline(record: Record) -> Table:
    rows = tuple(
        (
            Cell(place(one["organ"])),
            Cell(one["time"]),
            Cell(amount(one["percent_of_dose"], 3), one["percent_of_dose"]),
        )
        for one in record["baseline"]
    )
    return Table("baseline", ("organ", "time", "% of the dose|"), rows)


def _anchors(points: Sequence[Record]) -> Panel | None:
    held = [one for one in points if one["tolerance"] and not one["expected"]]
    shown = [one for one in held if one["fold"]]
    if not held:
        return None
    met = sum(bool(one["met"]) for one in held)
    left = len(held) - len(shown)
    finding = f"{met} of {counted(len(held), 'anchor')} are met within the factor that was set"
    finding += f"; {counted(left, 'anchor')} could not be forecast." if left else "."
    blocks: list[Block] = [
        Text(
            "Numbers of vesicles that every parameter set of the body has to reproduce. They are "
            "calibrated, never predicted.",
            "note",
        ),
    ]
    others = [one for one in points if one["material"] == "exosome" and one["fold"]
              and not one["tolerance"]]  # fmt: skip
    if shown:
        caption = "Every anchor is met." if met == len(held) else (
            f"Not met: {'; '.join(reading_name(one) for one in held if one['met'] is False)}."
        )  # fmt: skip
        blocks.append(folds([*shown, *others], "anchors", caption))
    blocks.append(_reading_table("anchors", [*held, *others]))
    return Panel("anchors", "Anchors of the calibration", "Anchors", finding, tuple(blocks))


def _directions(points: Sequence[Record]) -> Panel | None:
    held = [one for one in points if one["expected"]]
    if not held:
        return None
    judged = [one for one in held if one["passed"] is not None]
    met = sum(bool(one["passed"]) for one in judged)
    left = len(held) - len(judged)
    finding = f"{met} of {counted(len(judged), 'direction')} are as they were seen"
    finding += f"; {left} could not be forecast." if left else "."
    rows = tuple(
        (
            Cell(one["paper"], small=one["problem"][:300]),
            Cell(reading_name(one).partition(": ")[2]),
            Cell(one["expected"]),
            Cell(times(one["predicted"]) if one["predicted"] else "–", one["predicted"]),
            Cell(interval((one["low"], one["high"]), 2)),
            _verdict(one),
        )
        for one in held
    )
    head = ("paper", "what", "seen", "with over without|", "90 % uncertainty|", "")
    table = Table("directions", head, rows)
    text = "Experiments with a control arm, of which only the direction was printed."
    return Panel("directions", "Directions", "Directions", finding,
                 (Text(f"{text} {RULE}", "note"), table))  # fmt: skip


def _verdict(one: Record) -> Cell:
    if one["passed"] is None:
        return Cell("not run")
    return Cell("met") if one["passed"] else Cell("missed", tone="miss")


def _residuals(points: Sequence[Record]) -> Panel | None:
    held = [one for one in points if one["fold"] and one["percent_of_dose"]]
    if not held:
        return None
    picture = residuals(held)
    return Panel("residuals", "Residuals", "Residuals", picture.caption, (picture,))


def _intervals(record: Record, points: Sequence[Record]) -> Panel | None:
    held = [one for one in points if one["place"] is not None and not one["expected"]
            and one["role"] in ROLES]  # fmt: skip
    if not held:
        return None
    picture = places(held)
    errors = ", ".join(
        f"{place(organ)} {amount(value)}" for organ, value in record["reading_error"].items()
    )
    words = f"Standard deviation of the logarithm of a reading, median by organ: {errors}."
    return Panel("intervals", "Intervals", "Intervals", picture.caption,
                 (picture, Text(ERROR, "note"), Text(words, "note")))  # fmt: skip


def _courses(result: Qualification) -> Panel | None:
    blocks: list[Block] = []
    for case in result.cases:
        picture = courses(case)
        if picture is None:
            continue
        facts = [(name, str(word)) for name, word in case["facts"].items()]
        facts += [("material", named(case["material"])), ("species", case["species"])]
        if case["diameter_nm"]:
            facts.append(("mean diameter of what was dosed", f"{amount(case['diameter_nm'])} nm"))
        rows = tuple((Cell(name), Cell(word)) for name, word in facts if word)
        notes = [Text(capital(note), "note") for note in case["notes"]]
        flags = [
            Text(prose(f"{named(one['where'])}: {one['message']}"), "note") for one in case["flags"]
        ]
        inner: list[Block] = [picture, Text(case["citation"], "note"), *notes,
                              Table(f"facts-{case['name']}", ("what", "which"), rows)]  # fmt: skip
        inner += [Folded("Flags", tuple(flags))] if flags else []
        inner.append(Folded("Its Design", (Code(case["design"], f"{case['name']}.toml"),)))
        role = role_name(case["role"]) if case["scored"] else "not scored"
        blocks.append(
            Folded(f"{case['paper']} · {case['name']} · {role} · {_case_score(case)}", tuple(inner))
        )
    if not blocks:
        return None
    finding = f"{counted(len(blocks), 'case')}, each with what was forecast between its readings."
    return Panel("courses", "Time courses, case by case", "Courses", finding, tuple(blocks))


def _case_score(case: Record) -> str:
    scored = [one for one in case["points"] if one["fold"] and one["scored"]]
    if not scored:
        return counted(len(case["points"]), "reading")
    error = math.exp(sum(abs(math.log(one["fold"])) for one in scored) / len(scored))
    return f"{counted(len(scored), 'reading')}, GMFE {amount(error)}"


def _excluded(record: Record) -> Panel:
    entries = record["excluded"]
    rows = tuple(
        (
            Cell(one["paper"], small=one["name"]),
            Cell(one["what"]),
            Cell(str(one["points"]), one["points"]),
            Cell(one["reason"]),
        )
        for one in entries
    )
    finding = (
        f"{counted(len(entries), 'entry', 'entries')}: everything that no score holds, with the "
        "reason."
        if entries
        else "Nothing is left out."
    )
    return Panel("left-out", "What is left out", "Left out", finding,
                 (Table("left-out", ("paper", "what", "readings|", "why"), rows),))  # fmt: skip


def _every(points: Sequence[Record]) -> Panel:
    held = [one for one in points if not one["expected"]]
    table = _reading_table("readings", held, searchable=True)
    finding = f"{counted(len(held), 'reading')}, as printed and as forecast."
    return Panel("readings", "Every reading", "Readings", finding, (table,))


def _reading_table(name: str, points: Sequence[Record], *, searchable: bool = False) -> Table:
    rows = []
    for one in points:
        missed = one["met"] is False or (one["scored"] and one["fold"] is not None
                                         and not 0.5 <= one["fold"] <= 2)  # fmt: skip
        spread = f" ± {amount(one['sd'])}" if one["sd"] else ""
        why = one["problem"] or one["note"]
        rows.append(
            (
                Cell(one["paper"], small=one["case"]),
                Cell(reading_name(one, timed=False).partition(": ")[2]),
                Cell(friendly(3600 * one["time_h"], "s") if one["time_h"] is not None else "",
                     one["time_h"]),
                Cell(f"{amount(one['observed'], 3)}{spread} {one['unit']}", one["observed"]),
                Cell(amount(one["predicted"], 3), one["predicted"]),
                Cell(interval((one["low"], one["high"]), 2)),
                Cell(times(one["fold"]) if one["fold"] else "–", one["fold"],
                     tone="miss" if missed else ""),
                Cell(role_name(one["role"]) if one["scored"] else "not scored", small=why[:200]),
            )
        )  # fmt: skip
    head = ("paper", "what", "when|", "observed|", "predicted|", "90 % of readings|",
            "predicted / observed|", "role")  # fmt: skip
    return Table(f"{name}-table", head, tuple(rows), searchable=searchable)


def _reproduce(record: Record) -> Panel:
    origin, size = record.get("provenance", {}), record["members"]
    drawn = f"{size['uncertainty']} draws of what is not known × {size['variability']} "
    drawn += f"typical subject, seed {record['seed']}"
    held = [
        ("members", drawn),
        ("exocast", str(record["version"])),
        ("digest of the catalogue", record["catalogue_digest"]),
        ("made", str(origin.get("created", ""))),
        ("seconds", str(origin.get("seconds", ""))),
    ]  # fmt: skip
    rows = tuple((Cell(name), Cell(text)) for name, text in held if text)
    blocks: list[Block] = []
    if origin.get("command"):
        blocks.append(Code(origin["command"], title="Command"))
    blocks.append(Table("provenance", ("what", "which"), rows))
    finding = "The same command, version and seed give the same numbers."
    return Panel("reproduce", "Reproduce", "Reproduce", finding, tuple(blocks))
