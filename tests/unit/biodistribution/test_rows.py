"""The rows of the body: sums and sources; published numbers beside it: tests/unit/qualify."""

import pytest

from exocast.evidence.catalogue import Catalogue, lint
from exocast.stages.biodistribution import METHODS, ROUTES, MagneticPull, Outside, Tag, Targeting
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.cargo_release import CargoRelease
from exocast.stages.biodistribution.dissolved_cargo import DissolvedCargo

KEY = "biodistribution.whole_body."


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
        for cls in (
            *METHODS.values(),
            *ROUTES.values(),
            Tag,
            DissolvedCargo,
            CargoRelease,
            Targeting,
            MagneticPull,
            Outside,
        )
        for parameter in cls.parameters
    }
    held = {key for key in catalogue.values if key.startswith("biodistribution.")}
    assert {key for key in declared if key.startswith("biodistribution.")} == held


def test_anatomy_is_a_closed_circulation():
    anatomy = Anatomy.packaged()
    for node in anatomy.nodes:
        seen, name = [], node.name
        while name != "arterial":
            assert name not in seen
            seen.append(name)
            name = next(n.drains_to for n in anatomy.nodes if n.name == name)
        assert name == "arterial"
