"""Unexpected rows as polars columns: a long list of Python numbers takes longer to make than the rows take to find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gx_polars.program import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gx_polars.program import Answer, Source

_ROW = "row"


class UnexpectedRows:
    """Takes the rows that each rule of a suite finds fault with; hand it to `validate`, and read it afterwards.

    The lists in the results stay as long as the result format says.

    Args:
        limit: How many rows of a rule are kept, from the first.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: dict[int, pl.DataFrame] = {}

    def of(self, place: int) -> pl.DataFrame | None:
        """The rows of the rule at this place of the suite.

        Returns:
            The columns that the result's index list names (the row number as `row` when no index columns were asked for); None for a rule
            without unexpected rows, one that judges no rows, one that ran on pandas, and for BOOLEAN_ONLY and BASIC, which ask for no rows.
        """
        return self._kept.get(place)

    def forget(self) -> None:
        """Let go of what another validation left here."""
        self._kept = {}

    def keep(self, place: int, answers: Iterable[Answer], source: Source) -> None:
        """Keep what was found for a rule."""
        for answer in answers:
            if isinstance(answer, Listing) and answer.kept and source.count(answer.mask):
                cells = source.cells(answer.mask, answer.columns, answer.most)
                found = pl.DataFrame([each.alias(name) for name, each in zip(answer.columns or (_ROW,), cells, strict=True)])
                self._kept[place] = found.head(self.limit)
