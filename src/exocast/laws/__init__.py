"""Laws: pure array functions in SI units, one physics a file."""
