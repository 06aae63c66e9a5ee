"""Forecasts made by hand, with the structure that `exocast.design.recording` writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import xarray

from exocast.evidence.source import Source
from exocast.material.cascade import Cascade, CascadeRow, Rival
from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars
from exocast.report.page import render

U, V = 8, 5
N = U * V
DIAMETER = np.geomspace(30e-9, 1000e-9, 40)
HOURS = np.array([0, 1 / 60, 0.1, 0.5, 1, 2, 4, 8, 16, 24, 48, 48.1, 52, 72, 120, 240, 336.0])
KINDS = ("small_ev", "large_ev", "lipoprotein")
STEPS = (
    ("cell_culture", "cell culture", "donor"),
    ("nta", "nanoparticle tracking", "assay"),
    ("electroporation", "electroporation", "loading"),
    ("frozen", "frozen storage", "storage"),
)
RARE = Rival({"endosomal_escape": "rare"}, "fusion is rare")
COMMON = Rival({"endosomal_escape": "common"}, "fusion is common")


@dataclass(frozen=True)
class Case:
    """What is odd about a forecast."""

    title: str = "siRNA in vesicles, mouse"
    needed: float | None = 500.0
    cargo: str = "siRNA_KRAS_G12D"
    failed: str = "some"
    zero: bool = False
    measured: bool = True
    rivals: tuple[Rival, ...] = (RARE, COMMON)
    variants: tuple[str, ...] = ("into the tumour",)
    published: bool = True
    responses: bool = True
    label: bool = False
    drivers: bool = True


def _draw(seed: int, median: float, unknown: float, vary: float) -> np.ndarray:
    random = np.random.default_rng(seed)
    draws = random.normal(0, unknown, (U, 1)) + random.normal(0, vary, (1, V))
    return median * np.exp(draws).ravel()


def _finished(case: Case) -> np.ndarray:
    mask = np.ones(N, bool)
    if case.failed == "all":
        mask[:] = False
    elif case.failed == "some":
        mask[[3, 17]] = False
    return mask


def _cascade(case: Case, gain: float) -> Cascade:
    mask = _finished(case)

    def rows(seed: int, medians: list[float]) -> tuple[np.ndarray, ...]:
        return tuple(np.where(mask, _draw(seed, m, 1.0, 0.3), np.nan) for m in medians)

    escape = {RARE.phrase: 1e-4, COMMON.phrase: 0.05}
    shares = [escape.get(rival.phrase, 0.01) for rival in case.rivals]
    same = [1.0] * len(case.rivals)
    found = [
        CascadeRow("cell_culture", "secreted", "vesicles", "particle",
                   rows(1, [5e11 for _ in same]), step="donor.cell_culture"),
        CascadeRow("frozen", "after frozen storage", "vesicles", "particle",
                   tuple(0.1 * x for x in rows(1, [5e11 for _ in same])),
                   note="= 3.1 doses per batch", step="storage.frozen"),
    ]  # fmt: skip
    zero = 0.0 if case.zero else 1.0
    loaded = tuple(zero * x for x in rows(2, [2e8 for _ in same]))
    arrived = tuple(gain * 1e-3 * x * _draw(5, 1.0, 0.8, 0.2) for x in loaded)
    if not case.cargo:
        arrived = tuple(gain * x for x in rows(5, [1e6 for _ in same]))
        found.append(CascadeRow("arrived", "arrived in the tumour", "cargo", "copy", arrived))
        return Cascade(tuple(found), case.rivals, U)
    taken = tuple(1e-8 * 0.3 * x for x in arrived)
    cytosol = tuple(s * x * _draw(7, 1.0, 1.5, 0.1) for s, x in zip(shares, taken, strict=True))
    if not case.zero:
        for held in cytosol:
            held[[5, 6]] = np.where(np.isfinite(held[[5, 6]]), 0.0, np.nan)
    found += [
        CascadeRow("loaded", "inside vesicles", "cargo", "copy", loaded,
                   reference=tuple(np.full(N, 6e14) for _ in same), note="0.02 each, 98% empty"),
        CascadeRow("arrived", "arrived in the tumour", "cargo", "copy", arrived),
        CascadeRow("taken_up_per_cell", "taken up", "cell", "copy/cell", taken),
        CascadeRow("in_cytosol", "in the cytosol", "cell", "copy/cell", cytosol),
    ]  # fmt: skip
    return Cascade(tuple(found), case.rivals, U, {
        "vesicles": "small EVs, one batch",
        "cargo": "siRNA_KRAS_G12D copies, 1 dose of 1e10 particles by 24 h",
        "cell": "copies per PANC-1 cell",
    })  # fmt: skip


def _variant_record(case: Case, cascade: Cascade) -> dict[str, Any]:
    row = cascade.rows[-1]
    answers = []
    for rival, spread in zip(cascade.rivals, cascade.spreads(row), strict=True):
        entry: dict[str, Any] = {
            "hypothesis": dict(rival.selection), "phrase": rival.phrase, **spread.to_dict(),
            "unit": row.unit, "needed": case.needed,
        }  # fmt: skip
        if case.needed:
            short = np.log10(case.needed / spread.median) if spread.median > 0 else None
            entry["orders_short"] = None if short is None else float(short)
            entry["probability_enough"] = 0.0 if spread.finished else None
        answers.append(entry)
    gains = cascade.gains()
    limiting = next((gain for gain in gains if gain.gain > 1), None)
    mask = _finished(case)
    asked, good = N * len(case.rivals), int(mask.sum()) * len(case.rivals)
    status = {"finished": good} if good else {}
    if good < asked:
        status["step_underflow"] = asked - good
    return {
        "answer": {"row": row.name, "title": row.title, "needed": case.needed,
                   "needed_source": "the Design", "rows": answers, "sentence": ""},
        "at_best": {"amount": 1.0, "orders_short": 2.7 if case.needed else None},
        "cascade": cascade.to_records(),
        "heads": dict(cascade.heads),
        "limiting_step": limiting.to_dict() if limiting else None,
        "gains": [_clean(gain.to_dict()) for gain in gains],
        "smallest_fraction": cascade.smallest(),
        "members": {"asked": asked, "finished": good, "by_status": status,
                    "advice": {"step_underflow": "Loosen rtol."} if good < asked else {}},
    }  # fmt: skip


def _clean(record: dict[str, Any]) -> dict[str, Any]:
    return {
        k: None if isinstance(v, float) and not np.isfinite(v) else v for k, v in record.items()
    }


def _spread(value: float) -> dict[str, object]:
    return three_bars(_draw(3, value, 0.3, 0.1), U).to_dict()


def _preparation(case: Case) -> list[dict[str, Any]]:
    sheet = []
    for step, title, stage in STEPS:
        figures = {}
        if stage == "loading" and case.cargo:
            figures = {
                "true loading of input [1]": _spread(4e-7),
                "apparent loading of input [1]": _spread(0.2),
                "true copies per vesicle [copy/particle]": _spread(0.02),
                "apparent copies per vesicle [copy/particle]": _spread(4.0),
                "induced voltage at 100 nm [V]": _spread(0.003),
            }
        sheet.append({
            "step": step, "title": title, "stage": stage, "method": step, "volume_m3": 1e-6,
            "particles": {kind: _spread(10.0**(11 - i)) for i, kind in enumerate(KINDS)},
            "exchange": [
                {"quantity": "particles/small_ev", "cause": "stuck to the wall", **_spread(-1e9)},
                {"quantity": "volume", "cause": "taken off", **_spread(-1e-6)},
            ],
            "figures": figures, "time_s": 3600.0, "hands_on_s": 600.0,
            "consumables": {"tube": 2.0}, "residual": 1e-15,
        })  # fmt: skip
    return sheet


def _readings(case: Case) -> list[dict[str, Any]]:
    if not case.measured:
        return [{"step": "nta", "comparison": {}, "measured": None}]
    return [{
        "step": "nta",
        "comparison": {
            "use": "condition",
            "measured over forecast concentration [1]": _spread(0.4),
            "measured D50 [m]": _spread(1.18e-7), "forecast D50 [m]": _spread(1.3e-7),
        },
        "measured": {"file": "batch.csv", "sha256": "ab", "instrument": "NanoSight",
                     "sample": "b7", "warnings": ["Video 3 is left out."]},
    }]  # fmt: skip


def _values(case: Case) -> list[dict[str, Any]]:
    held = []
    for index, standing in enumerate(("read", "fitted", "borrowed", "assumed")):
        key = f"uptake.endocytosis_and_escape.value_{index}"
        held.append({
            "key": key, "identity": key, "context": "organ=liver" if index else "", "value": 1e-7,
            "low": 5e-8, "high": 2e-7, "variability": 0.3, "distribution": "lognormal",
            "unit": "nm", "source": "someone_2015", "locator": "Table 1", "read": "abstract",
            "method": "in_vivo", "standing": standing,
            "hypothesis": "endosomal_escape:rare" if index == 2 else "", "rivals": index + 1,
            "note": "scaled <b>by weight</b>", "known": False,
        })  # fmt: skip
    return held


def _published(study: str, matrix: str, time: float | None, **odd: Any) -> dict[str, Any]:
    entry = {
        "study": study,
        "source": study,
        "label": "iodine-125",
        "condition": "macrophages=depleted" if time is None else "",
        "matrix": matrix,
        "time_h": time,
        "quantity": "clearance" if time is None else "percent_injected",
        "unit": "mL/h" if time is None else "%",
        "observed": 28.0,
        "observed_spread": 0.5 if time is None else None,
        "predicted": {"median": 35.0, "uncertainty": [12.0, 61.0]},
        "fold": 1.25,
        "role": "calibrated",
        "read": "abstract",
        "locator": "abstract",
        "note": "",
    }
    return entry | odd


PUBLISHED = [
    _published("morishita_2015", "liver", 4.0),
    _published("morishita_2015", "lung", 4.0, observed=7.0, role="verified", note="text"),
    _published("imai_2015", "plasma", None, role="other species"),
    _published("imai_2015", "plasma", None, predicted={"median": None, "uncertainty": [None] * 2}),
]


def _drivers(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    drivers = []
    ends = {"uncertainty": (1e-10, 1e-7), "variability": (4e-9, 1e-9)}
    for value in values:
        for axis, (low, high) in ends.items():
            drivers.append({
                "key": value["key"], "identity": value["identity"], "context": value["context"],
                "axis": axis, "answer_low": low, "answer_high": high, "answer_median": 3e-9,
                "log10_swing": float(np.log10(high / low)), "matters": True,
                "rank_correlation": 0.7, "noise_floor": 0.4, "standing": value["standing"],
                "source": value["source"], "hypothesis": value["hypothesis"],
            })  # fmt: skip
    drivers.append(drivers[0] | {"identity": "gone", "answer_low": 0.0, "log10_swing": None})
    return drivers


def _dataset(case: Case, cascades: dict[str, Cascade]) -> xarray.Dataset:
    rivals = [rival.label for rival in case.rivals]
    rows = [row.name for row in next(iter(cascades.values())).rows]
    cascade = np.stack([
        np.stack([np.stack([row.values[r] for row in held.rows]) for r in range(len(rivals))])
        for held in cascades.values()
    ])  # fmt: skip
    time = 3600.0 * HOURS
    outputs = _courses(case, time)
    mask = _finished(case)
    shape = (len(cascades), len(rivals), len(outputs), len(time), N)
    amount = np.empty(shape, dtype=np.float32)
    for index, (_, _, course) in enumerate(outputs.values()):
        amount[:, :, index] = np.where(mask, course, np.nan)
    count = np.zeros((len(STEPS), len(KINDS), 3, DIAMETER.size))
    for kind in range(len(KINDS)):
        shape_ = np.exp(-(np.log(DIAMETER / 1e-7 / (kind + 1)) ** 2) / 0.3)
        for quantile, factor in enumerate((0.3, 1.0, 3.0)):
            count[:, kind, quantile] = 10.0 ** (10 - kind) * factor * shape_
    grid = 5e-9 * np.arange(0.5, 120)
    curve = 1e15 * np.exp(-(np.log(grid / 1.2e-7) ** 2) / 0.2)
    variables: dict[str, Any] = {
        "cascade": (("variant", "rival", "row", "member"), cascade),
        "amount": (("variant", "rival", "output", "time", "member"), amount),
        "status": (("variant", "rival", "member"),
                   np.broadcast_to(np.where(mask, 0, 1), (*shape[:2], N)).astype(np.int8)),
        "output_unit": (("output",), np.array([unit for unit, _, _ in outputs.values()])),
        "output_doc": (("output",), np.array([doc for _, doc, _ in outputs.values()])),
        "value": (("rival", "drawn", "member"),
                  np.broadcast_to(np.stack([_draw(7, 1.0, 1.5, 0.1), _draw(20, 1.0, 1, 0.1),
                                            _draw(21, 1.0, 1, 0.1), _draw(22, 1.0, 1, 0.1)]),
                                  (len(rivals), 4, N))),
        "sample_count": (("step", "kind", "quantile", "diameter"), count),
        "nta_size": (("nta_bin",), grid),
        "nta_forecast": (("quantile", "nta_bin"), np.stack([0.3 * curve, curve, 3 * curve])),
    }  # fmt: skip
    if case.cargo:
        copies = np.zeros((len(KINDS), 3, DIAMETER.size))
        copies[0] = (0.0 if case.zero else 1.0) * np.array([[1e-3], [1e-2], [0.1]]) * (
            DIAMETER / 1e-7) ** 3  # fmt: skip
        variables["cargo_copies"] = (("kind", "quantile", "diameter"), copies)
        variables["cargo_empty"] = (("kind", "quantile", "diameter"), np.exp(-copies[:, ::-1]))
    if case.measured:
        variables["nta_measured_size"] = (("nta_measured_bin",), grid)
        variables["nta_measured"] = (("nta_measured_bin",), np.where(grid > 7e-8, 0.4 * curve, 0))
    coordinates = {
        "variant": ["design", *case.variants], "rival": rivals, "row": rows, "member": np.arange(N),
        "time": time, "output": list(outputs), "quantile": [0.05, 0.5, 0.95],
        "drawn": [value["identity"] for value in _values(case)], "diameter": DIAMETER,
        "step": [step for step, _, _ in STEPS], "kind": list(KINDS),
    }  # fmt: skip
    attributes = {"title": case.title, "uncertainty": U, "variability": V, "seed": 1}
    return xarray.Dataset(variables, coordinates, attributes)


def _courses(case: Case, time: np.ndarray) -> dict[str, tuple[str, str, np.ndarray]]:
    """Two doses: what is given leaves blood for organs, and everything sums to the dose."""
    hours = time[:, None] / 3600
    dose = 0.0 if case.zero else 1e10
    rate = _draw(11, 1.0, 0.5, 0.2)[None, :]
    later = np.where(hours >= 48, np.exp(-rate * np.maximum(hours - 48, 0)), 0)
    blood = dose * (np.exp(-rate * hours) + later)
    given = dose * (1 + (hours >= 48)) * np.ones((1, N))
    left = given - blood
    course = {"blood": ("particle", "vesicles in all blood", blood)}
    shares = {"liver": 0.6, "spleen": 0.1, "lung": 0.1, "kidney": 0.05, "rest": 0.149,
              "tumour": 0.001}  # fmt: skip
    for organ, share in shares.items():
        course[organ] = ("particle", f"vesicles that left the blood in {organ}", share * left)
    course["arrived"] = ("copy", "cumulative flux of siRNA", left)
    if case.label:
        for name, held in list(course.items())[:-1]:
            course[f"{name}.zirconium-89"] = ("copy", "label", 0.9 * held[-1])
            course[f"{name}.zirconium-89.aboard"] = ("copy", "label aboard", 0.05 * held[-1])
        course["zirconium-89.excreted"] = ("copy", "label", 0.1 * given)
    if case.responses and case.cargo:
        one = np.ones_like(given)
        course["opened_vesicles"] = ("particle", "cumulative flux of particles", 1e-4 * left)
        course["tumour.copies_per_event"] = ("1", "copies", 300 * one)
        course["tumour.spread"] = ("1", "spread", 1.5 * one)
        course["tumour.cells"] = ("1", "cells", 1e8 * one)
        course["target.mrna"] = ("1", "loss", 1e-6 * left / 2e10)
        course["target.protein"] = ("1", "loss", 5e-7 * left / 2e10)
        grown = 2e-7 * np.exp(hours / 100)
        course["tumour.untreated"] = ("m^3", "volume", grown * one)
        course["tumour.treated"] = ("m^3", "volume", grown * np.exp(-1e-3 * hours) * one)
    return course


def _gain(phrase: str, times: float | None) -> dict[str, Any]:
    """A variant with so many times as much in every member."""
    some = float(times is not None)
    return {
        "phrase": phrase, "times": times, "uncertainty": [times, times],
        "variability": [times, times], "greater": some, "equal": 0.0, "from_nothing": 0.0,
        "to_nothing": 1 - some,
    }  # fmt: skip


def build(case: Case) -> Forecast:
    cascades = {"": _cascade(case, 1.0)}
    cascades |= {name: _cascade(case, 200.0) for name in case.variants}
    record: dict[str, Any] = {"exocast": 1, "version": "0.1.0", "title": case.title}
    record |= _variant_record(case, cascades[""])
    record["question"] = {
        "quantity": "functional copies per target cell", "target_cell": "PANC-1",
        "at_seconds": 86400.0, "needed": case.needed, "cargo": case.cargo,
        "route": "intravenous_bolus", "dose": "1e10 particles",
        "dose_times_seconds": [0.0, 172800.0], "horizon_seconds": 1209600.0, "species": "mouse",
    }  # fmt: skip
    record["variants"] = []
    for name in case.variants:
        held = {"name": name, **_variant_record(case, cascades[name])}
        held["gain_over_design"] = [
            _gain(row["phrase"], 200.0 if row["median"] else None) for row in held["answer"]["rows"]
        ]
        record["variants"].append(held)
    record["raise"] = record["gains"][:3]
    record["balance"] = {"largest": 3e-12, "preparation": 1e-15, "body": 3e-12}
    record["flags"] = [
        {"where": "electroporation", "message": "far below the threshold", "severity": "serious"},
        {"where": "regimen", "message": "one batch is smaller", "severity": "warning"},
    ]
    record["defaults"] = [
        {"path": "loading.electroporation.pulses", "value": "1", "source": "someone_2015"},
        {"path": "run.seed", "value": "1", "source": ""},
    ]
    record["preparation"] = _preparation(case)
    record["readings"] = _readings(case)
    record["values"] = _values(case)
    source = Source("someone_2015", "article", "Of vesicles", 2015, "A Someone, B Else", "10.1/x")
    record["sources"] = {
        "someone_2015": {"kind": "article", "title": source.title, "year": 2015,
                         "authors": source.authors, "doi": source.doi, "address": source.address,
                         "bibtex": source.bibtex()},
    }  # fmt: skip
    record["hypotheses"] = [{
        "family": "endosomal_escape", "doc": "Whether vesicles fuse.",
        "options": {"rare": "Hardly ever.", "common": "Often."}, "chosen": "each",
    }]  # fmt: skip
    record["provenance"] = {
        "exocast": "0.1.0", "python": "3.11", "numpy": "2", "scipy": "1", "machine": "x86_64",
        "created": "2025-01-01T00:00:00+00:00", "design_digest": "d" * 64,
        "catalogue_digest": "c" * 64, "network_digest": "n" * 64, "seed": 1,
        "members": {"uncertainty": U, "variability": V}, "states": 100, "parameters": 80,
        "design": f"title = '{case.title}'\n", "command": "exocast run kras-sirna-tumour",
    }  # fmt: skip
    if case.published:
        record["published"] = PUBLISHED
    if case.drivers:
        counts = {"read": 1, "borrowed": 1, "assumed": 1}
        record["drivers"] = _drivers(record["values"])
        record["trust"] = {"influential": counts, "all": counts}
        record["values"] = [v | {"log10_swing": 3.0, "matters": True} for v in record["values"]]
    else:
        record["drivers"] = []
        record["trust"] = {"influential": {}, "all": {"read": 3}}
    return Forecast(record, _dataset(case, cascades))


@pytest.fixture
def make() -> Callable[..., Forecast]:
    return lambda **odd: build(replace(Case(), **odd))


@pytest.fixture(scope="package")
def usual() -> str:
    """Return the page of the usual forecast."""
    return render(build(Case()))
