"""A laboratory's own rotors, gels and membranes: rows like those that ship, or refused whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.equipping import read_equipment
from exocast.design.kit import KINDS
from exocast.design.recording import forecast_of
from exocast.design.run import run
from exocast.errors import DesignError
from exocast.evidence import Catalogue, Value
from exocast.learn.candidates import OWN, candidates, find_source
from exocast.material.equipment import EquipmentTable

HEAD = (
    "rotor,r_min [mm],r_max [mm],r_average [mm],angle [deg],tubes,tube volume [mL],"
    "tube diameter [mm],maximum speed [rpm]"
)
ROTOR = "Ours,60,160,110,swing-out,6,13,14,40000"
DESIGN = """exocast = 1
[question]
quantity = "recovery of small EVs"
[[equipment]]
file = "ours.csv"
[[step]]
stage = "donor"
method = "cell_culture"
cell_type = "mesenchymal_stromal_cell"
cells = 2e8
medium = "200 mL"
duration = "48 h"
[[step]]
stage = "isolation"
method = "differential_centrifugation"
spins = [
  {{ rcf = "1e5 g", duration = "70 min", rotor = "{rotor}", keep = "pellet", resuspend = "1 mL" }},
]
[[step]]
stage = "isolation"
method = "size_exclusion"
resin = "{resin}"
[run]
members = {{ uncertainty = 3, variability = 2 }}
"""


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[str], EquipmentTable]:
    def read(text: str) -> EquipmentTable:
        path = tmp_path / "ours.csv"
        path.write_text(text)
        return read_equipment(path, "ours.csv", "your_ours", Catalogue.packaged())

    return read


def shipped(rotor: str) -> dict[str, Value]:
    """Return the rows of a rotor that ships, by key."""
    held = Catalogue.packaged().values
    keys = [column.parameter.key for column in KINDS["rotor"].columns]
    rows = [row for key in keys for row in held.get(key, ()) if row.context == {"rotor": rotor}]
    return {row.key: row for row in rows}


def line_of(rotor: str) -> str:
    """Return a rotor that ships as a line of a table, under another name."""
    cells = []
    for column in KINDS["rotor"].columns[:-1]:
        value = shipped(rotor)[column.parameter.key].value
        factor = {"mm": 1e3, "mL": 1e6, "deg": np.degrees(1)}.get(column.unit, 1.0)
        cells.append(f"{value * factor:.12g}")
    return ",".join([f"{rotor} of ours", *cells])


def test_every_rotor_that_ships_could_be_a_users_own(
    reading: Callable[[str], EquipmentTable],
) -> None:
    names = [
        row.context["rotor"] for row in Catalogue.packaged().values["isolation.rotor.mean_radius"]
    ]
    table = reading("\n".join([HEAD, *map(line_of, names)]))
    assert table.problems == ()
    for row in table.rows:
        before = shipped(row.context["rotor"].removesuffix(" of ours"))[row.key]
        assert row.value == pytest.approx(before.value, rel=1e-10)
        assert (row.is_known, row.standing, row.check()) == (True, "read", [])


def test_whatever_depends_on_a_rotor_gel_or_membrane_has_a_column() -> None:
    for kind, held in KINDS.items():
        rows = [row for group in Catalogue.packaged().values.values() for row in group]
        keys = {row.key for row in rows if kind in row.context}
        assert keys <= {column.parameter.key for column in held.columns}


def test_a_gel_is_told_by_what_it_excludes_and_may_be_like_another(
    reading: Callable[[str], EquipmentTable],
) -> None:
    from exocast.laws.size_exclusion import partition_coefficient

    table = reading(
        "resin;excluded diameter [nm];bead diameter [um];like\nX;70;50..200;\nY;;;CL-2B\n\n"
        "membrane;sticky share;like\nM;0,01;polyethersulfone\n"
    )
    assert table.problems == ()
    (scale, beads), (sticky, released) = table.rows[:2], table.rows[-2:]
    same = next(row for row in table.rows if (row.context, row.key) == ({"resin": "Y"}, scale.key))
    assert partition_coefficient(35e-9, scale.value) == pytest.approx(0.01)
    assert (beads.low, beads.high) == pytest.approx((50e-6, 200e-6))
    assert beads.value == pytest.approx(100e-6)
    assert (same.value, same.method) == (25e-9, "assumed")
    assert same.low < same.value < same.high
    assert (sticky.value, sticky.standing) == (0.01, "read")
    assert (released.value, released.context, released.standing) == (
        0.5,
        {"membrane": "M"},
        "assumed",
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{HEAD}\nA,-60,160,,90,6,13,14,40000", 'line 2   column 2, r_min = "-60": more than 0'),
        (f"{HEAD}\nA,160,60,,90,6,13,14,40000", "line 2   A: r_min is not below r_max"),
        (f"{HEAD}\nA,60,160,170,90,6,13,14,40000", "A: r_average is not between"),
        (f"{HEAD}\nA,60,160,,95,6,13,14,40000", "column 5, angle = \"95\": outside 0 to 90 deg"),
        (f"{HEAD}\nA,60,160,,90,6,13,14,400000", "no rotor stands it"),
        (f"{HEAD}\nA,60,160,,90,6,130,14,40000", "holds about 15 mL, not 130 mL"),
        (f"{HEAD}\nA,60,70,,20,6,13,14,40000", "a tube of 14 mm does not fit"),
        (f"{HEAD},k factor\n{ROTOR},300", "give a k factor of 155"),
        (f"{HEAD}\nA,six,160,,90,5.5,13,14,40000", 'column 6, tubes = "5.5": a whole number'),
        (f'{HEAD}\nA,"60,5",160,,90,6,13,14,40000', "A decimal comma? Write 60.5"),
        (f"{HEAD}\nA,60,160", "column 5, angle; column 6, tubes"),
        (f"{HEAD}\n{ROTOR}\n{ROTOR}", 'line 3   column 1, rotor = "Ours": the same name as in'),
        (f"{HEAD}\n{ROTOR.replace('Ours', 'SW28')}", "a rotor of that name ships"),
        (f"{HEAD}\n{ROTOR},7", "more cells than the heading has"),
        (HEAD.replace("r_max [mm]", "r_max"), "it has no unit: write `r_max [mm]`"),
        (HEAD.replace("r_max [mm]", "r_max [mL]"), "mL does not fit: write `r_max [mm]`"),
        (HEAD.replace("r_max [mm]", "rmx [mm]"), "no such column. Did you mean `r_max`?"),
        (HEAD.replace("maximum speed [rpm]", "note"), "needs `maximum speed [rpm]`"),
        ("membrane,sticky share,released share\nA,1.2,1", 'column 3, released share = "1"'),
        ("membrane,sticky share,released share,cut off [kDa]", "`cut_off` is a setting of"),
        ("membrane,like\nA,polyethersulphone", "Did you mean `polyethersulfone`?"),
        ("resin,like\nA,", "bead diameter: empty. It may be `like` a resin"),
        ("resin,excluded diameter [nm],like\nA,90..60,", "the lower end comes first"),
        ("name,r_min\nA,6", "a heading comes first"),
        (HEAD, "there is a heading, and no row under it"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_line_and_column(
    text: str, said: str, reading: Callable[[str], EquipmentTable]
) -> None:
    told = "\n".join(map(str, reading(text).problems))
    assert said in told


def test_a_design_names_its_own_and_runs_on_it(tmp_path: Path) -> None:
    (tmp_path / "ours.csv").write_text(
        f"{HEAD}\n{line_of('SW28')}\n{ROTOR}\n\n"
        "resin,excluded diameter [nm],like\nOur gel,70,CL-2B\n"
    )
    design = Design.from_text(DESIGN.format(rotor="SW28 of ours", resin="Our gel"), tmp_path)
    same = Design.from_text(DESIGN.format(rotor="SW28", resin="Our gel"), tmp_path)
    finished, other = run(design), run(same)
    mine, theirs = (np.asarray(forecast_of(one).data["cascade"]) for one in (finished, other))
    np.testing.assert_allclose(mine, theirs, rtol=1e-9)

    kept = forecast_of(finished)
    assert kept.inputs == {"ours.csv": (tmp_path / "ours.csv").read_bytes()}
    read = {row["identity"]: row for row in kept.record["values"] if row["source"] == "your_ours"}
    radius = read["isolation.rotor.mean_radius@rotor=SW28 of ours"]
    assert (radius["locator"], radius["standing"]) == ("line 2", "read")
    assert kept.record["sources"]["your_ours"]["kind"] == "file"

    (tmp_path / "mine.toml").write_text(design.text)
    own = candidates(find_source(str(tmp_path / "mine.toml")))[0]
    assert own.name == OWN
    own.design.check()


def test_mistakes_stand_with_those_of_the_design_and_names_offer_the_nearest(
    tmp_path: Path,
) -> None:
    (tmp_path / "ours.csv").write_text(f"{HEAD}\n{ROTOR}\n\nresin,like\nOur gel,CL-2B\n")
    for rotor, resin, said in (
        ("Our", "CL-2B", "Did you mean `Ours`?"),
        ("Ours", "Our gle", "Did you mean `Our gel`?"),
    ):
        with pytest.raises(DesignError, match=said.replace("?", r"\?")):
            Design.from_text(DESIGN.format(rotor=rotor, resin=resin), tmp_path).check()
    (tmp_path / "ours.csv").write_text(f"{HEAD}\n{ROTOR}\nX,60\n{ROTOR}")
    with pytest.raises(DesignError) as caught:
        Design.from_text(DESIGN.format(rotor="Ours", resin="CL-2A"), tmp_path).check()
    told = str(caught.value)
    assert "3 problems, nothing was run" in told
    assert "line 5   equipment 1, file: ours.csv line 4, column 1" in told
    assert "no such" in told or "not one of its names" in told


def test_the_table_to_fill_in_is_sound(tmp_path: Path) -> None:
    packaged = Path(str(resources.files("exocast") / "templates" / "equipment.csv"))
    path = tmp_path / "equipment.csv"
    shutil.copy(packaged, path)
    table = read_equipment(path, path.name, "your_equipment", Catalogue.packaged())
    assert table.problems == ()
    assert all(table.names[kind] for kind in KINDS)
