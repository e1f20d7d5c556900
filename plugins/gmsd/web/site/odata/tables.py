"""Published tables as entity sets, and the catalogue that names them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.odata import MOMENT, TYPE, EntitySet, fields_of
from gmsd.tables import NoTableError, table_of
from gmsd.web.site.odata.observations import observed_sets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METADATA = ("TableInfos", "DataProperties", "CategoryGroups")
TYPED, UNTYPED = "TypedDataSet", "UntypedDataSet"
_WHOLE = frozenset(("ID", "Position", "ParentID", "Decimals", "CategoryGroupID"))
_MOMENTS = frozenset(("Modified", "MetaDataModified"))
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class ServedTable:
    """One table of the release in force.

    Attributes:
        table_id: StatLine's identifier.
        release_id: The release it comes from.
        sets: Entity sets of version 3 in the order of the service list.
        observed: Those of version 4.
    """

    table_id: str
    release_id: str
    sets: dict[str, EntitySet]
    observed: dict[str, EntitySet]


def read_table(table_id: str, release_id: str, files: Mapping[str, bytes]) -> ServedTable:
    """Make a table of the files of its StatLine folder (name -> bytes).

    `TypedDataSet` holds numbers and null; `UntypedDataSet` holds text as CBS writes it, right-aligned, with a dot for a missing figure.
    """
    properties = _typed(_text(files["DataProperties.csv"])).with_columns(pl.col("ReleasePolicy") == "true")
    topics = properties.filter(pl.col("Type") == "Topic")["Key"].to_list()
    dimensions = properties.filter(pl.col("Type") != "Topic")["Key"].to_list()
    data = _typed(_text(files["data.csv"])).with_columns(pl.col(topics).cast(pl.Int32))
    as_text = pl.col(topics).cast(pl.String).fill_null(".").str.pad_start(_WIDTH)
    keys = dict.fromkeys(dimensions, "key")
    sets = [
        _set("TableInfos", "TableInfo", _typed(_text(files["TableInfos.csv"])), "ID", {"Identifier": "id"}),
        _set(UNTYPED, UNTYPED, data.with_columns(as_text), "ID", keys | dict.fromkeys(topics, "figure")),
        _set(TYPED, TYPED, data, "ID", keys),
        _set("DataProperties", "DataProperty", properties, "ID"),
        _set("CategoryGroups", "CategoryGroup", _typed(_text(files["CategoryGroups.csv"])), "ID"),
        *(_set(name, name, _typed(_text(files[f"{name}.csv"])), "Key", {"Key": "key"}) for name in dimensions),
    ]
    by_name = {entities.name: entities for entities in sets}
    return ServedTable(table_id, release_id, by_name, observed_sets(by_name, release_id))


def catalogue(tables: Sequence[ServedTable], addresses: Mapping[str, tuple[str, str]]) -> dict[str, EntitySet]:
    """The entity sets of CBS's catalogue, with these tables in it; nothing is featured.

    Args:
        tables: The tables.
        addresses: Table id -> its addresses at ODataApi and at ODataFeed.
    """
    listed = pl.concat(_listed(table, *addresses[table.table_id]) for table in tables).drop("ID").with_row_index("ID")
    listed = listed.with_columns(pl.col("ID").cast(pl.Int32))
    themes, leaves = _themes(tables)
    placed = listed.select(
        ID=pl.col("ID"),
        TableID=pl.col("ID"),
        TableIdentifier=pl.col("Identifier"),
        ThemeID=pl.Series(leaves, dtype=pl.Int32),
    ).filter(pl.col("ThemeID").is_not_null())
    featured = pl.DataFrame(schema={"ID": pl.Int32, "Title": pl.String, "Language": pl.String, "Catalog": pl.String})
    marked = pl.DataFrame(schema={"ID": pl.Int32, "TableID": pl.Int32, "FeaturedID": pl.Int32})
    sets = [
        _set("Tables", "Table", listed, "ID", {"Identifier": "id"}),
        _set("Featured", "Featured", featured, "ID"),
        _set("Table_Featured", "Table_Featured", marked, "ID"),
        _set("Themes", "Theme", themes, "ID"),
        _set("Tables_Themes", "Table_Theme", placed, "ID", {"TableIdentifier": "id"}),
    ]
    return {entities.name: entities for entities in sets}


def _listed(table: ServedTable, api: str, feed: str) -> pl.DataFrame:
    data = table.sets[TYPED].rows
    links = "".join(f'<br /><a href="{link}">{link}</a>' for link in (api, feed))
    return table.sets["TableInfos"].rows.select(
        "ID", pl.col("Modified").alias("Updated"), "Identifier", "Title", "ShortTitle", "ShortDescription", "Summary", "Modified",
        "MetaDataModified", "ReasonDelivery", "ExplanatoryText", "OutputStatus", "Source", "Language", "Catalog", "Frequency", "Period",
        pl.concat_str(pl.col("Summary"), pl.lit(links)).alias("SummaryAndLinks"),
        pl.lit(api).alias("ApiUrl"), pl.lit(feed).alias("FeedUrl"), "DefaultPresentation", "DefaultSelection", "GraphTypes",
        pl.lit(data.height, dtype=pl.Int32).alias("RecordCount"), pl.lit(data.width - 1, dtype=pl.Int32).alias("ColumnCount"),
        "SearchPriority",
    )  # fmt: skip


def _themes(tables: Sequence[ServedTable]) -> tuple[pl.DataFrame, list[int | None]]:
    """The themes that tables stand under, each once, from the top down; and of each table the lowest of its own."""
    numbered: dict[tuple[str, ...], int] = {}
    rows = []
    leaves: list[int | None] = []
    for table in tables:
        try:
            path = table_of(table.table_id).themes
        except NoTableError:  # of a release that is older than the definitions
            path = ()
        above: int | None = None
        for depth, (title, number) in enumerate(path, start=1):
            name = tuple(each for each, _number in path[:depth])
            if name not in numbered:
                numbered[name] = len(numbered)
                rows.append((numbered[name], above, number, title, "nl", "CBS"))
            above = numbered[name]
        leaves.append(above)
    schema = {"ID": pl.Int32, "ParentID": pl.Int32, "Number": pl.String, "Title": pl.String, "Language": pl.String, "Catalog": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row"), leaves


def _set(name: str, entity_type: str, rows: pl.DataFrame, key: str, forms: Mapping[str, str] | None = None) -> EntitySet:
    mixed = TYPE if TYPE in rows.columns else ""
    derived = tuple(kind.rpartition(".")[2] for kind in rows[TYPE].unique(maintain_order=True)) if mixed else ()
    return EntitySet(name, entity_type, rows, key, fields_of(rows, forms, types=mixed), derived)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    whole = [name for name in frame.columns if name in _WHOLE]
    moments = [name for name in frame.columns if name in _MOMENTS]
    return frame.with_columns(pl.col(whole).cast(pl.Int32), pl.col(moments).str.to_datetime(MOMENT, time_unit="us"))


def _text(data: bytes) -> pl.DataFrame:
    """A frame of nothing but text from CSV; an empty field is null. Leading zeros and padding blanks stay."""
    return pl.read_csv(io.BytesIO(data), infer_schema=False)
