"""`exocast recommend`: trains of isolation for a source, ranked, with reasons."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, slug
from exocast.errors import ExocastError

__all__ = ["complete_sources", "print_recommendation", "recommend"]

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


def recommend(
    what: str,
    source: str,
    purity: list[str],
    wanted: list[str],
    scale: str,
    hours: float | None,
    top: int,
    members: str,
    seed: int,
    out: Path | None,
    *,
    replace: bool,
) -> None:
    """Recommend; see `exocast recommend --help`.

    Raises
    ------
    ExocastError
        If what is asked for cannot be read, or no train runs.
    """
    from exocast.face.progress import progress_bar
    from exocast.learn.candidates import source_names
    from exocast.learn.recommend import recommend_isolation
    from exocast.learn.wishes import read_scale, read_subject, read_wishes
    from exocast.report.filing import file_result

    read_subject(what)
    if not source:
        raise ExocastError(
            "--source: name what the vesicles come from, or a Design with a donor. Sources: "
            + ", ".join(source_names())
        )
    wishes = read_wishes(purity, wanted)
    volume = read_scale(scale) if scale else None
    place = place_for(out, f"recommend-{slug(Path(source).stem)}", KIND, replace=replace)
    console, started = terminal(), time.perf_counter()
    with progress_bar(console) as show:
        found = recommend_isolation(
            source,
            wishes=wishes,
            scale=volume,
            hours=hours,
            members=parse_members(members),
            seed=seed,
            progress=show,
        )
    seconds = time.perf_counter() - started
    given = [("--source", source), *(("--purity", one) for one in purity)]
    given += [("--yield", one) for one in wanted]
    given += [("--scale", scale), ("--hours", f"{hours:g}" if hours else "")]
    given += [("--members", members), ("--seed", str(seed))]
    options = [part for option, text in given if text for part in (option, text)]
    command = shlex.join(["exocast", "recommend", what, *options])
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
    from exocast.report.recommending import finding_of, measure_sentence, reasons
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
    for label, words in reasons(record["trains"][0]):
        say(console, label, words)
    say(console, "Measure", measure_sentence(record))
    for one in record["left_out"]:
        say(console, "Left out", f"{one['title']}: {one['why']}")


def _table(record: Record, width: int, top: int) -> Table:
    """Return the trains in order."""
    from exocast.report.recommending import TITLES
    from exocast.report.words import amount, duration, interval, percent

    purity = record["purity"]
    keys = [purity, *(key for key in TITLES if key not in ("recovery", "vesicles", purity))]
    keys = keys if width >= WIDE else keys[:1]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("train", overflow="fold")
    for head in ("recovery", *(["90 %"] if width >= WIDE else []), *(TITLES[key] for key in keys),
                 "time", "hands-on"):  # fmt: skip
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column("asked", overflow="fold")
    for number, one in enumerate(record["trains"][:top], start=1):
        figures = one["figures"]
        ranges = [interval(figures["recovery"]["uncertainty"])] if width >= WIDE else []
        shown = [
            (percent if key == "share_of_particles" else amount)(figures[key]["median"])
            for key in keys
        ]
        missed = [met["text"].partition(" >=")[0] for met in one["met"] if not met["met"]]
        missed = [text.partition(" <=")[0] for text in missed]
        missed += ["scale"] if one["scale_limits"] else []
        verdict = f"short of {', '.join(missed)}" if missed else "met" if one["met"] else ""
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
