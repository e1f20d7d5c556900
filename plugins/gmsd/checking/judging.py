"""Asking the suites of a protocol about a frame: which rules are broken, and on which rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from gmsd.checking.derive import ROW
from gmsd.checking.result import LISTED_LINES, SHOWN_LINES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from gmsd.protocol import Protocol as Layout

_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": SHOWN_LINES, "exclude_unexpected_values": True}


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a file breaks, or that could not run.

    Attributes:
        code: The rule.
        count: How many rows break it; 0 for one that could not run.
        rows: The first of them, by their place among the readable lines.
    """

    code: str
    count: int
    rows: npt.NDArray[Any]


class Judge(Protocol):
    """A way to ask the suites; every way gives the same answer."""

    def __call__(
        self, frame: pl.DataFrame | pl.LazyFrame, layout: Layout, parameters: Mapping[str, Any], *, municipality_known: bool
    ) -> list[Broken]:
        """The rules that are broken, in the order of the suites.

        Args:
            frame: The cells with the derived columns.
            layout: Its suites.
            parameters: What fills each `$PARAMETER`.
            municipality_known: Whether the delivering municipality is known; without it the rules that need it are left out.
        """


def judge_with_gx(
    frame: pl.DataFrame | pl.LazyFrame, layout: Layout, parameters: Mapping[str, Any], *, municipality_known: bool
) -> list[Broken]:
    """Great Expectations judges; see `Judge`. Its import takes a second."""
    import gx_polars

    faulty = gx_polars.UnexpectedRows(limit=LISTED_LINES)
    validation = gx_polars.validate(
        frame,
        layout.open_suite(municipality_known=municipality_known),
        result_format=_RESULT_FORMAT,
        unexpected_index_column_names=[ROW],
        suite_parameters=parameters,
        unexpected_rows=faulty,
    )
    broken = []
    for place, result in enumerate(validation.results):
        code = result.expectation_config.meta["code"]
        if result.exception_info.get("raised_exception", True):
            broken.append(Broken(code, 0, np.zeros(0, dtype=np.int64)))
        elif not result.success:
            kept = faulty.of(place)  # a rule that ran on pandas lists its first rows only
            rows = result.result["partial_unexpected_index_list"][0][ROW] if kept is None else kept[ROW].to_numpy()
            broken.append(Broken(code, result.result["unexpected_count"], np.asarray(rows)))
    return broken


def judge_without_gx(
    frame: pl.DataFrame | pl.LazyFrame, layout: Layout, parameters: Mapping[str, Any], *, municipality_known: bool
) -> list[Broken]:
    """The same masks without Great Expectations, for a process that answers once (decision 42); see `Judge`.

    A suite with a rule that has no form without it, or that breaks, is Great Expectations' to judge as a whole.
    """
    import gx_polars

    expectations = layout.open_expectations(municipality_known=municipality_known)
    try:
        found = gx_polars.find_unexpected(
            frame, expectations, limit=LISTED_LINES, unexpected_index_column_names=[ROW], suite_parameters=parameters
        )
    except gx_polars.Unsupported:
        return judge_with_gx(frame, layout, parameters, municipality_known=municipality_known)
    return [
        Broken(expectation["meta"]["code"], each.count, each.rows[ROW].to_numpy())
        for expectation, each in zip(expectations, found, strict=True)
        if each.count
    ]
