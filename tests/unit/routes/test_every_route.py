"""What holds of every way into the body, in every species that has values."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.evidence import Catalogue
from exocast.material.step import settings_of
from exocast.stages.biodistribution import ROUTES

HOUR = 3600.0
TIMES = HOUR * np.array([0, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 24, 48])
LABEL = "zirconium-89"

SPECIES = sorted(
    {
        row.context["species"]
        for rows in Catalogue.packaged().values.values()
        for row in rows
        if "species" in row.context
    }
)
FINE = np.concatenate([[0.0], np.geomspace(1.0, 172800.0, 120)])
CASES = [(route, species) for route in ROUTES for species in SPECIES]
OUTSIDE = [route for route in ROUTES if not route.startswith("intravenous")]


def test_every_species_has_a_weight_here(weights):
    assert set(SPECIES) == set(weights)


@pytest.mark.parametrize(("route", "species"), CASES)
def test_the_dose_is_found_again_and_nothing_is_negative(dosed, route, species):
    ran = dosed(route, species=species)
    assert (ran.course.status == 0).all()
    assert ran.residual < 1e-9
    assert (ran.course.amount >= 0).all()
    whole = np.sum(list(ran.parts().values()), axis=0)
    given = ran.wired.entered(TIMES)[0] > 0
    # Kept in single precision: the balance above is held to 1e-9 in double.
    np.testing.assert_allclose(whole[:, given], 1.0, rtol=3e-6)


@pytest.mark.parametrize(("route", "species"), [c for c in CASES if c[0] in OUTSIDE])
def test_no_other_route_brings_more_to_blood_than_a_vein(dosed, route, species):
    """Into a coronary artery, blood holds the dose for one passage of the heart more.

    Of vesicles that no blood cell holds: those go round for hours with what they met on the way.
    """
    vein, other = (dosed(name, species=species, time=FINE) for name in ("intravenous_bolus", route))
    blood = vein.wiring.port("circulation")
    passage = blood.blood["heart"] / blood.through["heart"] / HOUR
    if route == "intracoronary":
        more = 1.5 * passage
        assert (other.free_exposure() <= 1.005 * vein.free_exposure() + more).all()
    else:
        assert (other.exposure() <= 1.005 * vein.exposure()).all()


@pytest.mark.parametrize("route", ROUTES)
def test_riders_are_found_again(dosed, route):
    """Cargo and label aboard, in cells, in excreta and dissolved: each balances for itself."""
    ran = dosed(route, dissolved=True)
    assert ran.residual < 1e-9
    for rider in ("siRNA", LABEL):
        held = np.asarray(ran.course.of(f"balance.{rider}"))[:, -1]
        dose = ran.wired.dosed[rider].sum(axis=1) + (
            ran.wired.dissolved[rider].sum(axis=1) if rider in ran.wired.dissolved else 0.0
        )
        np.testing.assert_allclose(held, dose, rtol=1e-6)


@pytest.mark.parametrize("route", ROUTES)
def test_label_is_found_again_wherever_it_is(dosed, route):
    """On vesicles, in cells, free in blood, in excreta, and where it was given."""
    ran = dosed(route)
    whole = np.sum(list(ran.sampled().found(LABEL).values()), axis=0)
    given = ran.wired.entered(TIMES)[0] > 0
    np.testing.assert_allclose(whole[:, given], 100.0, rtol=1e-5)


@pytest.mark.parametrize("route", ROUTES)
def test_no_other_route_brings_more_dissolved_cargo_to_the_kidneys(dosed, route):
    vein, other = (dosed(r, dissolved=True) for r in ("intravenous_bolus", route))
    filtered = [np.asarray(r.course.of("dissolved.filtered"))[:, -1] for r in (vein, other)]
    assert (filtered[1] <= 1.001 * filtered[0]).all()


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_outside_the_body_is_not_digested_by_its_cells(dosed, route):
    """Label in excreta stays there: no cell holds it."""
    ran = dosed(route)
    for name in ("faeces", "shed"):
        if f"{name}.{LABEL}" in ran.course.names:
            held = np.asarray(ran.course.of(f"{name}.{LABEL}"), float)
            assert (np.diff(held, axis=1) >= -1e-6 * held[:, -1:]).all()


@pytest.mark.parametrize("route", ROUTES)
def test_a_species_without_a_measurement_is_flagged(dosed, route):
    said = {
        species: [f.message for f in dosed(route, species=species).flags if "was read" in f.message]
        for species in SPECIES
    }
    assert all(len(found) <= 1 for found in said.values())
    assert any(said.values()), "somebody measured this route in every species: drop the flag"
    if route == "oral":
        assert not said["mouse"]
        assert "nanoparticles in the rat (jani_1990)" in said["rat"][0]


@pytest.mark.parametrize("route", ROUTES)
def test_two_doses_go_the_same_way(dosed, route):
    once, twice = (dosed(route, times=times) for times in ((0.0,), (0.0, 12 * HOUR)))
    assert twice.residual < 1e-9
    late = list(TIMES).index(12 * HOUR)
    np.testing.assert_allclose(
        once.course.of("liver")[:, :late], twice.course.of("liver")[:, :late], rtol=1e-4, atol=1.0
    )


TURNS = {
    ("intravenous_infusion", "duration"): (60.0, 7200.0),
    ("intracoronary", "duration"): (60.0, 7200.0),
    ("inhaled", "duration"): (60.0, 7200.0),
    ("inhaled", "delivery"): ("nebulised", "instilled"),
    ("subcutaneous", "volume"): (1e-8, 1e-6),
    ("subcutaneous", "site"): ("flank", "limb"),
    ("intramuscular", "volume"): (1e-8, 1e-6),
    ("intramyocardial", "volume"): (1e-8, 1e-6),
    ("intraperitoneal", "volume"): (1e-8, 1e-6),
    ("intrathecal", "volume"): (1e-9, 1e-7),
    ("intranasal", "volume"): (5e-9, 1e-7),
    ("topical", "device"): ("film", "microneedles"),
}
LOOKS = {
    "blood exposure": lambda ran: ran.exposure(),
    "peak in blood": lambda ran: np.asarray(ran.course.of("blood")).max(axis=1),
    "vesicles in lung": lambda ran: np.asarray(ran.course.of("lung"))[:, -1],
    "vesicles in nose": lambda ran: np.asarray(ran.course.of("nose")).max(axis=1),
}


@pytest.mark.parametrize(
    ("route", "name"), [(r, n) for r, cls in ROUTES.items() for n in settings_of(cls)]
)
def test_a_setting_moves_what_it_says(dosed, route, name):
    one = settings_of(ROUTES[route])[name]
    low, high = (dosed(route, settings={name: value}) for value in TURNS[route, name])
    look = LOOKS[one.moves]
    change = look(high) - look(low)
    assert one.direction
    # Rows of two options are drawn apart: their medians are compared.
    change = np.median(change) if one.choices else change
    assert (one.direction * change > 0).all()
