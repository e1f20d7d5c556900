#!/usr/bin/env bash
# funnelplot 0.2.1 draws a funnel and puts a name beside every place outside it. It sorts the places by size before, and not their names: the names stay
# in the order of the alphabet. With four municipalities of which the smallest lies far out, the mark is drawn at the figures of Delft (50 persons) and
# reads "Amsterdam", in both ways of making the limits. The names are right only where size and alphabet happen to agree.
# Guessed: a mark has the name of the place that it marks. What helps: hand the groups over sorted by size, names beside them, or another library.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check funnelplot==0.2.1 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3 matplotlib==3.10.0
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import matplotlib
import pandas

matplotlib.use("Agg")
from funnelplot.core import funnel
from matplotlib import pyplot

HELPED = {"Amsterdam": (40, 400), "Delft": (30, 50), "Ede": (36, 300), "Gouda": (24, 200)}
persons = pandas.concat(
    pandas.DataFrame({"municipality": name, "helped": [1.0] * helped + [0.0] * (persons - helped)}) for name, (helped, persons) in HELPED.items()
)
print("funnelplot", version("funnelplot"))
print(persons.groupby("municipality")["helped"].agg(["size", "mean"]).to_string())
found = {}
for bootstrapped in (False, True):
    _, axes = pyplot.subplots()
    funnel(persons, "helped", "municipality", ax=axes, percentage=99.8, bootstrap_mode=bootstrapped)
    marked = [int(line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "o"]
    names = [text.get_text() for text in axes.texts if text.get_text() != "Group size"]
    print("limits", "drawn again and again:" if bootstrapped else "by the normal curve:", "marked is a place of", marked, "persons, its name is", names)
    found[bootstrapped] = (marked, names)
assert found == {False: ([50], ["Amsterdam"]), True: ([50], ["Amsterdam"])}, "the names go with the places now"
PY
