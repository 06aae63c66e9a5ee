"""What single panels say and hold, against the record that they were made from."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable

import numpy as np
import pytest

from exocast.material.forecast import Forecast
from exocast.material.spread import three_bars
from exocast.report.bands import bands_of
from exocast.report.blocks import Block, Folded, Panel, Picture, Shares, Table, Text
from exocast.report.panels import (
    answer,
    body,
    cargo,
    cascade,
    drivers,
    flags,
    published,
    reproduce,
    response,
    sample,
    values,
)
from exocast.report.panels.whereabouts import ELSEWHERE

Make = Callable[..., Forecast]


def blocks(panel: Panel) -> list[Block]:
    found: list[Block] = []
    for block in panel.blocks:
        found += [block, *(block.blocks if isinstance(block, Folded) else ())]
    return found


def picture(panel: Panel, name: str) -> Picture:
    return next(b for b in blocks(panel) if isinstance(b, Picture) and b.name == name)


def table(panel: Panel, name: str) -> Table:
    return next(b for b in blocks(panel) if isinstance(b, Table) and b.name == name)


def rows(held: Picture | Table) -> list[dict[str, str]]:
    text = base64.b64decode(held.href.partition("base64,")[2]).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_the_data_behind_the_cascade_are_the_medians_of_the_record(make: Make):
    forecast = make()
    found = rows(picture(cascade.panel(forecast), "cascade"))
    expected = [
        (row["name"], entry["phrase"], entry["median"], *entry["uncertainty"])
        for row in forecast.cascade
        for entry in row["by_hypothesis"]
    ]
    shown = [
        (r["row"], r["hypothesis"], *(float(r[n]) for n in (
            "median", "uncertainty_low", "uncertainty_high")))
        for r in found
    ]  # fmt: skip
    assert shown == expected


def test_heads_keep_their_units_apart(make: Make):
    drawing = picture(cascade.panel(make()), "cascade").drawing.__html__()
    for head in ("small EVs, one batch", "copies per PANC-1 cell", "needed 500", "limiting"):
        assert head in drawing
    assert "if fusion is common" in drawing


def test_a_zero_is_written_and_counted_never_dropped(make: Make):
    drawing = picture(cascade.panel(make()), "cascade").drawing.__html__()
    assert "none in 5" in drawing  # 2 of the 38 members that finished
    nothing = picture(cascade.panel(make(zero=True)), "cascade").drawing.__html__()
    assert " none" in nothing
    cells = [cell.text for row in table(cascade.panel(make(zero=True)), "cascade-table").rows
             for cell in row]  # fmt: skip
    assert "none" in cells


def test_the_answer_names_amount_need_shortfall_and_limiting_step(make: Make):
    forecast = make()
    finding = answer.panel(forecast).finding
    assert finding.startswith("500 copies per PANC-1 cell are needed")
    assert finding.count("short by") == 2
    assert "if fusion is rare" in finding
    assert "if fusion is common" in finding
    assert f"“{forecast.limiting_step['title']}”" in finding
    shares = next(b for b in answer.panel(forecast).blocks if isinstance(b, Shares))
    assert shares.parts == (("read", 1), ("borrowed", 1), ("assumed", 1))


@pytest.mark.parametrize(
    ("odd", "words"),
    [
        ({"failed": "all"}, "None of the 80 members ran to the end"),
        ({"zero": True}, "none at all"),
        ({"needed": None}, "no amount was asked for"),
        ({"needed": 1e-20}, "enough"),
    ],
)
def test_the_answer_is_plain_in_odd_cases(make: Make, odd, words):
    assert words in answer.panel(make(**odd)).finding


def test_drivers_keep_both_axes_and_their_standing(make: Make):
    panel = drivers.panel(make())
    found = rows(picture(panel, "drivers"))
    assert {row["axis"] for row in found} == {"uncertainty", "variability"}
    assert {row["standing"] for row in found} == {"read", "fitted", "borrowed", "assumed"}
    assert "all or none" in picture(panel, "drivers").drawing.__html__()
    none = drivers.panel(make(drivers=False))
    assert any(isinstance(block, Text) for block in none.blocks)


def test_vesicles_in_the_body_sum_to_all_that_was_given(make: Make):
    panel = body.panel(make())
    held = rows(picture(panel, "balance"))
    for time in {row["time_h"] for row in held}:
        parts = [float(row["percent_of_given_mean"]) for row in held if row["time_h"] == time]
        assert sum(parts) == pytest.approx(100, abs=1e-3)
    assert "sum to 100 %" in picture(panel, "balance").caption


def test_the_body_is_the_record_in_per_cent_of_what_was_given(make: Make):
    forecast = make()
    found = {(r["place"], r["time_h"]): r for r in rows(picture(body.panel(forecast), "organs"))}
    liver = forecast.data["amount"].isel(variant=0, rival=0).sel(output="liver").values
    at = int(np.argmin(abs(forecast.data["time"].values - 86400.0)))
    spread = three_bars(100 * liver[at].astype(float) / 1e10, 8)
    row = found["liver", "24"]
    assert float(row["percent_of_given_median"]) == pytest.approx(spread.median, rel=1e-4)
    assert float(row["uncertainty_high"]) == pytest.approx(spread.uncertainty[1], rel=1e-4)
    assert float(row["variability_low"]) == pytest.approx(spread.variability[0], rel=1e-4)


def test_vesicles_that_no_output_holds_are_not_lost_from_the_balance(make: Make):
    forecast = make()
    kept = forecast.data.drop_sel(output="rest")
    panel = body.panel(Forecast(forecast.record, kept))
    held = rows(picture(panel, "balance"))
    assert ELSEWHERE in {row["place"] for row in held}
    assert "sum to 100 %" in picture(panel, "balance").caption
    assert (
        "15 % at the end are in places that the record does not keep"
        in picture(panel, "balance").reading
    )


def test_a_label_is_drawn_beside_the_vesicles(make: Make):
    panel = body.panel(make(label=True))
    assert "zirconium-89" in picture(panel, "organs").reading
    found = [row for row in rows(picture(panel, "organs")) if row["what"] == "zirconium-89"]
    assert {row["place"] for row in found} >= {"blood", "liver", "tumour"}


def test_bands_are_the_three_bars():
    random = np.random.default_rng(4)
    members = np.exp(random.normal(size=(3, 40)))
    members[:, 7] = np.nan
    bands = bands_of(members, 8)
    assert bands is not None
    for index, row in enumerate(members):
        spread = three_bars(row, 8)
        assert bands.median[index] == pytest.approx(spread.median)
        assert [x[index] for x in bands.uncertainty] == pytest.approx(spread.uncertainty)
        assert [x[index] for x in bands.variability] == pytest.approx(spread.variability)
    assert bands_of(np.full((3, 40), np.nan), 8) is None


def test_the_sample_shows_measurement_limit_and_batch_sheet(make: Make):
    panel = sample.panel(make())
    reading = picture(panel, "reading-nta")
    assert "measured, batch.csv" in reading.drawing.__html__()
    assert {row["series"] for row in rows(reading)} == {"forecast", "measured"}
    assert "0.35 times the forecast" in reading.caption
    sheet = table(panel, "batch-sheet")
    assert [row[0].text for row in sheet.rows][:2] == ["cell culture", "nanoparticle tracking"]
    losses = [row[1].text for row in table(panel, "exchange").rows if len(row) > 1]
    assert "stuck to the wall" in losses
    unmeasured = picture(sample.panel(make(measured=False)), "reading-nta")
    assert "measured" not in unmeasured.drawing.__html__()
    assert "No file was given" in unmeasured.caption


def test_cargo_shows_empties_and_true_beside_apparent(make: Make):
    panel = cargo.panel(make())
    assert "empty" in panel.finding
    sheet = table(panel, "efficiencies")
    overstated = [row[-1].text for row in sheet.rows]
    assert len(sheet.rows) == 2
    assert overstated[1] == "200×"
    assert "no" in cargo.panel(make(zero=True)).finding.lower()


def test_the_response_compares_with_what_is_needed_and_with_no_treatment(make: Make):
    panel = response.panel(make())
    assert len(rows(picture(panel, "copies-per-cell"))) == 2 * 38
    assert picture(panel, "cells-above").drawing.__html__()
    assert "smaller" in picture(panel, "tumour-growth").caption
    assert "whatever the hypothesis" in picture(panel, "tumour-growth").caption


def test_published_misses_are_named_and_scores_carry_their_number(make: Make):
    panel = published.panel(make())
    assert "1 of 1 numbers within 2-fold" in panel.finding
    drawing = picture(panel, "published")
    missed = "Morishita 2015: lung, % of the injected, 4 h"
    assert drawing.caption == f"Missed by more than 2-fold: {missed}."
    assert len(table(panel, "published-table").rows) == 4
    assert "without a comparison" in published.panel(make(published=False)).finding


def test_flags_name_what_stopped_and_what_to_do(make: Make):
    panel = flags.panel(make())
    assert "1 serious flag and 1 warning" in panel.finding
    stopped = table(panel, "members")
    assert [cell.text for cell in stopped.rows[0]] == ["step underflow", "4", "Loosen rtol."]
    assert len(table(panel, "defaults").rows) == 2


def test_every_value_stands_with_source_locator_and_how_it_was_read(make: Make):
    held = table(values.panel(make()), "values")
    assert held.searchable
    assert len(held.rows) == 4
    first = held.rows[0]
    assert first[2].text == "100 nm"
    assert "Table 1" in first[4].small
    assert first[3].small == "abstract"
    assert first[4].href == "https://doi.org/10.1/x"


def test_the_page_can_be_reproduced_and_cited(make: Make):
    forecast = make()
    panel = reproduce.panel(forecast)
    text = "\n".join(getattr(block, "text", "") for block in blocks(panel))
    assert "exocast run kras-sirna-tumour" in text
    assert "@article{someone_2015," in text
    assert forecast.record["provenance"]["design"] in text
    assert "4 of 80 members stopped" in text
    digests = {row[1].text for row in table(panel, "provenance").rows}
    assert {"d" * 64, "c" * 64, "n" * 64} <= digests
