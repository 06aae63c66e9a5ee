"""What is measured once: the build, threads, a single member, and the distance to the ceiling."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _alone import COMMAND_CORES
from _cases import CASES

__all__ = ["DOCUMENTED_CEILING", "build_seconds", "ceiling", "single_call", "thread_scaling"]

HERE = Path(__file__).resolve().parent

DOCUMENTED_CEILING = {"body-42": 0.025, "body-336": 0.28}
"""Milliseconds a member at error 2e-5 that trials of the scheme came near, on another machine."""

_BUILD = """
import sys, time
sys.path.insert(0, sys.argv[1])
clock = time.process_time()
from _bodies import build_body
imported = time.process_time()
model = build_body()
model.native_program
ready = time.process_time()
print(len(model.state_names), len(model.listing.rate), imported - clock, ready - imported)
"""

_THREADS = """
import sys, time
from dataclasses import replace
sys.path.insert(0, sys.argv[1])
import numpy as np
from scipy import sparse
from _cases import CASES
case = CASES["body-336"](64)
members = np.tile(np.arange(64), 16)[: int(sys.argv[2])]
places = np.eye(10)[:, np.arange(case.states) % 10]
for keep in (sparse.csr_array(places), None):
    case = replace(case, keep=keep)
    best = {1: 1e9, 2: 1e9}
    for _ in range(9):
        for threads in best:
            clock = time.perf_counter()
            case.ours(1e-5, members, threads)
            best[threads] = min(best[threads], time.perf_counter() - clock)
    print(best[1] / best[2])
"""


def _python(program: str, *arguments: str) -> str:
    """Return what a fresh process prints, run on every core that this one was started with."""
    command = [sys.executable, "-c", program, str(HERE), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def build_seconds(repeats: int = 3) -> tuple[float, str]:
    """Return the seconds of a whole cold process that readies 336 states, and what they held.

    Notes
    -----
    The processor's, as all times here; the clock's where the system does not tell a child's.
    """
    best, words = 1e9, ""
    for _ in range(repeats):
        before = os.times()
        told = _python(_BUILD).split()
        after = os.times()
        spent = after.children_user + after.children_system
        spent -= before.children_user + before.children_system
        spent = spent or after.elapsed - before.elapsed
        if spent < best:
            best = spent
            words = (
                f"{told[0]} states, {told[1]} fluxes: imports {float(told[2]):.3f} s, "
                f"building {float(told[3]):.3f} s"
            )
    return best, words


def thread_scaling(members: int = 1024) -> tuple[float, float] | None:
    """Return how much faster two threads are than one; None where there is one core.

    Returns
    -------
    few, all : float
        With ten places kept, as a population is run, and with all 336 states, whose results take
        longer to reach the memory.
    """
    if len(COMMAND_CORES) < 2:
        return None
    few, everything = _python(_THREADS, str(members)).split()
    return float(few), float(everything)


def single_call(repeats: int = 400) -> dict[str, float]:
    """Return milliseconds of one whole call for one member, ours and libRoadRunner's alone."""
    from _peers import PEERS, Unavailable

    case = CASES["two-compartment"](1)
    one = np.arange(1)
    found: dict[str, float] = {"exocast": 1e9}
    peer = None
    try:
        peer = PEERS["libroadrunner"](case)
        found["libroadrunner"] = 1e9
    except Unavailable:
        pass
    for _ in range(repeats):
        clock = time.process_time()
        case.ours(1e-6, one)
        found["exocast"] = min(found["exocast"], 1e3 * (time.process_time() - clock))
        if peer is not None:
            spent = 1e3 * peer.run(1e-6, one).solving
            found["libroadrunner"] = min(found["libroadrunner"], spent)
    return found


def ceiling(folder: Path, say: Any) -> dict[str, float]:
    """Return the hard-coded trial kernel's milliseconds a member at error 2e-5, by case.

    Parameters
    ----------
    folder : Path
        Holds the kernel and the two modules that drive it; nothing is measured without them.
    say : callable
        Told what is going on.
    """
    source = folder / "lane_kernel_gather.cpp"
    if not source.is_file():
        return {}
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        names = {
            "ev_body_model.py": "model.py",
            "sparse_lu_numba.py": "ours.py",
            "run_kernel_gather.py": "trial.py",
        }
        for name, known_as in names.items():
            (place / known_as).write_text((folder / name).read_text())
        (place / "numba.py").write_text(
            "prange = range\ndef njit(*a, **k):\n    return a[0] if a and callable(a[0]) else "
            "(lambda f: f)\n"
        )
        say("compiling the trial kernel")
        command = ["g++", "-O3", "-std=c++20", "-march=native", "-ffp-contract=off", "-DW=8"]
        command += ["-DNV=1", "-fPIC", "-shared", "-w", str(source), "-o", str(place / "k.so")]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            return {}
        sys.path.insert(0, temporary)
        os.environ["LANES"] = "8"
        import trial

        trial.time = SimpleNamespace(perf_counter=time.process_time)
        kernel = ctypes.CDLL(str(place / "k.so"))
        return {
            name: _kernel(trial, kernel, classes)
            for name, classes in (("body-42", 1), ("body-336", 8))
        }


def _kernel(trial: ModuleType, kernel: ctypes.CDLL, classes: int, members: int = 512) -> float:
    """Return the kernel's milliseconds a member at the target error, interpolated."""
    from _protocol import LEVELS, TARGET

    program = trial.prog(classes)
    times = np.linspace(0.0, 24.0, 49)
    random = np.random.default_rng(0)
    people = {
        name: value * np.exp(0.3 * random.standard_normal(32))
        for name, value in program["p"].items()
    }
    crowd = {name: np.tile(value, members // 32) for name, value in people.items()}

    def run(rtol: float, who: dict[str, NDArray[np.float64]], repeats: int) -> Any:
        count = len(next(iter(who.values())))
        return trial.simulate(kernel, program, who, count, times, 5, rtol, 1e-3 * rtol, 1, repeats)

    exact = run(1e-12, people, 1)[0]
    errors = []
    for rtol in LEVELS:
        error = np.abs(run(rtol, people, 1)[0] - exact) / (np.abs(exact) + 1e-3)
        errors.append(float(np.median(error.max(axis=(1, 2)))))
    high = next(k for k, error in enumerate(errors) if error <= TARGET)
    spent = [run(LEVELS[k], crowd, 9)[1] for k in (high - 1, high)]
    share = np.log(errors[high - 1] / TARGET) / np.log(errors[high - 1] / errors[high])
    return float(np.exp(np.log(spent[0]) + share * np.log(spent[1] / spent[0])))
