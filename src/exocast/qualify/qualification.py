"""Every published experiment as a case: forecast, read as it was read, and scored.

``record`` of a `Qualification`::

    {
      "exocast": 1, "version", "members": {"uncertainty", "variability"}, "seed",
      "catalogue_digest", "short",
      "overall": {"build": {"n", "gmfe", "within_2fold", "within_3fold", "coverage90",
                            "baseline_gmfe", ...}, "verify": {...}},
      "materials": {"exosome": {"build": {...}, "verify": {...}}, ...},
      "bench": {...},
      "cases": [{"name", "paper", "role", "scored", "reason", "judged", "material", "species",
                 "label", "citation", "notes", "facts", "problem", "flags",
                 "points": [{"organ", "quantity", "time_h", "observed", "predicted", "low", "high",
                             "unit", "scored", "fold", "inside", ...}],
                 "curves": [{"organ", "quantity", "unit", "time_h", "median", "low", "high"}]}],
      "excluded": [{"name", "paper", "what", "points", "reason"}],
      "baseline": [{"organ", "time", "percent_of_dose"}],
      "reading_error": {"liver": 0.45, ...},
    }

``low`` and ``high`` hold 90 % of readings: what the model does not know, and what a printed reading
and another study differ by. ``model_low`` and ``model_high`` hold the model alone. ``bench`` is
what `exocast.qualify.benches` says.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.reusing import Store
from exocast.design.run import Progress
from exocast.errors import ExocastError, nearest
from exocast.evidence import Axes, Catalogue
from exocast.qualify.benches import bench_points, bench_record, forecast_benches
from exocast.qualify.case import QualificationCase
from exocast.qualify.casebook import packaged_benches, packaged_cases, read_cases
from exocast.qualify.reading_error import log_errors
from exocast.qualify.recorded_case import RecordedCase
from exocast.qualify.scores import Baseline, comparable, score

__all__ = [
    "MEMBERS",
    "SCHEMA",
    "SHORT",
    "SHORT_MEMBERS",
    "Qualification",
    "cases_in",
    "cases_of",
    "chosen",
    "forecast_cases",
    "points_of",
    "qualify",
    "with_opened",
]

Array = NDArray[np.float64]

SCHEMA = 1
MEMBERS = (200, 1)
"""Draws of what is not known, for one typical subject: a case is the mean of a group."""

SHORT = ("takahashi_2013", "morishita_2015", "imai_2015", "boing_2014")
SHORT_MEMBERS = (24, 1)
"""What a short run takes: a minute's check that the whole path works, not a verdict."""


@dataclass(frozen=True)
class Qualification:
    """What the model made of published experiments.

    Attributes
    ----------
    record : dict
        See this module.
    """

    record: dict[str, Any]

    @property
    def cases(self) -> list[dict[str, Any]]:
        """Return the cases of the record."""
        return list(self.record["cases"])

    @property
    def benches(self) -> list[dict[str, Any]]:
        """Return the cases on the bench of the record; none in a record of an older version."""
        return list(self.record.get("bench", {}).get("cases", ()))

    def to_csv(self) -> str:
        """Return every point as a table, a line each."""
        head = ("case", "paper", "role", "material", "species", "label", "organ", "quantity",
                "time_h", "unit", "observed", "predicted", "low", "high", "model_low",
                "model_high", "fold", "inside", "scored", "expected", "passed", "note")  # fmt: skip
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(head)
        for case in self.cases:
            for point in case["points"]:
                row = {**case, **point, "case": case["name"]}
                writer.writerow(["" if row[name] is None else row[name] for name in head])
        for point in bench_points(self.benches):
            row = {
                **dict.fromkeys(head),
                **point,
                "organ": point["step"],
                "quantity": point["what"],
            }
            writer.writerow(["" if row[name] is None else row[name] for name in head])
        return buffer.getvalue()


def cases_of(data: Path | None = None) -> tuple[QualificationCase, ...]:
    """Return the cases that ship with exocast, and those of a folder.

    Parameters
    ----------
    data : Path, optional
        Folder with case files, and with the nanoparticle tables whose numbers may not be shipped.

    Raises
    ------
    ExocastError
        If the folder holds neither, or two cases have one name.
    """
    shipped = (*packaged_cases(), *packaged_benches())
    if data is None:
        return shipped
    brought = cases_in(data)
    names = {case.name for case in shipped}
    twice = [case.name for case in brought if case.name in names]
    if twice:
        raise ExocastError(f"{data}: {', '.join(twice)} ships with exocast already; rename it")
    return (*shipped, *brought)


def cases_in(data: Path) -> tuple[QualificationCase, ...]:
    """Return the cases of a folder: its case files and the nanoparticle tables that it holds."""
    if not data.is_dir():
        raise ExocastError(f"--data {data}: there is no such folder")
    found = [*read_cases(sorted(data.glob("*.toml"))), *_nanoparticle_cases(data)]
    if not found:
        raise ExocastError(
            f"{data} holds no case: neither a case file (*.toml) nor a table of nanoparticles "
            "(np_reference_observations.csv)"
        )
    return tuple(found)


def _nanoparticle_cases(data: Path) -> Sequence[QualificationCase]:
    """Return the cases that are read from published nanoparticle tables, where they lie there."""
    from exocast.qualify.nanoparticle_sets import OBSERVATIONS, read_nanoparticle_sets

    return read_nanoparticle_sets(data) if (data / OBSERVATIONS).is_file() else ()


def chosen(cases: Sequence[QualificationCase], only: Iterable[str]) -> list[QualificationCase]:
    """Return the cases of some names, or of some papers; all of them where none is named.

    Raises
    ------
    ExocastError
        If nothing has a name; the message offers the nearest.
    """
    names = list(only)
    known = {case.name for case in cases} | {case.paper for case in cases}
    for name in names:
        if name not in known:
            raise ExocastError(f"--only {name}: no such case. {nearest(name, known)}")
    return [case for case in cases if not names or case.name in names or case.paper in names]


def qualify(
    cases: Sequence[QualificationCase],
    *,
    members: tuple[int, int] = MEMBERS,
    seed: int = 1,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    short: bool = False,
    progress: Progress | None = None,
) -> Qualification:
    """Forecast every case and score it.

    Parameters
    ----------
    cases : sequence of QualificationCase
        Experiments; excluded ones are listed with their reason, not run.
    members : tuple of int
        (uncertainty, variability).
    seed : int
        Of every draw.
    threads : int
        Worker threads; results do not depend on it.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    short : bool
        Whether this is a short run, for the record.
    progress : callable, optional
        Takes members done, members in all, and the case.

    Notes
    -----
    A case whose Design the present model cannot run is no crash: it is listed with what is wrong.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    store = Store(held, Axes(*members), seed)
    runs = [case for case in cases if case.role not in ("excluded", "blind") and _written(case)]
    benches = [case for case in runs if case.stage]
    bodies = [case for case in runs if not case.stage]

    def report(done: int, name: str) -> None:
        if progress is not None:
            progress(done, len(benches), name)

    tubes = forecast_benches(benches, store, report=report)
    made = forecast_cases(bodies, store, threads=threads, progress=progress)
    _with_baseline(made)
    return Qualification(_record(cases, made, tubes, store, members, seed, short))


def forecast_cases(
    cases: Sequence[QualificationCase],
    store: Store,
    *,
    threads: int = 1,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Return every case of the record, forecast and read; see this module for the structure.

    Parameters
    ----------
    cases : sequence of QualificationCase
        Experiments with a Design.
    store : Store
        Members, and what cases share.
    threads : int
        Worker threads; results do not depend on it.
    progress : callable, optional
        Takes members done, members in all, and the case.
    """
    size = store.axes.members
    arms = [2 if case.against else 1 for case in cases]
    total, before, made = size * sum(arms), 0, []
    for case, own in zip(cases, arms, strict=True):

        def show(count: int, before: int = before, words: str = case.name) -> None:
            if progress is not None:
                progress(before + count, total, words)

        made.append(RecordedCase(case, store, threads, show).record())
        before += own * size
    return made


def with_opened(result: Qualification, opened: Sequence[dict[str, Any]]) -> Qualification:
    """Return a qualification with experiments that were forecast before they were opened.

    Parameters
    ----------
    result : Qualification
        Whose build sets make the naive prediction.
    opened : sequence of dict
        Cases of the role ``blind``, from `exocast.qualify.sealed.opened_cases`.
    """
    made = [*result.cases, *opened]
    _with_baseline(made)
    points = points_of(made)
    blind = [point for point in points if point["role"] == "blind"]
    overall = {**result.record["overall"], "blind": score(blind, Baseline(points))}
    known = {case["name"] for case in opened}
    excluded = [one for one in result.record["excluded"] if one["name"] not in known]
    excluded += _excluded((), opened)
    return Qualification({**result.record, "overall": overall, "cases": made, "excluded": excluded})


def _record(
    cases: Sequence[QualificationCase],
    made: list[dict[str, Any]],
    tubes: list[dict[str, Any]],
    store: Store,
    members: tuple[int, int],
    seed: int,
    short: bool,
) -> dict[str, Any]:
    """Return the whole record."""
    points = points_of(made)
    baseline = Baseline(points)
    organs = sorted({point["organ"] for point in points})
    errors = log_errors(store, organs)
    materials = dict.fromkeys(point["material"] for point in points)
    return {
        "exocast": SCHEMA,
        "version": __version__,
        "title": "Published experiments, predicted against observed",
        "members": {"uncertainty": members[0], "variability": members[1]},
        "seed": seed,
        "catalogue_digest": store.catalogue.digest,
        "short": short,
        "overall": _by_role(points, baseline),
        "materials": {
            name: _by_role([point for point in points if point["material"] == name], baseline)
            for name in materials
        },
        "bench": bench_record(tubes, store),
        "cases": made,
        "excluded": [*_excluded(cases, made), *_unread(tubes)],
        "baseline": baseline.table(),
        "reading_error": {organ: float(np.median(errors[organ])) for organ in organs},
    }


def points_of(cases: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the points of all cases, each with its case."""
    shared = ("paper", "role", "material", "species")
    return [
        {**{name: case[name] for name in shared}, **point, "case": case["name"]}
        for case in cases
        for point in case["points"]
    ]


def _by_role(points: Sequence[Mapping[str, Any]], baseline: Baseline) -> dict[str, Any]:
    return {
        role: score([point for point in points if point["role"] == role], baseline)
        for role in ("build", "verify")
    }


def _with_baseline(made: list[dict[str, Any]]) -> None:
    """Put beside every point what the naive prediction makes of it."""
    known = points_of(made)
    baseline = Baseline(known)
    places = [point for case in made for point in case["points"]]
    for place, point in zip(places, known, strict=True):
        place["baseline_percent_of_dose"] = baseline.percent(point)


def _excluded(
    cases: Sequence[QualificationCase], made: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return everything that no score holds, with the reason."""
    found = [
        {"name": case.name, "paper": case.paper, "what": case.role, "points": case.size,
         "reason": case.reason}
        for case in cases
        if case.role in ("excluded", "blind") or not _written(case)
    ]  # fmt: skip
    for case in made:
        entry = {"name": case["name"], "paper": case["paper"]}
        if case["problem"]:
            found.append({**entry, "what": "not run", "points": len(case["points"]),
                          "reason": case["problem"]})  # fmt: skip
            continue
        if not case["scored"] and case["judged"] == "fold":
            found.append({**entry, "what": case["role"], "points": len(case["points"]),
                          "reason": case["reason"]})  # fmt: skip
            continue
        left = [point for point in case["points"] if case["scored"] and not comparable(point)]
        for reason, group in groupby(sorted(left, key=_why), key=_why):
            held = list(group)
            organs = ", ".join(dict.fromkeys(str(point["organ"]) for point in held))
            found.append({**entry, "what": f"points of {organs}", "points": len(held),
                          "reason": reason})  # fmt: skip
    return found


def _unread(tubes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return everything of the bench that no score holds, with the reason."""
    found = []
    for case in tubes:
        entry = {"name": case["name"], "paper": case["paper"]}
        if case["problem"] or not case["scored"]:
            found.append({**entry, "what": "not run" if case["problem"] else case["role"],
                          "points": len(case["points"]),
                          "reason": case["problem"] or case["reason"]})  # fmt: skip
            continue
        found += [
            {**entry, "what": point["words"], "points": 1, "reason": _why(point)}
            for point in case["points"]
            if not point["expected"] and not comparable(point)
        ]
    return found


def _written(case: QualificationCase) -> bool:
    """Return whether the case has a Design; a few remarks are none."""
    return any(
        line.strip() and not line.lstrip().startswith("#") for line in case.design.split("\n")
    )


def _why(point: Mapping[str, Any]) -> str:
    """Return why a point of a scored case has no fold error."""
    if point["problem"]:
        return str(point["problem"])
    if not point["scored"]:
        return str(point["note"] or "not scored")
    if not (point["observed"] or 0) > 0:
        return "printed as 0 or below its limit: no fold error; judged by coverage"
    return "the forecast gives no number here"
