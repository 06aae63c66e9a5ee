"""The bench: every preparation step in order, each balanced, up to what is dosed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design.settling import settled, settling_needs
from exocast.evidence import Draws, Ensemble, Need
from exocast.material.ledger import Ledger
from exocast.material.measurement import Measurement, Reading
from exocast.material.spread import three_bars
from exocast.material.step import Flag, PreparationStep, Step
from exocast.material.study import Study
from exocast.material.suspension import Suspension
from exocast.stages.assay.conditioning import Conditioning
from exocast.stages.assay.nta import Nta

__all__ = ["Batch", "Look", "draws_for", "needs_of", "prepare"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Look:
    """What an assay showed: forecast, and measured where a file was given.

    Attributes
    ----------
    step : str
        Identity of the assay.
    forecast : Reading
        The reading that the tube would give before any conditioning.
    measured : Measurement or None
        The user's file.
    comparison : mapping
        Measured against forecast, medians.
    """

    step: str
    forecast: Reading
    measured: Measurement | None
    comparison: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Batch:
    """One batch, from donor cells to what is dosed, for every member.

    Attributes
    ----------
    ledger : Ledger
        Every step, balanced.
    readings : tuple of Look
        Assays in order.
    flags : tuple of Flag
        What the steps had to say.
    """

    ledger: Ledger
    readings: tuple[Look, ...]
    flags: tuple[Flag, ...]

    @property
    def suspension(self) -> Suspension:
        """Return what is in the final tube."""
        return self.ledger.last


def needs_of(step: Step, study: Study) -> list[Need]:
    """Return what a step needs, in the context of the study, the step and the need.

    With it what the cargo needs that leaves its vesicles in the meantime.
    """
    shared = {**study.context(), **step.context()}
    own = [Need(need.parameter, {**shared, **need.context}) for need in step.needs_in(study)]
    return own + settling_needs(step, study)


def draws_for(step: Step, study: Study, ensemble: Ensemble) -> Draws:
    """Return the view of the ensemble that a step works with."""
    return ensemble.draws({**study.context(), **step.context()})


def prepare(
    steps: Sequence[PreparationStep],
    measurements: Mapping[str, Measurement],
    study: Study,
    ensemble: Ensemble,
    start: Sequence[Batch] = (),
) -> tuple[Batch, ...]:
    """Run every preparation step and close its balance.

    Parameters
    ----------
    steps : sequence of PreparationStep
        In order.
    measurements : mapping of str to Measurement
        Files given for assays, by step.
    study : Study
        Context.
    ensemble : Ensemble
        Drawn values.
    start : sequence of Batch
        What an earlier run of the same first steps on the same values gave after each of them;
        the bench goes on from the last.

    Returns
    -------
    tuple of Batch
        The bench after every step; the last one is the whole.

    Raises
    ------
    ConservationError
        If a step does not balance.
    """
    done = list(start)
    suspension = done[-1].suspension if done else Suspension.nothing(ensemble.axes.members)
    ledger = done[-1].ledger if done else Ledger()
    looks: list[Look] = list(done[-1].readings) if done else []
    flags: list[Flag] = list(done[-1].flags) if done else []
    for step in steps[len(done) :]:
        p = draws_for(step, study, ensemble)
        flags += [*step.flags(suspension, p), *step.refusals(suspension, p)]
        before = suspension
        suspension, exchange = step.apply(before, p)
        if isinstance(step, Nta):
            measured = measurements.get(step.name)
            comparison: Mapping[str, Any] = {}
            if measured is not None:
                conditioned, removed, report = step.condition(before, measured, p)
                comparison = _comparison(step.use, report, ensemble.axes.uncertainty)
                flags += [Flag(step.name, words) for words in report.warnings]
                if step.use == "condition":
                    suspension = conditioned
                    exchange = replace(exchange, amounts=removed.amounts)
            looks.append(Look(step.name, step.look(before, p), measured, comparison))
        suspension, exchange, said = settled(step, suspension, exchange, study, ensemble)
        flags += said
        ledger = ledger.closed(
            step.name, step.title, step.stage, step.method, before, suspension, exchange
        )
        done.append(Batch(ledger, tuple(looks), tuple(flags)))
    return tuple(done)


def _comparison(use: str, report: Conditioning, uncertainty: int) -> dict[str, Any]:
    """Return measured against forecast, for the record."""
    figures = {
        "measured over forecast concentration [1]": report.ratio,
        "measured D50 [m]": report.d50_measured,
        "forecast D50 [m]": report.d50_forecast,
        "share below the limit after conditioning [1]": report.below,
    }
    spreads = {name: three_bars(values, uncertainty).to_dict() for name, values in figures.items()}
    return {"use": use, **spreads}
