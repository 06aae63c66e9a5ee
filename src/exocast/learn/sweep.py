"""The answer over a range of one setting, or of two, on the same random members throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.design import Design
from exocast.design.run import Progress
from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.learn.answers import ANSWER, Answerer, Found, telling
from exocast.learn.dial import find_dial
from exocast.learn.vary import Axis, axis_of
from exocast.material.paired import paired
from exocast.material.spread import three_bars

if TYPE_CHECKING:
    import pandas as pd
    import xarray

__all__ = ["MEMBERS", "SCHEMA", "Sweep", "sweep"]

Array = NDArray[np.float64]

SCHEMA = 1
MEMBERS = (20, 10)
"""Members of a sweep when nobody says: its points share them, so differences need few."""


@dataclass(frozen=True)
class Sweep:
    """The answer over a range of settings.

    Attributes
    ----------
    record : mapping
        The content of ``sweep.json``: the axes, and for each point and rival the three bars of
        the answer, and of its ratio to the first point, member by member.
    axes : tuple of Axis
        The settings that were turned; the last turns fastest.
    data : xarray.Dataset
        ``answer`` of each member; dimensions point, rival, member.
    """

    record: Mapping[str, Any]
    axes: tuple[Axis, ...]
    data: xarray.Dataset

    @property
    def points(self) -> list[Mapping[str, Any]]:
        """Return what was found, point by point."""
        points: list[Mapping[str, Any]] = self.record["points"]
        return points

    def best(self, rival: int = 0) -> Mapping[str, Any]:
        """Return the point with the largest median under a rival."""
        return max(self.points, key=lambda point: point["by_hypothesis"][rival]["median"] or 0.0)

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each point and rival.

        Returns
        -------
        pandas.DataFrame
            A column for each setting (numbers in the unit that stands in its name), then
            hypothesis, median, both 90 % intervals, what is needed, the orders of magnitude
            short and the share of members with enough, and the ratio to the first point.
        """
        import pandas as pd

        lines = []
        for point in self.points:
            held = {
                axis.title: number if axis.numbers else text
                for axis, number, text in zip(
                    self.axes, point["numbers"], point["texts"], strict=True
                )
            }
            lines += [{**held, **_line(entry)} for entry in point["by_hypothesis"]]
        frame = pd.DataFrame(lines)
        numbers = [name for name in _line(self.points[0]["by_hypothesis"][0]) if name not in _WORDS]
        return frame.astype(dict.fromkeys(numbers, float))

    def to_csv(self) -> str:
        """Return the table as CSV, every digit."""
        return str(self.to_frame().to_csv(index=False, lineterminator="\n"))


_WORDS = ("hypothesis",)


def sweep(
    design: Design,
    vary: Mapping[str, str | Sequence[object]],
    *,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Sweep:
    """Turn one setting, or two, and answer the question at every point.

    Parameters
    ----------
    design : Design
        What is turned.
    vary : mapping
        One or two settings, each with ``low..high:count``, ``low..high:countlog``, ``a,b,c`` or a
        list of what one would write in the Design.
    members : tuple of int, optional
        (uncertainty, variability); 20 x 10 by default, the same at every point.
    seed : int, optional
        The Design's by default.
    threads : int
        Worker threads; results do not depend on it.
    catalogue : Catalogue, optional
        Values to draw from; the packaged ones by default.
    progress : Progress, optional
        Shows progress.

    Returns
    -------
    Sweep

    Raises
    ------
    ExocastError
        If a setting is unknown, a range cannot be read, or the points answer different questions.
    DesignError
        If the Design is wrong at any point; nothing is run then.
    """
    design.check()
    if not 1 <= len(vary) <= 2:
        raise ExocastError(f"a sweep turns one setting or two, not {len(vary)}")
    axes = tuple(axis_of(find_dial(design, key), values) for key, values in vary.items())
    if len({axis.address for axis in axes}) < len(axes):
        raise ExocastError(f"{axes[0].address} is varied twice")
    answerer = Answerer.of(
        design, members or MEMBERS, seed, threads=threads,
        catalogue=catalogue or Catalogue.packaged(),
    )  # fmt: skip
    places = list(product(*(range(len(axis.values)) for axis in axes)))
    plans = [
        answerer.plan({axis.address: axis.values[i] for axis, i in zip(axes, place, strict=True)})
        for place in places
    ]
    sizes = [answerer.axes.members * len(answerer.rivals(plan)) for plan in plans]
    found = []
    for index, (place, plan) in enumerate(zip(places, plans, strict=True)):
        words = ", ".join(axis.texts[i] for axis, i in zip(axes, place, strict=True))
        show = _shifted(progress, sum(sizes[:index]), sum(sizes))
        found.append(answerer.find(plan, show, words))
    if len({one.row.name for one in found}) > 1:
        rows = ", ".join(dict.fromkeys(one.row.title for one in found))
        raise ExocastError(f"the points answer different questions: {rows}")
    record = _record(design, axes, places, found, answerer)
    return Sweep(record, axes, _dataset(axes, places, found, answerer))


def _shifted(progress: Progress | None, before: int, all_of: int) -> Progress:
    def show(done: int, total: int, words: str) -> None:  # noqa: ARG001 - as `Progress` says
        if progress is not None:
            progress(before + done, all_of, words)

    return show


def _record(
    design: Design,
    axes: Sequence[Axis],
    places: Sequence[tuple[int, ...]],
    found: Sequence[Found],
    answerer: Answerer,
) -> dict[str, Any]:
    uncertainty = answerer.axes.uncertainty
    points = []
    fewest = min((one.flags for one in found), key=len)
    for place, one in zip(places, found, strict=True):
        points.append(
            {
                "place": list(place),
                "texts": [axis.texts[i] for axis, i in zip(axes, place, strict=True)],
                "numbers": [
                    axis.numbers[i] if axis.numbers else None
                    for axis, i in zip(axes, place, strict=True)
                ],
                "needed": one.needed,
                "flags": [asdict(flag) for flag in telling(one.flags, fewest)],
                "by_hypothesis": [
                    _entry(one, index, found[0], uncertainty) for index in range(len(one.rivals))
                ],
            }
        )
    return {
        "exocast": SCHEMA,
        "version": __version__,
        "title": design.title,
        "design_digest": design.digest,
        "design": design.text,
        "catalogue_digest": answerer.catalogue.digest,
        "seed": answerer.seed,
        "members": {"uncertainty": uncertainty, "variability": answerer.axes.variability},
        "axes": [
            {
                "address": axis.address,
                "unit": axis.unit,
                "texts": list(axis.texts),
                "numbers": list(axis.numbers),
                "log": axis.log,
            }
            for axis in axes
        ],
        "answer": {
            "row": found[0].row.name,
            "title": found[0].row.title,
            "unit": found[0].row.unit,
            "asked": ANSWER,
        },
        "contested": any(one.is_contested for one in found),
        "points": points,
    }


def _entry(one: Found, index: int, first: Found, uncertainty: int) -> dict[str, Any]:
    """Return the three bars of one point under one rival, and its ratio to the first point."""
    values, rival = one.row.values[index], one.rivals[index]
    spread = three_bars(values, uncertainty)
    fine = values[np.isfinite(values)]
    orders = probability = None
    if one.needed and spread.median > 0:
        orders = float(np.log10(one.needed / spread.median))
    if one.needed is not None and fine.size:
        probability = float((fine >= one.needed).mean())
    same = next((i for i, r in enumerate(first.rivals) if r.label == rival.label), index)
    before = first.row.values[min(same, len(first.rivals) - 1)]
    return {
        "hypothesis": dict(rival.selection),
        "phrase": rival.phrase,
        **spread.to_dict(),
        "needed": one.needed,
        "orders_short": orders,
        "probability_enough": probability,
        "over_first": paired(before, values, uncertainty).ratio.to_dict(),
    }


def _line(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return one line of the table, after the settings."""
    ratio = entry["over_first"]
    return {
        "hypothesis": entry["phrase"],
        "median": entry["median"],
        "uncertainty_low": entry["uncertainty"][0],
        "uncertainty_high": entry["uncertainty"][1],
        "variability_low": entry["variability"][0],
        "variability_high": entry["variability"][1],
        "share_of_members_with_none": entry["zero_share"],
        "members": entry["finished"],
        "needed": entry["needed"],
        "orders_short": entry["orders_short"],
        "probability_enough": entry["probability_enough"],
        "over_first_median": ratio["median"],
        "over_first_uncertainty_low": ratio["uncertainty"][0],
        "over_first_uncertainty_high": ratio["uncertainty"][1],
        "over_first_variability_low": ratio["variability"][0],
        "over_first_variability_high": ratio["variability"][1],
    }


def _dataset(
    axes: Sequence[Axis],
    places: Sequence[tuple[int, ...]],
    found: Sequence[Found],
    answerer: Answerer,
) -> xarray.Dataset:
    """Return the answer of every member, with the setting of every point."""
    import xarray

    labels = list(dict.fromkeys(rival.label for one in found for rival in one.rivals))
    values = np.full((len(found), len(labels), answerer.axes.members), np.nan)
    for index, one in enumerate(found):
        for rival, held in zip(one.rivals, one.row.values, strict=True):
            values[index, labels.index(rival.label)] = held
    dataset = xarray.Dataset(
        {"answer": (("point", "rival", "member"), values, {"units": found[0].row.unit})},
        coords={"rival": labels, "member": np.arange(answerer.axes.members)},
        attrs={
            "seed": answerer.seed,
            "uncertainty": answerer.axes.uncertainty,
            "variability": answerer.axes.variability,
        },
    )
    for number, axis in enumerate(axes):
        held_at = [place[number] for place in places]
        coordinate = (
            [axis.numbers[i] for i in held_at] if axis.numbers else [axis.texts[i] for i in held_at]
        )
        dataset = dataset.assign_coords({axis.address: ("point", coordinate)})
        dataset[axis.address].attrs["units"] = axis.unit
    return dataset
