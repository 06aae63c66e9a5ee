"""A document as text: single values, edits that keep every comment, and the canonical form."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from numbers import Integral, Real
from typing import TypeGuard

from exocast.design.reading import Node, Path, graft, plain, pruned, read
from exocast.errors import UnitError
from exocast.material.step import settings_of
from exocast.units import parse, present

__all__ = ["document_text", "edited", "exact_text", "value_text", "without"]

_ORDER = (
    "exocast",
    "title",
    "question",
    "subject",
    "step",
    "regimen",
    "models",
    "hypotheses",
    "observed",
    "variant",
    "run",
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def value_text(value: object) -> str:
    """Write one value on one line.

    Raises
    ------
    TypeError
        If TOML has no such value.

    Examples
    --------
    >>> print(value_text({"cell": "PANC-1", "volumes": [1, 2.5], "regimen.route": True}))
    { cell = "PANC-1", volumes = [1, 2.5], "regimen.route" = true }
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Integral):
        return str(int(value))
    if isinstance(value, Real):
        return repr(float(value))
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(name)} = {value_text(item)}" for name, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(value_text, value))}]"
    raise TypeError(f"a Design holds texts, numbers, lists and tables, not {type(value).__name__}")


def exact_text(value: object, unit: str) -> object:
    """Return what to write so that a setting reads back to the same bits.

    Examples
    --------
    >>> exact_text(40000.0, "V/m"), exact_text(0.1 + 0.2, "m")
    ('400 V/cm', '0.30000000000000004 m')
    """
    if isinstance(value, tuple):
        return [exact_text(item, unit) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = settings_of(type(value))
        return {name: exact_text(getattr(value, name), one.unit) for name, one in held.items()}
    if not isinstance(value, float) or unit == "1":
        return value
    shown = present(value, unit)
    try:
        return shown if parse(shown, unit) == value else f"{value!r} {unit}"
    except UnitError:
        return f"{value!r} {unit}"


def document_text(data: Mapping[str, object]) -> str:
    """Write a whole document in its canonical form: known order, one key a line, no comments."""
    rank = {name: index for index, name in enumerate(_ORDER)}
    names = sorted(data, key=lambda name: (not _flat(data[name]), rank.get(name, len(rank))))
    blocks: list[str] = []
    head = [f"{_key(name)} = {_spread(data[name])}" for name in names if _flat(data[name])]
    if head:
        blocks.append("\n".join(head))
    for name in names:
        value = data[name]
        if isinstance(value, Mapping):
            blocks.append(_block(f"[{_key(name)}]", value))
        elif _is_rows(value):
            blocks += [_block(f"[[{_key(name)}]]", row) for row in value]
    return "\n\n".join(blocks) + "\n"


def edited(text: str, tree: Node, path: Path, value: object) -> str:
    """Return the text with one value replaced or added, every comment and the layout kept.

    Where the place has no text of its own (dotted keys, a whole table), the document is written
    anew in its canonical form.
    """
    source, node = text.encode(), tree.at(path)
    written = value_text(value)
    if node is not None and node.end:
        return _splice(source, node.start, node.end, written)
    parent, key = tree.at(path[:-1]), path[-1]
    if node is None and isinstance(key, str):
        pair = f"{_key(key)} = {written}"
        if parent is None and len(path) == 2:
            return f"{text.rstrip()}\n\n[{_key(str(path[0]))}]\n{pair}\n"
        if len(path) == 1:
            block = isinstance(value, Mapping)
            return (
                f"{text.rstrip()}\n\n{document_text({key: value})}" if block else f"{pair}\n{text}"
            )
        if parent is None:
            return edited(text, tree, path[:-1], {key: value})
        if parent.insert:
            end = source.find(b"\n", parent.insert)
            end = len(source) if end < 0 else end
            return _splice(source, end, end, f"\n{pair}")
        if parent.end:
            brace = parent.end - 1
            inside = source[:brace].rstrip()
            comma = " " if inside.endswith(b"{") else ", "
            return _splice(source, len(inside), brace, f"{comma}{pair} ")
    data = plain(graft(tree, path, read(f"value = {written}", "value").table["value"]))
    return document_text(data if isinstance(data, dict) else {})


def without(text: str, tree: Node, path: Path) -> str:
    """Return the text without one entry of a table, every comment elsewhere and the layout kept."""
    node, parent = tree.at(path), tree.at(path[:-1])
    if node is None or parent is None:
        return text
    if parent.insert and node.end:
        source = text.encode()
        lines = source.splitlines(keepends=True)
        start = sum(map(len, lines[: node.line - 1]))
        end = source.find(b"\n", node.end)
        return _splice(source, start, len(source) if end < 0 else end + 1, "")
    data = plain(pruned(tree, path))
    return document_text(data if isinstance(data, dict) else {})


def _splice(source: bytes, start: int, end: int, new: str) -> str:
    return (source[:start] + new.encode() + source[end:]).decode()


def _block(header: str, table: Mapping[str, object]) -> str:
    return "\n".join([header, *(f"{_key(name)} = {_spread(item)}" for name, item in table.items())])


def _spread(value: object) -> str:
    """Write a value; several tables in a list stand below each other."""
    if _is_rows(value) and len(value) > 1:
        return "[\n" + "".join(f"  {value_text(row)},\n" for row in value) + "]"
    return value_text(value)


def _flat(value: object) -> bool:
    return not isinstance(value, Mapping) and not _is_rows(value)


def _is_rows(value: object) -> TypeGuard[list[Mapping[str, object]]]:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else value_text(name)
