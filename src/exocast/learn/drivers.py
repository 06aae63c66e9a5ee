"""Drivers: which values move the answer, turned one at a time and over the members run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from exocast.design.cascading import build_cascade
from exocast.design.reusing import structure
from exocast.design.run import Run
from exocast.design.simulating import bench, plan_needs, simulate, time_grid
from exocast.evidence import Catalogue, one_at_a_time
from exocast.evidence.parameter import STANDINGS
from exocast.material.forecast import Forecast

__all__ = ["MATTERS", "noise_floor", "rank_correlation", "with_drivers"]

Array = NDArray[np.float64]

FLOOR_LEVEL = 0.95

MATTERS = float(np.log10(1.1))
"""A value matters when the answer moves by 10 % between the ends of its range."""


def rank_correlation(values: Array, answer: Array) -> Array:
    """Return the rank correlation (Spearman) of each drawn value with the answer.

    Parameters
    ----------
    values : array (p, n)
        Drawn values.
    answer : array (n,)
        The answer of each member; members with NaN are left out.

    Returns
    -------
    array (p,)
        0 for a value that does not vary.

    References
    ----------
    Spearman 1904, Am. J. Psychol. 15:72, doi 10.2307/1412159.

    Examples
    --------
    >>> rank_correlation(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]]), np.array([0.1, 1.0, 9.0]))
    array([ 1., -1.])
    """
    fine = np.isfinite(answer)
    if fine.sum() < 3:
        return np.zeros(len(values))
    ranks = np.stack([_ranks(row) for row in values[:, fine]]) if len(values) else values
    target = _ranks(answer[fine])
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    target = target - target.mean()
    size = np.sqrt((ranks**2).sum(axis=1) * (target**2).sum())
    return np.asarray(np.divide(ranks @ target, size, out=np.zeros(len(values)), where=size > 0))


def _ranks(values: Array) -> Array:
    """Return ranks from 1, those of equal values averaged; scipy.stats is slow to import."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    return np.asarray((last - (count - 1) / 2.0)[place])


def noise_floor(draws: int, count: int) -> float:
    """Return the rank correlation that the largest of many unrelated values would reach.

    A value drawn `draws` times has a null correlation of standard deviation 1/sqrt(draws - 1); the
    largest of `count` such values stays below this with 95 % (Sidak) probability.

    Parameters
    ----------
    draws : int
        Independent draws of the value: the size of the axis that it varies on.
    count : int
        Values compared.

    References
    ----------
    Kendall and Gibbons 1990, Rank Correlation Methods, 5th ed. (recalled).
    """
    if draws < 3 or count < 1:
        return 1.0
    single = 1.0 - (1.0 - FLOOR_LEVEL ** (1.0 / count)) / 2.0
    return float(min(ndtri(single) / np.sqrt(draws - 1), 1.0))


def with_drivers(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with its drivers, and with the standing of the values that matter.

    Each value is turned from its 5 % to its 95 % end, all others at their medians, and the answer
    of the preferred rival is computed anew: a swing without sampling noise, whatever the number of
    members. The rank correlation over the members already run stands beside it, with the noise
    floor that it must pass; it also sees what values do together.

    Parameters
    ----------
    forecast : Forecast
        As recorded.
    run : Run
        What it was recorded from.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    """
    held = run.design.evidence(catalogue)
    swings = _swings(run, held, forecast.answer["row"])
    correlations = _correlations(forecast)
    described = {value["identity"]: value for value in reversed(forecast.record["values"])}
    drivers = [
        _driver(described[swung.identity], swung, *correlations.get(swung.identity, (0.0, 1.0)))
        for swung in swings
    ]
    drivers.sort(key=lambda driver: -abs(driver["log10_swing"] or 0.0))
    largest: dict[str, dict[str, Any]] = {}
    for driver in drivers:
        largest.setdefault(driver["identity"], driver)
    listed = [
        {
            **value,
            "log10_swing": largest.get(value["identity"], {}).get("log10_swing") or 0.0,
            "matters": largest.get(value["identity"], {}).get("matters", False),
        }
        for value in forecast.record["values"]
    ]
    listed.sort(key=lambda value: -abs(value["log10_swing"]))
    record = {**forecast.record, "drivers": drivers, "values": listed, "trust": _trust(listed)}
    return replace(forecast, record=record)


@dataclass(frozen=True, slots=True)
class _Swing:
    """The answer at both ends of one value, on one axis, and at the median of all."""

    identity: str
    axis: str
    low: float
    high: float
    middle: float


def _swings(run: Run, catalogue: Catalogue, answer: str) -> list[_Swing]:
    """Solve the design once more, each member with one value turned to one end."""
    plan, branch = run.plan, run.base[0]
    if plan.question.asked.is_bench:
        plan = plan.on_the_bench()
    ensemble, turns = one_at_a_time(plan_needs(plan), catalogue, branch.ensemble.selection)
    batch = bench(plan, ensemble, [])
    time = time_grid(plan.study.times, plan.study.at, plan.study.at)
    same = plan.has_body and structure(plan, batch) == structure(plan, branch.batch)
    known = branch.wired.network if same else None
    solved = simulate(plan, "", branch.rival, ensemble, batch, time, compiled=known)
    values = build_cascade(plan, [solved], len(turns)).row(answer).values[0]
    ends: dict[tuple[str, str], dict[int, float]] = {}
    for turn, value in zip(turns, values, strict=True):
        ends.setdefault((turn.identity, turn.axis), {})[turn.side] = float(value)
    middle = ends.pop(("", ""))[0]
    return [_Swing(*name, pair[-1], pair[1], middle) for name, pair in ends.items()]


def _correlations(forecast: Forecast) -> dict[str, tuple[float, float]]:
    """Return rank correlation and noise floor of each drawn value, preferred rival."""
    data = forecast.data
    answer = np.asarray(data["cascade"].sel(row=forecast.answer["row"]).values[0, 0], dtype=float)
    values = np.asarray(data["value"].values[0], dtype=float)
    axes = (int(data.attrs["uncertainty"]), int(data.attrs["variability"]))
    known = np.isfinite(values).all(axis=1)
    correlation = np.zeros(len(values))
    correlation[known] = rank_correlation(values[known], answer)
    floors = _floors(values, axes)
    names = [str(name) for name in data["drawn"].values]
    return {name: (float(correlation[i]), float(floors[i])) for i, name in enumerate(names)}


def _floors(values: Array, axes: tuple[int, int]) -> Array:
    """Return the noise floor of each value from the axis that carries most of its variance."""
    grid = np.log(np.maximum(np.abs(values), 1e-300)).reshape(len(values), *axes)
    between = grid.mean(axis=2).var(axis=1)
    within = grid.var(axis=2).mean(axis=1)
    count = max(len(values), 1)
    uncertain, variable = (noise_floor(size, count) for size in axes)
    return np.where(between >= within, uncertain, variable)


def _driver(
    value: Mapping[str, Any], swung: _Swing, correlation: float, floor: float
) -> dict[str, Any]:
    """Return one line of the tornado; a swing from or to nothing has no logarithm."""
    ends = np.array([swung.low, swung.high])
    size = None
    if np.isfinite(ends).all() and (ends > 0).all():
        size = float(np.log10(ends[1] / ends[0]))
    return {
        "key": value["key"],
        "identity": value["identity"],
        "context": value["context"],
        "axis": swung.axis,
        "answer_low": _number(swung.low),
        "answer_high": _number(swung.high),
        "answer_median": _number(swung.middle),
        "log10_swing": size,
        "matters": swung.low != swung.high if size is None else abs(size) >= MATTERS,
        "rank_correlation": correlation,
        "noise_floor": floor,
        "standing": value["standing"],
        "source": value["source"],
        "hypothesis": value["hypothesis"],
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _trust(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Count the standing of the values that matter, and of all."""

    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        standings = [row["standing"] for row in rows]
        return {name: standings.count(name) for name in STANDINGS}

    unique = {row["identity"]: row for row in reversed(values)}
    mattering = [row for row in unique.values() if row["matters"]]
    return {"influential": count(mattering), "all": count(list(unique.values()))}
