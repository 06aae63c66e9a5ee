"""Every mistake alone, then ten at once: the line, the place and what to do."""

from __future__ import annotations

from typing import Any

import pytest

from exocast.design import Design
from exocast.errors import DesignError

# What is replaced, by what, the line of the problem, and what its message says.
MISTAKES: dict[str, tuple[str, str, int, str]] = {
    "wrong unit": (
        'rcf = "100000 g", duration = "70 min", keep = "pellet", resuspend = "1 mL"',
        'rcf = "100000 rpm", duration = "70 min", keep = "pellet", resuspend = "1 mL"',
        28,
        'step 2, spin 3, rcf = "100000 rpm": a speed, not an acceleration. Write "100000 g"',
    ),
    "no unit": ('at          = "24 h"', "at = 24", 7, "question.at = 24: no unit. Write one"),
    "missing file": (
        'file   = "batch-07-ExperimentSummary.csv"',
        'file = "batch-7.csv"',
        34,
        "file: batch-7.csv is not beside the design. Nearest: batch-07-ExperimentSummary.csv",
    ),
    "file of a kind that is not there": (
        'file   = "batch-07-ExperimentSummary.csv"',
        'file = "batch-7.xlsx"',
        34,
        "There is no .xlsx file in designs.",
    ),
    "truncated file": (
        'file   = "batch-07-ExperimentSummary.csv"',
        'file = "truncated.csv"',
        34,
        "step 3, file: truncated.csv line 12: the histogram ends early.",
    ),
    "misspelt setting": (
        'field  = "400 V/cm"',
        'feild = "400 V/cm"',
        40,
        (
            "step 4, loading.electroporation has no setting `feild`. Did you mean `field`? "
            "(exocast explain loading.electroporation)"
        ),
    ),
    "misspelt setting of a row": (
        '{ rcf = "10000 g",',
        '{ rfc = "10000 g",',
        27,
        "step 2, spin 2 has no setting `rfc`. Did you mean `rcf`?",
    ),
    "unknown stage": (
        'stage  = "assay"',
        'stage = "asay"',
        32,
        'step 3, stage = "asay": no such stage. Did you mean `assay`?',
    ),
    "unknown method": (
        'method = "nta"',
        'method = "ntaa"',
        33,
        'step 3, method = "ntaa": assay has no such method. Did you mean `nta`?',
    ),
    "no method": ('method = "nta"\n', "", 31, "step 3: needs `method`, a text."),
    "a model among the steps": (
        'stage       = "storage"',
        'stage = "uptake"',
        49,
        "not a step in a tube. Name it under [models]",
    ),
    "out of bounds": (
        '"400 V/cm"',
        '"90 kV/cm"',
        40,
        'step 4, field = "90 kV/cm": outside 10 V/cm to 5 kV/cm.',
    ),
    "no choice": (
        'keep = "pellet", resuspend = "1 mL"',
        'keep = "pelet", resuspend = "1 mL"',
        28,
        'step 2, spin 3, keep = "pelet": not one of its names. Did you mean `pellet`?',
    ),
    "missing setting": (
        'cargo  = "siRNA_KRAS_G12D"\n',
        "",
        36,
        "step 4, loading.electroporation needs `cargo`: Cargo that is loaded.",
    ),
    "empty text": (
        'cargo  = "siRNA_KRAS_G12D"',
        'cargo = ""',
        39,
        'step 4, cargo = "": empty.',
    ),
    "unknown cargo": (
        'cargo  = "siRNA_KRAS_G12D"',
        'cargo = "siRNA_KRAS_G12"',
        39,
        "no such cargo. Did you mean `siRNA_KRAS_G12D`?",
    ),
    "unknown table": ("[hypotheses]", "[hypothesis]", 64, "no table `hypothesis`. Did you mean"),
    "unknown key": ("title   =", "titel =", 3, "no key `titel`. Did you mean `title`?"),
    "unknown key of a table": (
        "dose  =",
        "doze  =",
        56,
        "regimen has no setting `doze`. Did you mean `dose`? (exocast explain regimen)",
    ),
    "unknown key of a nested table": (
        'volume = "200 mm^3"',
        'volum = "200 mm^3"',
        13,
        "subject.tumour has no setting `volum`. Did you mean `volume`?",
    ),
    "setting of another route": (
        'route = "intravenous_bolus"',
        'route = "intravenous_bolus"\ndepth = "1 mm"',
        56,
        "regimen has no setting `depth`.",
    ),
    "unknown route": (
        'route = "intravenous_bolus"',
        'route = "intravenous"',
        55,
        'regimen.route = "intravenous": no such route. Did you mean `intravenous_bolus`?',
    ),
    "unknown hypothesis": (
        "endosomal_escape =",
        "endosomal_escpe =",
        65,
        "no hypothesis `endosomal_escpe`. Did you mean `endosomal_escape`?",
    ),
    "unknown option": (
        '= "each"',
        '= "comon"',
        65,
        'hypotheses.endosomal_escape = "comon": no such option. Did you mean `common`?',
    ),
    "variant that sets nothing": (
        '"regimen.route" =',
        '"regimen.rout" =',
        73,
        (
            'variant "into the tumour", `regimen.rout`: regimen has no setting `rout`. '
            "Did you mean `route`?"
        ),
    ),
    "variant with a wrong value": (
        '"regimen.times" = ["0 h"]',
        '"regimen.times" = ["0 mL"]',
        73,
        'variant "into the tumour", regimen.times = "0 mL": a volume, not a time.',
    ),
    "variant with a wrong key": (
        'set  = { "reg',
        'sett = 1\nset  = { "reg',
        73,
        'variant "into the tumour": has no setting `sett`. Did you mean `set`?',
    ),
    "names twice": (
        'id     = "clean_up"\n',
        "",
        42,
        "step 5: `differential_centrifugation` is also the name of step 2.",
    ),
    "id that is no name": (
        'id     = "clean_up"',
        'id = "Clean up"',
        43,
        "an id is small letters, digits and underscores",
    ),
    "no donor first": (
        (
            'stage     = "donor"\nmethod    = "cell_culture"\n'
            'cell_type = "mesenchymal_stromal_cell"\ncells     = 2e8\nmedium    = "200 mL"'
        ),
        'stage = "storage"\nmethod = "frozen"\nid = "before"\nduration = "1 d"',
        15,
        "step 1: the first step is a donor: nothing is in the tube yet.",
    ),
    "a second donor": (
        'stage  = "assay"\nmethod = "nta"\nfile   = "batch-07-ExperimentSummary.csv"',
        (
            'stage = "donor"\nmethod = "cell_culture"\nid = "more"\ncell_type = "x"\ncells = 1e8\n'
            'medium = "1 mL"'
        ),
        31,
        (
            "step 3: a donor is the first step, and there is one. Liposomes or solid particles may "
            "follow vesicles where a step further down joins them."
        ),
    ),
    "negative dose": (
        '"1e10 particles"',
        '"-1e10 particles"',
        56,
        'regimen.dose = "-1e10 particles": a dose is more than nothing.',
    ),
    "dose that is none": (
        '"1e10 particles"',
        '"3 h"',
        56,
        'regimen.dose = "3 h": not a dose. Write a number of particles',
    ),
    "asked after the end": (
        'at          = "24 h"',
        'at = "20 d"',
        7,
        "question.at: 20 d is after the end of the run, at 14 d (run.horizon).",
    ),
    "asked before the first dose": (
        '["0 h", "48 h", "96 h"]',
        '["48 h"]',
        7,
        "question.at: 24 h is not after the first dose, at 48 h.",
    ),
    "dose after the end": (
        '"96 h"]',
        '"96 d"]',
        57,
        "regimen.times: a dose at 96 d comes after run.horizon, 14 d.",
    ),
    "doses out of order": (
        '"48 h", "96 h"]',
        '"96 h", "48 h"]',
        57,
        "regimen.times: the times are not in order",
    ),
    "a text for a list": (
        'times = ["0 h", "48 h", "96 h"]',
        'times = "0 h"',
        57,
        'regimen.times = "0 h": a list was expected, as in ["0 h"].',
    ),
    "cargo that no step adds": (
        'needed      = "500 copies"',
        'cargo = "doxorubicin"',
        8,
        'question.cargo = "doxorubicin": no step adds this cargo.',
    ),
    "sentence of a step": (
        'keep = "pellet", resuspend = "200 uL"',
        'keep = "pellet"',
        42,
        "step 5, isolation.differential_centrifugation: a pellet that is kept needs `resuspend`.",
    ),
    "half a member": (
        "uncertainty = 5,",
        "uncertainty = 5.5,",
        77,
        "run.members.uncertainty = 5.5: a whole number was expected.",
    ),
    "missing observations": (
        '"biodistribution.csv"',
        '"biodistributon.csv"',
        68,
        (
            "observed 1, file: biodistributon.csv is not beside the design. "
            "Nearest: biodistribution.csv"
        ),
    ),
    "a later schema": (
        "exocast = 1",
        "exocast = 2",
        2,
        "schema version 2 is not known; this exocast reads 1.",
    ),
    "unknown model": (
        '"whole_body"',
        '"whole_bdy"',
        60,
        'models.body = "whole_bdy": biodistribution has no such method. Did you mean `whole_body`?',
    ),
    "model named twice": (
        '["gene_silencing", "tumour_growth"]',
        '["gene_silencing", "gene_silencing"]',
        62,
        "models.response: `gene_silencing` is named twice.",
    ),
}


def problems_of(design: Design) -> list[tuple[int, str]]:
    with pytest.raises(DesignError) as caught:
        design.check()
    return [
        (one.line, f"{one.where}: {one.message}" if one.where else one.message)
        for one in caught.value.problems
    ]


@pytest.mark.parametrize("name", MISTAKES)
def test_one_mistake_is_one_problem_at_its_line(name: str, make: Any, sound: str) -> None:
    old, new, line, message = MISTAKES[name]
    assert sound.count(old) >= 1
    found = problems_of(make(sound.replace(old, new, 1)))
    assert len(found) == 1, found
    assert found[0][0] == line
    assert message in found[0][1]


def test_ten_at_once_in_one_message(make: Any, sound: str) -> None:
    names = (
        "wrong unit", "missing file", "misspelt setting", "unknown route", "unknown option",
        "no unit", "unknown key", "unknown key of a nested table", "half a member",
        "misspelt setting of a row",
    )  # fmt: skip
    text = sound
    for name in names:
        old, new, _, _ = MISTAKES[name]
        text = text.replace(old, new, 1)
    with pytest.raises(DesignError) as caught:
        make(text).check()
    lines = [one.line for one in caught.value.problems]
    assert lines == sorted(MISTAKES[name][2] for name in names)
    shown = str(caught.value).splitlines()
    assert shown[0] == "sound.toml: 10 problems, nothing was run"
    assert shown[5].startswith('  line 28  step 2, spin 3, rcf = "100000 rpm": a speed, not')
    assert len(shown) == 11


def test_a_sound_design_is_silent(design: Design) -> None:
    design.check()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("question", "is missing. It needs `quantity`, and `target_cell` or `organ`."),
        ("models", "the table [models] is missing. It needs `body` and `cell`"),
        ("regimen", "the table [regimen] is missing. It needs `route` and `dose`"),
        ("subject", "the table [subject] is missing. It needs `species`."),
    ],
)
def test_missing_table(table: str, message: str, make: Any, sound: str) -> None:
    start = sound.index(f"[{table}]")
    end = sound.index("\n[", start)
    found = problems_of(make(sound[:start] + sound[end:]))
    assert message in found[0][1]


def test_copies_without_cargo(make: Any, sound: str) -> None:
    start = sound.index('[[step]]\nstage  = "loading"')
    end = sound.index("\n[[step]]", start)
    (found,) = problems_of(make(sound[:start] + sound[end + 1 :]))
    assert "copies are asked for, but no step adds a cargo." in found[1]
    rest = sound[:start] + '[[step]]\nstage = "loading"\nmethod = "rest"\n' + sound[end:]
    assert (
        36,
        "step 4: nothing to load: neither it nor a step above adds a cargo.",
    ) in problems_of(make(rest))


def test_another_cell_than_the_tumours_is_said(make: Any, sound: str) -> None:
    assert not [flag for flag in make(sound).plan().notes if flag.severity == "serious"]
    other = sound.replace('target_cell = "PANC-1"', 'target_cell = "Kupffer"')
    assert other != sound
    (flag,) = [flag for flag in make(other).plan().notes if flag.severity == "serious"]
    assert flag.where == "question.target_cell"
    assert "Kupffer and the tumour grew from PANC-1" in flag.message


def test_growth_and_needle_want_a_tumour(make: Any, sound: str) -> None:
    tumour = 'tumour      = { cell = "PANC-1", volume = "200 mm^3" }\n'
    cell, growth, needle = problems_of(make(sound.replace(tumour, "")))
    assert cell[1].startswith("uptake.endocytosis_and_escape: the subject has no tumour.")
    assert growth[0] == 61
    assert growth[1].startswith("response.tumour_growth: the subject has no tumour.")
    assert needle[0] == 72
    assert 'variant "into the tumour", regimen.route = "intratumoural": the subject' in needle[1]


def test_two_cargoes_need_a_choice(make: Any, sound: str) -> None:
    more = (
        '[[step]]\nid = "again"\nstage = "loading"\nmethod = "electroporation"\n'
        'cargo = "doxorubicin"\n\n[regimen]'
    )
    text = sound.replace("[regimen]", more)
    (found,) = problems_of(make(text))
    assert found[0] == 5
    assert '"doxorubicin", "siRNA_KRAS_G12D"' in found[1]
    named = text.replace("[question]", '[question]\ncargo = "doxorubicin"')
    assert make(named).plan().study.cargo == "doxorubicin"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("exocast = 1\ntitle = \n", 2, "there is no value here"),
        ('exocast = 1\ntitle = "a\nx = 1\n', 2, "not closed with a quotation mark"),
        ("a = 1\na = 2\n", 2, "this key was given before"),
        ("a = 24 h\n", 1, "a text stands in quotation marks"),
        ("[step]\na = 1\n\n[step]\na = 1\n", 4, "steps are written [[step]], in two brackets"),
        ("x = { a = 1,\n b = 2 }\n", 1, "an inline table { ... } stays on one line"),
    ],
)
def test_what_is_not_toml(text: str, line: int, message: str, make: Any) -> None:
    with pytest.raises(DesignError) as caught:
        make(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert "not TOML" in problem.message
    assert message in problem.message


def test_empty_document(make: Any) -> None:
    messages = [message for _, message in problems_of(make(""))]
    assert "`exocast = 1`, the schema version, is missing at the top." in messages
    assert "there are no steps. Write [[step]] tables." in messages
