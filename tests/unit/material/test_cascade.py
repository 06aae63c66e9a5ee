"""Rivals that differ are told apart, however little arrives."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.material.cascade import Cascade, CascadeRow, Rival


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e-18])
def test_rivals_are_told_apart_however_little_arrives(scale: float) -> None:
    values = np.array([1.0, 2.0, 0.0, np.nan]) * scale
    rivals = (Rival({"family": "a"}, "a"), Rival({"family": "b"}, "b"))
    rows = tuple(
        CascadeRow(name, name, "cell", "copy/cell", (values, factor * values))
        for name, factor in (("alike", 1.001), ("apart", 3.0))
    )
    cascade = Cascade(rows, rivals, uncertainty=2)
    assert not cascade.is_contested(cascade.row("alike"))
    assert cascade.is_contested(cascade.row("apart"))
