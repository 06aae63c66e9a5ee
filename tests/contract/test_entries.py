"""Every entry of every table of methods: what its class says of itself, and its values."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

import exocast.stages
from exocast.evidence import Catalogue, Need, Parameter
from exocast.material.document import Observed, Question, Regimen, Subject
from exocast.material.document import Run as RunTable
from exocast.material.step import KineticStep, PreparationStep, Setting, Step, settings_of
from exocast.stages import KINETIC, STAGES, methods
from exocast.stages.biodistribution import ROUTES
from exocast.stages.loading.cargo import cargo_table
from exocast.units import same_dimension, to_si

UNUSED: Mapping[str, str] = {
    "qualify.reading.measurement": "errors of printed readings: a qualification draws them",
    "qualify.reading.between_studies": "as above",
    "qualify.reading.bench": "as above, of the tube",
}
"""Parameters that no method needs, and why their rows stay."""

HOLDS: Mapping[str, tuple[str, ...]] = {
    "donor.lipid_nanoparticle": ("nucleic_acid",),
    "donor.dissolved_cargo": ("nucleic_acid", "protein"),
    "biodistribution.dissolved_cargo": ("nucleic_acid", "protein"),
    "loading.donor_expression": ("nucleic_acid", "protein"),
    "loading.donor_incubation": ("hydrophobic", "hydrophilic"),
    "biodistribution.cargo_release": ("hydrophobic", "hydrophilic"),
    "assay.release_curve": ("hydrophobic", "hydrophilic"),
    "loading.remote_loading": ("hydrophobic", "hydrophilic"),
    "loading.transfection_reagent": ("nucleic_acid",),
    "loading.hydrophobic_conjugate": ("nucleic_acid",),
}
"""Kinds of cargo of the entries that refuse others."""

CHOOSY = {"loading.donor_expression"}
"""Entries with choices that do not go together; these are passed over."""

TABLES = (Question, Subject, Regimen, Observed, RunTable)


def nested(cls: type[Any], label: str) -> Iterator[tuple[str, type[Any], Setting]]:
    """Yield every setting of a class with its address, down through tables of tables."""
    for name, one in settings_of(cls).items():
        yield f"{label}.{name}", cls, one
        if one.table is not None:
            yield from nested(one.table, f"{label}.{name}")


def kind_of(cls: type[Any], name: str) -> Any:
    """Return the type of a setting without None."""
    kind = get_type_hints(cls)[name]
    if get_origin(kind) in (Union, types.UnionType):
        kind = next(one for one in get_args(kind) if one is not type(None))
    return kind


def all_settings() -> list[tuple[str, type[Any], Setting]]:
    classes = [cls for stage in STAGES for cls in methods(stage).values()]
    found = []
    for cls in (*classes, *ROUTES.values()):
        found += nested(cls, f"{cls.stage}.{cls.method}")
    for cls in TABLES:
        found += nested(cls, cls.__name__.lower())
    return found


SETTINGS = all_settings()
ADDRESSES = [address for address, _, _ in SETTINGS]


def declared() -> dict[str, list[Parameter]]:
    """Return every Parameter that a module of the stages holds, by key, and those of readings."""
    found: dict[str, list[Parameter]] = {}
    walked = pkgutil.walk_packages(exocast.stages.__path__, "exocast.stages.")
    for name in (*(module.name for module in walked), "exocast.qualify.reading_error"):
        for value in vars(importlib.import_module(name)).values():
            parts = value.values() if isinstance(value, Mapping) else [value]
            for part in parts:
                if isinstance(part, Parameter):
                    held = found.setdefault(part.key, [])
                    if part not in held:
                        held.append(part)
    return found


DECLARED = declared()
KEYS = sorted({*DECLARED, *Catalogue.packaged().values})


def test_every_stage_has_methods() -> None:
    assert all(methods(stage) for stage in STAGES)
    assert set(KINETIC) <= set(STAGES)


def test_a_class_is_final_and_frozen(entry_class: type[Step]) -> None:
    assert "__dataclass_params__" in vars(entry_class), "decorate it with @dataclass(frozen=True)"
    assert entry_class.__dataclass_params__.frozen  # type: ignore[attr-defined]
    own = [cls for cls in entry_class.__subclasses__() if cls.__module__.startswith("exocast.")]
    assert not own, "a method is final: what two methods share lives in a module beside them"
    (base,) = entry_class.__bases__
    shared = base.__bases__ in ((PreparationStep,), (KineticStep,)) and "method" not in vars(base)
    assert base in (PreparationStep, KineticStep) or shared, "one base of settings at most"
    assert not inspect.isabstract(entry_class)


def test_a_class_knows_its_place(entry: str, entry_class: type[Step]) -> None:
    assert f"{entry_class.stage}.{entry_class.method}" == entry
    assert issubclass(entry_class, KineticStep) == (entry_class.stage in KINETIC)
    assert entry_class.method == entry_class.method.lower().replace(" ", "_")


def test_a_class_is_described(entry_class: type[Step]) -> None:
    words = inspect.getdoc(entry_class) or ""
    assert not words.startswith(f"{entry_class.__name__}("), "the docstring is the dataclass's own"
    first = " ".join(words.split("\n\n")[0].split())
    assert first.endswith("."), first
    assert len(first.split()) >= 5
    assert first[0].isupper() or first[0].isdigit()
    assert 3 <= len(entry_class.title) <= 60
    assert entry_class.title == entry_class.title.strip(" .")


def test_fields_are_settings(entry_class: type[Step]) -> None:
    others = {field.name for field in dataclasses.fields(entry_class)} - {"id"}
    assert others == set(settings_of(entry_class))


@pytest.mark.parametrize(("address", "cls", "one"), SETTINGS, ids=ADDRESSES)
def test_a_setting_is_documented(
    address: str, cls: type[Any], one: Setting, catalogue: Catalogue
) -> None:
    kind = kind_of(cls, one.name)
    assert one.doc.endswith("."), "a sentence"
    assert one.doc[0].isupper()
    if kind in (float, int) or {float, int} & set(get_args(kind)):
        assert one.unit, "a number needs its unit"
        assert one.low < one.high
        assert to_si(1.0, one.unit) == 1.0, "the unit that is held is SI"
        assert to_si(0.0, one.unit) == 0.0
    elif kind is str:
        assert not one.unit
    if one.choices:
        assert len(set(one.choices)) == len(one.choices) > 1
    assert one.direction in (-1, 0, 1)
    assert not one.direction or one.moves, "a direction needs the quantity that it `moves`"
    assert not one.source or one.source in catalogue.sources


@pytest.mark.parametrize(("address", "cls", "one"), SETTINGS, ids=ADDRESSES)
def test_a_default_could_have_been_written(address: str, cls: type[Any], one: Setting) -> None:
    if one.required or one.default is None or one.table is not None:
        return
    if one.choices:
        assert one.default in one.choices
    for value in one.default if isinstance(one.default, tuple) else (one.default,):
        if isinstance(value, float | int):
            assert one.low <= value <= one.high


@pytest.mark.parametrize(("address", "cls", "one"), SETTINGS, ids=ADDRESSES)
def test_a_number_that_was_chosen_for_the_user_has_a_source(
    address: str, cls: type[Any], one: Setting, entries: dict[str, type[Step]]
) -> None:
    """A default of a step is a claim about the laboratory; those of tables are conventions."""
    if cls in TABLES or one.table is not None or cls.__module__ == "exocast.material.document":
        return
    if isinstance(one.default, float) and one.default > 0 and not address.startswith("assay.nta"):
        assert one.source, "say where the default comes from"


def test_the_parameters_of_a_class(entry_class: type[Step]) -> None:
    parameters = entry_class.parameters
    assert isinstance(parameters, tuple)
    keys = [parameter.key for parameter in parameters]
    assert len(set(keys)) == len(keys)


def test_every_parameter_belongs_to_a_method(entries: dict[str, type[Step]]) -> None:
    needed = {one.key for cls in entries.values() for one in cls.parameters}
    assert set(DECLARED) - needed == set(UNUSED)
    assert needed <= set(DECLARED)


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_declared_once_and_valued(key: str, catalogue: Catalogue) -> None:
    assert key in DECLARED, "rows without a Parameter: nothing can ask for them"
    assert key in catalogue.values, "a Parameter without rows"
    assert len(DECLARED[key]) == 1, "declared twice, differently"
    parameter = DECLARED[key][0]
    assert parameter.doc.endswith(".")
    assert to_si(1.0, parameter.unit) == 1.0, "the unit of the array is not SI"
    assert to_si(0.0, parameter.unit) == 0.0
    assert key.split(".", maxsplit=1)[0] in {*STAGES, "cargo", "qualify"}


@pytest.mark.parametrize("key", KEYS)
def test_a_row_measures_what_its_parameter_is(key: str, catalogue: Catalogue) -> None:
    parameter = DECLARED[key][0]
    for row in catalogue.values[key]:
        assert same_dimension(row.unit, parameter.unit), f"{row.origin}: {row.unit}"
        assert parameter.low <= row.low, f"{row.origin}: {row.low:g} below {parameter.low:g}"
        assert row.high <= parameter.high, f"{row.origin}: {row.high:g} above {parameter.high:g}"
        if row.variability:
            assert parameter.scale != "log" or row.value > 0
            assert parameter.scale != "logit" or 0 < row.value < 1


def words(catalogue: Catalogue, name: str, prefix: str = "") -> list[str]:
    """Return every word that rows use for a context."""
    rows = [row for held in catalogue.values.values() for row in held]
    used = {row.context[name] for row in rows if name in row.context and row.key.startswith(prefix)}
    return sorted(used)


def contexts(entry: str, step: Step, catalogue: Catalogue) -> list[Step]:
    """Return an example with every packaged donor cell, cargo, label, rotor, buffer and choice."""
    named = {
        "cell_type": words(catalogue, "cell", "donor."),
        "cargo": [
            name for name, one in cargo_table().items() if one.kind in HOLDS.get(entry, (one.kind,))
        ],
        "label": words(catalogue, "label"),
    }
    turned: dict[str, list[Any]] = {
        name: list(one.choices or named.get(name, ()))
        for name, one in settings_of(type(step)).items()
    }
    if "spins" in turned:
        spin = step.spins[0]  # type: ignore[attr-defined]
        turned["spins"] = [
            (dataclasses.replace(spin, rotor=rotor),) for rotor in words(catalogue, "rotor")
        ]
    turned = {name: values for name, values in turned.items() if values}
    return [
        dataclasses.replace(step, **dict(zip(turned, choice, strict=True)))
        for choice in product(*turned.values())
    ]


def test_every_need_is_answered(
    entry: str, examples: Any, catalogue: Catalogue, entry_class: type[Step]
) -> None:
    bodies = [
        {"species": species, "target_cell": cell}
        for species, cell in product(
            words(catalogue, "species"), [*words(catalogue, "target_cell"), "some other cell"]
        )
    ]
    looked_up: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    missing = []
    for step in examples(entry).values():
        for turned in contexts(entry, step, catalogue):
            if entry in CHOOSY and turned.check():
                continue
            assert turned.check() == []
            for need in turned.needs():
                assert need.parameter in entry_class.parameters
                own = {**turned.context(), **need.context}
                asked = (need.parameter.key, frozenset(own.items()))
                if asked in looked_up:
                    continue
                looked_up.add(asked)
                for body in bodies:
                    full = Need(need.parameter, {**body, **own})
                    if not catalogue.matching(full):
                        missing.append((need.parameter.key, full.context))
                    else:
                        catalogue.find(full)
    assert not missing, missing[:5]
