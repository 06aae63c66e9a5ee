"""Every method has equations, every symbol stands for something, every equation can be set."""

from __future__ import annotations

import inspect
import re

import pytest

from exocast.design.docstrings import equations_in, fields_in, sections, symbols_in, without
from exocast.design.explaining import _classes, describe_method
from exocast.design.lawbook import evaluated_by, laws_of, own_law, read_law, written_by
from exocast.design.typesetting import in_a_line, mathml
from exocast.design.vocabulary import Vocabulary
from exocast.material.step import settings_of

CLASSES = _classes(Vocabulary.packaged())
LAWS = {
    law: None for name, cls in CLASSES.items() for law in (*evaluated_by(cls), *written_by(name))
}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_a_method_has_an_equation_of_its_own(name):
    law = own_law(CLASSES[name])
    assert law.equations, "write an Equation and its Symbols into the docstring of the class"
    assert law.symbols


@pytest.mark.parametrize("law", LAWS, ids=lambda law: f"{law.__module__}.{law.__name__}")
def test_a_law_that_a_method_rests_on_has_an_equation(law):
    held = read_law(law)
    assert held.equations, "write an Equation and its Symbols into the docstring"
    arguments = set(inspect.signature(law).parameters)
    for one in held.symbols:
        assert one.words, one
        if one.name and not one.name.startswith("returned"):
            assert one.name in arguments
    # What a law is given stands in its equation, or in a symbol's words.
    named = {one.name for one in held.symbols}
    said = " ".join(one.words for one in held.symbols)
    missing = [name for name in arguments - named if name not in said]
    unsaid = {"lowest", "tau"}
    assert len(missing) <= max(1, len(arguments) // 2), set(missing) - unsaid


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_equation_and_symbol_can_be_set(name):
    for law in laws_of(CLASSES[name]):
        for latex in (*law.equations, *(one.latex for one in law.symbols)):
            shown = mathml(latex)
            assert shown.startswith("<math>")
            assert "\\" not in shown
            assert "&#x" not in shown
            line = in_a_line(latex)
            assert line
            assert "\\" not in line
            assert line.count("(") == line.count(")"), line


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_symbols_of_a_method_are_its_settings_and_parameters(name):
    cls = CLASSES[name]
    known = {one.key.rpartition(".")[2]: one for one in cls.parameters}
    for one in own_law(cls).symbols:
        if one.key:
            assert known[one.name].key == one.key
            assert known[one.name].unit == one.unit
        elif one.name:
            assert one.name in settings_of(cls)


def test_every_symbol_of_an_equation_is_explained():
    """Letters of an own equation that no symbol explains: none of the plain Latin ones."""
    for name, cls in CLASSES.items():
        law = own_law(cls)
        said = " ".join(one.latex for one in law.symbols)
        for equation in law.equations:
            bare = re.sub(r"\\(?:text|mathrm)\{[^}]*\}|\\[a-zA-Z]+", " ", equation)
            letters = set(re.findall(r"(?<![A-Za-z_])([A-Z])(?![A-Za-z])", bare))
            assert letters <= set(re.findall(r"[A-Z]", said)), (name, letters)


def test_a_method_is_described_without_its_equations_in_prose():
    found = describe_method("loading", "electroporation")
    assert "Symbols" not in found.doc
    assert found.laws[0].name == "loading.electroporation"
    assert any(law.name == "electroporation.induced_voltage" for law in found.laws)
    assert any("pore threshold" in text for text in found.flags)


DOC = r"""Return something.

Parameters
----------
one, two : array [m], [s]
    Both.

Equation
--------
a = \frac{1}
{2}

b = 3

Symbols
-------
a : one
b : words of [kg]

Notes
-----
Where it holds.
"""


def test_a_docstring_comes_apart():
    parts = sections(DOC)
    assert equations_in(parts) == (r"a = \frac{1} {2}", "b = 3")
    assert symbols_in(parts) == (("a", "one"), ("b", "words of [kg]"))
    assert [one.unit for one in fields_in(parts["Parameters"])] == ["m", "s"]
    assert "Equation" not in without(DOC, "Equation", "Symbols")
    assert "Where it holds." in without(DOC, "Equation", "Symbols")


@pytest.mark.parametrize("latex", [r"\nosuchcommand{x}", r"\frac{a", r"\begin{cases}"])
def test_what_cannot_be_set_is_refused(latex):
    with pytest.raises(ValueError, match=re.escape(repr(latex))):
        mathml(latex)


@pytest.mark.parametrize(
    ("latex", "line"),
    [
        (r"\frac{a + b}{c d}", "(a + b)/(c d)"),
        (r"x_\mathrm{min}^2", "x_min²"),
        (r"\sum_j w_j", "∑_j w_j"),
        (r"\bar{c} = \dot{n}", "c\u0304 = n\u0307"),
        (r"-k t", "−k t"),
        (r"\int_0^t N \, dt", "∫[0 to t] N d t"),
    ],
)
def test_an_equation_in_a_line(latex, line):
    assert in_a_line(latex) == line
