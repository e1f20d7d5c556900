#!/usr/bin/env bash
# pyaxis 0.4.3, PC-Axis being what many statistical offices publish in: with its defaults "." (data not applicable) becomes an empty text, ".."
# (not available) NaN, and "-" (exactly nothing) stays as three characters with its quotation marks. The column is text, so a sum joins the digits.
# The codes of the regions are dropped without a word: only the titles are left. Guessed: numbers, one kind of missing, codes as keys.
# What helps: pass null_values and sd_values for all three symbols, convert the column, and join the codes from METADATA.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyaxis==0.4.3 pandas==2.3.3
cat > "$work/table.px" <<'PX'
CHARSET="ANSI";
AXIS-VERSION="2013";
CODEPAGE="iso-8859-15";
LANGUAGE="nl";
DECIMALS=0;
MATRIX="wmo";
SUBJECT-CODE="W";
SUBJECT-AREA="Wmo";
TITLE="Clients by region and period";
UNITS="number";
STUB="Region";
HEADING="Period";
VALUES("Region")="Amsterdam","Utrecht","Zutphen";
VALUES("Period")="2019HJ01","2019HJ02";
CODES("Region")="GM0363","GM0344","GM0301";
DATA=
10 "."
".." 20
"-" 30;
PX
"$work/env/bin/python" -W ignore - "$work/table.px" <<'PY'
import sys
from importlib.metadata import version

import pandas
from pyaxis import pyaxis

read = pyaxis.parse(sys.argv[1], encoding="iso-8859-15")
data = read["DATA"]
values = [None if pandas.isna(value) else value for value in data["DATA"]]
print("pyaxis", version("pyaxis"))
print(data.to_string(index=False))
print("values", values, "columns", list(data.columns))
total = data["DATA"].iloc[[0, 3, 5]].sum()
print("sum of 10, 20 and 30:", total)
assert values == ["10", "", None, "20", '"-"', "30"], "the symbols are read in another way now"
assert total == "102030", "the column is numeric now"
assert not data.astype(str).isin(["GM0363"]).any().any(), "the codes are in the table now"
PY
