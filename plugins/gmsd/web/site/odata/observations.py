"""A served table once more, in the shape in which CBS gives tables in OData 4: a row for each figure, and codes for what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.odata import EntitySet, ODataVersion, fields_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NOT_SAID = ("Authority", "Publisher", "ContactPoint", "License")
"""What CBS says of its own tables; of these nothing is known here."""
_GROUP = {"Id": pl.String, "Index": pl.Int32, "Title": pl.String, "Description": pl.String, "ParentId": pl.String}


def observed_sets(sets: Mapping[str, EntitySet], release_id: str) -> dict[str, EntitySet]:
    """The entity sets of version 4, made of those of version 3.

    Keys have no padding. A figure that is not shown has no row in `Observations`, whose `Id` is the figure's place in the whole cube. A
    measure is known by the key of its topic.
    """
    listed = sets["DataProperties"].rows
    topics = listed.filter(pl.col("Type") == "Topic")
    dimensions = listed.filter(pl.col("Type") != "Topic")
    names = dimensions["Key"].to_list()
    observations = _observations(sets["TypedDataSet"].rows, topics["Key"].to_list(), names)
    groups = {name: _groups(sets["CategoryGroups"].rows.filter(pl.col("DimensionKey") == name)) for name in names}
    made = [
        _set("MeasureCodes", "MeasureCode", _measures(topics)),
        _set("MeasureGroups", "MeasureGroup", pl.DataFrame(schema=_GROUP)),
        _set("Dimensions", "Dimension", _dimensions(dimensions, groups)),
        *(_set(f"{name}Codes", f"{name}Code", _codes(sets[name].rows)) for name in names),
        *(_set(f"{name}Groups", f"{name}Group", found) for name, found in groups.items()),
        _set("Observations", "Observation", observations),
        _set("Properties", "Dataset", _properties(sets["TableInfos"].rows, release_id, observations.height), single=True),
    ]
    return {entities.name: entities for entities in made}


def datasets(tables: Sequence[Mapping[str, EntitySet]]) -> dict[str, EntitySet]:
    """What stands above all tables: the catalogs, and the tables that are in them."""
    told = [
        "Identifier", "Title", "Description", "Language", "Modified", "Catalog", "Version", "VersionNotes", "VersionReason", "Status",
        "ObservationsModified", "ObservationCount", "DatasetType",
    ]  # fmt: skip
    listed = pl.concat(sets["Properties"].rows.select(told) for sets in tables)
    catalogs = listed.select(pl.col("Catalog").unique(maintain_order=True).alias("Identifier")).with_columns(
        pl.lit("Gemeentelijke Monitor Sociaal Domein").alias("Title"), pl.lit("nl").alias("Language"), *_nothing_said()
    )
    made = [_set("Catalogs", "Catalog", catalogs), _set("Datasets", "Dataset", listed, forms={"Identifier": "id"})]
    return {entities.name: entities for entities in made}


def _set(name: str, entity_type: str, rows: pl.DataFrame, *, forms: Mapping[str, str] | None = None, single: bool = False) -> EntitySet:
    return EntitySet(name, entity_type, rows, rows.columns[0], fields_of(rows, forms, version=ODataVersion.V4), single=single)


def _observations(cube: pl.DataFrame, topics: list[str], names: list[str]) -> pl.DataFrame:
    measure = pl.DataFrame({"Measure": topics}).with_row_index("place")
    long = cube.unpivot(topics, index=["ID", *names], variable_name="Measure", value_name="Value").drop_nulls("Value")
    return (
        long.join(measure, on="Measure")
        .select(
            (pl.col("ID") * len(topics) + pl.col("place")).cast(pl.Int32).alias("Id"),
            "Measure",
            pl.lit("None").alias("ValueAttribute"),
            pl.col("Value").cast(pl.Float64),
            pl.lit(None, dtype=pl.String).alias("StringValue"),
            pl.col(names).str.strip_chars_end(" "),
        )
        .sort("Id")
    )


def _index() -> pl.Expr:
    return pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("Index")


def _said(name: str) -> pl.Expr:
    """A text; CBS's version 4 has an empty one where its version 3 has nothing."""
    return pl.col(name).fill_null("").alias(name)


def _measures(topics: pl.DataFrame) -> pl.DataFrame:
    return topics.select(
        pl.col("Key").alias("Identifier"), _index(), "Title", _said("Description"), pl.lit(None, dtype=pl.String).alias("MeasureGroupId"),
        pl.col("Datatype").alias("DataType"), "Unit", pl.lit(None, dtype=pl.String).alias("Format"), "Decimals", "PresentationType",
    )  # fmt: skip


def _dimensions(dimensions: pl.DataFrame, groups: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    grouped = [name for name, found in groups.items() if found.height]
    return dimensions.select(
        pl.col("Key").alias("Identifier"), "Title", _said("Description"), pl.col("Type").alias("Kind"), "MapYear",
        pl.when(pl.col("ReleasePolicy")).then(pl.lit("True")).otherwise(pl.lit("False")).alias("ReleasePolicy"),
        pl.col("Key").is_in(grouped).alias("ContainsGroups"), pl.lit(value=True).alias("ContainsCodes"),
    )  # fmt: skip


def _codes(keys: pl.DataFrame) -> pl.DataFrame:
    key = pl.col("Key").str.strip_chars_end(" ").alias("Identifier")
    group = pl.col("CategoryGroupID").cast(pl.String) if "CategoryGroupID" in keys.columns else pl.lit(None, dtype=pl.String)
    status = ["Status"] if "Status" in keys.columns else []
    return keys.select(key, _index(), "Title", _said("Description"), group.alias("DimensionGroupId"), *status)


def _groups(found: pl.DataFrame) -> pl.DataFrame:
    return found.select(
        pl.col("ID").cast(pl.String).alias("Id"), _index(), "Title", "Description", pl.col("ParentID").cast(pl.String).alias("ParentId")
    )


def _nothing_said() -> list[pl.Expr]:
    return [pl.lit(None, dtype=pl.String).alias(name) for name in _NOT_SAID]


def _properties(info: pl.DataFrame, release_id: str, count: int) -> pl.DataFrame:
    return info.select(
        "Identifier", "Title", pl.col("ShortDescription").alias("Description"), "Language", "Modified",
        pl.col("Period").alias("TemporalCoverage"), "Catalog", pl.lit(release_id).alias("Version"), pl.lit("").alias("VersionNotes"),
        pl.col("ReasonDelivery").alias("VersionReason"), "Frequency", pl.col("OutputStatus").alias("Status"),
        pl.lit(count, dtype=pl.Int32).alias("ObservationCount"), pl.col("Modified").alias("ObservationsModified"),
        pl.lit("Numeric").alias("DatasetType"), "DefaultPresentation", "GraphTypes", "SearchPriority", "Source", "Summary",
        pl.col("ExplanatoryText").alias("LongDescription"), *_nothing_said(),
    )  # fmt: skip
