"""What stands behind a name of exocast, as data that any front can print."""

from __future__ import annotations

import dataclasses
import inspect
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, get_args, get_origin

from exocast.design.applicability import flag_texts
from exocast.design.bodies import (
    BodyDescription,
    SpeciesList,
    body_names,
    describe_body,
    describe_species,
)
from exocast.design.building import EXPLAINED, TABLES
from exocast.design.docstrings import without
from exocast.design.lawbook import Law, laws_of
from exocast.design.lint import annotations_of, present_setting
from exocast.design.vocabulary import Vocabulary
from exocast.errors import DesignError, EvidenceError, Problem, nearest
from exocast.evidence.catalogue import Catalogue, Hypothesis
from exocast.evidence.parameter import Parameter, Value
from exocast.material.asking import QUANTITIES
from exocast.material.step import Setting, Step, settings_of
from exocast.units import present

__all__ = [
    "HypothesisDescription",
    "MethodDescription",
    "ParameterDescription",
    "SettingDescription",
    "SettingExplained",
    "ThingDescription",
    "ValueDescription",
    "describe",
    "describe_hypothesis",
    "describe_method",
    "describe_table",
    "describe_thing",
    "describe_value",
    "known_names",
    "method_names",
]


@dataclass(frozen=True, slots=True)
class SettingDescription:
    """One setting, its numbers written for people.

    Attributes
    ----------
    name, doc, unit : str
        Name in the Design, what it is, and the SI unit that is held inside.
    required : bool
        Whether a Design must give it.
    default, low, high : str
        Empty where there is none.
    choices : tuple of str
        Allowed names.
    meanings : tuple of str
        What each of them means; empty where the names say it.
    source : str
        Source key of the default; empty for a convention.
    moves : str
        What it moves.
    direction : int
        Sign of that move.
    rows : tuple of SettingDescription
        For a table or a list of tables, the settings inside.
    fills : str
        What too high a number overfills, which is refused; empty for nothing.
    """

    name: str
    doc: str
    unit: str
    required: bool
    default: str
    low: str
    high: str
    choices: tuple[str, ...]
    source: str
    moves: str
    direction: int
    rows: tuple[SettingDescription, ...] = ()
    meanings: tuple[str, ...] = ()
    fills: str = ""


@dataclass(frozen=True, slots=True)
class ParameterDescription:
    """One quantity that nature chooses.

    Attributes
    ----------
    key, unit, doc : str
        As declared.
    low, high : str
        Physical bounds for people; empty where there is none.
    values : tuple of Value
        Its rows in the catalogue, when one was given.
    """

    key: str
    unit: str
    doc: str
    low: str
    high: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodDescription:
    """A method of a stage, or a table of the Design.

    Attributes
    ----------
    name : str
        ``stage.method``, or the name of the table.
    title : str
        As headings call it.
    summary, doc : str
        First sentence of the docstring, and all of it but the equations.
    settings : tuple of SettingDescription
        What the operator chooses.
    parameters : tuple of ParameterDescription
        What nature chooses.
    speculative : bool
        Whether it rests on assumed numbers.
    laws : tuple of Law
        Its equations: its own first, then those of the laws that it rests on.
    flags : tuple of str
        What it says where the domain in which it holds is left.
    """

    name: str
    title: str
    summary: str
    doc: str
    settings: tuple[SettingDescription, ...]
    parameters: tuple[ParameterDescription, ...] = ()
    speculative: bool = False
    laws: tuple[Law, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingExplained:
    """One setting, and the method or table that it belongs to.

    Attributes
    ----------
    address : str
        As it was asked for.
    owner : MethodDescription
        Method or table.
    setting : SettingDescription
        The setting.
    """

    address: str
    owner: MethodDescription
    setting: SettingDescription


@dataclass(frozen=True, slots=True)
class ValueDescription:
    """What the catalogue has for one key.

    Attributes
    ----------
    key, unit, doc : str
        As declared; unit and doc are empty where no method declares it.
    low, high : str
        Physical bounds for people.
    methods : tuple of str
        Methods that use it.
    rows : tuple of Value
        Its rows, rivals beside each other.
    """

    key: str
    unit: str
    doc: str
    low: str
    high: str
    methods: tuple[str, ...]
    rows: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class HypothesisDescription:
    """A contested fact: its options and the rows that each of them holds.

    Attributes
    ----------
    family : str
        Name, as a Design writes it.
    hypothesis : Hypothesis
        Options in words.
    rows : mapping of str to tuple of Value
        By option.
    """

    family: str
    hypothesis: Hypothesis
    rows: Mapping[str, tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class ThingDescription:
    """A label, a ligand or a receptor: what it is, and the rows that are specific to it.

    Attributes
    ----------
    name, what, title : str
        Name in a Design, ``label``, ``ligand`` or ``receptor``, and words for people.
    facts : tuple of (str, str)
        What is said of it, each under a word.
    rows : tuple of Value
        Rows in whose context it stands.
    """

    name: str
    what: str
    title: str
    facts: tuple[tuple[str, str], ...]
    rows: tuple[Value, ...]


Described = (
    MethodDescription
    | SettingExplained
    | ValueDescription
    | HypothesisDescription
    | BodyDescription
    | SpeciesList
    | ThingDescription
)


def method_names(stage: str, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """Return the methods of a stage."""
    return tuple((vocabulary or Vocabulary.packaged()).methods(stage))


def describe_method(
    stage: str,
    method: str,
    *,
    vocabulary: Vocabulary | None = None,
    catalogue: Catalogue | None = None,
) -> MethodDescription:
    """Describe a method.

    Parameters
    ----------
    stage, method : str
        Names, as a Design writes them.
    vocabulary : Vocabulary, optional
        Where they are looked up.
    catalogue : Catalogue, optional
        Where the values of its parameters are looked up; none are given when left out.

    Raises
    ------
    DesignError
        If there is no such stage or method; the message offers the nearest.
    """
    table = (vocabulary or Vocabulary.packaged()).methods(stage)
    if method not in table:
        name = f"{stage}.{method}"
        raise DesignError(name, [Problem(f"{stage} has no such method. {nearest(method, table)}")])
    return _describe(table[method], catalogue)


def _describe(cls: type[Step], catalogue: Catalogue | None) -> MethodDescription:
    """Describe the class of a method."""
    parameters = tuple(
        ParameterDescription(
            key=one.key,
            unit=one.unit,
            doc=one.doc,
            low=_bound(one.low, one.unit),
            high=_bound(one.high, one.unit),
            values=catalogue.values.get(one.key, ()) if catalogue else (),
        )
        for one in cls.parameters
    )
    return MethodDescription(
        name=f"{cls.stage}.{cls.method}",
        title=cls.title,
        summary=_summary(cls),
        doc=without(inspect.getdoc(cls) or "", "Equation", "Symbols"),
        settings=_settings(cls),
        parameters=parameters,
        speculative=cls.speculative,
        laws=laws_of(cls),
        flags=flag_texts(cls),
    )


def describe_table(name: str) -> MethodDescription:
    """Describe a table of the Design: question, subject, regimen, run or observed.

    Raises
    ------
    DesignError
        If there is no such table.
    """
    if name not in EXPLAINED:
        raise DesignError(name, [Problem(f"no such table. {nearest(name, EXPLAINED)}")])
    cls = EXPLAINED[name]
    title = f"[{name}]" if name in TABLES else f"[[{name}]]"
    return MethodDescription(name, title, _summary(cls), inspect.getdoc(cls) or "", _settings(cls))


def describe(
    name: str, *, vocabulary: Vocabulary | None = None, catalogue: Catalogue | None = None
) -> Described:
    """Describe whatever has a name: method, setting, table, value, hypothesis, species or label.

    Parameters
    ----------
    name : str
        ``stage.method``, the address of a setting, a table, a key, the family of a hypothesis, a
        species, ``species`` for all of them, or a label, a ligand or a receptor.
    vocabulary : Vocabulary, optional
        Where methods are looked up.
    catalogue : Catalogue, optional
        Where values are looked up; the packaged one by default.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.
    """
    names = vocabulary or Vocabulary.packaged()
    held = Catalogue.packaged() if catalogue is None else catalogue
    if name in EXPLAINED:
        return describe_table(name)
    if name == "species":
        return describe_species(names, held)
    if name in body_names(names):
        return describe_body(name, names, held)
    family = name.removeprefix("hypotheses.").partition(":")[0]
    if family in held.hypotheses:
        return describe_hypothesis(family, held)
    if name in held.values:
        return describe_value(name, vocabulary=names, catalogue=held)
    thing = describe_thing(name, held)
    if thing is not None:
        return thing
    for owner, rest in _owners(name, names, held):
        if not rest:
            return owner
        setting = _setting_in(owner.settings, rest)
        if setting is not None:
            return SettingExplained(name, owner, setting)
        if any(one.key == name for one in owner.parameters):
            return describe_value(name, vocabulary=names, catalogue=held)
    short = _shortened(name, names)
    if short:
        return describe(short, vocabulary=names, catalogue=held)
    raise EvidenceError(f"nothing is called `{name}`. {_near(name, known_names(names, held))}")


def _shortened(name: str, vocabulary: Vocabulary) -> str:
    """Return the full address of `loading.field`, where one method alone of a stage has it."""
    stage, _, rest = name.partition(".")
    setting = rest.partition(".")[0]
    found = [
        method
        for method, cls in _classes(vocabulary).items()
        if method.partition(".")[0] == stage
        and setting in {one.name for one in dataclasses.fields(cls)}
    ]
    return f"{found[0]}.{rest}" if rest and len(found) == 1 else ""


def describe_value(
    key: str, *, vocabulary: Vocabulary | None = None, catalogue: Catalogue | None = None
) -> ValueDescription:
    """Describe what the catalogue has for a key."""
    names = vocabulary or Vocabulary.packaged()
    held = Catalogue.packaged() if catalogue is None else catalogue
    declared: list[tuple[str, Parameter]] = [
        (method, one)
        for method, cls in _classes(names).items()
        for one in cls.parameters
        if one.key == key
    ]
    one = declared[0][1] if declared else None
    return ValueDescription(
        key=key,
        unit=one.unit if one else "",
        doc=one.doc if one else "",
        low=_bound(one.low, one.unit) if one else "",
        high=_bound(one.high, one.unit) if one else "",
        methods=tuple(dict.fromkeys(method for method, _ in declared)),
        rows=held.values.get(key, ()),
    )


def describe_hypothesis(family: str, catalogue: Catalogue | None = None) -> HypothesisDescription:
    """Describe a contested fact."""
    held = Catalogue.packaged() if catalogue is None else catalogue
    hypothesis = held.hypotheses[family]
    rows = {
        option: tuple(
            row for rows in held.values.values() for row in rows
            if row.hypothesis == f"{family}:{option}"
        )
        for option in hypothesis.options
    }  # fmt: skip
    return HypothesisDescription(family, hypothesis, rows)


def describe_thing(name: str, catalogue: Catalogue) -> ThingDescription | None:
    """Describe a label, a ligand or a receptor; None where nothing of that kind has the name."""
    from exocast.stages.biodistribution.label import label_named, label_names
    from exocast.stages.biodistribution.ligands import ligand_table, receptor_table

    facts: dict[str, str] = {}
    if name in label_names():
        label = label_named(name)
        what, title, known = "label", label.title, label.name
        facts = {
            "family": label.family,
            "shows": label.shows,
            "cannot show": label.hides,
            "binds": f"{label.takes_to}; on no vesicle: {label.free}",
            "control": label.control,
            "free forms": ", ".join(label.organs),
            "the same": ", ".join(label.aliases),
        }
    elif name in ligand_table():
        ligand = ligand_table()[name]
        what, title, known = "ligand", ligand.title, name
        triggers = {"acid": "in late endosomes, by acid", "receptor": "at a cell, by its receptor"}
        facts = {
            "binds": "; ".join(one.title for one in ligand.bound),
            "fuses": triggers.get(ligand.fuses, ""),
            "not followed": ligand.beyond,
        }
        for one in ligand.bound:
            where = [f"{organ} ({site.replace('_', ' ')})" for site, organ in one.places()]
            facts[one.title] = ", ".join(where)
    elif name in receptor_table():
        receptor = receptor_table()[name]
        what, title, known = "receptor", receptor.title, name
        where = [f"{organ} ({site.replace('_', ' ')})" for site, organ in receptor.places()]
        bound_by = [one.title for one in ligand_table().values() if name in one.receptors]
        facts = {"is on": ", ".join(where), "bound by": "; ".join(bound_by)}
    else:
        return None
    rows = tuple(
        row for held in catalogue.values.values() for row in held if row.context.get(what) == known
    )
    return ThingDescription(
        name, what, title, tuple((word, said) for word, said in facts.items() if said), rows
    )


def known_names(
    vocabulary: Vocabulary | None = None, catalogue: Catalogue | None = None
) -> list[str]:
    """Return every name that `describe` knows, settings inside lists of tables left out."""
    from exocast.stages.biodistribution.label import label_names
    from exocast.stages.biodistribution.ligands import ligand_table, receptor_table

    names = vocabulary or Vocabulary.packaged()
    held = Catalogue.packaged() if catalogue is None else catalogue
    found = [*EXPLAINED, "species", *body_names(names), *held.hypotheses, *held.values]
    found += [*label_names(), *ligand_table(), *receptor_table()]
    for method, cls in _classes(names).items():
        found += [method, *(f"{method}.{one}" for one in settings_of(cls))]
    found += [f"{name}.{one}" for name, cls in EXPLAINED.items() for one in settings_of(cls)]
    return sorted(dict.fromkeys(found))


def _classes(vocabulary: Vocabulary) -> dict[str, type[Step]]:
    """Return every class of a method by name: routes and labels too, which a body brings along."""
    from exocast.stages.biodistribution import (
        CargoRelease,
        DissolvedCargo,
        MagneticPull,
        Outside,
        Tag,
        Targeting,
    )

    found: dict[str, type[Step]] = {
        f"{stage}.{method}": cls
        for stage in vocabulary.stages
        for method, cls in vocabulary.methods(stage).items()
    }
    others: list[type[Step]] = [
        *vocabulary.routes().values(), Tag, DissolvedCargo, CargoRelease, Targeting, MagneticPull,
        Outside,
    ]  # fmt: skip
    return found | {f"{cls.stage}.{cls.method}": cls for cls in others}


def _owners(
    name: str, vocabulary: Vocabulary, catalogue: Catalogue
) -> list[tuple[MethodDescription, list[str]]]:
    """Return the methods and tables that a name may belong to, and what is left of it."""
    parts = name.split(".")
    found: list[tuple[MethodDescription, list[str]]] = []
    if parts[0] in EXPLAINED:
        found.append((describe_table(parts[0]), parts[1:]))
    classes = _classes(vocabulary)
    for method, cls in classes.items():
        stage, _, short = method.partition(".")
        used = 2 if parts[:2] == [stage, short] else 1 if parts[0] == short else 0
        if used:
            found.append((_describe(cls, catalogue), parts[used:]))
    return found


def _setting_in(
    settings: tuple[SettingDescription, ...], parts: list[str]
) -> SettingDescription | None:
    """Return the setting at an address; the number of a row may be left out."""
    found = next((one for one in settings if one.name == parts[0]), None)
    rest = parts[2:] if len(parts) > 1 and parts[1].isdigit() else parts[1:]
    if found is None or not rest:
        return found
    return _setting_in(found.rows, rest)


def _near(name: str, known: list[str]) -> str:
    """Return a sentence that offers what may have been meant."""
    close = get_close_matches(name, known, n=3, cutoff=0.6)
    last = name.rpartition(".")[2]
    ends = {one.rpartition(".")[2]: one for one in known}
    close += [ends[one] for one in get_close_matches(last, ends, n=2, cutoff=0.75)]
    close = list(dict.fromkeys(close))[:4]
    if not close:
        return "`exocast methods` lists the methods; `exocast explain METHOD` their values."
    others = f" Also near: {', '.join(f'`{one}`' for one in close[1:])}." if close[1:] else ""
    return f"Did you mean `{close[0]}`?{others}"


def _settings(cls: type[Any]) -> tuple[SettingDescription, ...]:
    return tuple(_setting(cls, one) for one in settings_of(cls).values())


def _setting(cls: type[Any], one: Setting) -> SettingDescription:
    kind = annotations_of(cls)[one.name]
    named = one.choices or (get_args(kind) if get_origin(kind) is Literal else ())
    nested = one.table is not None and dataclasses.is_dataclass(one.default)
    default = (
        "" if one.required or one.default is None or nested else present_setting(one, one.default)
    )
    return SettingDescription(
        name=one.name,
        doc=one.doc,
        unit=one.unit,
        required=one.required,
        default=default,
        low=_bound(one.low, one.unit),
        high=_bound(one.high, one.unit),
        choices=tuple(named),
        source=one.source,
        moves=one.moves,
        direction=one.direction,
        rows=_settings(one.table) if one.table is not None else (),
        meanings=tuple(map(_meaning, named)) if set(named) == QUANTITIES.keys() else (),
        fills=one.fills,
    )


def _meaning(quantity: str) -> str:
    """Return what a question asks for by a quantity: of what, in what, and which amount it is."""
    one = QUANTITIES[quantity]
    what = {"cell": "of target cells", "organ": "of an organ", "tube": "of the tube"}[one.where]
    return f"{what}, {one.counted}: {one.doc}"


def _bound(bound: float, unit: str) -> str:
    return present(bound, unit) if unit and math.isfinite(bound) else ""


def _summary(cls: type[Any]) -> str:
    """Return the first paragraph of the docstring, on one line."""
    return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
