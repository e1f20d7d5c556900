"""Patterns and date formats: Rust's answer where it is certainly Python's, else Python's own on the distinct values."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable

    from gx_polars.columns import Domain

# What Rust reads differently from Python's re or not at all; so is a "$" that is not the last sign, or one behind an alternative.
_RISKY = re.compile(r"\\[ZzGQEB<>pPuUNx]|\(\?[^:]|[+*?}]\+|&&|--|~~|\[[^\]]*\[|\$(?!$)|\\\$$|\|.*\$$|[^ -~]")
_CERTAIN_FIELDS = ({"Y", "m", "d"}, {"Y", "m", "d", "H", "M"})


def on_distinct(cell: pl.Expr, good: Callable[[str], bool], fast: pl.Expr | None = None) -> pl.Expr:
    """Python's verdict, asked once per distinct value that `fast` (an expression on column "v") did not accept."""

    def run(series: pl.Series) -> pl.Series:
        distinct = series.drop_nulls().unique().to_frame("v")
        sure = distinct.filter(pl.lit(False) if fast is None else fast.fill_null(False))
        rest = distinct.join(sure, on="v", how="anti")["v"]
        accepted = pl.Series("v", [value for value in rest if good(value)], dtype=pl.String)
        return series.is_in(pl.concat([sure["v"], accepted]).implode())

    return cell.map_batches(run, return_dtype=pl.Boolean, is_elementwise=True)


def matches(cell: pl.Expr, pattern: str) -> pl.Expr:
    """Whether Python's `re.search(pattern, cell)` finds something.

    Raises:
        re.error: When the pattern is broken; it fails its own rule.
    """
    python = re.compile(pattern)
    if not _RISKY.search(pattern):
        rust = pattern[:-1] + r"\n?\z" if pattern.endswith("$") else pattern  # Python's $ allows one final newline
        try:
            pl.Series([""]).str.contains(rust)
            return cell.str.contains(rust)
        except pl.exceptions.ComputeError:
            return on_distinct(cell, lambda value: python.search(value) is not None)
    return on_distinct(cell, lambda value: python.search(value) is not None)


def follows_strftime(domain: Domain, strftime_format: str) -> pl.Expr:
    """Whether Python's `strptime` reads the cell with this format."""
    if domain.type != pl.String:
        raise TypeError("Values passed to expect_column_values_to_match_strftime_format must be of type string.")

    def good(value: str) -> bool:
        try:
            dt.datetime.strptime(value, strftime_format)  # noqa: DTZ007  only whether it can be read matters
        except ValueError:
            return False
        return True

    fields = re.findall("%(.)", strftime_format)
    if set(fields) not in _CERTAIN_FIELDS or len(fields) != len(set(fields)):
        return on_distinct(domain.cell, good)
    shape = re.sub("%(.)", lambda m: "[12][0-9]{3}" if m[1] == "Y" else "[0-9]{2}", re.escape(strftime_format))
    value = pl.col("v")
    kind: type[pl.Date | pl.Datetime] = pl.Datetime if "H" in fields else pl.Date
    fast = value.str.contains(rf"^{shape}\z") & value.str.strptime(kind, strftime_format, strict=False).is_not_null()
    return on_distinct(domain.cell, good, fast)
