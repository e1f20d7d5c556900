"""Ours, and first on the path: pyodata installs a package `tests` of its own, which would win from a folder without this file."""
