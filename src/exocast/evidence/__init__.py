"""Where numbers come from: sources, parameters, values, the catalogue and the ensemble."""

from exocast.evidence.catalogue import Catalogue
from exocast.evidence.ensemble import Axes, Draws, Ensemble, at_scores, draw, one_at_a_time
from exocast.evidence.parameter import Need, Parameter, Value
from exocast.evidence.source import Source

__all__ = [
    "Axes",
    "Catalogue",
    "Draws",
    "Ensemble",
    "Need",
    "Parameter",
    "Source",
    "Value",
    "at_scores",
    "draw",
    "one_at_a_time",
]
