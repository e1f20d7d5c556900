"""Workbooks that are the same bytes each time: plain sheets with a title, an optional header and rows."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter

from gmsd.clock import AMSTERDAM
from gmsd.rendering.environments import clean_text
from gmsd.rendering.repeated import Row, repeat_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

Cell = str | int | float | None
Style = Literal["text", "bold", "header"]
_INK, _PALE, _RULE = "#0B4F6C", "#EAF2F5", "#D5DCDF"
_LINE_HEIGHT = 13.5
_LETTERS = 1.15  # letters of a sentence in one unit of width, which is a digit wide
_LONGEST_TEXT = 32_767  # the most characters of a cell in XLSX


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

    @property
    def height(self) -> int:
        """How many rows there are, each repetition counted."""
        return len(self.rows) + sum(len(numbers) - 1 for numbers in self.repeated.values())


def workbook(sheets: Sequence[Sheet], *, title: str, created: datetime) -> bytes:
    """Write sheets as XLSX.

    Text is written as text whatever it begins with, so a file name can never become a formula or a link. The creation
    moment is the caller's, so the same input gives the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties(
        {"title": clean_text(title)[:200], "author": "GMSD", "created": created.astimezone(AMSTERDAM).replace(tzinfo=None, microsecond=0)}
    )
    formats = {name: book.add_format(each) for name, each in _formats().items()}
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    repeated = {
        f"xl/worksheets/sheet{number}.xml": [Row(sheet.top + at, numbers) for at, numbers in sheet.repeated.items()]
        for number, sheet in enumerate(sheets, start=1)
        if sheet.repeated
    }
    return repeat_rows(buffer.getvalue(), repeated) if repeated else buffer.getvalue()


def _formats() -> dict[str, dict[str, Any]]:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    line = {**base, "bottom": 1, "bottom_color": _RULE}
    return {
        "title": {**base, "bold": True, "font_size": 16, "font_color": _INK},
        "note": {**base, "font_color": "#4A5963"},
        "header": {**base, "bold": True, "bg_color": _PALE, "bottom": 2, "text_wrap": True},
        "text": {**line, "text_wrap": True},
        "bold": {**line, "text_wrap": True, "bold": True},
        "whole": {**line, "num_format": "#,##0", "align": "left"},
        "number": {**line, "num_format": "0", "align": "left"},
        "decimal": {**line, "num_format": "#,##0.0", "align": "left"},
    }


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:  # xlsxwriter carries no types
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&L&8&A&R&8&P / &N")
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    page.write_string(0, 0, sheet.title, formats["title"])
    page.set_row(0, 26)
    if sheet.note:
        page.write_string(1, 0, clean_text(sheet.note), formats["note"])
    if sheet.header:
        _write_row(page, sheet.top - 1, sheet.header, formats, "header")
        page.freeze_panes(sheet.top, 0)
        page.repeat_rows(sheet.top - 1)
        page.autofilter(sheet.top - 1, 0, sheet.top - 1 + max(sheet.height, 1), len(sheet.header) - 1)
    for at, (cells, style) in enumerate(sheet.rows):
        page.set_row(sheet.top + at, _LINE_HEIGHT * _lines_of(cells, sheet.widths))
        _write_row(page, sheet.top + at, cells, formats, style, counted=at not in sheet.repeated)


def _lines_of(cells: Sequence[Cell], widths: Sequence[int]) -> int:
    """How many lines of text a row needs, so that no program has to find out for hundreds of thousands of rows."""
    texts = ((cell, width) for cell, width in zip(cells, widths, strict=False) if isinstance(cell, str))
    return max((len(textwrap.wrap(text, round(_LETTERS * width))) for text, width in texts), default=1) or 1


def _write_row(page: Any, row: int, cells: Iterable[Cell], formats: dict[str, Any], style: Style, *, counted: bool = True) -> None:
    """Write one row; a number that is not a count is written without grouping, as an editor shows it."""
    for column, cell in enumerate(cells):
        if cell is None:
            page.write_blank(row, column, None, formats[style])
        elif isinstance(cell, str):
            page.write_string(row, column, clean_text(cell)[:_LONGEST_TEXT], formats[style])
        elif isinstance(cell, int):
            page.write_number(row, column, cell, formats["whole" if counted else "number"])
        else:
            page.write_number(row, column, cell, formats["decimal"])
