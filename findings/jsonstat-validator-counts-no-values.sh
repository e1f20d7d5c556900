#!/usr/bin/env bash
# jsonstat-validator 0.4.6 takes a table of two by two with three values, or with a value at place 9, for valid JSON-stat 2.0, though it does count
# the statuses against the values. Values are found by their place alone, so one that was lost moves all later ones to another cell.
# Guessed: as many values as there are cells is the first thing a validator of this format looks at. What helps: compare the product of "size" oneself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check jsonstat-validator==0.4.6
"$work/env/bin/python" - <<'PY'
from importlib.metadata import version

from jsonstat_validator import validate_jsonstat
from jsonstat_validator.utils import JSONStatValidationError

REGIONS, PERIODS = ["GM0363", "GM0518"], ["2019-S1", "2019-S2"]
TABLE = {
    "version": "2.0", "class": "dataset", "label": "Clients", "id": ["region", "period"], "size": [2, 2], "value": [1, 2, 3, 4],
    "dimension": {
        name: {"label": name, "category": {"index": codes, "label": {code: code for code in codes}}}
        for name, codes in (("region", REGIONS), ("period", PERIODS))
    },
}
CHANGES = {
    "four values": {},
    "three values": {"value": [1, 2, 3]},
    "five values": {"value": [1, 2, 3, 4, 5]},
    "a value at place 9": {"value": {"0": 1, "9": 4}},
    "three statuses": {"status": ["a", "a", "x"]},
}
print("jsonstat-validator", version("jsonstat-validator"))
judged = {}
for name, change in CHANGES.items():
    try:
        judged[name] = validate_jsonstat({**TABLE, **change})
    except JSONStatValidationError as error:
        judged[name] = False
        print(f"{name}: invalid:", str(error).splitlines()[-1].strip())
    else:
        print(f"{name}: valid")
assert judged.pop("three statuses") is False
assert all(judged.values()), "it counts the values now"
PY
