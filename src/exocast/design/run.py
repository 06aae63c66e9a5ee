"""Run a Design: draw once, then every variant under every rival on the same members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from exocast.design.design import Design
from exocast.design.reusing import Store
from exocast.design.simulating import Branch, plan_needs, simulate, time_grid
from exocast.evidence import Axes, Catalogue
from exocast.material.cascade import Rival
from exocast.material.document import Plan

__all__ = ["Progress", "Run", "rivals_of", "run"]


RTOL = 1e-5
"""Relative tolerance of the solver."""


class Progress(Protocol):
    """Something that shows how far a run is."""

    def __call__(self, done: int, total: int, words: str) -> None:
        """Show that `done` of `total` members are solved; `words` name the branch."""


@dataclass(frozen=True)
class Run:
    """Everything that a run computed, before it is summarised.

    Attributes
    ----------
    design : Design
        What was run.
    plans : dict of str to Plan
        By variant; the empty name is the design itself.
    branches : dict of str to tuple of Branch
        By variant, one for each rival.
    axes : Axes
        Sizes of the two axes.
    seed : int
        Seed.
    engine : str
        What solved it.
    rtol : float
        Relative tolerance of the solver.
    """

    design: Design
    plans: Mapping[str, Plan]
    branches: Mapping[str, tuple[Branch, ...]]
    axes: Axes
    seed: int
    engine: str = "native"
    rtol: float = RTOL

    @property
    def base(self) -> tuple[Branch, ...]:
        """Return the branches of the design itself, the preferred rival first."""
        return self.branches[""]

    @property
    def plan(self) -> Plan:
        """Return the plan of the design itself."""
        return self.plans[""]


def rivals_of(hypotheses: Mapping[str, str], catalogue: Catalogue) -> list[Rival]:
    """Return every consistent choice of the hypotheses that are to be run apart.

    Options are tied across keys: one choice holds for every row that names the family. The
    preferred options come first.
    """
    apart = [family for family, option in hypotheses.items() if option == "each"]
    options = []
    for family in apart:
        held = catalogue.hypotheses[family]
        options.append(sorted(held.options, key=lambda name: name != held.preferred))
    rivals = []
    for choice in product(*options):
        selection = dict(zip(apart, choice, strict=True))
        phrase = " and ".join(
            catalogue.hypotheses[family].phrases[option] for family, option in selection.items()
        )
        rivals.append(Rival(selection, phrase))
    return rivals


def run(
    design: Design,
    *,
    seed: int | None = None,
    members: tuple[int, int] | None = None,
    threads: int = 1,
    engine: Literal["native", "reference"] = "native",
    rtol: float = RTOL,
    catalogue: Catalogue | None = None,
    variants: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Run:
    """Run a design, its variants and its rivals.

    Parameters
    ----------
    design : Design
        What to run; it is checked first.
    seed : int, optional
        Overrides the design's.
    members : tuple of int, optional
        (uncertainty, variability), overriding the design's.
    threads : int
        Worker threads; results do not depend on it.
    engine : str
        ``native``, or ``reference`` for the slow twin.
    rtol : float
        Relative tolerance of the solver.
    catalogue : Catalogue, optional
        Values to draw from; the packaged ones by default.
    variants : sequence of str, optional
        Variants to run; all by default.
    progress : Progress, optional
        Shows progress.

    Returns
    -------
    Run

    Raises
    ------
    DesignError
        With every problem of the document.
    EvidenceError
        With every need that no row answers.
    """
    design.check()
    held = design.evidence(catalogue)
    names = ["", *(design.variants if variants is None else variants)]
    plans = {name: design.plan(name or None) for name in names}
    settings = plans[""].run
    axes = Axes(*(members or (settings.members.uncertainty, settings.members.variability)))
    chosen_seed = settings.seed if seed is None else seed
    time = common_times(list(plans.values()))
    rivals = {name: rivals_of(plan.hypotheses, held) for name, plan in plans.items()}
    total = axes.members * sum(len(each) for each in rivals.values())
    done = 0
    store = Store(held, axes, chosen_seed)
    branches: dict[str, tuple[Branch, ...]] = {}
    for name, plan in plans.items():
        needs = plan_needs(plan)
        fixed = {family: option for family, option in plan.hypotheses.items() if option != "each"}
        solved = []
        for rival in rivals[name]:
            ensemble = store.draw(needs, {**fixed, **rival.selection})
            batch = store.bench(plan, ensemble)
            words = " · ".join(filter(None, (name, rival.phrase)))
            before = done

            def show(count: int, words: str = words, before: int = before) -> None:
                if progress is not None:
                    progress(before + count, total, words)

            branch = simulate(
                plan,
                name,
                rival,
                ensemble,
                batch,
                time,
                threads=threads,
                engine=engine,
                rtol=rtol,
                report=show,
                compiled=store.network(plan, batch),
            )
            if branch.travel is not None:
                store.keep(plan, batch, branch.wired.network)
            solved.append(branch)
            done += axes.members
        branches[name] = tuple(solved)
    return Run(design, plans, branches, axes, chosen_seed, engine, rtol)


def common_times(plans: Sequence[Plan]) -> NDArray[np.float64]:
    """Return the times kept for every variant alike, so that variants can be compared.

    Times at which animals were sampled are among them.
    """
    grids = [time_grid(p.study.times, p.study.at, p.study.horizon) for p in plans]
    grids += [np.asarray(table.times) for plan in plans for table in plan.tables]
    if not any(plan.has_body for plan in plans):
        return np.zeros(1)
    horizon = min(plan.study.horizon for plan in plans)
    grid = np.unique(np.concatenate(grids))
    return np.asarray(grid[grid <= horizon])
