"""The machine alone, without Python: random tapes and members under the compiler's sanitizers."""

import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "src/exocast/engine/native/test"
CROSS = "aarch64-linux-gnu-g++"
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def command(*words, **options):
    return subprocess.run(
        [str(word) for word in words],
        env=os.environ | {"PATH": PATH},
        capture_output=True,
        text=True,
        timeout=900,
        **options,
    )


def build(name, *settings):
    """Return the program, compiled in its own folder of build/, where it is kept."""
    cmake = shutil.which("cmake", path=PATH)
    if cmake is None:
        pytest.skip("no cmake")
    if not FOLDER.exists():
        pytest.skip("needs the sources")
    folder = ROOT / "build" / name
    ninja = ["-G", "Ninja"] if shutil.which("ninja", path=PATH) else []
    found = command(cmake, *ninja, "-S", FOLDER, "-B", folder, *settings)
    assert found.returncode == 0, found.stdout + found.stderr
    found = command(cmake, "--build", folder, "--parallel", "2")
    assert found.returncode == 0, found.stdout + found.stderr
    return folder / "machine_test"


def sanitized(what, tmp_path_factory):
    """Return the program built under sanitizers, or skip where there are none."""
    compiler = os.environ.get("CXX") or shutil.which("c++", path=PATH) or ""
    probe = tmp_path_factory.mktemp("probe") / "probe"
    probe.with_suffix(".cpp").write_text("int main() { return 0; }\n")
    flags = [f"-fsanitize={what}", "-o", probe, probe.with_suffix(".cpp")]
    if not compiler or command(compiler, *flags).returncode or command(probe).returncode:
        pytest.skip(f"no C++ compiler with -fsanitize={what}")
    return build(f"machine-{what.partition(',')[0]}", f"-DEXOCAST_SANITIZE={what}")


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    return sanitized("address,undefined", tmp_path_factory)


def fuzz(program, *words):
    """Run random tapes and return what was counted."""
    found = command(program, *words)
    assert found.returncode == 0, found.stdout + found.stderr
    counted = re.search(
        r"(?P<tapes>\d+) tapes \((?P<inputs>\d+) with inputs, (?P<events>\d+) with events, "
        r"(?P<slopes>\d+) differentiated\), (?P<members>\d+) members by status (?P<status>[\d/]+); "
        r"damaged tapes: (?P<refused>\d+) refused, (?P<run>\d+) run\ndigest (?P<digest>\w+)",
        found.stdout,
    )
    assert counted, found.stdout
    return counted


def test_random_tapes_and_members(watched):
    """Nothing outside its arrays, every output written, a member's bits its own."""
    counted = fuzz(watched, "--rounds", 100, "--seconds", 20)
    finished, *failed = map(int, counted["status"].split("/"))
    assert finished > 0.2 * int(counted["members"]) > 100
    assert min(failed[:4]) > 0  # every status but a circle of events, which chance hardly makes
    assert min(int(counted[name]) for name in ("inputs", "events", "slopes", "refused", "run")) > 10


@pytest.mark.long
def test_many_random_tapes_and_members(watched):
    counted = fuzz(watched, "--rounds", 100_000, "--seconds", 240, "--seed", 1_000_000)
    assert int(counted["tapes"]) > 500


@pytest.mark.long
def test_threads_do_not_race(tmp_path_factory):
    fuzz(sanitized("thread", tmp_path_factory), "--rounds", 150, "--seconds", 120)


@pytest.mark.long
def test_arm64_gives_the_same_bits():
    """A static program for arm64, run under emulation."""
    emulator = shutil.which("qemu-aarch64") or shutil.which("qemu-aarch64-static")
    native = platform.machine() in ("aarch64", "arm64")
    if native or shutil.which(CROSS) is None or emulator is None:
        pytest.skip(f"needs {CROSS} and qemu-aarch64, on another processor")
    words = ("--digest", "--rounds", 600)
    here = fuzz(build("machine-here", "-DCMAKE_BUILD_TYPE=Release"), *words)
    there = build(
        "machine-arm64",
        "-DCMAKE_BUILD_TYPE=Release",
        "-DCMAKE_SYSTEM_NAME=Linux",
        "-DCMAKE_SYSTEM_PROCESSOR=aarch64",
        f"-DCMAKE_CXX_COMPILER={CROSS}",
        "-DCMAKE_EXE_LINKER_FLAGS=-static",
    )
    emulated = command(emulator, there, *words)
    assert emulated.returncode == 0, emulated.stderr
    assert emulated.stdout.splitlines()[-1] == f"digest {here['digest']}"
