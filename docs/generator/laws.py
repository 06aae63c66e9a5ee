"""Which laws a method evaluates, and the page of every law."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from html import escape
from types import FunctionType, ModuleType

import exocast.laws
from exocast.design.lawbook import LAWS, Law
from exocast.design.typesetting import mathml
from generator.writing import anchor, capital, prose


@cache
def modules() -> dict[str, ModuleType]:
    """Return every module of laws by its short name."""
    names = sorted(found.name for found in pkgutil.iter_modules(exocast.laws.__path__))
    return {name: importlib.import_module(LAWS + name) for name in names}


def functions(module: ModuleType) -> Iterator[FunctionType]:
    """Yield the public functions of a module, in its order."""
    held = [getattr(module, name) for name in module.__all__]
    here = [one for one in held if inspect.isfunction(one)]
    yield from sorted(here, key=lambda one: one.__code__.co_firstlineno)


def first_line(law: FunctionType) -> str:
    """Return what a law gives, without the verb."""
    first = " ".join((inspect.getdoc(law) or "").split("\n\n")[0].split())
    return capital(first.removeprefix("Return ").rstrip("."))


def equation(law: Law, up: str) -> str:
    """Return a law as one entry: what it gives, its equation, where it holds and comes from."""
    module, _, name = law.name.partition(".")
    address = f"reference/laws/{module}.md#{LAWS}{law.name}"
    lines = [f"[`{name}`]({up}{address})", f":   **{prose(law.gives)}.**", "", f"    {shown(law)}"]
    for title, text in (("", law.validity), ("*After* ", law.source)):
        words = prose(text, links=bool(title))
        if words:
            words = title + (words.replace("\n\n", "; ") if title else words)
            lines += ["", *("    " + line if line else "" for line in words.splitlines())]
    return "\n".join(lines) + "\n"


def shown(law: Law) -> str:
    """Return the equations of a law with their symbols, as one line of HTML."""
    set_out = "".join(f"<div>{mathml(one, block=True)}</div>" for one in law.equations)
    return f'<div class="equation">{set_out}{symbols(law)}</div>'


def symbols(law: Law) -> str:
    """Return what the symbols of a law stand for, with their units, as a table."""
    rows = []
    for one in law.symbols:
        words = escape(one.words.rstrip(".").replace("`", "").replace("_", " "))
        words += f' <a href="#{anchor(one.key)}">value</a>' if one.key else ""
        unit = re.sub(r"\^(-?\d)", r"<sup>\1</sup>", escape(one.unit.replace("*", "·")))
        cells = (str(mathml(one.latex)), words, "" if unit == "1" else unit)
        rows.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<table>{''.join(rows)}</table>" if rows else ""


def page(name: str) -> str:
    """Return the page of one module of laws, for mkdocstrings to fill."""
    title = name.replace("_", " ").capitalize()
    return (
        f"# {title}\n\n"
        f"::: {LAWS}{name}\n    options:\n      show_root_heading: false\n"
        "      show_root_toc_entry: false\n"
    )


def pages() -> dict[str, str]:
    """Return every page of laws, with their index."""
    made = {f"reference/laws/{name}.md": page(name) for name in modules()}
    lines = [
        "# Laws",
        "",
        (
            "Pure array functions, one physics a file, SI units in and out. Each says its "
            "equation, "
            "where "
            "it holds and where it comes from; each has an example that the tests run. Methods "
            "call "
            "them; "
            "they know nothing of steps, names or units."
        ),
        "",
    ]
    for name, module in modules().items():
        summary = prose((module.__doc__ or "").split("\n\n")[0])
        lines += [f"## [{name.replace('_', ' ').capitalize()}]({name}.md)", "", summary, ""]
        lines += [
            f"- [`{law.__name__}`]({name}.md#{law.__module__}.{law.__name__}): "
            f"{prose(first_line(law))}"
            for law in functions(module)
        ]
        lines.append("")
    made["reference/laws/index.md"] = "\n".join(lines)
    return made
