"""The template with five carriers: the same amount of siRNA, one body, one axis."""

from __future__ import annotations

import numpy as np
import pytest

import exocast
from exocast.design import Design
from exocast.learn.needed import standings
from exocast.material.forecast import Forecast
from exocast.report.blocks import Picture
from exocast.report.panels.needed import panel

NAMES = ("", "lipid nanoparticles", "liposomes", "gold", "dissolved")
CARRIED = ("", "lipid_nanoparticle", "liposome", "inorganic_particle", "dissolved")


@pytest.fixture(scope="module")
def design() -> Design:
    return Design.read("five-carriers")


@pytest.fixture(scope="module")
def forecast(design: Design) -> Forecast:
    with pytest.MonkeyPatch.context() as patch:  # nothing here asks for a tornado
        patch.setattr("exocast.learn.with_drivers", lambda forecast, _: forecast)
        return exocast.run(design, members=(4, 2), seed=1)


def rows(forecast: Forecast, variant: str) -> dict[str, float]:
    held = [forecast.record, *forecast.record["variants"]][NAMES.index(variant)]
    return {row["name"]: row["median"] for row in held["cascade"]}


def test_each_variant_is_carried_by_something_else(design: Design) -> None:
    assert tuple(design.plan(name or None).study.carrier for name in NAMES) == CARRIED


def test_all_are_given_the_same_amount(forecast: Forecast) -> None:
    """What rides and what is dissolved is the dose; of vesicles and lipids a part is outside."""
    dose = 1e-12 * 6.02214076e23
    held = {name: rows(forecast, name)["loaded"] for name in NAMES}
    assert held["gold"] == pytest.approx(dose, rel=1e-6)
    assert held["dissolved"] == pytest.approx(dose, rel=1e-6)
    assert held["liposomes"] == pytest.approx(0.95 * dose, rel=1e-6)
    assert held[""] < 0.5 * dose


def test_each_loses_on_the_way(forecast: Forecast) -> None:
    for name in NAMES:
        held = rows(forecast, name)
        assert held["loaded"] > held["arrived"] > held["taken_up"] > 0, name
        assert held["taken_up_per_cell"] > held["in_cytosol"] > 0, name


def test_they_stand_on_one_axis(forecast: Forecast) -> None:
    by = {one.variant: one for one in standings(forecast, share=0.5)}
    assert set(by) == set(NAMES)
    assert tuple(by[name].carrier for name in NAMES) == CARRIED
    for name in NAMES[1:]:
        assert np.isfinite(by[name].middle["copies"]), name
    picture = next(b for b in panel(forecast).blocks if isinstance(b, Picture))
    shown = picture.drawing.__html__()
    for words in ("naked molecules", "lipid nanoparticles", "liposomes", "inorganic particles"):
        assert words in shown
