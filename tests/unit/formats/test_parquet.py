"""The Parquet file: whole numbers, null where a figure is missing, and what it is of in its own metadata."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from gmsd.formats import parquet
from tests.support.releases import H1, H2, TABLE, content


def test_its_columns_and_what_it_says_of_itself() -> None:
    said = content(H1, H2)
    file = pq.ParquetFile(io.BytesIO(parquet.write(said)[f"{TABLE.table_id}.parquet"]))
    kinds = {field.name: field.type for field in file.schema_arrow}
    assert kinds.pop("Waarde") == pa.int64()
    assert set(kinds.values()) == {pa.large_string()}
    for dimension in TABLE.dimensions:
        assert {dimension.key, f"{dimension.key}Titel"} <= set(kinds)
    about = {key.decode(): value.decode() for key, value in file.metadata.metadata.items()}
    assert (about["table"], about["release"], about["synthetic"]) == (TABLE.table_id, "r0001", "true")
    assert about["title"] == TABLE.title
    table = file.read()
    assert table.num_rows == said.tables[0].cells.height
    assert table["Waarde"].null_count == table.num_rows - table["Ontbreekt"].null_count
