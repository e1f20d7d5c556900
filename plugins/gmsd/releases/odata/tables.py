"""A published table as entity sets, and the catalogue that names it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from gmsd.releases.odata.filters import Fields, fields_of
from gmsd.releases.statline import CLIENTS, CLIENTS_PER_1000, DIMENSIONS
from gmsd.releases.tabular import from_csv
from gmsd.releases.texts import data_text

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = ("TableInfos", "DataProperties", "CategoryGroups")
TYPED, UNTYPED = "TypedDataSet", "UntypedDataSet"
TYPE = "odata.type"
"""Column that holds the type of an entity of a set with more than one: no property, so it cannot be named in a query option."""
MOMENT = "%Y-%m-%dT%H:%M:%S"
_MEASURES = (CLIENTS, CLIENTS_PER_1000)
_WHOLE = frozenset(("ID", "Position", "ParentID", "Decimals", "CategoryGroupID", *_MEASURES))
_MOMENTS = frozenset(("Modified", "MetaDataModified"))
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class EntitySet:
    """Rows that a service gives under one name.

    Attributes:
        name: Of the set.
        entity_type: Name of the type of its entities.
        rows: The entities.
        key: The property that tells them apart.
        fields: What a filter may name.
        derived: Types that an entity may have besides `entity_type`.
    """

    name: str
    entity_type: str
    rows: pl.DataFrame
    key: str
    fields: Fields
    derived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the release in force.

    Attributes:
        table_id: StatLine's identifier.
        release_id: The release it comes from.
        sets: Entity sets in the order of the service list.
    """

    table_id: str
    release_id: str
    sets: dict[str, EntitySet] = field(default_factory=dict)


def read_table(table_id: str, release_id: str, files: Mapping[str, bytes]) -> Table:
    """Make a table of the files of its StatLine folder (name -> bytes).

    `TypedDataSet` holds numbers and null; `UntypedDataSet` holds text as CBS writes it, right-aligned, with a dot for a missing figure.
    """
    data = _typed(from_csv(files["data.csv"]))
    as_text = pl.col(_MEASURES).cast(pl.String).fill_null(".").str.pad_start(_WIDTH)
    properties = _typed(from_csv(files["DataProperties.csv"])).with_columns(pl.col("ReleasePolicy") == "true")
    keys = dict.fromkeys(DIMENSIONS, "key")
    sets = [
        _set("TableInfos", "TableInfo", _typed(from_csv(files["TableInfos.csv"])), "ID", {"Identifier": "id"}),
        _set(UNTYPED, UNTYPED, data.with_columns(as_text), "ID", keys | dict.fromkeys(_MEASURES, "figure")),
        _set(TYPED, TYPED, data, "ID", keys),
        _set("DataProperties", "DataProperty", properties, "ID"),
        _set("CategoryGroups", "CategoryGroup", _typed(from_csv(files["CategoryGroups.csv"])), "ID"),
        *(_set(name, name, _typed(from_csv(files[f"{name}.csv"])), "Key", {"Key": "key"}) for name in DIMENSIONS),
    ]
    return Table(table_id, release_id, {entities.name: entities for entities in sets})


def catalogue(table: Table, api: str, feed: str) -> dict[str, EntitySet]:
    """The entity sets of CBS's catalogue, with this table in it; nothing is featured.

    Args:
        table: The table.
        api: Its address at ODataApi.
        feed: Its address at ODataFeed.
    """
    data = table.sets[TYPED].rows
    links = "".join(f'<br /><a href="{link}">{link}</a>' for link in (api, feed))
    tables = table.sets["TableInfos"].rows.select(
        "ID", pl.col("Modified").alias("Updated"), "Identifier", "Title", "ShortTitle", "ShortDescription", "Summary", "Modified",
        "MetaDataModified", "ReasonDelivery", "ExplanatoryText", "OutputStatus", "Source", "Language", "Catalog", "Frequency", "Period",
        pl.concat_str(pl.col("Summary"), pl.lit(links)).alias("SummaryAndLinks"),
        pl.lit(api).alias("ApiUrl"), pl.lit(feed).alias("FeedUrl"), "DefaultPresentation", "DefaultSelection", "GraphTypes",
        pl.lit(data.height, dtype=pl.Int32).alias("RecordCount"), pl.lit(data.width - 1, dtype=pl.Int32).alias("ColumnCount"),
        "SearchPriority",
    )  # fmt: skip
    themes = _themes()
    leaf = themes["ID"].to_list()[-1]
    listed = tables.select(
        ID=pl.col("ID"), TableID=pl.col("ID"), TableIdentifier=pl.col("Identifier"), ThemeID=pl.lit(leaf, dtype=pl.Int32)
    )
    featured = pl.DataFrame(schema={"ID": pl.Int32, "Title": pl.String, "Language": pl.String, "Catalog": pl.String})
    marked = pl.DataFrame(schema={"ID": pl.Int32, "TableID": pl.Int32, "FeaturedID": pl.Int32})
    sets = [
        _set("Tables", "Table", tables, "ID", {"Identifier": "id"}),
        _set("Featured", "Featured", featured, "ID"),
        _set("Table_Featured", "Table_Featured", marked, "ID"),
        _set("Themes", "Theme", themes, "ID"),
        _set("Tables_Themes", "Table_Theme", listed, "ID", {"TableIdentifier": "id"}),
    ]
    return {entities.name: entities for entities in sets}


def _set(name: str, entity_type: str, rows: pl.DataFrame, key: str, forms: Mapping[str, str] | None = None) -> EntitySet:
    mixed = TYPE if TYPE in rows.columns else ""
    derived = tuple(kind.rpartition(".")[2] for kind in rows[TYPE].unique(maintain_order=True)) if mixed else ()
    return EntitySet(name, entity_type, rows, key, fields_of(rows, forms, mixed), derived)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    whole = [name for name in frame.columns if name in _WHOLE]
    moments = [name for name in frame.columns if name in _MOMENTS]
    return frame.with_columns(pl.col(whole).cast(pl.Int32), pl.col(moments).str.to_datetime(MOMENT, time_unit="us"))


@cache
def _themes() -> pl.DataFrame:
    """The themes down to the one that the table stands under, which is the last."""
    read: list[dict[str, Any]] = yaml.safe_load(data_text("themes.yaml"))["themes"]
    schema = {"ID": pl.Int32, "ParentID": pl.Int32, "Number": pl.String, "Title": pl.String, "Language": pl.String, "Catalog": pl.String}
    return pl.DataFrame(read, schema=schema, orient="row")
