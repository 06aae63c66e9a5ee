"""A tube of vesicles and lipoproteins, and the draws of a loading step."""

from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, draw
from exocast.evidence.parameter import Need
from exocast.material.suspension import Copies, Population, Suspension, default_grid


@pytest.fixture(scope="session")
def catalogue():
    return Catalogue.load(Path(str(resources.files("exocast"))) / "data")


@pytest.fixture(scope="session")
def drawn(catalogue):
    def _drawn(step, uncertainty=5, variability=2, seed=1, **selection):
        context = dict(step.context())
        needs = [Need(need.parameter, {**context, **need.context}) for need in step.needs()]
        return draw(needs, catalogue, Axes(uncertainty, variability), seed, selection).draws(
            context
        )

    return _drawn


@pytest.fixture(scope="session")
def tube():
    def _tube(members, vesicles=1e11, volume=2e-7, held=None):
        grid = default_grid()

        def sizes(total, median, spread):
            weight = np.exp(-0.5 * (np.log(grid / median) / spread) ** 2)
            return np.full((members, 1), total) * weight / weight.sum()

        def flat(value):
            return np.full(members, value)

        ev = Population(
            "small_ev",
            grid,
            sizes(vesicles, 100e-9, 0.35),
            flat(1130.0),
            flat(1.38),
            inside={held: Copies.poisson(np.full((members, grid.size), 0.3))} if held else {},
            attached={held: Copies.poisson(np.full((members, grid.size), 2.0))} if held else {},
        )
        large = Population(
            "large_ev", grid, sizes(vesicles / 50, 300e-9, 0.4), flat(1100.0), flat(1.38)
        )
        fat = Population(
            "lipoprotein",
            grid,
            sizes(3 * vesicles, 40e-9, 0.3),
            flat(1010.0),
            flat(1.45),
            vesicular=False,
        )
        return Suspension((ev, large, fat), {}, {"protein": flat(1e-7)}, flat(volume))

    return _tube
