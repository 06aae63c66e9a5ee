"""A body on the bench: dose vesicles of one size distribution, with nothing but the body wired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, Draws, draw
from exocast.evidence.parameter import Need
from exocast.material.carrier import Carrier, carriers_of
from exocast.material.study import Study
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired, wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution import METHODS, ROUTES, MagneticPull, Outside, Tag, Targeting
from exocast.stages.biodistribution.outside import load_outside, outside_of, rides_outside

MINUTE, HOUR = 60.0, 3600.0
TIMES = np.unique(
    np.concatenate([np.linspace(0, 10, 41), np.linspace(10, 60, 26), np.linspace(60, 1440, 47)])
)


@dataclass(frozen=True)
class Run:
    wiring: Wiring
    wired: Wired
    course: TimeCourse
    residual: float
    draws: Draws
    given: dict


def suspension(members: int, total: float = 1e10, median: float = 100e-9, spread: float = 0.3):
    grid = default_grid()
    shape = np.exp(-0.5 * (np.log(grid / median) / spread) ** 2)
    count = np.broadcast_to(total * shape / shape.sum(), (members, grid.size)).copy()
    ones = np.ones(members)
    cargo = {"siRNA": Copies.poisson(np.full_like(count, 0.02))}
    small = Population("small_ev", grid, 0.95 * count, 1120 * ones, 1.4 * ones, inside=cargo)
    far = np.exp(-0.5 * (np.log(grid / 250e-9) / 0.3) ** 2)
    large_count = np.broadcast_to(0.05 * total * far / far.sum(), count.shape).copy()
    large = Population("large_ev", grid, large_count, 1120 * ones, 1.4 * ones, inside=cargo)
    return Suspension((small, large), {}, {}, 1e-7 * ones)


def study(**change) -> Study:
    given = {
        "species": "mouse",
        "body_weight": 0.022,
        "target_cell": "PANC-1",
        "tumour_volume": 200e-9,
        "cargo": "siRNA",
        "labels": (),
        "route": "intravenous_bolus",
        "times": (0.0,),
        "at": 86400.0,
        "horizon": 86400.0,
        "disturbances": {},
    }
    return Study(**(given | change))


def run(
    *,
    uncertainty: int = 1,
    variability: int = 1,
    seed: int = 1,
    minutes=TIMES,
    dose: float = 1e10,
    classes=None,
    rtol: float = 1e-8,
    fix=None,
    tube=None,
    engine="native",
    **change,
) -> Run:
    case = study(**change)
    body, route = METHODS["whole_body"](), ROUTES[case.route]()
    found = [Targeting(ligand=name) for name in case.ligands]
    found += [MagneticPull.of(case.magnet)] if case.magnet else []
    last = [Outside(cargo=case.cargo)] if case.outside or case.anchored else []
    steps = [body, *found, *(Tag(label=label) for label in case.labels), route, *last]
    needs = [
        Need(need.parameter, {**case.context(), **step.context(), **need.context})
        for step in steps
        for need in step.needs_in(case)
    ]
    axes = Axes(uncertainty, variability)
    ensemble = draw(needs, Catalogue.packaged(), axes, seed)
    for key, value in (fix or {}).items():
        for identity in list(ensemble.values):
            if identity.startswith(key):
                ensemble.values[identity] = np.full(axes.members, value)
    held = tube or suspension(axes.members, dose)
    carriers: tuple[Carrier, ...] = carriers_of(held, classes)
    within = "" if case.outside else case.cargo
    around = outside_of(case.cargo) if rides_outside(case, carriers) else ""
    riders = tuple(filter(None, (within, around, *case.labels)))
    wiring = Wiring(axes.members, carriers, case, riders)
    load_outside(wiring)
    for step in steps:
        step.contribute(wiring, ensemble.draws({**case.context(), **step.context()}))
    count = np.stack([carrier.count for carrier in carriers], axis=1)
    doses = count[:, :, None] * np.ones(len(case.times))
    wired = wire(wiring, doses)
    time = np.asarray(minutes, float) * MINUTE
    course, residual = wired.run(time, rtol=rtol, engine=engine)
    entered = time[None, :] >= np.asarray(case.times)[:, None]
    given = {name: amount @ entered for name, amount in wired.dosed.items()}
    return Run(wiring, wired, course, residual, ensemble.draws(case.context()), given)


@pytest.fixture(scope="session")
def bench():
    return run


@pytest.fixture(scope="session")
def tube():
    return suspension


@pytest.fixture(scope="session")
def typical():
    """One mouse at the medians, 1e10 vesicles, two labels."""
    return run(labels=("gaussia-luciferase", "zirconium-89"))
