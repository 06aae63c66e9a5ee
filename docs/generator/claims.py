"""The page of what the review claims, and what the catalogue's rows make of it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exocast.evidence.catalogue import Catalogue
from exocast.qualify.claims import VERDICTS, claim_records
from generator.writing import anchor, capital, plain, table


def page() -> str:
    """Return the page of the claims."""
    records = claim_records(Catalogue.packaged())
    count = Counter(one["verdict"] for one in records)
    lines = [
        "# Claims of the review",
        "",
        (
            "What the review that this project started from claims, in our own words, each held "
            "against rows, tests and what was read. Nobody writes a verdict: a test votes by where "
            "its range lies against a threshold, evidence votes as whoever read it says. *Needs a "
            "forecast* is decided run by run: `exocast claims FOLDER`."
        ),
        "",
        table(
            ("verdict", "claims"), ((name, str(count[name])) for name in VERDICTS if count[name])
        ),
    ]
    for verdict in VERDICTS:
        held = [one for one in records if one["verdict"] == verdict]
        if held:
            lines += [f"## {capital(verdict)}", ""]
        for one in held:
            lines += [
                f'### {plain(one["claim"])} {{ data-toc-label="{one["key"].replace("_", " ")}" }}',
                "",
                f"`{one['key']}`",
                "",
            ]
            lines += _tested(one["test"])
            lines += [_line(item) for item in one["evidence"]]
            if one["rows"]:
                keys = (f"[`{row['key']}`]({_page(row['key'])})" for row in one["rows"])
                lines.append("- **rows**: " + ", ".join(keys))
            if one["limits"]:
                lines.append(f"- **limits**: {plain(one['limits'])}")
            lines.append("")
    return "\n".join(lines)


def _page(key: str) -> str:
    return f"values/{key.split('.', maxsplit=1)[0]}.md#{anchor(key)}"


def _tested(test: dict[str, Any] | None) -> list[str]:
    """Return what a test measures, and what it found where it needs no forecast."""
    if not test:
        return []
    unit = "" if test["unit"] == "1" else f" {test['unit']}"
    said = f"- **test**, {test['vote'] or 'in a forecast'}: {plain(test['words'])}"
    for one in test["ranges"]:
        when = f"{one['phrase']}: " if one["phrase"] else ""
        said += f"; {when}{one['median']:.2g} ({one['low']:.2g} … {one['high']:.2g}){unit}"
    return [f"{said}; holds {test['holds']} {test['threshold']:g}{unit}: {plain(test['reason'])}"]


def _line(item: dict[str, str]) -> str:
    where = ", ".join(filter(None, (item.get("cited", ""), item.get("locator", ""))))
    return f"- **{item['says']}**: {plain(item['what'])} ({plain(where)}; read: {item['read']})"
