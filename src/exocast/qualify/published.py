"""Published mouse intravenous numbers beside what the body shows for the Design's own vesicles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.design.run import Run
from exocast.evidence import Axes, Catalogue
from exocast.material.document import Dose, Plan
from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars
from exocast.qualify.case import QualificationCase, QualificationPoint
from exocast.qualify.casebook import packaged_cases
from exocast.qualify.repeating import Arm, body_plan

__all__ = ["published_cases", "published_record", "with_published"]

SPECIES, MATERIAL = "mouse", "exosome"
TRACER = Dose(1e9, "particles")
"""Far below what saturates phagocytes."""

ROLES = {"build": "calibrated", "verify": "verified"}
"""What a case is for, in the words of the panel."""


def with_published(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with predicted beside published numbers."""
    held = run.design.evidence(catalogue)
    record = {**forecast.record, "published": published_record(run, held)}
    return replace(forecast, record=record)


def published_cases(species: str = SPECIES) -> tuple[QualificationCase, ...]:
    """Return the shipped experiments with vesicles in one species whose numbers are to be met."""
    return tuple(
        case
        for case in packaged_cases()
        if case.role in ROLES and case.scored and not case.against
        and (case.species, case.material) == (species, MATERIAL)
    )  # fmt: skip


def published_record(run: Run, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Predict every published number of this species with the model as it stands.

    The vesicles are the Design's own, in the animal of the study, as a tracer dose; one typical
    subject under every uncertainty draw. A study's own vesicles differ: that is part of the miss.
    `exocast.qualify.qualification` repeats each study with a Design of its own.

    Parameters
    ----------
    run : Run
        Whose vesicles and body are used.
    catalogue : Catalogue
        Values.

    Returns
    -------
    list of dict
        study, source, label, condition, matrix, time_h, quantity, unit, observed,
        observed_spread, predicted {median, uncertainty}, role, read, note; in the printed unit.
    """
    if not run.plan.has_body or run.plan.study.carrier:
        return []  # the published numbers are of vesicles
    store = Store(catalogue, Axes(run.axes.uncertainty, 1), run.seed)
    records = []
    for case in published_cases():
        arm = Arm.run(case, _plan(case, run.plan, run), store)
        records += _records(case, case.points, arm)
    return records


def _plan(case: QualificationCase, plan: Plan, run: Run) -> Plan:
    """Return the animal of a study, with a tracer dose of the Design's vesicles."""
    study = body_plan(Design.from_text(case.design, name=case.name))
    assert study.regimen is not None
    return replace(
        study,
        preparation=plan.preparation,
        measurements=plan.measurements,
        kinetic=plan.kinetic[:1],
        regimen=replace(study.regimen, dose=TRACER),
        run=plan.run,
        hypotheses=dict(run.base[0].ensemble.selection),
    )


def _records(
    case: QualificationCase, points: Sequence[QualificationPoint], arm: Arm
) -> list[dict[str, Any]]:
    """Return one line for each number, in the unit that was printed."""
    state = arm.assay.plan.study.disturbances
    uncertainty = arm.assay.branch.ensemble.axes.uncertainty
    fine = arm.assay.branch.course.status == 0
    found = []
    for point in points:
        values = np.where(fine, arm.reads(point), np.nan)
        spread = three_bars(values, uncertainty).to_dict()
        median = spread["median"]
        found.append(
            {
                "study": case.name,
                "source": case.source,
                "label": case.label,
                "condition": "; ".join(f"{name}={word}" for name, word in state.items()),
                "matrix": point.organ,
                "time_h": _number(point.time_h),
                "quantity": point.quantity,
                "unit": point.unit,
                "observed": point.observed,
                "observed_spread": _number(point.sd),
                "predicted": {"median": median, "uncertainty": spread["uncertainty"]},
                "fold": median / point.observed if median and point.observed else None,  # type: ignore[operator]
                "role": ROLES[case.role],
                "read": case.read,
                "locator": case.locator,
                "note": "; ".join(filter(None, (point.note, *case.notes))),
            }
        )
    return found


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
