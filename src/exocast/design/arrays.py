"""The arrays of a run as one xarray Dataset, which plain xarray opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from exocast.design.branch import Branch
from exocast.design.run import Run
from exocast.material.cascade import Cascade
from exocast.material.suspension import default_grid

if TYPE_CHECKING:
    import xarray

__all__ = ["dataset_of"]

Array = NDArray[np.float64]
Variables: TypeAlias = dict[str, tuple[tuple[str, ...], NDArray[np.generic], dict[str, str]]]
QUANTILES = (0.05, 0.5, 0.95)
HIDDEN = "balance."


def dataset_of(run: Run, cascades: Mapping[str, Cascade]) -> xarray.Dataset:
    """Return cascade values, time courses, statuses, drawn values and the sample.

    Dimensions: variant, rival, row (of the cascade), member (uncertainty-major), time [s],
    output, drawn (value identity), step, kind, quantile, diameter [m].
    """
    import xarray

    members = run.axes.members
    variants = list(run.branches)
    labels = list(dict.fromkeys(r.label for c in cascades.values() for r in c.rivals))
    variables: Variables = {}
    rows = list(dict.fromkeys(row.name for c in cascades.values() for row in c.rows))
    cascade = np.full((len(variants), len(labels), len(rows), members), np.nan)
    for v, held in enumerate(cascades.values()):
        for row in held.rows:
            for rival, values in zip(held.rivals, row.values, strict=True):
                cascade[v, labels.index(rival.label), rows.index(row.name)] = values
    variables["cascade"] = (
        ("variant", "rival", "row", "member"),
        cascade,
        {"long_name": "cascade value of each member; units in forecast.json"},
    )
    variables["status"] = (
        ("variant", "rival", "member"),
        _statuses(run, labels),
        {"long_name": "0 = finished"},
    )
    courses = _courses(run, labels) if run.plan.has_body else {}
    variables |= courses
    drawn, identities = _drawn(run, labels)
    variables["value"] = (
        ("rival", "drawn", "member"),
        drawn,
        {"long_name": "drawn value, SI-coherent units"},
    )
    sample, cargo = run.base[0].batch.suspension, run.plan.study.cargo
    # A displayed molecule is asked for like a cargo, and none of it is inside.
    displayed = run.plan.study.outside and cargo not in sample.cargoes
    variables |= _sample(run.base[0], "" if displayed else cargo)
    coordinates: dict[str, Any] = {
        "variant": [name or "design" for name in variants],
        "rival": labels,
        "row": rows,
        "member": np.arange(members),
        "drawn": identities,
        "quantile": list(QUANTILES),
        "diameter": _grid(run.base[0]),
        "step": [entry.step for entry in run.base[0].batch.ledger.entries],
        "kind": _kinds(run.base[0]),
    }
    if courses:
        coordinates |= {"time": run.base[0].course.time, "output": _outputs(run)}
    dataset = xarray.Dataset(variables, coordinates)
    if courses:
        dataset["time"].attrs["units"] = "s"
    dataset["diameter"].attrs["units"] = "m"
    dataset.attrs |= {
        "title": run.design.title,
        "uncertainty": run.axes.uncertainty,
        "variability": run.axes.variability,
        "seed": run.seed,
    }
    return dataset


def _branches(run: Run) -> list[Branch]:
    return [branch for each in run.branches.values() for branch in each]


def _outputs(run: Run) -> list[str]:
    """Return the names of what was kept over time, those for balances left out."""
    names = dict.fromkeys(name for branch in _branches(run) for name in branch.course.names)
    return [name for name in names if not name.startswith(HIDDEN)]


def _statuses(run: Run, labels: list[str]) -> NDArray[np.int8]:
    """Return how each member ended (variant, rival, member); -1 where nothing was run."""
    status = np.full((len(run.branches), len(labels), run.axes.members), -1, dtype=np.int8)
    for v, each in enumerate(run.branches.values()):
        for branch in each:
            status[v, labels.index(branch.rival.label)] = branch.status
    return status


def _courses(run: Run, labels: list[str]) -> Variables:
    """Return time courses (variant, rival, output, time, member) in single precision."""
    outputs = _outputs(run)
    units: dict[str, str] = {}
    docs: dict[str, str] = {}
    for branch in _branches(run):
        units |= branch.course.units
        docs |= branch.course.docs
    shape = (len(run.branches), len(labels))
    time, members = len(run.base[0].course.time), run.axes.members
    amount = np.full((*shape, len(outputs), time, members), np.nan, dtype=np.float32)
    for v, each in enumerate(run.branches.values()):
        for branch in each:
            r = labels.index(branch.rival.label)
            for name in branch.course.names:
                if not name.startswith(HIDDEN):
                    column = branch.course.amount[:, :, branch.course.names.index(name)]
                    amount[v, r, outputs.index(name)] = column.T
    return {
        "amount": (
            ("variant", "rival", "output", "time", "member"),
            amount,
            {"long_name": "amount over time; units in `output_unit`"},
        ),
        "output_unit": (("output",), np.array([units.get(o, "") for o in outputs]), {}),
        "output_doc": (("output",), np.array([docs.get(o, "") for o in outputs]), {}),
    }


def _drawn(run: Run, labels: list[str]) -> tuple[Array, list[str]]:
    """Return the uncertain or variable values of the design (rival, drawn, member)."""
    names: dict[str, None] = {}
    for branch in run.base:
        for identity, row in branch.ensemble.rows.items():
            if not row.is_known:
                names.setdefault(identity)
    identities = list(names)
    drawn = np.full((len(labels), len(identities), run.axes.members), np.nan)
    for branch in run.base:
        r = labels.index(branch.rival.label)
        for index, identity in enumerate(identities):
            if identity in branch.ensemble.values:
                drawn[r, index] = branch.ensemble.values[identity]
    return drawn, identities


def _kinds(branch: Branch) -> list[str]:
    kinds: dict[str, None] = {}
    for entry in branch.batch.ledger.entries:
        for kind in entry.after.kinds:
            kinds.setdefault(kind)
    return list(kinds)


def _grid(branch: Branch) -> Array:
    """Return the diameters of the tube [m]; those of any tube where it holds no particles."""
    held = branch.batch.suspension.populations
    return held[0].diameter if held else default_grid()


def _sample(branch: Branch, cargo: str) -> Variables:
    """Return what the sample holds: counts by step, kind and size; cargo by kind and size."""
    kinds = _kinds(branch)
    entries = branch.batch.ledger.entries
    diameter = _grid(branch)
    count = np.zeros((len(entries), len(kinds), len(QUANTILES), len(diameter)))
    for s, entry in enumerate(entries):
        for population in entry.after.populations:
            quantiles = np.quantile(population.counted(len(diameter)), QUANTILES, axis=0)
            count[s, kinds.index(population.kind)] = quantiles
    variables: Variables = {
        "sample_count": (
            ("step", "kind", "quantile", "diameter"),
            count,
            {"long_name": "particles in each size bin of the tube", "units": "particle"},
        )
    }
    if cargo:
        shape = (len(kinds), len(QUANTILES), len(diameter))
        copies, empty = np.zeros(shape), np.ones(shape)
        for population in branch.batch.suspension.populations:
            if cargo in population.inside:
                held = population.inside[cargo]
                k = kinds.index(population.kind)
                classes = len(diameter)
                copies[k] = np.quantile(held.mean[:, :classes], QUANTILES, axis=0)
                empty[k] = np.quantile(held.empty[:, :classes], QUANTILES, axis=0)
        variables["cargo_copies"] = (
            ("kind", "quantile", "diameter"),
            copies,
            {"long_name": "mean copies inside one particle", "units": "copy/particle"},
        )
        variables["cargo_empty"] = (
            ("kind", "quantile", "diameter"),
            empty,
            {"long_name": "share of particles without cargo", "units": "1"},
        )
    for reading in branch.batch.readings:
        name = f"{reading.step}"
        forecast = reading.forecast
        axis = f"{name}_bin"
        variables[f"{name}_size"] = ((axis,), np.asarray(forecast.x), {"units": "m"})
        variables[f"{name}_forecast"] = (
            ("quantile", axis),
            np.quantile(forecast.y, QUANTILES, axis=0),
            {"long_name": "forecast reading", "units": forecast.unit},
        )
        if reading.measured is not None:
            axis = f"{name}_measured_bin"
            variables[f"{name}_measured_size"] = (
                (axis,),
                np.asarray(reading.measured.x),
                {"units": reading.measured.x_unit},
            )
            variables[f"{name}_measured"] = (
                (axis,),
                np.asarray(reading.measured.mean),
                {"long_name": "measured", "units": reading.measured.unit},
            )
    return variables
