"""`exocast shelf-life`: how long a stored product meets its specification, and what ends it."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import parse_members, parse_settings, slug

__all__ = ["find_shelf_life", "print_shelf_life"]

Record = Mapping[str, Any]
KIND = "shelf life"


def find_shelf_life(
    design: str, spec: Sequence[str], at: Sequence[str], until: str, settings: list[str],
    members: str, seed: int | None, out: Path | None, *, replace: bool,
) -> None:  # fmt: skip
    """Find a shelf life; see `exocast shelf-life --help`.

    Raises
    ------
    ExocastError
        If a limit cannot be read, or nothing is stored.
    """
    from exocast.design import Design
    from exocast.learn.shelf_life import shelf_life
    from exocast.report.filing import file_result

    console, axes = terminal(), parse_members(members)
    document = Design.read(design).with_settings(parse_settings(settings))
    name = f"{slug(Path(document.name).stem)}-shelf-life"
    place = place_for(out, name, KIND, replace=replace)
    started = time.perf_counter()
    found = shelf_life(document, spec, at=at, horizon=until, members=axes, seed=seed)
    seconds = time.perf_counter() - started
    given = [("--spec", one) for one in spec] + [("--at", one) for one in at]
    given += [("--until", until)] + [("--set", one) for one in settings]
    given += [("--members", members)] if members else []
    given += [("--seed", str(seed))] if seed is not None else []
    options = [part for pair in given for part in pair]
    command = shlex.join(["exocast", "shelf-life", design, *options])
    file_result(found, place, replace=replace, command=command)
    print_shelf_life(console, found.record, f"{seconds:.1f} s")
    say_written(console, place)


def print_shelf_life(console: Console, record: Record, when: str) -> None:
    """Print a shelf life.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the result.
    when : str
        How long it took, or when it was made.
    """
    from exocast.learn.shelf_life import duration_text

    size = record["members"]
    console.print(
        f"[bold]exocast {record['version']}[/]   {record['title']}   "
        f"{size['uncertainty']} x {size['variability']} members   {when}",
        soft_wrap=True,
    )
    console.print(f"within: {', '.join(record['spec'])}\n", soft_wrap=True)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("stored", "5 % leave by", "half", "95 %", "what ends it"):
        table.add_column(head)
    for way in record["ways"]:
        ends = [
            "none" if way["quantiles"][q] == 0 else
            duration_text(way["quantiles"][q], way["looked_until"])
            for q in ("5", "50", "95")
        ]  # fmt: skip
        why = way["ends"][0] if way["ends"] else None
        words = (
            f"{why['limit']}: {why['cause']} ({why['share'] * 100:.0f} %)" if why else "nothing yet"
        )
        table.add_row(way["name"], ends[0], f"[bold]{ends[1]}[/]", ends[2], words)
    console.print(table)
    console.print()
    outside = [way for way in record["ways"] if way["at_release"] < 0.95]
    for way in outside:
        share = f"{100 - way['at_release'] * 100:.0f} %"
        say(console, "But", f"{way['name']}: {share} of members are outside when opened at once")
