"""Loading: cargo is brought to finished vesicles, or to the cells that make them."""

from exocast.stages.loading.donor_expression import DonorExpression
from exocast.stages.loading.donor_incubation import DonorIncubation
from exocast.stages.loading.electroporation import Electroporation
from exocast.stages.loading.extrusion import Extrusion
from exocast.stages.loading.freeze_thaw import FreezeThaw
from exocast.stages.loading.osmotic_shock import OsmoticShock
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.saponin import Saponin
from exocast.stages.loading.sonication import Sonication

__all__ = ["METHODS"]

METHODS = {
    "donor_expression": DonorExpression,
    "donor_incubation": DonorIncubation,
    "electroporation": Electroporation,
    "extrusion": Extrusion,
    "freeze_thaw": FreezeThaw,
    "osmotic_shock": OsmoticShock,
    "passive_incubation": PassiveIncubation,
    "saponin": Saponin,
    "sonication": Sonication,
}
