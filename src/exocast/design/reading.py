"""TOML with the line of every key: tomllib says what is there, tree-sitter says where."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exocast.errors import DesignError, Problem

if TYPE_CHECKING:
    import tree_sitter

__all__ = ["Node", "graft", "plain", "pruned", "read", "read_value"]

Key = str | int
Path = tuple[Key, ...]

_AT = re.compile(r"(?P<what>.*?) \(at (?:line (?P<line>\d+), column \d+|end of document)\)")
_HINTS = {
    "Invalid value": 'there is no value here, or a text without its quotation marks ("24 h")',
    "Cannot overwrite a value": "this key was given before",
    "Cannot declare": "this table was given before; steps are written [[step]], in two brackets",
    "Illegal character '\\n'": "a text is not closed with a quotation mark",
    "Expected newline or end": 'a text stands in quotation marks ("24 h"), one key to a line',
    "Unterminated string": "a text is not closed",
    "Unclosed array": "a list is not closed, or has no comma between its items",
    "Unclosed inline table": "an inline table { ... } is not closed",
    "Invalid initial character for a key part": (
        "a key was expected; an inline table { ... } stays on one line and ends without a comma"
    ),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a document, and where it stands.

    Attributes
    ----------
    value : object
        A dict of nodes, a list of nodes, or a text, number, truth value or date.
    line : int
        Line of its key or, without one, its own; from 1.
    start, end : int
        Bytes of the value in the text; 0, 0 where it has none of its own (``[a.b]`` implies a).
    insert : int
        For a table that has a header, the byte after its last pair; else 0.
    """

    value: object
    line: int = 0
    start: int = 0
    end: int = 0
    insert: int = 0

    @property
    def table(self) -> Mapping[str, Node]:
        """Return the entries, if it is a table; else none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """Return the items, if it is a list; else none."""
        return self.value if isinstance(self.value, list) else []

    def at(self, path: Path) -> Node | None:
        """Return the node at a path of keys and indices, or None."""
        node: Node | None = self
        for key in path:
            if node is None:
                return None
            if isinstance(key, int):
                node = node.items[key] if key < len(node.items) else None
            else:
                node = node.table.get(key)
        return node


@dataclass(slots=True)
class _Place:
    line: int
    start: int = 0
    end: int = 0
    insert: int = 0


def read(text: str, name: str) -> Node:
    """Read a document.

    Parameters
    ----------
    text : str
        The TOML.
    name : str
        What to call the document in a message.

    Raises
    ------
    DesignError
        If it is not TOML; one problem, with its line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DesignError(name, [_syntax(str(error), text)]) from None
    places: dict[Path, _Place] = {}
    source = text.encode()
    _Walker(source, places).walk(_parser().parse(source).root_node)
    return _build(data, (), places, 1)


def read_value(text: str) -> object:
    """Read what was typed on a command line: a list, table or truth value, else the text itself.

    Examples
    --------
    >>> read_value('["0 h", "48 h"]'), read_value("true"), read_value("600 V/cm"), read_value("3")
    (['0 h', '48 h'], True, '600 V/cm', '3')
    """
    if text.startswith(("[", "{")) or text in ("true", "false"):
        try:
            return tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            return text
    return text


def plain(node: Node) -> object:
    """Return a node as dicts, lists and scalars, without places."""
    if isinstance(node.value, dict):
        return {key: plain(child) for key, child in node.value.items()}
    if isinstance(node.value, list):
        return [plain(child) for child in node.value]
    return node.value


def graft(node: Node, path: Path, new: Node) -> Node:
    """Return a copy of a tree in which a node is replaced or added; tables on the way are made."""
    if not path:
        return new
    key, rest = path[0], path[1:]
    if isinstance(key, int):
        items = list(node.items)
        items[key] = graft(items[key], rest, new)
        return Node(items, node.line, node.start, node.end)
    entries = dict(node.table)
    entries[key] = graft(entries.get(key, Node({}, new.line)), rest, new)
    return Node(entries, node.line, node.start, node.end, node.insert)


def pruned(node: Node, path: Path) -> Node:
    """Return a copy of a tree without the entry at a path of keys."""
    entries = dict(node.table)
    if len(path) == 1:
        entries.pop(str(path[0]), None)
    else:
        entries[str(path[0])] = pruned(entries[str(path[0])], path[1:])
    return Node(entries, node.line, node.start, node.end, node.insert)


@cache
def _parser() -> tree_sitter.Parser:
    import tree_sitter
    import tree_sitter_toml

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


def _syntax(message: str, text: str) -> Problem:
    """Turn tomllib's message into a problem that says what to do."""
    found = _AT.match(message)
    what = found["what"] if found else message
    lines = text.split("\n")
    line = int(found["line"]) if found and found["line"] else max(len(lines), 1)
    hint = next((hint for start, hint in _HINTS.items() if what.startswith(start)), "")
    written = lines[line - 1].strip() if line <= len(lines) else ""
    shown = f"`{written[:60]}` is" if written else "this is"
    return Problem(f"{shown} not TOML: {hint or what[:1].lower() + what[1:]}.", line=line)


def _build(value: object, path: Path, places: Mapping[Path, _Place], line: int) -> Node:
    place = places.get(path) or _Place(line)
    if isinstance(value, dict):
        made: object = {
            key: _build(child, (*path, key), places, place.line) for key, child in value.items()
        }
    elif isinstance(value, list):
        made = [
            _build(child, (*path, index), places, place.line) for index, child in enumerate(value)
        ]
    else:
        made = value
    return Node(made, place.line, place.start, place.end, place.insert)


class _Walker:
    """Notes where every key and value of a valid document stands."""

    def __init__(self, source: bytes, places: dict[Path, _Place]) -> None:
        self.source = source
        self.places = places
        self.counts: dict[Path, int] = {}

    def walk(self, root: tree_sitter.Node) -> None:
        """Note every table and pair."""
        for child in root.children:
            if child.type == "pair":
                self.pair(child, ())
            elif child.type in ("table", "table_array_element"):
                self.header(child, several=child.type == "table_array_element")

    def header(self, node: tree_sitter.Node, *, several: bool) -> None:
        """Note a table with a header, and its pairs."""
        path: Path = ()
        keys = [key for child in node.named_children[:1] for key in self.keys(child)]
        for position, key in enumerate(keys):
            path = (*path, key)
            if several and position == len(keys) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
                self.places.setdefault(path, _Place(_line(node)))
                path = (*path, self.counts[path])
            elif path in self.counts:
                path = (*path, self.counts[path])
            else:
                self.places.setdefault(path, _Place(_line(node)))
        pairs = [child for child in node.children if child.type == "pair"]
        bracket = next(child for child in node.children if child.type in ("]", "]]"))
        written = (
            [child for child in pairs[-1].children if child.type != "comment"] if pairs else []
        )
        self.places[path] = _Place(_line(node), insert=(written or [bracket])[-1].end_byte)
        for pair in pairs:
            self.pair(pair, path)

    def pair(self, node: tree_sitter.Node, path: Path) -> None:
        """Note one ``key = value``."""
        key, value = [child for child in node.named_children if child.type != "comment"][:2]
        line = _line(key)
        for name in self.keys(key):
            path = (*path, name)
            self.places.setdefault(path, _Place(line))
        self.value(value, path, line)

    def value(self, node: tree_sitter.Node, path: Path, line: int) -> None:
        """Note a value and what is inside it."""
        self.places[path] = _Place(line, node.start_byte, node.end_byte)
        if node.type == "array":
            inside = [child for child in node.named_children if child.type != "comment"]
            for index, child in enumerate(inside):
                self.value(child, (*path, index), _line(child))
        elif node.type == "inline_table":
            for child in node.named_children:
                if child.type == "pair":
                    self.pair(child, path)

    def keys(self, node: tree_sitter.Node) -> Iterator[str]:
        """Yield the parts of a bare, quoted or dotted key."""
        if node.type == "dotted_key":
            for child in node.named_children:
                yield from self.keys(child)
            return
        text = self.source[node.start_byte : node.end_byte].decode()
        yield text if node.type == "bare_key" else next(iter(tomllib.loads(f"{text} = 0")))


def _line(node: tree_sitter.Node) -> int:
    return int(node.start_point[0]) + 1
