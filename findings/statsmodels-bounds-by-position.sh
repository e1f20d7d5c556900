#!/usr/bin/env bash
# statsmodels 0.15.0: proportion_confint takes counts and totals as pandas Series, pairs them by their position, and labels the bounds with the index of
# the counts. With the same municipalities in another order each gets the bounds of a proportion of two municipalities, under its own name; its rate,
# which pandas computes by name from the same two Series, lies outside. A funnel chart then marks the wrong ones.
# Guessed: paired by name as pandas does, or refused. What helps: totals.reindex(counts.index) before, or one frame for both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3
"$work/env/bin/python" -W error - <<'PY'
from importlib.metadata import version

import pandas
from statsmodels.stats.proportion import proportion_confint

clients = pandas.Series({"GM0363": 30, "GM0518": 60, "GM0599": 90})
persons = pandas.Series({"GM0599": 100, "GM0363": 1000, "GM0518": 500})
rate = clients / persons
print("statsmodels", version("statsmodels"), "pandas", version("pandas"))
outside = {}
for name, totals in (("as they come", persons), ("in one order", persons.reindex(clients.index))):
    low, high = proportion_confint(clients, totals, method="wilson")
    assert list(low.index) == list(clients.index)
    outside[name] = [code for code in clients.index if not low[code] <= rate[code] <= high[code]]
    print(name, {code: f"{low[code]:.3f} to {high[code]:.3f}, rate {rate[code]:.3f}" for code in clients.index})
print("rates outside their own bounds:", outside)
assert outside == {"as they come": ["GM0363", "GM0518", "GM0599"], "in one order": []}, "the bounds are paired otherwise now"
PY
