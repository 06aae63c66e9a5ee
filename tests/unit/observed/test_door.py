"""The table at the door of a Design, in the terminal, and on the page."""

from __future__ import annotations

import csv
import json
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.cli.observed import observed_lines
from exocast.design import Design, Vocabulary
from exocast.design.run import common_times
from exocast.errors import DesignError, ReaderError
from exocast.material.forecast import Forecast
from exocast.qualify.labels import MOMENTS, ORGANS, labels_record
from exocast.report.panels import observed as panel_of
from exocast.stages.biodistribution.label import label_table

LABEL = "zirconium-89"
SHARE = "percent_injected"
HEAD = "time,organ,quantity,value,unit,lloq\n"


def problems(design: Design) -> list[str]:
    with pytest.raises(DesignError) as caught:
        design.check()
    return [str(problem) for problem in caught.value.problems]


def test_a_sound_table_is_read_and_its_times_are_kept(animals: Any):
    animals.text(HEAD + "7 min,liver,percent_injected,40,%ID,\n")
    design = animals.design()
    design.check()
    plan = design.plan()
    assert plan.study.labels == (LABEL,)
    assert plan.tables[0].rows[0].label == LABEL
    assert 420.0 in common_times([plan])


def test_what_the_forecast_cannot_show_is_found_by_check(animals: Any):
    animals.text(
        HEAD
        + "4 h,tumour,percent_injected,1,%ID,\n"
        + "40 d,liver,percent_injected,1,%ID,\n"
        + "4 h,livr,percent_injected,1,%ID,\n"
    )
    (found,) = problems(animals.design())
    assert 'mice.csv line 4, organ = "livr": no such organ. Did you mean `liver`?' in found
    animals.text(HEAD + "40 d,liver,percent_injected,1,%ID,\n")
    (found,) = problems(animals.design())
    assert "after the end of the forecast, 14 d. Raise run.horizon." in found


def test_no_tumour_no_reading_of_it(animals: Any):
    animals.text(HEAD + "4 h,tumour,percent_injected,1,%ID,\n")
    text = animals.design().text
    tumour = 'tumour      = { cell = "PANC-1", volume = "200 mm^3" }\n'
    assert tumour in text
    found = problems(Design.from_text(text.replace(tumour, ""), animals.folder))
    assert any('mice.csv line 2, organ = "tumour": the subject has no tumour' in f for f in found)


def test_labels_of_a_table_and_of_the_design_must_meet(animals: Any):
    animals.text(
        "time,organ,label,quantity,value,unit\n"
        "4 h,liver,zirconium-89,percent_injected,40,%ID\n"
        "4 h,liver,lipophilic-dye,percent_injected,30,%ID\n"
    )
    (found,) = problems(animals.design())
    assert 'Add one with label = "lipophilic-dye"' in found
    both = animals.design(
        {"file": "mice.csv", "label": LABEL}, {"file": "mice.csv", "label": "lipophilic-dye"}
    )
    tables = both.plan().tables
    assert [len(table.rows) for table in tables] == [1, 1]
    assert both.plan().study.labels == (LABEL, "lipophilic-dye")
    found = problems(animals.design({"file": "mice.csv", "label": "chromium-51-haemoglobin"}))
    assert any("holds no reading of chromium-51-haemoglobin" in one for one in found)


def test_a_label_without_values_is_one_problem_with_its_line():
    text = Design.read("labelled-biodistribution").text
    line = next(n for n, words in enumerate(text.splitlines(), 1) if words.startswith("labels"))
    (found,) = problems(Design.from_text(text.replace('["zirconium-89"', '["zirconum-89"')))
    assert found.startswith(f"line {line}")
    assert 'labels = "zirconum-89": no such label. Did you mean `zirconium-89`?' in found


def test_many_problems_are_counted_beyond_what_is_shown(animals: Any):
    animals.text(HEAD + "4 h,livr,percent_injected,1,%ID,\n" * 30)
    found = problems(animals.design())
    assert len(found) == 21
    assert "10 more problems in mice.csv" in found[-1]


def test_a_missing_table_is_one_problem(animals: Any):
    (found,) = problems(animals.design())
    assert "mice.csv is not beside the design" in found


def test_the_packaged_template_is_a_sound_table():
    from exocast.design.design import templates

    path = templates()["kras-sirna-tumour"].parent / "observed.csv"
    assert len(Vocabulary.packaged().observe(path, "").rows) >= 3


def test_every_label_says_what_it_takes_to():
    controls = label_table()
    assert set(controls) == set(Vocabulary.packaged().labels())
    for held in controls.values():
        assert held.takes_to in ("membrane", "protein", "reporter")
        assert held.control
        assert held.shows
        assert held.hides


# ---- the terminal -------------------------------------------------------------------------------


def test_inspect_tells_a_table_from_an_instrument_file(animals: Any):
    path = animals.text(
        "study,subject,time,organ,label,quantity,value,unit,lloq,sex\n"
        "s,m1,4 h,liver,zirconium-89,percent_injected,40,%ID,,f\n"
        "s,,1 d,spleen,zirconium-89,percent_injected,,%ID,1,f\n"
    )
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert result.exit_code == 0, result.output
    for expected in ("2 readings, 1 animals and 1 readings of groups", "1 below the limit",
                     'label = "zirconium-89"', "column `sex` is not used"):  # fmt: skip
        assert expected in result.output
    animals.text(HEAD + "4 h,livr,percent_injected,1,%ID,\n")
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert isinstance(result.exception, ReaderError)


def test_inspect_takes_a_table_whose_label_is_in_the_design(animals: Any):
    path = animals.text("time [h],organ,quantity,value [%ID]\n4,liver,percent_injected,40\n")
    result = CliRunner().invoke(app, ["inspect", str(path)])
    assert result.exit_code == 0, result.output
    assert "no column `label`: write the label of all rows below" in result.output
    assert "[[observed]]" in result.output


def test_a_run_says_which_readings_cannot_be(known: Any):
    masses = [("liver", 150), ("spleen", 1900), ("kidney", 900), ("heart", 1900), ("lung", 1900)]
    rows = [known.row(organ, f"{SHARE}_per_mass", "4 h", value) for organ, value in masses]
    lines = [words for name, words in observed_lines({"observed": known.record(rows)})
             if name == "Note"]  # fmt: skip
    assert "% of the dose in a subject of this weight" in lines[0]
    assert (len(lines), lines[-1]) == (4, "2 more in the report")


def test_a_run_prints_one_line_of_data_and_the_control(known: Any):
    record = known.record([known.row("liver", SHARE, "4 h", 40)])
    lines = dict(observed_lines({"observed": record}))
    assert lines["Data"].startswith("mice.csv: 1 readings, ")
    assert "Control: " in lines["Control"]
    assert observed_lines({}) == []


# ---- same dose, every label ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    return labels_record(Design.read("kras-sirna-tumour"), members=(4, 1))


def shown(entry: dict[str, Any], organ: str, hours: float) -> float:
    for reading in entry["readings"]:
        if (reading["organ"], reading["time_h"]) == (organ, hours):
            return float(reading["predicted"]["median"])
    raise KeyError(organ)


def test_one_dose_as_every_label_would_report_it(entries: list[dict[str, Any]]):
    by_label = {entry["label"]: entry for entry in entries}
    assert set(by_label) == {"", *Vocabulary.packaged().labels()}
    assert len(entries[0]["readings"]) == len(ORGANS) * len(MOMENTS)
    enzyme, metal = by_label["gaussia-luciferase"], by_label[LABEL]
    # A metal stays where its vesicle was taken up; an enzyme does not.
    assert shown(metal, "liver", 24.0) > 5 * shown(enzyme, "liver", 24.0)
    clearances = {
        label: next(f for f in entry["figures"] if f["name"] == "clearance")["predicted"]["median"]
        for label, entry in by_label.items()
    }
    # What rides along on no vesicle outlives the vesicles in plasma, under every label; by little
    # where it is lost within minutes, as a bare oligonucleotide is.
    assert all(clearances[""] > value for label, value in clearances.items() if label)
    slow = ("gaussia-luciferase", "iodine-125-norbiotinamide", LABEL, "lipophilic-dye")
    assert all(clearances[""] > 3 * clearances[label] for label in slow)
    assert all(by_label[label]["not_vesicles"][-1]["median"] > 0.5 for label in slow)


def test_labels_verb_prints_and_writes_every_number(tmp_path):
    to = tmp_path / "labels.csv"
    call = ["labels", "kras-sirna-tumour", "--members", "3x1", "--label", LABEL, "--to", str(to)]
    result = CliRunner().invoke(app, call)
    assert result.exit_code == 0, result.output
    assert "vesicles" in result.output
    rows = list(csv.DictReader(to.read_text().splitlines()))
    assert {row["label"] for row in rows} == {"vesicles", LABEL}
    assert {row["what"] for row in rows} >= {*ORGANS, "clearance", "residence"}
    again = CliRunner().invoke(app, call)
    assert "is not overwritten" in str(again.exception)
    wrong = CliRunner().invoke(app, ["labels", "kras-sirna-tumour", "--label", "zirconum"])
    assert "Did you mean `zirconium-89`?" in str(wrong.exception)


# ---- the page -----------------------------------------------------------------------------------


def forecast(record: dict[str, Any] | None) -> Forecast:
    import xarray

    held = {} if record is None else {"observed": json.loads(json.dumps(record))}
    return Forecast(held, xarray.Dataset())


def test_the_panel_of_a_record_has_its_numbers(known: Any):
    rows = [known.row(*sample, f"{0.82 * value:.9g}") for sample, value in known.shown.items()]
    rows += [known.row("heart", SHARE, "4 h", "", lloq=30)]
    panel = panel_of.panel(forecast(known.record(rows)))
    assert "geometric mean fold error is 1.2 (1.2× too high on average)" in panel.finding
    names = [getattr(block, "name", "") for block in panel.blocks]
    for expected in ("observed", "observed-courses", "observed-scores", "observed-kinetics",
                     "observed-signal", "observed-artefacts"):  # fmt: skip
        assert expected in names
    picture = next(block for block in panel.blocks if getattr(block, "name", "") == "observed")
    lines = list(csv.DictReader(picture.csv.splitlines()))
    assert len(lines) == len(rows)
    folds = [float(line["fold"]) for line in lines if line["below_limit"] == "False"]
    np.testing.assert_allclose(folds, 1 / 0.82, rtol=1e-6)


@pytest.mark.parametrize(
    "rows",
    [
        [("liver", "4 h", "", 1)],
        [("spleen", "0 h", 5, "")],
        [("plasma", "24 h", "", 99)],
        [("excreta", "24 h", 20, "")],
        [("liver", "4 h", 1e-9, ""), ("lung", "4 h", 99, "")],
    ],
)
def test_odd_tables_are_drawn(known: Any, rows: list[tuple[str, str, object, object]]):
    record = known.record(
        [known.row(organ, SHARE, time, value, lloq=limit) for organ, time, value, limit in rows]
    )
    assert panel_of.panel(forecast(record)).finding


def test_a_forecast_without_animals_says_how_to_give_them():
    panel = panel_of.panel(forecast(None))
    assert "exocast new --observed" in panel.finding
    assert panel.blocks == ()


def test_sampling_times_may_be_given(tmp_path):
    to = tmp_path / "labels.csv"
    call = ["labels", "kras-sirna-tumour", "--members", "3x1", "--label", LABEL]
    times = ["--times", "2 min, 10 min, 30 min, 2 h", "--to", str(to)]
    result = CliRunner().invoke(app, call + times)
    assert result.exit_code == 0, result.output
    assert "2 min, 10 min, 30 min, 2 h" in result.output
    for wrong, words in (("2 h", "at least 3 times"), ("2, 3, 4", "no unit"),
                         ("1 h, 2 h, 3 d", "within 24 h")):  # fmt: skip
        refused = CliRunner().invoke(app, [*call, "--times", wrong])
        assert words in str(refused.exception)


def test_the_table_of_a_design_is_explained():
    result = CliRunner().invoke(app, ["explain", "observed"])
    assert "[[observed]]" in result.output
    assert "perfused" in result.output
