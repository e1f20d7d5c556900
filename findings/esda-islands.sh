#!/usr/bin/env bash
# esda 2.8.2 and libpysal 4.14.1: a municipality without neighbours, as the islands in the Wadden Sea are, has neighbours that average zero. Its own
# local Moran statistic is zero too, which no permutation beats, and so it comes out as a High-Low outlier with p = 0.001: the most certain finding on
# the map, about a place that was compared with nothing.
# Guessed: no average and no p, as there is nothing to average. What helps: give islands a neighbour (the ferry's harbour), or leave them out.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check esda==2.8.2 libpysal==4.14.1 geopandas==1.2.0 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3 scikit-learn==1.9.1
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import esda
import geopandas
import numpy
from libpysal.graph import Graph
from shapely.geometry import box

mainland = [box(i % 5, i // 5, i % 5 + 1, i // 5 + 1) for i in range(24)]
places = geopandas.GeoDataFrame(geometry=[*mainland, box(50, 50, 51, 51)])
rates = 5 + numpy.random.default_rng(0).normal(size=25)
rates[-1] = 6.0
graph = Graph.build_contiguity(places, rook=False)
assert list(graph.isolates) == [24]
average = graph.transform("r").lag(rates)
print("esda", version("esda"), "libpysal", version("libpysal"))
print("averages of the neighbours: mainland", f"{average[:-1].min():.1f} to {average[:-1].max():.1f},", "island", average[-1])
local = esda.Moran_Local(rates, graph, seed=1)
label = str(local.get_cluster_labels(0.01)[-1])
print("island: I =", local.Is[-1], "p =", local.p_sim[-1], "label", label)
print("places with p below 0.01:", [int(place) for place in numpy.flatnonzero(local.p_sim < 0.01)])
assert average[-1] == 0.0 and average[:-1].min() > 3, "an island's neighbours no longer average zero"
assert local.p_sim[-1] == 0.001 and label == "High-Low", "an island is no longer significant"
PY
