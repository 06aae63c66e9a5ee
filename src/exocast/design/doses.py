"""What a dose counts, by which assay, and the share of a batch that it takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import Batch, draws_for
from exocast.errors import DesignError, Problem
from exocast.evidence import Ensemble
from exocast.material.document import Plan
from exocast.material.step import Flag
from exocast.material.suspension import Suspension
from exocast.stages.assay.nta import Nta
from exocast.stages.assay.total_protein import TotalProtein
from exocast.units.numbers import percent

__all__ = [
    "assays_of",
    "countable",
    "counted_flags",
    "counted_vesicle",
    "counter",
    "dose_share",
    "protein_assay",
    "tracker",
]

Array = NDArray[np.float64]


def counter(plan: Plan) -> Nta | TotalProtein | None:
    """Return the assay in whose particles, or micrograms, a dose is counted.

    None where there is no dose, for a dose in small EVs or in cargo, which no assay counts, and for
    made particles that the plan does not count itself: their number is known from mass and size.
    """
    if plan.dose is None or plan.dose.counts in ("small_ev", "cargo"):
        return None
    if _made(plan) and plan.dose.counts != "mass" and not _tracked(plan):
        return None
    return protein_assay(plan) if plan.dose.counts == "mass" else tracker(plan)


def tracker(plan: Plan) -> Nta:
    """Return the tracking analysis that counts for doses and questions.

    The plan's own last one, so that dose and measurement count the same; an ordinary one where
    the plan has none.
    """
    own = _tracked(plan)
    return replace(own[-1] if own else Nta(), id="dose", file="")


def _tracked(plan: Plan) -> list[Nta]:
    return [step for step in plan.preparation if isinstance(step, Nta)]


def _made(plan: Plan) -> bool:
    """Return whether what is dosed is a formulation and no vesicle of a cell."""
    return plan.study.carrier not in ("", "dissolved")


def counted_vesicle(plan: Plan) -> str:
    """Return the kind of vesicle that is counted: small EVs, but for a donor that names another."""
    return next((step.vesicle for step in plan.preparation if step.vesicle), "small_ev")


def protein_assay(plan: Plan) -> TotalProtein:
    """Return the protein assay that reads for doses and questions, as `tracker` does."""
    own = [step for step in plan.preparation if isinstance(step, TotalProtein)]
    return replace(own[-1] if own else TotalProtein(), id="dose")


def assays_of(plan: Plan) -> list[Nta | TotalProtein]:
    """Return the assays that dose and question are read by."""
    unit, held = plan.question.asked.unit, counter(plan)
    needed: dict[str, Nta | TotalProtein] = {held.method: held} if held else {}
    if unit == "particle/ug":
        needed |= {one.method: one for one in (tracker(plan), protein_assay(plan))}
    elif plan.question.quantity == "particles per batch":
        needed[Nta.method] = tracker(plan)
    return list(needed.values())


def dose_share(plan: Plan, batch: Batch, ensemble: Ensemble) -> tuple[Array, list[Flag]]:
    """Return the share of the batch in one dose, array (n,), and what there is to say about it.

    A dose in particles is what tracking analysis would count; in small EVs it is those alone; a
    mass is that of all protein, as a protein assay reads it.

    Raises
    ------
    DesignError
        If nothing says what a dose is.
    """
    dose, assay = plan.dose, counter(plan)
    if dose is None:
        raise DesignError("design", [Problem("nothing says what a dose is")])
    available = countable(batch.suspension, plan, ensemble, assay)
    share = np.divide(dose.value, available, out=np.zeros_like(available), where=available > 0)
    given, flags = len(plan.study.times), []
    short = float(np.mean(share * given > 1.0))
    if short > 0.05:
        flags.append(
            Flag(
                "regimen",
                f"one batch is smaller than the {given}-dose regimen in "
                f"{short:.0%} of members: the forecast pools batches; raise donor.cells or "
                "lower regimen.dose",
            )
        )
    flags += _others_counted(plan, batch.suspension, ensemble, available)
    if (available <= 0).any():
        flags.append(
            Flag("regimen", "nothing countable is left to dose in some members", "serious")
        )
    return share, flags


def counted_flags(plan: Plan, batch: Batch, ensemble: Ensemble) -> list[Flag]:
    """Return what there is to say of a dose on the bench; nothing where nothing says what it is."""
    if plan.dose is None:
        return []
    available = countable(batch.suspension, plan, ensemble, counter(plan))
    return _others_counted(plan, batch.suspension, ensemble, available)


def _others_counted(
    plan: Plan, tube: Suspension, ensemble: Ensemble, available: Array
) -> list[Flag]:
    """Return a flag where a count of particles is mostly one of something else than vesicles."""
    assay = counter(plan)
    if plan.dose is None or _made(plan) or not isinstance(assay, Nta):
        return []
    vesicles = replace(tube, populations=tuple(x for x in tube.populations if x.vesicular))
    seen = countable(vesicles, plan, ensemble, assay)
    share = np.divide(seen, available, out=np.ones_like(available), where=available > 0)
    middle = float(np.median(share))
    if middle >= 0.5:
        return []
    rest = (one for one in tube.populations if not one.vesicular)
    most = max(rest, key=lambda one: float(np.median(one.total)))
    message = (
        f"of the particles that a dose counts {percent(middle)} are vesicles, most others "
        f"{most.kind}: tracking does not tell them apart. Write the dose in small EVs to count "
        'those alone, as in "1e9 small EVs"'
    )
    return [Flag("question" if not plan.has_body else "regimen", message)]


def countable(
    tube: Suspension, plan: Plan, ensemble: Ensemble, assay: Nta | TotalProtein | None
) -> Array:
    """Return what an assay reads of a tube, particles or kilograms.

    Without an assay, what the dose counts: all copies of the cargo, else small EVs, or the made
    particles themselves.
    """
    if assay is None and plan.dose is not None and plan.dose.counts == "cargo":
        pools = tube.pools(plan.study.cargo).values()
        return np.asarray(sum(pools, np.zeros(tube.members)))
    if assay is None:
        kind = plan.study.carrier if _made(plan) else counted_vesicle(plan)
        held = [one.total for one in tube.populations if one.kind == kind]
        return np.asarray(sum(held, np.zeros(tube.members)))
    p = draws_for(assay, plan.study, ensemble)
    return assay.visible(tube, p) if isinstance(assay, Nta) else assay.content(tube, p)
