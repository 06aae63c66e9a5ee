"""Tumour growth has its two limits; a Krogh cylinder solves its own equation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_bvp

from exocast.laws.penetration import exposure_variation, joint_variation, penetration_depth
from exocast.laws.tumour_growth import division_rate, relative_growth


@given(volume=st.floats(1e-12, 1e-3), rate=st.floats(1e-8, 1e-4), linear=st.floats(1e-14, 1e-9))
def test_growth_never_passes_either_limit(volume, rate, linear):
    found = float(relative_growth(volume, rate, linear))
    # The switch takes at most 2^(1/20) off, where both limits meet.
    limit = min(rate, linear / volume)
    assert limit * 0.965 <= found <= limit * (1 + 1e-12)


def test_growth_is_exponential_then_linear():
    assert float(relative_growth(1e-9, 1e-6, 1e-11)) == pytest.approx(1e-6)
    assert float(relative_growth(1e-3, 1e-6, 1e-11)) * 1e-3 == pytest.approx(1e-11)
    assert float(relative_growth(0.0, 1e-6, 1e-11)) == pytest.approx(1e-6)


def test_births_exceed_growth_by_what_is_lost():
    growth, factor = 2e-6, 0.6
    births = float(division_rate(growth, factor))
    assert births - factor * births == pytest.approx(growth)


@pytest.mark.parametrize("depth", [15e-6, 40e-6, 200e-6])
def test_exposure_against_the_boundary_value_problem(depth):
    vessel, tissue = 8e-6, 75e-6

    def slope(r, y):
        return np.vstack([y[1], y[0] * (tissue / depth) ** 2 - y[1] / r])

    r = np.linspace(vessel / tissue, 1.0, 400)
    found = solve_bvp(
        slope, lambda a, b: np.array([a[0] - 1.0, b[1]]), r, np.ones((2, r.size)), tol=1e-8
    )
    share = (np.arange(2000) + 0.5) / 2000
    at = np.sqrt((vessel / tissue) ** 2 + share * (1 - (vessel / tissue) ** 2))
    c = found.sol(at)[0]
    expected = c.std() / c.mean()
    assert float(exposure_variation(depth, vessel, tissue)) == pytest.approx(expected, rel=0.02)


def test_even_where_vesicles_get_far_and_uneven_where_they_do_not():
    depths = np.geomspace(2e-6, 1e-2, 40)
    found = exposure_variation(depths, 8e-6, 75e-6)
    assert found[-1] < 1e-3
    assert (np.diff(found) < 0).all()
    assert float(exposure_variation(1e-9, 8e-6, 75e-6)) > 5  # no overflow, all in the first ring
    assert np.isfinite(found).all()


def test_depth_and_joint_variation():
    assert float(penetration_depth(1e-12, 1e-2)) == pytest.approx(1e-5)
    generator = np.random.default_rng(4)
    a, b = (generator.gamma(1 / v**2, v**2, 400_000) for v in (0.8, 1.1))
    assert float(joint_variation(0.8, 1.1)) == pytest.approx((a * b).std(), rel=0.02)
    assert float(joint_variation(0.0, 0.7)) == pytest.approx(0.7)
