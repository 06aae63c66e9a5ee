"""A bar where somebody watches, and nowhere else."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

import exocast
from exocast.face.progress import progress_bar, watched


def test_without_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with watched(True) as show:
        assert show is None
    with watched(False) as show:
        assert show is None
    assert capsys.readouterr() == ("", "")


def test_a_callable_takes_the_place_of_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    # What comes after the members shows no progress.
    monkeypatch.setattr("exocast.learn.with_drivers", lambda forecast, _: forecast)
    seen: list[tuple[int, int]] = []
    design = exocast.template("labelled-biodistribution")
    exocast.run(design, members=(2, 1), progress=lambda done, total, _: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]


def test_a_terminal_shows_a_bar_that_is_gone_afterwards() -> None:
    console = Console(force_terminal=True, width=120, file=io.StringIO())
    with progress_bar(console) as show:
        show(3, 12, "fusion is rare")
    assert isinstance(console.file, io.StringIO)
    assert "12" in console.file.getvalue()


def test_a_notebook_shows_a_bar_without_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("IPython")
    from IPython import display as displays

    updates: list[str] = []
    handle = SimpleNamespace(update=lambda html: updates.append(html.data))
    monkeypatch.setattr(displays, "display", lambda *_, **__: handle)
    shell: Any = SimpleNamespace(kernel=object())
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: shell)
    monkeypatch.setattr("exocast.face.progress.PAUSE", 0.0)
    with watched(True) as show:
        assert show is not None
        show(3, 12, "a < b")
    assert 'value="3" max="12"' in updates[0]
    assert "a &lt; b" in updates[0]
    assert updates[-1] == ""
