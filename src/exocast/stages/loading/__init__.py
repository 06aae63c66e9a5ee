"""Loading: cargo is brought to finished vesicles, or to the cells that make them."""

from exocast.stages.loading.donor_expression import DonorExpression
from exocast.stages.loading.donor_incubation import DonorIncubation
from exocast.stages.loading.electroporation import Electroporation
from exocast.stages.loading.extrusion import Extrusion
from exocast.stages.loading.freeze_thaw import FreezeThaw
from exocast.stages.loading.hydrophobic_conjugate import HydrophobicConjugate
from exocast.stages.loading.osmotic_shock import OsmoticShock
from exocast.stages.loading.passive_incubation import PassiveIncubation
from exocast.stages.loading.remote_loading import RemoteLoading
from exocast.stages.loading.saponin import Saponin
from exocast.stages.loading.sonication import Sonication
from exocast.stages.loading.transfection_reagent import TransfectionReagent

__all__ = ["METHODS"]

METHODS = {
    "donor_expression": DonorExpression,
    "donor_incubation": DonorIncubation,
    "electroporation": Electroporation,
    "extrusion": Extrusion,
    "freeze_thaw": FreezeThaw,
    "hydrophobic_conjugate": HydrophobicConjugate,
    "osmotic_shock": OsmoticShock,
    "passive_incubation": PassiveIncubation,
    "remote_loading": RemoteLoading,
    "saponin": Saponin,
    "sonication": Sonication,
    "transfection_reagent": TransfectionReagent,
}
