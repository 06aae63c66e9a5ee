"""The bar that says how far a run is, and how long it will take: in a terminal or a notebook."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from exocast.design.run import Progress

__all__ = ["notebook_bar", "progress_bar", "watched"]

WIDE = 110
"""Columns from which the bar is long."""

PAUSE = 0.1
"""Seconds between two updates of a notebook's bar."""


@contextmanager
def watched(progress: Progress | bool) -> Iterator[Progress | None]:
    """Show a bar where somebody watches: in a notebook, or on a terminal.

    Parameters
    ----------
    progress : callable or bool
        What shows progress instead; or whether to show any.

    Yields
    ------
    callable or None
        Takes members done, members in all, and what is being run.
    """
    if callable(progress):
        yield progress
    elif progress and _in_notebook():
        with notebook_bar() as show:
            yield show
    elif progress and sys.stderr.isatty():
        from rich.console import Console

        with progress_bar(Console(stderr=True)) as show:
            yield show
    else:
        yield None


@contextmanager
def progress_bar(console: Console) -> Iterator[Progress]:
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
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column

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


@contextmanager
def notebook_bar() -> Iterator[Progress]:
    """Show a bar under a cell, gone when the run is over.

    Rich draws in a notebook only with ipywidgets; this needs nothing that a kernel lacks.

    Yields
    ------
    callable
        As `progress_bar`.
    """
    shown: Any = import_module("IPython.display")  # there in every kernel, and no need of ours
    handle = shown.display(shown.HTML(""), display_id=True)
    started = last = time.perf_counter()

    def show(done: int, total: int, words: str) -> None:
        nonlocal last
        now = time.perf_counter()
        if handle is None or (now - last < PAUSE and done < total):
            return
        last = now
        left = (now - started) * (total - done) / done if done else None
        handle.update(shown.HTML(_bar(done, total, words, left)))

    try:
        yield show
    finally:
        if handle is not None:
            handle.update(shown.HTML(""))


def _bar(done: int, total: int, words: str, left: float | None) -> str:
    """Return the bar as HTML.

    Examples
    --------
    >>> _bar(12, 48, "fusion is rare", 3.2)
    '<progress value="12" max="48"></progress> simulating 12 of 48, 3 s remaining · fusion is rare'
    """
    remaining = "" if left is None else f", {left:.0f} s remaining"
    told = f" · {escape(words)}" if words else ""
    return (
        f'<progress value="{done}" max="{total}"></progress> '
        f"simulating {done} of {total}{remaining}{told}"
    )


def _in_notebook() -> bool:
    """Return whether the code runs in a kernel; IPython is not loaded to find out."""
    held: Any = sys.modules.get("IPython")
    shell = held.get_ipython() if held is not None else None
    return getattr(shell, "kernel", None) is not None
