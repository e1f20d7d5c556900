#!/usr/bin/env bash
# mapclassify 2.10.0: NaturalBreaks gives other class limits each time it is asked about the same figures: it starts k-means at drawn points and
# takes no seed. Two maps of one release colour municipalities differently. FisherJenks, often used as the same thing, is exact and repeats.
# Guessed: "natural breaks" is a property of the data. What helps: FisherJenks, or limits that are stored with the release.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check mapclassify==2.10.0 numpy==2.3.5 pandas==2.3.3 scipy==1.16.3 scikit-learn==1.7.2
"$work/env/bin/python" -W ignore - <<'PY'
import inspect
from importlib.metadata import version

import mapclassify
import numpy

rates = numpy.random.default_rng(1).lognormal(3, 1, 355)
print("mapclassify", version("mapclassify"))
counted = {}
for name in ("NaturalBreaks", "FisherJenks"):
    method = getattr(mapclassify, name)
    limits = {tuple(numpy.round(method(rates, k=5).bins, 1).tolist()) for _ in range(12)}
    counted[name] = len(limits)
    print(f"{name}: {len(limits)} different sets of limits in 12 calls, such as {sorted(limits)[:2]}")
print("arguments of NaturalBreaks:", list(inspect.signature(mapclassify.NaturalBreaks).parameters))
assert counted["NaturalBreaks"] > 1, "NaturalBreaks repeats itself now"
assert counted["FisherJenks"] == 1, "FisherJenks no longer repeats itself"
PY
