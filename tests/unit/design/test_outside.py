"""Cargo that is dosed outside vesicles is said, for the body follows only what is inside."""

import numpy as np
import pytest

from exocast.design.simulating import outside
from exocast.material.suspension import Copies, Population, Suspension

GRID = np.array([80e-9, 120e-9])
ONE = np.ones(2)


def tube(free: float, attached: float = 0.0, inside: float = 0.5) -> Suspension:
    """Two members with 100 vesicles each."""
    count = np.full((2, 2), 50.0)
    every = np.ones_like(count)
    vesicles = Population(
        "small_ev",
        GRID,
        count,
        1120 * ONE,
        1.4 * ONE,
        inside={"siRNA": Copies.poisson(inside * every)},
        attached={"siRNA": Copies.poisson(attached * every)},
    )
    return Suspension((vesicles,), {"siRNA": free * ONE}, {}, 1e-7 * ONE)


def test_what_is_outside_is_counted_per_copy_inside():
    (flag,) = outside(tube(free=1000.0, attached=2.0), "siRNA")
    assert "(20 dissolved, 4 on surfaces; medians)" in flag.message
    assert "siRNA" in flag.message
    assert "not followed" in flag.message


@pytest.mark.parametrize(
    ("held", "cargo"),
    [(tube(free=10.0), "siRNA"), (tube(free=1e6, inside=0.0), "siRNA"), (tube(free=1e6), "")],
)
def test_silent_where_most_is_inside_or_there_is_none(held, cargo):
    assert outside(held, cargo) == []
