"""Copies per vesicle against simulation and closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.cargo_statistics import convolve, mix, mixed_poisson, variance

VESICLES = 400_000


def _moments(copies):
    return copies.mean(), (copies == 0).mean(), (copies * (copies - 1.0)).mean()


def test_a_mixture_of_opened_and_closed_vesicles_agrees_with_simulation():
    shares, means = [0.1, 0.3], [4.0, 0.5]
    random = np.random.default_rng(1)
    group = random.choice(3, size=VESICLES, p=[0.1, 0.3, 0.6])
    copies = random.poisson(np.array([4.0, 0.5, 0.0])[group])
    assert mixed_poisson(shares, means) == pytest.approx(_moments(copies), rel=0.02)


def test_a_second_loading_agrees_with_simulation():
    random = np.random.default_rng(2)
    first = random.poisson(3.0, VESICLES) * (random.random(VESICLES) < 0.2)
    second = random.poisson(0.7, VESICLES)
    both = convolve(mixed_poisson([0.2], [3.0]), mixed_poisson([1.0], [0.7]))
    assert both == pytest.approx(_moments(first + second), rel=0.02)


def test_pooled_sizes_agree_with_simulation_and_are_wider_than_poisson():
    random = np.random.default_rng(3)
    diameter = np.array([60e-9, 100e-9, 180e-9])
    counts, means = np.array([5.0, 3.0, 1.0]), 0.8 * (diameter / 100e-9) ** 3
    own = [mixed_poisson([1.0], [m]) for m in means]
    copies = random.poisson(means[random.choice(3, size=VESICLES, p=counts / 9)])
    mean, empty, second = mix(list(counts), own)
    assert (mean, empty, second) == pytest.approx(_moments(copies), rel=0.02)
    assert variance(mean, second) > mean


def test_nothing_is_exactly_nothing():
    mean, empty, second = mixed_poisson([0.3, 0.7], [np.zeros(3), np.zeros(3)])
    assert np.all(mean == 0)
    assert np.all(empty == 1)
    assert np.all(second == 0)
    assert [float(x) for x in mix([0.0], [(2.0, 0.1, 4.0)])] == [0.0, 1.0, 0.0]


@given(w=st.floats(0, 1), m=st.floats(0, 50))
def test_an_empty_share_lies_between_its_bounds(w, m):
    mean, empty, second = mixed_poisson([w], [m])
    assert 1 - w - 1e-12 <= empty <= 1
    assert variance(mean, second) >= mean - 1e-9  # never narrower than Poisson
    assert empty >= np.exp(-mean) - 1e-12  # nor with fewer empties
