"""The arrays of a run as one xarray Dataset, which plain xarray opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from exocast.design.run import Run
from exocast.design.simulating import Branch
from exocast.material.cascade import Cascade

if TYPE_CHECKING:
    import xarray

__all__ = ["dataset_of"]

Array = NDArray[np.float64]
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
    variables: dict[str, tuple[tuple[str, ...], NDArray[np.generic], dict[str, str]]] = {}
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
    amount, status, outputs = _courses(run, labels)
    time = run.base[0].course.time
    variables["amount"] = (
        ("variant", "rival", "output", "time", "member"),
        amount,
        {"long_name": "amount over time; units in `output_unit`"},
    )
    variables["status"] = (("variant", "rival", "member"), status, {"long_name": "0 = finished"})
    units: dict[str, str] = {}
    docs: dict[str, str] = {}
    for branch in (branch for each in run.branches.values() for branch in each):
        units |= branch.course.units
        docs |= branch.course.docs
    variables["output_unit"] = (("output",), np.array([units.get(o, "") for o in outputs]), {})
    variables["output_doc"] = (("output",), np.array([docs.get(o, "") for o in outputs]), {})
    drawn, identities = _drawn(run, labels)
    variables["value"] = (
        ("rival", "drawn", "member"),
        drawn,
        {"long_name": "drawn value, SI-coherent units"},
    )
    variables |= _sample(run.base[0], run.plan.study.cargo)
    coordinates = {
        "variant": [name or "design" for name in variants],
        "rival": labels,
        "row": rows,
        "member": np.arange(members),
        "time": time,
        "output": outputs,
        "drawn": identities,
        "quantile": list(QUANTILES),
        "diameter": run.base[0].batch.suspension.populations[0].diameter,
        "step": [entry.step for entry in run.base[0].batch.ledger.entries],
        "kind": _kinds(run.base[0]),
    }
    dataset = xarray.Dataset(variables, coordinates)
    dataset["time"].attrs["units"] = "s"
    dataset["diameter"].attrs["units"] = "m"
    dataset.attrs |= {
        "title": run.design.title,
        "uncertainty": run.axes.uncertainty,
        "variability": run.axes.variability,
        "seed": run.seed,
    }
    return dataset


def _courses(
    run: Run, labels: list[str]
) -> tuple[NDArray[np.float32], NDArray[np.int8], list[str]]:
    """Return time courses (variant, rival, output, time, member) in single precision."""
    branches = [branch for each in run.branches.values() for branch in each]
    names = dict.fromkeys(name for branch in branches for name in branch.course.names)
    outputs = [name for name in names if not name.startswith(HIDDEN)]
    shape = (len(run.branches), len(labels))
    time, members = len(run.base[0].course.time), run.axes.members
    amount = np.full((*shape, len(outputs), time, members), np.nan, dtype=np.float32)
    status = np.full((*shape, members), -1, dtype=np.int8)
    for v, each in enumerate(run.branches.values()):
        for branch in each:
            r = labels.index(branch.rival.label)
            status[v, r] = branch.course.status
            for name in branch.course.names:
                if name in names and not name.startswith(HIDDEN):
                    column = branch.course.amount[:, :, branch.course.names.index(name)]
                    amount[v, r, outputs.index(name)] = column.T
    return amount, status, outputs


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


def _sample(
    branch: Branch, cargo: str
) -> dict[str, tuple[tuple[str, ...], NDArray[np.generic], dict[str, str]]]:
    """Return what the sample holds: counts by step, kind and size; cargo by kind and size."""
    kinds = _kinds(branch)
    entries = branch.batch.ledger.entries
    diameter = branch.batch.suspension.populations[0].diameter
    count = np.zeros((len(entries), len(kinds), len(QUANTILES), len(diameter)))
    for s, entry in enumerate(entries):
        for population in entry.after.populations:
            quantiles = np.quantile(population.count, QUANTILES, axis=0)
            count[s, kinds.index(population.kind)] = quantiles
    variables: dict[str, tuple[tuple[str, ...], NDArray[np.generic], dict[str, str]]] = {
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
                copies[k] = np.quantile(held.mean, QUANTILES, axis=0)
                empty[k] = np.quantile(held.empty, QUANTILES, axis=0)
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
