#!/usr/bin/env bash
# A number in a workbook may be shown with a word behind it: 1.5 as "1.5 mln", 12 as "12 dagen". xlsx2csv 0.8.6 takes the m and d of such words for month and
# day and the number for a date: the CSV says 0.0 "12ln" and #,##0 "11agen", and the figure is gone. pylightxl 1.61 makes 4 January 1900 of 5 shown
# with " d/j", and 01:30:00 of 25:30 hours. openpyxl 3.1.5 and python-calamine 0.9.1 give numbers and durations.
# Guessed: what stands between quotation marks is no date. What helps: read with calamine, and numbers without words in what is delivered.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check xlsx2csv==0.8.6 pylightxl==1.61 openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
import csv
from datetime import timedelta
from importlib.metadata import version

import openpyxl
import pylightxl
import xlsxwriter
from python_calamine import CalamineWorkbook
from xlsx2csv import Xlsx2csv

FIGURES = [(1.5, '0.0 "mln"'), (12, '#,##0 "dagen"'), (5, '0" d/j"'), (25.5 / 24, "[h]:mm"), (363, "0000")]
with xlsxwriter.Workbook("figures.xlsx") as workbook:
    sheet = workbook.add_worksheet("figures")
    for i, (figure, shown) in enumerate(FIGURES):
        sheet.write(i, 0, figure, workbook.add_format({"num_format": shown}))
Xlsx2csv("figures.xlsx").convert("figures.csv")
with open("figures.csv", newline="") as file:
    by_csv = [row[0] for row in csv.reader(file)]
read = {
    "openpyxl": [row[0].value for row in openpyxl.load_workbook("figures.xlsx").active.iter_rows()],
    "python-calamine": [row[0] for row in CalamineWorkbook.from_path("figures.xlsx").get_sheet_by_index(0).to_python()],
    "pylightxl": [row[0] for row in pylightxl.readxl("figures.xlsx").ws("figures").rows],
    "xlsx2csv": by_csv,
}
print(*(f"{name} {version(name)}" for name in read))
for name, figures in read.items():
    print(f"{name:16} {figures}")
assert read["openpyxl"] == read["python-calamine"] == [1.5, 12, 5, timedelta(hours=25, minutes=30), 363]
assert read["pylightxl"] == [1.5, 12, "1900/01/04", "01:30:00", 363], "pylightxl reads otherwise now"
assert by_csv[:3] == ['0.0 "12ln"', '#,##0 "11agen"', '0" 04/j"'], "xlsx2csv reads otherwise now"
PY
