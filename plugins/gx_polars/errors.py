"""What can be said of one rule."""

from __future__ import annotations


class Unsupported(Exception):
    """The rule has no polars form on this schema: the stock pandas engine takes it."""


class PandasFallbackWarning(UserWarning):
    """A rule runs on GX's pandas engine: its columns are converted, and it takes pandas' time and memory."""
