"""`exocast explain`: what stands behind a name, and what the answer would be were it otherwise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exocast.cli.bodies import print_body, print_species
from exocast.cli.console import terminal
from exocast.cli.explained import (
    line_of,
    print_method,
    print_setting,
    print_weighed,
    source_of,
    wrapped,
)
from exocast.errors import ExocastError
from exocast.evidence import Catalogue

if TYPE_CHECKING:
    from exocast.design import Design
    from exocast.design.explaining import (
        HypothesisDescription,
        ThingDescription,
        ValueDescription,
    )

__all__ = ["complete_keys", "design_of", "explain_key"]

DEMO = "kras-sirna-tumour"


def explain_key(
    key: str, design: str = "", *, answer: bool = False, full: bool = False, threads: int = 0
) -> None:
    """Explain a name; see `exocast explain --help`.

    Parameters
    ----------
    key : str
        ``stage.method``, a setting's address, a table such as regimen, a value's key, the family of
        a hypothesis, a species, ``species`` for all of them, or a label, a ligand or a receptor.
    design : str
        A Design, a packaged one by name, or the folder of a saved forecast, whose question is
        answered under each rival; the packaged demo where it is empty.
    answer : bool
        Whether the answer under each rival is computed, for a value or a hypothesis.
    full : bool
        Every row and every remark.
    threads : int
        Worker threads; 0 takes every core.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.
    """
    from exocast.design.bodies import BodyDescription, SpeciesList
    from exocast.design.explaining import (
        HypothesisDescription,
        MethodDescription,
        SettingExplained,
        ThingDescription,
        describe,
    )

    console, catalogue = terminal(), Catalogue.packaged()
    found = describe(key, catalogue=catalogue)
    if isinstance(found, MethodDescription):
        print_method(console, found, catalogue, full=full, influence=_influence(design))
        return
    if isinstance(found, SettingExplained):
        print_setting(console, found, catalogue)
        return
    if isinstance(found, SpeciesList):
        print_species(console, found)
        return
    if isinstance(found, BodyDescription):
        print_body(console, found, catalogue, full=full)
        return
    if isinstance(found, ThingDescription):
        _print_thing(console, found)
        return
    with design_of(design) if answer else nullcontext() as asked:
        if isinstance(found, HypothesisDescription):
            _print_hypothesis(console, found, catalogue)
            if asked is not None:
                _weigh(console, asked, threads, family=found.family)
            return
        _print_value(console, found, catalogue)
        if asked is not None and found.rows:
            _weigh(console, asked, threads, key=found.key)


@contextmanager
def design_of(name: str) -> Iterator[Design]:
    """Hold the Design that was named; of a saved forecast, the one that it was run from.

    The files of a saved forecast lie where its Design names them while the block lasts.

    Raises
    ------
    ExocastError
        If there is no such thing.
    """
    from exocast.design import Design
    from exocast.design.archive import Archive, Settings
    from exocast.learn.side import read_side

    title, given = read_side(name or DEMO)
    if isinstance(given, Design):
        yield given
        return
    forecast, variant = given
    record = forecast.record
    try:
        text, settings = str(record["provenance"]["design"]), Settings.of(record)
    except (KeyError, TypeError, ValueError):
        raise ExocastError(f"{name} does not hold its Design; run it again") from None
    held = Archive(title, "", {}, record, text, forecast.inputs, settings)
    with TemporaryDirectory(prefix="exocast-") as place:
        design = held.unpack(Path(place))
        yield design.variant(variant) if variant else design


def _influence(name: str) -> dict[str, float] | None:
    """Return by how many orders each value moves a saved forecast; None where none was named.

    Raises
    ------
    ExocastError
        If what was named is no saved forecast.
    """
    from exocast.material.forecast import read_record

    if not name:
        return None
    found: dict[str, float] = {}
    for value in read_record(Path(name))["values"]:
        swing = abs(value.get("log10_swing") or 0.0)
        found[value["key"]] = max(found.get(value["key"], 0.0), swing)
    return found


def complete_keys(incomplete: str) -> list[str]:
    """Return tables, hypotheses, methods, their settings and values that begin so."""
    from exocast.design import describe_method, method_names
    from exocast.design.bodies import body_names
    from exocast.design.building import EXPLAINED
    from exocast.design.vocabulary import Vocabulary
    from exocast.stages import STAGES

    if "." not in incomplete:
        from exocast.stages.biodistribution.label import label_names
        from exocast.stages.biodistribution.ligands import ligand_table, receptor_table

        families = Catalogue.packaged().hypotheses
        bodies = ["species", *body_names(Vocabulary.packaged())]
        known = [*EXPLAINED, *families, *bodies, *(f"{stage}." for stage in (*STAGES, "cargo"))]
        known += [*label_names(), *ligand_table(), *receptor_table()]
        return [name for name in known if name.startswith(incomplete)]
    stage = incomplete.partition(".")[0]
    known = [key for key in Catalogue.packaged().values if key.startswith(f"{stage}.")]
    for method in method_names(stage) if stage in STAGES else ():
        name = f"{stage}.{method}"
        known.append(name)
        known += [f"{name}.{one.name}" for one in describe_method(stage, method).settings]
    return sorted({name for name in known if name.startswith(incomplete)})


def _print_value(console: Console, found: ValueDescription, catalogue: Catalogue) -> None:
    console.print(f"[bold]{found.key}[/]")
    if found.doc:
        bounds = " … ".join(filter(None, (found.low, found.high)))
        wrapped(console, found.doc + (f" Bounds: {bounds}." if bounds else ""))
    if found.methods:
        wrapped(console, f"Used by {', '.join(found.methods)}: exocast explain METHOD", style="dim")
    for number, row in enumerate(found.rows, start=1):
        source = catalogue.sources[row.source]
        console.print()
        wrapped(console, f"{number}  {line_of(row, standing=False)}", indent=0, hang=3)
        where = f"found at {row.locator}; " if row.locator else ""
        wrapped(console, f"{row.standing}: {where}read: {row.read}; determined: {row.method}",
                indent=3, style="dim")  # fmt: skip
        wrapped(console, f"{row.source}, {source_of(source)}", indent=3, style="dim")
        if row.note:
            wrapped(console, row.note, indent=3)


def _print_thing(console: Console, found: ThingDescription) -> None:
    """Print what a label, a ligand or a receptor is, and the rows that are specific to it."""
    console.print(f"[bold]{found.name}[/]   a {found.what}: {escape(found.title)}")
    table = Table.grid(padding=(0, 2, 0, 1))
    table.add_column(overflow="fold", max_width=22)
    table.add_column(overflow="fold")
    for word, said in found.facts:
        table.add_row(Text(word, "bold"), Text(said))
    console.print(table)
    console.print("\n[bold]Evidence[/]   the rows that are its own")
    for row in found.rows:
        console.print(Text.assemble("   ", (row.key, "bold")), soft_wrap=True)
        wrapped(console, line_of(row), indent=5)
        place = f", {row.locator}" if row.locator else ""
        wrapped(console, f"{row.source}{place}; read: {row.read}", indent=7, style="dim")


def _print_hypothesis(console: Console, found: HypothesisDescription, catalogue: Catalogue) -> None:
    hypothesis = found.hypothesis
    console.print(
        f"[bold]{found.family}[/]   a contested fact: options are run apart, not averaged"
    )
    wrapped(console, hypothesis.doc)
    wrapped(console, f'In a Design: [hypotheses] {found.family} = "each", or one of its options.',
            style="dim")  # fmt: skip
    for option, words in hypothesis.options.items():
        mark = " (preferred)" if option == hypothesis.preferred else ""
        console.print(f"\n[bold]{option}[/]{mark}: if {escape(hypothesis.phrases[option])}")
        wrapped(console, words)
        for row in found.rows[option]:
            console.print(Padding(f"[bold]{row.key}[/]", (0, 0, 0, 2)))
            wrapped(console, line_of(row, hypothesis=False), indent=4)
            how = f"{row.standing}, {row.source} ({source_of(catalogue.sources[row.source])})"
            place = f"; {row.locator}" if row.locator else ""
            wrapped(console, f"{how}{place}; read: {row.read}", indent=4, style="dim")


def _weigh(
    console: Console, design: Design, threads: int, *, key: str = "", family: str = ""
) -> None:
    """Run a few members of a design in each case, and print what it answers."""
    from exocast.face.progress import progress_bar
    from exocast.learn.weighing import weigh_hypothesis, weigh_value

    cores = threads or os.cpu_count() or 1
    with progress_bar(console) as show:
        if family:
            weighed = weigh_hypothesis(design, family, threads=cores, progress=show)
        else:
            weighed = weigh_value(design, key, threads=cores, progress=show)
    console.print()
    print_weighed(console, weighed, design.title)
