"""`exocast check`: mistakes and defaults of a Design, without running it."""

from __future__ import annotations

from rich.table import Table

from exocast.cli.console import terminal
from exocast.cli.run import parse_settings

__all__ = ["check_design"]


def check_design(design: str, settings: list[str]) -> None:
    """Check a design and list what it leaves open."""
    from exocast.design import Design
    from exocast.report.words import counted

    console = terminal()
    document = Design.read(design).with_settings(parse_settings(settings))
    document.check()
    plan = document.plan()
    steps = len(plan.preparation)
    sizes = plan.run.members
    members = f"{sizes.uncertainty} x {sizes.variability} members"
    console.print(
        f"{document.title}: no problem found; {steps} preparation steps, "
        f"{counted(len(document.variants), 'variant')}, {members}",
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False)
    for title in ("you left open", "default", "source"):
        table.add_column(title, overflow="fold")
    for default in plan.defaults:
        table.add_row(default.path, default.text, default.source or "convention")
    if plan.defaults:
        console.print(table)
