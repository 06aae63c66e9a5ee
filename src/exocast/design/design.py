"""The Design: a document that says what is made, given and asked; never changed in place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import resources
from pathlib import Path

from exocast.design.addresses import AddressError, locate, orphans, placed, route_first
from exocast.design.building import build
from exocast.design.equipping import with_equipment
from exocast.design.reading import Node, graft, plain, pruned, read
from exocast.design.vocabulary import Vocabulary
from exocast.design.writing import document_text, edited, exact_text, value_text, without
from exocast.errors import DesignError, Problem, nearest
from exocast.evidence.catalogue import Catalogue
from exocast.material.document import Plan
from exocast.material.folder import kind_of

__all__ = ["Design", "templates"]

_SUFFIX = ".toml"


@dataclass(frozen=True, repr=False)
class Design:
    """A document, and the folder that its files lie in.

    Attributes
    ----------
    text : str
        The TOML, comments and all.
    folder : Path
        Where the files that it names lie.
    name : str
        What messages call it.
    vocabulary : Vocabulary
        The names that it may use.
    """

    text: str
    folder: Path
    name: str = "design.toml"
    vocabulary: Vocabulary = field(default_factory=Vocabulary.packaged, compare=False)

    def __post_init__(self) -> None:
        _ = self.tree  # a text that is not TOML is refused at once

    def __repr__(self) -> str:
        steps = self.tree.table.get("step", Node([])).items
        names = [str(key.value) for one in steps if (key := one.table.get("method")) is not None]
        parts = [f"{self.name}: {self.title}", f"steps     {', '.join(names)}"]
        parts += [f"variants  {', '.join(self.variants)}"] if self.variants else []
        return "\n  ".join(parts)

    @staticmethod
    def read(source: str | Path, *, vocabulary: Vocabulary | None = None) -> Design:
        """Read a Design from a file, or the packaged one of that name.

        Parameters
        ----------
        source : str or Path
            A file, or the name of a template, with or without its ending.
        vocabulary : Vocabulary, optional
            The names that it may use; what ships with exocast when left out.

        Raises
        ------
        DesignError
            If there is no such file or template, or it is not TOML.
        """
        path = Path(source)
        if not path.is_file():
            packaged = templates().get(str(source).removesuffix(_SUFFIX))
            if packaged is None:
                raise DesignError(str(source), [Problem(_not_there(path))])
            path = packaged
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            problem = Problem("is not text in UTF-8. Save it anew with that encoding.")
            raise DesignError(path.name, [problem]) from None
        return Design(text, path.parent, path.name, vocabulary or Vocabulary.packaged())

    @staticmethod
    def from_text(
        text: str,
        folder: str | Path = ".",
        *,
        name: str = "design.toml",
        vocabulary: Vocabulary | None = None,
    ) -> Design:
        """Make a Design of a text.

        Parameters
        ----------
        text : str
            The TOML.
        folder : str or Path
            Where the files that it names lie.
        name : str
            What messages call it.
        vocabulary : Vocabulary, optional
            The names that it may use.

        Raises
        ------
        DesignError
            If it is not TOML.
        """
        return Design(text, Path(folder), name, vocabulary or Vocabulary.packaged())

    @cached_property
    def tree(self) -> Node:
        """The document as nodes that know their lines."""
        return read(self.text, self.name)

    @property
    def data(self) -> dict[str, object]:
        """The document as plain dicts and lists."""
        data = plain(self.tree)
        return data if isinstance(data, dict) else {}

    @property
    def title(self) -> str:
        """The title, else the name of the document."""
        node = self.tree.table.get("title")
        return str(node.value) if node else self.name

    @property
    def digest(self) -> str:
        """Digest of what the document says; comments, layout and order of keys do not enter."""
        text = json.dumps(self.data, sort_keys=True, default=str, ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants, in order."""
        names = (node.table.get("name") for _, node in self._variant_tables())
        return tuple(str(name.value) for name in names if name is not None)

    def check(self) -> None:
        """Check the whole document, its files and its variants.

        Raises
        ------
        DesignError
            If anything is wrong; every problem at once.
        """
        if self._problems:
            raise DesignError(self.name, self._problems)

    def plan(self, variant: str | None = None) -> Plan:
        """Return what is to be run.

        Parameters
        ----------
        variant : str, optional
            Name of a variant; the Design as it stands when left out.

        Raises
        ------
        DesignError
            If anything is wrong, or there is no such variant.
        """
        self.check()
        if variant is None:
            plan = self._base[0]
        else:
            tree, _ = self._grafted(self._variant(variant))
            plan, _ = build(tree, self.folder, self.vocabulary, variant)
        if plan is None:  # cannot be, after a check
            raise DesignError(self.name, [Problem("could not be planned")])
        return plan

    def evidence(self, base: Catalogue | None = None) -> Catalogue:
        """Return the values to draw from: the catalogue, with the equipment that the Design names.

        Parameters
        ----------
        base : Catalogue, optional
            The packaged one by default.
        """
        held = Catalogue.packaged() if base is None else base
        plan = self._base[0]
        return with_equipment(held, plan.equipment) if plan is not None else held

    def with_settings(self, settings: Mapping[str, object]) -> Design:
        """Return a Design with other settings; comments and layout stay.

        Parameters
        ----------
        settings : mapping
            Address to what one would write in the document. A step is addressed by its id, by
            ``stage.method``, or by ``method`` where that is unique; rows of a list by a number
            from 1 (``isolation.differential_centrifugation.spins.3.rcf``). With a new route, the
            settings of the old one go.

        Raises
        ------
        DesignError
            If an address points at nothing; all of them at once. What is written is checked, as
            ever, by `check`.
        """
        text, tree, problems = self.text, self.tree, []
        for address in route_first(settings):
            try:
                path = locate(tree, address, self.vocabulary)
                new = read(f"value = {value_text(settings[address])}", self.name).table["value"]
                path, new = placed(tree, path, new)
            except (AddressError, TypeError) as error:
                problems.append(Problem(str(error), f"`{address}`"))
                continue
            for orphan in orphans(tree, path, new, self.vocabulary):
                text = without(text, tree, orphan)
                tree = read(text, self.name)
            text = edited(text, tree, path, plain(new))
            tree = read(text, self.name)
        if problems:
            raise DesignError(self.name, problems)
        return replace(self, text=text)

    def with_observed(self, file: str | Path, label: str = "", *, perfused: bool = False) -> Design:
        """Return a Design that names a table of your animals under ``[[observed]]``.

        Parameters
        ----------
        file : str or Path
            A table, as `exocast new --observed` writes one. A Design that reads no other file
            moves to the folder of the table; otherwise put the table beside it, since what a
            Design names by its place on one machine cannot be packed for another.
        label : str
            Label of the readings that name none; a table may name one on each line.
        perfused : bool
            Whether organs were flushed of blood before they were weighed.

        Raises
        ------
        TableError
            With everything that is wrong with the table.
        ReaderError
            If there is no such file.
        """
        path, folder = Path(file).absolute(), self.folder.absolute()
        labels = self.vocabulary.observe(path, label).labels
        if not path.is_relative_to(folder):
            held = (self.tree.table.get(k, Node([])) for k in ("step", "observed", "equipment"))
            if not any("file" in item.table for node in held for item in node.items):
                folder = path.parent
        name = path.relative_to(folder) if path.is_relative_to(folder) else path
        text = self.text.rstrip("\n") + "\n"
        for one in labels:
            text += f"\n[[observed]]\nfile  = {value_text(name.as_posix())}\n"
            text += f"label = {value_text(one)}\n" + ("perfused = true\n" if perfused else "")
        return replace(self, text=text, folder=folder)

    def variant(self, name: str) -> Design:
        """Return the Design with the settings of one of its variants.

        Raises
        ------
        DesignError
            If there is no such variant, or it sets what is not there.
        """
        settings = plain(self._variant(name))
        return self.with_settings(settings if isinstance(settings, dict) else {})

    def to_toml(self, *, complete: bool = False) -> str:
        """Return the document in its canonical form, without comments.

        Parameters
        ----------
        complete : bool
            Write out every default as well, so that nothing is left open; the Design must be
            free of problems.
        """
        if not complete:
            return document_text(self.data)
        tree = self.tree
        for default in self.plan().defaults:
            path = locate(tree, default.path, self.vocabulary)
            written = value_text(exact_text(default.value, default.unit))
            path, new = placed(tree, path, read(f"value = {written}", self.name).table["value"])
            tree = graft(tree, path, new)
        data = plain(tree)
        return document_text(data if isinstance(data, dict) else {})

    @cached_property
    def _base(self) -> tuple[Plan | None, list[Problem]]:
        return build(self.tree, self.folder, self.vocabulary)

    @cached_property
    def _problems(self) -> tuple[Problem, ...]:
        """Every problem: of the Design as it stands, then what is new under each variant."""
        problems = list(self._base[1])
        names: set[str] = set()
        for label, node in self._variant_tables():
            problems += _variant_form(label, node, names)
            settings = node.table.get("set")
            if settings is None or not isinstance(settings.value, dict):
                continue
            tree, wrong = self._grafted(settings)
            plan, found = build(tree, self.folder, self.vocabulary)
            wrong += [one for one in found if one not in problems]
            if plan and self._base[0] and plan.has_body != self._base[0].has_body:
                message = "a variant neither adds nor takes away a body: write a Design of its own."
                wrong.append(Problem(message))
            if plan and self._base[0] and _equipment(plan) != _equipment(self._base[0]):
                message = "a variant changes no equipment: name every table in the Design."
                wrong.append(Problem(message))
            problems += [_under(label, one, settings.line) for one in wrong]
        return tuple(problems)

    def _variant_tables(self) -> Iterator[tuple[str, Node]]:
        """Yield each variant with what messages call it."""
        tables = self.tree.table.get("variant")
        for number, node in enumerate(tables.items if tables else [], start=1):
            name = node.table.get("name")
            yield (f'variant "{name.value}"' if name else f"variant {number}"), node

    def _variant(self, name: str) -> Node:
        """Return the settings of a variant."""
        for _, node in self._variant_tables():
            named = node.table.get("name")
            if named is not None and named.value == name:
                return node.table.get("set", Node({}))
        raise DesignError(
            self.name, [Problem(f"no variant `{name}`. {nearest(name, self.variants)}")]
        )

    def _grafted(self, settings: Node) -> tuple[Node, list[Problem]]:
        """Return the tree with settings put in, each with its own line, and what is wrong."""
        tree, problems = self.tree, []
        for address in route_first(settings.table):
            node = settings.table[address]
            try:
                path, new = placed(tree, locate(tree, address, self.vocabulary), node)
            except AddressError as error:
                problems.append(Problem(str(error), f"`{address}`", node.line))
                continue
            for orphan in orphans(tree, path, new, self.vocabulary):
                tree = pruned(tree, orphan)
            tree = graft(tree, path, new)
        return tree, problems


def templates() -> dict[str, Path]:
    """Return the packaged Designs, by name."""
    folder = Path(str(resources.files("exocast") / "templates"))
    return {path.stem: path for path in sorted(folder.glob(f"*{_SUFFIX}"))}


def _equipment(plan: Plan) -> list[str]:
    """Return the files of the equipment."""
    return [table.file for table in plan.equipment]


def _variant_form(label: str, node: Node, names: set[str]) -> list[Problem]:
    """Return what is wrong with the table of a variant itself."""
    problems = []
    name = node.table.get("name")
    if name is None or not isinstance(name.value, str):
        problems.append(Problem("needs `name`, a text.", label, node.line))
    elif name.value in names:
        problems.append(Problem("the name is taken by another variant.", label, name.line))
    else:
        names.add(name.value)
    if not isinstance(getattr(node.table.get("set"), "value", None), dict):
        message = 'needs `set`, as in set = { "regimen.route" = "intratumoural" }.'
        problems.append(Problem(message, label, node.line))
    problems += [
        Problem(f"has no setting `{key}`. {nearest(key, ('name', 'set'))}", label, other.line)
        for key, other in node.table.items()
        if key not in ("name", "set")
    ]
    return problems


def _under(label: str, problem: Problem, line: int) -> Problem:
    """Return a problem as one of a variant."""
    where = f"{label}, {problem.where}" if problem.where else label
    return Problem(problem.message, where, problem.line or line)


def _not_there(path: Path) -> str:
    beside = (
        sorted(one.name for one in path.parent.glob(f"*{_SUFFIX}")) if path.parent.is_dir() else []
    )
    known = [*beside, *templates()]
    if path.is_dir():
        shown = f"; `exocast open {path}` shows what it holds" if kind_of(path) else ""
        return f"a folder, and a Design is a file{shown}. {nearest(path.name, known)}"
    return f"there is no such file, and no template of that name. {nearest(path.name, known)}"
