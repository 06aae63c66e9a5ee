"""NanoSight exports: every dialect, every trap, and the real files where they are at hand."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from exocast.errors import ReaderError
from exocast.instruments import READERS, guess, headline, read, summary, toml_block
from exocast.laws.size_distribution import moments, percentile

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tests" / "files"
TEMPLATE = ROOT / "src/exocast/templates/batch-07-ExperimentSummary.csv"
REAL = ROOT / "../shared/instrument_files/nta_nanosight"


def made(name: str) -> Path:
    return FILES / "nanosight" / f"{name}-ExperimentSummary.csv"


def real(name: str) -> Path:
    path = REAL / name
    if not path.exists():
        pytest.skip("the real exports are not part of the repository")
    return path


def test_the_template_says_what_the_documentation_shows():
    measurement = read(TEMPLATE)
    assert headline(measurement) == (
        "NanoSight 3.4, 5 videos, D50 118 nm, 3.1e11 /mL, sees > 70 nm"
    )
    assert measurement.warnings == ()
    assert measurement.dilution == 500
    assert measurement.sample == "MSC small EV batch 07"
    assert measurement.metadata["exocast/captured"] == ("2025-02-03T09:41:07",)  # day before month
    assert measurement.unit == "particle/m^3"
    assert measurement.x[[0, -1]] == pytest.approx([0.5e-9, 999.5e-9])
    assert measurement.y.shape == (1000, 5)
    assert len(measurement.sha256) == 64
    assert not measurement.y.flags.writeable


def test_the_summary_agrees_with_what_the_instrument_printed():
    figures, metadata = summary(read(TEMPLATE)), read(TEMPLATE).metadata
    for key, own in (("D10", figures.d10), ("D50", figures.d50), ("D90", figures.d90)):
        assert own * 1e9 == pytest.approx(float(metadata[f"Size Data/Number/{key}"][5]), abs=0.06)
    printed = metadata["Results/Concentration (Particles / ml)"]
    assert figures.concentration / 1e6 == pytest.approx(float(printed[5]), rel=0.005)
    assert figures.concentration_error / 1e6 == pytest.approx(float(printed[6]), rel=0.02)
    assert figures.videos == figures.videos_used == 5
    assert figures.analysis == "FTLA"
    assert 10 < figures.track_length < 20


def test_the_step_to_paste():
    assert 'file   = "batch-07-ExperimentSummary.csv"' in toml_block(read(TEMPLATE))
    assert "dilution" not in toml_block(read(TEMPLATE))
    assert "dilution = 1 " in toml_block(read(made("padded-3.2")))


def test_padded_32():
    measurement = read(made("padded-3.2"))
    assert measurement.instrument == "NanoSight 3.2"
    assert measurement.sample == "MSC small EV batch 07"  # under "Sample Name"
    assert measurement.metadata["Experiment Details/Remarks"] == ("Combined from: a.nano, b.nano",)
    text = "\n".join(measurement.warnings)
    assert "one bin (1 nm) below" in text
    assert "Camera Level changes between videos (15, 10)" in text
    assert "dilution not recorded" in text
    assert "printed" not in text
    # The bins are used, not the printed percentiles.
    printed = float(measurement.metadata["Size Data/Number/D50"][3])
    assert summary(measurement).d50 * 1e9 == pytest.approx(printed + 1.0, abs=0.1)


def test_33_with_other_weightings_and_diffusion():
    measurement = read(made("weightings-3.3"))
    assert measurement.sample == "Probe für µ-Filter"  # cp1252
    assert measurement.used == (True, False, True)
    assert measurement.mean == pytest.approx(measurement.y[:, [0, 2]].mean(axis=1))
    text = "\n".join(measurement.warnings)
    assert "video 2: Validity of concentration measurement = Unreliable" in text
    assert "video 2 left out of the mean" in text
    volume = float(measurement.metadata["Size Data/Volume/D50"][0])
    assert volume > float(measurement.metadata["Size Data/Number/D50"][0]) + 30
    assert "3 videos (2 used)" in headline(measurement)


def test_decimal_commas_are_read_and_told():
    comma, point = read(made("semicolon")), read(made("trimmed"))
    assert comma.y[:400] == pytest.approx(point.y[:400])
    assert "decimal commas" in comma.warnings[0]


def test_a_trimmed_file_is_read_and_told():
    text = "\n".join(read(made("trimmed")).warnings)
    assert "sections missing, the file was trimmed: Concentration Warnings, Information" in text


def test_bins_that_do_not_add_up_are_told(tmp_path):
    lines = TEMPLATE.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("100.5"))
    path = tmp_path / "cut-ExperimentSummary.csv"
    path.write_text("\n".join(lines[:start] + lines[start + 20 :]))
    assert any("do not add up" in warning for warning in read(path).warnings)


def test_a_removed_column_is_told(tmp_path):
    printed = read(TEMPLATE).metadata["Results/Concentration (Particles / ml)"][6]
    path = tmp_path / "edited-ExperimentSummary.csv"
    path.write_text(TEMPLATE.read_text().replace(f",{printed},", ",9.99e+10,", 1))
    assert any("SD / sqrt(videos)" in warning for warning in read(path).warnings)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("empty", r"is empty; export it again"),
        ("truncated", r"line \d+: the size table breaks off at 198.5 nm"),
        ("headless", r"line \d+: no section \[Size Data\]"),
        (
            "unknown-version",
            r"line 2: NTA 3.5 is not a version that exocast knows \(3.2, 3.3, 3.4\)",
        ),
        ("thousands", r"line \d+: `1,430` may mean 1.430 or 1430"),
        ("bins-only", r"line 1: this is a table that somebody cut out"),
    ],
)
def test_what_cannot_be_trusted_is_refused_with_file_and_line(name, message):
    with pytest.raises(ReaderError, match=message) as caught:
        read(made(name))
    assert str(caught.value).startswith(made(name).name)


def test_another_kind_is_refused_by_name():
    with pytest.raises(ReaderError, match="a summary of a single video"):
        read(FILES / "nanosight" / "single-Summary.csv")


def test_a_short_row_names_its_line(tmp_path):
    lines = TEMPLATE.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("100.5"))
    lines[start] = "100.5,1,2"
    path = tmp_path / "gap-ExperimentSummary.csv"
    path.write_text("\n".join(lines))
    with pytest.raises(ReaderError, match=rf"line {start + 1}: 2 of 5 videos at 100.5 nm"):
        read(path)


def test_every_truncation_is_refused_or_told(tmp_path):
    """Cut at any byte, a file is refused, or says that it lacks something, or is whole."""
    raw = TEMPLATE.read_bytes()
    whole = read(TEMPLATE)
    path = tmp_path / "cut-ExperimentSummary.csv"
    refused = []
    for size in range(0, len(raw), 1537):
        path.write_bytes(raw[:size])
        try:
            got = read(path)
        except ReaderError as error:
            refused.append(str(error))
        else:
            assert (got.y == whole.y).all()
    assert len(refused) > 20
    assert all(message.startswith(path.name) for message in refused)


def test_nobody_takes_a_stranger(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("hello")
    with pytest.raises(ReaderError, match="Known formats: NanoSight ExperimentSummary csv"):
        read(path)
    with pytest.raises(ReaderError, match="is not there"):
        read(tmp_path / "note.txt")
    with pytest.raises(ReaderError, match="Did you mean `nanosight`"):
        read(TEMPLATE, reader="nanosite")
    assert guess(TEMPLATE) == "nanosight"


@pytest.mark.parametrize("name", READERS)
def test_every_reader_refuses_emptiness(name, tmp_path):
    path = tmp_path / "nothing"
    path.write_bytes(b"")
    with pytest.raises(ReaderError, match="nothing"):
        read(path, reader=name)


def test_the_committed_files_are_what_the_script_writes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("make_nanosight", FILES / "make_nanosight.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "make_nanosight", script)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "TEMPLATE", tmp_path / "template.csv")
    monkeypatch.setattr(script, "FOLDER", tmp_path / "nanosight")
    script.main()
    again = {path.name: path.read_bytes() for path in (tmp_path / "nanosight").iterdir()}
    held = {path.name: path.read_bytes() for path in (FILES / "nanosight").iterdir()}
    assert again.keys() == held.keys()
    # Other builds of the mathematics library may round the last digit of a count differently.
    assert [len(text) for text in again.values()] == pytest.approx(
        [len(held[name]) for name in again], abs=20
    )


REAL_FILES = [("tidyNano_beads.csv", "3.2", 12), ("tidyNano_beads2.csv", "3.4", 5)]


@pytest.mark.parametrize(("name", "version", "videos"), REAL_FILES)
def test_real_files_add_up(name, version, videos):
    measurement = read(real(name))
    counts, metadata = measurement.y.T / 1e6, measurement.metadata
    assert measurement.instrument == f"NanoSight {version}"
    assert len(measurement.replicates) == videos

    def printed(key):
        return np.array([float(cell) for cell in metadata[key][:videos]])

    concentration = printed("Results/Concentration (Particles / ml)")
    # 0.31 %: printed to three digits, so up to 0.5 % is rounding.
    assert counts.sum(axis=1) == pytest.approx(concentration, rel=0.0035)
    mean, deviation = moments(measurement.x * 1e9, counts)
    assert mean == pytest.approx(printed("Size Data/Number/Mean"), abs=0.1)
    assert deviation == pytest.approx(printed("Size Data/Number/SD"), abs=0.1)
    shift = 1.0 if version == "3.2" else 0.0
    for key, share in (("D10", 0.1), ("D50", 0.5), ("D90", 0.9)):
        own = percentile(np.asarray(measurement.edges) * 1e9, counts, share) - shift
        assert own == pytest.approx(printed(f"Size Data/Number/{key}"), abs=0.06)
    row = metadata["Results/Concentration (Particles / ml)"]
    error = concentration.std(ddof=1) / np.sqrt(videos)
    assert float(row[videos + 1]) == pytest.approx(error, rel=0.01)
    assert not any(re.match("printed|the bins", warning) for warning in measurement.warnings)
    valid = np.asarray(measurement.tracks) / printed("Results/Completed tracks")
    assert 0.16 <= valid.min() <= valid.max() <= 0.45


def test_the_average_column_is_not_the_average_curve():
    measurement = read(real("tidyNano_beads2.csv"))
    figures = summary(measurement)
    assert float(measurement.metadata["Size Data/Number/Mode"][5]) == 98.4
    assert figures.mode * 1e9 == pytest.approx(98.5)  # of the averaged curve
    assert figures.d50 * 1e9 == pytest.approx(99.8, abs=0.06)


def test_a_recorded_dilution_is_already_applied():
    measurement = read(real("tidyNano_beads2.csv"))
    assert measurement.dilution == 1e4
    assert summary(measurement).concentration / 1e6 == pytest.approx(6.09e12, rel=0.005)
    assert read(real("tidyNano_beads.csv")).dilution is None


def test_real_warnings():
    old = "\n".join(read(real("tidyNano_beads.csv")).warnings)
    assert "Camera Level changes between videos (15, 10)" in old
    assert "outside the linear range" in old
    new = "\n".join(read(real("tidyNano_beads2.csv")).warnings)
    assert "videos 1, 3: Vibration detected = Moderate vibration" in new
