#!/usr/bin/env bash
# tablib 3.10.0 reads an OpenDocument sheet cell by cell as it stands in the file. There, two equal cells side by side are one cell with "repeated 2",
# and two equal rows one row, as LibreOffice writes them. tablib reads each once: the figures after it move to the column before, equal rows are lost,
# and a cell with a comment gives the comment's date for its text.
# Guessed: what is seen in the sheet, as pandas reads it. What helps: read ODS with another library.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check "tablib[ods]==3.10.0" odfpy==1.4.1 pandas==2.3.3
cd "$work"
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version
from pathlib import Path

import pandas
import tablib
from odf.dc import Date
from odf.office import Annotation
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P


def text(words: str, comment: str | None = None) -> TableCell:
    cell = TableCell(valuetype="string")
    if comment:
        note = Annotation()
        note.addElement(Date(text="2019-06-05T00:00:00"))
        note.addElement(P(text=comment))
        cell.addElement(note)
    cell.addElement(P(text=words))
    return cell


def number(value: int, times: int = 1) -> TableCell:
    repeated = {"numbercolumnsrepeated": times} if times > 1 else {}
    cell = TableCell(valuetype="float", value=value, **repeated)
    cell.addElement(P(text=str(value)))
    return cell


def row(*cells: TableCell, times: int = 1) -> TableRow:
    made = TableRow(**({"numberrowsrepeated": times} if times > 1 else {}))
    for cell in cells:
        made.addElement(cell)
    return made


book = OpenDocumentSpreadsheet()
sheet = Table(name="Sheet1")
sheet.addElement(row(text("code"), text("2018"), text("2019"), text("2020")))
sheet.addElement(row(text("GM0363"), number(8, times=2), number(5)))
sheet.addElement(row(text("GM0518"), number(1), number(2), number(3), times=2))
sheet.addElement(row(text("GM0599", comment="see the mail"), number(4), number(6), number(7)))
book.spreadsheet.addElement(sheet)
book.save("figures.ods")

print("tablib", version("tablib"), "pandas", version("pandas"), "odfpy", version("odfpy"))
seen = pandas.read_excel("figures.ods", engine="odf").values.tolist()
read = [list(cells) for cells in tablib.Dataset().load(Path("figures.ods").read_bytes(), format="ods")]
print("pandas:", *seen, sep="\n  ")
print("tablib:", *read, sep="\n  ")
assert seen == [["GM0363", 8, 8, 5], ["GM0518", 1, 2, 3], ["GM0518", 1, 2, 3], ["GM0599", 4, 6, 7]]
assert read[0][:3] == ["GM0363", 8.0, 5.0], "repeated cells are read as often as they stand there now"
assert [cells[0] for cells in read].count("GM0518") == 1, "repeated rows are read as often as they stand there now"
assert read[-1][0] == "2019-06-05T00:00:00", "a comment is no longer taken for the text"
PY
