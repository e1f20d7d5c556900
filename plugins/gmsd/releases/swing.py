"""The import of Waarstaatjegemeente (ABF Swing): indicator per column, special values for what is missing, a sheet about the indicators."""

from __future__ import annotations

import io
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from gmsd.dutch import dutch_day
from gmsd.reference import inhabitants_date
from gmsd.releases.explanations import printed
from gmsd.releases.tabular import table, to_csv
from gmsd.releases.texts import data_text, rounding_words, threshold_words

if TYPE_CHECKING:
    from gmsd.figures import Period
    from gmsd.releases.content import Content

HIDDEN = -99997
"""Swing's value for a figure that is there and not shown."""
UNKNOWN = -99999
"""Swing's value for a figure that is not there: not delivered, withdrawn or dissolved; which of these, nobody can tell from it."""


@cache
def _indicators() -> pl.DataFrame:
    """`group_code`, `clients`, `clients_per_1000` (indicator codes, never renamed) and `name`, in the order of the table."""
    return pl.read_csv(io.StringIO(data_text("indicators.csv")), infer_schema=False)


def period_code(period: Period, content: Content) -> str:
    """A period as Swing writes it: the year, or the half-year in the form that the installation sets."""
    half = period.halves[0]
    return str(period.year) if period.is_year else content.half_year_code.format(year=half.year, half=half.half)


def swing(content: Content) -> dict[str, bytes]:
    """The files of the import: one per period, `indicatoren.csv` and `toelichting.csv`.

    Municipalities only: Swing's Netherlands would be filled by its own sum of municipalities or by a figure of another kind, so the
    indicators say that they are not to be added up, and the national figure stays StatLine's.
    """
    result = {f"gmsd_wmo_{period.key}.csv": to_csv(_of_period(content, period)) for period in content.periods}
    return {**result, "indicatoren.csv": to_csv(_about(content)), "toelichting.csv": to_csv(_explanations(content))}


def _of_period(content: Content, period: Period) -> pl.DataFrame:
    municipal = content.cells.filter((pl.col("period") == period.key) & pl.col("region").str.starts_with("GM"))
    valued = municipal.with_columns(
        count=pl.when(pl.col("reason") == "suppressed").then(HIDDEN).otherwise(pl.col("shown").fill_null(UNKNOWN)),
        per_1000=pl.when(pl.col("reason") == "suppressed").then(HIDDEN).otherwise(pl.col("rate").fill_null(UNKNOWN)),
    )
    indicators = _indicators()
    codes = [code for row in indicators.select("clients", "clients_per_1000").iter_rows() for code in row]
    long = valued.join(indicators, on="group_code")
    pairs = (("clients", "count"), ("clients_per_1000", "per_1000"))
    stacked = pl.concat([long.select("region", indicator=pl.col(code), value=pl.col(value).cast(pl.Int64)) for code, value in pairs])
    wide = stacked.pivot("indicator", index="region", values="value").sort("region")
    return wide.select(
        pl.lit(period_code(period, content)).alias("period"),
        pl.lit("gemeente").alias("geolevel"),
        pl.col("region").str.strip_prefix("GM").cast(pl.Int64).alias("geoitem"),
        *codes,
    )


def _about(content: Content) -> pl.DataFrame:
    columns = (
        "Indicator code", "Name", "Description", "Unit", "Source", "Data type", "Periode type", "RoundOff", "Provisional period",
        "Aggregate geoitems",
    )  # fmt: skip
    provisional = " ".join(period_code(period, content) for period in content.periods if content.statuses[period.key] != "Definitief")
    days = " en ".join(dutch_day(day) for day in sorted({inhabitants_date(period.reference) for period in content.periods}))
    how = rounding_words(content.rule)
    made_up = "Verzonnen gegevens. " if content.synthetic else ""
    rows = []
    for _, clients, per_1000, name in _indicators().iter_rows():
        count = f"{made_up}Aantal personen met ten minste één maatwerkarrangement in de periode; {how}. {threshold_words(content.rule)}"
        rate = f"{made_up}Het gepubliceerde, afgeronde aantal per 1 000 inwoners op {days}, in hele getallen."
        rows += [
            (clients, name, count, "aantal", "CBS", "Numeric", "halfjaar, jaar", 0, provisional, 0),
            (per_1000, f"{name} per 1 000 inwoners", rate, "per 1 000 inwoners", "CBS", "Numeric", "halfjaar, jaar", 0, provisional, 0),
        ]
    return table(columns, rows, integers=["RoundOff", "Aggregate geoitems"])


def _explanations(content: Content) -> pl.DataFrame:
    """The explanations of municipalities whose half-year is in the release, each on one line and harmless."""
    codes = {str(period.halves[0]): period_code(period, content) for period in content.periods if not period.is_year}
    rows = [
        (codes[half_year], "gemeente", int(municipality), printed(text))
        for half_year, municipality, text in content.explanations.sort("half_year", "municipality").iter_rows()
    ]
    return table(["period", "geolevel", "geoitem", "toelichting"], rows, integers=["geoitem"])
