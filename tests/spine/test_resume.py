"""A bench goes on from the first step that changed, and gives what a fresh one gives."""

from __future__ import annotations

import numpy as np
import pytest

from exocast.design import Design
from exocast.design.reusing import Store
from exocast.design.simulating import plan_needs
from exocast.evidence import Axes, Catalogue
from exocast.stages.isolation.differential_centrifugation import DifferentialCentrifugation

DESIGN = Design.read("kras-sirna-tumour")
SETTINGS = {
    "donor.cell_culture.cells": 3e8,
    "isolation.differential_centrifugation.spins.3.duration": "90 min",
    "assay.nta.dilution": 10.0,
    "loading.electroporation.field": "600 V/cm",
    "loading.electroporation.buffer": "PBS",
    "clean_up.spins.1.resuspend": "100 uL",
    "storage.frozen.duration": "30 d",
}


def fresh() -> Store:
    return Store(Catalogue.packaged(), Axes(3, 2), 1)


def held(store: Store, design: Design):
    plan = design.plan()
    return store.bench(plan, store.draw(plan_needs(plan), {"endosomal_escape": "rare"}))


@pytest.mark.parametrize("address", SETTINGS)
def test_a_resumed_bench_is_a_fresh_bench_bit_for_bit(address):
    store, changed = fresh(), DESIGN.with_settings({address: SETTINGS[address]})
    first = held(store, DESIGN)
    resumed, anew = held(store, changed), held(fresh(), changed)
    assert resumed.flags == anew.flags
    for mine, other in zip(resumed.ledger.entries, anew.ledger.entries, strict=True):
        assert mine.residual == other.residual
        for a, b in zip(mine.after.populations, other.after.populations, strict=True):
            assert np.array_equal(a.count, b.count)
            for cargo in a.inside:
                assert np.array_equal(a.inside[cargo].mean, b.inside[cargo].mean)
        for name, values in mine.exchange.amounts.items():
            assert np.array_equal(values, other.exchange.amounts[name])
    assert held(store, DESIGN) is first


def test_only_what_changed_is_done_again(monkeypatch):
    store, spun = fresh(), []
    apply = DifferentialCentrifugation.apply

    def counted(self, suspension, p):
        if suspension.members > 1:  # one member rehearses the bench whenever a Design is checked
            spun.append(self.name)
        return apply(self, suspension, p)

    monkeypatch.setattr(DifferentialCentrifugation, "apply", counted)
    for field in ("100 V/cm", "200 V/cm", "300 V/cm"):
        held(store, DESIGN.with_settings({"loading.electroporation.field": field}))
    assert spun == ["differential_centrifugation", *["clean_up"] * 3]


def test_a_variant_goes_on_from_the_bench_of_the_design():
    store = fresh()
    held(store, DESIGN)
    local = DESIGN.variant("into the tumour")
    assert held(store, local) is held(store, DESIGN)


def test_a_file_that_changed_is_measured_anew(tmp_path):
    source = DESIGN.folder / "batch-07-ExperimentSummary.csv"
    (tmp_path / source.name).write_bytes(source.read_bytes())
    store = fresh()
    before = held(store, Design.from_text(DESIGN.text, tmp_path))
    text = source.read_text(encoding="utf-8", errors="surrogateescape")
    (tmp_path / source.name).write_bytes((text + "\n").encode(errors="surrogateescape"))
    assert held(store, Design.from_text(DESIGN.text, tmp_path)) is not before
