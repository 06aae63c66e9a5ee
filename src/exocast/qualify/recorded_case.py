"""One case forecast and read: its points, its curves, and what went wrong, as a record."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.errors import ExocastError
from exocast.laws.prediction_error import mixture_interval
from exocast.material.observed import QUANTITIES
from exocast.qualify.case import QualificationCase, QualificationPoint
from exocast.qualify.casebook import UNITS
from exocast.qualify.judging import judged, met, number
from exocast.qualify.reading_error import log_errors
from exocast.qualify.repeating import Arm, body_plan
from exocast.units import from_si

__all__ = ["CURVE_POINTS", "RecordedCase"]

Array = NDArray[np.float64]

CURVE_POINTS = 48
"""Times of a curve that are written down."""


class RecordedCase:
    """One case on its way into the record."""

    def __init__(
        self,
        case: QualificationCase,
        store: Store,
        threads: int,
        report: Callable[[int], None],
    ) -> None:
        self.case, self.store, self.threads, self.report = case, store, threads, report
        self.before = 0

    def record(self) -> dict[str, Any]:
        """Return the case with its points."""
        case, problem, diameter = self.case, "", None
        flags: list[dict[str, str]] = []
        points: list[dict[str, Any]] = []
        curves: list[dict[str, Any]] = []
        try:
            arm = self._arm(case.design, "design")
            control = self._arm(case.against, "against") if case.against else None
        except ExocastError as error:
            problem = " ".join(str(error).split())
            points = [_point(case, point, problem=problem) for point in case.points]
        else:
            errors = log_errors(self.store, [point.organ for point in case.points])
            points = [self._read(point, arm, control, errors) for point in case.points]
            curves, diameter = _curves(case, arm, errors), _diameter(arm)
            said = arm.assay.branch.flags
            flags = [{"where": one.where, "message": one.message} for one in said]
        return {
            **case.provenance(),
            "judged": "direction" if case.against else "fold",
            "species": case.species,
            "label": case.label,
            "diameter_nm": diameter,
            "problem": problem,
            "flags": flags,
            "points": points,
            "curves": curves,
        }

    def _arm(self, text: str, what: str) -> Arm:
        """Run one Design of the case."""
        design = Design.from_text(text, name=f"{self.case.name}, {what}")
        plan = body_plan(design, [point.organ for point in self.case.points])
        before = self.before

        def report(count: int) -> None:
            self.report(before + count)

        arm = Arm.run(self.case, plan, self.store, threads=self.threads, report=report)
        self.before += self.store.axes.members
        return arm

    def _read(
        self,
        point: QualificationPoint,
        arm: Arm,
        control: Arm | None,
        errors: Mapping[str, Array],
    ) -> dict[str, Any]:
        """Return one point beside its prediction."""
        if point.organ not in arm.organs:
            return _point(self.case, point, problem=f"the body has no {point.organ}")
        if point.expected and control is not None:
            asked = (point.organ, point.quantity, point.time_h)
            members, below = arm.reading(*asked), control.reading(*asked)
            ratio = np.divide(members, below, out=np.full_like(members, np.nan), where=below > 0)
            return _point(self.case, point, ratio, 0.0)
        found = _point(self.case, point, arm.reads(point), errors[point.organ])
        share = 100.0 * point.observed * arm.share_of(point)
        found["percent_of_dose"] = number(share) if share > 0 else None
        return found


def _point(
    case: QualificationCase,
    point: QualificationPoint,
    members: Array | None = None,
    log_error: Array | float = 0.0,
    problem: str = "",
) -> dict[str, Any]:
    """Return one point of the record."""
    found = judged(point.observed, members, log_error)
    fold = found["fold"]
    near = None
    if math.isfinite(point.tolerance) and fold is not None:
        near = bool(abs(math.log(fold)) <= math.log(point.tolerance) + 1e-12)
    ratio = math.nan if found["predicted"] is None else found["predicted"]
    return {
        "organ": point.organ,
        "quantity": point.quantity,
        "time_h": number(point.time_h),
        **found,
        "unit": "1" if point.expected else point.unit,
        "observed_low": number(point.low),
        "observed_high": number(point.high),
        "sd": number(point.sd),
        "n": point.n,
        "scored": bool(case.scored and point.scored),
        "tolerance": number(point.tolerance),
        "met": near,
        "expected": point.expected,
        "passed": met(point.expected, ratio) if point.expected else None,
        "percent_of_dose": None,
        "note": point.note,
        "problem": problem,
    }


def _diameter(arm: Arm) -> float | None:
    """Return the geometric mean diameter of what was dosed [nm]; None for dissolved cargo."""
    carriers = arm.assay.branch.carriers
    count = np.array([np.median(carrier.count) for carrier in carriers])
    if not count.sum() > 0:
        return None
    logarithms = np.array([np.log(np.median(carrier.diameter)) for carrier in carriers])
    return float(1e9 * np.exp(np.average(logarithms, weights=count)))


def _curves(case: QualificationCase, arm: Arm, errors: Mapping[str, Array]) -> list[dict[str, Any]]:
    """Return the forecast over time of everything that was read more than as a figure."""
    drawn = {
        (point.organ, point.quantity): point.unit or UNITS[point.quantity]
        for point in case.points
        if point.quantity in QUANTITIES and point.organ in arm.organs
    }
    if not drawn:  # a blood curve behind figures of it
        organs = dict.fromkeys(p.organ for p in case.points if p.organ in arm.organs)
        drawn = {(organ, "percent_injected"): "%" for organ in organs}
    time = arm.assay.time
    later = np.flatnonzero(time > min(arm.assay.plan.study.times))
    kept = later[np.unique(np.linspace(0, len(later) - 1, CURVE_POINTS).round().astype(int))]
    found = []
    for (organ, quantity), unit in drawn.items():
        course = from_si(1.0, unit) * arm.assay.reading(organ, quantity, case.label)[:, kept]
        ranges = np.array([mixture_interval(column, errors[organ]) for column in course.T])
        found.append(
            {
                "organ": organ,
                "quantity": quantity,
                "unit": unit,
                "time_h": [float(x) / 3600.0 for x in time[kept]],
                "median": [number(x) for x in np.nanmedian(course, axis=0)],
                "low": [number(x) for x in ranges[:, 0]],
                "high": [number(x) for x in ranges[:, 1]],
            }
        )
    return found
