"""Depletion and flocculation: closed forms, limits, and the size that falls out first."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws import depletion as law
from exocast.laws.flocculation import cluster_settling, cluster_size

ONE = np.ones(1)


def grown(time, *, n=1e16, share=1e-6, shear=1.0, dimension=2.0, largest=1e9, stuck=1.0) -> float:
    found = cluster_size(
        n * ONE, share * ONE, time, shear * ONE, dimension * ONE, largest * ONE, stuck * ONE,
        277.15, 3e-3 * ONE,
    )  # fmt: skip
    return float(found[0])


def overlap_by_integration(a, r, h) -> float:
    """Return the volume that two depleted spheres share, over that of a coil."""
    reach, distance = a + r, 2 * a + h
    z = np.linspace(distance / 2, reach, 200001)
    area = np.pi * np.clip(reach**2 - z**2, 0, None)
    return 2 * np.trapezoid(area, z) / (4 / 3 * np.pi * r**3)


@pytest.mark.parametrize("radius", [5e-9, 50e-9, 300e-9])
@pytest.mark.parametrize("gap", [0.0, 2e-9, 5e-9])
def test_the_pull_is_osmotic_pressure_times_the_lens(radius, gap) -> None:
    coil = 3.4e-9
    expected = 0.7 * overlap_by_integration(radius, coil, gap)
    assert float(law.contact_attraction(radius, coil, gap, 0.7)) == pytest.approx(
        expected, rel=1e-5
    )


def test_large_spheres_at_contact_feel_three_halves_of_the_size_ratio() -> None:
    pull = float(law.contact_attraction(1e-5, 3e-9, 0.0, 1.0))
    assert pull == pytest.approx(1.5 * 1e-5 / 3e-9, rel=1e-3)


@given(small=st.floats(10e-9, 400e-9), more=st.floats(1.01, 3), polymer=st.floats(0.1, 3))
def test_the_larger_falls_out_first_and_polymer_lowers_solubility(small, more, polymer) -> None:
    size = np.array([small, small * more])
    pull = law.contact_attraction(size / 2, 3.4e-9, 1e-9, polymer)
    limit = law.particle_solubility(size, pull, 4.0)
    assert limit[1] < limit[0]
    none = law.particle_solubility(size, 0.0, 4.0)
    assert (limit < none).all()
    # No polymer: one particle in its own volume, which no tube holds.
    assert np.allclose(none * np.pi / 6 * size**3, 1.0)


def test_a_gap_wider_than_two_coils_ends_it() -> None:
    assert float(law.contact_attraction(50e-9, 1e-9, 2.1e-9, 1.0)) == 0.0


@given(rare=st.floats(1e-6, 1e-2), less=st.floats(1.1, 1e4))
def test_classes_share_one_precipitate(rare, less) -> None:
    # A class of its own is 1 - S/n; two alike are one; a rare one goes down with a common one.
    number, limit = np.array([[1.0, rare]]), np.array([[0.1, 0.1]])
    alike = law.flocculated_share(number, limit)
    assert alike[0] == pytest.approx(np.full(2, 1 - 0.1 / (1 + rare)), rel=1e-9)
    alone = law.flocculated_share(number[:, 1:], limit[:, 1:])
    assert alone[0, 0] == 0.0
    found = law.flocculated_share(number, limit * np.array([1.0, 1 / less]))[0]
    assert found[1] >= found[0]
    held = found * number[0]
    dissolved = number[0] - held
    # Raoult: dissolved over its solubility is the share of the precipitate.
    assert dissolved[0] / limit[0, 0] == pytest.approx(held[0] / held.sum(), rel=1e-6)


def test_solubility_is_log_linear_in_polymer() -> None:
    at = np.log(law.particle_solubility(1e-7, law.contact_attraction(
        5e-8, 3.4e-9, 2e-9, np.array([0.5, 1.0, 1.5])), 4.0))  # fmt: skip
    assert at[0] - at[1] == pytest.approx(at[1] - at[2], rel=1e-12)
    protein = np.log10(law.protein_solubility(np.array([0.0, 50.0, 100.0]), 1000.0, 0.012))
    assert np.diff(protein) == pytest.approx([-0.6, -0.6])


def test_diffusion_alone_is_smoluchowski() -> None:
    slow = grown(100.0, shear=0.0) - 1
    assert grown(1e5, shear=0.0) - 1 == pytest.approx(1000 * slow, rel=1e-3)
    assert grown(1e5, shear=0.0, stuck=10.0) - 1 == pytest.approx(100 * slow, rel=1e-3)
    assert grown(1e5, n=0.0, shear=0.0) == 1.0
    assert grown(0.0) == 1.0


def test_shear_alone_of_compact_balls_is_exponential() -> None:
    # D = 3: dN/dt = 4/pi G phi N.
    rate = 4 / np.pi * 2.0 * 1e-4
    for time in (100.0, 5000.0, 20000.0):
        got = grown(time, n=0.0, share=1e-4, shear=2.0, dimension=3.0)
        assert got == pytest.approx(np.exp(rate * time), rel=2e-3)


def test_open_clusters_run_away_and_stop_at_the_largest() -> None:
    # D = 1.5: dN/dt = B N^2, which ends at t = 1/B.
    rate = 4 / np.pi * 1e-4
    assert grown(0.5 / rate, n=0.0, share=1e-4, dimension=1.5) == pytest.approx(2.0, rel=2e-3)
    assert grown(1.1 / rate, n=0.0, share=1e-4, dimension=1.5) == pytest.approx(1e9)


@given(time=st.floats(1, 1e6), n=st.floats(1e12, 1e19))
def test_clusters_grow_with_time_and_number(time, n) -> None:
    here = grown(time, n=n)
    assert 1.0 <= here <= grown(2 * time, n=n) * (1 + 1e-9)
    assert here <= grown(time, n=2 * n) * (1 + 1e-9)


def test_a_compact_ball_settles_as_stokes_has_it() -> None:
    assert float(cluster_settling(1e-11, 1e6, 3.0)) == pytest.approx(1e-11 * 1e4)
