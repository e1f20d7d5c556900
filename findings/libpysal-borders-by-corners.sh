#!/usr/bin/env bash
# libpysal 4.14.1 takes two municipalities for neighbours when they have corners in common, not when they have a border in common. Beside a border of ten
# kilometres that is one line on one side and has a corner halfway on the other, there is no neighbour by edges (rook); where the one ends along the
# border of the other there is none by corners (queen) either. Both become islands, and averages of neighbours and tests of clusters leave them out.
# Guessed: polygons that touch along a line are neighbours, as shapely and GeoPandas have it. What helps: strict=True in Graph.build_contiguity.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check libpysal==4.14.1 geopandas==1.2.0 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3 scikit-learn==1.9.1
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import geopandas
from libpysal.graph import Graph
from shapely.geometry import Polygon, box

WEST = box(0, 0, 10, 10)
EAST = {
    "same corners": box(10, 0, 20, 10),
    "a corner halfway": Polygon([(10, 0), (10, 5), (10, 10), (20, 10), (20, 0)]),
    "a part of the border": box(10, 2, 20, 8),
}
print("libpysal", version("libpysal"), "shapely", version("shapely"))
found = {}
for name, east in EAST.items():
    places = geopandas.GeoDataFrame(geometry=[WEST, east], index=["west", "east"])
    answers = {
        f"{kind}{', strict' if strict else ''}": Graph.build_contiguity(places, rook=kind == "rook", strict=strict).isolates.empty
        for kind in ("queen", "rook") for strict in (False, True)
    }
    print(f"{name}: common border of {WEST.intersection(east).length:g} km; neighbours by", ", ".join(f"{how} {answer}" for how, answer in answers.items()))
    found[name] = [how for how, answer in answers.items() if not answer]
assert found == {"same corners": [], "a corner halfway": ["rook"], "a part of the border": ["queen", "rook"]}, "borders count now"
PY
