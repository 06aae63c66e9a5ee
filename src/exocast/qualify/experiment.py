"""Experiments as a fit reads them: simulated for many trial values at once, sample by sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from exocast.design.simulating import Benches, Branch, bench, plan_needs, simulate
from exocast.engine.compiled import CompiledNetwork
from exocast.evidence import Catalogue, Need, Value, at_scores
from exocast.learn.fit import Readings
from exocast.material.cascade import Rival
from exocast.material.document import Plan
from exocast.qualify.assay import Assay

__all__ = ["Experiment", "Sample", "Simulator", "free_rows", "readings_of"]

Array = NDArray[np.float64]

MEMBERS = 32
"""Trial values that are simulated together: what costs once is shared, and the bench is kept."""

RTOL = 1e-6
"""Differences of a Jacobian need a smoother solution than a forecast."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading to fit.

    Attributes
    ----------
    organ, quantity, label : str
        As `exocast.qualify.assay.Assay.reading` takes them.
    time : float
        On the clock of the doses [s].
    value : float
        Share of the dose, in the SI unit of the quantity; positive.
    own, between : float
        SD of its logarithm: by itself, and shared with the others of its group.
    group : str
        What shares that error, such as ``paper, organ``.
    perfused : bool
        Whether organs were flushed before they were weighed.
    """

    organ: str
    quantity: str
    label: str
    time: float
    value: float
    own: float
    between: float
    group: str
    perfused: bool = False


@dataclass(frozen=True)
class Experiment:
    """One plan, and what was read of it.

    Attributes
    ----------
    name : str
        For messages.
    plan : Plan
        What is run.
    samples : tuple of Sample
        At least one.
    selection : mapping of str to str
        Hypotheses in force.
    times : tuple of float
        When the forecast is kept [s]; the times of the samples when left out.
    reader : callable, optional
        Reads the samples of a solved branch, array (n, p), in the unit of their values; as shares
        of the dose in SI when left out.
    """

    name: str
    plan: Plan
    samples: tuple[Sample, ...]
    selection: Mapping[str, str] = field(default_factory=dict)
    times: tuple[float, ...] = ()
    reader: Callable[[Branch], Array] | None = None

    @property
    def kept(self) -> Array:
        """Return when the forecast is kept, array (t,) [s]."""
        return np.array(self.times or sorted({0.0, *(sample.time for sample in self.samples)}))

    def read(self, branch: Branch) -> Array:
        """Return the samples from a solved branch, array (n, p)."""
        return _shares(self, branch) if self.reader is None else self.reader(branch)


def readings_of(experiments: Sequence[Experiment]) -> Readings:
    """Return the samples of all experiments, in order."""
    samples = [sample for one in experiments for sample in one.samples]
    return Readings(
        np.array([sample.value for sample in samples]),
        np.array([sample.own for sample in samples]),
        np.array([sample.between for sample in samples]),
        tuple(sample.group for sample in samples),
    )


def free_rows(experiments: Sequence[Experiment], catalogue: Catalogue) -> dict[str, Value]:
    """Return every row with a spread that some experiment needs, by identity."""
    found: dict[str, Value] = {}
    for one in experiments:
        for need in plan_needs(one.plan):
            row = catalogue.find(need, one.selection)
            if row.distribution != "fixed" and row.low != row.high:
                found.setdefault(row.identity, row)
    return found


class Simulator:
    """What experiments would read at scores of some values, the others at their medians.

    Parameters
    ----------
    experiments : sequence of Experiment
        What is run.
    rows : sequence of Value
        The free values; those that an experiment does not need do not move it.
    catalogue : Catalogue
        Where all values are.
    threads : int
        Worker threads of the engine; the result does not depend on it.

    Notes
    -----
    Scores are taken in blocks of one size, so that what is prepared in the tube is kept from block
    to block where no free value enters it, and a network is compiled once.
    """

    def __init__(
        self,
        experiments: Sequence[Experiment],
        rows: Sequence[Value],
        catalogue: Catalogue,
        *,
        threads: int = 1,
    ) -> None:
        self.experiments = tuple(experiments)
        self.rows = tuple(rows)
        self._catalogue, self._threads = catalogue, threads
        self._needs: list[list[Need]] = [plan_needs(one.plan) for one in experiments]
        self._benches: list[Benches] = [[] for _ in experiments]
        self._compiled: list[CompiledNetwork | None] = [None for _ in experiments]

    def __call__(self, scores: Array) -> Array:
        """Return readings, array (m, p), at scores (m, q); NaN where a member did not finish."""
        blocks = []
        for first in range(0, len(scores), MEMBERS):
            part = scores[first : first + MEMBERS]
            block = np.concatenate([part, np.repeat(part[-1:], MEMBERS - len(part), axis=0)])
            shown = [self._one(index, block) for index in range(len(self.experiments))]
            blocks.append(np.concatenate(shown, axis=1)[: len(part)])
        return np.concatenate(blocks)

    def _one(self, index: int, scores: Array) -> Array:
        """Return what one experiment reads, array (MEMBERS, p)."""
        one, needs = self.experiments[index], self._needs[index]
        turned = {row.identity: scores[:, k] for k, row in enumerate(self.rows)}
        ensemble = at_scores(needs, self._catalogue, turned, one.selection)
        batch = bench(one.plan, ensemble, self._benches[index])
        if self._moves_bench(one.plan):
            self._benches[index].clear()
        branch = simulate(
            one.plan,
            "",
            Rival(one.selection, ""),
            ensemble,
            batch,
            one.kept,
            threads=self._threads,
            rtol=RTOL,
            compiled=self._compiled[index],
        )
        self._compiled[index] = branch.wired.network
        return one.read(branch)

    def _moves_bench(self, plan: Plan) -> bool:
        """Return whether a free value enters what is prepared in the tube."""
        stages = {step.stage for step in plan.preparation}
        return any(row.key.split(".")[0] in stages for row in self.rows)


def _shares(experiment: Experiment, branch: Branch) -> Array:
    """Return the samples as shares of the dose, array (n, p)."""
    assays = {
        flushed: Assay(experiment.plan, branch, perfused=flushed)
        for flushed in {sample.perfused for sample in experiment.samples}
    }
    shown = []
    for sample in experiment.samples:
        assay = assays[sample.perfused]
        course = assay.reading(sample.organ, sample.quantity, sample.label)
        shown.append(assay.at(course, sample.time))
    return np.stack(shown, axis=1)
