"""Looking at a frame: one pass for the masks and numbers of all rules, and the cells of bad rows only where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from gx_polars.program import Answer, Count, Listing, Mask, Number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FAILURES = (Exception, pl.exceptions.PanicException)
"""What a rule can break with; a panic of polars is no `Exception`, and is still the fault of one rule."""

_SHARE_FROM = 100_000
"""From here on it pays to look for what masks have in common."""
_ALONE = 5_000
"""Up to here one thread is done before others have woken up."""
_SMALL = 20_000
"""Up to here a column is filtered whole: finding the rows first is a query of its own, which costs more."""
_ROW = "__gxp_row"
_ROWS = "__gxp_rows"


def masks_of(answers: Iterable[Answer]) -> dict[str, Mask]:
    """The masks, by name, whose rows these answers need; how many nulls a column has is known without."""
    rows = (answer for answer in answers if isinstance(answer, Listing) or (isinstance(answer, Count) and answer.mask.gaps_of is None))
    return {answer.mask.name: answer.mask for answer in rows}


def numbers_of(answers: Iterable[Answer]) -> dict[str, pl.Expr]:
    """What these answers add up, by name."""
    return {answer.name: answer.answer for answer in answers if isinstance(answer, Number)}


def _value(found: Any) -> Any:
    """What was found, or the failure in its place: it is raised for whoever asks for it."""
    if isinstance(found, BaseException):
        raise found
    return found


def _selected(frame: pl.DataFrame, expressions: Mapping[str, pl.Expr]) -> dict[str, Any]:
    """The columns by name; one that breaks on the data stands alone, with its failure in its place."""
    if not expressions:
        return {}
    options = pl.QueryOptFlags() if frame.height >= _SHARE_FROM else pl.QueryOptFlags.none()
    asked = list(expressions.values())
    try:
        lazy = frame.lazy().select_seq(asked) if frame.height <= _ALONE else frame.lazy().select(asked)
        columns = lazy.collect(engine="in-memory", optimizations=options).get_columns()
        return dict(zip(expressions, columns, strict=True))
    except FAILURES as failure:
        if len(asked) == 1:
            return dict.fromkeys(expressions, failure)
    found: dict[str, Any] = {}
    for name, expression in expressions.items():
        found |= _selected(frame, {name: expression})
    return found


class InMemory:
    """A DataFrame with every mask as a column of bits: counting them costs next to nothing, and so does a rule without a fault."""

    def __init__(self, frame: pl.DataFrame, masks: Mapping[str, Mask], numbers: Mapping[str, pl.Expr]) -> None:
        self.rows = frame.height
        self._frame = frame
        met = (mask for mask in masks.values() if mask.gaps_of is None or frame.get_column(mask.gaps_of).null_count())
        self._masks = _selected(frame, {mask.name: mask.rows for mask in met})
        self._numbers = _selected(frame, numbers)
        self._counts: dict[str, int] = {}
        self._cells: dict[tuple[str, tuple[str, ...], int | None], list[pl.Series]] = {}

    def count(self, mask: Mask) -> int:
        """How many rows the mask has."""
        if mask.gaps_of is not None:
            return self._frame.get_column(mask.gaps_of).null_count()
        found = self._counts.get(mask.name)
        if found is None:
            found = self._counts[mask.name] = int(_value(self._masks[mask.name]).sum())
        return found

    def cells(self, mask: Mask, columns: tuple[str, ...], limit: int | None) -> list[pl.Series]:
        """The first cells of these columns in the rows of the mask; the row numbers when no column is named."""
        key = (mask.name, columns, limit)
        if key not in self._cells:
            self._cells[key] = self._gathered(mask, columns, limit)
        return self._cells[key]

    def _gathered(self, mask: Mask, columns: tuple[str, ...], limit: int | None) -> list[pl.Series]:
        rows: pl.Series = _value(self._masks[mask.name])
        if self.rows <= _SMALL:
            found = [each.filter(rows) for each in self._columns(columns)]
            return [_without_nan(each if limit is None else each.head(limit)) for each in found]
        places = rows.arg_true()
        if limit is not None:
            places = places.head(limit)
        return [_without_nan(self._frame.get_column(column)[places]) for column in columns] or [places]

    def _columns(self, columns: tuple[str, ...]) -> list[pl.Series]:
        return [self._frame.get_column(column) for column in columns] or [pl.int_range(self.rows, eager=True)]

    def number(self, name: str) -> Any:
        """What a column adds up to."""
        return _plain(_value(self._numbers[name]).item())


def _plain(value: Any) -> Any:
    return value.to_list() if isinstance(value, pl.Series) else value


def _without_nan(cells: pl.Series) -> pl.Series:
    return cells.fill_nan(None) if cells.dtype.is_float() else cells


class Streamed:
    """A LazyFrame, collected once: only the answers come back, and only the columns they are made of are read."""

    def __init__(self, frame: pl.LazyFrame, answers: Iterable[Answer]) -> None:
        answers = list(answers)
        self._masks = {answer.mask.name: answer.mask for answer in answers if isinstance(answer, Count | Listing)}
        asked: dict[str, dict[str, pl.Expr]] = {"": {_ROWS: pl.len()}}
        for answer in answers:
            if isinstance(answer, Number):
                asked[answer.name] = {answer.name: answer.answer}
            elif isinstance(answer, Count | Listing):
                group = asked.setdefault(answer.mask.name, {})
                rows = pl.col(answer.mask.name)
                group[f"{answer.mask.name}|count"] = rows.sum()
                if isinstance(answer, Listing):
                    group |= {
                        self._key(answer.mask, column, answer.most): _listed(rows, column, answer.most)
                        for column in answer.columns or (_ROW,)
                    }
        self._found = self._collect(frame, asked)
        self.rows: int = _value(self._found[_ROWS])

    @staticmethod
    def _key(mask: Mask, column: str, limit: int | None) -> str:
        return f"{mask.name}|{column}|{limit}"

    def _collect(self, frame: pl.LazyFrame, asked: dict[str, dict[str, pl.Expr]]) -> dict[str, Any]:
        """One collect; should the data itself break it, halve what is asked until the guilty part stands alone."""
        expressions = {name: expression for group in asked.values() for name, expression in group.items()}
        used = {root for expression in expressions.values() for root in expression.meta.root_names()}
        lazy = frame.with_row_index(_ROW) if _ROW in used else frame
        lazy = lazy.with_columns([mask.rows for name, mask in self._masks.items() if name in used])
        try:
            found = lazy.select(**expressions).collect(engine="streaming")
            return {name: found.get_column(name)[0] for name in expressions}
        except FAILURES as failure:
            if len(asked) == 1:
                return dict.fromkeys(expressions, failure)
        names, half = list(asked), len(asked) // 2
        first = self._collect(frame, {name: asked[name] for name in names[:half]})
        return first | self._collect(frame, {name: asked[name] for name in names[half:]})

    def count(self, mask: Mask) -> int:
        """How many rows the mask has."""
        return int(_value(self._found[f"{mask.name}|count"]))

    def cells(self, mask: Mask, columns: tuple[str, ...], limit: int | None) -> list[pl.Series]:
        """The first cells of these columns in the rows of the mask; the row numbers when no column is named."""
        return [_without_nan(_value(self._found[self._key(mask, column, limit)])) for column in columns or (_ROW,)]

    def number(self, name: str) -> Any:
        """What a column adds up to."""
        return _plain(_value(self._found[name]))


def _listed(rows: pl.Expr, column: str, limit: int | None) -> pl.Expr:
    cells = pl.col(column).filter(rows)
    return (cells if limit is None else cells.head(limit)).implode()
