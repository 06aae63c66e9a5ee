"""What a sweep says below its table."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from exocast.cli.sweep import _print_closing


def said(medians: list[float]) -> str:
    points: list[dict[str, Any]] = [
        {
            "texts": [f"{number} V"],
            "flags": [],
            "by_hypothesis": [{"median": median, "phrase": "", "orders_short": None}],
        }
        for number, median in enumerate(medians)
    ]
    record = {"points": points, "contested": [], "answer": {"title": "a", "unit": "copy"}}
    file = io.StringIO()
    _print_closing(Console(file=file, width=200), record, range(1))
    return file.getvalue()


@pytest.mark.parametrize("medians", [[2.0, 2.0, 2.0], [2.0, 2.0 * (1 + 1e-7)], [0.0, 0.0]])
def test_a_setting_that_moves_nothing_has_no_best_point(medians: list[float]) -> None:
    text = said(medians)
    assert "The same" in text
    assert "at every point" in text
    assert "Largest" not in text


@pytest.mark.parametrize("medians", [[1.0, 2.0, 1.5], [0.0, 1e-12]])
def test_one_that_moves_it_has(medians: list[float]) -> None:
    assert "Largest" in said(medians)
    assert "at 1 V" in said(medians)


def test_one_point_is_no_comparison() -> None:
    assert "at 0 V" in said([3.0])
