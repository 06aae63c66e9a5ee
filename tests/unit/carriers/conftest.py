"""A mouse with a tumour: vesicles, nanoparticles or dissolved cargo in the same body and cells."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, Draws, draw
from exocast.evidence.parameter import Need
from exocast.material.carrier import carriers_of
from exocast.material.study import Study
from exocast.material.suspension import Copies, Population, Suspension, default_grid
from exocast.material.timecourse import TimeCourse
from exocast.material.wired import Wired, wire
from exocast.material.wiring import Wiring
from exocast.stages.biodistribution import METHODS, ROUTES
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo
from exocast.stages.donor import METHODS as DONORS
from exocast.stages.response import METHODS as RESPONSES
from exocast.stages.uptake import METHODS as CELLS

MINUTE = 60.0
TIMES = MINUTE * np.unique(
    np.concatenate([np.linspace(0, 10, 81), np.linspace(10, 120, 56), np.linspace(120, 2880, 47)])
)


@dataclass(frozen=True)
class Bench:
    wiring: Wiring
    wired: Wired
    course: TimeCourse
    residual: float
    draws: Draws
    tube: Suspension
    flags: list = field(default_factory=list)

    def at(self, name: str, minutes: float) -> np.ndarray:
        return self.course.at(name, minutes * MINUTE)


def vesicles(members: int, free: float) -> Suspension:
    grid = default_grid()
    bell = np.exp(-0.5 * (np.log(grid / 100e-9) / 0.3) ** 2)
    count = np.broadcast_to(1e10 * bell / bell.sum(), (members, grid.size)).copy()
    ones = np.ones(members)
    held = {"siRNA": Copies.poisson(np.full_like(count, 0.02))}
    small = Population("small_ev", grid, count, 1120 * ones, 1.4 * ones, inside=held)
    return Suspension((small,), {"siRNA": free * ones}, {}, 1e-7 * ones)


def run(
    donor: str = "dissolved_cargo",
    *,
    axes: tuple[int, int] = (1, 1),
    tumour: float = 200e-9,
    route: str = "intravenous_bolus",
    times: tuple[float, ...] = (0.0,),
    cells: bool = True,
    fix: dict[str, float] | None = None,
    free: float = 1e10,
    escape: str = "rare",
    grid: np.ndarray = TIMES,
    labels: tuple[str, ...] = (),
    **settings: object,
) -> Bench:
    """Make a tube, dose it, and run; `fix` sets parameters by the last part of their key."""
    carrier = "" if donor == "vesicles" else DONORS[donor].carrier
    study = Study(
        species="mouse", body_weight=0.022, target_cell="PANC-1", tumour_volume=tumour,
        cargo="siRNA", labels=labels, route=route, times=times, at=86400.0, horizon=172800.0,
        carrier=carrier,
    )  # fmt: skip
    steps = [METHODS["whole_body"](), ROUTES[route](), DissolvedCargo(cargo="siRNA")]
    if cells and tumour:
        steps += [CELLS["endocytosis_and_escape"](), RESPONSES["gene_silencing"]()]
    made = None
    if carrier:
        amount = {} if "cargo_mass" in settings else {"cargo_amount": 1e-10}
        made = DONORS[donor](cargo="siRNA", **(amount | settings))
        assert made.check() == []
    everything = [*([made] if made else []), *steps]
    needs = [
        Need(need.parameter, {**study.context(), **step.context(), **need.context})
        for step in everything
        for need in step.needs_in(study)
    ]
    ensemble = draw(needs, Catalogue.packaged(), Axes(*axes), 1, {"endosomal_escape": escape})
    members = ensemble.axes.members
    for name, value in (fix or {}).items():
        hits = [key for key in ensemble.values if key.partition("@")[0].endswith(f".{name}")]
        assert hits, name
        for key in hits:
            ensemble.values[key] = np.full(members, value)

    def draws(step: object) -> Draws:
        return ensemble.draws({**study.context(), **step.context()})  # type: ignore[attr-defined]

    tube = vesicles(members, free)
    if made:
        tube, _ = made.apply(Suspension.nothing(members), draws(made))
    carriers = carriers_of(tube)
    count = np.reshape([c.count for c in carriers], (len(carriers), members)).T
    dissolved = {"siRNA": tube.free["siRNA"][:, None] * np.ones(len(times))}
    wiring = Wiring(members, carriers, study, ("siRNA", *labels), dissolved)
    wiring.rider_amounts.update({one: tuple(np.ones(members) for _ in carriers) for one in labels})
    for step in steps:
        step.contribute(wiring, draws(step))
    wired = wire(wiring, count[:, :, None] * np.ones(len(times)))
    course, residual = wired.run(np.asarray(grid, float), rtol=1e-7)
    flags = [flag for step in steps for flag in step.flags(wiring, draws(step))]
    assert (course.status == 0).all()
    return Bench(wiring, wired, course, residual, draws(steps[2]), tube, flags)


@pytest.fixture(scope="session")
def bench():
    return run
