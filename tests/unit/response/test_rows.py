"""The rows of the target cell: declared, valued, sourced, and what is assumed says so."""

import numpy as np
import pytest

from exocast.evidence.catalogue import Catalogue, lint
from exocast.evidence.parameter import Need
from exocast.laws.silencing import half_silencing_risc, loaded_after_burst
from exocast.stages.response import METHODS as RESPONSES
from exocast.stages.response import gene_silencing as silencing
from exocast.stages.uptake import METHODS as CELLS
from exocast.stages.uptake.endocytosis_and_escape import CELL_RADIUS, ESCAPE

METHODS = {**CELLS, **RESPONSES}
CATALOGUE = Catalogue.packaged()
OWN = ("uptake.", "response.")
PANC_1 = {
    "species": "mouse",
    "target_cell": "PANC-1",
    "cargo": "siRNA_KRAS_G12D",
    "route": "intravenous_bolus",
}


@pytest.mark.parametrize("name", METHODS)
def test_every_parameter_has_a_value(name):
    for parameter in METHODS[name].parameters:
        if not parameter.key.startswith(OWN):
            continue  # of a ligand or a coat: looked up where there is one
        for context in (PANC_1, {"species": "rat", "cargo": "siRNA"}):
            value = CATALOGUE.find(Need(parameter, context))
            assert parameter.low <= value.low <= value.value <= value.high <= parameter.high


def test_every_row_is_used():
    declared = {p.key for cls in METHODS.values() for p in cls.parameters if p.key.startswith(OWN)}
    rows = {key for key in CATALOGUE.values if key.startswith(OWN)}
    assert rows == declared


def test_one_row_of_each_is_preferred():
    assert lint(row for rows in CATALOGUE.values.values() for row in rows) == []


def test_escape_is_two_rivals_of_one_parameter():
    escape = ESCAPE
    rows = {
        option: CATALOGUE.find(Need(escape, PANC_1), {"endosomal_escape": option})
        for option in ("rare", "common")
    }
    assert (rows["rare"].low, rows["rare"].high) == (1e-6, 1e-3)
    assert (rows["common"].low, rows["common"].high) == (0.01, 0.3)
    for row in rows.values():
        assert row.distribution == "loguniform"
        assert row.value == pytest.approx(np.sqrt(row.low * row.high), rel=1e-3)
        assert row.method == "assumed"
    assert CATALOGUE.find(Need(escape, PANC_1)).hypothesis == "endosomal_escape:rare"


def test_the_calibrated_constant_is_its_formula():
    """Half silencing at a thousand cytosolic copies, with the preferred rows."""
    found = {
        p: CATALOGUE.find(Need(p, {})).value
        for p in (
            silencing.LOADING,
            silencing.RISC,
            silencing.SIRNA_LOSS,
            silencing.RISC_LOSS,
            silencing.ASSOCIATION,
            silencing.DISSOCIATION,
            silencing.CLEAVAGE,
            silencing.MRNA_HALF_LIFE,
            silencing.COPIES_NEEDED,
            CELL_RADIUS,
        )
    }
    loading = found[silencing.LOADING] * found[silencing.RISC]
    time = np.linspace(0, 5 * 86400, 5001)
    losses = (found[silencing.SIRNA_LOSS], found[silencing.RISC_LOSS])
    peak = loaded_after_burst(time, loading, *losses).max()
    half = half_silencing_risc(
        np.log(2) / found[silencing.MRNA_HALF_LIFE],
        found[silencing.ASSOCIATION],
        found[silencing.DISSOCIATION],
        found[silencing.CLEAVAGE],
        4 / 3 * np.pi * found[CELL_RADIUS] ** 3,
    )
    assert float(half / peak) == pytest.approx(found[silencing.COPIES_NEEDED], rel=0.02)


def test_borrowed_rows_for_the_line_say_what_they_are():
    rows = [
        row
        for rows in CATALOGUE.values.values()
        for row in rows
        if row.context.get("target_cell") == "PANC-1"
    ]
    assert rows
    assert all(row.method == "assumed" and row.note for row in rows)
