"""Displacement at posts: the threshold, its limits without diffusion, and what diffusion does."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.laws.lateral_displacement import critical_diameter, displaced_share

FIXED = {"period": 300e-9, "length": 1e-3, "shift": 0.1, "sharpness": 0.12}


def share(size, speed=1e-15, velocity=3e-4, **changed) -> np.ndarray:
    return displaced_share(size, 70e-9, speed, velocity, **{**FIXED, **changed})


def test_the_threshold_is_a_power_of_the_shift() -> None:
    ratio = critical_diameter(1e-6, 0.2) / critical_diameter(1e-6, 0.1)
    assert float(ratio) == pytest.approx(2**0.48)
    assert float(critical_diameter(2e-6, 0.1) / critical_diameter(1e-6, 0.1)) == pytest.approx(2)


def test_half_of_the_critical_size_goes_each_way_whatever_diffuses() -> None:
    for speed in (1e-15, 1e-12, 1e-10):
        assert float(share(70e-9, speed)) == pytest.approx(0.5)


def test_without_diffusion_the_cut_is_a_step() -> None:
    assert share(np.array([50e-9, 65e-9, 75e-9, 100e-9])).round(6).tolist() == [0, 0, 1, 1]


def test_diffusion_blurs_and_speed_and_length_sharpen() -> None:
    sizes = np.array([50e-9, 100e-9])
    contrast = [float(np.diff(share(sizes, 5e-12, v))[0]) for v in (1e-6, 1e-5, 1e-4)]
    assert contrast == sorted(contrast)
    longer = [float(np.diff(share(sizes, 5e-12, 1e-5, length=n))[0]) for n in (1e-4, 1e-3, 1e-2)]
    assert longer == sorted(longer)


def test_larger_is_displaced_more() -> None:
    grown = share(np.geomspace(20e-9, 500e-9, 50), 5e-12, 1e-5)
    assert (np.diff(grown) >= 0).all()
