"""A disease model read from SBML, as a response of a journey: the step of the how-to page."""

import numpy as np
import pytest
from tests.docs.reading import DOCS, blocks

from exocast.stages.response import METHODS

DAY = 86400.0


@pytest.fixture
def page(tmp_path, monkeypatch, capsys):
    """Return what the page's lines of Python define and, as `printed`, print."""
    pytest.importorskip("libsbml", reason="python-libsbml, the extra `sbml`, is not installed")
    monkeypatch.chdir(tmp_path)
    scope = {"__name__": __name__}
    for block in blocks(DOCS / "how-to" / "disease-model.md", "python"):
        exec(compile(block.text, f"line {block.line}", "exec"), scope)
    scope["printed"] = capsys.readouterr().out
    return scope


def test_what_the_page_prints_is_what_it_says(page):
    said = [block.text for block in blocks(DOCS / "how-to" / "disease-model.md", "text")]
    assert page["printed"].splitlines() == "\n".join(said).splitlines()


def test_a_disease_follows_the_protein(page, bench, monkeypatch):
    monkeypatch.setitem(METHODS, "fibrosis", page["Fibrosis"])
    strong = {"vesicles": 1e13, "copies": 1000.0, "days": 20.0, "points": 401}
    run = bench(**strong, responses=("gene_silencing", "fibrosis"))
    loss = run.course.of("target.protein")[0]
    assert loss.max() > 0.3
    time = run.course.time / DAY
    activated, collagen = [1.0], [20.0]
    for step, begin, end in zip(np.diff(time), loss[:-1], loss[1:], strict=True):
        signal = 1.0 - 0.5 * (begin + end)
        kept = np.exp(-0.1 * step)
        activated.append(signal + (activated[-1] - signal) * kept)
        middle = 0.5 * (activated[-2] + activated[-1])
        collagen.append(middle * 20.0 + (collagen[-1] - middle * 20.0) * np.exp(-0.03 * step))
    np.testing.assert_allclose(run.course.of("fibrosis.collagen")[0], collagen, rtol=1e-4)
    idle = bench(vesicles=0.0, days=20.0, points=3, responses=("gene_silencing", "fibrosis"))
    np.testing.assert_allclose(idle.course.of("fibrosis.collagen")[0], 20.0, rtol=1e-9)
