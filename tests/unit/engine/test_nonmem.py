"""NONMEM tables: what is read, and every mistake at its line."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from exocast.engine.dosing import schedule
from exocast.engine.network import Network
from exocast.engine.nonmem import read_nonmem
from exocast.engine.solve import solve
from exocast.errors import ReaderError, TableError

STATES = ("depot", "blood")


def write(tmp_path, text):
    path = tmp_path / "study.csv"
    path.write_text(text)
    return path


def faults(tmp_path, text, **options):
    with pytest.raises(TableError) as caught:
        read_nonmem(write(tmp_path, text), STATES, **options)
    return str(caught.value)


WHOLE = """\
C,ID,TIME,DV,AMT,RATE,ADDL,II,SS,EVID,CMT,MDV,WT,AGE
.,1,0,.,100,0,2,12,0,1,1,1,70,40
.,1,1.5,3.2,.,.,.,.,.,0,2,0,70,40
C,1,1.7,99,.,.,.,.,.,0,2,0,70,40
.,1,26,.,.,.,.,.,.,2,blood,1,71,40
#,a remark
.,2,0,.,50,-2,0,0,0,1,depot,1,55,30
.,2,0.5,1.1,.,.,.,.,.,0,0,0,55,30
.,2,2,.,0,.,.,.,.,3,.,1,55,30
.,2,3,.,80,20,0,12,1,4,2,1,55,30
.,2,4:30,2.5,.,.,.,.,.,0,2,0,55,30
.,2,9,.,.,.,.,.,.,0,2,1,55,30
"""


def test_a_table_is_read_whole(tmp_path):
    data = read_nonmem(write(tmp_path, WHOLE), STATES, observe="blood")
    assert data.ids == ("1", "2")
    held = data.records
    np.testing.assert_array_equal(held.time, [[0.0, np.inf, np.inf], [0.0, 2.0, 3.0]])
    np.testing.assert_array_equal(held.amount, [[100.0, 0.0, 0.0], [50.0, 0.0, 80.0]])
    np.testing.assert_array_equal(held.rate, [[0.0, 0.0, 0.0], [-2.0, 0.0, 20.0]])
    np.testing.assert_array_equal(held.addl, [[2, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(held.ii, [[12.0, 0.0, 0.0], [0.0, 0.0, 12.0]])
    np.testing.assert_array_equal(held.ss, [[0, 0, 0], [0, 0, 1]])
    np.testing.assert_array_equal(held.evid, [[1, 0, 0], [1, 3, 4]])
    assert held.state.tolist() == [["depot"] * 3, ["depot", "depot", "blood"]]
    np.testing.assert_array_equal(data.times, [[1.5, 26.0, 26.0], [0.5, 4.5, 9.0]])
    np.testing.assert_array_equal(data.values, [[3.2, np.nan, np.nan], [1.1, 2.5, np.nan]])
    np.testing.assert_array_equal(data.line, [[3, 5, 0], [8, 11, 12]])
    assert data.observed.tolist() == [["blood", "blood", ""], ["blood"] * 3]
    np.testing.assert_array_equal(data.covariates["AGE"], [40.0, 30.0])
    np.testing.assert_array_equal(data.covariates["WT"], [70.0, 55.0])
    time, weight = data.history["WT"]
    np.testing.assert_array_equal(time[0, :3], [0.0, 1.5, 26.0])
    np.testing.assert_array_equal(weight[0, :3], [70.0, 70.0, 71.0])
    assert list(data.history) == ["WT"]
    assert data.notes == ()
    assert len(data.sha256) == 64


def test_it_runs_from_the_table_to_the_curve(tmp_path):
    data = read_nonmem(write(tmp_path, WHOLE), STATES, drop=["WT", "AGE"])
    network = Network()
    depot, blood = (network.state(name, 1e-6) for name in STATES)
    network.move(depot, blood, network.parameter("ka"))
    network.move(blood, None, network.parameter("k"))
    model = network.compile()
    parameters = np.array([[1.0, 0.2], [1.5, 0.3]])
    records = data.records.with_parameters(duration={"depot": [1.0, 4.0]})
    planned = schedule(model, records, parameters, rtol=1e-9)
    start = np.zeros((2, 2))
    found = solve(model, parameters, start, data.times, planned.doses, rtol=1e-9)
    assert found.finished.all()
    ka, k = 1.0, 0.2
    absorbed = 100.0 * ka / (ka - k) * (np.exp(-k * 1.5) - np.exp(-ka * 1.5))
    np.testing.assert_allclose(found.amount[0, 0, 1], absorbed, rtol=1e-7)
    # Infusions of 4 h every 12 h to steady state, 1.5 h into one.
    ends = 20.0 / 0.3 * (1.0 - np.exp(-0.3 * 4.0)) / (1.0 - np.exp(-0.3 * 12.0))
    now = ends * np.exp(-0.3 * 8.0) * np.exp(-0.3 * 1.5) + 20.0 / 0.3 * (1.0 - np.exp(-0.3 * 1.5))
    np.testing.assert_allclose(found.amount[1, 1, 1], now, rtol=1e-7)


def test_a_data_frame_is_read_alike(tmp_path):
    path = write(tmp_path, "ID,TIME,DV,AMT\n1,0,.,100\n1,2,3.25,.\n2,0.1,.,50\n2,1,0.5,0\n")
    frame = pd.DataFrame(
        {"ID": [1, 1, 2, 2], "TIME": [0, 2, 0.1, 1], "DV": [None, 3.25, None, 0.5],
         "AMT": [100, None, 50, 0]}
    )  # fmt: skip
    one, other = read_nonmem(path, STATES), read_nonmem(frame, STATES)
    assert one.ids == other.ids
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.records.time, other.records.time)
    np.testing.assert_array_equal(one.records.evid, [[1.0], [1.0]])


@pytest.mark.parametrize("mark", ["\t", ";", "  "])
def test_other_separators(tmp_path, mark):
    text = "ID,TIME,AMT,DV,MDV\n1,0,100,.,1\n1,2,.,3.5,0\n1,3,.,.,1\n".replace(",", mark)
    data = read_nonmem(write(tmp_path, text), STATES)
    np.testing.assert_array_equal(data.times, [[2.0, 3.0]])
    np.testing.assert_array_equal(data.values, [[3.5, np.nan]])


def test_an_observation_before_a_dose_is_before_it(tmp_path):
    text = "ID,TIME,AMT,DV\n1,0,.,0\n1,0,100,.\n1,0,.,5\n1,12,.,2\n1,12,100,.\n1,20,.,3\n"
    data = read_nonmem(write(tmp_path, text), ("blood",))
    network = Network()
    network.move(network.state("blood", 1e-6), None, network.parameter("k"))
    model = network.compile()
    planned = schedule(model, data.records)
    for engine in ("native", "reference"):
        found = solve(
            model, [[0.1]], [[0.0]], data.times, planned.doses, rtol=1e-10, engine=engine
        ).amount[0, :, 0]
        trough = 100.0 * np.exp(-1.2)
        after = (trough + 100.0) * np.exp(-0.8)
        np.testing.assert_allclose(found, [0.0, 100.0, trough, after], rtol=1e-7)
    np.testing.assert_array_equal(data.clock, [[0.0, 0.0, 12.0, 20.0]])


def test_time_runs_on_over_a_reset_and_starts_at_zero(tmp_path):
    text = (
        "ID,TIME,AMT,DV,EVID,MDV\n1,-2,100,.,1,1\n1,0,.,3,0,0\n1,8,.,2,0,0\n"
        "1,0,100,.,4,1\n1,3,.,1,0,0\n"
    )
    data = read_nonmem(write(tmp_path, text), STATES)
    np.testing.assert_array_equal(data.records.time, [[0.0, 10.0]])
    np.testing.assert_array_equal(data.times, [[2.0, 10.0 - 2**-49, 13.0]])
    np.testing.assert_array_equal(data.clock, [[0.0, 8.0, 3.0]])


def test_every_mistake_of_the_rows_is_named_with_its_line(tmp_path):
    said = faults(
        tmp_path,
        """\
ID,TIME,DV,AMT,RATE,ADDL,II,SS,EVID,CMT,MDV,WT
1,0,.,-5,0,0,0,0,1,1,1,70
1,1,.,100,-3,0.5,0,5,1,3,1,70
1,0.5,.,.,.,.,.,.,0,blod,0,70
1,2,.,100,.,2,.,.,1,1,0,70
1,3,.,0,.,.,.,.,1,1,1,70
1,4,2,10,.,.,.,.,0,1,0,70
1,5,.,0,5,1,6,1,1,-1,1,70
1,6,.,0,-2,.,.,1,1,1,1,heavy
1,x,.,10,.,-1,-2,.,7,1,1,70
2,0,.,10,.,.,.,1,1,1,2,70
1,7,1,.,.,.,.,.,0,1,0,70
3,1,1,.,.
.,,1,.,.,.,.,.,0,1,0,70
""",
    )
    for part in (
        "line 2   ID 1: AMT is -5, below 0",
        "line 3   ID 1: RATE is -3; codes are -1 and -2",
        "line 3   ID 1: ADDL is 0.5, not a whole number",
        "line 3   ID 1: SS is 5",
        "line 3   ID 1: CMT is 3, there are 2 compartments",
        "line 4   ID 1: TIME goes back from 1 to 0.5",
        "line 4   ID 1: CMT is `blod`, no compartment. Did you mean `blood`?",
        "line 4   ID 1: DV is missing: write it, or MDV 1",
        "line 5   ID 1: MDV is 0, which is an observation, but EVID is 1",
        "line 5   ID 1: ADDL needs II above 0",
        "line 6   ID 1: a dose needs AMT above 0",
        "line 7   ID 1: EVID is 0, no dose, but has AMT",
        "line 8   ID 1: CMT is -1: compartments cannot be turned off",
        "line 8   ID 1: AMT 0 with SS is a constant infusion to steady state: II and ADDL are 0",
        "line 9   ID 1: a constant infusion to steady state has no duration",
        "line 9   WT is `heavy`, not a number; or leave it out: drop=['WT']",
        "line 10  TIME is `x`, not a number",
        "line 10  ID 1: EVID is 7",
        "line 10  ID 1: ADDL is -1: an empirical steady state is not read",
        "line 10  ID 1: II is -2, below 0",
        "line 11  ID 2: SS needs II above 0",
        "line 11  ID 2: MDV is 2",
        "line 12  ID 1: comes again after another ID",
        "line 13  5 cells, the head has 12 columns",
        "line 14  ID is missing",
        "line 14  TIME is missing",
    ):
        assert part in said, said
    assert "study.csv: " in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ID,AMT\n1,2\n", "column `TIME` is missing; columns are ID, AMT"),
        ("ID,TIME,DV,dv\n1,0,1,1\n", "column `DV` is there twice"),
        ("ID,TIME,DV,DATE\n1,0,1,2\n", "column `DATE`: turn dates and clock times into one TIME"),
        ("ID,TIME,DV\n", "The table has no rows"),
        ("", "column `ID` is missing"),
        ("ID,TIME,DV,AMT\n1,5,.,1\n1,5,1,.\n1,5,.,1\n", "listed between two doses at one time"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path, text, message):
    assert message in faults(tmp_path, text)


def test_what_has_no_effect_is_noted(tmp_path):
    text = "ID,TIME,DV,AMT,II,PCMT\n1,0,.,5,24,1\n1,1,2,.,.,1\n2,0,1,.,.,1\n3,0,.,5,.,1\n"
    data = read_nonmem(write(tmp_path, text), STATES)
    assert data.notes == (
        "Column PCMT has no effect.",
        "II without ADDL or SS has no effect.",
        "ID 2 has no dose.",
        "ID 3 has no observation.",
    )
    assert data.covariates == {}


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ReaderError, match="cannot be read as a table"):
        read_nonmem(tmp_path / "none.csv", STATES)


def test_lines_to_ignore(tmp_path):
    text = "ID,TIME,DV,AMT\nx,1,1,1\n@,9\n1,0,.,5\n1,1,2,.\n"
    assert read_nonmem(write(tmp_path, text), STATES, ignore="@").ids == ("1",)


def test_the_guide_runs_and_prints_what_it_says(capsys):
    page = Path(__file__).parents[3] / "docs" / "how-to" / "dosing-records.md"
    text = page.read_text(encoding="utf-8")
    scope = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(block, scope)
    (printed,) = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert capsys.readouterr().out == printed
    assert scope["doses"].kind.tolist().count(2) == 2
