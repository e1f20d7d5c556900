#!/usr/bin/env bash
# polars 2.1.0 takes the types of a list of dicts, which is how an API's JSON arrives, from its first hundred rows. Where a hundred municipalities have
# a whole number and the next one 5.5, that one becomes 5: cut off, without an error, though strict is True by default and a Series of the same figures
# does raise. A key that first comes later (a note, a status) is a column that is not there.
# Guessed: an error, or a column of fractions. What helps: infer_schema_length=None, or a schema.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0
"$work/env/bin/python" - <<'PY'
import json

import polars

print("polars", polars.__version__)
found = {}
for before in (99, 100):
    rates = [*[1] * before, 5.5, 7.9]
    rows = json.loads(json.dumps([{"rate": rate} for rate in rates[:-1]] + [{"rate": rates[-1], "status": "provisional"}]))
    frame = polars.DataFrame(rows, strict=True)
    found[before] = (frame["rate"].tail(2).to_list(), frame.columns)
    print(f"after {before} whole numbers, 5.5 and 7.9 are", *found[before])
whole = polars.DataFrame(rows, infer_schema_length=None)
print("with infer_schema_length=None:", whole["rate"].tail(2).to_list(), whole.columns)
assert whole["rate"].tail(2).to_list() == [5.5, 7.9] and whole.columns == ["rate", "status"]
assert found[99][0] == [5.5, 7.9]
assert found[100] == ([5, 7], ["rate"]), "later rows are read as they are now"
try:
    polars.Series([1, 5.5], dtype=polars.Int64, strict=True)
    raise SystemExit("a Series cuts off now")
except TypeError as error:
    print("a Series of whole numbers with 5.5:", type(error).__name__)
PY
