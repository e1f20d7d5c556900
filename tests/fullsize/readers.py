"""Every format of a release read back by programs of others, and the served site by the clients of StatLine, cell by cell."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cbsodata
import cbsodata4

from gmsd.disclosure import Protection
from gmsd.figures import periods
from gmsd.formats import PublishedTable
from gmsd.tables import tables_of
from tests.support import read_formats as read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import polars as pl

    from gmsd.figures import Period
    from gmsd.rounds import HalfYear
    from gmsd.tables import Table


@dataclass(frozen=True, slots=True)
class Released:
    """A release as its ledger has it: as much of its content as the readers ask for."""

    law: str
    periods: tuple[Period, ...]
    tables: tuple[PublishedTable, ...]

    @classmethod
    def of(cls, law: str, half_years: Sequence[HalfYear], cells: Callable[[str], pl.DataFrame]) -> Released:
        """From the cells of each table (`CELL`)."""
        every = periods(half_years)
        made = []
        for table in tables_of(law):
            mine = tuple(period for period in every if period.is_of(table))
            if mine:
                made.append(PublishedTable(table, mine, Protection(), cells(table.table_id)))
        return cls(law, every, tuple(made))

    def small(self, largest: int | None) -> Released:
        """With tables of at most so many cells only; None: all of them."""
        return replace(self, tables=tuple(each for each in self.tables if largest is None or each.cells.height <= largest))


@dataclass(frozen=True, slots=True)
class Compared:
    """What one reader gave of all tables."""

    reader: str
    cells: int
    different: int
    seconds: float


def _csvw(files: Mapping[str, bytes], table: Table) -> read.Cells:
    with tempfile.TemporaryDirectory() as folder:
        return read.csvw(files, table, Path(folder))


READERS: dict[str, Callable[[Mapping[str, bytes], Table], read.Cells]] = {
    "StatLine folder": read.statline,
    "CSV": read.long_csv,
    "Parquet by Arrow": read.parquet,
    "SDMX-CSV by pysdmx": read.pysdmx,
    "CSVW by csvw": _csvw,
    "SDMX-CSV by sdmx1": read.sdmx1,
    "ODS by odfpy": read.ods,
}


def formats(files: Mapping[str, bytes], released: Released) -> Iterator[Compared]:
    """Hold every format against the ledger."""
    for name, reader in READERS.items():
        began, cells, different = time.perf_counter(), 0, 0
        for published in released.tables:
            found, wanted = reader(files, published.table), read.expected(published)
            cells += len(wanted)
            different += _different({key: _as_told(said, found.get(key)) for key, said in wanted.items()}, found)
        yield Compared(name, cells, different, time.perf_counter() - began)
    began, cells, different = time.perf_counter(), 0, 0
    for published in released.tables:
        shown = {(each.measure, group) for each in published.table.indicators for group in each.codes}
        every = read.expected(published)
        wanted = {key: said for key, said in every.items() if (key[0], key[3]) in shown and key[2].startswith("GM")}
        for found in read.swing(files, published.table, released):  # type: ignore[arg-type]
            cells += len(wanted)
            different += _different(wanted, found)
    yield Compared("Waarstaatjegemeente, per period and flat", cells, different, time.perf_counter() - began)


def _as_told(said: tuple[int | None, str | None], found: tuple[int | None, str | None] | None) -> tuple[int | None, str | None]:
    """What a format has to say: one that does not say why a figure is missing says nothing of it."""
    return (None, read.SILENT) if found is not None and found[1] == read.SILENT and said[0] is None else said


def _different(wanted: read.Cells, found: read.Cells) -> int:
    return sum(found.get(key) != said for key, said in wanted.items()) + len(found.keys() - wanted.keys())


def clients(address: str, released: Released) -> Iterator[Compared]:
    """Read every table from the served site with `cbsodata` and `cbsodata4`."""
    cbsodata.options.use_https = False
    cbsodata.options.requests = {"proxies": {"http": "", "https": ""}}
    for name, reader in (("cbsodata from the site", _third), ("cbsodata4 from the site", _fourth)):
        began, cells, different = time.perf_counter(), 0, 0
        for published in released.tables:
            wanted = {key: value for key, (value, _) in read.expected(published).items()}
            found = reader(address, published.table)
            cells += len(wanted)
            different += sum(found.get(key) != value for key, value in wanted.items()) + len(found.keys() - wanted.keys())
        yield Compared(name, cells, different, time.perf_counter() - began)


Values = dict[tuple[str, str, str, str], int | None]


def _third(address: str, table: Table) -> Values:
    keys = [table.dimension(kind).key for kind in ("periods", "regions", "groups")]
    titles = {
        key: {row["Title"]: row["Key"].strip() for row in cbsodata.get_meta(table.table_id, key, catalog_url=address)} for key in keys
    }
    return {
        (measure.key, *(titles[key][row[key]] for key in keys)): row[measure.key]  # type: ignore[misc]
        for row in cbsodata.get_data(table.table_id, catalog_url=address)
        for measure in table.measures
    }


def _fourth(address: str, table: Table) -> Values:
    keys = [table.dimension(kind).key for kind in ("periods", "regions", "groups")]
    with tempfile.TemporaryDirectory() as folder:
        found = cbsodata4.get_observations(table.table_id, base_url=f"http://{address}/odata/v4", download_dir=Path(folder) / "data")
    return {(row["Measure"], *(row[key] for key in keys)): row["Value"] for row in found.to_dict("records")}  # type: ignore[misc]
