"""What is measured. Each case is a function without arguments; what it needs is made once by `prepare` and lies in a folder."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HALF_YEAR = HalfYear(2019, 2)
RECEIVED_ON = dt.date(2020, 2, 20)
LARGEST = "0363"
NAME = "WMO_H22019_bench.csv"
KEY = bytes(range(32))


def prepare(folder: Path) -> int:
    """Write a clean file of the largest municipality and the same one wrong in every line; returns its rows."""
    from gmsd.demo import delivery

    data = delivery(1, LARGEST, HALF_YEAR).data
    (folder / "clean.csv").write_bytes(data)
    header, _, body = data.partition(b"\n")
    (folder / "wrong.csv").write_bytes(header + b"\n" + body.replace(f";{LARGEST};".encode(), b";0518;"))
    return data.count(b"\n") - 1


def cases(folder: Path) -> dict[str, tuple[Callable[[], object], str | None]]:
    """Name -> (what to run, the case it is compared with)."""
    from gmsd import counting
    from gmsd.checking import CheckResult, check_file, pseudonymise, read_records
    from gmsd.demo import delivery

    clean, wrong = (folder / "clean.csv").read_bytes(), (folder / "wrong.csv").read_bytes()

    def checked(data: bytes) -> CheckResult:
        return check_file(data, file_name=NAME, municipality=LARGEST, half_year=HALF_YEAR, received_on=RECEIVED_ON)

    def read() -> pl.DataFrame:
        return pl.read_csv(io.BytesIO(clean), separator=";", infer_schema=False)

    def record() -> pl.DataFrame:
        return pseudonymise(read_records(clean, checked(clean)), KEY)

    records = record()
    return {
        "read_csv alone": (read, None),
        "check, clean file": (lambda: checked(clean), "read_csv alone"),
        "check, wrong in every line": (lambda: checked(wrong), "check, clean file"),
        "check, records and pseudonyms": (record, "read_csv alone"),
        "arrangements": (
            lambda: counting.arrangements(counting.in_scope(records, HALF_YEAR), by_allocation=False),
            "read_csv alone",
        ),
        "make the synthetic file": (lambda: delivery(1, LARGEST, HALF_YEAR), "read_csv alone"),
    }
