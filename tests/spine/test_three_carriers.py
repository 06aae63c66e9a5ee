"""The template with three carriers: the same amount of siRNA, one body, one axis."""

from __future__ import annotations

import numpy as np
import pytest

import exocast
from exocast.cli.needed import show_needed
from exocast.design import Design
from exocast.errors import DesignError
from exocast.learn.dial import without_variants
from exocast.learn.needed import escapes, standings
from exocast.material.forecast import Forecast
from exocast.report.blocks import Picture
from exocast.report.panels.needed import panel

NAMES = ("", "lipid nanoparticles", "dissolved")


@pytest.fixture(scope="module")
def design() -> Design:
    return Design.read("three-carriers")


@pytest.fixture(scope="module")
def forecast(design: Design, tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    folder = tmp_path_factory.mktemp("three") / "out"
    return exocast.run(design, members=(6, 3), seed=1).save(folder)


def rows(forecast: Forecast, variant: str) -> dict[str, float]:
    held = [forecast.record, *forecast.record["variants"]][NAMES.index(variant)]
    return {row["name"]: row["median"] for row in held["cascade"]}


def test_each_variant_has_steps_of_its_own(design: Design) -> None:
    assert [design.plan(name or None).study.carrier for name in NAMES] == [
        "", "lipid_nanoparticle", "dissolved",
    ]  # fmt: skip
    assert [len(design.plan(name or None).preparation) for name in NAMES] == [4, 1, 1]
    alone = design.variant("dissolved")
    assert alone.plan().preparation == design.plan("dissolved").preparation


def test_all_three_are_given_the_same_amount(forecast: Forecast) -> None:
    """What rides and what is dissolved is the dose; on vesicles most of it is neither."""
    dose = 1e-12 * 6.02214076e23
    assert rows(forecast, "dissolved")["loaded"] == pytest.approx(dose, rel=1e-6)
    assert rows(forecast, "lipid nanoparticles")["loaded"] == pytest.approx(0.95 * dose, rel=1e-6)
    assert rows(forecast, "")["loaded"] < 0.5 * dose


def test_each_loses_on_the_way(forecast: Forecast) -> None:
    for name in NAMES:
        held = rows(forecast, name)
        assert held["loaded"] > held["arrived"] > held["taken_up"] > 0, name
        assert held["taken_up_per_cell"] > held["in_cytosol"] > 0, name


def test_they_stand_on_one_axis_with_their_own_ceilings(forecast: Forecast) -> None:
    found = standings(forecast, share=0.5)
    by = {one.variant: one for one in found}
    assert set(by) == set(NAMES)
    assert [one.carrier for one in found].count("dissolved") == 1, "its rivals are none"
    vesicles, particles, naked = (by[name] for name in NAMES)
    assert naked.middle["copies"] == naked.middle["lumen"] == 1.0
    assert vesicles.middle["copies"] < vesicles.middle["lumen"] < 10
    assert 10 < particles.middle["copies"] < particles.middle["lumen"] < 1e4
    ranges = [escapes(forecast.record, name)[0] for name in NAMES[1:]]
    assert ranges[0].low <= particles.middle["escape"] <= ranges[0].high
    assert ranges[1].high == pytest.approx(1e-3)
    assert {lever.name: lever.ceiling for lever in particles.alone}["escape"] < 0.1
    picture = next(b for b in panel(forecast).blocks if isinstance(b, Picture))
    shown = picture.drawing.__html__()
    for words in ("naked molecules", "lipid nanoparticles", "the design, vesicles", "carriers"):
        assert words in shown
    ceilings = [line for line in picture.csv.splitlines() if line.startswith("ceiling")]
    assert len(ceilings) == 9


def test_a_dose_says_what_it_counts(design: Design) -> None:
    dissolved = design.variant("dissolved")
    for dose in ("1e10 particles", "5e9 small EVs"):
        with pytest.raises(DesignError):
            dissolved.with_settings({"regimen.dose": dose}).check()
    dissolved.with_settings({"regimen.dose": "1 nmol/kg"}).check()


def test_hypotheses_about_vesicles_leave_the_others_alone(forecast: Forecast) -> None:
    for variant in forecast.record["variants"]:
        answers = [row["median"] for row in variant["answer"]["rows"]]
        assert np.allclose(answers, answers[0], rtol=1e-6)


def test_the_terminal_shows_it(forecast: Forecast, capsys: pytest.CaptureFixture[str]) -> None:
    assert forecast.folder is not None
    show_needed(forecast.folder, "0.5", None, None)
    assert "lipid nanoparticles" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES[1:])
def test_each_runs_alone_and_reports(
    design: Design, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """With no vesicles in the tube there is no small EV to draw, and nothing to compare with."""
    alone = without_variants(design.variant(name)).with_settings({"run.horizon": "1 d"})
    folder = tmp_path_factory.mktemp("alone") / "out"
    held = exocast.run(alone, members=(2, 1), seed=1).save(folder)
    assert (folder / "report.html").stat().st_size > 10_000
    assert held.record["journey"]["isolation"] == {} == held.record["journey"]["vesicle"]
    assert held.record["published"] == []
    assert held.record["answer"]["rows"][0]["median"] > 0
