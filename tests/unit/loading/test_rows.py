"""The rows of loading and cargo."""

import pytest

from exocast.evidence.catalogue import lint
from exocast.evidence.parameter import Need
from exocast.stages.loading import METHODS
from exocast.stages.loading.cargo import SERUM_HALF_LIFE, UNBOUND_SHARE, cargo_table
from exocast.stages.loading.electroporation import OPEN_SHARE
from exocast.stages.loading.release import GRADIENT_HALF_LIFE, RELEASE_PARAMETERS


def _ours(catalogue):
    return {
        key: rows
        for key, rows in catalogue.values.items()
        if key.split(".")[0] in ("loading", "cargo")
    }


def test_the_rows_are_sound(catalogue):
    ours = _ours(catalogue)
    assert ours
    assert [text for text in catalogue.problems if text.startswith(("loading", "cargo"))] == []
    assert lint(value for rows in ours.values() for value in rows) == []


def test_no_row_is_orphaned(catalogue):
    declared = {parameter.key for cls in METHODS.values() for parameter in cls.parameters}
    declared |= {parameter.key for parameter in (*RELEASE_PARAMETERS, GRADIENT_HALF_LIFE)}
    assert set(_ours(catalogue)) - declared <= {SERUM_HALF_LIFE.key, UNBOUND_SHARE.key}


def test_the_rivals_share_one_key(catalogue):
    rows = catalogue.values[OPEN_SHARE.key]
    assert {row.hypothesis: row.preferred for row in rows} == {
        "electroporation:precipitate": True,
        "electroporation:pores": False,
    }
    need = Need(OPEN_SHARE)
    assert catalogue.find(need).high == 0.1
    assert catalogue.find(need, {"electroporation": "pores"}).low == 0.1


@pytest.mark.parametrize("cargo", cargo_table())
@pytest.mark.parametrize("name", METHODS)
def test_every_cargo_is_valued(name, cargo, catalogue):
    step = METHODS[name](cargo=cargo)
    for need in step.needs():
        assert catalogue.find(Need(need.parameter, {**step.context(), **need.context}))
