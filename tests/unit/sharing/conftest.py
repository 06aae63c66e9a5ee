"""A forecast made by hand, small enough to pack and tamper with in milliseconds."""

from __future__ import annotations

import hashlib
import io
import sys
import zipfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

from exocast.evidence import Catalogue
from exocast.evidence.parameter import format_context
from exocast.material.folder import write_folder
from exocast.material.forecast import Forecast

KEYS = (
    "uptake.endocytosis_and_escape.cell_radius",
    "response.gene_silencing.copies_needed",
    "cargo.molar_mass",
)
CONTENT = b"size,count\n100,5\n"


def _values(catalogue: Catalogue) -> list[dict[str, Any]]:
    rows = [catalogue.values[key][0] for key in KEYS]
    return [
        {
            "key": row.key,
            "identity": row.identity,
            "context": format_context(row.context),
            "value": row.value,
            "low": row.low,
            "high": row.high,
            "variability": row.variability,
            "distribution": row.distribution,
            "unit": row.unit,
            "source": row.source,
            "locator": row.locator,
            "read": row.read,
            "method": row.method,
            "hypothesis": row.hypothesis,
            "note": row.note,
            "log10_swing": swing,
            "matters": swing > 0.04,
        }
        for row, swing in zip(rows, (0.1, -1.5, 0.0), strict=True)
    ]


def _row(median: float) -> dict[str, Any]:
    entry = {
        "phrase": "",
        "median": median,
        "fraction": None,
        "uncertainty": [median / 2, median * 2],
        "variability": [median, median],
    }
    return {
        "name": "taken_up", "title": "taken up", "unit": "copy", "by_hypothesis": [entry], **entry
    }  # fmt: skip


@pytest.fixture
def forecast() -> Forecast:
    catalogue = Catalogue.packaged()
    values = _values(catalogue)
    sources = {
        value["source"]: {
            name: getattr(catalogue.sources[value["source"]], name)
            for name in ("kind", "title", "year", "authors", "doi", "url", "formula", "journal")
        }
        for value in values
    }
    digest = hashlib.sha256(CONTENT).hexdigest()
    record = {
        "exocast": 1,
        "title": "by hand",
        "answer": {"row": "taken_up"},
        "cascade": [_row(3.0)],
        "variants": [{"name": "other", "cascade": [_row(4.0)]}],
        "values": values,
        "sources": sources,
        "provenance": {
            "exocast": "0.1.0",
            "python": "3.11.0",
            "numpy": "2.0.0",
            "scipy": "1.14.0",
            "machine": "x86_64",
            "created": "2026-05-04T03:02:01+00:00",
            "design_digest": "d" * 16,
            "catalogue_digest": catalogue.digest,
            "network_digest": "n" * 16,
            "seed": 1,
            "engine": "native",
            "rtol": 1e-5,
            "members": {"uncertainty": 2, "variability": 1},
            "design": 'exocast = 1\ntitle = "by hand"\n',
            "design_name": "by-hand.toml",
            "inputs": [{"file": "nta.csv", "stored": "inputs/nta.csv", "sha256": digest}],
        },
    }
    data = xarray.Dataset(
        {"cascade": (("variant", "rival", "row", "member"), np.full((2, 1, 1, 2), 3.0))},
        {"variant": ["design", "other"], "rival": ["all"], "row": ["taken_up"]},
    )
    return Forecast(record, data, inputs={"nta.csv": CONTENT})


@pytest.fixture
def folder(forecast: Forecast, tmp_path: Path) -> Path:
    place = tmp_path / "saved"
    write_folder(place, forecast.write, replace=False)
    return place


@pytest.fixture
def packed(forecast: Forecast, tmp_path: Path) -> Path:
    from exocast.design.archive import write_archive

    path = tmp_path / "by-hand.zip"
    write_archive(forecast, path)
    return path


Alter = Callable[[dict[str, bytes]], Mapping[str, bytes]]


@pytest.fixture
def altered(packed: Path, tmp_path: Path) -> Callable[[Alter], Path]:
    """Return a function that writes the archive anew with changed contents."""

    def write(change: Alter) -> Path:
        with zipfile.ZipFile(packed) as file:
            contents = {name: file.read(name) for name in file.namelist()}
        path = tmp_path / "altered.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, content in change(contents).items():
                file.writestr(name, content)
        return path

    return write


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Return a function that runs the command line in this process."""

    def run(*arguments: object) -> Done:
        from exocast.cli import main

        out, err, code = io.StringIO(), io.StringIO(), 0
        monkeypatch.setattr(sys, "argv", ["exocast", *map(str, arguments)])
        for name, value in {"COLUMNS": "160", "NO_COLOR": "1", "TERM": "dumb"}.items():
            monkeypatch.setenv(name, value)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Done(code, out.getvalue(), err.getvalue())

    return run
