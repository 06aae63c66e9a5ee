"""The cascade of a run: bench, dose, body and cell in one ordered list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.benching import (
    asked_rows,
    cargo_added,
    head_kind,
    load_rows,
    vesicle_rows,
)
from exocast.design.branch import Branch
from exocast.design.doses import dose_share
from exocast.material.cascade import Cascade, CascadeRow
from exocast.material.document import Plan
from exocast.material.spread import log_fraction, three_bars
from exocast.stages.biodistribution.asked_organ import organ_title
from exocast.units import present
from exocast.units.numbers import amount

__all__ = ["asked_words", "build_cascade", "finished"]

Array = NDArray[np.float64]

KINDS = {
    "small_ev": "small EVs",
    "mimetic_nanovesicle": "mimetic nanovesicles",
    "lipid_nanoparticle": "lipid nanoparticles",
    "liposome": "liposomes",
    "inorganic_particle": "inorganic particles",
}

HOLDERS = {
    "": ("inside vesicles", "copies per vesicle"),
    "lipid_nanoparticle": ("inside nanoparticles", "copies per nanoparticle"),
    "liposome": ("inside liposomes", "copies per liposome"),
    "inorganic_particle": ("bound to particles", "copies per particle"),
    "dissolved": ("dissolved in the dose", "dose"),
}
"""Where the cargo of a dose is, and what one would raise, by what carries it."""

NOTABLE = 0.1
"""Share of the cargo in other kinds than the head's, from which the row says so."""


def finished(branch: Branch) -> NDArray[np.bool_]:
    """Return which members ran to the end, array (n,)."""
    return np.asarray(branch.status == 0)


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
    asked, cargo = plan.question.asked, plan.study.cargo
    rows = _batch_rows(plan, branches, uncertainty)
    heads = {"vesicles": f"{KINDS.get(head_kind(plan), 'particles')}, one batch"}
    if cargo and (not plan.has_body or (asked.is_bench and asked.cargo)):
        rows += load_rows(plan, branches)
        heads["load"] = f"{cargo}, copies, one batch"
    if asked.is_bench:
        rows += asked_rows(plan, branches)
        heads["asked"] = asked.words
    if plan.has_body:
        rows += _dose_rows(plan, branches, uncertainty)
        rows += _passes_noted(_body_rows(plan, branches), rows[-1], uncertainty)
        heads |= _body_heads(plan)
    rivals = tuple(branch.rival for branch in branches)
    used = {row.head for row in rows}
    held = {head: words for head, words in heads.items() if head in used}
    return Cascade(tuple(rows), rivals, uncertainty, held)


def _body_heads(plan: Plan) -> dict[str, str]:
    """Return the titles of the heads after the dose."""
    cargo = plan.study.cargo
    counted = f"{cargo}, copies" if cargo else "particles"
    given = _doses_given(plan)
    doses = "one dose" if given == 1 else f"{given} doses"
    parts = {"1": "share of the dose", "particle/g": "particles per gram"}
    parts["copy/g"] = f"{cargo}, copies per gram"
    return {
        "cargo": f"{counted} by {present(plan.study.at, 's')}: {doses} of {plan.dose}",
        "cell": f"{'copies' if cargo else 'particles'} per {plan.study.target_cell} cell",
        "organ": f"in {organ_title(plan.study.organ)}: {parts.get(plan.question.asked.unit, '')}",
    }


def asked_words(plan: Plan) -> str:
    """Return what follows a number of what is asked for, with the organ by its name."""
    organ = organ_title(plan.study.organ)
    return plan.question.asked.words.replace("the organ", organ)


def _batch_rows(plan: Plan, branches: Sequence[Branch], uncertainty: int) -> list[CascadeRow]:
    """Return the small EVs of one batch, and how many doses the last tube holds."""
    rows = vesicle_rows(plan, branches)
    if rows and plan.dose is not None:
        first = branches[0]
        share, _ = dose_share(plan, first.batch, first.ensemble)
        batches = np.divide(1.0, share, out=np.full_like(share, np.nan), where=share > 0)
        doses = three_bars(batches, uncertainty).median
        note = f"= {amount(doses)} doses per batch"
        if plan.dose.counts != "small_ev":  # what is dosed is not what this head counts
            held = three_bars(rows[-1].values[0] * share, uncertainty).median
            note += f", {amount(held)} {KINDS.get(head_kind(plan), 'particles')} in each"
        rows[-1] = replace(rows[-1], note=note)
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
        held = branch.wired.dosed if branch.carriers else branch.wired.dissolved
        kin = branch.wired.ledger[cargo] if branch.carriers else (cargo,)
        dosed = np.sum([held[rider][:, :given].sum(axis=1) for rider in kin], axis=0)
        inside.append(_masked(branch, dosed))
        added.append(_masked(branch, cargo_added(branch, cargo) * branch.share * given))
    note = _load_note(branches[0], cargo, inside[0], given, uncertainty)
    title, lever = HOLDERS[plan.study.carrier]
    if plan.study.outside:
        title, lever = "on the outside of vesicles", "copies on vesicles"
    elif branches[0].carriers and len(branches[0].wired.ledger[cargo]) > 1:
        title = "inside vesicles and on them"
    return [
        CascadeRow(
            name="loaded",
            title=title,
            head="cargo",
            unit="copy",
            values=tuple(inside),
            reference=() if all(not one.any() for one in added) else tuple(added),
            note=note,
            step="dose",
            lever=lever,
        )
    ]


def _load_note(first: Branch, cargo: str, inside: Array, given: int, uncertainty: int) -> str:
    """Say how many copies a particle of the dose holds, and what lies beside them."""
    if not first.carriers:
        return ""
    particles = first.wired.dosed["particles"][:, :given].sum(axis=1)
    each = three_bars(inside / np.maximum(particles, 1e-300), uncertainty).median
    if len(first.wired.ledger[cargo]) > 1:
        within = first.wired.dosed[cargo][:, :given].sum(axis=1) / np.maximum(inside, 1e-300)
        share = three_bars(within, uncertainty).median
        return f"{each:.2g} each, {100 * (share or 0.0):.2g} % of them inside"
    if first.wired.ledger[cargo] != (cargo,):
        return f"{each:.2g} each"
    empty = 1.0 - _loaded_share(first, cargo)
    bare = 100 * (three_bars(empty, uncertainty).median or 0.0)
    note = f"{amount(each)} each, {'under 0.01' if bare < 0.01 else f'{bare:.3g}'} % empty"
    large = three_bars(_cargo_share(first, cargo, "large_ev"), uncertainty).median
    if large > NOTABLE:
        note += f"; {large * 100:.0f} % of it in large EVs"
    return note


def _body_rows(plan: Plan, branches: Sequence[Branch]) -> list[CascadeRow]:
    rows: list[CascadeRow] = []
    unit = "copy" if plan.study.cargo else "particle"
    units = {"cargo": unit, "cell": f"{unit}/cell", "organ": plan.question.asked.unit}
    for index, milestone in enumerate(branches[0].milestones):
        values = []
        for branch in branches:
            held = branch.milestones[index]
            first, *others = (branch.course.at(one, plan.study.at) for one in held.outputs)
            there = sum(others, first)
            values.append(there / branch.published[held.per] if held.per else there)
        rows.append(
            CascadeRow(
                name=milestone.name,
                title=milestone.title,
                head=milestone.head,
                unit=f"{milestone.unit}/cell" if milestone.unit else units[milestone.head],
                values=tuple(values),
                step="cell" if milestone.head == "cell" else "body",
                lever=milestone.lever,
                state=milestone.repeats,
            )
        )
    return rows


def _passes_noted(rows: list[CascadeRow], dosed: CascadeRow, uncertainty: int) -> list[CascadeRow]:
    """Note beside what counts each particle again and again how often that is."""

    def often(row: CascadeRow) -> float:
        return log_fraction(row.values[0], dosed.values[0], uncertainty).median

    return [replace(one, note=f"each {often(one):.2g} times") if one.state else one for one in rows]


def _doses_given(plan: Plan) -> int:
    return sum(time <= plan.study.at for time in plan.study.times)


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
