"""A tumour on the bench: vesicles are dosed straight between its cells, with no body around it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, Draws, Ensemble, draw
from exocast.evidence.parameter import Need
from exocast.material.carrier import carriers_of
from exocast.material.study import Study
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired, wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution.outside import load_outside, outside_of
from exocast.stages.loading.anchored import with_anchored
from exocast.stages.response import METHODS as RESPONSES
from exocast.stages.uptake import METHODS as CELLS

DAY, HOUR = 86400.0, 3600.0
VOLUME = 200e-9
CELLS_HELD = 2e7


@dataclass(frozen=True)
class Bench:
    wiring: Wiring
    wired: Wired
    course: TimeCourse
    residual: float
    draws: Draws
    flags: list = field(default_factory=list)

    def last(self, name: str) -> float:
        return float(self.course.of(name)[0, -1])


def tube(
    members: int, vesicles: float, mean: float, second: float, empty: float = 0.0, surface=None
):
    """One narrow population with the same copies in every size."""
    grid = default_grid()
    shape = np.exp(-0.5 * (np.log(grid / 100e-9) / 0.2) ** 2)
    count = np.broadcast_to(vesicles * shape / shape.sum(), (members, grid.size)).copy()
    full = np.ones_like(count)
    cargo = {"siRNA": Copies(mean * full, empty * full, second * full)}
    ones = np.ones(members)
    shown = {name: value * ones for name, value in (surface or {}).items()}
    small = Population(
        "small_ev", grid, count, 1120 * ones, 1.4 * ones, surface=shown, inside=cargo
    )
    return Suspension((small,), {}, {}, 1e-7 * ones)


def bench_cell(
    *,
    vesicles: float = 1e9,
    copies: float = 100.0,
    loaded: float = 1.0,
    times: tuple[float, ...] = (0.0,),
    days: float = 14.0,
    points: int = 57,
    axes: tuple[int, int] = (1, 1),
    responses: tuple[str, ...] = ("gene_silencing", "tumour_growth"),
    labels: tuple[str, ...] = (),
    cargo: str = "siRNA",
    escape: str = "common",
    fix: dict[str, float] | None = None,
    rtol: float = 1e-7,
    engine: str = "native",
    surface: dict[str, float] | None = None,
    ligands: tuple[str, ...] = (),
    outside: float = 0.0,
) -> Bench:
    """Run the cell; `fix` sets parameters by the last part of their key.

    `outside` copies are held on each vesicle for good.
    """
    study = Study(
        species="mouse",
        body_weight=0.022,
        target_cell="PANC-1",
        tumour_volume=VOLUME,
        cargo=cargo,
        labels=labels,
        route="intratumoural",
        times=times,
        at=DAY,
        horizon=days * DAY,
        ligands=ligands,
        anchored=(cargo,) if outside else (),
    )
    steps = [CELLS["endocytosis_and_escape"](), *(RESPONSES[name]() for name in responses)]
    needs = [
        Need(need.parameter, {**study.context(), **need.context})
        for step in steps
        for need in step.needs_in(study)
    ]
    ensemble: Ensemble = draw(
        needs, Catalogue.packaged(), Axes(*axes), 1, {"endosomal_escape": escape}
    )
    members = ensemble.axes.members
    for name, value in (fix or {}).items():
        hits = [key for key in ensemble.values if key.partition("@")[0].endswith(f".{name}")]
        assert hits, name
        for key in hits:
            ensemble.values[key] = np.full(members, value)
    held = tube(
        members, vesicles, loaded * copies, loaded * copies * (copies - 1), 1 - loaded, surface
    )
    if outside:
        (one,) = held.populations
        copies = Copies.poisson(np.full_like(one.count, outside))
        none = np.zeros(members)
        one = with_anchored(replace(one, attached={cargo: copies}), cargo, none + 1, none, none)
        held = replace(held, populations=(one,))
    carriers = carriers_of(held)
    around = outside_of(cargo) if outside else ""
    riders = tuple(filter(None, (cargo, around, *labels)))
    wiring = Wiring(members, carriers, study, riders)
    load_outside(wiring)
    space = wiring.add_place("tumour.interstitial")
    wiring.dose_into(space)
    wiring.publish("tumour.cells", np.full(members, CELLS_HELD))
    wiring.publish("tumour.interstitial_volume", np.full(members, 0.4 * VOLUME))
    wiring.rider_amounts.update(
        {label: tuple(np.ones(members) for _ in carriers) for label in labels}
    )
    draws = ensemble.draws(study.context())
    for step in steps:
        step.contribute(wiring, draws)
    count = np.stack([carrier.count for carrier in carriers], axis=1)
    wired = wire(wiring, count[:, :, None] * np.ones(len(times)))
    grid = np.linspace(0.0, days * DAY, points)
    course, residual = wired.run(grid, rtol=rtol, engine=engine)
    flags = [flag for step in steps for flag in step.flags(wiring, draws)]
    return Bench(wiring, wired, course, residual, draws, flags)


@pytest.fixture(scope="session")
def bench():
    return bench_cell
