"""Liposomes: lipids that were weighed in are there again, cargo goes with them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws.liposome import mean_lipid
from exocast.laws.lumen import AVOGADRO
from exocast.material.suspension import Suspension
from exocast.stages.donor.liposome import (
    AREA,
    KIND,
    LAYER,
    LIPID_MASS,
    LUMEN,
    PEG_MASS,
    STEROL_AREA,
    STEROL_MASS,
    THICKNESS,
    Liposome,
)


def made(**settings: Any) -> Any:
    step = Liposome(**settings)
    assert step.check() == []
    needs = [Need(n.parameter, {**step.context(), **n.context}) for n in step.needs()]
    p = draw(needs, Catalogue.packaged(), Axes(5, 2), 1).draws(dict(step.context()))
    tube, exchange = step.apply(Suspension.nothing(10), p)
    return tube, exchange, p, step


def lipid_mass(tube: Suspension, p: Any, step: Liposome) -> np.ndarray:
    """Return the mass of all lipid by hand, array (n,) [kg]."""
    held = tube.population(KIND)
    coat = p[LAYER][:, None] if step.peg_share else 0.0
    outer = held.diameter - 2 * coat
    inner = outer - 2 * p[THICKNESS][:, None]
    shares = (step.cholesterol, step.peg_share)
    area = mean_lipid(p[AREA], p[STEROL_AREA], p[AREA], *shares)[:, None]
    each = np.pi * (outer**2 + np.maximum(inner, 0) ** 2) / area
    molar = mean_lipid(p[LIPID_MASS], p[STEROL_MASS], p[PEG_MASS], *shares)
    return (held.count * each).sum(axis=1) * molar / AVOGADRO


@pytest.mark.parametrize("peg_share", [0.0, 0.05])
def test_the_lipid_that_was_weighed_in_is_there(peg_share: float) -> None:
    tube, _, p, step = made(lipid=2e-5, peg_share=peg_share)
    assert lipid_mass(tube, p, step) == pytest.approx(2e-5, rel=1e-9)


def test_cargo_is_a_mass_over_the_mass_of_lipid() -> None:
    tube, exchange, p, step = made(cargo="doxorubicin", cargo_to_lipid=0.1, encapsulated=0.8)
    from exocast.stages.loading.cargo import MOLAR_MASS

    pools = tube.pools("doxorubicin")
    mass = pools["inside"] * p[MOLAR_MASS] / AVOGADRO
    assert mass == pytest.approx(0.1 * step.lipid, rel=1e-9)
    assert pools["free"] == pytest.approx(pools["inside"] * 0.25, rel=1e-9)
    assert (exchange.notes[LUMEN] > 0).all()


def test_a_liposome_of_a_hundred_nanometres_holds_some_eighty_thousand_lipids() -> None:
    tube, _, p, _step = made(diameter=100e-9, polydispersity=0.01)
    held = tube.population(KIND)
    molar = mean_lipid(p[LIPID_MASS], p[STEROL_MASS], p[PEG_MASS], 0.4, 0.05)
    each = 1e-5 / molar * AVOGADRO / held.total
    assert 6e4 < np.median(each) < 1.6e5


def test_a_lumen_that_could_not_be_so_full_is_flagged() -> None:
    tube, _, p, step = made(cargo="doxorubicin", cargo_to_lipid=0.3, diameter=55e-9)
    assert [flag.severity for flag in step.flags(tube, p)] == ["serious"]
    tube, _, p, step = made(cargo="doxorubicin", cargo_to_lipid=0.01)
    assert step.flags(tube, p) == []


def test_an_unknown_cargo_is_refused_and_none_is_none() -> None:
    assert Liposome(cargo="sirna").check()
    assert made(cargo_to_lipid=0.1)[0].cargoes == ()


def test_chains_follow_their_share_and_phosphatidylserine_is_not_there() -> None:
    none, some = (made(peg_share=x)[0].population(KIND).surface for x in (0.0, 0.05))
    assert none["peg_copies"] == pytest.approx(0.0)
    assert (some["peg_copies"] > 500).all()
    assert "phosphatidylserine_share" not in some
    assert "peg_desorption" not in some


def test_fluid_bilayers_are_recognised_more() -> None:
    rigid, fluid = (
        np.median(made(phospholipid=name)[0].population(KIND).surface["recognition"])
        for name in ("saturated", "unsaturated")
    )
    assert fluid > rigid
