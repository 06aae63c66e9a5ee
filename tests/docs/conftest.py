"""Small runs to try the examples with, each Design once."""

from __future__ import annotations

import os
import pickle
import sys

import pytest
from tests.docs.reading import DOCS, MEMBERS

sys.path.insert(0, str(DOCS))  # the generator stands beside the pages


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Run every Design with few members, and the same Design once for all pages."""
    import exocast
    from exocast import face

    run = face.run
    base = tmp_path_factory.getbasetemp()
    held = (base.parent if base.name.startswith("popen-") else base) / "forecasts"
    held.mkdir(exist_ok=True)  # one for all workers

    def few(design, **options):
        place = held / f"{design.digest}.pickle"
        if not place.exists():
            forecast = run(design, **{**options, "members": MEMBERS})
            whole = place.with_suffix(f".{os.getpid()}")
            whole.write_bytes(pickle.dumps(forecast))
            whole.replace(place)
        return pickle.loads(place.read_bytes())

    monkeypatch.setattr(face, "run", few)
    monkeypatch.setattr(exocast, "run", few, raising=False)
