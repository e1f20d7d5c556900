"""Every mistake a person can make in the definition of a table is told with file, line and what would be right."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from gmsd.protocol import expectations_folder
from gmsd.rounds import WMO
from gmsd.tables import NoTableError, main_table, table_mistakes, table_of

if TYPE_CHECKING:
    from pathlib import Path

FILE = "wmo/tables/83262NED.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(expectations_folder(), tmp_path / "expectations")


def test_the_definitions_are_in_order() -> None:
    assert table_mistakes() == ()
    assert table_of("83262NED") is main_table(WMO)
    with pytest.raises(NoTableError, match="00000NED"):
        table_of("00000NED")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: 83262NED", "id: 83263NED", 'id is "83263NED", but'),
        ("kind: groups", "kind: group", 'did you mean "groups"?'),
        ("kind: regions", "kind: periods", "dimensions has one of kind regions"),
        ("    of: clients", "    of: people", 'of "people" is nothing that is counted'),
        ("    of: WmoClienten_1", "    of: WmoClienten_9", "is no count of this table"),
        ("part: A048188", "part: A048189", "A048189 is no group of this table"),
        ("periods: [half_years, years]", "periods: [half_years, months]", 'periods has "months"'),
        ("categories: [15, 16, 17, 18]", 'categories: ["15"]', "categories is a list of whole numbers"),
        ("categories: [15, 16, 17, 18]", "categories: [15, 16, 17, 19]", "category 19 in the groups of 83262NED is no code"),
        ("protection: {base: 5,", "protection: {base: five,", "it is a whole number"),
        ("      A019507: gmsd", "      A019510: gmsd", "A019510 is no group of this table"),
        ('  A019507: "Wmo', '  A019517: "Wmo', "indicator_names has no name for A019507"),
        ("summary: ", "sumary: ", "summary is missing"),
        ("frequency: ", "building_block: Monitor X\nfrequency: ", "building_block is the name of a file"),
    ],
)
def test_a_mistake_is_told(folder: Path, old: str, new: str, says: str) -> None:
    path = folder / FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    told = [str(mistake) for mistake in table_mistakes(folder)]
    assert any(says in each and f"{path.name}:" in each for each in told), told


def test_a_category_that_counts_nowhere_is_told(folder: Path) -> None:
    """A new code of the code list belongs in a group, or its clients are in no total."""
    codes = folder / "wmo" / "codes" / "type_maatwerkarrangement.yaml"
    added = '  - {code: "19", title: Iets nieuws, valid_from: null, valid_to: null}\n'
    codes.write_text(codes.read_text(encoding="utf-8") + added, encoding="utf-8")
    told = [str(mistake) for mistake in table_mistakes(folder)]
    assert any("category 19 is in no group of 83262NED-continued" in each for each in told), told
