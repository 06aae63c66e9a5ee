"""Values of the body fitted to the build cases together; verify cases are never touched.

A calibration is a file under ``qualify/calibrations``: which cases, which values, and in what
order it stands to the others. What it finds becomes rows of the catalogue (``data/fitted.csv``),
with joint samples (``data/fits/<name>.csv``), and stands before the rows that it was fitted from.
"""

from __future__ import annotations

import csv
import io
import math
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exocast.design import Design
from exocast.design.simulating import Branch
from exocast.errors import FitError, nearest
from exocast.evidence import Catalogue, Need, Value
from exocast.evidence.catalogue import COLUMNS
from exocast.evidence.joint import write_joint
from exocast.evidence.parameter import format_context
from exocast.learn.fit import Fit, Readings, fit
from exocast.learn.identifiability import Learnt, learnt
from exocast.learn.sampler import Sampled, sample
from exocast.qualify.assay import Assay
from exocast.qualify.case import FIGURES, QualificationCase, QualificationPoint
from exocast.qualify.experiment import Experiment, Sample, Simulator, free_rows, readings_of
from exocast.qualify.reading_error import BETWEEN, MEASUREMENT
from exocast.qualify.repeating import Arm, body_plan, sampling_times
from exocast.units import from_si

__all__ = ["Calibrated", "Calibration", "calibrate", "calibrations", "experiment_of_case"]

Array = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

FOLDER = Path(str(resources.files("exocast") / "qualify" / "calibrations"))
SAMPLES = 400
"""Joint samples that are kept."""

ROUNDS = 30
NINETY_FIVE = 1.6448536269514722
"""Standard deviations from the median to the 95 % point of a normal distribution."""


@dataclass(frozen=True)
class Calibration:
    """What is fitted to what.

    Attributes
    ----------
    name : str
        Key of its source, and stem of its files.
    title : str
        In one sentence.
    materials : tuple of str
        Materials of the build cases that it is fitted to.
    free : tuple of str
        Identities of the values.
    after : tuple of str
        Calibrations whose results it starts from.
    note : str
        What a reader should know.
    """

    name: str
    title: str
    materials: tuple[str, ...]
    free: tuple[str, ...]
    after: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found.

    Attributes
    ----------
    calibration : Calibration
        What was asked.
    fit : Fit
        The maximum.
    learnt : tuple of Learnt
        Each value before and after.
    sampled : Sampled or None
        The sampler's check, if it was asked for.
    experiments : tuple of Experiment
        What it was fitted to.
    """

    calibration: Calibration
    fit: Fit
    learnt: tuple[Learnt, ...]
    sampled: Sampled | None
    experiments: tuple[Experiment, ...]

    @property
    def scores(self) -> Array:
        """Return samples of the posterior, array (m, q): the sampler's, else Laplace's."""
        return self.fit.laplace(SAMPLES) if self.sampled is None else self.sampled.scores

    def write(self, folder: Path) -> None:
        """Write joint samples, and put the rows of this calibration into ``fitted.csv``.

        Parameters
        ----------
        folder : Path
            A catalogue's folder; rows of other calibrations stay.
        """
        name = self.calibration.name
        scores = self.scores
        thin = np.linspace(0, len(scores) - 1, min(SAMPLES, len(scores))).astype(int)
        (folder / "fits").mkdir(exist_ok=True)
        identities = [row.identity for row in self.fit.rows]
        write_joint(folder / "fits" / f"{name}.csv", identities, self.fit.values(scores)[thin])
        path = folder / "fitted.csv"
        kept = []
        if path.exists():
            held = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
            kept = [row for row in held if row["source"] != name]
        rows = [_row(name, row, one, self.fit) for row, one in
                zip(self.fit.rows, self.learnt, strict=True)]  # fmt: skip
        file = io.StringIO()
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows([*kept, *rows])
        path.write_text(file.getvalue(), encoding="utf-8")


def calibrations() -> dict[str, Calibration]:
    """Return the calibrations that ship with exocast, in the order in which they are made."""
    found = {}
    for path in sorted(FOLDER.glob("*.toml")):
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        lists = {key: tuple(value) for key, value in held.items() if isinstance(value, list)}
        found[held["name"]] = Calibration(**{**held, **lists})
    return found


def experiment_of_case(case: QualificationCase, catalogue: Catalogue) -> Experiment | None:
    """Return the scored readings of a case as a fit takes them; nothing where it has none.

    Parameters
    ----------
    case : QualificationCase
        With a Design that the present body can run.
    catalogue : Catalogue
        For the errors of readings.
    """
    points = [
        point
        for point in case.scored_points
        if point.observed > 0 and not point.expected and not case.against
    ]
    if not points:
        return None
    organs = list(dict.fromkeys(point.organ for point in points))
    plan = body_plan(Design.from_text(case.design, name=case.name), organs)
    times = sampling_times(case, plan)
    samples = tuple(_sample(case, point, catalogue) for point in points)

    def read(branch: Branch) -> Array:
        arm = Arm(case, Assay(plan, branch, perfused=case.perfused))
        return np.stack([arm.reads(point) for point in points], axis=1)

    chosen = {
        family: catalogue.hypotheses[family].preferred if option == "each" else option
        for family, option in plan.hypotheses.items()
    }
    return Experiment(case.name, plan, samples, chosen, tuple(times), read)


def calibrate(
    calibration: Calibration,
    cases: Sequence[QualificationCase],
    *,
    starts: int = 6,
    steps: int = 0,
    seed: int = 0,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Calibrated:
    """Fit values to the build cases of some materials.

    Parameters
    ----------
    calibration : Calibration
        What is fitted.
    cases : sequence of QualificationCase
        All cases; only those to build on are used.
    starts, steps, seed, threads
        As for `exocast.qualify.fitting.fit_design`.
    catalogue : Catalogue, optional
        The packaged one when left out; of earlier fits, those that `calibration` comes after stay.
    progress : callable, optional
        Called with rounds done, rounds at most and what is being done.

    Returns
    -------
    Calibrated

    Raises
    ------
    FitError
        If there is no case to build on, or a value is not one that they use.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    priors = held.priors(keep=calibration.after)
    bodies = [one for one in cases if not one.stage]
    build = [one for one in bodies if one.role == "build" and one.material in calibration.materials]
    made = [experiment_of_case(case, priors) for case in build]
    experiments = [one for one in made if one is not None]
    if not experiments:
        raise FitError(
            f"no case to build {calibration.name} on is there: give --data the folder that holds "
            f"those of {', '.join(calibration.materials)}"
        )
    known = free_rows(experiments, priors)
    missing = [name for name in calibration.free if name not in known]
    if missing:
        raise FitError("\n".join(f"`{name}`: {nearest(name, known)}" for name in missing))
    rows = [known[name] for name in calibration.free]
    simulator = Simulator(experiments, rows, priors, threads=threads)
    readings: Readings = readings_of(experiments)

    def show(done: int, _: float) -> None:
        if progress is not None:
            progress(done, ROUNDS + steps, calibration.name)

    found = fit(rows, simulator, readings, starts=starts, seed=seed, iterations=ROUNDS, report=show)
    sampled = None
    if steps:

        def step(done: int) -> None:
            if progress is not None:
                progress(ROUNDS + done, ROUNDS + steps, f"{calibration.name}, sampling")

        sampled = sample(found, simulator, steps=steps, seed=seed, report=step)
    scores = found.laplace(4 * SAMPLES) if sampled is None else sampled.scores
    said = tuple(learnt(found, scores))
    return Calibrated(calibration, found, said, sampled, tuple(experiments))


def _sample(case: QualificationCase, point: QualificationPoint, catalogue: Catalogue) -> Sample:
    """Return a point with its errors: printed where it was, else as the catalogue has them.

    An anchor is to be met within its tolerance: that is its 90 % range, and nothing is shared.
    """
    typical, between = (
        catalogue.find(Need(one, {"organ": point.organ})).value for one in (MEASUREMENT, BETWEEN)
    )
    own = typical
    if point.sd > 0:
        own = math.hypot(math.sqrt(math.log1p((point.sd / point.observed) ** 2) / point.n), typical)
    if point.tolerance > 1:
        own, between = math.log(point.tolerance) / NINETY_FIVE, 0.0
    figure = point.quantity in FIGURES
    return Sample(
        point.organ,
        point.quantity,
        case.label,
        math.nan if figure else 3600.0 * point.time_h,
        point.observed,
        own,
        between,
        f"{case.paper}, {point.organ}, {case.label}",
        case.perfused,
    )


def _row(name: str, prior: Value, one: Learnt, found: Fit) -> dict[str, Any]:
    """Return the row of a fitted value, in the unit of its prior."""
    printed = from_si(1.0, prior.unit)
    at = printed * float(found.value[[row.identity for row in found.rows].index(one.identity)])
    middle, low, high = (printed * end for end in one.posterior)
    value = min(max(at, low), high)
    shape = prior.distribution
    if shape in ("uniform", "loguniform"):
        shape = "normal" if shape == "uniform" else "lognormal"
    words = (
        f"median {middle:.3g}; moved {one.score:+.2f} SD of its prior, of whose spread "
        f"{one.left:.2f} is left: {one.verdict}"
    )
    return {
        "key": prior.key,
        "value": f"{value:.5g}",
        "low": f"{low:.5g}",
        "high": f"{high:.5g}",
        "variability": f"{prior.variability:g}" if prior.variability else "",
        "distribution": shape,
        "unit": prior.unit,
        "source": name,
        "locator": f"fits/{name}.csv",
        "read": "full",
        "method": "fitted",
        "context": format_context(prior.context),
        "hypothesis": prior.hypothesis,
        "preferred": "yes",
        "note": words,
    }
