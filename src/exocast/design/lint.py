"""The one mechanism that reads every table of a Design: settings in, checked SI values out.

Problems are collected, never raised, so that a person sees all of them at once.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Union, cast, get_args, get_origin, get_type_hints

from exocast.design.reading import Node, plain
from exocast.errors import ExocastError, Problem, UnitError, nearest
from exocast.material.document import Default, Dose
from exocast.material.step import Setting, settings_of
from exocast.units import parse, present

__all__ = ["MISSING", "Desk", "Place", "annotations_of", "present_setting"]

MISSING: Final = object()
"""What stands for a value that could not be read; its problem is on the desk."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table stands, in the words of messages and of addresses.

    Attributes
    ----------
    label : str
        As messages call it: ``step 2``, ``step 2, spin 3`` or ``regimen``.
    owner : str
        What has the settings: ``loading.electroporation`` or ``regimen``.
    path : str
        Address that `Design.with_settings` takes.
    explain : str
        What `exocast explain` is asked for.
    joint : str
        Put between the label and the name of a setting.
    """

    label: str
    owner: str
    path: str
    explain: str
    joint: str = ", "

    def of(self, name: str) -> str:
        """Return how a message calls one setting of the table."""
        return f"{self.label}{self.joint}{name}"

    @property
    def head(self) -> str:
        """Return label and owner, where they differ."""
        return self.owner if self.owner == self.label else f"{self.label}, {self.owner}"

    def row(self, name: str, index: int | None, explain: str) -> Place:
        """Return the place of a table inside this one; index from 0, None for a single table."""
        if index is None:
            label, path = self.of(name), f"{self.path}.{name}"
        else:
            label = f"{self.label}, {name.removesuffix('s')} {index + 1}"
            path = f"{self.path}.{name}.{index + 1}"
        return Place(label, label, path, explain, joint="." if index is None else ", ")


@dataclass
class Desk:
    """Reads tables into dataclasses; keeps the problems and the defaults that were taken.

    Attributes
    ----------
    problems, defaults : list
        What is wrong, and what was left open.
    names : mapping of str to tuple of str
        By the name of a setting, what it takes beside its own choices.
    """

    problems: list[Problem] = field(default_factory=list)
    defaults: list[Default] = field(default_factory=list)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def problem(self, line: int, message: str, where: str = "") -> None:
        """Note one problem."""
        self.problems.append(Problem(message, where, line))

    def read(
        self,
        cls: type[Any],
        table: Node,
        place: Place,
        *,
        also: tuple[str, ...] = (),
        given: Mapping[str, object] | None = None,
        readers: Mapping[str, Callable[[object], object]] | None = None,
    ) -> Any:
        """Read a table as a dataclass made of settings.

        Parameters
        ----------
        cls : type
            The dataclass.
        table : Node
            The table.
        place : Place
            What to call it.
        also : tuple of str
            Keys that somebody else reads.
        given : mapping, optional
            Fields of the dataclass that are no settings.
        readers : mapping of str to callable, optional
            What reads a setting whose unit another setting decides.

        Returns
        -------
        object
            The instance, or `MISSING` when a setting could not be read.
        """
        if not isinstance(table.value, dict):
            self.problem(table.line, "a table { ... } was expected.", place.label)
            return MISSING
        settings, kinds, before = settings_of(cls), annotations_of(cls), len(self.problems)
        missed = self._unknown(table, settings, place, also)
        values: dict[str, Any] = dict(given or {})
        for name, setting in settings.items():
            node = table.table.get(name)
            if node is not None and readers and name in readers:
                values[name] = self._own(readers[name], node, place.of(name))
            elif node is not None:
                values[name] = self.value(setting, kinds[name], node, place)
            elif not setting.required:
                self._note_default(setting, place.path, setting.default)
            elif name not in missed:
                hint = f" (exocast explain {place.explain})"
                self.problem(table.line, f"{place.head} needs `{name}`: {setting.doc}{hint}")
        if len(self.problems) > before:
            return MISSING
        try:
            return cls(**values)
        except (ExocastError, ValueError) as error:
            self.problem(table.line, str(error), place.label)
            return MISSING

    def value(self, setting: Setting, kind: Any, node: Node, place: Place) -> Any:
        """Read one setting, or return `MISSING`."""
        kind = _required(kind)
        where = place.of(setting.name)
        if setting.table is not None:
            return self._rows(setting, setting.table, kind, node, place)
        if get_origin(kind) is tuple:
            return self._list(setting, get_args(kind), node, where)
        if get_origin(kind) in (Mapping, dict):
            return self._mapping(setting, get_args(kind)[1], node, where)
        return self._scalar(setting, kind, node, where)

    def _unknown(
        self, table: Node, settings: Mapping[str, Setting], place: Place, also: tuple[str, ...]
    ) -> set[str]:
        """Report keys that are no settings; return the settings that they were meant to be."""
        meant = set()
        for key, node in table.table.items():
            if key in settings or key in also:
                continue
            offer = nearest(key, [*settings, *also])
            meant |= {name for name in settings if f"`{name}`" in offer}
            hint = f"(exocast explain {place.explain})"
            self.problem(node.line, f"{place.head} has no setting `{key}`. {offer} {hint}")
        return meant

    def _rows(self, setting: Setting, cls: type[Any], kind: Any, node: Node, place: Place) -> Any:
        if get_origin(kind) is not tuple:
            return self.read(cls, node, place.row(setting.name, None, place.explain))
        if not isinstance(node.value, list):
            self.problem(
                node.line,
                "a list of tables [{ ... }, { ... }] was expected.",
                place.of(setting.name),
            )
            return MISSING
        if setting.required and not node.items:
            self.problem(node.line, "at least one { ... } is needed.", place.of(setting.name))
            return MISSING
        rows = tuple(
            self.read(cls, item, place.row(setting.name, index, place.explain))
            for index, item in enumerate(node.items)
        )
        return MISSING if any(row is MISSING for row in rows) else rows

    def _list(self, setting: Setting, kinds: tuple[Any, ...], node: Node, where: str) -> Any:
        if not isinstance(node.value, list):
            shown = _written(plain(node))
            self.problem(node.line, f"a list was expected, as in [{shown}].", f"{where} = {shown}")
            return MISSING
        every = len(kinds) == 2 and kinds[1] is Ellipsis
        if not every and len(node.items) != len(kinds):
            self.problem(node.line, f"a list of {len(kinds)} was expected.", where)
            return MISSING
        values = tuple(
            self._scalar(setting, kinds[0] if every else kinds[index], item, where)
            for index, item in enumerate(node.items)
        )
        return MISSING if any(value is MISSING for value in values) else values

    def _mapping(self, setting: Setting, kind: Any, node: Node, where: str) -> Any:
        if not isinstance(node.value, dict):
            self.problem(node.line, "a table { name = value } was expected.", where)
            return MISSING
        values = {
            name: self._scalar(setting, kind, item, f"{where}.{name}")
            for name, item in node.table.items()
        }
        return MISSING if any(value is MISSING for value in values.values()) else values

    def _scalar(self, setting: Setting, kind: Any, node: Node, where: str) -> Any:
        written = plain(node)
        shown = f"{where} = {_written(written)}"
        try:
            if kind is Dose:
                dose = Dose.read(written)
                if dose.value <= 0:
                    raise UnitError("a dose is more than nothing.")
                return dose
            if kind is bool:
                if not isinstance(written, bool):
                    raise UnitError("write true or false, without quotation marks.")
                return written
            if setting.unit:
                return _quantity(setting, kind, written)
            return _text(setting, kind, written, self.names.get(setting.name, ()))
        except UnitError as error:
            message = str(error)
            for prefix in (f'"{written}": ', f"{written}: "):
                message = message.removeprefix(prefix)
            self.problem(node.line, message, shown)
            return MISSING

    def _own(self, reader: Callable[[object], object], node: Node, where: str) -> object:
        """Read a setting with its own reader."""
        written = plain(node)
        try:
            return reader(written)
        except UnitError as error:
            self.problem(node.line, str(error), f"{where} = {_written(written)}")
            return MISSING

    def _note_default(self, setting: Setting, path: str, value: Any) -> None:
        """Note a default that was taken; what is simply absent is no choice."""
        if value is None or value in ("", ()):
            return
        address = f"{path}.{setting.name}"
        if setting.table is not None and dataclasses.is_dataclass(value):
            for name, inner in settings_of(setting.table).items():
                self._note_default(inner, address, getattr(value, name))
            return
        text = present_setting(setting, value)
        self.defaults.append(Default(address, value, text, setting.unit, setting.source))


def annotations_of(cls: type[Any]) -> dict[str, Any]:
    """Return the resolved types of the fields of a class."""
    return get_type_hints(cls)


def present_setting(setting: Setting, value: Any) -> str:
    """Write the value of a setting for people."""
    if value is None:
        return "left open"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(present_setting(setting, item) for item in value)
    if isinstance(value, int | float) and setting.unit:
        return present(value, setting.unit)
    return str(value)


def _required(kind: Any) -> Any:
    """Return the type without None."""
    if get_origin(kind) in (Union, types.UnionType):
        kinds = [one for one in get_args(kind) if one is not type(None)]
        return kinds[0] if len(kinds) == 1 else kind
    return kind


def _quantity(setting: Setting, kind: Any, written: object) -> float | int:
    value = parse(cast("str", written), setting.unit)  # which says so where it is no quantity
    slack = 1e-12 * abs(value)
    if not setting.low - slack <= value <= setting.high + slack:
        raise UnitError(f"{_bounds(setting)}.")
    if kind is int:
        if value != int(value):
            raise UnitError("a whole number was expected.")
        return int(value)
    return value


def _bounds(setting: Setting) -> str:
    low, high = (present(bound, setting.unit) for bound in (setting.low, setting.high))
    if setting.high == float("inf"):
        return f"below the least that is allowed, {low}"
    if setting.low == float("-inf"):
        return f"above the most that is allowed, {high}"
    return f"outside {low} to {high}"


def _text(setting: Setting, kind: Any, written: object, more: tuple[str, ...] = ()) -> str:
    choices = setting.choices or (get_args(kind) if get_origin(kind) is Literal else ())
    choices = (*choices, *more) if choices else ()
    if not isinstance(written, str):
        raise UnitError("a text in quotation marks was expected.")
    if setting.required and not written.strip():
        raise UnitError("empty.")
    if choices and written not in choices:
        offer = nearest(written, choices)
        listed = "" if offer.startswith("Known") else f" Known: {', '.join(sorted(choices))}."
        raise UnitError(f"not one of its names. {offer}{listed}")
    return written


def _written(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
