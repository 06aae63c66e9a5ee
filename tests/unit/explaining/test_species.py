"""What `exocast explain` says of a species."""

from __future__ import annotations

import pytest

import exocast
from exocast.cli.explain import complete_keys, explain_key
from exocast.design.bodies import BodyDescription, SpeciesList
from exocast.design.explaining import describe
from exocast.errors import EvidenceError


def test_every_species_is_listed(capsys) -> None:
    found = describe("species")
    assert isinstance(found, SpeciesList)
    assert {body.name for body in found.bodies} >= {"mouse", "pig", "human", "human.female"}
    explain_key("species")
    shown = capsys.readouterr().out
    assert all(body.name in shown for body in found.bodies)


def test_a_body_closes_and_is_what_rows_say() -> None:
    found = describe("human")
    assert isinstance(found, BodyDescription)
    assert found.volume == pytest.approx(found.weight.value * 1e-3, rel=0.01)
    taken = [one.flow for one in found.organs if one.kind == "organ"
             and one.name not in ("lung", "liver")]  # fmt: skip
    liver = next(one.flow for one in found.organs if one.name == "liver")
    portal = next(one.flow for one in found.organs if one.name == "portal")
    assert sum(taken) + liver - portal == pytest.approx(found.output, rel=1e-9)
    assert found.output == pytest.approx(6.106e-3 / 60, rel=1e-6)


def test_rows_of_a_body_are_those_of_its_species() -> None:
    woman = describe("human.female")
    assert isinstance(woman, BodyDescription)
    assert {row.context["species"] for row in woman.rows} == {"human"}
    assert any(row.context.get("sex") == "female" for row in woman.rows)
    assert woman.shared > 50


def test_a_body_is_printed_with_its_sources(capsys) -> None:
    explain_key("rat")
    shown = capsys.readouterr().out
    assert "lymph nodes" in shown
    assert "pk_sim" in shown
    explain_key("rat", full=True)
    assert "biodistribution.whole_body.haematocrit" in capsys.readouterr().out


def test_a_misspelt_species_offers_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="Did you mean `macaque`"):
        describe("macaqe")


def test_completion_and_python_know_species() -> None:
    assert "human.female" in complete_keys("hum")
    assert "73 kg" in exocast.explain("human").doc
