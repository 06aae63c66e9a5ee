"""The generated page of every species: whole, closed, and drawn."""

from __future__ import annotations

import re

from generator import species
from tests.docs.reading import ROOT

from exocast.design.vocabulary import Vocabulary

PAGES = species.pages()


def test_every_species_has_a_page_a_picture_and_a_line_in_the_index():
    for name in Vocabulary.packaged().species():
        page = PAGES[f"{species.FOLDER}/{name}.md"]
        assert page.startswith("# ")
        assert PAGES[f"{species.FOLDER}/{name}.svg"].startswith("<svg ")
        assert f"]({name}.md)" in PAGES[f"{species.FOLDER}/index.md"]
        assert str(ROOT) not in page


def test_every_source_and_picture_that_a_page_names_is_there():
    for path, page in PAGES.items():
        if path.endswith(".md"):
            for target in re.findall(r"\]\(#(source-[\w-]+)\)", page):
                assert f'id="{target}"' in page, path
            for drawing in re.findall(r"\]\(([\w-]+\.svg)\)", page):
                assert f"{species.FOLDER}/{drawing}" in PAGES
