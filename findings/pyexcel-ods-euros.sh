#!/usr/bin/env bash
# pyexcel-ods3 0.6.1 and pyexcel-ods 0.6.0 read a cell of an OpenDocument sheet that is shown in euros as a text, "1234.5 EUR", beside numbers for cells
# that are shown without: costs in the layout of a spreadsheet program cannot be added up, and what is text depends on how single cells are laid
# out. The number is in the file (office:value); pandas and calamine give it.
# Guessed: a number. What helps: read ODS with calamine, or cells without a currency in what is delivered.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pyexcel-ods3==0.6.1 pyexcel-ods==0.6.0 pyexcel-io==0.6.7 ezodf==0.3.2 lxml==6.0.2 odfpy==1.4.1 python-calamine==0.9.1
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

import pyexcel_ods
import pyexcel_ods3
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from python_calamine import CalamineWorkbook

sheet = Table(name="costs")
for kind, shown in (({"valuetype": "float"}, "1234,5"), ({"valuetype": "currency", "currency": "EUR"}, "€ 1.234,50"), ({"valuetype": "percentage"}, "123450%")):
    row, cell = TableRow(), TableCell(value=1234.5, **kind)
    cell.addElement(P(text=shown))
    row.addElement(cell)
    sheet.addElement(row)
document = OpenDocumentSpreadsheet()
document.spreadsheet.addElement(sheet)
document.save("costs.ods")
print(*(f"{name} {version(name)}" for name in ("pyexcel-ods3", "pyexcel-ods", "python-calamine")))
read = {
    "pyexcel-ods3": [row[0] for row in pyexcel_ods3.get_data("costs.ods")["costs"]],
    "pyexcel-ods": [row[0] for row in pyexcel_ods.get_data("costs.ods")["costs"]],
    "python-calamine": [row[0] for row in CalamineWorkbook.from_path("costs.ods").get_sheet_by_index(0).to_python()],
}
for name, costs in read.items():
    print(f"{name:16} number, euros, percentage: {costs}")
assert read["python-calamine"] == [1234.5] * 3
assert read["pyexcel-ods3"] == read["pyexcel-ods"] == [1234.5, "1234.5 EUR", 1234.5], "euros are numbers now"
PY
