"""Claims: everything they name exists, and their verdicts follow from numbers and votes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exocast.cli.app import app
from exocast.errors import EvidenceError
from exocast.evidence import Catalogue
from exocast.evidence.catalogue import lint
from exocast.qualify.claims import (
    VERDICTS,
    Trial,
    claim_records,
    claim_sources,
    packaged_claims,
    read_claims,
    verdict,
    vote,
)
from exocast.qualify.measures import MEASURES, Range
from exocast.stages import STAGES, methods
from exocast.units import to_si

CATALOGUE = Catalogue.packaged()
CLAIMS = packaged_claims()
TREE = tomllib.loads((resources.files("exocast") / "data" / "claims.toml").read_text("utf-8"))
SEED = Path(__file__).parents[4] / "shared" / "seed" / "exosome-mediated-drug-delivery.txt"


def record(key: str, catalogue: Catalogue = CATALOGUE) -> dict:
    chosen = [claim for claim in CLAIMS if claim.key == key]
    return claim_records(catalogue, claims=chosen)[0]


def turned(key: str, **numbers: float) -> Catalogue:
    """Return the catalogue with every row of a key set to these numbers."""
    rows = tuple(replace(row, **numbers) for row in CATALOGUE.values[key])
    return replace(CATALOGUE, values={**CATALOGUE.values, key: rows})


def test_there_are_about_fifteen_and_each_has_its_place():
    assert 15 <= len(CLAIMS) <= 20
    assert len({claim.key for claim in CLAIMS}) == len(CLAIMS)
    for claim in CLAIMS:
        assert re.fullmatch(r"([\dVI.]+)(, [\dVI.]+)*", claim.section), claim.key
        assert claim.limits.endswith("."), claim.key


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.key)
def test_everything_that_a_claim_names_exists(claim):
    sources = claim_sources(CATALOGUE)
    assert set(claim.rows) <= set(CATALOGUE.values)
    assert set(claim.hypotheses) <= set(CATALOGUE.hypotheses)
    for one in claim.evidence:
        assert one.source in sources
        assert one.says in ("for", "against")
        # Who did not read has no vote, and a vote says where it was read.
        assert one.read in ("full", "abstract", "secondary")
        assert one.locator
        assert one.what
    for figure in claim.figures.values():
        assert not figure["source"] or figure["source"] in sources
        assert figure["source"] or "assumed" in figure["what"]
        to_si(float(figure["value"]), figure["unit"])
    test = claim.test
    if test is not None:
        assert test.measure in MEASURES
        assert test.reason
        assert not test.source or (test.source in sources and test.locator)
        needed = {key for key, _ in MEASURES[test.measure].needs.values()}
        assert needed <= set(claim.rows)
        families = {row.hypothesis.partition(":")[0] for key in needed
                    for row in CATALOGUE.values[key] if row.hypothesis}  # fmt: skip
        assert families <= set(claim.hypotheses)


def test_no_source_of_the_claims_is_idle_and_none_is_told_twice():
    named = {one.source for claim in CLAIMS for one in claim.evidence}
    named |= {figure["source"] for claim in CLAIMS for figure in claim.figures.values()}
    named |= {claim.test.source for claim in CLAIMS if claim.test}
    own = TREE["sources"]
    assert set(own) <= named
    assert not set(own) & set(CATALOGUE.sources)
    addresses = [table.get("doi") or table["url"] for table in own.values()]
    assert len(set(addresses)) == len(addresses)


def test_nobody_writes_a_verdict():
    for table in TREE["claims"].values():
        assert "verdict" not in table


def test_every_measure_is_asked_for():
    assert {claim.test.measure for claim in CLAIMS if claim.test} == set(MEASURES)


def test_a_claim_is_not_the_sentence_of_the_review():
    if not SEED.exists():
        pytest.skip("the review is not beside this checkout")

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z]+", text.lower())

    review = words(SEED.read_text("utf-8"))
    runs = {tuple(review[i : i + 7]) for i in range(len(review) - 6)}
    for claim in CLAIMS:
        own = words(claim.claim)
        assert not any(tuple(own[i : i + 7]) in runs for i in range(len(own) - 6)), claim.key


def test_a_claim_about_a_missing_method_has_no_vote_while_it_is_missing():
    """Whoever adds loading through the donor gives this claim its test."""
    names = {name for stage in STAGES for name in methods(stage)}
    if not any("donor" in name or "endogenous" in name for name in names):
        assert record("donor_loading")["verdict"] == "not testable here"


# ---- votes --------------------------------------------------------------------------------------

BELOW, ACROSS, ABOVE = Range("", 0.1, 0.2, 0.4), Range("", 0.4, 0.5, 0.6), Range("", 0.5, 0.7, 0.9)


@pytest.mark.parametrize(
    ("holds", "ranges", "expected"),
    [
        ("above", [ABOVE], "for"),
        ("above", [BELOW], "against"),
        ("above", [ACROSS], "open"),
        ("above", [ABOVE, BELOW], "open"),
        ("below", [BELOW], "for"),
        ("below", [ACROSS], "open"),
        ("below", [Range("", 0.6, 0.7, 0.9)], "against"),
    ],
)
def test_a_test_votes_by_where_every_range_lies(holds, ranges, expected):
    assert vote(Trial("share", holds, 0.5, "1", "half"), ranges) == expected


def test_a_test_does_not_cast_the_vote_that_it_has_no_right_to():
    test = Trial("share", "above", 0.5, "1", "half", never="against")
    assert vote(test, [BELOW]) == "open"
    assert vote(test, [ABOVE]) == "for"


def test_a_threshold_is_read_in_its_unit():
    assert vote(Trial("time", "above", 1.0, "h", "an hour"), [Range("", 3700, 4e3, 5e3)]) == "for"


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ([], "not testable here"),
        (["for"], "supported"),
        (["against", "against"], "contradicted"),
        (["for", "against"], "contested"),
        (["open"], "contested"),
        (["open", "for"], "contested"),
    ],
)
def test_a_verdict_follows_from_votes(votes, expected):
    assert verdict(votes) == expected
    assert expected in VERDICTS


# ---- rows move verdicts -------------------------------------------------------------------------


def test_a_change_of_rows_changes_the_vote_on_fusion():
    assert record("fusion_efficient")["test"]["vote"] == "open"
    key = "uptake.endocytosis_and_escape.escape_probability"
    assert record("fusion_efficient", turned(key, value=0.2, low=0.15, high=0.3))["test"][
        "vote"
    ] == "for"  # fmt: skip
    assert record("fusion_efficient", turned(key, value=1e-5, low=1e-6, high=1e-4))["test"][
        "vote"
    ] == "against"  # fmt: skip


def test_fusion_is_judged_under_every_rival_apart():
    ranges = record("fusion_efficient")["test"]["ranges"]
    phrases = {r["phrase"] for r in ranges}
    assert phrases == set(CATALOGUE.hypotheses["endosomal_escape"].phrases.values())
    assert ranges[0]["high"] < 0.1 * ranges[1]["low"] or ranges[1]["high"] < 0.1 * ranges[0]["low"]


def test_a_change_of_rows_changes_the_verdict_on_natural_rna():
    assert record("natural_rna")["verdict"] == "contradicted"
    fewer = turned("response.gene_silencing.copies_needed", value=1.0, low=0.5, high=2.0)
    assert record("natural_rna", fewer)["verdict"] == "contested"
    assert record("natural_rna", fewer)["test"]["vote"] == "for"


def test_the_vesicles_needed_are_copies_needed_over_copies_carried():
    fixed = {"distribution": "fixed"}
    rows = dict(CATALOGUE.values)
    for key, value in (("response.gene_silencing.copies_needed", 825.0),
                       ("uptake.endocytosis_and_escape.binding_capacity", 1e4)):  # fmt: skip
        rows[key] = tuple(
            replace(r, value=value, low=value, high=value, **fixed) for r in CATALOGUE.values[key]
        )
    held = record("natural_rna", replace(CATALOGUE, values=rows))["test"]["ranges"][0]
    assert held["median"] == pytest.approx(10.0)


def test_the_lumen_share_of_one_size_is_count_times_volume():
    rows = dict(CATALOGUE.values)
    for key, value in (("donor.vesicle.median_diameter", 100e-9),
                       ("donor.vesicle.geometric_sd", 1.0 + 1e-12),
                       ("loading.vesicle.bilayer_thickness", 5e-9)):  # fmt: skip
        rows[key] = tuple(
            replace(r, value=value, low=value, high=value, distribution="fixed")
            for r in CATALOGUE.values[key]
        )
    held = record("electroporation_efficient", replace(CATALOGUE, values=rows))["test"]["ranges"]
    # 1e18 per cubic metre times a sphere of 90 nm.
    assert held[0]["median"] == pytest.approx(1e18 * 3.817035e-22, rel=1e-6)


def test_a_wide_lumen_could_load_efficiently():
    wide = turned("donor.vesicle.median_diameter", value=8e-7, low=7.9e-7, high=8.1e-7)
    assert record("electroporation_efficient")["test"]["vote"] == "against"
    assert record("electroporation_efficient", wide)["test"]["vote"] == "for"
    assert lint(wide.values["donor.vesicle.median_diameter"]) == []


def test_without_a_forecast_a_claim_that_needs_one_has_no_verdict_yet():
    for held in claim_records(CATALOGUE):
        waiting = held["test"] is not None and held["test"]["of"] == "forecast"
        assert (held["verdict"] == "needs a forecast") == waiting, held["key"]


def test_a_field_that_no_claim_has_is_refused():
    with pytest.raises(EvidenceError, match="claim `a`"):
        read_claims(
            '[claims.a]\nsection = "1"\nclaim = "b"\nlimits = "c."\nverdict = "supported"\n'
        )


# ---- the verb -----------------------------------------------------------------------------------


def test_the_verb_prints_every_claim_and_one_in_full():
    run = CliRunner().invoke(app, ["claims"])
    assert run.exit_code == 0
    for claim in CLAIMS:
        assert f"({claim.key})" in run.stdout
    one = CliRunner().invoke(app, ["claims", "--only", "fusion_efficient"])
    assert "escape_probability (assumed" in one.stdout
    assert "Albanese" in one.stdout


def test_the_verb_answers_a_wrong_name_and_a_wrong_folder(tmp_path):
    wrong = CliRunner().invoke(app, ["claims", "--only", "fusion_eficient"])
    assert wrong.exit_code != 0
    assert "fusion_efficient" in str(wrong.exception)
    missing = CliRunner().invoke(app, ["claims", str(tmp_path / "none")])
    assert missing.exit_code != 0
