"""Every verb of sharing answers nonsense with one message, exit code 2, and nothing written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exocast.errors import ExocastError
from exocast.material.forecast import Forecast


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


READERS = ("open", "pack", "cite", "report")


def refused(call: Any, *arguments: object) -> str:
    done = call(*arguments)
    assert done.code == 2, done
    assert "Traceback" not in done.out + done.err
    assert not list(Path().iterdir()), "something was written"
    return done.err


@pytest.mark.parametrize("verb", READERS)
def test_a_folder_that_holds_no_forecast(verb: str, call: Any, folder: Path) -> None:
    assert "is not there" in refused(call, verb, "nowhere")
    assert "is a file, not the folder of a forecast" in refused(
        call, verb, folder / "forecast.json"
    )
    assert "holds no forecast" in refused(call, verb, folder / "inputs")


@pytest.mark.parametrize("verb", READERS)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is not a forecast"),
        ("[1]", "is not a forecast of exocast"),
        ('{"name": "x"}', "is not a forecast of exocast"),
        ('{"exocast": 0, "answer": 1, "cascade": 1, "provenance": 1}', "has schema 0"),
        ('{"exocast": 9, "answer": 1, "cascade": 1, "provenance": 1}', "has schema 9"),
    ],
)
def test_a_record_of_another_kind_or_age(
    verb: str, content: str, words: str, call: Any, folder: Path
) -> None:
    (folder / "forecast.json").write_text(content)
    message = refused(call, verb, folder)
    assert words in message
    assert message.count("\n") == 1, "one line"


@pytest.mark.parametrize("verb", ["open", "pack", "report"])
def test_arrays_that_are_gone_or_broken(verb: str, call: Any, folder: Path) -> None:
    (folder / "forecast.nc").write_bytes(b"not netcdf")
    assert "forecast.nc cannot be read" in refused(call, verb, folder)
    (folder / "forecast.nc").unlink()
    assert "half a forecast: forecast.nc is missing" in refused(call, verb, folder)


def test_archives_that_are_none(call: Any, folder: Path, packed: Path) -> None:
    assert "is not there" in refused(call, "rerun", "none.zip")
    assert f"is a folder; `exocast pack {folder}`" in refused(call, "rerun", folder)
    assert f"is an archive; `exocast rerun {packed}`" in refused(call, "open", packed)
    assert "not an archive of exocast" in refused(call, "rerun", folder / "forecast.json")
    full = folder.parent / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("years of work")
    assert "holds no forecast" in refused(call, "rerun", packed, "--out", full)
    assert [path.name for path in full.iterdir()] == ["thesis.txt"]


def test_a_folder_where_a_file_belongs(call: Any, folder: Path) -> None:
    for verb in ("check", "run", "labels"):
        said = refused(call, verb, folder)
        assert f"a folder, and a Design is a file; `exocast open {folder}`" in said
    assert f"{folder} is a folder; name the files in it" in refused(call, "inspect", folder)
    assert "a folder, and a Design is a file. " in refused(call, "check", ".")


def test_a_result_cannot_go_below_a_file(call: Any, folder: Path) -> None:
    file = folder / "forecast.json"
    before = file.read_bytes()
    said = refused(call, "run", "sirna-loading-bench", "--members", "1x1", "--out", file)
    assert f"{file} is a file; choose another place" in said
    assert file.read_bytes() == before


def test_a_tampered_archive_is_not_run(
    call: Any, altered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*arguments: Any, **options: Any) -> None:
        raise AssertionError("it was run")

    monkeypatch.setattr("exocast.face.run", run)
    monkeypatch.setattr("exocast.design.run.run", run)
    path = altered(lambda held: {**held, "design.toml": b"exocast = 1\n"})
    message = refused(call, "rerun", path)
    assert "altered.zip is not as it was packed; nothing was run" in message
    assert "design.toml was changed after it was packed" in message


def test_new_wants_a_name_and_one_thing_at_a_time(call: Any) -> None:
    assert "give the new Design a name" in refused(call, "new")
    assert "no template `nonsense`" in refused(call, "new", "mine", "--from", "nonsense")
    assert "do not go together" in refused(call, "new", "--observed", "--prices")
    assert "do not go together" in refused(call, "new", "x", "--prices", "--from", "doxorubicin")
    assert "no name for a file" in refused(call, "new", "../mine")


def test_a_mistyped_verb_is_offered(call: Any) -> None:
    assert "Did you mean 'rerun'" in refused(call, "rerum")
    assert "Did you mean 'pack'" in refused(call, "pakc")


def test_the_shell_can_be_told_the_names(call: Any) -> None:
    assert "--install-completion" in call("--help").out


def test_new_writes_and_says_what_is_next(call: Any, here: Path) -> None:
    done = call("new", "mine")
    assert done.code == 0
    assert {path.name for path in here.iterdir()} == {
        "mine.toml", "batch-07-ExperimentSummary.csv"
    }  # fmt: skip
    assert "exocast run mine.toml" in done.out
    assert call("check", "mine.toml").code == 0
    again = call("new", "mine.toml")
    assert (again.code, again.err.count("\n")) == (2, 1)
    for name in ("observed", "prices"):
        assert call("new", f"--{name}").code == 0
        assert (here / f"{name}.csv").is_file()
        assert call("new", f"--{name}").code == 2
    assert call("new", "mice", "--observed").code == 0
    assert (here / "mice.csv").is_file()


def test_pack_says_what_it_wrote(call: Any, folder: Path, here: Path) -> None:
    done = call("pack", folder)
    assert done.code == 0, done
    assert "Wrote saved.zip" in done.out
    assert [path.name for path in here.iterdir()] == ["saved.zip"]
    before = (here / "saved.zip").read_bytes()
    assert "saved.zip exists" in call("pack", folder).err
    assert (here / "saved.zip").read_bytes() == before
    assert call("pack", folder, "-o", "other.zip", "--members").code == 0
    assert (here / "other.zip").stat().st_size > len(before)


def test_a_broken_link_between_folder_and_files_is_said(call: Any, folder: Path) -> None:
    (folder / "inputs" / "nta.csv").unlink()
    assert "has lost inputs/nta.csv" in refused(call, "pack", folder)
    assert Forecast.open(folder).inputs == {}, "everything else still opens"


def test_an_older_forecast_opens_and_is_not_packed(call: Any, folder: Path) -> None:
    record = json.loads((folder / "forecast.json").read_text())
    for name in ("inputs", "rtol", "engine", "design_name"):
        del record["provenance"][name]
    (folder / "forecast.json").write_text(json.dumps(record))
    assert Forecast.open(folder).inputs == {}
    assert "does not say how it was run" in refused(call, "pack", folder)


def test_messages_are_of_one_kind(folder: Path) -> None:
    with pytest.raises(ExocastError):
        Forecast.open(folder / "none")
