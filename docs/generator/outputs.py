"""What the examples of a page print, from a real run while the site is built.

A block ``text output`` stands under the commands or the Python that print it, and is filled in
here. ``text output=Answer,Raise`` keeps the lines that begin so; ``text output=first`` keeps what
comes before the first empty line.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

MEMBERS = "20x8"
"""Members of the runs: enough for two digits, few enough for a build in minutes."""
WIDTH = 92
"""Columns of a block of code beside the contents of a page."""
INDENT = 9

_BLOCK = re.compile(r"^```(console|python|text output(?:=([\w,]+))?)[ \t]*\n(.*?)^```$",
                    re.MULTILINE | re.DOTALL)  # fmt: skip


def filled(page: str, members: str = MEMBERS) -> str:
    """Return a page with its outputs filled in; its examples run in a folder of their own.

    Parameters
    ----------
    page : str
        The page, in Markdown.
    members : str
        Members of every run that names none.

    Raises
    ------
    RuntimeError
        If an example fails, or prints nothing where an output is to stand.
    """
    if "```text output" not in page:
        return page
    import exocast

    found = str(Path(exocast.__file__).parents[1])
    with tempfile.TemporaryDirectory(prefix="exocast-docs-") as place:
        done = subprocess.run(
            [sys.executable, __file__, members],
            input=page,
            cwd=place,
            env={**os.environ, "PYTHONPATH": found},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"an example of the documentation failed:\n{done.stderr}")
    printed: Iterator[str] = iter(json.loads(done.stdout))
    return _BLOCK.sub(lambda block: _shown(block, printed), page)


def _shown(block: re.Match[str], printed: Iterator[str]) -> str:
    """Return a block as it stands on the page."""
    if not block[1].startswith("text"):
        return block[0]
    text = _chosen(next(printed), block[2] or "")
    if not text.strip():
        raise RuntimeError(f"nothing was printed for {block[0].splitlines()[0]}")
    return f"```text\n{text}\n```"


def _chosen(text: str, which: str) -> str:
    """Return the lines that are wanted, broken as in a terminal."""
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    if which == "first":
        lines = lines[: lines.index("")] if "" in lines else lines
    elif which:
        lines = [line for line in lines if line.startswith(tuple(which.split(",")))]
    wrapper = textwrap.TextWrapper(
        WIDTH, subsequent_indent=" " * INDENT, drop_whitespace=True, break_long_words=False
    )
    broken = [wrapper.wrap(line) if len(line) > WIDTH else [line] for line in lines]
    return "\n".join(part for parts in broken for part in parts)


def printed(page: str, members: str) -> list[str]:
    """Run the examples of a page in this folder and return what precedes each output block."""
    outputs: list[str] = []
    held, last = {"__name__": "page"}, ""
    for block in _BLOCK.finditer(page):
        if block[1].startswith("text"):
            outputs.append(last)
            continue
        buffer = io.StringIO()
        with contextlib.redirect_stdout(buffer):
            if block[1] == "python":
                exec(compile(block[3], "page", "exec"), held)  # noqa: S102 - our own pages
            else:
                _type(block[3], members)
        last = buffer.getvalue()
    return outputs


def _type(text: str, members: str) -> None:
    """Run the commands of a block as they were typed."""
    from exocast.cli import main

    for line in text.splitlines():
        if not line.startswith("$ "):
            continue
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words[1] in {"run", "compare", "sweep"} and "--members" not in words:
            words += ["--members", members]
        sys.argv = words
        try:
            main()
        except SystemExit as end:
            if end.code:
                raise RuntimeError(f"`{line}` ended with {end.code}") from None


if __name__ == "__main__":
    # Beside this file lie modules named like those of the standard library's users.
    sys.path = [path for path in sys.path if Path(path or ".").resolve() != Path(__file__).parent]
    sys.stdout.write(json.dumps(printed(sys.stdin.read(), sys.argv[1])))
