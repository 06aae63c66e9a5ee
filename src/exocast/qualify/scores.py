"""What a set of predictions is worth: fold errors, coverage, and whether it beats a naive rival."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from exocast.laws.prediction_error import (
    coverage,
    geometric_mean_fold_error,
    group_means,
    lognormal_share_within,
    mean_ratio,
    share_within,
)
from exocast.material.observed import BLOOD

__all__ = ["BINS", "Baseline", "Naive", "bin_of", "comparable", "score"]

Record = Mapping[str, Any]

BINS = ((0.25, "to 15 min"), (1.0, "to 1 h"), (4.0, "to 4 h"), (12.0, "to 12 h"),
        (36.0, "to 36 h"), (96.0, "to 4 d"), (336.0, "to 14 d"), (math.inf, "later"))  # fmt: skip
"""Ends of the bins of time [h], each included, and what they are called."""


def bin_of(time_h: float) -> int:
    """Return the bin that a time falls into.

    Examples
    --------
    >>> bin_of(0.0833), bin_of(4.0), bin_of(1000.0)
    (0, 2, 7)
    """
    return next(index for index, (end, _) in enumerate(BINS) if time_h <= end * (1 + 1e-9))


class Naive(Protocol):
    """A prediction that knows nothing but other readings."""

    def predict(self, point: Record) -> float | None:
        """Return what it predicts of a point; None where it has nothing to go by."""

    def observed(self, point: Record) -> float | None:
        """Return the reading that it is held against, in the same unit."""


class Baseline:
    """The naive prediction: the geometric mean of the build sets, by organ and bin of time.

    A reading of a build set is predicted from the papers other than its own, since most bins hold
    one paper, whose mean would be the reading itself; readings of verify sets from all of them.
    Samples of blood count as one organ. Where a bin is empty its nearest neighbour in time stands
    in, where an organ is missing the mean of all organs.

    Parameters
    ----------
    points : iterable of mapping
        Points of cases, with ``role``, ``paper``, ``scored``, ``organ``, ``time_h`` and
        ``percent_of_dose``.
    """

    def __init__(self, points: Iterable[Record]) -> None:
        self.points = [
            point
            for point in points
            if point["role"] == "build" and comparable(point) and point["percent_of_dose"]
        ]
        self.papers = {point["paper"] for point in self.points}
        self._means: dict[str, dict[tuple[str, int], float]] = {}

    def means(self, without: str = "") -> dict[tuple[str, int], float]:
        """Return the mean of each organ and bin, of all papers but one."""
        if without not in self._means:
            held = [point for point in self.points if point["paper"] != without]
            groups = [(_organ(point), bin_of(point["time_h"])) for point in held]
            shares = [point["percent_of_dose"] for point in held]
            self._means[without] = group_means(groups, shares) if held else {}
        return self._means[without]

    def percent(self, point: Record) -> float | None:
        """Return what it predicts of a point, in percent of the dose.

        None for a figure of a curve, and where no other paper has a reading.
        """
        own = str(point["paper"])
        means = self.means(own if own in self.papers else "")
        if point["percent_of_dose"] is None or not means:
            return None
        organ, wanted = _organ(point), bin_of(point["time_h"])
        near = [(abs(when - wanted), when) for where, when in means if where == organ]
        if near:
            return means[organ, min(near)[1]]
        return group_means([0] * len(means), list(means.values()))[0]

    def predict(self, point: Record) -> float | None:
        """Return what it predicts of a point, in percent of the dose."""
        return self.percent(point)

    def observed(self, point: Record) -> float | None:
        """Return the reading in percent of the dose."""
        share = point["percent_of_dose"]
        return float(share) if share is not None else None

    def table(self) -> list[dict[str, Any]]:
        """Return every mean of all build sets, for the record."""
        return [
            {"organ": organ, "time": BINS[when][1], "percent_of_dose": mean}
            for (organ, when), mean in sorted(self.means().items())
        ]


def comparable(point: Record) -> bool:
    """Return whether a point enters a fold error: scored, printed above 0, and predicted."""
    return bool(point["scored"] and (point["observed"] or 0) > 0 and (point["predicted"] or 0) > 0)


def score(points: Sequence[Record], baseline: Naive) -> dict[str, Any]:
    """Return the scores of a set of points.

    Parameters
    ----------
    points : sequence of mapping
        Points of the record, with ``paper`` and ``case`` beside them.
    baseline : Naive
        The naive prediction.

    Returns
    -------
    dict
        ``n``, ``gmfe``, ``within_2fold``, ``within_3fold``, ``coverage90``, ``baseline_gmfe``;
        beside them ``cases``, ``papers``, ``mean_ratio`` with its interval over papers,
        ``lognormal_within_2fold`` (what the GMFE would mean), ``baseline_n`` and ``gmfe_there``
        (points that the baseline predicts, and the GMFE of the model on them), and
        ``coverage90_all`` over ``covered_n`` readings, those judged by coverage alone among them.
        None where there is nothing to score.
    """
    held = [point for point in points if comparable(point)]
    predicted = [point["predicted"] for point in held]
    observed = [point["observed"] for point in held]
    gmfe = _number(geometric_mean_fold_error(predicted, observed))
    ratio, low, high = mean_ratio(predicted, observed, [point["paper"] for point in held])
    naive = [(point, baseline.predict(point)) for point in held]
    there = [(point, mean) for point, mean in naive if mean is not None]
    ranged = [
        point
        for point in points
        if (point["observed"] or 0) > 0 and point["low"] is not None and not point["expected"]
    ]
    return {
        "n": len(held),
        "gmfe": gmfe,
        "within_2fold": _number(share_within(predicted, observed, 2.0)),
        "within_3fold": _number(share_within(predicted, observed, 3.0)),
        "coverage90": _coverage(held),
        "baseline_gmfe": _number(
            geometric_mean_fold_error(
                [mean for _, mean in there], [baseline.observed(point) or 0.0 for point, _ in there]
            )
        ),
        "cases": len({point["case"] for point in held}),
        "papers": len({point["paper"] for point in held}),
        "mean_ratio": [_number(ratio), _number(low), _number(high)],
        "lognormal_within_2fold": lognormal_share_within(gmfe, 2.0) if gmfe and gmfe > 1 else None,
        "baseline_n": len(there),
        "gmfe_there": _number(
            geometric_mean_fold_error(
                [point["predicted"] for point, _ in there],
                [point["observed"] for point, _ in there],
            )
        ),
        "coverage90_all": _coverage(ranged),
        "covered_n": len(ranged),
    }


def _coverage(points: Sequence[Record]) -> float | None:
    ranged = [point for point in points if point["low"] is not None]
    columns = ([point[name] for point in ranged] for name in ("observed", "low", "high"))
    return _number(coverage(*columns))


def _organ(point: Record) -> str:
    return "blood" if point["organ"] in BLOOD else str(point["organ"])


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
