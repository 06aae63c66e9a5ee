"""The four figures of the journey: drawn from a record, to the numbers in it, without a model."""

from __future__ import annotations

import base64
import csv
import io
import re
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import Run, run
from exocast.evidence import Catalogue
from exocast.learn.journey import journey_record, median_diameter, with_journey
from exocast.learn.trains import CUSTOMARY, isolation_record, own_train
from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars
from exocast.material.suspension import Population, default_grid
from exocast.qualify.claims import with_claims
from exocast.report.blocks import Picture, Table
from exocast.report.drawings.biogenesis import biogenesis
from exocast.report.drawings.delivery import delivery, places
from exocast.report.drawings.purity import purity
from exocast.report.drawings.vesicle import vesicle
from exocast.report.page import render
from exocast.report.panels import claims, journey
from exocast.stages.isolation import METHODS

MEMBERS = (6, 3)


@pytest.fixture(scope="module")
def finished() -> Run:
    return run(Design.read("kras-sirna-tumour"), members=MEMBERS, threads=2)


@pytest.fixture(scope="module")
def held(finished: Run) -> Forecast:
    return with_claims(with_journey(forecast_of(finished), finished))


def rows(picture: Picture) -> list[dict[str, str]]:
    text = base64.b64decode(picture.href.partition("base64,")[2]).decode()
    return list(csv.DictReader(io.StringIO(text)))


def spread(median: float | None, low: float = 0.0, high: float = 0.0) -> dict[str, Any]:
    ends = [low, high]
    return {"median": median, "uncertainty": ends, "variability": ends, "zero_share": 0.0,
            "finished": 1}  # fmt: skip


# ---- what is computed ---------------------------------------------------------------------------


def test_the_donor_of_the_record_is_the_ledger(finished: Run, held: Forecast):
    donor = held.record["journey"]["donor"][0]
    entry = finished.base[0].batch.ledger.entries[0]
    assert len(donor["fluxes"]) == len(entry.exchange.amounts)
    for flux in donor["fluxes"]:
        amount = entry.exchange.amounts[flux["quantity"], flux["cause"]]
        expected = three_bars(amount, MEMBERS[0]).median
        assert flux["batch"]["median"] == pytest.approx(expected)
        assert flux["per_cell_hour"]["median"] == pytest.approx(expected / (2e8 * 48))


def test_the_median_diameter_halves_the_particles():
    grid = default_grid()
    count = np.stack([np.exp(-(np.log(grid / 9e-8) ** 2) / 0.2), np.zeros(grid.size)])
    one = np.zeros((1, grid.size))
    population = Population("small_ev", grid, count, np.full(2, 1100.0), np.full(2, 1.38))
    found = median_diameter(population)
    assert found[0] == pytest.approx(9e-8, rel=0.01)
    assert np.isnan(found[1])
    one[0, 7] = 5.0
    alone = median_diameter(replace(population, count=one))[0]
    assert alone == pytest.approx(grid[7], rel=1e-9)


def test_the_inventory_is_geometry(held: Forecast):
    figures = held.record["journey"]["vesicle"]["figures"]
    assert 5e-8 < figures["diameter"]["median"] < 2e-7
    assert figures["lumen_diameter"]["median"] < figures["diameter"]["median"]
    assert figures["protein"]["median"] > 0
    cargo = held.record["journey"]["cargo"]
    assert 0 < cargo["loaded_share"]["median"] <= cargo["copies_inside"]["median"] < 1
    # Opening membranes cannot load more of the input than what is inside of the liquid.
    assert 0 < cargo["lumen_share_of_liquid"]["median"] < 0.01


def test_every_isolation_method_is_evaluated_or_said_to_be_left_out(held: Forecast):
    isolation = held.record["journey"]["isolation"]
    shown = {one["method"] for one in isolation["methods"]}
    shown |= {one["method"] for one in isolation["left_out"]}
    assert set(METHODS) <= shown
    assert {CUSTOMARY, "size_exclusion"} <= {one["method"] for one in isolation["methods"]}
    assert [one["own"] for one in isolation["methods"]] == [True] + [False] * (
        len(isolation["methods"]) - 1
    )
    for one in isolation["methods"]:
        assert 0 < one["recovery"]["median"] <= 1
        assert 0 < one["share_of_particles"]["median"] <= 1


def test_the_own_train_is_what_the_ledger_kept(finished: Run, held: Forecast):
    entries = finished.base[0].batch.ledger.entries
    ratio = entries[1].after.population("small_ev").total
    ratio = ratio / entries[0].after.population("small_ev").total
    own = held.record["journey"]["isolation"]["methods"][0]
    assert own["recovery"]["median"] == pytest.approx(three_bars(ratio, MEMBERS[0]).median)


def test_clean_up_after_loading_is_no_isolation_of_the_donor(finished: Run):
    before, own = own_train(finished)
    assert before is finished.base[0].batch.ledger.entries[0].after
    assert [step.method for step in own] == ["differential_centrifugation"]


def test_a_method_against_itself_gains_exactly_nothing(held: Forecast):
    standard = [one for one in held.record["journey"]["isolation"]["methods"]
                if one["method"] == CUSTOMARY and not one["own"]]  # fmt: skip
    assert standard[0]["over_customary"]["median"] == 1.0
    assert standard[0]["over_customary"]["uncertainty"] == [1.0, 1.0]


def test_the_customary_spins_are_not_shown_twice(finished: Run):
    catalogue = Catalogue.packaged()
    step = own_train(finished)[1][0]
    assert step.method == CUSTOMARY
    names = [one["title"] for one in isolation_record(finished, catalogue)["methods"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "settings",
    [
        {"donor.cell_culture.serum": "serum"},
        {"regimen.route": "intratumoural", "regimen.times": ["0 h"]},
        {"donor.cell_culture.cells": 1.0},
    ],
)
def test_other_designs_are_drawn_as_well(settings: dict[str, object]):
    other = run(Design.read("kras-sirna-tumour").with_settings(settings), members=(2, 2))
    held = with_claims(with_journey(forecast_of(other), other))
    pictures = [b for b in journey.panel(held).blocks if isinstance(b, Picture)]
    assert [one.name for one in pictures] == ["biogenesis", "vesicle", "purity", "delivery"]


# ---- what is drawn ------------------------------------------------------------------------------


def test_the_panel_holds_four_figures_and_a_table_without_running_anything(held: Forecast):
    blocks = journey.panel(held).blocks
    assert [b.name for b in blocks if isinstance(b, Picture)] == [
        "biogenesis", "vesicle", "purity", "delivery",
    ]  # fmt: skip
    assert [b.name for b in blocks if isinstance(b, Table)] == ["isolation-methods"]
    for block in blocks:
        if isinstance(block, Picture):
            assert len(block.drawing.__html__()) < 150_000
            assert "<image" not in block.drawing.__html__()
            assert "nan" not in re.sub(r"[^>]*<", "", block.drawing.__html__()).lower()


def test_an_old_forecast_without_the_numbers_says_so(held: Forecast):
    record = {k: v for k, v in held.record.items() if k not in ("journey", "claims")}
    old = Forecast(record, held.data)
    assert [b.name for b in journey.panel(old).blocks if isinstance(b, Picture)] == ["delivery"]
    assert claims.panel(old).blocks == ()
    assert 'id="journey"' in render(old)


def test_the_flow_uses_the_shares_of_the_cascade(held: Forecast):
    picture = delivery(held)
    assert picture is not None
    shares = {(row["column"], row["goes on to"], row["hypothesis"]): float(row["share_of_column"])
              for row in rows(picture)}  # fmt: skip
    cascade = {row["name"]: row for row in held.cascade}
    assert shares["target", "arrived", ""] == cascade["arrived"]["fraction"]
    for entry in cascade["in_cytosol"]["by_hypothesis"]:
        assert shares["taken up", "in the cytosol", entry["phrase"]] == entry["fraction"]


def test_the_organs_share_all_that_does_not_arrive(held: Forecast):
    found = places(held)
    assert sum(found.values()) == pytest.approx(1.0)
    assert max(found, key=lambda name: found[name]) == "liver"
    assert "tumour" not in found


def test_a_magnifying_glass_says_its_true_factor(held: Forecast):
    record = deepcopy(dict(held.record))
    for row in record["cascade"]:
        if row["name"] == "arrived":
            row["fraction"] = 1e-5
    picture = delivery(Forecast(record, held.data))
    assert picture is not None
    assert "× 10⁵" in picture.drawing.__html__()


def test_where_nothing_arrives_there_is_no_flow(held: Forecast):
    record = deepcopy(dict(held.record))
    for row in record["cascade"]:
        if row["name"] == "arrived":
            row["fraction"] = None
    assert delivery(Forecast(record, held.data)) is None


def test_an_empty_vesicle_has_room_drawn_and_a_full_one_its_molecules(held: Forecast):
    inventory, cargo = (held.record["journey"][name] for name in ("vesicle", "cargo"))
    empty = vesicle(inventory, cargo, None)
    assert empty is not None
    assert "none is in it" in empty.drawing.__html__()
    full = {**cargo, "copies_inside": spread(30.0, 20.0, 40.0), "loaded_share": spread(0.25)}
    drawn = vesicle(inventory, full, 8e-8)
    assert drawn is not None
    assert "none is in it" not in drawn.drawing.__html__()
    assert "250 of them hold" in drawn.drawing.__html__()
    assert "little below 80 nm" in drawn.drawing.__html__()


def test_a_vesicle_without_cargo_and_a_tube_without_vesicles(held: Forecast):
    bare = vesicle(held.record["journey"]["vesicle"], {}, None)
    assert bare is not None
    assert "holds" not in bare.caption
    assert vesicle({}, {}, None) is None


def test_a_donor_that_gives_nothing_is_not_drawn():
    nothing = {"quantity": "particles/small_ev", "cause": "secreted by the cells",
               "batch": spread(0.0), "per_cell_hour": None}  # fmt: skip
    step = {"title": "a", "headline": "b", "cell_hours": None, "fluxes": [nothing]}
    assert biogenesis([step]) is None
    assert biogenesis([]) is None


def test_the_fork_says_what_is_assumed_of_it(held: Forecast):
    picture = biogenesis(held.record["journey"]["donor"])
    assert picture is not None
    assert "lysosome" in picture.reading
    assert "ESCRT" in picture.reading
    assert "lysosome" not in picture.drawing.__html__()


def test_the_plane_marks_the_own_train(held: Forecast):
    picture, table = purity(held.record["journey"]["isolation"])
    assert isinstance(picture, Picture)
    drawn = picture.drawing.__html__()
    assert "your train" in drawn
    assert "differential" in drawn
    assert "centrifugation" in drawn
    assert isinstance(table, Table)
    found = rows(picture)
    assert found[0]["own"] == "True"
    own = held.record["journey"]["isolation"]["methods"][0]["recovery"]
    assert float(found[0]["recovery_median"]) == own["median"]
    assert purity({}) == []


# ---- claims -------------------------------------------------------------------------------------


def test_the_panel_of_claims_counts_the_verdicts_of_the_record(held: Forecast):
    panel = claims.panel(held)
    table = panel.blocks[0]
    assert isinstance(table, Table)
    assert [row[2].text for row in table.rows] == [c["verdict"] for c in held.record["claims"]]
    assert f"Of {len(table.rows)} claims" in panel.finding


def test_the_numbers_of_a_forecast_decide_its_claims(held: Forecast):
    def judged(record: dict[str, Any]) -> dict[str, str]:
        found = with_claims(Forecast(record, held.data)).record["claims"]
        return {one["key"]: one["verdict"] for one in found}

    record = deepcopy(dict(held.record))
    before = judged(record)
    assert before["circulates_long"] == "contradicted"
    assert before["tumours_silenced"] == "contested"
    assert before["high_capacity"] == "contradicted"
    record["journey"]["cargo"]["copies_inside"] = spread(50.0, 20.0, 90.0)
    for row in record["answer"]["rows"]:
        row |= spread(1e6, 1e5, 1e7)
    record["journey"]["cargo"]["pools"]["inside"] = spread(0.9, 0.8, 0.95)
    after = judged(record)
    assert after["high_capacity"] == "contested"
    assert after["tumours_silenced"] == "supported"
    assert after["protects_cargo"] == "supported"
    assert after["circulates_long"] == before["circulates_long"]


def test_a_local_route_has_no_half_life_to_judge(held: Forecast):
    record = deepcopy(dict(held.record))
    record["question"]["route"] = "intratumoural"
    found = with_claims(Forecast(record, held.data)).record["claims"]
    one = next(claim for claim in found if claim["key"] == "circulates_long")
    assert one["test"]["vote"] is None
    assert one["test"]["why_not"]


def test_the_record_is_json(finished: Run, held: Forecast):
    import json

    json.dumps(held.record, allow_nan=False)
    assert journey_record(finished, Catalogue.packaged()) == held.record["journey"]
