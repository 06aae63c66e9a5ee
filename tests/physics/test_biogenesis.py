"""The vesicle chain: closed forms, limits, balance, and the ratios of published experiments."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm

from exocast.laws.biogenesis import (
    enriched,
    intraluminal,
    packaged_share,
    relative_release,
    stations,
    stimulated,
)

RATE = st.floats(1e-6, 1e-2)
SHARE = st.floats(0.02, 0.98)
FACTOR = st.floats(0.0, 20.0)
TIME = st.floats(60.0, 14 * 86400.0)
USUAL = {"ripening": 5e-4, "residence": 3e-5, "fused": 0.2}


def released(time: float, **factors: float) -> float:
    known = {"budding": 1.0, "fusion": 1.0, "degradation": 1.0} | factors
    return float(relative_release(time, **USUAL, **known))


@given(RATE, RATE, RATE, RATE, RATE, RATE, RATE)
def test_what_enters_leaves_at_steady_state(inward, back, on, budding, ripening, fusion, loss):
    chain = stations(inward, back, on, budding, ripening, fusion, loss)
    assert float(chain.early * (back + on)) == pytest.approx(inward, rel=1e-12)
    assert float(chain.late * ripening) == pytest.approx(float(chain.early * on), rel=1e-12)
    assert float(chain.ready * (fusion + loss)) == pytest.approx(
        float(chain.late * ripening), rel=1e-12
    )
    made = budding * float(chain.late)
    assert float(chain.released + chain.degraded) == pytest.approx(made, rel=1e-12)


@given(TIME, RATE, st.floats(0, 50), st.floats(0, 50), RATE, RATE, RATE)
def test_no_vesicle_is_lost_on_the_way(time, made, first, second, ripening, fusion, loss):
    after = intraluminal(time, made, (first, second), ripening, fusion, loss)
    whole = first + second + made * time
    assert float(sum(after)) == pytest.approx(whole, rel=1e-9, abs=1e-12)
    assert all(float(part) >= -1e-9 * whole for part in after)


@pytest.mark.parametrize("ripening", [1e-4, 2e-4, 2.0000001e-4, 9e-4])
@pytest.mark.parametrize("hours", [0.5, 5.0, 100.0])
def test_the_closed_form_is_the_matrix_exponential(ripening, hours):
    made, fusion, loss, time = 2e-3, 0.5e-4, 1.5e-4, hours * 3600.0
    leaving = fusion + loss
    chain = np.array([
        [-ripening, 0, 0, 0, made],
        [ripening, -leaving, 0, 0, 0],
        [0, fusion, 0, 0, 0],
        [0, loss, 0, 0, 0],
        [0, 0, 0, 0, 0],
    ])  # fmt: skip
    by_hand = expm(chain * time) @ np.array([7.0, 3.0, 0.0, 0.0, 1.0])
    closed = intraluminal(time, made, (7.0, 3.0), ripening, fusion, loss)
    assert np.array(closed) == pytest.approx(by_hand[:4], rel=1e-8)


def test_it_comes_to_the_steady_state():
    chain = stations(1e-3, 0.0, 1.0, 2e-3, 5e-4, 6e-6, 2.4e-5)
    made = float(chain.released + chain.degraded)
    late = intraluminal(1e8, made, (0.0, 0.0), 5e-4, 6e-6, 2.4e-5)
    assert float(late.ripening + late.ready) == pytest.approx(float(chain.held), rel=1e-9)


@given(TIME, RATE, RATE, SHARE)
def test_an_undisturbed_cell_secretes_as_it_does(time, ripening, residence, fused):
    assert float(relative_release(time, ripening, residence, fused, 1, 1, 1)) == pytest.approx(
        1.0, rel=1e-6
    )


@given(TIME, SHARE, FACTOR, FACTOR)
def test_fusion_raises_release_and_lysosomes_lower_it(time, fused, less, more):
    low, high = sorted((less, more))
    rates = (5e-4, 3e-5, fused)
    by_fusion = [float(relative_release(time, *rates, 1.0, f, 1.0)) for f in (low, high)]
    by_loss = [float(relative_release(time, *rates, 1.0, 1.0, f)) for f in (low, high)]
    assert by_fusion[0] <= by_fusion[1] * (1 + 1e-9)
    assert by_loss[1] <= by_loss[0] * (1 + 1e-9)


def test_limits_of_time_and_of_strength():
    assert released(0.0, fusion=4.0) == 4.0
    assert released(1.0, fusion=4.0) == pytest.approx(4.0, rel=1e-3)
    assert released(1e12, fusion=4.0) == pytest.approx(4.0 / (4.0 * 0.2 + 0.8), rel=1e-6)
    assert released(1e12, fusion=1e6) == pytest.approx(1 / 0.2, rel=1e-4)  # no more to release
    assert released(1e12, degradation=0.0) == pytest.approx(1 / 0.2, rel=1e-6)
    assert released(86400.0, fusion=0.0) == 0.0
    assert released(1e12, budding=0.3) == pytest.approx(0.3, rel=1e-6)
    assert released(600.0, budding=0.0) == pytest.approx(1.0, abs=0.02)  # the stock is still there
    assert released(86400.0, budding=0.0, fusion=0.0, degradation=0.0) == 0.0


def test_a_block_of_budding_shows_later_than_a_block_of_fusion():
    day = 86400.0
    assert released(day / 4, fusion=0.3) < released(day / 4, budding=0.3)


def test_the_shift_of_branches_keeps_the_mean():
    # Copies of both branches, weighted with the new share, over the same with the usual share.
    share, usual, more = 0.1, 0.43, 10.0
    by_hand = (share * more + (1 - share)) / (usual * more + (1 - usual))
    assert float(enriched(share, usual, more)) == pytest.approx(by_hand)
    assert float(enriched(0.7, 0.2, 1.0)) == 1.0


def test_a_stimulus_taken_half_way_is_the_root():
    assert stimulated([4.0, 0.25], 0.5).tolist() == [2.0, 0.5]
    assert float(stimulated(3.0, -1.0)) == pytest.approx(1 / 3)


def test_case_10_one_affinity_for_two_microrna():
    # Shurtleff 2016, figure 4e: 9 % of miR-223 and 1.5 % of miR-190 in 20 min.
    time = 1200.0
    rate = -np.log1p(-0.015) / time
    affinity = np.log1p(-0.09) / np.log1p(-0.015)
    assert affinity == pytest.approx(6.24, abs=0.01)
    assert float(packaged_share(time, rate, affinity)) == pytest.approx(0.09)
    assert float(packaged_share(1e9, rate, affinity)) == pytest.approx(1.0)


def test_case_9_blood_cells_are_consistent_with_their_plasma_ratio():
    # Production is clearance in that balance (Auber and Svenningsen 2022, abstract): a consistency
    # of its own numbers, no test of a forecast. Rate over standing ratio is one clearance for all.
    rate = {"monocyte": 45.0, "erythrocyte": 0.0032}  # per cell and minute
    ratio = {"monocyte": 1.9e3, "erythrocyte": 0.13}  # vesicles in plasma per cell
    clearance = {cell: rate[cell] / ratio[cell] for cell in rate}
    assert clearance["monocyte"] == pytest.approx(clearance["erythrocyte"], rel=0.05)
    assert 1e4 < rate["monocyte"] / rate["erythrocyte"] < 2e4
