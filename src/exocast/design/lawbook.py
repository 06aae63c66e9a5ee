"""The laws that a method rests on, read from the docstrings that hold their equations."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType

from exocast.design.docstrings import Field, equations_in, fields_in, sections, symbols_in
from exocast.material.step import Step, settings_of

__all__ = ["LAWS", "Law", "Symbol", "evaluated_by", "laws_of", "own_law", "read_law", "written_by"]

LAWS = "exocast.laws."
_RETURNED = re.compile(r"returned(?:\[(\d)\])?(?:, (.*))?")

WRITTEN_OUT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "response.gene_silencing": {
        "silencing": (
            "half_silencing_risc",
            "largest_depth",
            "occupancy_scale",
            "cell_derivatives",
            "loaded_after_burst",
        ),
        "copies_per_cell": ("equivalent_events", "mean_occupancy", "share_of_cells_above"),
    },
    "response.tumour_growth": {"tumour_growth": ("relative_growth", "division_rate")},
    "biodistribution.whole_body": {"phagocyte_load": ("opsonised_share",)},
    "biodistribution.tag": {"label_kinetics": ("tag_course", "plasma_signal", "organ_signal")},
}
"""Methods that write their laws into the network as expressions: what their tests hold them to."""


@dataclass(frozen=True, slots=True)
class Symbol:
    """One symbol of an equation.

    Attributes
    ----------
    latex : str
        As it is set.
    name : str
        The argument, result (``returned[0]``), parameter or setting that it stands for; empty where
        it is none of these and `words` say all.
    words : str
        What it is.
    unit : str
        Its unit; empty where none is said.
    key : str
        Key of the parameter of a method that it stands for, or empty.
    """

    latex: str
    name: str
    words: str
    unit: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Law:
    """An equation with its symbols, where it holds and where it comes from.

    Attributes
    ----------
    name : str
        Its address: ``electroporation.induced_voltage``, or ``stage.method`` for the balance that
        a method writes itself.
    gives : str
        What it gives, without a full stop.
    equations : tuple of str
        As LaTeX.
    symbols : tuple of Symbol
        In the order of the docstring.
    validity, source : str
        Notes and References of its docstring.
    """

    name: str
    gives: str
    equations: tuple[str, ...]
    symbols: tuple[Symbol, ...]
    validity: str
    source: str


@cache
def read_law(law: FunctionType) -> Law:
    """Return a law as its docstring has it."""
    doc = inspect.getdoc(law) or ""
    parts = sections(doc)
    fields = {one.name: one for one in fields_in(parts.get("Parameters", ""))}
    results = _results(parts)
    symbols = []
    for latex, words in symbols_in(parts):
        returned = _RETURNED.fullmatch(words)
        if returned:
            field = results[min(int(returned[1] or 0), len(results) - 1)]
            name = f"returned[{returned[1] or 0}]"
            symbols.append(Symbol(latex, name, returned[2] or _given(parts[""]), field.unit))
        elif words in fields:
            symbols.append(Symbol(latex, words, fields[words].doc, fields[words].unit))
        else:
            one = _in_words(latex, words)
            name = one.words if one.words in inspect.signature(law).parameters else ""
            told = one.words.replace("_", " ") if name else one.words
            symbols.append(Symbol(latex, name, told, one.unit))
    name = f"{law.__module__.removeprefix(LAWS)}.{law.__name__}"
    return Law(
        name=name,
        gives=_given(parts[""]),
        equations=equations_in(parts),
        symbols=tuple(symbols),
        validity=parts.get("Notes", ""),
        source=parts.get("References", ""),
    )


@cache
def own_law(cls: type[Step]) -> Law:
    """Return what a method computes itself, from the docstring of its class."""
    parts = sections(inspect.getdoc(cls) or "")
    for base in cls.__mro__:  # A route or a label may take its equations from the class it extends.
        shared = sections(inspect.getdoc(base) or "")
        if "Equation" in shared:
            parts |= {name: shared[name] for name in ("Equation", "Symbols")}
            break
    declared = {one.key.rpartition(".")[2]: one for one in reversed(cls.parameters)}
    settings = settings_of(cls)
    symbols = []
    for latex, words in symbols_in(parts):
        if words in declared:
            one = declared[words]
            symbols.append(Symbol(latex, words, one.doc, one.unit, one.key))
        elif words in settings:
            held = settings[words]
            symbols.append(Symbol(latex, words, held.doc, held.unit))
        else:
            symbols.append(_in_words(latex, words))
    return Law(
        name=f"{cls.stage}.{cls.method}",
        gives=" ".join(parts[""].split("\n\n")[0].split()).rstrip("."),
        equations=equations_in(parts),
        symbols=tuple(symbols),
        validity="",
        source=parts.get("References", ""),
    )


def laws_of(cls: type[Step]) -> tuple[Law, ...]:
    """Return the equations of a method: its own first, then those of the laws it rests on."""
    functions = dict.fromkeys((*written_by(f"{cls.stage}.{cls.method}"), *evaluated_by(cls)))
    found = [own_law(cls), *(read_law(law) for law in functions)]
    return tuple(law for law in found if law.equations)


@cache
def evaluated_by(cls: type[Step]) -> tuple[FunctionType, ...]:
    """Return the laws that a class evaluates, by itself or through modules of its stage."""
    room = ".".join(cls.__module__.split(".")[:3])
    found: dict[str, FunctionType] = {}
    seen: set[str] = set()
    queue = [cls.__module__]
    while queue:
        name = queue.pop(0)
        if name in seen:
            continue
        seen.add(name)
        for module, names in _imports(name):
            if module.startswith(LAWS):
                source = importlib.import_module(module)
                held = [getattr(source, one) for one in names]
                found |= {
                    f"{module}.{one.__name__}": one for one in held if inspect.isfunction(one)
                }
            elif module.startswith(room):
                queue += [module] if module != room else []
                queue += [f"{module}.{one}" for one in names if _is_module(f"{module}.{one}")]
    return tuple(found.values())


def written_by(key: str) -> tuple[FunctionType, ...]:
    """Return the laws that a method writes out as expressions."""
    return tuple(
        getattr(importlib.import_module(LAWS + module), name)
        for module, names in WRITTEN_OUT.get(key, {}).items()
        for name in names
    )


@cache
def _imports(name: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    path = importlib.import_module(name).__file__
    tree = ast.parse(Path(str(path)).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return tuple((node.module or "", tuple(alias.name for alias in node.names)) for node in nodes)


@cache
def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _results(parts: dict[str, str]) -> list[Field]:
    """Return what a law returns; without a section of its own, the summary says the unit."""
    found = fields_in(parts.get("Returns", ""))
    if found:
        return found
    units = re.findall(r"\[([^\]]*)\]", parts[""].split("\n\n")[0])
    return [Field("", units[-1] if units else "", "")]


def _given(text: str) -> str:
    """Return what a law gives, without the verb, without the unit."""
    first = " ".join(text.split("\n\n", maxsplit=1)[0].split()).rstrip(".")
    first = re.sub(r"(, in)? \[[^\]]*\]", "", first.removeprefix("Return "))
    first = re.sub(r", array( \([^)]*\))?$", "", first)
    return first[:1].upper() + first[1:]


def _in_words(latex: str, words: str) -> Symbol:
    found = re.fullmatch(r"(.*?) \[([^\]]*)\]", words)
    return Symbol(latex, "", found[1], found[2]) if found else Symbol(latex, "", words)
