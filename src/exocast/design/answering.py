"""Whether the catalogue answers every need of a Design; a misspelt rotor or species shows here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from exocast.design.lint import Desk
from exocast.design.reading import Node
from exocast.errors import nearest
from exocast.evidence.catalogue import Catalogue
from exocast.evidence.parameter import Need
from exocast.material.step import Flag, Step
from exocast.material.study import Study

__all__ = ["Asker", "check_answers", "felt", "strangers"]

FEW = 15
"""Names that a message still lists beside the nearest."""

_IDENTITIES = frozenset({"cell", "target_cell", "cargo", "species"})

# Where a person wrote what the study adds to the context.
_STUDY = {
    "species": ("subject", "species"),
    "sex": ("subject", "sex"),
    "target_cell": ("question", "target_cell"),
    "cargo": ("question", "cargo"),
    "route": ("regimen", "route"),
}


@dataclass(frozen=True, slots=True)
class Asker:
    """A step, what messages call it, and where it stands.

    Attributes
    ----------
    label : str
        As messages call it.
    node : Node
        Its table, or its name under ``[models]``.
    step : Step
        The step.
    """

    label: str
    node: Node
    step: Step


def check_answers(
    desk: Desk, tree: Node, askers: Iterable[Asker], study: Study, catalogue: Catalogue
) -> None:
    """Note every need that no row answers, once for each word that is to blame.

    Parameters
    ----------
    desk : Desk
        Where problems are noted.
    tree : Node
        The document.
    askers : iterable of Asker
        The steps.
    study : Study
        What every step knows.
    catalogue : Catalogue
        The rows.
    """
    for asker in askers:
        blamed: set[tuple[str, str]] = set()
        shared = {**study.context(), **asker.step.context()}
        for need in asker.step.needs():
            full = Need(need.parameter, {**shared, **need.context})
            if catalogue.matching(full):
                continue
            name, known = _blame(full, catalogue)
            word = full.context.get(name, "")
            if (name, word) in blamed:
                continue
            blamed.add((name, word))
            key = need.parameter.key
            if not name:
                message = f"the catalogue has no value of `{key}`{_circumstances(full, catalogue)}."
                desk.problem(asker.node.line, message, asker.label)
                continue
            line, where = _find(tree, asker, name, word)
            shown = f'{where} = "{word}"' if word else asker.label
            offer = (
                nearest(word, known) if word else f"It needs `{name}`: {', '.join(sorted(known))}."
            )
            listed = f" Known: {', '.join(sorted(known))}." if word and "Known" not in offer else ""
            offer += listed if len(known) <= FEW else ""
            desk.problem(line, f"the catalogue has no value of `{key}` for it. {offer}", shown)


def felt(
    hypotheses: Mapping[str, str], keys: Iterable[str], catalogue: Catalogue
) -> dict[str, str]:
    """Return the hypotheses that a value of these keys hangs on; the others change nothing."""
    rows = (row for key in keys for row in catalogue.values.get(key, ()))
    families = {row.hypothesis.partition(":")[0] for row in rows}
    return {family: option for family, option in hypotheses.items() if family in families}


def strangers(askers: Iterable[Asker], study: Study, catalogue: Catalogue) -> tuple[Flag, ...]:
    """Return a flag for each cell, cargo or species that no row is specific to.

    The run goes on with generic values, which is right for a new cell and wrong for a misspelt one.
    """
    flags: dict[tuple[str, str], Flag] = {}
    for asker in askers:
        shared = {**study.context(), **asker.step.context()}
        for name in _IDENTITIES & shared.keys():
            word = shared[name]
            known = {
                row.context[name]
                for need in asker.step.needs()
                for row in catalogue.values.get(need.parameter.key, ())
                if name in row.context
            }
            if known and word not in known and (name, word) not in flags:
                offer = nearest(word, known)
                message = (
                    f"no value is specific to {name.replace('_', ' ')} `{word}`; generic ones are "
                    f"taken. {offer}"
                )
                flags[name, word] = Flag(asker.label, message, "warning")
    return tuple(flags[key] for key in sorted(flags))


def _blame(need: Need, catalogue: Catalogue) -> tuple[str, set[str]]:
    """Return the one context item that keeps rows from matching, and what they have for it."""
    missed = [
        [(name, value) for name, value in row.context.items() if need.context.get(name) != value]
        for row in catalogue.values.get(need.parameter.key, ())
    ]
    names = {items[0][0] for items in missed if len(items) == 1}
    if len(names) != 1:
        return "", set()
    return names.pop(), {items[0][1] for items in missed if len(items) == 1}


def _circumstances(need: Need, catalogue: Catalogue) -> str:
    """Say for what there is no row: only what rows of that key are ever specific to."""
    rows = catalogue.values.get(need.parameter.key, ())
    names = sorted({name for row in rows for name in row.context})
    said = [f"{name} {need.context.get(name, '(none)')}" for name in names]
    return f" for {', '.join(said)}" if said else ""


def _find(tree: Node, asker: Asker, name: str, word: str) -> tuple[int, str]:
    """Return line and place of a word: in the step, else where the study took it from."""
    for key, node in _texts(asker.node):
        if node.value == word:
            return node.line, f"{asker.label}, {key}"
    written = tree.at(_STUDY.get(name, ("",)))
    if written is not None and written.value == word:
        return written.line, ".".join(_STUDY[name])
    return asker.node.line, f"{asker.label}, {name}"


def _texts(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield every text of a table and of the rows inside it, with its key."""
    for key, child in node.table.items():
        if isinstance(child.value, str):
            yield key, child
        for row in [child, *child.items]:
            yield from _texts(row)
