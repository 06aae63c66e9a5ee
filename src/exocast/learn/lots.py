"""How lots compare: components of variance, the next lot, a tolerance interval, equivalence.

Everything is of the lots in one table: what a forecast knows enters where it is asked for, as the
median of the prior of how lots differ, and stands beside what the table says.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from exocast._version import __version__
from exocast.errors import ExocastError
from exocast.instruments.readers.lots import LotReading, read_lots
from exocast.learn.equivalence import LARGEST, lots_needed, power_of_lots
from exocast.learn.lot_wishes import Expected, Limits, expected_spread, read_limits, read_margins
from exocast.learn.variance_components import (
    COMPONENTS,
    Posterior,
    Readings,
    fit_posterior,
    most_likely,
)

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SCHEMA", "Lots", "compare_lots"]

Array = NDArray[np.float64]
Record = Mapping[str, Any]

SCHEMA = 1
SCALE = 0.3
"""Median of the prior of each standard deviation, on the scale of logarithms: 30 % or so."""
NINETY = (0.05, 0.5, 0.95)
DRAWS = 4000
FEW = 200
"""Draws of the components that a plan is made for."""
CONTENT, CONFIDENCE = 0.90, 0.95
TARGETS = (0.8, 0.9)
COUNTS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 30)
OFF = 1 / 3
"""Of the margin: the true difference that the second plan allows for."""


@dataclass(frozen=True)
class Lots:
    """What a table of lots tells.

    Attributes
    ----------
    record : mapping
        The content of ``lots.json``.
    """

    record: Record

    @property
    def quantities(self) -> list[Record]:
        """Return what was found of each quantity, in the order of the table."""
        found: list[Record] = self.record["quantities"]
        return found

    def to_frame(self) -> pd.DataFrame:
        """Return one row a quantity and component: deviation, its 90 % range, share of variance.

        Returns
        -------
        pandas.DataFrame
        """
        import pandas as pd

        lines = [
            {
                "quantity": one["name"],
                "unit": one["unit"],
                "scale": one["scale"],
                "component": part["name"],
                "most_likely": part["most_likely"],
                "median": part["median"],
                "low": part["range"][0],
                "high": part["range"][1],
                "share_of_variance": part["share"],
            }
            for one in self.quantities
            for part in one["components"]
        ]
        return pd.DataFrame(lines)

    def to_csv(self) -> str:
        """Return the components as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


def compare_lots(
    file: str | Path,
    *,
    spec: Sequence[str] = (),
    margin: Sequence[str] = (),
    repeats: int = 0,
    forecast: Sequence[str] = (),
    seed: int = 1,
) -> Lots:
    """Tell components of variance, the next lot and equivalence from a table of lots.

    Parameters
    ----------
    file : str or Path
        The table; ``exocast new --lots`` writes one to fill in.
    spec : sequence of str
        Limits: ``particles per ug >= 1e9``, ``median diameter = 80..150 nm``.
    margin : sequence of str
        Margins of equivalence of two processes: ``1.5``, ``particles per ug = 1.5``.
    repeats : int
        Repeats of the assay on the next lots; as in the table by default.
    forecast : sequence of str
        Saved forecasts whose batches say how lots are expected to differ: ``FOLDER``,
        ``QUANTITY=FOLDER:ROW``.
    seed : int
        Of the draws that ranges are read from.

    Raises
    ------
    ReaderError
        With every mistake of the table.
    ExocastError
        If what is asked cannot be read.
    """
    if repeats < 0 or repeats > 1000:
        raise ExocastError(f"--repeats {repeats}: 1 or more")
    table = read_lots(file)
    groups = {name: [row for row in table.rows if row.quantity == name]
              for name in table.quantities}  # fmt: skip
    linear = [name for name, rows in groups.items() if min(row.value for row in rows) < 0]
    limits = read_limits(spec, table)
    margins = read_margins(margin, table, linear)
    expected = {one.quantity: one for one in (expected_spread(text, table) for text in forecast)}
    off_scale = [name for name in expected if name in linear]
    if off_scale:
        raise ExocastError(f"--forecast: `{off_scale[0]}` may be negative and has no ratio")
    quantities = [
        _quantity(
            rows, table.units[name], name in linear, limits.get(name), margins.get(name), repeats,
            expected.get(name), seed,
        )
        for name, rows in groups.items()
    ]  # fmt: skip
    chances = [one["next"]["measured"] for one in quantities if one["next"]["limits"]]
    record: dict[str, Any] = {
        "exocast": SCHEMA,
        "version": __version__,
        "title": f"Lots of {Path(file).name}",
        "file": {"name": table.name, "sha256": table.digest, "rows": len(table.rows)},
        "notes": list(table.notes),
        "seed": seed,
        "quantities": quantities,
        "all": {"least": max(0.0, 1 - sum(1 - one for one in chances)), "most": min(chances)}
        if len(chances) > 1
        else None,
    }
    return Lots(record)


def _quantity(
    rows: Sequence[LotReading], unit: str, linear: bool, limits: Limits | None,
    margin: float | None, repeats: int, expected: Expected | None, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Tell everything of one quantity."""
    names = list(dict.fromkeys(row.lot for row in rows))
    place = {name: i for i, name in enumerate(names)}
    first = [next(row for row in rows if row.lot == name) for name in names]
    donors = list(dict.fromkeys(row.donor for row in first))
    values = np.array([row.value for row in rows])
    summed = values if linear else np.log(values)
    readings = Readings.of(
        summed,
        np.array([place[row.lot] for row in rows]),
        np.array([donors.index(row.donor) for row in first]),
        np.array([row.process == "new" for row in first]),
    )
    scale = _prior(readings, summed, linear, expected)
    posterior = fit_posterior(readings, scale)
    deviations, means = posterior.draws(DRAWS, seed)
    usual = repeats or max(1, round(float(np.median(readings.count))))
    two = bool(readings.new.any())
    record: dict[str, Any] = {
        "name": rows[0].quantity,
        "unit": unit,
        "scale": "linear" if linear else "log",
        "lots": [
            {"name": one.lot, "donor": one.donor, "process": one.process,
             "values": [row.value for row in rows if row.lot == one.lot]}
            for one in first
        ],
        "donors": len(donors) if donors != [""] else 0,
        "repeats": usual,
        "prior": [float(one) for one in scale],
        "components": _components(readings, posterior, deviations, float(scale[1])),
        "between_donors_and_lots": readings.free[0] != "donor" and len(donors) == len(names),
        "means": {
            name: _unlog(_mixture(posterior, new), linear)
            for name, new in ((("old", False), ("new", True)) if two else (("", False),))
        },
        "next": _next(posterior, deviations, means, limits, usual, two, linear),
        "expected": None,
        "equivalence": _equivalence(posterior, deviations, margin, usual, linear, readings)
        if two or margin is not None
        else None,
    }  # fmt: skip
    if expected is not None:
        between = np.hypot(deviations[:, 0], deviations[:, 1])
        record["expected"] = {
            "title": expected.title,
            "deviation": expected.deviation,
            "range": [expected.low, expected.high],
            "measured": [float(one) for one in np.quantile(between, NINETY)],
            "larger": float(np.mean(between > expected.deviation)),
        }
    record["cannot"] = _cannot(record, readings)
    return record


def _prior(
    readings: Readings, summed: Array, linear: bool, expected: Expected | None
) -> NDArray[np.float64]:
    """Return the medians of the priors of the three standard deviations."""
    scale = np.full(3, float(np.std(summed, ddof=1)) if linear else SCALE)
    if expected is not None:
        both = "donor" in readings.free
        scale[:2] = expected.deviation / (math.sqrt(2) if both else 1.0)
    return scale


def _components(
    readings: Readings, posterior: Posterior, deviations: Array, scale: float
) -> list[dict[str, Any]]:
    """Return what each component is."""
    likely = most_likely(readings, scale)
    squares = deviations**2
    share = np.median(squares / squares.sum(axis=1, keepdims=True), axis=0)
    donors = np.unique(readings.donor).size
    lots = readings.mean.size
    means = readings.design.shape[1]
    nested = "donor" in readings.free
    freedom = {
        "donor": donors - 1,
        "lot": lots - (donors + means - 1 if nested else means),
        "repeat": int(readings.count.sum()) - lots,
    }
    found = []
    for name in posterior.free:
        place = COMPONENTS.index(name)
        low, middle, high = np.quantile(deviations[:, place], NINETY)
        found.append(
            {
                "name": name,
                "most_likely": float(likely[place]),
                "median": float(middle),
                "range": [float(low), float(high)],
                "share": float(share[place]),
                "freedom": max(freedom[name], 0),
            }
        )
    return found


def _mixture(posterior: Posterior, new: bool) -> list[float]:
    """Return 5 %, median and 95 % of a process's mean."""
    mean, variance = posterior.mean_of(new)
    return [posterior.quantile(share, mean, np.sqrt(variance)) for share in NINETY]


def _unlog(values: Sequence[float], linear: bool) -> list[float]:
    """Return values in the unit of the quantity."""
    return [float(one) if linear else math.exp(one) for one in values]


def _next(
    posterior: Posterior, deviations: Array, means: Array, limits: Limits | None, repeats: int,
    new: bool, linear: bool,
) -> dict[str, Any]:  # fmt: skip
    """Return what the next lot will be, and the chance that it is in specification."""
    mean, variance = posterior.mean_of(new)
    told = "repeat" in posterior.free
    spread = np.sqrt(variance + posterior.between(repeats))
    predicted = [posterior.quantile(share, mean, spread) for share in NINETY]
    centre = means.sum(axis=1) if new else means[:, 0]
    between = np.sqrt(np.sum(deviations[:, :2] ** 2, axis=1) + deviations[:, 2] ** 2 / repeats)
    middle, reach = _tolerance(centre, between)
    record: dict[str, Any] = {
        "predicted": _unlog(predicted, linear),
        "tolerance": _unlog([middle - reach, middle + reach], linear),
        "content": CONTENT,
        "confidence": CONFIDENCE,
        "limits": None,
        "measured": None,
    }
    if limits is None:
        return record
    low, high = (_scaled(end, linear) for end in (limits.low, limits.high))
    true = np.sqrt(np.sum(deviations[:, :2] ** 2, axis=1))
    shares = ndtr((high - centre) / between) - ndtr((low - centre) / between)
    record["limits"] = [
        None if math.isinf(end) else float(end) for end in (limits.low, limits.high)
    ]
    record["spec"] = list(limits.texts)
    record["measured"] = posterior.within(low, high, new, repeats)
    record["share"] = [float(one) for one in np.quantile(shares, NINETY)]
    record["lot_itself"] = posterior.within(low, high, new) if told else None
    record["of_lots_itself"] = (
        [float(one) for one in
         np.quantile(ndtr((high - centre) / true) - ndtr((low - centre) / true), NINETY)]
        if told
        else None
    )  # fmt: skip
    return record


def _scaled(value: float, linear: bool) -> float:
    """Return a limit on the scale on which readings are summed."""
    if linear:
        return value
    return math.log(value) if value > 0 else -math.inf


def _tolerance(centre: Array, spread: Array) -> tuple[float, float]:
    """Return middle and half width of an interval that holds `CONTENT` with `CONFIDENCE`.

    The interval of which it is `CONFIDENCE` sure that it holds `CONTENT` of all future lots.
    """
    middle = float(np.median(centre))
    low, high = 0.0, float(np.max(np.abs(centre - middle) + 6 * spread))
    for _ in range(60):
        reach = 0.5 * (low + high)
        held = ndtr((middle + reach - centre) / spread) - ndtr((middle - reach - centre) / spread)
        low, high = (reach, high) if np.mean(held >= CONTENT) < CONFIDENCE else (low, reach)
    return middle, high


def _equivalence(
    posterior: Posterior, deviations: Array, margin: float | None, repeats: int, linear: bool,
    readings: Readings,
) -> dict[str, Any]:  # fmt: skip
    """Return what is known of the difference of two processes, and plans to show it small."""
    record: dict[str, Any] = {"margin": None, "difference": None, "plans": []}
    if readings.new.any():
        delta = posterior.coefficients[:, 1]
        error = np.sqrt(posterior.covariance[:, 1, 1])
        ends = [posterior.quantile(share, delta, error) for share in NINETY]
        record["difference"] = _unlog(ends, linear)
        widest = max(abs(ends[0]), abs(ends[2]))
        record["shown_within"] = _unlog([widest], linear)[0]
        record["lots"] = [int(np.sum(~readings.new)), int(np.sum(readings.new))]
        if margin is not None:
            inside = ndtr((margin - delta) / error) - ndtr((-margin - delta) / error)
            record["chance"] = float(posterior.weight @ inside)
            record["shown"] = widest < margin
    if margin is None:
        return record
    record["margin"] = _unlog([margin], linear)[0]
    some = deviations[:: deviations.shape[0] // FEW]
    for paired in (False, True) if "donor" in posterior.free else (False,):
        for off in (0.0, OFF):
            record["plans"].append(
                _plan(some, repeats, margin, off * margin, paired=paired, linear=linear)
            )
    return record


def _plan(
    some: Array, repeats: int, margin: float, difference: float, *, paired: bool, linear: bool
) -> dict[str, Any]:
    """Return power against lots of each process, and how many lots a power takes."""
    options = {"paired": paired}
    curve = power_of_lots(COUNTS, some, repeats, margin, difference, **options)
    needed = {}
    counts = lots_needed(some, repeats, margin, TARGETS, difference, **options)
    for target, lots in zip(TARGETS, counts, strict=True):
        ends = np.quantile(lots, NINETY, method="nearest")
        needed[f"{target:g}"] = [None if math.isinf(one) else int(one) for one in ends]
    return {
        "paired": paired,
        "difference": _unlog([difference], linear)[0],
        "lots": list(COUNTS),
        "power": [float(one) for one in curve.mean(axis=0)],
        "range": np.quantile(curve, (0.05, 0.95), axis=0).T.tolist(),
        "needed": needed,
        "most": LARGEST,
    }


def _cannot(record: Record, readings: Readings) -> list[str]:
    """Say what the table cannot tell."""
    told = []
    lots = readings.mean.size
    parts = {one["name"]: one for one in record["components"]}
    if record["donors"] <= 1:
        told.append(
            "One donor, or none is named: lots of another donor may differ more than these."
        )
    elif record["between_donors_and_lots"]:
        told.append("Each donor gave one lot: how donors differ and how lots differ is one number.")
    elif "donor" in parts and record["donors"] < 6:
        told.append(f"{record['donors']} donors hardly say how donors differ: "
                    f"the range of that number rests on its prior.")  # fmt: skip
    if "repeat" not in parts:
        told.append(
            "No lot was measured twice: the spread between lots holds that of the assay as well."
        )
    low, high = parts["lot"]["range"]
    if high > 3 * low:
        told.append(
            f"{lots} lots leave the spread between lots open by a factor of {high / low:.2g}."
        )
    bound = 1 - 0.05 ** (1 / lots)
    told.append(
        f"Had all {lots} lots passed any test, up to {100 * bound:.0f} % of later ones could still "
        "fail it, whatever their distribution: what stands above rests on a normal one, whose "
        f"tails {lots} lots cannot show."
    )
    return told
