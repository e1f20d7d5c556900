"""The files that are measured, made once from the synthetic deliveries of the demo.

A large file is made of the deliveries of many municipalities, so that its rows differ as the rows of a real one do, and says the same
municipality and day of creation on each line, as a real one does.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from gmsd.rounds import HalfYear
from tests.bench.faults import sprinkled, wrong_everywhere

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

HALF_YEAR = HalfYear(2019, 2)
RECEIVED_ON = dt.date(2020, 2, 20)
MUNICIPALITY = "0363"
CREATED = "20200203"
FILES = 390
LARGE, ONE, LARGEST, CLEAN, WRONG, SMALL, DELIVERY, REFUSED = (
    f"WMO_H22019_{what}.csv" for what in ("large", "one", "largest", "clean", "wrong", "small", "delivery", "refused")
)
KNOWN: dict[str, Any] = {"municipality": MUNICIPALITY, "half_year": HALF_YEAR, "received_on": RECEIVED_ON}


def read_strings(source: Path | bytes) -> pl.DataFrame:
    """A delivery as strings; nothing in it is interpreted."""
    import polars as pl

    return pl.read_csv(source, separator=";", infer_schema=False, quote_char=None)


def clean_parts(rows: int) -> Iterator[pl.DataFrame]:
    """So many rows of different municipalities as one municipality would deliver them, part by part."""
    import polars as pl

    from gmsd.demo import delivery, municipalities_of

    seed = 1
    while True:
        for code in municipalities_of("all", HALF_YEAR):
            part = read_strings(delivery(seed, code, HALF_YEAR).data).head(rows)
            rows -= part.height
            yield part.with_columns(Aanmaakdatum_bestand=pl.lit(CREATED), Gemeentecode=pl.lit(MUNICIPALITY))
            if not rows:
                return
        seed += 1


def write(parts: Iterator[pl.DataFrame], path: Path) -> int:
    """One CSV file of all parts; returns its rows."""
    rows = 0
    with path.open("wb") as file:
        for part in parts:
            part.write_csv(file, separator=";", quote_style="never", include_header=rows == 0)
            rows += part.height
    return rows


def large(folder: Path, rows: int) -> int:
    """`WMO_H22019_large.csv`: a few faults of every rule among very many rows; and the first record of it alone."""
    import polars as pl

    write(iter([next(clean_parts(1))]), folder / ONE)
    return write(iter([sprinkled(pl.concat(clean_parts(rows)))]), folder / LARGE)


def largest(folder: Path, rows: int) -> int:
    """`WMO_H22019_largest.csv`: as long as a file may be."""
    return write(clean_parts(rows), folder / LARGEST)


def many(folder: Path, rows: int) -> int:
    """`many/<number>/<municipality>/<name>`: every municipality's own file; the last ones of 390 are of another synthetic country.

    Stops sooner when there are so many rows.
    """
    from gmsd.demo import delivery, municipalities_of

    codes, made = municipalities_of("all", HALF_YEAR), 0
    for number in range(FILES):
        seed, place = divmod(number, len(codes))
        each = delivery(seed + 1, codes[place], HALF_YEAR)
        path = folder / "many" / f"{number:03d}" / each.municipality / each.file_name
        path.parent.mkdir(parents=True)
        path.write_bytes(each.data)
        made += each.records
        if made >= rows:
            break
    return made


def clean_and_wrong(folder: Path, rows: int) -> int:
    """`WMO_H22019_clean.csv`, and `WMO_H22019_wrong.csv`: as many rows, none of which has a right cell where a cell can be wrong."""
    import polars as pl

    frame = pl.concat(clean_parts(rows))
    write(iter([wrong_everywhere(frame)]), folder / WRONG)
    return write(iter([frame]), folder / CLEAN)


def clean_and_refused(folder: Path, rows: int) -> int:
    """`WMO_H22019_clean.csv`, and `WMO_H22019_refused.csv`: as many rows, some of them with a fault, a hundredth of them for each rule."""
    import polars as pl

    frame = pl.concat(clean_parts(rows))
    write(iter([sprinkled(frame)]), folder / REFUSED)
    return write(iter([frame]), folder / CLEAN)


def wrong(folder: Path, faults: int) -> int:
    """`WMO_H22019_wrong.csv` with about so many faults: a line that is wrong everywhere has 11.75 of them, and notices beside."""
    import polars as pl

    write(iter([wrong_everywhere(pl.concat(clean_parts(faults * 4 // 47)))]), folder / WRONG)
    return faults


def small(folder: Path, rows: int) -> int:
    """`WMO_H22019_small.csv`: what a small municipality delivers."""
    return write(clean_parts(rows), folder / SMALL)


def one_delivery(folder: Path, rows: int) -> int:
    """`WMO_H22019_delivery.csv`: the largest municipality's own file, or the beginning of it."""
    from gmsd.demo import delivery

    return write(iter([read_strings(delivery(1, MUNICIPALITY, HALF_YEAR).data).head(rows)]), folder / DELIVERY)
