"""Every command and every line of Python in the documentation runs, page by page."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest
from tests.docs.reading import DOCS, MEMBERS, blocks, written

from exocast.cli import main

LONG = {"change-and-repeat.md", "compare.md", "decide.md", "observed.md", "share.md"}
"""Pages with runs of their own, whose verbs other tests try as well."""


def _runnable() -> list[object]:
    """Return the pages with examples; the long ones marked."""
    held = [path for path in written() if blocks(path, "console", "python")]
    return [
        pytest.param(
            path,
            id=str(path.relative_to(DOCS)),
            marks=[pytest.mark.long] if path.name in LONG else [],
        )
        for path in held
    ]


@pytest.mark.parametrize("path", _runnable())
def test_the_examples_of_a_page_run(path, tmp_path, monkeypatch, capsys, small):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": str(path.relative_to(DOCS))}  # a page is read on
    for block in blocks(path, "console", "python"):
        where = f"{path.relative_to(DOCS)}:{block.line}"
        if block.language == "python":
            exec(compile(block.text, where, "exec"), names)
            continue
        for line in block.text.splitlines():
            if line.startswith("$ "):
                _typed(line.removeprefix("$ "), where, monkeypatch)
    capsys.readouterr()


def _typed(command: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run one command as it was typed, with few members."""
    program, *words = shlex.split(command, comments=True)
    assert program == "exocast", f"{where}: only exocast is run here, not {program}"
    if words[0] in {"run", "compare", "sweep"} and "--members" not in words:
        words += ["--members", "{}x{}".format(*MEMBERS)]
    monkeypatch.setattr(sys, "argv", [program, *words])
    code = None
    try:
        main()
    except SystemExit as end:
        code = end.code
    assert not code, f"{where}: `{command}` ended with {code}"


@pytest.mark.parametrize("path", written(), ids=lambda path: str(path.relative_to(DOCS)))
def test_every_toml_of_a_page_is_toml(path):
    import tomllib

    for block in blocks(path, "toml"):
        tomllib.loads(block.text)


def test_commands_are_in_blocks_that_are_run():
    """A command that looks typed but stands in another block would never be tried."""
    loose = []
    for path in written():
        held = blocks(path, "bash", "sh", "shell", "pycon", "")
        loose += [f"{path.name}:{block.line}" for block in held]
    assert not loose


def test_every_test_that_is_named_is_there():
    named = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
    missing = []
    for path in written():
        for file, test in named.findall(path.read_text(encoding="utf-8")):
            source = DOCS.parent / file
            if not source.is_file() or f"def {test}(" not in source.read_text(encoding="utf-8"):
                missing.append(f"{path.name}: {file}::{test}")
    assert not missing


def test_every_physics_decision_has_its_place():
    text = (DOCS / "science" / "decisions.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^### (\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, 25))


def test_no_page_is_left_out_of_the_navigation():
    listed = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    left_out = []
    for path in written():
        name = path.relative_to(DOCS).as_posix()
        folder = Path(name).parent.as_posix()
        if f"- {name}" not in listed and f": {name}" not in listed and f"{folder}/*" not in listed:
            left_out.append(name)
    assert not left_out
