"""Each notebook runs from top to bottom and tells what its text says; none holds outputs in git."""

from __future__ import annotations

import json
import sys

import pytest
from tests.docs.reading import DOCS

sys.path.insert(0, str(DOCS))  # the generator stands beside the pages

FACTS = {
    "formulation-scientist": """
assert nta.detection_limit == 70e-9 and 110e-9 < nta.summary.d50 < 125e-9
shares = forecast.cascade.to_frame()["fraction"].dropna()
assert ((shares > 0) & (shares <= 1)).all()
assert reported > 10 * inside
rows = frame[frame["row"] == frame.attrs["answer"]]
assert (rows["ratio_median"] > 100).all() and (rows["share_greater"] == 1).all()
assert (forecast.answer.to_frame()["orders_short"] > 0).all()
assert forecast.drivers["standing"].head(10).eq("assumed").any()
assert forecast.limiting_step["gain"] >= forecast.record["gains"][-1]["gain"]
assert same
""",
    "pharmacometrician": """
assert len(table) == 22 and table["censored"].sum() == 1
assert forecast.observed.scores().loc["all readings", "scored"] == 21
clearance = kinetics[kinetics["figure"] == "clearance"].set_index("subject")
assert clearance["observed"].between(0.3, 1.5).all()
assert sorted(clearance.index) == ["", "m1", "m2", "m3"]
late_of = frame.query("what == 'liver' and time_h == 24").set_index("label")["median"]
assert late_of["vesicles"] > late_of["zirconium-89"] > late_of["lipophilic-dye"]
narrow, wide = interval(1000), interval(1)
assert wide["from"] < narrow["from"] < narrow["to"] < wide["to"]
assert grid.shape == (10, 6) and grid.to_numpy().min() > 0 and grid.to_numpy().max() <= 100
assert {"half_life", "clearance", "volume"} <= set(shown.index)
""",
}


@pytest.mark.parametrize("name", FACTS)
def test_a_notebook_runs_and_says_what_is_so(name: str) -> None:
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    from generator.notebooks import NOTEBOOKS, executed, page

    book = executed(NOTEBOOKS / f"{name}.ipynb", last=FACTS[name])
    written = page(name, book)
    text = written[f"notebooks/{name}.md"]
    assert isinstance(text, str)
    pictures = [path for path in written if path.endswith(".png")]
    assert len(pictures) >= 4
    assert all(path.rpartition("/")[2] in text for path in pictures)
    assert "data:image" not in text
    assert "Traceback" not in text


def test_every_notebook_is_tried_and_holds_no_outputs() -> None:
    from generator.notebooks import paths

    assert {path.stem for path in paths()} == set(FACTS)
    for path in paths():
        book = json.loads(path.read_text(encoding="utf-8"))
        assert all(not cell.get("outputs") for cell in book["cells"]), path.name
        assert all(cell.get("execution_count") is None for cell in book["cells"]), path.name
        prose = sum(
            len("".join(c["source"])) for c in book["cells"] if c["cell_type"] == "markdown"
        )
        assert prose > 1500
