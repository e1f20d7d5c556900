#!/usr/bin/env bash
# pyjstat 2.4.0 writes a table in which a combination is absent (a municipality that did not deliver one half-year) as a JSON-stat document with
# fewer values than its sizes ask for, and says nothing. JSON-stat places values by their order, so every value after the gap lands in another cell:
# one municipality gets the other's figure; pyjstat itself cannot read the document back (IndexError).
# Guessed: gaps are filled with null, or refused. What helps: complete the table (one row for each combination) before writing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyjstat==2.4.0 pandas==2.3.3
"$work/env/bin/python" -W ignore - <<'PY'
import itertools
import json
from importlib.metadata import version

import pandas
from pyjstat.pyjstat import Dataset

table = pandas.DataFrame(
    [("GM0363", "2019HJ02", 20), ("GM0518", "2019HJ01", 30), ("GM0518", "2019HJ02", 40)], columns=["RegioS", "Perioden", "value"]
)
text = Dataset.read(table).write()
document = json.loads(text)
print("pyjstat", version("pyjstat"), "pandas", version("pandas"))
print("size", document["size"], "values", document["value"])
assert document["size"] == [2, 2] and document["value"] == [20, 30, 40], "the writer now completes or refuses such a table"

# What the format says: values in row-major order of the dimensions' indexes.
keys = [sorted(index, key=index.get) for name in document["id"] for index in [document["dimension"][name]["category"]["index"]]]
placed = dict(zip(itertools.product(*keys), document["value"]))
true = {(row.RegioS, row.Perioden): row.value for row in table.itertuples()}
for cell in itertools.product(*keys):
    print(*cell, "true", true.get(cell, "-"), "in the document", placed.get(cell, "-"))
assert placed[("GM0363", "2019HJ01")] == 30, "values stand in another order now"
try:
    Dataset.read(text).write("dataframe")
    raise SystemExit("pyjstat reads it back now")
except IndexError as error:
    print("reading it back: IndexError:", error)
PY
