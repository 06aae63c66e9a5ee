"""From a run to a Forecast: the record for `forecast.json` and the arrays for `forecast.nc`."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from exocast._version import __version__
from exocast.design.arrays import dataset_of
from exocast.design.cascading import build_cascade, finished
from exocast.design.inputs import described, read_inputs
from exocast.design.loaded import loaded_record
from exocast.design.run import Run
from exocast.design.simulating import Branch, plan_needs
from exocast.design.verdict import answer_of, at_best, gain_over
from exocast.engine.solve import Status
from exocast.evidence import Catalogue
from exocast.evidence.parameter import Value, format_context
from exocast.material.cascade import Cascade
from exocast.material.forecast import SCHEMA, Forecast
from exocast.material.spread import three_bars
from exocast.material.step import Flag

if TYPE_CHECKING:
    from exocast.material.document import Plan

__all__ = ["forecast_of"]

Array = NDArray[np.float64]


def forecast_of(run: Run, catalogue: Catalogue | None = None) -> Forecast:
    """Summarise a run.

    Parameters
    ----------
    run : Run
        What was computed.
    catalogue : Catalogue, optional
        The catalogue that it was drawn from; the packaged one by default.

    Returns
    -------
    Forecast
        Without drivers, which `exocast.learn.drivers` adds.
    """
    held = run.design.evidence(catalogue)
    cascades = {
        name: build_cascade(run.plans[name], branches, run.axes.uncertainty)
        for name, branches in run.branches.items()
    }
    record: dict[str, Any] = {"exocast": SCHEMA, "version": __version__, "title": run.design.title}
    record |= _variant_record(run, "", cascades[""], held)
    record["question"] = _question_record(run)
    record["ends_on"] = "body" if run.plan.has_body else "bench"
    record["variants"] = [
        {"name": name, **_variant_record(run, name, cascade, held)}
        for name, cascade in cascades.items()
        if name
    ]
    for variant in record["variants"]:
        name = variant["name"]
        variant["gain_over_design"] = gain_over(
            cascades[""],
            cascades[name],
            (record["answer"]["row"], variant["answer"]["row"]),
            (_options(run.plan, held), _options(run.plans[name], held)),
        )
    record["raise"] = record["gains"][:3]
    record["balance"] = _balance(run)
    record["flags"] = [asdict(flag) for flag in _flags(run)]
    record["defaults"] = [
        {"path": default.path, "value": default.text, "source": default.source}
        for default in run.plan.defaults
    ]
    record["preparation"] = _preparation(run.base[0], run.axes.uncertainty)
    record["readings"] = _readings(run.base[0])
    record["values"] = _values(run, held)
    record["sources"] = _sources(record["values"], held)
    record["hypotheses"] = _hypotheses(run.plan, held)
    inputs = read_inputs(run.plans.values(), run.design.folder)
    record["provenance"] = {**_provenance(run, held), "inputs": described(inputs)}
    return Forecast(record, dataset_of(run, cascades), inputs=inputs)


def _variant_record(run: Run, name: str, cascade: Cascade, catalogue: Catalogue) -> dict[str, Any]:
    """Return what is said of the design and of every variant alike."""
    branches = run.branches[name]
    answer = answer_of(run.plans[name], cascade, catalogue)
    gains = cascade.gains(answer["row"])
    limiting = next((gain for gain in gains if gain.gain > 1), None)
    return {
        "answer": answer,
        "at_best": at_best(answer, gains),
        "cascade": cascade.to_records(),
        "heads": dict(cascade.heads),
        "limiting_step": limiting.to_dict() if limiting else None,
        "gains": [gain.to_dict() for gain in gains],
        "smallest_fraction": cascade.smallest(*run.plans[name].question.asked.losses),
        "members": _members(branches),
        "loaded": loaded_record(run.plans[name], branches, run.axes.uncertainty),
    }


def _question_record(run: Run) -> dict[str, Any]:
    plan, question = run.plan, run.plan.question
    if not plan.has_body:
        return {
            "quantity": question.quantity,
            "target_cell": "",
            "organ": "",
            "at_seconds": None,
            "needed": question.needed,
            "cargo": plan.study.cargo,
            "route": "",
            "dose": str(plan.dose) if plan.dose else "",
            "dose_times_seconds": [],
            "dose_duration_seconds": 0.0,
            "horizon_seconds": None,
            "species": "",
            "sex": "",
        }
    return {
        "quantity": question.quantity,
        "target_cell": question.target_cell,
        "organ": plan.study.organ,
        "at_seconds": plan.study.at,
        "needed": question.needed,
        "cargo": plan.study.cargo,
        "route": plan.study.route,
        "dose": str(plan.dose),
        "dose_times_seconds": list(plan.study.times),
        "dose_duration_seconds": run.base[0].wired.duration,
        "horizon_seconds": plan.study.horizon,
        "species": plan.study.species,
        "sex": plan.study.sex,
    }


def _members(branches: tuple[Branch, ...]) -> dict[str, Any]:
    """Return members asked for, finished, and by status, summed over rivals."""
    statuses = np.concatenate([branch.status for branch in branches])
    counts = Counter(int(status) for status in statuses)
    return {
        "asked": len(statuses),
        "finished": int(counts.get(0, 0)),
        "by_status": {Status(code).name.lower(): count for code, count in sorted(counts.items())},
        "advice": {
            Status(code).name.lower(): Status(code).advice for code in sorted(counts) if code
        },
    }


def _balance(run: Run) -> dict[str, float]:
    """Return the largest relative residual of bench and body over all branches."""
    branches = [branch for each in run.branches.values() for branch in each]
    bench = max(branch.batch.ledger.residual for branch in branches)
    body = max(branch.residual for branch in branches)
    return {"largest": max(bench, body), "preparation": bench, "body": body}


def _flags(run: Run) -> list[Flag]:
    """Return every flag once, the serious ones first, and what the members' statuses say."""
    found: dict[tuple[str, str], Flag] = {}
    for name, branches in run.branches.items():
        for branch in branches:
            for flag in branch.flags:
                where = f"{name}: {flag.where}" if name and flag not in run.base[0].flags else ""
                shown = replace(flag, where=where or flag.where)
                found.setdefault((shown.where, shown.message), shown)
            stopped = ~finished(branch)
            if stopped.any():
                words = _members(branches)
                reasons = "; ".join(f"{k}: {v}" for k, v in words["advice"].items())
                flag = Flag(
                    "members", f"{int(stopped.sum())} members stopped and are left out. {reasons}"
                )
                found.setdefault((flag.where, flag.message), flag)
    order = {"serious": 0, "warning": 1, "note": 2}
    return sorted(found.values(), key=lambda flag: order[flag.severity])


def _preparation(branch: Branch, uncertainty: int) -> list[dict[str, Any]]:
    """Return the batch sheet: per step what left by cause, figures, time and consumables."""
    sheet = []
    for entry in branch.batch.ledger.entries:
        resources = entry.exchange.resources
        sheet.append(
            {
                "step": entry.step,
                "title": entry.title,
                "stage": entry.stage,
                "method": entry.method,
                "volume_m3": three_bars(entry.after.volume, uncertainty).median,
                "particles": {
                    population.kind: three_bars(population.total, uncertainty).to_dict()
                    for population in entry.after.populations
                },
                "exchange": [
                    {
                        "quantity": quantity,
                        "cause": cause,
                        **three_bars(amount, uncertainty).to_dict(),
                    }
                    for (quantity, cause), amount in entry.exchange.amounts.items()
                ],
                "figures": {
                    name: three_bars(np.asarray(figure, float), uncertainty).to_dict()
                    for name, figure in entry.exchange.notes.items()
                },
                "time_s": float(np.median(resources.time)),
                "hands_on_s": float(np.median(resources.hands_on)),
                "consumables": {k: float(np.median(v)) for k, v in resources.consumables.items()},
                "residual": entry.residual,
            }
        )
    return sheet


def _readings(branch: Branch) -> list[dict[str, Any]]:
    records = []
    for reading in branch.batch.readings:
        measured = reading.measured
        records.append(
            {
                "step": reading.step,
                "comparison": dict(reading.comparison),
                "measured": None
                if measured is None
                else {
                    "file": measured.file,
                    "sha256": measured.sha256,
                    "instrument": measured.instrument,
                    "detection_limit": measured.detection_limit,
                    "sample": measured.sample,
                    "warnings": list(measured.warnings),
                },
            }
        )
    return records


def _values(run: Run, catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return every value in use under any rival, with where it comes from."""
    docs = {
        need.parameter.key: need.parameter.doc
        for plan in run.plans.values()
        for need in plan_needs(plan)
    }
    used: dict[tuple[str, str], Value] = {}
    for branches in run.branches.values():
        for branch in branches:
            for identity, row in branch.ensemble.rows.items():
                used.setdefault((identity, row.origin), row)
    return [
        {
            "key": row.key,
            "doc": docs[row.key],
            "identity": identity,
            "context": format_context(row.context),
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "variability": row.variability,
            "distribution": row.distribution,
            "unit": row.unit,
            "source": row.source,
            "locator": row.locator,
            "read": row.read,
            "method": row.method,
            "standing": row.standing,
            "hypothesis": row.hypothesis,
            "rivals": len(catalogue.rivals(row)),
            "note": row.note,
            "known": row.is_known,
        }
        for (identity, _), row in used.items()
    ]


def _sources(values: list[dict[str, Any]], catalogue: Catalogue) -> dict[str, dict[str, Any]]:
    names = sorted({value["source"] for value in values})
    return {
        name: {
            **{k: v for k, v in asdict(catalogue.sources[name]).items() if v and k != "key"},
            "address": catalogue.sources[name].address,
            "bibtex": catalogue.sources[name].bibtex(),
        }
        for name in names
    }


def _options(plan: Plan, catalogue: Catalogue) -> dict[str, str]:
    """Return the option of every family, chosen or preferred."""
    held = catalogue.hypotheses.items()
    return {family: plan.hypotheses.get(family, one.preferred) for family, one in held}


def _hypotheses(plan: Plan, catalogue: Catalogue) -> list[dict[str, Any]]:
    return [
        {
            "family": family,
            "doc": hypothesis.doc,
            "options": dict(hypothesis.options),
            "chosen": plan.hypotheses.get(family, hypothesis.preferred),
        }
        for family, hypothesis in catalogue.hypotheses.items()
    ]


def _provenance(run: Run, catalogue: Catalogue) -> dict[str, Any]:
    import scipy

    network = run.base[0].wired.network if run.plan.has_body else None
    return {
        "exocast": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "machine": platform.machine(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "design_digest": run.design.digest,
        "catalogue_digest": catalogue.digest,
        "network_digest": network.digest if network else "",
        "seed": run.seed,
        "engine": run.engine,
        "rtol": run.rtol,
        "members": {
            "uncertainty": run.axes.uncertainty,
            "variability": run.axes.variability,
        },
        "states": len(network.state_names) if network else 0,
        "parameters": len(network.parameter_names) if network else 0,
        "design": run.design.text,
        "design_name": run.design.name,
    }
