"""What a cargo does while a step on the bench goes on: it shares out anew, or lets go."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from exocast.evidence import Ensemble, Need
from exocast.evidence.ensemble import Draws
from exocast.material.ledger import Exchange
from exocast.material.step import Flag, PreparationStep, Step
from exocast.material.study import Study
from exocast.material.suspension import Suspension
from exocast.stages.loading.adsorption import (
    adsorbs,
    resettled,
    settling_adsorbed_needs,
)
from exocast.stages.loading.anchored import adsorbed_of
from exocast.stages.loading.cargo import cargo_context
from exocast.stages.loading.release import leaves, relaxed, relaxing_needs

__all__ = ["settled", "settling_needs"]

STAGES = ("isolation", "surface_engineering", "storage")
"""Stages whose steps leave it to the runner; loading shares its cargo out itself, and a donor that
brings cargo says how it is held."""

WASHES = (
    "anion_exchange",
    "asymmetric_flow_fractionation",
    "density_gradient",
    "immunoaffinity",
    "microfluidic_sorting",
    "size_exclusion",
    "tangential_flow_filtration",
)
"""Methods in which particles leave the liquid that they came in: what lets go stays behind them."""

TOLD = 0.2
"""Share that leaves vesicles in one step from which it is said; a choice."""


def settling_needs(step: Step, study: Study) -> list[Need]:
    """Return what the release of the study's cargo needs in a step; nothing where it stays."""
    if step.stage not in STAGES or not isinstance(step, PreparationStep):
        return []
    shared = study.context()
    needs = (*relaxing_needs(study.cargo), *settling_adsorbed_needs(study.cargo))
    return [Need(n.parameter, {**shared, **n.context}) for n in needs]


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
    A small cargo goes from vesicles into the liquid, or back: what leaves on a column or a filter
    counts as in the liquid that is collected, which keeps vesicles fuller than the fresh buffer
    that goes past them would. What a macromolecule loses from a surface there stays behind.
    """
    cargo = study.cargo
    if step.stage not in STAGES or cargo not in suspension.cargoes:
        return suspension, exchange, []
    p = ensemble.draws({**study.context(), **cargo_context(cargo)})
    if not leaves(cargo):
        return *_loosened(step, suspension, exchange, cargo, p), []
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


def _loosened(
    step: PreparationStep, suspension: Suspension, exchange: Exchange, cargo: str, p: Draws
) -> tuple[Suspension, Exchange]:
    """Return the tube once adsorbed copies came off or on, and the exchange with a note of it."""
    marked = adsorbed_of(cargo)
    if not adsorbs(cargo) or not any(marked in one.surface for one in suspension.populations):
        return suspension, exchange
    time, washed = step.standing(exchange), step.method in WASHES
    after, left, gone = resettled(suspension, cargo, time, p, washed=washed)
    notes = {**exchange.notes, f"{cargo} that left surfaces [1]": left}
    if not washed:
        return after, replace(exchange, notes=notes)
    amounts = {**exchange.amounts, (f"cargo/{cargo}", "let go and washed away"): -gone}
    return after, replace(exchange, amounts=amounts, notes=notes)
