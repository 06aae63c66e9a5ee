"""The figures that a paper would print of blood curves, of the user's and of the forecast's.

One entry for each animal that was sampled often enough, and one for the mean curve of a group::

    {
      "file", "study", "label", "matrix", "quantity",
      "subject": "m1",                 # empty for the mean of a group
      "animals": 1, "times_h": [0.08, 0.5, 2.0], "below_limit": 0,
      "figures": [{"name": "clearance", "title": "clearance", "unit": "mL/h", "observed": 0.7,
                   "predicted": {"median": 0.8, "uncertainty": [0.3, 4.0]}, "fold": 1.1}],
    }
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from exocast.laws.noncompartmental import LEAST_POINTS, analyse
from exocast.material.observed import BLOOD, ObservedRow, ObservedTable
from exocast.material.spread import three_bars
from exocast.qualify.assay import Assay
from exocast.units import from_si

__all__ = ["FIGURES", "figures_of", "kinetics_record", "route_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: its words, its unit, and whether it needs a concentration."""

    name: str
    title: str
    unit: str
    volumetric: bool = False


FIGURES = (
    Figure("clearance", "clearance", "mL/h", volumetric=True),
    Figure("volume", "steady-state volume", "mL", volumetric=True),
    Figure("residence", "mean residence", "h"),
    Figure("first_half_life", "first half-life", "min"),
    Figure("half_life", "terminal half-life", "h"),
    Figure("extrapolated", "of the area beyond the last reading", "%"),
    Figure("points", "points of the terminal line", "1"),
)


def route_of(route: str) -> Literal["bolus", "extravascular"]:
    """Return how an analysis would treat a route."""
    return "bolus" if route == "intravenous_bolus" else "extravascular"


def kinetics_record(table: ObservedTable, assay: Assay, uncertainty: int) -> list[dict[str, Any]]:
    """Analyse every blood curve of a table, and the forecast at the same times, alike.

    Parameters
    ----------
    table : ObservedTable
        Readings of one label.
    assay : Assay
        The forecast, as the same samples would show it.
    uncertainty : int
        Size of the uncertainty axis.

    Notes
    -----
    Only readings before a second dose. In a mean over animals a reading below its limit counts as
    half of it; where half of them and more are below, so is the mean. What is below its limit is
    left out of the analysis, in the forecast as in the animals.
    """
    doses = assay.branch.wired.times
    end = float(doses[1]) if len(doses) > 1 else math.inf
    groups: dict[tuple[str, str, str, str], list[ObservedRow]] = defaultdict(list)
    for row in table.rows:
        if row.organ in BLOOD and doses[0] <= row.time < end:
            groups[row.study, row.label, row.organ, row.quantity].append(row)
    found = []
    for rows in groups.values():
        animals = {row.subject for row in rows if row.subject}
        serial = [
            [row for row in rows if row.subject == animal]
            for animal in sorted(animals)
            if len({row.time for row in rows if row.subject == animal}) >= LEAST_POINTS
        ]
        found += [_entry(table, own, assay, uncertainty, own[0].subject) for own in serial]
        enough = len({row.time for row in rows}) >= LEAST_POINTS
        if enough and not (len(serial) == 1 and len(serial[0]) == len(rows)):
            found.append(_entry(table, rows, assay, uncertainty, ""))
    return found


def _entry(
    table: ObservedTable,
    rows: Sequence[ObservedRow],
    assay: Assay,
    uncertainty: int,
    subject: str,
) -> dict[str, Any]:
    """Return the figures of one curve."""
    first = rows[0]
    times = np.array(sorted({row.time for row in rows}))
    at_each = [[row for row in rows if row.time == time] for time in times]
    observed = np.array([_mean(held) for held in at_each])
    limits = np.array([np.nanmax([row.lloq for row in held] + [0.0]) for held in at_each])
    course = assay.reading(first.organ, first.quantity, first.label)
    shown = np.stack([assay.at(course, time) for time in times], axis=1)
    shown = np.where(shown >= limits, shown, np.nan)
    since = times - assay.branch.wired.times[0]
    volumetric = first.quantity != "percent_injected"
    factor = 1.0
    if first.quantity == "percent_injected_per_mass":  # a gram of blood is a volume of it
        factor = float(np.median(assay.density))
    route = route_of(assay.plan.study.route)
    return {
        "file": table.file,
        "study": first.study,
        "label": first.label,
        "matrix": first.organ,
        "quantity": first.quantity,
        "subject": subject,
        "animals": 1 if subject else max(sum(row.n for row in held) for held in at_each),
        "times_h": [float(time) / 3600.0 for time in since],
        "below_limit": int(np.isnan(observed).sum()),
        "figures": figures_of(
            since, factor * observed[None], factor * shown, uncertainty, route,
            volumetric=volumetric,
        ),
    }  # fmt: skip


def _mean(rows: Sequence[ObservedRow]) -> float:
    """Return the mean of readings at one time, weighted by animals; NaN where it is below."""
    weights = np.array([row.n for row in rows], dtype=float)
    below = np.array([row.censored for row in rows])
    if 2 * weights[below].sum() >= weights.sum():
        return math.nan
    values = np.array([0.5 * row.lloq if row.censored else row.value for row in rows])
    return float(np.average(values, weights=weights))


def figures_of(
    time: Array,
    observed: Array | None,
    shown: Array,
    uncertainty: int,
    route: Literal["bolus", "extravascular"],
    *,
    volumetric: bool,
) -> list[dict[str, Any]]:
    """Analyse readings and forecast with the same code on the same times.

    Parameters
    ----------
    time : array (t,) [s]
        Since the dose.
    observed : array (1, t) or None
        Readings as shares of the dose, per volume where `volumetric`; NaN below the limit.
    shown : array (n, t)
        The same of each member.
    uncertainty : int
        Size of the uncertainty axis.
    route : str
        As in `exocast.laws.noncompartmental.analyse`.
    volumetric : bool
        Whether a clearance and a volume can be computed.
    """
    # A member of which nothing reads above the limit, or that failed, has no figures.
    forecast = analyse(time, shown, 1.0, route)
    measured = analyse(time, observed, 1.0, route) if observed is not None else None
    found = []
    for figure in FIGURES:
        if figure.volumetric and not volumetric:
            continue
        printed = from_si(1.0, figure.unit)
        spread = three_bars(printed * forecast[figure.name], uncertainty)
        value = math.nan if measured is None else printed * float(measured[figure.name][0])
        fold = spread.median / value if value > 0 else math.nan
        found.append(
            {
                "name": figure.name,
                "title": figure.title,
                "unit": figure.unit,
                "observed": _number(value),
                "predicted": {
                    "median": _number(spread.median),
                    "uncertainty": [_number(end) for end in spread.uncertainty],
                    "supported": spread.finished / len(shown),
                },
                "fold": _number(fold),
            }
        )
    return found


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
