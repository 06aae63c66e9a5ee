"""What a claim is measured by: numbers of the catalogue's rows, and numbers of a forecast.

Each measure gives one range for each rival hypothesis that bears on it. The catalogue's are drawn
from the rows as a run would draw them, so a change of a row changes the range.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.evidence import Axes, Catalogue, Need, Parameter, draw
from exocast.laws.lumen import lumen_volume
from exocast.laws.noncompartmental import first_half_life
from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars

__all__ = ["MEASURES", "Measure", "Range", "measured"]

Array = NDArray[np.float64]
Figures = Mapping[str, float]

DRAWS = 400
NINETY = (0.05, 0.5, 0.95)


@dataclass(frozen=True, slots=True)
class Range:
    """A number with what is not known about it, under one rival.

    Attributes
    ----------
    phrase : str
        Words that follow "if"; empty where nothing is contested.
    low, median, high : float
        5, 50 and 95 % of what is not known.
    """

    phrase: str
    low: float
    median: float
    high: float


@dataclass(frozen=True)
class Measure:
    """How a number is found.

    Attributes
    ----------
    words : str
        What it is.
    needs : mapping of str to (key, context)
        Rows that it is computed from; empty for a number of a forecast.
    formula : callable, optional
        From draws by name and the claim's figures to the number, arrays (n,).
    look : callable, optional
        From a forecast to its ranges; an empty list where the forecast has no such thing.
    """

    words: str
    needs: Mapping[str, tuple[str, Mapping[str, str]]]
    formula: Callable[[Mapping[str, Array], Figures], Array] | None = None
    look: Callable[[Forecast], list[Range]] | None = None


def measured(
    measure: Measure, figures: Figures, catalogue: Catalogue, forecast: Forecast | None
) -> list[Range] | None:
    """Return the ranges of a measure, or None where it needs a forecast and there is none.

    Parameters
    ----------
    measure : Measure
        What to find.
    figures : mapping of str to float
        Numbers that the claim brings, in SI.
    catalogue : Catalogue
        Rows.
    forecast : Forecast, optional
        A forecast with its arrays.
    """
    if measure.look is not None:
        return None if forecast is None else [r for r in measure.look(forecast) if _known(r)]
    if measure.formula is None:
        return []
    names = {name: key for name, (key, _) in measure.needs.items()}
    families = dict.fromkeys(
        row.hypothesis.partition(":")[0]
        for key in names.values()
        for row in catalogue.values.get(key, ())
        if row.hypothesis
    )
    options = [
        [(family, option) for option in catalogue.hypotheses[family].options] for family in families
    ]
    ranges = []
    for choice in product(*options):
        selection = dict(choice)
        phrases = [catalogue.hypotheses[family].phrases[option] for family, option in choice]
        values = measure.formula(_drawn(measure, catalogue, selection), figures)
        low, middle, high = (float(x) for x in np.quantile(values, NINETY))
        ranges.append(Range(" and ".join(phrases), low, middle, high))
    return ranges


def _drawn(
    measure: Measure, catalogue: Catalogue, selection: Mapping[str, str]
) -> dict[str, Array]:
    """Draw every row of a measure; each keeps the stream of its key."""
    needs = {
        name: Need(Parameter(key, "1", "", low=-np.inf), dict(context))
        for name, (key, context) in measure.needs.items()
    }
    ensemble = draw(needs.values(), catalogue, Axes(DRAWS, 1), 1, selection)
    return {name: ensemble.draws(need.context)[need.parameter] for name, need in needs.items()}


def _known(held: Range) -> bool:
    return bool(np.isfinite([held.low, held.median, held.high]).all())


# ---- from rows ----------------------------------------------------------------------------------


def _vesicles_needed(drawn: Mapping[str, Array], figures: Figures) -> Array:
    """Return vesicles that a cell would need if each escaped, over those that it has room for."""
    return np.asarray(drawn["needed"] / figures["copies_in_a_vesicle"] / drawn["room"])


def _lumen_share(drawn: Mapping[str, Array], figures: Figures) -> Array:
    """Return the volume inside the vesicles over that of the liquid, sizes log-normal."""
    spread = np.log(drawn["spread"])[:, None]
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    diameter = drawn["diameter"][:, None] * np.exp(spread * nodes)
    inside = lumen_volume(diameter, drawn["thickness"][:, None]) @ (weights / weights.sum())
    return np.asarray(inside * figures["vesicles_per_volume"])


# ---- from a forecast ----------------------------------------------------------------------------


def _spread(phrase: str, spread: Mapping[str, Any] | None) -> list[Range]:
    """Return a spread of the record as a range."""
    if not spread or spread.get("median") is None:
        return []
    low, high = spread["uncertainty"]
    return [Range(phrase, float(low), float(spread["median"]), float(high))]


def _over_members(forecast: Forecast, values: Array, phrase: str = "") -> Range:
    found = three_bars(np.asarray(values, float), int(forecast.data.attrs["uncertainty"]))
    return Range(phrase, found.uncertainty[0], found.median, found.uncertainty[1])


def _ratio(part: Array, whole: Array) -> Array:
    empty = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))


def _output(forecast: Forecast, name: str) -> Array | None:
    """Return one output of the design over time, preferred rival, array (t, n); none on a bench."""
    if "output" not in forecast.data.coords:
        return None
    if name not in forecast.data["output"].values:
        return None
    held = forecast.data["amount"].isel(variant=0, rival=0).sel(output=name)
    return np.asarray(held.values, dtype=float)


def _given_by(forecast: Forecast) -> tuple[int, Array] | None:
    """Return the index of the question's moment and the vesicles given by then, array (n,)."""
    if "output" not in forecast.data.coords:
        return None
    docs = [str(doc) for doc in forecast.data["output_doc"].values]
    names = [str(name) for name in forecast.data["output"].values]
    held = [_output(forecast, n) for n, doc in zip(names, docs, strict=True)
            if doc.startswith("vesicles")]  # fmt: skip
    parts = [x for x in held if x is not None and np.isfinite(x).any()]
    if not parts:
        return None
    time = np.asarray(forecast.data["time"].values, dtype=float)
    at = int(np.argmin(np.abs(time - float(forecast.record["question"]["at_seconds"]))))
    return at, np.asarray(np.sum([part[at] for part in parts], axis=0))


def _share(forecast: Forecast, organs: tuple[str, ...]) -> list[Range]:
    """Return the share of the vesicles given that organs hold at the question's moment."""
    found = _given_by(forecast)
    held = [_output(forecast, organ) for organ in organs]
    if found is None or any(part is None for part in held):
        return []
    at, given = found
    inside = np.sum([part[at] for part in held if part is not None], axis=0)
    return [_over_members(forecast, _ratio(inside, given))]


def _half_life(forecast: Forecast) -> list[Range]:
    """Return the first half-life of intact vesicles in blood after an intravenous bolus."""
    if forecast.record["question"]["route"] != "intravenous_bolus":
        return []
    blood = _output(forecast, "blood")
    doses = forecast.record["question"]["dose_times_seconds"]
    if blood is None:
        return []
    time = np.asarray(forecast.data["time"].values, dtype=float)
    last = doses[1] if len(doses) > 1 else np.inf
    kept = (time >= doses[0]) & (time < last)
    values = np.full(blood.shape[1], np.nan)
    whole = np.isfinite(blood[kept]).all(axis=0) & (blood[kept][0] > 0)
    if not whole.any():
        return []
    values[whole] = first_half_life(time[kept] - doses[0], blood[kept][:, whole].T)
    return [_over_members(forecast, values)]


def _passing(forecast: Forecast, part: str, whole: str) -> list[Range]:
    """Return the share that passes from one row of the cascade to another, by rival."""
    rows = [str(name) for name in forecast.data["row"].values]
    if part not in rows or whole not in rows:
        return []
    cascade = forecast.data["cascade"].isel(variant=0)
    phrases = [entry["phrase"] for entry in forecast.record["answer"]["rows"]]
    ranges = []
    for index, phrase in enumerate(phrases):
        held = cascade.isel(rival=index)
        values = _ratio(np.asarray(held.sel(row=part).values, float),
                        np.asarray(held.sel(row=whole).values, float))  # fmt: skip
        ranges.append(_over_members(forecast, values, phrase))
    same = all(np.allclose([r.low, r.median, r.high],
                           [ranges[0].low, ranges[0].median, ranges[0].high], equal_nan=True)
               for r in ranges)  # fmt: skip
    return [Range("", ranges[0].low, ranges[0].median, ranges[0].high)] if same else ranges


def _arrived(forecast: Forecast) -> list[Range]:
    whole = next((row["name"] for row in forecast.cascade if row["head"] == "cargo"), "")
    return _passing(forecast, "arrived", whole) if whole != "arrived" else []


def _kept(forecast: Forecast) -> list[Range]:
    """Return the share of small EVs that all storage steps leave."""
    rows = [row for row in forecast.cascade if row["head"] == "vesicles"]
    stored = [i for i, row in enumerate(rows) if str(row["step"]).startswith("storage.") and i]
    if not stored:
        return []
    return _passing(forecast, rows[stored[-1]]["name"], rows[stored[0] - 1]["name"])


def _answer(forecast: Forecast) -> list[Range]:
    """Return the answer over what is needed, by rival."""
    answer = forecast.record["answer"]
    if answer["row"] not in [row["name"] for row in forecast.cascade if row["head"] == "cell"]:
        return []
    if not answer.get("needed") or not forecast.record["question"]["cargo"]:
        return []
    ranges = []
    for row in answer["rows"]:
        ranges += [
            Range(r.phrase, *(x / answer["needed"] for x in (r.low, r.median, r.high)))
            for r in _spread(row["phrase"], row)
        ]
    return ranges


def _journey(forecast: Forecast, *path: str) -> list[Range]:
    held = forecast.record.get("journey") or {}
    for name in path:
        held = held.get(name) or {}
    return _spread("", held)


def _method(forecast: Forecast, method: str, figure: str) -> list[Range]:
    """Return a figure of one isolation method, alone and as customary where that is there."""
    isolation = (forecast.record.get("journey") or {}).get("isolation") or {}
    held = [entry for entry in isolation.get("methods", ()) if entry["method"] == method]
    held.sort(key=lambda entry: bool(entry["own"]))
    return _spread("", held[0].get(figure)) if held else []


SMALL = {"kind": "small_ev"}

MEASURES: Mapping[str, Measure] = {
    "escape_probability": Measure(
        "share of internalised vesicles that release their cargo into the cytosol",
        {"escape": ("uptake.endocytosis_and_escape.escape_probability", {})},
        formula=lambda drawn, _: drawn["escape"],
    ),
    "vesicles_needed_over_capacity": Measure(
        "vesicles that one cell would need, over those that it has room to bind",
        {
            "needed": ("response.gene_silencing.copies_needed", {}),
            "room": ("uptake.endocytosis_and_escape.binding_capacity", {}),
        },
        formula=_vesicles_needed,
    ),
    "lumen_share_of_liquid": Measure(
        "share of the liquid that is inside vesicles: the most that opening them can load",
        {
            "diameter": ("donor.vesicle.median_diameter", SMALL),
            "spread": ("donor.vesicle.geometric_sd", SMALL),
            "thickness": ("loading.vesicle.bilayer_thickness", {}),
        },
        formula=_lumen_share,
    ),
    "blood_half_life": Measure("half-life of vesicles in blood", {}, look=_half_life),
    "brain_share": Measure(
        "share of the dose in the brain", {}, look=lambda f: _share(f, ("brain",))
    ),
    "liver_and_spleen_share": Measure(
        "share of the dose in liver and spleen", {}, look=lambda f: _share(f, ("liver", "spleen"))
    ),
    "arrived_share": Measure("share of the dose that arrives in the target", {}, look=_arrived),
    "kept_in_storage": Measure("share of small EVs that storage leaves", {}, look=_kept),
    "answer_over_needed": Measure(
        "copies in the cytosol of a cell, over those needed", {}, look=_answer
    ),
    "copies_inside": Measure(
        "mean copies inside a small EV of the final tube", {},
        look=lambda f: _journey(f, "cargo", "copies_inside"),
    ),
    "protected_share": Measure(
        "share of the cargo in the final tube that is inside vesicles", {},
        look=lambda f: _journey(f, "cargo", "pools", "inside"),
    ),
    "centrifugation_recovery": Measure(
        "small EVs that the customary spins recover", {},
        look=lambda f: _method(f, "differential_centrifugation", "recovery"),
    ),
    "column_over_centrifugation": Measure(
        "recovery by a column over that by spins, member by member", {},
        look=lambda f: _method(f, "size_exclusion", "over_customary"),
    ),
}  # fmt: skip
"""Every measure, by the name that ``data/claims.toml`` uses."""
