"""Every species has a whole body: rows for every need, closed sums, and a run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import exocast
from exocast.design import Design
from exocast.design.run import run
from exocast.design.vocabulary import Vocabulary
from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.evidence.parameter import Parameter
from exocast.laws.body_flow import node_imbalance
from exocast.material.step import Step, settings_of
from exocast.material.study import Study
from exocast.stages import KINETIC, methods
from exocast.stages.biodistribution import ROUTES, DissolvedCargo, Tag
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.physiology import (
    BODY_WEIGHT,
    FLOW_SHARE,
    HAEMATOCRIT,
    ORGAN_VOLUME,
    POOL_VOLUME,
    VASCULAR_SHARE,
    circulation,
    needs,
)

CATALOGUE = Catalogue.packaged()
ANATOMY = Anatomy.packaged()
TEMPLATES = Path(exocast.__file__).parent / "templates"
BODIES = [(species, "") for species in Vocabulary.packaged().species()] + [("human", "female")]
NAMES = ["-".join(filter(None, body)) for body in BODIES]
CARRIERS = sorted(
    {row.context["carrier"] for rows in CATALOGUE.values.values() for row in rows
     if "carrier" in row.context}
)  # fmt: skip
MEASURED = {
    "mouse": (84.7, 96.3),  # Riches 1973
    "rat": (75.0, 77.0),  # 20 to 40 mL at 0.267 to 0.52 kg, PMC7110626
    "macaque": (54.0, 89.5),  # six studies, Hobbs 2015
    "human": (66.0, 75.0),  # 4.8 to 5.0 L, usual value of a man
    "human-female": (60.0, 70.0),  # usual value of a woman 65
}
"""Blood that was measured [mL/kg]; of a pig, none was read."""


def context(species: str, sex: str) -> dict[str, str]:
    given = {"species": species, "target_cell": "PANC-1", "route": "intravenous_bolus"}
    return given | ({"sex": sex} if sex else {})


def study(species: str, sex: str, **change: object) -> Study:
    weight = find(BODY_WEIGHT, species, sex)
    held = Study(species, weight, "PANC-1", 2e-7, "siRNA", (), "intravenous_bolus", (0.0,), 60.0,
                 60.0, sex=sex)  # fmt: skip
    return held if not change else Study(**{**_fields(held), **change})  # type: ignore[arg-type]


def _fields(held: Study) -> dict[str, object]:
    return {name: getattr(held, name) for name in Study.__dataclass_fields__}


def find(parameter: Parameter, species: str, sex: str, **more: str) -> float:
    return CATALOGUE.find(Need(parameter, {**context(species, sex), **more})).value


def blood_of(species: str, sex: str) -> float:
    """Return the blood of the medians, organs and large vessels [m^3/kg]."""
    organs = (
        find(ORGAN_VOLUME, species, sex, organ=node.name)
        * find(VASCULAR_SHARE, species, sex, organ=node.name)
        for node in ANATOMY.of("organ")
    )
    pools = (find(POOL_VOLUME, species, sex, organ=node.name) for node in ANATOMY.of("pool"))
    return sum(organs) + sum(pools)


def steps() -> Iterator[Step]:
    """Yield every step of a body and its cells that needs no more than defaults."""
    for stage in KINETIC:
        for cls in methods(stage).values():
            if not any(one.required for one in settings_of(cls).values()):
                yield cls()
    for route in ROUTES.values():
        if not any(one.required for one in settings_of(route).values()):
            yield route()
    for label in Vocabulary.packaged().labels():
        yield Tag(label=label)
    yield DissolvedCargo(cargo="siRNA")


def test_five_species_are_there() -> None:
    assert set(Vocabulary.packaged().species()) >= {"mouse", "rat", "pig", "macaque", "human"}


@pytest.mark.parametrize(("species", "sex"), BODIES, ids=NAMES)
def test_every_need_of_a_body_and_its_cells_is_answered_once(species: str, sex: str) -> None:
    """A missing row, and two that answer equally well, both raise."""
    asked = 0
    for carrier in ("", *CARRIERS):
        held = study(species, sex, carrier=carrier)
        for step in steps():
            for need in step.needs_in(held):
                full = {**held.context(), **step.context(), **need.context}
                CATALOGUE.find(Need(need.parameter, full))
                asked += 1
    assert asked > 200


@pytest.mark.parametrize(("species", "sex"), BODIES, ids=NAMES)
def test_rows_of_a_body_close(species: str, sex: str) -> None:
    shares = [find(FLOW_SHARE, species, sex, organ=node.name) for node in ANATOMY.fed]
    assert sum(shares) == pytest.approx(1.0, abs=1e-3)
    volumes = [find(ORGAN_VOLUME, species, sex, organ=node.name) for node in ANATOMY.of("organ")]
    volumes += [find(POOL_VOLUME, species, sex, organ=node.name) for node in ANATOMY.of("pool")]
    assert sum(volumes) == pytest.approx(1e-3, rel=0.01)  # 1 mL per g
    assert 0.3 < find(HAEMATOCRIT, species, sex) < 0.55


@pytest.mark.parametrize(("species", "sex"), BODIES, ids=NAMES)
def test_blood_is_what_was_measured(species: str, sex: str) -> None:
    """Within a sixth of the measured range; a pig's, within that of the others."""
    ranges = MEASURED.values()
    of_all = (min(low for low, _ in ranges), max(high for _, high in ranges))
    low, high = MEASURED.get("-".join(filter(None, (species, sex))), of_all)
    assert low / 1.15 < blood_of(species, sex) * 1e6 < high * 1.15


@pytest.mark.parametrize(("species", "sex"), BODIES, ids=NAMES)
def test_flows_balance_and_subjects_differ(species: str, sex: str) -> None:
    held = study(species, sex)
    ensemble = draw(
        [Need(one.parameter, {**held.context(), **one.context}) for one in needs(ANATOMY)],
        CATALOGUE, Axes(4, 5), 1,
    )  # fmt: skip
    p = ensemble.draws(held.context())
    for volume in (0.0, 2e-7):
        blood = circulation(ANATOMY, p, study(species, sex, tumour_volume=volume))
        names = list(blood.anatomy.names)
        ends = np.array([[names.index(one) for one in edge] for edge in blood.edges]).T
        gap = node_imbalance(blood.flow, *ends, len(names))
        assert np.abs(gap).max() < 1e-12
        assert (blood.flow > 0).all()
        host = [name for name in blood.blood if name != "tumour"]
        body = sum(blood.tissue.get(name, blood.blood[name]) for name in host)
        np.testing.assert_allclose(body, held.body_weight * 1e-3, rtol=1e-12)
    subjects = blood.through["lung"].reshape(4, 5)
    assert (subjects.std(axis=1) > 0).all()


def test_output_per_weight_falls_with_size() -> None:
    """Output per body weight falls from mouse to man; the liver's share of the body too."""
    order = ("mouse", "rat", "macaque", "human")
    rates = []
    for species in order:
        held = study(species, "")
        ensemble = draw(
            [Need(one.parameter, {**held.context(), **one.context}) for one in needs(ANATOMY)],
            CATALOGUE, Axes(1, 1), 1,
        )  # fmt: skip
        blood = circulation(ANATOMY, ensemble.draws(held.context()), held)
        rates.append(float(blood.through["lung"][0]) / held.body_weight)
    assert rates == sorted(rates, reverse=True)
    livers = [
        find(ORGAN_VOLUME, species, "", organ="liver") for species in ("mouse", "rat", "human")
    ]
    assert livers == sorted(livers, reverse=True)


@pytest.mark.parametrize(("species", "sex"), BODIES, ids=NAMES)
def test_the_packaged_design_runs(species: str, sex: str, tmp_path: Path) -> None:
    design = packaged(tmp_path, f'species = "{species}"', f'sex = "{sex}"' if sex else "")
    plan = design.plan()
    assert plan.study.body_weight == pytest.approx(find(BODY_WEIGHT, species, sex))
    (taken,) = (one for one in plan.defaults if one.path == "subject.body_weight")
    assert taken.source in CATALOGUE.sources
    finished = run(design, members=(2, 2), variants=[])
    for branch in finished.base:
        assert np.isfinite(branch.course.at("liver", plan.study.at)).all()
        assert (branch.course.at("liver", plan.study.at) > 0).all()


def packaged(folder: Path, *subject: str) -> Design:
    """Return the packaged Design with another subject, whom it does not weigh."""
    for path in TEMPLATES.glob("*.csv"):
        shutil.copy(path, folder)
    text = (TEMPLATES / "kras-sirna-tumour.toml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.startswith(("species ", "body_weight "))]
    place = kept.index("[subject]") + 1
    path = folder / "other.toml"
    path.write_text("\n".join([*kept[:place], *subject, *kept[place:]]), encoding="utf-8")
    return Design.read(path)
