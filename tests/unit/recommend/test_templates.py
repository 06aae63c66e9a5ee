"""Templates of isolation run from source to answer, and say what they are meant to show."""

from __future__ import annotations

from typing import Any

import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import run

SOURCES = {
    "plasma-biomarkers": "body_fluid",
    "msc-50-litre": "cell_culture",
    "red-cell-vesicles": "blood_cells",
    "milk-vesicles": "body_fluid",
    "mimetic-nanovesicles": "mimetic_nanovesicles",
}


@pytest.fixture(scope="module")
def record_of() -> Any:
    held: dict[str, Any] = {}

    def record(name: str) -> Any:
        if name not in held:
            held[name] = forecast_of(run(Design.read(name), members=(6, 2))).record
        return held[name]

    return record


def median(record: Any, row: str) -> float:
    return float(next(one["median"] for one in record["cascade"] if one["name"] == row))


@pytest.mark.parametrize("name", SOURCES)
def test_it_runs_from_its_source_to_an_answer(name: str, record_of: Any) -> None:
    record = record_of(name)
    assert Design.read(name).plan().preparation[0].method == SOURCES[name]
    assert record["balance"]["largest"] < 1e-9
    assert record["members"]["finished"] == record["members"]["asked"] == 12
    assert median(record, record["answer"]["row"]) > 0
    assert [gain for one in record["variants"] for gain in one["gain_over_design"]]


def test_plasma_comes_out_a_thousandfold_purer(record_of: Any) -> None:
    record = record_of("plasma-biomarkers")
    purities = [one["median"] for one in record["cascade"] if one["head"] == "asked"]
    assert purities[0] < 1e-4
    assert purities[-1] > 1e3 * purities[0]


def test_casein_stays_with_the_vesicles_of_milk(record_of: Any) -> None:
    record = record_of("milk-vesicles")
    assert median(record, record["answer"]["row"]) < 0.5


def test_no_train_at_fifty_litres_has_a_rotor() -> None:
    methods = [one.method for one in Design.read("msc-50-litre").plan().preparation]
    assert "tangential_flow_filtration" in methods
    assert "differential_centrifugation" not in methods
