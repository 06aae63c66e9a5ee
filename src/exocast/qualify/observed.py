"""The user's own animals beside the forecast, as the assay would have shown it.

``record["observed"]`` holds, whatever the agreement::

    {
      "tables": [{"file", "sha256", "label", "perfused", "rows", "notes"}],
      "rows": [{
        "file", "line", "study", "subject", "label", "organ", "time_h", "quantity", "unit",
        "observed": 28.0,              # null where only the limit is known
        "sd": null, "n": 3, "lloq": null, "censored": false,
        "predicted": {                 # in the same unit, as the assay would have shown it
          "median", "uncertainty": [.., ..], "variability": [.., ..],
          "interval": [.., ..],        # 90 % of readings of n such animals, both spreads together
          "hypotheses": [.., ..]},     # medians of the rivals
        "fold": 1.25,                  # median over observed; over the limit where censored
        "inside": true,                # the reading lies in the interval
        "below_as_forecast": null,     # censored rows: whether the median is below the limit too
        "scored": true,                # false: judged by coverage alone (spleen)
        "share_of_dose": 0.28,         # the reading as a share, with the subject's typical organ
        "signal": {"vesicles": 0.9, "free": 0.05, "released": 0.02, "catabolites": 0.03},
      }],
      "scores": [{"over", "rows", "quantified", "gmfe", "bias", "within_2", "within_3",
                  "coverage", "below_limit", "below_as_forecast"}],
      "curves": [{"label", "organ", "quantity", "perfused", "unit", "time_h", "median",
                  "uncertainty": [[..], [..]], "variability": [[..], [..]]}],
      "kinetics": [...],               # exocast.qualify.kinetics
      "artefacts": [...],              # exocast.qualify.artefacts
    }
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.evidence import Catalogue
from exocast.material.forecast import Forecast
from exocast.material.observed import BLOOD, EXCRETA, QUANTITIES, ObservedRow, ObservedTable
from exocast.material.spread import three_bars
from exocast.qualify.artefacts import artefacts_record
from exocast.qualify.assay import Assay
from exocast.qualify.kinetics import kinetics_record
from exocast.units import from_si

__all__ = ["observed_record", "reading_interval", "score", "with_observed"]

Array = NDArray[np.float64]

UNSCORED = ("spleen",)
"""Studies differ tenfold and more: coverage is judged, not the fold error."""


def with_observed(forecast: Forecast, run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Return the forecast with the user's own readings beside what was forecast of them."""
    if not run.plan.tables:
        return forecast
    held = run.design.evidence(catalogue)
    record = {**forecast.record, "observed": observed_record(run, held)}
    return replace(forecast, record=record)


def observed_record(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """Predict every reading of the design's tables; see this module for the structure.

    Parameters
    ----------
    run : Run
        Whose base design named the tables; every rival is read.
    catalogue : Catalogue
        For values that the run itself did not need.
    """
    rows: list[dict[str, Any]] = []
    curves: list[dict[str, Any]] = []
    kinetics: list[dict[str, Any]] = []
    assays = {
        perfused: [Assay(run.plan, branch, perfused=perfused) for branch in run.base]
        for perfused in {table.perfused for table in run.plan.tables}
    }
    for table in run.plan.tables:
        held = assays[table.perfused]
        rows += [_row(table, row, held, run.axes.uncertainty) for row in table.rows]
        curves += _curves(table, held[0], run.axes.uncertainty)
        kinetics += kinetics_record(table, held[0], run.axes.uncertainty)
    return {
        "tables": [
            {
                "file": table.file,
                "sha256": table.sha256,
                "label": table.rows[0].label,
                "perfused": table.perfused,
                "rows": len(table.rows),
                "notes": [*table.notes, *_impossible(rows, table)],
            }
            for table in run.plan.tables
        ],
        "rows": rows,
        "scores": _scores(rows),
        "curves": curves,
        "kinetics": kinetics,
        "artefacts": artefacts_record(run, rows, catalogue),
    }


def _impossible(rows: Sequence[dict[str, Any]], table: ObservedTable) -> list[str]:
    """Return readings per gram or millilitre that would be more than the dose in such a subject."""
    found = []
    for row in rows:
        share = row["share_of_dose"]
        label = table.rows[0].label
        own = (row["file"], row["label"]) == (table.file, label) and not row["censored"]
        if own and share is not None and share > 1 and row["quantity"] != "percent_injected":
            found.append(
                f"line {row['line']}: {row['observed']:.3g} {row['unit']} in {row['organ']} would "
                f"be {100 * share:.0f} % of the dose in a subject of this weight"
            )
    return found


def _row(
    table: ObservedTable, row: ObservedRow, assays: Sequence[Assay], uncertainty: int
) -> dict[str, Any]:
    """Return one reading beside its forecast, in the printed unit."""
    printed = from_si(1.0, row.unit)
    by_rival = []
    for assay in assays:
        course = assay.reading(row.organ, row.quantity, row.label)
        by_rival.append(printed * assay.at(course, row.time))
    values = by_rival[0]
    spread = three_bars(values, uncertainty)
    medians = [three_bars(held, uncertainty).median for held in by_rival]
    low, high = reading_interval(values, uncertainty, row.n)
    observed, limit = printed * row.value, printed * row.lloq
    censored = row.censored
    against = limit if censored else observed
    below = None
    if censored and math.isfinite(spread.median):
        below = bool(spread.median < limit)
    size = float(np.median(assays[0].size(row.organ, row.quantity)))
    return {
        "file": table.file,
        "line": row.line,
        "study": row.study,
        "subject": row.subject,
        "label": row.label,
        "organ": row.organ,
        "time_h": row.time / 3600.0,
        "quantity": row.quantity,
        "unit": row.unit,
        "observed": None if censored else observed,
        "sd": _number(printed * row.sd),
        "n": row.n,
        "lloq": _number(limit),
        "censored": censored,
        "predicted": {
            **{k: v for k, v in spread.to_dict().items() if k not in ("zero_share", "finished")},
            "interval": [_number(low), _number(high)],
            "hypotheses": [_number(min(medians)), _number(max(medians))],
        },
        "fold": _number(spread.median / against) if spread.median > 0 else None,
        "inside": _inside(low, high, against, censored=censored),
        "below_as_forecast": below,
        "scored": row.organ not in UNSCORED,
        "share_of_dose": _number((row.lloq if censored else row.value) * size),
        "signal": _signal(assays[0], row, uncertainty),
    }


def reading_interval(values: Array, uncertainty: int, animals: int) -> tuple[float, float]:
    """Return the range that holds 90 % of readings, each the mean of some animals.

    Parameters
    ----------
    values : array (n,)
        One value a member, uncertainty-major; NaN for members that did not finish.
    uncertainty : int
        Size of the uncertainty axis.
    animals : int
        Animals behind one reading.

    Notes
    -----
    Within each draw of what is not known, subjects are drawn towards their mean by the root of the
    number of animals; the range is over all of them. The error of the assay is not in it.

    Examples
    --------
    >>> members = np.array([1.0, 3.0, 10.0, 30.0])
    >>> one, many = (reading_interval(members, 2, n) for n in (1, 10_000))
    >>> bool(one[0] < many[0] < 2.2 and 18 < many[1] < one[1])
    True
    """
    grid = np.asarray(values, dtype=float).reshape(uncertainty, -1)
    rows = grid[np.isfinite(grid).any(axis=1)]
    if rows.size == 0:
        return math.nan, math.nan
    centre = np.nanmean(rows, axis=1, keepdims=True)
    shrunk = centre + (rows - centre) / math.sqrt(animals)
    low, high = np.nanquantile(shrunk, (0.05, 0.95))
    return float(low), float(high)


def _inside(low: float, high: float, against: float, *, censored: bool) -> bool | None:
    """Return whether a reading lies in its interval; below the limit, whether part of it does."""
    if not math.isfinite(low):
        return None
    return bool(low < against) if censored else bool(low <= against <= high)


def _signal(assay: Assay, row: ObservedRow, uncertainty: int) -> dict[str, float] | None:
    """Return what the forecast's signal is made of, as shares of it: medians over members."""
    if row.organ == EXCRETA:
        return None
    parts = {  # below 0 is rounding of the solver
        name: np.maximum(assay.at(course, row.time), 0.0)
        for name, course in assay.parts(row.organ, row.label).items()
    }
    total = np.sum(list(parts.values()), axis=0)
    fine = np.isfinite(total) & (total > 0) & (assay.branch.course.status == 0)
    if not fine.any():
        return None
    shares = {
        name: three_bars(np.where(fine, held / np.where(fine, total, 1.0), np.nan), uncertainty)
        for name, held in parts.items()
    }
    whole = sum(spread.median for spread in shares.values())
    return {name: spread.median / whole for name, spread in shares.items()}


def score(rows: Sequence[dict[str, Any]], over: str) -> dict[str, Any]:
    """Return how well a set of readings was forecast.

    Parameters
    ----------
    rows : sequence of dict
        Entries of ``record["observed"]["rows"]``.
    over : str
        What the set is, for people.

    Notes
    -----
    GMFE = exp(mean |ln fold|), bias = exp(mean ln fold), over scored readings. A reading below its
    limit is never dropped: where the forecast is below the limit too it is within every fold and
    has no fold error; where it is above, its fold over the limit, the least that it can be, enters
    like any other, and it is counted as outside.
    """
    scored = [row for row in rows if row["scored"] and row["predicted"]["median"] is not None]
    right = [row for row in scored if row["below_as_forecast"]]
    errors = [
        math.log(row["fold"]) if row["fold"] else math.inf
        for row in scored
        if not row["below_as_forecast"]
    ]
    censored = [row["censored"] for row in scored if not row["below_as_forecast"]]
    inside = [row["inside"] for row in rows if row["inside"] is not None]

    def within(fold: float) -> int:
        limit = math.log(fold) + 1e-12
        good = [
            abs(error) <= limit and not below for error, below in zip(errors, censored, strict=True)
        ]
        return sum(good) + len(right)

    finite = [error for error in errors if math.isfinite(error)]
    return {
        "over": over,
        "rows": len(rows),
        "scored": len(scored),
        "gmfe": _mean(finite, abs) if len(finite) == len(errors) else None,
        "bias": _mean(finite, float),
        "within_2": within(2.0),
        "within_3": within(3.0),
        "coverage": sum(inside) / len(inside) if inside else None,
        "below_limit": sum(row["censored"] for row in rows),
        "below_as_forecast": sum(bool(row["below_as_forecast"]) for row in rows),
    }


def _mean(errors: Sequence[float], of: Callable[[float], float]) -> float | None:
    return math.exp(sum(of(error) for error in errors) / len(errors)) if errors else None


def _scores(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the score of all readings, of each sample, and of each study where there are more."""
    found = [score(rows, "all readings")]
    for key in ("organ", "study"):
        names = list(dict.fromkeys(row[key] for row in rows))
        if len(names) > 1:
            found += [score([row for row in rows if row[key] == name], name) for name in names]
    return found


def _curves(table: ObservedTable, assay: Assay, uncertainty: int) -> list[dict[str, Any]]:
    """Return the forecast over time of everything that was sampled, in the first printed unit."""
    found = []
    sampled = {(row.label, row.organ, row.quantity): row.unit for row in reversed(table.rows)}
    order = {organ: index for index, organ in enumerate(BLOOD)}
    later = assay.time > assay.branch.wired.times.min()
    for (label, organ, quantity), unit in sorted(
        sampled.items(), key=lambda item: (item[0][0], order.get(item[0][1], 9), item[0][1])
    ):
        course = from_si(1.0, unit) * assay.reading(organ, quantity, label)[:, later]
        spreads = [three_bars(column, uncertainty) for column in course.T]
        if not any(spread.finished for spread in spreads):
            continue
        found.append(
            {
                "label": label,
                "organ": organ,
                "quantity": quantity,
                "si": QUANTITIES[quantity],
                "unit": unit,
                "perfused": table.perfused,
                "time_h": [float(time) / 3600.0 for time in assay.time[later]],
                "median": [spread.median for spread in spreads],
                "uncertainty": [[spread.uncertainty[end] for spread in spreads] for end in (0, 1)],
                "variability": [[spread.variability[end] for spread in spreads] for end in (0, 1)],
            }
        )
    return found


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
