"""The built site: no warning, no network, no dead script."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from tests.docs.reading import ROOT

pytestmark = pytest.mark.long

LOADED = re.compile(
    r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?(?:https?:)?//[^\s>]+",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pytest.importorskip("material")
    pytest.importorskip("mkdocstrings_handlers.python")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "WARNING" not in run.stdout + run.stderr
    return folder


def test_nothing_is_loaded_from_the_network(site):
    found = []
    for page in site.rglob("*.html"):
        loaded = [tag for tag in LOADED.findall(page.read_text("utf-8")) if "canonical" not in tag]
        found += [f"{page.name}: {tag}" for tag in loaded]
    for sheet in site.rglob("*.css"):
        found += re.findall(r"url\(['\"]?https?:[^)]+\)|@import[^;]+;", sheet.read_text("utf-8"))
    assert not found


def test_it_opens_from_disk(site):
    home = (site / "index.html").read_text("utf-8")
    assert "assets/iframe-worker.js" in home
    assert (site / "assets" / "iframe-worker.js").is_file()
    assert (site / "search" / "search_index.js").is_file()
    assert "unpkg" not in home


def test_scripts_that_make_it_are_not_in_it(site):
    assert not list(site.rglob("*.py"))
