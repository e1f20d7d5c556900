"""Lists of cells in the forms of GX's pandas engine, made column by column."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, SupportsIndex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import polars as pl

LAZY_FROM = 100_000
"""A list of more rows than this makes its rows when they are read."""

_CHUNK = 50_000


class _Unread:
    """Stands in for a row that has not been read: code that looks past `Records` finds this and no wrong row."""

    def __repr__(self) -> str:
        return "<row not read>"


_UNREAD = _Unread()


def single(columns: tuple[str, ...], cells: list[pl.Series]) -> list[Any]:  # noqa: ARG001  a form like the others
    """The cells of one column, or row numbers."""
    return cells[0].to_list()


def pairs(columns: tuple[str, ...], cells: list[pl.Series]) -> list[Any]:  # noqa: ARG001  a form like the others
    """Two columns as tuples. NaN sorts among numbers where None cannot, and every NaN counts apart, as in pandas."""
    rows = list(zip(*(each.to_list() for each in cells), strict=True))
    if any(isinstance(cell, int | float) for cell in chain.from_iterable(rows)):
        return [tuple(float("nan") if cell is None else cell for cell in row) for row in rows]
    return rows


def by_column(columns: tuple[str, ...], cells: list[pl.Series]) -> list[Any]:
    """One dict with a list per column: GX's form when the values themselves are left out."""
    return [dict(zip(columns, (each.to_list() for each in cells), strict=True))]


def records(columns: tuple[str, ...], cells: list[pl.Series]) -> list[Any]:
    """A dict per row; a long list makes them when they are read."""
    if len(cells[0]) > LAZY_FROM:
        return Records(columns, cells)
    with _no_collections():
        return list(_rows(columns, cells))


@contextmanager
def _no_collections() -> Iterator[None]:
    """Python's collector would look through all rows again and again while they are made; none of them can be garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _rows(columns: tuple[str, ...], cells: list[pl.Series]) -> Iterable[dict[str, Any]]:
    lists = [each.to_list() for each in cells]
    if len(lists) == 2:
        one, two = columns
        return [{one: a, two: b} for a, b in zip(*lists, strict=True)]
    if len(lists) == 3:
        one, two, three = columns
        return [{one: a, two: b, three: c} for a, b, c in zip(*lists, strict=True)]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


class Records(list[dict[str, Any]]):
    """A long list of rows that keeps them as columns and makes each dict when it is read.

    It equals, prints and serialises as the list of dicts it stands for, at a tenth of the memory. A row that was read is the reader's own:
    changing it does not change the list. Whoever changes the list itself (append, sort, assign) gets all rows made first.
    """

    def __init__(self, columns: tuple[str, ...], cells: list[pl.Series]) -> None:
        super().__init__([_UNREAD] * len(cells[0]))  # type: ignore[list-item]  # never handed out
        self._columns, self._cells = columns, cells

    def _filled(self) -> Records:
        """The same list with its rows made, as before a change."""
        if self._cells:
            with _no_collections():
                rows = list(self)
            self._cells = []
            super().__setitem__(slice(None), rows)
        return self

    def _read(self, start: int, length: int) -> Iterable[dict[str, Any]]:
        return _rows(self._columns, [each.slice(start, length) for each in self._cells])

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if not self._cells:
            yield from super().__iter__()
        for start in range(0, len(self), _CHUNK):
            yield from self._read(start, _CHUNK)

    def __getitem__(self, where: Any) -> Any:
        if not self._cells:
            kept: Any = super().__getitem__(where)
            return kept
        if isinstance(where, slice):
            start, stop, step = where.indices(len(self))
            if step == 1:
                return list(self._read(start, max(0, stop - start)))
            return [self[place] for place in range(start, stop, step)]
        place = range(len(self))[where]
        return next(iter(self._read(place, 1)))

    def __reversed__(self) -> Iterator[dict[str, Any]]:
        rows = list(self)
        rows.reverse()
        return iter(rows)

    def __contains__(self, row: object) -> bool:
        return any(row == each for each in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, list):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __ne__(self, other: object) -> bool:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = None  # as every list

    def __repr__(self) -> str:
        return repr(list(self))

    def __add__(self, other: Any) -> Any:
        return list(self) + list(other) if isinstance(other, list) else NotImplemented

    def __radd__(self, other: Any) -> Any:
        return list(other) + list(self) if isinstance(other, list) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Any:
        return list(self) * times

    __rmul__ = __mul__

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return list, (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return Records(self._columns, self._cells) if self._cells else [dict(row) for row in self]

    def copy(self) -> list[dict[str, Any]]:
        """A plain list of the rows."""
        return list(self)

    def index(self, row: Any, start: SupportsIndex = 0, stop: SupportsIndex | None = None) -> int:
        """Where the row stands first."""
        return list(self).index(row, start, len(self) if stop is None else stop)

    def count(self, row: Any) -> int:
        """How often the row stands in the list."""
        return sum(row == each for each in self)


def _changing(name: str) -> Any:
    """A method of `list` that changes it, with the rows made first."""

    def method(self: Records, *args: Any, **kwargs: Any) -> Any:
        return getattr(super(Records, self._filled()), name)(*args, **kwargs)

    method.__name__, method.__doc__ = name, getattr(list, name).__doc__
    return method


for _name in (
    "__setitem__",
    "__delitem__",
    "__iadd__",
    "__imul__",
    "append",
    "clear",
    "extend",
    "insert",
    "pop",
    "remove",
    "reverse",
    "sort",
):
    setattr(Records, _name, _changing(_name))
