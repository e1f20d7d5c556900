"""The import of Waarstaatjegemeente (ABF Swing): indicator per column, special values for what is missing, a sheet about the indicators."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import polars as pl

from gmsd.formats.explanations import printed
from gmsd.formats.long_table import is_hidden
from gmsd.formats.registry import Format
from gmsd.formats.tabular import table, to_csv
from gmsd.formats.texts import filled
from gmsd.rendering import fill

if TYPE_CHECKING:
    from gmsd.figures import Period
    from gmsd.formats.content import ReleaseContent

HIDDEN = -99997
"""Swing's value for a figure that is there and not shown."""
UNKNOWN = -99999
"""Swing's value for a figure that is not there: not delivered, withdrawn or dissolved; which of these, nobody can tell from it."""


_PERIOD_WORDS = {"half_years": "halfjaar", "years": "jaar"}


def period_code(period: Period, content: ReleaseContent) -> str:
    """A period as Swing writes it: the year, or the half-year in the form that the installation sets."""
    half = period.halves[0]
    return str(period.year) if period.is_year else content.half_year_code.format(year=half.year, half=half.half)


def swing(content: ReleaseContent) -> dict[str, bytes]:
    """The files of the import: indicators of every table per period and flat, what they are, and what municipalities said.

    Municipalities only: Swing's Netherlands would be filled by its own sum of municipalities or by a figure of another kind, so the
    indicators say that they are not to be added up, and the national figure stays StatLine's.

    Returns:
        `gmsd_{law}_{period}.csv`, one per period, an indicator per column; `plat_gmsd_{law}.csv`, the same values one on a line, with
        semicolons; `indicatoren.csv` and the same as `indicatoren.xlsx`; `toelichting.csv`.
    """
    wide = {period.key: _of_period(content, period) for period in content.periods}
    about = _about(content)
    return {
        **{f"gmsd_{content.law}_{period}.csv": to_csv(frame) for period, frame in wide.items()},
        f"plat_gmsd_{content.law}.csv": _flat(list(wide.values())).write_csv(separator=";", line_terminator="\n").encode(),
        "indicatoren.csv": to_csv(about),
        "indicatoren.xlsx": _sheet(content, about),
        "toelichting.csv": to_csv(_explanations(content)),
    }


FORMAT = Format("waarstaatjegemeente", ("csv", "xlsx"), swing, title="Import van Waarstaatjegemeente")


def _of_period(content: ReleaseContent, period: Period) -> pl.DataFrame:
    wide = pl.DataFrame(schema={"region": pl.String})
    codes = []
    for published in content.tables:
        defined = published.table
        indicators = [
            (group, each.measure, each.codes[group])
            for group in defined.indicator_names
            for each in defined.indicators
            if group in each.codes
        ]
        known = pl.DataFrame(indicators, schema=dict.fromkeys(("group_code", "measure", "indicator"), pl.String), orient="row")
        municipal = published.cells.filter((pl.col("period") == period.key) & pl.col("region").str.starts_with("GM"))
        value = pl.when(is_hidden()).then(HIDDEN).otherwise(pl.col("value").fill_null(UNKNOWN)).cast(pl.Int64)
        long = municipal.join(known, on=["group_code", "measure"]).select("region", "indicator", value=value)
        if long.height:
            wide = wide.join(long.pivot("indicator", index="region", values="value"), on="region", how="full", coalesce=True)
            codes += [code for _group, _measure, code in indicators if code in wide.columns]
    return wide.sort("region").select(
        pl.lit(period_code(period, content)).alias("period"),
        pl.lit("gemeente").alias("geolevel"),
        pl.col("region").str.strip_prefix("GM").cast(pl.Int64).alias("geoitem"),
        *(pl.col(code).fill_null(UNKNOWN) for code in codes),
    )


def _flat(periods: list[pl.DataFrame]) -> pl.DataFrame:
    """Every value on a line of its own, by period and indicator."""
    keys = ["period", "geolevel", "geoitem"]
    long = [frame.unpivot(index=keys, variable_name="NAAM", value_name="WAARDE") for frame in periods if frame.width > len(keys)]
    named = {"period": "PERIODE", "geolevel": "GEBIEDSNIVEAU", "geoitem": "GEBIED"}
    empty = pl.DataFrame(schema=dict.fromkeys([*named.values(), "NAAM", "WAARDE"], pl.String))
    return pl.concat(long).rename(named) if long else empty


def _sheet(content: ReleaseContent, about: pl.DataFrame) -> bytes:
    """The indicators as a workbook: the names of the columns in the first row, as an import wants them."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "Indicatoren", "created": content.created.replace(tzinfo=None)})
    page = book.add_worksheet("Indicatoren")
    for at, row in enumerate([tuple(about.columns), *about.iter_rows()]):
        page.write_row(at, 0, row)
    page.freeze_panes(1, 0)
    book.close()
    return buffer.getvalue()


def _about(content: ReleaseContent) -> pl.DataFrame:
    columns = (
        "Indicator code", "Name", "Description", "Unit", "Source", "Data type", "Periode type", "RoundOff", "Provisional period",
        "Aggregate geoitems",
    )  # fmt: skip
    provisional = " ".join(period_code(period, content) for period in content.periods if content.statuses[period.key] != "Definitief")
    made_up = "Verzonnen gegevens. " if content.synthetic else ""
    rows = []
    for published in content.tables:
        kinds = ", ".join(word for kind, word in _PERIOD_WORDS.items() if kind in published.table.periods)
        for group, name in published.table.indicator_names.items():
            for each in published.table.indicators:
                if group in each.codes:
                    description = made_up + filled(each.description, content, published)
                    said = (each.codes[group], fill(each.name, name=name), description, each.unit)
                    rows.append((*said, "CBS", "Numeric", kinds, 0, provisional, 0))
    return table(columns, rows, integers=["RoundOff", "Aggregate geoitems"])


def _explanations(content: ReleaseContent) -> pl.DataFrame:
    """The explanations of municipalities whose half-year is in the release, each on one line and harmless."""
    codes = {str(period.halves[0]): period_code(period, content) for period in content.periods if not period.is_year}
    rows = [
        (codes[half_year], "gemeente", int(municipality), printed(text))
        for half_year, municipality, text in content.explanations.sort("half_year", "municipality").iter_rows()
    ]
    return table(["period", "geolevel", "geoitem", "toelichting"], rows, integers=["geoitem"])
