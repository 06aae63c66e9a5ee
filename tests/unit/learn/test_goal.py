"""Goals are read, or refused in one sentence."""

from __future__ import annotations

import pytest

from exocast.errors import ExocastError
from exocast.learn.goal import Goal, read_goal


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("answer >= 500 copies", Goal("answer", at_least=True, text="500 copies")),
        ("answer>=needed", Goal("answer", at_least=True, text="needed")),
        (" arrived <= 1e6 copies ", Goal("arrived", at_least=False, text="1e6 copies")),
        ("answer > 5", Goal("answer", at_least=True, text="5")),
        ("answer ≤ 5", Goal("answer", at_least=False, text="5")),
    ],
)
def test_a_goal_is_read(text: str, goal: Goal) -> None:
    assert read_goal(text) == goal


@pytest.mark.parametrize(
    "text", ["", "500 copies", "answer = 500", "answer >=", ">= 500", "a b >= 1"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ExocastError, match="answer >= 500 copies"):
        read_goal(text)
