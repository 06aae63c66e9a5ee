"""A population of 100,000 on the 336-state body stays below 2 GB, block after block."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]

# A process of its own: the peak of this one belongs to every test before.
PROGRAM = """
import json, resource, sys
import numpy as np
from _cases import CASES
from exocast.engine.stream import solve_in_blocks

members = int(sys.argv[1])
case = CASES["body-336"](1000)
parameters = np.tile(case.parameters, (members // 1000, 1))
start = case.start[0]
places = np.eye(10)[:, np.arange(case.states) % 10]
first, total, finished, seen = None, np.zeros((len(case.times), 10)), 0, 0
for block, part in solve_in_blocks(
    case.model, parameters, start, case.times, keep=places, scale=case.scale, rtol=1e-4, threads=2
):
    assert block.start == seen
    seen = block.stop
    first = part.amount[0].tolist() if first is None else first
    total += part.amount.sum(axis=0)
    finished += int(part.finished.sum())
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    "seconds": usage.ru_utime + usage.ru_stime,
    "seen": seen, "finished": finished, "times": len(case.times), "mean": (total / seen).tolist(),
}))
"""


def test_a_hundred_thousand_members_stay_below_two_gigabytes():
    pytest.importorskip("exocast.engine._native")
    pytest.importorskip("resource", reason="this system does not tell the peak of the memory")
    members = 100_000
    path = os.pathsep.join([str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(members)],
        check=False,
        capture_output=True,
        text=True,
        timeout=1800,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    assert found["times"] == 49
    assert found["seen"] == found["finished"] == members
    assert found["peak"] < 2e9
    # The dose of 100 is broken down in time, and never made.
    total = [sum(row) for row in found["mean"]]
    assert abs(total[0] - 100.0) < 1e-9
    assert all(later < sooner for sooner, later in pairwise(total))
