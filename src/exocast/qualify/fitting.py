"""A Design's values fitted to the tables that it names."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.design import Design
from exocast.errors import FitError, nearest
from exocast.evidence import Catalogue, Value
from exocast.evidence.parameter import format_context
from exocast.learn.fit import Fit, fit
from exocast.learn.fitted import Fitted
from exocast.learn.identifiability import directions, information, learnt
from exocast.learn.sampler import Sampled, sample
from exocast.material.document import Plan
from exocast.material.observed import ObservedRow
from exocast.qualify.experiment import Experiment, Sample, Simulator, free_rows, readings_of
from exocast.stages import KINETIC
from exocast.units import from_si

__all__ = ["BETWEEN", "UNSTATED", "experiment_of", "fit_design", "own_error"]

Array = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

UNSTATED = 0.3
"""SD of ln of a reading whose spread was not given: about what organ shares of groups of animals
have."""

ASSAY = 0.1
"""Least SD of ln of a reading, however many animals: dose, calibration, dissection."""

BETWEEN = 0.25
"""SD of ln that the readings of an organ share: what the model or the study gets wrong of it."""

MOST, LEAST = 12, 0.25
"""Values of body and cell that are freed when none is named: at most so many, and those alone of
which the readings by themselves would leave less than nine tenths of the prior's SD. What happens
in the tube is left as it is: what is injected was measured."""

PRIOR_SAMPLES = 2000


def own_error(sd: float, value: float, animals: int) -> float:
    """Return the SD of ln of a reading that is the mean over animals.

    Examples
    --------
    >>> round(own_error(0.2, 1.0, 4), 3), own_error(float("nan"), 1.0, 4)
    (0.141, 0.3)
    """
    if not sd > 0:
        return UNSTATED
    return math.sqrt(math.log1p((sd / value) ** 2) / animals + ASSAY**2)


def experiment_of(plan: Plan, selection: dict[str, str]) -> Experiment:
    """Return the readings of a plan's tables; those below their limit, or of 0, are left out."""
    samples = [
        Sample(
            row.organ,
            row.quantity,
            row.label,
            row.time,
            row.value,
            own_error(row.sd, row.value, row.n),
            BETWEEN,
            f"{row.study}, {row.organ}, {row.label}",
            table.perfused,
        )
        for table in plan.tables
        for row in table.rows
        if _can_be_fitted(row)
    ]
    return Experiment("observed", plan, tuple(samples), selection)


def fit_design(
    design: Design,
    *,
    free: Sequence[str] = (),
    starts: int = 8,
    steps: int = 150,
    seed: int = 0,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Fitted:
    """Fit values of the catalogue to the tables of a Design.

    Parameters
    ----------
    design : Design
        Names at least one table under ``[[observed]]``. Contested facts stand as the Design
        chooses them, the preferred option where it runs them apart.
    free : sequence of str
        Keys, or identities with their context, of the values to fit; chosen by what the readings
        can tell when left out.
    starts, steps, seed, threads
        Starts of the search; steps of the sampler, 0 for Laplace's approximation alone; seed;
        worker threads.
    catalogue : Catalogue, optional
        Priors; the packaged values without earlier fits when left out.
    progress : callable, optional
        Called with rounds done, rounds at most and what is being done.

    Returns
    -------
    Fitted

    Raises
    ------
    DesignError
        With every problem of the document.
    FitError
        If there is nothing to fit to, or a value that is named is not one of the Design's.
    """
    design.check()
    plan = design.plan()
    priors = design.evidence(Catalogue.packaged().priors() if catalogue is None else catalogue)
    chosen = {
        family: priors.hypotheses[family].preferred if option == "each" else option
        for family, option in plan.hypotheses.items()
    }
    experiment = experiment_of(plan, chosen)
    if not experiment.samples:
        raise FitError(
            f"{design.name} names no reading to fit: put your table under [[observed]] (an empty "
            "one: exocast new --observed). Readings of 0 or below their limit cannot be fitted."
        )
    rows = free_rows([experiment], priors)
    readings = readings_of([experiment])
    told = information(list(rows.values()), Simulator([experiment], list(rows.values()), priors,
                                                      threads=threads), readings)  # fmt: skip
    picked = _named(free, rows) if free else _informed(rows, told)
    simulator = Simulator([experiment], picked, priors, threads=threads)
    limit = 40

    def show(done: int, _: float) -> None:
        if progress is not None:
            progress(done, limit + steps, "searching")

    found = fit(picked, simulator, readings, starts=starts, seed=seed, iterations=limit,
                report=show)  # fmt: skip
    sampled: Sampled | None = None
    if steps:

        def step(done: int) -> None:
            if progress is not None:
                progress(limit + done, limit + steps, "sampling")

        sampled = sample(found, simulator, steps=steps, seed=seed, report=step)
    told_by = dict(zip(rows, told, strict=True))
    return _fitted(design, experiment, found, sampled, told_by, priors, seed)


def _can_be_fitted(row: ObservedRow) -> bool:
    return not row.censored and row.value > 0


def _named(free: Sequence[str], rows: dict[str, Value]) -> list[Value]:
    """Return the rows that are named, by identity or by key."""
    found: dict[str, Value] = {}
    for name in free:
        mine = {key: row for key, row in rows.items() if name in (key, row.key)}
        if not mine:
            raise FitError(
                f"`{name}` is no value with a spread that this Design uses. {nearest(name, rows)}"
            )
        found.update(mine)
    return list(found.values())


def _informed(rows: dict[str, Value], told: Array) -> list[Value]:
    """Return the rows of body and cell of which the readings say most."""
    names = list(rows)
    kinetic = [k for k, name in enumerate(names) if name.partition(".")[0] in KINETIC]
    order = sorted((k for k in kinetic if told[k] >= LEAST), key=lambda k: -told[k])[:MOST]
    if not order:
        raise FitError(
            "the readings say next to nothing of any value: they are too few, too uncertain, or "
            "of what the model does not move"
        )
    values = list(rows.values())
    return [values[k] for k in order]


def _fitted(
    design: Design,
    experiment: Experiment,
    found: Fit,
    sampled: Sampled | None,
    told: dict[str, float],
    priors: Catalogue,
    seed: int,
) -> Fitted:
    """Put what was found together."""
    import xarray

    scores = found.laplace(PRIOR_SAMPLES) if sampled is None else sampled.scores
    said = learnt(found, scores)
    names = [row.identity for row in found.rows]
    values = found.values(scores)
    free = []
    for one, row in zip(said, found.rows, strict=True):
        printed = from_si(1.0, row.unit)
        free.append({
            "identity": one.identity, "key": row.key, "context": format_context(row.context),
            "unit": row.unit, "standing": row.standing, "source": row.source,
            "prior": [printed * value for value in one.prior],
            "posterior": [printed * value for value in one.posterior],
            "fitted": printed * float(found.value[names.index(one.identity)]),
            "left": one.left, "score": one.score, "verdict": one.verdict,
            "tied": [list(pair) for pair in one.tied],
        })  # fmt: skip
    record = {
        "exocast": 1, "title": design.title, "design": design.text, "design_digest": design.digest,
        "catalogue_digest": priors.digest, "version": __version__, "seed": seed,
        "hypotheses": dict(experiment.selection),
        "free": free,
        "others": [
            {"identity": name, "information": float(value)}
            for name, value in sorted(told.items(), key=lambda item: -item[1])
            if name not in names
        ][:MOST],
        "readings": _readings(experiment, found),
        "directions": [
            {"left": one.left, "weights": one.weights} for one in directions(found)
        ],
        "correlation": np.atleast_2d(np.corrcoef(scores.T)).tolist(),
        "quality": _quality(found, sampled),
    }  # fmt: skip
    thinned = values[np.linspace(0, len(values) - 1, min(len(values), 1000)).astype(int)]
    data = xarray.Dataset({"value": (("sample", "identity"), thinned)}, {"identity": names})
    return Fitted(record, data)


def _readings(experiment: Experiment, found: Fit) -> list[dict[str, Any]]:
    """Return each reading beside what was predicted of it before and after."""
    units = {"percent_injected": "%", "percent_injected_per_mass": "%/g",
             "percent_injected_per_volume": "%/mL"}  # fmt: skip
    lines = []
    for index, one in enumerate(experiment.samples):
        unit = units[one.quantity]
        printed = from_si(1.0, unit)
        lines.append({
            "organ": one.organ, "label": one.label, "quantity": one.quantity, "unit": unit,
            "time_h": one.time / 3600.0, "observed": printed * one.value, "error": one.own,
            "before": printed * float(found.before[index]),
            "after": printed * float(found.predicted[index]),
            "residual": float(found.minimum.residual[index]),
        })  # fmt: skip
    return lines


def _quality(found: Fit, sampled: Sampled | None) -> dict[str, Any]:
    """Return how good the fit is, and how far its numbers can be trusted."""
    minimum = found.minimum
    gaps = [
        float(np.exp(np.mean(np.abs(np.log(shown / found.readings.observed)))))
        for shown in (found.before, found.predicted)
    ]
    near = minimum.cost < minimum.cost[0] + 1.0
    return {
        "readings": len(found.readings.observed),
        "chi_square": found.chi_square,
        "gmfe_before": gaps[0], "gmfe_after": gaps[1],
        "starts": len(minimum.cost), "starts_at_best": int(near.sum()),
        "spread_of_ends": float(np.abs(minimum.point[near] - minimum.point[0]).max()),
        "converged": bool(minimum.converged[0]),
        "iterations": minimum.iterations, "members": minimum.calls,
        "sampler": None if sampled is None else {
            "samples": len(sampled.scores), "accepted": sampled.accepted,
            "independent": sampled.independent, "agrees": sampled.agrees,
            "largest_shift": float(np.abs(sampled.shift).max()),
            "widths": [float(sampled.width.min()), float(sampled.width.max())],
        },
    }  # fmt: skip
