"""One variant under one rival: batch, dose, body, cell and response for every member."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import Batch, draws_for, needs_of, prepare
from exocast.engine.compiled import CompiledNetwork
from exocast.errors import ConservationError, DesignError, Problem
from exocast.evidence import Ensemble, Need
from exocast.material.carrier import Carrier, carriers_of
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.material.step import Flag, KineticStep, PreparationStep
from exocast.material.suspension import Suspension
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired, wire
from exocast.material.wiring import Milestone, Wiring
from exocast.stages.assay.nta import Nta
from exocast.stages.assay.total_protein import TotalProtein
from exocast.stages.biodistribution.tag import Tag

__all__ = ["Benches", "Branch", "bench", "outside", "plan_needs", "simulate", "time_grid"]

Array = NDArray[np.float64]
Report = Callable[[int], None]
Benches: TypeAlias = list[tuple[tuple[object, ...], tuple[Batch, ...]]]
"""What decided each step of earlier benches, and the bench after each step."""

MINUTE = 60.0

BODY_TOLERANCE = 1e-10
"""Largest relative residual of particles, cargo and labels in the body."""

AFTER_DOSE = (0, 1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 960, 1440)
"""Minutes after each dose at which the time course is kept."""


@dataclass(frozen=True)
class Branch:
    """What one variant gave under one rival.

    Attributes
    ----------
    variant : str
        Name of the variant; empty for the design itself.
    rival : Rival
        Hypotheses that held.
    ensemble : Ensemble
        Drawn values.
    batch : Batch
        The bench.
    carriers : tuple of Carrier
        What travelled.
    share : array (n,)
        Share of the batch that one dose takes.
    wired : Wired
        The system.
    course : TimeCourse
        What was kept.
    milestones : tuple of Milestone
        Rows of the cascade that body, cell and response supply.
    published : mapping
        What steps published: cell numbers, volumes of samples.
    residual : float
        Largest relative residual of any balance in the body.
    flags : tuple of Flag
        What steps had to say.
    """

    variant: str
    rival: Rival
    ensemble: Ensemble
    batch: Batch
    carriers: tuple[Carrier, ...]
    share: Array
    wired: Wired
    course: TimeCourse
    milestones: tuple[Milestone, ...]
    published: Mapping[str, Any]
    residual: float
    flags: tuple[Flag, ...]


def plan_needs(plan: Plan) -> list[Need]:
    """Return every parameter, in context, that a plan asks for."""
    assay = counter(plan)
    steps = [*plan.preparation, *([assay] if assay else []), *kinetic_steps(plan)]
    return [need for step in steps for need in needs_of(step, plan.study)]


def bench(plan: Plan, ensemble: Ensemble, held: Benches) -> Batch:
    """Run the preparation from the first step that is not as it was on an earlier bench.

    Parameters
    ----------
    plan : Plan
        Steps and files.
    ensemble : Ensemble
        Drawn values.
    held : list of (key, tuple of Batch)
        Benches of the same members and seed, after each of their steps; a new one is added.
    """
    key = tuple(_depends(step, plan, ensemble) for step in plan.preparation)
    start: tuple[Batch, ...] = ()
    for known, batches in held:
        pairs = zip(known, key, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        start = batches[:same] if same > len(start) else start
    if len(start) == len(key):
        return start[-1]
    batches = prepare(plan.preparation, plan.measurements, plan.study, ensemble, start)
    held.append((key, batches))
    return batches[-1]


def _depends(step: PreparationStep, plan: Plan, ensemble: Ensemble) -> object:
    """Return what a step on the bench depends on, beside the steps before it."""
    rows = tuple(ensemble.row_of(need).origin for need in needs_of(step, plan.study))
    measured = plan.measurements.get(step.name)
    return step, rows, measured.sha256 if measured else ""


def kinetic_steps(plan: Plan) -> list[KineticStep]:
    """Return body, route, cell, responses and labels in the order in which they are wired."""
    body, *others = plan.kinetic
    labels = [Tag(label=label) for label in plan.study.labels]
    return [body, plan.route, *others, *labels]


def counter(plan: Plan) -> Nta | TotalProtein | None:
    """Return the assay in whose particles, or micrograms, a dose is counted.

    The plan's own last one, so that dose and measurement count the same; an ordinary one where
    the plan has none. None for a dose in small EVs, which no assay counts.
    """
    counts = plan.regimen.dose.counts
    if counts == "small_ev":
        return None
    if counts == "mass":
        proteins = [step for step in plan.preparation if isinstance(step, TotalProtein)]
        return replace(proteins[-1] if proteins else TotalProtein(), id="dose")
    trackings = [step for step in plan.preparation if isinstance(step, Nta)]
    return replace(trackings[-1] if trackings else Nta(), id="dose", file="")


def time_grid(times: tuple[float, ...], at: float, horizon: float) -> Array:
    """Return the times to keep, array (t,) [s].

    Dense after each dose (minutes to a day), even beyond, and always the question's moment.
    """
    after = MINUTE * np.asarray(AFTER_DOSE, dtype=float)
    parts = [np.linspace(0.0, horizon, 29), np.array([at, horizon])]
    parts += [dose + after for dose in times]
    grid = np.unique(np.round(np.concatenate(parts), 6))
    return np.asarray(grid[(grid >= 0) & (grid <= horizon)])


def simulate(
    plan: Plan,
    variant: str,
    rival: Rival,
    ensemble: Ensemble,
    batch: Batch,
    time: Array,
    *,
    threads: int = 1,
    engine: Literal["native", "reference"] = "native",
    rtol: float = 1e-5,
    report: Report | None = None,
    compiled: CompiledNetwork | None = None,
) -> Branch:
    """Run one variant under one rival for every member.

    Parameters
    ----------
    plan : Plan
        Steps, study, regimen and run settings.
    variant : str
        Name, for the record.
    rival : Rival
        Hypotheses in force (already in `ensemble`).
    ensemble : Ensemble
        Drawn values.
    batch : Batch
        What `bench` made of them.
    time : array (t,)
        Times to keep [s].
    threads, engine, rtol
        As in `Wired.run`.
    report : callable, optional
        Called with the number of members done.
    compiled : CompiledNetwork, optional
        The network of an earlier branch with the same kinetic steps, route, study and carriers.

    Raises
    ------
    DesignError
        If nothing in the tube can be dosed.
    ConservationError
        If particles, cargo or a label do not balance in the body.
    """
    study = plan.study
    carriers = carriers_of(batch.suspension, plan.run.size_classes)
    if not carriers:
        kinds = ", ".join(batch.suspension.kinds) or "nothing"
        raise DesignError(
            variant or "design", [Problem(f"no vesicles to dose: the tube holds {kinds}")]
        )
    share, flags = dose_share(plan, batch, ensemble)
    count = np.stack([carrier.count for carrier in carriers], axis=1)
    doses = share[:, None, None] * count[:, :, None] * np.ones(len(study.times))
    riders = tuple(filter(None, (study.cargo, *study.labels)))
    wiring = Wiring(ensemble.axes.members, carriers, study, riders)
    noted = [*plan.notes, *batch.flags, *flags, *outside(batch.suspension, study.cargo)]
    for step in kinetic_steps(plan):
        p = draws_for(step, study, ensemble)
        step.contribute(wiring, p)
    wired = wire(wiring, doses, compiled)
    for step in kinetic_steps(plan):
        noted += step.flags(wiring, draws_for(step, study, ensemble))
    course, residual = wired.run(
        time,
        rtol=rtol,
        threads=threads,
        engine=engine,
        report=None if report is None else lambda done, _: report(done),
    )
    if not residual <= BODY_TOLERANCE:
        raise ConservationError(
            f"the body does not balance: relative residual {residual:.1e} above "
            f"{BODY_TOLERANCE:.0e}; a transfer, a release or a pool is wired wrong"
        )
    return Branch(
        variant=variant,
        rival=rival,
        ensemble=ensemble,
        batch=batch,
        carriers=carriers,
        share=share,
        wired=wired,
        course=course,
        milestones=tuple(wiring.milestones),
        published=wiring.published,
        residual=residual,
        flags=tuple(noted),
    )


def dose_share(plan: Plan, batch: Batch, ensemble: Ensemble) -> tuple[Array, list[Flag]]:
    """Return the share of the batch in one dose, array (n,), and what there is to say about it.

    A dose in particles is what tracking analysis would count; in small EVs it is those alone; a
    mass is that of all protein, as a protein assay reads it.
    """
    regimen, tube, assay = plan.regimen, batch.suspension, counter(plan)
    if assay is None:
        available = tube.population("small_ev").total
    else:
        p = draws_for(assay, plan.study, ensemble)
        available = assay.visible(tube, p) if isinstance(assay, Nta) else assay.content(tube, p)
    share = np.divide(
        regimen.dose.value, available, out=np.zeros_like(available), where=available > 0
    )
    flags = []
    short = float(np.mean(share * len(plan.study.times) > 1.0))
    if short > 0.05:
        flags.append(
            Flag(
                "regimen",
                f"one batch is smaller than the {len(plan.study.times)}-dose regimen in "
                f"{short:.0%} of members: the forecast pools batches; raise donor.cells or "
                "lower regimen.dose",
            )
        )
    if (available <= 0).any():
        flags.append(
            Flag("regimen", "nothing countable is left to dose in some members", "serious")
        )
    return share, flags


def outside(tube: Suspension, cargo: str) -> list[Flag]:
    """Return a flag where what is dosed holds more of the cargo outside its vesicles than inside.

    Only what is inside is followed: what is dissolved, on surfaces or in precipitate stays behind.
    """
    pools = tube.pools(cargo) if cargo else {}
    inside = pools.pop("inside", np.zeros(tube.members))
    some = inside > 0
    if not some.any():
        return []
    words = {"free": "dissolved", "attached": "on surfaces", "aggregated": "in precipitate"}
    each = {name: float(np.median(held[some] / inside[some])) for name, held in pools.items()}
    if sum(each.values()) <= 1.0:
        return []
    parts = ", ".join(f"{each[name]:.2g} {text}" for name, text in words.items() if each[name] > 0)
    message = (
        f"for each copy of {cargo} inside vesicles a dose holds others outside ({parts}; medians): "
        "these are not followed into the body, and an assay of the dose counts them all"
    )
    return [Flag("regimen", message)]
