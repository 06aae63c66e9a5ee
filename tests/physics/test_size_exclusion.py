"""Elution: the convolution, its limits, and the order of an abstract that was not fitted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from exocast.laws import size_exclusion as law


@pytest.mark.parametrize("plates", [20.0, 200.0, 5000.0])
@pytest.mark.parametrize("load", [0.05, 0.5, 2.0])
def test_the_share_is_the_convolution_of_plug_and_normal(plates, load) -> None:
    middle, start, end = 4.0, 3.7, 5.1
    u = np.linspace(0, load, 20001)
    spread = middle / np.sqrt(plates)
    inside = norm.cdf((end - u - middle) / spread) - norm.cdf((start - u - middle) / spread)
    expected = np.trapezoid(inside, u) / load
    assert float(law.collected_share(middle, plates, load, start, end)) == pytest.approx(
        expected, abs=1e-7
    )


@given(
    middle=st.floats(1, 20), plates=st.floats(10, 1e4), load=st.floats(1e-3, 3),
    cut=st.floats(0, 20),
)  # fmt: skip
def test_cuts_add_up_to_everything(middle, plates, load, cut) -> None:
    parts = [
        float(law.collected_share(middle, plates, load, start, end))
        for start, end in ((-1e3, cut), (cut, 1e3))
    ]
    assert sum(parts) == pytest.approx(1.0, abs=1e-7)


def test_larger_elutes_earlier_and_enters_less() -> None:
    partition = law.partition_coefficient(np.linspace(0, 200e-9, 300), 25e-9)
    assert (np.diff(partition) <= 0).all()
    assert partition[0] == 1.0
    volume = law.elution_volume(partition, 3.3, 10.0)
    assert volume[0] == 10.0
    assert volume[-1] == pytest.approx(3.3)


def test_a_wider_load_smears_the_cut() -> None:
    shares = [float(law.collected_share(4.0, 400.0, w, 3.6, 4.6)) for w in (0.1, 0.5, 1.5, 3.0)]
    assert shares == sorted(shares, reverse=True)


VOID, BED, PLATES, LOAD = 3.3, 10.0, 200.0, 0.5
EVERYWHERE = (-1e3, 1e5)


def process(middle: float, stay: float, start: float, end: float) -> float:
    """Return the share from the characteristic function of void, packing, entries and plug."""
    w = np.linspace(1e-6, 60.0, 120_001)
    z = 1j * w * VOID + (middle - VOID) / stay * (1 / (1 - 1j * w * stay) - 1)
    peak = np.exp(z + z**2 / (2 * PLATES)) * (np.exp(1j * w * LOAD) - 1) / (1j * w * LOAD)
    window = (np.exp(-1j * w * start) - np.exp(-1j * w * end)) / (1j * w)
    return float(np.trapezoid((peak * window).real, w) / np.pi)


SOLUTES = ((8.5, 0.07), (8.5, 0.2), (6.7, 0.1), (6.7, 1.0), (4.35, 0.5), (4.35, 1.7), (3.4, 6.0))


@pytest.mark.parametrize(("middle", "stay"), SOLUTES)
@pytest.mark.parametrize(("start", "end"), [(2.8, 4.8), (4.8, 6.8), (10.0, 30.0)])
def test_the_share_is_that_of_the_process_by_its_characteristic_function(
    middle, stay, start, end
) -> None:
    got = float(law.tailed_share(middle, VOID, stay, PLATES, LOAD, start, end))
    assert got == pytest.approx(process(middle, stay, start, end), rel=0.12, abs=2e-3)


@pytest.mark.parametrize("middle", [3.3, 4.0, 6.7, 9.9])
def test_fast_ways_into_beads_are_plates_alone_and_no_ways_are_the_void(middle) -> None:
    cut = (PLATES, LOAD, 2.8, 5.0)
    fast, never = (law.tailed_share(middle, VOID, stay, *cut) for stay in (1e-9, 1e9))
    assert float(fast) == pytest.approx(float(law.collected_share(middle, *cut)), abs=2e-6)
    assert float(never) == pytest.approx(float(law.collected_share(VOID, *cut)), abs=2e-6)


@given(middle=st.floats(3.3, 10), stay=st.floats(1e-6, 1e3), cut=st.floats(0, 30))
def test_slow_cuts_add_up_to_everything(middle, stay, cut) -> None:
    parts = [
        float(law.tailed_share(middle, VOID, stay, PLATES, LOAD, start, end))
        for start, end in ((EVERYWHERE[0], cut), (cut, EVERYWHERE[1]))
    ]
    assert sum(parts) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("stay", [0.05, 0.3, 1.0, 4.0])
def test_what_has_eluted_has_the_mean_and_variance_of_the_process(stay) -> None:
    middle, at = 6.0, np.linspace(-5.0, 120.0, 100_001)
    eluted = law.tailed_share(middle, VOID, stay, PLATES, LOAD, -1e3, at)
    mean = at[-1] - np.trapezoid(eluted, at)
    square = at[-1] ** 2 - 2 * np.trapezoid(at * eluted, at)
    variance = 2 * (middle - VOID) * stay + middle**2 / PLATES + LOAD**2 / 12
    assert mean == pytest.approx(middle + LOAD / 2, rel=1e-5)
    assert square - mean**2 == pytest.approx(variance, rel=0.02)
