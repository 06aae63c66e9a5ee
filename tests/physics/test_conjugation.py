"""Chemistry and binding on surfaces against the equations that they solve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from exocast.laws.conjugation import bridged_encounters, coupled, function_kept, handles_made
from exocast.laws.site_binding import bound_in_time, bound_to_sites

amount = st.floats(1e-6, 1e3)


def integrated(rate, time):
    return solve_ivp(rate, (0, time), [0.0], rtol=1e-10, atol=1e-13, method="LSODA").y[0, -1]


@pytest.mark.parametrize(("a", "b"), [(1.0, 3.0), (3.0, 1.0), (2.0, 2.0), (1.0, 1.0 + 1e-9)])
def test_coupling_is_the_solution_of_its_equation(a, b):
    expected = integrated(lambda _, x: 0.4 * (a - x) * (b - x), 2.0)
    assert float(coupled(a, b, 0.4, 2.0)) == pytest.approx(expected, rel=1e-7)


@given(a=amount, b=amount, k=amount, t=amount)
def test_no_more_couples_than_there_is(a, b, k, t):
    x = float(coupled(a, b, k, t))
    assert 0 <= x <= min(a, b) * (1 + 1e-9)
    assert float(coupled(b, a, k, t)) == pytest.approx(x, rel=1e-9)


def test_handles_are_the_solution_of_theirs():
    def rate(_, y):
        free, ester = y
        return [-0.02 * free * ester, -3e-4 * ester]

    end = solve_ivp(rate, (0, 5000), [1.0, 0.05], rtol=1e-10, atol=1e-14).y[0, -1]
    assert float(handles_made(0.05, 0.02, 3e-4, 5000.0)) == pytest.approx(1 - end, rel=1e-7)


@given(ligand=amount, sites=amount, constant=amount)
def test_bound_obeys_mass_action(ligand, sites, constant):
    b = float(bound_to_sites(ligand, sites, constant))
    assert 0 <= b <= min(ligand, sites) * (1 + 1e-9)
    assert (ligand - b) * (sites - b) == pytest.approx(constant * b, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("time", [0.0, 50.0, 500.0, 1e5])
def test_binding_in_time_is_the_solution_of_its_equation(time):
    ligand, sites, constant, off = 2.0, 1.5, 0.3, 1e-3
    expected = integrated(
        lambda _, x: off / constant * (ligand - x) * (sites - x) - off * x, time
    ) if time else 0.0  # fmt: skip
    found = float(bound_in_time(ligand, sites, constant, off, time))
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_bridges_need_two_handles_and_something_to_hold():
    theta = np.linspace(0.0, 1.0, 101)
    bridges = bridged_encounters(theta, 1e-3, 3.0)
    way = np.array([np.trapezoid(4 * u * (1 - u), u) / u[-1]
                    for u in (np.linspace(0, end, 2001) for end in theta[1:])])  # fmt: skip
    np.testing.assert_allclose(bridges[1:], 1e-3 * 2 / 3 * way, rtol=1e-5)
    assert bridges[0] == 0
    assert (bridged_encounters(theta, 1e-3, 1.0) == 0).all()
    assert float(function_kept(0.3, 2.0)) == pytest.approx(0.49)
