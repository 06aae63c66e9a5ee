"""Ways into the body: one class a file."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.biodistribution.routes.intratumoural import Intratumoural
from exocast.stages.biodistribution.routes.intravenous_bolus import IntravenousBolus

__all__ = ["ROUTES"]

ROUTES: dict[str, type[KineticStep]] = {
    "intravenous_bolus": IntravenousBolus,
    "intratumoural": Intratumoural,
}
