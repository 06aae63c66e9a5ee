"""What the bench answers: a quantity of the tube after every step, for every member."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.branch import Branch
from exocast.design.doses import countable, counted_vesicle, dose_share, protein_assay, tracker
from exocast.design.preparing import Batch
from exocast.material.asking import Quantity
from exocast.material.cascade import CascadeRow
from exocast.material.document import Plan
from exocast.material.ledger import Entry, Ledger
from exocast.material.suspension import Suspension
from exocast.stages.wear import counts_copies

__all__ = ["HEAD_KIND", "asked_rows", "cargo_added", "head_kind", "load_rows", "value_after",
           "vesicle_rows"]  # fmt: skip

Array = NDArray[np.float64]

HEAD_KIND = "small_ev"
MICROGRAM = 1e-9
HOUR = 3600.0


@dataclass(frozen=True)
class _Sight:
    """One tube of one branch, and how it came to be.

    Attributes
    ----------
    plan : Plan
        Whose assays and dose count.
    branch : Branch
        Whose members.
    entries : tuple of Entry
        The ledger up to this tube.
    """

    plan: Plan
    branch: Branch
    entries: tuple[Entry, ...]

    @property
    def tube(self) -> Suspension:
        return self.entries[-1].after

    @property
    def small(self) -> Array:
        return small_evs(self.tube)

    @property
    def every(self) -> Array:
        held = [one.total for one in self.tube.populations]
        return np.asarray(sum(held, np.zeros(self.tube.members)))

    @property
    def vesicles(self) -> Array:
        held = [one.total for one in self.tube.populations if one.vesicular]
        return np.asarray(sum(held, np.zeros(self.tube.members)))

    @property
    def counted(self) -> Array:
        return countable(self.tube, self.plan, self.branch.ensemble, tracker(self.plan))

    @property
    def micrograms(self) -> Array:
        assay = protein_assay(self.plan)
        return countable(self.tube, self.plan, self.branch.ensemble, assay) / MICROGRAM

    @property
    def doses(self) -> Array:
        so_far = Batch(Ledger(self.entries), (), ())
        share, _ = dose_share(self.plan, so_far, self.branch.ensemble)
        return _over(np.ones(len(share)), share)

    @property
    def inside(self) -> Array:
        return self.tube.pools(self.plan.study.cargo)["inside"]

    @property
    def in_hybrids(self) -> Array:
        held = [one for one in self.tube.populations if one.kind == "hybrid"]
        copies = [one.copies(self.plan.study.cargo) for one in held]
        return np.asarray(sum(copies, np.zeros(self.tube.members)))

    @property
    def displayed(self) -> Array:
        held = self.tube.population("small_ev").surface if "small_ev" in self.tube.kinds else {}
        each = [held[name] for name in held if name.startswith("ligand.") and counts_copies(name)]
        return np.asarray(sum(each, np.zeros(self.tube.members)))

    @property
    def all_cargo(self) -> Array:
        pools = self.tube.pools(self.plan.study.cargo).values()
        return np.asarray(sum(pools, np.zeros(self.tube.members)))

    @property
    def loaded(self) -> Array:
        """Vesicles that hold a copy or more."""
        cargo, found = self.plan.study.cargo, np.zeros(self.tube.members)
        for one in self.tube.populations:
            if one.vesicular and cargo in one.inside:
                found = found + (one.count * (1.0 - one.inside[cargo].empty)).sum(axis=1)
        return found

    @property
    def recovered(self) -> Array:
        """The product of what every step after the donor passes on, measured ones left out."""
        share = np.ones(self.tube.members)
        for before, entry in zip(self.entries, self.entries[1:], strict=False):
            if entry.stage not in ("donor", "assay"):
                share = share * _over(small_evs(entry.after), small_evs(before.after))
        return share

    def hours(self, *, hands_on: bool) -> Array:
        """Return how long it took, or how much of that somebody worked, array (n,) [h]."""
        total = np.zeros(self.tube.members)
        for entry in self.entries:
            held = entry.exchange.resources
            if hands_on:
                total = total + held.hands_on
            elif entry.stage != "storage":
                total = total + held.time
        return total / HOUR


_VALUES: Mapping[str, Callable[[_Sight], Array]] = {
    "particles per batch": lambda at: at.counted,
    "doses per batch": lambda at: at.doses,
    "recovery of small EVs": lambda at: at.recovered,
    "small EV share of particles": lambda at: _over(at.small, at.every),
    "particles per ug protein": lambda at: _over(at.counted, at.micrograms),
    "small EVs per ug protein": lambda at: _over(at.small, at.micrograms),
    "small EVs per hour": lambda at: _over(at.small, at.hours(hands_on=False)),
    "small EVs per hands-on hour": lambda at: _over(at.small, at.hours(hands_on=True)),
    "copies per vesicle": lambda at: _over(at.inside, at.vesicles),
    "loaded share of vesicles": lambda at: _over(at.loaded, at.vesicles),
    "loading efficiency": lambda at: _over(at.inside, cargo_added(at.branch, at.plan.study.cargo)),
    "apparent loading efficiency": lambda at: _over(
        at.all_cargo, cargo_added(at.branch, at.plan.study.cargo)
    ),
    "cargo share inside vesicles": lambda at: _over(at.inside, at.all_cargo),
    "ligands per small EV": lambda at: at.displayed,
    "cargo share inside hybrids": lambda at: _over(at.in_hybrids, at.all_cargo),
}


def value_after(quantity: str, plan: Plan, branch: Branch, index: int) -> Array:
    """Return a quantity of the bench after a step, array (n,), in its unit.

    Parameters
    ----------
    quantity : str
        One of `exocast.material.asking.BENCH`.
    plan : Plan
        Whose assays and dose count.
    branch : Branch
        Whose members.
    index : int
        Place of the step in the ledger.
    """
    at = _Sight(plan, branch, branch.batch.ledger.entries[: index + 1])
    heads: Mapping[str, Callable[[_Sight], Array]] = {
        "small EVs per batch": lambda at: at.small,
        "cargo inside vesicles": lambda at: at.inside,
    }
    return _masked(branch, {**heads, **_VALUES}[quantity](at))


def vesicle_rows(plan: Plan, branches: Sequence[Branch]) -> list[CascadeRow]:
    """Return the small EVs, or what is made in their place, after every step that changes them.

    Empty where nothing carries the cargo.
    """
    rows: list[CascadeRow] = []
    kind = head_kind(plan)
    if not kind:
        return rows
    for index, entry in _steps(branches[0]):
        rows.append(
            CascadeRow(
                name=entry.step,
                title=plan.preparation[index].headline(),
                head="vesicles",
                unit="particle",
                values=tuple(
                    _masked(b, of_kind(b.batch.ledger.entries[index].after, kind)) for b in branches
                ),
                step=f"{entry.stage}.{entry.method}",
                measured=entry.stage == "assay",
            )
        )
    return rows


def load_rows(plan: Plan, branches: Sequence[Branch]) -> list[CascadeRow]:
    """Return the cargo of one batch: what was put in, and what is inside vesicles after each step.

    Empty where no step adds the cargo.
    """
    cargo = plan.study.cargo
    added = [_masked(branch, cargo_added(branch, cargo)) for branch in branches]
    rows: list[CascadeRow] = []
    for index, entry in _steps(branches[0]):
        if cargo not in entry.after.cargoes:
            continue
        if not rows:
            rows.append(
                CascadeRow(
                    "put_in", "put in by all steps", "load", "copy", tuple(added), step="load"
                )
            )
        rows.append(
            CascadeRow(
                name=f"inside_after_{entry.step}",
                title=_inside(plan.preparation[index].headline()),
                head="load",
                unit="copy",
                values=tuple(
                    _masked(b, b.batch.ledger.entries[index].after.pools(cargo)["inside"])
                    for b in branches
                ),
                step=f"{entry.stage}.{entry.method}",
                measured=entry.stage == "assay",
            )
        )
    return rows


def asked_rows(plan: Plan, branches: Sequence[Branch]) -> list[CascadeRow]:
    """Return what the question asks for, after every step from the first that has it.

    Empty where another head of the cascade holds it already.
    """
    asked = plan.question.asked
    if asked.name not in _VALUES:
        return []
    value, name = _VALUES[asked.name], _named(asked)
    rows: list[CascadeRow] = []
    steps = [(i, e) for i, e in _steps(branches[0]) if _has(asked, plan, e)]
    for index, entry in steps:
        if asked.name == "recovery of small EVs" and entry.stage == "assay":
            continue
        rows.append(
            CascadeRow(
                name=f"{name}_after_{entry.step}",
                title=plan.preparation[index].headline(),
                head="asked",
                unit=asked.unit,
                values=tuple(
                    _masked(b, value(_Sight(plan, b, b.batch.ledger.entries[: index + 1])))
                    for b in branches
                ),
                step=f"{entry.stage}.{entry.method}",
                measured=entry.stage == "assay",
                state=asked.state,
            )
        )
    if rows:
        rows.append(replace(rows.pop(), name=name))
    return rows


def _inside(headline: str) -> str:
    """Return the words of a row of cargo after a step.

    >>> _inside("after pellet"), _inside("liposomes, 90 nm")
    ('inside vesicles after pellet', 'inside vesicles: liposomes, 90 nm')
    """
    return f"inside vesicles{' ' if headline.startswith('after ') else ': '}{headline}"


def head_kind(plan: Plan) -> str:
    """Return the kind of particle that the first head counts; empty for dissolved cargo."""
    carrier = plan.study.carrier
    if not carrier:
        return counted_vesicle(plan)
    return "" if carrier == "dissolved" else carrier


def of_kind(tube: Suspension, kind: str) -> Array:
    """Return the particles of a kind, array (n,); none where the tube holds other things only."""
    held = [one.total for one in tube.populations if one.kind == kind]
    return np.asarray(sum(held, np.zeros(tube.members)))


def small_evs(tube: Suspension) -> Array:
    """Return the small EVs of a tube, array (n,)."""
    return of_kind(tube, HEAD_KIND)


def cargo_added(branch: Branch, cargo: str) -> Array:
    """Return the cargo that the bench put in, array (n,) [copy]."""
    total = np.zeros(branch.ensemble.axes.members)
    for entry in branch.batch.ledger.entries:
        for (quantity, _), amount in entry.exchange.amounts.items():
            if quantity == f"cargo/{cargo}":
                total = total + np.maximum(amount, 0.0)
    return total


def _steps(branch: Branch) -> list[tuple[int, Entry]]:
    """Return the steps that change the tube, with their places."""
    return [
        (index, entry)
        for index, entry in enumerate(branch.batch.ledger.entries)
        if entry.stage != "assay" or entry.exchange.amounts
    ]


def _has(asked: Quantity, plan: Plan, entry: Entry) -> bool:
    return not asked.cargo or plan.study.cargo in entry.after.cargoes


def _named(asked: Quantity) -> str:
    return re.sub(r"\W+", "_", asked.name).lower()


def _masked(branch: Branch, values: Array) -> Array:
    """Leave members that did not finish out of every row."""
    return np.where(branch.status == 0, values, np.nan)


def _over(part: Array, whole: Array) -> Array:
    """Divide; nothing over nothing is nothing."""
    zero = np.zeros(np.broadcast(part, whole).shape)
    return np.asarray(np.divide(part, whole, out=zero, where=np.asarray(whole) > 0))
