"""Impossible trains are refused before anything is run; bad ideas are flags."""

from __future__ import annotations

import pytest

from exocast.design import Design
from exocast.errors import DesignError

HEAD = """
exocast = 1
[question]
quantity = "particles per batch"
[[step]]
stage = "donor"
{donor}
"""
CULTURE = (
    'method = "cell_culture"\ncell_type = "HEK293"\ncells = 2e8\nmedium = "200 mL"\n'
    'duration = "48 h"'
)
GINGER = 'method = "plant"\nplant = "ginger"\nmass = "100 g"'


def bench(*steps: str, donor: str = CULTURE) -> Design:
    text = HEAD.format(donor=donor)
    return Design.from_text(
        text + "".join(f'[[step]]\nstage = "isolation"\n{step}\n' for step in steps)
    )


GRADIENT = 'method = "density_gradient"'
COLUMN = 'method = "size_exclusion"\nbed = "10 mL"\nload = "{load}"'
BODY = """
[subject]
species = "mouse"
tumour = { cell = "PANC-1", volume = "200 mm^3" }
[regimen]
route = "intravenous_bolus"
dose = "1e10 particles"
[models]
body = "whole_body"
cell = "endocytosis_and_escape"
"""


def dosed(text: str) -> Design:
    asked = 'quantity = "particles taken up per target cell"\ntarget_cell = "PANC-1"'
    return Design.from_text(text.replace('quantity = "particles per batch"', asked) + BODY)


@pytest.mark.parametrize(
    ("design", "line", "told"),
    [
        (
            bench('method = "immunoaffinity"\nmarker = "cd9"', donor=GINGER),
            10,
            "no particle carries `cd9_copies`",
        ),
        (
            bench('method = "immunoaffinity"\nmarker = "CD63"'),
            12,
            "Did you mean `cd63`?",
        ),
        (bench(COLUMN.format(load="900 uL").replace("10 mL", "1 mL")), 12, "it parts nothing"),
        (
            bench(
                'method = "anion_exchange"\nbed = "1 mL"',
                donor='method = "body_fluid"\nfluid = "milk"\nvolume = "100 L"',
            ),
            10,
            "times what the wall takes",
        ),
        (
            bench(
                'method = "density_gradient"\ndensity_from = "1.35 g/cm^3"\n'
                'density_to = "1.39 g/cm^3"'
            ),
            12,
            "nothing is left after it",
        ),
    ],
    ids=["marker", "capitals", "column", "bed", "nothing"],
)
def test_what_cannot_work_is_refused_with_reason_and_line(
    design: Design, line: int, told: str
) -> None:
    with pytest.raises(DesignError, match="nothing was run") as caught:
        design.check()
    (problem,) = caught.value.problems
    assert told in problem.message
    assert problem.line == line
    assert problem.where.startswith("step 2 (isolation.")


def test_a_gradient_is_not_dosed_in_its_medium_and_a_column_mends_it() -> None:
    left = dosed(bench(GRADIENT).text)
    with pytest.raises(DesignError, match=r"dosed as it is: \d+ g/L of iodixanol stay"):
        left.check()
    bench(GRADIENT).check()  # on the bench it is a tube like another
    dosed(bench(GRADIENT, COLUMN.format(load="500 uL")).text).check()


def test_a_bad_idea_is_a_flag() -> None:
    bench(COLUMN.format(load="3 mL")).check()
    loaded = (
        '[[step]]\nstage = "loading"\nmethod = "passive_incubation"\ncargo = "doxorubicin"\n'
        'cargo_mass = "100 ug"\n'
    )
    plan = Design.from_text(bench(GRADIENT).text + loaded).plan()
    assert any("loaded in gradient medium" in flag.message for flag in plan.notes)
