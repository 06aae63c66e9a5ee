"""What ships: the demo design is sound, and every declared setting can be read and written."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import replace
from typing import Any

import pytest

from exocast.design import Design, describe_method, templates
from exocast.design.building import TABLES
from exocast.design.lint import annotations_of
from exocast.design.writing import exact_text, value_text
from exocast.errors import DesignError
from exocast.evidence import Catalogue
from exocast.material.step import Setting, settings_of
from exocast.stages import STAGES, methods
from exocast.stages.biodistribution import ROUTES
from exocast.units import base_unit, parse, scale

CLASSES: dict[str, type[Any]] = {
    **{f"{stage}.{name}": cls for stage in STAGES for name, cls in methods(stage).items()},
    **{f"route.{name}": cls for name, cls in ROUTES.items()},
    **TABLES,
}


def every_setting(cls: type[Any], path: str) -> list[tuple[str, Any, Setting]]:
    """Return path, type and declaration of every setting, those of rows included."""
    found = []
    for name, setting in settings_of(cls).items():
        found.append((f"{path}.{name}", annotations_of(cls)[name], setting))
        if setting.table is not None:
            found += every_setting(setting.table, f"{path}.{name}")
    return found


SETTINGS = [one for path, cls in CLASSES.items() for one in every_setting(cls, path)]


@pytest.mark.parametrize(("path", "kind", "setting"), SETTINGS, ids=[one[0] for one in SETTINGS])
def test_a_setting_can_be_read_and_written(path: str, kind: Any, setting: Setting) -> None:
    assert setting.doc.endswith((".", "?")), "a doc is a sentence"
    if setting.table is None:
        assert setting.unit or "str" in str(kind) or "bool" in str(kind), kind
    if setting.unit:
        base_unit(setting.unit)
        assert setting.low < setting.high
    if setting.required or setting.default is None or dataclasses.is_dataclass(setting.default):
        return
    values = setting.default if isinstance(setting.default, tuple) else (setting.default,)
    for value in values:
        if setting.unit:
            assert setting.low <= value <= setting.high
            written = exact_text(value, setting.unit)
            assert parse(written, setting.unit) == value  # type: ignore[arg-type]
        elif setting.choices:
            assert value in setting.choices
    value_text(exact_text(setting.default, setting.unit))


def test_an_unbounded_setting_is_rare() -> None:
    open_ended = [
        path
        for path, _, setting in SETTINGS
        if setting.unit and setting.default is not None and math.isinf(setting.high)
    ]
    assert set(open_ended) <= {"regimen.dose", "regimen.times", "question.at"}


@pytest.mark.parametrize("name", [name for name in CLASSES if name.split(".")[0] in STAGES])
def test_every_method_is_described(name: str) -> None:
    stage, method = name.split(".")
    described = describe_method(stage, method)
    assert described.summary.endswith(".")
    assert described.title


@pytest.mark.parametrize("name", templates())
def test_a_template_is_sound(name: str) -> None:
    design = Design.read(name)
    design.check()
    for variant in (None, *design.variants):
        assert design.plan(variant).preparation
    assert design.plan().notes == ()
    assert design.data == Design.from_text(design.to_toml(), design.folder).data


@pytest.mark.parametrize("name", templates())
def test_every_default_can_be_set_where_it_was_left_open(name: str) -> None:
    design = Design.read(name)
    plan = design.plan()
    written = {one.path: exact_text(one.value, one.unit) for one in plan.defaults}
    said = design.with_settings(written).plan()
    assert said.defaults == ()
    assert replace(said, measurements={}) == replace(plan, measurements={}, defaults=())
    complete = Design.from_text(design.to_toml(complete=True), design.folder)
    assert complete.plan().defaults == ()


def test_the_demo_reads_the_file_beside_it() -> None:
    plan = Design.read("kras-sirna-tumour").plan()
    assert plan.measurements["nta"].file == "batch-07-ExperimentSummary.csv"
    assert plan.study.cargo == "siRNA_KRAS_G12D"
    assert plan.hypotheses["endosomal_escape"] == "each"


def test_the_message_of_the_target() -> None:
    design = Design.read("kras-sirna-tumour")
    spin = design.text.index('rcf = "100000 g"')
    text = design.text[:spin] + design.text[spin:].replace("100000 g", "100000 rpm", 1)
    text = text.replace("batch-07-ExperimentSummary.csv", "batch-7.csv")
    text = text.replace("field        =", "feild        =")
    with pytest.raises(DesignError) as caught:
        Design.from_text(text, design.folder, name=design.name).check()
    head, *lines = str(caught.value).splitlines()
    assert head == "kras-sirna-tumour.toml: 3 problems, nothing was run"
    said = [line.split(None, 2)[2] for line in lines]
    assert said[0] == (
        'step 2, spin 3, rcf = "100000 rpm": a speed, not an acceleration. Write "100000 g", or '
        "use `rpm = 100000`."
    )
    assert said[1] == (
        "step 3, file: batch-7.csv is not beside the design. "
        "Nearest: batch-07-ExperimentSummary.csv"
    )
    assert said[2] == (
        "step 4, loading.electroporation has no setting `feild`. Did you mean `field`? "
        "(exocast explain loading.electroporation)"
    )


def test_a_second_reading_looks_nothing_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stages, catalogue and units are loaded once: what remains is the text."""
    Design.read("kras-sirna-tumour").check()
    monkeypatch.setattr(scale, "_registry", lambda: pytest.fail("a unit was read again"))
    monkeypatch.setattr(Catalogue, "load", lambda _: pytest.fail("the rows were read again"))
    Design.read("kras-sirna-tumour").check()
