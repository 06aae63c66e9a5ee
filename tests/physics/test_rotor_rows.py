"""The rotor that ships, with its own rows, against both tables of Livshits et al. 2015.

`test_centrifugation` checks the law with the paper's geometry; here everything but the medium and
the vesicle of the paper (1150 g/L, 1.55 mPa s) is what a Design runs with.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from exocast.evidence import Axes, Catalogue, Need, draw
from exocast.laws import centrifugation as law
from exocast.stages.isolation.rotor import HORIZONTAL, ROTOR_PARAMETERS, Rotor

SHARED = Path(__file__).resolve().parents[2] / "../shared"
EVIDENCE = SHARED / "evidence" / "isolation_parameters.csv"
FORCE = 10_000 * 9.80665

needs_shared = pytest.mark.skipif(not EVIDENCE.exists(), reason="../shared is not shipped")


def printed() -> Iterator[tuple[str, int, float, float]]:
    """Return rotor, size [nm] (0 for a cut-off), value, and time [s]."""
    with EVIDENCE.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    held = [row for row in rows if row["method"] == "differential centrifugation"]
    minutes = {
        row["quantity"].removesuffix(" k-equivalent time"): float(row["value"])
        for row in held
        if row["quantity"].endswith("k-equivalent time")
    }
    for row in held:
        words = row["quantity"]
        if "cut-off diameter" not in words and "pelleted" not in words:
            continue
        name = words.split(" cut-off")[0].split(" pelleted")[0]
        size = int(words.split(",")[1].split()[0]) if "pelleted" in words else 0
        time = 60 * minutes[name] if "k-equivalent" in words else 1800.0
        yield name, size, float(row["value"]), time


def forecast(rotor: Rotor, size: int, time: float) -> float:
    """Return per cent pelleted, or the cut-off [nm]."""
    speed = law.angular_velocity_squared(FORCE, rotor.mean_radius)
    if size:
        s = law.sedimentation_coefficient(size * 1e-9, 1150.0, 1000.0, 1.55e-3)
        return 100 * float(rotor.pelleted(np.full((1, 1), s), speed, time)[0, 0])
    swing = rotor.tube_angle > HORIZONTAL
    way = np.where(
        swing, np.log(rotor.maximum_radius / rotor.minimum_radius), rotor.path / rotor.mean_radius
    )
    return 1e9 * float(law.cut_off_diameter(way, 150.0, 1.55e-3, speed, time)[0])


@needs_shared
def test_every_published_value_comes_out_of_the_rows_that_ship() -> None:
    values = list(printed())
    names = list(dict.fromkeys(name for name, *_ in values))
    needs = [Need(one, {"rotor": name}) for name in names for one in ROTOR_PARAMETERS]
    p = draw(needs, Catalogue.packaged(), Axes(1, 1), 1, {}).draws({})
    seen = 0
    for name, size, value, time in values:
        rotor = Rotor.drawn(name, p)
        got = forecast(rotor, size, time)
        assert got == pytest.approx(value, abs=1.0), (name, size, time)  # a point, or a nanometre
        seen += 1
    assert seen == 80  # 64 shares and 16 cut-offs, of eight rotors in two tables
