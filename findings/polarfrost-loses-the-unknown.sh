#!/usr/bin/env bash
# polarfrost 0.2.1 makes a file k-anonymous by splitting it at medians. A person whose age is not known is neither below nor above one, and is gone with
# the first split: six persons come out of eight, with the count of each group beside it, and nothing tells.
# Guessed: a group of the unknown, or an error. What helps: compare the sum of the column count with the file, or give the unknown a value of its own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polarfrost==0.2.1 polars==1.30.0 pandas==2.3.3 pyspark==4.0.1
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import polars
from polarfrost import mondrian_k_anonymity

persons = polars.DataFrame({"age": [60, 61, 62, 70, 71, 72, None, None], "kind": ["01", "02", "03", "01", "02", "03", "01", "02"]})
print("polarfrost", version("polarfrost"), "polars", polars.__version__)
grouped = mondrian_k_anonymity(persons, ["age"], "kind", k=3)
print(f"{grouped['count'].sum()} of {persons.height} persons:", *grouped.to_dicts())
known = mondrian_k_anonymity(persons.fill_null(0), ["age"], "kind", k=3)
print("with 0 for the unknown:", *known.to_dicts())
assert known["count"].sum() == persons.height
assert grouped["count"].sum() == 6, "persons of unknown age are kept otherwise now"
PY
