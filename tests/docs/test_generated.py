"""Generated pages: whole, true to the code, and drawn from the laws."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest
from generator import (
    claims,
    commands,
    docstrings,
    document,
    evidence,
    laws,
    methods,
    pictures,
    writing,
)
from generator.numbers import every_class
from tests.docs.reading import ROOT

from exocast.design.applicability import flag_texts
from exocast.design.lawbook import evaluated_by, laws_of

CLASSES = [(f"{stage}.{name}", cls) for stage, name, cls in every_class()]


@pytest.fixture(scope="module")
def texts():
    """The pages of methods, without their pictures."""
    return methods.texts()


def test_every_method_has_a_whole_page():
    pages = methods.pages()
    for name, cls in CLASSES:
        path = methods.path_of(*name.split("."))
        page, folder = pages[path], path.rpartition("/")[0]
        assert page.startswith("# "), name
        assert "## In a Design" in page, name
        for parameter in cls.parameters:
            assert f"### `{parameter.key}`" in page
        for target in re.findall(r"\]\(#(source-[\w-]+)\)", page):
            assert f'id="{target}"' in page, name
        for drawing in re.findall(r"\]\(([\w-]+\.svg)\)", page):
            assert pages[f"{folder}/{drawing}"].startswith("<svg "), name
        assert str(ROOT) not in page, name


@pytest.mark.parametrize(("name", "cls"), CLASSES)
def test_a_method_with_equations_is_pictured(name, cls):
    """A route without values has no law to draw; every other method has one."""
    assert name in pictures.PICTURES or not cls.parameters


def test_no_picture_is_of_a_method_that_is_gone():
    assert set(pictures.PICTURES) <= {name for name, _ in CLASSES}


PAINTERS = list(dict.fromkeys(painter for row in pictures.PICTURES.values() for painter in row))


@pytest.mark.parametrize("painter", PAINTERS, ids=lambda painter: painter.__name__)
def test_a_picture_draws_numbers_and_says_what_it_shows(painter):
    from matplotlib.figure import Figure

    figure = Figure()
    painter(figure)
    lines = [line for axes in figure.axes for line in axes.lines]
    assert lines
    for line in lines:
        y = np.asarray(line.get_ydata(), dtype=float)
        assert np.isfinite(y).any()
    for axes in figure.axes:  # each curve can be seen inside the axes
        (left, right), (low, high) = sorted(axes.get_xlim()), sorted(axes.get_ylim())
        for line in axes.lines:
            if line.get_transform() == axes.transData:
                x, y = (np.asarray(held, dtype=float) for held in line.get_data())
                inside = (x >= left) & (x <= right) & (y >= low) & (y <= high)
                assert inside.any(), line.get_label()
    title, caption = pictures.words(painter)
    assert title
    assert caption.endswith(".")


def test_flags_are_the_sentences_of_the_code():
    cls = dict(CLASSES)["loading.electroporation"]
    found = flag_texts(cls)
    assert any("pore threshold" in text and "…" in text for text in found)
    assert not any(text.startswith("Return") for text in found)


def test_every_law_of_the_package_has_its_page():
    made = laws.pages()
    for name in laws.modules():
        assert f"::: exocast.laws.{name}" in made[f"reference/laws/{name}.md"]


def test_a_method_lists_the_laws_it_evaluates():
    used = {law.__name__ for law in evaluated_by(dict(CLASSES)["loading.electroporation"])}
    assert {"induced_voltage", "dissolved_metal", "accessible_volume"} <= used
    assert "hindered_diffusion" not in used


@pytest.mark.parametrize(("name", "cls"), CLASSES)
def test_a_method_shows_its_equations_typeset(name, cls, texts):
    page = texts[methods.path_of(*name.split("."))]
    shown = page.count('<math display="block">')
    assert shown == sum(len(law.equations) for law in laws_of(cls))
    assert "<script" not in page


def test_the_docstring_of_a_law_is_typeset():
    from exocast.laws.electroporation import induced_voltage

    text = docstrings.typeset(inspect.getdoc(induced_voltage))
    assert text.startswith("Return the largest voltage")
    assert '<math display="block">' in text
    assert "Symbols" not in text
    assert text.index("<math") < text.index("Parameters")


def test_evidence_counts_every_row():
    from exocast.evidence.catalogue import Catalogue

    rows = sum(len(values) for values in Catalogue.packaged().values.values())
    assert f"**{rows}**" in evidence.counts_table()


def test_both_sides_of_every_hypothesis_are_shown():
    from exocast.evidence.catalogue import Catalogue

    page = evidence.pages()["evidence/hypotheses.md"]
    for family, held in Catalogue.packaged().hypotheses.items():
        assert f"## `{family}`" in page
        for option in held.options:
            assert f"`{option}`" in page


def test_every_claim_stands_with_what_speaks_to_it():
    from exocast.qualify.claims import packaged_claims

    page = claims.page()
    for one in packaged_claims():
        assert f"`{one.key}`" in page


def test_every_verb_and_every_table_is_described():
    page = commands.page()
    for verb in commands.verbs():
        assert f"## exocast {verb}" in page
    assert "`--members UxV`" in page
    design = document.page()
    assert "`[regimen]`" in design
    assert "`members.uncertainty`" in design


def test_text_survives_markdown():
    assert writing.plain("k_inact * B [1/s] and `a_b`") == r"k\_inact \* B \[1/s\] and `a_b`"
    assert writing.linked("doi 10.1016/S0006-3495(00)76325-9.") == (
        "[doi:10.1016/S0006-3495(00)76325-9](https://doi.org/10.1016/S0006-3495(00)76325-9)."
    )
    assert docstrings.mended("field : array, optional [V/m]") == "field : array of V/m, optional"
    assert docstrings.mended("Moment E[c (c - 1)] [copy]") == r"Moment E[c (c - 1)] \[copy]"
