"""A workbook of each table for people: the figures by municipality with titles instead of keys, and how to read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.dutch import dutch_day
from gmsd.formats.explanations import printed
from gmsd.formats.keys import keys_of
from gmsd.formats.long_table import MEASURE, MISSING, STATUS, TITLE, VALUE, WHY_MISSING, long_table
from gmsd.formats.registry import Format
from gmsd.formats.texts import filled, render
from gmsd.formats.wording import STATUS_WORDS
from gmsd.reference import name
from gmsd.rendering import Grid, spreadsheet
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Measure

PLACE, CODE, PERIOD = "Regio", "Code", "Periode"
"""The columns before those of the groups, with `Status`."""
_WORDS = tuple(f"{word}: {what}" for word, what in WHY_MISSING.items())


def write(content: ReleaseContent) -> dict[str, bytes]:
    """`{table}.ods` for each table.

    A sheet explains it; each measure has one, with a row for each region and period and a column for each group; the last one has what
    municipalities said about their half-years, when any did.
    """
    return {f"{published.table.table_id}.ods": _workbook(content, published) for published in content.tables}


FORMAT = Format(
    "ods", ("ods",), write, title="Werkmap met toelichting, om te lezen", standard="https://docs.oasis-open.org/office/OpenDocument/v1.3/"
)


def _workbook(content: ReleaseContent, published: PublishedTable) -> bytes:
    rows = long_table(content, published)
    sheets = [_about(content, published), *(_figures(content, published, measure, rows) for measure in published.table.measures)]
    if content.explanations.height:
        sheets.append(_said(content))
    return spreadsheet(sheets, title=f"{published.table.title} ({published.table.table_id})", created=content.created)


def _about(content: ReleaseContent, published: PublishedTable) -> Grid:
    words = [f"Uitgave {content.release_id} van {dutch_day(content.created.date())}.", "", "WOORDEN IN PLAATS VAN EEN CIJFER", *_WORDS, ""]
    lines = words + render("explanatory_text", content, published).splitlines()
    return Grid("Toelichting", published.table.title, pl.DataFrame({"": lines}), [24], {}, [published.table.summary], headed=False)


def _figures(content: ReleaseContent, published: PublishedTable, measure: Measure, rows: pl.DataFrame) -> Grid:
    """A measure: a row for each region and period, a column for each group."""
    groups, regions, periods = (published.table.dimension(kind) for kind in ("groups", "regions", "periods"))
    index = {regions.key + TITLE: PLACE, regions.key: CODE, periods.key + TITLE: PERIOD, STATUS: STATUS}
    own = rows.filter(pl.col(MEASURE) == measure.key).with_columns(pl.col(STATUS).replace_strict(STATUS_WORDS))
    titles = _titles(keys_of(content, published, groups))
    wide, gaps = (
        own.pivot(groups.key, index=list(index), values=values, maintain_order=True).rename(index).select(*index.values(), *titles)
        for values in (VALUE, MISSING)
    )
    order = {key: at for at, key in enumerate(keys_of(content, published, regions)["Key"])}
    placed = pl.Series(wide[CODE].replace_strict(order, return_dtype=pl.Int64)).arg_sort()
    wide, gaps = (each[placed].rename(titles) for each in (wide, gaps))
    return Grid(
        measure.title,
        measure.title,
        wide,
        [5, 2, 3.5, 3.5, 3],
        {title: gaps[title] for title in titles.values()},
        [filled(measure.description, content, published), *_WORDS],
    )


def _titles(keys: pl.DataFrame) -> dict[str, str]:
    """Key -> title; one that another has too is followed by its key."""
    titles = keys["Title"].to_list()
    return {key: title if titles.count(title) == 1 else f"{title} ({key})" for key, title in keys.select("Key", "Title").iter_rows()}


def _said(content: ReleaseContent) -> Grid:
    rows = [
        (name(code), f"GM{code}", HalfYear.parse(half_year).dutch, printed(text))
        for half_year, code, text in content.explanations.sort("half_year", "municipality").iter_rows()
    ]
    frame = pl.DataFrame(rows, schema=[PLACE, CODE, PERIOD, "Toelichting van de gemeente"], orient="row")
    return Grid("Toelichting van gemeenten", "Toelichting van gemeenten", frame, [5, 2, 3.5, 20], {})
