"""What would be enough: the chain multiplies to the answer, levers meet their closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.laws.copies_needed import least_openings, share_above
from exocast.learn.benchmarks import benchmarks
from exocast.learn.chain import FACTORS
from exocast.learn.needed import BEYOND, escapes, standings
from exocast.material.forecast import Forecast
from exocast.report.blocks import Picture, Table
from exocast.report.panels.needed import panel, verdict

Handmade = Callable[..., Forecast]


def chain_of(forecast: Forecast) -> dict[str, np.ndarray]:
    values = np.asarray(forecast.data["chain"].values)
    return {name: values[:, :, index] for index, name in enumerate(FACTORS)}


def test_the_chain_multiplies_to_the_answer(forecast: Forecast) -> None:
    """Vesicles x escape x copies x what is kept of them: the row of the cascade, each member."""
    chain = chain_of(forecast)
    product = chain["taken"] * chain["escape"] * chain["copies"] * chain["kept"]
    answer = forecast.data["cascade"].sel(row="in_cytosol").values
    assert product == pytest.approx(answer, rel=1e-5)


def test_ceilings_of_the_run(forecast: Forecast) -> None:
    chain = chain_of(forecast)
    assert (chain["copies"] < chain["lumen"]).all(), "nothing passes a lumen that is full"
    assert chain["batch"] == pytest.approx(forecast.data["doses_per_batch"].values)
    assert chain["dose"] == pytest.approx(1e10)
    assert chain["person"] == pytest.approx(1.5e10 * 0.022 / 1e10)
    assert (chain["full"] >= 1).all()


def test_rivals_share_everything_but_escape(forecast: Forecast) -> None:
    chain = chain_of(forecast)
    assert (chain["escape"][:, 0] < chain["escape"][:, 1]).all()
    assert chain["copies"][:, 0] == pytest.approx(chain["copies"][:, 1])
    assert chain["taken"][:, 0] == pytest.approx(chain["taken"][:, 1], rel=1e-3)
    ranges = escapes(forecast.record)
    assert [one.hypothesis for one in ranges] == [
        "endosomal_escape:rare",
        "endosomal_escape:common",
    ]


def test_a_design_that_works_says_so(handmade: Handmade) -> None:
    """One opening and 2,000 copies in each: 63 % of cells pass 1,000 copies."""
    found = standings(handmade(copies=2000.0, lumen=1e4), needed=1000.0)[0]
    assert found.short == pytest.approx(float(least_openings(0.5, 0.0)), rel=1e-3)
    assert found.spreads["above"].median == pytest.approx(1 - np.exp(-1), rel=1e-6)
    assert verdict([found]) == "the design works: 63 % of cells do."
    assert not any(lever.is_raised for lever in found.together)
    assert found.left == 1.0


def test_copies_alone_where_enough_vesicles_open(handmade: Handmade) -> None:
    """One vesicle opens in a cell on average, Poisson: half of the cells need it to be full."""
    found = standings(handmade(lumen=1e4), needed=1000.0)[0]
    copies, dose, escape = found.alone
    assert copies.to == pytest.approx(1000.0, rel=0.05)
    assert copies.reaches
    share = share_above(1000.0, 1.0, copies.to, 1.0, 0.0)
    assert float(share) == pytest.approx(0.5, abs=1e-2)
    assert not dose.reaches
    assert escape.to == pytest.approx(0.01 * found.short)
    assert verdict([found]).startswith("raise copies in a vesicle from 1 to")


def test_dose_and_escape_are_worth_the_same(handmade: Handmade) -> None:
    found = standings(handmade(batch=1e4), needed=1000.0)[0]
    copies, dose, escape = found.alone
    assert dose.to == pytest.approx(found.short) == pytest.approx(1001.0, rel=0.02)
    assert escape.to / escape.now == pytest.approx(dose.to)
    assert dose.reaches
    assert dose.ceiling == 1e4
    assert not copies.reaches
    twice = standings(handmade(taken=200.0), needed=1000.0)[0]
    assert twice.short == pytest.approx(found.short / 2, rel=1e-3)


def test_all_at_once_no_further_than_needed(handmade: Handmade) -> None:
    """Ten times the copies and three times the dose leave a factor that escape can give."""
    found = standings(handmade(taken=1000.0), needed=1000.0)[1]
    raised = {lever.name: lever for lever in found.together}
    assert not any(lever.reaches for lever in found.alone)
    assert raised["copies"].to == 10.0
    assert raised["dose"].to == 3.0
    assert found.left == 1.0
    assert raised["escape"].to == pytest.approx(0.01 * 1000 / (10 * 10 * 3), rel=0.1)
    assert "all at once, and the design works" in verdict([found])
    bare = standings(handmade(taken=1.0), needed=1000.0)[0]
    assert bare.left > 1
    assert "still" in verdict([bare])


def test_an_empty_design_never_works(handmade: Handmade) -> None:
    for factors in ({"copies": 0.0, "lumen": 0.0}, {"taken": 0.0}):
        found = standings(handmade(**factors), needed=1000.0)[0]
        assert found.short >= BEYOND
        assert found.alone[1].to >= BEYOND
        assert not any(lever.reaches for lever in found.alone)
        assert "infinitely many times" in verdict([found])


def test_without_a_loading_step_the_lumen_has_no_ceiling(handmade: Handmade) -> None:
    found = standings(handmade(lumen=np.nan), needed=1000.0)[0]
    assert np.isnan(found.alone[0].ceiling)
    assert not found.alone[0].reaches
    table = next(b for b in panel(handmade(lumen=np.nan)).blocks if isinstance(b, Table))
    assert "ceiling not known" in table.rows[0][2].small


def test_more_cells_and_more_copies_are_harder(forecast: Forecast) -> None:
    shorts = [standings(forecast, share=share)[0].short for share in (0.05, 0.5, 0.9)]
    assert shorts == sorted(shorts)
    shorts = [standings(forecast, needed=needed)[0].short for needed in (10, 100, 1000)]
    assert shorts == sorted(shorts)


def test_variants_stand_beside_the_design(forecast: Forecast) -> None:
    found = standings(forecast)
    assert [(one.variant, one.rival) for one in found] == [
        ("", 0), ("", 1), ("into the tumour", 0), ("into the tumour", 1),
    ]  # fmt: skip
    assert found[2].middle["taken"] > found[0].middle["taken"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"share": 1.0}, "between 0 and 1"),
        ({"share": 0.0}, "between 0 and 1"),
        ({"needed": 0.0}, "1 or more"),
        ({"needed": np.nan}, "1 or more"),
        ({"needed": np.inf}, "1 or more"),
    ],
)
def test_a_goal_that_makes_no_sense(
    forecast: Forecast, asked: dict[str, float], words: str
) -> None:
    with pytest.raises(ExocastError, match=words):
        standings(forecast, **asked)


def test_what_a_forecast_cannot_tell(forecast: Forecast, edited: Handmade) -> None:
    with pytest.raises(ExocastError, match="Run its Design again"):
        standings(edited(drop=["chain"]))
    aimless = {**forecast.record["answer"], "needed": None}
    with pytest.raises(ExocastError, match="needed in this forecast"):
        standings(edited({"answer": aimless}))
    assert "Run its Design again" in panel(edited(drop=["chain"])).finding


def test_stopped_members_are_left_out(handmade: Handmade) -> None:
    made = handmade(copies=2000.0)
    made.data["chain"][:, :, :, 1] = np.nan
    assert standings(made, needed=1000.0)[0].spreads["short"].finished == 14
    made.data["chain"][:] = np.nan
    with pytest.raises(ExocastError, match="no member"):
        standings(made, needed=1000.0)


def test_the_chart_holds_lines_places_and_ceilings(forecast: Forecast) -> None:
    shown = panel(forecast)
    picture = next(b for b in shown.blocks if isinstance(b, Picture))
    for words in ("every vesicle opens", "lipid nanoparticles", "fusion is rare",
                  "lumen full", "one batch", "largest dose given to a person"):  # fmt: skip
        assert words in picture.drawing.__html__()
    rows = [line.split(",") for line in picture.csv.splitlines()]
    assert {row[0] for row in rows[1:]} >= {"line", "median", "uncertainty_low", "ceiling"}
    assert picture.caption.startswith("Vesicles that open in a cell: ")
    assert "no lever is enough, alone or together" in shown.finding


def test_lines_of_the_chart_are_the_law(handmade: Handmade) -> None:
    """Right of the threshold a line is flat, at the openings that hit half of the cells."""
    shown = panel(handmade(), needed=100.0)
    picture = next(b for b in shown.blocks if isinstance(b, Picture))
    lines = [line.split(",") for line in picture.csv.splitlines() if line.startswith("line,every")]
    last = lines[-1]
    assert float(last[4]) == pytest.approx(np.log(2), rel=0.01)
    first = lines[0]
    assert float(first[4]) * float(first[3]) == pytest.approx(100.5, rel=0.02)


@pytest.mark.parametrize("name", sorted(benchmarks()))
def test_a_benchmark_says_where_it_stands(name: str) -> None:
    mark = benchmarks()[name]
    source = Catalogue.packaged().sources[mark.source]
    assert source.address
    assert mark.low <= mark.value <= mark.high
    assert mark.locator
    assert mark.read in ("full", "abstract", "secondary")
