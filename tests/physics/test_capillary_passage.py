"""Walls with two sizes of pores, transport in vesicles, competition and binding: limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from exocast.laws.capillary_passage import (
    bound_rate,
    competed_regain,
    transcytosis_clearance,
    two_pore_clearance,
)
from exocast.laws.molecule_passage import capillary_clearance, pore_permeability, pore_sieving

ONE = np.ones(1)
NM = 1e-9


def passing(size, *, small=9.0, large=50.0, share=0.05, flow=1e-12, pressure=140.0):
    size = np.atleast_2d(np.asarray(size, float))
    return two_pore_clearance(
        size * NM, small * NM * ONE, large * NM * ONE, share * ONE, flow * ONE, pressure * ONE,
        310.15 * ONE,
    )  # fmt: skip


sizes = st.floats(0.5, 400.0)


@given(size=sizes, large=st.floats(10.0, 300.0), share=st.floats(0.001, 0.5))
def test_what_a_pore_is_too_small_for_never_passes(size, large, share):
    out, back = passing(size, large=large, share=share)
    assert out[0, 0] >= back[0, 0] >= 0.0
    if size >= max(large, 9.0):
        assert out[0, 0] == back[0, 0] == 0.0
    else:
        assert out[0, 0] > 0.0


@given(size=sizes, more=st.floats(1.0, 3.0))
def test_a_larger_sphere_passes_no_faster(size, more):
    out, back = passing([size, size * more])
    assert out[0, 1] <= out[0, 0] * (1 + 1e-9)
    assert back[0, 1] <= back[0, 0] * (1 + 1e-9)


@given(size=sizes, wider=st.floats(1.0, 3.0))
def test_wider_pores_with_as_many_of_them_pass_more(size, wider):
    """As many pores: what each passes grows with the fourth power of its width (Poiseuille)."""
    flow = 1e-12 * np.array([1.0, 0.95 + 0.05 * wider**4])
    share = np.array([0.05, 0.05 * wider**4 / (0.95 + 0.05 * wider**4)])
    narrow, wide = (
        passing(size, large=50.0 * w, share=a, flow=j)[0]
        for w, a, j in zip((1.0, wider), share, flow, strict=True)
    )
    assert wide[0, 0] >= narrow[0, 0] * (1 - 1e-9)


def test_flow_carries_all_that_is_small_and_nothing_else_nets():
    """Out minus back is what the flow carries: all of it for water, none of a vesicle."""
    out, back = passing([1e-3, 100.0])
    assert out[0, 0] - back[0, 0] == pytest.approx(1e-12, rel=1e-3)
    assert out[0, 1] - back[0, 1] == 0.0


def test_one_size_of_pore_is_patlaks():
    out, back = passing(6.0, small=9.0, large=9.0)
    surface = pore_permeability(6 * NM, 9 * NM, 1e-12 / 140.0, 310.15)
    # Without a limit by flow: the sieving law's W and PS give the same exchange.
    one, other = capillary_clearance(1e9, surface, 1e-12, 1.0)
    assert out[0, 0] < float(one)  # where nothing is reflected
    sieved = pore_sieving(6 * NM, 9 * NM, 140.0, 310.15)
    steady = out[0, 0] / (back[0, 0] + 1e-12)  # lymph takes along what stands there
    assert steady == pytest.approx(float(sieved), rel=1e-9)
    assert float(other) > 0


def test_without_pores_or_flow_nothing_passes():
    assert float(passing(5.0, flow=0.0)[0][0, 0]) == 0.0
    assert float(passing(5.0, small=1.0, large=1.0)[0][0, 0]) == 0.0


def test_members_and_sizes_stand_apart():
    size = np.broadcast_to(np.array([10.0, 40.0, 100.0]) * NM, (4, 3))
    held = [np.full(4, value) for value in (9e-9, 5e-8, 0.05, 1e-12, 140.0, 310.0)]
    out, _ = two_pore_clearance(size, *held)
    assert out.shape == (4, 3)
    np.testing.assert_array_equal(out[0], out[3])
    held[1] = np.array([5e-8, 5e-8, 5e-8, 2e-8])
    out, _ = two_pore_clearance(size, *held)
    assert out[2, 1] > 0.0 == out[3, 1]


def test_transcytosis_is_a_share_of_uptake():
    assert float(transcytosis_clearance(2.0, 0.0, 3.0)) == 0.0
    assert float(transcytosis_clearance(2.0, 1.0, 3.0)) == 6.0


def test_competition_is_two_loads_in_one():
    """One state with a faster regain is what a dose adds to a load that others keep up."""
    digestion, room, capacity = 0.3, 2.0e10, 1.0e11  # per hour, particles per hour, particles
    dose, taking = 3e11, 0.7
    rest = room / digestion

    def both(_, y):
        free = (capacity + rest - y[1]) / capacity
        return [-taking * free * y[0], (taking * y[0] + room) * free - digestion * y[1]]

    regain = float(competed_regain(digestion, room, capacity))

    def one(_, y):
        free = 1.0 - y[1] / capacity
        return [-taking * free * y[0], taking * free * y[0] - regain * y[1]]

    times = np.linspace(0.0, 20.0, 9)
    whole = solve_ivp(both, (0, 20), [dose, rest], t_eval=times, rtol=1e-10, atol=1.0).y
    lean = solve_ivp(one, (0, 20), [dose, 0.0], t_eval=times, rtol=1e-10, atol=1.0).y
    np.testing.assert_allclose(lean[0], whole[0], rtol=1e-6, atol=1e3)
    np.testing.assert_allclose(lean[1], whole[1] - rest, rtol=1e-6, atol=1e4)


def test_without_capacity_there_is_nothing_to_compete_for():
    assert float(competed_regain(0.3, 1e9, 0.0)) == 0.3
    assert float(competed_regain(0.3, 0.0, 1e9)) == 0.3


@given(share=st.floats(0.0, 0.99), release=st.floats(1e-6, 10.0))
def test_binding_settles_at_its_share(share, release):
    on = float(bound_rate(share, release))
    assert on / (on + release) == pytest.approx(share, abs=1e-12)
