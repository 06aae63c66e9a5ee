"""An archive: complete, the same every time, and refused when anything in it is not as packed."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exocast.design import unpacking
from exocast.design.archive import ARCHIVE, Archive, Settings, write_archive
from exocast.design.inputs import described
from exocast.design.unpacking import read_archive
from exocast.errors import ExocastError
from exocast.material.forecast import Forecast

NAMES = {
    "README.txt", "catalogue.csv", "design.toml", "forecast.json", "inputs/nta.csv",
    "manifest.json", "sources.bib",
}  # fmt: skip


def test_every_file_is_listed_with_its_hash(packed: Path) -> None:
    with zipfile.ZipFile(packed) as file:
        assert set(file.namelist()) == NAMES
        listed = json.loads(file.read("manifest.json"))["files"]
        assert set(listed) == NAMES - {"manifest.json"}
        for name, entry in listed.items():
            content = file.read(name)
            assert entry == {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def test_the_rows_in_use_are_there_in_their_own_units(packed: Path) -> None:
    with zipfile.ZipFile(packed) as file:
        head, first, *_ = file.read("catalogue.csv").decode().splitlines()
    assert head.startswith("key,context,value,low,high")
    assert first.startswith("uptake.endocytosis_and_escape.cell_radius,")
    assert ",8,6,11," in first, "micrometres, as the row was written"


def test_the_same_forecast_gives_the_same_bytes(forecast: Forecast, tmp_path: Path) -> None:
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    assert write_archive(forecast, one) == write_archive(forecast, other)
    assert one.read_bytes() == other.read_bytes()


def test_what_was_packed_is_read_again(packed: Path, forecast: Forecast, tmp_path: Path) -> None:
    archive = read_archive(packed)
    assert archive.inputs == forecast.inputs
    assert archive.record == forecast.record
    assert archive.settings == Settings(1, (2, 1), "native", 1e-5, ("other",))
    design = archive.unpack(tmp_path / "place")
    assert design.text == forecast.record["provenance"]["design"]
    assert design.name == "by-hand.toml"
    assert (design.folder / "nta.csv").read_bytes() == forecast.inputs["nta.csv"]


def test_members_are_packed_on_request(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "members.zip"
    write_archive(Forecast.open(folder), path, members=True)
    with zipfile.ZipFile(path) as file:
        assert file.read("forecast.nc") == (folder / "forecast.nc").read_bytes()
    assert read_archive(path).inputs


def test_a_file_is_never_overwritten(packed: Path, forecast: Forecast, tmp_path: Path) -> None:
    before = packed.read_bytes()
    with pytest.raises(ExocastError, match=r"by-hand\.zip exists"):
        write_archive(forecast, packed)
    assert packed.read_bytes() == before
    with pytest.raises(ExocastError, match="there is no folder"):
        write_archive(forecast, tmp_path / "nowhere" / "x.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["by-hand.zip"]


def test_what_cannot_be_repeated_is_not_packed(forecast: Forecast, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with pytest.raises(ExocastError, match=r"lost inputs/nta\.csv"):
        write_archive(replace(forecast, inputs={}), path)
    with pytest.raises(ExocastError, match=r"inputs/nta\.csv is not the file that was read"):
        write_archive(replace(forecast, inputs={"nta.csv": b"other"}), path)
    origin = {k: v for k, v in forecast.record["provenance"].items() if k != "rtol"}
    older = replace(forecast, record={**forecast.record, "provenance": origin})
    with pytest.raises(ExocastError, match="does not say how it was run"):
        write_archive(older, path)
    inputs = {"/data/nta.csv": b"1"}
    origin = {**forecast.record["provenance"], "inputs": described(inputs)}
    placed = replace(forecast, record={**forecast.record, "provenance": origin}, inputs=inputs)
    with pytest.raises(ExocastError, match="place on this machine"):
        write_archive(placed, path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(NAMES - {"manifest.json"}))
def test_a_changed_file_is_named(name: str, altered: Callable[..., Path]) -> None:
    path = altered(lambda held: {**held, name: held[name] + b" "})
    with pytest.raises(ExocastError, match="nothing was run") as caught:
        read_archive(path)
    assert f"{name} was changed after it was packed" in str(caught.value)


def test_every_fault_comes_at_once(altered: Callable[..., Path]) -> None:
    def change(held: dict[str, bytes]) -> dict[str, bytes]:
        del held["inputs/nta.csv"]
        return {**held, "design.toml": b"x", "more.txt": b"y"}

    with pytest.raises(ExocastError) as caught:
        read_archive(altered(change))
    message = str(caught.value)
    assert "inputs/nta.csv is missing" in message
    assert "design.toml was changed" in message
    assert "more.txt is not listed" in message


@pytest.mark.parametrize(
    "name", ["../out.txt", "/etc/out.txt", "a/../../out.txt", "C:\\out.txt", "a\\b.txt", "folder/"]
)
def test_a_name_that_leads_elsewhere_is_refused(name: str, altered: Callable[..., Path]) -> None:
    with pytest.raises(ExocastError, match="does not belong in an archive"):
        read_archive(altered(lambda held: {**held, name: b"x"}))


def test_a_link_is_refused(packed: Path) -> None:
    with zipfile.ZipFile(packed, "a") as file:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(entry, "/etc/passwd")
    with pytest.raises(ExocastError, match="'link' does not belong"):
        read_archive(packed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_file_twice_is_refused(packed: Path) -> None:
    with zipfile.ZipFile(packed, "a") as file:
        file.writestr("design.toml", "again")
    with pytest.raises(ExocastError, match=r"design\.toml is there twice"):
        read_archive(packed)


def test_an_archive_that_unpacks_to_too_much_is_refused(
    packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "MOST_BYTES", 100)
    with pytest.raises(ExocastError, match="unpacks to more than"):
        read_archive(packed)
    monkeypatch.setattr(unpacking, "MOST_FILES", 3)
    with pytest.raises(ExocastError, match="7 files"):
        read_archive(packed)


def test_what_is_no_archive_is_said(tmp_path: Path, packed: Path) -> None:
    with pytest.raises(ExocastError, match="is not there"):
        read_archive(tmp_path / "none.zip")
    with pytest.raises(ExocastError, match="is a folder"):
        read_archive(tmp_path)
    text = tmp_path / "text.zip"
    text.write_text("hello")
    with pytest.raises(ExocastError, match="is not an archive of exocast"):
        read_archive(text)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(packed.read_bytes()[:-200])
    with pytest.raises(ExocastError, match="is not an archive of exocast"):
        read_archive(cut)
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as file:
        file.writestr("manifest.json", '{"name": "a browser extension"}')
    with pytest.raises(ExocastError, match=r"its manifest\.json is another's"):
        read_archive(foreign)
    with zipfile.ZipFile(foreign, "w") as file:
        file.writestr("holiday.jpg", "x")
    with pytest.raises(ExocastError, match=r"manifest\.json is missing"):
        read_archive(foreign)


def test_a_flipped_bit_is_found(packed: Path) -> None:
    raw = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as file:
        entry = file.getinfo("forecast.json")
    raw[entry.header_offset + 60] ^= 1
    packed.write_bytes(bytes(raw))
    with pytest.raises(ExocastError, match=r"forecast\.json is damaged"):
        read_archive(packed)


def _forged(held: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    manifest = json.loads(held["manifest.json"])
    change(manifest)
    return {**held, "manifest.json": json.dumps(manifest).encode()}


def test_another_version_and_a_broken_manifest_are_said(altered: Callable[..., Path]) -> None:
    later = altered(lambda held: _forged(held, lambda m: m.update(exocast_archive=ARCHIVE + 1)))
    with pytest.raises(ExocastError, match=f"version {ARCHIVE + 1}; this exocast reads"):
        read_archive(later)
    for change in (
        lambda m: m.update(files=[]),
        lambda m: m.pop("inputs"),
        lambda m: m.update(inputs=[{"file": "x", "stored": "inputs/none"}]),
        lambda m: m.update(inputs=3),
        lambda m: m.pop("cascade_sha256"),
        lambda m: m.update(files={"design.toml": 3}),
    ):
        with pytest.raises(ExocastError, match=r"manifest\.json"):
            read_archive(altered(lambda held, change=change: _forged(held, change)))
    with pytest.raises(ExocastError, match=r"manifest\.json is missing or no JSON"):
        read_archive(altered(lambda held: {**held, "manifest.json": b"[]"}))


def test_a_record_that_lacks_what_is_promised_is_said(altered: Callable[..., Path]) -> None:
    def change(held: dict[str, bytes]) -> dict[str, bytes]:
        record = json.loads(held["forecast.json"])
        del record["values"]
        content = json.dumps(record).encode()
        digest = hashlib.sha256(content).hexdigest()
        forged = _forged(held, lambda m: m["files"]["forecast.json"].update(sha256=digest))
        return {**forged, "forecast.json": content}

    with pytest.raises(ExocastError, match=r"forecast\.json is incomplete: 'values'"):
        read_archive(altered(change))


def _archive(inputs: dict[str, bytes]) -> Archive:
    record = {"provenance": {"design_name": "../../evil.toml"}}
    settings = Settings(1, (1, 1), "native", 1e-5, ())
    return Archive("x.zip", "", {}, record, "exocast = 1\n", inputs, settings)


def test_files_above_the_design_stay_below_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "place"
    design = _archive({"../../x.csv": b"1", "deep/y.csv": b"2"}).unpack(place)
    assert (design.folder / "../../x.csv").read_bytes() == b"1"
    assert (design.folder / "deep/y.csv").read_bytes() == b"2"
    assert design.name == "evil.toml"
    assert [path.name for path in tmp_path.iterdir()] == ["place"]
    with pytest.raises(ExocastError, match="not beside it"):
        _archive({str(tmp_path / "outside.csv"): b"1"}).unpack(place)
    assert not (tmp_path / "outside.csv").exists()
