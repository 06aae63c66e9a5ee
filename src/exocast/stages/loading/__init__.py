"""Loading: cargo is brought to finished vesicles."""

from exocast.stages.loading.electroporation import Electroporation
from exocast.stages.loading.passive_incubation import PassiveIncubation

__all__ = ["METHODS"]

METHODS = {
    "electroporation": Electroporation,
    "passive_incubation": PassiveIncubation,
}
