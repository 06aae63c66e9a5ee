"""Solutions of sucrose and iodixanol against printed values; water drawn from vesicles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need
from exocast.laws import gradient_medium as law
from exocast.laws.water import water_viscosity
from exocast.stages.isolation.medium import MEDIUM_PARAMETERS


def rows(medium: str) -> list[float]:
    """Return partial volume, intrinsic viscosity, crowding and warmth of the packaged rows."""
    found = (Catalogue.packaged().find(Need(one, {"medium": medium})) for one in MEDIUM_PARAMETERS)
    return [row.value for row in found]


@pytest.mark.parametrize(
    ("weight", "density", "viscosity"),
    # Handbook values of sucrose by weight at 20 degC, from memory, in g/mL and mPa s: 40 and 60 %
    # were not used for the rows.
    [(0.40, 1.176, 6.17), (0.60, 1.286, 58.5)],
)
def test_sucrose_is_the_sucrose_of_handbooks(weight, density, viscosity) -> None:
    volume, *viscous = rows("sucrose")
    concentration = weight * density * 1e3
    assert float(law.solution_density(concentration, volume)) == pytest.approx(
        density * 1e3, rel=0.004
    )
    found = float(law.solution_viscosity(concentration, *viscous, 293.15))
    assert found == pytest.approx(viscosity * 1e-3, rel=0.04)


@pytest.mark.parametrize(
    ("concentration", "celsius", "viscosity"),
    [(550, 20, 11.3), (652, 20, 25.4), (550, 37, 5.8), (652, 37, 11.4)],  # the label
)
def test_iodixanol_is_that_of_the_label(concentration, celsius, viscosity) -> None:
    found = law.solution_viscosity(concentration, *rows("iodixanol")[1:], celsius + 273.15)
    assert float(found) == pytest.approx(viscosity * 1e-3, rel=0.04)


def test_stock_of_60_percent_is_1_32() -> None:
    assert float(law.solution_density(600.0, rows("iodixanol")[0])) == pytest.approx(1320, abs=15)


@given(c=st.floats(0, 900), t=st.floats(274, 320), a=st.floats(1e-3, 4e-3), b=st.floats(0, 1.2e-3))
def test_more_is_denser_and_thicker_and_none_is_water(c, t, a, b) -> None:
    held = np.array([0.0, c, c + 1.0])
    eta = law.solution_viscosity(held, a, b, 2.0, t)
    assert eta[0] == pytest.approx(float(water_viscosity(t)))
    assert (np.diff(eta) > -1e-18).all()
    assert np.isfinite(eta).all()
    assert (np.diff(law.solution_density(held, 6e-4)) >= 0).all()


@given(added=st.floats(0, 5000), share=st.floats(0, 0.9), density=st.floats(1010, 1300))
def test_mass_is_kept_when_water_leaves(added, share, density) -> None:
    volume = float(law.osmotic_volume(added, 300.0, share))
    dense = float(law.shrunken_density(density, volume))
    assert 1 - share - 1e-12 <= volume <= 1
    assert dense * volume == pytest.approx(density - law.WATER_DENSITY * (1 - volume), rel=1e-12)
    assert dense >= density - 1e-9
