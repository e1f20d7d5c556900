"""The workbook of a table: what a reader sees in it, and that it holds what it takes to read it."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from gmsd.formats import ods
from tests.support.releases import H1, H2, TABLE, content

SAID = content(H1, H2)


@pytest.fixture(scope="module")
def sheets() -> dict[str, list[list[str]]]:
    """Every sheet as pandas reads it, empty cells as empty text."""
    read = pd.read_excel(io.BytesIO(ods.write(SAID)[f"{TABLE.table_id}.ods"]), engine="odf", sheet_name=None, header=None)
    return {
        str(name): [["" if pd.isna(cell) else str(cell) for cell in row] for row in frame.itertuples(index=False)]
        for name, frame in read.items()
    }


def test_it_has_a_sheet_for_each_measure_and_those_around_them(sheets: dict[str, list[list[str]]]) -> None:
    assert list(sheets) == ["Toelichting", *(measure.title for measure in TABLE.measures), "Toelichting van gemeenten"]


def test_the_first_sheet_says_what_the_figures_are_and_how_they_were_made(sheets: dict[str, list[list[str]]]) -> None:
    text = "\n".join(cell for row in sheets["Toelichting"] for cell in row)
    for said in (
        TABLE.title,
        TABLE.summary,
        "Uitgave r0001 van 4 mei 2020",
        "geheim: er is een cijfer",
        "onbekend: de gemeente leverde niet",
        "hoogstens 4 van het werkelijke aantal",
        "1e halfjaar 2019: nader voorlopig",
        "verzonnen",
    ):
        assert said in text
    assert "{" not in text


def test_a_row_is_a_region_and_period_in_words(sheets: dict[str, list[list[str]]]) -> None:
    rows = sheets[TABLE.measures[0].title]
    names = next(row for row in rows if row[0] == "Regio")
    assert names == ["Regio", "Code", "Periode", "Status", *(group.title for group in TABLE.groups(H2))]
    found = {(row[0], row[2]): row for row in rows[rows.index(names) + 1 :]}
    assert len(found) == 356 * 3
    assert found["Amsterdam", "1e halfjaar 2019"][1:4] == ["GM0363", "1e halfjaar 2019", "nader voorlopig"]
    assert found["Amsterdam", "1e halfjaar 2019"][4].isdecimal()
    assert set(found["Amsterdam", "2019"][3:4]) == {"voorlopig"}
    assert set(found["Zeewolde", "2e halfjaar 2019"][4:]) == {"geheim"}
    assert set(found["Assen", "2e halfjaar 2019"][4:]) == {"onbekend"}


def test_what_a_municipality_said_stands_in_it(sheets: dict[str, list[list[str]]]) -> None:
    assert sheets["Toelichting van gemeenten"][-1] == ["'s-Gravenhage", "GM0518", "1e halfjaar 2019", 'Een "nieuw" systeem; meer cliënten.']


def test_titles_that_are_alike_are_told_apart() -> None:
    keys = pd.DataFrame({"Key": ["A", "B", "C"], "Title": ["Totaal", "Totaal", "Ander"]})
    import polars as pl

    assert ods._titles(pl.from_pandas(keys)) == {"A": "Totaal (A)", "B": "Totaal (B)", "C": "Ander"}
