"""What would be enough: copies per vesicle, dose and escape traded against each other.

A run leaves the chain from dose to opened vesicles, member by member (`with_chain`); from it the
trade is computed for any share of cells and any number of copies, without running anything again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.design.simulating import Branch
from exocast.errors import ExocastError
from exocast.laws.copies_needed import (
    clustering_of,
    copies_needed,
    openings_needed,
    share_above,
)
from exocast.laws.lumen import AVOGADRO, lumen_ceiling, lumen_volume
from exocast.learn.benchmarks import benchmarks
from exocast.material.document import Plan
from exocast.material.forecast import Forecast
from exocast.material.spread import Spread, three_bars
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.uptake.endocytosis_and_escape import ESCAPE

__all__ = ["BEYOND", "FACTORS", "Escape", "Lever", "Standing", "escapes", "standings", "with_chain"]

Array = NDArray[np.float64]

FACTORS: Mapping[str, str] = {
    "dose": "vesicles given by the moment of the question, as the dose counts them",
    "taken": "vesicles that a target cell took up and dealt with by then",
    "copies": "mean copies in a vesicle of the dose, empty ones included",
    "escape": "share of vesicles taken up that open into the cytosol",
    "kept": "copies that an opened vesicle brings, over those in a vesicle of the dose",
    "excess": "copies that travel with a copy in an opened vesicle: E[c (c - 1)] / E[c]",
    "full": "E[c (c - 1)] / E[c]^2 of an opened vesicle, were every one filled alike",
    "spread": "coefficient of variation of opening over cells",
    "lumen": "mean copies in a vesicle whose lumen is as concentrated as the loading buffer was",
    "batch": "what one batch holds, in multiples of what was given",
    "person": "the largest published dose for this body weight, in multiples of what was given",
}
"""The chain, by name; each an array over members."""

BEYOND = 1e300
"""Stands for infinity, so that quantiles can be taken over it."""

NEEDS = ("opened_particles", "in_cytosol")
PUBLISHED = ("tumour.cells", "tumour.copies_per_event", "tumour.spread")


def with_chain(forecast: Forecast, run: Run) -> Forecast:
    """Return the forecast with the chain from dose to opened vesicles, for every branch.

    Parameters
    ----------
    forecast : Forecast
        As recorded.
    run : Run
        What it was recorded from. Where it has no cargo or no model of the cell, only the doses in
        a batch are added.
    """
    labels = [str(label) for label in forecast.data["rival"].values]
    held = np.full((len(run.branches), len(labels), len(FACTORS), run.axes.members), np.nan)
    doses = held[:, :, 0].copy()
    some = False
    for v, (name, branches) in enumerate(run.branches.items()):
        for branch in branches:
            rival = labels.index(branch.rival.label)
            doses[v, rival] = _over(np.ones(len(branch.share)), branch.share)
            chain = _chain(run.plans[name], branch)
            if chain is not None:
                held[v, rival] = [chain[factor] for factor in FACTORS]
                some = True
    words = {"long_name": "doses that one batch holds"}
    data = forecast.data.assign(doses_per_batch=(("variant", "rival", "member"), doses, words))
    if not some:
        return replace(forecast, data=data)
    words = {"long_name": "what the trade of copies, dose and escape is computed from"}
    data = data.assign(chain=(("variant", "rival", "factor", "member"), held, words))
    return replace(forecast, data=data.assign_coords(factor=list(FACTORS)))


def _chain(plan: Plan, branch: Branch) -> dict[str, Array] | None:
    """Return every factor of one branch, arrays (n,); NaN for members that did not finish."""
    cargo, published = plan.study.cargo, branch.published
    there = set(NEEDS) <= set(branch.course.names) and all(key in published for key in PUBLISHED)
    if not cargo or not there:
        return None
    given = sum(time <= plan.study.at for time in plan.study.times)
    fine = branch.course.status == 0
    dosed = branch.wired.dosed["particles"][:, :given].sum(axis=1)
    opened, arrived = (branch.course.at(name, plan.study.at) for name in NEEDS)
    count = np.stack([carrier.count for carrier in branch.carriers])
    inside = np.stack([carrier.copies(cargo) for carrier in branch.carriers])
    copies = _over((count * inside).sum(axis=0), count.sum(axis=0))
    lumen, whole = _lumens(branch, count)
    escape = _drawn(branch, ESCAPE.key)
    kept = _over(arrived, opened * copies)
    excess = published["tumour.copies_per_event"] - 1.0
    second = np.stack([carrier.second_moment(cargo) for carrier in branch.carriers])
    inside_twice = _over((count * second).sum(axis=0), (count * inside).sum(axis=0))
    # What the way through endosomes, and which vesicles get there, do to the clustering.
    left = _over(excess, inside_twice * kept)
    dose = plan.regimen.dose
    counted = np.full(len(dosed), dose.value * given) if dose.counts == "particles" else dosed
    largest = benchmarks()["largest_dose"].value * plan.study.body_weight
    chain = {
        "dose": counted,
        "taken": _over(opened, published["tumour.cells"] * escape),
        "copies": copies,
        "escape": escape,
        "kept": kept,
        "excess": excess,
        "full": np.maximum(whole * left, 1.0),
        "spread": published["tumour.spread"],
        "lumen": lumen_ceiling(_concentration(branch, cargo), lumen),
        "batch": _over(np.ones(len(dosed)), branch.share * given),
        "person": _over(np.full(len(dosed), largest), counted),
    }
    return {name: np.where(fine, values, np.nan) for name, values in chain.items()}


def _over(top: Array, bottom: Array) -> Array:
    """Divide; nothing over nothing is nothing."""
    return np.asarray(np.divide(top, bottom, out=np.zeros(len(top)), where=bottom > 0))


def _drawn(branch: Branch, key: str) -> Array:
    """Return the drawn values of a parameter that has one context, array (n,); NaN for none."""
    for identity, row in branch.ensemble.rows.items():
        if row.key == key:
            return np.asarray(branch.ensemble.values[identity], dtype=float)
    return np.full(branch.ensemble.axes.members, np.nan)


def _lumens(branch: Branch, count: Array) -> tuple[Array, Array]:
    """Return the mean lumen of the vesicles of the dose [m^3], and E[V^2] / E[V]^2 of it, (n,).

    NaN where no step of the Design asks for the thickness of a bilayer.
    """
    thickness = _drawn(branch, BILAYER_THICKNESS.key)[:, None]
    each = np.stack(
        [carrier.average(lumen_volume(carrier.grid, thickness)) for carrier in branch.carriers]
    )
    mean = _over((count * each).sum(axis=0), count.sum(axis=0))
    square = _over((count * each**2).sum(axis=0), count.sum(axis=0))
    return mean, _over(square, mean**2)


def _concentration(branch: Branch, cargo: str) -> Array:
    """Return the cargo that the last loading step had in its tube, array (n,) [mol/m^3]."""
    found = np.full(branch.ensemble.axes.members, np.nan)
    for entry in branch.batch.ledger.entries:
        changes = entry.exchange.amounts.items()
        added = [amount for (what, _), amount in changes if what == f"cargo/{cargo}"]
        if entry.stage == "loading" and added:
            amount = np.sum([np.maximum(each, 0.0) for each in added], axis=0)
            found = _over(amount / AVOGADRO, entry.after.volume)
    return found


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
    """

    hypothesis: str
    value: float
    low: float
    high: float
    source: str
    standing: str


@dataclass(frozen=True, slots=True)
class Lever:
    """One of copies, dose and escape: as it is, as it would have to be, and how far it reaches.

    Attributes
    ----------
    name : str
        ``copies`` (in a vesicle), ``dose`` (multiple of the one given) or ``escape`` (share).
    now, to, ceiling : float
        Medians over members; infinite where no amount is enough, NaN for a ceiling not known.
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
        together), ``above`` (share of cells now) and ``left`` (what stays short with every lever
        at its ceiling; 1 where they are enough).
    alone : tuple of Lever
        Each lever on its own.
    together : tuple of Lever
        Raised in turn, each to its ceiling or as far as is needed.
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

    @property
    def short(self) -> float:
        """Return how many times more openings are needed, the median; 1 or less is enough."""
        return self.spreads["short"].median

    @property
    def left(self) -> float:
        """Return what stays short with every lever at its ceiling, the median."""
        return self.spreads["left"].median

    def frontier(self, copies: Array) -> Array:
        """Return the openings in a cell needed at each load of a vesicle (k,), median chain."""
        held = self.middle
        load = copies * held["kept"]
        clustering = clustering_of(load, held["excess"], held["full"])
        return openings_needed(self.needed, self.share, load, clustering, held["spread"])


def escapes(record: Mapping[str, Any]) -> list[Escape]:
    """Return the escape range of every option that was run, in the order of the rivals."""
    found: dict[str, Escape] = {}
    for row in record["values"]:
        if row["key"] == ESCAPE.key:
            names = ("hypothesis", "value", "low", "high", "source", "standing")
            found.setdefault(row["hypothesis"], Escape(*(row[name] for name in names)))
    order = [_option(entry["hypothesis"]) for entry in record["answer"]["rows"]]
    return sorted(
        found.values(),
        key=lambda one: next((i for i, o in enumerate(order) if one.hypothesis in o), len(order)),
    )


def _option(hypothesis: Mapping[str, str]) -> list[str]:
    return [f"{family}:{option}" for family, option in hypothesis.items()]


def standings(
    forecast: Forecast, *, share: float = 0.5, needed: float | None = None
) -> list[Standing]:
    """Return where the design and its variants stand, under every rival.

    Parameters
    ----------
    forecast : Forecast
        With a chain (`with_chain`).
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
    if need is None:
        raise ExocastError("no number of copies is needed in this forecast: give one (--copies)")
    if not 1.0 <= need < 1e12:
        raise ExocastError(f"{need:g} copies needed in a cell: give 1 or more")
    if "chain" not in data:
        raise ExocastError(
            "the forecast holds no chain from dose to opened vesicles: it has no cargo or no model "
            "of the cell, or an older exocast wrote it. Run its Design again"
        )
    size = int(data.attrs["uncertainty"])
    labels = [str(label) for label in data["rival"].values]
    ranges = escapes(record)
    found = []
    for v, variant in enumerate([record, *record["variants"]]):
        for index, row in enumerate(variant["answer"]["rows"]):
            label = ", ".join(f"{k}={o}" for k, o in row["hypothesis"].items()) or "all"
            values = np.asarray(data["chain"].values[v, labels.index(label)], dtype=float)
            fine = np.isfinite(values[list(FACTORS).index("taken")])
            if not fine.any():
                continue
            chain = {name: each[fine] for name, each in zip(FACTORS, values, strict=True)}
            options = _option(row["hypothesis"])
            mine = [one for one in ranges if one.hypothesis in options] or ranges
            top = mine[0].high if mine else 1.0
            arrays = _trade(chain, float(need), share, top)
            spreads = {name: three_bars(_scattered(x, fine), size) for name, x in arrays.items()}
            found.append(
                Standing(
                    variant=variant.get("name", "") if v else "",
                    phrase=row["phrase"],
                    rival=index,
                    needed=float(need),
                    share=share,
                    middle={name: spreads[name].median for name in FACTORS},
                    spreads=spreads,
                    alone=_levers(spreads, "alone"),
                    together=_levers(spreads, "together"),
                )
            )
    if not found:
        raise ExocastError("no member of this forecast ran to the end: nothing can be traded")
    return found


LEVERS: Mapping[str, str] = {"copies": "copies", "dose": "given", "escape": "escape"}


def _trade(chain: Mapping[str, Array], needed: float, share: float, top: float) -> dict[str, Array]:
    """Return every figure of every member, arrays (n,)."""
    copies, kept, escape, spread = (chain[x] for x in ("copies", "kept", "escape", "spread"))
    openings = chain["taken"] * escape

    def wanted(loads: Array) -> Array:
        brought = loads * kept
        clustering = clustering_of(brought, chain["excess"], chain["full"])
        return openings_needed(needed, share, brought, clustering, spread)

    brought = copies * kept
    clustering = clustering_of(brought, chain["excess"], chain["full"])
    now = wanted(copies)
    short = _short(now, openings)
    load = copies_needed(needed, share, openings, chain["excess"], chain["full"], spread)
    to = np.divide(load, kept, out=np.full(len(load), np.inf), where=kept > 0)
    lumen = np.fmax(chain["lumen"], copies)
    supply = np.fmax(np.fmax(chain["batch"], chain["person"]), 1.0)
    highest = np.maximum(top, escape)
    # In turn: what the operator can do first, then what would take another vesicle.
    first = np.clip(to, copies, lumen)
    lacking = np.where(first > copies, _short(wanted(first), openings), short)
    second = np.clip(lacking, 1.0, supply)
    lacking = lacking / second
    third = np.clip(escape * lacking, escape, highest)
    # Further than needed is not raised, so what is left is 1 where the levers are enough.
    left = np.where(third < highest, 1.0, np.maximum(_short(escape * lacking, highest), 1.0))
    return {
        **chain,
        "given": np.ones(len(openings)),
        "openings": openings,
        "wanted": now,
        "short": short,
        "above": share_above(needed, openings, brought, clustering, spread),
        "left": left,
        "copies alone": to,
        "dose alone": short,
        "escape alone": escape * short,
        "copies together": first,
        "dose together": second,
        "escape together": third,
        "copies ceiling": chain["lumen"],
        "dose ceiling": supply,
        "escape ceiling": highest,
    }


def _levers(spreads: Mapping[str, Spread], how: str) -> tuple[Lever, ...]:
    return tuple(
        Lever(name, *(spreads[key].median for key in (now, f"{name} {how}", f"{name} ceiling")))
        for name, now in LEVERS.items()
    )


def _short(wanted: Array, there: Array) -> Array:
    """Return wanted over there; infinite where there is nothing."""
    return np.asarray(np.divide(wanted, there, out=np.full(len(there), np.inf), where=there > 0))


def _scattered(values: Array, fine: NDArray[np.bool_]) -> Array:
    """Return values at their members, NaN elsewhere; infinite ones as a number beyond all."""
    held = np.full(len(fine), np.nan)
    held[fine] = np.where(np.isposinf(values), BEYOND, values)
    return held
