"""An experiment repeated in the model: its Design run up to the body, and read as it was read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.design.simulating import plan_needs, simulate
from exocast.laws.noncompartmental import analyse, first_half_life
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.material.observed import BLOOD, EXCRETA, QUANTITIES
from exocast.qualify.assay import Assay
from exocast.qualify.case import FIGURES, QualificationCase, QualificationPoint
from exocast.qualify.kinetics import route_of
from exocast.units import from_si

__all__ = ["DENSE", "Arm", "body_plan", "sampling_times"]

Array = NDArray[np.float64]

HOUR = 3600.0
NO_TUMOUR = 1e-9
"""The smallest tumour that a Design takes [m^3] stands for none."""

WHOLE_CURVE = 24 * HOUR
"""How long blood is followed where a paper's times were not seen [s]."""

FIRST = 20.0
"""First time of a dense grid [s]."""

DENSE = 60
"""Times of a dense grid."""

ANALYSED = {"terminal_half_life": "half_life", "clearance": "clearance", "residence": "residence"}
"""Figures, and what `exocast.laws.noncompartmental.analyse` calls them."""


def body_plan(design: Design, organs: Sequence[str] = ()) -> Plan:
    """Return what a case runs of its Design: bench, dose and body.

    Parameters
    ----------
    design : Design
        The experiment.
    organs : sequence of str
        What is read of it.

    Notes
    -----
    The cells of a tumour are followed where the tumour is read, responses never. A tumour of
    1 mm^3 is none.

    Raises
    ------
    DesignError
        With every problem of the Design.
    """
    plan = design.plan()
    volume = plan.study.tumour_volume
    healthy = volume <= NO_TUMOUR * (1 + 1e-9)
    study = replace(plan.study, tumour_volume=0.0 if healthy else volume)
    deep = 2 if "tumour" in organs and not healthy else 1
    return replace(plan, study=study, kinetic=plan.kinetic[:deep], tables=())


def sampling_times(case: QualificationCase, plan: Plan) -> Array:
    """Return when the forecast of a case is kept, array (t,) [s].

    Every time of its points and of its blood curve, a dense grid up to the last of them, and the
    moments after each further dose.
    """
    stated = [point.time_h * HOUR for point in case.points if math.isfinite(point.time_h)]
    if any(math.isnan(point.time_h) for point in case.points):
        stated += [time * HOUR for time in case.times_h] or [WHOLE_CURVE]
    first = min(plan.study.times)
    end = max([*stated, first + HOUR])
    grid = first + np.geomspace(FIRST, max(end - first, 2 * FIRST), DENSE)
    later = [time + offset for time in plan.study.times[1:] for offset in (0.0, 60.0, 600.0)]
    every = np.concatenate([[0.0, first], grid, stated, later])
    return np.unique(np.round(every[every <= end * (1 + 1e-12)], 6))


@dataclass(frozen=True)
class Arm:
    """One Design of a case, run.

    Attributes
    ----------
    case : QualificationCase
        What it belongs to.
    assay : Assay
        What samples of it would show.
    """

    case: QualificationCase
    assay: Assay

    @staticmethod
    def run(
        case: QualificationCase,
        plan: Plan,
        store: Store,
        *,
        threads: int = 1,
        report: Callable[[int], None] | None = None,
    ) -> Arm:
        """Run a plan for every member of a store.

        Parameters
        ----------
        case : QualificationCase
            What is read of it.
        plan : Plan
            From `body_plan`.
        store : Store
            Draws, benches and networks, shared by cases.
        threads : int
            Worker threads; results do not depend on it.
        report : callable, optional
            Called with the number of members done.
        """
        time = sampling_times(case, plan)
        end = float(time[-1])
        study = replace(plan.study, horizon=end, at=min(plan.study.at, end))
        chosen = replace(plan, study=study)
        fixed = {family: option for family, option in plan.hypotheses.items() if option != "each"}
        ensemble = store.draw(plan_needs(chosen), fixed)
        batch = store.bench(chosen, ensemble)
        branch = simulate(
            chosen, "", Rival({}, ""), ensemble, batch, time, threads=threads, report=report,
            compiled=store.network(chosen, batch),
        )  # fmt: skip
        store.keep(chosen, batch, branch.wired.network)
        return Arm(case, Assay(chosen, branch, perfused=case.perfused))

    @cached_property
    def organs(self) -> tuple[str, ...]:
        """What can be read of this body."""
        published = self.assay.branch.published
        known = [name.removesuffix(".residual_plasma") for name in published
                 if name.endswith(".residual_plasma")]  # fmt: skip
        excreted = (EXCRETA,) if self.case.label else ()  # what is digested and leaves is label
        return (*BLOOD, *excreted, *known)

    def reads(self, point: QualificationPoint) -> Array:
        """Return what members show in place of a reading, array (n,), in the unit of the point."""
        return from_si(1.0, point.unit) * self.reading(point.organ, point.quantity, point.time_h)

    def reading(self, organ: str, quantity: str, time_h: float) -> Array:
        """Return what members show, array (n,), in SI; NaN for members that did not finish.

        Parameters
        ----------
        organ : str
            One of `organs`.
        quantity : str
            A share of the dose, or a figure of the whole curve.
        time_h : float
            On the clock of the doses [h]; NaN for a figure.
        """
        label = self.case.label
        if quantity in QUANTITIES:
            course = self.assay.reading(organ, quantity, label)
            return self.assay.at(course, time_h * HOUR)
        time, curve = self._curve(organ, label)
        if quantity == "half_life":
            return first_half_life(time, curve)
        route = route_of(self.assay.plan.study.route)
        return np.asarray(analyse(time, curve, 1.0, route)[ANALYSED[quantity]])

    def _curve(self, organ: str, label: str) -> tuple[Array, Array]:
        """Return the blood curve that an analysis is made of, since the first dose."""
        course = self.assay.reading(organ, "percent_injected_per_volume", label)
        time = self.assay.time - min(self.assay.plan.study.times)
        kept = time >= 0
        if self.case.times_h:
            wanted = HOUR * np.asarray(self.case.times_h)
            kept = np.abs(time[:, None] - wanted).min(axis=1) < 1e-3
        return time[kept], course[:, kept]

    def share_of(self, point: QualificationPoint) -> float:
        """Return the factor from an observed reading to a share of the dose; NaN for a figure."""
        if point.quantity in FIGURES:
            return math.nan
        size = float(np.median(self.assay.size(point.organ, point.quantity)))
        return size / from_si(1.0, point.unit)
