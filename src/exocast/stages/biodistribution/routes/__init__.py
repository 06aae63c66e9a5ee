"""Ways into the body: one class a file."""

from __future__ import annotations

from exocast.material.step import KineticStep
from exocast.stages.biodistribution.routes.inhaled import Inhaled
from exocast.stages.biodistribution.routes.intracoronary import Intracoronary
from exocast.stages.biodistribution.routes.intramuscular import Intramuscular
from exocast.stages.biodistribution.routes.intramyocardial import Intramyocardial
from exocast.stages.biodistribution.routes.intranasal import Intranasal
from exocast.stages.biodistribution.routes.intraperitoneal import Intraperitoneal
from exocast.stages.biodistribution.routes.intrathecal import Intrathecal
from exocast.stages.biodistribution.routes.intratumoural import Intratumoural
from exocast.stages.biodistribution.routes.intravenous_bolus import IntravenousBolus
from exocast.stages.biodistribution.routes.intravenous_infusion import IntravenousInfusion
from exocast.stages.biodistribution.routes.oral import Oral
from exocast.stages.biodistribution.routes.subcutaneous import Subcutaneous
from exocast.stages.biodistribution.routes.topical import Topical

__all__ = ["ROUTES"]

ROUTES: dict[str, type[KineticStep]] = {
    "intravenous_bolus": IntravenousBolus,
    "intravenous_infusion": IntravenousInfusion,
    "intratumoural": Intratumoural,
    "subcutaneous": Subcutaneous,
    "intramuscular": Intramuscular,
    "intramyocardial": Intramyocardial,
    "intracoronary": Intracoronary,
    "intraperitoneal": Intraperitoneal,
    "intrathecal": Intrathecal,
    "oral": Oral,
    "inhaled": Inhaled,
    "intranasal": Intranasal,
    "topical": Topical,
}
