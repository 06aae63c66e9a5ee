"""What a small cargo does while a step on the bench goes on: it shares out anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exocast.evidence import Ensemble, Need
from exocast.material.ledger import Exchange
from exocast.material.step import Flag, PreparationStep, Step
from exocast.material.study import Study
from exocast.material.suspension import Suspension
from exocast.stages.loading.cargo import cargo_context
from exocast.stages.loading.release import leaves, relaxed, relaxing_needs

__all__ = ["settled", "settling_needs"]

STAGES = ("isolation", "surface_engineering", "storage")
"""Stages whose steps leave it to the runner; loading shares its cargo out itself, and a donor that
brings cargo says how it is held."""

TOLD = 0.2
"""Share that leaves vesicles in one step from which it is said; a choice."""


def settling_needs(step: Step, study: Study) -> list[Need]:
    """Return what the release of the study's cargo needs in a step; nothing where it stays."""
    if step.stage not in STAGES or not isinstance(step, PreparationStep):
        return []
    shared = study.context()
    return [Need(n.parameter, {**shared, **n.context}) for n in relaxing_needs(study.cargo)]


def settled(
    step: PreparationStep,
    suspension: Suspension,
    exchange: Exchange,
    study: Study,
    ensemble: Ensemble,
) -> tuple[Suspension, Exchange, list[Flag]]:
    """Return the tube once the cargo shared out anew, the exchange with a note of it, and flags.

    Notes
    -----
    Nothing enters or leaves the tube: the cargo goes from vesicles into the liquid, or back. What
    leaves on a column or a filter counts as in the liquid that is collected, which keeps vesicles
    fuller than the fresh buffer that goes past them would.
    """
    cargo = study.cargo
    if step.stage not in STAGES or not leaves(cargo) or cargo not in suspension.cargoes:
        return suspension, exchange, []
    p = ensemble.draws({**study.context(), **cargo_context(cargo)})
    time = step.standing(exchange)
    after, left = relaxed(suspension, cargo, time, step.standing_at(suspension), p)
    notes = {**exchange.notes, f"{cargo} that left vesicles [1]": left}
    flags = []
    middle = float(np.median(left))
    if middle > TOLD:
        message = (
            f"{100 * middle:.0f} % of the {cargo} in vesicles leaves them in this step: it comes "
            "to equilibrium with the new liquid. Keep the volume small and the step short and "
            "cold, or hold the drug by a gradient (loading.remote_loading)"
        )
        flags.append(Flag(step.name, message))
    return after, replace(exchange, notes=notes), flags
