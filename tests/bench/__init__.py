"""Benchmarks: how our steps compare with what else could do them, measured side by side in one run. `make bench`.

`groups.py` says what is measured and what is wanted of it; each case names a function in one of the modules `large`, `many`, `generic`,
`house` and `commands`; `measuring.py` runs it in a process of its own; `report.py` makes the table.
"""
