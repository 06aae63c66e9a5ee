"""What the final tube holds: three efficiencies that agree, and where the cargo is."""

from __future__ import annotations

from typing import Any

import pytest

import exocast as ec
from exocast.design.recording import forecast_of
from exocast.design.run import run
from exocast.report.loaded import astray, loaded_lines

MEMBERS = (1, 1)
"""One member: medians of one are that one, so that figures must agree by arithmetic."""


@pytest.fixture(scope="module")
def record() -> dict[str, Any]:
    design = ec.Design.read("paclitaxel-three-ways")
    return dict(forecast_of(run(design, members=MEMBERS, variants=["sound"])).record)


def tubes(record: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["loaded"][0] for one in (record, *record["variants"])]


def test_three_efficiencies_are_one_amount(record: dict[str, Any]) -> None:
    for one in tubes(record):
        ratios = [each["assay"]["median"] / each["inside"]["median"]
                  for each in one["efficiencies"].values()]  # fmt: skip
        assert len(ratios) == 3
        assert ratios == pytest.approx([one["overstated"]["median"]] * 3, rel=1e-9)
        assert one["pools"]["inside"]["median"] == pytest.approx(1 / ratios[0], rel=1e-9)
        assert sum(pool["median"] for pool in one["pools"].values()) == pytest.approx(1, rel=1e-9)


def test_efficiencies_are_those_of_the_cascade(record: dict[str, Any]) -> None:
    rows = {row["name"]: row["by_hypothesis"][0]["median"] for row in record["cascade"]}
    inside, put_in = rows["inside_after_clean_up"], rows["put_in"]
    held = record["loaded"][0]["efficiencies"]
    assert held["of_input"]["inside"]["median"] == pytest.approx(inside / put_in, rel=1e-9)
    assert record["answer"]["rows"][0]["median"] == pytest.approx(inside / put_in, rel=1e-9)
    vesicles = inside / held["per_vesicle"]["inside"]["median"]
    particles = record["preparation"][-1]["particles"]
    kinds = ("small_ev", "large_ev", "apoptotic_body")
    assert vesicles == pytest.approx(sum(particles[k]["median"] for k in kinds), rel=1e-6)


def test_a_headline_tells_of_cargo_that_is_not_in_vesicles(record: dict[str, Any]) -> None:
    words = astray(record)
    assert "precipitated or aggregated" in words
    assert "would report" in words
    assert astray({"loaded": None}) == ""
    lines = loaded_lines(record)
    assert [line[0] for line in lines[0].lines] == [
        "of the cargo put in", "copies per vesicle", "of the mass of vesicles",
    ]  # fmt: skip
    assert lines[0].lines[0][1].endswith(" %")
