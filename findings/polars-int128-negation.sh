#!/usr/bin/env bash
# polars 2.1.0 computes with Int128 columns (+ * // % abs sign, comparisons), but not their negation: -column raises InvalidOperationError, where
# 0 - column works. And `//` and `%` of whole numbers round down as Python's do, not toward zero as SQL's and C's do, while in comparisons NaN equals
# NaN and is larger than everything. Exits 0 while it is so, 1 when it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
"$work/env/bin/python" - <<'PY'
import sys
import polars as pl
frame = pl.DataFrame({"n": [-7]}).with_columns(pl.col("n").cast(pl.Int128))
zero = pl.lit(0, dtype=pl.Int128)
worked = frame.select(pl.col("n") + 1, (pl.col("n") * 2).alias("b"), (pl.col("n") // 2).alias("c"), (pl.col("n") % 2).alias("d"), (zero - pl.col("n")).alias("e")).row(0)
try:
    frame.select(-pl.col("n"))
    negation = "works"
except pl.exceptions.InvalidOperationError as error:
    negation = str(error).splitlines()[0]
nan = pl.select(equal=pl.lit(float("nan")) == float("nan"), larger=pl.lit(float("nan")) > float("inf")).row(0)
print("polars", pl.__version__, "- Int128: n+1, n*2, n//2, n%2, 0-n of -7:", worked, "- -n:", negation, "- NaN = NaN, NaN > inf:", nan)
if negation == "works" or worked != (-6, -14, -4, 1, 7) or nan != (True, True):
    sys.exit("changed")
PY
