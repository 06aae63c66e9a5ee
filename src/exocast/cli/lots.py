"""`exocast lots`: what varies between lots, the next one, and whether a change matters."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from exocast.cli.console import say, say_written, terminal
from exocast.cli.files import place_for
from exocast.cli.run import slug

__all__ = ["compare", "print_lots"]

Record = Mapping[str, Any]
KIND = "lots"


def compare(
    file: Path, spec: Sequence[str], margin: Sequence[str], repeats: int,
    forecast: Sequence[str], seed: int, out: Path | None, *, replace: bool,
) -> None:  # fmt: skip
    """Compare lots; see `exocast lots --help`.

    Raises
    ------
    ExocastError
        If the table has mistakes, or what is asked cannot be read.
    """
    from exocast.learn.lots import compare_lots
    from exocast.report.filing import file_result

    place = place_for(out, f"lots-{slug(file.stem)}", KIND, replace=replace)
    found = compare_lots(
        file, spec=spec, margin=margin, repeats=repeats, forecast=forecast, seed=seed
    )
    given = [("--spec", one) for one in spec] + [("--margin", one) for one in margin]
    given += [("--forecast", one) for one in forecast]
    given += [("--repeats", str(repeats) if repeats else ""), ("--seed", str(seed))]
    options = [part for option, text in given if text for part in (option, text)]
    command = shlex.join(["exocast", "lots", str(file), *options])
    file_result(found, place, replace=replace, command=command)
    console = terminal()
    print_lots(console, found.record, f"seed {seed}")
    say_written(console, place)


def print_lots(console: Console, record: Record, when: str) -> None:
    """Print what a table of lots tells.

    Parameters
    ----------
    console : Console
        Where it is printed.
    record : mapping
        Of the result.
    when : str
        When it was made, or by which seed.
    """
    from exocast.report.lotting import findings

    held = record["file"]
    console.print(
        f"[bold]exocast {record['version']}[/]   {held['name']}, {held['rows']} readings   {when}",
        soft_wrap=True,
    )
    for one in record["quantities"]:
        console.print()
        for label, words in findings(one):
            say(console, label, words)
        for words in one["cannot"]:
            say(console, "But", words)
    if record["all"]:
        from exocast.report.words import percent

        least, most = (percent(record["all"][end]) for end in ("least", "most"))
        console.print()
        say(console, "All", f"every limit at once: between {least} and {most}")
    for words in record["notes"]:
        say(console, "Note", words)
