"""Every line of the Python face, as a user would type it."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exocast
from exocast.errors import DesignError, EvidenceError, ExocastError, ReaderError
from exocast.face.figures import Figures

PNG = b"\x89PNG\r\n"


def test_a_design_is_read_and_checked_in_silence() -> None:
    design = exocast.Design.read("kras-sirna-tumour")
    assert design == exocast.template("kras-sirna-tumour")
    design.check()
    assert "electroporation" in repr(design)
    assert "into the tumour" in repr(design)
    with pytest.raises(DesignError, match="efffort"):
        exocast.Design.from_text("efffort = 1").check()


def test_the_answer_has_a_row_for_each_rival(forecast: exocast.Forecast) -> None:
    frame = forecast.answer.to_frame()
    assert frame["hypothesis"].tolist() == ["fusion is rare", "fusion is common"]
    first = forecast.answer["rows"][0]
    assert frame.loc[0, "median"] == first["median"]
    assert frame.loc[0, "orders_short"] == pytest.approx(
        np.log10(frame.loc[0, "needed"] / frame.loc[0, "median"])
    )
    assert forecast.answer.sentence in repr(forecast.answer)
    assert "<table>" in forecast.answer._repr_html_()


def test_the_cascade_is_a_sequence_with_a_table(forecast: exocast.Forecast) -> None:
    frame = forecast.cascade.to_frame()
    assert {"step", "unit", "median", "fraction", "uncertainty_low", "variability_high"} <= set(
        frame
    )
    assert frame["step"].drop_duplicates().tolist() == [row["name"] for row in forecast.cascade]
    assert len(forecast.cascade) == len(list(forecast.cascade))
    assert forecast.cascade[-1]["name"] == frame["step"].iloc[-1]
    whole = forecast.to_frame()
    pd.testing.assert_frame_equal(
        whole[whole["variant"] == "design"].drop(columns="variant"), frame
    )
    for row in forecast.cascade:
        assert row["title"] in repr(forecast.cascade)
    assert "◀ limiting" in forecast.cascade._repr_html_()


def test_a_fraction_is_the_median_of_each_members_own(forecast: exocast.Forecast) -> None:
    held = forecast.data["cascade"].sel(variant="design").isel(rival=0)
    names = [str(name) for name in held["row"].values]
    before, after = (held.isel(row=names.index("electroporation") + i) for i in (-1, 0))
    own = float(np.median(after / before))
    frame = forecast.cascade.to_frame().drop_duplicates("step").set_index("step")
    share = frame["fraction"].loc["electroporation"]
    assert 0 < share < 1
    assert share == pytest.approx(own, rel=0.1)


def test_the_limiting_step_says_so(forecast: exocast.Forecast) -> None:
    step = forecast.limiting_step
    gains = [gain["gain"] for gain in forecast.record["gains"]]
    assert step["gain"] == max(gains)
    assert repr(step).startswith(f"{step['title']}: ")


def test_drivers_come_largest_first_in_the_unit_they_are_written_in(
    forecast: exocast.Forecast,
) -> None:
    drivers = forecast.drivers
    swings = drivers["times"].head(10).tolist()
    assert swings == sorted(swings, reverse=True)
    assert set(drivers["standing"]) <= {"read", "fitted", "borrowed", "assumed"}
    values = forecast.values
    assert values.loc["assay.nta.smallest_vesicle", "unit"] == "nm"
    assert 30 < float(values.loc["assay.nta.smallest_vesicle", "value"]) < 200
    assert len(values) == len(forecast.record["values"])


def test_amounts_are_xarray_with_units(forecast: exocast.Forecast) -> None:
    liver = forecast.amount.sel(place="liver", variant="design").at("4 h")
    assert liver.attrs["units"] == "particle"
    assert set(liver.dims) == {"rival", "member"}
    assert "places: liver" in repr(forecast.amount.sel(place="liver"))


def test_it_is_saved_with_its_report_and_opened_the_same(
    forecast: exocast.Forecast, tmp_path: Path
) -> None:
    saved = forecast.save(tmp_path / "kras")
    assert saved.folder == tmp_path / "kras"
    assert {path.name for path in saved.folder.iterdir()} == {
        "equations.txt", "forecast.json", "forecast.nc", "inputs", "report.html",
    }  # fmt: skip
    again = exocast.open(str(saved.folder))
    assert isinstance(again, exocast.Forecast)
    pd.testing.assert_frame_equal(again.to_frame(), forecast.to_frame())
    assert again.report(tmp_path / "again.html").read_text("utf-8") == (
        saved.folder / "report.html"
    ).read_text("utf-8")
    assert again.cite("bibtex").startswith("@misc{exocast,")
    with pytest.raises(ExocastError, match="holds a forecast already"):
        forecast.save(tmp_path / "kras")
    forecast.save(tmp_path / "kras", replace=True)


def test_a_forecast_shows_itself(forecast: exocast.Forecast) -> None:
    assert forecast.record["title"] in repr(forecast)
    assert forecast.answer.sentence in repr(forecast)
    html = forecast._repr_html_()
    assert forecast.answer.sentence in html
    assert html.count("<table>") == html.count("</table>") == 1


@pytest.mark.parametrize(
    "name",
    ["answer", "cascade", "drivers", "best_attainable", "needed", "sizes", "reading", "cargo",
     "organs", "balance", "copies", "cells_above", "knock_down", "growth", "biogenesis", "vesicle",
     "purity", "delivery", "published"],
)  # fmt: skip
def test_every_figure_is_one_of_matplotlib_with_caption_and_data(
    forecast: exocast.Forecast, name: str, tmp_path: Path
) -> None:
    from matplotlib.figure import Figure

    figure = getattr(forecast.plot, name)()
    assert isinstance(figure, Figure)
    assert figure.axes
    assert figure.caption
    assert len(figure.to_frame()) > 0
    figure.savefig(tmp_path / "one.png")
    assert (tmp_path / "one.png").read_bytes().startswith(PNG)


def test_the_list_of_figures_is_that_of_the_report(forecast: exocast.Forecast) -> None:
    from exocast.report.export import pictures

    assert forecast.plot.names == tuple(picture.name for picture in pictures(forecast))
    figure = forecast.plot("cascade")
    assert figure.csv == forecast.plot.cascade().csv
    html = figure._repr_html_()
    assert "data:image/png;base64," in html
    assert "<figcaption>" in html
    for name, method in inspect.getmembers(Figures, inspect.isfunction):
        assert name.startswith("_") or f"{name}()" in repr(forecast.plot), name
        assert method.__doc__ or name.startswith("_")


def test_a_figure_that_is_not_there_says_why(forecast: exocast.Forecast) -> None:
    with pytest.raises(ExocastError, match="with_observed"):
        forecast.plot.observed()
    with pytest.raises(ExocastError, match="It has: answer, cascade"):
        forecast.plot("cascada")
    with pytest.raises(ExocastError, match="a label rides the run itself"):
        forecast.plot.organs(observed="mice.csv")


def test_animals_are_laid_over_the_forecast(observed: exocast.Forecast, table: Path) -> None:
    held = observed.observed
    assert held is not None
    frame = held.to_frame()
    assert len(frame) == 6
    assert (frame["fold"] == frame["median"] / frame["observed"]).all()
    inside = (frame["interval_low"] <= frame["observed"]) & (
        frame["observed"] <= frame["interval_high"]
    )
    assert inside.tolist() == frame["inside"].tolist()
    assert held.scores().loc["all readings", "rows"] == 6
    kinetics = held.kinetics().set_index("figure")
    assert kinetics.loc["clearance", "observed"] > 0
    assert kinetics.loc["clearance", "unit"] == "mL/h"
    assert "mice.csv (zirconium-89)" in repr(held)
    samples = [axes.get_title(loc="left") for axes in observed.plot.organs(observed=table).axes]
    assert {"Plasma", "Liver"} <= set(samples)
    assert observed.plot.organs(observed=True).axes
    assert observed.plot.signal().axes
    with pytest.raises(ExocastError, match=r"mices.csv` is no part .*[Mm]ice.csv"):
        observed.plot.organs(observed="mices.csv")


def test_a_table_of_animals_is_named_by_the_design(table: Path) -> None:
    design = exocast.template("labelled-biodistribution").with_observed(table)
    assert design.folder == table.parent
    assert design.text.count('file  = "mice.csv"') == 2
    # The packaged design reads a file of its own, and so stays where it is.
    other = exocast.template().with_observed(table, perfused=True)
    assert other.folder == exocast.template().folder
    other.check()
    assert other.plan().tables[0].perfused
    with pytest.raises(ReaderError, match=r"nobody\.csv"):
        design.with_observed(table.parent / "nobody.csv")


def test_a_measurement_says_what_it_is() -> None:
    nta = exocast.read(exocast.template().folder / "batch-07-ExperimentSummary.csv")
    assert "D50 118 nm" in repr(nta)
    assert "D10, D50, D90" in nta._repr_html_()
    frame = nta.to_frame()
    assert frame["mean"].sum() == pytest.approx(nta.summary.concentration)
    assert frame.shape[1] == 3 + nta.summary.videos
    assert 'method = "nta"' in nta.toml


def test_a_comparison_a_sweep_and_a_search_show_and_draw_themselves(tmp_path: Path) -> None:
    design = exocast.template()
    local = design.with_settings({"regimen.route": "intratumoural"})
    comparison = exocast.compare({"vein": design, "tumour": local}, members=(2, 2))
    assert comparison.pairs[0]["sentence"] in repr(comparison)
    assert comparison.pairs[0]["sentence"] in comparison._repr_html_()
    assert comparison.plot().axes
    answer = comparison.to_frame().query("row == 'in_cytosol'")
    assert (answer["ratio_median"] > 1).all()
    assert "comparison.json" in {
        path.name for path in sorted(_folder(comparison, tmp_path / "pair").iterdir())
    }
    sweep = exocast.sweep(
        design, {"regimen.dose": ["1e9 particles", "1e10 particles"]}, members=(2, 1)
    )
    assert sweep.plot().to_frame().shape == sweep.to_frame().shape
    assert "1e10 particles" in repr(sweep)
    found = exocast.seek(design, "answer >= 1e-9 copies", "regimen.dose", members=(2, 1))
    assert repr(found) == found.sentence
    assert found.plot().caption == found.sentence


def _folder(result: exocast.Comparison, place: Path) -> Path:
    result.save(place)
    return place


def test_labels_are_put_on_one_dose() -> None:
    design = exocast.template("labelled-biodistribution")
    held = exocast.labels(design, only=["zirconium-89", "lipophilic-dye"], members=(20, 1))
    frame = held.to_frame()
    assert frame["label"].unique().tolist() == ["vesicles", "zirconium-89", "lipophilic-dye"]
    late = frame[(frame["what"] == "liver") & (frame["time_h"] == 24)].set_index("label")["median"]
    assert late["vesicles"] > late["zirconium-89"] > late["lipophilic-dye"]
    assert "clearance" in repr(held)
    with pytest.raises(DesignError, match="zirconium-89"):
        exocast.labels(design, only=["zirconum-89"])


def test_an_explanation_holds_settings_and_sources() -> None:
    method = exocast.explain("loading.electroporation")
    assert method.settings.loc["field", "default"]
    assert set(method.values["key"]) == {value.key for value in method.rows}
    assert "You choose" in repr(method)
    assert "<table>" in method._repr_html_()
    assert "<math" in method._repr_html_()
    assert method.laws
    assert method.flags
    assert exocast.explain("loading.electroporation.field").settings.index.tolist() == ["field"]
    assert {one.hypothesis for one in exocast.explain("endosomal_escape").rows} == {
        "endosomal_escape:rare",
        "endosomal_escape:common",
    }
    value = exocast.explain("uptake.endocytosis_and_escape.escape_probability")
    assert len(value.values) == len(value.rows) >= 2
    assert value.rows[0].source in value.sources
    assert exocast.explain("regimen").settings.loc["route", "default"] == "required"
    with pytest.raises(EvidenceError, match=r"loading\.electroporation"):
        exocast.explain("loading.electroporatio")
