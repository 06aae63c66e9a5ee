"""Draws: the stated quantiles, one stream per key, paired rivals, individuals shared by draws."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exocast.errors import EvidenceError
from exocast.evidence import Axes, Catalogue, Need, Parameter, draw
from exocast.evidence.catalogue import COLUMNS

HEADER = ",".join(COLUMNS)
RATE = Parameter("x.y.rate", "1/s", "A rate.")
SHARE = Parameter("x.y.share", "1", "A share.", high=1.0, scale="logit")


def row(key: str, value: str, low: str = "", high: str = "", **more: str) -> str:
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {"key": key, "value": value, "low": low, "high": high, "unit": "1/s"}
    cells |= {"source": "me", "locator": "Table 1", "read": "full", "method": "in_vitro"}
    cells |= {"preferred": "yes", "distribution": "lognormal" if low else "fixed"}
    return ",".join({**cells, **more}.values())


def catalogue(folder: Path, *rows: str) -> Catalogue:
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "a.toml").write_text(
        '[me]\nkind = "article"\ntitle = "t"\nyear = 2020\ndoi = "10.1/x"\n'
        '[guess]\nkind = "assumption"\ntitle = "a guess"\nyear = 2026\n'
    )
    (folder / "hypotheses.toml").write_text(
        '[escape]\ndoc = "d"\npreferred = "rare"\n'
        '[escape.options.rare]\nphrase = "rare"\ndoc = "d"\n'
        '[escape.options.common]\nphrase = "common"\ndoc = "d"\n'
    )
    (folder / "t.csv").write_text("\n".join([HEADER, *rows]) + "\n")
    return Catalogue.load(folder)


@pytest.mark.parametrize(
    ("distribution", "value", "low", "high"),
    [("lognormal", 2.0, 1.0, 6.0), ("normal", 2.0, 1.0, 2.5), ("logitnormal", 0.2, 0.05, 0.7)],
)
def test_draws_have_the_median_and_ends_of_the_row(
    tmp_path: Path, distribution: str, value: float, low: float, high: float
) -> None:
    text = row("x.y.rate", str(value), str(low), str(high), distribution=distribution)
    held = catalogue(tmp_path, text)
    assert not held.problems
    drawn = draw([Need(RATE)], held, Axes(4001, 1), 3).values["x.y.rate"]
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx([low, value, high], rel=2e-3)


@pytest.mark.parametrize("distribution", ["uniform", "loguniform"])
def test_uniform_rows_fill_their_support(tmp_path: Path, distribution: str) -> None:
    held = catalogue(tmp_path, row("x.y.rate", "0.1", "0.001", "0.9", distribution=distribution))
    drawn = draw([Need(RATE)], held, Axes(2000, 1), 3).values["x.y.rate"]
    assert drawn.min() == pytest.approx(0.001, rel=0.5)
    assert drawn.max() == pytest.approx(0.9, rel=0.01)
    middle = 0.45 if distribution == "uniform" else np.sqrt(0.001 * 0.9)
    assert np.median(drawn) == pytest.approx(middle, rel=0.02)


def test_the_same_individuals_under_every_uncertainty_draw(tmp_path: Path) -> None:
    held = catalogue(tmp_path, row("x.y.rate", "1", "0.2", "5", variability="0.4"))
    grid = draw([Need(RATE)], held, Axes(20, 30), 1).values["x.y.rate"].reshape(20, 30)
    ratio = grid / grid[:, :1]
    assert ratio == pytest.approx(np.broadcast_to(ratio[:1], ratio.shape), rel=1e-12)
    spread = np.log(grid[0]).std()
    assert spread == pytest.approx(np.sqrt(np.log1p(0.16)), rel=0.1)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["b", "c", "d", "e"]), unique=True))
def test_adding_parameters_shifts_no_other(tmp_path_factory: object, names: list[str]) -> None:
    folder = tmp_path_factory.mktemp("data")  # type: ignore[attr-defined]
    rows = [row(f"x.y.{name}", "1", "0.2", "5") for name in ["rate", *names]]
    held = catalogue(folder, *rows)
    needs = [Need(Parameter(f"x.y.{name}", "1/s", "p")) for name in [*names, "rate"]]
    both = draw(needs, held, Axes(7, 3), 5).values["x.y.rate"]
    alone = draw([Need(RATE)], held, Axes(7, 3), 5).values["x.y.rate"]
    assert np.array_equal(both, alone)


def test_rivals_are_paired_and_the_preferred_one_is_taken_by_default(tmp_path: Path) -> None:
    rare = row("x.y.rate", "1e-4", "1e-5", "1e-3", hypothesis="escape:rare")
    common = row("x.y.rate", "1e-1", "1e-2", "1", hypothesis="escape:common", preferred="no")
    held = catalogue(tmp_path, rare, common)
    default = draw([Need(RATE)], held, Axes(50, 1), 1).values["x.y.rate"]
    chosen = draw([Need(RATE)], held, Axes(50, 1), 1, {"escape": "common"}).values["x.y.rate"]
    assert chosen / default == pytest.approx(np.full(50, 1e3), rel=1e-9)


def test_the_most_specific_row_wins_and_nothing_is_borrowed(tmp_path: Path) -> None:
    generic = row("x.y.rate", "1")
    mouse = row("x.y.rate", "2", context="species=mouse")
    rat_only = row("x.y.share", "0.3", context="species=rat")
    held = catalogue(tmp_path, generic, mouse, rat_only)
    assert held.find(Need(RATE, {"species": "mouse", "organ": "liver"})).value == 2
    assert held.find(Need(RATE, {"species": "rat"})).value == 1
    with pytest.raises(EvidenceError, match=r"(?s)species=rat.*Nothing is borrowed silently"):
        held.find(Need(SHARE, {"species": "mouse"}))


def test_draws_stay_inside_physical_bounds(tmp_path: Path) -> None:
    held = catalogue(tmp_path, row("x.y.share", "0.5", "0.4", "1.6", unit="1"))
    drawn = draw([Need(SHARE)], held, Axes(200, 1), 1).values["x.y.share"]
    assert drawn.max() == 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"source": "nobody"}, "source `nobody` is not defined"),
        ({"read": "none"}, "must have method = assumed"),
        ({"unit": "wombat/s"}, "wombat"),
        ({"value": "9", "low": "1", "high": "2", "distribution": "lognormal"}, "outside"),
        ({"hypothesis": "escape:never"}, "escape:never"),
        ({"context": "mouse"}, "name=value"),
        ({"locator": ""}, "no locator"),
    ],
)
def test_a_broken_row_is_a_problem_with_its_line(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    fields = {"key": "x.y.rate", "value": "1", **change}
    key, value = fields.pop("key"), fields.pop("value")
    low, high = fields.pop("low", ""), fields.pop("high", "")
    held = catalogue(tmp_path, row(key, value, low, high, **fields))
    assert len(held.problems) == 1
    assert words in held.problems[0]
    assert "t.csv" in held.problems[0]


def test_standing_tells_read_from_borrowed_from_assumed(tmp_path: Path) -> None:
    held = catalogue(
        tmp_path,
        row("x.y.rate", "1"),
        row("x.y.b", "1", method="assumed"),
        row("x.y.c", "1", method="assumed", source="guess", read="none"),
    )
    standings = [held.values[key][0].standing for key in ("x.y.rate", "x.y.b", "x.y.c")]
    assert standings == ["read", "borrowed", "assumed"]


def test_a_need_outside_the_declared_ones_is_refused(tmp_path: Path) -> None:
    held = catalogue(tmp_path, row("x.y.rate", "1"))
    p = draw([Need(RATE)], held, Axes(2, 1), 1).draws({})
    with pytest.raises(EvidenceError, match="was not declared"):
        p[SHARE]
