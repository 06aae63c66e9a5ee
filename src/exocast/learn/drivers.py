"""Drivers: which drawn values move the answer, from the members that were run already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, rankdata

from exocast.material.forecast import Forecast

__all__ = ["noise_floor", "rank_correlation", "swing", "with_drivers"]

Array = NDArray[np.float64]

FLOOR_LEVEL = 0.95


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
    ranks = rankdata(values[:, fine], axis=1)
    target = rankdata(answer[fine])
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    target = target - target.mean()
    size = np.sqrt((ranks**2).sum(axis=1) * (target**2).sum())
    return np.asarray(np.divide(ranks @ target, size, out=np.zeros(len(values)), where=size > 0))


def swing(values: Array, answer: Array) -> Array:
    """Return the answer's median in the lowest and the highest fifth of each value.

    Parameters
    ----------
    values : array (p, n)
        Drawn values.
    answer : array (n,)
        The answer.

    Returns
    -------
    array (p, 2)
    """
    fine = np.isfinite(answer)
    held, target = values[:, fine], answer[fine]
    order = np.argsort(held, axis=1, kind="stable")
    fifth = max(target.size // 5, 1)
    low = np.median(target[order[:, :fifth]], axis=1)
    high = np.median(target[order[:, -fifth:]], axis=1)
    return np.stack([low, high], axis=1)


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
    Kendall and Gibbons 1990, Rank Correlation Methods, 5th ed., section 4.13.
    """
    if draws < 3 or count < 1:
        return 1.0
    single = 1.0 - (1.0 - FLOOR_LEVEL ** (1.0 / count)) / 2.0
    return float(min(norm.ppf(single) / np.sqrt(draws - 1), 1.0))


def with_drivers(forecast: Forecast) -> Forecast:
    """Return the forecast with its drivers, and with the standing of the values that matter.

    Every drawn value of the preferred rival is ranked against the answer. A value varies on the
    uncertainty axis, on the variability axis, or on both; its noise floor is that of the axis
    that carries most of its variance.

    Parameters
    ----------
    forecast : Forecast
        As recorded.
    """
    data = forecast.data
    row = forecast.answer["row"]
    answer = np.asarray(data["cascade"].sel(row=row).values[0, 0], dtype=float)
    values = np.asarray(data["value"].values[0], dtype=float)
    identities = [str(name) for name in data["drawn"].values]
    known = np.isfinite(values).all(axis=1)
    correlation = np.zeros(len(values))
    correlation[known] = rank_correlation(values[known], answer)
    ends = swing(np.where(known[:, None], values, 0.0), answer)
    axes = (int(data.attrs["uncertainty"]), int(data.attrs["variability"]))
    floors = _floors(values, axes)
    rows = {(v["identity"], v["hypothesis"]): v for v in forecast.record["values"]}
    rows |= {(v["identity"], ""): v for v in forecast.record["values"]}
    drivers = [
        _driver(rows[identity, ""], float(correlation[i]), ends[i], float(floors[i]))
        for i, identity in enumerate(identities)
    ]
    drivers.sort(key=lambda driver: -abs(driver["rank_correlation"]))
    influence = {driver["identity"]: driver for driver in drivers}
    listed = [
        {
            **value,
            "influence": influence.get(value["identity"], {}).get("rank_correlation", 0.0),
            "matters": influence.get(value["identity"], {}).get("clear", False),
        }
        for value in forecast.record["values"]
    ]
    listed.sort(key=lambda value: -abs(value["influence"]))
    record = {**forecast.record, "drivers": drivers, "values": listed, "trust": _trust(listed)}
    return replace(forecast, record=record)


def _floors(values: Array, axes: tuple[int, int]) -> Array:
    """Return the noise floor of each value from the axis that carries most of its variance."""
    grid = np.log(np.maximum(np.abs(values), 1e-300)).reshape(len(values), *axes)
    between = grid.mean(axis=2).var(axis=1)
    within = grid.var(axis=2).mean(axis=1)
    count = max(len(values), 1)
    uncertain, variable = (noise_floor(size, count) for size in axes)
    return np.where(between >= within, uncertain, variable)


def _driver(
    value: Mapping[str, Any], correlation: float, ends: Array, floor: float
) -> dict[str, Any]:
    low, high = (float(x) if np.isfinite(x) else None for x in ends)
    return {
        "key": value["key"],
        "identity": value["identity"],
        "context": value["context"],
        "rank_correlation": correlation,
        "clear": abs(correlation) > floor,
        "noise_floor": floor,
        "answer_low": low,
        "answer_high": high,
        "standing": value["standing"],
        "source": value["source"],
        "hypothesis": value["hypothesis"],
    }


def _trust(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Count the standing of the values that matter, and of all."""

    def count(rows: list[dict[str, Any]]) -> dict[str, int]:
        standings = [row["standing"] for row in rows]
        return {name: standings.count(name) for name in ("read", "borrowed", "assumed")}

    unique = {row["identity"]: row for row in values}
    mattering = [row for row in unique.values() if row["matters"]]
    return {"influential": count(mattering), "all": count(list(unique.values()))}
