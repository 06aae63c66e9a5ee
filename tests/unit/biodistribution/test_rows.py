"""The rows of the body: sums, sources, and the published numbers beside them."""

import csv
from importlib import resources

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue, lint
from exocast.stages.biodistribution import METHODS, ROUTES, Tag
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo
from exocast.stages.biodistribution.observations import predicted, published_observations
from exocast.stages.biodistribution.sampling import Sampling

KEY = "biodistribution.whole_body."
WEIGHT = {"mouse": 0.022, "rat": 0.25}


@pytest.fixture(scope="module")
def catalogue():
    return Catalogue.packaged()


def values(catalogue, name):
    """Return the rows of a mouse by organ; other species: tests/contract/test_species.py."""
    return {
        row.context["organ"]: row
        for row in catalogue.values[KEY + name]
        if row.context.get("species", "mouse") == "mouse"
    }


def test_volumes_sum_to_the_body_and_blood_to_its_measure(catalogue):
    organs, pools = (values(catalogue, name) for name in ("organ_volume", "pool_volume"))
    total = sum(row.value for row in (*organs.values(), *pools.values()))
    assert total == pytest.approx(1e-3, rel=2e-3)  # 1 mL per g
    held = values(catalogue, "vascular_share")
    blood = sum(organs[name].value * held[name].value for name in organs)
    blood += sum(row.value for row in pools.values())
    assert blood * 1e6 == pytest.approx(81, rel=0.02)  # mL/kg
    assert blood * 1e6 * 0.55 == pytest.approx(48.9, abs=2 * 4.4)  # plasma, Durbin 1992


def test_rows_are_sound(catalogue):
    rows = [v for key, v in catalogue.values.items() if key.startswith("biodistribution.")]
    flat = [value for group in rows for value in group]
    assert not lint(flat)
    assert not [problem for value in flat for problem in value.check()]


def test_every_row_is_declared_and_every_parameter_valued(catalogue):
    declared = {
        parameter.key
        for cls in (*METHODS.values(), *ROUTES.values(), Tag, DissolvedCargo)
        for parameter in cls.parameters
    }
    held = {key for key in catalogue.values if key.startswith("biodistribution.")}
    assert {key for key in declared if not key.startswith("cargo.")} == held


def test_anatomy_is_a_closed_circulation():
    anatomy = Anatomy.packaged()
    for node in anatomy.nodes:
        seen, name = [], node.name
        while name != "arterial":
            assert name not in seen
            seen.append(name)
            name = next(n.drains_to for n in anatomy.nodes if n.name == name)
        assert name == "arterial"


def test_published_numbers_have_sources_and_are_never_parameters(catalogue):
    table = resources.files("exocast") / "data" / "observations_iv.csv"
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == len(published_observations())
    for row in rows:
        assert row["source"] in catalogue.sources
        assert row["read"] in ("full", "abstract", "secondary")
        assert row["use"] in ("calibrated", "other species", "blind")
    sources = {value.source for group in catalogue.values.values() for value in group}
    assert not sources & {row["source"] for row in rows}


@pytest.mark.parametrize(
    "observation", published_observations(), ids=lambda o: f"{o.study}-{o.matrix}"
)
def test_priors_cover_what_was_published(observation, bench, capsys):
    """Consistency, not tuning: the 90 % range of the priors holds every published number."""
    disturbances = dict([observation.condition.split("=")]) if observation.condition else {}
    run = bench(
        uncertainty=60,
        rtol=1e-6,
        species=observation.species,
        body_weight=WEIGHT[observation.species],
        labels=(observation.label,),
        disturbances=disturbances,
        tumour_volume=0.0,
    )
    shown = predicted(observation, Sampling(run.course, run.wiring.published, run.given))
    low, middle, high = np.nanpercentile(shown, [5, 50, 95])
    with capsys.disabled():
        print(
            f"\n  {observation.study} {observation.matrix} {observation.quantity}: "
            f"{observation.value:.3g}, shown {middle:.3g} ({low:.3g} to {high:.3g})"
        )
    margin = 1.3 if observation.use == "other species" else 1.0  # red-cell vesicles, another label
    assert low / margin < observation.value < high * margin
