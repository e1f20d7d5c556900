"""Patterns, dates and JSON in text: Rust's answer where it is certainly Python's, else Python's own on the distinct values."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.errors import Unsupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from gx_polars.columns import Domain

# What Rust reads differently from Python's re or not at all; so is a "$" that is not the last sign.
_RISKY = re.compile(r"\\[ZzGQEbB<>pPuUNx]|\(\?[^:]|[+*?}]\+|&&|--|~~|\[\^?\]?(\\[^SW]|[^\]\\])*(\[|\\[SW])|\$(?!$)|\\\$$|[^ -~]")
# Python's white space has four separators more than Rust's; Rust's word has marks and joiners, Python's has fractions and superscripts.
_CLASSES = {r"\s": r"\s\x1c-\x1f", r"\w": r"\p{L}\p{N}_"}
_CERTAIN_FIELDS = ({"Y", "m", "d"}, {"Y", "m", "d", "H", "M"})

_FEW = 5_000
"""In so few rows the distinct values are dearer to find than to do without."""


def on_distinct(cell: pl.Expr, good: Callable[[str], bool], fast: pl.Expr | None = None) -> pl.Expr:
    """Python's verdict, asked once per distinct value that `fast` (an expression on column "v") did not accept."""

    def run(series: pl.Series) -> pl.Series:
        if fast is not None and len(series) <= _FEW:
            sure_rows = series.to_frame("v").select_seq(fast.fill_null(False) | pl.col("v").is_null()).to_series()
            rest_values = set(series.filter(~sure_rows).to_list())
            also = [value for value in rest_values if good(value)]
            return sure_rows | series.is_in(also) if also else sure_rows
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
    rust = None if _RISKY.search(pattern) else _in_rust(pattern)
    if rust is not None:
        try:
            pl.Series([""]).str.contains(rust)
            return cell.str.contains(rust)
        except pl.exceptions.ComputeError:
            return on_distinct(cell, lambda value: python.search(value) is not None)
    return on_distinct(cell, lambda value: python.search(value) is not None)


def _in_rust(pattern: str) -> str | None:
    """The pattern with Python's meaning of `$` (one final newline is allowed), white space and word.

    None when the `$` belongs to the last of several alternatives only.
    """
    body, end = (pattern[:-1], r"\n?\z") if pattern.endswith("$") else (pattern, "")
    parts: list[str] = []
    in_class, depth = False, 0
    for part in re.findall(r"\\.|.", body):
        if part in _CLASSES:
            parts.append(_CLASSES[part] if in_class else f"[{_CLASSES[part]}]")
            continue
        if part.lower() in _CLASSES:
            parts.append(f"[^{_CLASSES[part.lower()]}]")
            continue
        in_class = part != "]" and (in_class or part == "[")
        if not in_class:
            depth += (part == "(") - (part == ")")
            if part == "|" and end and not depth:
                return None
        parts.append(part)
    return "".join(parts) + end


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


def dateutil_reads(domain: Domain) -> pl.Expr:
    """Whether dateutil makes a date of the cell."""
    if domain.type != pl.String:
        raise TypeError("Values passed to expect_column_values_to_be_dateutil_parseable must be of type string.")
    from dateutil.parser import parse as parse_date  # type: ignore[import-untyped]

    def good(value: str) -> bool:
        try:
            parse_date(value)
        except (ValueError, OverflowError):
            return False
        return True

    return on_distinct(domain.cell, good)


def is_json(domain: Domain) -> pl.Expr:
    """Whether the cell is JSON."""
    if domain.type != pl.String:
        raise Unsupported(f"JSON in {domain.type}")

    def good(value: str) -> bool:
        try:
            json.loads(value)
        except (ValueError, RecursionError):
            return False
        return True

    return on_distinct(domain.cell, good)


def follows_schema(domain: Domain, json_schema: dict[str, Any]) -> pl.Expr:
    """Whether the cell is JSON that follows a schema; a cell that is no JSON, or a broken schema, fails the rule when it is met."""
    if domain.type != pl.String:
        raise Unsupported(f"JSON in {domain.type}")
    from jsonschema.validators import validator_for  # type: ignore[import-untyped]

    kind = validator_for(json_schema)

    def good(value: str) -> bool:
        read = json.loads(value)
        kind.check_schema(json_schema)
        return bool(kind(json_schema).is_valid(read))

    return on_distinct(domain.cells_or_null, good)
