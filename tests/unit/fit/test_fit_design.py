"""A Design's own tables: the truth that made them is found again, and kept in a folder."""

import json

import numpy as np
import pytest

from exocast.cli import main
from exocast.design import Design
from exocast.errors import FitError
from exocast.evidence import Catalogue
from exocast.evidence.joint import read_joint, write_joint
from exocast.qualify.experiment import Experiment, Sample, Simulator, free_rows
from exocast.qualify.fitting import fit_design, own_error
from exocast.report.filing import open_folder
from exocast.report.page import render

LABEL = "zirconium-89"
SAMPLED = [
    *(("plasma", hours) for hours in (0.05, 0.2, 1.0, 4.0)),
    *((organ, hours) for organ in ("liver", "spleen", "lung") for hours in (1.0, 24.0)),
]
TRUTH = {
    "biodistribution.whole_body.relative_uptake@organ=lung": 1.2,
    f"biodistribution.tag.unbound@label={LABEL}": -0.8,
}
QUICK = {"starts": 2, "steps": 0, "free": sorted(TRUTH)}


def plain() -> Design:
    design = Design.read("labelled-biodistribution")
    text = design.text[: design.text.index("[[variant]]")]
    return Design.from_text(text + "\n[run]\nclasses = { small_ev = 2, large_ev = 1 }\n")


@pytest.fixture(scope="module")
def mice(tmp_path_factory):
    """Return a design whose table was made at known scores, without error."""
    plan, priors = plain().plan(), Catalogue.packaged().priors()
    samples = tuple(
        Sample(organ, "percent_injected", LABEL, 3600.0 * hours, 1.0, 0.1, 0.0, organ)
        for organ, hours in SAMPLED
    )
    experiment = Experiment("made up", plan, samples)
    rows = free_rows([experiment], priors)
    simulator = Simulator([experiment], [rows[name] for name in TRUTH], priors)
    read = simulator(np.array([list(TRUTH.values())]))[0]
    lines = ["study,time,organ,label,quantity,value,unit,sd,n"]
    for (organ, hours), value in zip(SAMPLED, read, strict=True):
        share = 100.0 * value
        line = (
            f"mine,{hours} h,{organ},{LABEL},percent_injected,{share:.8g},%ID,{0.1 * share:.3g},5"
        )
        lines.append(line)
    folder = tmp_path_factory.mktemp("mice")
    (folder / "mice.csv").write_text("\n".join(lines) + "\n")
    text = plain().text + f'\n[[observed]]\nfile = "mice.csv"\nlabel = "{LABEL}"\n'
    (folder / "study.toml").write_text(text)
    return folder / "study.toml"


@pytest.fixture(scope="module")
def fitted(mice):
    return fit_design(Design.read(mice), **QUICK)


def test_the_truth_is_found_again(fitted):
    for one in fitted.record["free"]:
        assert one["score"] == pytest.approx(TRUTH[one["identity"]], abs=0.25), one["identity"]
        assert one["verdict"] == "identified"
    quality = fitted.record["quality"]
    assert quality["gmfe_after"] < 1.05 < quality["gmfe_before"]


def test_a_simulator_s_member_does_not_depend_on_its_neighbours(mice):
    plan, priors = Design.read(mice).plan(), Catalogue.packaged().priors()
    sample = Sample("liver", "percent_injected", LABEL, 3600.0, 1.0, 0.1, 0.0, "")
    experiment = Experiment("made up", plan, (sample,))
    rows = free_rows([experiment], priors)
    simulator = Simulator([experiment], [rows[name] for name in TRUTH], priors)
    scores = np.random.default_rng(0).normal(size=(35, 2))
    together = simulator(scores)
    np.testing.assert_array_equal(together[33:], simulator(scores[33:]))


def test_what_is_free_is_chosen_by_what_the_readings_say(mice):
    found = fit_design(Design.read(mice), starts=1, steps=0)
    names = [one["identity"] for one in found.record["free"]]
    assert set(TRUTH) <= set(names)
    assert len(names) <= 12
    assert not any(name.startswith(("donor", "isolation")) for name in names)


def test_a_fit_is_a_folder_that_opens_again(mice, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    free = [word for name in QUICK["free"] for word in ("--free", name)]
    monkeypatch.setattr(
        "sys.argv", ["exocast", "fit", str(mice), "--starts", "1", "--steps", "0", *free]
    )
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    said = capsys.readouterr().out
    assert "identified" in said
    folder = tmp_path / "out" / "study-fit"
    held = open_folder(folder)
    assert held.record["free"] == json.loads((folder / "fit.json").read_text())["free"]
    assert set(held.data["identity"].values) == set(TRUTH)
    page = render(held)
    assert "relative uptake (lung)" in page
    assert "http" not in page.replace("http://www.w3.org", "").replace("https://doi.org", "")
    assert (folder / "fit.csv").read_text().count("\n") == 3


def test_what_cannot_be_fitted_is_said(mice):
    with pytest.raises(FitError, match="names no reading"):
        fit_design(plain(), **QUICK)
    with pytest.raises(FitError, match=r"Did you mean `biodistribution\.tag\.unbound"):
        fit_design(Design.read(mice), free=["biodistribution.tag.unbond@label=zirconium-89"])


def test_errors_of_readings():
    assert own_error(0.0, 1.0, 3) == own_error(float("nan"), 1.0, 3) == 0.3
    assert own_error(0.5, 1.0, 100) < own_error(0.5, 1.0, 4)
    assert own_error(0.01, 1.0, 1000) == pytest.approx(0.1, abs=1e-3)


def test_joint_samples_are_kept_and_drawn_together(tmp_path):
    samples = np.random.default_rng(0).lognormal(size=(40, 2))
    write_joint(tmp_path / "mine.csv", ["a", "b@organ=liver"], samples)
    joint = read_joint(tmp_path / "mine.csv")
    np.testing.assert_allclose(joint.samples, samples, rtol=1e-5)
    pairs = np.stack([joint.draw("a", 3, 90), joint.draw("b@organ=liver", 3, 90)], axis=1)
    known = {tuple(pair) for pair in joint.samples}
    assert all(tuple(pair) in known for pair in pairs)
    assert len({tuple(pair) for pair in pairs[:40]}) == 40
