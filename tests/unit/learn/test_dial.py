"""Settings are found by what tells them apart, and know their unit and bounds."""

from __future__ import annotations

import math

import pytest

from exocast.design import Design
from exocast.errors import ExocastError, UnitError
from exocast.learn.dial import amount_of, find_dial, without_variants


@pytest.fixture(scope="module")
def design() -> Design:
    return Design.read("kras-sirna-tumour")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("loading.electroporation.field", "loading.electroporation.field"),
        ("electroporation.field", "loading.electroporation.field"),
        ("loading.field", "loading.electroporation.field"),
        ("field", "loading.electroporation.field"),
        ("donor.cells", "donor.cell_culture.cells"),
        ("regimen.dose", "regimen.dose"),
        ("tumour.volume", "subject.tumour.volume"),
        ("clean_up.rcf", "clean_up.spins.1.rcf"),
        ("endosomal_escape", "hypotheses.endosomal_escape"),
        ("pulses", "loading.electroporation.pulses"),
    ],
)
def test_a_setting_is_found_by_what_tells_it_apart(design: Design, asked: str, found: str) -> None:
    assert find_dial(design, asked).address == found


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("loading.electroporation.feild", "Did you mean `loading.electroporation.field`?"),
        ("feild", "Did you mean `loading.electroporation.field`?"),
        ("buffer", "could be"),
        ("colour", "exocast check kras-sirna-tumour.toml"),
        ("", "no setting"),
    ],
)
def test_an_unknown_setting_gets_the_nearest(design: Design, asked: str, words: str) -> None:
    with pytest.raises(ExocastError) as caught:
        find_dial(design, asked)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_it_knows_what_is_written_and_what_is_taken(design: Design) -> None:
    assert find_dial(design, "field").written == "400 V/cm"
    assert find_dial(design, "pulses").written == 2.0
    assert find_dial(design, "hold_time").written == "30 min"
    assert find_dial(design, "regimen.dose").is_dose
    assert not find_dial(design, "loading.buffer").is_numeric
    assert not find_dial(design, "regimen.times").is_numeric
    assert find_dial(design, "freeze_thaw_cycles").is_whole


def test_bounds_come_in_the_unit_that_was_written(design: Design) -> None:
    field = find_dial(design, "field")
    low, high = field.bounds("V/cm")
    assert (low * 100, high * 100) == pytest.approx((field.setting.low, field.setting.high))
    temperature = find_dial(design, "storage.temperature")
    low, _ = temperature.bounds("degC")
    assert low == pytest.approx(temperature.setting.low - 273.15)
    assert find_dial(design, "regimen.dose").bounds("particles") == (0.0, math.inf)


def test_a_missing_or_wrong_unit_is_refused(design: Design) -> None:
    field = find_dial(design, "field")
    with pytest.raises(UnitError, match="no unit"):
        field.to_si(100.0, "")
    with pytest.raises(UnitError, match="field"):
        field.to_si(100.0, "mL")


def test_amounts_are_told_from_names() -> None:
    assert amount_of("1.5e10 small EVs") == (1.5e10, "small EVs")
    assert amount_of(True) is None
    assert amount_of(["0 h"]) is None


def test_variants_are_set_aside_and_every_line_stays(design: Design) -> None:
    alone = without_variants(design)
    assert alone.variants == ()
    assert "variant" in design.data
    assert alone.data == {key: held for key, held in design.data.items() if key != "variant"}
    before, after = design.text.split("\n"), alone.text.split("\n")
    assert len(before) == len(after)
    assert alone.tree.table["run"].line == design.tree.table["run"].line
    assert without_variants(alone) is alone


def test_variants_on_one_line_are_set_aside_too(design: Design) -> None:
    inline = Design.from_text(
        'variant = [{ name = "a", set = { "run.seed" = 2 } }]\n' + without_variants(design).text,
        design.folder,
    )
    assert inline.variants == ("a",)
    assert without_variants(inline).data == without_variants(design).data
