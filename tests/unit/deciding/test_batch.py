"""The batch sheet and its cost: totals, shares per dose, prices and their mistakes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from exocast.errors import ExocastError, TableError
from exocast.learn.batch import BatchSheet, batch_sheet
from exocast.learn.prices import cost_lines, cost_of, read_prices
from exocast.material.forecast import Forecast

HEAD = "item,unit,price,currency\n"


@pytest.fixture
def sheet(forecast: Forecast) -> BatchSheet:
    return batch_sheet(forecast)


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "prices.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_every_step_is_there(sheet: BatchSheet, forecast: Forecast) -> None:
    assert [line.step for line in sheet.lines] == [
        entry["step"] for entry in forecast.record["preparation"]
    ]
    for line, entry in zip(sheet.lines, forecast.record["preparation"], strict=True):
        assert line.volume == entry["volume_m3"]
        assert line.total == pytest.approx(
            sum(held["median"] for held in entry["particles"].values())
        )
        assert line.small_share is not None
        assert line.vesicle_share is not None
        assert 0 < line.small_share <= line.vesicle_share <= 1


def test_purity_by_protein_only_where_protein_was_measured(sheet: BatchSheet) -> None:
    found = {line.step: line.per_microgram for line in sheet.lines}
    number = found.pop("total_protein")
    assert number is not None
    assert 1e7 < number < 1e12
    assert set(found.values()) == {None}


def test_doses_cells_and_medium(sheet: BatchSheet, forecast: Forecast) -> None:
    given = forecast.data["doses_per_batch"].values[0, 0]
    assert given.min() <= sheet.doses.median <= given.max()
    assert sheet.used["medium", "L"] == pytest.approx(0.2)
    assert sheet.per_dose(0.2) * sheet.doses.median == pytest.approx(0.2)
    assert sheet.cells is not None
    assert 1e8 < sheet.cells < 4e8


def test_the_cargo_put_in_is_among_what_is_used(sheet: BatchSheet) -> None:
    assert sheet.used["siRNA_KRAS_G12D", "mol"] == pytest.approx(1e-9)


def test_totals_are_sums(sheet: BatchSheet) -> None:
    assert sheet.time == pytest.approx(sum(line.time for line in sheet.lines))
    for name, number in sheet.used.items():
        assert number == pytest.approx(sum(line.used.get(name, 0.0) for line in sheet.lines))


def test_a_cost_is_quantity_times_price(sheet: BatchSheet, table: Callable[[str], Path]) -> None:
    """In the unit of the price: medium by the millilitre, cargo by the nanomole."""
    text = '"flask, 175 cm2",each,9.5,EUR\nmedium [L],mL,0.05,EUR\n'
    text += "siRNA_KRAS_G12D,nmol,35,EUR\noperator,min,1,EUR\ncuvette,each,,\n"
    prices = read_prices(table(HEAD + text), sheet)
    assert prices.currency == "EUR"
    lines = {line.item: line for line in cost_lines(sheet, prices)}
    assert lines["flask, 175 cm2"].cost == pytest.approx(sheet.used["flask, 175 cm2", "each"] * 9.5)
    assert lines["medium"].quantity == pytest.approx(200.0)
    assert lines["medium"].cost == pytest.approx(10.0)
    assert lines["siRNA_KRAS_G12D"].cost == pytest.approx(35.0)
    assert lines["operator"].cost == pytest.approx(sheet.hands_on / 60.0)
    assert lines["cuvette"].cost is None, "a row without a price is no price"
    assert set(lines) == {item for item, _ in sheet.used} | {"operator"}
    total = sum(line.cost for line in lines.values() if line.cost is not None)
    assert sum(cost_of(line, prices) for line in sheet.lines) == pytest.approx(total)


def test_a_spreadsheet_may_have_put_a_mark_in_front(
    sheet: BatchSheet, table: Callable[[str], Path]
) -> None:
    text = "\ufeff# mine\n\nCurrency,Item,Unit,Price\nCHF,cuvette,each,4\nCHF,tube,,0\n"
    prices = read_prices(table(text), sheet)
    assert {item: held.price for item, held in prices.items.items()} == {
        "cuvette": 4.0,
        "tube": 0.0,
    }
    assert prices.currency == "CHF"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("flsk,each,3,EUR", "Did you mean `flask, 175 cm2`?"),
        ('"tube, SW40Ti",each,3,EUR', "Did you mean `tube, SW 40Ti`"),
        ("gold,each,3,EUR", "`exocast new --prices` every item"),
        ("medium,kg,3,EUR", "`medium` is used in L; a price for one kg does not fit"),
        ("medium,each,3,EUR", "does not fit"),
        ("cuvette,L,3,EUR", "does not fit"),
        ("medium,quarts of,3,EUR", "does not fit"),
        ("cuvette,each,cheap,EUR", "line 2   the price of `cuvette` is 'cheap'"),
        ("cuvette,each,-1,EUR", "cannot be negative"),
        ("cuvette,each,nan,EUR", "cannot be negative"),
        ("cuvette,each,1,EUR\ncuvette,each,2,EUR", "two prices"),
        ("cuvette,each,1,EUR\ntube,each,2,USD", "one currency in every row, not EUR, USD"),
        ("cuvette,each,1,", "no currency"),
        ("cuvette,each,,", "no row has a price"),
    ],
)
def test_a_mistake_in_a_price_table(
    sheet: BatchSheet, table: Callable[[str], Path], row: str, words: str
) -> None:
    with pytest.raises(TableError) as raised:
        read_prices(table(HEAD + row + "\n"), sheet)
    assert words in str(raised.value)


def test_no_price_table(sheet: BatchSheet, table: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(TableError, match="is not there"):
        read_prices(tmp_path / "none.csv", sheet)
    for text in ("", "# nothing\n", "item;unit;price;currency\n", "item,price\ncuvette,2\n"):
        with pytest.raises(TableError, match="no column"):
            read_prices(table(text), sheet)
    with pytest.raises(TableError, match="by commas, not semicolons"):
        read_prices(table("item;unit;price;currency\ncuvette;each;62,50;EUR\n"), sheet)
    (tmp_path / "prices.csv").write_bytes(b"\xff\xfe\x00i\x00t")
    with pytest.raises(TableError, match="as text"):
        read_prices(tmp_path / "prices.csv", sheet)


def test_every_mistake_is_told_at_once(sheet: BatchSheet, table: Callable[[str], Path]) -> None:
    text = HEAD + "flsk,each,3,EUR\ncuvette,each,x,EUR\nmedium,kg,1,EUR\n"
    with pytest.raises(TableError) as raised:
        read_prices(table(text), sheet)
    assert len(raised.value.problems) == 3


def test_the_packaged_table_can_be_filled_in(
    sheet: BatchSheet, table: Callable[[str], Path]
) -> None:
    from exocast.design.starting import start_table

    text = start_table("prices").files[Path("prices.csv")].decode()
    filled = "".join(
        line if line.startswith(("#", "item")) else line.replace(",,", ",2,EUR")
        for line in text.splitlines(keepends=True)
    )
    prices = read_prices(table(filled), sheet)
    without = [line.item for line in cost_lines(sheet, prices) if line.cost is None]
    assert without == ["siRNA_KRAS_G12D"], "all that a step uses up has a row, but for the cargo"


def test_what_a_forecast_cannot_tell(edited: Callable[..., Forecast]) -> None:
    with pytest.raises(ExocastError, match="nothing is prepared"):
        batch_sheet(edited({"preparation": []}))
    with pytest.raises(ExocastError, match="Run its Design again"):
        batch_sheet(edited(drop=["doses_per_batch"]))


def test_a_tube_that_is_empty_has_no_purity(edited: Callable[..., Forecast]) -> None:
    made = edited()
    steps = [dict(entry) for entry in made.record["preparation"]]
    steps[-1]["particles"] = {"small_ev": {"median": 0.0}}
    sheet = batch_sheet(edited({"preparation": steps}))
    assert sheet.lines[-1].small_share is None
    none = edited()
    none.data["doses_per_batch"][:] = 0.0
    assert np.isinf(batch_sheet(none).per_dose(1.0))
