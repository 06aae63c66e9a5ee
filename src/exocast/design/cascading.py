"""The cascade of a run: bench, dose, body and cell in one ordered list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.simulating import Branch
from exocast.material.cascade import Cascade, CascadeRow
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.units import present

__all__ = ["build_cascade", "finished"]

Array = NDArray[np.float64]

HEAD_KIND = "small_ev"

NOTABLE = 0.1
"""Share of the cargo in other kinds than the head's, from which the row says so."""


def finished(branch: Branch) -> NDArray[np.bool_]:
    """Return which members ran to the end, array (n,)."""
    return np.asarray(branch.course.status == 0)


def build_cascade(plan: Plan, branches: Sequence[Branch], uncertainty: int) -> Cascade:
    """Return the cascade of one variant.

    Parameters
    ----------
    plan : Plan
        The variant's plan.
    branches : sequence of Branch
        One for each rival, the preferred one first.
    uncertainty : int
        Size of the uncertainty axis.
    """
    rows = _bench_rows(plan, branches, uncertainty)
    rows += _dose_rows(plan, branches, uncertainty)
    rows += _body_rows(plan, branches)
    cargo = plan.study.cargo
    counted = f"{cargo}, copies" if cargo else "particles"
    given = _doses_given(plan)
    dose = str(plan.regimen.dose)
    doses = "one dose" if given == 1 else f"{given} doses"
    heads = {
        "vesicles": "small EVs, one batch",
        "cargo": f"{counted} by {present(plan.study.at, 's')}: {doses} of {dose}",
        "cell": f"{'copies' if cargo else 'particles'} per {plan.study.target_cell} cell",
    }
    rivals = tuple(branch.rival for branch in branches)
    return Cascade(tuple(rows), rivals, uncertainty, heads)


def _bench_rows(plan: Plan, branches: Sequence[Branch], uncertainty: int) -> list[CascadeRow]:
    """Return the vesicle head: the small EVs of one batch after every step that changes them."""
    rows: list[CascadeRow] = []
    entries = branches[0].batch.ledger.entries
    for index, (entry, step) in enumerate(zip(entries, plan.preparation, strict=True)):
        values = tuple(
            _masked(b, b.batch.ledger.entries[index].after.population(HEAD_KIND).total)
            for b in branches
        )
        if entry.stage == "assay" and not entry.exchange.amounts:
            continue
        rows.append(
            CascadeRow(
                name=entry.step,
                title=step.headline(),
                head="vesicles",
                unit="particle",
                values=values,
                step=f"{entry.stage}.{entry.method}",
                measured=entry.stage == "assay",
            )
        )
    if rows:
        share = branches[0].share
        batches = np.divide(1.0, share, out=np.full_like(share, np.nan), where=share > 0)
        doses = three_bars(batches, uncertainty).median
        rows[-1] = replace(rows[-1], note=f"= {doses:.2g} doses per batch")
    return rows


def _dose_rows(plan: Plan, branches: Sequence[Branch], uncertainty: int) -> list[CascadeRow]:
    """Return the first row of the cargo head: copies inside vesicles in what was dosed.

    Without a cargo, the particles that were dosed, whatever their kind.
    """
    cargo = plan.study.cargo
    given = _doses_given(plan)
    if not cargo:
        dosed = [_masked(b, b.wired.dosed["particles"][:, :given].sum(axis=1)) for b in branches]
        title = "dosed, of every kind"
        return [CascadeRow("dosed", title, "cargo", "particle", tuple(dosed), step="dose")]
    inside, added = [], []
    for branch in branches:
        dosed = branch.wired.dosed[cargo][:, :given].sum(axis=1)
        inside.append(_masked(branch, dosed))
        added.append(_masked(branch, _cargo_added(branch, cargo) * branch.share * given))
    first = branches[0]
    particles = first.wired.dosed["particles"][:, :given].sum(axis=1)
    each = three_bars(inside[0] / np.maximum(particles, 1e-300), uncertainty).median
    empty = 1.0 - _loaded_share(first, cargo)
    note = f"{each:.2g} each, {three_bars(empty, uncertainty).median:.2%} empty"
    large = three_bars(_cargo_share(first, cargo, "large_ev"), uncertainty).median
    if large > NOTABLE:
        note += f"; {large:.0%} of it in large EVs"
    return [
        CascadeRow(
            name="loaded",
            title="inside vesicles",
            head="cargo",
            unit="copy",
            values=tuple(inside),
            reference=tuple(added),
            note=note,
            step="dose",
            lever="copies per vesicle",
        )
    ]


def _body_rows(plan: Plan, branches: Sequence[Branch]) -> list[CascadeRow]:
    rows = []
    unit = "copy" if plan.study.cargo else "particle"
    for index, milestone in enumerate(branches[0].milestones):
        values = []
        for branch in branches:
            held = branch.milestones[index]
            amount = branch.course.at(held.output, plan.study.at)
            values.append(amount / branch.published[held.per] if held.per else amount)
        per_cell = milestone.head == "cell"
        rows.append(
            CascadeRow(
                name=milestone.name,
                title=milestone.title,
                head=milestone.head,
                unit=f"{unit}/cell" if per_cell else unit,
                values=tuple(values),
                step="body" if milestone.head == "cargo" else "cell",
                lever=milestone.lever,
            )
        )
    return rows


def _doses_given(plan: Plan) -> int:
    return sum(time <= plan.study.at for time in plan.study.times)


def _cargo_added(branch: Branch, cargo: str) -> Array:
    """Return the cargo that the bench put in, array (n,) [copy]."""
    total = np.zeros(branch.ensemble.axes.members)
    for entry in branch.batch.ledger.entries:
        for (quantity, _), amount in entry.exchange.amounts.items():
            if quantity == f"cargo/{cargo}":
                total = total + np.maximum(amount, 0.0)
    return total


def _loaded_share(branch: Branch, cargo: str) -> Array:
    count = np.stack([carrier.count for carrier in branch.carriers], axis=1)
    loaded = np.stack([carrier.loaded(cargo) for carrier in branch.carriers], axis=1)
    return np.asarray((count * loaded).sum(axis=1) / np.maximum(count.sum(axis=1), 1e-300))


def _cargo_share(branch: Branch, cargo: str, kind: str) -> Array:
    """Return the share of the dosed cargo that one kind carries, array (n,)."""
    held = np.stack([carrier.count * carrier.copies(cargo) for carrier in branch.carriers], axis=1)
    of_kind = np.array([carrier.kind == kind for carrier in branch.carriers])
    total = np.maximum(held.sum(axis=1), 1e-300)
    return np.asarray(held[:, of_kind].sum(axis=1) / total)


def _masked(branch: Branch, values: Array) -> Array:
    """Leave members that did not finish out of every row."""
    return np.where(finished(branch), values, np.nan)
