"""Faults in every step of a round: killed, twice, at once, services cut off, disks full, clocks that jump; what is left is always the same.

`make chaos`; `make test` holds a short form of it (tests/integration/test_chaos.py).
"""
