"""Label kinetics in closed form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.laws.label_kinetics import (
    organ_signal,
    plasma_signal,
    tag_course,
)

rate = st.floats(1e-6, 1e-1)


@settings(deadline=None)  # the first call imports scipy
@given(h=rate, k_i=rate, k_d=rate, r=st.floats(0, 1), k_s=rate, k_g=rate, phi=st.floats(0, 1))
def test_label_is_conserved(h, k_i, k_d, r, k_s, k_g, phi):
    time = np.array([0.0, 30.0, 600.0, 86400.0])
    course = tag_course(time, h, k_i, k_d, r, k_s, k_g, phi)
    np.testing.assert_allclose(sum(course.values()), 1.0, rtol=1e-9)
    assert all((part > -1e-12).all() for part in course.values())


def test_tissue_against_bateman():
    time = np.linspace(0, 3600, 50)
    h, k = 0.005, 0.0007
    course = tag_course(time, h, 0.0, k)
    bateman = h / (k - h) * (np.exp(-h * time) - np.exp(-k * time))
    np.testing.assert_allclose(course["tissue"], bateman, rtol=1e-9, atol=1e-12)


def test_release_cannot_be_there_at_once_but_unbound_label_is():
    start = np.array([0.0])
    assert tag_course(start, 0.01, 0, 0.01, released=1.0)["soluble"][0] == 0.0
    assert tag_course(start, 0.01, 0, 0.01, unbound=0.3)["soluble"][0] == pytest.approx(0.3)


def test_residualising_label_stays():
    course = tag_course(np.array([86400.0]), 0.0058, 0.0, 0.0)
    assert course["tissue"][0] == pytest.approx(1.0)


def test_signals_are_linear_readings():
    assert float(plasma_signal(1.0, 0.0, 0.0, 1.0, 2.0, 5.0)) == 1.0
    assert float(organ_signal(0.0, 4.0, 0.25, 1.0)) == 1.0
