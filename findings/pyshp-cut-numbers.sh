#!/usr/bin/env bash
# pyshp 3.1.6 writes a number that is too long for its column of a shapefile by leaving its last digits away: 123456 clients in a column of four places
# are 1234, and 123456789.12 euros in one of eight 12345678. Of a text that is cut it warns; of a number it says nothing.
# Guessed: an error, as a number without its last digits is another number. What helps: compare the largest number with the column's width before.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyshp==3.1.6
"$work/env/bin/python" - <<'PY'
import io
import warnings

import shapefile

FILES = {name: io.BytesIO() for name in ("shp", "shx", "dbf")}
writer = shapefile.Writer(**FILES)
writer.field("name", "C", 6)
writer.field("clients", "N", 4, 0)
writer.field("costs", "N", 8, 2)
print("pyshp", shapefile.__version__)
told = {}
for record in (("Delft", 1234, 1234.56), ("Delft", 123456, 1234.56), ("Delft", 1234, 123456789.12), ("Groningen", 1234, 1234.56)):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        writer.point(0, 0)
        writer.record(*record)
    told[record] = len(caught)
writer.close()
read = [tuple(record) for record in shapefile.Reader(**FILES).records()]
for (record, warned), back in zip(told.items(), read, strict=True):
    print(f"written {record}, read {back}, warnings {warned}")
assert read == [("Delft", 1234, 1234.56), ("Delft", 1234, 1234.56), ("Delft", 1234, 12345678.0), ("Gronin", 1234, 1234.56)], "numbers are written otherwise now"
assert list(told.values()) == [0, 0, 0, 1], "it warns otherwise now"
PY
