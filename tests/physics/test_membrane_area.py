"""Vesicles of a cell's membrane: closed forms, limits, conservation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.lumen import lumen_volume, outer_area, sphere_volume
from exocast.laws.membrane_area import (
    extruded_diameter,
    held_back,
    mean_area,
    sheared_copies,
    spare_share,
    sphere_area,
    vesicles_of_area,
)
from exocast.laws.secretion import lognormal_shares

diameters = st.floats(1e-8, 1e-4)
shares = st.floats(1e-6, 0.999)


@given(diameters)
def test_a_sphere_by_its_volume_is_the_sphere_by_its_diameter(diameter: float) -> None:
    assert sphere_area(sphere_volume(diameter)) == pytest.approx(outer_area(diameter), rel=1e-12)


@given(diameters, diameters)
def test_all_the_membrane_is_in_the_vesicles(cell: float, vesicle: float) -> None:
    number = vesicles_of_area(outer_area(cell), outer_area(vesicle))
    assert number == pytest.approx((cell / vesicle) ** 2, rel=1e-12)
    assert number * outer_area(vesicle) == pytest.approx(outer_area(cell), rel=1e-12)


def test_the_mean_area_is_the_moment_of_the_log_normal() -> None:
    edges = np.geomspace(1e-9, 1e-5, 2001)
    middle, spread = np.array([1e-7]), np.array([1.4])
    held = mean_area(lognormal_shares(edges, middle, spread), np.sqrt(edges[1:] * edges[:-1]))
    assert held[0] == pytest.approx(np.pi * 1e-14 * np.exp(2 * np.log(1.4) ** 2), rel=1e-4)


def test_what_vesicles_enclose_is_a_sixth_of_area_times_diameter() -> None:
    """Of equal vesicles without a wall: A d / 6, whatever their number."""
    area, size = 2e-9, 1e-7
    closed = vesicles_of_area(area, outer_area(size)) * lumen_volume(size, 0.0)
    assert closed == pytest.approx(area * size / 6, rel=1e-12)


def test_a_sphere_has_nothing_to_spare() -> None:
    volume = sphere_volume(6e-6)
    assert spare_share(outer_area(6e-6), volume) == pytest.approx(0.0, abs=1e-12)
    assert spare_share(0.5 * outer_area(6e-6), volume) == 0.0
    assert spare_share(2 * outer_area(6e-6), volume) == pytest.approx(0.5, rel=1e-12)


@given(shares, shares, st.floats(1e-3, 1.0))
def test_shedding_is_bounded_and_grows(first: float, second: float, most: float) -> None:
    low, high = sorted((first, second))
    assert 0 <= held_back(low, most) <= held_back(high, most) <= most
    assert held_back(low, most) <= low * (1 + 1e-12)
    assert held_back(1e-9, most) == pytest.approx(1e-9, rel=1e-5)  # nothing holds it back
    assert held_back(low, 0.0) == 0.0


@given(st.floats(2e-8, 2e-6), st.floats(5e-8, 5e-7))
def test_the_size_lies_below_either_limit(pore: float, natural: float) -> None:
    size = float(extruded_diameter(pore, 1.1, natural))
    assert size < min(1.1 * pore, natural)
    assert size > min(1.1 * pore, natural) / np.sqrt(2) * (1 - 1e-9)
    assert extruded_diameter(2 * pore, 1.1, natural) > size


def test_cytosol_that_is_not_diluted_keeps_its_concentration() -> None:
    lumen = np.array([[1e-21, 2e-21]])
    whole = sheared_copies(1e6, 2e-15, lumen, 1.0, 1e-3)
    assert whole == pytest.approx(1e6 / 2e-15 * lumen, rel=1e-12)
    burst = sheared_copies(1e6, 2e-15, lumen, 0.0, 1e-3)
    assert burst == pytest.approx(1e-3 * whole, rel=1e-12)
