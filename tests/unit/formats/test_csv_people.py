"""The long CSV: Excel in Dutch divides it by semicolons, and knows by its first bytes that it is UTF-8."""

from __future__ import annotations

import csv
import io

from gmsd.formats import csv_people
from tests.support.releases import H1, H2, TABLE, content


def test_it_opens_in_columns_in_dutch_excel() -> None:
    said = content(H1, H2)
    data = csv_people.write(said)[f"{TABLE.table_id}.csv"]
    assert data.startswith(b"\xef\xbb\xbfOnderwerp;")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {12}
    assert len(rows) == 1 + said.tables[0].cells.height
    # what a spreadsheet would make a date, a formula or another number of
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell]
    assert {row[-2].isdecimal() or row[-2] == "" for row in rows[1:]} == {True}


def test_titles_stand_beside_keys_and_a_constant_dimension_is_left_out() -> None:
    data = csv_people.write(content(H1))[f"{TABLE.table_id}.csv"].decode("utf-8-sig")
    row = next(each for each in csv.DictReader(io.StringIO(data), delimiter=";") if each["RegioS"] == "GM0518" and each["Waarde"])
    assert (row["RegioSTitel"], row["PeriodenTitel"], row["Status"]) == ("'s-Gravenhage (gemeente)", "1e halfjaar 2019", "Voorlopig")
    assert not [name for name in row if name.startswith(("Geslacht", "Kenmerken"))]
