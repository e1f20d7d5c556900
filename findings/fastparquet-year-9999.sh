#!/usr/bin/env bash
# fastparquet 2026.9.0 reads days of a Parquet file into nanoseconds, which hold the years 1677 to 2262, and lets others run round without a word. Polars
# writes the end "31 December 9999", which stands for "no end", as the day that it is; fastparquet reads 29 March 1816, and an arrangement that runs
# on is one that ended long ago. pandas with engine="fastparquet" gives the same; PyArrow and DuckDB read 9999-12-31.
# Guessed: the day, or an error as pandas itself gives for such a day. What helps: read with PyArrow, or null for "no end".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check fastparquet==2026.9.0 pandas==2.3.3 polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from datetime import date
from importlib.metadata import version

import duckdb
import pandas
import polars as pl
from pyarrow import parquet

pl.DataFrame({"end": [date(9999, 12, 31), date(2019, 6, 30)]}).write_parquet("care.parquet")
print(*(f"{name} {version(name)}" for name in ("fastparquet", "pandas", "polars", "pyarrow", "duckdb")))
read = {
    "pyarrow": parquet.read_table("care.parquet")["end"].to_pylist(),
    "duckdb": [row[0] for row in duckdb.sql("from 'care.parquet'").fetchall()],
    "fastparquet": [moment.date() for moment in pandas.read_parquet("care.parquet", engine="fastparquet")["end"]],
}
for name, ends in read.items():
    print(f"{name:11}", *ends)
right = [date(9999, 12, 31), date(2019, 6, 30)]
assert read["pyarrow"] == right and read["duckdb"] == right
assert read["fastparquet"] == [date(1816, 3, 29), date(2019, 6, 30)], "fastparquet reads the day otherwise now"
PY
