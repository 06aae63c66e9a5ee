"""`exocast methods`: what can stand in a Design."""

from __future__ import annotations

from rich.table import Table

from exocast.cli.console import terminal
from exocast.errors import DesignError, Problem, nearest

__all__ = ["list_methods"]


def list_methods(stage: str) -> None:
    """List the methods of every stage, or one stage's methods with their settings."""
    from exocast.design import describe_method, method_names
    from exocast.stages import STAGES

    if stage and stage not in STAGES:
        raise DesignError(stage, [Problem(f"no stage `{stage}`. {nearest(stage, STAGES)}")])
    console = terminal()
    table = Table("stage", "method", "what it is", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in [stage] if stage else STAGES:
        for index, method in enumerate(method_names(name)):
            described = describe_method(name, method)
            badge = " [yellow](speculative)[/]" if described.speculative else ""
            table.add_row("" if index else name, method, described.summary + badge)
            for setting in described.settings if stage else ():
                given = "required" if setting.required else setting.default or "none"
                table.add_row("", f"  {setting.name}", f"{setting.doc} [dim]{given}[/]")
    console.print(table)
    console.print("\n[dim]exocast explain STAGE.METHOD shows settings, values and sources[/]")
