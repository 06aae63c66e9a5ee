"""Depots, mucus and what a second pool holds: closed forms and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.depot import lymph_uptake, surface_limited
from exocast.laws.fenestrae import fibre_exclusion
from exocast.laws.label_kinetics import left_behind
from exocast.laws.mucus import in_series, layer_crossing, mesh_hindrance

RATES = st.floats(1e-6, 1e3)


def test_a_depot_of_the_reference_volume_has_the_reference_rate():
    assert surface_limited(0.1, 1e-7, 1e-7) == pytest.approx(0.1)
    # Eight times the volume has four times the surface: half the rate.
    assert surface_limited(0.1, 8e-7, 1e-7) == pytest.approx(0.05)


def test_lymph_takes_what_the_mesh_passes():
    size = np.array([0.0, 7e-9, 40e-9, 100e-9, 1e-6])
    one = np.ones(1)
    rate = lymph_uptake(size, 0.1 * one, 1e-7, 1e-7 * one, 0.058 * one, 1e-8 * one)
    assert rate.shape == (1, 5)
    assert (np.diff(rate[0]) < 0).all()
    np.testing.assert_allclose(rate[0], 0.1 * fibre_exclusion(size, 0.058, 1e-8))
    assert rate[0, -1] < 1e-30


def test_the_mesh_of_the_catalogue_solves_its_two_equations():
    """`depot_mesh`: 76 and 40 % against one uptake by cells, with fibres of 10 nm."""
    phi = np.log(0.76 / 0.24 / (0.40 / 0.60)) / 27
    assert phi == pytest.approx(0.058, abs=5e-4)
    small, large = fibre_exclusion(np.array([40e-9, 100e-9]), phi, 1e-8)
    uptake = 0.095 * small * 0.24 / 0.76
    assert uptake == pytest.approx(0.018, abs=5e-4)
    assert 0.095 * large / (0.095 * large + uptake) == pytest.approx(0.40, abs=1e-6)


def test_a_mesh_without_fibres_hinders_nothing_and_a_tight_one_all():
    assert mesh_hindrance(np.array([0.0]), 1e-6, 0.0)[0] == 1.0
    assert mesh_hindrance(np.array([1e-6]), 1e-8, 1e-9)[0] == pytest.approx(0.0, abs=1e-300)
    size = np.geomspace(1e-8, 1e-6, 30)
    assert (np.diff(mesh_hindrance(size, 2e-7, 7e-9)) <= 0).all()


def test_a_layer_is_crossed_in_its_slowest_mode():
    """Against the slab solved by finite differences: reflecting top, absorbing bottom."""
    cells, thickness, diffusivity = 400, 1e-5, 1e-12
    step = thickness / cells
    matrix = np.diag(np.full(cells, -2.0)) + np.diag(np.ones(cells - 1), 1)
    matrix += np.diag(np.ones(cells - 1), -1)
    matrix[0, 0] = -1.0
    matrix[-1, -1] = -3.0
    slowest = -np.linalg.eigvalsh(matrix * diffusivity / step**2).max()
    assert layer_crossing(diffusivity, thickness) == pytest.approx(slowest, rel=1e-4)


@given(RATES, RATES)
def test_two_steps_are_slower_than_either(first, second):
    both = float(in_series(first, second))
    assert both <= min(first, second) * (1 + 1e-12)
    assert 1 / both == pytest.approx(1 / first + 1 / second)


def test_a_step_that_never_happens_stops_both():
    assert in_series(0.0, 3.0) == 0.0
    assert in_series(0.0, 0.0) == 0.0


@given(st.floats(0.01, 10), st.floats(0.01, 10), st.floats(0.01, 5))
def test_a_second_pool_is_batemans(first, second, time):
    held = float(left_behind(np.array(first), np.array(second), np.array(time)))
    grid = np.linspace(0.0, time, 4001)
    kernel = np.exp(-first * grid) * np.exp(-second * (time - grid))
    assert held == pytest.approx(np.trapezoid(kernel, grid), rel=1e-4)


def test_equal_rates_have_their_limit():
    assert left_behind(2.0, 2.0, 3.0) == pytest.approx(3 * np.exp(-6))
    assert left_behind(2.0, 2.0 * (1 + 1e-12), 3.0) == pytest.approx(3 * np.exp(-6))
