"""A country of several times the municipalities, for measuring only: a copy of the library whose list of municipalities is longer.

The product knows nothing of it. The copy is the same code; what differs are two files of its reference data. Deliveries are made by the
library as it is, of other synthetic countries, and say another municipality.
"""

from __future__ import annotations

import csv
import shutil
from itertools import count
from typing import TYPE_CHECKING

from gmsd.demo import delivery, municipalities_of
from gmsd.reference import municipality
from gmsd.rounds import HalfYear
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HALF_YEAR = HalfYear(2019, 2)
DATA = "gmsd/reference/data"


def twins(times: int) -> dict[str, tuple[str, int]]:
    """Code that nobody has -> the municipality that it is like, and which of its likes it is, from 1."""
    codes = municipalities_of("all", HALF_YEAR)
    with (PROJECT / "plugins" / DATA / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        taken = {row["code"] for row in csv.DictReader(file)}
    free = (f"{number:04d}" for number in count(1) if f"{number:04d}" not in taken)
    return {next(free): (code, number) for number in range(1, times) for code in codes}


def enlarged(folder: Path, times: int) -> Path:
    """The library with a country of so many times the municipalities, below `folder`; to be put in front of the path."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(PROJECT / "plugins", folder, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    likes = twins(times)
    for name in ("municipalities", "population"):
        path = folder / DATA / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows, fields = list(reader), list(reader.fieldnames or ())
        of_code: dict[str, list[dict[str, str]]] = {}
        for row in rows:
            of_code.setdefault(row["code"], []).append(row)
        rows += [_like(row, code, number) for code, (base, number) in likes.items() for row in of_code.get(base, ())]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fields, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _like(row: dict[str, str], code: str, number: int) -> dict[str, str]:
    named = {"name": f"{row['name']} {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number]}"} if "name" in row else {}
    return row | {"code": code} | named


def deliveries(municipalities: int | str, times: int = 1) -> Iterator[tuple[str, bytes, int]]:
    """Key, bytes and records of the first delivery of each municipality, one after the other."""
    for code in municipalities_of(municipalities, HALF_YEAR):  # type: ignore[arg-type]
        made = delivery(1, code, HALF_YEAR)
        yield made.key, made.data, made.records
    for code, (base, number) in twins(times).items():
        made = delivery(1 + number, base, HALF_YEAR)
        assert municipality(base).exists_in(HALF_YEAR.first_day, HALF_YEAR.last_day)
        created = made.data.split(b"\n", 2)[1].split(b";", 1)[0]
        data = made.data.replace(b"\n%s;%s;" % (created, base.encode()), b"\n%s;%s;" % (created, code.encode()))
        yield made.key.replace(f"/{base}/", f"/{code}/"), data, made.records
