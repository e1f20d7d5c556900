#!/usr/bin/env bash
# frictionless 5.21.0 finds out the types of a CSV by itself. Of a Dutch one it makes places: the rates 12,5 and 3,0 become geopoints, [12.0, 5.0] and
# [3.0, 0.0], a longitude and a latitude, valid and with no remark. The codes of municipalities become whole numbers, 0363 being 363, and a column of
# numbers with a point for what is missing stays text.
# Guessed: text, or numbers with a decimal comma. What helps: a schema with the types of all fields, decimalChar and missingValues.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check frictionless==5.21.0
cd "$work"
printf 'municipality;rate;clients\n0363;12,5;1200\n0518;3,0;.\n0599;4,25;850\n' > rates.csv
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from frictionless import Dialect, Resource, formats

rates = Resource(path="rates.csv", dialect=Dialect(controls=[formats.CsvControl(delimiter=";")]))
rates.infer()
types = {field.name: field.type for field in rates.schema.fields}
rows = [row.to_dict() for row in rates.read_rows()]
print("frictionless", version("frictionless"))
print("types:", types)
for row in rows:
    print(row)
valid = rates.validate().valid
print("valid:", valid)
assert types == {"municipality": "integer", "rate": "geopoint", "clients": "string"}, "it guesses otherwise now"
assert [list(map(float, row["rate"])) for row in rows] == [[12.0, 5.0], [3.0, 0.0], [4.0, 25.0]] and valid
assert rows[0]["municipality"] == 363
PY
