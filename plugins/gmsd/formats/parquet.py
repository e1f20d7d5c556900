"""The long table of each table as Parquet, for R, Python and DuckDB."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from gmsd.formats.long_table import long_table
from gmsd.formats.registry import Format

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent


def write(content: ReleaseContent) -> dict[str, bytes]:
    """`{table}.parquet` for each table: keys and titles of every dimension, whole numbers, null where a figure is missing."""
    return {f"{published.table.table_id}.parquet": _bytes(content, published) for published in content.tables}


FORMAT = Format(
    "parquet",
    ("parquet",),
    write,
    title="Alle cijfers in een lange tabel, voor R, Python en DuckDB",
    standard="https://parquet.apache.org/docs/file-format/",
)


def _bytes(content: ReleaseContent, published: PublishedTable) -> bytes:
    about = {
        "title": published.table.title,
        "table": published.table.table_id,
        "release": content.release_id,
        "created": content.created.isoformat(timespec="seconds"),
        "synthetic": str(content.synthetic).lower(),
    }
    buffer = io.BytesIO()
    long_table(content, published).write_parquet(buffer, compression="zstd", statistics=True, metadata=about)
    return buffer.getvalue()
