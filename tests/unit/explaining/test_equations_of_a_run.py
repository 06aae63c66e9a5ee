"""The equations that a run writes: whatever a law was given, the run is recorded."""

from __future__ import annotations

from exocast.design.design import Design
from exocast.face.verbs import run

DESIGN = """
exocast = 1
title = "A base by a gradient"
question = { quantity = "copies per vesicle" }
run = { members = { uncertainty = 1, variability = 1 }, seed = 1 }

[[step]]
stage = "donor"
method = "cell_culture"
cell_type = "mesenchymal_stromal_cell"
cells = 1e8
medium = "50 mL"
duration = "48 h"

[[step]]
stage = "isolation"
method = "ultrafiltration"
concentrate_to = "500 uL"

[[step]]
stage = "loading"
method = "remote_loading"
cargo = "doxorubicin"
"""


def test_law_that_is_given_a_function_does_not_stop_the_run() -> None:
    forecast = run(Design.from_text(DESIGN))
    laws = [law for step in forecast.record["equations"]["steps"] for law in step["laws"]]
    (trapped,) = [law for law in laws if law["name"].endswith("trapped")]
    found = {one["name"]: one for one in trapped["symbols"]}
    assert 0 < found["returned[1]"]["low"] < 14
    assert "low" not in found["given"]
