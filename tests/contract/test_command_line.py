"""What the command line promises: help everywhere, one message for a mistake, nothing half-done."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import exocast
from exocast.cli import main
from exocast.cli.app import app
from exocast.design import templates
from exocast.evidence import Catalogue
from exocast.stages import STAGES, methods
from exocast.stages.biodistribution import ROUTES

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src/exocast/templates"
EXPORT = TEMPLATES / "batch-07-ExperimentSummary.csv"
DESIGN = "kras-sirna-tumour"
VERBS = sorted(
    command.callback.__name__.replace("_", "-")
    for command in app.registered_commands
    if command.callback
)
SMALL = (
    "--members", "2x1", "--set", "hypotheses.endosomal_escape=rare", "--set", "run.horizon=2 d",
    "--set", 'regimen.times=["0 h", "6 h"]', "--set", "run.classes.small_ev=1",
    "--set", "models.response=[]",
)  # fmt: skip
FILES = {"equations.txt", "forecast.json", "forecast.nc", "report.html", "inputs"}


PLAIN = {"COLUMNS": "160", "NO_COLOR": "1", "TERM": "dumb", "FORCE_COLOR": ""}
"""A terminal that is wide and knows no colours."""


@dataclass(frozen=True)
class Done:
    """What a command left: exit code, and what it printed."""

    code: int
    out: str
    err: str


def call(*arguments: str) -> Done:
    """Run the command line in this process: `main`, not the verbs alone, catches mistakes."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["exocast", *arguments])
        for name, value in PLAIN.items():
            patch.setenv(name, value)
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def worked(*arguments: str) -> str:
    done = call(*arguments)
    assert done.code == 0, done.err
    assert done.err == ""
    return done.out


def failed(*arguments: str) -> str:
    """Return the one message of a user's mistake."""
    done = call(*arguments)
    assert done.code == 2, done
    assert "Traceback" not in done.out + done.err
    assert done.out == ""
    assert done.err.strip()
    return done.err


def plain(text: str) -> str:
    """Return words without the frame that stands around some messages."""
    return " ".join(text.replace("│", " ").split())


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def first(out: Path) -> str:
    """What a first run with settings and a name prints."""
    return worked("run", DESIGN, "--out", str(out), "--name", "First one", "--threads", "1", *SMALL)


def record_of(folder: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((folder / "forecast.json").read_text(encoding="utf-8"))
    return record


def environment() -> dict[str, str]:
    """Return an environment in which another process finds this package."""
    package = str(Path(exocast.__file__).parents[1])
    return {**os.environ, **PLAIN, "PYTHONPATH": package}


def test_every_verb_has_help() -> None:
    overview = worked("--help")
    for verb in VERBS:
        assert verb in overview
        words = worked(verb, "--help")
        assert "Usage" in words
        assert len(words.split()) > 20
    assert re.fullmatch(r"exocast \d+\.\d+\.\d+\S*\n", worked("--version"))


def test_no_argument_is_help() -> None:
    done = call()
    assert "Usage" in done.out + done.err


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exocast", "explain", "nonsense"],
        capture_output=True, text=True, timeout=60, check=False, env=environment(),
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("nothing is called `nonsense`. ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_mistyped_verb_helps() -> None:
    message = failed("rnu", DESIGN)
    assert "No such command 'rnu'" in message
    assert "run" in message.replace("rnu", "")


def test_a_run_writes_its_folder(first: str, out: Path) -> None:
    assert {path.name for path in (out / "first-one").iterdir()} == FILES
    assert [path.name for path in out.iterdir()] == ["first-one"], "no temporary folder is left"
    for words in ("Delivery cascade", "Answer", "Raise", "Balance", "Trust", "2 of 2 members"):
        assert words in first
    assert "reading     NanoSight 3.4" in first


def test_settings_reach_the_forecast(first: str, out: Path) -> None:
    record = record_of(out / "first-one")
    assert record["question"]["dose_times_seconds"] == [0.0, 6 * 3600.0]
    assert record["question"]["horizon_seconds"] == 2 * 86400.0
    assert record["members"]["asked"] == 2
    assert [row["hypothesis"] for row in record["answer"]["rows"]] == [{}]


def test_the_command_on_record_repeats_the_run(first: str, out: Path) -> None:
    """What the report tells a reader to type says everything that the numbers depend on."""
    words = shlex.split(record_of(out / "first-one")["provenance"]["command"])
    assert words[:3] == ["exocast", "run", DESIGN]
    said = set(zip(words[3::2], words[4::2], strict=True))
    assert said == set(zip(SMALL[::2], SMALL[1::2], strict=True))


def test_a_forecast_is_not_overwritten_in_silence(first: str, out: Path) -> None:
    before = (out / "first-one" / "forecast.json").stat().st_mtime_ns
    arguments = ("run", DESIGN, "--out", str(out), "--name", "first-one", *SMALL)
    message = failed(*arguments)
    assert "--replace" in message
    assert (out / "first-one" / "forecast.json").stat().st_mtime_ns == before
    assert {path.name for path in (out / "first-one").iterdir()} == FILES


def test_it_is_replaced_on_request_and_the_seed_matters(
    first: str, out: Path, tmp_path: Path
) -> None:
    shutil.copytree(out / "first-one", tmp_path / "first-one")
    before = record_of(tmp_path / "first-one")
    arguments = ("--out", str(tmp_path), "--name", "first one", "--seed", "2", "--replace")
    worked("run", DESIGN, *arguments, *SMALL)
    after = record_of(tmp_path / "first-one")
    assert before["answer"] != after["answer"]
    assert after["provenance"]["command"].endswith("--seed 2")
    assert [path.name for path in tmp_path.iterdir()] == ["first-one"]


def test_other_peoples_folders_are_safe(tmp_path: Path) -> None:
    (tmp_path / DESIGN).mkdir()
    (tmp_path / DESIGN / "thesis.txt").write_text("years of work")
    message = failed("run", DESIGN, "--out", str(tmp_path), "--replace", *SMALL)
    assert "holds no forecast" in message
    assert (tmp_path / DESIGN / "thesis.txt").read_text() == "years of work"


def test_a_report_is_written_again(first: str, out: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert str(page) in worked("report", str(out / "first-one"), "--to", str(page))
    text = page.read_text(encoding="utf-8")
    assert text.lstrip().lower().startswith("<!doctype html")
    assert text.rstrip().endswith("</html>")
    assert failed("report", str(tmp_path)).count("holds no forecast") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("run", "no-such-design"), "there is no such file"),
        (("check", "kras-sirna-tumor"), "Did you mean `kras-sirna-tumour`"),
        (("run", DESIGN, "--set", "loading.electroporation.feild=1 V/cm"), "Did you mean `field`"),
        (("run", DESIGN, "--set", "nothing"), "KEY=VALUE"),
        (("run", DESIGN, "--set", "regimen.dose=lots"), "dose"),
        (("run", DESIGN, "--set", "subject.species=moose"), "Did you mean `mouse`"),
        (("run", DESIGN, "--set", "regimen.times=0 h"), "a list was expected"),
        (("run", DESIGN, "--set", "question.at=30 d"), "run.horizon"),
        (("run", DESIGN, "--members", "many"), "50x20"),
        (("run", DESIGN, "--members", "0x3"), "50x20"),
        (("run", DESIGN, "--threads", "-1"), "threads"),
        (("run", DESIGN, "--seed", "one"), "seed"),
        (("run", DESIGN, "--sett", "a=b"), "--set"),
        (("check", str(EXPORT)), EXPORT.name),
        (("inspect", "gone.csv"), "gone.csv is not there"),
        (("methods", "laoding"), "Did you mean `loading`"),
        (("explain", "loading.electroporatoin"), "Did you mean `loading.electroporation`"),
        (("explain", "nonsense"), "nothing is called `nonsense`"),
        (("report", "nowhere"), "nowhere"),
        (("explain",), "Missing argument"),
    ],
    ids=lambda value: " ".join(value)[-40:] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_message(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in plain(failed(*arguments))
    assert list(tmp_path.iterdir()) == []


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    settings = {"regimen.dose": "1 parsec", "question.at": "-1 h", "subject.body_weight": "9 t"}
    written = [part for key, text in settings.items() for part in ("--set", f"{key}={text}")]
    message = failed("check", DESIGN, *written)
    assert "3 problems" in message
    assert all(key in message for key in settings)


def test_check() -> None:
    words = worked("check", DESIGN, "--set", 'regimen.times=["0 h"]')
    assert "no problem found" in words
    assert "you left open" in words
    assert "loading.electroporation.pulses" in words
    assert "loading_practice" in words


@pytest.mark.parametrize("name", templates())
def test_every_packaged_design_is_sound(name: str) -> None:
    assert "no problem found" in worked("check", name)


def test_inspect(tmp_path: Path) -> None:
    words = worked("inspect", str(EXPORT))
    assert "NanoSight 3.4, 5 videos, D50 118 nm" in words
    assert "[[step]]" in words
    assert str(EXPORT.parent) not in words
    broken = tmp_path / "broken-ExperimentSummary.csv"
    broken.write_bytes(b"NTA ")
    done = call("inspect", str(EXPORT), str(broken))
    assert done.code == 2
    assert "D50 118 nm" in done.out, "the good file is shown all the same"
    assert done.err.count("broken-ExperimentSummary.csv") == 1


def test_methods() -> None:
    words = worked("methods")
    for stage in STAGES:
        assert stage in words
        assert all(method in words for method in methods(stage))
    assert all(route in words for route in ROUTES)
    assert "site" in worked("methods", "biodistribution"), "a setting of a route"
    words = worked("methods", "loading")
    assert "electroporation" in words
    assert "pulse_duration" in words
    assert "cell_culture" not in words


def test_explain() -> None:
    words = worked("explain", "loading.electroporation")
    assert "cargo_amount" in words
    assert "1.5 E R" in words, "the equation"
    assert "loading.electroporation.pore_threshold" in words
    key = "uptake.endocytosis_and_escape.escape_probability"
    words = worked("explain", key)
    for row in Catalogue.packaged().values[key]:
        assert row.source in words
        assert row.hypothesis in words
    assert "preferred" in words
    assert "body_weight" in worked("explain", "subject")


@pytest.mark.parametrize("key", sorted(Catalogue.packaged().values)[::24])
def test_any_value_is_explained(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    from exocast.cli.explain import explain_key

    explain_key(key)
    assert key in capsys.readouterr().out


@pytest.mark.parametrize("stage", STAGES)
def test_any_method_is_explained(stage: str, capsys: pytest.CaptureFixture[str]) -> None:
    from exocast.cli.explain import explain_key

    for method, cls in methods(stage).items():
        explain_key(f"{stage}.{method}")
        shown = " ".join(capsys.readouterr().out.split())
        assert cls.title in shown


def test_a_run_that_is_stopped_while_it_writes_leaves_nothing(
    first: str, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(forecast: object, path: Path) -> None:
        assert {one.name for one in path.parent.iterdir()} >= {"forecast.json", "forecast.nc"}
        raise KeyboardInterrupt

    finished = exocast.open(out / "first-one")
    monkeypatch.setattr("exocast.face.run", lambda *_, **__: finished)
    monkeypatch.setattr("exocast.report.write_report", stopped)
    done = call("run", DESIGN, "--out", str(tmp_path), *SMALL)
    assert done.code == 130
    assert done.err == "stopped; nothing was written, the run can be repeated\n"
    assert list(tmp_path.iterdir()) == []


def answer_to_ctrl_c() -> None:
    """Undo the deafness to Ctrl-C that a shell gives what it starts in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


TOLD = """
import sys
from exocast.cli import main
from exocast.material import wired

solve = wired.solve

def told(*arguments, **options):
    print("solving", flush=True)
    return solve(*arguments, **options)

wired.solve = told
main()
"""
"""The command line in a process that says when it solves."""


@pytest.mark.parametrize("word", ["reading", "solving"])
def test_a_run_that_is_stopped_leaves_nothing(
    word: str, first: str, out: Path, tmp_path: Path
) -> None:
    """Neither a folder nor a temporary one; the same run then works, on any number of threads."""
    arguments = ["run", DESIGN, "--out", str(tmp_path), "--members", "40x20", "--threads", "2"]
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", TOLD, *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
        preexec_fn=answer_to_ctrl_c,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert any(line.startswith(word) for line in process.stdout)
        process.send_signal(signal.SIGINT)
        rest, message = process.communicate(timeout=300)
    finally:
        process.kill()
    assert "simulated" not in rest, "it went on to its end"
    # Python ends by the signal itself where it hit an `exec`; a shell calls both 130.
    assert process.returncode in (130, -signal.SIGINT)
    assert message == "stopped; nothing was written, the run can be repeated\n"
    assert list(tmp_path.iterdir()) == []
    if word == "solving":
        worked("run", DESIGN, "--out", str(tmp_path), "--threads", "2", *SMALL)
        one, two = record_of(out / "first-one"), record_of(tmp_path / DESIGN)
        for part in ("cascade", "answer", "variants", "drivers", "values"):
            assert one[part] == two[part], part
