"""What is particular to a route: infusion, depot, cavity, gut, lung, nose and skin."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.errors import WiringError
from exocast.evidence import Catalogue
from exocast.stages.biodistribution import ROUTES
from exocast.stages.biodistribution.routes.measured import measured_routes

HOUR = 3600.0
TIMES = HOUR * np.array([0, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 24, 48])
LABEL, DOSE = "zirconium-89", 1e9
KEY = "biodistribution."
DAY = list(TIMES).index(24 * HOUR)


def at_site(ran, name="injection_site"):
    """Return the share of the dose at a site, in its liquid or in its cells, arrays (n, t)."""
    return ran.parts()[name]


# ---- into blood ---------------------------------------------------------------------------------


def test_an_infusion_that_takes_no_time_is_the_bolus(dosed):
    """To the last bit at 0, and closer and closer before."""
    bolus = dosed("intravenous_bolus")
    gaps = []
    for duration in (0.0, 1.0, 10.0, 100.0):
        ran = dosed("intravenous_infusion", settings={"duration": duration})
        late = TIMES > 100.0
        liver = [np.asarray(r.course.of("liver"), float)[:, late] for r in (ran, bolus)]
        gaps.append(np.abs(liver[0] / liver[1] - 1.0).max())
    assert gaps[0] == 0.0
    assert gaps == sorted(gaps)
    assert gaps[1] < 0.02


def test_an_infusion_goes_in_at_a_constant_rate(dosed):
    """What has gone in by each time is the straight line, and all of it is found."""
    ran = dosed("intravenous_infusion", settings={"duration": 2 * HOUR})
    share = ran.wired.entered(TIMES)[0]
    np.testing.assert_allclose(share, np.minimum(TIMES / (2 * HOUR), 1.0))
    held = np.asarray(ran.course.of("balance.particles"), float)
    np.testing.assert_allclose(held, share * ran.wired.dosed["particles"], rtol=1e-6)


def test_an_infusion_brings_as_much_to_blood_as_the_bolus(dosed):
    time = np.linspace(0.0, 6 * HOUR, 2000)
    runs = [dosed(name, time=time) for name in ("intravenous_bolus", "intravenous_infusion")]
    bolus, infusion = (ran.exposure() for ran in runs)
    np.testing.assert_allclose(infusion, bolus, rtol=0.03)


def test_a_coronary_artery_feeds_the_heart_first(dosed):
    """One passage undiluted: more than its share of the output in heart, the same in liver."""
    vein, artery = (dosed(name) for name in ("intravenous_bolus", "intracoronary"))
    assert (artery.parts()["heart"][:, DAY] > vein.parts()["heart"][:, DAY]).all()
    liver = [ran.parts()["liver"][:, DAY] for ran in (vein, artery)]
    np.testing.assert_allclose(*liver, rtol=0.05)


# ---- depots -------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["subcutaneous", "intramuscular", "intramyocardial"])
def test_a_larger_vesicle_leaves_a_depot_more_slowly(dosed, route):
    cells = {"subcutaneous": "injection_site", "intramuscular": "injection_site"}
    left = []
    for diameter in (40e-9, 70e-9, 100e-9, 200e-9, 400e-9):
        ran = dosed(route, diameter=diameter)
        left.append(at_site(ran, cells.get(route, "heart"))[:, DAY])
    assert (np.diff(left, axis=0) > 0).all()


@pytest.mark.parametrize(("diameter", "low", "high"), [(40e-9, 0.66, 0.86), (100e-9, 0.30, 0.50)])
def test_a_limb_of_a_rat_gives_lymph_what_it_gave_of_liposomes(dosed, diameter, low, high):
    """76 % of 40 nm and about 40 % of 100 nm left the foot (Oussoren 1997): the mesh's own data."""
    fixed = {
        KEY + "depot.fibre_share": 0.058, KEY + "depot.fibre_radius": 10e-9,
        KEY + "depot.local_uptake": 0.018 / HOUR, KEY + "depot.lymph_uptake": 0.095 / HOUR,
        KEY + "depot.reference_volume": 1e-7, KEY + "depot.squeezed": 1e-3,
    }  # fmt: skip
    ran = dosed(
        "subcutaneous", species="rat", diameter=diameter, settings={"site": "limb"}, fix=fixed,
        time=np.array([0.0, 60 * HOUR]),
    )  # fmt: skip
    gone = 1.0 - at_site(ran)[:, -1]
    assert ((low < gone) & (gone < high)).all()


def test_next_to_nothing_leaves_the_flank_of_a_rat(dosed):
    ran = dosed("subcutaneous", species="rat", members=40)
    assert np.median(1.0 - at_site(ran)[:, -1]) < 0.1


def test_lymph_meets_its_nodes_before_blood(dosed):
    """From under the skin the nodes hold far more of what left than after a vein."""
    ran, vein = dosed("subcutaneous", settings={"site": "limb"}), dosed("intravenous_bolus")
    share = [r.parts()["lymph_nodes"][:, DAY] / r.parts()["liver"][:, DAY] for r in (ran, vein)]
    assert (share[0] > 10 * share[1]).all()


def test_capillary_pores_let_no_vesicle_of_100_nm_back(dosed):
    """Decision 13: outside leaky organs the pores pass none; a mesh that is shut keeps it all."""
    shut = {KEY + "depot.fibre_share": 5.0, KEY + "depot.squeezed": 0.0,
            KEY + "depot.local_uptake": 0.0, KEY + "whole_body.large_pore": 46e-9}  # fmt: skip
    large = dosed("subcutaneous", fix=shut)
    small = dosed("subcutaneous", fix=shut, diameter=32e-9)
    assert at_site(large)[:, -1] == pytest.approx(1.0, abs=1e-6)
    assert (at_site(small)[:, -1] < 1.0 - 1e-6).all()


def test_the_heart_squeezes_most_of_it_out_in_minutes(dosed):
    fixed = {KEY + "depot.squeezed": 0.85, KEY + "depot.into_veins": 0.46,
             KEY + "depot.settling": 0.2 / 60}  # fmt: skip
    ran = dosed("intramyocardial", fix=fixed)
    minutes = list(TIMES).index(0.5 * HOUR)
    assert at_site(ran, "heart")[:, minutes] == pytest.approx(1 - 0.85 * 0.46, abs=0.04)


def test_too_much_liquid_is_flagged(dosed):
    said = [f.message for f in dosed("subcutaneous", settings={"volume": 1e-6}).flags]
    assert any("more than the 0.22 mL" in message for message in said)
    said = [f.message for f in dosed("subcutaneous", settings={"volume": 1e-7}).flags]
    assert not any("more than" in message for message in said)


# ---- cavities -----------------------------------------------------------------------------------


def test_the_abdomen_gives_lymph_every_size_alike(dosed):
    """Stomata sieve nothing: without cells and walls all of any size leaves at one rate."""
    fixed = {KEY + "cavity.macrophages": 0.0, KEY + "cavity.wall_flow": 0.0}
    small, large = (
        dosed("intraperitoneal", fix=fixed, diameter=d).parts()["peritoneal_cavity"]
        for d in (48e-9, 700e-9)
    )
    np.testing.assert_allclose(small, large, rtol=1e-4, atol=1e-9)


def test_cerebrospinal_fluid_turns_over(dosed):
    """Without phagocytes the liquid empties at its turnover, in closed form."""
    fixed = {KEY + "cavity.macrophages": 0.0, KEY + "whole_body.csf_turnover": 0.5 / HOUR,
             KEY + "whole_body.csf_influx": 0.0}  # fmt: skip
    ran = dosed("intrathecal", fix=fixed)
    np.testing.assert_allclose(
        ran.parts()["brain"][0, :9], np.exp(-0.5 * TIMES[:9] / HOUR), rtol=2e-3
    )


# ---- epithelia ----------------------------------------------------------------------------------


def test_the_gut_loses_most_of_what_is_swallowed(dosed):
    """Milk vesicles in mice: 55 % of label in faeces within a day, seen by no fit (Khanam 2023)."""
    ran = dosed("oral", members=80)
    dose = ran.wired.dosed[LABEL].sum(axis=1)
    faeces = np.asarray(ran.course.of(f"faeces.{LABEL}"))[:, DAY] / dose
    low, middle, high = np.percentile(faeces, [5, 50, 95])
    assert low < 0.55 < high
    assert 0.2 < middle < 0.8


def test_next_to_none_gets_through_the_gut_whole(dosed):
    """Below the few per cent of polystyrene that rats took beyond the gut (Jani, Walczak)."""
    ran, vein = (dosed(r, members=80) for r in ("oral", "intravenous_bolus"))
    got = ran.exposure() / vein.exposure()
    assert np.median(got) < 0.02
    assert np.percentile(got, 95) < 0.15


def test_digested_label_reaches_the_body_without_its_vesicle(dosed):
    ran = dosed("oral", members=20)
    free = np.asarray(ran.course.of(f"absorbed_fragments.{LABEL}"))[:, DAY]
    aboard = np.asarray(ran.course.of(f"blood.{LABEL}.aboard")).max(axis=1)
    assert (np.median(free) > 10 * np.median(aboard)).all()


def test_cilia_bring_what_fell_on_airways_to_the_gut(dosed):
    still = {KEY + "inhaled.alveolar": 0.0}
    ran = dosed("inhaled", fix=still, settings={"delivery": "instilled"})
    parts = ran.parts()
    assert (parts["gut"] + parts["gut_lumen"] + parts["faeces"])[:, -1].min() > 0.05


def test_instilled_more_stays_in_the_lung_than_breathed_in(dosed):
    shares = [
        dosed("inhaled", members=20, settings={"delivery": word}).parts()["lung"][:, DAY]
        for word in ("nebulised", "instilled")
    ]
    assert np.median(shares[1]) > 5 * np.median(shares[0])


def test_the_nose_to_the_brain_is_two_rivals(dosed):
    rivals = [
        dosed("intranasal", members=20, hypotheses={"nose_to_brain": word})
        for word in ("minimal", "direct")
    ]
    minimal, direct = (np.asarray(r.course.of("nose_to_brain"))[:, -1] / DOSE for r in rivals)
    assert np.median(minimal) < 1e-3
    assert np.median(direct) > 30 * np.median(minimal)


def test_the_nose_holds_no_more_than_its_room(dosed):
    fixed = {KEY + "intranasal.room": 1e-8}
    ran = dosed("intranasal", fix=fixed, settings={"volume": 4e-8})
    assert ran.parts()["nose"][:, 0] == pytest.approx(0.25, rel=1e-5)


def test_skin_lets_next_to_nothing_in_and_needles_do(dosed):
    film, needles = (dosed("topical", settings={"device": d}) for d in ("film", "microneedles"))
    assert (film.exposure() < 1e-3 * dosed("intravenous_bolus").exposure()).all()
    assert (needles.exposure() > 3 * film.exposure()).all()


# ---- dissolved, doses, data ---------------------------------------------------------------------


def test_dissolved_cargo_waits_at_the_site(dosed):
    """And is hydrolysed there, where a bolus has it in plasma at once."""
    ran = dosed("subcutaneous", dissolved=True)
    given = ran.wired.dissolved["siRNA"].sum(axis=1)
    assert np.asarray(ran.course.of("dissolved.at_site"))[:, 0] == pytest.approx(given, rel=1e-5)
    assert (np.asarray(ran.course.of("dissolved.plasma"))[:, 0] == 0).all()


def test_dissolved_cargo_is_lost_in_the_gut(dosed):
    ran = dosed("oral", dissolved=True)
    assert (np.asarray(ran.course.of("dissolved.plasma")) == 0).all()


def test_a_dose_cannot_go_into_a_sink_or_in_part(dosed):
    wiring = dosed("intravenous_bolus").wiring
    with pytest.raises(WiringError, match="is a sink"):
        wiring.dose_into(wiring.place("liver.taken_up"))


def test_what_was_measured_has_its_source():
    sources = Catalogue.packaged().sources
    for one in measured_routes():
        assert one.source in sources
        assert one.read in ("full", "abstract", "secondary")
        assert one.route in ROUTES
        assert one.locator
        assert one.note
    assert len(set(measured_routes())) == len(measured_routes())
