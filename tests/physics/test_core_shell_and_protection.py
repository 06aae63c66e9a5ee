"""A vesicle as lumen in a shell, and what an enzyme leaves of a cargo."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.protection import surviving_share
from exocast.laws.vesicle_core_shell import core_shell_density, core_shell_index, lumen_share

DIAMETER = st.floats(30e-9, 1e-6)
THICKNESS = st.floats(4e-9, 12e-9)
INDEX = st.floats(1.3, 1.6)


def test_nothing_but_shell_and_next_to_nothing_of_it():
    assert float(lumen_share(10e-9, 5e-9)) == 0.0
    assert float(core_shell_density(10e-9, 5e-9, 1100.0, 1000.0)) == 1100.0
    assert float(core_shell_index(10e-9, 5e-9, 1.48, 1.35)) == pytest.approx(1.48, rel=1e-12)
    assert float(core_shell_density(1e-3, 5e-9, 1100.0, 1000.0)) == pytest.approx(1000.0, rel=1e-4)
    assert float(core_shell_index(1e-3, 5e-9, 1.48, 1.35)) == pytest.approx(1.35, rel=1e-4)


@given(DIAMETER, THICKNESS, INDEX, INDEX)
def test_the_whole_lies_between_its_parts(diameter, thickness, shell, lumen):
    low, high = sorted((shell, lumen))
    index = float(core_shell_index(diameter, thickness, shell, lumen))
    assert low - 1e-12 <= index <= high + 1e-12
    density = float(core_shell_density(diameter, thickness, 1000 * shell, 1000 * lumen))
    assert 1000 * low - 1e-9 <= density <= 1000 * high + 1e-9


def test_mass_is_that_of_its_two_parts():
    diameter, thickness, shell, lumen = 120e-9, 7e-9, 1180.0, 1040.0
    whole = np.pi / 6 * diameter**3
    inside = np.pi / 6 * (diameter - 2 * thickness) ** 3
    mass = inside * lumen + (whole - inside) * shell
    assert float(core_shell_density(diameter, thickness, shell, lumen)) == pytest.approx(
        mass / whole, rel=1e-12
    )


def test_small_contrast_is_the_mean_over_volume():
    share = float(lumen_share(100e-9, 5e-9))
    index = float(core_shell_index(100e-9, 5e-9, 1.3401, 1.3400))
    assert index == pytest.approx(1.34 + 1e-4 * (1 - share), abs=1e-8)


def test_a_density_sets_a_least_refractive_index():
    # Protein is the only common part that is heavy: whatever else is in a vesicle adds to the
    # index and hardly to the density. 1.10 g/mL so needs 1.40, above the published 1.374.
    water, protein = (993.3, 1.334), (1350.0, 1.58)
    volume = (1100.0 - water[0]) / (protein[0] - water[0])
    least = water[1] + volume * (protein[1] - water[1])
    assert least == pytest.approx(1.407, abs=0.002)
    assert least > 1.374


def test_survival_is_an_exponential_clock():
    assert float(surviving_share(np.log(2) / 60, 1.0, 60.0)) == pytest.approx(0.5)
    assert surviving_share(1.0, [0.0, 1.0], 1e9).tolist() == [1.0, 0.0]
    one, two = surviving_share(1e-3, 0.1, [600.0, 1200.0])
    assert two == pytest.approx(one**2)
