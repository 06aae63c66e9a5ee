"""A dose in particles counts what tracking sees; where that is mostly no vesicle, it is said."""

from __future__ import annotations

import pytest

from exocast.design import Design
from exocast.design.recording import forecast_of
from exocast.design.run import run


@pytest.mark.parametrize(("dose", "said"), [("1e10 particles", True), ("1e10 small EVs", False)])
def test_milk_counts_casein(dose: str, said: bool) -> None:
    design = Design.read("milk-vesicles").with_settings({"question.dose": dose})
    record = forecast_of(run(design, members=(2, 1), variants=[])).record
    messages = [flag["message"] for flag in record["flags"]]
    assert any("Write the dose in small EVs" in message for message in messages) is said
    note = [row["note"] for row in record["cascade"] if row["head"] == "vesicles"][-1]
    assert note.endswith("small EVs in each") is said
