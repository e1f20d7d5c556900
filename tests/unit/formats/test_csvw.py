"""The description of the long CSVs: a cell, a key or a column that does not fit it is found by a program that knows only the standard."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING

import pytest
from csvw import CSVW

from gmsd.formats import written
from tests.support.releases import H1, H2, TABLE, content

if TYPE_CHECKING:
    from pathlib import Path

CSV = f"csv/{TABLE.table_id}.csv"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The CSV cut to its first thousand lines: the reader takes its time."""
    made = written(content(H1, H2))
    return {"metadata/csvw.json": made["metadata/csvw.json"], CSV: b"".join(made[CSV].splitlines(keepends=True)[:1000])}


def fits(files: dict[str, bytes], folder: Path) -> bool:
    """Whether csvw finds nothing wrong: cells that do not fit are warnings to it, columns that are not there an error."""
    for path, data in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        try:
            return bool(CSVW(str(folder / "metadata" / "csvw.json"), validate=True).is_valid)
        except ValueError as error:
            assert "missing required columns" in str(error)  # noqa: PT017
            return False


def test_the_csv_fits(files: dict[str, bytes], tmp_path: Path) -> None:
    assert fits(files, tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b";GM0363;", b";GM036X;"),
        (b";2019HJ01;", b";2019HJ03;"),
        (b";WmoClienten_1;", b";WmoClienten_9;"),
        (b"Voorlopig;", b"Ongeveer;"),
        (b";onbekend\n", b";vergeten\n"),
        (b"RegioS;", b"Regio;"),
    ],
)
def test_what_does_not_fit_is_found(files: dict[str, bytes], tmp_path: Path, old: bytes, new: bytes) -> None:
    broken = (b";" + files[CSV].replace(b"\n", b"\n;")).replace(old, new, 1).replace(b"\n;", b"\n")[1:]
    assert broken != files[CSV]
    assert not fits({**files, CSV: broken}, tmp_path)


def test_a_figure_is_a_whole_number(files: dict[str, bytes], tmp_path: Path) -> None:
    lines = files[CSV].splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if line.endswith(b"0;\n"))
    for wrong in (b"-10", b"1.5", b"tien"):
        cells = lines[at].split(b";")
        changed = b";".join([*cells[:-2], wrong, cells[-1]])
        assert not fits({**files, CSV: b"".join([*lines[:at], changed, *lines[at + 1 :]])}, tmp_path)


def test_it_names_every_csv_by_its_place(files: dict[str, bytes]) -> None:
    said = json.loads(files["metadata/csvw.json"])
    assert [table["url"] for table in said["tables"]] == [f"../{CSV}"]
    assert said["@context"] == ["http://www.w3.org/ns/csvw", {"@language": "nl"}]
    keys = said["tables"][0]["tableSchema"]["primaryKey"]
    assert keys == ["Onderwerp", "TypeMaatwerkarrangement", "RegioS", "Perioden"]
