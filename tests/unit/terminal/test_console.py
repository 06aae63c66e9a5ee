"""Long lines break between words and under their own words; a file gets them whole."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.cli.cascade import gained_by
from exocast.cli.console import Terminal, say

WORDS = "one batch is smaller than the regimen in most members: raise donor.cells"


def shown(width: int, *, tty: bool, label: str = "Flags", words: str = WORDS) -> list[str]:
    file = io.StringIO()
    say(Terminal(file=file, width=width, force_terminal=tty, no_color=True), label, words)
    return file.getvalue().rstrip("\n").split("\n")


def plain(line: str) -> str:
    return line.replace("\x1b[1m", "").replace("\x1b[0m", "").rstrip()


def test_a_line_goes_on_under_its_words() -> None:
    lines = [plain(line) for line in shown(40, tty=True)]
    assert lines[0] == "Flags    one batch is smaller than the"
    assert len(lines) > 1
    assert all(line.startswith(" " * 9) and line[9] != " " for line in lines[1:])
    assert " ".join(line[9:] for line in lines) == WORDS


def test_a_file_gets_the_line_whole() -> None:
    assert shown(40, tty=False) == [f"Flags    {WORDS}"]


@given(st.integers(30, 120), st.lists(st.text("abc", min_size=1, max_size=12), min_size=1))
def test_no_line_is_wider_than_the_terminal(width: int, words: list[str]) -> None:
    text = " ".join(words)
    lines = [plain(line) for line in shown(width, tty=True, words=text)]
    assert max(map(len, lines)) <= width
    assert " ".join(line[9:] for line in lines) == text


@pytest.mark.parametrize(
    ("gains", "expected"),
    [
        ([("a", 10.0), ("b", 1000.0)], "10× (5 – 20) if a, 1000× (500 – 2000) if b"),
        ([("a", 10.0), ("b", 10.0)], "10× (5 – 20), whatever the hypothesis"),
        ([("", 10.0)], "10× (5 – 20)"),
        ([], "no answer to compare"),
    ],
)
def test_a_gain_is_said_with_its_interval(gains: list[tuple[str, float]], expected: str) -> None:
    entries = [
        {"phrase": phrase, "times": gain, "uncertainty": [gain / 2, gain * 2]}
        for phrase, gain in gains
    ]
    assert gained_by(entries) == expected


def test_a_gain_that_is_no_number_says_why() -> None:
    nothing = {"phrase": "", "times": None, "uncertainty": [None, None]}
    assert gained_by([{**nothing, "equal": 1.0}]) == "none, as before"
    assert gained_by([{**nothing, "equal": 0.0, "from_nothing": 0.0}]) == "none is left"
    assert gained_by([{**nothing, "equal": 0.0, "from_nothing": 0.4}]) == "from nothing"
