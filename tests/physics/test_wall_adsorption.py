"""Diffusion-limited loss to the wall: the series, the capacity, small vesicles first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import wall_adsorption as law


def full_series(reduced: float, terms: int = 4000) -> float:
    odd = 2 * np.arange(terms) + 1
    return float(1 - 8 / np.pi**2 * np.sum(np.exp(-((odd * np.pi) ** 2) * reduced / 4) / odd**2))


@pytest.mark.parametrize("reduced", [1e-5, 1e-3, 0.05, 0.19, 0.21, 0.5, 2.0, 10.0])
def test_slab_uptake_is_the_full_series(reduced) -> None:
    assert float(law.slab_uptake(reduced)) == pytest.approx(full_series(reduced), abs=1e-3)


def test_capacity_at_100_nm_is_seven_billion_a_square_centimetre() -> None:
    per_area = law.JAMMING_COVERAGE / (np.pi / 4 * (100e-9) ** 2)
    assert per_area * 1e-4 == pytest.approx(7e9, rel=0.02)


def lose(count, hours, area=5e-4, sticky=1.0, covered=0.0):
    diameter = np.array([50e-9, 100e-9, 200e-9])
    d = law.diffusivity(diameter, 277.15, 1.57e-3)[None, :]
    n = np.asarray(count, float)[None, :]
    volume = np.array([1e-6])
    return law.adsorbed_fraction(
        n,
        diameter,
        d,
        np.array([hours * 3600.0]),
        volume,
        np.array([area]),
        np.array([sticky]),
        np.array([covered]),
    )


def test_small_ones_go_first_in_the_ratio_of_the_roots_of_their_diffusivities() -> None:
    lost, _ = lose([1e6, 1e6, 1e6], 1.0)
    assert lost[0, 0] / lost[0, 1] == pytest.approx(np.sqrt(2), rel=1e-6)
    assert np.all(np.diff(lost[0]) < 0)


def test_dilute_loses_a_share_and_concentrated_loses_a_number() -> None:
    dilute, _ = lose([0, 1e9, 0], 48.0)
    more, _ = lose([0, 2e9, 0], 48.0)
    assert dilute[0, 1] == more[0, 1] > 0.3
    crowded, covered = lose([0, 1e13, 0], 1e4)
    held = crowded[0, 1] * 1e13
    assert held == pytest.approx(0.547 * 5e-4 / (np.pi / 4 * 1e-14), rel=1e-9)
    assert float(covered[0]) == pytest.approx(0.547 * 5e-4, rel=1e-9)
    assert lose([0, 1e13, 0], 1.0, covered=float(covered[0]))[0].max() == 0.0


def test_nothing_in_nothing_out() -> None:
    lost, covered = lose([0, 0, 0], 10.0)
    assert np.isfinite(lost).all()
    assert covered[0] == 0.0


@given(hours=st.floats(0, 1e4), more=st.floats(1, 5), sticky=st.floats(0.01, 1))
def test_loss_grows_with_time_and_stays_a_share(hours, more, sticky) -> None:
    count = [1e11, 3e11, 1e10]
    early, _ = lose(count, hours, sticky=sticky)
    late, _ = lose(count, hours * more, sticky=sticky)
    assert np.all(early >= 0)
    assert np.all(late <= 1)
    assert np.all(late >= early - 1e-12)
