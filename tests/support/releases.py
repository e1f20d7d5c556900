"""A release of a few real municipalities, made by the pure rooms only."""

from __future__ import annotations

import datetime as dt

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.disclosure import Protection
from gmsd.figures import Period, inhabitants_of, participation_by_period, periods, statuses
from gmsd.formats import PublishedTable, ReleaseBefore, ReleaseContent
from gmsd.reference import municipalities
from gmsd.releases.cells import changes_between, shown_contents, table_cells
from gmsd.rounds import WMO, HalfYear, Participation
from gmsd.tables import contents_of, main_table, tables_of

KEY = bytes(range(32))
DELIVERED = ("0518", "0363", "0034", "0050")
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
TABLE = main_table(WMO)


def true_figures(table_periods: tuple[Period, ...], stands: pl.DataFrame) -> pl.DataFrame:
    """Counts that differ by place, content and period; 0050 has a few clients only."""
    rows = []
    for period in table_periods:
        for code in stands.filter((pl.col("period") == period.key) & (pl.col("participation") == "delivered"))["municipality"]:
            for position, name in enumerate(contents_of(WMO, period.reference)):
                size = 6 if code == "0050" else 100 * int(code)
                rows.append((period.key, code, name, size // (position + 1) + len(period.halves)))
    schema = {"period": pl.String, "municipality": pl.String, "content": pl.String, "value": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def release_before(cells: pl.DataFrame) -> ReleaseBefore:
    """r0001 as a release says it of itself, of the cells of its one table."""
    halves = [HalfYear(int(key[:4]), int(key[-1])) for key in cells["period"].unique().sort() if "HJ" in key]
    versions: dict[str, str | dict[str, str]] = {"code": "abc", "mapping": {"2019-H1": "83262NED"}}
    day = dt.date(2019, 12, 2)
    return ReleaseBefore("r0001", day, periods(halves), dict(statuses(halves)), {TABLE.table_id: Protection()}, versions)


def content(
    *half_years: HalfYear,
    release_id: str = "r0001",
    before: pl.DataFrame | None = None,
    all_places: bool = False,
    protection: Protection | None = None,
    every_table: bool = False,
) -> ReleaseContent:
    """A release over the half-years; 0034 withdrew the second half of 2019. One table, or all of the Wmo; `before` is of the first."""
    protection = protection or Protection()
    law_periods = periods(half_years)
    participation = {
        str(half): dict.fromkeys(municipalities(half) if all_places else DELIVERED, Participation.DELIVERED) for half in half_years
    }
    if str(H2) in participation:
        participation[str(H2)]["0034"] = Participation.WITHDRAWN
    stands = participation_by_period(law_periods, participation)
    people = inhabitants_of(law_periods)
    protections = dict.fromkeys((table.table_id for table in tables_of(WMO)), protection)
    shown = shown_contents(WMO, true_figures(law_periods, stands), stands, people, protections, KEY, law_periods=law_periods)
    made = []
    for table in tables_of(WMO) if every_table else (TABLE,):
        table_periods = tuple(period for period in law_periods if period.is_of(table))
        if table_periods:
            cells = table_cells(table, table_periods, shown, people, protection)
            earlier = before if before is not None and table is TABLE else cells.clear()
            made.append(PublishedTable(table, table_periods, protection, cells, changes_between(earlier, cells)))
    texts = pl.DataFrame({"half_year": [str(H1)], "municipality": ["0518"], "text": ['Een "nieuw" systeem;\nmeer cliënten.']})
    return ReleaseContent(
        release_id=release_id,
        created=dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM),
        synthetic=True,
        law=WMO,
        tables=tuple(made),
        periods=law_periods,
        statuses=dict(statuses(half_years)),
        participation={str(half): (len(participation[str(half)]), len(municipalities(half))) for half in half_years},
        explanations=texts,
        deliveries=("aa", "bb"),
        versions={"code": "abc", "mapping": {"2019-H1": "83262NED"}},
        before=None if before is None else release_before(before),
    )
