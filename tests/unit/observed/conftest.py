"""Animals made from a forecast whose truth is known, and the design that reads them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from exocast.design import Design, templates
from exocast.design.run import Run, run
from exocast.evidence import Catalogue
from exocast.qualify.assay import Assay
from exocast.qualify.observed import observed_record

MEMBERS = (6, 4)
LABEL = "zirconium-89"
COLUMNS = ("study", "subject", "time", "organ", "label", "quantity", "value", "unit", "sd", "n",
           "lloq")  # fmt: skip
PER_VOLUME, PER_MASS, SHARE = (
    "percent_injected_per_volume", "percent_injected_per_mass", "percent_injected"
)  # fmt: skip
UNITS = {SHARE: "%ID", PER_MASS: "%ID/g", PER_VOLUME: "%ID/mL"}
SI = {SHARE: 100.0, PER_MASS: 0.1, PER_VOLUME: 1e-4}
BLOOD_TIMES = ("2 min", "10 min", "30 min", "1 h", "4 h", "24 h")
SAMPLED = (
    *(("plasma", PER_VOLUME, time) for time in BLOOD_TIMES),
    ("liver", SHARE, "4 h"), ("spleen", SHARE, "4 h"), ("lung", SHARE, "4 h"),
    ("kidney", PER_MASS, "4 h"), ("blood", PER_MASS, "4 h"), ("tumour", PER_MASS, "24 h"),
    ("excreta", SHARE, "24 h"), ("liver", SHARE, "24 h"), ("blood", SHARE, "24 h"),
)  # fmt: skip


@dataclass(frozen=True)
class Animals:
    """A folder with the packaged design and a table beside it."""

    folder: Path

    def write(self, rows: Iterable[Mapping[str, object]], name: str = "mice.csv") -> Path:
        path = self.folder / name
        with path.open("w", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, restval="")
            writer.writeheader()
            writer.writerows(rows)
        return path

    def text(self, text: str, name: str = "mice.csv") -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def design(self, *blocks: Mapping[str, object], **settings: object) -> Design:
        """Return the packaged design with tables, without variants."""
        text = templates()["kras-sirna-tumour"].read_text()
        text = text[: text.index("[[variant]]")] + "\n[run]\nmembers = { uncertainty = 6 }\n"
        for block in blocks or ({"file": "mice.csv", "label": LABEL},):
            text += "\n[[observed]]\n"
            for key, value in block.items():
                written = str(value).lower() if isinstance(value, bool) else f'"{value}"'
                text += f"{key} = {written}\n"
        design = Design.from_text(text, self.folder)
        return design.with_settings(settings) if settings else design


def seconds(time: str) -> float:
    number, unit = time.split()
    return float(number) * {"min": 60.0, "h": 3600.0}[unit]


def row(organ: str, quantity: str, time: str, value: object, **more: object) -> dict[str, object]:
    return {
        "study": "made up", "subject": "m1", "time": time, "organ": organ, "label": LABEL,
        "quantity": quantity, "value": value, "unit": UNITS[quantity], **more,
    }  # fmt: skip


@pytest.fixture
def animals(tmp_path: Path) -> Animals:
    return make_animals(tmp_path)


def make_animals(folder: Path) -> Animals:
    batch = templates()["kras-sirna-tumour"].parent / "batch-07-ExperimentSummary.csv"
    shutil.copy(batch, folder)
    return Animals(folder)


@dataclass(frozen=True)
class Known:
    """A run, and what its median member shows of every sample."""

    animals: Animals
    run: Run
    shown: Mapping[tuple[str, str, str], float]
    row = staticmethod(row)
    seconds = staticmethod(seconds)

    def record(self, rows: Iterable[Mapping[str, object]], **block: object) -> dict:
        """Read a table against the run, without running it again."""
        self.animals.write(rows)
        design = self.animals.design({"file": "mice.csv", "label": LABEL, **block})
        plans = {"": design.plan()}
        made = Run(design, plans, self.run.branches, self.run.axes, self.run.seed)
        return observed_record(made, Catalogue.packaged())


@pytest.fixture(scope="package")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    from exocast.material.spread import three_bars

    animals = make_animals(tmp_path_factory.mktemp("animals"))
    animals.write([row(organ, quantity, time, 1e-3) for organ, quantity, time in SAMPLED])
    finished = run(animals.design(), members=MEMBERS, threads=2)
    assay = Assay(finished.plan, finished.base[0])
    shown = {}
    for organ, quantity, time in SAMPLED:
        values = assay.at(assay.reading(organ, quantity, LABEL), seconds(time))
        shown[organ, quantity, time] = SI[quantity] * three_bars(values, MEMBERS[0]).median
    return Known(animals, finished, shown)
