"""A forecast goes to a colleague and comes back: packed, checked, run again, the same numbers."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import exocast
from exocast.cli.app import app
from exocast.design import templates
from exocast.design.run import run
from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.material.forecast import Forecast


@pytest.fixture(scope="session")
def archive(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("post") / "kras.zip"
    exocast.pack(folder, path)
    return path


def invoke(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(
        app, [str(one) for one in arguments], env={"COLUMNS": "160", "NO_COLOR": "1"}
    )
    assert result.exit_code == code, (result.output, result.exception)
    return " ".join(result.output.split())


def test_the_folder_keeps_the_files_that_were_read(folder: Path, forecast: Forecast) -> None:
    (stored,) = (folder / "inputs").iterdir()
    packaged = templates()["kras-sirna-tumour"].parent / "batch-07-ExperimentSummary.csv"
    assert stored.read_bytes() == packaged.read_bytes()
    assert forecast.inputs == {stored.name: stored.read_bytes()}
    (entry,) = forecast.record["provenance"]["inputs"]
    (reading,) = forecast.record["readings"]
    assert entry["sha256"] == reading["measured"]["sha256"]


def test_it_comes_out_the_same_to_the_last_bit(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # nothing of the first run is near
    words = invoke("rerun", archive, "--threads", "2")
    assert "and every member to the last bit" in words
    assert "differs" not in words
    assert not list(tmp_path.iterdir()), "nothing is kept unless asked"


def test_a_catalogue_that_changed_is_said_and_the_numbers_differ(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Catalogue.packaged()
    key = "biodistribution.whole_body.tumour_perfusion"
    (row,) = held.values[key]
    changed = {**held.values, key: (replace(row, value=2 * row.value, high=3 * row.high),)}
    other = replace(held, values=changed, digest="another catalogue")
    monkeypatch.setattr(Catalogue, "packaged", staticmethod(lambda: other))
    words = invoke("rerun", archive, "--threads", "2", code=1)
    assert "catalogue digest" in words
    assert "another catalogue now" in words
    assert "changed 1 of" in words
    assert key in words
    assert "Different" in words
    assert "arrived in the tumour" in words


def test_a_tampered_archive_is_refused_before_anything_runs(archive: Path, tmp_path: Path) -> None:
    path = tmp_path / "tampered.zip"
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, content.replace(b"1e10 particles", b"1e12 particles"))
    with pytest.raises(ExocastError, match=r"design\.toml was changed"):
        exocast.rerun(path)


def test_a_new_forecast_is_kept_on_request(archive: Path, tmp_path: Path) -> None:
    again = exocast.rerun(archive, folder=tmp_path / "again", threads=2)
    assert again.identical
    assert again.same
    kept = exocast.open(tmp_path / "again")
    assert kept.record["provenance"]["command"] == "exocast rerun kras.zip"
    assert kept.record["drivers"]
    assert (tmp_path / "again" / "report.html").is_file()
    # What was sent on can be sent on.
    digest = exocast.pack(tmp_path / "again", tmp_path / "second.zip")
    assert len(digest) == 64
    assert exocast.rerun(tmp_path / "second.zip").identical


def test_open_prints_and_runs_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("something was run")

    monkeypatch.setattr("exocast.design.run.run", refuse)
    monkeypatch.setattr("exocast.engine.solve.solve", refuse)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    words = invoke("open", folder)
    record = json.loads((folder / "forecast.json").read_text())
    assert record["title"] in words
    assert record["answer"]["sentence"] in words
    for row in record["cascade"]:
        assert row["title"] in words
    assert "Wrote" not in words
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_cite_names_what_matters_first(folder: Path, forecast: Forecast) -> None:
    words = invoke("cite", folder)
    assert words.startswith("Methods. The forecast was computed with exocast")
    assert "[1] The exocast developers" in words
    text = invoke("cite", folder, "--bibtex")
    assert text.startswith("@misc{exocast,")
    assert forecast.cite("bibtex").count("\n@") + 1 == text.count("@misc{") + text.count(
        "@article{"
    )
    used = {value["source"] for value in forecast.record["values"]}
    kinds = {key: source["kind"] for key, source in forecast.record["sources"].items()}
    for key in used:
        assert (f"{{{key}," in text) == (kinds[key] not in ("assumption", "calculation")), key


def test_amounts_read_as_one_would_write_them(forecast: Forecast) -> None:
    liver = forecast.amount.sel(place="liver", variant="design", rival="endosomal_escape=rare")
    assert liver.unit == "particle"
    at = liver.at("4 h")
    assert at.dims == ("member",)
    kept = forecast.data["amount"].sel(output="liver", time=4 * 3600.0).isel(variant=0, rival=0)
    assert np.array_equal(at.values, kept.values)


def test_the_table_holds_the_cascade(forecast: Forecast) -> None:
    frame = forecast.to_frame()
    rows = len(forecast.cascade)
    rivals, variants = 2, 1 + len(forecast.record["variants"])
    assert len(frame) == rows * rivals * variants
    first = frame[(frame.variant == "design") & (frame.step == "arrived")].iloc[0]
    (row,) = [row for row in forecast.cascade if row["name"] == "arrived"]
    assert first["median"] == row["median"]
    assert (first.uncertainty_low, first.uncertainty_high) == tuple(row["uncertainty"])


ANSWERS: Mapping[str, tuple[str, str]] = {
    "doxorubicin-mouse": ("copies taken up per cell", "copy/cell"),
    "kras-sirna-tumour": ("copies in the cytosol are needed", "copy/cell"),
    "labelled-biodistribution": ("particles taken up per cell", "particle/cell"),
}


SHORT: Mapping[str, tuple[str, str]] = {
    "antigen-display": ("viral spike", "ligands on a small EV"),
    "catalase-loading": ("a hundred times the enzyme", "1 copy per vesicle"),
    "mrna-hybrid": ("poured together", "hybrids"),
    "paclitaxel-three-ways": ("mixed in the cold", "cargo put in"),
}
"""Of loading, hybrids and antigens, on the bench: a variant, and words of the answer."""


@pytest.mark.parametrize("name", SHORT)
def test_a_template_of_loading_answers(name: str) -> None:
    variant, words = SHORT[name]
    forecast = exocast.run(
        exocast.template(name), members=(2, 1), progress=False, variants=[variant]
    )
    record = forecast.record
    assert record["balance"]["largest"] < 1e-9
    assert words in record["answer"]["sentence"]
    assert [one["name"] for one in record["variants"]] == [variant]


def test_every_template_is_run_here() -> None:
    elsewhere = {"isolation-trains", "sirna-loading-bench", "three-carriers", "five-carriers"}
    elsewhere |= {"plasma-biomarkers", "msc-50-litre", "red-cell-vesicles"}
    elsewhere |= {"milk-vesicles", "mimetic-nanovesicles", "targeted-vesicles"}
    elsewhere |= {"lyophilised-vesicles"}
    elsewhere |= set(SHORT)
    elsewhere |= {"sirna-electroporated-or-conjugated", "il12-display"}  # test_outside
    elsewhere |= {
        "coated-particles",
        "magnetic-vesicles",
        "rvg-brain",
    }  # as targeted
    assert set(ANSWERS) == set(templates()) - elsewhere


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - {"kras-sirna-tumour"}))
def test_a_template_runs_from_its_copy_to_a_report(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    invoke("new", "mine", "--from", name)
    words = invoke("run", "mine.toml", "--members", "3x2", "--threads", "2")
    sentence, unit = ANSWERS[name]
    assert sentence in words
    saved = exocast.open("out/mine")
    record = saved.record
    assert record["members"]["finished"] == record["members"]["asked"]
    assert record["balance"]["largest"] < 1e-9
    assert record["cascade"][-1]["unit"] == unit
    assert [gain for v in record["variants"] for gain in v["gain_over_design"]]
    page = (tmp_path / "out/mine/report.html").read_text()
    assert record["answer"]["row"] == "taken_up_per_cell"
    if record["question"]["cargo"] == "":
        assert "particles per cell are shown" in page
        assert "copies per cell" not in page


def test_labels_disagree_where_vesicles_do_not() -> None:
    """Both labels ride the same vesicles; dye comes off and leaves, the metal mostly stays."""
    design = exocast.template("labelled-biodistribution")
    branch = run(design, members=(20, 1), variants=[], threads=2).base[0]
    off = {}
    for label in ("zirconium-89", "lipophilic-dye"):
        assert {f"liver.{label}", f"{label}.soluble", f"{label}.excreted"} <= set(
            branch.course.names
        )
        given = branch.course.at(f"balance.{label}", 86400.0)
        off[label] = np.median(branch.course.at(f"{label}.excreted", 86400.0) / given)
    assert off["lipophilic-dye"] > 3 * off["zirconium-89"] > 0
