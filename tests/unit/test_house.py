"""The rules of the house that a reviewer should not have to look for."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest

import exocast
from exocast._version import __version__

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "exocast"
FILES = sorted(SOURCE.rglob("*.py"))
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(exocast.__path__, "exocast.")
    if not module.name.endswith(("._native", ".__main__"))
)
# Whoever opens the repository has none of these.
PLACES = re.compile(
    r"pypi\.org|pythonhosted|anaconda\.org|artifactory|--(?:extra-)?index-url|/opt/(?:wheels|pypi)"
    r"|(?<![\w.])/(?:root|home/\w+|Users/\w+|work|mnt|scratch)/|[A-Z]:\\Users"
)


def _tracked() -> list[Path]:
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_version_is_written_once():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project
    assert exocast.__version__ == __version__
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"\n## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_what_it_is_and_what_is_public(name):
    module = importlib.import_module(name)
    assert module.__doc__, "no docstring"
    lines = Path(str(module.__file__)).read_text(encoding="utf-8")
    if len(ast.parse(lines).body) == 1:  # a package that is only its docstring
        return
    assert hasattr(module, "__all__"), "no __all__"
    missing = [public for public in module.__all__ if not hasattr(module, public)]
    assert not missing, f"in __all__, not in the module: {missing}"


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name, capsys):
    options = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    result = doctest.testmod(importlib.import_module(name), optionflags=options)
    assert result.failed == 0, capsys.readouterr().out


def test_the_public_face_is_small():
    assert len(exocast.__all__) <= 30


def test_no_module_is_too_long_to_read():
    long = {_name(path): n for path in FILES if (n := len(path.read_text().splitlines())) > 600}
    assert not long


def test_importing_exocast_loads_nothing_heavy():
    heavy = {"matplotlib", "pandas", "pint", "scipy.integrate", "scipy.sparse", "xarray"}
    code = f"import sys, exocast; print(*sorted({heavy} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


def test_science_does_not_draw():
    drawing = []
    for path in FILES:
        room = path.relative_to(SOURCE).parts[0]
        if room in {"report", "face", "cli", "studio"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(name.split(".")[0] in {"matplotlib", "plotly"} for name in names):
                drawing.append(f"{_name(path)}:{node.lineno}")
    assert not drawing


def test_imports_point_down():
    pytest.importorskip("importlinter")
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_no_file_names_a_machine_or_a_package_index():
    found = []
    for path in _tracked():
        # Instrument files keep the paths of the machines that wrote them.
        if path == Path(__file__) or path.is_relative_to(ROOT / "tests" / "files"):
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{_name(path)}:{n}" for n, line in enumerate(lines, 1) if PLACES.search(line)]
    assert not found


def test_every_file_of_the_package_is_installed():
    installed = resources.files("exocast")
    built = {".cpp", ".hpp", ".h", ".cmake"}
    missing = [
        _name(path)
        for path in _tracked()
        if path.is_relative_to(SOURCE)
        and path.suffix not in built
        and path.name != "CMakeLists.txt"
        and not installed.joinpath(*path.relative_to(SOURCE).parts).is_file()
    ]
    assert not missing
