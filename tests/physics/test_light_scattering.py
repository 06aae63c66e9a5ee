"""Brightness against the Mie series, and detection against its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import spherical_jn, spherical_yn

from exocast.laws.light_scattering import (
    backscatter,
    detection_probability,
    equal_brightness_diameter,
    rayleigh_brightness,
)

MEDIUM = 1.335
WAVELENGTH = 488e-9


def mie_cross_section(diameter: float, index: float) -> float:
    """Scattering cross-section [m^2] by the Mie series (Bohren and Huffman 1983, chapter 4)."""
    wave = 2 * np.pi * MEDIUM / WAVELENGTH
    x, m = wave * diameter / 2, index / MEDIUM
    order = np.arange(1, int(x + 4 * x ** (1 / 3) + 6))

    def psi(z):
        j, dj = spherical_jn(order, z), spherical_jn(order, z, derivative=True)
        return z * j, j + z * dj

    px, dpx = psi(x)
    pm, dpm = psi(m * x)
    y, dy = spherical_yn(order, x), spherical_yn(order, x, derivative=True)
    xi, dxi = px + 1j * x * y, dpx + 1j * (y + x * dy)
    a = (m * pm * dpx - px * dpm) / (m * pm * dxi - xi * dpm)
    b = (pm * dpx - m * px * dpm) / (pm * dxi - m * xi * dpm)
    series = ((2 * order + 1) * (np.abs(a) ** 2 + np.abs(b) ** 2)).sum()
    return 2 * np.pi / wave**2 * series


def rayleigh_cross_section(diameter: float, index: float) -> float:
    """The same from the brightness law, with the factor that the law leaves out."""
    wave = 2 * np.pi * MEDIUM / WAVELENGTH
    bright = rayleigh_brightness(np.array([diameter]), np.array([index]), MEDIUM)[0]
    return np.pi / 24 * wave**4 * bright


@pytest.mark.parametrize("index", [1.37, 1.45, 1.52])
def test_small_particles_scatter_as_rayleigh(index):
    assert rayleigh_cross_section(10e-9, index) == pytest.approx(
        mie_cross_section(10e-9, index), rel=5e-3
    )


@pytest.mark.parametrize(("diameter", "tolerance"), [(50e-9, 0.1), (80e-9, 0.2), (100e-9, 0.35)])
def test_near_the_limit_rayleigh_is_off_by_less_than_its_effect_on_the_limit(diameter, tolerance):
    ratio = rayleigh_cross_section(diameter, 1.37) / mie_cross_section(diameter, 1.37)
    assert 1 <= ratio < 1 + tolerance
    # d^6: what is off by a third in light is off by under 5 % in diameter.
    assert ratio ** (1 / 6) < 1.05


@given(st.floats(30e-9, 500e-9), st.floats(1.36, 1.6), st.floats(1.0, 1.5), st.floats(0.0, 0.1))
def test_detection_rises_with_size_and_contrast(diameter, index, growth, contrast):
    one = np.ones(1)

    def seen(d, n):
        return detection_probability(
            np.array([d]), n * one, 80e-9 * one, 1.37 * one, 0.7 * one, MEDIUM
        )[0, 0]

    assert seen(diameter * growth, index) >= seen(diameter, index)
    assert seen(diameter, index + contrast) >= seen(diameter, index)


def test_half_of_the_reference_is_seen_at_the_limit_and_a_matched_particle_never():
    one = np.ones(2)
    seen = detection_probability(
        np.array([80e-9, 500e-9]),
        np.array([1.37, MEDIUM]),
        80e-9 * one,
        1.37 * one,
        0.7 * one,
        MEDIUM,
    )
    assert seen[0, 0] == pytest.approx(0.5, abs=1e-12)
    assert (seen[1] == 0).all()


def test_equal_brightness_means_equal_brightness():
    other = equal_brightness_diameter(np.array([80e-9]), np.array([1.37]), np.array([1.52]), MEDIUM)
    assert rayleigh_brightness(other, np.array([1.52]), MEDIUM) == pytest.approx(
        rayleigh_brightness(np.array([80e-9]), np.array([1.37]), MEDIUM), rel=1e-12
    )


def test_backscatter_is_rayleighs_for_the_small_and_dark_where_the_form_factor_is():
    index, red = np.array([1.38]), 633e-9
    small = np.array([5e-9, 10e-9])
    plain = rayleigh_brightness(small, index, MEDIUM)
    assert np.allclose(backscatter(small, index, MEDIUM), plain, rtol=0.02)
    dark = 4.493409 * red / (2 * np.pi * MEDIUM)  # tan u = u, looking straight back
    around = backscatter(np.array([0.9, 1.0, 1.1]) * dark, index, MEDIUM, angle=np.pi)
    assert around[1] < 1e-8 * around.max()
