"""What a method or a table of a Design offers, as data that any front can print."""

from __future__ import annotations

import dataclasses
import inspect
import math
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from exocast.design.building import EXPLAINED, TABLES
from exocast.design.lint import annotations_of, present_setting
from exocast.design.vocabulary import Vocabulary
from exocast.errors import DesignError, Problem, nearest
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Value
from exocast.material.step import Setting, settings_of
from exocast.units import present

__all__ = [
    "MethodDescription",
    "ParameterDescription",
    "SettingDescription",
    "describe_method",
    "describe_table",
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
    source : str
        Source key of the default; empty for a convention.
    moves : str
        What it moves.
    direction : int
        Sign of that move.
    rows : tuple of SettingDescription
        For a table or a list of tables, the settings inside.
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
        First sentence of the docstring, and all of it: equation, validity and references.
    settings : tuple of SettingDescription
        What the operator chooses.
    parameters : tuple of ParameterDescription
        What nature chooses.
    speculative : bool
        Whether it rests on assumed numbers.
    """

    name: str
    title: str
    summary: str
    doc: str
    settings: tuple[SettingDescription, ...]
    parameters: tuple[ParameterDescription, ...] = ()
    speculative: bool = False


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
    cls = table[method]
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
        name=f"{stage}.{method}",
        title=cls.title,
        summary=_summary(cls),
        doc=inspect.getdoc(cls) or "",
        settings=_settings(cls),
        parameters=parameters,
        speculative=cls.speculative,
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
    )


def _bound(bound: float, unit: str) -> str:
    return present(bound, unit) if unit and math.isfinite(bound) else ""


def _summary(cls: type[Any]) -> str:
    """Return the first paragraph of the docstring, on one line."""
    return " ".join((inspect.getdoc(cls) or "").split("\n\n")[0].split())
