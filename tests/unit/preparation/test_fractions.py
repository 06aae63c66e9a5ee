"""A table of fractions says what a column pools, or every mistake is told at once."""

from __future__ import annotations

import numpy as np
import pytest

from exocast import Design
from exocast.design.simulating import bench, plan_needs
from exocast.errors import DesignError, TableError
from exocast.evidence import Axes, Catalogue, draw
from exocast.instruments.readers.fractions import read_fractions

GOOD = """# qEV, 0.5 mL each
fraction,volume [mL],pooled,protein [ug/mL]
void,2.8,no,0
1,0.5,yes,3
2,0.5,yes,8
3,0.5,no,40
4,0.5,x,90
"""


def table(folder, text, name="ours.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_neighbours_are_one_pool(tmp_path):
    pool = read_fractions(table(tmp_path, GOOD))
    assert [end for cut in pool for end in cut] == pytest.approx([2.8e-6, 3.8e-6, 4.3e-6, 4.8e-6])
    other = "volume;pooled\n2,5 mL;n\n500 uL;y\n"
    assert read_fractions(table(tmp_path, other))[0] == pytest.approx((2.5e-6, 3.0e-6))


def test_every_mistake_is_told_at_once_with_its_place(tmp_path):
    wrong = "fraction,volume [mL],pooled\n1,0.5,yes\n1,-2,perhaps\n3,,no\n4,much,yes\n5,20 ug,no\n"
    with pytest.raises(TableError) as caught:
        read_fractions(table(tmp_path, wrong))
    text = str(caught.value)
    assert "6 problems" in text
    for words in ("line 3", "column 2", "none of a fraction", "`perhaps`", "there twice, first in",
                  "no volume", "much"):  # fmt: skip
        assert words in text, words
    for bad, words in (
        ("", "empty"),
        ("volume [mL]\n1\n", "`pooled` is missing"),
        ("volume,pooled\n1,yes\n", "has no unit"),
        ("volume [mL],pooled\n1,no\n", "no fraction is pooled"),
        ("volume [mL],pooled\n1,yes,5\n", "3 cells under 2 columns"),
        ("volume [mL],poled\n1,yes\n", "Did you mean `pooled`"),
        ("volume [kg],pooled\n1,yes\n", "volume"),
    ):
        with pytest.raises(TableError, match=words):
            read_fractions(table(tmp_path, bad))


def tube_of(design):
    plan = design.plan()
    ensemble = draw(plan_needs(plan), Catalogue.packaged(), Axes(3, 1), 1)
    return bench(plan, ensemble, []).suspension


def test_a_design_pools_what_its_table_says(tmp_path):
    design = Design.read("sirna-loading-bench")
    text = design.text[: design.text.index("[[variant]]")]
    assert 'collect_from = "2.8 mL"\ncollect_to   = "4.8 mL"\n' in text
    path = tmp_path / "mine.toml"
    own = text.replace(
        'collect_from = "2.8 mL"\ncollect_to   = "4.8 mL"\n', 'fraction_table = "ours.csv"\n'
    )
    path.write_text(own + "\n", encoding="utf-8")
    table(tmp_path, "volume [mL],pooled\n2.8,no\n1,yes\n1,yes\n")
    same, cut = tube_of(Design.read(str(path))), tube_of(design)
    assert same.population("small_ev").count == pytest.approx(cut.population("small_ev").count)
    assert same.volume == pytest.approx(cut.volume)
    table(tmp_path, GOOD)
    less = tube_of(Design.read(str(path)))
    assert np.all(less.volume < cut.volume)
    assert np.all(less.population("small_ev").total < cut.population("small_ev").total)
    table(tmp_path, "volume [mL],pooled\n2.8,no\n-1,yes\n1,maybe\n")
    with pytest.raises(DesignError, match="maybe") as caught:
        Design.read(str(path)).plan()
    assert "2 problems" in str(caught.value)
