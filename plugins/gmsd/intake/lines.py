"""The line numbers of a check on their way to the report: kept beside the result, in the same row and the same transaction."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.checking import CheckResult


def packed(result: CheckResult) -> bytes | None:
    """Pack every line number of the rules that have more of them than the result names; None when no rule has.

    The same result gives the same bytes: 300,000 line numbers take about a megabyte.
    """
    named = {finding.rule: len(finding.lines) for finding in result.findings}
    parts = [
        pl.DataFrame({"line": pl.Series(lines, dtype=pl.UInt32)}).select(pl.lit(rule).alias("rule"), "line")
        for rule, lines in result.all_lines().items()
        if len(lines) > named[rule]
    ]
    if not parts:
        return None
    buffer = io.BytesIO()
    pl.concat(parts).write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def unpacked(data: bytes | None) -> dict[str, Sequence[int]]:
    """The line numbers by rule, ascending, as they were packed."""
    if data is None:
        return {}
    frame = pl.read_parquet(io.BytesIO(data))
    return {str(rule): part["line"].to_list() for (rule,), part in frame.group_by("rule", maintain_order=True)}
