"""`exocast new`: templates that run as they are written, and nothing overwritten."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest

import exocast
from exocast.design import Design, templates
from exocast.design.starting import Start, start_design, start_table, template_titles
from exocast.errors import DesignError, ExocastError
from exocast.evidence import Catalogue
from exocast.instruments.readers.observed import COLUMNS, read_observed
from exocast.stages.isolation.size_exclusion import RESINS
from exocast.stages.storage.parameters import MATERIALS

NAMES = sorted(templates())


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_sound_and_reads_what_lies_beside_it(name: str, tmp_path: Path) -> None:
    made = start_design("mine", name, tmp_path)
    assert made.path == tmp_path / "mine.toml"
    assert set(made.write()) == set(made.files)
    design = Design.read(made.path)
    design.check()
    assert design.digest == Design.read(name).digest
    text = made.path.read_text()
    assert f"{name}.toml" not in text
    assert "exocast check mine.toml" in text


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_commented(name: str) -> None:
    lines = templates()[name].read_text().splitlines()
    assert lines[0].startswith("# ")
    assert sum("#" in line for line in lines) >= len(lines) / 8
    assert max(map(len, lines)) <= 110
    assert "exocast explain" in "\n".join(lines[:12])


def test_the_list_has_a_title_for_each(call: Any) -> None:
    titles = template_titles()
    assert sorted(titles) == NAMES
    done = call("new", "--list")
    assert done.code == 0
    for name, title in titles.items():
        assert re.search(rf"^{re.escape(name)} +{re.escape(title)}", done.out, re.MULTILINE)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    made = start_design("mine", folder=tmp_path)
    made.write()
    (tmp_path / "mine.toml").write_text("years of work")
    with pytest.raises(ExocastError, match=r"mine\.toml exists and is not overwritten"):
        start_design("mine", folder=tmp_path).write()
    assert (tmp_path / "mine.toml").read_text() == "years of work"
    # A second Design shares the file that both read; another file of that name is in the way.
    second = start_design("second", folder=tmp_path)
    assert second.write() == [tmp_path / "second.toml"]
    (tmp_path / "batch-07-ExperimentSummary.csv").write_text("my own")
    with pytest.raises(ExocastError, match="batch-07"):
        start_design("third", folder=tmp_path).write()
    assert not (tmp_path / "third.toml").exists(), "all or nothing"
    assert (tmp_path / "batch-07-ExperimentSummary.csv").read_text() == "my own"


def test_a_disk_that_fails_leaves_nothing(tmp_path: Path) -> None:
    files = {tmp_path / "one.toml": b"1", tmp_path / "no" / "two.csv": b"2"}
    with pytest.raises(ExocastError, match="cannot write"):
        Start(files).write()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../mine", "a/b", "", ".hidden", "-x", "C:\\mine"])
def test_a_name_that_is_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(ExocastError, match="no name for a file"):
        start_design(name, folder=tmp_path)


def test_a_mistyped_template_is_offered(tmp_path: Path) -> None:
    with pytest.raises(ExocastError, match="Did you mean `doxorubicin-mouse`"):
        start_design("mine", "doxorubicin-mose", tmp_path)
    with pytest.raises(ExocastError, match="Did you mean `kras-sirna-tumour`"):
        exocast.template("kras-sirna-tumor")


def test_the_face_gives_a_template() -> None:
    design = exocast.template("labelled-biodistribution")
    assert design.plan().study.cargo == ""
    assert design.plan().study.labels == ("zirconium-89", "lipophilic-dye")


def test_the_table_of_measurements_is_read_as_it_stands(tmp_path: Path) -> None:
    (path,) = start_table("observed", folder=tmp_path).write()
    text = path.read_text()
    table = read_observed(path)
    assert len(table.rows) == 4
    assert not table.notes
    head = next(line for line in text.splitlines() if not line.startswith("#"))
    assert tuple(head.split(",")) == COLUMNS
    for column in COLUMNS:
        assert re.search(rf"^# {column} ", text, re.MULTILINE), f"{column} is not explained"
    assert all(row.study == "example" for row in table.rows), "nobody takes them for data"


def priced() -> set[str]:
    text = start_table("prices").files[Path("prices.csv")].decode()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = list(csv.DictReader(lines))
    assert all(row["price"] == "" for row in rows)
    assert list(rows[0]) == ["item", "unit", "price", "currency"]
    names = [row["item"] for row in rows]
    assert len(names) == len(set(names))
    for row in rows:
        unit = row["item"].partition(" [")[2].removesuffix("]")
        assert row["unit"] == (unit or ("h" if row["item"] == "operator" else "each"))
    return set(names)


def test_every_rotor_resin_and_vial_has_a_line_for_its_price() -> None:
    rows = Catalogue.packaged().values["isolation.rotor.tube_volume"]
    names = {f"tube, {row.context['rotor']}" for row in rows}
    names |= {f"column run, {resin}" for resin in RESINS}
    names |= {f"vial, {material}" for material in MATERIALS}
    assert names <= priced()


@pytest.mark.parametrize("name", NAMES)
def test_what_the_steps_use_up_has_a_line_for_its_price(name: str) -> None:
    from exocast.design.run import rivals_of
    from exocast.design.simulating import bench, plan_needs
    from exocast.evidence import Axes, draw

    plan, catalogue = Design.read(name).plan(), Catalogue.packaged()
    rival = rivals_of(plan.hypotheses, catalogue)[0]
    ensemble = draw(plan_needs(plan), catalogue, Axes(2, 1), 1, dict(rival.selection))
    entries = bench(plan, ensemble, []).ledger.entries
    used = {item for entry in entries for item in entry.exchange.resources.consumables}
    assert used
    assert used <= priced()


def test_particles_are_a_question_without_cargo() -> None:
    design = exocast.template("doxorubicin-mouse")
    asked = design.with_settings({"question.quantity": "particles taken up per target cell"})
    assert asked.plan().study.cargo == "", "what they carry is not followed"
    named = asked.with_settings({"question.cargo": "doxorubicin"})
    with pytest.raises(DesignError, match="leave `cargo` out"):
        named.check()


def test_the_shell_completes_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from exocast.cli.explain import complete_keys
    from exocast.cli.new import complete_designs, complete_templates

    monkeypatch.chdir(tmp_path)
    (tmp_path / "kras-mine.toml").write_text("")
    assert complete_templates("dox") == ["doxorubicin-mouse"]
    assert complete_designs("kras") == ["kras-sirna-tumour", "kras-mine.toml"]
    assert "loading." in complete_keys("lo")
    assert "regimen" in complete_keys("reg")
    assert "loading.electroporation.field" in complete_keys("loading.electroporation.f")
    assert "cargo.molar_mass" in complete_keys("cargo.m")
    assert complete_keys("nonsense.") == []
