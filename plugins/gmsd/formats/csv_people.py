"""One long CSV for each table, for whoever opens it in a spreadsheet or reads it into a program: Dutch Excel shows it in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.formats.long_table import columns_of, long_table
from gmsd.formats.registry import Format

if TYPE_CHECKING:
    import polars as pl

    from gmsd.formats.content import ReleaseContent

SEPARATOR = ";"
"""What Excel divides columns by where the comma is the decimal sign, as in the Netherlands."""


def write(content: ReleaseContent) -> dict[str, bytes]:
    """`{table}.csv` for each table: UTF-8 with a byte order mark, by which Excel knows it, semicolons, LF, missing is empty.

    Dimensions of which only the total is published are left out: they would be the same on every line.
    """
    return {
        f"{published.table.table_id}.csv": in_columns(long_table(content, published).select(columns_of(published.table, totals=False)))
        for published in content.tables
    }


def in_columns(frame: pl.DataFrame) -> bytes:
    """The frame as CSV that Dutch Excel opens in columns."""
    return frame.write_csv(separator=SEPARATOR, include_bom=True, line_terminator="\n").encode()


FORMAT = Format(
    "csv",
    ("csv",),
    write,
    title="Alle cijfers in een lange tabel, voor spreadsheets en programma's",
    standard="https://www.rfc-editor.org/rfc/rfc4180",
)
