"""Batch solver for networks of amounts; knows no biology and writes no file.

`exocast.engine.network` declares states, transfers and passengers and compiles them;
`exocast.engine.solve` runs the result for many members at once, on a native machine or, on
request, on its slow SciPy twin.
"""
