"""The door through which a Design enters: read, checked, planned, varied and explained."""

from exocast.design.design import Design, templates
from exocast.design.explaining import (
    MethodDescription,
    ParameterDescription,
    SettingDescription,
    describe_method,
    describe_table,
    method_names,
)
from exocast.design.reading import read_value
from exocast.design.vocabulary import Vocabulary

__all__ = [
    "Design",
    "MethodDescription",
    "ParameterDescription",
    "SettingDescription",
    "Vocabulary",
    "describe_method",
    "describe_table",
    "method_names",
    "read_value",
    "templates",
]
