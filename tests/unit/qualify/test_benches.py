"""Cases on the bench: words, readings by hand, the naive prediction, page and table."""

import csv
import math

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.errors import ExocastError, TableError
from exocast.evidence import Axes, Catalogue
from exocast.material.asking import BENCH as ASKED
from exocast.qualify.bench_point import BenchPoint, unit_of
from exocast.qualify.benches import BenchBaseline, run_bench
from exocast.qualify.casebook import BENCH, packaged_benches, read_cases
from exocast.qualify.judging import judged
from exocast.qualify.qualification import qualify
from exocast.report.qualifying import panels_of_qualification

TUBE = """
exocast = 1
title = "Plasma on a column"
[question]
quantity = "recovery of small EVs"
[[step]]
stage = "donor"
method = "body_fluid"
fluid = "plasma"
volume = "0.5 mL"
[[step]]
id = "column"
stage = "isolation"
method = "size_exclusion"
"""
CASE = f"""
name = "one"
paper = "One 2020"
role = "build"
scored = true
reason = "a test"
stage = "isolation"
design = '''{TUBE}'''

[[point]]
step = "column"
quantity = "share left"
of = "dissolved protein"
observed = 1
unit = "%"
"""


@pytest.fixture(scope="module")
def bench():
    return run_bench(Design.from_text(TUBE), Store(Catalogue.packaged(), Axes(4, 1), 1))


def read(bench, quantity, of="", **more):
    return bench.reads(BenchPoint(quantity, 1.0, more.pop("unit", "1"), of=of, **more))


def test_a_reading_is_what_the_ledger_holds(bench):
    first, last = (bench.entries[i].after for i in (0, 1))
    kept = read(bench, "share left", "ldl", step="column")
    assert np.allclose(kept, last.population("ldl").total / first.population("ldl").total)
    every = read(bench, "amount", "particles", unit="particle")
    assert np.allclose(every, sum(one.total for one in last.populations))
    per = read(bench, "ratio", "lipoproteins", over="vesicles", step="body_fluid")
    fats = sum(first.population(name).total for name in ("chylomicron", "vldl", "ldl", "hdl"))
    sacs = sum(one.total for one in first.populations if one.vesicular)
    assert np.allclose(per, fats / sacs)
    assert np.allclose(
        read(bench, "concentration", "dissolved protein", unit="g/L"),
        last.solutes["protein"] / last.volume,
    )


def test_an_instrument_sees_less_than_there_is(bench):
    seen = read(bench, "amount", "counted vesicles", unit="particle")
    assert np.all(seen < read(bench, "amount", "vesicles", unit="particle"))
    parts = [read(bench, "amount", f"counted {name}", unit="particle")
             for name in ("vesicles", "lipoproteins", "protein_aggregate")]  # fmt: skip
    every = read(bench, "amount", "counted particles", unit="particle")
    assert np.allclose(sum(parts), every, rtol=1e-9)


def test_sizes_are_means_by_number_and_by_light(bench):
    tube = bench.entries[-1].after
    one = tube.population("ldl")
    mean = (one.count * one.diameter).sum(axis=1) / one.total
    assert np.allclose(read(bench, "mean size", "ldl", unit="nm"), mean)
    by_light = read(bench, "scattered size", "vesicles", unit="nm")
    assert np.all(by_light > read(bench, "mean size", "vesicles", unit="nm"))
    sizes = [read(bench, "scattered size", kind, unit="nm") for kind in ("ldl", "vldl")]
    both = read(bench, "scattered size", "lipoproteins", unit="nm")
    widest = read(bench, "scattered size", "chylomicron", unit="nm")
    assert np.all((sizes[0] < both) & (both < widest))
    assert np.isnan(read(bench, "mean size", "hybrid", unit="nm")).all(), "there are none"


def test_charge_is_weighted_by_light_and_uptake_needs_a_cargo(bench):
    tube = bench.entries[-1].after
    small = tube.population("small_ev").surface["zeta_potential"]
    assert np.allclose(read(bench, "zeta potential", "small_ev", unit="mV"), small)
    with pytest.raises(ExocastError, match="adds a cargo"):
        read(bench, "cell uptake", unit="fL/s")


def test_an_interval_below_zero_is_that_of_the_members():
    members = np.linspace(-20.0, -10.0, 101)
    found = judged(-12.0, members, 0.5)
    assert (found["low"], found["high"]) == pytest.approx((-19.5, -10.5))
    assert found["inside"]
    assert found["fold"] is None


def test_cells_take_up_what_its_carriers_would_bring_them():
    def uptake(amount):
        done = run_bench(
            Design.read("mrna-hybrid").with_settings({"liposomes.lipid": amount}),
            Store(Catalogue.packaged(), Axes(6, 1), 1),
        )
        return read(done, "cell uptake", unit="fL/s", step="fusion"), done

    mixed, done = uptake("100 ug")
    tube = done.entries[done.place("fusion")].after
    share = tube.population("hybrid").copies("mRNA") / sum(tube.pools("mRNA").values())
    alone = read(done, "cell uptake", unit="fL/s", step="liposomes")
    leaked = 1 - tube.population("liposome").copies("mRNA") / sum(tube.pools("mRNA").values())
    assert np.all(mixed >= 0)
    assert np.all((mixed > alone * (1 - leaked)) == (share > 0)), "hybrids bind beside the rest"


@pytest.mark.parametrize("quantity", ASKED)
def test_what_a_question_asks_can_be_read_after_a_step(bench, quantity):
    if "cargo" in quantity or "copies" in quantity or quantity.startswith(("load", "doses")):
        return  # no step of this Design adds a cargo, and nothing says what a dose is
    point = BenchPoint(quantity, math.nan, "1", compared=True, expected="increase", step="column")
    assert np.isfinite(bench.reads(point)).all()


def test_a_step_or_an_amount_that_is_not_there_is_said(bench):
    with pytest.raises(ExocastError, match="no step `colum`"):
        read(bench, "share left", "ldl", step="colum")
    with pytest.raises(ExocastError, match="before its first step"):
        read(bench, "share left", "ldl", step="body_fluid")
    with pytest.raises(ExocastError, match="no culture"):
        read(bench, "ratio", "small_ev", over="cells", unit="particle/cell")
    with pytest.raises(ExocastError, match="no such amount"):
        unit_of("counted vldls")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('unit = "%"', 'unit = "nm"'), "nm"),
        (('"share left"', '"share lost"'), "no such quantity"),
        (('"dissolved protein"', '"protien"'), "protein"),
        (("observed = 1\n", ""), "needs `observed`"),
        (("observed = 1", 'observed = 1\nexpected = "increase"'), "compared = true"),
        (("observed = 1", "observed = 1\ncompared = true"), "`against`"),
        (('a test"\nstage = "isolation"', 'a test"\nstage = "isolating"'), "no such stage"),
    ],
)  # fmt: skip
def test_a_case_with_a_mistake_is_refused(tmp_path, change, said):
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    assert read_cases([path])[0].size == 1
    assert CASE.count(change[0]) == 1
    path.write_text(CASE.replace(*change), encoding="utf-8")
    with pytest.raises(TableError, match=said):
        read_cases([path])


def test_the_naive_prediction_knows_thing_and_method_and_never_its_own_paper():
    def point(paper, what, method, value, role="build"):
        return {"paper": paper, "what": what, "method": method, "in_si": value, "role": role,
                "scored": True, "observed": value, "predicted": value}  # fmt: skip

    naive = BenchBaseline(
        [point("a", "share", "spin", 0.1), point("b", "share", "spin", 0.4),
         point("b", "share", "column", 0.9)]
    )  # fmt: skip
    new = point("c", "share", "spin", 0.5, "verify")
    assert naive.predict(new) == pytest.approx(0.2)
    assert naive.predict({**new, "method": "column"}) == pytest.approx(0.9)
    assert naive.predict({**new, "method": "filter"}) is None
    assert naive.predict({**new, "paper": "b"}) == pytest.approx(0.1)
    assert naive.predict({**new, "what": "size"}) is None


# ---- what ships ---------------------------------------------------------------------------------


def test_roles_are_those_of_the_split_that_is_older():
    with (BENCH / "split.csv").open(encoding="utf-8") as lines:
        split = {row["paper"]: row["role"] for row in csv.DictReader(lines)}
    for case in packaged_benches():
        if case.role != "excluded":
            assert split[case.paper] == case.role, case.name


def test_shipped_cases_say_where_their_numbers_stand():
    sources = Catalogue.packaged().sources
    for case in packaged_benches():
        assert case.source in sources, case.name
        assert case.locator
        assert case.read in ("full", "abstract", "secondary")
        assert case.citation
        assert case.bench or case.role == "excluded"
        for text in filter(None, (case.design, case.against)):
            Design.from_text(text, name=case.name).check()


def test_the_record_the_table_and_the_page_hold_the_bench(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    result = qualify(read_cases([path]), members=(8, 1))
    (point,) = result.benches[0]["points"]
    assert not result.benches[0]["problem"]
    assert point["method"] == "size_exclusion"
    assert point["model_low"] <= point["predicted"] <= point["model_high"] <= point["high"]
    assert point["fold"] == pytest.approx(point["predicted"] / point["observed"])
    scores = result.record["bench"]["stages"]["isolation"]
    assert (scores["build"]["n"], scores["verify"]["n"]) == (1, 0)
    assert len(result.to_csv().splitlines()) == 2
    assert panels_of_qualification(result)[0].short == "Isolation"


def test_a_design_that_cannot_run_is_listed_with_what_is_wrong(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(CASE.replace('step = "column"', 'step = "columm"'), encoding="utf-8")
    result = qualify(read_cases([path]), members=(2, 1))
    assert "no step `columm`" in result.benches[0]["problem"]
    assert result.record["excluded"][0]["what"] == "not run"
