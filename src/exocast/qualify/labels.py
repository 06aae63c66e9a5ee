"""Same dose, every label: what one dose would have been reported as, label by label.

One entry for the vesicles themselves and one for each packaged label::

    {"label": "zirconium-89",            # empty: vesicles, whole or digested
     "readings": [{"organ": "liver", "time_h": 4.0, "unit": "%",
                   "predicted": {"median", "uncertainty", "variability"}}],
     "figures": [...],                   # exocast.qualify.kinetics, at the sampling times
     "not_vesicles": [{"time_h", "median"}]}   # share of plasma's signal that is no vesicle's
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design import Design
from exocast.design.simulating import bench, plan_needs, simulate
from exocast.errors import DesignError, Problem, nearest
from exocast.evidence import Axes, Catalogue, draw
from exocast.laws.noncompartmental import LEAST_POINTS
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.qualify.assay import PARTS, Assay
from exocast.qualify.kinetics import figures_of, route_of

__all__ = ["MOMENTS", "ORGANS", "TIMES", "labels_record"]

Array = NDArray[np.float64]

MINUTE, HOUR = 60.0, 3600.0
MOMENTS = (5 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR)
"""When organs are compared [s]."""

TIMES = tuple(MINUTE * x for x in (2, 5, 15, 30, 60, 120, 240, 480, 1440))
"""When plasma is drawn for the clearance that a paper would print [s]."""

ORGANS = ("blood", "liver", "spleen", "lung")
SMALL = (12, 4)
"""Members, where none are asked for: medians are compared, which few settle."""


def labels_record(
    design: Design,
    *,
    labels: Sequence[str] = (),
    times: Sequence[float] = TIMES,
    members: tuple[int, int] | None = None,
    seed: int | None = None,
    threads: int = 1,
    catalogue: Catalogue | None = None,
) -> list[dict[str, Any]]:
    """Run one dose of a design with every label on the same vesicles.

    Parameters
    ----------
    design : Design
        Whose vesicles, body, route and dose are used; its first dose alone, for a day.
    labels : sequence of str
        Labels; every one that the catalogue has rows for when left out.
    times : sequence of float [s]
        When plasma is drawn for the figures that a paper would print, within a day.
    members : tuple of int, optional
        (uncertainty, variability).
    seed : int, optional
        Overrides the design's.
    threads : int
        Worker threads.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.

    Raises
    ------
    DesignError
        If the design has a problem, a label is not known, or times are too few or too late.

    Notes
    -----
    All labels ride one and the same run: what differs between them is the label alone.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    if not design.plan().has_body:
        problem = "nothing is dosed: the Design ends on the bench, and no label rides anywhere."
        raise DesignError(design.name, [Problem(problem)])
    known, names = design.vocabulary.labels(), design.vocabulary.labels_and_aliases()
    for label in labels:
        if label not in names:
            raise DesignError(
                design.name, [Problem(f"no label `{label}`. {nearest(label, names)}")]
            )
    drawn = np.unique(np.round(times, 3))
    if len(drawn) < LEAST_POINTS or not 0 < drawn[0] <= drawn[-1] <= 24 * HOUR:
        problem = f"give at least {LEAST_POINTS} times after the dose, within 24 h"
        raise DesignError(design.name, [Problem(problem)])
    plan = _plan(design.plan(), tuple(labels) or known)
    axes = Axes(*(members or SMALL))
    fixed = {family: option for family, option in plan.hypotheses.items() if option != "each"}
    chosen = plan.run.seed if seed is None else seed
    ensemble = draw(plan_needs(plan), held, axes, chosen, fixed)
    grid = [0.0, *np.geomspace(20.0, 24 * HOUR, 30), *MOMENTS, *drawn]
    time = np.unique(np.round(grid, 6))
    batch = bench(plan, ensemble, [])
    branch = simulate(plan, "", Rival({}, ""), ensemble, batch, time, threads=threads)
    assay = Assay(plan, branch)
    return [_entry(assay, label, drawn, axes.uncertainty) for label in ("", *plan.study.labels)]


def _plan(plan: Plan, labels: tuple[str, ...]) -> Plan:
    """Return the design's first dose, for a day, with nothing but the body and the labels."""
    study = replace(
        plan.study, labels=labels, cargo="", times=(0.0,), at=24 * HOUR, horizon=24 * HOUR
    )
    return replace(plan, kinetic=plan.kinetic[:1], study=study, tables=())


def _entry(assay: Assay, label: str, times: Array, uncertainty: int) -> dict[str, Any]:
    """Return what one label shows of the dose."""
    readings = []
    for organ in ORGANS:
        course = 100.0 * assay.reading(organ, "percent_injected", label)
        for moment in MOMENTS:
            spread = three_bars(assay.at(course, moment), uncertainty).to_dict()
            kept = {name: spread[name] for name in ("median", "uncertainty", "variability")}
            readings.append(
                {"organ": organ, "time_h": moment / HOUR, "unit": "%", "predicted": kept}
            )
    plasma = assay.reading("plasma", "percent_injected_per_volume", label)
    shown = np.stack([assay.at(plasma, time) for time in times], axis=1)
    route = route_of(assay.plan.study.route)
    return {
        "label": label,
        "readings": readings,
        "figures": figures_of(times, None, shown, uncertainty, route, volumetric=True),
        "not_vesicles": _not_vesicles(assay, label, uncertainty) if label else [],
    }


def _not_vesicles(assay: Assay, label: str, uncertainty: int) -> list[dict[str, Any]]:
    """Return the share of plasma's signal that vesicles do not carry, at each moment."""
    parts = assay.parts("plasma", label)
    found = []
    for moment in MOMENTS:
        held = {name: assay.at(parts[name], moment) for name in PARTS}
        total = np.sum(list(held.values()), axis=0)
        fine = (total > 0) & (assay.branch.course.status == 0)
        share = np.where(fine, 1.0 - held["vesicles"] / np.where(fine, total, 1.0), np.nan)
        median = three_bars(share, uncertainty).to_dict()["median"]
        found.append({"time_h": moment / HOUR, "median": median})
    return found
