"""What the final tube holds of the cargo: three efficiencies, as they are and as an assay reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.benching import cargo_added
from exocast.design.branch import Branch
from exocast.design.preparing import draws_for
from exocast.errors import EvidenceError
from exocast.laws.lumen import AVOGADRO
from exocast.material.document import Plan
from exocast.material.spread import three_bars
from exocast.stages.loading.cargo import MOLAR_MASS
from exocast.stages.loading.efficiency import apparent_efficiency

__all__ = ["loaded_record"]

Array = NDArray[np.float64]

POOLS = {
    "inside": "inside vesicles",
    "attached": "on surfaces",
    "aggregated": "precipitated or aggregated",
    "free": "dissolved",
}
"""Where a cargo is in a tube, in words."""

EFFICIENCIES = {
    "of_input": ("of the cargo put in", "1"),
    "per_vesicle": ("copies per vesicle", "copy/particle"),
    "of_vesicle_mass": ("of the mass of vesicles", "1"),
}
"""The three ways in which an amount is reported, each with its unit."""


def loaded_record(
    plan: Plan, branches: Sequence[Branch], uncertainty: int
) -> list[dict[str, Any]] | None:
    """Return what the final tube holds of the cargo, for each rival.

    Parameters
    ----------
    plan : Plan
        Whose cargo.
    branches : sequence of Branch
        One for each rival.
    uncertainty : int
        Size of the uncertainty axis.

    Returns
    -------
    list of dict or None
        For each rival its phrase, the share of the cargo of the tube in every pool, and the three
        efficiencies: inside vesicles (`inside`), and with everything that an assay finds which
        dissolves the tube (`assay`), so on surfaces, precipitated and dissolved as well, and how
        many times that is as much. None without a cargo or without a vesicle. In every member the
        three agree by arithmetic: copies over input, over vesicles, and times the mass of a
        molecule over the mass of vesicles.
    """
    cargo = plan.study.cargo
    tube = branches[0].batch.suspension
    if cargo not in tube.cargoes or not any(one.vesicular for one in tube.populations):
        return None
    return [
        {"phrase": branch.rival.phrase, **_of_branch(plan, branch, uncertainty)}
        for branch in branches
    ]


def _of_branch(plan: Plan, branch: Branch, uncertainty: int) -> dict[str, Any]:
    cargo, tube = plan.study.cargo, branch.batch.suspension
    pools = tube.pools(cargo)
    total = np.sum(list(pools.values()), axis=0)
    mass = _molecule(plan, branch)
    seen = apparent_efficiency(
        tube, cargo, cargo_added(branch, cargo), 0.0 if mass is None else mass, dissolved=True
    )

    inside = pools["inside"]
    over = np.divide(total, inside, out=np.full_like(total, np.nan), where=inside > 0)

    def spread(values: Array) -> dict[str, Any]:
        return three_bars(np.where(branch.status == 0, values, np.nan), uncertainty).to_dict()

    return {
        "overstated": _ratio(spread(np.log10(over))),
        "pools": {
            name: {
                "words": words,
                **spread(np.divide(pools[name], total, out=np.zeros_like(total), where=total > 0)),
            }
            for name, words in POOLS.items()
        },
        "efficiencies": {
            name: {
                "words": words,
                "unit": unit,
                "inside": spread(getattr(seen.true, name)),
                "assay": spread(getattr(seen.apparent, name)),
            }
            for name, (words, unit) in EFFICIENCIES.items()
            if name != "of_vesicle_mass" or mass is not None
        },
    }


def _ratio(logs: dict[str, Any]) -> dict[str, Any]:
    """Return a spread of logarithms as one of ratios, whose median then does not lean upwards."""
    raised = {name: [_power(end) for end in logs[name]] for name in ("uncertainty", "variability")}
    return {**logs, **raised, "median": _power(logs["median"])}


def _power(log: float | None) -> float | None:
    return None if log is None else float(10.0**log)


def _molecule(plan: Plan, branch: Branch) -> Array | None:
    """Return the mass of one molecule (n,) [kg]; None where no step needs to know it."""
    for step in reversed(plan.preparation):
        try:
            return np.asarray(draws_for(step, plan.study, branch.ensemble)[MOLAR_MASS] / AVOGADRO)
        except EvidenceError:
            continue
    return None
