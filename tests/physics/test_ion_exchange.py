"""Charge: limits of the double layer, retention, the plug, and one wall for all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import ion_exchange as law
from exocast.laws.size_exclusion import collected_share

WARM = 298.15


def pull(salt, zeta=-15e-3, radius=50e-9) -> float:
    own = law.potential_in_salt(zeta, 150.0, salt, WARM)
    wall = law.potential_in_salt(50e-3, 150.0, salt, WARM)
    return float(law.wall_attraction(radius, own, wall, 0.5e-9, salt, WARM))


def test_debye_length_is_the_one_of_tables() -> None:
    # 0.304 nm over the root of molarity at 25 degC.
    assert float(law.debye_length(1000.0, WARM)) == pytest.approx(0.304e-9, rel=0.01)


def test_small_potentials_fall_with_the_root_of_salt() -> None:
    ratio = law.potential_in_salt(-1e-4, 100.0, 400.0, WARM) / -1e-4
    assert float(ratio) == pytest.approx(0.5, rel=1e-4)


@given(salt=st.floats(20, 2000), more=st.floats(1.05, 4), radius=st.floats(15e-9, 300e-9))
def test_salt_weakens_and_size_strengthens(salt, more, radius) -> None:
    assert pull(salt * more, radius=radius) < pull(salt, radius=radius)
    assert pull(salt, radius=radius * more) == pytest.approx(more * pull(salt, radius=radius))


def test_what_has_no_charge_or_the_same_sign_is_not_held() -> None:
    assert pull(150.0, zeta=0.0) == 0.0
    assert pull(150.0, zeta=5e-3) < 0
    assert float(law.retention(pull(150.0, zeta=5e-3), 1e5, 1e-9)) == 0.0


def test_an_ordinary_vesicle_binds_in_saline_and_leaves_in_a_mole() -> None:
    bound, gone = (
        float(law.retention(pull(salt), 4e5, law.debye_length(salt, WARM)))
        for salt in (150.0, 1000.0)
    )
    assert bound > 100
    assert gone < 0.1


def test_salt_displacement_is_a_power() -> None:
    assert float(law.displacement_retention(300.0, 150.0, 5.0)) == pytest.approx(2.0**-5)


@pytest.mark.parametrize("volume", [0.5, 0.9, 1.3, 2.0])
def test_one_buffer_is_the_column_of_size_exclusion(volume) -> None:
    # Isocratic with k' = 0: a plug that has entered, then `volume` of the same buffer.
    plates, load = 80.0, 0.3
    expected = float(collected_share(1.0, plates, load, -1e3, volume + load))
    assert float(law.eluted_share(volume, load, plates)) == pytest.approx(expected, abs=1e-9)


@given(after=st.floats(0, 50), load=st.floats(0, 200), plates=st.floats(2, 1e4))
def test_shares_are_shares_and_grow(after, load, plates) -> None:
    here = float(law.eluted_share(after, load, plates))
    assert 0.0 <= here <= float(law.eluted_share(after + 0.1, load, plates)) + 1e-12 <= 1 + 2e-12


def test_a_long_load_breaks_through_while_it_loads() -> None:
    # Three beds of load that moves: the first two thirds have left when the last has entered.
    assert float(law.eluted_share(0.0, 3.0, 1e6)) == pytest.approx(2 / 3, rel=1e-3)


def test_coverage_conserves_the_wall() -> None:
    # One species or equal reach: demand over wall. Small in pores leaves the outside to the large.
    assert law.coverage(np.array([[3.0]]), np.array([[2.0]])) == pytest.approx(1.5)
    found = law.coverage(np.array([[1.0, 90.0]]), np.array([[1.0, 100.0]]))
    assert found[0, 0] == pytest.approx(1.9)
    assert found[0, 1] == pytest.approx(0.91)
    assert (law.coverage(np.zeros((1, 2)), np.zeros((1, 2))) == 0).all()


def test_channels_catch_what_beads_let_pass() -> None:
    monolith = law.reached_share(4e-12, 3.66, 2e-6, 2.5e5, 3.0)
    bead = law.reached_share(4e-12, 10.0, 90e-6, 4.3e4, 3.0)
    assert float(monolith) > 0.99
    assert float(bead) < 0.1
