"""The notebooks as pages: run with few members, their tables and figures put under their cells."""

from __future__ import annotations

import base64
import html
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import exocast

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
LIMIT = 600
"""Seconds that one cell may take."""

_PICTURE = re.compile(r'src="data:image/png;base64,([^"]+)"')
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def paths() -> list[Path]:
    """Return every notebook."""
    return sorted(NOTEBOOKS.glob("*.ipynb"))


def executed(path: Path, last: str = "") -> Any:
    """Return a notebook with the outputs of a fresh run.

    Parameters
    ----------
    path : Path
        The notebook; it is not changed.
    last : str
        A cell that is run after the others.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.read(path, as_version=4)
    if last:
        book.cells.append(nbformat.v4.new_code_cell(last))
    client = NotebookClient(
        book,
        timeout=LIMIT,
        resources={"metadata": {"path": str(path.parent)}},
        extra_arguments=["--log-level=ERROR"],
    )
    # The kernel starts in another folder, and is to find the same exocast.
    found = str(Path(exocast.__file__).parents[1])
    client.execute(env={**os.environ, "PYTHONPATH": found})
    return book


def pages() -> dict[str, str | bytes]:
    """Return a page for each notebook, and its pictures as files beside it."""
    made: dict[str, str | bytes] = {}
    for path in paths():
        made.update(page(path.stem, executed(path)))
    return made


def page(name: str, book: Any) -> dict[str, str | bytes]:
    """Return the page of a notebook that was run, and its pictures.

    Parameters
    ----------
    name : str
        Name of the notebook.
    book : NotebookNode
        With its outputs.
    """
    parts: list[str] = []
    pictures: dict[str, str | bytes] = {}
    for cell in book.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
            continue
        parts.append(f"```python\n{cell.source}\n```")
        for output in cell.outputs:
            written = _output(output)
            for number, held in enumerate(_PICTURE.findall(written), len(pictures) + 1):
                file = f"{name}-{number}.png"
                pictures[f"notebooks/{file}"] = base64.b64decode(held)
                written = _PICTURE.sub(f'src="{file}"', written, count=1)
            if written:
                parts.append(f'<div class="output">\n{written}\n</div>')
    parts.append(f"[The notebook itself]({name}.ipynb), without its outputs.")
    return {f"notebooks/{name}.md": "\n\n".join(parts) + "\n", **pictures}


def _output(output: Mapping[str, Any]) -> str:
    """Return one output as HTML: what a notebook would show of it."""
    if output["output_type"] == "stream":
        return _text(output["text"])
    data = output.get("data", {})
    # What xarray shows as HTML stands and falls with a style of its own; its text does not.
    if "text/html" in data and "xr-text-repr-fallback" not in data["text/html"]:
        return _lines(data["text/html"])
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{data["image/png"].strip()}">'
    return _text(data.get("text/plain", ""))


def _text(text: str) -> str:
    return f"<pre>{html.escape(_ESCAPES.sub('', text.rstrip()))}</pre>" if text.strip() else ""


def _lines(text: str) -> str:
    """Return HTML in the look of the site, without empty lines, which would end the block."""
    bare = re.sub(r"<style[^>]*>.*?</style>", "", text, flags=re.DOTALL)
    bare = re.sub(r'<table [^>]*class="dataframe"[^>]*>', "<table>", bare)
    bare = bare.replace('<tr style="text-align: right;">', "<tr>")
    return "\n".join(_kept(bare))


def _kept(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.strip():
            yield line.strip()
