"""A release of a few real municipalities, made by the pure rooms only."""

from __future__ import annotations

import datetime as dt

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.disclosure import Protection
from gmsd.figures import Period, inhabitants_of, participation_by_period, periods, statuses
from gmsd.reference import municipalities
from gmsd.releases import ReleaseContent
from gmsd.releases.cells import changes_between, protected_cells
from gmsd.releases.content import PublishedTable
from gmsd.rounds import WMO, HalfYear, Participation
from gmsd.tables import main_table

KEY = bytes(range(32))
DELIVERED = ("0518", "0363", "0034", "0050")
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
TABLE = main_table(WMO)


def true_figures(table_periods: tuple[Period, ...], stands: pl.DataFrame) -> pl.DataFrame:
    """Counts that differ by place, group and period; 0050 has a few clients only."""
    rows = []
    for period in table_periods:
        for code in stands.filter((pl.col("period") == period.key) & (pl.col("participation") == "delivered"))["municipality"]:
            for position, group in enumerate(TABLE.groups(period.reference)):
                size = 6 if code == "0050" else 100 * int(code)
                rows.append((TABLE.counts[0].key, period.key, code, group.code, size // (position + 1) + len(period.halves)))
    schema = {"measure": pl.String, "period": pl.String, "municipality": pl.String, "group_code": pl.String, "value": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def content(
    *half_years: HalfYear,
    release_id: str = "r0001",
    before: pl.DataFrame | None = None,
    all_places: bool = False,
    protection: Protection | None = None,
) -> ReleaseContent:
    """A release over the half-years; 0034 withdrew the second half of 2019."""
    protection = protection or Protection()
    table_periods = periods(half_years)
    participation = {
        str(half): dict.fromkeys(municipalities(half) if all_places else DELIVERED, Participation.DELIVERED) for half in half_years
    }
    if str(H2) in participation:
        participation[str(H2)]["0034"] = Participation.WITHDRAWN
    stands = participation_by_period(table_periods, participation)
    codes = [group.code for group in TABLE.groups(table_periods[-1].reference)]
    true = true_figures(table_periods, stands)
    protected = protected_cells(TABLE, true, stands, inhabitants_of(table_periods), codes, protection, KEY)
    changes = changes_between(protected.clear() if before is None else before, protected)
    texts = pl.DataFrame({"half_year": [str(H1)], "municipality": ["0518"], "text": ['Een "nieuw" systeem;\nmeer cliënten.']})
    return ReleaseContent(
        release_id=release_id,
        created=dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM),
        synthetic=True,
        law=WMO,
        tables=(PublishedTable(TABLE, table_periods, protection, protected, changes),),
        periods=table_periods,
        statuses=dict(statuses(half_years)),
        participation={str(half): (len(participation[str(half)]), len(municipalities(half))) for half in half_years},
        explanations=texts,
        deliveries=("aa", "bb"),
        versions={"code": "abc", "mapping": {"2019-H1": "83262NED"}},
        previous=None if before is None else "r0001",
    )
