"""Sizing by tracking against closed forms and simulated Brownian tracks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.particle_tracking import (
    diffusion_coefficient,
    hydrodynamic_diameter,
    size_blur,
    size_estimate_cdf,
    track_spread,
)

EDGES = np.geomspace(30e-9, 1000e-9, 41)


def test_a_micrometre_sphere_in_water_diffuses_as_in_the_textbook():
    # 1 um at 20 degC in water of 1.002 mPa s: 0.43 um^2/s.
    assert diffusion_coefficient(np.array([1e-6]), 293.15, 1.002e-3)[0] == pytest.approx(
        0.4285e-12, rel=1e-3
    )


@given(st.floats(1e-9, 1e-5))
def test_diameter_and_diffusion_are_inverse(diameter):
    there = diffusion_coefficient(np.array([diameter]), 298.15, 0.89e-3)
    assert hydrodynamic_diameter(there, 298.15, 0.89e-3)[0] == pytest.approx(diameter, rel=1e-12)


@pytest.mark.parametrize("steps", [5, 15, 60])
def test_simulated_tracks_have_the_spread_and_the_law(steps):
    generator = np.random.default_rng(1)
    tracks = 40_000
    squared = (generator.standard_normal((tracks, steps, 2)) ** 2).sum(axis=(1, 2))
    estimate = squared / (2 * steps)  # over the true D
    error = estimate.std() * np.sqrt(2.0 / tracks)
    assert estimate.std() == pytest.approx(track_spread(np.array([steps]))[0], abs=5 * error)
    ratio = 1 / estimate  # of diameters
    for x in (0.7, 1.0, 1.4):
        assert (ratio < x).mean() == pytest.approx(
            size_estimate_cdf(np.array([x]), np.array([steps]))[0], abs=4 * 0.5 / np.sqrt(tracks)
        )


@given(st.floats(3, 500), st.floats(0.9, 1.1))
def test_smear_conserves_counts(steps, scale):
    blur = size_blur(EDGES, np.linspace(0, 1e-6, 51), np.array([steps]), np.array([scale]))
    assert (blur >= 0).all()
    assert np.abs(blur.sum(axis=2) - 1).max() < 1e-12


def test_long_tracks_smear_nothing():
    blur = size_blur(EDGES, EDGES, np.array([1e7]), np.ones(1))[0]
    assert np.diag(blur).min() > 0.98


def test_the_smear_depends_on_ratios_only():
    blur = size_blur(EDGES, EDGES, np.array([20.0]), np.ones(1))[0]
    inner = blur[12:26, 12:26]
    assert inner[:-1, :-1] == pytest.approx(inner[1:, 1:], rel=1e-9)


def test_a_scale_error_is_a_shift_of_the_edges():
    plain = size_blur(EDGES, EDGES / 1.03, np.array([30.0]), np.ones(1))
    assert size_blur(EDGES, EDGES, np.array([30.0]), np.array([1.03])) == pytest.approx(
        plain, abs=1e-12
    )
