"""One variant under one rival: batch, dose, body, cell and response for every member."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from exocast.design.branch import Branch, Travel
from exocast.design.doses import assays_of, counted_flags, dose_share
from exocast.design.preparing import Batch, draws_for, needs_of, prepare
from exocast.engine.compiled import CompiledNetwork
from exocast.errors import ConservationError, DesignError, Problem
from exocast.evidence import Ensemble, Need
from exocast.material.carrier import carriers_of
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.material.step import Flag, KineticStep, PreparationStep
from exocast.material.suspension import Suspension
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.asked_organ import GIVEN, follow_organ
from exocast.stages.biodistribution.cargo_release import CargoRelease
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo, is_followed
from exocast.stages.biodistribution.magnetic_pull import MagneticPull
from exocast.stages.biodistribution.outside import (
    LATER,
    Outside,
    adsorbed,
    load_outside,
    outside_of,
    rides_outside,
)
from exocast.stages.biodistribution.tag import Tag
from exocast.stages.biodistribution.targeting import Targeting
from exocast.stages.loading.adsorption import ADSORPTION_PARAMETERS, resettled
from exocast.stages.loading.release import leaves
from exocast.units.numbers import amount, percent

__all__ = [
    "Benches",
    "Branch",
    "aside",
    "bench",
    "kinetic_steps",
    "lingering",
    "outside",
    "plan_needs",
    "simulate",
    "time_grid",
]

Array = NDArray[np.float64]
Report = Callable[[int], None]
Benches: TypeAlias = list[tuple[tuple[object, ...], tuple[Batch, ...]]]
"""What decided each step of earlier benches, and the bench after each step."""

MINUTE = 60.0

BODY_TOLERANCE = 1e-10
"""Largest relative residual of particles, cargo and labels in the body."""

LINGERS = 0.05
"""Share of adsorbed copies still on vesicles after `LATER` from which it is said; a choice."""

AFTER_DOSE = (0, 1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 960, 1440)
"""Minutes after each dose at which the time course is kept."""


def plan_needs(plan: Plan) -> list[Need]:
    """Return every parameter, in context, that a plan asks for."""
    steps = [*plan.preparation, *assays_of(plan), *kinetic_steps(plan)]
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
    """Return body, route, cell, responses and labels in the order in which they are wired.

    With them what becomes of cargo that is dissolved in the dose, where it can be followed, what
    receptors take by each ligand, what a magnet holds, what leaves vesicles by itself, and what is
    on their outside.
    """
    if not plan.has_body:
        return []
    body, *others = plan.kinetic
    labels = [Tag(label=label) for label in plan.study.labels]
    cargo, asked = plan.study.cargo, bool(plan.study.outside)
    dissolved = [DissolvedCargo(cargo=cargo)] if is_followed(cargo) and not asked else []
    found: list[KineticStep] = [Targeting(ligand=name) for name in plan.study.ligands]
    if plan.study.magnet is not None:
        found.append(MagneticPull.of(plan.study.magnet))
    # Last, for they add to every place that the others declare.
    last: list[KineticStep] = [CargoRelease(cargo=cargo)] if leaves(cargo) and not asked else []
    last += [Outside(cargo=cargo)] if asked or cargo in plan.study.anchored else []
    return [body, plan.route, *dissolved, *found, *others, *labels, *last]


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
    """Run one variant under one rival for every member: the body, if there is one.

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
    said = [*plan.notes, *batch.flags]
    if not plan.has_body:
        said += counted_flags(plan, batch, ensemble)
        return Branch(variant, rival, ensemble, batch, tuple(said))
    carriers = carriers_of(batch.suspension, plan.run.size_classes)
    followed = is_followed(study.cargo) and not study.outside
    if not carriers and not (followed and study.cargo in batch.suspension.free):
        kinds = ", ".join(batch.suspension.kinds) or "nothing"
        raise DesignError(
            variant or "design", [Problem(f"no vesicles to dose: the tube holds {kinds}")]
        )
    share, flags = dose_share(plan, batch, ensemble)
    members, times = ensemble.axes.members, np.ones(len(study.times))
    count = np.reshape([carrier.count for carrier in carriers], (len(carriers), members)).T
    doses = share[:, None, None] * count[:, :, None] * times
    within = "" if study.outside else study.cargo
    around = outside_of(study.cargo) if rides_outside(study, carriers) else ""
    riders = tuple(filter(None, (within, around, *study.labels)))
    free = batch.suspension.free.get(study.cargo, np.zeros(members))
    free = free + adsorbed(carriers, study.cargo, members)
    dissolved = {study.cargo: (share * free)[:, None] * times} if followed else {}
    wiring = Wiring(members, carriers, study, riders, dissolved)
    load_outside(wiring)
    noted = [*said, *flags]
    if not study.outside:
        noted += outside(batch.suspension, study.cargo)
    if followed:
        noted += lingering(plan, ensemble, batch.suspension)
    for step in kinetic_steps(plan):
        p = draws_for(step, study, ensemble)
        step.contribute(wiring, p)
    if study.organ:
        unit = plan.question.asked.unit
        follow_organ(wiring, GIVEN if unit == "1" else f"{study.organ}.grams")
    wired = wire(wiring, doses, compiled)
    given = sum(time <= study.at for time in study.times)
    wiring.publish(GIVEN, wired.dosed["particles"][:, :given].sum(axis=1))
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
    noted += aside(course, study.at)
    return Branch(
        variant=variant,
        rival=rival,
        ensemble=ensemble,
        batch=batch,
        flags=tuple(noted),
        travel=Travel(
            carriers=carriers,
            share=share,
            wired=wired,
            course=course,
            milestones=tuple(wiring.milestones),
            published=wiring.published,
            residual=residual,
        ),
    )


def outside(tube: Suspension, cargo: str) -> list[Flag]:
    """Return a flag where what is dosed holds more of the cargo outside its vesicles than inside.

    Followed into the body is what is inside and, of a macromolecule, what is dissolved or on
    vesicles: what is in precipitate stays behind.
    """
    pools = tube.pools(cargo) if cargo else {}
    if is_followed(cargo):
        pools.pop("free")
        pools.pop("attached")
    inside = pools.pop("inside", np.zeros(tube.members))
    some = inside > 0
    if not some.any():
        return []
    words = {"free": "dissolved", "attached": "on surfaces", "aggregated": "in precipitate"}
    each = {name: float(np.median(held[some] / inside[some])) for name, held in pools.items()}
    if sum(each.values()) <= 1.0:
        return []
    some_there = [name for name in words if each.get(name, 0.0) > 0]
    parts = ", ".join(f"{each[name]:.2g} {words[name]}" for name in some_there)
    message = (
        f"for each copy of {cargo} inside vesicles a dose holds others outside ({parts}; medians): "
        "these are not followed into the body, and an assay of the dose counts them all"
    )
    return [Flag("regimen", message)]


def lingering(plan: Plan, ensemble: Ensemble, tube: Suspension) -> list[Flag]:
    """Return a flag where much of what is adsorbed would stay on vesicles in the body.

    The body takes it as dissolved. What outnumbers the copies inside, and is not off within an
    hour of liquid without any, would go where the vesicles go instead.
    """
    cargo = plan.study.cargo
    pools = tube.pools(cargo)
    some = pools["inside"] > 0
    loaders = [step for step in plan.preparation if getattr(step, "cargo", "") == cargo]
    needed = set(ADSORPTION_PARAMETERS)
    loaders = [step for step in loaders if needed <= {need.parameter for need in step.needs()}]
    if not loaders or not some.any():
        return []
    p = draws_for(loaders[-1], plan.study, ensemble)
    _, gone, off = resettled(tube, cargo, LATER, p, washed=True)  # as a share, and in copies
    held = np.divide(off, gone, out=np.zeros_like(off), where=gone > 0)  # adsorbed, not anchored
    if not (some & (held > 0)).any():
        return []
    each = float(np.median(held[some] / pools["inside"][some]))
    middle, high = np.quantile(1.0 - gone[held > 0], [0.5, 0.95])
    if each <= 1.0 or middle < LINGERS:
        return []
    message = (
        f"for each copy of {cargo} inside vesicles {amount(each)} are adsorbed on them (medians), "
        f"of which {percent(middle)} would still be there after an hour in plasma (in one member "
        f"of twenty {percent(high)} or more). The body takes all of them as dissolved: what these "
        "bring into cells is missing from the answer. Wash the vesicles for longer, or digest what "
        "is outside"
    )
    return [Flag("regimen", message)]


def aside(course: TimeCourse, at: float) -> list[Flag]:
    """Return a flag where more reaches the cytosol dissolved than in what carries the cargo.

    Parameters
    ----------
    course : TimeCourse
        What was kept.
    at : float
        Moment of the question [s].
    """
    names = ("dissolved.in_cytosol", "in_cytosol")
    if not set(names) <= set(course.names):
        return []
    free, carried = (course.at(name, at) for name in names)
    fine = (course.status == 0) & (carried > 0)
    ratio = float(np.median(free[fine] / carried[fine])) if fine.any() else 0.0
    if ratio <= 1.0:
        return []
    message = (
        f"for each copy that vesicles bring into the cytosol, {ratio:.2g} get there by themselves, "
        "from what the dose holds dissolved (median; how much naked cargo cells drink and let out "
        "is assumed): the answer counts what vesicles bring, and an experiment with this dose sees "
        "both. Clean it up further, or inject the dissolved share alone as a control"
    )
    return [Flag("regimen", message)]
