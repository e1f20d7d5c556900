"""Our workbooks in LibreOffice: it opens them, shows what we wrote, and finds no formula. It needs 300 MB of office: not in `make test`.

openpyxl reads them back in every run (tests/unit); this is for who changes how they are written: `tests/run office`.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from gmsd import feedback, formats, op_orde
from tests.support import releases as released
from tests.unit import samples as s
from tests.unit.op_orde import test_comparison as compared

if TYPE_CHECKING:
    from pathlib import Path

# https://help.libreoffice.org: comma, quote, UTF-8, from line 1, ..., as shown, -1 = every sheet in a file of its own
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
LINES = {"BSN-02": [5, 9, 204, 1007, 1008, 1009, 2410, 3999, 4001, 45112, 45113, 45114], "EEN-02": range(2, 1212)}


@pytest.fixture(scope="module")
def office() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    assert found, "LibreOffice is not installed: apt-get install libreoffice-calc"
    return found


def opened(office: str, data: bytes, folder: Path, name: str = "book.xlsx") -> dict[str, list[list[str]]]:
    """The rows that LibreOffice shows, by sheet."""
    (folder / name).write_bytes(data)
    command = [office, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", EVERY_SHEET]
    done = subprocess.run([*command, "--outdir", folder, folder / name], capture_output=True, text=True, timeout=300, check=False)
    sheets = {path.stem.removeprefix("book-"): path for path in folder.glob("book-*.csv")}
    assert sheets, done.stdout + done.stderr
    read = {}
    for name, path in sheets.items():
        with path.open(encoding="utf-8", newline="") as file:
            read[name] = list(csv.reader(file))
    return read


def test_it_shows_every_faulty_line(office, tmp_path):
    sheets = opened(office, feedback.feedback_xlsx(s.RESULTS["rejected"], s.FEEDBACK, lines=LINES), tmp_path)
    assert set(sheets) == {"samenvatting", "fouten", "niet uitgevoerd"}
    rows = sheets["fouten"][3:]
    assert rows[0] == ["Regel", "Code", "Soort", "Variabele", "Wat is er mis", "Hoe herstelt u het"]
    assert [int(row[0]) for row in rows if row[1] == "BSN-02"] == LINES["BSN-02"]
    assert [int(row[0]) for row in rows if row[1] == "EEN-02"] == list(LINES["EEN-02"])
    assert ["Fouten in de inhoud", "1229"] in [[row[0], re.sub("[.,]", "", row[1])] for row in sheets["samenvatting"]], sheets[
        "samenvatting"
    ]


def test_it_computes_nothing(office, tmp_path):
    texts = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")')
    findings = [{**s.BASE[0], "rule": f"R-{at}", "message": text, "repair": text} for at, text in enumerate(texts)]
    sheets = opened(office, feedback.feedback_xlsx(s.result("rejected", findings, file=texts[4]), s.FEEDBACK), tmp_path)
    shown = {row[1]: row[4] for row in sheets["fouten"][4:] if row[0]}
    assert shown == {f"R-{at}": text for at, text in enumerate(texts)}
    assert ["Bestand", texts[4]] in [row[:2] for row in sheets["samenvatting"]]


def test_it_opens_300_000_lines(office, tmp_path):
    lines = {"BSN-02": range(2, 100_002), "EEN-02": range(2, 100_002), "RBE-03": range(2, 100_002)}
    findings = [
        s.finding(code, "base", "BSN", 100_001, list(range(2, 12)), "Het nummer is niet goed.", "Herstel het nummer.") for code in lines
    ]
    sheets = opened(office, feedback.feedback_xlsx(s.result("rejected", findings), s.FEEDBACK, lines=lines), tmp_path)
    assert len(sheets["fouten"]) == 4 + 3 * 100_001
    assert [sheets["fouten"][4 + place][0] for place in (0, 99_999, 100_000, 100_001)] == ["2", "100001", "", "2"]


def test_it_opens_the_op_orde_report(office, tmp_path):
    sheets = opened(office, op_orde.op_orde_xlsx(compared.REPORTS["full"], compared.CONTEXT), tmp_path)
    assert {"samenvatting", "cliënten type"} <= set(sheets)
    assert len(sheets["cliënten type"]) > 18


def test_it_opens_the_workbook_of_a_table(office, tmp_path):
    said = released.content(released.H1, released.H2)
    for path, data in formats.written(said).items():
        if path.startswith("ods/"):
            sheets = opened(office, data, tmp_path, "book.ods")
            table = said.tables[0].table
            assert set(sheets) >= {"Toelichting", "Toelichting van gemeenten", *(measure.title for measure in table.measures)}
            rows = sheets[table.measures[0].title]
            names = next(row for row in rows if row[0] == "Regio")
            found = {(row[0], row[2]): row for row in rows[rows.index(names) + 1 :]}
            assert len(found) == 356 * 3
            shown = said.tables[0].cells.filter(region="GM0363", period="2019HJ01", measure=table.measures[0].key)["value"].to_list()
            read = [re.sub("[.,]", "", cell) for cell in found["Amsterdam", "1e halfjaar 2019"][4:]]
            assert sorted(map(int, read)) == sorted(shown)
            assert set(found["Zeewolde", "1e halfjaar 2019"][4:]) == {"geheim"}
            assert all(len([cell for cell in row if cell]) == 4 + 6 for row in found.values())


def test_it_divides_the_long_csv_as_excel_in_dutch_does(office, tmp_path):
    """Semicolon, quote, UTF-8: what Excel takes from the region of its machine and from the first bytes of the file."""
    said = released.content(released.H1)
    (tmp_path / "table.csv").write_bytes(formats.written(said)[f"csv/{said.tables[0].table.table_id}.csv"])
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--infilter=CSV:59,34,76,1"]
    done = subprocess.run(
        [*command, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "--outdir", tmp_path / "out", tmp_path / "table.csv"],
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    with (tmp_path / "out" / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["Onderwerp", "OnderwerpTitel", "Eenheid"], done.stdout + done.stderr
    assert {len(row) for row in rows} == {12}
    assert len(rows) == 1 + said.tables[0].cells.height
    assert {row[7] for row in rows[1:]} == {"2019HJ01"}
