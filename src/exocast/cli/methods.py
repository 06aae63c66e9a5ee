"""`exocast methods`: what can stand in a Design."""

from __future__ import annotations

from rich.table import Table

from exocast.cli.console import terminal
from exocast.errors import DesignError, Problem, nearest

__all__ = ["list_methods"]


def list_methods(stage: str) -> None:
    """List the methods of every stage, or one stage's methods with their settings.

    The routes, which a Design names in its regimen, stand with the body that they lead into.
    """
    from exocast.design import method_names
    from exocast.design.explaining import MethodDescription, describe
    from exocast.design.vocabulary import Vocabulary
    from exocast.stages import STAGES

    if stage and stage not in STAGES:
        raise DesignError(stage, [Problem(f"no stage `{stage}`. {nearest(stage, STAGES)}")])
    console = terminal()
    table = Table("stage", "method", "what it is", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in [stage] if stage else STAGES:
        routes = Vocabulary.packaged().routes() if name == "biodistribution" else {}
        for method in (*method_names(name), *routes):
            described = describe(f"{name}.{method}")
            assert isinstance(described, MethodDescription)
            badge = " [yellow](speculative)[/]" if described.speculative else ""
            firsts = {method_names(name)[0]: name, next(iter(routes), ""): "  by route"}
            table.add_row(firsts.get(method, ""), method, described.summary + badge)
            for setting in described.settings if stage else ():
                given = "required" if setting.required else setting.default or "none"
                table.add_row("", f"  {setting.name}", f"{setting.doc} [dim]{given}[/]")
    console.print(table)
    console.print("\n[dim]speculative: rests on values that nobody has read for it[/]")
    console.print("[dim]exocast explain STAGE.METHOD shows settings, values and sources[/]")
