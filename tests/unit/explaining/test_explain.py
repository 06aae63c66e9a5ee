"""`exocast explain` prints what the catalogue and the classes hold, and fits 80 columns."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

import exocast
from exocast.cli.app import app
from exocast.cli.explain import complete_keys, explain_key
from exocast.cli.explained import against
from exocast.design.explaining import describe, known_names
from exocast.errors import EvidenceError, ExocastError
from exocast.evidence import Catalogue
from exocast.units import from_si


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    monkeypatch.setattr("exocast.cli.console.PIPED_WIDTH", 80)


def shown(capsys, *arguments, **options):
    explain_key(*arguments, **options)
    text = capsys.readouterr().out
    assert max(len(line.rstrip()) for line in text.splitlines()) <= 80
    return text


@pytest.mark.parametrize("key", sorted(Catalogue.packaged().values)[::29])
def test_what_is_printed_of_a_value_is_what_the_catalogue_holds(key, capsys):
    words = " ".join(shown(capsys, key).split())
    for row in Catalogue.packaged().values[key]:
        assert f"{from_si(row.value, row.unit):.4g}" in words
        assert row.source in words.replace(" ", "") or row.source in words
        assert row.standing in words


def test_a_method_in_its_parts(capsys):
    text = shown(capsys, "loading.electroporation")
    places = [text.index(part) for part in ("Settings", "Equations", "Evidence", "Applicability")]
    assert places == sorted(places)
    assert "U = 3/2 E R (1 − e^(−t/τ))" in text
    assert "Kotnik and" in text
    assert "400 V/cm" in text
    assert "speculative" in text
    full = shown(capsys, "loading.electroporation", full=True)
    assert "Charging time" in full
    assert len(full) > len(text)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("loading.electroporation.field", "10 V/cm … 100 kV/cm"),
        ("electroporation.field", "Peak field"),
        ("regimen.dose", "regimen"),
        ("isolation.differential_centrifugation.spins.1.rcf", "1e6 g"),
        ("isolation.differential_centrifugation.spins.rcf", "1e6 g"),
        ("loading.field", "loading.electroporation.field"),
        ("donor.glucose", "donor.cell_culture.glucose"),
        ("biodistribution.intratumoural", "Injection into a tumour"),
        ("biodistribution.tag.label", "Name of the label"),
        ("hypotheses.endosomal_escape", "fusion is rare"),
        ("endosomal_escape:common", "fusion is common"),
    ],
)
def test_addresses(address, words, capsys):
    assert words in shown(capsys, address)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("loading.electroporatoin", "Did you mean `loading.electroporation`?"),
        ("loading.electroporation.feild", "`loading.electroporation.field`"),
        ("endosomal_escap", "`endosomal_escape`"),
        ("escape_probabilty", "escape_probability`"),
        ("storage.duration", "`storage.frozen.duration`"),
        ("zzz", "`exocast methods` lists the methods"),
    ],
)
def test_a_name_that_is_not_there_offers_the_nearest(name, offered):
    with pytest.raises(EvidenceError) as caught:
        describe(name)
    assert str(caught.value).startswith(f"nothing is called `{name}`. ")
    assert offered in str(caught.value)


def test_every_known_name_is_described():
    for name in known_names()[::7]:
        assert describe(name)


def test_the_answer_under_each(capsys):
    text = shown(capsys, "endosomal_escape", "doxorubicin-mouse", answer=True)
    assert "The answer under each" in text
    assert re.search(r"the answer (moves|does not move)", text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    template = exocast.template("kras-sirna-tumour")
    forecast = exocast.run(template, members=(1, 1), progress=False)
    return forecast.save(tmp_path_factory.mktemp("out") / "kras").folder


def test_a_saved_forecast_answers_with_its_own_design(folder, capsys):
    text = shown(capsys, "endosomal_escape", str(folder), answer=True)
    assert "The answer under each" in text
    assert "common" in text


def test_a_saved_forecast_sorts_values_by_influence(folder, capsys):
    text = shown(capsys, "uptake.endocytosis_and_escape", str(folder))
    moved = [float(x) for x in re.findall(r"moves the answer ([\d.]+)×", text)]
    assert len(moved) > 5
    assert moved == sorted(moved, reverse=True)


def test_what_is_no_saved_forecast_cannot_sort(tmp_path):
    with pytest.raises(ExocastError, match="exocast run"):
        explain_key("loading.electroporation", str(tmp_path / "none"))


def test_a_hypothesis_says_its_rows(capsys):
    text = shown(capsys, "endosomal_escape")
    for row in Catalogue.packaged().values["uptake.endocytosis_and_escape.escape_probability"]:
        if row.hypothesis:
            assert row.source in text


def test_help_has_examples():
    done = CliRunner().invoke(app, ["explain", "--help"])
    assert done.exit_code == 0
    assert "exocast explain loading.electroporation.field" in done.output


def test_a_design_that_is_not_there():
    done = CliRunner().invoke(app, ["explain", "endosomal_escape", "--design", "no-such.toml"])
    assert done.exit_code != 0
    assert "no-such" in str(done.exception or done.output)


def test_completion_knows_hypotheses():
    assert "endosomal_escape" in complete_keys("endo")
    assert "loading.electroporation.field" in complete_keys("loading.elec")


def test_orders_in_a_few_letters():
    assert against(0.0) == "enough, 1×"
