#!/usr/bin/env bash
# pysdmx 1.21.0 with keys="both" writes what stands in the first row into the columns SERIES_KEY and OBS_KEY of every row of SDMX-CSV 2.0, and
# into OBS_KEY its value instead of its keys. Two observations get one key, and a reader that goes by the key keeps one of them.
# Guessed: each row's own key. What helps: leave keys= out; the columns of the dimensions say the same.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check "pysdmx[data]==1.21.0"
"$work/env/bin/python" - <<'PY'
import csv
import io
from importlib.metadata import version

import pandas
from pysdmx.io.csv.sdmx20.writer import write
from pysdmx.io.pd import PandasDataset
from pysdmx.model import Component, Components, Concept, DataType, Role, Schema

def component(name, role, kind=DataType.STRING):
    return Component(id=name, required=True, role=role, concept=Concept(id=name), local_dtype=kind)

parts = Components(
    [
        component("FREQ", Role.DIMENSION),
        component("REF_AREA", Role.DIMENSION),
        component("TIME_PERIOD", Role.DIMENSION, DataType.PERIOD),
        component("OBS_VALUE", Role.MEASURE, DataType.LONG),
    ]
)
schema = Schema("dataflow", "GMSD", "TABLE", parts, version="1.0")
rows = pandas.DataFrame({"FREQ": ["S", "S"], "REF_AREA": ["GM0363", "GM0518"], "TIME_PERIOD": ["2019-S1", "2019-S2"], "OBS_VALUE": [10, 20]})
text = write([PandasDataset(structure=schema, data=rows)], keys="both")
print("pysdmx", version("pysdmx"))
print(text)
read = list(csv.DictReader(io.StringIO(text)))
assert len({row["REF_AREA"] for row in read}) == 2
for name in ("SERIES_KEY", "OBS_KEY"):
    assert len({row[name] for row in read}) == 1, f"each row has its own {name} now"
PY
