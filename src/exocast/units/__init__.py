"""Quantities with units at the doors, SI floats inside.

People write `"400 V/cm"`, `"100000 g"` or `"-80 degC"`; the code holds V/m, m/s^2 and K. A quantity
is read *by the dimension that is expected*: "g" is standard gravity where an acceleration is wanted
and gram where a mass is. Particles, copies, cells, doses and base pairs are dimensions of their
own, so that they are never taken for one another or for moles (`exocast.laws` has Avogadro's
number). pint is known to one file, `scale.py`, and loads when the first unit is read.
"""

from exocast.units.presenting import present
from exocast.units.reading import parse
from exocast.units.scale import base_unit, from_si, same_dimension, to_si

__all__ = ["base_unit", "from_si", "parse", "present", "same_dimension", "to_si"]
