"""The template with a ligand: what it changes is said, and bare vesicles are bare."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.run import Run, run

QUICK = {"run.classes": {"small_ev": 1}, "run.horizon": "2 d"}


@pytest.fixture(scope="module")
def finished() -> Run:
    return run(Design.read("targeted-vesicles").with_settings(QUICK), members=(2, 1), threads=2)


def test_every_variant_runs_and_says_what_it_changes(finished: Run) -> None:
    said = {
        name: [flag.message for flag in one.flags if "biodistribution" in flag.where]
        for name, (one, *_) in finished.branches.items()
    }
    assert set(said) == {"", "no ligand", "RVG", "magnet"}
    assert any("multiplies what arrives by" in message for message in said[""])
    assert any("vessel walls of brain" in message for message in said["RVG"])
    assert any("the magnet holds" in message for message in said["magnet"])
    assert not any("receptor" in message for message in said["no ligand"])


def test_without_a_copy_it_is_the_design_without_the_step(finished: Run) -> None:
    design = Design.read("targeted-vesicles").with_settings(QUICK)
    text, steps = design.text, design.text.split("[[step]]")
    for step in steps:
        if 'stage      = "surface_engineering"' in step or 'stage    = "surface' in step:
            text = text.replace("[[step]]" + step, "" if "# ---- in the body" not in step else
                                step[step.index("# ---- in the body"):])  # fmt: skip
    bare = Design.from_text(text.partition("[[variant]]")[0] + text[text.index("[run]") :])
    plain = run(bare.with_settings(QUICK), members=(2, 1), threads=2).base[0]
    zero = finished.branches["no ligand"][0]
    assert zero.course.names == plain.course.names
    np.testing.assert_array_equal(zero.course.amount, plain.course.amount)
