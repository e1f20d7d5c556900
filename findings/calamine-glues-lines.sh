#!/usr/bin/env bash
# python-calamine 0.9.1, and polars 2.1.0 and pandas 3.1.1 that read OpenDocument sheets by it, leave out a line break and a tab inside a paragraph of a
# cell: the heading "Aantal", break, "cliënten" is "Aantalcliënten", and "GM0363", tab, "12" is "GM036312". ezodf 0.3.2 writes every break that way, and
# reads it back. Rows of blanks are kept. pandas with its own engine "odf" keeps the break and leaves out the tab.
# Guessed: white space stays white space, as ezodf has it. What helps: a heading of one line; a paragraph for each line, which all of them keep apart.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check ezodf==0.3.2 lxml==6.0.2 python-calamine==0.9.1 polars==2.1.0 fastexcel==0.21.0 pandas==3.1.1 odfpy==1.4.1
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import ezodf
import pandas
import polars as pl
from python_calamine import CalamineWorkbook

TEXTS = ["Aantal\ncliënten", "GM0363\t12", "two  blanks"]
document = ezodf.newdoc("ods", "lines.ods")
sheet = ezodf.Sheet("lines", size=(3, 1))
document.sheets += sheet
for i, text in enumerate(TEXTS):
    sheet[i, 0].set_value(text)
document.save()
read = {
    "ezodf": [row[0].value for row in ezodf.opendoc("lines.ods").sheets[0].rows()],
    "pandas, odf": pandas.read_excel("lines.ods", engine="odf", header=None)[0].tolist(),
    "pandas, calamine": pandas.read_excel("lines.ods", engine="calamine", header=None)[0].tolist(),
    "polars": pl.read_ods("lines.ods", has_header=False).to_series().to_list(),
    "python-calamine": [row[0] for row in CalamineWorkbook.from_path("lines.ods").get_sheet_by_index(0).to_python()],
}
print(*(f"{name} {version(name)}" for name in ("ezodf", "python-calamine", "polars", "pandas")))
for name, texts in read.items():
    print(f"{name:17}", texts)
assert read["ezodf"] == TEXTS and read["pandas, odf"] == [TEXTS[0], "GM036312", TEXTS[2]]
GLUED = ["Aantalcliënten", "GM036312", "two  blanks"]
assert read["python-calamine"] == read["polars"] == read["pandas, calamine"] == GLUED, "breaks and tabs are kept now"
PY
