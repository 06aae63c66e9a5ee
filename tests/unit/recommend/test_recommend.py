"""Which train for a source: ranked by what is asked, the same members, refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from exocast.design import Design
from exocast.errors import DesignError, ExocastError
from exocast.learn.candidates import candidates, find_source, source_names
from exocast.learn.recommend import Recommendation, recommend_isolation
from exocast.learn.wishes import PURITY, YIELD, read_wish
from exocast.report.filing import file_result, open_folder

FEW = (4, 2)


@pytest.fixture(scope="module")
def found() -> Recommendation:
    wishes = [read_wish("share of particles >= 20 %", "--purity", PURITY)]
    return recommend_isolation("plasma", wishes=wishes, members=FEW)


@pytest.mark.parametrize("name", source_names())
def test_every_train_is_a_sound_design_at_any_scale_or_impossible(name: str) -> None:
    base = find_source(name)
    for source in (base, base.scaled(base.volume / 2), base.scaled(0.05)):
        held = candidates(source)
        assert 12 <= len(held) <= 20
        refused: list[str] = []
        for one in held:
            try:
                one.design.check()
            except DesignError as error:
                refused += [problem.message for problem in error.problems]
        assert len(refused) < len(held) / 3
        for words in refused:
            assert "what the wall takes" in words or "no particle carries" in words


def test_trains_that_meet_what_is_asked_stand_first(found: Recommendation) -> None:
    missed = [
        sum(not met["met"] for met in one["met"]) + bool(one["scale_limits"])
        for one in found.trains
    ]
    assert missed == sorted(missed)
    assert missed[0] < missed[-1]
    for count in set(missed):
        scores = [one["score"] for one, held in zip(found.trains, missed, strict=True)
                  if held == count]  # fmt: skip
        assert scores == sorted(scores, reverse=True)


def test_plasma_needs_more_than_size(found: Recommendation) -> None:
    """A column cannot part lipoproteins from vesicles of their size; a gradient can."""
    share = _share_of_particles(found)
    assert share["gradient-column"] > 100 * share["column"]


def test_a_column_is_purer_than_a_precipitate(found: Recommendation) -> None:
    share = _share_of_particles(found)
    assert share["gradient-column"] > share["column"] > share["precipitation"]


def _share_of_particles(found: Recommendation) -> dict[str, float]:
    return {one["name"]: one["figures"]["share_of_particles"]["median"] for one in found.trains}


def test_losses_multiply_to_the_recovery() -> None:
    one = recommend_isolation("urine", members=(1, 1))
    for train in one.trains:
        product = 1.0
        for step in train["steps"]:
            product *= step["passed"]
        assert product == pytest.approx(train["figures"]["recovery"]["median"], rel=1e-9)


def test_a_marker_that_the_source_lacks_is_refused_with_the_reason() -> None:
    found = recommend_isolation("ginger", members=(1, 1))
    refused = {one["name"]: one["why"] for one in found.record["left_out"]}
    assert "cd9" in refused["capture-cd9"]


def test_a_gradient_left_in_its_medium_is_refused(tmp_path: Path) -> None:
    text = candidates(find_source("plasma"), ["gradient-column"])[0].design.text
    cut = text[: text.index('method = "ultrafiltration"')].rsplit("[[step]]", 1)[0]
    path = tmp_path / "left.toml"
    path.write_text(cut, encoding="utf-8")
    Design.read(path).check()
    found = recommend_isolation(str(path), members=(1, 1))
    refused = {one["name"]: one["why"] for one in found.record["left_out"]}
    assert "iodixanol" in refused["own"]


def test_a_train_that_ends_empty_in_some_members_is_written_all_the_same(tmp_path: Path) -> None:
    found = recommend_isolation("milk", members=FEW)
    file_result(found, tmp_path / "milk")
    assert len(open_folder(tmp_path / "milk").record["trains"]) == len(found.trains)


def test_scale_turns_the_order_and_says_why() -> None:
    found = recommend_isolation("culture", scale=0.05, members=(1, 1))
    limited = {one["name"] for one in found.trains if one["scale_limits"]}
    assert {"spins", "filter-column"} <= limited
    assert found.first["name"].startswith(("tangential-flow", "exchange"))
    assert found.record["source"]["volume_m3"] == pytest.approx(0.05)


def test_a_saved_recommendation_opens_and_its_designs_run(
    found: Recommendation, tmp_path: Path
) -> None:
    place = tmp_path / "plasma"
    file_result(found, place)
    again = open_folder(place)
    assert isinstance(again, Recommendation)
    assert again.record["trains"] == json.loads(json.dumps(found.record["trains"]))
    assert len(again.to_frame()) == len(found.trains)
    assert "Every train, in order" in (place / "report.html").read_text(encoding="utf-8")
    Design.read(place / "designs" / f"{found.first['name']}.toml").check()


@pytest.mark.parametrize(
    ("text", "option", "told"),
    [
        ("much", "--purity", "no amount of vesicles per ug"),
        ("purity >= 3", "--purity", "vesicles per ug >= 1e9"),
        ("recovery >= 300 %", "--yield", "no train can have"),
        ("recovery >= 5 mL", "--yield", "no amount of recovery"),
    ],
)
def test_a_wish_that_cannot_be_read_is_taught(text: str, option: str, told: str) -> None:
    with pytest.raises(ExocastError, match=told):
        read_wish(text, option, PURITY if option == "--purity" else YIELD)


def test_an_amount_with_a_unit_reads_as_the_plain_number() -> None:
    plain = read_wish("particles per ug >= 2e9", "--purity", PURITY)
    assert read_wish("particles per ug >= 2e9 particles/ug", "--purity", PURITY).amount == (
        pytest.approx(plain.amount)
    )


def test_an_unknown_source_lists_the_known_ones() -> None:
    with pytest.raises(ExocastError, match="plasma"):
        recommend_isolation("plasmma", members=(1, 1))
