"""`exocast rerun`: check an archive, run it again, and say whether the numbers are the same."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from exocast._version import __version__
from exocast.cli.console import terminal
from exocast.face.progress import progress_bar
from exocast.units.numbers import amount

if TYPE_CHECKING:
    from exocast.design.archive import Archive
    from exocast.design.repeating import Change, Repeat

__all__ = ["rerun_archive"]

MOST = 10
"""Differing values or numbers that are shown."""


def rerun_archive(path: Path, out: Path | None, threads: int) -> None:
    """Check, run and compare; exit code 1 where the numbers differ.

    Parameters
    ----------
    path : Path
        The archive.
    out : Path or None
        Where the new forecast is saved; nothing is written when left out.
    threads : int
        Worker threads; 0 takes every core.

    Raises
    ------
    ExocastError
        If it is no archive of exocast, or was changed after it was packed.
    """
    from exocast.design.unpacking import read_archive
    from exocast.face import check_folder, rerun

    archive = read_archive(path)
    if out is not None:
        check_folder(out, replace=False)
    console = terminal()
    _print_head(console, archive)
    with progress_bar(console) as show:
        again = rerun(archive, folder=out, threads=threads or os.cpu_count() or 1, progress=show)
    _print_verdict(console, again)
    if out is not None:
        console.print(f"Wrote {out}/")
    if not again.same:
        raise typer.Exit(1)


def _print_head(console: Console, archive: Archive) -> None:
    """Print what the archive is, and what is not as it was when it was made."""
    from exocast.design.repeating import row_changes, version_changes
    from exocast.evidence import Catalogue

    origin, settings = archive.record["provenance"], archive.settings
    files = len(archive.manifest["files"])
    console.print(f"[bold]exocast {__version__}[/]   {archive.record['title']}", soft_wrap=True)
    console.print(
        f"archive     {archive.name}   {files} files, each as it was packed   digest "
        f"{archive.digest[:16]}",
        soft_wrap=True,
    )
    console.print(
        f"made        {origin['created']} with exocast {origin['exocast']}   seed "
        f"{settings.seed}   {settings.members[0]} x {settings.members[1]} members",
        soft_wrap=True,
    )
    catalogue = Catalogue.packaged()
    versions = version_changes(origin, catalogue)
    for change in versions:
        console.print(
            f"[yellow]differs[/]     {change.what}: {change.then} then, {change.now} now",
            soft_wrap=True,
        )
    values = archive.record["values"]
    with TemporaryDirectory() as folder:
        now = archive.unpack(Path(folder)).evidence()
    changed = row_changes(values, now)
    if changed:
        console.print(f"[yellow]changed[/]     {len(changed)} of {len(values)} values used:")
        _print_changes(console, changed)
    elif any(change.what == "catalogue digest" for change in versions):
        console.print(f"            none of the {len(values)} values used has changed")


def _print_changes(console: Console, changes: Sequence[Change]) -> None:
    table = Table("what", "then", "now", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for change in changes[:MOST]:
        table.add_row(change.what, change.then, change.now)
    console.print(table)
    if len(changes) > MOST:
        console.print(f"and {len(changes) - MOST} more")


def _print_verdict(console: Console, again: Repeat) -> None:
    """Say whether the numbers are the same, and where they are not."""
    count = again.compared
    if again.identical and not again.differences:
        console.print(f"[bold]Same[/]        {count} numbers, and every member to the last bit")
    elif not again.differences:
        console.print(f"[bold]Same[/]        {count} numbers; members differ by rounding alone")
    elif again.same:
        console.print(
            f"[bold]Same[/]        {count} numbers within the tolerance of the solver "
            f"({amount(again.rtol)}): {len(again.differences)} differ, by "
            f"{amount(again.largest)} at most. Another machine or build rounds otherwise.",
            soft_wrap=True,
        )
    else:
        words = f"{len(again.differences)} of {count} numbers"
        console.print(f"[bold]Different[/]   {words}; the largest relative differences:")
        table = Table("number", "packed", "again", "relative", box=None, pad_edge=False)
        for one in again.differences[:MOST]:
            table.add_row(one.where, _number(one.then), _number(one.now), amount(one.relative))
        console.print(table)
        if again.reasons:
            console.print("\nWhat is not as it was, beside what is said above:")
            _print_changes(console, again.reasons)
        else:
            console.print(
                "\nThe network and the values used are as they were: the laws that turn values "
                "into rates, or the packages, have changed."
            )


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"
