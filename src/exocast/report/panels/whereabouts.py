"""Where the vesicles are, as shares of all that has been given by then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exocast.material.forecast import Forecast
from exocast.report.bands import Array, select, stored
from exocast.report.words import named
from exocast.stages.biodistribution.outside import outside_of

__all__ = ["ELSEWHERE", "Whereabouts", "place", "whereabouts", "whole_tumour"]

ELSEWHERE = "elsewhere"

KNOWN = {
    "rest": "the rest of the body",
    "adipose": "fat",
    "marrow": "bone marrow",
    "blood": "blood",
    "injection_site": "the injection site",
    "peritoneal_cavity": "the abdominal cavity",
    "peritoneal_wall": "the wall of the abdomen",
    "gut_lumen": "the gut, digested or still there",
    "lung_lining": "the lining of the lung",
    "nose_lining": "the lining of the nose",
    "nose": "the nose",
    "skin_surface": "the surface of the skin",
    "shed": "what was rubbed off or shed",
    "breathed_out": "device and breath",
    ELSEWHERE: "places that are not kept",
}
"""Places whose names are not words for people."""


@dataclass(frozen=True)
class Whereabouts:
    """Vesicles by place, as shares of all that has been given.

    Attributes
    ----------
    time : array (t,) [s]
        After the first dose.
    share : dict of str to array (t, n) [1]
        By place; they sum to 1.
    labels : dict of str to dict of str to array (t, n) [1]
        The same for each label, where a place keeps it.
    """

    time: Array
    share: dict[str, Array]
    labels: dict[str, dict[str, Array]]


def whereabouts(forecast: Forecast) -> Whereabouts | None:
    """Return where vesicles are in the design, under the preferred rival."""
    data, question = forecast.data, forecast.record["question"]
    names = [str(name) for name in data["output"].values]
    docs = dict(zip(names, (str(doc) for doc in data["output_doc"].values), strict=True))
    places = [name for name in names if docs[name].startswith("vesicles")]
    time = np.asarray(data["time"].values, dtype=float)
    doses = np.asarray(question["dose_times_seconds"], dtype=float)
    kept = time > doses.min()
    amounts = {name: select(forecast, name)[kept] for name in places if stored(forecast, name)}
    if not amounts or not kept.any():
        return None
    entered = _entered(time[kept], doses, float(question.get("dose_duration_seconds", 0.0)))
    one = np.sum([held[0] for held in amounts.values()], axis=0) / entered[0]
    given = entered[:, None] * one[None, :]
    if not np.isfinite(given).any() or not np.nansum(given) > 0:
        return None
    share: dict[str, Array] = {}
    for name, held in amounts.items():
        organ = name.partition(".")[0]
        at = organ if organ in places else name
        share[at] = share.get(at, 0.0) + _over(held, given)
    rest = 1.0 - np.sum(list(share.values()), axis=0)
    # What left the places that are kept, such as into cells; below it is rounding.
    if np.nanmax(rest) > 1e-4:
        share[ELSEWHERE] = rest
    share = {name: np.maximum(held, 0.0) for name, held in share.items()}
    labels = {
        label: _label(forecast, label, list(share), kept)
        for label in _riders(names)
        if label not in (question["cargo"], outside_of(question["cargo"]))
    }
    return Whereabouts(time[kept] - doses.min(), share, labels)


def _entered(time: Array, doses: Array, duration: float) -> Array:
    """Return how many doses have gone in by each time, array (t,); each takes a duration."""
    since = time[:, None] - doses[None, :]
    each = np.clip(since / duration, 0.0, 1.0) if duration > 0 else (since >= 0).astype(float)
    return np.asarray(each.sum(axis=1))


def _riders(names: list[str]) -> list[str]:
    """Return what rides the vesicles: cargo and labels."""
    ends = [name for name in names if name.startswith("blood.") and name.endswith(".aboard")]
    return [name.removeprefix("blood.").removesuffix(".aboard") for name in ends]


def _label(
    forecast: Forecast, label: str, places: list[str], kept: NDArray[np.bool_]
) -> dict[str, Array]:
    """Return a label by place, on vesicles or held by cells, as shares of all there is of it."""
    names = [str(name) for name in forecast.data["output"].values]
    ends = (f".{label}", f".{label}.aboard")
    pools = [name for name in names if name.endswith(ends) or name.startswith(f"{label}.")]
    held = {name: np.nan_to_num(select(forecast, name)[kept]) for name in pools}
    total = np.sum(list(held.values()), axis=0)
    found = {}
    for place in places:
        parts = [held[f"{place}{end}"] for end in ends if f"{place}{end}" in held]
        if parts:
            found[place] = _over(np.sum(parts, axis=0), total)
    return found


def _over(part: Array, whole: Array) -> Array:
    empty = np.where(np.isfinite(whole), 0.0, np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))


def whole_tumour(found: Whereabouts) -> bool:
    """Return whether the tumour's share holds its cells too: what is not kept would hide them."""
    last = {name: float(np.nanmedian(share[-1])) for name, share in found.share.items()}
    return last.get(ELSEWHERE, 0.0) < last["tumour"]


def place(name: str) -> str:
    """Return the name of a place in a sentence."""
    return KNOWN.get(name, named(name))
