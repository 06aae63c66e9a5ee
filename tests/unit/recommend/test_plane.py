"""The yield-purity plane of compared trains is that of the recommendation; `exocast.recommend`."""

from __future__ import annotations

from pathlib import Path

import pytest

import exocast
from exocast.learn.recommend import recommend_isolation
from exocast.report.comparing import isolation_panels


@pytest.fixture(scope="module")
def compared() -> exocast.Comparison:
    design = exocast.template("isolation-trains")
    return exocast.compare([design], members=(3, 2), progress=False)


def test_compared_trains_stand_in_the_plane(compared: exocast.Comparison, tmp_path: Path) -> None:
    (panel,) = isolation_panels(compared)
    picture, table = panel.blocks
    assert [row[0].text for row in table.rows] == [one["name"] for one in compared.record["sides"]]
    assert picture.drawing.name == "isolation"
    assert "Yield and purity" in compared.report(tmp_path / "r.html").read_text(encoding="utf-8")


def test_recovery_of_a_compared_train_is_that_of_its_recommendation() -> None:
    design = exocast.template("plasma-biomarkers")
    found = exocast.compare([design], members=(1, 1), progress=False)
    own = found.record["sides"][0]["isolation"]["figures"]
    same = recommend_isolation("plasma-biomarkers", members=(1, 1), seed=found.record["seed"])
    train = next(one for one in same.trains if one["own"])
    for key in ("recovery", "share_of_particles"):
        assert own[key]["median"] == pytest.approx(train["figures"][key]["median"], rel=1e-9)


def test_the_same_isolation_has_no_plane() -> None:
    design = exocast.template("kras-sirna-tumour")
    same = exocast.compare({"a": design, "b": design}, members=(1, 1), progress=False)
    assert isolation_panels(same) == ()


def test_the_verb_asks_as_the_command_does(tmp_path: Path) -> None:
    found = exocast.recommend(
        "isolation", "urine", purity=["share of particles >= 5 %"], yield_="10 %", scale="100 mL",
        members=(1, 1), progress=False,
    )  # fmt: skip
    assert [one["key"] for one in found.record["wishes"]] == ["share_of_particles", "recovery"]
    assert found.record["source"]["volume_m3"] == pytest.approx(1e-4)
    assert found.first["title"] in repr(found)
    again = exocast.open(found.save(tmp_path / "urine") and tmp_path / "urine")
    assert type(again) is type(found)
    with pytest.raises(exocast.ExocastError, match="isolation"):
        exocast.recommend("isolations", "urine")
    with pytest.raises(exocast.ExocastError, match="a volume"):
        exocast.recommend("isolation", "urine", scale="-3 L")
