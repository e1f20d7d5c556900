#!/usr/bin/env bash
# pandas 3.1.1 reads the truth values of an OpenDocument sheet from the word that is shown, not from the value that is stored, and knows one word: TRUE.
# In a sheet made in Dutch the word is WAAR, in German WAHR, in French VRAI, and every true cell is read as False. calamine reads the stored value.
# Guessed: office:boolean-value="true" is True in any language. What helps: read with engine="calamine".
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check pandas==3.1.1 odfpy==1.4.1 python-calamine==0.9.1
cd "$work"
"$work/env/bin/python" - <<'PY'
from importlib.metadata import version

import pandas
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

WORDS = {"English": ("TRUE", "FALSE"), "Dutch": ("WAAR", "ONWAAR"), "German": ("WAHR", "FALSCH"), "French": ("VRAI", "FAUX")}
book = OpenDocumentSpreadsheet()
sheet = Table(name="Sheet1")
for language, words in WORDS.items():
    row = TableRow()
    name = TableCell(valuetype="string")
    name.addElement(P(text=language))
    row.addElement(name)
    for word, value in zip(words, ("true", "false")):
        cell = TableCell(valuetype="boolean", booleanvalue=value)
        cell.addElement(P(text=word))
        row.addElement(cell)
    sheet.addElement(row)
book.spreadsheet.addElement(sheet)
book.save("consent.ods")

print("pandas", version("pandas"), "odfpy", version("odfpy"), "python-calamine", version("python-calamine"))
read = {engine: dict((name, cells) for name, *cells in pandas.read_excel("consent.ods", engine=engine, header=None).values.tolist()) for engine in ("odf", "calamine")}
for language, words in WORDS.items():
    print(f"{language:8} {words}: odf {read['odf'][language]}, calamine {read['calamine'][language]}")
assert all(cells == [True, False] for cells in read["calamine"].values())
assert read["odf"].pop("English") == [True, False]
assert all(cells == [False, False] for cells in read["odf"].values()), "pandas reads the stored value now"
PY
