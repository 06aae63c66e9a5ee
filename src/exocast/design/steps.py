"""Steps and models of a Design: methods looked up, settings read, instrument files opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING

from exocast.design.lint import MISSING, Desk, Place
from exocast.design.reading import Node
from exocast.design.vocabulary import Vocabulary
from exocast.errors import ReaderError, nearest
from exocast.material.step import Step, settings_of

if TYPE_CHECKING:
    from exocast.material.measurement import Measurement

__all__ = ["MODELS", "RESERVED", "StepReader", "Steps"]

Steps = Sequence[tuple[Node, Step | None]]
"""Each step with where it stands; None where it could not be read."""

MODELS = {"body": "biodistribution", "cell": "uptake", "response": "response"}
"""Keys of ``[models]``, and the stage whose method each names."""

RESERVED = ("stage", "method", "id")
"""Keys of a step that are no settings."""

_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass
class StepReader:
    """Reads steps and models; what is wrong goes on the desk.

    Attributes
    ----------
    tree : Node
        The document.
    folder : Path
        Where its files lie.
    vocabulary : Vocabulary
        The names that it may use.
    desk : Desk
        Where problems and defaults are noted.
    measurements : dict of str to Measurement
        What was read from files, by the name of the step.
    """

    tree: Node
    folder: Path
    vocabulary: Vocabulary
    desk: Desk
    measurements: dict[str, Measurement] = field(default_factory=dict)

    def steps(self) -> Steps:
        """Read the steps from top to bottom; None where one cannot be read."""
        node = self.tree.table.get("step")
        if node is None or not node.items:
            self.desk.problem(
                node.line if node else 0, "there are no steps. Write [[step]] tables."
            )
            return []
        steps: list[tuple[Node, Step | None]] = []
        names: dict[str, int] = {}
        for number, item in enumerate(node.items, start=1):
            step = self.step(item, number)
            steps.append((item, step))
            name = _text(item, "id") or _text(item, "method")
            if name and name in names:
                self.desk.problem(
                    item.line,
                    f"`{name}` is also the name of step {names[name]}. Give this one another `id`, "
                    f'as in id = "{name}_2".',
                    f"step {number}",
                )
            names.setdefault(name, number)
        return steps

    def step(self, item: Node, number: int) -> Step | None:
        """Read one step."""
        label, stage, method, name = (
            f"step {number}",
            *(_text(item, key) for key in ("stage", "method", "id")),
        )
        if name and not _ID.fullmatch(name):
            self.desk.problem(
                item.table["id"].line,
                "an id is small letters, digits and underscores, a letter first.",
                f'{label}, id = "{name}"',
            )
        cls = self.lookup(item, label, stage, method)
        if cls is None:
            return None
        owner = f"{stage}.{method}"
        place = Place(label, owner, name or owner, owner)
        before = len(self.desk.problems)
        step = self.desk.read(cls, item, place, also=RESERVED, given={"id": name})
        if "file" in settings_of(cls) and "file" in item.table:
            self.measure(item.table["file"], name or method, label)
        for name, read in (
            ("logger", self.vocabulary.log),
            ("fraction_table", self.vocabulary.pool),
        ):
            if step is not MISSING and name in settings_of(cls) and name in item.table:
                step = self.told(step, item.table[name], f"{label}, {name}", read)
        if step is MISSING or len(self.desk.problems) > before:
            return None
        cargo = _text(item, "cargo")
        unknown = bool(self.vocabulary.cargoes) and cargo not in self.vocabulary.cargoes
        for sentence in step.check():
            if not (cargo and unknown and f"`{cargo}`" in sentence):  # told below, at its own line
                self.desk.problem(item.line, sentence, place.head)
        if cargo and unknown:
            offer = nearest(cargo, self.vocabulary.cargoes)
            where = f'{label}, cargo = "{cargo}"'
            self.desk.problem(item.table["cargo"].line, f"no such cargo. {offer}", where)
        found: Step = step
        return found

    def lookup(self, item: Node, label: str, stage: str, method: str) -> type[Step] | None:
        """Return the class of a step, or note why there is none."""
        tube = tuple(name for name in self.vocabulary.stages if name not in MODELS.values())
        for key, text in (("stage", stage), ("method", method)):
            if not text:
                self.desk.problem(item.line, f"needs `{key}`, a text.", label)
                return None
        where = f'{label}, stage = "{stage}"'
        if stage in MODELS.values():
            key = next(key for key, name in MODELS.items() if name == stage)
            message = f'not a step in a tube. Name it under [models], as in {key} = "{method}".'
            self.desk.problem(item.table["stage"].line, message, where)
            return None
        if stage not in tube:
            self.desk.problem(
                item.table["stage"].line, f"no such stage. {nearest(stage, tube)}", where
            )
            return None
        return self.method(
            stage, method, item.table["method"].line, f'{label}, method = "{method}"'
        )

    def method(self, stage: str, method: str, line: int, where: str) -> type[Step] | None:
        """Return the class of a method, or note that there is none."""
        table = self.vocabulary.methods(stage)
        if method not in table:
            offer = f"{nearest(method, table)} (exocast methods {stage})"
            self.desk.problem(line, f"{stage} has no such method. {offer}", where)
            return None
        return table[method]

    def measure(self, node: Node, step: str, label: str) -> None:
        """Read an instrument file at the door, so that a broken one is a problem of the Design."""
        path = self.beside(node, f"{label}, file")
        if path is None:
            return
        try:
            self.measurements[step] = self.vocabulary.measure(path)
        except ReaderError as error:
            self.desk.problem(node.line, str(error), f"{label}, file")

    def told(self, step: Step, node: Node, where: str, read: Callable[[Step, Path], Step]) -> Step:
        """Return a step with what a table beside the Design says of it."""
        path = self.beside(node, where)
        if path is None:
            return step
        try:
            return read(step, path)
        except ReaderError as error:
            self.desk.problem(node.line, str(error), where)
            return step

    def beside(self, node: Node, where: str) -> Path | None:
        """Return the path of a file, or note that it is not there."""
        if not isinstance(node.value, str) or not node.value:
            return None
        path = self.folder / node.value
        if path.is_file():
            return path
        offer = _nearest_file(path)
        self.desk.problem(node.line, f"{node.value} is not beside the design. {offer}", where)
        return None

    def models(self, of_cells: bool = True) -> Steps:
        """Read the models of body, cell and response.

        Parameters
        ----------
        of_cells : bool
            Whether the question is about cells, so that a model of the cell is needed.
        """
        needed = ("body", "cell") if of_cells else ("body",)
        node = self.tree.table.get("models")
        if node is None or not isinstance(node.value, dict):
            line = node.line if node else 0
            words = " and ".join(f"`{key}`" for key in needed)
            self.desk.problem(line, f"the table [models] is missing. It needs {words}.")
            return []
        for key, other in node.table.items():
            if key not in MODELS:
                offer = nearest(key, MODELS)
                self.desk.problem(other.line, f"models has no setting `{key}`. {offer}")
        found: list[tuple[Node, Step | None]] = []
        for key, stage in MODELS.items():
            child = node.table.get(key)
            if child is None:
                if key in needed:
                    self.desk.problem(node.line, f"models needs `{key}`. (exocast methods {stage})")
                continue
            several = isinstance(child.value, list) and key == "response"
            seen: set[str] = set()
            for item in child.items if several else [child]:
                step = self.model(key, stage, item)
                found.append((item, step))
                if step and step.method in seen:
                    self.desk.problem(
                        item.line, f"`{step.method}` is named twice.", f"models.{key}"
                    )
                seen |= {step.method} if step else set()
        return found

    def model(self, key: str, stage: str, item: Node) -> Step | None:
        """Read one model: its name, or a table with ``method`` and settings."""
        label = f"models.{key}"
        method = item.value if isinstance(item.value, str) else _text(item, "method")
        if not method:
            message = 'name a method, as in "name" or { method = "name", setting = ... }.'
            self.desk.problem(item.line, message, label)
            return None
        cls = self.method(stage, method, item.line, f'{label} = "{method}"')
        if cls is None:
            return None
        owner = f"{stage}.{method}"
        table = item if isinstance(item.value, dict) else Node({}, item.line)
        place = Place(label, owner, owner, owner)
        step = self.desk.read(cls, table, place, also=("method",))
        if step is MISSING:
            return None
        for sentence in step.check():
            self.desk.problem(item.line, sentence, place.head)
        found: Step = step
        return found


def _text(item: Node, key: str) -> str:
    node = item.table.get(key)
    return node.value if node is not None and isinstance(node.value, str) else ""


def _nearest_file(path: Path) -> str:
    """Offer the file of that kind which is named most like it."""
    folder = path.parent
    names = [one.name for one in folder.iterdir() if one.is_file()] if folder.is_dir() else []
    same = [name for name in names if Path(name).suffix.lower() == path.suffix.lower()]
    if not same:
        return f"There is no {path.suffix or 'such'} file in {folder.name or 'that folder'}."
    close = max(sorted(same), key=lambda name: SequenceMatcher(None, path.name, name).ratio())
    return f"Nearest: {close}"
