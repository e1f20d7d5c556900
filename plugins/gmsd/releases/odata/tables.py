"""A published table as entity sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.releases.statline import CLIENTS, CLIENTS_PER_1000, DIMENSIONS
from gmsd.releases.tabular import from_csv

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = ("TableInfos", "DataProperties", "CategoryGroups")
TYPED, UNTYPED = "TypedDataSet", "UntypedDataSet"
_MEASURES = (CLIENTS, CLIENTS_PER_1000)
_WHOLE = frozenset(("ID", "Position", "ParentID", "Decimals", "CategoryGroupID", *_MEASURES))
_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the release in force.

    Attributes:
        table_id: StatLine's identifier.
        release_id: The release it comes from.
        sets: Name of each entity set, in the order of the service list, with its rows.
    """

    table_id: str
    release_id: str
    sets: dict[str, pl.DataFrame]


def read_table(table_id: str, release_id: str, files: Mapping[str, bytes]) -> Table:
    """Make a table of the files of its StatLine folder (name -> bytes).

    `TypedDataSet` holds numbers and null; `UntypedDataSet` holds text as CBS writes it, right-aligned, with a dot for a missing figure.
    """
    data = _typed(from_csv(files["data.csv"]))
    as_text = pl.col(_MEASURES).cast(pl.String).fill_null(".").str.pad_start(_WIDTH)
    properties = _typed(from_csv(files["DataProperties.csv"]))
    sets = {
        "TableInfos": _typed(from_csv(files["TableInfos.csv"])),
        UNTYPED: data.with_columns(as_text),
        TYPED: data,
        "DataProperties": properties.with_columns(pl.col("ReleasePolicy") == "true"),
        "CategoryGroups": _typed(from_csv(files["CategoryGroups.csv"])),
        **{name: _typed(from_csv(files[f"{name}.csv"])) for name in DIMENSIONS},
    }
    return Table(table_id, release_id, sets)


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col([name for name in frame.columns if name in _WHOLE]).cast(pl.Int64))
