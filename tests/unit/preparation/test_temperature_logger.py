"""A logger's record becomes the stretches of a storage step, or every mistake is told at once."""

from __future__ import annotations

import pytest

from exocast import Design
from exocast.errors import DesignError, TableError
from exocast.instruments.readers.temperature_logger import read_logger

GOOD = """# shipped with ice packs
time [h],temperature [degC],battery
0,5.0,98
1,5.5,98
2,-78,97
30,8,97
32,8,97
"""


def record(folder, text, name="trip.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_record_is_read_in_si_from_its_first_time(tmp_path) -> None:
    readings = read_logger(record(tmp_path, GOOD))
    assert readings[0] == (0.0, pytest.approx(278.15))
    assert readings[-1] == (pytest.approx(32 * 3600.0), pytest.approx(281.15))
    dated = "time;temperature [degC]\n2026-03-01 08:00;4,5\n2026-03-01 09:30;4,0\n"
    assert read_logger(record(tmp_path, dated)) == (
        (0.0, pytest.approx(277.65)),
        (5400.0, pytest.approx(277.15)),
    )


def test_every_mistake_is_told_at_once(tmp_path) -> None:
    wrong = "time [h],temperature [degC]\n0,5\n1,warm\n,6\n0.5,900\n2,4\n1.5,4\n"
    with pytest.raises(TableError) as caught:
        read_logger(record(tmp_path, wrong))
    text = str(caught.value)
    assert "4 problems" in text
    for words in ("temperature: ", "no time.", "900", "not later"):
        assert words in text
    for bad, words in (
        ("", "empty"),
        ("when,temperature [degC]\n0,1\n", "`time` is missing"),
        ("time,temperature [degC]\n0,1\n1,1\n", "has no unit"),
        ("time [h],temperature [degC]\n0,1\n", "two readings"),
        ("time [h],temperature [degC]\n0,4,5\n1,4,5\n", "3 cells under 2 columns"),
        ("time [h],temperature [degC],time\n0,4,5\n1,4,5\n", "there twice"),
    ):
        with pytest.raises(TableError, match=words):
            read_logger(record(tmp_path, bad))


def test_a_design_reads_it_beside_itself(tmp_path) -> None:
    record(tmp_path, GOOD)
    design = Design.read("kras-sirna-tumour")
    text = design.text.replace(
        'method      = "frozen"\ntemperature = "-80 degC"\nduration    = "14 d"',
        'method = "profile"\nlogger = "trip.csv"',
    )
    for name in ("batch-07-ExperimentSummary.csv",):
        (tmp_path / name).write_bytes((design.folder / name).read_bytes())
    text = text[: text.index("[[variant]]")]
    path = tmp_path / "shipped.toml"
    path.write_text(text, encoding="utf-8")
    step = Design.read(str(path)).plan().preparation[-1]
    warm, cold, last = step.stretches
    assert (warm.duration, cold.duration, last.duration) == (7200.0, 28 * 3600.0, 7200.0)
    assert cold.temperature == pytest.approx(195.15)
    assert warm.temperature == pytest.approx(278.4)
    record(tmp_path, "time [h],temperature [degC]\n0,5\n1,warm\n3,x\n")
    with pytest.raises(DesignError, match="warm") as caught:
        Design.read(str(path)).plan()
    assert "2 problems" in str(caught.value)
