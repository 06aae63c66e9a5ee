"""A drug between medium and cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.laws.drug_in_cells import cell_content, shared_with_cells


@given(
    amount=st.floats(1e-15, 1e-6),
    medium=st.floats(1e-7, 1e-2),
    cells=st.floats(0.0, 1e-6),
    lipid=st.floats(0.0, 200.0),
    partition=st.floats(0.0, 100.0),
    sites=st.floats(0.0, 5.0),
    dissociation=st.floats(1e-6, 1.0),
)
def test_nothing_is_lost_between_them(amount, medium, cells, lipid, partition, sites, dissociation):
    binding = (lipid, partition, sites, dissociation)
    free = shared_with_cells(amount, medium, cells, *binding)
    held = cells * cell_content(free, *binding)
    assert free * medium + held == pytest.approx(amount, rel=1e-9)
    assert 0 <= free <= amount / medium * (1 + 1e-12)


def test_limits():
    binding = (50.0, 2.0, 0.06, 5e-6)
    assert shared_with_cells(1e-9, 1e-6, 0.0, *binding) == pytest.approx(1e-3, rel=1e-12)
    assert cell_content(1e9, 0.0, 0.0, 0.06, 5e-6) == pytest.approx(1e9, rel=1e-9)
    # Far below its constant a site is a partition of B / K.
    assert cell_content(1e-12, *binding) / 1e-12 == pytest.approx(1 + 100 + 0.06 / 5e-6, rel=1e-6)
