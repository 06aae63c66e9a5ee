"""Answers of one Design under many settings, all on the same random members."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.answering import felt
from exocast.design.cascading import build_cascade
from exocast.design.design import Design
from exocast.design.reusing import Store
from exocast.design.run import Progress, rivals_of
from exocast.design.simulating import plan_needs, simulate
from exocast.design.verdict import answer_of
from exocast.errors import ExocastError, nearest
from exocast.evidence import Axes, Catalogue
from exocast.learn.dial import without_variants
from exocast.material.cascade import SAME, CascadeRow, Rival
from exocast.material.document import Plan
from exocast.material.step import Flag

__all__ = ["ANSWER", "Answerer", "Found", "telling"]

Array = NDArray[np.float64]

ANSWER = "answer"
"""What stands for the row that answers the question."""

_DIGITS = re.compile(r"[\d.e+-]+")


@dataclass(frozen=True)
class Found:
    """What a Design gives under some settings.

    Attributes
    ----------
    row : CascadeRow
        The row that was asked for, with one array (n,) for each rival.
    rivals : tuple of Rival
        The rivals.
    needed : float or None
        Copies that are enough, where the row answers the question.
    flags : tuple of Flag
        What the steps had to say, notes left out.
    """

    row: CascadeRow
    rivals: tuple[Rival, ...]
    needed: float | None
    flags: tuple[Flag, ...] = ()

    @property
    def is_contested(self) -> bool:
        """Return whether rivals give the row different values."""
        first, *others = self.row.values
        return any(
            not np.allclose(first, other, rtol=SAME, atol=0.0, equal_nan=True) for other in others
        )


@dataclass
class Answerer:
    """Runs a Design under other settings, only as far as one row of its cascade needs.

    The bench is run again, and the network compiled again, only where a setting touches them.
    Responses and labels, which no row before them feels, are left out where they are not asked
    for, and the body is solved up to the moment of the question: what is left is the same.

    Attributes
    ----------
    design : Design
        The Design; its variants are set aside.
    axes : Axes
        Members.
    seed : int
        Seed of every stream.
    asked : str
        Row of the cascade; ``answer`` for the one that answers the question.
    threads : int
        Worker threads.
    catalogue : Catalogue
        Values to draw from.
    rival : str
        The only rival to run, by its option or by a part of its phrase; every one when empty.
    only_first : bool
        Whether only the first of them is run.
    """

    design: Design
    axes: Axes
    seed: int
    asked: str = ANSWER
    threads: int = 1
    catalogue: Catalogue = field(default_factory=Catalogue.packaged)
    rival: str = ""
    only_first: bool = False
    _store: Store = field(init=False, repr=False)
    _lean: bool = True
    _offer: str = ""

    def __post_init__(self) -> None:
        self.design = without_variants(self.design)
        self.catalogue = self.design.evidence(self.catalogue)
        self._store = Store(self.catalogue, self.axes, self.seed)

    @staticmethod
    def of(
        design: Design,
        members: tuple[int, int] | None,
        seed: int | None,
        **options: Any,
    ) -> Answerer:
        """Return one with the members and the seed of the Design where none are given."""
        settings = design.plan().run
        size = members or (settings.members.uncertainty, settings.members.variability)
        chosen = settings.seed if seed is None else seed
        return Answerer(design, Axes(*size), chosen, **options)

    def plan(self, settings: Mapping[str, object]) -> Plan:
        """Return what would be run.

        Raises
        ------
        DesignError
            If the Design is wrong with these settings.
        """
        return self.design.with_settings(settings).plan()

    def rivals(self, plan: Plan) -> list[Rival]:
        """Return the rivals to be run.

        Raises
        ------
        ExocastError
            If the one that was named is none of them.
        """
        on_the_bench = plan.has_body and self._on_the_bench(plan)
        held = self._bench_of(plan) if on_the_bench else plan
        rivals = rivals_of(held.hypotheses, self.catalogue)
        if not self.rival:
            return rivals[:1] if self.only_first else rivals
        wanted = self.rival.lower()
        for rival in rivals:
            if wanted in {*rival.selection.values(), rival.label} or wanted in rival.phrase.lower():
                return [rival]
        names = [option for rival in rivals for option in rival.selection.values()]
        if not names:
            raise ExocastError("no rivals are run apart here, so none can be named")
        raise ExocastError(f"no rival `{self.rival}`. {nearest(self.rival, names)}")

    def find(self, plan: Plan, progress: Progress | None = None, words: str = "") -> Found:
        """Run a plan on the members.

        Parameters
        ----------
        plan : Plan
            From `plan`.
        progress : Progress, optional
            Shows members done of this plan.
        words : str
            What it shows beside them.

        Raises
        ------
        ExocastError
            If the cascade has no such row.
        """
        if self._on_the_bench(plan):
            plan = self._bench_of(plan)
        found = self._find(_trimmed(plan) if self._lean else plan, progress, words)
        if found is None and self._lean:
            self._lean = False
            found = self._find(plan, progress, words)
        if found is None:
            raise ExocastError(f"no row `{self.asked}` in the cascade. {self._offer}")
        return found

    def _on_the_bench(self, plan: Plan) -> bool:
        """Return whether the tube decides the row that is asked for."""
        if self.asked == ANSWER:
            return plan.question.asked.is_bench
        return self.asked in {step.name for step in plan.preparation}

    def _bench_of(self, plan: Plan) -> Plan:
        """Return the plan without its body, and without rivals that only a body feels."""
        held = plan.on_the_bench()
        keys = {need.parameter.key for need in plan_needs(held)}
        return replace(held, hypotheses=felt(plan.hypotheses, keys, self.catalogue))

    def _find(self, plan: Plan, progress: Progress | None, words: str) -> Found | None:
        needs, rivals = plan_needs(plan), self.rivals(plan)
        fixed = {family: option for family, option in plan.hypotheses.items() if option != "each"}
        time = np.array([0.0, plan.study.at]) if plan.study.at > 0 else np.zeros(1)
        total, branches = self.axes.members * len(rivals), []
        for index, rival in enumerate(rivals):

            def show(count: int, before: int = index * self.axes.members) -> None:
                if progress is not None:
                    progress(before + count, total, words)

            ensemble = self._store.draw(needs, {**fixed, **rival.selection})
            batch = self._store.bench(plan, ensemble)
            branch = simulate(
                plan, "", rival, ensemble, batch, time, threads=self.threads, report=show,
                compiled=self._store.network(plan, batch),
            )  # fmt: skip
            if branch.travel is not None:
                self._store.keep(plan, batch, branch.wired.network)
            branches.append(branch)
        cascade = build_cascade(plan, branches, self.axes.uncertainty)
        answer = answer_of(plan, cascade, self.catalogue)
        name = answer["row"] if self.asked == ANSWER else self.asked
        names = [row.name for row in cascade.rows]
        self._offer = nearest(name, [ANSWER, *names])
        if name not in names:
            return None
        needed = answer["needed"] if name == answer["row"] else None
        said = dict.fromkeys(flag for branch in branches for flag in branch.flags)
        flags = tuple(flag for flag in said if flag.severity != "note")
        row = cascade.row(name)
        if name == answer["row"]:
            row = replace(row, title=answer["title"])
        return Found(row, cascade.rivals, needed, flags)


def telling(flags: Sequence[Flag], usual: Sequence[Flag]) -> list[Flag]:
    """Return flags, those that are not raised otherwise first; the numbers in them may differ."""
    known = {(flag.where, _DIGITS.sub("", flag.message)) for flag in usual}
    return sorted(flags, key=lambda flag: (flag.where, _DIGITS.sub("", flag.message)) in known)


def _trimmed(plan: Plan) -> Plan:
    """Return a plan without the steps that no row before the responses feels."""
    kinetic: Sequence[Any] = plan.kinetic
    kept = tuple(step for step in kinetic if step.stage != "response")
    return replace(plan, kinetic=kept, study=replace(plan.study, labels=()))
