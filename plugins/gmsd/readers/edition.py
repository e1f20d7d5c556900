"""The release of a law in force, read once: its tables, its explanations, and what the release before showed."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.figures import Period, periods
from gmsd.readers.cube import Cube, read_cube
from gmsd.rounds import HalfYear
from gmsd.tables import NoTableError, table_of

if TYPE_CHECKING:
    from gmsd.readers.sources import Source


@dataclass(frozen=True, slots=True)
class Edition:
    """One release, read.

    Attributes:
        law: Its law.
        release_id: Such as `r0002`.
        digest: SHA-256 of its `release.json`.
        document: What that says.
        periods: Its periods, in order.
        cubes: Table id -> cells, in the release's order; tables that are defined no longer are left out.
        before: The same of the release before; empty for the first, and where that release is not to be had.
        explanations: (region, period) -> what a municipality says of its figures of a half-year.
    """

    law: str
    release_id: str
    digest: str
    document: dict[str, Any]
    periods: tuple[Period, ...]
    cubes: dict[str, Cube]
    before: dict[str, Cube]
    explanations: dict[tuple[str, str], str]

    @property
    def created(self) -> datetime:
        """The moment it was made."""
        return datetime.fromisoformat(self.document["created"])

    @property
    def is_synthetic(self) -> bool:
        """Whether its figures are made up."""
        return bool(self.document["synthetic"])

    @property
    def previous(self) -> str | None:
        """The id of the release before it, where that was read."""
        return next((each.release_id for each in self.before.values()), None)

    @property
    def statuses(self) -> dict[str, str]:
        """Period key -> StatLine's status."""
        return {each["period"]: each["status"] for each in (*self.document["half_years"], *self.document["years"])}

    @property
    def newest_half_year(self) -> Period:
        """The newest half-year of it."""
        return next(each for each in reversed(self.periods) if not each.is_year)

    def period(self, key: str) -> Period | None:
        """A period of it."""
        return next((each for each in self.periods if each.key == key), None)

    def said(self, region: str, period: Period) -> list[tuple[Period, str]]:
        """What a municipality says of a period; of a year what it says of its halves."""
        halves = [each for each in self.periods if not each.is_year and each.halves[0] in period.halves]
        return [(each, self.explanations[region, each.key]) for each in halves if (region, each.key) in self.explanations]


def read_edition(source: Source, release_id: str) -> Edition:
    """Read a release, and the cells of the one before it where the source has that."""
    raw = source.document(release_id)
    document = json.loads(raw)
    held = _periods(document)
    previous = document.get("previous")
    earlier = json.loads(source.document(previous)) if previous and previous in source.releases() else None
    return Edition(
        law=document["laws"][0],
        release_id=document["id"],
        digest=hashlib.sha256(raw).hexdigest(),
        document=document,
        periods=held,
        cubes=cubes_of(source, document, held),
        before={} if earlier is None else cubes_of(source, earlier, _periods(earlier)),
        explanations=_explanations(source, document["id"], held),
    )


def _periods(document: dict[str, Any]) -> tuple[Period, ...]:
    return periods(HalfYear.parse(each["half_year"]) for each in document["half_years"])


def cubes_of(source: Source, document: dict[str, Any], held: tuple[Period, ...], only: str = "") -> dict[str, Cube]:
    """The tables of a release that are defined, or one of them: id -> cells."""
    files = source.files(document["id"], f"parquet/{only}")
    found = {}
    for table_id in document["tables"]:
        path = f"parquet/{table_id}.parquet"
        try:
            table = table_of(table_id)
        except NoTableError:  # of a release that is older than the definitions
            continue
        if path in files:
            found[table_id] = read_cube(table, document["id"], files[path], held, document.get("rules", {}).get(table_id, {}))
    return found


def _explanations(source: Source, release_id: str, held: tuple[Period, ...]) -> dict[tuple[str, str], str]:
    """By region and half-year; the file writes a half-year as the installation chose, so that it is found by its year and half."""
    path = "waarstaatjegemeente/toelichting.csv"
    data = source.files(release_id, path).get(path)
    if data is None:
        return {}
    rows = pl.read_csv(io.BytesIO(data), infer_schema=False)
    known = {(each.year, str(each.halves[0].half)): each.key for each in held if not each.is_year}
    found = {}
    for written, code, text in rows.select("period", "geoitem", "toelichting").iter_rows():
        digits = "".join(sign for sign in written if sign.isdigit())
        key = next(
            (key for (year, half), key in known.items() if str(year) in digits and digits.replace(str(year), "", 1).endswith(half)), None
        )
        if key is not None:
            found[f"GM{int(code):04d}", key] = text
    return found
