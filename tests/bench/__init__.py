"""Benchmarks: how our steps compare with the least that could be done, measured side by side in one run. `make bench`."""
