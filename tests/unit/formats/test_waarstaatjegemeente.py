"""The import of Waarstaatjegemeente: the flat form, and the indicators as a workbook with the columns of `indicatoren.csv`."""

from __future__ import annotations

import csv
import io
import zipfile

from openpyxl import load_workbook

from gmsd.formats import waarstaatjegemeente
from tests.support.releases import H1, H2, content

SAID = content(H1, H2)
FILES = waarstaatjegemeente.swing(SAID)


def test_the_flat_form_has_swings_columns_and_special_values() -> None:
    text = FILES["plat_gmsd_wmo.csv"].decode("ascii")
    assert text.startswith("PERIODE;GEBIEDSNIVEAU;GEBIED;NAAM;WAARDE\n")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    wide = [list(csv.DictReader(io.StringIO(FILES[name].decode()))) for name in FILES if name.startswith("gmsd_")]
    assert len(rows) == sum(len(period) * (len(period[0]) - 3) for period in wide)
    by_place = {(row["PERIODE"], row["GEBIED"], row["NAAM"]): row["WAARDE"] for row in rows}
    assert len(by_place) == len(rows)
    count = "gmsd_wmo_clienten_totaal"
    assert [by_place["2019HJ02", place, count] for place in ("34", "3", "50")] == ["-99999", "-99999", "-99997"]
    assert {row["PERIODE"] for row in rows} == {"2019HJ01", "2019HJ02", "2019"}
    assert {row["GEBIEDSNIVEAU"] for row in rows} == {"gemeente"}


def test_the_workbook_says_what_the_csv_says() -> None:
    page = load_workbook(io.BytesIO(FILES["indicatoren.xlsx"])).active
    assert page is not None
    read = [["" if value is None else str(value) for value in row] for row in page.iter_rows(values_only=True)]
    assert read == list(csv.reader(io.StringIO(FILES["indicatoren.csv"].decode())))
    assert page.freeze_panes == "A2"


def test_the_workbook_is_the_same_bytes_and_holds_no_moment_of_ours() -> None:
    assert waarstaatjegemeente.swing(SAID) == FILES
    with zipfile.ZipFile(io.BytesIO(FILES["indicatoren.xlsx"])) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}
        assert b"2020-05-04" in archive.read("docProps/core.xml")
