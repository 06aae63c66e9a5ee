"""The equations of the report: set, linked, whole, and safe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import exocast
from exocast.design.typesetting import in_a_line, mathml
from exocast.report.algebra import Names, lines, listing
from exocast.report.page import render
from exocast.report.panels.equations import FILE, equations_text, panel


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> exocast.Forecast:
    with pytest.MonkeyPatch.context() as patch:  # no page of equations has a tornado
        patch.setattr("exocast.learn.with_drivers", lambda forecast, _: forecast)
        design = exocast.template("kras-sirna-tumour")
        forecast = exocast.run(design, members=(2, 2), progress=False)
    return forecast.save(tmp_path_factory.mktemp("out") / "kras")


@pytest.fixture(scope="module")
def page(saved) -> str:
    return (saved.folder / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def part(page) -> str:
    start = page.index('<section id="equations">')
    return page[start : page.index("</section>", start)]


def test_every_step_stands_in_order_with_its_equations(saved, part):
    steps = saved.record["equations"]["steps"]
    places = [part.index(f"{n}. {step['title'][:1].upper()}{step['title'][1:]}")
              for n, step in enumerate(steps, start=1)]  # fmt: skip
    assert places == sorted(places)
    for step in steps:
        for law in step["laws"]:
            for latex in law["equations"]:
                assert str(mathml(latex, block=True)) in part


def test_a_symbol_leads_to_its_value(page, part):
    targets = set(re.findall(r'href="#(value-[\w-]+)"', part))
    assert len(targets) > 40
    ids = re.findall(r'id="(value-[\w-]+)"', page)
    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_the_page_needs_no_script_and_no_network_for_them(page, part):
    assert "<script" not in part
    assert not re.search(r'(?:src|href)="https?://', part)
    assert len(page.encode()) < 3_000_000


def test_every_balance_can_be_set(saved, part):
    network = saved.record["equations"]["network"]
    names = Names(network)
    for pattern in (*network["patterns"], *network["definitions"]):
        for latex in lines(names.latex(pattern["name"]), pattern["terms"], names):
            assert str(mathml(latex)).startswith("<math>")
            assert in_a_line(latex)
    assert f"{len(network['definitions'])} expressions that balances share" in part


def test_the_file_holds_every_balance(saved):
    text = (saved.folder / FILE).read_text("utf-8")
    assert text == equations_text(saved)
    network = saved.record["equations"]["network"]
    for pattern in network["patterns"]:
        for state in pattern["states"]:
            assert f"d[{state}]/dt = " in text
    full = listing(network)
    assert full in text
    assert not re.search(r"[⟦⟧{}]|total\(", full)
    assert "U = 3/2 E R (1 − e^(−t/τ))" in text


def test_what_a_record_says_is_escaped(saved):
    record = {**saved.record, "equations": {**saved.record["equations"]}}
    step = {**record["equations"]["steps"][0], "title": "<img src=x onerror=alert(1)>"}
    law = {**step["laws"][0], "gives": "<b>bold</b>", "source": "<i>who</i>", "name": "a.b"}
    law["symbols"] = [{**law["symbols"][0], "words": "<script>1</script>"}]
    record["equations"] = {"steps": [{**step, "laws": [law]}]}
    forecast = exocast.Forecast(record, saved.data)
    text = render(forecast)
    for bad in ("<img src=x", "<b>bold</b>", "<i>who</i>", "<script>1"):
        assert bad not in text


def test_a_forecast_of_an_older_version_says_so(saved):
    record = {name: held for name, held in saved.record.items() if name != "equations"}
    shown = panel(exocast.Forecast(record, saved.data))
    assert "run it again" in shown.finding
    assert shown.blocks == ()
    assert "Equations of" in equations_text(exocast.Forecast(record, saved.data))


def test_a_rise_in_temperature_is_no_temperature(part):
    start = part.index("The adiabatic rise in temperature")
    assert re.search(r"2\.\d+ K", part[start : start + 4000])


def test_opening_and_reporting_again_gives_the_same(saved, tmp_path: Path, page):
    exocast.open(saved.folder).report(tmp_path / "again.html")
    assert (tmp_path / "again.html").read_text("utf-8") == page


def test_a_term_that_holds_time_is_written(saved):
    names = Names(saved.record["equations"]["network"])
    (line,) = lines("x", [{"text": "-exp(-2.0*t)", "over": []}], names)
    assert r"t\right)" in line
