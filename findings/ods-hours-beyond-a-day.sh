#!/usr/bin/env bash
# In an OpenDocument sheet 25:30 hours of help in a week is a time of PT25H30M00S, as spreadsheet programs store it. polars 2.1.0 (through fastexcel
# 0.21.0) reads 8:30 in that column as a duration and 25:30 as missing, without a word; asked for texts (dtypes="string") it loses both. python-calamine
# 0.9.1 gives a time for the one and the text PT25H30M00S for the other. pyexcel-ods3 0.6.1 reads 25:30 as what it is.
# Guessed: a column of durations, both of them in it. What helps: hours as numbers (25.5) in what is delivered, or a reader that keeps what is stored.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 fastexcel==0.21.0 python-calamine==0.9.1 pyexcel-ods3==0.6.1 pyexcel-io==0.6.7 lxml==6.0.2 odfpy==1.4.1
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from datetime import time, timedelta
from importlib.metadata import version

import fastexcel
import polars as pl
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from pyexcel_ods3 import get_data
from python_calamine import CalamineWorkbook

sheet = Table(name="help")
for name, shown, stored in (("client", "hours", None), ("a", "8:30", "PT08H30M00S"), ("b", "25:30", "PT25H30M00S")):
    row = TableRow()
    for text, kind in ((name, {"valuetype": "string"}), (shown, {"valuetype": "time", "timevalue": stored} if stored else {"valuetype": "string"})):
        cell = TableCell(**kind)
        cell.addElement(P(text=text))
        row.addElement(cell)
    sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("help.ods")
print(*(f"{name} {version(name)}" for name in ("polars", "fastexcel", "python-calamine", "pyexcel-ods3")))
read = {
    "polars": pl.read_ods("help.ods")["hours"].to_list(),
    "fastexcel, as texts": fastexcel.read_excel("help.ods").load_sheet(0, dtypes="string").to_polars()["hours"].to_list(),
    "python-calamine": [row[1] for row in CalamineWorkbook.from_path("help.ods").get_sheet_by_index(0).to_python()[1:]],
    "pyexcel-ods3": [row[1] for row in get_data("help.ods")["help"][1:]],
}
for name, hours in read.items():
    print(f"{name:20} {hours}")
assert read["polars"] == [timedelta(hours=8, minutes=30), None], "polars keeps hours beyond a day now"
assert read["fastexcel, as texts"] == [None, None], "fastexcel gives times as texts now"
assert read["python-calamine"] == [time(8, 30), "PT25H30M00S"], "calamine reads both in one way now"
assert read["pyexcel-ods3"][1] == timedelta(hours=25, minutes=30)
PY
