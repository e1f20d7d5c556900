#!/usr/bin/env bash
# polars 2.1.0 is asked in expressions or in SQL, and one question about one frame has two answers. The sum of a region whose figures are all suppressed
# is 0 in expressions, which reads as no clients, and null in SQL. The decimal 2.50 is rounded to 2 in expressions and to 3 in SQL (where the float 2.5
# is 2). The rest of -7 by 2 is 1 and -1; the different values count the missing one and do not; and it comes first, or last.
# Guessed: SQL is another spelling of the same operations. What helps: one of the two in one pipeline, with mode= and nulls_last= given, and a sum
# only where count() is not 0.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
"$work/env/bin/python" - <<'PY'
from decimal import Decimal

import polars as pl

frame = pl.DataFrame({"region": ["a", "a", "b"], "clients": [None, None, 3], "rate": [2.5, 2.5, 2.5], "change": [-7, -7, -7]})
frame = frame.with_columns(pl.col("rate").cast(pl.Decimal(10, 2)).alias("exact"))
of_a = frame.filter(pl.col("region") == "a")
ASKED = {
    "sum of what is suppressed": (of_a.select(pl.col("clients").sum()), of_a.sql("SELECT sum(clients) FROM self")),
    "round the float 2.5": (of_a.select(pl.col("rate").round(0)), of_a.sql("SELECT round(rate, 0) FROM self")),
    "round the decimal 2.50": (of_a.select(pl.col("exact").round(0)), of_a.sql("SELECT round(exact, 0) FROM self")),
    "rest of -7 by 2": (of_a.select(pl.col("change") % 2), of_a.sql("SELECT change % 2 FROM self")),
    "different values of none, none, 3": (frame.select(pl.col("clients").n_unique()), frame.sql("SELECT count(DISTINCT clients) FROM self")),
    "first when sorted": (frame.sort("clients").select("clients"), frame.sql("SELECT clients FROM self ORDER BY clients")),
}
print("polars", pl.__version__)
found = {}
for name, (expressions, sql) in ASKED.items():
    found[name] = (expressions.row(0)[0], sql.row(0)[0])
    print(f"{name:34} expressions {found[name][0]}, SQL {found[name][1]}")
assert found == {
    "sum of what is suppressed": (0, None),
    "round the float 2.5": (2.0, 2.0),
    "round the decimal 2.50": (Decimal(2), Decimal(3)),
    "rest of -7 by 2": (1, -1),
    "different values of none, none, 3": (2, 1),
    "first when sorted": (None, 3),
}, "the two answer otherwise now"
PY
