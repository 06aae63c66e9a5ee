"""The figures of the journey, one file each, drawn from what a record holds."""
