"""Isolation methods side by side, each on the tube that the Design's own donor fills.

Recovery and purity are set against each other: what a method gains in one it mostly pays in the
other. Every method of the table takes part, alone and as a laboratory runs it; the Design's own
train stands beside them. All run on the members of the run, so differences are the methods' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.preparing import draws_for, needs_of
from exocast.design.run import Run
from exocast.errors import EvidenceError
from exocast.evidence import Catalogue, draw
from exocast.material.spread import three_bars
from exocast.material.step import PreparationStep, settings_of
from exocast.material.suspension import Suspension
from exocast.stages.assay.total_protein import TotalProtein
from exocast.stages.isolation import METHODS, Spin

__all__ = ["CUSTOMARY", "PRACTICE", "isolation_record", "own_train"]

Array = NDArray[np.float64]

GRAVITY = 9.80665
MICROGRAM = 1e-9
KIND = "small_ev"
CUSTOMARY = "differential_centrifugation"
"""The method that the others are compared with."""

PRACTICE: Mapping[str, Mapping[str, Any]] = {
    CUSTOMARY: {
        "spins": (
            Spin(rotor="Type 45 Ti", duration=600.0, keep="supernatant", rcf=300 * GRAVITY),
            Spin(rotor="Type 45 Ti", duration=1800.0, keep="supernatant", rcf=1e4 * GRAVITY),
            Spin(
                rotor="Type 45 Ti", duration=4200.0, keep="pellet", rcf=1e5 * GRAVITY,
                resuspend=1e-3,
            ),
        )
    },
    "immunoaffinity": {"marker": "cd63"},
}  # fmt: skip
"""What a laboratory would write where a method has no default: three spins, a common marker."""


@dataclass(frozen=True)
class _Train:
    """Steps that isolate, one after the other."""

    name: str
    title: str
    steps: tuple[PreparationStep, ...]
    own: bool = False

    def same_as(self, other: _Train) -> bool:
        """Return whether both do the same."""
        return tuple(replace(step, id="") for step in self.steps) == other.steps


@dataclass(frozen=True)
class _Yield:
    """What a train leaves, over all members."""

    train: _Train
    recovery: Array
    share: Array
    per_microgram: Array
    time: float
    hands_on: float
    remarks: tuple[str, ...]


def isolation_record(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    """Evaluate every isolation method on the donor's tube of a run.

    Parameters
    ----------
    run : Run
        Whose donor, members and preferred rival are used.
    catalogue : Catalogue
        Values.

    Returns
    -------
    dict
        ``before`` (the tube as it is), ``methods`` (recovery of small EVs, their share of all
        particles, their number per microgram of protein, recovery over that of the customary
        spins, time and flags; ``own`` marks the Design's train) and ``left_out`` (method, why).
        Empty where no donor fills a tube, or the carrier is not a vesicle.
    """
    before, own = own_train(run)
    if before is None or KIND not in before.kinds:
        return {}
    trains, left_out = _standard()
    start = _evaluate(_Train("before", "as harvested", ()), before, run, catalogue)
    yields: list[_Yield] = []
    for train in trains:
        try:
            yields.append(_evaluate(train, before, run, catalogue))
        except EvidenceError as error:
            left_out.append({"method": train.name, "why": str(error).splitlines()[0]})
    customary = next((held.recovery for held in yields if held.train.name == CUSTOMARY), None)
    if own:
        title = " and ".join(step.title for step in own)
        mine = _Train(" + ".join(step.method for step in own), title, own, own=True)
        kept = [held for held in yields if not mine.same_as(held.train)]
        yields = [_evaluate(mine, before, run, catalogue), *kept]
    return {
        "before": {"volume_m3": float(np.median(before.volume)), **_record(start, None, run)},
        "methods": [_record(held, customary, run) for held in yields],
        "left_out": left_out,
    }


def own_train(run: Run) -> tuple[Suspension | None, tuple[PreparationStep, ...]]:
    """Return the tube that the donor fills, and the Design's isolation before anything is loaded.

    A tube that a measurement conditions on the way to the first isolation counts as conditioned.
    """
    plan, entries = run.plan, run.base[0].batch.ledger.entries
    before: Suspension | None = None
    own: list[PreparationStep] = []
    for step, entry in zip(plan.preparation, entries, strict=True):
        if step.stage == "isolation":
            own.append(step)
        elif step.stage not in ("donor", "assay") and not step.in_culture:
            break
        elif not own:
            before = entry.after
    return before, tuple(own) if before is not None else ()


def _standard() -> tuple[list[_Train], list[dict[str, str]]]:
    """Return every method alone, with defaults or customary settings; and those without either."""
    trains, left_out = [], []
    table: Mapping[str, Any] = METHODS
    for name, cls in table.items():
        given = PRACTICE.get(name, {})
        missing = [key for key, held in settings_of(cls).items() if held.required]
        missing = [key for key in missing if key not in given]
        if missing:
            why = f"no customary value for {' and '.join(missing)}"
            left_out.append({"method": name, "why": why})
        else:
            title = f"{cls.title}, customary spins" if name == CUSTOMARY else cls.title
            trains.append(_Train(name, title, (cls(**given),)))
    return trains, left_out


def _evaluate(train: _Train, before: Suspension, run: Run, catalogue: Catalogue) -> _Yield:
    """Run a train on the members of the run.

    Raises
    ------
    EvidenceError
        If no row answers what a step needs.
    """
    plan, branch = run.plan, run.base[0]
    assays = [step for step in plan.preparation if isinstance(step, TotalProtein)]
    assay = replace(assays[-1] if assays else TotalProtein(), id="purity")
    needs = [need for step in (*train.steps, assay) for need in needs_of(step, plan.study)]
    # Streams belong to keys, so these draws are those of the run wherever the run has the key.
    ensemble = draw(needs, catalogue, run.axes, run.seed, dict(branch.ensemble.selection))
    tube = before
    remarks: list[str] = []
    time = hands_on = 0.0
    for step in train.steps:
        p = draws_for(step, plan.study, ensemble)
        remarks += [flag.message for flag in step.flags(tube, p)]
        tube, exchange = step.apply(tube, p)
        time += float(np.median(exchange.resources.time))
        hands_on += float(np.median(exchange.resources.hands_on))
    small = tube.population(KIND).total
    everything = np.sum([held.total for held in tube.populations], axis=0)
    protein = assay.content(tube, draws_for(assay, plan.study, ensemble))
    return _Yield(
        train,
        _over(small, before.population(KIND).total),
        _over(small, everything),
        _over(small * MICROGRAM, protein),
        time,
        hands_on,
        tuple(remarks),
    )


def _record(held: _Yield, customary: Array | None, run: Run) -> dict[str, Any]:
    """Return one method for the record."""
    figures = {
        "recovery": held.recovery,
        "share_of_particles": held.share,
        "per_microgram": held.per_microgram,
    }
    if customary is not None:
        figures["over_customary"] = _over(held.recovery, customary)
    size = run.axes.uncertainty
    return {
        "method": held.train.name,
        "title": held.train.title,
        "own": held.train.own,
        **{name: three_bars(values, size).to_dict() for name, values in figures.items()},
        "time_s": held.time,
        "hands_on_s": held.hands_on,
        "flags": list(held.remarks),
    }


def _over(part: Array, whole: Array) -> Array:
    """Return a ratio; NaN where there is nothing to divide by."""
    empty = np.full(np.shape(part), np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=whole > 0))
