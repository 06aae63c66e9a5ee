"""Loading: cargo is brought to finished vesicles, or to the cells that make them."""

from exocast.stages.loading.donor_expression import DonorExpression
from exocast.stages.loading.donor_incubation import DonorIncubation
from exocast.stages.loading.electroporation import Electroporation
from exocast.stages.loading.passive_incubation import PassiveIncubation

__all__ = ["METHODS"]

METHODS = {
    "donor_expression": DonorExpression,
    "donor_incubation": DonorIncubation,
    "electroporation": Electroporation,
    "passive_incubation": PassiveIncubation,
}
