"""A body with one route: dose vesicles of a few sizes, in any species, with any setting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.material.carrier import carriers_of
from exocast.material.step import Flag
from exocast.material.study import Study
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired, wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution import METHODS, ROUTES, DissolvedCargo, Tag
from exocast.stages.biodistribution.sampling import Sampling

MINUTE, HOUR = 60.0, 3600.0
TIMES = HOUR * np.array([0, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 12, 24, 48])
WEIGHT = {"mouse": 0.022, "rat": 0.25, "pig": 40.0, "macaque": 5.0, "human": 70.0}
DOSE = 1e9
LABEL = "zirconium-89"


@dataclass(frozen=True)
class Ran:
    """One run, and how to read it."""

    wiring: Wiring
    wired: Wired
    course: TimeCourse
    residual: float
    flags: list[Flag]

    def sampled(self) -> Sampling:
        """Return what samples would show."""
        entered = self.wired.entered(self.course.time)
        given = {name: amount @ entered for name, amount in self.wired.dosed.items()}
        return Sampling(self.course, self.wiring.published, given)

    def parts(self) -> dict[str, np.ndarray]:
        """Return every vesicle by where it is, as shares of what went in so far, arrays (n, t)."""
        return {name: found / 100.0 for name, found in self.sampled().found().items()}

    def exposure(self) -> np.ndarray:
        """Return vesicles in blood times hours, over the dose, array (n,)."""
        dose = self.wired.dosed["particles"].sum(axis=1)
        held = np.asarray(self.course.of("blood"), float) / dose[:, None]
        return np.trapezoid(held, self.course.time / HOUR, axis=1)

    def free_exposure(self) -> np.ndarray:
        """Return the same of vesicles that no blood cell holds, array (n,)."""
        dose = self.wired.dosed["particles"].sum(axis=1)
        free = np.asarray(self.course.of("blood"), float) - self.course.of("blood.bound")
        return np.trapezoid(free / dose[:, None], self.course.time / HOUR, axis=1)


def tube(members: int, diameter: float) -> Suspension:
    """Return vesicles about a diameter, with cargo inside and dissolved."""
    grid = default_grid()
    shape = np.exp(-0.5 * (np.log(grid / diameter) / 0.1) ** 2)
    count = np.broadcast_to(DOSE * shape / shape.sum(), (members, grid.size)).copy()
    ones = np.ones(members)
    held = {"siRNA": Copies.poisson(np.full_like(count, 0.1))}
    kind = Population("small_ev", grid, count, 1120 * ones, 1.4 * ones, inside=held)
    return Suspension((kind,), {"siRNA": 1e8 * ones}, {}, 1e-7 * ones)


@cache
def _run(
    route: str,
    species: str,
    diameter: float,
    members: int,
    dissolved: bool,
    settings: tuple[tuple[str, Any], ...],
    change: tuple[tuple[str, Any], ...],
    fix: tuple[tuple[str, float], ...],
    time: tuple[float, ...],
    hypotheses: tuple[tuple[str, str], ...],
) -> Ran:
    given = {
        "species": species, "body_weight": WEIGHT[species], "target_cell": "PANC-1",
        "tumour_volume": 1e-7, "cargo": "siRNA", "labels": (LABEL,), "route": route,
        "times": (0.0,), "at": 86400.0, "horizon": 172800.0,
    } | dict(change)  # fmt: skip
    case = Study(**given)
    steps = [METHODS["whole_body"](), ROUTES[route](**dict(settings))]
    steps += [DissolvedCargo(cargo="siRNA")] if dissolved else []
    steps += [Tag(label=label) for label in case.labels]
    needs = [
        Need(need.parameter, {**case.context(), **step.context(), **need.context})
        for step in steps
        for need in step.needs_in(case)
    ]
    ensemble = draw(needs, Catalogue.packaged(), Axes(members, 1), 1, dict(hypotheses))
    for key, value in fix:
        hit = [name for name in ensemble.values if name.partition("@")[0] == key]
        assert hit, f"{key} is not asked for"
        for name in hit:
            ensemble.values[name] = np.full(members, value)
    held = tube(members, diameter)
    carriers = carriers_of(held, {"small_ev": 2})
    free = {"siRNA": held.free["siRNA"][:, None] * np.ones(len(case.times))} if dissolved else {}
    wiring = Wiring(members, carriers, case, (case.cargo, *case.labels), free)
    drawn = [ensemble.draws({**case.context(), **step.context()}) for step in steps]
    for step, p in zip(steps, drawn, strict=True):
        step.contribute(wiring, p)
    count = np.stack([carrier.count for carrier in carriers], axis=1)
    wired = wire(wiring, count[:, :, None] * np.ones(len(case.times)))
    course, residual = wired.run(np.asarray(time), rtol=1e-7)
    flags = [flag for step, p in zip(steps, drawn, strict=True) for flag in step.flags(wiring, p)]
    return Ran(wiring, wired, course, residual, flags)


@pytest.fixture(scope="session")
def dosed() -> Callable[..., Ran]:
    """Run one route; the same run once."""

    def run(
        route: str,
        *,
        species: str = "mouse",
        diameter: float = 100e-9,
        members: int = 2,
        dissolved: bool = False,
        settings: Mapping[str, Any] | None = None,
        fix: Mapping[str, float] | None = None,
        time: np.ndarray = TIMES,
        hypotheses: Mapping[str, str] | None = None,
        **change: Any,
    ) -> Ran:
        flat = [tuple(sorted((each or {}).items())) for each in (settings, change, fix, hypotheses)]
        return _run(
            route, species, diameter, members, dissolved, flat[0], flat[1], flat[2],
            tuple(time), flat[3],
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def weights() -> Mapping[str, float]:
    return WEIGHT
