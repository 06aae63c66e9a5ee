"""The chain from dose to opened vesicles, member by member: what a trade is computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.doses import dose_share
from exocast.design.run import Run
from exocast.design.simulating import Branch
from exocast.laws.lumen import AVOGADRO, lumen_ceiling, lumen_volume
from exocast.learn.benchmarks import benchmarks
from exocast.material.document import Plan
from exocast.material.forecast import Forecast
from exocast.stages.biodistribution.dissolved_cargo import NAKED_ESCAPE
from exocast.stages.biodistribution.outside import outside_of
from exocast.stages.donor.lipid_nanoparticle import CEILING
from exocast.stages.loading.cargo import MOLAR_MASS
from exocast.stages.loading.contact import BILAYER_THICKNESS
from exocast.stages.loading.donor_expression import NOT_BOUGHT
from exocast.stages.uptake.endocytosis_and_escape import ESCAPE

__all__ = ["FACTORS", "with_chain"]

Array = NDArray[np.float64]

FACTORS: Mapping[str, str] = {
    "dose": "vesicles given by the moment of the question, as the dose counts them, or what is "
    "in their place: nanoparticles, or dissolved molecules",
    "taken": "vesicles that a target cell took up and dealt with by then",
    "copies": "mean copies in a vesicle of the dose, empty ones included; a molecule is one",
    "escape": "share of vesicles taken up that open into the cytosol",
    "kept": "copies that an opened vesicle brings, over those in a vesicle of the dose",
    "excess": "copies that travel with a copy in an opened vesicle: E[c (c - 1)] / E[c]",
    "full": "E[c (c - 1)] / E[c]^2 of an opened vesicle, were every one filled alike",
    "spread": "coefficient of variation of opening over cells",
    "lumen": "mean copies in a vesicle whose lumen is as concentrated as the loading buffer was, "
    "or in a nanoparticle whose ionisable lipid is all neutralised",
    "batch": "what one batch holds, in multiples of what was given",
    "person": "the largest published dose of its kind for this body weight, in multiples of what "
    "was given",
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
    carriers: list[dict[str, Any]] = []
    held = np.full((len(run.branches), len(labels), len(FACTORS), run.axes.members), np.nan)
    doses = held[:, :, 0].copy()
    some = False
    for v, (name, branches) in enumerate(run.branches.items()):
        for branch in branches:
            rival = labels.index(branch.rival.label)
            plan = run.plans[name]
            if plan.dose is None:
                continue
            share, _ = dose_share(plan, branch.batch, branch.ensemble)
            doses[v, rival] = _over(np.ones(len(share)), share)
            chain = _chain(plan, branch) if plan.has_body else None
            if chain is not None:
                held[v, rival] = [chain[factor] for factor in FACTORS]
                carriers += _carrier(name, plan.study.carrier, branch, carriers)
                some = True
    if run.plan.dose is None:
        return forecast
    words = {"long_name": "doses that one batch holds"}
    data = forecast.data.assign(doses_per_batch=(("variant", "rival", "member"), doses, words))
    if not some:
        return replace(forecast, data=data)
    words = {"long_name": "what the trade of copies, dose and escape is computed from"}
    data = data.assign(chain=(("variant", "rival", "factor", "member"), held, words))
    record = {**forecast.record, "carriers": carriers}
    return replace(forecast, record=record, data=data.assign_coords(factor=list(FACTORS)))


def _carrier(
    variant: str, carrier: str, branch: Branch, known: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what carries the cargo of a variant and how often it opens, unless that is known."""
    row = next(row for row in branch.ensemble.rows.values() if row.key == _escape(carrier))
    names = ("hypothesis", "value", "low", "high", "source", "standing")
    entry = {"variant": variant, "carrier": carrier} | {name: getattr(row, name) for name in names}
    return [] if entry in known else [entry]


def _escape(carrier: str) -> str:
    """Return the key of the share that gets from endosomes to the cytosol."""
    return NAKED_ESCAPE.key if carrier == "dissolved" else ESCAPE.key


def _chain(plan: Plan, branch: Branch) -> dict[str, Array] | None:
    """Return every factor of one branch, arrays (n,); NaN for members that did not finish."""
    cargo, published = plan.study.cargo, branch.published
    there = set(NEEDS) <= set(branch.course.names) and all(key in published for key in PUBLISHED)
    aside = plan.study.organ or outside_of(cargo) in branch.wired.dosed
    if not cargo or not there or aside:
        return None  # What sits outside gets in by a way of its own.
    fine = branch.course.status == 0
    found = _dissolved(plan, branch) if not branch.carriers else _carried(plan, branch)
    return {name: np.where(fine, values, np.nan) for name, values in found.items()}


def _given(plan: Plan) -> int:
    return sum(time <= plan.study.at for time in plan.study.times)


def _dissolved(plan: Plan, branch: Branch) -> dict[str, Array]:
    """Return the chain of a cargo that rides nothing: each molecule is a carrier of one copy."""
    published, members = branch.published, branch.ensemble.axes.members
    one, nobody = np.ones(members), np.full(members, np.nan)
    opened = branch.course.at("opened_particles", plan.study.at)
    escape = _drawn(branch, _escape(plan.study.carrier))
    return {
        "dose": branch.wired.dissolved[plan.study.cargo][:, : _given(plan)].sum(axis=1),
        "taken": _over(opened, published["tumour.cells"] * escape),
        "copies": one,
        "escape": escape,
        "kept": one,
        "excess": np.zeros(members),
        "full": one,
        "spread": published["tumour.spread"],
        "lumen": one,
        "batch": _over(one, branch.share * _given(plan)),
        "person": nobody,
    }


def _carried(plan: Plan, branch: Branch) -> dict[str, Array]:
    """Return the chain of vesicles or nanoparticles."""
    cargo, published, given = plan.study.cargo, branch.published, _given(plan)
    dosed = branch.wired.dosed["particles"][:, :given].sum(axis=1)
    opened, arrived = (branch.course.at(name, plan.study.at) for name in NEEDS)
    count = np.stack([carrier.count for carrier in branch.carriers])
    inside = np.stack([carrier.copies(cargo) for carrier in branch.carriers])
    copies = _over((count * inside).sum(axis=0), count.sum(axis=0))
    lumen, whole = _ceiling(plan, branch, count)
    escape = _drawn(branch, ESCAPE.key)
    kept = _over(arrived, opened * copies)
    excess = published["tumour.copies_per_event"] - 1.0
    second = np.stack([carrier.second_moment(cargo) for carrier in branch.carriers])
    inside_twice = _over((count * second).sum(axis=0), (count * inside).sum(axis=0))
    # What the way through endosomes, and which vesicles get there, do to the clustering.
    left = _over(excess, inside_twice * kept)
    dose = plan.dose
    assert dose is not None
    counted = np.full(len(dosed), dose.value * given) if dose.counts == "particles" else dosed
    return {
        "dose": counted,
        "taken": _over(opened, published["tumour.cells"] * escape),
        "copies": copies,
        "escape": escape,
        "kept": kept,
        "excess": excess,
        "full": np.maximum(whole * left, 1.0),
        "spread": published["tumour.spread"],
        "lumen": lumen,
        "batch": _over(np.ones(len(dosed)), branch.share * given),
        "person": _over(_largest(plan, branch, copies), counted),
    }


def _largest(plan: Plan, branch: Branch, copies: Array) -> Array:
    """Return the carriers of the largest published dose by body weight, array (n,)."""
    weight = plan.study.body_weight
    if not plan.study.carrier:
        return np.full(len(copies), benchmarks()["largest_dose"].value * weight)
    mass = benchmarks()["largest_nanoparticle_dose"].value * weight
    return _over(mass / _drawn(branch, MOLAR_MASS.key) * AVOGADRO, copies)


def _ceiling(plan: Plan, branch: Branch, count: Array) -> tuple[Array, Array]:
    """Return the most copies that a carrier could hold, and how unequal carriers are, (n,).

    The second is E[V^2] / E[V]^2 of the volume that holds the cargo. NaN where no step of the
    Design says what a carrier holds.
    """
    if not plan.study.carrier:
        lumen, whole = _lumens(branch, count)
        return lumen_ceiling(_concentration(branch, plan.study.cargo), lumen), whole
    most = np.full(count.shape[1], np.nan)
    for entry in branch.batch.ledger.entries:
        most = entry.exchange.notes.get(CEILING, most)
    each = np.stack([carrier.average(carrier.grid**3) for carrier in branch.carriers])
    mean = _over((count * each).sum(axis=0), count.sum(axis=0))
    square = _over((count * each**2).sum(axis=0), count.sum(axis=0))
    return np.asarray(most), _over(square, mean**2)


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
    """Return the cargo that the last loading step had in its tube, array (n,) [mol/m^3].

    NaN where cells made it: what a lumen was sampled from is then no tube.
    """
    found = np.full(branch.ensemble.axes.members, np.nan)
    for entry in branch.batch.ledger.entries:
        changes = entry.exchange.amounts.items()
        added = [
            amount
            for (what, cause), amount in changes
            if what == f"cargo/{cargo}" and cause not in NOT_BOUGHT
        ]
        if entry.stage == "loading" and added:
            amount = np.sum([np.maximum(each, 0.0) for each in added], axis=0)
            found = _over(amount / AVOGADRO, entry.after.volume)
    return found
