"""Workbooks that are the same bytes each time: plain sheets with a title, an optional header and rows."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import xlsxwriter

from gmsd.clock import AMSTERDAM
from gmsd.reporting.rendering import clean_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Cell = str | int | float | None
_INK, _PALE, _RULE = "#0B4F6C", "#EAF2F5", "#D5DCDF"


@dataclass(slots=True)
class Sheet:
    """One sheet: rows are collected first and written by `workbook`."""

    name: str
    title: str
    widths: Sequence[int]
    header: Sequence[str] = ()
    rows: list[tuple[tuple[Cell, ...], bool]] = field(default_factory=list)

    def row(self, *cells: Cell, bold: bool = False) -> None:
        """Add a row."""
        self.rows.append((cells, bold))


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
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    formats = {
        "title": book.add_format({**base, "bold": True, "font_size": 16, "font_color": _INK}),
        "header": book.add_format({**base, "bold": True, "bg_color": _PALE, "bottom": 2, "text_wrap": True}),
        "text": book.add_format({**base, "text_wrap": True, "bottom": 1, "bottom_color": _RULE}),
        "bold": book.add_format({**base, "text_wrap": True, "bold": True, "bottom": 1, "bottom_color": _RULE}),
        "whole": book.add_format({**base, "num_format": "#,##0", "align": "left", "bottom": 1, "bottom_color": _RULE}),
        "decimal": book.add_format({**base, "num_format": "#,##0.0", "align": "left", "bottom": 1, "bottom_color": _RULE}),
    }
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name), sheet, formats)
    book.close()
    return buffer.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:  # xlsxwriter carries no types
    page.hide_gridlines(2)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    for column, width in enumerate(sheet.widths):
        page.set_column(column, column, width)
    page.write_string(0, 0, sheet.title, formats["title"])
    page.set_row(0, 26)
    first = 2
    if sheet.header:
        for column, name in enumerate(sheet.header):
            page.write_string(first, column, name, formats["header"])
        page.freeze_panes(first + 1, 0)
        page.repeat_rows(first)
        page.autofilter(first, 0, first + max(len(sheet.rows), 1), len(sheet.header) - 1)
        first += 1
    for number, (cells, bold) in enumerate(sheet.rows, start=first):
        for column, cell in enumerate(cells):
            _write_cell(page, number, column, cell, formats, bold=bold)


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: dict[str, Any], *, bold: bool) -> None:
    if cell is None:
        page.write_blank(row, column, None, formats["text"])
    elif isinstance(cell, str):
        page.write_string(row, column, clean_text(cell), formats["bold" if bold else "text"])
    else:
        page.write_number(row, column, cell, formats["whole" if isinstance(cell, int) else "decimal"])
