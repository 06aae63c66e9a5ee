"""Published mouse intravenous numbers beside what the body shows for the Design's own vesicles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.design.simulating import Benches, Branch, bench, plan_needs, simulate
from exocast.evidence import Axes, Catalogue, draw
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars
from exocast.stages.biodistribution import ROUTES
from exocast.stages.biodistribution.observations import (
    Observation,
    predicted,
    published_observations,
)
from exocast.stages.biodistribution.sampling import Sampling
from exocast.units import from_si

__all__ = ["published_record", "with_published"]

Array = NDArray[np.float64]

SPECIES = "mouse"
BODY_WEIGHT = 0.022
DOSE = 1e9
"""Particles of a tracer dose, far below what saturates phagocytes."""

HORIZON = 86400.0


def with_published(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with predicted beside published numbers."""
    held = Catalogue.packaged() if catalogue is None else catalogue
    record = {**forecast.record, "published": published_record(run, held)}
    return replace(forecast, record=record)


def published_record(run: Run, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Predict every published number of this species with the model as it stands.

    The vesicles are the Design's own, in a mouse without a tumour, as a tracer dose; one typical
    subject under every uncertainty draw. A study's own vesicles differ: that is part of the miss.

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
    observations = [one for one in published_observations() if one.species == SPECIES]
    records = []
    batches: Benches = []
    for label, condition in dict.fromkeys((o.label, o.condition) for o in observations):
        held = [o for o in observations if (o.label, o.condition) == (label, condition)]
        plan = _plan(run.plan, label, condition)
        axes = Axes(run.axes.uncertainty, 1)
        ensemble = draw(
            plan_needs(plan), catalogue, axes, run.seed, dict(run.base[0].ensemble.selection)
        )
        batch = bench(plan, ensemble, batches)
        time = _times(held)
        branch = simulate(plan, "", Rival({}, ""), ensemble, batch, time)
        sampling = _sampling(branch, label)
        records += [_record(one, predicted(one, sampling), branch, axes) for one in held]
    return records


def _plan(plan: Plan, label: str, condition: str) -> Plan:
    """Return the Design's bench with a tracer dose of one label in a mouse of the study."""
    name, _, state = condition.partition("=")
    study = replace(
        plan.study,
        species=SPECIES,
        body_weight=BODY_WEIGHT,
        tumour_volume=0.0,
        labels=(label,),
        cargo="",
        route="intravenous_bolus",
        times=(0.0,),
        at=HORIZON,
        horizon=HORIZON,
        disturbances={name: state} if state else {},
    )
    assert plan.regimen is not None
    regimen = replace(plan.regimen, dose=replace(plan.regimen.dose, value=DOSE, counts="particles"))
    return replace(
        plan,
        kinetic=plan.kinetic[:1],
        route=ROUTES["intravenous_bolus"](),
        study=study,
        regimen=regimen,
    )


def _times(observations: list[Observation]) -> Array:
    """Return minutes to a day, and the times that were published."""
    grid = np.concatenate([[0.0], np.geomspace(20.0, HORIZON, 60)])
    sampled = [o.time for o in observations if np.isfinite(o.time)]
    return np.unique(np.concatenate([grid, np.asarray(sampled, dtype=float)]))


def _sampling(branch: Branch, label: str) -> Sampling:
    """Return the branch as an experimenter would sample it."""
    shape = branch.course.of("blood").shape
    given = {
        name: np.broadcast_to(branch.wired.dosed[name][:, :1], shape)
        for name in ("particles", label)
    }
    return Sampling(branch.course, branch.published, given)


def _record(observation: Observation, shown: Array, branch: Branch, axes: Axes) -> dict[str, Any]:
    """Return one line, in the unit that was printed."""
    values = np.where(branch.course.status == 0, shown, np.nan)
    printed = from_si(1.0, observation.unit)
    spread = three_bars(values * printed, axes.uncertainty).to_dict()
    observed = observation.value * printed
    return {
        "study": observation.study,
        "source": observation.source,
        "label": observation.label,
        "condition": observation.condition,
        "matrix": observation.matrix,
        "time_h": observation.time / 3600.0 if np.isfinite(observation.time) else None,
        "quantity": observation.quantity,
        "unit": observation.unit,
        "observed": observed,
        "observed_spread": _number(observation.spread * printed),
        "predicted": {"median": spread["median"], "uncertainty": spread["uncertainty"]},
        "fold": _fold(spread, observed),
        "role": observation.use,
        "read": observation.read,
        "locator": observation.locator,
        "note": observation.note,
    }


def _fold(spread: Mapping[str, Any], observed: float) -> float | None:
    """Return predicted over observed."""
    median = spread["median"]
    return median / observed if median and observed else None


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
