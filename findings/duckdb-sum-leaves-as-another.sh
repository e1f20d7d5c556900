#!/usr/bin/env bash
# duckdb 2.0.1: the sum of whole numbers is a whole number of 128 bits inside, and something else by each way out. In Parquet and in pandas it is a fraction
# (double), by which 9007199254740993 becomes ...992; in Arrow and Polars a decimal of 38 digits; count(*) beside it stays whole. The other way round,
# whole numbers of 128 bits that polars 2.1.0 writes to Parquet are bytes to DuckDB, of which it gives a largest one but no sum; PyArrow 26.0.1
# refuses the file.
# Guessed: a sum of counts is a count, in one type by every way. What helps: sum(n)::BIGINT, and Int64 in what Polars writes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1 pandas==2.3.3 numpy==2.0.2
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import duckdb
import polars as pl
import pyarrow
from pyarrow import parquet

ASKED = "SELECT sum(n) AS total, count(*) AS rows FROM (VALUES (9007199254740993), (0)) AS counts(n)"
duckdb.sql(f"COPY ({ASKED}) TO 'sum.parquet'")
asked = duckdb.sql(ASKED)
by_arrow, by_pandas, by_polars, by_file = asked.to_arrow_table(), asked.df(), asked.pl(), parquet.read_table("sum.parquet")
found = {
    "in DuckDB": (str(asked.types[0]), asked.fetchall()[0][0]),
    "Arrow": (str(by_arrow.schema.field("total").type), by_arrow["total"][0].as_py()),
    "Polars": (str(by_polars.schema["total"]), by_polars["total"][0]),
    "pandas": (str(by_pandas["total"].dtype), by_pandas["total"][0]),
    "Parquet": (str(by_file.schema.field("total").type), by_file["total"][0].as_py()),
}
print(*(f"{name} {version(name)}" for name in ("duckdb", "polars", "pyarrow", "pandas")))
for name, (kind, total) in found.items():
    print(f"{name:10} {kind:30} {int(total)}")
pl.DataFrame({"n": pl.Series([1, 2], dtype=pl.Int128)}).write_parquet("polars.parquet")
back = duckdb.sql("SELECT max(n) FROM 'polars.parquet'")
print("written by Polars, in DuckDB:", back.types[0], back.fetchall()[0][0])
try:
    refused = str(parquet.read_table("polars.parquet"))
except pyarrow.ArrowNotImplementedError as error:
    refused = str(error)
print("written by Polars, in PyArrow:", refused)
lost = {name for name, (_, total) in found.items() if int(total) != 9007199254740993}
assert {name: kind for name, (kind, _) in found.items()} == {
    "in DuckDB": "HUGEINT", "Arrow": "decimal128(38, 0)", "Polars": "Decimal(precision=38, scale=0)", "pandas": "float64", "Parquet": "double"
}, "a sum leaves in other types now"
assert lost == {"pandas", "Parquet"}
assert str(back.types[0]) == "BLOB" and "64 bits" in refused, "others read whole numbers of 128 bits now"
PY
