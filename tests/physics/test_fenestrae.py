"""Hindered transport through holes: limits, published single-hole figures, distributions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from exocast.laws.fenestrae import (
    fibre_exclusion,
    hindered_convection,
    hindered_diffusion,
    pore_average,
    sinusoid_area,
    wall_exchange,
)

ratio = st.floats(0.0, 1.5)


@given(ratio)
def test_hindrance_is_a_share(x):
    for law in (hindered_diffusion, hindered_convection):
        assert 0.0 <= float(law(x)) <= 1.0
    if x >= 1.0:
        assert float(hindered_diffusion(x)) == float(hindered_convection(x)) == 0.0


def test_hindrance_falls_with_size_and_diffusion_below_convection():
    x = np.linspace(0.001, 1.0, 400)
    assert (np.diff(hindered_diffusion(x)) < 1e-9).all()
    assert (np.diff(hindered_convection(x)) <= 0).all()
    assert (hindered_diffusion(x) <= hindered_convection(x) + 1e-12).all()


def test_small_solute_limit_is_renkin_like():
    # 1 + 9/8 x ln x - 1.56 x is the leading form; partition alone is (1 - x)^2.
    x = 0.01
    assert float(hindered_diffusion(x)) == pytest.approx(1 + 9 / 8 * x * np.log(x) - 1.56 * x, 1e-4)
    assert float(hindered_convection(x)) == pytest.approx(1 - (1 - (1 - x) ** 2) ** 2, abs=1e-3)


def test_polynomial_meets_the_close_fit():
    below, above = (float(hindered_diffusion(x)) for x in (0.95 - 1e-9, 0.95 + 1e-9))
    assert abs(below - above) < 1e-6


def test_upper_limits_of_rodent_and_human_fenestrae():
    """Physics decision 13: 0.14 and 0.03 from the upper limits alone."""
    assert float(hindered_diffusion(100 / 280)) == pytest.approx(0.14, rel=0.02)
    assert float(hindered_diffusion(100 / 180)) == pytest.approx(0.03, rel=0.1)


@pytest.mark.parametrize(
    ("mean", "largest", "expected"), [(135e-9, 280e-9, 1.6e-2), (105e-9, 180e-9, 2e-3)]
)
def test_distributed_fenestrae(mean, largest, expected):
    """Physics decision 13: 1.6e-2 (rodent) and 2e-3 (human) at 100 nm, CV about a quarter."""
    hindered, _ = pore_average(np.array([100e-9]), mean, 0.25, 50e-9, largest)
    assert hindered[0, 0] == pytest.approx(expected, rel=0.15)


def test_average_against_adaptive_quadrature():
    mean, variation, low, high, d = 135.0, 0.3, 50.0, 280.0, 80.0
    shape = stats.norm(mean, mean * variation)

    def integral(power, law):
        value, _ = integrate.quad(
            lambda x: shape.pdf(x) * x**power * float(law(d / x)), low, high, limit=400, points=[d]
        )
        return value

    def one(_):
        return 1.0

    h, w = pore_average(np.array([d]), mean, variation, low, high)
    assert h[0, 0] == pytest.approx(integral(2, hindered_diffusion) / integral(2, one), rel=2e-3)
    assert w[0, 0] == pytest.approx(integral(4, hindered_convection) / integral(4, one), rel=2e-3)


def test_narrow_distribution_is_a_single_hole():
    h, w = pore_average(np.array([40e-9]), 100e-9, 1e-4, 50e-9, 280e-9)
    assert h[0, 0] == pytest.approx(float(hindered_diffusion(0.4)), rel=1e-3)
    assert w[0, 0] == pytest.approx(float(hindered_convection(0.4)), rel=1e-3)


def test_average_over_members_and_sizes():
    d = np.array([40e-9, 100e-9, 400e-9])
    h, w = pore_average(d, np.full(5, 135e-9), 0.25, 50e-9, 280e-9)
    assert h.shape == w.shape == (5, 3)
    assert (h[:, 2] == 0).all()
    assert (h[:, 0] > h[:, 1]).all()


@given(ps=st.floats(1e-18, 1e-9), flow=st.floats(0, 1e-9), share=st.floats(0, 1))
def test_wall_exchange_nets_the_carried_amount(ps, flow, share):
    out, back = wall_exchange(np.array([ps]), np.array([flow]), np.array([share]))
    assert out[0] >= 0
    assert back[0] >= 0
    assert out[0] - back[0] == pytest.approx(flow * share, rel=1e-6, abs=1e-9 * ps)


def test_wall_exchange_without_holes_or_flow():
    zero = np.zeros(1)
    assert [float(x[0]) for x in wall_exchange(zero, zero, zero)] == [0.0, 0.0]
    assert [float(x[0]) for x in wall_exchange(zero, np.ones(1), np.ones(1))] == [1.0, 0.0]


def test_wall_exchange_matches_patlak():
    ps, flow, share = 2.0, 3.0, 0.5
    peclet = flow * share / ps
    out, back = wall_exchange(*(np.array([x]) for x in (ps, flow, share)))
    assert out[0] == pytest.approx(flow * share / (1 - np.exp(-peclet)), rel=1e-12)
    assert back[0] == pytest.approx(flow * share * np.exp(-peclet) / (1 - np.exp(-peclet)), 1e-12)


def test_sinusoid_area_of_one_tube():
    radius, length = 3e-6, 1.0
    area = sinusoid_area(np.pi * radius**2 * length, radius)
    assert float(area) == pytest.approx(2 * np.pi * radius * length, rel=1e-12)


def test_denser_mesh_excludes_more():
    d = np.array([30e-9, 100e-9, 300e-9])
    thin, dense = (fibre_exclusion(d, share, 20e-9) for share in (0.01, 0.1))
    assert (dense < thin).all()
    assert (np.diff(thin) < 0).all()
