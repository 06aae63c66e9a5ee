"""No setting of a document is inert either: question, subject, regimen, observed and run.

Each is turned in a small run of the packaged design. What a setting `moves` is read by `SEEN`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from exocast.design import Design, simulating
from exocast.design.recording import forecast_of
from exocast.design.run import Run, run
from exocast.errors import DesignError
from exocast.face import template
from exocast.material.asking import ORGAN
from exocast.material.document import QUANTITIES, Observed, Question, Regimen, Subject
from exocast.material.document import Run as RunTable
from exocast.material.step import KineticStep, Setting, settings_of
from exocast.qualify import with_observed
from exocast.stages.biodistribution import ROUTES

MEMBERS = (2, 1)
TABLES = {
    "question": Question,
    "subject": Subject,
    "regimen": Regimen,
    "observed": Observed,
    "run": RunTable,
}
Settings = Mapping[str, object]
NTA_FILE = "batch-07-ExperimentSummary.csv"

SECOND_CARGO = """
[[step]]
id = "drug"
stage = "loading"
method = "passive_incubation"
cargo = "doxorubicin"
"""
IRON = """
[[step]]
stage = "surface_engineering"
method = "insertion"
molecule = "iron_oxide"
amount = "1 nmol"
"""
PEPTIDE = IRON.replace("iron_oxide", "irgd")
READINGS = """time [h],organ,quantity,value,unit
1,liver,percent_injected,{value},%ID
4,spleen,percent_injected,5,%ID
"""


def observed(file: str = "one.csv", label: str = "zirconium-89", perfused: str = "false") -> str:
    """Return a table [[observed]]."""
    return f'[[observed]]\nfile = "{file}"\nlabel = "{label}"\nperfused = {perfused}\n'


BENCH = {"=": "isolation-trains", "question.quantity": "doses per batch", "question.needed": "3"}
TURNS: Mapping[str, tuple[Settings, ...]] = {
    "question.quantity": tuple(
        {
            "question.quantity": name,
            **({"question.organ": "liver"} if name in ORGAN else {}),
            **({"+": PEPTIDE} if one.outside else {}),
        }
        for name, one in QUANTITIES.items()
    ),
    "question.organ": (
        {"question.quantity": ORGAN[0], "question.organ": "liver"},
        {"question.quantity": ORGAN[0], "question.organ": "brain"},
    ),
    "question.target_cell": (
        {"question.target_cell": "PANC-1"},
        {"question.target_cell": "another"},
    ),
    "question.cargo": (
        {"+": SECOND_CARGO, "question.cargo": "siRNA_KRAS_G12D"},
        {"+": SECOND_CARGO, "question.cargo": "doxorubicin"},
    ),
    "question.at": ({"question.at": "2 h"}, {"question.at": "20 h"}),
    "question.dose": (
        {**BENCH, "question.dose": "1e9 particles"},
        {**BENCH, "question.dose": "1e10 particles"},
    ),
    "question.needed": ({"question.needed": "10 copies"}, {"question.needed": "1000 copies"}),
    "subject.body_weight": ({"subject.body_weight": "20 g"}, {"subject.body_weight": "30 g"}),
    "subject.sex": (
        {"subject.species": "human", "subject.body_weight": "70 kg", "subject.sex": "male"},
        {"subject.species": "human", "subject.body_weight": "70 kg", "subject.sex": "female"},
    ),
    "subject.tumour.cell": (
        {"subject.tumour.cell": "PANC-1"},
        {"subject.tumour.cell": "another"},
    ),
    "subject.tumour.volume": (
        {"subject.tumour.volume": "100 mm^3"},
        {"subject.tumour.volume": "500 mm^3"},
    ),
    "subject.labels": (
        {"subject.labels": []},
        {"subject.labels": ["lipophilic-dye"]},
        {"subject.labels": ["lipophilic-dye", "zirconium-89"]},
    ),
    "subject.disturbances": (
        {"subject.disturbances": {}},
        {"subject.disturbances": {"macrophages": "depleted"}},
        {"subject.disturbances": {"sepsis": "moderate"}},
        {"subject.disturbances": {"sepsis": "severe"}},
        {"subject.disturbances": {"liver_dysfunction": "severe"}},
        {"subject.disturbances": {"cd169": "absent"}},
        {"subject.disturbances": {"phagocyte_block": "1e12 particles", "lead": "1 h"}},
        {"subject.disturbances": {"phagocyte_block": "1e12 particles", "lead": "6 h"}},
    ),
    "regimen.route": ({"regimen.route": "intravenous_bolus"}, {"regimen.route": "intratumoural"}),
    "regimen.dose": (
        {"regimen.dose": "1e9 particles"},
        {"regimen.dose": "1e10 particles"},
    ),
    "regimen.times": ({"regimen.times": ["0 h"]}, {"regimen.times": ["0 h", "12 h"]}),
    "regimen.magnet.organ": (
        {"+": IRON, "regimen.magnet": {"organ": "liver"}},
        {"+": IRON, "regimen.magnet": {"organ": "tumour"}},
    ),
    "regimen.magnet.gradient": (
        {"+": IRON, "regimen.magnet": {"organ": "liver", "gradient": "10 T/m"}},
        {"+": IRON, "regimen.magnet": {"organ": "liver", "gradient": "100 T/m"}},
    ),
    "regimen.magnet.duration": (
        {"+": IRON, "regimen.magnet": {"organ": "liver", "duration": "5 min"}},
        {"+": IRON, "regimen.magnet": {"organ": "liver", "duration": "1 h"}},
    ),
    "observed.file": ({"+": observed()}, {"+": observed(file="other.csv")}),
    "observed.label": ({"+": observed()}, {"+": observed(label="lipophilic-dye")}),
    "observed.perfused": ({"+": observed()}, {"+": observed(perfused="true")}),
    "run.horizon": ({"run.horizon": "2 d"}, {"run.horizon": "3 d"}),
    "run.members.uncertainty": (
        {"run.members": {"uncertainty": 2, "variability": 1}},
        {"run.members": {"uncertainty": 3, "variability": 1}},
    ),
    "run.members.variability": (
        {"run.members": {"uncertainty": 2, "variability": 1}},
        {"run.members": {"uncertainty": 2, "variability": 2}},
    ),
    "run.seed": ({"run.seed": 1}, {"run.seed": 2}),
    "run.classes": ({"run.classes": {"small_ev": 1}}, {"run.classes": {"small_ev": 5}}),
    # Settings of steps that only a whole run shows to act.
    "assay.nta.file": ({"assay.nta.file": ""}, {"assay.nta.file": NTA_FILE}),
    "assay.nta.use": ({"assay.nta.use": "condition"}, {"assay.nta.use": "compare"}),
    "biodistribution.tag.label": (
        {"subject.labels": ["lipophilic-dye"]},
        {"subject.labels": ["gaussia-luciferase"]},
        {"subject.labels": ["iodine-125-norbiotinamide"]},
        {"subject.labels": ["zirconium-89"]},
    ),
}
"""Settings of the whole design between which each setting is turned.

``+`` appends to the text of the packaged design; ``=`` names another template, without a body.
"""

ONE_ONLY = {
    "subject.species": "rows exist for the mouse alone; test_another_species_is_refused",
}
"""Settings of which there is only one value today."""

_FIRST, _SECOND, *_ = QUANTITIES
SAME = {frozenset((_FIRST, _SECOND)): "what silencing needs was counted in the cytosol: it is that"}
"""Values that are meant to be the same thing under two names."""

MISNAMED: Mapping[str, str] = {}
"""Settings that are known not to move what they say; once mended, take them out."""


def of(name: str) -> Callable[[Run, Mapping[str, Any]], Any]:
    """Return what reads an output at the end of the run, array (n,)."""
    return lambda run, record: run.base[0].course.of(name)[:, -1]


SEEN: Mapping[str, Callable[[Run, Mapping[str, Any]], Any]] = {
    "answer": lambda run, record: record["answer"]["rows"],
    "doses per batch": lambda run, record: [r["median"] for r in record["answer"]["rows"]],
    "flags": lambda run, record: record["flags"],
    "orders short": lambda run, record: [r["orders_short"] for r in record["answer"]["rows"]],
    "uptake": of("taken_up"),
    "arrival": of("arrived"),
    "physiology": lambda run, record: run.base[0].published["plasma.volume"],
    "label": lambda run, record: list(run.base[0].course.names),
    "what is shown": lambda run, record: _labelled(run),
    "clearance": lambda run, record: run.base[0].course.at("blood", 600.0),
    "held by a magnet": lambda run, record: _held(run),
    "report": lambda run, record: record["observed"],
    "smoothness": lambda run, record: run.axes.members,
}
"""What a setting can say that it `moves`, and how it is read."""


def addresses(cls: type[Any], label: str) -> Iterator[tuple[str, Setting]]:
    for name, one in settings_of(cls).items():
        if one.table is None:
            yield f"{label}.{name}", one
        else:
            yield from addresses(one.table, f"{label}.{name}")


ALL = {a: one for name, cls in TABLES.items() for a, one in addresses(cls, name)}


@pytest.fixture(scope="session")
def ran(
    design: Design, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Settings], tuple[Run, Mapping[str, Any]]]:
    """Run the packaged design, small, with settings; once for the same settings."""
    folder = tmp_path_factory.mktemp("design")
    shutil.copy(design.folder / NTA_FILE, folder)
    for name, value in (("one.csv", 20), ("other.csv", 60)):
        (folder / name).write_text(READINGS.format(value=value))
    held: dict[str, tuple[Run, Mapping[str, Any]]] = {}

    def of(settings: Settings) -> tuple[Run, Mapping[str, Any]]:
        key = repr(settings)
        if key not in held:
            source = template(settings["="]) if "=" in settings else design
            text, _, variants = source.text.partition("[[variant]]")
            run_table = variants[variants.index("[run]") :]
            base = Design.from_text(f"{text}{settings.get('+', '')}{run_table}", folder)
            chosen = {name: value for name, value in settings.items() if name not in "+="}
            plain = (
                {}
                if "=" in settings
                else {
                    "hypotheses.endosomal_escape": "rare",
                    "regimen.times": ["0 h"],
                    "run.horizon": "2 d",
                    "run.classes": {"small_ev": 1},
                    "models.response": [],
                }
            )
            turned = base.with_settings({**plain, **chosen})
            members = None if "run.members" in settings else MEMBERS
            finished = run(turned, members=members, threads=2)
            held[key] = finished, with_observed(forecast_of(finished), finished).record
        return held[key]

    return of


def _shown(run: Run, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return every result, without what only repeats the question."""
    branch = run.base[0]
    said = (
        "answer",
        "cascade",
        "flags",
        "preparation",
        "readings",
        "values",
        "members",
        "variants",
    )
    shown = {**{name: record.get(name) for name in said}, "observed": record.get("observed")}
    if not run.plan.has_body:
        return shown
    course = branch.course
    return {
        **shown,
        "names": course.names,
        "time": course.time.tolist(),
        "amount": course.amount.tobytes(),
    }


def _held(run: Run) -> list[float]:
    """Return what a magnet holds twenty minutes after the dose, wherever it is held."""
    course = run.base[0].course
    return [float(course.at(name, 1200.0)[0]) for name in course.names if name.endswith(".held")]


def _labelled(run: Run) -> dict[int, list[float]]:
    """Return the courses of labels, whatever they are called."""
    (label,) = run.plan.study.labels
    course = run.base[0].course
    names = sorted(name for name in course.names if label in name)
    return {i: course.of(name)[:, 5].tolist() for i, name in enumerate(names)}


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)


def turns_of(address: str) -> tuple[Settings, ...]:
    if address not in TURNS:
        pytest.fail(f"nothing is known that turns `{address}`: add it to TURNS here")
    return TURNS[address]


@pytest.mark.parametrize("address", [a for a in {**ALL, **TURNS} if a not in ONE_ONLY])
def test_it_changes_something(address: str, ran: Any) -> None:
    """Every pair of values gives another result."""
    results = [(settings, *ran(settings)) for settings in turns_of(address)]
    for (a, *first), (b, *second) in combinations(results, 2):
        if frozenset({str(a.get(address)), str(b.get(address))}) in SAME:
            continue
        assert _shown(*first) != _shown(*second), f"`{address}` is inert between {a} and {b}"


def misnamed(address: str) -> Any:
    """Return the case of an address, marked where it is known to fail."""
    if address not in MISNAMED:
        return address
    reason = MISNAMED[address]
    return pytest.param(
        address, marks=pytest.mark.xfail(strict=True, raises=AssertionError, reason=reason)
    )


@pytest.mark.parametrize(
    "address", [misnamed(a) for a, one in ALL.items() if one.moves and a not in ONE_ONLY]
)
def test_it_moves_what_it_says(address: str, ran: Any) -> None:
    one = ALL[address]
    if one.moves not in SEEN:
        pytest.fail(f"`moves` names `{one.moves}`, which SEEN does not know: add how it is read")
    seen = [SEEN[one.moves](*ran(settings)) for settings in turns_of(address)]
    assert not equal(seen[0], seen[-1]), f"{one.moves} does not move"
    if one.direction:
        change = one.direction * (np.asarray(seen[-1]) - np.asarray(seen[0]))
        assert (change >= 0).all()
        assert (change > 0).any()


def test_every_name_is_known() -> None:
    assert {one.moves for one in ALL.values() if one.moves} <= set(SEEN)
    assert {*MISNAMED, *ONE_ONLY} <= set(ALL)


@pytest.mark.parametrize(
    "dose", ["5e9 small EVs", "10 ug", "1 mg/kg", "1e11 particles/kg", "1e10 particles"]
)
def test_a_dose_is_what_it_counts(dose: str, ran: Any) -> None:
    """Each way of saying a dose is its own, and twice as much brings twice the vesicles."""
    finished, _ = ran({"regimen.dose": dose})
    number = float(dose.split(maxsplit=1)[0])
    twice, _ = ran({"regimen.dose": f"{2 * number:g} {dose.split(maxsplit=1)[1]}"})
    given, doubled = (r.base[0].wired.dosed["particles"] for r in (finished, twice))
    assert doubled == pytest.approx(2 * given)
    if dose.endswith("small EVs"):
        count = np.sum([c.count for c in finished.base[0].carriers if c.kind == "small_ev"], axis=0)
        assert count * finished.base[0].share == pytest.approx(number)
    if dose.endswith("/kg") and "particles" in dose:
        same, _ = ran({"regimen.dose": f"{0.022 * number:g} particles"})
        assert same.base[0].wired.dosed["particles"] == pytest.approx(given)


def test_another_species_is_refused(design: Design) -> None:
    """Nothing is borrowed silently: a species without rows is a mistake of the Design."""
    other = design.with_settings({"subject.species": "unicorn"})
    with pytest.raises(DesignError, match="unicorn"):
        other.check()


@pytest.mark.parametrize(
    "disturbances", [{"macrophages": "deplet"}, {"macrophage": "depleted"}, {"spleen": "removed"}]
)
def test_a_disturbance_that_nobody_knows_is_refused(
    design: Design, disturbances: Mapping[str, str]
) -> None:
    with pytest.raises(DesignError):
        design.with_settings({"subject.disturbances": disturbances}).check()


HEDGED = {
    "biodistribution.whole_body.shield_floor": "no packaged step puts a coat on vesicles",
    "biodistribution.whole_body.coil_radius": "as shield_floor",
    "biodistribution.whole_body.receptor_tip": "as shield_floor",
    "biodistribution.whole_body.wrapped_smallest": "through a coat: as shield_floor",
    "biodistribution.targeting.height": "as shield_floor",
    "biodistribution.whole_body.return_half": "no packaged step displays an albumin binder",
    "biodistribution.whole_body.return_largest": "no packaged step displays an albumin binder",
    "biodistribution.whole_body.galactose_binding": "no packaged step takes off sialic acid",
    "biodistribution.whole_body.asialo_binding": "no packaged step takes off sialic acid",
    "biodistribution.whole_body.hepatocytes": "asked for with asialo_binding, or with a coat",
    "biodistribution.whole_body.hepatocyte_radius": "asked for with asialo_binding, or with a coat",
    "biodistribution.whole_body.depletion_residual": "asked for where macrophages are depleted",
}
"""Needs of kinetic steps that an ordinary run does not ask for."""


@pytest.mark.parametrize("route", ROUTES)
def test_what_a_kinetic_step_declares_is_used(
    route: str, design: Design, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, set[tuple[str, frozenset[tuple[str, str]]]]] = {}
    needed: dict[str, set[tuple[str, frozenset[tuple[str, str]]]]] = {}
    plain = simulating.draws_for

    def watched(step: Any, study: Any, ensemble: Any) -> Any:
        p = plain(step, study, ensemble)
        if not isinstance(step, KineticStep):
            return p
        name = f"{step.stage}.{step.method}"
        held = asked.setdefault(name, set())
        needs = simulating.needs_of(step, study)
        needed[name] = {(n.parameter.key, frozenset(n.context.items())) for n in needs}
        look = type(p).at

        class Watch(type(p)):  # type: ignore[misc]
            def at(self, parameter: Any, **extra: str) -> Any:
                held.add((parameter.key, frozenset({**self.context, **extra}.items())))
                return look(self, parameter, **extra)

        return Watch(ensemble, p.context)

    monkeypatch.setattr(simulating, "draws_for", watched)
    settings = {
        "regimen.route": route,
        "regimen.times": ["0 h"],
        "run.classes": {"small_ev": 1},
        "subject.labels": ["lipophilic-dye"],
        "hypotheses.endosomal_escape": "rare",
    }
    run(design.with_settings(settings), members=(2, 1), variants=[])
    assert {"biodistribution.whole_body", f"biodistribution.{route}"} <= set(asked)
    for name, wanted in needed.items():
        unused = {key for key, _ in wanted - asked[name]}
        assert unused <= set(HEDGED), f"{name} declares and never asks for {unused - set(HEDGED)}"
        assert asked[name] <= wanted
