"""Workbooks that are the same bytes each time: plain sheets with a title, an optional header and rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from gmsd.clock import AMSTERDAM
from gmsd.rendering.environments import clean_text
from gmsd.rendering.folding import height
from gmsd.rendering.xlsx import Layout, SheetRow, fill, in_a_cell, shell_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Cell = str | int | float | None
Style = Literal["text", "bold", "header"]
_TITLE_HEIGHT, _LINE_HEIGHT = 26.25, 13.5
_LETTERS = 1.15  # letters of a sentence in one unit of width, which is a digit wide


@dataclass(slots=True)
class Sheet:
    """One sheet: rows are collected first and written by `workbook`."""

    name: str
    title: str
    widths: Sequence[int]
    header: Sequence[str] = ()
    note: str = ""
    rows: list[tuple[tuple[Cell, ...], Style]] = field(default_factory=list)
    repeated: dict[int, Sequence[int]] = field(default_factory=dict)

    def row(self, *cells: Cell, style: Style = "text") -> None:
        """Add a row."""
        self.rows.append((cells, style))

    def row_for_each(self, numbers: Sequence[int], *cells: Cell) -> None:
        """Add a row for each number: the number, then the same cells in all of them. Hundreds of thousands are quick."""
        if len(numbers):
            self.repeated[len(self.rows)] = numbers
            self.rows.append(((int(numbers[0]), *cells), "text"))

    @property
    def top(self) -> int:
        """Where the rows begin, from 0: below title, note and header."""
        return 2 + bool(self.note) + bool(self.header)


def workbook(sheets: Sequence[Sheet], *, title: str, created: datetime) -> bytes:
    """Write sheets as XLSX.

    Text is written as text whatever it begins with, so a file name can never become a formula or a link. The creation
    moment is the caller's, so the same input gives the same bytes.
    """
    moment = created.astimezone(AMSTERDAM).replace(tzinfo=None, microsecond=0)
    shell = shell_of(tuple(Layout(sheet.name, tuple(sheet.widths), len(sheet.header), sheet.top) for sheet in sheets))
    return fill(shell, [_rows(sheet, shell.styles) for sheet in sheets], title=clean_text(title)[:200], created=moment)


def _rows(sheet: Sheet, styles: Mapping[str, int]) -> list[SheetRow]:
    """Title, note, header and rows, each at its place."""
    rows = [SheetRow(0, (sheet.title,), (styles["title"],), height=_TITLE_HEIGHT)]
    if sheet.note:
        rows.append(SheetRow(1, (clean_text(sheet.note),), (styles["note"],)))
    if sheet.header:
        rows.append(SheetRow(sheet.top - 1, *_cells(sheet.header, styles, "header")))
    for at, (cells, style) in enumerate(sheet.rows):
        numbers = sheet.repeated.get(at)
        high = _LINE_HEIGHT * _lines_of(cells, sheet.widths)
        rows.append(SheetRow(sheet.top + at, *_cells(cells, styles, style, counted=numbers is None), height=high, numbers=numbers))
    return rows


def _cells(
    cells: Sequence[Cell], styles: Mapping[str, int], style: Style, *, counted: bool = True
) -> tuple[tuple[Cell, ...], tuple[int, ...]]:
    """What stands in a row and how; a number that is not a count is written without grouping, as an editor shows it."""
    number, text, decimal = styles["whole" if counted else "number"], styles[style], styles["decimal"]
    written: list[Cell] = []
    kinds: list[int] = []
    for cell in cells:
        if isinstance(cell, str):
            written.append(_text(cell))
            kinds.append(text)
        else:
            written.append(cell)
            kinds.append(text if cell is None else number if isinstance(cell, int) else decimal)
    return tuple(written), tuple(kinds)


@lru_cache(maxsize=4096)
def _text(cell: str) -> str:
    """A text as a cell holds it; most stand in every report of a half-year."""
    return in_a_cell(clean_text(cell))


def _lines_of(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines of text a row needs, so that no program has to find out for hundreds of thousands of rows."""
    return max([_height(cell, width) for cell, width in zip(cells, widths, strict=False) if type(cell) is str], default=1)


@lru_cache(maxsize=4096)
def _height(cell: str, width: int) -> int:
    return height(cell, round(_LETTERS * width))
