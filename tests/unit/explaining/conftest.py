"""Every class of a method, and one small run of the packaged design."""

from __future__ import annotations

import pytest

from exocast.design import Design, Vocabulary
from exocast.design.explaining import _classes
from exocast.design.run import Run, run
from exocast.learn.dial import without_variants

CLASSES = _classes(Vocabulary.packaged())


@pytest.fixture(scope="session")
def design() -> Design:
    return without_variants(Design.read("kras-sirna-tumour"))


@pytest.fixture(scope="session")
def small(design: Design) -> Run:
    return run(design, members=(2, 1))
