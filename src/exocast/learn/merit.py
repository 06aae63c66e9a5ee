"""Recovery and purity of a purified batch, for every member."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.benching import head_kind, of_kind
from exocast.design.doses import countable, protein_assay, tracker
from exocast.design.preparing import needs_of
from exocast.design.run import Run
from exocast.evidence import Catalogue, Ensemble, Need, draw
from exocast.learn.trains import own_train
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.material.suspension import Suspension

__all__ = ["merit", "merit_needs", "merit_of_run", "over"]

Array = NDArray[np.float64]
MICROGRAM = 1e-9
HOUR = 3600.0


def merit_needs(plan: Plan) -> list[Need]:
    """Return what the bench and the two assays that read it ask for."""
    steps = (*plan.preparation, tracker(plan), protein_assay(plan))
    return [need for step in steps for need in needs_of(step, plan.study)]


def merit(
    plan: Plan, ensemble: Ensemble, before: Suspension, after: Suspension
) -> dict[str, Array]:
    """Return every figure of merit of a purified tube, by key of `exocast.learn.wishes.FIGURES`.

    Parameters
    ----------
    plan : Plan
        Whose vesicles and assays count.
    ensemble : Ensemble
        Values of what `merit_needs` names.
    before, after : Suspension
        The tube that the donor fills, and the purified one.

    Returns
    -------
    dict of str to array (n,)
        NaN where there is nothing to divide by.
    """
    kind = head_kind(plan)
    start, end = of_kind(before, kind), of_kind(after, kind)
    every = np.sum([one.total for one in after.populations], axis=0)
    counted = countable(after, plan, ensemble, tracker(plan))
    micrograms = countable(after, plan, ensemble, protein_assay(plan)) / MICROGRAM
    return {
        "recovery": over(end, start),
        "vesicles": end,
        "share_of_particles": over(end, every),
        "vesicles_per_microgram": over(end, micrograms),
        "particles_per_microgram": over(counted, micrograms),
    }


def merit_of_run(run: Run, catalogue: Catalogue) -> dict[str, Any] | None:
    """Return what the isolation of a Design is worth, for a record; None where it has none.

    Parameters
    ----------
    run : Run
        Whose members and preferred rival are used; isolation up to the first step of another stage.
    catalogue : Catalogue
        Values.
    """
    before, own = own_train(run)
    if before is None or not own or not head_kind(run.plan):
        return None
    branch = run.base[0]
    names = {step.name for step in own}
    entries = [entry for entry in branch.batch.ledger.entries if entry.step in names]
    # Streams belong to keys, so these draws are those of the run wherever the run has the key.
    ensemble = draw(
        merit_needs(run.plan), catalogue, run.axes, run.seed, dict(branch.ensemble.selection)
    )
    figures = merit(run.plan, ensemble, before, entries[-1].after)
    hours = sum(float(np.median(entry.exchange.resources.time)) for entry in entries) / HOUR
    return {
        "train": [repr(step) for step in own],
        "hours": hours,
        "figures": {
            key: three_bars(held, run.axes.uncertainty).to_dict() for key, held in figures.items()
        },
    }


def over(part: Array, whole: Array) -> Array:
    """Return a ratio; NaN where there is nothing to divide by."""
    empty = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))
