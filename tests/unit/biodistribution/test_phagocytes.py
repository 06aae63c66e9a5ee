"""Phagocytes: every term moves what it should, none passes diffusion but those that say so."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.evidence.parameter import Need
from exocast.laws.phagocyte_encounter import encounter_ceiling
from exocast.material.carrier import Carrier, carriers_of
from exocast.stages.biodistribution import phagocytes
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.liquids import diffusivity
from exocast.stages.biodistribution.liquids import needs as liquid_needs

MINUTE, DAY = 60.0, 86400.0
KEY = "biodistribution.whole_body."
MINUTES = np.unique(np.concatenate([np.linspace(0, 30, 61), np.linspace(30, 240, 22)]))


def drawn(**fixed):
    """Return the values of one mouse at its medians, some of them fixed."""
    anatomy = Anatomy.packaged()
    wanted = [*liquid_needs(anatomy), *phagocytes.needs(anatomy)]
    needs = [Need(n.parameter, {"species": "mouse", **n.context}) for n in wanted]
    ensemble = draw(needs, Catalogue.packaged(), Axes(1, 1), 1)
    for name, value in fixed.items():
        for identity in list(ensemble.values):
            if identity.startswith(KEY + name):
                ensemble.values[identity] = np.full(1, value)
    return ensemble.draws({"species": "mouse"})


P = drawn()


def carrier(diameter=100e-9, **surface) -> Carrier:
    grid = np.array([diameter])
    one = np.ones(1)
    held = {name: np.full(1, value) for name, value in surface.items()}
    return Carrier("small_ev.0", "small_ev", grid, one[:, None], one, 1120 * one, held, {})


def clearance(p=P, diameter=100e-9, organ="liver", bare=False, opsonised=False, **surface) -> float:
    given_ = carrier(diameter, **surface)
    return float(
        phagocytes.cell_clearance(given_, p, organ=organ, bare=bare, opsonised=opsonised)[0]
    )


def ceiling(diameter=100e-9, p=P) -> float:
    speed = diffusivity(np.array([diameter]), p)
    return float(encounter_ceiling(speed, p[phagocytes.RADIUS], p[phagocytes.SHERWOOD])[0, 0])


def test_an_ordinary_vesicle_has_the_clearance_of_before():
    """Diffusion and binding in series, binding ten times faster, at 100 nm."""
    binding = float(P[phagocytes.REACTION][0])
    before = 1.0 / (1.0 / ceiling() + 1.0 / binding)
    assert clearance() == pytest.approx(before, rel=2e-3)
    at_rest = drawn(sherwood=1.0)  # as before it was fitted
    assert clearance(p=at_rest) * 60e6 == pytest.approx(1.7e-8, rel=0.05)  # mL/min
    ordinary = {
        "phosphatidylserine_share": 1.0,
        "peg_copies": 0.0,
        "cd47_copies": 0.0,
        "albumin_binder_copies": 0.0,
        "sialic_acid_share": 1.0,
        "zeta_potential": -15e-3,
        "recognition": 1.0,
    }
    assert clearance(**ordinary) == pytest.approx(clearance(), rel=1e-12)


@given(
    marked=st.floats(0, 1),
    peg=st.floats(0, 1e5),
    cd47=st.floats(0, 1e4),
    albumin=st.floats(0, 1e4),
    glycans=st.floats(0, 1),
    zeta=st.floats(-0.08, 0.08),
    diameter=st.floats(20e-9, 900e-9),
    recognition=st.floats(0, 5),
    opsonised=st.booleans(),
)
@settings(max_examples=80)
def test_no_surface_passes_diffusion(
    marked, peg, cd47, albumin, glycans, zeta, diameter, recognition, opsonised
):
    surface = {
        "phosphatidylserine_share": marked,
        "peg_copies": peg,
        "cd47_copies": cd47,
        "albumin_binder_copies": albumin,
        "sialic_acid_share": glycans,
        "zeta_potential": zeta,
        "recognition": recognition,
    }
    taken = clearance(diameter=diameter, opsonised=opsonised, **surface)
    assert 0.0 <= taken <= ceiling(diameter) * (1 + 1e-9)


@pytest.mark.parametrize("name", ["peg_copies", "cd47_copies", "albumin_binder_copies"])
@given(one=st.floats(0, 1e5), other=st.floats(0, 1e5))
@settings(max_examples=30)
def test_a_shield_never_helps_phagocytes(name, one, other):
    few, many = sorted((one, other))
    assert clearance(**{name: many}) <= clearance(**{name: few}) * (1 + 1e-12)


@pytest.mark.parametrize("name", ["peg_copies", "cd47_copies", "albumin_binder_copies"])
def test_every_shield_matters(name):
    assert clearance(**{name: 1000.0}) < 0.8 * clearance()


@given(one=st.floats(0, 1), other=st.floats(0, 1))
@settings(max_examples=30)
def test_phosphatidylserine_is_a_signal_to_eat(one, other):
    few, many = sorted((one, other))
    low, high = (clearance(phosphatidylserine_share=share) for share in (few, many))
    assert low <= high * (1 + 1e-12)
    assert clearance(phosphatidylserine_share=0.0) < 0.7 * clearance()


def test_phosphatidylserine_acts_at_binding_not_on_diffusion():
    """Where binding is immeasurably fast its absence costs nothing."""
    fast = drawn(reaction=1.0)
    masked = clearance(fast, phosphatidylserine_share=0.0)
    assert masked == pytest.approx(clearance(fast), rel=1e-6)


def test_a_shed_coat_hides_nothing_and_antibody_reaches_past_one():
    coated = clearance(peg_copies=3000.0)
    assert clearance(peg_copies=3000.0, bare=True) == clearance()
    assert clearance(peg_copies=3000.0, opsonised=True) == pytest.approx(clearance())
    assert coated < 0.5 * clearance()


@given(one=st.floats(-0.06, 0.06), other=st.floats(-0.06, 0.06))
@settings(max_examples=30)
def test_cationic_vesicles_attach_faster(one, other):
    low, high = sorted((one, other))
    slow = drawn(reaction=1e-17)  # binding decides
    assert clearance(slow, zeta_potential=low) <= clearance(slow, zeta_potential=high)
    assert clearance(slow, zeta_potential=0.03) > 1.5 * clearance(slow)


def test_sialic_acid_hides_galactose_from_lectins():
    slow = drawn(reaction=1e-17)
    assert clearance(slow, sialic_acid_share=0.0) == pytest.approx(2 * clearance(slow), rel=0.01)
    assert clearance(sialic_acid_share=0.0) < 1.1 * clearance()  # diffusion decides


def test_small_vesicles_meet_more_cells_until_they_are_too_small_to_wrap():
    sizes = [20e-9, 40e-9, 100e-9, 400e-9]
    cleared = [clearance(diameter=d) for d in sizes]
    assert cleared[1] > cleared[2] > cleared[3]
    assert cleared[0] / ceiling(20e-9) < 0.6


def test_copies_are_of_the_mean_particle_of_a_kind(tube):
    """One density of chains on all sizes: the mean surface weighs them by number."""
    few = phagocytes.surface_area(carriers_of(tube(1)))["small_ev"]
    population = next(p for p in tube(1).populations if p.kind == "small_ev")
    exact = (population.count * np.pi * population.diameter**2).sum() / population.count.sum()
    assert few[0] == pytest.approx(exact, rel=1e-6)


def test_a_coat_lasts_as_long_as_it_hides():
    thick, thin = (carrier(peg_copies=c, peg_desorption=1e-4) for c in (4000.0, 1000.0))
    assert phagocytes.coat_loss(thick, P) < phagocytes.coat_loss(thin, P)


def surfaced(tube, **surface):
    """Return one tube in which every vesicle has a surface."""
    held = tube(1)
    properties = {name: np.full(1, value) for name, value in surface.items()}
    changed = tuple(replace(one, surface=properties) for one in held.populations)
    return replace(held, populations=changed)


def exposure(run):
    """Return the area under the share of the dose that is in blood [s]."""
    dose = run.given["particles"][0, -1]
    return np.trapezoid(run.course.of("blood")[0], run.course.time) / dose


@pytest.fixture(scope="module")
def plain(bench, tube):
    return bench(minutes=MINUTES, tube=surfaced(tube))


@pytest.mark.parametrize(
    "surface",
    [
        {"phosphatidylserine_share": 0.0},
        {"peg_copies": 1000.0},
        {"cd47_copies": 500.0},
        {"albumin_binder_copies": 100.0},
    ],
    ids=lambda surface: next(iter(surface)),
)
def test_what_hides_circulates(surface, bench, tube, plain):
    """Directions: phosphatidylserine blocked, CD47-CD63, albumin-binding domains, PEG."""
    hidden = bench(minutes=MINUTES, tube=surfaced(tube, **surface))
    assert exposure(hidden) > 1.1 * exposure(plain)
    share = [run.course.at("liver", 5 * MINUTE)[0] for run in (hidden, plain)]
    assert share[0] < share[1]


def test_bared_glycans_go_to_hepatocytes(bench, tube, plain):
    """Royo 2019: liver at once. Behind the fenestrae, the asialoglycoprotein receptor."""
    bared = bench(minutes=MINUTES, tube=surfaced(tube, sialic_acid_share=0.0))
    assert exposure(bared) < exposure(plain)
    cells = [run.course.at("liver.hepatocytes", 240 * MINUTE)[0] for run in (bared, plain)]
    assert cells[0] > 1.5 * cells[1]


@pytest.mark.xfail(strict=True, reason="lung phagocytes are at the diffusion ceiling already")
def test_bared_glycans_go_to_lung(bench, tube, plain):
    """Royo 2019, abstract: more in lung than intact vesicles. The body knows no way to that."""
    bared = bench(minutes=MINUTES, tube=surfaced(tube, sialic_acid_share=0.0))
    lung = [run.course.at("lung", 240 * MINUTE)[0] for run in (bared, plain)]
    assert lung[0] > lung[1]


def test_endothelium_sends_bound_albumin_back(bench, tube, plain):
    """Both take it in, and the neonatal Fc receptor of both brings it back out."""
    bound = bench(minutes=[0.0, 1.0], tube=surfaced(tube, albumin_binder_copies=100.0))
    name = "muscle.endothelial_uptake"
    taken = float(bound.wiring.values[f"{name}.small_ev.0"][0])
    half, largest = 20.0, 0.4
    kept = 1.0 - largest * 100.0 / (100.0 + half)
    assert taken == pytest.approx(kept * float(plain.wiring.values[name][0]), rel=1e-6)


def test_one_dose_and_early_doses_know_no_antibody(bench):
    """Within a day none has been made: the network has no such state, and nothing changes."""
    once, twice = (
        bench(minutes=[0.0, 5.0, 10.0], times=times, horizon=2 * DAY, dose=1e6)
        for times in ((0.0,), (0.0, DAY))
    )
    for run in (once, twice):
        assert "antibody" not in run.course.names
    at = [run.course.at("blood", 5 * MINUTE)[0] for run in (once, twice)]
    assert at[0] == at[1]


def late(bench, tube, days, **change):
    """Return blood 5 min after two doses, as shares of a dose."""
    after = [0.0, 5.0, 30.0]
    minutes = np.unique(np.concatenate([after, days * 1440.0 + np.array(after)]))
    held = surfaced(tube, peg_copies=3000.0)
    run = bench(
        minutes=minutes, tube=held, times=(0.0, days * DAY), horizon=days * DAY + 3600.0, **change
    )
    blood = [run.course.at("blood", (5.0 + start) * MINUTE)[0] for start in (0.0, days * 1440.0)]
    return [amount / 1e10 for amount in blood], run


def test_a_second_dose_a_week_later_leaves_faster(bench, tube):
    """Accelerated blood clearance of a coat of PEG: a week later, no longer after two months."""
    first, second = late(bench, tube, 7)[0]
    assert second < 0.5 * first
    first, second = late(bench, tube, 60)[0]
    assert second == pytest.approx(first, rel=0.03)


def test_a_marked_dose_is_no_faster_than_a_bare_one(bench, tube, plain):
    """Antibody takes a coat's work away, no more: diffusion stays."""
    fix = {KEY + "antibody_level": 1e6}
    _, second = late(bench, tube, 7, fix=fix)[0]
    bare = plain.course.at("blood", 5 * MINUTE)[0] / 1e10
    assert second == pytest.approx(bare, rel=0.02)


def test_antibody_can_be_switched_off_by_its_row(bench, tube):
    first, second = late(bench, tube, 7, fix={KEY + "antibody_level": 0.0})[0]
    assert second == pytest.approx(first, rel=1e-3)


def test_particles_balance_with_antibody(bench, tube):
    _, run = late(bench, tube, 7)
    assert run.residual < 1e-10
