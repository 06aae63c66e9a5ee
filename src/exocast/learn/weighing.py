"""The answer under each thing that a value might be: its rivals, and the ends of its range."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from exocast.design.cascading import build_cascade
from exocast.design.design import Design
from exocast.design.run import Progress, rivals_of
from exocast.design.simulating import bench, plan_needs, simulate
from exocast.design.verdict import answer_of
from exocast.errors import ExocastError
from exocast.evidence import Axes, Catalogue, Ensemble, Need, draw, one_at_a_time
from exocast.evidence.parameter import Value, format_context
from exocast.learn.dial import without_variants
from exocast.material.document import Plan
from exocast.material.spread import Spread, three_bars

__all__ = ["MEMBERS", "Case", "Weighed", "weigh_hypothesis", "weigh_value"]

Array = NDArray[np.float64]

MEMBERS = (12, 2)
"""Of what is not known, and of subjects and batches: few, and the same ones in every case."""

DRAWN = "as drawn"
"""The case in which nothing is set; it is the same in every context."""

MOST = 8
"""Contexts of one value that are turned one by one."""


@dataclass(frozen=True)
class Case:
    """The answer with one value, or one hypothesis, set.

    Attributes
    ----------
    context : str
        Context of the value; empty for a generic one.
    label : str
        What was set: ``as drawn``, ``low end``, ``high end``, an option, or a rival's source.
    value : float or None
        What the value was set to, in SI; None where it was drawn.
    rival : str
        What else held, as words that follow "if"; empty where nothing else is contested.
    needed : float or None
        What is needed.
    answer : Spread
        The answer.
    """

    context: str
    label: str
    value: float | None
    rival: str
    needed: float | None
    answer: Spread

    @property
    def orders_short(self) -> float | None:
        """Return orders of magnitude by which the answer falls short; negative where it is over."""
        if not self.needed or not self.answer.median > 0:
            return None
        return float(np.log10(self.needed / self.answer.median))


@dataclass(frozen=True)
class Weighed:
    """What a design answers in each case.

    Attributes
    ----------
    design, title, unit : str
        Name of the design, and what its answer counts.
    members : tuple of int
        (uncertainty, variability), the same in every case.
    cases : tuple of Case
        In order; none where the design does not use the value, or it is known exactly.
    unit_of_value : str
        Unit of the value as written in the table.
    left_out : int
        Contexts that were not turned because there are too many.
    """

    design: str
    title: str
    unit: str
    members: tuple[int, int]
    cases: tuple[Case, ...]
    unit_of_value: str = "1"
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Setting:
    """What one case sets: rows of the catalogue, hypotheses, or drawn values themselves."""

    context: str
    label: str
    value: float | None
    selection: tuple[tuple[str, str], ...]
    catalogue: Catalogue
    fixed: tuple[str, float] | None = None


def weigh_value(
    design: Design,
    key: str,
    *,
    catalogue: Catalogue | None = None,
    members: tuple[int, int] = MEMBERS,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Weighed:
    """Answer a design's question with a value at each rival, and at both ends of its range.

    Parameters
    ----------
    design : Design
        Its variants are set aside.
    key : str
        Key of the value.
    catalogue : Catalogue, optional
        Values to draw from; the packaged ones by default.
    members : tuple of int
        (uncertainty, variability).
    seed : int, optional
        The design's by default.
    threads : int
        Worker threads.
    progress : Progress, optional
        Shows progress.

    Raises
    ------
    ExocastError
        If the catalogue has no such value.
    """
    held = design.evidence(catalogue)
    if key not in held.values:
        raise ExocastError(f"the catalogue has no value of `{key}`")
    plan = without_variants(design).plan()
    needs = [need for need in plan_needs(plan) if need.parameter.key == key]
    used: dict[str, Need] = {}
    for need in needs:
        used.setdefault(held.find(need, _fixed(plan)).identity, need)
    shown = dict(list(used.items())[:MOST])
    settings = [one for need in shown.values() for one in _settings_of(need, plan, held)]
    drawn = [one for one in settings if one.label == DRAWN]
    settings = [one for one in settings if one.label != DRAWN or one is drawn[0]]
    unit = held.values[key][0].unit
    weighed = _weighed(design, plan, settings, members, seed, threads, progress)
    return replace(weighed, unit_of_value=unit, left_out=len(used) - len(shown))


def weigh_hypothesis(
    design: Design,
    family: str,
    *,
    catalogue: Catalogue | None = None,
    members: tuple[int, int] = MEMBERS,
    seed: int | None = None,
    threads: int = 1,
    progress: Progress | None = None,
) -> Weighed:
    """Answer a design's question under each option of a hypothesis.

    Parameters
    ----------
    design : Design
        Its variants are set aside.
    family : str
        Name of the hypothesis.
    catalogue, members, seed, threads, progress
        As in `weigh_value`.

    Raises
    ------
    ExocastError
        If there is no such hypothesis.
    """
    held = design.evidence(catalogue)
    if family not in held.hypotheses:
        raise ExocastError(f"there is no hypothesis `{family}`")
    plan = without_variants(design).plan()
    settings = [
        _Setting("", option, None, ((family, option),), held) for option in _ordered(family, held)
    ]
    return _weighed(design, plan, settings, members, seed, threads, progress)


def _ordered(family: str, catalogue: Catalogue) -> list[str]:
    """Return the options of a family, the preferred one first."""
    held = catalogue.hypotheses[family]
    return sorted(held.options, key=lambda name: name != held.preferred)


def _fixed(plan: Plan) -> dict[str, str]:
    return {family: one for family, one in plan.hypotheses.items() if one != "each"}


def _settings_of(need: Need, plan: Plan, catalogue: Catalogue) -> Iterator[_Setting]:
    """Yield what a value might be in one context: each rival as drawn, then at both its ends."""
    taken = catalogue.find(need, _fixed(plan))
    rivals = catalogue.rivals(taken)
    rivals.sort(key=lambda row: row is not taken)
    context = format_context(taken.context)
    for row in rivals:
        family, _, option = row.hypothesis.partition(":")
        selection = ((family, option),) if family else ()
        alone = len(rivals) == 1
        label = option or (DRAWN if alone else row.source)
        held = catalogue if alone or family else _with(catalogue, row, rivals)
        yield _Setting(context, label, None, selection, held)
        if row.low != row.high:
            for end, value in (("low end", row.low), ("high end", row.high)):
                at = replace(row, value=value, low=value, high=value, distribution="fixed")
                yield _Setting(context, f"{label}, {end}" if not alone else end, value, selection,
                               _with(catalogue, at, rivals))  # fmt: skip
        elif row.variability:
            yield from _subjects(need, row, selection, held, "" if alone else f"{label}, ")


def _subjects(
    need: Need, row: Value, selection: tuple[tuple[str, str], ...], catalogue: Catalogue, lead: str
) -> Iterator[_Setting]:
    """Yield a value that is known, at the ends of what subjects and batches have."""
    turned, turns = one_at_a_time([need], catalogue, dict(selection))
    for turn, value in zip(turns, turned.values[row.identity], strict=True):
        if turn.axis == "variability":
            end = "5 % of subjects" if turn.side < 0 else "95 % of subjects"
            yield _Setting(format_context(row.context), lead + end, float(value), selection,
                           catalogue, (row.identity, float(value)))  # fmt: skip


def _with(catalogue: Catalogue, row: Value, rivals: Sequence[Value]) -> Catalogue:
    """Return a catalogue in which a row stands for itself and for its rivals."""
    gone = {one.origin for one in rivals}
    rows = [one for one in catalogue.values[row.key] if one.origin not in gone]
    mine = replace(row, preferred=True, origin=f"{row.origin}, set to {row.value!r}")
    return replace(catalogue, values={**catalogue.values, row.key: (*rows, mine)})


def _weighed(
    design: Design,
    plan: Plan,
    settings: Sequence[_Setting],
    members: tuple[int, int],
    seed: int | None,
    threads: int,
    progress: Progress | None,
) -> Weighed:
    """Run every case: those with the same hypotheses as one ensemble."""
    axes, chosen = Axes(*members), plan.run.seed if seed is None else seed
    titles: list[tuple[str, str]] = []
    cases: list[tuple[int, int, Case]] = []
    groups = [(dict(key), list(held)) for key, held in
              groupby(enumerate(settings), key=lambda one: one[1].selection)]  # fmt: skip
    branches = [
        (selection, rival, held)
        for selection, held in groups
        for rival in rivals_of(
            {name: one for name, one in plan.hypotheses.items() if name not in selection},
            settings[0].catalogue,
        )
    ]
    total = sum(axes.members * len(held) for _, _, held in branches)
    done = 0
    for number, (selection, rival, held) in enumerate(branches):
        chosen_options = {**_fixed(plan), **rival.selection, **selection}
        drawn = [_drawn(plan, one, axes, chosen, chosen_options) for _, one in held]
        together = _joined(drawn)

        def show(count: int, before: int = done) -> None:
            if progress is not None:
                progress(before + count, total, "")

        batch = bench(plan, together, [])
        time = np.array([0.0, plan.study.at]) if plan.study.at > 0 else np.zeros(1)
        branch = simulate(plan, "", rival, together, batch, time, threads=threads, report=show)
        done += axes.members * len(held)
        cascade = build_cascade(plan, [branch], axes.uncertainty * len(held))
        for part, (place, one) in enumerate(held):
            answer = answer_of(plan, cascade, one.catalogue)
            row = cascade.row(answer["row"])
            titles.append((answer["title"], row.unit))
            values = row.values[0][part * axes.members : (part + 1) * axes.members]
            cases.append((place, number, Case(
                one.context, one.label, one.value, rival.phrase, answer["needed"],
                three_bars(values, axes.uncertainty),
            )))  # fmt: skip
    cases.sort(key=lambda one: one[:2])
    title, unit = titles[0] if titles else ("", "")
    return Weighed(design.name, title, unit, members, tuple(one for *_, one in cases))


def _drawn(
    plan: Plan, setting: _Setting, axes: Axes, seed: int, selection: Mapping[str, str]
) -> Ensemble:
    """Return the values of one case: the same members as in any other, save for what is set."""
    drawn = draw(plan_needs(plan), setting.catalogue, axes, seed, selection)
    if setting.fixed is None:
        return drawn
    name, value = setting.fixed
    return replace(drawn, values={**drawn.values, name: np.full(axes.members, value)})


def _joined(drawn: Sequence[Ensemble]) -> Ensemble:
    """Return the ensembles of several cases as one, case after case."""
    first = drawn[0]
    values = {name: np.concatenate([one.values[name] for one in drawn]) for name in first.values}
    axes = Axes(first.axes.uncertainty * len(drawn), first.axes.variability)
    return replace(first, axes=axes, values=values)
