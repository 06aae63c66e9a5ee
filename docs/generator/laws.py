"""Which laws a method evaluates, and the page of every law."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType

import exocast.laws
from generator.writing import capital, prose, sections

LAWS = "exocast.laws."


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


def used_by(cls: type) -> list[FunctionType]:
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
    return list(found.values())


WRITTEN_OUT = {
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
    "biodistribution.tag": {"label_kinetics": ("tag_course", "plasma_signal", "organ_signal")},
}
"""Methods that write their laws into the network as expressions: what their tests hold them to."""


def written_out(key: str) -> list[FunctionType]:
    """Return the laws that a method writes out as expressions."""
    return [
        getattr(modules()[module], name)
        for module, names in WRITTEN_OUT.get(key, {}).items()
        for name in names
    ]


@cache
def _imports(name: str) -> list[tuple[str, list[str]]]:
    path = importlib.import_module(name).__file__
    tree = ast.parse(Path(str(path)).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return [(node.module or "", [alias.name for alias in node.names]) for node in nodes]


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def address(law: FunctionType) -> str:
    """Return the page and anchor of a law, from the root of the documentation."""
    return f"reference/laws/{law.__module__.removeprefix(LAWS)}.md#{law.__module__}.{law.__name__}"


def first_line(law: FunctionType) -> str:
    """Return what a law gives, without the verb."""
    first = " ".join((inspect.getdoc(law) or "").split("\n\n")[0].split())
    return capital(first.removeprefix("Return ").rstrip("."))


def equation(law: FunctionType, up: str) -> str:
    """Return a law as one entry: what it gives, its equation and validity, where it comes from."""
    parts = sections(inspect.getdoc(law) or "")
    lines = [f"[`{law.__name__}`]({up}{address(law)})", f":   **{prose(first_line(law))}.**"]
    for title in ("Notes", "References"):
        text = prose(parts.get(title, ""), links=title == "References")
        if text and title == "References":
            text = "*After* " + text.replace("\n\n", "; ")
        if text:
            lines += ["", *("    " + line if line else "" for line in text.splitlines())]
    return "\n".join(lines) + "\n"


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
