"""A tube read as a paper reads it: what a reading of the bench is of one branch, for all members.

Counts are what tracking analysis sees, with the limit of the Design's own, and protein is what an
assay reads of everything that holds it, where a reading says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.benching import cargo_added, value_after
from exocast.design.branch import Branch
from exocast.design.doses import protein_assay, tracker
from exocast.design.preparing import draws_for, needs_of
from exocast.errors import ExocastError, nearest
from exocast.evidence import Need
from exocast.laws.light_scattering import backscatter
from exocast.material.asking import BENCH
from exocast.material.carrier import DEFAULT_CLASSES
from exocast.material.document import Plan
from exocast.material.ledger import Entry
from exocast.material.suspension import LIPOPROTEINS, Population, Suspension
from exocast.qualify.bench_point import COUNTED, DISSOLVED, GROUPS, KINDS, BenchPoint
from exocast.stages.assay.nta import MEDIUM_INDEX
from exocast.stages.uptake.binding import BINDING

__all__ = ["Bench", "assay_needs"]

Array = NDArray[np.float64]

CHARGE = "zeta_potential"
WITH_APOB = ("lipoprotein", "chylomicron", "vldl", "ldl")


def assay_needs(plan: Plan) -> list[Need]:
    """Return what the assays that read the tube ask for."""
    assays = [
        need for step in (tracker(plan), protein_assay(plan)) for need in needs_of(step, plan.study)
    ]
    return [*assays, *(Need(BINDING, {"carrier": kind}) for kind in DEFAULT_CLASSES)]


@dataclass(frozen=True)
class Bench:
    """One arm of a case on the bench, run.

    Attributes
    ----------
    plan : Plan
        Whose steps and assays.
    branch : Branch
        Whose members.
    """

    plan: Plan
    branch: Branch

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return the ledger."""
        return self.branch.batch.ledger.entries

    def place(self, step: str) -> int:
        """Return where a step stands; the last where none is named.

        Raises
        ------
        ExocastError
            If there is none of that name.
        """
        if not step:
            return len(self.entries) - 1
        names = [entry.step for entry in self.entries]
        if step not in names:
            raise ExocastError(f"the Design has no step `{step}`. {nearest(step, names)}")
        return names.index(step)

    def method(self, point: BenchPoint) -> str:
        """Return the method whose result is read; an assay reads that of the step before it."""
        for entry in reversed(self.entries[: self.place(point.step) + 1]):
            if entry.stage != "assay":
                return entry.method
        return ""

    def reads(self, point: BenchPoint) -> Array:
        """Return what members show in place of a reading, array (n,), in its `si_unit`.

        Raises
        ------
        ExocastError
            If the Design has no such step, cells or cargo.
        """
        at = self.place(point.step)
        if point.quantity in BENCH:
            return value_after(point.quantity, self.plan, self.branch, at)
        if point.quantity == "median size":
            tracked = tracker(self.plan)
            p = draws_for(tracked, self.plan.study, self.branch.ensemble)
            return tracked.look(self.entries[at].after, p).figures["D50 [m]"]
        if point.quantity in ("mean size", "scattered size", "zeta potential"):
            return self._seen(point.quantity, point.of or "particles", at)
        if point.quantity == "cell uptake":
            return self._taken_up(at)
        if point.quantity in ("time", "step time"):
            first = at if point.quantity == "step time" else 0
            held = [entry.exchange.resources.time for entry in self.entries[first : at + 1]]
            return np.asarray(sum(held, np.zeros(self.members)))
        amount = self.amount(point.of, at)
        if point.quantity == "amount":
            return amount
        if point.quantity == "concentration":
            return _over(amount, self.amount("volume", at))
        if point.quantity == "ratio":
            return _over(amount, self.amount(point.over, at))
        since = self.place(point.since) if point.since else at - 1
        if since < 0:
            raise ExocastError("nothing was in the tube before its first step: name another step")
        return _over(amount, self.amount(point.of, since))

    @property
    def members(self) -> int:
        """Return the number of members n."""
        return self.branch.ensemble.axes.members

    def amount(self, of: str, at: int) -> Array:
        """Return what a tube holds of something, array (n,), in the unit of `unit_of`."""
        tube, cargo = self.entries[at].after, self.plan.study.cargo
        plain = of.removeprefix(COUNTED)
        if plain in (*GROUPS, *KINDS):
            held = tuple(one for one in tube.populations if _is(one, plain))
            return self._count(replace(tube, populations=held), counted=plain != of)
        if of == "protein":
            assay = protein_assay(self.plan)
            return assay.content(tube, draws_for(assay, self.plan.study, self.branch.ensemble))
        if of == "volume":
            return tube.volume
        if of == "cells":
            return self._cells()
        if of.startswith(DISSOLVED):
            zero = np.zeros(self.members)
            return np.asarray(tube.solutes.get(of.removeprefix(DISSOLVED), zero) + zero)
        if of.startswith("cargo"):
            if not cargo:
                raise ExocastError("no step of the Design adds a cargo")
            return cargo_added(self.branch, cargo) if of == "cargo put in" else _pool(
                tube, cargo, of
            )  # fmt: skip
        if of == "apob":
            held = tuple(one for one in tube.populations if one.kind in WITH_APOB)
            return self._count(replace(tube, populations=held), counted=False)
        name = f"{of}_copies"
        carried = [one.total * one.surface[name] for one in tube.populations if name in one.surface]
        return np.asarray(sum(carried, np.zeros(self.members)))

    def _seen(self, quantity: str, of: str, at: int) -> Array:
        """Return a mean over particles, by number or by the light that they scatter back."""
        held = [one for one in self.entries[at].after.populations if _is(one, of)]
        if quantity == "zeta potential":
            held = [one for one in held if CHARGE in one.surface]
        if not held:
            return np.full(self.members, np.nan)
        sizes = np.stack([np.broadcast_to(one.diameter, one.count.shape) for one in held], axis=1)
        weight = np.stack([one.count for one in held], axis=1)
        if quantity != "mean size":
            index = np.stack([one.refractive_index for one in held], axis=1)[:, :, None]
            tracked = tracker(self.plan)
            p = draws_for(tracked, self.plan.study, self.branch.ensemble)
            weight = weight * backscatter(sizes, index, p[MEDIUM_INDEX][:, None, None])
        whole = weight.sum(axis=(1, 2))
        if quantity == "zeta potential":
            charge = np.stack([one.surface[CHARGE] for one in held], axis=1)
            return _over((weight.sum(axis=2) * charge).sum(axis=1), whole)
        if quantity == "mean size":
            return _over((weight * sizes).sum(axis=(1, 2)), whole)
        return _over(whole, (weight / sizes).sum(axis=(1, 2)))

    def _taken_up(self, at: int) -> Array:
        """Return what a cell of a dish clears by binding of a copy of the cargo, array (n,)."""
        tube, cargo = self.entries[at].after, self.plan.study.cargo
        if not cargo:
            raise ExocastError("no step of the Design adds a cargo")
        p = self.branch.ensemble.draws({})
        bound = np.zeros(self.members)
        for one in tube.populations:
            held = one.copies(cargo) + one.copies(cargo, "attached")
            if one.kind in DEFAULT_CLASSES:
                bound = bound + held * p.at(BINDING, carrier=one.kind)
        return _over(bound, self.amount("cargo", at))

    def _count(self, tube: Suspension, *, counted: bool) -> Array:
        if not counted:
            every = [one.total for one in tube.populations]
            return np.asarray(sum(every, np.zeros(self.members)))
        tracked = tracker(self.plan)
        p = draws_for(tracked, self.plan.study, self.branch.ensemble)
        return tracked.visible(tube, p) if tube.populations else np.zeros(self.members)

    def _cells(self) -> Array:
        cells = next((getattr(s, "cells", None) for s in self.plan.preparation), None)
        if cells is None:
            raise ExocastError("the Design starts with no culture: there are no cells to divide by")
        return np.full(self.members, float(cells))


def _is(held: Population, name: str) -> bool:
    """Return whether a population is of a kind or group."""
    if name == "vesicles":
        return held.vesicular
    if name == "lipoproteins":
        return held.kind in LIPOPROTEINS
    return name in ("particles", held.kind)


def _pool(tube: Suspension, cargo: str, of: str) -> Array:
    pools = tube.pools(cargo)
    if of in ("cargo", "cargo with particles"):
        held = [value for name, value in pools.items() if of == "cargo" or name != "free"]
        return np.asarray(sum(held, np.zeros(tube.members)))
    name = {"precipitated": "aggregated", "dissolved": "free"}
    plain = of.removeprefix("cargo ")
    return pools[name.get(plain, plain)]


def _over(part: Array, whole: Array) -> Array:
    """Divide; nothing over nothing is not a number."""
    none = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=none, where=np.asarray(whole) > 0))
