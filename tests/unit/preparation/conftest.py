"""Draw a step's values from the packaged rows, and run it with its balance closed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import exocast
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.evidence.parameter import Need
from exocast.material.ledger import residual
from exocast.material.suspension import Copies, Population, Suspension, default_grid

DATA = Path(exocast.__file__).parent / "data"


class Bench:
    """Runs steps on the packaged catalogue."""

    def __init__(self) -> None:
        self.catalogue = Catalogue.load(DATA)

    def draws(self, step, members=7, seed=1):
        context = dict(step.context())
        needs = [Need(need.parameter, {**context, **need.context}) for need in step.needs()]
        axes = Axes(members, 1)
        return draw(needs, self.catalogue, axes, seed).draws(context)

    def run(self, step, tube, seed=1):
        assert step.check() == []
        p = self.draws(step, tube.members, seed)
        after, exchange = step.apply(tube, p)
        worst, where = residual(tube, after, exchange)
        assert worst < 1e-12, (where, worst)
        assert all(np.isfinite(total).all() for total in after.totals().values())
        assert all((total >= 0).all() for total in after.totals().values())
        return after, exchange, p


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()


def loaded_tube(members=7, count=1e11, volume=1e-6, buffer="PBS"):
    """A loaded preparation: vesicles with cargo, precipitate, aggregates, free cargo, protein."""
    grid = default_grid()
    ones = np.ones(members)
    bell = np.exp(-0.5 * (np.log(grid / 90e-9) / 0.3) ** 2)
    sizes = count * ones[:, None] * bell / bell.sum()
    mean = np.full((members, grid.size), 0.2)

    def population(kind, share, density, vesicular, inside=None, attached=None):
        return Population(
            kind, grid, share * sizes, density * ones, 1.4 * ones, vesicular,
            {}, inside or {}, attached or {},
        )  # fmt: skip

    return Suspension(
        populations=(
            population(
                "small_ev", 1.0, 1120.0, True,
                {"siRNA": Copies.poisson(mean)}, {"siRNA": Copies.poisson(2 * mean)},
            ),
            population("lipoprotein", 0.1, 970.0, False),
            population(
                "cargo_precipitate", 0.05, 1500.0, False, {"siRNA": Copies.poisson(9 * mean)}
            ),
        ),
        free={"siRNA": 1e14 * ones},
        solutes={"protein": 1e-6 * ones},
        volume=volume * ones,
        buffer=buffer,
    )  # fmt: skip


@pytest.fixture(scope="session")
def make_tube():
    return loaded_tube
