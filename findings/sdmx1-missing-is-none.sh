#!/usr/bin/env bash
# sdmx1 2.28.0 writes an observation without a value (a suppressed figure with the status M) to SDMX-ML as a value: the word None. The message goes out
# without a remark; whoever reads it has a text where a number belongs, and sdmx1 itself, asked for its own message as a table, refuses all of it:
# "could not convert string to float". NaN goes out as the word nan, which the numbers of XML spell NaN.
# Guessed: no value written, as the standard allows, and None again when it is read. What helps: leave such observations out, or write CSV.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check sdmx1==2.28.0 pandas==2.3.3 numpy==2.0.2
"$work/env/bin/python" -W ignore - <<'PY'
import io
import re
from importlib.metadata import version

import sdmx
from sdmx.model import v21

structure = v21.DataStructureDefinition(id="CLIENTS")
structure.dimensions.append(v21.Dimension(id="REGION"))
structure.dimensions.append(v21.TimeDimension(id="TIME_PERIOD"))
structure.measures.append(v21.PrimaryMeasure(id="OBS_VALUE"))
FIGURES = {"GM0363": 12.5, "GM0518": None, "GM0599": float("nan")}


def written(*regions: str) -> bytes:
    table = v21.DataSet(structured_by=structure)
    for region in regions:
        key = structure.make_key(v21.Key, {"REGION": region, "TIME_PERIOD": "2019-S1"})
        table.obs.append(v21.Observation(dimension=key, value=FIGURES[region]))
    return sdmx.to_xml(sdmx.message.DataMessage(data=[table]))


def read(message: bytes) -> str:
    try:
        return str(sdmx.to_pandas(sdmx.read_sdmx(io.BytesIO(message), structure=structure).data[0]).tolist())
    except ValueError as error:
        return f"ValueError: {error}"


print("sdmx1", version("sdmx1"))
message = written(*FIGURES)
values = dict(zip(FIGURES, re.findall(r'ObsValue value="([^"]*)"', message.decode()), strict=True))
print("written:", values)
both, alone = read(written("GM0363", "GM0518")), read(written("GM0363"))
print("read again, with the missing one:", both)
print("read again, without it:", alone)
assert values == {"GM0363": "12.5", "GM0518": "None", "GM0599": "nan"}, "missing values are written otherwise now"
assert both.startswith("ValueError: could not convert string to float: 'None'") and alone == "[12.5]", "it reads its own message now"
PY
