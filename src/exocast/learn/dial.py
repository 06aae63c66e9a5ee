"""A setting of a Design that can be turned: where it is, what it counts in, how far it goes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from exocast.design.addresses import abridges, idle
from exocast.design.building import TABLES
from exocast.design.design import Design
from exocast.design.lint import annotations_of
from exocast.design.reading import Node, plain, read
from exocast.design.steps import MODELS
from exocast.design.writing import document_text, exact_text
from exocast.errors import ExocastError, UnitError
from exocast.material.document import Dose
from exocast.material.step import Setting, settings_of
from exocast.units import parse

__all__ = ["Dial", "amount_of", "find_dial", "short", "without_variants"]

_AMOUNT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Dial:
    """A setting that can be turned.

    Attributes
    ----------
    address : str
        As `Design.with_settings` takes it, in full.
    setting : Setting or None
        Its declaration; None for a hypothesis.
    kind : object
        Its type.
    written : object
        What the Design says, or the default that it takes; None where there is none.
    choices : tuple of str
        Allowed names; empty where it is no choice.
    """

    address: str
    setting: Setting | None
    kind: Any
    written: object
    choices: tuple[str, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Return whether it holds one number."""
        if self.setting is None or not self.setting.unit or get_origin(self.kind) is tuple:
            return False
        return bool({float, int, Dose} & {self.kind, *get_args(self.kind)})

    @property
    def is_whole(self) -> bool:
        """Return whether it holds whole numbers only."""
        return self.kind is int

    @property
    def is_dose(self) -> bool:
        """Return whether it is a dose, whose unit says what it counts."""
        return self.kind is Dose

    def to_si(self, number: float, unit: str) -> float:
        """Return a number in a unit of the user's as the class holds it.

        Raises
        ------
        UnitError
            If the unit is missing, unknown, or of another dimension.
        """
        text = f"{number!r} {unit}".strip()
        if self.is_dose:
            try:
                return Dose.read(text).value
            except UnitError as error:
                raise UnitError(f'{self.address} = "{text}": {error}') from None
        return parse(text, self.setting.unit if self.setting else "1", where=self.address)

    def bounds(self, unit: str) -> tuple[float, float]:
        """Return the declared bounds in a unit of the user's; infinite where there is none.

        Raises
        ------
        UnitError
            As `to_si`.
        """
        if self.setting is None or self.is_dose:
            return 0.0, math.inf
        zero = self.to_si(0.0, unit)
        one = self.to_si(1.0, unit) - zero
        low, high = ((bound - zero) / one for bound in (self.setting.low, self.setting.high))
        return float(f"{low:.12g}"), float(f"{high:.12g}")

    def text(self, number: float, unit: str) -> object:
        """Return what one would write in the Design for a number in a unit."""
        if self.is_whole:
            return round(number)
        return f"{short(number)} {unit}" if unit else number


def amount_of(written: object) -> tuple[float, str] | None:
    """Return number and unit of what was written, or None where it is no amount.

    Examples
    --------
    >>> amount_of("400 V/cm"), amount_of(2e8), amount_of("-80 degC"), amount_of("PBS")
    ((400.0, 'V/cm'), (200000000.0, ''), (-80.0, 'degC'), None)
    """
    if isinstance(written, bool):
        return None
    if isinstance(written, int | float):
        return float(written), ""
    found = _AMOUNT.fullmatch(written) if isinstance(written, str) else None
    return (float(found[1]), found[2]) if found else None


def short(number: float, digits: int = 6) -> str:
    """Write a number without the signs and zeros of its exponent.

    Examples
    --------
    >>> short(1e8), short(316.2277), short(2.5e-7)
    ('1e8', '316.228', '2.5e-7')
    """
    return re.sub(r"e([+-])0*", lambda found: f"e{found[1].strip('+')}", f"{number:.{digits}g}")


def find_dial(design: Design, address: str) -> Dial:
    """Return the setting at an address, which may leave out what needs no saying.

    Parameters
    ----------
    design : Design
        A Design without problems.
    address : str
        ``loading.electroporation.field``, or as many of its parts as tell it apart, the last
        among them: ``electroporation.field``, ``loading.field``, ``field``.

    Raises
    ------
    ExocastError
        If no setting answers to it, or several.

    Examples
    --------
    >>> find_dial(Design.read("kras-sirna-tumour"), "donor.cells").address
    'donor.cell_culture.cells'
    """
    without = idle(design.tree)
    dials = {dial.address: dial for dial in _dials(design) if dial.address not in without}
    if address in dials:
        return dials[address]
    parts = address.split(".")
    found = [full for full in dials if abridges(parts, full.split("."))]
    if len(found) == 1:
        return dials[found[0]]
    if found:
        raise ExocastError(f"`{address}` could be {', '.join(f'`{one}`' for one in found)}")
    close = get_close_matches(address, dials, n=1, cutoff=0.7)
    if not close:
        last = {full.rpartition(".")[2]: full for full in reversed(dials)}
        close = [last[one] for one in get_close_matches(parts[-1], last, n=1, cutoff=0.6)]
    hint = f"Did you mean `{close[0]}`?" if close else f"`exocast check {design.name}` lists them."
    raise ExocastError(f"no setting `{address}` in {design.name}. {hint}")


def without_variants(design: Design) -> Design:
    """Return the Design alone, every line where it was; variants need not survive a turn."""
    node = design.tree.table.get("variant")
    if node is None:
        return design
    lines = design.text.split("\n")
    for variant in node.items:
        if variant.insert:
            end = max(one.insert or one.end for one in _inside(variant))
            last = design.text.encode()[:end].count(b"\n")
            lines[variant.line - 1 : last + 1] = [""] * (last + 2 - variant.line)
    rest = {key: value for key, value in design.data.items() if key != "variant"}
    text = "\n".join(lines)
    if plain(read(text, design.name)) != rest:
        text = document_text(rest)
    return Design(text, design.folder, design.name, design.vocabulary)


def _inside(node: Node) -> Iterator[Node]:
    yield node
    for child in (*node.table.values(), *node.items):
        yield from _inside(child)


def _dials(design: Design) -> Iterator[Dial]:
    """Yield every setting of a Design, those that it leaves open too."""
    taken = {one.path: exact_text(one.value, one.unit) for one in design.plan().defaults}
    tree, vocabulary = design.tree, design.vocabulary
    for node in tree.table["step"].items:
        stage, method, name = (_text(node, key) for key in ("stage", "method", "id"))
        cls = vocabulary.methods(stage)[method]
        yield from _settings(cls, node, name or f"{stage}.{method}", taken)
    for key, stage in MODELS.items():
        named = tree.at(("models", key))
        held = named.items or [named] if named else []
        for node in held:
            method = node.value if isinstance(node.value, str) else _text(node, "method")
            cls = vocabulary.methods(stage)[str(method)]
            yield from _settings(cls, node, f"{stage}.{method}", taken)
    body = ("subject", "regimen") if not design.plan().has_body else ()
    for table, cls in TABLES.items():
        if table in body:
            continue
        at = tree.table.get(table)
        yield from _settings(cls, at, table, taken)
        if table == "regimen" and at is not None:
            route = vocabulary.routes()[_text(at, "route")]
            yield from _settings(route, at, table, taken)
    chosen = design.plan().hypotheses
    for family, options in vocabulary.hypotheses().items():
        address = f"hypotheses.{family}"
        yield Dial(address, None, str, chosen.get(family), (*options, "each"))


def _settings(
    cls: type[Any], node: Node | None, prefix: str, taken: Mapping[str, object]
) -> Iterator[Dial]:
    for name, setting in settings_of(cls).items():
        child = node.table.get(name) if node else None
        address, kind = f"{prefix}.{name}", annotations_of(cls)[name]
        written = plain(child) if child else taken.get(address)
        if setting.table is None:
            yield Dial(address, setting, kind, written, setting.choices)
        elif get_origin(kind) is tuple:
            for number, row in enumerate(child.items if child else (), start=1):
                yield from _settings(setting.table, row, f"{address}.{number}", taken)
        else:
            yield from _settings(setting.table, child, address, taken)


def _text(node: Node, key: str) -> str:
    held = node.table.get(key)
    return held.value if held is not None and isinstance(held.value, str) else ""
