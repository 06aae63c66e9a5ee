"""Addresses of settings, such as ``loading.electroporation.field``, and what they point at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_origin

from exocast.design.building import TABLES
from exocast.design.lint import annotations_of
from exocast.design.reading import Node, Path, graft
from exocast.design.rules import IDLE
from exocast.design.steps import MODELS
from exocast.design.vocabulary import Vocabulary
from exocast.errors import ExocastError, nearest
from exocast.material.document import Regimen
from exocast.material.step import settings_of

__all__ = ["AddressError", "abridges", "idle", "locate", "orphans", "placed", "route_first"]


class AddressError(ExocastError):
    """An address points at nothing; never leaves this room."""


def locate(tree: Node, address: str, vocabulary: Vocabulary) -> Path:
    """Return the path in the document of an address.

    Parameters
    ----------
    tree : Node
        The document.
    address : str
        ``table.setting``, or a step or model by its id, by ``stage.method``, or by ``method``,
        followed by a setting and, inside lists of tables, by a number from 1; or ``step`` for the
        list of all steps. Or as many parts of a setting's address as tell it apart, the last among
        them: ``loading.field``, ``field``.
    vocabulary : Vocabulary
        The names that it may use.

    Raises
    ------
    AddressError
        If it points at nothing, or a short one at several settings; the message offers the
        nearest, or all of them.
    """
    try:
        return _exactly(tree, address, vocabulary)
    except AddressError as error:
        parts, known = address.split("."), list(_settable(tree, vocabulary))
        found = [one for one in known if abridges(parts, one.split("."))]
        last = {one.rpartition(".")[2]: one for one in reversed(known)}
        close = get_close_matches(parts[-1], last, n=1, cutoff=0.6)
        if not found and close and str(error).startswith("no step") and "mean" not in str(error):
            message = f"no setting `{address}`. Did you mean `{last[close[0]]}`?"
            raise AddressError(message) from None
        if not found:
            raise
        if len(found) > 1:
            raise AddressError(f"it could be {', '.join(f'`{one}`' for one in found)}.") from None
    return _exactly(tree, found[0], vocabulary)


def abridges(parts: Sequence[str], full: Sequence[str]) -> bool:
    """Return whether the parts stand in the full address in order, the last at its end.

    Examples
    --------
    >>> abridges(["loading", "field"], ["loading", "electroporation", "field"])
    True
    """
    remaining = iter(full)
    return parts[-1] == full[-1] and all(part in remaining for part in parts)


def idle(tree: Node) -> set[str]:
    """Return addresses that change nothing: of a body where there is none, and the reverse."""
    if {"regimen", "models"} & tree.table.keys():
        return {"question.dose"}
    return set(IDLE)


def _settable(tree: Node, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the full address of every setting that a document has, those left open too."""
    without = idle(tree)
    yield from (one for one in _declared(tree, vocabulary) if one not in without)


def _declared(tree: Node, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield the full address of every setting that the tables of a document declare."""
    for path, stage, method, name in _addressed(tree):
        if stage in vocabulary.stages and method in vocabulary.methods(stage):
            owner = f"{stage}.{method}" if name == method else name
            yield from _within(vocabulary.methods(stage)[method], tree.at(path), owner)
    for table, cls in TABLES.items():
        if table in tree.table or table in ("question", "run"):
            yield from _within(cls, tree.table.get(table), table)
    route = tree.at(("regimen", "route"))
    own = vocabulary.routes().get(_text(route))
    if own is not None:
        yield from _within(own, tree.table["regimen"], "regimen")
    yield from (f"hypotheses.{family}" for family in vocabulary.hypotheses())


def _within(cls: type[Any], node: Node | None, owner: str) -> Iterator[str]:
    """Yield the address of every setting of a class, and of the rows inside it."""
    for name, setting in settings_of(cls).items():
        child, address = node.table.get(name) if node else None, f"{owner}.{name}"
        if setting.table is None:
            yield address
        elif get_origin(annotations_of(cls)[name]) is not tuple:
            yield from _within(setting.table, child, address)
        else:
            for number, row in enumerate(child.items if child else (), start=1):
                yield from _within(setting.table, row, f"{address}.{number}")


def _exactly(tree: Node, address: str, vocabulary: Vocabulary) -> Path:
    """Return the path of an address that leaves nothing out."""
    parts = address.split(".")
    head, rest = parts[0], parts[1:]
    if head in ("title", "step") and not rest:
        return (head,)
    if head in TABLES:
        return _in_table(tree, head, rest, vocabulary)
    if head == "hypotheses" and len(rest) == 1:
        if rest[0] not in (families := vocabulary.hypotheses()):
            raise AddressError(f"no hypothesis `{rest[0]}`. {nearest(rest[0], families)}")
        return ("hypotheses", rest[0])
    if head == "models" and rest:
        return _in_models(tree, rest, vocabulary)
    path, stage, method, rest = _step(tree, parts, vocabulary)
    if not rest:
        return path
    if method not in vocabulary.methods(stage):
        raise AddressError(f"{stage} has no method `{method}`.")
    cls = vocabulary.methods(stage)[method]
    return _inside(cls, tree.at(path), path, rest, f"{stage}.{method}")


def placed(tree: Node, path: Path, new: Node) -> tuple[Path, Node]:
    """Return path and node to graft; a model that is only named becomes a table with its name."""
    parent = tree.at(path[:-1])
    if path[:1] == ("models",) and len(path) > 2 and parent and isinstance(parent.value, str):
        return path[:-1], graft(Node({"method": Node(parent.value, parent.line)}), path[-1:], new)
    if path[:1] == ("step",) and len(path) == 2:
        old, entries = tree.at(path), dict(new.table)
        for key in ("stage", "id"):
            if old and key in old.table and key not in entries:
                entries[key] = old.table[key]
        return path, Node(entries, new.line)
    return path, new


def orphans(tree: Node, path: Path, new: Node, vocabulary: Vocabulary) -> list[Path]:
    """Return settings of the old route that a new route does not have; they go with the old one."""
    old = tree.at(("regimen", "route"))
    if path != ("regimen", "route") or old is None:
        return []
    routes = vocabulary.routes()
    before, after = (
        set(settings_of(routes[name])) if name in routes else set()
        for name in (str(old.value), str(new.value))
    )
    regimen = tree.table["regimen"].table
    return [("regimen", key) for key in regimen if key in before - after - {*settings_of(Regimen)}]


def route_first(addresses: Iterable[str]) -> list[str]:
    """Return addresses in order, save that a route comes before its settings."""
    return sorted(addresses, key=lambda address: address not in ("regimen.route", "route"))


def _in_table(tree: Node, head: str, rest: list[str], vocabulary: Vocabulary) -> Path:
    if not rest:
        raise AddressError(f"`{head}` is a table; say which setting, as in `{head}.…`.")
    cls: type[Any] = TABLES[head]
    route = tree.at(("regimen", "route"))
    if head == "regimen" and rest[0] not in settings_of(cls) and route is not None:
        own = vocabulary.routes().get(str(route.value))
        names = (*settings_of(cls), *(settings_of(own) if own else ()))
        if own is None or rest[0] not in names:
            raise AddressError(f"regimen has no setting `{rest[0]}`. {nearest(rest[0], names)}")
        cls = own
    return _inside(cls, tree.at((head,)), (head,), rest, head)


def _in_models(tree: Node, rest: list[str], vocabulary: Vocabulary) -> Path:
    key = rest[0]
    if key not in MODELS:
        raise AddressError(f"models has no setting `{key}`. {nearest(key, MODELS)}")
    if len(rest) == 1:
        return ("models", key)
    for path, stage, method, _ in _addressed(tree):
        if path[:2] == ("models", key) and len(path) == 2 and method in vocabulary.methods(stage):
            cls = vocabulary.methods(stage)[method]
            return _inside(cls, tree.at(path), path, rest[1:], f"{stage}.{method}")
    raise AddressError(f"models.{key} names no method, or several; address it by `stage.method`.")


def _addressed(tree: Node) -> list[tuple[Path, str, str, str]]:
    """Return path, stage, method and name of every step and model."""
    found: list[tuple[Path, str, str, str]] = []
    steps = tree.at(("step",))
    for index, node in enumerate(steps.items if steps else []):
        stage, method, name = (_text(node.table.get(key)) for key in ("stage", "method", "id"))
        found.append((("step", index), stage, method, name or method))
    for key, stage in MODELS.items():
        node_of_model = tree.at(("models", key))
        if node_of_model is None:
            continue
        items: list[tuple[Path, Node]] = [(("models", key), node_of_model)]
        if isinstance(node_of_model.value, list):
            items = [(("models", key, i), item) for i, item in enumerate(node_of_model.items)]
        for path, item in items:
            method = _text(item) or _text(item.table.get("method"))
            found.append((path, stage, method, method))
    return found


def _step(tree: Node, parts: list[str], vocabulary: Vocabulary) -> tuple[Path, str, str, list[str]]:
    """Return path, stage and method of the step or model that an address begins with."""
    known = _addressed(tree)
    by_name = [one for one in known if one[3] == parts[0]]
    by_stage = [one for one in known if list(one[1:3]) == parts[:2]]
    by_method = [one for one in known if one[2] == parts[0]]
    for found, used in ((by_name, 1), (by_stage, 2), (by_method, 1)):
        # The one without an id goes by the name of its method.
        plain = [one for one in found if one[3] == one[2]] if len(found) > 1 else found
        if len(plain) == 1:
            path, stage, method, _ = plain[0]
            return path, stage, method, parts[used:]
        if found:
            names = ", ".join(f"`{one[3]}`" for one in found)
            raise AddressError(
                f"several steps answer to it; give each an id. Their names: {names}."
            )
    if parts[0] in vocabulary.stages and len(parts) > 1:
        wanted = f"{parts[0]}.{parts[1]}"
        raise AddressError(
            f"no step `{wanted}`. {nearest(wanted, {f'{one[1]}.{one[2]}' for one in known})}"
        )
    names_of_all = {*TABLES, "title", "models", "hypotheses", *(one[3] for one in known)}
    raise AddressError(f"no step or table `{parts[0]}`. {nearest(parts[0], names_of_all)}")


def _inside(cls: type[Any], node: Node | None, path: Path, rest: list[str], owner: str) -> Path:
    """Follow settings, rows and names downwards."""
    name, further = rest[0], rest[1:]
    settings = settings_of(cls)
    if name not in settings:
        raise AddressError(f"{owner} has no setting `{name}`. {nearest(name, settings)}")
    setting, path = settings[name], (*path, name)
    if not further:
        return path
    child = node.table.get(name) if node else None
    kind = get_origin(annotations_of(cls)[name])
    if setting.table is None:
        # A mapping in the document, or one that could be: `run.classes.small_ev`.
        if kind is tuple or setting.default is not None or len(further) > 1:
            raise AddressError(f"{owner}.{name} has nothing inside.")
        return (*path, further[0])
    if kind is not tuple:
        return _inside(setting.table, child, path, further, f"{owner}.{name}")
    number = len(child.items) if child else 0
    index = int(further[0]) if further[0].isdigit() else 0
    if not 1 <= index <= number:
        raise AddressError(f"{owner}.{name} has rows 1 to {number}, not `{further[0]}`.")
    path = (*path, index - 1)
    if not further[1:]:
        return path
    row = child.items[index - 1] if child else None
    return _inside(setting.table, row, path, further[1:], f"{owner}.{name}.{index}")


def _text(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""
