"""Rules between the tables of a Design: order of steps, times, cargo and tumour."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from exocast.design.lint import MISSING, Desk
from exocast.design.reading import Node
from exocast.design.steps import Steps
from exocast.errors import nearest
from exocast.material.asking import BENCH, ORGAN, QUANTITIES
from exocast.material.step import Flag, PreparationStep, Step, settings_of
from exocast.stages.biodistribution.anatomy import Anatomy
from exocast.stages.biodistribution.asked_organ import organ_names
from exocast.stages.biodistribution.disturbances import mistakes
from exocast.stages.loading.anchored import anchored_by
from exocast.stages.surface_engineering import ligands_of
from exocast.units import present

__all__ = [
    "IDLE",
    "anchored_in",
    "carried_by",
    "check_asked",
    "check_disturbances",
    "check_dose",
    "check_half",
    "check_labels",
    "check_magnet",
    "check_order",
    "check_organ",
    "check_outside",
    "check_question",
    "check_species",
    "check_times",
    "check_tumour",
    "displayed_by",
    "other_cell",
    "same_sex",
    "unused",
]


def check_order(desk: Desk, steps: Steps) -> None:
    """Check that a donor comes first and alone, and that what is loaded is there to be loaded."""
    stages = [_stage(node) for node, _ in steps]
    for index, (node, step) in enumerate(steps):
        label = f"step {index + 1}"
        if index == 0 and stages[0] != "donor" and stages[0]:
            desk.problem(node.line, "the first step is a donor: nothing is in the tube yet.", label)
        elif index > 0 and stages[index] == "donor" and not _is_joined(steps, index):
            message = (
                "a donor is the first step, and there is one. Liposomes or solid particles may "
                "follow vesicles where a step further down joins them."
            )
            desk.problem(node.line, message, label)
        elif stages[index] == "loading" and step is not None and not _loaded(steps[: index + 1]):
            message = "nothing to load: neither it nor a step above adds a cargo."
            desk.problem(node.line, message, label)
        if isinstance(step, PreparationStep) and step.in_culture:
            _check_culture(desk, node, steps[:index], label)


def _is_joined(steps: Steps, index: int) -> bool:
    """Return whether a donor brings what a later step joins with the vesicles of the first."""
    first, step = steps[0][1], steps[index][1]
    if step is None or first is None:
        return True  # told elsewhere
    made = isinstance(step, PreparationStep) and step.carrier
    of_cells = isinstance(first, PreparationStep) and not first.carrier
    later = [one.joins for _, one in steps[index:] if isinstance(one, PreparationStep)]
    return bool(made and of_cells and made in later)


def _check_culture(desk: Desk, node: Node, above: Steps, label: str) -> None:
    """Check that what is done to cells stands where there are cells."""
    donor = above[0][1] if above else None
    if donor is not None and donor.stage == "donor" and donor.method != "cell_culture":
        message = f"it loads cells in culture, and the donor here is {donor.title}."
        desk.problem(node.line, message, label)
    gone = next((step for _, step in above if step is not None and step.stage == "isolation"), None)
    if gone is not None:
        message = f"it loads the donor cells: put it above {gone.name}, next to the donor."
        desk.problem(node.line, message, label)


def check_half(desk: Desk, tree: Node, question: Any) -> None:
    """Check that a dose finds a body, and a body a dose."""
    of_cells = question is MISSING or question.asked.where == "cell"
    there = [name for name in ("regimen", "models") if name in tree.table]
    if len(there) == 1:
        missing, needs = {
            "regimen": ("models", "`body` and `cell`" if of_cells else "`body`"),
            "models": ("regimen", "`route` and `dose`"),
        }[there[0]]
        message = (
            f"half a body: there is [{there[0]}], but the table [{missing}] is missing. It needs "
            f"{needs}; without [{there[0]}] as well, the Design ends on the bench."
        )
        desk.problem(_line(tree, there[0]), message, there[0])


def check_asked(desk: Desk, tree: Node, question: Any, regimen: Any) -> None:
    """Check that what is asked for has a body, or a dose, to be asked of."""
    if question is MISSING:
        return
    asked, half = question.asked, {"regimen", "models"} & tree.table.keys()
    line = _line(tree, "question", "quantity") or _line(tree, "question")
    if not half and not asked.is_bench and "quantity" in tree.table["question"].table:
        offer = ", ".join(f'"{name}"' for name in BENCH)
        message = (
            "that is asked of a body, and this Design ends on the bench. Write [subject], "
            f"[regimen] and [models], or ask what a tube can answer: {offer}."
        )
        desk.problem(line, message, f'question.quantity = "{question.quantity}"')
    if half and question.dose is not None:
        message = "[regimen] says what a dose is: leave `dose` out of the question."
        desk.problem(_line(tree, "question", "dose"), message, "question.dose")
    if question.dose is not None and question.dose.per_body_weight:
        message = "nobody is weighed on the bench: write the dose of one subject."
        desk.problem(_line(tree, "question", "dose"), message, "question.dose")
    if asked.unit == "dose" and regimen is None and question.dose is None:
        message = 'say in [question] what a dose is, as in dose = "1e10 particles".'
        desk.problem(line, message, f'question.quantity = "{question.quantity}"')


IDLE = ("question.target_cell", "question.organ", "question.at", "run.horizon", "run.classes")
"""Settings that change nothing where the Design ends on the bench."""


def unused(tree: Node) -> tuple[Flag, ...]:
    """Return a note of what a Design without a body says of one."""
    idle = [name for name in ("subject", *IDLE) if tree.at(tuple(name.split("."))) is not None]
    if not idle:
        return ()
    message = f"the Design ends on the bench: {', '.join(idle)} changes nothing"
    return (Flag("design", message, "note"),)


def check_question(desk: Desk, tree: Node, question: Any, steps: Steps) -> str:
    """Check that the cargo asked for is added by a step; return it, or none for particles."""
    cargoes = sorted({cargo for step in steps if (cargo := _cargo(*step))})
    if question is MISSING or not steps:
        return ""
    line = _line(tree, "question", "cargo") or _line(tree, "question")
    asked = question.asked
    if asked.outside:
        return _asked_outside(desk, tree, question, steps)
    if not asked.is_bench and not asked.cargo:
        if question.cargo:
            message = "particles are asked for, whatever they carry: leave `cargo` out."
            desk.problem(line, message, "question.cargo")
        return ""
    if question.cargo:
        unread = any(step is None for _, step in steps)
        if question.cargo not in cargoes and not unread:
            offer = nearest(question.cargo, cargoes) if cargoes else "No step adds a cargo."
            where = f'question.cargo = "{question.cargo}"'
            desk.problem(line, f"no step adds this cargo. {offer}", where)
        return str(question.cargo)
    if len(cargoes) > 1 and asked.cargo:
        names = ", ".join(f'"{name}"' for name in cargoes)
        desk.problem(
            line, f"several cargoes are added; say which is asked for: cargo = {names}.", "question"
        )
    on_the_bench = not {"regimen", "models"} & tree.table.keys()
    if not asked.is_bench and on_the_bench and _line(tree, "question", "quantity"):
        return ""  # a body is what is missing; `check_asked` says so
    if not cargoes and asked.cargo and all(step is not None for _, step in steps):
        where = f'question.quantity = "{question.quantity}"'
        line = _line(tree, "question", "quantity") or line
        other = "particles in the organ per gram"
        if asked.where == "cell":
            other = "particles taken up per target cell"
        message = f'copies are asked for, but no step adds a cargo. Without one, ask for "{other}".'
        if asked.is_bench:
            message = (
                "a cargo is asked for, but no step adds one. Add a loading step, or ask for "
                '"small EVs per batch" or "particles per ug protein".'
            )
        desk.problem(line, message, where)
    return cargoes[0] if len(cargoes) == 1 else ""


def _asked_outside(desk: Desk, tree: Node, question: Any, steps: Steps) -> str:
    """Check that a step puts what is asked for on the outside of vesicles; return its name."""
    held = (*displayed_by(steps), *anchored_in(steps))
    if any(step is None for _, step in steps) or not {"regimen", "models"} & tree.table.keys():
        return ""  # told elsewhere
    line = _line(tree, "question", "cargo") or _line(tree, "question", "quantity")
    where = f'question.quantity = "{question.quantity}"'
    if not held:
        message = (
            "copies outside vesicles are asked for, and no step holds any there. Display a "
            "molecule (surface_engineering.display), or anchor a cargo "
            "(loading.hydrophobic_conjugate); what only adsorbs counts as dissolved."
        )
        desk.problem(line, message, where)
        return ""
    if not question.cargo and len(held) > 1:
        names = ", ".join(f'"{name}"' for name in held)
        message = f"several sit outside; say which is asked for: cargo = {names}."
        desk.problem(line, message, "question")
    if question.cargo and question.cargo not in held:
        message = f"no step holds this on the outside of vesicles. {nearest(question.cargo, held)}"
        desk.problem(line, message, f'question.cargo = "{question.cargo}"')
    return str(question.cargo or held[0])


def check_outside(desk: Desk, question: Any, kinetic: Steps) -> None:
    """Check that no response inside cells is asked of what sits outside vesicles."""
    if question is MISSING or not question.asked.outside:
        return
    for node, step in kinetic:
        if step is not None and step.stage == "response" and step.method == "gene_silencing":
            message = (
                "what is asked for acts from outside cells, and silencing needs copies in the "
                'cytosol: leave it out, or ask for "functional copies per target cell".'
            )
            desk.problem(node.line, message, f"{step.stage}.{step.method}")


def check_times(desk: Desk, tree: Node, question: Any, regimen: Any, run: Any) -> None:
    """Check that doses and question lie, in order, inside the simulated time."""
    horizon = None if run is MISSING else run.horizon
    if regimen is not MISSING:
        line = _line(tree, "regimen", "times") or _line(tree, "regimen")
        times = regimen.times
        if not times:
            desk.problem(line, "at least one dose is given.", "regimen.times")
        elif any(later <= earlier for earlier, later in pairwise(times)):
            desk.problem(
                line, "the times are not in order, or one is given twice.", "regimen.times"
            )
        elif horizon is not None and times[-1] >= horizon:
            message = f"a dose at {_time(times[-1])} comes after run.horizon, {_time(horizon)}."
            desk.problem(line, message, "regimen.times")
    if question is MISSING:
        return
    line = _line(tree, "question", "at") or _line(tree, "question")
    if horizon is not None and question.at > horizon:
        message = (
            f"{_time(question.at)} is after the end of the run, at {_time(horizon)} (run.horizon)."
        )
        desk.problem(line, message, "question.at")
    elif regimen is not MISSING and regimen.times and question.at <= regimen.times[0]:
        message = f"{_time(question.at)} is not after the first dose, at {_time(regimen.times[0])}."
        desk.problem(line, message, "question.at")


def check_organ(desk: Desk, tree: Node, question: Any, carrier: str) -> None:
    """Check that a question about an organ names one that is followed, and no other one does."""
    if question is MISSING:
        return
    asked, organ = question.asked, question.organ
    line = _line(tree, "question", "organ") or _line(tree, "question")
    where = f'question.organ = "{organ}"'
    if asked.where != "organ" and organ:
        offer = ", ".join(f'"{name}"' for name in ORGAN)
        message = f'"{asked.name}" is not asked of an organ. Leave `organ` out, or ask for {offer}.'
        desk.problem(line, message, where)
    elif organ and organ not in organ_names():
        message = f"no such organ. {nearest(organ, organ_names())}"
        if organ == "tumour":
            message = f'a tumour is asked for by its cells, as in "{next(iter(QUANTITIES))}".'
        desk.problem(line, message, where)
    elif asked.where == "organ" and carrier == "dissolved":
        message = "dissolved cargo is followed in plasma and in a tumour, not organ by organ."
        desk.problem(line, message, where)


def check_tumour(
    desk: Desk, tree: Node, question: Any, subject: Any, regimen: Any, kinetic: Steps
) -> None:
    """Check that a question of cells, a route into a tumour or its growth find a tumour."""
    of_cells = question is MISSING or question.asked.where == "cell"
    cell = any(step is None or step.stage == "uptake" for _, step in kinetic)
    for node, step in kinetic:
        if step is not None and step.stage == "response" and not cell and not of_cells:
            message = "a response follows from what target cells get: name a model under `cell`."
            desk.problem(node.line, message, f"{step.stage}.{step.method}")
    if subject is MISSING or subject.tumour is not None:
        return
    message = "the subject has no tumour. Write tumour = { cell = ..., volume = ... } in [subject]."
    if of_cells and not cell:
        desk.problem(_line(tree, "subject"), message, "subject")
    if not of_cells:
        message += " Or leave the model out: the question is not about cells."
    if regimen is not MISSING and "tumour" in regimen.route:
        line = _line(tree, "regimen", "route")
        desk.problem(line, message, f'regimen.route = "{regimen.route}"')
    for node, step in kinetic:
        if step is not None and (step.stage == "uptake" or "tumour" in step.method):
            desk.problem(node.line, message, f"{step.stage}.{step.method}")


def check_disturbances(desk: Desk, tree: Node, subject: Any) -> None:
    """Check that the body knows what was done to the subject."""
    if subject is MISSING:
        return
    line = _line(tree, "subject", "disturbances")
    for entry, message in mistakes(subject.disturbances or {}):
        desk.problem(line, message, f"subject.disturbances = {{ {entry} }}")


def carried_by(steps: Steps) -> str:
    """Return what carries the cargo where no vesicle does; empty for vesicles.

    Liposomes or cores that join vesicles in one tube travel as these do.
    """
    donors = [
        step.carrier
        for _, step in steps
        if isinstance(step, PreparationStep) and step.stage == "donor"
    ]
    return next(iter(donors), "") if all(donors) else ""


def displayed_by(steps: Steps) -> tuple[str, ...]:
    """Return the ligands that steps put on the vesicles."""
    return tuple(dict.fromkeys(name for _, step in steps for name in ligands_of(step)))


def anchored_in(steps: Steps) -> tuple[str, ...]:
    """Return the cargoes that steps hold on the outside of vesicles."""
    return anchored_by(step for _, step in steps)


def check_magnet(desk: Desk, tree: Node, regimen: Any, subject: Any) -> None:
    """Check that a magnet is held over something that the subject has."""
    if MISSING in (regimen, subject) or regimen is None or regimen.magnet is None:
        return
    organ = regimen.magnet.organ
    known = [node.name for node in Anatomy.packaged().of("organ", "graft")]
    line = _line(tree, "regimen", "magnet")
    where = f'regimen.magnet = {{ organ = "{organ}" }}'
    if organ not in known:
        desk.problem(line, f"no such organ. {nearest(organ, known)}", where)
    elif organ == "tumour" and subject.tumour is None:
        desk.problem(line, "the subject has no tumour.", where)


def check_labels(desk: Desk, tree: Node, subject: Any, known: Sequence[str]) -> None:
    """Check that the labels have values; any will do where none are known."""
    if subject is MISSING or not known:
        return
    for label in subject.labels:
        if label not in known:
            line = _line(tree, "subject", "labels") or _line(tree, "subject")
            desk.problem(
                line, f"no such label. {nearest(label, known)}", f'subject.labels = "{label}"'
            )


def check_dose(desk: Desk, tree: Node, regimen: Any, cargo: str, carrier: str) -> None:
    """Check that a dose counts what travels."""
    if regimen is MISSING:
        return
    counts, message = regimen.dose.counts, ""
    if counts == "cargo" and not cargo:
        message = "an amount of cargo is given, and the question follows none."
    elif carrier and counts == "small_ev":
        message = "no small EVs are in the tube."
    elif carrier == "dissolved" and counts == "particles":
        message = 'dissolved cargo has no particles: write an amount of it, as in "1 nmol".'
    if message:
        desk.problem(_line(tree, "regimen", "dose"), message, "regimen.dose")


def check_species(desk: Desk, tree: Node, subject: Any, known: Sequence[str]) -> None:
    """Check that the catalogue has a body of the species; any will do where none are known."""
    if not known or subject.species in known:
        return
    line = _line(tree, "subject", "species") or _line(tree, "subject")
    offer = nearest(subject.species, known)
    listed = "" if "Known:" in offer else f" It has {', '.join(known)}."
    message = f"the catalogue has no body of this species. {offer}{listed}"
    desk.problem(line, message, f'subject.species = "{subject.species}"')


def same_sex(subject: Any, told_apart: Sequence[str]) -> tuple[Flag, ...]:
    """Return a note where the sex was given and no value of the species knows of it."""
    if not subject.sex or told_apart:
        return ()
    message = f"no value of {subject.species} tells the sexes apart: `sex` changes nothing"
    return (Flag("subject.sex", message, "note"),)


def other_cell(question: Any, subject: Any) -> tuple[Flag, ...]:
    """Return a flag where the question is about other cells than those of the tumour.

    The cell models follow vesicles into the cells of the tumour and no others.
    """
    if subject.tumour is None or question.target_cell in ("", subject.tumour.cell):
        return ()
    message = (
        f"the question is about {question.target_cell} and the tumour grew from "
        f"{subject.tumour.cell}: what is counted reaches the tumour's own cells, with the values "
        f"of {question.target_cell}; another cell of the tumour, or of the body, is not followed"
    )
    return (Flag("question.target_cell", message, "serious"),)


def _stage(node: Node) -> str:
    stage = node.table.get("stage")
    return str(stage.value) if stage else ""


def _settings(step: Step | None) -> tuple[str, ...]:
    return tuple(settings_of(type(step))) if step is not None else ()


def _cargo(node: Node, step: Step | None) -> str:
    """Return the cargo that a step adds, also of a step with other problems."""
    written = node.table.get("cargo")
    if written is not None and isinstance(written.value, str):
        return written.value
    return str(getattr(step, "cargo", "") or "") if "cargo" in _settings(step) else ""


def _loaded(steps: Steps) -> bool:
    return any(_cargo(*step) for step in steps)


def _line(tree: Node, *path: str) -> int:
    node = tree.at(path)
    return node.line if node else 0


def _time(seconds: float) -> str:
    return present(seconds, "s")
