"""Tables as StatLine publishes them, in the folder layout of `cbsodataR`: metadata, one file per dimension, and a dense cube."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.formats.keys import CELL_COLUMNS, keys_of
from gmsd.formats.registry import Format
from gmsd.formats.tabular import table, to_csv
from gmsd.formats.texts import filled, render

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Dimension


def statline(content: ReleaseContent) -> dict[str, bytes]:
    """The files of every table: `{table}/{name}` -> bytes.

    Keys are padded with blanks to the longest of their list, as CBS does. `data.csv` holds every combination of the published keys;
    `ID` is its row-major index; a missing figure is empty.
    """
    return {
        f"{published.table.table_id}/{name}.csv": to_csv(frame)
        for published in content.tables
        for name, frame in _files(content, published).items()
    }


FORMAT = Format("statline", ("csv",), statline, title="Mappen van StatLine, zoals cbsodataR ze schrijft")


def _files(content: ReleaseContent, published: PublishedTable) -> dict[str, pl.DataFrame]:
    keys = {dimension.key: _keys(content, published, dimension) for dimension in published.table.dimensions}
    cube = _cube(published, keys)
    return {
        "TableInfos": _table_infos(content, published, default_selection(published, keys, cube)),
        "DataProperties": _data_properties(content, published),
        "CategoryGroups": _category_groups(published.table.dimensions),
        **keys,
        "data": cube,
    }


def _keys(content: ReleaseContent, published: PublishedTable, dimension: Dimension) -> pl.DataFrame:
    found = keys_of(content, published, dimension)
    if dimension.kind == "periods":
        return _padded(found)
    heading = len(dimension.headings) - 1 if dimension.total and dimension.headings else None
    return _padded(found.with_columns(CategoryGroupID=pl.lit(heading, pl.Int64)))


def _category_groups(dimensions: tuple[Dimension, ...]) -> pl.DataFrame:
    rows = [
        (number, dimension.key, title, None, number - 1 if number else None)
        for dimension in dimensions
        for number, title in enumerate(dimension.headings)
    ]
    return table(["ID", "DimensionKey", "Title", "Description", "ParentID"], rows, integers=["ID", "ParentID"])


def _padded(frame: pl.DataFrame) -> pl.DataFrame:
    width = int(frame["Key"].str.len_chars().max() or 0)  # type: ignore[arg-type]
    return frame.with_columns(pl.col("Key").str.pad_end(width))


def _cube(published: PublishedTable, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    cube = pl.DataFrame({"order": [0]})
    for key, listed in keys.items():
        cube = cube.join(listed.select(pl.col("Key").alias(key)), how="cross", maintain_order="left_right")
    columns = {published.table.dimension(kind).key: name for kind, name in CELL_COLUMNS.items()}
    cube = (
        cube.drop("order").with_row_index("ID").with_columns(pl.col(key).str.strip_chars_end().alias(name) for key, name in columns.items())
    )
    for measure in published.table.measures:
        shown = published.cells.filter(pl.col("measure") == measure.key).select(*columns.values(), pl.col("value").alias(measure.key))
        cube = cube.join(shown, on=list(columns.values()), how="left", maintain_order="left")
    return cube.select("ID", *keys, *(measure.key for measure in published.table.measures))


def default_selection(published: PublishedTable, keys: dict[str, pl.DataFrame], cube: pl.DataFrame) -> str:
    """What a reader sees first: a filter over the data, of keys that a figure is shown for.

    The newest period in which the nation is shown, else the newest in which any municipality is, with the first of those; where nothing
    is shown at all, the nation in the newest period. All groups, and the totals of the other dimensions.
    """
    groups, places, times = (published.table.dimension(kind).key for kind in ("groups", "regions", "periods"))
    total = keys[groups]["Key"][0]
    shown = cube.filter(pl.col(published.table.measures[0].key).is_not_null())
    order = {name: pl.col(name).cast(pl.Enum(keys[name]["Key"])).to_physical() for name in (times, places)}
    best = shown.sort(pl.col(places).str.starts_with("NL"), order[times], pl.col(groups) == total, -order[places].cast(pl.Int64)).tail(1)
    newest, nation = keys[times]["Key"][-1], keys[places]["Key"][0]
    chosen = {times: best[times][0], places: best[places][0]} if best.height else {times: newest, places: nation}
    wanted = {name: [chosen[name]] if name in chosen else listed["Key"].to_list() for name, listed in keys.items()}
    terms = (" or ".join(f"({name} eq '{key}')" for key in listed) for name, listed in wanted.items())
    return "$filter=" + " and ".join(f"({term})" for term in terms)


def _data_properties(content: ReleaseContent, published: PublishedTable) -> pl.DataFrame:
    columns = (
        "odata.type", "ID", "Position", "ParentID", "Type", "Key", "Title", "Description", "MapYear", "ReleasePolicy", "Datatype", "Unit",
        "Decimals", "Default", "PresentationType",
    )  # fmt: skip
    kinds = {"regions": "GeoDimension", "periods": "TimeDimension"}
    rows: list[tuple[str | int | None, ...]] = []
    for position, said in enumerate(published.table.dimensions):
        kind = kinds.get(said.kind, "Dimension")
        policy = "true" if kind == "TimeDimension" else None
        about = (said.key, said.title, said.description, None, policy)
        rows.append((f"Cbs.OData.{kind}", position, position, None, kind, *about, *[None] * 5))
    for position, measure in enumerate(published.table.measures, start=len(rows)):
        measured = ("Long", measure.unit, 0, "Missing", measure.presentation)
        description = filled(measure.description, content, published)
        rows.append(("Cbs.OData.Topic", position, position, None, "Topic", measure.key, measure.title, description, None, None, *measured))
    return table(columns, rows, integers=["ID", "Position", "ParentID", "Decimals"])


def _table_infos(content: ReleaseContent, published: PublishedTable, selection: str) -> pl.DataFrame:
    years = sorted({period.year for period in published.periods})
    modified = content.created.strftime("%Y-%m-%dT%H:%M:%S")
    description = render("short_description", content, published)
    explanation = render("explanatory_text", content, published)
    said: dict[str, str | int | None] = {
        "ID": 0,
        "Title": published.table.title,
        "ShortTitle": published.table.short_title,
        "Identifier": published.table.table_id,
        "Summary": published.table.summary,
        "Modified": modified,
        "ReasonDelivery": "Actualisering" if content.previous else "Nieuwe tabel",
        "ExplanatoryText": explanation,
        "Language": "nl",
        "Catalog": "CBS",
        "Frequency": published.table.frequency,
        "Period": str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}",
        "ShortDescription": description,
        "Description": explanation,
        "DefaultPresentation": published.table.presentation,
        "DefaultSelection": selection,
        "GraphTypes": "Table,Bar,Map",
        "OutputStatus": "Regulier",
        "Source": "CBS.",
        "MetaDataModified": modified,
        "SearchPriority": "2",
    }
    return table(list(said), [tuple(said.values())], integers=["ID"])
