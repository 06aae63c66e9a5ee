"""Forecasts of experiments that nobody here has opened, sealed so that opening them is a test.

A folder of forecasts holds

- ``experiments.toml``: the list, as it was given;
- ``forecasts.csv``: a line for every reading, with its 90 % interval;
- ``forecasts.json``: what made them (version, digests of catalogue and code, members, seed, each
  Design), the hash of both files, and one digest over all of it.

Once a paper is open, its numbers go into ``opened.csv`` beside them, and `opened_cases` scores the
forecasts as they stand: nothing is run again.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from exocast._version import __version__
from exocast.design.reusing import Store
from exocast.design.run import Progress
from exocast.errors import ExocastError, Problem, TableError, nearest
from exocast.evidence import Axes, Catalogue
from exocast.material.folder import write_folder
from exocast.qualify.case import QualificationCase
from exocast.qualify.casebook import read_cases
from exocast.qualify.qualification import MEMBERS, forecast_cases

__all__ = [
    "COLUMNS",
    "FORECASTS",
    "OPENED",
    "RECORD",
    "Blind",
    "code_digest",
    "find_list",
    "opened_cases",
    "predict_blind",
    "read_blind",
    "write_blind",
]

SCHEMA = 1
PACKAGED = "blind-experiments"
"""Name of the list that ships with exocast."""

LIST, FORECASTS, RECORD, OPENED = (
    "experiments.toml", "forecasts.csv", "forecasts.json", "opened.csv",
)  # fmt: skip
COLUMNS = ("experiment", "organ", "quantity", "time_h", "unit", "predicted", "low", "high",
           "model_low", "model_high")  # fmt: skip
NEEDED = ("experiment", "organ", "quantity", "time_h", "observed", "unit")
"""Columns that a table of opened readings must have; ``source`` and ``note`` are taken over."""

DIGITS = 6
"""Significant digits of a forecast that are written, and that the digest holds."""


@dataclass(frozen=True)
class Blind:
    """Sealed forecasts.

    Attributes
    ----------
    record : dict
        As in ``forecasts.json``.
    table : str
        As in ``forecasts.csv``.
    text : str
        The list of experiments.
    """

    record: dict[str, Any]
    table: str
    text: str

    @property
    def rows(self) -> list[dict[str, str]]:
        """Return the forecasts, a line each."""
        return list(csv.DictReader(self.table.splitlines()))


def find_list(name: str) -> Path:
    """Return the file of a list of experiments: a path, or the one that ships.

    Raises
    ------
    ExocastError
        If there is none.
    """
    path = Path(name)
    if path.is_file():
        return path
    if name == PACKAGED:
        return Path(str(resources.files("exocast") / "qualify" / "blind" / LIST))
    raise ExocastError(
        f"{name}: there is no such list of experiments; {PACKAGED} is the one that ships"
    )


def predict_blind(
    path: Path,
    *,
    members: tuple[int, int] = MEMBERS,
    seed: int = 1,
    threads: int = 1,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Blind:
    """Forecast a list of experiments.

    Parameters
    ----------
    path : Path
        The list; its cases have the role ``blind`` and no observed numbers.
    members : tuple of int
        (uncertainty, variability).
    seed : int
        Of every draw.
    threads : int
        Worker threads; results do not depend on it.
    catalogue : Catalogue, optional
        Values; the packaged ones by default.
    progress : callable, optional
        Takes members done, members in all, and the experiment.

    Raises
    ------
    ExocastError
        If the list holds an observed number, or a case of another role.
    """
    held = Catalogue.packaged() if catalogue is None else catalogue
    cases = read_cases([path])
    _only_blind(path, cases)
    store = Store(held, Axes(*members), seed)
    made = forecast_cases(cases, store, threads=threads, progress=progress)
    text, table = path.read_text(encoding="utf-8"), _table(made)
    record = {
        "exocast": SCHEMA,
        "version": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "machine": platform.machine(),
        "catalogue_digest": held.digest,
        "code_digest": code_digest(),
        "members": {"uncertainty": members[0], "variability": members[1]},
        "seed": seed,
        "files": {LIST: _hash(text), FORECASTS: _hash(table)},
        "experiments": [
            {
                "name": case["name"],
                "paper": case["paper"],
                "citation": case["citation"],
                "notes": case["notes"],
                "readings": 0 if case["problem"] else len(case["points"]),
                "problem": case["problem"],
                "flags": case["flags"],
                "design": case["design"],
            }
            for case in made
        ],
    }
    return Blind({**record, "digest": _seal(record)}, table, text)


def write_blind(blind: Blind, folder: Path, *, replace: bool = False) -> None:
    """Write forecasts into a folder, complete or not at all.

    Raises
    ------
    ExocastError
        As `exocast.material.folder.refuse`.
    """

    def write(temporary: Path) -> None:
        text = json.dumps(blind.record, indent=1, ensure_ascii=False, allow_nan=False)
        (temporary / RECORD).write_text(text + "\n", encoding="utf-8")
        for name, held in ((LIST, blind.text), (FORECASTS, blind.table)):
            (temporary / name).write_text(held, encoding="utf-8", newline="")

    write_folder(folder, write, replace=replace, kind="blind")


def read_blind(folder: Path) -> Blind:
    """Open sealed forecasts, once their digest holds.

    Raises
    ------
    ExocastError
        If the folder holds none, or if anything in it is not as it was sealed; everything that
        differs is said.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        with (folder / FORECASTS).open(encoding="utf-8", newline="") as file:
            table = file.read()
        with (folder / LIST).open(encoding="utf-8", newline="") as file:
            text = file.read()
    except (OSError, ValueError) as error:
        raise ExocastError(
            f"{folder} holds no forecasts of `exocast predict-blind`: {error}"
        ) from None
    wrong = []
    for name, held in ((LIST, text), (FORECASTS, table)):
        if record.get("files", {}).get(name) != _hash(held):
            wrong.append(f"{name} is not what was sealed")
    if record.get("digest") != _seal({k: v for k, v in record.items() if k != "digest"}):
        wrong.append(f"{RECORD} does not have the digest that it was sealed with")
    if wrong:
        raise ExocastError(f"{folder}: {'; '.join(wrong)}: these are not the forecasts of then")
    return Blind(record, table, text)


def code_digest() -> str:
    """Return the digest of every module and table of the installed package.

    Forecasts that are sealed in the package are left out: they cannot be part of what made them.
    """
    root = Path(str(resources.files("exocast")))
    digest = hashlib.sha256()
    held = [*root.rglob("*.py"), *(root / "data").rglob("*.csv"), *(root / "data").rglob("*.toml")]
    for path in sorted(held):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def opened_cases(folder: Path) -> list[dict[str, Any]]:
    """Return opened experiments as cases of a qualification record, forecast as sealed.

    Parameters
    ----------
    folder : Path
        Sealed forecasts, and ``opened.csv`` with `NEEDED`.

    Notes
    -----
    Between two times of the grid a forecast is read off on logarithmic axes; outside the grid it
    is not, and the reading is listed with that reason.

    Raises
    ------
    ExocastError
        If the digest does not hold, or a line of the table names nothing that was forecast.
    """
    blind = read_blind(folder)
    rows = _opened(folder / OPENED)
    experiments = {one["name"]: one for one in blind.record["experiments"]}
    forecasts: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    for row in blind.rows:
        key = (row["experiment"], row["organ"], row["quantity"])
        forecasts.setdefault(key, []).append(row)
    problems: list[Problem] = []
    found: dict[str, list[dict[str, Any]]] = {}
    for line, row in enumerate(rows, start=2):
        key = (row["experiment"], row["organ"], row["quantity"])
        if row["experiment"] not in experiments:
            offer = nearest(row["experiment"], experiments)
            problems.append(Problem(f"no such experiment. {offer}", row["experiment"], line))
        elif key not in forecasts:
            problems.append(Problem("was not forecast", ", ".join(key), line))
        elif row["unit"] != forecasts[key][0]["unit"]:
            unit = forecasts[key][0]["unit"]
            problems.append(Problem(f"was forecast in {unit}: convert it", row["unit"], line))
        else:
            held = found.setdefault(row["experiment"], [])
            try:
                held.append(_opened_point(row, forecasts[key]))
            except ValueError:
                problems.append(Problem("time_h and observed are numbers", str(key), line))
    if problems:
        raise TableError(OPENED, problems)
    return [_opened_case(experiments[name], points, blind) for name, points in found.items()]


def _opened(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise ExocastError(
            f"{path.parent} holds no {OPENED}: write what the opened papers print into it, with "
            f"the columns {', '.join(NEEDED)}"
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    missing = [name for name in NEEDED if rows and name not in rows[0]]
    if missing or not rows:
        what = f"no column {', '.join(missing)}" if missing else "no line"
        raise TableError(OPENED, [Problem(f"{what}. It needs {', '.join(NEEDED)}.")])
    return rows


def _opened_point(row: Mapping[str, str], grid: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Return a reading beside the forecast that was sealed for it."""
    observed = float(row["observed"])
    time = float(row["time_h"]) if row["time_h"] else math.nan
    names = ("predicted", "low", "high", "model_low", "model_high")
    shown = {name: _at(time, grid, name) for name in names}
    median, low, high = (shown[name] for name in names[:3])
    fold = median / observed if median and observed > 0 else None
    return {
        "organ": row["organ"],
        "quantity": row["quantity"],
        "time_h": None if math.isnan(time) else time,
        "observed": observed,
        "unit": row["unit"],
        **shown,
        "observed_low": None,
        "observed_high": None,
        "sd": None,
        "n": 1,
        "scored": True,
        "fold": fold,
        "inside": low <= observed <= high if low is not None and high is not None else None,
        "place": None,
        "tolerance": None,
        "met": None,
        "expected": "",
        "passed": None,
        "percent_of_dose": observed if row["quantity"] == "percent_injected" else None,
        "note": row.get("note", "") or row.get("source", "") or "",
        "problem": "" if median is not None else "outside the times that were forecast",
    }


def _at(time: float, grid: Sequence[Mapping[str, str]], name: str) -> float | None:
    """Return a column of a forecast at a time, on logarithmic axes; None outside its grid."""
    held = [(float(row["time_h"] or "nan"), float(row[name])) for row in grid if row[name]]
    if math.isnan(time):
        return next((value for when, value in held if math.isnan(when)), None)
    pairs = sorted((when, value) for when, value in held if not math.isnan(when))
    if not pairs or not pairs[0][0] * (1 - 1e-6) <= time <= pairs[-1][0] * (1 + 1e-6):
        return None
    when, value = (np.array(column) for column in zip(*pairs, strict=True))
    floor = np.finfo(float).tiny
    level = np.interp(math.log(time), np.log(when), np.log(np.maximum(value, floor)))
    return float(np.exp(level))


def _opened_case(
    experiment: Mapping[str, Any], points: list[dict[str, Any]], blind: Blind
) -> dict[str, Any]:
    """Return an opened experiment as a case of the record."""
    when, digest = blind.record["created"], blind.record["digest"]
    return {
        "name": experiment["name"],
        "paper": experiment["paper"],
        "role": "blind",
        "scored": True,
        "reason": f"forecast on {when} (digest {digest[:16]}), before its paper was opened",
        "judged": "fold",
        "material": "exosome",
        "species": "",
        "label": "",
        "citation": experiment["citation"],
        "source": "",
        "locator": OPENED,
        "read": "full",
        "notes": list(experiment["notes"]),
        "facts": {},
        "problem": experiment["problem"],
        "flags": list(experiment["flags"]),
        "points": points,
        "curves": [],
        "design": experiment["design"],
    }


def _only_blind(path: Path, cases: Sequence[QualificationCase]) -> None:
    """Refuse a list with anything that is known already."""
    problems = []
    for case in cases:
        if case.role != "blind":
            problems.append(Problem(f'has the role "{case.role}"; here it is "blind"', case.name))
        if any(math.isfinite(point.observed) for point in case.points):
            problems.append(Problem("holds an observed number: it is not blind", case.name))
        if not case.points:
            problems.append(Problem("says nothing that will be read ([[case.reads]])", case.name))
    if problems:
        raise TableError(path.name, problems)


def _table(made: Sequence[Mapping[str, Any]]) -> str:
    """Return every forecast as a line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for case in made:
        for point in case["points"] if not case["problem"] else ():
            row = {**point, "experiment": case["name"]}
            writer.writerow([_written(row[name]) for name in COLUMNS])
    return buffer.getvalue()


def _written(value: object) -> object:
    """Return a number with the digits that are sealed."""
    if value is None:
        return ""
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else value


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _seal(record: Mapping[str, Any]) -> str:
    """Return the digest over a record."""
    return _hash(json.dumps(record, sort_keys=True, ensure_ascii=True, allow_nan=False))
