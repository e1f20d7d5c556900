#!/usr/bin/env bash
# topojson 2.2 writes a missing figure (a suppressed municipality) as NaN, which is not JSON: no browser reads the file, and the whole map stays empty.
# GeoPandas writes the same frame as GeoJSON with null. No argument of to_json changes it.
# Guessed: null, as beside it. What helps: make the column one of objects with None in it before: column.astype(object).where(column.notna(), None).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check topojson==2.2 geopandas==1.2.0 pandas==2.3.3 numpy==2.0.2
"$work/env/bin/python" -W ignore - <<'PY'
import json
from importlib.metadata import version

import geopandas
import topojson
from shapely.geometry import box

figures = geopandas.GeoDataFrame(
    {"code": ["GM0363", "GM0518"], "clients": [12.0, None]}, geometry=[box(0, 0, 1, 1), box(1, 0, 2, 1)], crs=28992
)


def strict(text: str) -> object:
    def no_number(word: str) -> object:
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=no_number)


print("topojson", version("topojson"), "geopandas", version("geopandas"))
print("GeoJSON: ", [place["properties"] for place in strict(figures.to_json())["features"]])
text = topojson.Topology(figures).to_json()
try:
    print("TopoJSON:", strict(text))
    raise SystemExit("topojson writes JSON now")
except ValueError as error:
    print("TopoJSON:", text[text.index('{"code": "GM0518"' if '{"code": "GM0518"' in text else '{"code":"GM0518"') :][:40], "->", error)
assert "NaN" in text
PY
