"""What would be enough: copies per vesicle, dose and escape traded against each other.

From the chain of a saved forecast (`exocast.learn.chain`), for any share of cells and any number of
copies, without running anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.errors import ExocastError
from exocast.laws.copies_needed import (
    clustering_of,
    copies_needed,
    openings_needed,
    share_above,
)
from exocast.learn.chain import FACTORS
from exocast.material.forecast import Forecast
from exocast.material.spread import Spread, three_bars
from exocast.stages.loading.cargo import cargo_table
from exocast.stages.uptake.endocytosis_and_escape import ESCAPE

__all__ = ["BEYOND", "Escape", "Lever", "Standing", "crosses_membranes", "escapes", "standings"]

Array = NDArray[np.float64]

BEYOND = 1e300
"""Stands for infinity, so that quantiles can be taken over it."""

ENOUGH = 1.01
"""What is called enough: searches end within less than a per cent."""


@dataclass(frozen=True, slots=True)
class Escape:
    """The range of escape under one option of the hypothesis.

    Attributes
    ----------
    hypothesis : str
        ``family:option``; empty where nothing is contested.
    value, low, high : float
        Share of vesicles taken up that open: median and both ends.
    source, standing : str
        Where it comes from.
    carrier : str
        What opens: ``lipid_nanoparticle``, ``dissolved`` for molecules by themselves, or empty for
        vesicles.
    """

    hypothesis: str
    value: float
    low: float
    high: float
    source: str
    standing: str
    carrier: str = ""


@dataclass(frozen=True, slots=True)
class Lever:
    """One of copies, dose and escape: as it is, as it would have to be, and how far it reaches.

    Attributes
    ----------
    name : str
        ``copies`` (in a vesicle), ``dose`` (multiple of the one given) or ``escape`` (share).
    now, to, ceiling : float
        Of the typical member; `BEYOND` where no amount is enough, NaN for a ceiling not known.
    """

    name: str
    now: float
    to: float
    ceiling: float

    @property
    def reaches(self) -> bool:
        """Return whether it is enough within its ceiling."""
        return self.to <= self.ceiling

    @property
    def is_raised(self) -> bool:
        """Return whether it has to be raised at all."""
        return self.to > 1.001 * self.now


@dataclass(frozen=True)
class Standing:
    """Where a design stands under one rival.

    Attributes
    ----------
    variant, phrase : str
        Which one (empty for the design itself), and "fusion is rare".
    rival : int
        Index of the rival in the record.
    needed, share : float
        Copies that a cell needs, and the share of cells wanted.
    middle : mapping of str to float
        Median of each factor of the chain.
    spreads : mapping of str to Spread
        Of the factors, and of ``openings`` (in a cell, on average), ``wanted`` (openings at which
        the design works), ``short`` (wanted over openings: what dose, uptake and escape lack
        together) and ``above`` (share of cells now).
    alone : tuple of Lever
        Each lever on its own, for a member with the median of every factor whose uptake is such
        that it is as short as the median member: medians do not multiply.
    together : tuple of Lever
        Of the same member: raised in turn, each to its ceiling or as far as is needed.
    left : float
        What it lacks with every lever at its ceiling; 1 where they are enough.
    carrier : str
        What carries the cargo, as in `Escape`.
    """

    variant: str
    phrase: str
    rival: int
    needed: float
    share: float
    middle: Mapping[str, float]
    spreads: Mapping[str, Spread]
    alone: tuple[Lever, ...]
    together: tuple[Lever, ...]
    left: float
    carrier: str = ""

    @property
    def short(self) -> float:
        """Return how many times more openings are needed, the median; 1 or less is enough."""
        return self.spreads["short"].median

    def frontier(self, copies: Array) -> Array:
        """Return the openings in a cell needed at each load of a vesicle (k,), median chain."""
        held = self.middle
        load = copies * held["kept"]
        clustering = clustering_of(load, held["excess"], held["full"])
        return openings_needed(self.needed, self.share, load, clustering, held["spread"])


def escapes(record: Mapping[str, Any], variant: str = "") -> list[Escape]:
    """Return the escape range of every option that was run, in the order of the rivals.

    Parameters
    ----------
    record : mapping
        Of a forecast.
    variant : str
        Name of a variant; what it gives may be carried by something else.
    """
    found: dict[str, Escape] = {}
    names = ("hypothesis", "value", "low", "high", "source", "standing")
    rows = [one for one in record.get("carriers", ()) if one["variant"] == variant]
    # Forecasts from before there were other carriers than vesicles.
    for row in rows or [one for one in record["values"] if one["key"] == ESCAPE.key]:
        fields = {name: row[name] for name in names}
        found.setdefault(row["hypothesis"], Escape(**fields, carrier=row.get("carrier", "")))
    order = [_option(entry["hypothesis"]) for entry in record["answer"]["rows"]]
    return sorted(
        found.values(),
        key=lambda one: next((i for i, o in enumerate(order) if one.hypothesis in o), len(order)),
    )


def crosses_membranes(cargo: str) -> bool:
    """Return whether a cargo is a small molecule, which needs no vesicle to open.

    Examples
    --------
    >>> crosses_membranes("doxorubicin"), crosses_membranes("siRNA_KRAS_G12D")
    (True, False)
    """
    held = cargo_table().get(cargo)
    return held is not None and held.kind in ("hydrophobic", "hydrophilic")


def _option(hypothesis: Mapping[str, str]) -> list[str]:
    return [f"{family}:{option}" for family, option in hypothesis.items()]


def standings(
    forecast: Forecast, *, share: float = 0.5, needed: float | None = None
) -> list[Standing]:
    """Return where the design and its variants stand, under every rival.

    Parameters
    ----------
    forecast : Forecast
        With a chain (`exocast.learn.chain.with_chain`).
    share : float
        Share of cells that is to get enough.
    needed : float, optional
        Copies in the cytosol to exceed; what the forecast compared with by default.

    Raises
    ------
    ExocastError
        If share or need make no sense, or the forecast has no chain.
    """
    record, data = forecast.record, forecast.data
    need = record["answer"]["needed"] if needed is None else needed
    if not 0.0 < share < 1.0:
        raise ExocastError(f"a share of {share:g} of the cells: it lies between 0 and 1, as in 0.5")
    if "chain" not in data:
        raise ExocastError(
            "the forecast holds no chain from dose to opened vesicles: it has no cargo, or some on "
            "their outside, or no model of the cell, or an older exocast wrote it. Run its Design "
            "again"
        )
    if need is None:
        raise ExocastError("no number of copies is needed in this forecast: give one (--copies)")
    if not 1.0 <= need < 1e12:
        raise ExocastError(f"{need:g} copies needed in a cell: give 1 or more")
    size = int(data.attrs["uncertainty"])
    labels = [str(label) for label in data["rival"].values]
    found: list[Standing] = []
    for v, variant in enumerate([record, *record["variants"]]):
        name = variant.get("name", "") if v else ""
        ranges = escapes(record, name)
        for index, row in enumerate(variant["answer"]["rows"]):
            label = ", ".join(f"{k}={o}" for k, o in row["hypothesis"].items()) or "all"
            values = np.asarray(data["chain"].values[v, labels.index(label)], dtype=float)
            fine = np.isfinite(values[list(FACTORS).index("taken")])
            if not fine.any():
                continue
            chain = {name: each[fine] for name, each in zip(FACTORS, values, strict=True)}
            options = _option(row["hypothesis"])
            mine = [one for one in ranges if one.hypothesis in options] or ranges
            carrier = mine[0].carrier if mine else ""
            if carrier and any(one.variant == name for one in found):
                continue  # Rivals about vesicles do not concern it.
            top = mine[0].high if mine else 1.0
            arrays = _trade(chain, float(need), share)
            spreads = {name: three_bars(_scattered(x, fine), size) for name, x in arrays.items()}
            middle = {name: spreads[name].median for name in FACTORS}
            goal = (float(need), share)
            alone, together, left = _levers(middle, spreads["short"].median, goal, top)
            phrase = "" if carrier else row["phrase"]
            found.append(
                Standing(
                    name, phrase, index, *goal, middle, spreads, alone, together, left,
                    carrier,
                )
            )  # fmt: skip
    if not found:
        raise ExocastError("no member of this forecast ran to the end: nothing can be traded")
    return found


def _wanted(chain: Mapping[str, Any], copies: Any, needed: float, share: float) -> Array:
    """Return the openings that are needed at a load of the vesicles."""
    load = copies * chain["kept"]
    clustering = clustering_of(load, chain["excess"], chain["full"])
    return openings_needed(needed, share, load, clustering, chain["spread"])


def _trade(chain: Mapping[str, Array], needed: float, share: float) -> dict[str, Array]:
    """Return what every member has and lacks, arrays (n,)."""
    openings = chain["taken"] * chain["escape"]
    load = chain["copies"] * chain["kept"]
    clustering = clustering_of(load, chain["excess"], chain["full"])
    wanted = _wanted(chain, chain["copies"], needed, share)
    return {
        **chain,
        "openings": openings,
        "wanted": wanted,
        "short": _short(wanted, openings),
        "above": share_above(needed, openings, load, clustering, chain["spread"]),
    }


def _levers(
    middle: Mapping[str, float], short: float, goal: tuple[float, float], top: float
) -> tuple[tuple[Lever, ...], tuple[Lever, ...], float]:
    """Return each lever alone, all in turn, and what is short even then."""
    copies, kept, escape = (middle[name] for name in ("copies", "kept", "escape"))
    wanted = float(_wanted(middle, copies, *goal))
    openings = wanted / short if np.isfinite(wanted) and short < BEYOND else 0.0
    more = (middle["excess"], middle["full"], middle["spread"])
    load = float(copies_needed(*goal, openings, *more)) if openings else np.inf
    to = load / kept if kept > 0 else np.inf
    lumen = float(np.fmax(middle["lumen"], copies))
    supply = float(np.nanmax([middle["batch"], middle["person"], 1.0]))
    highest = max(top, escape)
    alone = (
        Lever("copies", copies, min(to, BEYOND), middle["lumen"]),
        Lever("dose", 1.0, min(short, BEYOND), supply),
        Lever("escape", escape, min(escape * short, BEYOND) if escape else BEYOND, highest),
    )
    # In turn: what the operator can do first, then what would take another vesicle.
    first = float(np.clip(to, copies, lumen))
    raised = first > copies and openings > 0
    lacking = float(_wanted(middle, first, *goal)) / openings if raised else short
    second = float(np.clip(lacking, 1.0, supply))
    third = float(np.clip(escape * lacking / second, escape, highest))
    left = max(lacking / second * escape / third, 1.0) if third > 0 else BEYOND
    together = (
        Lever("copies", copies, first, lumen),
        Lever("dose", 1.0, second, supply),
        Lever("escape", escape, third, highest),
    )
    return alone, together, left if left > ENOUGH else 1.0


def _short(wanted: Array, there: Array) -> Array:
    """Return wanted over there; infinite where there is nothing."""
    return np.asarray(np.divide(wanted, there, out=np.full(len(there), np.inf), where=there > 0))


def _scattered(values: Array, fine: NDArray[np.bool_]) -> Array:
    """Return values at their members, NaN elsewhere; infinite ones as a number beyond all."""
    held = np.full(len(fine), np.nan)
    held[fine] = np.where(np.isposinf(values), BEYOND, values)
    return held
