"""The page of the Design: every table and what it holds."""

from __future__ import annotations

from exocast.design.building import TABLES
from exocast.design.explaining import SettingDescription, describe_table
from exocast.design.vocabulary import Vocabulary
from exocast.instruments.readers import READERS
from exocast.material.document import QUANTITIES
from exocast.stages.biodistribution import ROUTES
from generator.writing import between, plain, prose, sections, table


def page() -> str:
    """Return the page of the Design."""
    names = Vocabulary.packaged()
    lines = [
        "# The Design",
        "",
        (
            "A Design is one TOML file: a question, a subject, steps from top to bottom, a "
            "regimen, "
            "models, hypotheses "
            'and what was observed. Quantities carry their unit (`"48 h"`, `"400 V/cm"`). A '
            "setting "
            "that is left out "
            "takes a default, and `exocast check` and the report list it."
        ),
        "",
        "The settings of a step are on the page of its [method](../methods/index.md).",
        "",
    ]
    for name in TABLES:
        described = describe_table(name)
        lines += [f"## `[{name}]`", "", prose(sections(described.doc)[""]), ""]
        lines += [table(("setting", "default", "bounds", "what it is"), _rows(described.settings))]
    lines += ["## Names", ""]
    rows = [
        ("quantity of the question", ", ".join(f"`{one}`" for one in QUANTITIES)),
        ("stages", ", ".join(f"`{one}`" for one in names.stages)),
        ("routes", ", ".join(f"[`{one}`](../methods/biodistribution/{one}.md)" for one in ROUTES)),
        ("cargoes", ", ".join(f"`{one}`" for one in names.cargoes)),
        (
            "hypotheses",
            "; ".join(
                f"`{family}`: " + ", ".join(f"`{one}`" for one in options)
                for family, options in names.hypotheses().items()
            ),
        ),
        (
            "instrument files",
            "; ".join(f"`{key}`, {plain(reader.title)}" for key, reader in READERS.items()),
        ),
    ]
    lines += [table(("what", "names"), rows)]
    return "\n".join(lines)


def _rows(settings: tuple[SettingDescription, ...], prefix: str = "") -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for one in settings:
        given = "required" if one.required else plain(one.default) or "none"
        bounds = ", ".join(f"`{name}`" for name in one.choices) or between(one.low, one.high)
        rows.append((f"`{prefix}{one.name}`", given, bounds, prose(one.doc)))
        rows += _rows(one.rows, f"{prefix}{one.name}.")
    return rows
