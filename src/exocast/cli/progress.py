"""The bar that says how far a run is, and how long it will take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

if TYPE_CHECKING:
    from exocast.design.run import Progress as Shows

__all__ = ["progress_bar"]

WIDE = 110
"""Columns from which the bar is long."""


@contextmanager
def progress_bar(console: Console) -> Iterator[Shows]:
    """Show a bar that is gone when the run is over.

    Parameters
    ----------
    console : Console
        Where it is shown.

    Yields
    ------
    callable
        Takes members done, members in all, and what is being run.
    """
    columns = (
        TextColumn("simulating ", table_column=Column(no_wrap=True)),
        BarColumn(bar_width=30 if console.width >= WIDE else 12),
        MofNCompleteColumn(separator=" of ", table_column=Column(no_wrap=True)),
        TimeElapsedColumn(table_column=Column(no_wrap=True)),
        TextColumn("[dim]remaining", table_column=Column(no_wrap=True)),
        TimeRemainingColumn(table_column=Column(no_wrap=True)),
        TextColumn(
            "{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1)
        ),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: int, total: int, words: str) -> None:
            bar.update(task, completed=done, total=total, description=words)

        yield show
