"""`exocast explain`: a method with its settings and values, or a value with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from exocast.errors import EvidenceError, nearest
from exocast.evidence import Catalogue
from exocast.evidence.parameter import Value, format_context
from exocast.units import from_si

if TYPE_CHECKING:
    from exocast.design import MethodDescription
from exocast.cli.console import terminal

__all__ = ["complete_keys", "explain_key"]


def explain_key(key: str) -> None:
    """Explain ``stage.method``, ``stage.method.setting``, a table such as regimen, or a value.

    Raises
    ------
    EvidenceError
        If nothing has that name; the message offers the nearest.
    """
    from exocast.design import describe_method, describe_table, method_names
    from exocast.design.building import EXPLAINED
    from exocast.stages import STAGES

    console = terminal()
    catalogue = Catalogue.packaged()
    if key in EXPLAINED:
        _print_method(console, describe_table(key))
        return
    if key in catalogue.values:
        _print_values(console, key, catalogue)
        return
    stage, _, rest = key.partition(".")
    method = rest.split(".")[0]
    if stage in STAGES and method in method_names(stage):
        _print_method(console, describe_method(stage, method, catalogue=catalogue))
        return
    known = [*EXPLAINED, *catalogue.values]
    known += [f"{name}.{method}" for name in STAGES for method in method_names(name)]
    raise EvidenceError(f"nothing is called `{key}`. {nearest(key, known)}")


def complete_keys(incomplete: str) -> list[str]:
    """Return tables, methods, their settings and values that begin so, for the shell."""
    from exocast.design import describe_method, method_names
    from exocast.design.building import EXPLAINED
    from exocast.stages import STAGES

    if "." not in incomplete:
        known = [*EXPLAINED, *(f"{stage}." for stage in (*STAGES, "cargo"))]
        return [name for name in known if name.startswith(incomplete)]
    stage = incomplete.partition(".")[0]
    known = [key for key in Catalogue.packaged().values if key.startswith(f"{stage}.")]
    for method in method_names(stage) if stage in STAGES else ():
        name = f"{stage}.{method}"
        known.append(name)
        known += [f"{name}.{one.name}" for one in describe_method(stage, method).settings]
    return sorted({name for name in known if name.startswith(incomplete)})


def _print_method(console: Console, described: MethodDescription) -> None:
    badge = "  (speculative: rests on assumed numbers)" if described.speculative else ""
    console.print(f"[bold]{described.name}[/]   {escape(described.title)}{badge}\n")
    console.print(described.doc, markup=False)
    settings = Table(
        "setting", "default", "bounds", "what it is", "source", title="Settings: you choose"
    )
    settings.box, settings.title_justify = None, "left"
    for setting in described.settings:
        given = "required" if setting.required else setting.default or "none"
        bounds = " … ".join(filter(None, (setting.low, setting.high)))
        choices = ", ".join(setting.choices)
        settings.add_row(setting.name, given, choices or bounds, setting.doc, setting.source)
        for row in setting.rows:
            inner = "required" if row.required else row.default or "none"
            limits = ", ".join(row.choices) or " … ".join(filter(None, (row.low, row.high)))
            settings.add_row(f"  .{row.name}", inner, limits, row.doc, row.source)
    console.print()
    console.print(settings)
    if described.parameters:
        console.print("\n[bold]Values: nature chooses[/]")
        for parameter in described.parameters:
            console.print(f"\n[bold]{parameter.key}[/]   {parameter.doc}")
            for value in parameter.values:
                console.print("  " + _line(value), markup=False, soft_wrap=True)


def _print_values(console: Console, key: str, catalogue: Catalogue) -> None:
    console.print(f"[bold]{key}[/]\n")
    for value in catalogue.values[key]:
        source = catalogue.sources[value.source]
        console.print(_line(value), markup=False, soft_wrap=True)
        console.print(
            f"    {source.kind}: {source.authors} {source.year}. {source.title} {source.address}",
            markup=False,
            soft_wrap=True,
        )
        console.print(
            f"    found at: {value.locator or 'nowhere'}; read: {value.read}; determined: "
            f"{value.method}",
            markup=False,
        )
        if value.note:
            console.print(f"    note: {value.note}", markup=False, soft_wrap=True)
        console.print()


def _line(value: Value) -> str:
    """Return a row in one line: amount, spread, context, hypothesis, standing, source."""
    unit = "" if value.unit == "1" else f" {value.unit}"
    numbers = [from_si(x, value.unit) for x in (value.value, value.low, value.high)]
    text = f"{numbers[0]:.4g}"
    if value.low != value.high:
        text += f" ({numbers[1]:.3g} … {numbers[2]:.3g})"
    text += unit
    if value.variability:
        text += f", varies {value.variability:.0%} between subjects"
    words = [text, format_context(value.context), value.hypothesis, value.standing, value.source]
    if value.hypothesis and value.preferred:
        words.insert(3, "preferred")
    return "   ".join(filter(None, words))
