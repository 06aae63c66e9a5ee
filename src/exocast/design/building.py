"""From a document to a plan: every table read, every name looked up, every rule between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from exocast.design.answering import Asker, check_answers, felt, strangers
from exocast.design.equipping import equipment_tables, with_equipment
from exocast.design.lint import MISSING, Desk, Place
from exocast.design.observing import observed_tables
from exocast.design.reading import Node
from exocast.design.rehearsing import rehearse
from exocast.design.rules import (
    IDLE,
    anchored_in,
    carried_by,
    check_asked,
    check_disturbances,
    check_dose,
    check_half,
    check_labels,
    check_magnet,
    check_order,
    check_organ,
    check_outside,
    check_question,
    check_species,
    check_times,
    check_tumour,
    displayed_by,
    other_cell,
    same_sex,
    unused,
)
from exocast.design.steps import StepReader, Steps
from exocast.design.vocabulary import Vocabulary
from exocast.errors import Problem, nearest
from exocast.material.asking import QUANTITIES, Quantity
from exocast.material.document import (
    SCHEMA,
    Default,
    Equipment,
    Observed,
    Plan,
    Question,
    Regimen,
    Run,
    Subject,
)
from exocast.material.equipment import EquipmentTable
from exocast.material.observed import ObservedTable
from exocast.material.step import KineticStep, PreparationStep, Step, settings_of
from exocast.material.study import Study
from exocast.units import present

__all__ = ["EXPLAINED", "TABLES", "build"]

TABLES: Mapping[str, type[Any]] = {
    "question": Question,
    "subject": Subject,
    "regimen": Regimen,
    "run": Run,
}
"""Tables that are dataclasses of settings."""

EXPLAINED: Mapping[str, type[Any]] = {**TABLES, "observed": Observed, "equipment": Equipment}
"""The same, and those that may be there several times."""

_OTHER = ("exocast", "title", "step", "models", "hypotheses", "observed", "equipment", "variant")
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

    @cached_property
    def reader(self) -> StepReader:
        """What reads steps, models and files, onto the same desk."""
        return StepReader(self.tree, self.folder, self.vocabulary, self.desk)

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

    @cached_property
    def on_the_bench(self) -> bool:
        """Whether the Design ends on the bench: nothing is dosed, and there is no body."""
        return not {"regimen", "models"} & self.tree.table.keys()

    def plan(self, variant: str) -> Plan | None:
        """Read everything; None when something is wrong."""
        equipment = self.equipment()
        question, run = self.question(), self.table("run")
        check_half(self.desk, self.tree, question)
        subject = None if self.on_the_bench else self.subject()
        steps = self.reader.steps()
        there = self.tree.table.keys()
        of_cells = question is MISSING or question.asked.where == "cell"
        kinetic = self.reader.models(of_cells) if "models" in there else []
        regimen: Any = None
        route: Any = None
        if "regimen" in there:
            regimen, route = self.regimen()
        hypotheses = self.hypotheses()
        observed, tables = self.observed(variant, subject, run)
        cargo = check_question(self.desk, self.tree, question, steps)
        check_asked(self.desk, self.tree, question, regimen)
        check_outside(self.desk, question, kinetic)
        check_order(self.desk, steps)
        if not self.on_the_bench:
            check_times(self.desk, self.tree, question, regimen or MISSING, run)
            check_tumour(self.desk, self.tree, question, subject, regimen or MISSING, kinetic)
            check_organ(self.desk, self.tree, question, carried_by(steps))
            check_magnet(self.desk, self.tree, regimen or MISSING, subject)
            check_disturbances(self.desk, self.tree, subject)
            check_labels(self.desk, self.tree, subject, self.vocabulary.labels_and_aliases())
            check_dose(self.desk, self.tree, regimen or MISSING, cargo, carried_by(steps))
        if self.desk.problems:
            return None
        labels = [one.label for one in observed]
        if subject is not None:
            regimen = replace(regimen, dose=regimen.dose.absolute(subject.body_weight))
            labels = [*subject.labels, *labels]
        study = _study(question, subject, regimen, run, cargo, labels)
        magnet = regimen.magnet if regimen is not None else None
        study = replace(
            study,
            carrier=carried_by(steps),
            ligands=displayed_by(steps),
            magnet=magnet,
            anchored=anchored_in(steps),
            outside=question.asked.row if question.asked.outside else "",
        )
        notes = other_cell(question, subject) if subject else unused(self.tree)
        if subject is not None:
            notes += same_sex(subject, self.vocabulary.sexes(subject.species))
        if self.vocabulary.catalogue is not None:
            catalogue = with_equipment(self.vocabulary.catalogue(), equipment)
            askers = self.askers(steps, kinetic, route)
            check_answers(self.desk, self.tree, askers, study, catalogue)
            notes += strangers(askers, study, catalogue)
            if subject is None:
                keys = {need.parameter.key for one in askers for need in one.step.needs()}
                hypotheses = felt(hypotheses, keys, catalogue)
        title = self.tree.table.get("title")
        plan = Plan(
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
            tables=tables,
            measurements=self.reader.measurements,
            equipment=equipment,
            defaults=tuple(one for one in self.desk.defaults if subject or one.path not in IDLE),
            notes=notes,
            variant=variant,
        )
        if self.vocabulary.catalogue is None or self.desk.problems:
            return plan
        nodes = [(node, step) for node, step in steps if isinstance(step, PreparationStep)]
        catalogue = with_equipment(self.vocabulary.catalogue(), equipment)
        said = rehearse(self.desk, nodes, plan, catalogue)
        return replace(plan, notes=(*plan.notes, *said))

    def subject(self) -> Any:
        """Read the subject; weigh it by the catalogue where the Design does not."""
        subject = self.table("subject")
        if subject is MISSING:
            return MISSING
        before = len(self.desk.problems)
        check_species(self.desk, self.tree, subject, self.vocabulary.species())
        if len(self.desk.problems) > before:
            return MISSING
        if subject.body_weight is not None:
            return subject
        row = self.vocabulary.body_weight(subject.species, subject.sex or "")
        if row is None:
            hint = "(exocast explain subject.body_weight)"
            message = f"[subject] needs `body_weight`: none is known of the species. {hint}"
            self.desk.problem(self.tree.table["subject"].line, message)
            return MISSING
        self.desk.defaults.append(
            Default("subject.body_weight", row.value, present(row.value, "kg"), "kg", row.source)
        )
        return replace(subject, body_weight=row.value)

    def question(self) -> Any:
        """Read the question; what is enough is read in the unit of what is asked for."""
        node = self.tree.table.get("question")
        if node is None:
            where = "" if self.on_the_bench else ", and `target_cell` or `organ`"
            message = f"the table [question] is missing. It needs `quantity`{where}."
            self.desk.problem(0, message)
            return MISSING
        named = node.table.get("quantity")
        asked = QUANTITIES.get(str(named.value)) if named else next(iter(QUANTITIES.values()))
        for needed in self.asks_for(asked) if isinstance(node.value, dict) else ():
            if needed not in node.table:
                doc = settings_of(Question)[needed].doc
                message = f"question needs `{needed}`: {doc} (exocast explain question)"
                self.desk.problem(node.line, message)
        readers = {"needed": asked.read} if asked else {"needed": lambda _: None}
        return self.desk.read(Question, node, _place("question"), readers=readers)

    def asks_for(self, asked: Quantity | None) -> tuple[str, ...]:
        """Return the settings without which a question cannot be answered here."""
        if self.on_the_bench:
            return ("quantity",)
        return {"organ": ("organ",), "cell": ("target_cell",)}.get(asked.where if asked else "", ())

    def askers(self, steps: Steps, kinetic: Steps, route: Step | None) -> list[Asker]:
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
        if route is None:
            return made
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

    def equipment(self) -> tuple[EquipmentTable, ...]:
        """Read the user's own equipment; its names are good for the steps from then on."""
        node = self.tree.table.get("equipment", Node([]))
        if not isinstance(node.value, list):
            self.desk.problem(node.line, "write [[equipment]], in two brackets.", "equipment")
        paths: dict[int, Path] = {}
        for number, item in enumerate(node.items, start=1):
            label = f"equipment {number}"
            self.desk.read(Equipment, item, Place(label, label, f"equipment.{number}", "equipment"))
            if "file" in item.table:
                path = self.reader.beside(item.table["file"], f"{label}, file")
                if path is not None:
                    paths[number] = path
        return equipment_tables(self.desk, node, paths, self.vocabulary)

    def observed(
        self, variant: str, subject: Any, run: Any
    ) -> tuple[tuple[Observed, ...], tuple[ObservedTable, ...]]:
        """Read what was measured, with its files; those are held against the Design itself."""
        node = self.tree.table.get("observed", Node([]))
        if not isinstance(node.value, list):
            self.desk.problem(node.line, "write [[observed]], in two brackets.", "observed")
        found: list[Any] = []
        paths: dict[int, Path] = {}
        for number, item in enumerate(node.items, start=1):
            label = f"observed {number}"
            place = Place(label, label, f"observed.{number}", "observed")
            found.append(self.desk.read(Observed, item, place))
            if "file" in item.table:
                path = self.reader.beside(item.table["file"], f"{label}, file")
                if path is not None:
                    paths[number - 1] = path
        tables: tuple[ObservedTable, ...] = ()
        if not variant:
            tables = observed_tables(
                self.desk, self.tree, found, paths, self.vocabulary, subject, run
            )
        return tuple(one for one in found if one is not MISSING), tables


def _study(
    question: Question,
    subject: Subject | None,
    regimen: Regimen | None,
    run: Run,
    cargo: str,
    labels: list[str],
) -> Study:
    """Return what every step knows; nothing of a body where there is none."""
    if subject is None or regimen is None:
        return Study("", 0.0, "", 0.0, cargo, (), "", (), 0.0, 0.0)
    return Study(
        species=subject.species,
        body_weight=subject.body_weight or 0.0,  # weighed by `_Builder.subject`
        target_cell=question.target_cell or (subject.tumour.cell if subject.tumour else ""),
        tumour_volume=subject.tumour.volume if subject.tumour else 0.0,
        cargo=cargo,
        labels=tuple(dict.fromkeys(labels)),
        route=regimen.route,
        times=regimen.times,
        at=question.at,
        horizon=run.horizon,
        disturbances=dict(subject.disturbances or {}),
        sex=subject.sex or "",
        organ=question.organ if question.asked.where == "organ" else "",
    )


def _place(name: str) -> Place:
    return Place(name, name, name, name, joint=".")
