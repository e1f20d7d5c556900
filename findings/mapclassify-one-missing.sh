#!/usr/bin/env bash
# mapclassify 2.10.0, with which maps get their classes: one missing value among the figures (a suppressed municipality is NaN) makes FisherJenks put
# all of them into one class without a word, Quantiles counts the missing one in the lowest class, and only NaturalBreaks refuses.
# Guessed: missing is left out, or refused everywhere. What helps: classify the shown values only, and give missing a class of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check mapclassify==2.10.0 numpy==2.3.5 pandas==2.3.3 scipy==1.16.3 scikit-learn==1.7.2
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import mapclassify
import numpy

shown = numpy.random.default_rng(1).lognormal(3, 1, 355)
with_one = shown.copy()
with_one[3] = numpy.nan
print("mapclassify", version("mapclassify"))
found = {}
for name in ("FisherJenks", "Quantiles", "NaturalBreaks"):
    method = getattr(mapclassify, name)
    print(f"{name}: complete {method(shown, k=5).counts.tolist()}", end="; ")
    try:
        classes = method(with_one, k=5)
        found[name] = (classes.counts.tolist(), int(classes.yb[3]))
        print(f"one missing {found[name][0]}, the missing one in class {found[name][1]}")
    except ValueError as error:
        found[name] = None
        print("one missing:", str(error).splitlines()[0])
assert found["FisherJenks"] == ([355, 0, 0, 0, 0], 0), "FisherJenks now copes with a missing value"
assert found["Quantiles"][1] == 0 and sum(found["Quantiles"][0]) == 355, "Quantiles no longer counts the missing one as lowest"
assert found["NaturalBreaks"] is None, "NaturalBreaks no longer refuses"
PY
