"""The bench of tests/unit/uptake, which wires the responses too."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

_PATH = Path(__file__).parents[1] / "uptake" / "conftest.py"


@pytest.fixture(scope="session")
def cell_bench():
    """Return the module: `bench_cell`, `CELLS_HELD`."""
    spec = spec_from_file_location("cell_bench_for_responses", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def bench(cell_bench):
    return cell_bench.bench_cell
