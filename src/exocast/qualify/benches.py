"""Experiments on the bench as cases: forecast up to the tube, read, and scored by stage.

``record["bench"]`` of a `Qualification`::

    {
      "overall": {"build": {"n", "gmfe", ...}, "verify": {...}},
      "stages": {"isolation": {"build": {...}, "verify": {...}}, ...},
      "cases": [{"name", "paper", "role", "scored", "reason", "stage", "citation", "notes", "facts",
                 "problem", "flags", "design", "against",
                 "points": [{"what", "words", "method", "step", "quantity", "of", "over",
                             "observed", "predicted", "low", "high", "unit", "scored", "fold",
                             "inside", "expected", "passed", "baseline", ...}]}],
      "reading_error": {"isolation": 0.5, ...},
    }
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.design.simulating import plan_needs, simulate
from exocast.errors import ExocastError
from exocast.laws.prediction_error import group_means
from exocast.material.cascade import Rival
from exocast.qualify.bench_point import BenchPoint
from exocast.qualify.case import QualificationCase
from exocast.qualify.judging import judged, met, number
from exocast.qualify.reading_error import bench_error
from exocast.qualify.scores import comparable, score
from exocast.qualify.tube import Bench, assay_needs
from exocast.stages import STAGES
from exocast.units import from_si

__all__ = ["BenchBaseline", "bench_points", "bench_record", "forecast_benches", "run_bench"]

Array = NDArray[np.float64]
Record = Mapping[str, Any]

PERFECT = np.zeros(1)
"""No error of reading: of a bound, a direction, or a calculation."""


class BenchBaseline:
    """The naive prediction: the geometric mean of the build readings of one thing and method.

    A reading of a build paper is predicted from the other papers; where no other paper read the
    same of the method there is no prediction.

    Parameters
    ----------
    points : iterable of mapping
        Points of cases on the bench, with ``role``, ``paper``, ``scored``, ``what``, ``method``
        and ``observed``.
    """

    def __init__(self, points: Iterable[Record]) -> None:
        self.points = [one for one in points if one["role"] == "build" and comparable(one)]

    def predict(self, point: Record) -> float | None:
        """Return what it predicts of a point, in SI; None without another paper."""
        alike = (point["what"], point["method"])
        others = [one for one in self.points if one["paper"] != point["paper"]]
        held = [one for one in others if (one["what"], one["method"]) == alike]
        if not held:
            return None
        return group_means([0] * len(held), [one["in_si"] for one in held])[0]

    def observed(self, point: Record) -> float | None:
        """Return the reading that it is held against."""
        value = point["in_si"]
        return float(value) if value is not None else None


def run_bench(design: Design, store: Store) -> Bench:
    """Run a Design up to its last tube, for every member of a store.

    Raises
    ------
    DesignError
        With every problem of the Design.
    """
    plan = design.plan().on_the_bench()
    needs = [*plan_needs(plan), *assay_needs(plan)]
    fixed = {family: option for family, option in plan.hypotheses.items() if option != "each"}
    ensemble = store.draw(needs, fixed)
    batch = store.bench(plan, ensemble)
    return Bench(plan, simulate(plan, "", Rival({}, ""), ensemble, batch, np.zeros(1)))


def forecast_benches(
    cases: Sequence[QualificationCase],
    store: Store,
    *,
    report: Callable[[int, str], None] | None = None,
) -> list[dict[str, Any]]:
    """Return every case of the bench, forecast and read; see this module for the structure.

    Parameters
    ----------
    cases : sequence of QualificationCase
        Experiments with a stage and a Design.
    store : Store
        Members, and what cases share.
    report : callable, optional
        Takes the cases done, and the one that was.
    """
    made = []
    for done, case in enumerate(cases, start=1):
        made.append(_forecast(case, store))
        if report is not None:
            report(done, case.name)
    points = bench_points(made)
    naive = BenchBaseline(points)
    places = [point for case in made for point in case["points"]]
    for place, point in zip(places, points, strict=True):
        found = naive.predict(point)
        place["baseline"] = None if found is None else found * place["factor"]
    return made


def bench_points(cases: Sequence[Record]) -> list[dict[str, Any]]:
    """Return the points of all cases, each with its case."""
    shared = ("paper", "role", "stage")
    return [
        {**{name: case[name] for name in shared}, **point, "case": case["name"]}
        for case in cases
        for point in case["points"]
    ]


def bench_record(made: Sequence[dict[str, Any]], store: Store) -> dict[str, Any]:
    """Return the part of a record that is about the bench."""
    points = bench_points(made)
    naive = BenchBaseline(points)

    def by_role(held: Sequence[Record]) -> dict[str, Any]:
        return {
            role: score([one for one in held if one["role"] == role], naive)
            for role in ("build", "verify")
        }

    stages = [stage for stage in STAGES if any(point["stage"] == stage for point in points)]
    return {
        "overall": by_role(points),
        "stages": {
            stage: by_role([one for one in points if one["stage"] == stage]) for stage in stages
        },
        "cases": list(made),
        "reading_error": {
            stage: float(np.median(bench_error(store, stage))) for stage in stages
        },
    }  # fmt: skip


def _forecast(case: QualificationCase, store: Store) -> dict[str, Any]:
    """Return one case of the record."""
    problem, flags = "", list[dict[str, str]]()
    points: list[dict[str, Any]] = []
    try:
        arm = run_bench(Design.from_text(case.design, name=f"{case.name}, design"), store)
        control = (
            run_bench(Design.from_text(case.against, name=f"{case.name}, against"), store)
            if case.against
            else None
        )
        error = bench_error(store, case.stage)
        points = [_point(case, one, arm, control, error) for one in case.bench]
        flags = [{"where": one.where, "message": one.message} for one in arm.branch.flags]
    except ExocastError as wrong:
        problem = " ".join(str(wrong).split())
        points = [_point(case, one, problem=problem) for one in case.bench]
    return {
        **case.provenance(),
        "stage": case.stage,
        "problem": problem,
        "flags": flags,
        "points": points,
        "against": case.against,
    }


def _point(
    case: QualificationCase,
    point: BenchPoint,
    arm: Bench | None = None,
    control: Bench | None = None,
    error: Array = PERFECT,
    problem: str = "",
) -> dict[str, Any]:
    """Return one point of the record."""
    members = arm.reads(point) if arm is not None else None
    if members is not None and point.compared and control is not None:
        below = control.reads(point)
        members = np.divide(members, below, out=np.full_like(members, np.nan), where=below > 0)
    factor = from_si(1.0, point.unit) / from_si(1.0, point.si_unit)
    shown = None if members is None else factor * members
    found = judged(point.observed, shown, 0.0 if point.expected else error)
    middle = math.nan if found["predicted"] is None else found["predicted"]
    scored = bool(case.scored and point.scored and not point.expected)
    bound = {"fold": None, "inside": None, "place": None} if point.expected else {}
    return {
        "what": point.what,
        "words": point.words,
        "quantity": point.quantity,
        "of": point.of,
        "over": point.over,
        "step": point.step,
        "since": point.since,
        "method": arm.method(point) if arm is not None else "",
        "compared": point.compared,
        **found,
        **bound,
        "unit": point.unit,
        "observed_low": number(point.low),
        "observed_high": number(point.high),
        "sd": number(point.sd),
        "n": point.n,
        "scored": scored,
        "expected": point.expected,
        "passed": met(point.expected, middle, point.observed) if point.expected else None,
        "factor": factor,
        "in_si": number(point.observed / factor) if scored else None,
        "baseline": None,
        "note": point.note,
        "problem": problem,
    }
