"""Which way to load: every method by itself, refusals with their reasons, rivals apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.design import Design
from exocast.errors import DesignError, ExocastError
from exocast.learn.candidates import find_source
from exocast.learn.loadings import loading_candidates, recommend_loading
from exocast.learn.recommend import Recommendation
from exocast.learn.wishes import LOAD, read_wish
from exocast.report.filing import file_result, open_folder
from exocast.report.recommending import (
    finding_of,
    near_sentence,
    reasons,
    refused,
    spread_of,
)
from exocast.stages.loading import METHODS

FEW = (3, 1)


@pytest.fixture(scope="module")
def sirna() -> Recommendation:
    wish = read_wish("copies per vesicle >= 0.01", "--load", LOAD)
    return recommend_loading("siRNA", wishes=[wish], members=FEW)


@pytest.mark.parametrize("cargo", ["siRNA", "catalase", "paclitaxel"])
def test_every_method_takes_part_in_a_design(cargo: str) -> None:
    source = find_source("culture")
    held = loading_candidates(source, cargo)
    used = {method for method in METHODS for one in held if f'"{method}"' in one.design.text}
    assert used == set(METHODS)
    said = []
    for one in held:
        assert "{" not in one.design.text.replace("{ ", "").replace("= {", "")
        try:
            one.design.check()
        except DesignError as error:
            said.append(str(error))
    assert all(cargo in words for words in said), said


def test_every_way_is_ranked_or_refused_with_a_reason(sirna: Recommendation) -> None:
    record = sirna.record
    held = {one["name"] for one in (*record["trains"], *record["left_out"])}
    assert held == {one.name for one in loading_candidates(find_source("culture"), "siRNA")}
    why = {one["name"]: one["why"] for one in record["left_out"]}
    assert "does not enter cells" in why["given-to-cells"]
    assert "next to none" in why["passive-incubation"]
    assert "fused to CD63" in " ".join(title for title, _ in refused(record))
    assert record["by"] == "copies_per_vesicle"


def test_what_is_asked_stands_first_and_figures_agree(sirna: Recommendation) -> None:
    missed = [sum(not met["met"] for met in one["met"]) for one in sirna.trains]
    assert missed == sorted(missed)
    for one in sirna.trains:
        figures = {key: spread["median"] for key, spread in one["figures"].items()}
        assert 0 <= figures["loaded_vesicles"] <= min(1.0, figures["copies_per_vesicle"] * 3)
        assert 0 <= figures["protected_share"] <= 1 + 1e-9
        assert 0 <= figures["of_input"] <= 1 + 1e-9


def test_the_contested_stands_apart(sirna: Recommendation) -> None:
    pulsed = next(one for one in sirna.trains if one["name"] == "electroporation")
    (rival,) = pulsed["rivals"]
    assert rival["phrase"] == "electroporation opens pores"
    more = rival["figures"]["copies_per_vesicle"]
    assert more > 5 * pulsed["figures"]["copies_per_vesicle"]["median"]
    assert all(not one["rivals"] for one in sirna.trains if one["name"].startswith("expressed"))


def test_what_a_scaffold_keeps_is_told(sirna: Recommendation) -> None:
    told = {one["name"]: dict(reasons(one)) for one in sirna.trains}
    assert "leaves it in the target cell" in told["expressed-ms2"]["Scaffold"]
    assert "Scaffold" not in told["expressed"]


def test_the_value_to_measure_is_named(sirna: Recommendation) -> None:
    assert sirna.record["measure"][0]["key"].startswith(("loading.", "cargo."))


def test_what_is_about_as_good_is_said_and_shares_are_per_cent() -> None:
    found = recommend_loading("paclitaxel", members=(1, 1))
    near = near_sentence(found.record)
    # Membranes take up paclitaxel by themselves: opening them brings nothing to a cool tube. Pulses
    # rest on ice, at 4 °C, and may lead for that; all columns are at 20 °C.
    assert found.first["name"] in ("passive-incubation-cool", "saponin", "electroporation")
    assert "saponin" in near or "passive incubation at 20 °C" in near
    assert "passive incubation at 37 °C" not in near
    assert spread_of("recovery", [0.009, 0.4]) == "0.9 – 40 %"
    assert spread_of("loaded_vesicles", [0.9, 1 - 1e-12]) == "90 – 100 %"
    assert spread_of("copies_per_vesicle", [0.009, 4e12]) == "9×10⁻³ – 4×10¹²"


def test_a_dose_is_its_vesicles() -> None:
    one, two = (
        recommend_loading("paclitaxel", dose=dose, members=(1, 1)).first["figures"]
        for dose in ("", "3e10 particles")
    )
    ratio = two["cargo_per_dose"]["median"] / one["cargo_per_dose"]["median"]
    assert ratio == pytest.approx(3.0)


def test_a_design_brings_its_own_way() -> None:
    found = recommend_loading("siRNA_KRAS_G12D", "kras-sirna-tumour", members=(1, 1))
    names = [one["name"] for one in (*found.trains, *found.record["left_out"])]
    assert "own" in names


def test_a_source_that_is_no_culture_is_told() -> None:
    found = recommend_loading("paclitaxel", "plasma", members=(1, 1))
    why = {one["name"]: one["why"] for one in found.record["left_out"]}
    assert "cells in culture" in why["given-to-cells"]


def test_it_is_written_and_opens_again(sirna: Recommendation, tmp_path: Path) -> None:
    place = tmp_path / "siRNA"
    file_result(sirna, place)
    again = open_folder(place)
    assert isinstance(again, Recommendation)
    assert finding_of(again.record) == finding_of(sirna.record)
    page = (place / "report.html").read_text(encoding="utf-8")
    assert "Every way, in order" in page
    assert "electroporation opens pores" in page
    Design.read(place / "designs" / f"{sirna.first['name']}.toml").check()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["loading"], "--cargo: name what is loaded"),
        (["loading", "--cargo", "sirna"], "siRNA"),
        (["loading", "--cargo", "siRNA", "--purity", "1e9"], "recommend isolation"),
        (["isolation", "--source", "plasma", "--load", "1"], "recommend loading"),
        (["loading", "--cargo", "siRNA", "--dose", "0 particles"], "above 0"),
        (["storage"], "nothing is recommended"),
    ],
)
def test_what_cannot_be_asked_is_taught(words: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["recommend", *words])
    assert result.exit_code != 0
    assert told in f"{result.output}{result.exception}"


def test_an_unknown_cargo_is_refused() -> None:
    with pytest.raises(ExocastError, match="no cargo is called"):
        recommend_loading("nothing", members=(1, 1))
