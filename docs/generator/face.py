"""The page of the Python face: every public name."""

from __future__ import annotations

import inspect

import exocast


def page() -> str:
    """Return the page of the public names, for mkdocstrings to fill."""
    lines = [
        "# The Python face",
        "",
        "```text\nimport exocast\n```",
        "",
        (
            "Public is what stands in `exocast.__all__`; everything else may change. Verbs come "
            "first, then the two "
            "things they take and give."
        ),
        "",
    ]
    public = {name: getattr(exocast, name) for name in exocast.__all__ if not name.startswith("__")}
    for name, held in sorted(public.items(), key=lambda item: (inspect.isclass(item[1]), item[0])):
        lines += [
            f"::: {held.__module__}.{held.__qualname__}",
            "    options:",
            f"      heading: exocast.{name}",
            "      show_root_toc_entry: true",
            "",
        ]
    lines += ["## Amounts over time", "", "::: exocast.material.amount.Amount", ""]
    lines += [
        "## Errors",
        "",
        "::: exocast.errors",
        "    options:",
        "      show_root_heading: false",
        "      show_root_toc_entry: false",
        "",
    ]
    return "\n".join(lines)
