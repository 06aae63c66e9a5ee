"""Amounts by place and at a time, and the cascade as a table."""

from __future__ import annotations

import numpy as np
import pytest
import xarray

from exocast.errors import ExocastError, UnitError
from exocast.material.amount import Amount
from exocast.material.forecast import Forecast


@pytest.fixture
def amount() -> Amount:
    values = np.arange(2 * 1 * 2 * 3 * 4, dtype=float).reshape(2, 1, 2, 3, 4)
    data = xarray.Dataset(
        {
            "amount": (("variant", "rival", "output", "time", "member"), values),
            "output_unit": (("output",), ["particle", "copy"]),
        },
        {
            "variant": ["design", "other"],
            "rival": ["all"],
            "output": ["liver", "liver.siRNA"],
            "time": [0.0, 3600.0, 14400.0],
        },
    )
    return Amount.of(data)


def test_a_kept_time_is_taken_as_it_is(amount: Amount) -> None:
    liver = amount.sel(place="liver", variant="other")
    held = liver.at("4 h")
    assert held.dims == ("rival", "member")
    assert np.array_equal(held.values[0], liver.array.values[0, 2])
    assert np.array_equal(liver.at(0).values, liver.array.values[:, 0])
    assert held.attrs["units"] == "particle"


def test_between_kept_times_lies_a_straight_line(amount: Amount) -> None:
    liver = amount.sel(place="liver")
    kept = liver.array.values
    between = liver.at("2 h")
    expected = kept[:, :, 1] + (kept[:, :, 2] - kept[:, :, 1]) / 3
    assert between.values == pytest.approx(expected)
    assert float(between["time"]) == 7200.0
    assert between.attrs["units"] == "particle"


def test_units_are_known_where_there_is_one(amount: Amount) -> None:
    assert amount.unit == ""
    assert amount.places == ("liver", "liver.siRNA")
    assert amount.sel(place="liver.siRNA").unit == "copy"
    assert "units" not in amount.array.attrs, "what is selected is a copy"


def test_nonsense_is_answered(amount: Amount) -> None:
    with pytest.raises(ExocastError, match=r"no place `livr`\. Did you mean `liver`"):
        amount.sel(place="livr")
    with pytest.raises(ExocastError, match="no variant `nothing`"):
        amount.sel(variant="nothing")
    with pytest.raises(ExocastError, match="outside the forecast, which ends at 4 h"):
        amount.at("5 h")
    with pytest.raises(ExocastError, match="outside the forecast"):
        amount.at(-1.0)
    with pytest.raises(UnitError):
        amount.at("4 mL")
    liver = amount.sel(place="liver")
    with pytest.raises(ExocastError, match="no place `spleen`"):
        liver.sel(place="spleen")
    assert liver.sel(place="liver").array.equals(liver.array)


def test_the_cascade_is_a_table(forecast: Forecast) -> None:
    frame = forecast.to_frame()
    assert list(frame["variant"]) == ["design", "other"]
    assert list(frame["median"]) == [3.0, 4.0]
    assert frame["fraction"].isna().all()
    assert frame["fraction"].dtype == float
    assert list(frame["uncertainty_high"]) == [6.0, 8.0]
