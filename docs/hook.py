"""What MkDocs calls while it builds the site: it adds the generated pages and their navigation."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
sys.path.insert(0, str(DOCS))

from generator import (  # noqa: E402 - found beside this file
    claims,
    commands,
    document,
    evidence,
    face,
    laws,
    methods,
    notebooks,
    outputs,
    species,
)

GENERATED: dict[str, str | bytes] = {}


def on_config(config: Any) -> Any:
    """Make the pages, and put them where mkdocs.yml says ``folder/*``."""
    GENERATED.clear()
    for made in (methods.pages(), laws.pages(), evidence.pages(), species.pages()):
        GENERATED.update(made)
    GENERATED.update(notebooks.pages())
    GENERATED["evidence/claims.md"] = claims.page()
    GENERATED["reference/design.md"] = document.page()
    GENERATED["reference/python.md"] = face.page()
    GENERATED["reference/command-line.md"] = commands.page()
    GENERATED["contributing.md"] = _from_the_root("CONTRIBUTING.md")
    GENERATED["changelog.md"] = _from_the_root("CHANGELOG.md")
    config.nav = _filled(config.nav)
    return config


def on_files(files: Any, config: Any, **_: Any) -> Any:
    """Add the generated pages and pictures."""
    from mkdocs.structure.files import File

    for path, content in GENERATED.items():
        files.append(File.generated(config, path, content=content))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Fill in the counts that the catalogue gives, and what the examples print."""
    markdown = markdown.replace("{{ standing }}", evidence.counts_table())
    markdown = markdown.replace("{{ guides }}", _guides())
    markdown = outputs.filled(markdown)
    return markdown.replace("{{ families }}", evidence.hypotheses_count().capitalize())


def _guides() -> str:
    """Return the list of how-to guides, by their titles."""
    paths = [path for path in sorted((DOCS / "how-to").glob("*.md")) if path.name != "index.md"]
    titles = {
        path.name: path.read_text(encoding="utf-8").split("# ", 1)[1].splitlines()[0]
        for path in paths
    }
    return "\n".join(f"- [{title}]({name})" for name, title in titles.items())


def _from_the_root(name: str) -> str:
    """Return a page of the repository's root; links to files become plain words."""
    import re

    text = (DOCS.parent / name).read_text(encoding="utf-8")
    return re.sub(r"\[([^\]]+)\]\((?!https?://|#)[^)]+\)", r"\1", text)


def _filled(nav: list[Any]) -> list[Any]:
    """Return the navigation with every ``folder/*`` replaced by the pages of that folder."""
    filled: list[Any] = []
    for entry in nav:
        if isinstance(entry, dict):
            ((title, inner),) = entry.items()
            filled.append({title: _filled(inner) if isinstance(inner, list) else inner})
        elif entry == "methods/**":
            filled += [{methods.STAGE_WORDS[stage][0]: _pages_in(f"methods/{stage}", set(), [])}
                       for stage in methods.STAGES]  # fmt: skip
        elif isinstance(entry, str) and entry.endswith("/*"):
            filled += _pages_in(entry[:-2], {one for one in nav if isinstance(one, str)}, nav)
        else:
            filled.append(entry)
    return filled


def _pages_in(folder: str, named: set[str], nav: list[Any]) -> list[str]:
    """Return the pages of a folder that the navigation does not name itself."""
    named = named | {
        path
        for one in nav
        if isinstance(one, dict)
        for path in one.values()
        if isinstance(path, str)
    }
    written = [f"{folder}/{path.name}" for path in sorted((DOCS / folder).glob("*.md"))]
    made = [
        path for path in GENERATED if path.endswith(".md") and path.rpartition("/")[0] == folder
    ]
    return [
        path for path in (*written, *made) if path not in named and not path.endswith("index.md")
    ]
