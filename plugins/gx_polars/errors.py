"""What can go wrong with one rule."""

from __future__ import annotations


class Unsupported(Exception):
    """The rule has no polars form on this schema: the stock pandas engine takes it."""
