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
