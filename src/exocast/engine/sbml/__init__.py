"""SBML, both ways: a network written for other simulators, and a published model read.

`writing` needs nothing; `reading` needs python-libsbml, an optional extra, and loads it when a
file is read.
"""

from __future__ import annotations

from exocast.engine.sbml.model import SbmlModel
from exocast.engine.sbml.reading import read_sbml
from exocast.engine.sbml.writing import to_sbml

__all__ = ["SbmlModel", "read_sbml", "to_sbml"]
