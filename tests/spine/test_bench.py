"""A Design that ends on the bench: answered, swept, searched, saved and repeated."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from exocast.cli.app import app
from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import run
from exocast.errors import DesignError
from exocast.learn.answers import Answerer
from exocast.material.asking import BENCH, QUANTITIES
from exocast.material.ledger import Entry

pytestmark = pytest.mark.filterwarnings("error")

FULL = Design.read("kras-sirna-tumour")
BENCH_DESIGN = Design.read("sirna-loading-bench")
MEMBERS = (4, 3)


def asked(quantity: str, design: Design = BENCH_DESIGN, **more: object) -> Design:
    settings = {"question.quantity": quantity, **more}
    if "needed" not in str(more):
        text = "\n".join(
            line for line in design.text.splitlines() if not line.startswith("needed ")
        )
        design = Design.from_text(text, design.folder, name=design.name)
    return design.with_settings(settings)


def answer(quantity: str, design: Design = BENCH_DESIGN, **more: object) -> dict:
    done = run(asked(quantity, design, **more), members=MEMBERS, variants=())
    return forecast_of(done).record


@pytest.fixture(scope="module")
def bench():
    return run(BENCH_DESIGN, members=MEMBERS)


@pytest.fixture(scope="module")
def last(bench) -> Entry:
    return bench.base[0].batch.ledger.entries[-1]


def median(record: dict, row: str = "") -> float:
    name = row or record["answer"]["row"]
    return next(one for one in record["cascade"] if one["name"] == name)["median"]


def of(values: np.ndarray) -> float:
    return float(np.median(np.median(values.reshape(MEMBERS), axis=1)))


@pytest.mark.parametrize("quantity", BENCH)
def test_every_quantity_of_the_bench_is_answered_in_its_unit(quantity):
    record = answer(quantity)
    row = record["answer"]["rows"][0]
    assert row["unit"] == QUANTITIES[quantity].unit
    lacking = quantity in ("cargo share inside hybrids", "ligands per small EV")
    assert (row["median"] == 0) == lacking, "there is something of everything else here"
    assert np.isfinite(row["median"])
    # The words stand after the number, or before the numbers of rivals: then with a capital letter.
    assert QUANTITIES[quantity].words.casefold() in record["answer"]["sentence"].casefold()
    assert record["ends_on"] == "bench"
    if row["unit"] == "1":
        assert row["median"] <= 1.0


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_what_is_enough_is_read_as_it_is_written(quantity):
    one = QUANTITIES[quantity]
    value = one.read(one.enough)
    assert one.read(value) == value, "a plain number counts in the unit of the quantity"
    assert one.read(f"{value!r}") == value


@pytest.mark.parametrize(
    ("quantity", "needed", "value"),
    [
        ("recovery of small EVs", "20 %", 0.2),
        ("cargo inside vesicles", "1 nmol", 6.02214076e14),
        ("particles per ug protein", "2e13 particles/mg", 2e10),
        ("copies per vesicle", "3 copies", 3.0),
        ("copies per vesicle", 3, 3.0),
        ("doses per batch", "12 doses", 12.0),
        ("small EVs per hour", "2.4e11 particles/d", 1e10),
    ],
)
def test_amounts_in_other_units(quantity, needed, value):
    assert QUANTITIES[quantity].read(needed) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("needed", ["many", "1 mL", "500 copies", True, -1.0, ["1"], "nan", "inf"])
def test_what_is_no_amount_is_one_clear_error(needed):
    design = asked("particles per ug protein", **{"question.needed": needed})
    with pytest.raises(DesignError) as caught:
        design.check()
    (problem,) = caught.value.problems
    assert "2e10 particles/ug" in problem.message
    assert "plain number" in problem.message


def test_numbers_by_hand(last):
    tube, cargo = last.after, "siRNA_KRAS_G12D"
    vesicles = [one for one in tube.populations if one.vesicular]
    count = sum(one.total for one in vesicles)
    inside = sum(one.copies(cargo) for one in vesicles)
    loaded = sum((one.count * (1 - one.inside[cargo].empty)).sum(axis=1) for one in vesicles)
    small = tube.population("small_ev").total
    every = sum(one.total for one in tube.populations)
    there = inside + tube.free[cargo]
    there = there + sum(one.copies(cargo, "attached") for one in tube.populations)
    there = there + sum(one.copies(cargo) for one in tube.populations if not one.vesicular)
    by_hand = {
        "small EVs per batch": small,
        "small EV share of particles": small / every,
        "copies per vesicle": inside / count,
        "loaded share of vesicles": loaded / count,
        "cargo inside vesicles": inside,
        "loading efficiency": inside / 6.02214076e14,
        "apparent loading efficiency": there / 6.02214076e14,
        "cargo share inside vesicles": inside / there,
    }
    for quantity, values in by_hand.items():
        assert median(answer(quantity)) == pytest.approx(of(values), rel=1e-12), quantity


def test_hours_leave_storage_out_and_hands_on_counts_work():
    frozen = FULL.with_settings({"question.quantity": "small EVs per hour"})
    record = answer("small EVs per hour", frozen)
    steps = record["preparation"]
    hours = sum(step["time_s"] for step in steps if step["stage"] != "storage") / 3600
    small = steps[-1]["particles"]["small_ev"]["median"]
    assert record["answer"]["rows"][0]["median"] == pytest.approx(small / hours, rel=1e-9)
    record = answer("small EVs per hands-on hour", frozen)
    worked = sum(step["hands_on_s"] for step in steps) / 3600
    assert record["answer"]["rows"][0]["median"] == pytest.approx(small / worked, rel=1e-9)


def test_recovery_is_the_product_of_the_shares_that_pass(bench):
    entries = bench.base[0].batch.ledger.entries
    small = [entry.after.population("small_ev").total for entry in entries]
    assert median(answer("recovery of small EVs")) == pytest.approx(of(small[-1] / small[0]))


def test_a_measurement_is_no_recovery():
    conditioned = answer("recovery of small EVs", FULL)
    compared = answer("recovery of small EVs", FULL, **{"assay.nta.use": "compare"})
    names = [row["name"] for row in conditioned["cascade"] if row["head"] == "asked"]
    assert not any("nta" in name for name in names)
    first = "recovery_of_small_evs_after_differential_centrifugation"
    assert median(conditioned, first) == median(compared, first)


def test_doses_count_as_the_regimen_counts():
    whole = answer("doses per batch", FULL)
    dose = FULL.plan().regimen.dose
    counted = answer("particles per batch", FULL)
    doses = counted["answer"]["rows"][0]["median"] / dose.value
    assert whole["answer"]["rows"][0]["median"] == pytest.approx(doses, rel=0.3)
    note = [row["note"] for row in whole["cascade"] if row["head"] == "vesicles"][-1]
    said, _, each = note.partition(", ")
    assert said == f"= {whole['answer']['rows'][0]['median']:.2g} doses per batch"
    assert each.endswith(" small EVs in each")


def test_the_bench_of_a_design_with_a_body_is_that_of_one_without():
    """Bit for bit: taking the body away draws the same members and moves no number of the tube."""
    text = FULL.text
    start, end = text.index("[regimen]"), text.index("[hypotheses]")
    tail = text[text.index("[run]") :].replace('horizon = "14 d"', "")
    question = text[text.index("[question]") : text.index("# ---- in the tube")]
    alone = text[:start].replace(question, '[question]\nquantity = "copies per vesicle"\n\n') + tail
    assert end > start
    bare = Design.from_text(alone, FULL.folder)
    one = run(bare, members=MEMBERS)
    other = run(asked("copies per vesicle", FULL), members=MEMBERS, variants=())
    for mine, theirs in zip(
        one.base[0].batch.ledger.entries, other.base[0].batch.ledger.entries, strict=True
    ):
        for a, b in zip(mine.after.populations, theirs.after.populations, strict=True):
            assert np.array_equal(a.count, b.count)
    rows = [forecast_of(each).record for each in (one, other)]
    assert median(rows[0]) == median(rows[1])
    heads = [row["head"] for row in rows[1]["cascade"]]
    assert list(dict.fromkeys(heads)) == ["vesicles", "load", "asked", "cargo", "cell"]
    assert len(one.base) == 1, "no value on this bench hangs on how vesicles escape in a cell"


def test_a_question_about_the_tube_solves_no_body(monkeypatch):
    from exocast.material import wired

    def never(*_, **__):
        raise AssertionError("a body was wired")

    monkeypatch.setattr(wired.Wired, "run", never)
    design = asked("copies per vesicle", FULL)
    answerer = Answerer.of(design, MEMBERS, None)
    for field in ("200 V/cm", "400 V/cm"):
        found = answerer.find(answerer.plan({"loading.electroporation.field": field}))
        assert (found.row.values[0] > 0).all()
        assert len(found.rivals) == 1


def test_rivals_of_the_bench_are_run_apart(bench):
    assert [branch.rival.selection for branch in bench.base] == [
        {"electroporation": "precipitate"},
        {"electroporation": "pores"},
    ]


def test_the_limiting_step_is_one_of_the_head_that_answers():
    purity = answer("particles per ug protein")
    assert purity["limiting_step"]["name"].startswith("particles_per_ug_protein")
    assert purity["smallest_fraction"]["name"] in {
        row["name"] for row in purity["cascade"] if row["head"] == "vesicles"
    }
    batch = answer("small EVs per batch")
    assert batch["limiting_step"]["name"] in {
        row["name"] for row in batch["cascade"] if row["head"] == "vesicles"
    }
    assert {row["fraction"] for row in purity["cascade"] if row["head"] == "asked"} == {None}


def test_the_trains_part_in_yield_and_hardly_in_purity():
    """Purity is bounded by the particles' own protein once the dissolved one is gone."""
    done = run(Design.read("isolation-trains"), members=(16, 2))
    record = forecast_of(done).record
    small, purity = [], []
    for one in (record, *record["variants"]):
        by_name = {row["name"]: row["median"] for row in one["cascade"]}
        small.append(by_name["polish"])
        purity.append(by_name["particles_per_ug_protein"])
    spun, narrow, wide = small
    assert spun < wide
    assert narrow < wide
    assert max(purity) < 1.5 * min(purity)
    assert "particles_per_ug_protein_after_pellet" in by_name


def test_the_documentation_lists_every_quantity_of_the_bench():
    page = Path(__file__).parents[2] / "docs" / "how-to" / "ask-the-bench.md"
    text = page.read_text(encoding="utf-8")
    for name in BENCH:
        one = QUANTITIES[name]
        assert f"| `{name}` | {one.counted} | {one.doc} |" in text, name


# ---- half a Design ------------------------------------------------------------------------------


def without(text: str, *tables: str) -> str:
    for table in tables:
        start = text.index(f"[{table}]")
        end = text.find("\n[", start)
        text = text[:start] + (text[end + 1 :] if end > 0 else "")
    return text


@pytest.mark.parametrize(
    ("gone", "message"),
    [
        (("models",), "half a body: there is [regimen], but the table [models] is missing"),
        (("regimen",), "half a body: there is [models], but the table [regimen] is missing"),
    ],
)
def test_half_a_body_is_one_message(gone, message):
    text = without(FULL.text.replace("[[variant]]", "[[variants]]"), *gone)
    text = text[: text.index("[[variants]]")]
    with pytest.raises(DesignError) as caught:
        Design.from_text(text, FULL.folder).check()
    (problem,) = caught.value.problems
    assert message in problem.message
    assert "the Design ends on the bench" in problem.message


def test_a_body_question_on_a_bench_without_a_cargo_does_not_offer_another_body_question():
    text = Design.read("isolation-trains").text.replace(
        'quantity = "particles per ug protein"', 'quantity = "copies taken up per target cell"'
    )
    with pytest.raises(DesignError) as caught:
        Design.from_text(text.replace("needed ", "# needed ")).check()
    (problem,) = caught.value.problems
    assert "this Design ends on the bench" in problem.message


def test_a_body_question_on_a_bench_says_what_is_missing():
    design = asked("functional copies per target cell")
    with pytest.raises(DesignError) as caught:
        design.check()
    (problem,) = caught.value.problems
    for word in ("[subject]", "[regimen]", "[models]", '"copies per vesicle"'):
        assert word in problem.message
    assert problem.line


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"question.quantity": "copies per vesicel"}, "copies per vesicle"),
        ({"question.dose": "1 mg/kg"}, "nobody is weighed"),
        ({"regimen.dose": "1e10 particles"}, "[models] is missing"),
    ],
)
def test_a_mistake_on_the_bench_is_explained(settings, message):
    with pytest.raises(DesignError, match=r".") as caught:
        BENCH_DESIGN.with_settings(settings).check()
    assert message in str(caught.value)


def test_doses_need_a_dose_and_copies_a_cargo():
    trains = Design.read("isolation-trains")
    with pytest.raises(DesignError, match='dose = "1e10 particles"'):
        asked("doses per batch", trains).check()
    with pytest.raises(DesignError, match="no step adds one"):
        asked("copies per vesicle", trains).check()
    with pytest.raises(DesignError, match="leave `dose` out"):
        FULL.with_settings({"question.dose": "1e9 particles"}).check()


def test_a_bench_needs_a_question_that_names_its_quantity():
    text = BENCH_DESIGN.text.replace('quantity = "copies per vesicle"', "")
    with pytest.raises(DesignError, match="question needs `quantity`"):
        Design.from_text(text, BENCH_DESIGN.folder).check()


def test_a_variant_adds_no_body():
    text = BENCH_DESIGN.text + (
        '\n[[variant]]\nname = "dosed"\nset = { "question.target_cell" = "PANC-1", '
        '"subject.species" = "mouse", "subject.body_weight" = "22 g", '
        '"regimen.route" = "intravenous_bolus", "regimen.dose" = "1e10 particles", '
        '"models.body" = "whole_body", "models.cell" = "endocytosis_and_escape" }\n'
    )
    with pytest.raises(DesignError) as caught:
        Design.from_text(text, BENCH_DESIGN.folder).check()
    assert "variant" in str(caught.value)


def test_what_changes_nothing_is_said():
    design = BENCH_DESIGN.with_settings({"run.horizon": "3 d", "question.at": "2 h"})
    (note,) = design.plan().notes[:1]
    assert note.severity == "note"
    assert "question.at, run.horizon" in note.message
    assert not any(one.path == "question.at" for one in BENCH_DESIGN.plan().defaults)


# ---- verbs --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    from typer.testing import CliRunner

    folder = tmp_path_factory.mktemp("bench")
    call = CliRunner()
    made = call.invoke(
        app,
        ["run", "sirna-loading-bench", "--members", "4x3", "--out", str(folder), "--name", "tube"],
    )
    assert made.exit_code == 0, made.output
    return folder, call, made.output


def test_run_prints_cascade_answer_and_doses(place):
    _, _, printed = place
    for words in ("copies per vesicle", "doses per batch", "Answer", "put in by all steps"):
        assert words in printed


def test_the_report_leaves_out_what_a_bench_has_not(place):
    folder, _, _ = place
    page = (folder / "tube" / "report.html").read_text(encoding="utf-8")
    for key in ("body", "response", "published", "needed", "observed"):
        assert f'id="{key}"' not in page
    for key in ("answer", "cascade", "change", "sample", "cargo", "values", "reproduce"):
        assert f'id="{key}"' in page
    record = json.loads((folder / "tube" / "forecast.json").read_text(encoding="utf-8"))
    assert record["provenance"]["states"] == 0


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("batch {tube} --csv {folder}/sheet.csv", "in a batch"),
        ("drivers {tube}", "with all at their medians"),
        ("open {tube}", "copies per vesicle"),
        ("pack {tube} -o {folder}/tube.zip", "digest"),
        ("rerun {folder}/tube.zip", "to the last bit"),
        ("cite {tube}", "Nothing was dosed"),
        ("claims {tube}", "supported"),
    ],
)
def test_verbs_on_a_saved_bench(place, command, words):
    folder, call, _ = place
    line = command.format(tube=folder / "tube", folder=folder)
    result = call.invoke(app, line.split())
    assert result.exit_code == 0, result.output
    assert words in result.output


@pytest.mark.parametrize("command", ["needed {tube}", "labels sirna-loading-bench"])
def test_verbs_of_a_body_say_why_not(place, command):
    folder, call, _ = place
    result = call.invoke(app, command.format(tube=folder / "tube").split())
    assert result.exit_code != 0
    said = result.output + str(result.exception or "")
    assert "nothing is dosed" in said


def test_sweep_and_search_on_the_bench():
    from exocast.learn.goal import seek
    from exocast.learn.sweep import sweep

    turned = sweep(BENCH_DESIGN, {"loading.cargo_amount": "1..100 nmol:3log"}, members=MEMBERS)
    medians = [point["by_hypothesis"][0]["median"] for point in turned.points]
    assert medians == sorted(medians)
    assert turned.record["answer"]["title"] == "copies per vesicle"
    found = seek(BENCH_DESIGN, "answer >= 0.01 copies", "loading.cargo_amount", members=MEMBERS)
    assert found.reached
    with pytest.raises(Exception, match="counted in particle/ug"):
        seek(
            Design.read("isolation-trains"), "answer >= 1e10 particles", "donor.cells",
            members=(2, 1), within="1e8..1e9",
        )  # fmt: skip
