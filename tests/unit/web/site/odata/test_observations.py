"""A table in the shape of OData 4, made of its sets of version 3."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from gmsd.odata import EntitySet, ODataVersion
from gmsd.releases import bundle
from gmsd.web.site.odata.observations import datasets, observed_sets
from gmsd.web.site.odata.tables import read_table
from tests.support.releases import H1, H2, content

TABLE = "83268NED"


@pytest.fixture(scope="module")
def sets() -> dict[str, EntitySet]:
    """The sets of version 3 of a table with three measures."""
    root = f"statline/{TABLE}/"
    files = bundle(content(H1, H2, every_table=True), "0" * 64)
    return read_table(TABLE, "r0001", {path.removeprefix(root): data for path, data in files.items() if path.startswith(root)}).sets


def test_each_figure_that_is_shown_is_one_row_at_its_place_in_the_cube(sets: dict[str, EntitySet]) -> None:
    cube = sets["TypedDataSet"].rows
    topics = cube.columns[-3:]
    shown = [
        (3 * row["ID"] + place, topic, float(row[topic]), row["RegioS"].strip(), row["Perioden"])
        for row in cube.iter_rows(named=True)
        for place, topic in enumerate(topics)
        if row[topic] is not None
    ]
    made = observed_sets(sets, "r0001")["Observations"].rows
    assert made.select("Id", "Measure", "Value", "RegioS", "Perioden").rows() == shown
    assert 0 < made.height < cube.height * 3
    assert made.select("ValueAttribute", "StringValue").unique().rows() == [("None", None)]


def test_a_figure_keeps_its_id_when_its_neighbour_goes(sets: dict[str, EntitySet]) -> None:
    before = observed_sets(sets, "r0001")["Observations"].rows
    data = sets["TypedDataSet"]
    row, place = divmod(before["Id"][0], 3)
    topic = pl.col(data.rows.columns[-3:][place])
    gone = data.rows.with_columns(pl.when(pl.col("ID") != row).then(topic).alias(topic.meta.output_name()))
    after = observed_sets(sets | {"TypedDataSet": replace(data, rows=gone)}, "r0002")["Observations"].rows
    assert before.join(after, on="Id", how="anti").height == 1
    assert after.join(before, on=before.columns, how="anti", nulls_equal=True).is_empty()


def test_a_table_that_shows_nothing_has_no_observation(sets: dict[str, EntitySet]) -> None:
    data = sets["TypedDataSet"]
    topics = data.rows.columns[-3:]
    nothing = data.rows.with_columns(pl.lit(None, dtype=pl.Int32).alias(topic) for topic in topics)
    made = observed_sets(sets | {"TypedDataSet": replace(data, rows=nothing)}, "r0001")
    assert made["Observations"].rows.is_empty()
    assert made["Observations"].rows.schema == observed_sets(sets, "r0001")["Observations"].rows.schema
    assert made["Properties"].rows["ObservationCount"].to_list() == [0]


def test_no_key_is_padded(sets: dict[str, EntitySet]) -> None:
    assert "NL01  " in sets["RegioS"].rows["Key"]
    made = observed_sets(sets, "r0001")
    codes = {name: entities.rows["Identifier"] for name, entities in made.items() if name.endswith("Codes")}
    for name, keys in codes.items():
        assert (keys == keys.str.strip_chars()).all(), name
    used = made["Observations"].rows
    for dimension in made["Dimensions"].rows["Identifier"]:
        assert set(used[dimension]) <= set(codes[f"{dimension}Codes"])
    assert set(used["Measure"]) == set(codes["MeasureCodes"])


def test_every_set_is_of_version_four(sets: dict[str, EntitySet]) -> None:
    made = observed_sets(sets, "r0001")
    above = datasets([made, made])
    assert {entities.fields.version for entities in (made | above).values()} == {ODataVersion.V4}
    assert above["Datasets"].rows.height == 2
    assert above["Catalogs"].rows["Identifier"].to_list() == ["CBS"]
