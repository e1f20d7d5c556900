"""Cells that stay missing since the attack on the series of releases found them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.database import read_frame

if TYPE_CHECKING:
    from sqlalchemy import Connection

REPAIR: dict[str, pl.DataType | type[pl.DataType]] = dict.fromkeys(("period", "municipality", "content", "since"), pl.String)


def repaired_cells(connection: Connection, law: str, *, up_to: str | None = None) -> pl.DataFrame:
    """`period`, `municipality`, `content` and `since` of every cell that stays missing; of a release of the past those of its time."""
    found = read_frame(connection, "releases/repairs", REPAIR, law=law)
    return found if up_to is None else found.filter(pl.col("since") <= up_to)
