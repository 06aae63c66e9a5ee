"""What a run leaves: a complete folder, never half of one, from which everything is recomputed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import run as run_plan
from exocast.errors import ExocastError
from exocast.face import run
from exocast.face.forecast import Forecast
from exocast.material.spread import three_bars

KEYS = (
    "question",
    "answer",
    "cascade",
    "limiting_step",
    "smallest_fraction",
    "drivers",
    "balance",
    "members",
    "flags",
    "provenance",
)


def test_the_record_holds_what_is_promised(folder: Path) -> None:
    record = json.loads((folder / "forecast.json").read_text())
    assert set(KEYS) <= set(record)
    for row in record["cascade"]:
        assert {"name", "unit", "median", "fraction", "uncertainty", "variability"} <= set(row)
        assert len(row["by_hypothesis"]) == 2
    heads = [row["head"] for row in record["cascade"]]
    assert heads == sorted(heads, key=["vesicles", "cargo", "cell"].index)
    assert record["members"]["asked"] == 2 * 18
    assert record["balance"]["largest"] < 1e-9


def test_plain_xarray_opens_it_and_the_cascade_can_be_recomputed(folder: Path) -> None:
    record = json.loads((folder / "forecast.json").read_text())
    with xarray.open_dataset(folder / "forecast.nc") as data:
        for row in record["cascade"]:
            for rival, entry in zip(data["rival"].values, row["by_hypothesis"], strict=True):
                values = data["cascade"].sel(variant="design", rival=rival, row=row["name"]).values
                spread = three_bars(values, data.attrs["uncertainty"])
                assert spread.median == pytest.approx(entry["median"])
                assert list(spread.uncertainty) == pytest.approx(entry["uncertainty"])
                assert list(spread.variability) == pytest.approx(entry["variability"])


def test_cascade_rows_agree_with_the_time_course(forecast: Forecast) -> None:
    data = forecast.data
    at = forecast.record["question"]["at_seconds"]
    held = data["amount"].sel(variant="design", output="arrived").sel(time=at)
    shown = data["cascade"].sel(variant="design", row="arrived")
    assert np.allclose(held.values, shown.values, rtol=1e-6)


def test_nothing_loaded_is_a_forecast_too(design: Design, tmp_path: Path) -> None:
    """Zeros and figures that no member supports are written and reported, not a crash."""
    empty = design.with_settings({"loading.electroporation.cargo_amount": "0 mol"})
    saved = run(empty, members=(3, 2)).save(tmp_path / "empty")
    record = json.loads((tmp_path / "empty" / "forecast.json").read_text())
    assert saved.answer["sentence"].endswith("none arrives.")
    assert record["limiting_step"] is None
    assert record["gains"] == []
    assert sum(record["trust"]["influential"].values()) == 0
    assert (tmp_path / "empty" / "report.html").stat().st_size > 1e5


def test_the_same_seed_gives_the_same_forecast(design: Design) -> None:
    first, second, other = (
        forecast_of(run_plan(design, members=(3, 2), seed=seed)).record for seed in (5, 5, 6)
    )
    assert first["cascade"] == second["cascade"]
    assert other["cascade"] != first["cascade"]


def test_an_existing_forecast_is_kept_unless_asked(forecast: Forecast, tmp_path: Path) -> None:
    place = tmp_path / "kept"
    forecast.save(place)
    before = (place / "forecast.json").read_bytes()
    with pytest.raises(ExocastError, match="--replace"):
        forecast.save(place)
    assert (place / "forecast.json").read_bytes() == before
    forecast.save(place, replace=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(ExocastError, match="holds no forecast"):
        forecast.save(tmp_path / "mine", replace=True)
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_ctrl_c_leaves_nothing_half_written(forecast: Forecast, tmp_path: Path) -> None:
    from exocast.material.forecast import write_folder

    def interrupted(folder: Path) -> None:
        forecast.write(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_folder(tmp_path / "stopped", interrupted, replace=False)
    assert list(tmp_path.iterdir()) == []
    forecast.save(tmp_path / "stopped")


def test_a_member_that_failed_is_counted_and_left_out(forecast: Forecast) -> None:
    values = np.array(forecast.data["cascade"].values)
    assert np.isfinite(values[0, :, :, :]).any()
    statuses = forecast.data["status"].sel(variant="design").values
    counted = forecast.record["members"]
    assert counted["finished"] == int((statuses == 0).sum())
    assert sum(counted["by_status"].values()) == counted["asked"]


def test_many_mistakes_come_in_one_message_and_nothing_is_written(tmp_path: Path) -> None:
    text = Path(str(Design.read("kras-sirna-tumour").folder / "kras-sirna-tumour.toml")).read_text()
    broken = (
        text.replace('field        = "400 V/cm"', 'feild        = "400 V/cm"')
        .replace('rcf = "300 g"', 'rcf = "300 rpm"')
        .replace('method    = "cell_culture"', 'method    = "cell_cultur"')
        .replace("batch-07-ExperimentSummary.csv", "batch-7.csv")
        .replace('body_weight = "22 g"', 'body_weight = "22 tonnes"')
    )
    path = tmp_path / "broken.toml"
    path.write_text(broken)
    result = CliRunner().invoke(app, ["run", str(path), "--out", str(tmp_path / "out")])
    message = str(result.exception)
    for words in ("feild", "300 rpm", "cell_cultur", "batch-7.csv", "body_weight"):
        assert words in message
    assert "5 problems, nothing was run" in message
    assert not (tmp_path / "out").exists()
