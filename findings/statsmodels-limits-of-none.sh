#!/usr/bin/env bash
# statsmodels 0.15.0: confint_poisson of a count of zero, as small municipalities have, gives limits that do not hold the count by two of its methods:
# "midp-c" 2.996 to 2.996, "sqrt" 0.96 to 0.96, lower and upper limit being one number. From a count of one on they are right. The exact method gives
# 0 to 3.689. In a funnel or beside a rate, a municipality without any notification is one that lies significantly below itself.
# Guessed: a lower limit of zero, as a count of zero has by the other methods. What helps: method="exact-c", or zero as lower limit where the count is.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check statsmodels==0.15.0 numpy==2.0.2 pandas==2.3.3 scipy==1.15.3
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from statsmodels.stats.rates import confint_poisson

print("statsmodels", version("statsmodels"))
outside = {}
for count in (0, 1, 3):
    for method in ("exact-c", "midp-c", "score", "jeff", "sqrt", "sqrt-a"):
        lower, upper = (round(float(limit), 3) for limit in confint_poisson(count, 1, method=method))
        print(f"count {count}, {method:8} {lower} to {upper}")
        if not lower <= count <= upper:
            outside[count, method] = (lower, upper)
print("count outside its own limits:", outside)
assert outside == {(0, "midp-c"): (2.996, 2.996), (0, "sqrt"): (0.96, 0.96)}, "the limits of zero are made in another way now"
PY
