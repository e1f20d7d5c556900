"""A building block: one file for a receiver who builds on that table alone, in words that need no other file."""

from __future__ import annotations

import csv
import io
import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from csvw import CSVW

from gmsd.formats import building_blocks, written
from tests.support.releases import H1, H2, content

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.formats import ReleaseContent

NAME = "GMSDMA01-monitor-abonnementstarief"


@pytest.fixture(scope="module")
def said() -> ReleaseContent:
    return content(H1, H2, every_table=True, all_places=True)


@pytest.fixture(scope="module")
def files(said: ReleaseContent) -> dict[str, bytes]:
    return building_blocks.write(said)


def rows(files: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{NAME}.csv"].decode("utf-8-sig")), delimiter=";"))


def test_only_a_table_that_its_definition_calls_so_is_one(said: ReleaseContent, files: dict[str, bytes]) -> None:
    assert set(files) == {f"{NAME}.csv", f"{NAME}.csv-metadata.json", f"{NAME}.txt"}
    other = replace(said.tables[0], table=replace(said.tables[0].table, building_block="iets-anders"))
    assert f"{other.table.table_id}-iets-anders.csv" in building_blocks.write(replace(said, tables=(other,)))
    assert building_blocks.write(content(H1, every_table=True)) == {}


def test_it_opens_in_columns_in_dutch_excel_under_dutch_headings(files: dict[str, bytes]) -> None:
    data = files[f"{NAME}.csv"]
    assert data.startswith(b"\xef\xbb\xbfRegiocode;Regio;Jaar;Status;Productcategoriecode;Productcategorie;")
    assert b"\r" not in data
    every = [row for row in rows(files) if None not in row and None not in row.values()]
    assert len(every) == data.count(b"\n") - 1
    assert not [cell for row in every for cell in row.values() if cell[:1] in tuple("=+-@") and cell]


def test_a_row_tells_place_year_category_and_every_figure(files: dict[str, bytes]) -> None:
    found = {(row["Regiocode"], row["Productcategoriecode"]): row for row in rows(files)}
    amsterdam = found["GM0363", "A048188"]
    assert (amsterdam["Regio"], amsterdam["Jaar"], amsterdam["Status"]) == ("Amsterdam", "2019", "voorlopig")
    assert amsterdam["Productcategorie"] == "Totaal exclusief verblijf en opvang"
    assert int(amsterdam["Wmo-cliënten"]) % 5 == 0
    assert amsterdam["Wmo-cliënten per 1 000 inwoners"].isdecimal()
    assert amsterdam["Ontbreekt: Wmo-cliënten"] == ""
    hidden = found["GM0050", "P01"]
    assert (hidden["Wmo-cliënten"], hidden["Ontbreekt: Wmo-cliënten"]) == ("", "geheim")
    withdrawn = found["GM0034", "A048188"]
    assert (withdrawn["Wmo-cliënten"], withdrawn["Ontbreekt: Wmo-cliënten"]) == ("", "onbekend")
    assert next(iter(found))[0] == "NL01"


@pytest.mark.parametrize(("old", "new"), [(b"GM0363;", b"GM036X;"), (b";geheim\n", b";weg\n"), (b";voorlopig;", b";ongeveer;")])
def test_the_description_beside_it_finds_what_does_not_fit(files: dict[str, bytes], tmp_path: Path, old: bytes, new: bytes) -> None:
    """The reader takes its time: the file is cut to Amsterdam and 0050."""
    first, *others = files[f"{NAME}.csv"].splitlines(keepends=True)
    cut = first + b"".join(line for line in others if line.startswith((b"GM0363", b"GM0050")))

    def fits(data: bytes) -> bool:
        (tmp_path / f"{NAME}.csv").write_bytes(data)
        (tmp_path / f"{NAME}.csv-metadata.json").write_bytes(files[f"{NAME}.csv-metadata.json"])
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            return bool(CSVW(str(tmp_path / f"{NAME}.csv-metadata.json"), validate=True).is_valid)

    assert old in cut
    assert fits(cut)
    assert not fits(cut.replace(old, new, 1))


def test_the_text_beside_it_says_what_it_is_and_how_counts_are_protected(files: dict[str, bytes]) -> None:
    text = files[f"{NAME}.txt"].decode()
    for words in (
        "bouwsteen Monitor Abonnementstarief",
        "verzonnen",
        "- geheim: ",
        "- onbekend: ",
        "hoogstens 4 van het werkelijke aantal",
    ):
        assert words in text
    assert json.loads(files[f"{NAME}.csv-metadata.json"])["dc:identifier"] == "urn:gmsd:GMSDMA01/r0001"


def test_the_catalogue_has_it_under_its_table(said: ReleaseContent) -> None:
    graph = json.loads(written(said)["metadata/dcat.jsonld"])["@graph"][0]
    (own,) = (each for each in graph["dcat:dataset"] if each["dct:identifier"].startswith("urn:gmsd:GMSDMA01/"))
    listed = {each["dcat:downloadURL"]["@id"] for each in own["dcat:distribution"]}
    assert {f"../bouwstenen/{NAME}.{kind}" for kind in ("csv", "csv-metadata.json", "txt")} <= listed
