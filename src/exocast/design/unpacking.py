"""Open an archive that somebody sent: every hash checked, nothing written, nothing trusted."""

from __future__ import annotations

import hashlib
import json
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from exocast.design.archive import (
    ARCHIVE,
    DESIGN,
    MANIFEST,
    MOST_BYTES,
    MOST_FILES,
    Archive,
    Settings,
)
from exocast.errors import ExocastError
from exocast.material.forecast import JSON_NAME, SCHEMA

__all__ = ["read_archive"]

_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError)


def read_archive(path: Path) -> Archive:
    """Read an archive into memory, and check every hash; nothing is written.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ExocastError
        If it is no archive of exocast, holds what its manifest does not list, or a file of it
        has changed; the message names the file.
    """
    if not path.is_file():
        folder = f"{path} is a folder; `exocast pack {path}` makes the one file that is asked for"
        raise ExocastError(f"{path} is not there" if not path.exists() else folder)
    try:
        with zipfile.ZipFile(path) as file:
            contents = _read_all(file, path.name)
    except _BROKEN as error:
        raise ExocastError(f"{path} is not an archive of exocast: {error}") from None
    if MANIFEST not in contents:
        raise ExocastError(f"{path} is not an archive of exocast: {MANIFEST} is missing")
    text = contents.pop(MANIFEST)
    manifest = _json(text, path.name, MANIFEST)
    _check_version(manifest, path.name)
    _check_hashes(manifest, contents, path.name)
    record = _json(contents.get(JSON_NAME, b""), path.name, JSON_NAME)
    if record.get("exocast") != SCHEMA:
        raise ExocastError(
            f"{path.name}: {JSON_NAME} has schema {record.get('exocast')}, not {SCHEMA}"
        )
    try:
        inputs = {one["file"]: contents[one["stored"]] for one in manifest["inputs"]}
        settings = Settings.of(record)
        design = contents[DESIGN].decode()
        _check_promised(manifest, record)
    except (KeyError, TypeError, ValueError) as error:
        raise ExocastError(
            f"{path.name}: {MANIFEST} or {JSON_NAME} is incomplete: {error}"
        ) from None
    digest = hashlib.sha256(text).hexdigest()
    return Archive(path.name, digest, manifest, record, design, inputs, settings)


def _read_all(file: zipfile.ZipFile, name: str) -> dict[str, bytes]:
    """Return the content of every file, none of which is trusted to say how large it is."""
    entries = file.infolist()
    if len(entries) > MOST_FILES:
        raise ExocastError(
            f"{name}: {len(entries)} files are more than an archive of exocast holds"
        )
    contents: dict[str, bytes] = {}
    left = MOST_BYTES
    for entry in entries:
        _check_entry(entry, contents, name)
        try:
            with file.open(entry) as held:
                content = held.read(left + 1)
        except RuntimeError as error:  # encrypted
            raise ExocastError(f"{name}: {entry.filename} cannot be read: {error}") from None
        except _BROKEN:
            raise ExocastError(f"{name}: {entry.filename} is damaged") from None
        left -= len(content)
        if left < 0:
            raise ExocastError(f"{name}: unpacks to more than {MOST_BYTES >> 20} MiB")
        contents[entry.filename] = content
    return contents


def _check_entry(entry: zipfile.ZipInfo, held: Mapping[str, bytes], name: str) -> None:
    """Refuse an entry that could end up somewhere else, or twice."""
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    outside = path.is_absolute() or ".." in path.parts or "\\" in entry.filename
    if outside or ":" in entry.filename or entry.is_dir() or kind not in (0, stat.S_IFREG):
        raise ExocastError(f"{name}: {entry.filename!r} does not belong in an archive of exocast")
    if entry.filename in held:
        raise ExocastError(f"{name}: {entry.filename} is there twice")


def _check_version(manifest: Mapping[str, Any], name: str) -> None:
    version = manifest.get("exocast_archive")
    if version is None:
        raise ExocastError(f"{name} is not an archive of exocast: its {MANIFEST} is another's")
    if version != ARCHIVE:
        raise ExocastError(
            f"{name} is an archive of version {version}; this exocast reads version {ARCHIVE}"
        )


def _check_hashes(manifest: Mapping[str, Any], contents: Mapping[str, bytes], name: str) -> None:
    """Compare every file with the manifest, and name all that differ."""
    listed = manifest.get("files")
    if not isinstance(listed, dict) or not all(isinstance(one, dict) for one in listed.values()):
        raise ExocastError(f"{name}: {MANIFEST} lists no files")
    faults = [f"{one} is not listed in {MANIFEST}" for one in contents if one not in listed]
    for one, entry in listed.items():
        if one not in contents:
            faults.append(f"{one} is missing")
        elif hashlib.sha256(contents[one]).hexdigest() != entry.get("sha256"):
            faults.append(f"{one} was changed after it was packed")
    if faults:
        lines = "\n".join(f"  {fault}" for fault in faults)
        raise ExocastError(f"{name} is not as it was packed; nothing was run\n{lines}")


def _check_promised(manifest: Mapping[str, Any], record: Mapping[str, Any]) -> None:
    """Raise a KeyError for what whoever reads an archive may count on."""
    origin = record["provenance"]
    for table, names in (
        (manifest, ("cascade_sha256", "versions", "digests", "run")),
        (record, ("title", "answer", "cascade", "variants", "values", "sources")),
        (origin, ("created", "exocast", "catalogue_digest", "design")),
    ):
        for name in names:
            table[name]


def _json(text: bytes, name: str, member: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ExocastError(f"{name}: {member} is missing or no JSON")
    return found
