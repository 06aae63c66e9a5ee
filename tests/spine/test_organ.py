"""A Design that asks about an organ: no tumour, no target cell, and a cascade that closes."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.cascading import build_cascade
from exocast.design.recording import forecast_of
from exocast.design.run import Run, run
from exocast.errors import DesignError
from exocast.learn.answers import Answerer
from exocast.material.asking import ORGAN, QUANTITIES
from exocast.report.page import panels_of

pytestmark = pytest.mark.filterwarnings("error")

SHARE, BEHIND = "share of the dose in the organ", "share of the dose behind the vessel wall"
GRAM, COPIES = "particles in the organ per gram", "copies in the organ per gram"
BRAIN = Design.read("rvg-brain").with_settings({"ligand.copies": 0, "run.horizon": "25 h"})
FULL = Design.read("kras-sirna-tumour")
MEMBERS = (3, 2)


def done(design: Design = BRAIN, **settings: object) -> Run:
    changed = {f"question.{name}": value for name, value in settings.items()}
    return run(design.with_settings(changed), members=MEMBERS, variants=())


def rows(held: Run) -> dict[str, np.ndarray]:
    cascade = build_cascade(held.plan, held.base, held.axes.uncertainty)
    return {row.name: row.values[0] for row in cascade.rows}


@pytest.fixture(scope="module")
def brain() -> Run:
    return done(quantity=BEHIND)


def test_the_answer_is_what_the_time_course_holds(brain):
    branch, found = brain.base[0], rows(brain)
    at = brain.plan.study.at
    organ, wall = (branch.course.at(name, at) for name in ("brain", "brain.endothelium"))
    np.testing.assert_allclose(found["in_organ"], organ, rtol=1e-6)
    # By another route: all that left the blood, less what its vessel walls ever took.
    np.testing.assert_allclose(
        found["asked_behind_wall"] * found["dosed"], organ - wall, rtol=0, atol=2e-6 * organ.max()
    )
    np.testing.assert_allclose(found["asked_in_organ"] * found["dosed"], organ, rtol=1e-6)
    assert np.all(found["asked_in_cells"] <= found["asked_behind_wall"])
    assert np.all(found["asked_behind_wall"] <= found["asked_in_organ"])


def test_organs_and_blood_hold_the_dose(brain):
    branch, found = brain.base[0], rows(brain)
    parts = branch.published["body.parts"]
    held = sum(branch.course.at(name, brain.plan.study.at) for name in parts)
    np.testing.assert_allclose(held, found["dosed"], rtol=2e-6)
    assert "tumour" not in parts


def test_blood_brings_vesicles_in_the_ratio_of_flows(brain):
    kidney = done(quantity=SHARE, organ="kidney")
    through = brain.base[0].published["circulation"].through
    expected = through["kidney"] / through["brain"]
    np.testing.assert_allclose(
        rows(kidney)["brought"] / rows(brain)["brought"], expected, rtol=1e-4
    )
    lung = rows(done(quantity=SHARE, organ="lung"))
    assert np.all(lung["brought"] > 3.0 * lung["dosed"]), "a vesicle passes lung again and again"


def test_a_gram_is_of_the_organ(brain):
    each = done(quantity=GRAM)
    grams = each.base[0].published["brain.grams"]
    np.testing.assert_allclose(
        rows(each)["asked_in_organ"] * grams, rows(brain)["in_organ"], rtol=1e-6
    )
    volume = each.base[0].published["brain.volume"]
    np.testing.assert_allclose(grams, 1.05e6 * volume, rtol=1e-12)


def test_copies_of_a_cargo_beside_a_tumour_that_is_not_asked_about():
    held = done(FULL, quantity=COPIES, organ="liver", needed="1e8 copies/g")
    branch, found = held.base[0], rows(held)
    cargo, at = held.plan.study.cargo, held.plan.study.at
    there = sum(branch.course.at(f"liver.{cargo}{end}", at) for end in ("", ".aboard"))
    np.testing.assert_allclose(
        found["asked_in_organ"] * branch.published["liver.grams"], there, rtol=1e-6
    )
    assert {"loaded", "brought", "in_organ"} < set(found)
    assert not {"arrived", "taken_up", "in_cytosol"} & set(found)
    answer = forecast_of(held).record["answer"]
    assert answer["rows"][0]["unit"] == "copy/g"
    assert "copies per gram of liver" in answer["sentence"]


@pytest.mark.parametrize("route", ["intranasal", "intrathecal"])
def test_where_blood_is_not_the_only_way_its_passes_are_not_counted(route):
    text = BRAIN.text.replace('"intravenous_bolus"', f'"{route}"')
    found = rows(done(Design.from_text(text, name="beside.toml"), quantity=SHARE))
    assert "brought" not in found
    assert np.all(found["in_organ"] <= found["dosed"])
    assert np.all(found["in_organ"] > 0)


def test_the_report_speaks_of_the_organ(brain):
    forecast = forecast_of(brain)
    record = forecast.record
    assert record["question"]["organ"] == "brain"
    assert record["answer"]["title"] == "share of the dose in brain, behind its vessel wall"
    (brought,) = (row for row in record["cascade"] if row["name"] == "brought")
    assert brought["fraction"] is None
    assert float(brought["note"].split()[1]) < 3.0, "a small share of each pass of all blood"
    assert "of the dose in brain, behind its vessel wall" in record["answer"]["sentence"]
    assert record["limiting_step"]["name"] in ("brought", "in_organ", "asked_behind_wall")
    panels = {panel.key: panel for panel in panels_of(forecast)}
    first = panels["answer"].finding
    assert "brain, behind its vessel wall by 24 h" in first
    assert "brain holds" in panels["body"].finding
    assert not {"needed", "response"} & set(panels)
    assert not any("tumour" in panel.finding for panel in panels.values())


def test_levers_of_the_organ_are_turned():
    answerer = Answerer.of(BRAIN.with_settings({"question.quantity": GRAM}), MEMBERS, None)
    small, large = (
        answerer.find(answerer.plan({"regimen.dose": dose})).row.values[0]
        for dose in ("1e10 particles", "2e10 particles")
    )
    assert np.all((large / small > 1.5) & (large / small < 3.0))


# ---- what is missing for which question ---------------------------------------------------------


def problems(text: str) -> str:
    with pytest.raises(DesignError) as caught:
        Design.from_text(text, name="asked.toml").check()
    return "\n".join(f"{one.where}: {one.message}" for one in caught.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "messages"),
    [
        ('organ    = "brain"\n', "", ["question needs `organ`"]),
        ('"brain"', '"brian"', ["no such organ. Did you mean `brain`?"]),
        ('"brain"', '"tumour"', ["a tumour is asked for by its cells"]),
        (f'"{BEHIND}"', '"small EVs per batch"', ["is not asked of an organ. Leave `organ` out"]),
        (f'"{BEHIND}"', f'"{COPIES}"', ['ask for "particles in the organ per gram"']),
        (
            f'quantity = "{BEHIND}"\norgan    = "brain"',
            'quantity = "particles taken up per target cell"',
            ["question needs `target_cell`", "models needs `cell`", "the subject has no tumour"],
        ),
        (
            'body = "whole_body"',
            'body = "whole_body"\ncell = "endocytosis_and_escape"',
            ["leave the model out: the question is not about cells"],
        ),
        (
            'body = "whole_body"',
            'body = "whole_body"\nresponse = "gene_silencing"',
            ["a response follows from what target cells get"],
        ),
    ],
)
def test_what_is_missing_is_said_at_once(old, new, messages):
    text = Design.read("rvg-brain").text
    assert old in text
    said = problems(text.replace(old, new))
    for message in messages:
        assert message in said


def test_the_documentation_lists_every_quantity_of_an_organ(pytestconfig):
    page = pytestconfig.rootpath / "docs" / "how-to" / "ask-an-organ.md"
    text = page.read_text(encoding="utf-8")
    for name in ORGAN:
        one = QUANTITIES[name]
        assert f"| `{name}` | {one.counted} | {one.doc} |" in text, name
