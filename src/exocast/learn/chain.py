"""The chain from dose to opened vesicles, member by member: what a trade is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.design.simulating import Branch
from exocast.laws.lumen import AVOGADRO, lumen_ceiling, lumen_volume
from exocast.learn.benchmarks import benchmarks
from exocast.material.document import Plan
from exocast.material.forecast import Forecast
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.uptake.endocytosis_and_escape import ESCAPE

__all__ = ["FACTORS", "with_chain"]

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
