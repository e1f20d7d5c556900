"""A release of a few real municipalities, made by the pure rooms only."""

from __future__ import annotations

import datetime as dt

import polars as pl

from gmsd.clock import AMSTERDAM
from gmsd.disclosure import Rule, protect
from gmsd.figures import WMO_CLIENTS, Period, cells, inhabitants_of, periods, standing, statuses
from gmsd.reference import groups, municipalities
from gmsd.releases import Content
from gmsd.releases.changes import changes
from gmsd.rounds import HalfYear

KEY = bytes(range(32))
DELIVERED = ("0518", "0363", "0034", "0050")
H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)


def true_figures(table_periods: tuple[Period, ...], stands: pl.DataFrame) -> pl.DataFrame:
    """Counts that differ by place, group and period; 0050 has a few clients only."""
    rows = []
    for period in table_periods:
        for code in stands.filter((pl.col("period") == period.key) & (pl.col("participation") == "delivered"))["municipality"]:
            for position, group in enumerate(groups(period.reference)):
                size = 6 if code == "0050" else 100 * int(code)
                rows.append((period.key, code, group.code, size // (position + 1) + len(period.halves)))
    schema = {"period": pl.String, "municipality": pl.String, "group_code": pl.String, "clients": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def content(*half_years: HalfYear, release_id: str = "r0001", before: pl.DataFrame | None = None, all_places: bool = False) -> Content:
    """A release over the half-years; 0034 withdrew the second half of 2019."""
    table_periods = periods(half_years)
    participation = {str(half): dict.fromkeys(municipalities(half) if all_places else DELIVERED, "delivered") for half in half_years}
    if str(H2) in participation:
        participation[str(H2)]["0034"] = "withdrawn"
    stands = standing(table_periods, participation)
    grid = cells(true_figures(table_periods, stands), stands, [group.code for group in groups(table_periods[-1].reference)])
    shown = protect(grid, inhabitants_of(table_periods), Rule(), KEY, nested=WMO_CLIENTS.nested)
    protected = shown.with_columns(pl.col("reason").fill_null("shown"))
    texts = pl.DataFrame({"half_year": [str(H1)], "municipality": ["0518"], "text": ['Een "nieuw" systeem;\nmeer cliënten.']})
    return Content(
        release_id=release_id,
        created=dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM),
        synthetic=True,
        table=WMO_CLIENTS,
        periods=table_periods,
        statuses=dict(statuses(half_years)),
        cells=protected,
        participation={str(half): (len(participation[str(half)]), len(municipalities(half))) for half in half_years},
        explanations=texts,
        rule=Rule(),
        deliveries=("aa", "bb"),
        versions={"code": "abc", "mapping": {"2019-H1": "83262NED"}},
        previous=None if before is None else "r0001",
        changes=changes(protected.clear() if before is None else before, protected),
    )
