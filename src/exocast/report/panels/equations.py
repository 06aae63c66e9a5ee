"""Panel of the equations: of every step in order, with this run's values, then of the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from markupsafe import Markup

from exocast.design.typesetting import in_a_line, mathml
from exocast.material.forecast import Forecast
from exocast.report.algebra import LETTERS, Names, lines, listing
from exocast.report.blocks import Block, Folded, Html, Panel, Text
from exocast.report.panels.rows import anchor
from exocast.report.words import capital, counted, joined, named, quantity
from exocast.units import to_si

__all__ = ["FILE", "equations_text", "panel", "write_equations"]

Record = Mapping[str, Any]
FILE = "equations.txt"
"""Every equation as plain text, beside the report."""

_UNIT = re.compile(r"\^(-?\d)")
_RAISE = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

GROUPS = ("Blood", "Organs", "The tumour and its cells", "One cell, and the response",
          "Totals", "What rides the vesicles")  # fmt: skip
FOLDED = frozenset(GROUPS[-2:])


def panel(forecast: Forecast) -> Panel:
    """Return the panel."""
    record = forecast.record.get("equations")
    if not record:
        finding = "This forecast was saved before equations were kept; run it again to see them."
        return Panel("equations", "Equations", "Equations", finding, ())
    known = {value["identity"] for value in forecast.record["values"]}
    blocks: list[Block] = [
        Text(
            "Read from the docstrings of the laws that were evaluated, in the order in which they "
            "were. Beside a symbol stands what it was with every value at its median: from … to, "
            "where it differs between sizes, organs or spins. A link leads to the row in the table "
            "of values.",
            "note",
        )
    ]
    for number, step in enumerate(record["steps"], start=1):
        blocks += _step(number, step, known)
    network = record.get("network")
    if network:
        blocks += _network(network)
    return Panel("equations", "Equations", "Equations", _finding(record), tuple(blocks))


def _finding(record: Record) -> str:
    laws = {law["name"] for step in record["steps"] for law in step["laws"]}
    words = f"{counted(len(record['steps']), 'step')} evaluate {counted(len(laws), 'law')}"
    network = record.get("network")
    if network:
        words += (
            f"; body, cell and response are one system of {counted(network['states'], 'state')}, "
            f"whose balances are {counted(len(network['patterns']), 'pattern')}"
        )
    return f"{words}."


def _step(number: int, step: Record, known: set[str]) -> Iterator[Block]:
    """Yield the equations of one step: its own, then those of the laws it rests on, folded."""
    title = f"{number}. {capital(step['title'])}"
    if step["step"] != step["method"].partition(".")[2]:
        title += f", {named(step['step'])}"
    yield Html(Markup(f"<h3>{escape(title)} <small>{escape(step['method'])}</small></h3>"))
    own = [law for law in step["laws"] if law["name"] == step["method"]]
    others = [law for law in step["laws"] if law["name"] != step["method"]]
    for law in own:
        yield Html(_law(law, known, titled=False))
    if others:
        summary = f"{counted(len(others), 'law')} that it rests on"
        yield Folded(summary, (Html(Markup("").join(_law(law, known) for law in others)),))


def _law(law: Record, known: set[str], *, titled: bool = True) -> Markup:
    """Return one law: what it gives, its equations, symbols, where it holds, where it is from."""
    parts = []
    if titled:
        told = " (written into the network)" if law.get("written_out") else ""
        name = law["name"].rpartition(".")[2]
        parts.append(f"<h4>{escape(law['gives'])}{told} <small>{escape(name)}</small></h4>")
    parts += [_set(latex) for latex in law["equations"]]
    parts.append(_symbols(law["symbols"], known))
    for label, text in (("Holds", law["validity"]), ("After", law["source"])):
        words = " ".join(str(text).replace("`", "").replace("*", "").split())
        if words and titled:
            parts.append(f'<p class="note"><b>{label}.</b> {escape(words)}</p>')
    return Markup(f'<div class="law">{"".join(parts)}</div>')


def _set(latex: str) -> str:
    """Return an equation on a line of its own; a long one is moved sideways, not cut."""
    return f'<div class="set">{mathml(latex, block=True)}</div>'


def _symbols(symbols: Sequence[Record], known: set[str]) -> str:
    rows = "".join(
        f"<tr><td>{mathml(one['latex'])}</td><td>{_meaning(one)}</td>"
        f"<td class='right'>{_value(one, known)}</td></tr>"
        for one in symbols
    )
    return f'<table class="symbols">{rows}</table>' if rows else ""


def _meaning(one: Record) -> str:
    words = str(one["words"]).rstrip(".").replace("`", "")
    words = words.replace("_", " ") if not one["name"] else words
    return escape(capital(words))


def _value(one: Record, known: set[str]) -> str:
    """Return what a symbol was in this run, with where it comes from."""
    unit = one["unit"]
    if one.get("low") is None:
        return escape(_UNIT.sub(lambda m: m[1].translate(_RAISE), unit)) if unit != "1" else ""
    shown = _range(one["low"], one["high"], unit)
    held = [name for name in one.get("identities", ()) if name in known]
    if held:
        more = f" <small>{len(held)} values</small>" if len(held) > 1 else ""
        return f'<a href="#{anchor(held[0])}">{shown}</a>{more}'
    return f"{shown} <small>set</small>" if one.get("setting") else shown


def _range(low: float, high: float, unit: str) -> str:
    # A rise in kelvin is no temperature; turns a minute are no SI.
    if unit == "K" or (unit and to_si(1.0, unit) != 1.0):
        ends = [f"{end:.4g} {unit}" for end in (low, high)]
    else:
        ends = [quantity(end, unit or "1") for end in (low, high)]
    return escape(ends[0] if ends[0] == ends[1] else " … ".join(ends))


def _network(network: Record) -> Iterator[Block]:
    """Yield the balances of the system, group by group, by pattern."""
    names, indices = Names(network), network["indices"]
    yield Html(Markup("<h3>Body, cell and response: one system</h3>"))
    kinds = dict.fromkeys(one.rpartition(".")[0] for one in indices["carriers"])
    told = {
        "o, p": ("an organ", ", ".join(map(named, indices["organs"]))),
        "i, j": ("a class of size",
                 f"{len(indices['carriers'])} of {joined(list(map(named, kinds)))}"),
        "r": ("what rides a vesicle", ", ".join(map(named, indices["riders"]))),
        "c, d": ("events by time of arrival", counted(len(indices["cohorts"]), "cohort")),
    }  # fmt: skip
    rows = "".join(
        f"<tr><td>{', '.join(str(mathml(x)) for x in letters.split(', '))}</td>"
        f"<td>{escape(what)}</td><td>{escape(which)}</td></tr>"
        for letters, (what, which) in told.items()
        if which and not which.startswith("0 ")
    )
    yield Text("States stand in bold, what a member draws or computes once stands upright; "
               "amounts in particles or copies, time in seconds.", "note")  # fmt: skip
    yield Html(Markup(f'<table class="symbols">{rows}</table>'))
    grouped: dict[str, list[Record]] = {title: [] for title in GROUPS}
    for pattern in network["patterns"]:
        if pattern["terms"]:
            grouped[_group(pattern, indices)].append(pattern)
    for title, held in grouped.items():
        block = Html(Markup("").join(_balance(one, names, indices) for one in held))
        if title in FOLDED and held:
            yield Folded(f"{title}: {counted(len(held), 'balance')}", (block,))
        elif held:
            yield Html(Markup(f"<h4>{escape(title)}</h4>"))
            yield block
    shared = Markup("").join(_definition(one, names, indices) for one in network["definitions"])
    if shared:
        count = counted(len(network["definitions"]), "expression")
        yield Folded(f"{count} that balances share", (Html(shared),))
    yield Folded("What the upright names were, at the medians", (Html(_parameters(network)),))
    yield Text(f"Each of them written out for every state: {FILE}, beside this page.", "note")


def _group(pattern: Record, indices: Record) -> str:
    """Return the part of the system that a balance belongs to."""
    name = str(pattern["name"])
    if "@" in name:
        return GROUPS[5]
    if re.match(r"(bare\.)?(venous|arterial|portal|blood)\b", name):
        return GROUPS[0]
    if re.match(r"cell\.|target\.|clock\b|in_risc\b", name):
        return GROUPS[3]
    found = {part for state in pattern["states"] for part in re.split(r"[.@]", state)}
    organs = found & set(indices["organs"])
    if organs == {"tumour"}:
        return GROUPS[2]
    return GROUPS[1] if organs or name.startswith("endothelium") else GROUPS[4]


def _balance(pattern: Record, names: Names, indices: Record) -> Markup:
    """Return one balance with the states that it holds for."""
    left = rf"\frac{{d}}{{dt}} {names.latex(pattern['name'])}"
    return _titled(left, pattern, names, indices)


def _definition(pattern: Record, names: Names, indices: Record) -> Markup:
    return _titled(names.latex(pattern["name"]), pattern, names, indices)


def _titled(left: str, pattern: Record, names: Names, indices: Record) -> Markup:
    told = "; ".join(filter(None, (_holds_for(pattern, indices), _sums_over(pattern, indices))))
    words = f"<p class='note'>{escape(told)}</p>" if told else ""
    return Markup(f'<div class="law">{_broken(left, pattern, names)}{words}</div>')


def _broken(left: str, pattern: Record, names: Names) -> str:
    """Return an equation, its later lines further in."""
    first, *others = lines(left, pattern["terms"], names)
    more = (f'<div class="set more">{mathml(one, block=True)}</div>' for one in others)
    return _set(first) + "".join(more)


def _holds_for(pattern: Record, indices: Record) -> str:
    """Return the organs, or the one cohort, that a balance holds for."""
    states, name = pattern["states"], pattern["name"]
    if "{c}" in name and len(states) == 1:
        return f"for c = {states[0].rpartition('.')[2]}"
    parts = {part for state in states for part in re.split(r"[.@]", state)}
    organs = [one for one in indices["organs"] if one in parts]
    if "{o}" not in name or organs == ["tumour"]:
        return ""
    return f"for o = {', '.join(map(named, organs))}"


def _sums_over(pattern: Record, indices: Record) -> str:
    """Return what its sums are over, where that is less than every value of an index."""
    told: dict[str, None] = {}
    for term in pattern["terms"]:
        for kind in dict.fromkeys(kind for values in term["over"] for kind, _ in values):
            held = {value for values in term["over"] for k, value in values if k == kind}
            shown = [named(one) for one in indices[f"{kind}s"] if one in held]
            if len(shown) < len(indices[f"{kind}s"]):
                told[f"{LETTERS[kind]} = {', '.join(shown)}"] = None
    return f"sum over {', then over '.join(told)}" if told else ""


def _parameters(network: Record) -> Markup:
    """Return the parameters of the network by pattern, with their range at the medians."""
    from exocast.design.balances import Indices

    indices = Indices(**{k: tuple(v) for k, v in network["indices"].items()})
    names = Names(network)
    held: dict[str, list[float]] = {}
    for name, value in network["parameters"].items():
        shape, _ = indices.split(name)
        for kind, letter in (("organ", "o"), ("carrier", "i"), ("cohort", "c"), ("rider", "r")):
            shape = shape.replace(f"{{{kind}}}", f"{{{letter}}}")
        held.setdefault(shape, []).append(value)
    rows = "".join(
        f"<tr><td>{mathml(names.latex(name))}</td><td class='right'>"
        f"{_range(min(values), max(values), '1')}</td></tr>"
        for name, values in held.items()
    )
    return Markup(
        f'<p class="note">In SI units; rates in 1/s.</p><table class="symbols">{rows}</table>'
    )


def write_equations(forecast: Forecast, folder: Path) -> None:
    """Write every equation as plain text into the folder of a forecast."""
    (folder / FILE).write_text(equations_text(forecast), encoding="utf-8")


def equations_text(forecast: Forecast) -> str:
    """Return every equation of a forecast as plain text, for the file beside the report."""
    record = forecast.record.get("equations") or {"steps": []}
    lines = [f"Equations of {forecast.record['title']}", ""]
    for number, step in enumerate(record["steps"], start=1):
        lines += [f"{number}. {step['title']} ({step['method']})", ""]
        for law in step["laws"]:
            lines.append(f"  {law['name']}: {law['gives']}")
            lines += [f"    {in_a_line(one)}" for one in law["equations"]]
            lines += [f"    {line}" for line in _symbol_lines(law["symbols"])]
            lines += [f"    After: {' '.join(law['source'].split())}"] if law["source"] else []
            lines.append("")
    if record.get("network"):
        lines += ["Every balance of body, cell and response", "", listing(record["network"])]
    return "\n".join(lines) + "\n"


def _symbol_lines(symbols: Iterable[Record]) -> Iterator[str]:
    for one in symbols:
        unit = f" [{one['unit']}]" if one["unit"] not in ("", "1") else ""
        value = ""
        if one.get("low") is not None:
            ends = dict.fromkeys(f"{one[end]:.6g}" for end in ("low", "high"))
            value = f" = {' … '.join(ends)}"
        keys = ", ".join(one.get("identities", ()))
        words = str(one["words"]).rstrip(".").replace("`", "")
        yield f"{in_a_line(one['latex'])}{value}{unit}: {words}{f' ({keys})' if keys else ''}"
