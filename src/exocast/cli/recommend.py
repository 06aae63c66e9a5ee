"""`exocast recommend`: trains of isolation, or ways to load, ranked, with reasons."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, slug

__all__ = ["Wanted", "complete_sources", "print_recommendation", "recommend"]

Record = Mapping[str, Any]
KIND = "recommendation"
SHOWN = 10
WIDE = 110
HOUR = 3600.0


def complete_sources(incomplete: str) -> list[str]:
    """Return the sources, and packaged Designs, that begin with what was typed."""
    from exocast.design import templates
    from exocast.learn.candidates import source_names

    return [name for name in (*source_names(), *templates()) if name.startswith(incomplete)]


@dataclass(frozen=True)
class Wanted:
    """What was asked on the command line.

    Attributes
    ----------
    what, source : str
        The subject, and what the vesicles come from.
    goals : mapping of str to list of str
        Goals as they were written, by option.
    only : mapping of str to str
        Options of loading alone, by name.
    scale : str
        Volume of the source.
    hours : float or None
        Most that it may take.
    """

    what: str
    source: str
    goals: Mapping[str, list[str]]
    only: Mapping[str, str]
    scale: str
    hours: float | None

    @property
    def options(self) -> list[tuple[str, str]]:
        """Return what was given, as options."""
        goals = [(option, text) for option, texts in self.goals.items() for text in texts]
        rest = [("--scale", self.scale), ("--hours", f"{self.hours:g}" if self.hours else "")]
        given = [("--source", self.source), *self.only.items(), *goals, *rest]
        return [(option, text) for option, text in given if text]


def recommend(
    wanted: Wanted, top: int, members: str, seed: int, out: Path | None, *, replace: bool
) -> None:
    """Recommend; see `exocast recommend --help`.

    Raises
    ------
    ExocastError
        If what is asked for cannot be read, or nothing works.
    """
    from exocast.face import recommend as ask
    from exocast.face.progress import progress_bar
    from exocast.learn.wishes import check_subject
    from exocast.report.filing import file_result

    check_subject(wanted.what, wanted.source, {**wanted.goals, **wanted.only})
    known = Path(wanted.source).stem if wanted.source else ""
    name = f"recommend-{slug('-'.join(filter(None, (known, wanted.only['--cargo']))))}"
    place = place_for(out, name, KIND, replace=replace)
    console, started = terminal(), time.perf_counter()
    with progress_bar(console) as show:
        found = ask(
            wanted.what, wanted.source, cargo=wanted.only["--cargo"],
            purity=wanted.goals["--purity"], yield_=wanted.goals["--yield"],
            load=wanted.goals["--load"], keep=wanted.goals["--keep"],
            amount=wanted.only["--amount"], dose=wanted.only["--dose"], scale=wanted.scale,
            hours=wanted.hours, members=parse_members(members), seed=seed, progress=show,
        )  # fmt: skip
    seconds = time.perf_counter() - started
    given = [*wanted.options, ("--members", members), ("--seed", str(seed))]
    options = [part for option, text in given if text for part in (option, text)]
    command = shlex.join(["exocast", "recommend", wanted.what, *options])
    file_result(found, place, replace=replace, command=command)
    print_recommendation(console, found.record, f"{seconds:.1f} s", top)
    say_written(console, place)


def print_recommendation(console: Console, record: Record, when: str, top: int = SHOWN) -> None:
    """Print a recommendation.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the recommendation.
    when : str
        How long it took, or when it was made.
    top : int
        Trains to show.
    """
    from exocast.report.recommending import (
        finding_of,
        measure_sentence,
        near_sentence,
        reasons,
        refused,
    )
    from exocast.report.words import friendly

    size = record["members"]
    console.print(
        f"[bold]exocast {record['version']}[/]   {record['title']}, "
        f"{friendly(record['source']['volume_m3'], 'm^3')}   {size['uncertainty']} x "
        f"{size['variability']} members   seed {record['seed']}   {when}",
        soft_wrap=True,
    )
    console.print()
    console.print(_table(record, console.width, top))
    hidden = len(record["trains"]) - top
    if hidden > 0:
        console.print(f"[dim]{hidden} more in the folder, or with --top[/]")
    console.print()
    say(console, "Answer", finding_of(record))
    if near := near_sentence(record):
        say(console, "Near", f"{near}.")
    for label, words in reasons(record["trains"][0]):
        say(console, label, words)
    say(console, "Measure", measure_sentence(record))
    for title, why in refused(record):
        say(console, "Left out", f"{title}: {why}")


def _table(record: Record, width: int, top: int) -> Table:
    """Return the trains in order."""
    from exocast.report.plane import TITLES
    from exocast.report.recommending import (
        WORDS,
        limit_of,
        shown_figures,
        spread_of,
        written,
    )
    from exocast.report.words import duration, percent

    by, most = record["by"], 3
    others = [key for key in shown_figures(record) if key not in ("recovery", by)]
    keys = [by, *(others[: most - 1] if width >= WIDE else [])]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column(WORDS[record["subject"]]["one"], overflow="fold")
    for head in ("recovery", *(["90 %"] if width >= WIDE else []), *(TITLES[key] for key in keys),
                 "time", "hands-on"):  # fmt: skip
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("asked", overflow="fold")
    for number, one in enumerate(record["trains"][:top], start=1):
        figures = one["figures"]
        ranges = (
            [spread_of("recovery", figures["recovery"]["uncertainty"])] if width >= WIDE else []
        )
        shown = [written(key, figures[key]["median"]) for key in keys]
        missed = [met["text"].partition(" >=")[0] for met in one["met"] if not met["met"]]
        missed = [text.partition(" <=")[0] for text in missed]
        missed += [limit_of(one)] if one["scale_limits"] else []
        verdict = f"short of {', '.join(missed)}" if missed else "met" if one["met"] else ""
        verdict = "not sound" if missed == ["soundness"] else verdict
        table.add_row(
            str(number),
            one["title"],
            percent(figures["recovery"]["median"]),
            *ranges,
            *shown,
            duration(one["hours"] * HOUR),
            duration(one["hands_on_hours"] * HOUR),
            verdict,
        )
    return table
