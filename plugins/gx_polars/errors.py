"""What can go wrong with one rule."""

from __future__ import annotations


class Unsupported(Exception):  # noqa: N818  it is a request for the other engine, not an error
    """The rule has no polars form on this schema: the stock pandas engine takes it."""
