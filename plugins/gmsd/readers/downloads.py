"""What a page shows as a file: CSV that Dutch Excel opens in columns, and a spreadsheet; the same rows, and no other."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.readers.cube import Computed, Figure
from gmsd.readers.figures import TOO_FEW, WORDS
from gmsd.readers.places import municipality_of
from gmsd.rendering import Grid, spreadsheet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gmsd.readers.edition import Edition

COLUMNS = ("tabel", "onderwerp", "groep", "regio", "code", "periode", "status", "waarde", "ontbreekt", "berekend", "gemaakt van")
MEDIA = {"csv": "text/csv; charset=utf-8", "ods": "application/vnd.oasis.opendocument.spreadsheet"}
_KINDS = {
    "": "",
    "mean": "gemiddelde",
    "median": "mediaan",
    "first quartile": "eerste kwartiel",
    "third quartile": "derde kwartiel",
    "quintile": "grens van een klasse op de kaart",
    "change": "verandering",
}
_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def lines_of(editions: Iterable[Edition], shown: Iterable[Figure | Computed]) -> list[tuple[str | float | None, ...]]:
    """A line for each number that a page shows, in its order, each once."""
    cubes = {table: (cube, edition) for edition in editions for table, cube in edition.cubes.items()}
    lines: dict[tuple[str | float | None, ...], None] = {}
    for each in shown:
        cube, edition = cubes[each.table]
        period, measure = cube.period(each.period), cube.measures[cube.measure_at[each.measure]]
        made = each if isinstance(each, Computed) else None
        missing = (
            ""
            if each.value is not None
            else TOO_FEW
            if made is not None or each.region.startswith("NL")
            else WORDS[each.reason or "geen_levering"]
        )
        lines[
            each.table, measure.title, cube.groups[each.group], _name(each.region), each.region, period.title if period else each.period,
            edition.statuses.get(each.period, ""), each.value, missing, _KINDS[made.kind if made else ""],
            " ".join(made.made_of) if made else "",
        ] = None  # fmt: skip
    return list(lines)


def to_file(kind: str, lines: list[tuple[str | float | None, ...]], *, title: str, notes: list[str], created: datetime) -> bytes:
    """Write lines as `csv` (UTF-8 with its mark, semicolons, decimal commas) or `ods`."""
    if kind == "csv":
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows([_decimal(cell) for cell in line] for line in lines)
        return (_MARK + buffer.getvalue()).encode()
    schema = {name: pl.Float64 if name == "waarde" else pl.String for name in COLUMNS}
    rows = pl.DataFrame([_floats(line) for line in lines], schema=schema, orient="row")
    grid = Grid("Cijfers", title, rows, [2.8, 5, 6, 4, 2, 3.5, 3, 2.5, 4, 3, 8], {}, notes)
    return spreadsheet([grid], title=title, created=created)


def _floats(line: tuple[str | float | None, ...]) -> tuple[str | float | None, ...]:
    return tuple(float(cell) if isinstance(cell, int) else cell for cell in line)


def _decimal(cell: str | float | None) -> str:
    if isinstance(cell, float):
        return f"{cell:.1f}".removesuffix(".0").replace(".", ",")
    return "" if cell is None else str(cell)


def _name(region: str) -> str:
    if region.startswith("NL"):
        return "Nederland"
    found = municipality_of(region)
    return found.name if found else ""
