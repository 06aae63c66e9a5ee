"""What a repetition says: which values and versions changed, and which numbers differ."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from exocast.design.repeating import compare, row_changes, version_changes
from exocast.design.unpacking import read_archive
from exocast.evidence import Catalogue
from exocast.material.forecast import Forecast


def test_the_same_numbers_are_the_same(packed: Path, forecast: Forecast) -> None:
    again = compare(read_archive(packed), forecast)
    assert again.identical
    assert again.same
    assert again.compared == 2 * 6
    assert again.largest == 0.0


@pytest.mark.parametrize(("change", "same"), [(3e-7, True), (3e-2, False)])
def test_a_difference_is_found_and_named(
    packed: Path, forecast: Forecast, change: float, same: bool
) -> None:
    record = copy.deepcopy(dict(forecast.record))
    record["variants"][0]["cascade"][0]["by_hypothesis"][0]["median"] = 4.0 + change
    again = compare(read_archive(packed), replace(forecast, record=record))
    (one,) = again.differences
    assert one.where == "other, taken up (taken_up): median"
    assert (one.then, one.now) == (4.0, 4.0 + change)
    assert one.relative == pytest.approx(change / (4.0 + change))
    assert again.same is same


def test_a_number_that_is_gone_is_a_difference(packed: Path, forecast: Forecast) -> None:
    record = copy.deepcopy(dict(forecast.record))
    record["variants"] = []
    again = compare(read_archive(packed), replace(forecast, record=record))
    assert len(again.differences) == 5, "a fraction that never was a number is none"
    assert not again.same


def test_a_bit_of_one_member_is_seen(packed: Path, forecast: Forecast) -> None:
    data = forecast.data.copy(deep=True)
    data["cascade"].values[0, 0, 0, 0] += 1e-15
    assert not compare(read_archive(packed), replace(forecast, data=data)).identical


def test_values_that_changed_are_named(forecast: Forecast) -> None:
    catalogue = Catalogue.packaged()
    values = copy.deepcopy(forecast.record["values"])
    assert row_changes(values, catalogue) == []
    values[0]["value"] *= 2
    values[1]["key"] = "uptake.no_such.value"
    values[1]["identity"] = "uptake.no_such.value"
    radius, gone = row_changes(values, catalogue)
    assert radius.what.startswith("uptake.endocytosis_and_escape.cell_radius")
    assert radius.then.startswith("16 (6 … 11) um")
    assert radius.now.startswith("8 (6 … 11) um")
    assert gone.now == "no such row"


def test_what_only_a_run_shows_is_named(packed: Path, forecast: Forecast) -> None:
    assert compare(read_archive(packed), forecast).reasons == ()
    record = copy.deepcopy(dict(forecast.record))
    record["provenance"]["network_digest"] = "other"
    record["values"][2]["identity"] = "cargo.new"
    again = compare(read_archive(packed), replace(forecast, record=record))
    assert [change.what for change in again.reasons] == [
        "the equations",
        "cargo.new",
        forecast.record["values"][2]["identity"],
    ]


def test_versions_that_differ_are_named(forecast: Forecast) -> None:
    origin = {**forecast.record["provenance"], "exocast": "0.0.9", "catalogue_digest": "old"}
    changes = {change.what: change for change in version_changes(origin, Catalogue.packaged())}
    assert changes["exocast"].then == "0.0.9"
    assert changes["catalogue digest"].then == "old"
