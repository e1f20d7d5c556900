#!/usr/bin/env bash
# pysdmx 1.21.0 reads an SDMX-CSV 2.0 message through pandas without types: where all codes of a dimension are digits, 0363 becomes 363. In a
# message with deletions and other rows, the rows with action D are dropped, and nothing tells.
# Guessed: a code is text, and a deletion is read as one (or refused). What helps: codes with a letter (GM0363), deletions in a message of their own.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check "pysdmx[data]==1.21.0"
"$work/env/bin/python" - <<'PY'
from importlib.metadata import version

from pysdmx.io import read_sdmx

HEAD = "STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,TIME_PERIOD,OBS_VALUE\n"
print("pysdmx", version("pysdmx"))
digits = HEAD + "dataflow,GMSD:TABLE(1.0),I,0363,2019,10\ndataflow,GMSD:TABLE(1.0),I,0518,2019,20\n"
found = list(read_sdmx(digits).data[0].data["REF_AREA"])
print("0363 and 0518 are read as", found)
assert found == ["363", "518"], "codes stay as they are now"

mixed = HEAD + "dataflow,GMSD:TABLE(1.0),R,GM0363,2019,10\ndataflow,GMSD:TABLE(1.0),D,GM0518,2019,\n"
(dataset,) = read_sdmx(mixed).data
print("a replacement and a deletion are read as", dataset.action, list(dataset.data["REF_AREA"]))
assert list(dataset.data["REF_AREA"]) == ["GM0363"], "the deletion is read now"
PY
