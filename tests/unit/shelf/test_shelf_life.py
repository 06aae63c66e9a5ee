"""Shelf life: members leave where their curve crosses, ways are ranked, and it opens again."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import exocast
from exocast import Design
from exocast.cli.app import app
from exocast.errors import ExocastError
from exocast.learn.shelf_life import _crossing, duration_text, shelf_life

DAY = 86400.0
DESIGN = """exocast = 1
title = "native vesicles in a vial"
[question]
quantity = "small EVs per batch"
[[step]]
stage = "donor"
method = "cell_culture"
cell_type = "mesenchymal_stromal_cell"
cells = 2e8
medium = "200 mL"
duration = "48 h"
[[step]]
id = "store"
stage = "storage"
method = "liquid"
duration = "1 d"
[[variant]]
name = "frozen"
[variant.set.store]
method = "frozen"
duration = "1 d"
[[variant]]
name = "shipped"
[variant.set.store]
method = "profile"
stretches = [{ temperature = "4 degC", duration = "1 d" }, { temperature = "-80 degC", duration = "30 d" }]
[run]
members = { uncertainty = 20, variability = 2 }
"""  # noqa: E501


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    path = tmp_path_factory.mktemp("shelf") / "vial.toml"
    path.write_text(DESIGN, encoding="utf-8")
    return Design.read(str(path))


@pytest.fixture(scope="module")
def found(design):
    return exocast.shelf_life(
        design, ["small EVs > 60 %", "surface > 50 %"], at="25 degC", members=(20, 2)
    )


def test_a_crossing_is_found_in_the_logarithm_of_time() -> None:
    times = np.array([0.0, 3600.0, 36000.0, 360000.0])
    worst = np.array([
        [1.4, 0.9, 1.5, 1.2], [1.3, 0.8, 1.5, 1.2], [1.1, 0.7, 1.5, 1.2], [0.9, 0.6, 1.5, 0.2]
    ])  # fmt: skip
    ended, first = _crossing(times, worst)
    assert ended[0] == pytest.approx(36000.0 * np.sqrt(10))
    assert ended[1] == 0.0
    assert np.isinf(ended[2])
    assert ended[3] == pytest.approx(36000.0 * 10**0.2)
    assert first.tolist() == [3, 0, 3, 3]


def test_ways_differ_as_their_temperatures_do(found) -> None:
    ways = {way["name"]: way for way in found.ways}
    assert list(ways) == ["as it stands", "frozen", "shipped", "at 25 degC"]
    cold, warm = (ways[name]["quantiles"]["50"] for name in ("as it stands", "at 25 degC"))
    assert DAY < warm < cold < 200 * DAY
    assert ways["frozen"]["quantiles"]["50"] is None
    for way in found.ways:
        inside = [share for share in way["within"] if share is not None]
        assert (np.diff(inside) <= 1e-12).all()
        assert inside[0] == way["at_release"]
        if way["ends"]:
            assert sum(one["share"] for one in way["ends"]) == pytest.approx(1.0)
    # A liquid is not looked at beyond a year, which is as far as its method goes.
    assert ways["as it stands"]["looked_until"] <= 365 * DAY
    ends = {one["cause"] for one in ways["as it stands"]["ends"]}
    assert {"fell apart in storage", "adsorbed to the wall"} <= ends


def test_a_stricter_limit_ends_earlier(design, found) -> None:
    strict = shelf_life(design, ["vesicles >= 90 %"], members=(20, 2))
    for one, other in zip(strict.ways, found.ways, strict=False):
        assert np.mean([x for x in one["within"] if x is not None]) <= np.mean(
            [x for x in other["within"] if x is not None]
        )


def test_it_is_a_folder_that_opens_again(found, tmp_path) -> None:
    saved = found.save(tmp_path / "kept")
    again = exocast.open(tmp_path / "kept")
    assert again.record == saved.record
    assert type(again).__name__ == "ShelfLife"
    assert {"shelf-life.png", "shelf-life.csv", "report.html"} <= {
        one.name for one in (tmp_path / "kept").iterdir()
    }
    assert "half of the members" in repr(again)
    assert json.loads((tmp_path / "kept" / "shelf-life.json").read_text())["ways"]


def test_mistakes_and_words(design) -> None:
    for spec, words in ((["small EVs"], "no amount"), (["wine > 50 %"], "wine"), ([], "give a")):
        with pytest.raises(ExocastError, match=words):
            shelf_life(design, spec)
    path = design.folder / "fresh.toml"
    path.write_text(design.text[: design.text.index('[[step]]\nid = "store"')], encoding="utf-8")
    fresh = Design.read(str(path))
    with pytest.raises(ExocastError, match="nothing is stored"):
        shelf_life(fresh, ["vesicles > 50 %"])
    assert duration_text(None, 3652.5 * DAY) == "more than 10 y"
    assert duration_text(40 * DAY, 1.0) == "40 d"
    assert duration_text(0.0, 1.0).startswith("none")


def test_the_verb_prints_and_writes(design, tmp_path) -> None:
    path = design.folder / "vial.toml"
    result = CliRunner().invoke(
        app,
        ["shelf-life", str(path), "--spec", "small EVs > 60 %", "--members", "6x1",
         "--out", str(tmp_path / "out")],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "what ends it" in result.output
    again = CliRunner().invoke(app, ["open", str(tmp_path / "out")])
    assert again.exit_code == 0, again.output
    assert "shipped" in again.output


def test_the_template_runs_and_ranks_its_ways() -> None:
    forecast = exocast.run(exocast.template("lyophilised-vesicles"), members=(4, 1), progress=False)
    assert forecast.record["balance"]["largest"] < 1e-9
    sides = forecast.to_frame()
    last = sides[sides["step"] == "store"].set_index("variant")["median"]
    assert last["-80 °C in trehalose and albumin"] > last["-80 °C in PBS"]
    assert last["-80 °C in PBS"] > last["liquid at 4 °C"]
