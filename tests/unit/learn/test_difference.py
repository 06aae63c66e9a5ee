"""What two Designs say differently: meaning counts, not spelling."""

from __future__ import annotations

import pytest

from exocast.design import Design
from exocast.learn.difference import Difference, differences, written_settings


@pytest.fixture(scope="module")
def design() -> Design:
    return Design.read("kras-sirna-tumour")


def found(base: Design, other: Design) -> list[Difference]:
    return differences(written_settings(base), written_settings(other))


def test_a_design_says_what_it_says(design: Design) -> None:
    assert found(design, design) == []
    assert found(design, Design.from_text(design.to_toml(), design.folder)) == []


def test_a_default_that_is_written_out_is_no_difference(design: Design) -> None:
    complete = Design.from_text(design.to_toml(complete=True), design.folder)
    assert found(design, complete) == []
    assert found(complete, design) == []


def test_another_unit_is_no_difference(design: Design) -> None:
    same = design.with_settings({"storage.frozen.duration": "336 h", "run.seed": 9})
    assert found(design, same) == []


def test_each_setting_that_differs_is_named(design: Design) -> None:
    other = design.with_settings({"storage.frozen.duration": "20 d", "regimen.times": ["0 h"]})
    assert found(design, other) == [
        Difference("storage.frozen.duration", "14 d", "20 d"),
        Difference("regimen.times", "0 h, 48 h, 96 h", "0 h"),
    ]


def test_a_step_that_is_missing_is_one_line(design: Design) -> None:
    start = design.text.index('[[step]]\nstage       = "storage"')
    end = design.text.index("# ---- in the body")
    fresh = Design.from_text(design.text[:start] + design.text[end:], design.folder)
    assert found(design, fresh) == [Difference("storage.frozen", "in use", "")]
    assert found(fresh, design) == [Difference("storage.frozen", "", "in use")]


def test_the_order_of_steps_counts() -> None:
    base = {"a.b.stage": "a", "c.d.stage": "c"}
    assert differences(base, dict(reversed(base.items()))) == [
        Difference("order of the steps", "a.b, c.d", "c.d, a.b")
    ]
