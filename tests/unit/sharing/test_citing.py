"""Citations: by influence, in BibTeX that compiles, exocast itself first."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exocast.errors import ExocastError
from exocast.evidence import Catalogue
from exocast.evidence.bibtex import authors_of, entry, escaped
from exocast.material.citing import SOFTWARE, citations, software_bibtex
from exocast.material.forecast import Forecast

ROOT = Path(__file__).parents[3]
FIELD = re.compile(r"  (\w+) = \{(.*)\},?")


def parsed(text: str) -> tuple[str, str, dict[str, str]]:
    """Read one entry as strictly as BibTeX does, and give kind, key and fields."""
    first, *lines, last = text.split("\n")
    head = re.fullmatch(r"@(\w+)\{([\w:.-]+),", first)
    assert head, first
    assert last == "}"
    fields = {}
    for index, line in enumerate(lines):
        found = FIELD.fullmatch(line)
        assert found, line
        assert line.endswith(",") == (index < len(lines) - 1)
        name, value = found.groups()
        assert name not in fields
        bare = re.sub(r"\\textbackslash\{\}|\\[{}]", "", value)
        depth = 0
        for letter in bare:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            assert depth >= 0, value
        assert depth == 0, value
        if name not in ("doi", "url"):
            assert not re.search(r"(?<!\\)[%&#_]", value), value
        fields[name] = value
    return head[1], head[2], fields


@pytest.mark.parametrize("key", sorted(Catalogue.packaged().sources))
def test_every_packaged_source_is_valid(key: str) -> None:
    source = Catalogue.packaged().sources[key]
    _, name, fields = parsed(source.bibtex())
    assert name == key
    assert {"title", "year"} <= set(fields)
    names = fields.get("author", "").split(" and ")
    assert all(one.startswith("{") or one.count(",") <= 1 for one in names)


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"])


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1)
)
def test_any_title_is_escaped(title: str) -> None:
    _, _, fields = parsed(entry("k", "misc", {"title": title}))
    assert fields["title"] == "{" + escaped(title) + "}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Smith J", "Smith, J."),
        ("Smith JA, de Vries B-C", "Smith, J. A. and de Vries, B. C."),
        ("Shah DK and Betts AM", "Shah, D. K. and Betts, A. M."),
        ("Théry C and others", "Th{\\'e}ry, C. and others"),
        ("Hedlund and others (first author recalled)", "{Hedlund} and others"),
        ("World Health Organization", "{World Health Organization}"),
    ],
)
def test_authors_are_read(written: str, read: str) -> None:
    assert authors_of(written) == read


@pytest.mark.parametrize(
    ("written", "volume", "pages"),
    [
        ("J. Ex. 3:1-9", "3", "1--9"),
        ("Journal of Extracellular Vesicles 3:25361", "3", "25361"),
        ("Environ Health Perspect 105 Suppl 5:1261-1263", "105 Suppl 5", "1261--1263"),
        ("Comput Struct Biotechnol J 18", "18", ""),
        ("Journal of Extracellular Vesicles", "", ""),
    ],
)
def test_where_it_stands_is_taken_apart(written: str, volume: str, pages: str) -> None:
    _, _, fields = parsed(entry("k", "article", {"title": "t", "journal": written}))
    assert fields.get("volume", "") == volume
    assert fields.get("pages", "") == pages
    assert not fields["journal"][-1].isdigit()


def test_the_most_influential_comes_first(forecast: Forecast) -> None:
    found = citations(forecast.record)
    assert found[0].uses[0].identity == "response.gene_silencing.copies_needed"
    assert [one.swing for one in found] == sorted((one.swing for one in found), reverse=True)
    text = forecast.cite()
    assert text.startswith("[1] The exocast developers (2026). exocast: ")
    assert "[2] Hedlund" in text
    entries = forecast.cite("bibtex").strip().split("\n\n")
    names = [parsed(one)[1] for one in entries]
    assert names[:2] == ["exocast", "hedlund_2023"]
    kinds = {one.source.key: one.citable for one in found}
    assert set(names[1:]) == {key for key, citable in kinds.items() if citable}
    with pytest.raises(ExocastError, match="bibtex, text"):
        forecast.cite("endnote")


def test_a_value_that_moves_the_answer_from_nothing_comes_first(forecast: Forecast) -> None:
    forecast.record["values"][2] |= {"log10_swing": 0.0, "matters": True}
    assert citations(forecast.record)[0].uses[0].swing == float("inf")


def test_exocast_is_cited_as_its_citation_file_says() -> None:
    text = (ROOT / "CITATION.cff").read_text()
    assert f'title: "{SOFTWARE["title"]}"' in text
    assert f'name: "{SOFTWARE["authors"]}"' in text
    kind, key, fields = parsed(software_bibtex("2026", "0.1.0"))
    assert (kind, key, fields["note"]) == ("misc", "exocast", "Version 0.1.0")
