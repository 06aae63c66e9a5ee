"""Methods, settings and answers as `exocast explain` prints them: legible at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exocast.cli.drivers import INKS
from exocast.evidence import Catalogue, Source
from exocast.evidence.parameter import Value, format_context
from exocast.units import from_si, present

if TYPE_CHECKING:
    from exocast.design.explaining import (
        MethodDescription,
        ParameterDescription,
        SettingDescription,
        SettingExplained,
    )
    from exocast.design.lawbook import Law
    from exocast.learn.weighing import Case, Weighed

__all__ = ["line_of", "print_method", "print_setting", "print_weighed", "source_of", "wrapped"]

STANDS_FOR = {
    "read": "read in a source, for this context",
    "fitted": "fitted here to the experiments that its source names",
    "borrowed": "borrowed from another species, cell or cargo",
    "assumed": "assumed: nobody measured it, or nobody here read it",
}
MANY = 4
"""Rows of one value from which they are counted, not listed."""

SAME = 1.01
"""Ratio of two answers below which a value is said not to move them."""


def wrapped(
    console: Console, text: str, *, indent: int = 0, hang: int = 0, style: str = ""
) -> None:
    """Print a paragraph that breaks between words, under its own beginning."""
    words = Text(" ".join(text.split()), style=style)
    for place, line in enumerate(words.wrap(console, max(console.width - indent - hang, 20))):
        line.rstrip()
        lead = " " * (indent + (hang if place else 0))
        console.print(Text.assemble(lead, line), soft_wrap=True)


def print_method(
    console: Console,
    found: MethodDescription,
    catalogue: Catalogue,
    *,
    full: bool,
    influence: Mapping[str, float] | None = None,
) -> None:
    """Print a method or a table: what it does, settings, equations, evidence, applicability.

    Parameters
    ----------
    console : Console
        Where it is printed.
    found : MethodDescription
        What it is.
    catalogue : Catalogue
        Its sources.
    full : bool
        Every row, symbol and remark.
    influence : mapping of str to float, optional
        Key to the orders of magnitude by which its range moves the answer of a forecast.
    """
    console.print(f"[bold]{found.name}[/]   {escape(found.title)}")
    if found.speculative:
        console.print("[bold]speculative[/]: rests on assumed numbers")
    console.print()
    for paragraph in _prose(found.doc):
        wrapped(console, paragraph)
        console.print()
    if found.settings:
        _head(console, "Settings", "you choose")
        for setting in found.settings:
            _setting(console, setting, catalogue)
    if found.laws:
        _head(console, "Equations", "the laws it rests on" if full else "--full: every symbol")
        _laws(console, found, full=full)
    if found.parameters:
        _evidence(console, found.parameters, full=full, influence=influence)
    if found.flags:
        _head(console, "Applicability", "what it says where it no longer holds; … is a number")
        for text in found.flags:
            wrapped(console, f"- {text}", indent=1, hang=2)


def _head(console: Console, title: str, remark: str) -> None:
    console.print(f"\n[bold]{title}[/]  [dim]{remark}[/]")


def _prose(doc: str) -> list[str]:
    """Return the paragraphs of a docstring, without headings, arguments and examples."""
    from exocast.design.docstrings import sections

    parts = sections(doc)
    text = "\n\n".join(filter(None, (parts[""], parts.get("Notes", ""))))
    return [part.replace("``", "").replace("`", "") for part in text.split("\n\n") if part.strip()]


def _setting(
    console: Console, one: SettingDescription, catalogue: Catalogue, indent: int = 1
) -> None:
    """Print a setting: name, default and bounds, then what it is and who says so."""
    given = "required" if one.required else one.default or "none"
    bounds = " | ".join(one.choices) or " … ".join(filter(None, (one.low, one.high)))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=max(18 - indent, len(one.name)), no_wrap=True)
    table.add_column(width=16)
    table.add_column()
    table.add_row(Text(one.name, "bold"), given, bounds)
    console.print(Padding(table, (0, 0, 0, indent)))
    source = f" Default: {one.source}." if one.source in catalogue.sources else ""
    wrapped(console, one.doc + source, indent=indent + 2, style="dim")
    for row in one.rows:
        _setting(console, row, catalogue, indent + 3)


def print_setting(console: Console, found: SettingExplained, catalogue: Catalogue) -> None:
    """Print one setting in full."""
    one, owner = found.setting, found.owner
    console.print(f"[bold]{found.address}[/]   a setting of {owner.name}, {escape(owner.title)}")
    wrapped(console, one.doc)
    lines = [
        ("default", "required" if one.required else one.default or "none"),
        ("bounds", " … ".join(filter(None, (one.low, one.high)))),
        ("choices", "" if one.meanings else ", ".join(one.choices)),
        ("held in", "" if one.unit in ("", "1") else one.unit),
    ]
    source = catalogue.sources.get(one.source)
    lines.append(("source", f"{one.source}: {source_of(source)}" if source else "convention"))
    if one.moves:
        verb = {1: "raises", -1: "lowers", 0: "moves"}[one.direction]
        lines.append(("moves", f"turned up, it {verb} {one.moves.replace('_', ' ')}"))
    if one.fills:
        lines.append(("ceiling", f"what the {one.fills} holds; a Design with more is refused"))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=9)
    table.add_column(overflow="fold")
    for label, words in lines:
        if words:
            table.add_row(Text(label, "bold"), Text(words))
    console.print(table)
    for name, meaning in zip(one.choices, one.meanings, strict=False):
        console.print(f"\n [bold]{name}[/]")
        wrapped(console, meaning, indent=3, style="dim")
    for row in one.rows:
        _setting(console, row, catalogue)
    mentioned = [law for law in owner.laws if any(s.name == one.name for s in law.symbols)]
    if mentioned:
        _head(console, "Equations", "in which it stands")
        for law in mentioned:
            _law(console, law, full=False)
    if not one.rows:
        console.print(
            f"\n[dim]exocast sweep DESIGN --vary {found.address}=... : the answer over it[/]"
        )


def _laws(console: Console, found: MethodDescription, *, full: bool) -> None:
    for law in found.laws:
        own = law.name == found.name
        _law(console, law, full=full or own, titled=not own)


def _law(console: Console, law: Law, *, full: bool, titled: bool = True) -> None:
    """Print one law: what it gives, its equation, its symbols, where it holds, who found it."""
    from exocast.design.typesetting import in_a_line

    console.print()
    if titled:
        wrapped(console, f"{law.name}: {law.gives}", indent=1, hang=2, style="dim")
    for equation in law.equations:
        wrapped(console, in_a_line(equation), indent=3, hang=4, style="bold")
    if full:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, min_width=8)
        table.add_column(overflow="fold")
        for one in law.symbols:
            unit = f" [{one.unit}]" if one.unit not in ("", "1") else ""
            key = f" ({one.key})" if one.key else ""
            words = one.words.replace("`", "").replace("_", " ").rstrip(".")
            table.add_row(in_a_line(one.latex), Text(f"{words}{unit}{key}", style="dim"))
        console.print(Padding(table, (0, 0, 0, 5)))
        if law.validity:
            wrapped(console, law.validity.replace("`", ""), indent=5)
    if titled and law.source:
        wrapped(console, law.source.replace("`", ""), indent=5, style="dim")


def _evidence(
    console: Console,
    parameters: Sequence[ParameterDescription],
    *,
    full: bool,
    influence: Mapping[str, float] | None,
) -> None:
    """Print the rows behind a method: by influence on a forecast, or the best founded first."""
    rows = [(one.key, value) for one in parameters for value in one.values]
    held = {name: [one for one in rows if one[1].standing == name] for name in STANDS_FOR}
    counts = ", ".join(f"{len(found)} {name}" for name, found in held.items() if found)
    _head(console, "Evidence", f"nature chooses; {counts or 'no row yet'}")
    if influence is not None:
        rows.sort(key=lambda one: -influence.get(one[0], 0.0))
        _listed(console, rows, full=full, influence=influence)
        return
    for standing, found in held.items():
        if found:
            console.print(f"\n {INKS[standing]} {STANDS_FOR[standing]}")
            _listed(console, found, full=full)
    if not full:
        console.print("\n [dim]--full: every row; exocast explain KEY: a value, its rivals[/]")


def _listed(
    console: Console,
    rows: Iterable[tuple[str, Value]],
    *,
    full: bool,
    influence: Mapping[str, float] | None = None,
) -> None:
    """Print rows by key, with what the range of each moves where that is known."""
    from exocast.report.words import amount

    for key, group in groupby(rows, key=lambda one: one[0]):
        values = [value for _, value in group]
        moved = 10 ** (influence or {}).get(key, 0.0)
        told = ""
        if influence is not None:
            marks = "".join(dict.fromkeys(INKS[value.standing] for value in values))
            told = f"  {marks} " + (f"moves the answer {amount(moved)}×" if moved > SAME else "")
        if len(values) >= MANY and not full:
            wrapped(console, _counted(key, values) + told, indent=3, hang=2)
            continue
        console.print(Text.assemble("   ", (key, "bold"), told), soft_wrap=True)
        for value in values:
            _row(console, value)


def _row(console: Console, row: Value) -> None:
    """Print one row: amount, then source, locator and how it was read."""
    wrapped(console, line_of(row, standing=False), indent=5)
    place = f", {row.locator}" if row.locator else ""
    wrapped(console, f"{row.source}{place}; read: {row.read}", indent=7, style="dim")


def _counted(key: str, values: Sequence[Value]) -> str:
    """Return many rows of one value in one line."""
    names = sorted({name for value in values for name in value.context})
    ends = min(values, key=lambda v: v.value), max(values, key=lambda v: v.value)
    unit = values[0].unit
    span = " … ".join(f"{from_si(one.value, unit):.3g}" for one in ends)
    by = f" by {', '.join(names)}" if names else ""
    sources = len({value.source for value in values})
    return (
        f"{key}: {len(values)} rows{by}, {span}{'' if unit == '1' else f' {unit}'}, "
        f"{sources} source{'' if sources == 1 else 's'}"
    )


def line_of(value: Value, *, hypothesis: bool = True, standing: bool = True) -> str:
    """Return a row in one line: amount, spread, context, hypothesis, standing, source."""
    unit = "" if value.unit == "1" else f" {value.unit}"
    numbers = [from_si(x, value.unit) for x in (value.value, value.low, value.high)]
    text = f"{numbers[0]:.4g}"
    if value.low != value.high:
        text += f" ({numbers[1]:.3g} … {numbers[2]:.3g})"
    text += unit
    if value.variability:
        text += f", varies {value.variability:.0%} between subjects"
    words = [text, format_context(value.context)]
    if hypothesis and value.hypothesis:
        words += [value.hypothesis, "preferred" if value.preferred else ""]
    elif not value.preferred and not value.hypothesis:
        words.append("a rival, not taken")
    if standing:
        words.append(value.standing)
    return " · ".join(filter(None, words))


def source_of(source: Source) -> str:
    """Return a source in one line."""
    said = f"{source.kind}: {source.authors} {source.year or ''}. {source.title}"
    return " ".join(f"{said.rstrip('.')}. {source.address}".split())


def print_weighed(console: Console, weighed: Weighed, title: str) -> None:
    """Print the answer in each case, with orders of magnitude, and by how much it moves."""
    from exocast.report.words import counted

    if not weighed.cases:
        wrapped(console, f"{weighed.design} does not use it, or it is known exactly: no answer "
                "depends on it.", style="dim")  # fmt: skip
        return
    draws, subjects = weighed.members
    console.print(f"[bold]The answer under each[/]   {escape(weighed.design)}")
    counts = weighed.unit.replace("copy/cell", "copies per cell")
    wrapped(console, f"{title}: {counts}, {weighed.title}; {draws} x {subjects} members, the "
            "same in every case; median, 90 % of what is not known", style="dim")  # fmt: skip
    rivals = list(dict.fromkeys(case.rival for case in weighed.cases))
    contexts = list(dict.fromkeys(case.context for case in weighed.cases))
    for rival in rivals:
        held = [case for case in weighed.cases if case.rival == rival]
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(f"if {rival}" if rival else "set to", overflow="fold", max_width=34)
        turned = any(case.value is not None for case in held)
        if turned:
            table.add_column("value", justify="right", no_wrap=True)
        table.add_column("answer", justify="right", no_wrap=True)
        table.add_column("90 %", justify="right", no_wrap=True)
        table.add_column("against the need", no_wrap=True)
        for context, group in groupby(held, key=lambda case: case.context):
            if len(contexts) > 1:
                table.add_row(Text(context or "everywhere", "dim"))
            for case in group:
                table.add_row(*_case(case, weighed, turned=turned))
        console.print()
        console.print(table)
        wrapped(console, _moved(held), style="dim")
    if weighed.left_out:
        console.print(f"[dim]{counted(weighed.left_out, 'more context')} not turned[/]")


def _case(case: Case, weighed: Weighed, *, turned: bool) -> tuple[str, ...]:
    from exocast.report.words import amount, interval

    set_to = "" if case.value is None else _written(case.value, weighed.unit_of_value)
    low, high = case.answer.uncertainty
    return (
        f"  {case.label}",
        *((set_to,) if turned else ()),
        amount(case.answer.median),
        interval((low, high)),
        against(case.orders_short),
    )


def against(orders: float | None) -> str:
    """Return how far an answer is from what is needed, in a few letters.

    Examples
    --------
    >>> against(9.43), against(0.5), against(-2.0), against(None)
    ('short by 9.4 orders', 'short by 3.2×', 'enough, 100×', '')
    """
    from exocast.report.words import amount

    if orders is None:
        return ""
    if orders <= 0:
        return f"enough, {amount(10**-orders)}×"
    return f"short by {orders:.1f} orders" if orders >= 1 else f"short by {amount(10**orders)}×"


def _written(value: float, unit: str) -> str:
    """Return a value in the unit of its row."""
    number = f"{from_si(value, unit):.3g}"
    return number if unit == "1" else f"{number} {unit}" if len(unit) < 12 else present(value, unit)


def _moved(cases: Iterable[Case]) -> str:
    """Return by how much the answer moves over all that was tried."""
    import math

    from exocast.report.words import amount

    found = [case.answer.median for case in cases]
    some = [one for one in found if one > 0]
    if len(found) < 2:
        return ""
    if len(some) < len(found):
        return "in some of these cases nothing arrives" if some else "nothing arrives in any case"
    ratio = max(some) / min(some)
    if ratio < SAME:
        return "the answer does not move"
    orders = f", {math.log10(ratio):.1f} orders of magnitude" if ratio >= 10 else ""
    return f"the answer moves {amount(ratio)}×{orders}"
