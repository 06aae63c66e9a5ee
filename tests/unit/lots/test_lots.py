"""`exocast lots`: a table is read whole or not at all, and what it tells opens again."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import exocast
from exocast.design.starting import start_table
from exocast.errors import ExocastError, TableError
from exocast.face.results import Lots
from exocast.instruments.readers.lots import read_lots
from exocast.learn.lots import compare_lots

HEAD = "donor,lot,process,repeat,quantity,value,unit\n"
Write = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "lots.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = start_table("lots", folder=tmp_path_factory.mktemp("lots"))
    made.write()
    return made.path


@pytest.fixture(scope="module")
def found(packaged: Path) -> Lots:
    return exocast.lots(
        packaged,
        spec=["particles per ug >= 1e9", "median diameter = 0.08..0.15 um"],
        margin="particles per ug = 1.5",
    )


def test_the_template_tells_everything(found: Lots) -> None:
    purity, size = found.quantities
    assert [part["name"] for part in purity["components"]] == ["donor", "lot", "repeat"]
    assert [part["name"] for part in size["components"]] == ["donor", "lot"]
    for one in found.quantities:
        assert 0.5 < one["next"]["measured"] < 1
        low, high = one["next"]["predicted"][::2]
        assert one["next"]["tolerance"][0] < low < high < one["next"]["tolerance"][1]
        assert one["means"]["new"][1] / one["means"]["old"][1] == pytest.approx(
            one["equivalence"]["difference"][1], rel=0.02
        )
        for part in one["components"]:
            assert part["range"][0] < part["median"] < part["range"][1]
    assert size["next"]["limits"] == [80.0, 150.0]
    assert size["equivalence"]["margin"] is None
    assert size["equivalence"]["shown_within"] > 1
    plans = purity["equivalence"]["plans"]
    assert [plan["paired"] for plan in plans] == [False, False, True, True]
    assert plans[2]["needed"]["0.8"][1] < plans[0]["needed"]["0.8"][1]
    least, most = found.record["all"]["least"], found.record["all"]["most"]
    assert least <= most == min(one["next"]["measured"] for one in found.quantities)
    assert any("No lot was measured twice" in words for words in size["cannot"])


def test_it_is_saved_and_opens_again(found: Lots, tmp_path: Path) -> None:
    found.save(tmp_path / "lots")
    again = exocast.open(tmp_path / "lots")
    assert isinstance(again, Lots)
    assert again.sentences == found.sentences
    assert len(again.to_frame()) == 5
    page = (tmp_path / "lots" / "report.html").read_text(encoding="utf-8")
    assert "What so few lots cannot tell" in page
    assert "chance to show equivalence within 1.5" in page


def test_units_and_order_change_nothing(table: Write) -> None:
    random = np.random.default_rng(1)
    lines = [
        (f"L{lot}", repeat, math.exp(random.normal(4.6 + 0.1 * lot, 0.1)))
        for lot in range(4)
        for repeat in (1, 2)
    ]
    plain = "lot,repeat,quantity,value [nm]\n"
    plain += "".join(f"{lot},{repeat},D50,{value!r}\n" for lot, repeat, value in lines)
    mixed = "quantity;unit;value;lot\n"
    mixed += "".join(
        f"D50;{'nm' if i else 'µm'};{str(value if i else value / 1e3).replace('.', ',')};{lot}\n"
        for i, (lot, _, value) in enumerate(reversed(lines))
    )
    one = compare_lots(table(plain)).quantities[0]
    two = compare_lots(table(mixed)).quantities[0]
    assert two["unit"] == "µm"
    assert [1e3 * x for x in two["next"]["predicted"]] == pytest.approx(one["next"]["predicted"])
    assert [x["median"] for x in two["components"]] == pytest.approx(
        [x["median"] for x in one["components"]], rel=0.02
    )


def test_a_quantity_that_may_be_negative_is_not_logged(table: Write) -> None:
    text = HEAD + "".join(
        f"D{lot % 2},L{lot},{'new' if lot > 3 else 'old'},1,zeta potential,{value},mV\n"
        for lot, value in enumerate((-12.0, -9.5, -10.1, -14.2, -11.0, -13.5, 0.4))
    )
    one = compare_lots(table(text), spec=["zeta potential <= -5"], margin=["zeta potential = 4 mV"])
    held = one.quantities[0]
    assert held["scale"] == "linear"
    assert held["next"]["limits"] == [None, -5.0]
    assert held["equivalence"]["margin"] == 4.0
    assert held["equivalence"]["difference"][0] < held["equivalence"]["difference"][2]


def test_what_the_forecast_expects_moves_few_lots(
    table: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prior of wide or narrow lots moves three lots its way, the narrow one more."""
    from exocast.learn import lots
    from exocast.learn.lot_wishes import Expected

    path = table("lot,quantity,value\nA,yield,1\nB,yield,1.3\nC,yield,0.9\n")
    spreads = {}
    for deviation in (0.02, 0.3, 1.5):
        held = Expected("yield", "secreted", deviation, deviation / 2, 2 * deviation)
        monkeypatch.setattr(lots, "expected_spread", lambda *_, held=held: held)
        one = compare_lots(path, forecast=["out/x"]).quantities[0]
        spreads[deviation] = one["components"][0]["median"]
        assert one["expected"]["deviation"] == deviation
    assert spreads[0.02] < spreads[0.3] < spreads[1.5]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("D1,,old,1,q,1,nm", "line 2   lot: empty"),
        ("D1,A,older,1,q,1,nm", 'process = "older": write old or new'),
        ("D1,A,old,1,q,,nm", "line 2   value: empty"),
        ("D1,A,old,1,q,<5,nm", "what was not seen"),
        ("D1,A,old,1,q,five,nm", 'line 2   value = "five": not a number'),
        ('D1,A,old,1,q,"1,5",nm', "a decimal comma: write 1.5"),
        ("D1,A,old,1,q,1,nm,9", "8 cells under 7 columns"),
        ("D1,A,old,1,q,1,nm\nD1,B,old,1,q,1,kg", 'line 3   unit = "kg": `q` is in nm'),
        ("D1,A,old,1,q,1,nm\nD2,A,old,2,q,1,nm", "lot A has donor D1 in line 2"),
        ("D1,A,old,1,q,1,nm\nD1,A,new,2,q,1,nm", "lot A has process old in line 2"),
        ("D1,A,old,1,q,1,nm\nD1,A,old,1,q,2,nm", "the same lot, quantity and repeat as line 2"),
        ("D1,A,old,1,q,1,nm\nD1,B,old,1,q,2,nm", "measured on 2 lots: 3 are the least"),
        ("D1,A,old,1,q,1,nm\nD1,B,old,1,q,2,nm\nD1,C,new,1,q,2,nm", "one lot of the new process"),
        ("D1,A,old,1,q,1,nm\n,B,old,1,q,2,nm\nD1,C,old,1,q,2,nm", "name a donor in every row"),
        ("D1,A,old,1,q,0,nm\nD1,B,old,1,q,2,nm\nD1,C,old,1,q,2,nm", "has no logarithm"),
        ("D1,A,old,1,q,2,nm\nD1,B,old,1,q,2,nm\nD1,C,old,1,q,2,nm", "nothing varies"),
    ],
)
def test_a_mistake_in_the_table(table: Write, rows: str, told: str) -> None:
    with pytest.raises(TableError) as raised:
        read_lots(table(HEAD + rows + "\n"))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the table is empty"),
        ("lot,quantity\nA,q\n", "the column `value` is missing"),
        ("lot,quantity,value,value\n", "there twice"),
        ("lots,quantity,value\nA,q,1\n", "Did you mean `lot`?"),
        (HEAD, "there is a head, and no row under it"),
    ],
)
def test_a_mistake_in_the_head(table: Write, text: str, told: str) -> None:
    with pytest.raises(TableError, match="nothing was read") as raised:
        read_lots(table(text))
    assert told in str(raised.value)


def test_every_mistake_is_told_at_once(table: Write) -> None:
    with pytest.raises(TableError) as raised:
        read_lots(table(HEAD + "D1,A,odd,1,q,x,nm\nD1,,old,1,q,1,nm\nD1,B,old,1,,1,nm\n"))
    assert [problem.line for problem in raised.value.problems] == [2, 2, 3, 4]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"spec": ["purity >= 1"]}, "no quantity `purity`"),
        ({"spec": ["median diameter"]}, "write 'NAME >= 1e9'"),
        ({"spec": ["median diameter >= 1 kg"]}, "is in nm"),
        ({"spec": ["median diameter >= 150", "median diameter <= 80"]}, "nothing lies between"),
        ({"margin": ["0.8"]}, "a ratio above 1"),
        ({"margin": ["median diameter = 5 nm"]}, "is no ratio"),
        ({"forecast": ["nowhere"]}, "say of which quantity"),
        ({"repeats": -1}, "1 or more"),
    ],
)
def test_what_is_asked_wrongly_is_taught(
    packaged: Path, options: dict[str, list[str]], told: str
) -> None:
    with pytest.raises(ExocastError, match=told):
        compare_lots(packaged, **options)  # type: ignore[arg-type]
