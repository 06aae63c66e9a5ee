"""States of a subject: what may be written, what each moves, and in which direction."""

import inspect

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need
from exocast.material.study import Study
from exocast.stages.biodistribution import WholeBody
from exocast.stages.biodistribution.disturbances import (
    CHANGE,
    DISTURBANCES,
    block_of,
    mistakes,
    needs,
)

MINUTE = 60.0
MINUTES = np.unique(np.concatenate([np.linspace(0, 30, 61), np.linspace(30, 240, 22)]))
GRADES = [(name, grade) for name, one in DISTURBANCES.items() for grade in one.grades]


def study(disturbances):
    """Return a mouse of 22 g with a state, dosed once."""
    return Study(
        "mouse", 0.022, "PANC-1", 0.0, "", (), "intravenous_bolus", (0.0,), 1.0, 1.0, disturbances
    )


def exposure(run):
    dose = run.given["particles"][0, -1]
    return np.trapezoid(run.course.of("blood")[0], run.course.time) / dose


def share(run, organ):
    return run.course.at(organ, 240 * MINUTE)[0] / run.given["particles"][0, -1]


@pytest.fixture(scope="module")
def states(bench):
    """Return a run of each state, made once."""
    held = {}

    def of(**disturbances):
        key = tuple(disturbances.items())
        if key not in held:
            held[key] = bench(minutes=MINUTES, disturbances=disturbances)
        return held[key]

    return of


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"sepsi": "severe"}, "Did you mean `sepsis`"),
        ({"spleen": "removed"}, "liver_dysfunction"),
        ({"sepsis": "sever"}, "Did you mean `severe`"),
        ({"lead": "1 h"}, "phagocyte_block"),
        ({"phagocyte_block": "1e12 particles"}, "how long before"),
        ({"phagocyte_block": "3 mg", "lead": "1 h"}, "a mass"),
        ({"phagocyte_block": "1e12 particles", "lead": "1 m"}, "1 h"),
        ({"phagocyte_block": "-1e12 particles", "lead": "1 h"}, "below 0"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(written, words):
    found = mistakes(written)
    assert len(found) == 1
    assert words in found[0][1]


def test_what_is_right_passes():
    every = {name: one.grades[0] for name, one in DISTURBANCES.items()}
    assert mistakes({**every, "phagocyte_block": "1e12 particles", "lead": "1 h"}) == []


def test_a_block_can_be_per_body_weight():
    given = {"phagocyte_block": "1e13 particles/kg", "lead": "30 min"}
    block = block_of(study(given))
    assert block is not None
    assert (block.dose, block.lead) == pytest.approx((0.022e13, 1800.0))


@pytest.mark.parametrize(("name", "grade"), GRADES)
def test_every_grade_has_its_rows_and_is_explained(name, grade):
    case = study({name: grade})
    for need in needs(case):
        row = Catalogue.packaged().find(Need(CHANGE, {**case.context(), **need.context}))
        assert row.low < row.value < row.high
        assert row.note
    words = " ".join((inspect.getdoc(WholeBody) or "").split())
    assert name in words
    assert f'"{grade}"' in words


CANCELS = pytest.mark.xfail(
    reason="since lung was fitted to 7 % of a dose, what it gains in sepsis outweighs what liver "
    "loses; both changes are assumed, and the paper that would tell is one to verify with"
)
GRADED = [name for name, one in DISTURBANCES.items() if len(one.grades) > 1]


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[CANCELS] if n == "sepsis" else []) for n in GRADED]
)
def test_worse_is_worse(name, states):
    grades = [states(), *(states(**{name: grade}) for grade in DISTURBANCES[name].grades)]
    assert (np.diff([exposure(run) for run in grades]) > 0).all()


def test_depletion_lengthens_circulation(states):
    """Imai 2015: an area of 160 %ID h/mL in depleted mice; here within the draws' reach."""
    assert exposure(states(macrophages="depleted")) > 8 * exposure(states())


@CANCELS
def test_sepsis_stays_longer(states):
    """Mirzaaghasi 2021, direction."""
    assert exposure(states(sepsis="severe")) > exposure(states())


def test_sepsis_goes_to_the_lung(states):
    """Mirzaaghasi 2021, direction."""
    ill, well = states(sepsis="severe"), states()
    assert share(ill, "lung") > 1.5 * share(well, "lung")
    assert share(ill, "liver") < share(well, "liver")


def test_a_closed_sinusoid_keeps_vesicles_from_hepatocytes(states):
    """Fewer and smaller fenestrae pass less, and of larger vesicles still less."""
    grades = [{"liver_dysfunction": grade} for grade in ("severe", "moderate", "mild")]
    for size in (0, 2):
        name = f"liver.pores_out.small_ev.{size}"
        rate = [float(states(**given).wiring.values[name][0]) for given in (*grades, {})]
        assert (np.diff(rate) > 0).all()
    small, large = (
        float(states(**grades[0]).wiring.values[name][0] / states().wiring.values[name][0])
        for name in ("liver.pores_out.small_ev.0", "liver.pores_out.small_ev.2")
    )
    assert large < small < 0.2


def test_without_cd169_blood_does_not_change(states):
    """Saunderson 2014: another place in the spleen, the same half-life."""
    without, wild = states(cd169="absent"), states()
    zone = [run.course.at("spleen.marginal_zone", 240 * MINUTE)[0] for run in (without, wild)]
    assert zone[0] < 0.8 * zone[1]
    assert exposure(without) == pytest.approx(exposure(wild), rel=0.02)


def test_a_tumour_does_not_change_clearance(bench, states):
    """J Pharm Sci 2023, mice with B16BL6: minimal differences in clearance."""
    healthy = bench(minutes=MINUTES, tumour_volume=0.0)
    assert exposure(states()) == pytest.approx(exposure(healthy), rel=0.1)


def test_a_block_fills_phagocytes(states):
    """The larger, the longer in blood; the earlier, the shorter; a tracer changes nothing."""
    runs = [states(phagocyte_block=f"{dose:g} particles", lead="1 h") for dose in (1e9, 1e12, 1e13)]
    area = [exposure(run) for run in runs]
    assert area[0] == pytest.approx(exposure(states()), rel=1e-2)
    assert area[1] > 1.2 * area[0]
    assert area[2] > 5 * area[1]
    assert exposure(states(phagocyte_block="1e12 particles", lead="3 d")) < 1.02 * area[0]
    assert all(run.residual < 1e-10 for run in runs)


def test_blocked_phagocytes_start_full_and_what_is_over_waits(states):
    run = states(phagocyte_block="1e13 particles", lead="1 h")
    values, starts = run.wiring.values, run.wiring.pool_starts
    for node in ("liver", "spleen", "lung"):
        filled = starts[f"{node}.load"][0] / values[f"{node}.capacity"][0]
        assert 0.9 < filled < 1.0
    left = run.course.of("phagocyte_block")[0]
    assert left[0] > 1e12
    assert (np.diff(left) <= 0).all()


def test_two_states_multiply(states):
    """Each has its own factor on the phagocytes of the liver."""
    both = states(sepsis="severe", liver_dysfunction="severe")
    alone = [states(sepsis="severe"), states(liver_dysfunction="severe")]
    held = [float(run.wiring.values["liver.capacity"][0]) for run in (both, *alone, states())]
    assert held[0] * held[3] == pytest.approx(held[1] * held[2])


@pytest.mark.parametrize(
    ("species", "weight"),
    [("rat", 0.25), ("pig", 40.0), ("macaque", 6.0), ("human", 73.0)],
)
def test_directions_hold_in_every_species(bench, species, weight):
    """Blocked or with a failing liver: longer in blood."""
    of = {"species": species, "body_weight": weight, "tumour_volume": 0.0, "dose": 1e9}
    blocked = {"phagocyte_block": "2e14 particles/kg", "lead": "1 h"}
    given = ({}, {"liver_dysfunction": "severe"}, blocked)
    area = [exposure(bench(minutes=MINUTES, disturbances=one, **of)) for one in given]
    assert area[1] > 1.05 * area[0]
    assert area[2] > 5 * area[0]


@pytest.mark.parametrize(
    ("species", "weight"),
    [
        pytest.param("rat", 0.25, marks=CANCELS),
        ("pig", 40.0),
        pytest.param("macaque", 6.0, marks=CANCELS),
        pytest.param("human", 73.0, marks=CANCELS),
    ],
)
def test_sepsis_stays_longer_in_every_species(bench, species, weight):
    of = {"species": species, "body_weight": weight, "tumour_volume": 0.0, "dose": 1e9}
    well, ill = (bench(minutes=MINUTES, disturbances=d, **of) for d in ({}, {"sepsis": "severe"}))
    assert exposure(ill) > 1.05 * exposure(well)
