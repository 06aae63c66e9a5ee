"""The page of the Python face: every public name."""

from __future__ import annotations

import inspect

import exocast

PARTS = (
    ("The answer", "exocast.face.forecast.Answer"),
    ("The cascade", "exocast.face.forecast.Cascade"),
    ("The limiting step", "exocast.face.forecast.LimitingStep"),
    ("Figures", "exocast.face.figures.Figures"),
    ("One figure", "exocast.face.plotting.Plot"),
    ("Your animals", "exocast.face.readings.Observed"),
    ("One dose under every label", "exocast.face.labelled.Labels"),
    ("Amounts over time", "exocast.material.amount.Amount"),
)
"""What the public things give in turn."""


def page() -> str:
    """Return the page of the public names, for mkdocstrings to fill."""
    lines = [
        "# The Python face",
        "",
        "```text\nimport exocast\n```",
        "",
        (
            "Public is what stands in `exocast.__all__`; everything else may change. Verbs come "
            "first, then what they take and give. [Two notebooks](../notebooks/index.md) use most "
            "of it."
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
            "      inherited_members: true",
            "",
        ]
    for title, name in PARTS:
        lines += [f"## {title}", "", f"::: {name}", "    options:"]
        lines += ["      inherited_members: [to_frame, sentence]", ""]
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
