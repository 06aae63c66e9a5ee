"""From a document to a plan: every table read, every name looked up, every rule between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exocast.design.answering import Asker, check_answers, strangers
from exocast.design.lint import MISSING, Desk, Place
from exocast.design.reading import Node
from exocast.design.rules import check_order, check_question, check_times, check_tumour
from exocast.design.vocabulary import Vocabulary
from exocast.errors import Problem, ReaderError, nearest
from exocast.material.document import (
    SCHEMA,
    Observed,
    Plan,
    Question,
    Regimen,
    Run,
    Subject,
)
from exocast.material.step import Flag, KineticStep, PreparationStep, Step, settings_of
from exocast.material.study import Study

if TYPE_CHECKING:
    from exocast.material.measurement import Measurement

__all__ = ["MODELS", "RESERVED", "TABLES", "build"]

MODELS = {"body": "biodistribution", "cell": "uptake", "response": "response"}
"""Keys of ``[models]``, and the stage whose method each names."""

RESERVED = ("stage", "method", "id")
"""Keys of a step that are no settings."""

TABLES: Mapping[str, type[Any]] = {
    "question": Question,
    "subject": Subject,
    "regimen": Regimen,
    "run": Run,
}
"""Tables that are dataclasses of settings."""

_OTHER = ("exocast", "title", "step", "models", "hypotheses", "observed", "variant")
_Steps = list[tuple[Node, Step | None]]
_ID = re.compile(r"[a-z][a-z0-9_]*")
_EMPTY: Node = Node({})


def build(
    tree: Node, folder: Path, vocabulary: Vocabulary, variant: str = ""
) -> tuple[Plan | None, list[Problem]]:
    """Read a whole document.

    Parameters
    ----------
    tree : Node
        The document.
    folder : Path
        Where its files lie.
    vocabulary : Vocabulary
        The names that it may use.
    variant : str
        Name of the variant that was grafted in; empty for the Design as it stands.

    Returns
    -------
    plan : Plan or None
        None when there is a problem.
    problems : list of Problem
        Everything that is wrong.
    """
    builder = _Builder(tree, folder, vocabulary)
    if not builder.heading():
        return None, builder.desk.problems
    plan = builder.plan(variant)
    return (None if builder.desk.problems else plan), builder.desk.problems


@dataclass
class _Builder:
    tree: Node
    folder: Path
    vocabulary: Vocabulary
    desk: Desk = field(default_factory=Desk)
    measurements: dict[str, Measurement] = field(default_factory=dict)

    def heading(self) -> bool:
        """Check schema version and names of the tables; tell whether reading on makes sense."""
        version = self.tree.table.get("exocast")
        if version is None:
            self.desk.problem(
                0, f"`exocast = {SCHEMA}`, the schema version, is missing at the top."
            )
        elif version.value != SCHEMA or isinstance(version.value, bool):
            self.desk.problem(
                version.line,
                f"schema version {version.value} is not known; this exocast reads {SCHEMA}.",
            )
            return False
        known = (*TABLES, *_OTHER)
        for name, node in self.tree.table.items():
            if name not in known:
                what = "table" if isinstance(node.value, dict | list) else "key"
                self.desk.problem(node.line, f"no {what} `{name}`. {nearest(name, known)}")
        title = self.tree.table.get("title")
        if title is not None and not isinstance(title.value, str):
            self.desk.problem(title.line, "a text in quotation marks was expected.", "title")
        return True

    def plan(self, variant: str) -> Plan | None:
        """Read everything; None when something is wrong."""
        question, subject, run = (self.table(name) for name in ("question", "subject", "run"))
        steps = self.steps()
        kinetic = self.models()
        regimen, route = self.regimen()
        hypotheses = self.hypotheses()
        observed = self.observed()
        cargo = check_question(self.desk, self.tree, question, steps)
        check_order(self.desk, steps)
        check_times(self.desk, self.tree, question, regimen, run)
        check_tumour(self.desk, self.tree, subject, regimen, kinetic)
        if self.desk.problems:
            return None
        regimen = replace(regimen, dose=regimen.dose.absolute(subject.body_weight))
        labels = dict.fromkeys((*subject.labels, *(one.label for one in observed)))
        study = Study(
            species=subject.species,
            body_weight=subject.body_weight,
            target_cell=question.target_cell,
            tumour_volume=subject.tumour.volume if subject.tumour else 0.0,
            cargo=cargo,
            labels=tuple(labels),
            route=regimen.route,
            times=regimen.times,
            at=question.at,
            horizon=run.horizon,
            disturbances=dict(subject.disturbances or {}),
        )
        notes: tuple[Flag, ...] = ()
        if self.vocabulary.catalogue is not None:
            askers, catalogue = self.askers(steps, kinetic, route), self.vocabulary.catalogue()
            check_answers(self.desk, self.tree, askers, study, catalogue)
            notes = strangers(askers, study, catalogue)
        title = self.tree.table.get("title")
        return Plan(
            title=str(title.value) if title else "",
            preparation=tuple(step for _, step in steps if isinstance(step, PreparationStep)),
            kinetic=tuple(step for _, step in kinetic if isinstance(step, KineticStep)),
            route=route,
            study=study,
            question=question,
            regimen=regimen,
            run=run,
            hypotheses=hypotheses,
            observed=observed,
            measurements=self.measurements,
            defaults=tuple(self.desk.defaults),
            notes=notes,
            variant=variant,
        )

    def askers(self, steps: _Steps, kinetic: _Steps, route: Step) -> list[Asker]:
        """Return everything that needs values, with its place."""
        made = [
            Asker(f"step {number}", node, step)
            for number, (node, step) in enumerate(steps, start=1)
            if step is not None
        ]
        made += [
            Asker(f"{step.stage}.{step.method}", node, step)
            for node, step in kinetic
            if step is not None
        ]
        return [*made, Asker("regimen", self.tree.table["regimen"], route)]

    def table(self, name: str) -> Any:
        """Read one table that is a dataclass of settings."""
        node = self.tree.table.get(name)
        cls = TABLES[name]
        if node is None:
            needed = [f"`{key}`" for key, setting in settings_of(cls).items() if setting.required]
            if needed:
                self.desk.problem(
                    0, f"the table [{name}] is missing. It needs {', '.join(needed)}."
                )
                return MISSING
        return self.desk.read(cls, node or _EMPTY, _place(name))

    def regimen(self) -> tuple[Any, Any]:
        """Read the regimen; the settings of the route stand in the same table."""
        node = self.tree.table.get("regimen")
        named = node.table.get("route") if node else None
        if node is None or named is None or not isinstance(named.value, str):
            return self.table("regimen"), MISSING
        routes = self.vocabulary.routes()
        cls = routes.get(named.value)
        if cls is None:
            offer = nearest(named.value, routes)
            self.desk.problem(
                named.line, f"no such route. {offer}", f'regimen.route = "{named.value}"'
            )
            return MISSING, MISSING
        place, own = _place("regimen"), settings_of(cls)
        regimen = self.desk.read(Regimen, node, place, also=tuple(own))
        others = tuple(key for key in node.table if key not in own)
        return regimen, self.desk.read(cls, node, place, also=others)

    def steps(self) -> _Steps:
        """Read the steps from top to bottom; None where one cannot be read."""
        node = self.tree.table.get("step")
        if node is None or not node.items:
            self.desk.problem(
                node.line if node else 0, "there are no steps. Write [[step]] tables."
            )
            return []
        steps: _Steps = []
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
        if step is MISSING or len(self.desk.problems) > before:
            return None
        for sentence in step.check():
            self.desk.problem(item.line, sentence, place.head)
        cargo = _text(item, "cargo")
        if cargo and self.vocabulary.cargoes and cargo not in self.vocabulary.cargoes:
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

    def models(self) -> _Steps:
        """Read the models of body, cell and response."""
        node = self.tree.table.get("models")
        if node is None or not isinstance(node.value, dict):
            line = node.line if node else 0
            self.desk.problem(line, "the table [models] is missing. It needs `body` and `cell`.")
            return []
        for key, other in node.table.items():
            if key not in MODELS:
                offer = nearest(key, MODELS)
                self.desk.problem(other.line, f"models has no setting `{key}`. {offer}")
        found: _Steps = []
        for key, stage in MODELS.items():
            child = node.table.get(key)
            if child is None:
                if key != "response":
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

    def hypotheses(self) -> dict[str, str]:
        """Read which rivals are to hold."""
        node = self.tree.table.get("hypotheses", _EMPTY)
        if not isinstance(node.value, dict):
            self.desk.problem(node.line, "a table was expected.", "hypotheses")
        families = self.vocabulary.hypotheses()
        chosen = {}
        for family, child in node.table.items():
            if family not in families:
                offer = nearest(family, families)
                self.desk.problem(child.line, f"no hypothesis `{family}`. {offer}", "hypotheses")
            elif child.value not in (options := (*families[family], "each")):
                where = f'hypotheses.{family} = "{child.value}"'
                self.desk.problem(
                    child.line, f"no such option. {nearest(str(child.value), options)}", where
                )
            else:
                chosen[family] = str(child.value)
        return chosen

    def observed(self) -> tuple[Observed, ...]:
        """Read the tables of measured points."""
        node = self.tree.table.get("observed", Node([]))
        if not isinstance(node.value, list):
            self.desk.problem(node.line, "write [[observed]], in two brackets.", "observed")
        found = []
        for number, item in enumerate(node.items, start=1):
            label = f"observed {number}"
            place = Place(label, label, f"observed.{number}", "observed")
            found.append(self.desk.read(Observed, item, place))
            if "file" in item.table:
                self.beside(item.table["file"], f"{label}, file")
        return tuple(one for one in found if one is not MISSING)


def _place(name: str) -> Place:
    return Place(name, name, name, name, joint=".")


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
