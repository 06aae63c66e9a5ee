"""Comparing: the same members on every side, nothing from nothing, honest refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.design import Design
from exocast.errors import DesignError, ExocastError
from exocast.face import compare
from exocast.learn.comparison import Comparison

FEW = (4, 3)
MEMBERS = (6, 3)
"""Of the saved forecast: see conftest."""


@pytest.fixture(scope="module")
def local(design: Design) -> Comparison:
    """The packaged Design against its own variant."""
    return compare([design], members=FEW, threads=2)


def test_a_design_against_itself_differs_by_exactly_nothing(design: Design) -> None:
    comparison = compare({"one": design, "two": design}, members=FEW, threads=2)
    pair = comparison.pairs[0]
    assert pair["settings"] == []
    frame = comparison.to_frame()
    assert set(frame["hypothesis"]) == {"fusion is rare", "fusion is common"}
    for column in frame.columns:
        if column.startswith("ratio_"):
            assert (frame[column] == 1.0).all(), column
        if column.startswith("difference_"):
            assert (frame[column] == 0.0).all(), column
    assert (frame["share_equal"] == 1.0).all()
    assert all(one["identical"] for row in pair["rows"] for one in row["by_hypothesis"])
    assert "exactly" in pair["sentence"]


def test_a_saved_forecast_equals_its_design_to_the_last_bit(folder: Path, design: Design) -> None:
    comparison = compare({"saved": folder, "again": design}, threads=2)
    assert comparison.record["members"] == {"uncertainty": 6, "variability": 3}
    pair = comparison.pairs[0]
    assert pair["settings"] == []
    assert all(one["identical"] for row in pair["rows"] for one in row["by_hypothesis"])


def test_variants_of_a_saved_forecast_are_compared_without_running(folder: Path) -> None:
    pair = compare([folder]).pairs[0]
    assert pair["other"] == "into the tumour"
    assert {one["address"] for one in pair["settings"]} == {"regimen.route", "regimen.times"}
    row = next(row for row in pair["rows"] if row["name"] == pair["answer"])
    assert all(one["share_greater"] == 1.0 for one in row["by_hypothesis"])


def test_a_run_says_of_its_variant_what_compare_says(folder: Path) -> None:
    record = json.loads((folder / "forecast.json").read_text())
    gains = record["variants"][0]["gain_over_design"]
    pair = compare([folder]).pairs[0]
    row = next(row for row in pair["rows"] if row["name"] == pair["answer"])
    assert len(gains) == len(row["by_hypothesis"]) == 2
    for gain, entry in zip(gains, row["by_hypothesis"], strict=True):
        assert gain["phrase"] == entry["phrase"]
        assert gain["times"] == entry["ratio"]["median"]
        assert gain["uncertainty"] == entry["ratio"]["uncertainty"]
        assert gain["variability"] == entry["ratio"]["variability"]
        assert gain["greater"] == entry["share_greater"]
        assert gain["times"] != entry["other"]["median"] / entry["base"]["median"]


def test_pairing_makes_the_difference_sharper(local: Comparison) -> None:
    """The spread of the log ratio is smaller than between members that are not the same."""
    held = local.data["cascade"]
    base, other = (np.log(held.isel(side=side).sel(row="in_cytosol").values[0]) for side in (0, 1))
    unpaired = [np.std(np.roll(other, shift) - base) for shift in range(3, 12, 3)]
    assert np.std(other - base) < 0.8 * min(unpaired)


def test_the_ratio_is_that_of_each_member(local: Comparison) -> None:
    held = local.data["cascade"].sel(row="arrived").isel(rival=0).values
    row = next(row for row in local.pairs[0]["rows"] if row["name"] == "arrived")
    grid = np.log(held[1] / held[0]).reshape(FEW)
    expected = np.exp(np.median(np.median(grid, axis=1)))
    assert row["by_hypothesis"][0]["ratio"]["median"] == pytest.approx(expected)


def test_twice_a_low_dose_gives_twice_the_answer(design: Design) -> None:
    once, twice = (design.with_settings({"regimen.dose": f"{n}e6 particles"}) for n in (1, 2))
    pair = compare({"once": once, "twice": twice}, members=FEW, threads=2).pairs[0]
    assert [one["address"] for one in pair["settings"]] == ["regimen.dose"]
    for row in pair["rows"]:
        expected = 1.0 if row["head"] == "vesicles" else 2.0
        for one in row["by_hypothesis"]:
            ends = [one["ratio"]["median"], *one["ratio"]["uncertainty"]]
            assert ends == pytest.approx([expected] * 3, rel=1e-4), row["name"]


def test_steps_of_other_names_meet_in_the_final_tube(design: Design) -> None:
    start = design.text.index('[[step]]\nstage       = "storage"')
    end = design.text.index("# ---- in the body")
    fresh = Design.from_text(
        design.text[:start] + design.text[end:], design.folder, name="fresh.toml"
    )
    pair = compare([design, fresh], members=(2, 2), threads=2).pairs[0]
    assert pair["other"] == "fresh"
    assert pair["base_only"] == ["after 14 d at -80 °C"]
    tube = next(row for row in pair["rows"] if row["name"] == "final_tube")
    assert tube["by_hypothesis"][0]["ratio"]["median"] > 1.0


def test_rivals_meet_those_that_hold_the_same_to_be_true(design: Design) -> None:
    common, rare = (
        design.with_settings({"hypotheses.endosomal_escape": option})
        for option in ("common", "rare")
    )
    pair = compare({"each": design, "common": common}, members=(2, 2)).pairs[0]
    assert {len(row["by_hypothesis"]) for row in pair["rows"]} == {1}
    assert all(row["by_hypothesis"][0]["phrase"] == "fusion is common" for row in pair["rows"])
    assert all(row["by_hypothesis"][0]["identical"] for row in pair["rows"])
    pair = compare({"rare": rare, "common": common}, members=(2, 2)).pairs[0]
    answer = next(row for row in pair["rows"] if row["name"] == "in_cytosol")
    assert answer["by_hypothesis"][0]["ratio"]["median"] > 10
    assert pair["settings"] == [
        {"address": "hypotheses.endosomal_escape", "base": "rare", "other": "common"}
    ]


def test_other_members_are_refused_with_what_differs(
    folder: Path, design: Design, tmp_path: Path
) -> None:
    with pytest.raises(ExocastError, match=r"seed 1,(.|\n)*seed 7,(.|\n)*nothing|not on the same"):
        compare([folder, design], seed=7)
    with pytest.raises(ExocastError, match="3 x 3 members"):
        compare([folder, design], members=(3, 3))
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    record = json.loads((other / "forecast.json").read_text())
    record["provenance"]["catalogue_digest"] = "0123456789abcdef"
    (other / "forecast.json").write_text(json.dumps(record))
    with pytest.raises(ExocastError, match="catalogue 0123456789abcdef") as caught:
        compare([folder, other])
    assert "nothing was compared" in str(caught.value)
    assert "kras" in str(caught.value)
    with pytest.raises(ExocastError, match="to be run"):
        compare([other, design])


def test_what_cannot_be_compared_is_refused(design: Design, tmp_path: Path) -> None:
    alone = Design.from_text(design.variant("into the tumour").text, design.folder)
    with pytest.raises(ExocastError, match="nothing to compare"):
        compare([])
    with pytest.raises(DesignError, match="no variant `into the tumor`"):
        compare([design, "kras-sirna-tumour:into the tumor"])
    with pytest.raises(DesignError, match="there is no such file"):
        compare([design, "kras-sirna-tumor.toml"])
    with pytest.raises(ExocastError, match="holds no forecast"):
        compare([design, tmp_path])
    start = alone.text.index("[[variant]]")
    single = Design.from_text(
        alone.text[:start] + alone.text[alone.text.index("[run]") :], design.folder
    )
    with pytest.raises(ExocastError, match="second Design is needed"):
        compare([single])


def test_it_is_saved_whole_and_never_over_something_else(local: Comparison, tmp_path: Path) -> None:
    place = tmp_path / "compared"
    assert local.save(place).pairs == local.pairs
    names = [f"comparison.{form}" for form in ("csv", "json", "nc", "png", "svg")]
    names.append("report.html")
    assert sorted(path.name for path in place.iterdir()) == names
    record = json.loads((place / "comparison.json").read_text())
    assert record["pairs"][0]["sentence"] == local.pairs[0]["sentence"]
    lines = (place / "comparison.csv").read_text().splitlines()
    assert len(lines) == 1 + len(local.to_frame())
    assert "into the tumour" in (place / "comparison.svg").read_text()
    with pytest.raises(ExocastError, match="--replace"):
        local.save(place)
    local.save(place, replace=True)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(ExocastError, match="holds no comparison"):
        local.save(tmp_path / "thesis", replace=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["compared", "thesis"]


def test_the_verb_says_what_differs_and_what_comes_of_it(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "compared"
    words = ["compare", str(folder), f"{folder}:into the tumour", "--out", str(out)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    for expected in ("regimen.route", "intratumoural", "1 exactly", "in the cytosol", "Answer"):
        assert expected in result.output
    assert (out / "comparison.png").is_file()
    again = CliRunner().invoke(app, words)
    assert "--replace" in str(again.exception)
