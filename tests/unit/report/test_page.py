"""The page as a whole: complete, safe, small, without a network, for every odd forecast."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from exocast.material.cascade import Rival
from exocast.material.folder import write_folder
from exocast.material.forecast import Forecast
from exocast.report import write_report
from exocast.report.page import PANELS, render

Make = Callable[..., Forecast]

VOID = {"meta", "link", "input", "br", "img", "hr", "wbr"}
ODD = {
    "as usual": {},
    "nothing needed": {"needed": None},
    "no cargo": {"cargo": "", "needed": None},
    "no cargo arrives": {"zero": True},
    "all members failed": {"failed": "all"},
    "no member failed": {"failed": "none"},
    "not measured": {"measured": False},
    "one rival": {"rivals": (Rival({}, ""),)},
    "five rivals": {"rivals": tuple(Rival({"f": str(i)}, f"it is {i}") for i in range(5))},
    "no variants": {"variants": ()},
    "not compared": {"published": False},
    "no response": {"responses": False},
    "a label": {"label": True},
    "no drivers": {"drivers": False},
    "everything at once": {
        "cargo": "", "needed": None, "failed": "all", "measured": False, "variants": (),
        "published": False, "responses": False, "drivers": False, "zero": True,
    },
}  # fmt: skip


class Page(HTMLParser):
    """Reads a page strictly: every tag closed in order, every id once."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[tuple[str, str, str]] = []
        self.captions: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster"):
                self.links.append((tag, name, value))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


@pytest.fixture(params=ODD)
def odd(request, make: Make) -> Forecast:
    return make(**ODD[request.param])


def test_every_odd_forecast_gives_a_whole_page_without_a_warning(odd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = render(odd)
    page = read(text)
    assert len(page.ids) == len(set(page.ids))
    assert text.count("<section") == len(PANELS)
    words = " ".join(page.text)
    broken = re.findall(r"\b(?:nan|inf|None(?! of| in)|NaN)\b|\{\{ |Markup\(", words)
    assert broken == []


def test_nothing_is_fetched(make: Make):
    text = render(make(label=True))
    for tag, name, value in read(text).links:
        inside = value.startswith(("#", "data:"))
        assert inside or (tag, name) == ("a", "href"), (tag, name, value[:80])
    assert not re.search(r"@import|url\((?!#)|<link|<iframe|<img", text)
    script = text.partition("<script>")[2].partition("</script>")[0]
    assert not re.search(r"https?:|fetch|XMLHttp|import", script)


def test_every_link_inside_the_page_has_its_target(usual: str):
    page, text = read(usual), usual
    targets = [value[1:] for _, _, value in page.links if value.startswith("#")]
    targets += re.findall(r"url\(#([^)]+)\)", text)
    assert targets
    assert set(targets) <= set(page.ids)


def test_the_page_is_small(usual: str):
    assert len(usual.encode()) < 1_500_000


def test_what_people_write_is_escaped(make: Make):
    nasty = "<script>alert('x')</script> & \"quoted\""
    text = render(make(title=nasty, variants=(nasty,), cargo="siRNA<b>"))
    assert text.count("<script>") == 1
    assert "alert(&#39;x&#39;)" in text
    assert "<b>by weight</b>" not in text
    assert "siRNA<b>" not in text
    read(text)


def test_every_figure_says_what_it_shows(usual: str):
    drawings = re.findall(r"<svg.*?</svg>", usual, re.DOTALL)
    assert len(drawings) >= 11
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert len(re.findall(r"<title [^>]*>([^<]{40,})</title>", drawing)) == 1
        assert not re.search(r"<metadata|<!--|<style|xmlns:cc", drawing)
    captions = re.findall(r"<figcaption><b>(.*?)</b>", usual, re.DOTALL)
    assert len(captions) == len(drawings)
    assert all(caption.endswith(".") and len(caption) > 20 for caption in captions)
    assert usual.count('download="') >= len(drawings)


def test_captions_follow_the_data(usual: str, make: Make):
    first, other = (
        re.findall(r"<figcaption><b>(.*?)</b>", text, re.DOTALL)
        for text in (usual, render(make(rivals=(Rival({}, "it is so"),), needed=1e-20)))
    )
    changed = sum(one != two for one, two in zip(first, other, strict=False))
    assert changed >= 5  # answer, cascade, copies, share of cells, knock-down


def test_the_file_is_whole_or_absent(make: Make, tmp_path: Path):
    target = tmp_path / "report.html"
    write_report(make(), target)
    assert target.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    broken = make()
    record = {key: value for key, value in broken.record.items() if key != "answer"}
    with pytest.raises(KeyError):
        write_report(Forecast(record, broken.data), tmp_path / "broken.html")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_a_saved_forecast_gives_the_same_page(usual: str, make: Make, tmp_path: Path):
    write_folder(tmp_path / "saved", make().write, replace=False)
    assert render(Forecast.open(tmp_path / "saved")) == usual


def test_the_page_is_the_same_each_time(usual: str, make: Make):
    assert render(make()) == usual
