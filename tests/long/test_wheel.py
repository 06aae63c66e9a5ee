"""A wheel installs and runs the demo in a fresh environment where no compiler is on PATH."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
COMPILERS = ("cc", "c++", "gcc", "g++", "clang", "clang++", "cmake", "ninja", "make")


def _run(*command: str | Path, cwd: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def clean():
    """The variables of this process without any that leads back to the checkout."""
    drop = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}
    return {name: value for name, value in os.environ.items() if name not in drop}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, clean):
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", folder, ROOT, cwd=folder, env=clean
    )
    (built,) = folder.glob("exocast-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(tmp_path_factory, wheel, clean):
    """The programs of a fresh environment that holds the wheel."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    _run(programs / "python", "-m", "pip", "install", wheel, cwd=folder, env=clean)
    return programs


def test_the_wheel_holds_the_data_and_no_sources_of_the_engine(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not [name for name in names if name.endswith((".cpp", ".hpp", ".h", "CMakeLists.txt"))]
    rows = [
        str(path.relative_to(ROOT / "src"))
        for folder in ("data", "templates", "report")
        for path in (ROOT / "src" / "exocast" / folder).rglob("*")
        if path.suffix in {".csv", ".toml", ".j2", ".html", ".css", ".js"}
    ]
    assert rows
    assert not set(rows) - names
    assert "exocast/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_demo_runs_without_a_compiler(installed, clean, tmp_path):
    env = clean | {"PATH": str(installed)}
    assert not [name for name in COMPILERS if shutil.which(name, path=env["PATH"])]
    assert "run" in _run(installed / "exocast", "--help", cwd=tmp_path, env=env)
    _run(installed / "exocast", "run", "kras-sirna-tumour", cwd=tmp_path, env=env)
    written = {path.name for path in (tmp_path / "out" / "kras-sirna-tumour").iterdir()}
    assert {"report.html", "forecast.json", "forecast.nc"} <= written
