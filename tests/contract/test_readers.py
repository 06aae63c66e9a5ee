"""What every reader of instrument files owes: SI units, metadata, and one kind of refusal."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from exocast.errors import ReaderError
from exocast.instruments import headline, read, summary, toml_block
from exocast.instruments.readers import READERS, guess
from exocast.material.measurement import Measurement
from exocast.units import base_unit

ROOT = Path(__file__).parents[2]
FILES = ROOT / "tests" / "files"
TEMPLATES = ROOT / "src/exocast/templates"

GOOD: Mapping[str, tuple[Path, ...]] = {
    "nanosight": (
        TEMPLATES / "batch-07-ExperimentSummary.csv",
        FILES / "nanosight" / "padded-3.2-ExperimentSummary.csv",
        FILES / "nanosight" / "weightings-3.3-ExperimentSummary.csv",
        FILES / "nanosight" / "semicolon-ExperimentSummary.csv",
        FILES / "nanosight" / "trimmed-ExperimentSummary.csv",
    ),
}
"""Files that each reader takes, one for each dialect."""

UNKNOWN_VERSION: Mapping[str, Path] = {
    "nanosight": FILES / "nanosight" / "unknown-version-ExperimentSummary.csv",
}
"""A file of a version that each reader does not know."""

PAIRS = [(name, path) for name, paths in GOOD.items() for path in paths]
IDS = [path.name for _, path in PAIRS]

SI = {"size_distribution": ("particle/m^3", "m")}
"""Unit of y and of x, by kind of measurement."""

ADVICE = re.compile(r"export|save|send|use |write|copy|Known formats|Did you mean|choose", re.I)


def test_every_reader_has_files() -> None:
    missing = set(READERS) - {*GOOD} | set(READERS) - {*UNKNOWN_VERSION}
    assert not missing, "add files to GOOD and UNKNOWN_VERSION in this test"


@pytest.mark.parametrize("name", READERS)
def test_a_reader_says_what_it_reads(name: str) -> None:
    reader = READERS[name]
    assert reader.vendor
    assert reader.title
    assert reader.versions
    assert (inspect.getdoc(reader) or "").endswith(".")


@pytest.mark.parametrize(("name", "path"), PAIRS, ids=IDS)
def test_a_good_file(name: str, path: Path) -> None:
    assert guess(path) == name
    held = read(path)
    assert isinstance(held, Measurement)
    assert (held.unit, held.x_unit) == SI[held.kind]
    assert base_unit(held.unit) == held.unit
    assert (np.diff(held.x) > 0).all()
    assert 1e-9 < np.median(held.x) < 2e-6, "metres"
    assert np.isfinite(held.y).all()
    assert (held.y >= 0).all()
    assert held.y.shape == (held.x.size, len(held.replicates))
    assert held.mean.sum() > 1e12, "per cubic metre"
    assert len(held.used) == len(held.replicates)
    assert held.edges is not None
    assert ((held.edges[:-1] < held.x) & (held.x < held.edges[1:])).all()
    assert held.file == path.name, "the name of the file, never its folder"
    assert re.fullmatch(r"[0-9a-f]{64}", held.sha256)
    assert held.instrument
    assert held.metadata
    assert not any(str(path.parent) in cell for row in held.metadata.values() for cell in row)
    assert held.detection_limit is None or 1e-8 < held.detection_limit < 1e-6
    for array in (held.x, held.y, held.sd, held.edges):
        assert not array.flags.writeable
    assert headline(held)
    assert toml_block(held).count("[[step]]") == 1
    assert all(np.isfinite(getattr(summary(held), f)) for f in ("d10", "d50", "d90", "mean"))


@pytest.mark.parametrize(("name", "path"), PAIRS, ids=IDS)
def test_reading_twice_is_the_same(name: str, path: Path) -> None:
    one, other = read(path), READERS[name].read(path)
    for field in dataclasses.fields(Measurement):
        a, b = getattr(one, field.name), getattr(other, field.name)
        assert np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b


def attempt(path: Path) -> Measurement | None:
    """Read a file, or None where it is refused in the way that a refusal is due."""
    try:
        return read(path)
    except ReaderError:
        refused(path)
        return None


def refused(path: Path, reader: str = "") -> str:
    """Return the message of a refusal that names the file and what to do."""
    with pytest.raises(ReaderError) as caught:
        read(path, reader)
    message = str(caught.value)
    assert message.startswith(path.name), message
    assert str(path.parent) not in message, "no folders of this machine"
    assert ADVICE.search(message), f"what is to be done? {message}"
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", READERS)
def test_an_unknown_version_is_refused(name: str) -> None:
    message = refused(UNKNOWN_VERSION[name])
    assert all(version in message for version in READERS[name].versions)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"], ids=["none", "blank", "bom"]
)
def test_an_empty_file_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / GOOD[name][0].name
    path.write_bytes(content)
    assert "empty" in refused(path)


def cuts(raw: bytes) -> list[int]:
    """Return where a file is cut: at every line of its head, and here and there in its body."""
    ends = [index + 1 for index, byte in enumerate(raw) if byte == 10]
    some = [*ends[:70:3], *ends[70::97]]
    return sorted({*some, *(end - 5 for end in some), *np.linspace(1, len(raw) - 2, 41, dtype=int)})


@pytest.mark.parametrize(("name", "path"), PAIRS[:3], ids=IDS[:3])
def test_a_file_that_was_cut_short_is_refused(name: str, path: Path, tmp_path: Path) -> None:
    """At any byte before the end of its table; after it, nothing that is needed is missing."""
    raw, whole = path.read_bytes(), read(path)
    cut = tmp_path / path.name
    for size in cuts(raw):
        cut.write_bytes(raw[:size])
        held = attempt(cut)
        assert held is None or np.array_equal(held.y, whole.y), (
            f"cut at {size} of {len(raw)} and read in silence"
        )


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("seed", range(6))
def test_garbage_is_refused(name: str, seed: int, tmp_path: Path) -> None:
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, 20_000, dtype=np.uint8).tobytes()
    path = tmp_path / GOOD[name][0].name
    path.write_bytes(noise)
    refused(path)
    refused(path, name)
    path.write_bytes(noise.replace(b"\n", b"").replace(b"\r", b"") * 20)  # one endless line
    refused(path, name)


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_refused_or_read(name: str, seed: int, tmp_path: Path) -> None:
    """Bytes overwritten, lines dropped or doubled: no exception but a ReaderError."""
    random = np.random.default_rng(seed)
    source = GOOD[name][seed % len(GOOD[name])]
    lines = source.read_bytes().split(b"\n")
    for _ in range(random.integers(1, 6)):
        at = int(random.integers(0, min(len(lines), 90)))
        match seed % 4:
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at] = lines[at][: int(random.integers(0, len(lines[at]) + 1))]
            case _:
                lines[at] = bytes(random.integers(0, 256, len(lines[at]), dtype=np.uint8))
    path = tmp_path / source.name
    path.write_bytes(b"\n".join(lines))
    held = attempt(path)
    assert held is None or np.isfinite(held.y).all()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scan.fcs", b"FCS3.1         58    1024"),
        ("table.csv", b"a,b\n1,2\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n"),
        ("note.txt", "Größe".encode("utf-16")),
    ],
)
def test_other_files_are_refused(name: str, content: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert all(reader.title in refused(path) for reader in READERS.values())


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "batch-08-ExperimentSummary.csv").write_text("x")
    assert "batch-08" in refused(tmp_path / "batch-07-ExperimentSummary.csv")
    with pytest.raises(ReaderError):
        read(tmp_path)
    with pytest.raises(ReaderError, match="no reader is called `nanosite`"):
        read(GOOD["nanosight"][0], "nanosite")
