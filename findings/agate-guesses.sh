#!/usr/bin/env bash
# agate 1.14.2, on which csvkit and other tools of data journalists stand, finds out by itself what a column holds. Of Dutch figures it makes other
# ones: 12,5 and 7,5 are 125 and 75, as a comma is left out wherever it stands; sizes of households 1-2 and 3-4 are 2 January and 4 March 2001; and
# counts of which none is above one are truth values, so that no sum can be made of them, though it can of the column beside it.
# Guessed: 12,5 stays text or becomes 12.5. What helps: column_types for every column, Number(locale="nl_NL") for figures.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check agate==1.14.2
cd "$work"
printf 'region;rate;household;first;second\nGM0363;12,5;1-2;1;0\nGM0518;7,5;3-4;0;4\n' > figures.csv
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import agate

print("agate", version("agate"))
table = agate.Table.from_csv("figures.csv", delimiter=";")
found = {name: (type(column.data_type).__name__, [str(value) for value in column.values()]) for name, column in table.columns.items()}
for name, (kind, values) in found.items():
    print(f"{name:10} {kind:8} {values}")
dutch = agate.Table.from_csv("figures.csv", delimiter=";", column_types={"rate": agate.Number(locale="nl_NL")})
print("rate with the locale:", [str(value) for value in dutch.columns["rate"].values()])
try:
    total = str(table.aggregate(agate.Sum("first")))
except agate.DataTypeError as error:
    total = f"DataTypeError: {error}"
print("sum of first:", total, "- sum of second:", table.aggregate(agate.Sum("second")))
assert [str(value) for value in dutch.columns["rate"].values()] == ["12.5", "7.5"]
assert found["rate"] == ("Number", ["125", "75"]), "12,5 is read otherwise now"
assert found["household"] == ("Date", ["2001-01-02", "2001-03-04"]), "1-2 is read otherwise now"
assert found["first"] == ("Boolean", ["True", "False"]) and found["second"][0] == "Number", "counts of 0 and 1 are read otherwise now"
PY
