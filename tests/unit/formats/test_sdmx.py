"""The SDMX files: a structure that holds against SDMX's schemas, and messages that carry one release to the next."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
import sdmx as sdmx1

from gmsd.formats import sdmx
from gmsd.releases.cells import SHOWN, SUPPRESSED
from gmsd.rounds import HalfYear
from tests.support import read_formats as read
from tests.support.releases import H1, H2, TABLE, content, release_before

if TYPE_CHECKING:
    from gmsd.formats import ReleaseContent

NEXT = HalfYear(2020, 1)
SAID = ("OBS_VALUE", "OBS_STATUS", "CONF_STATUS")
ID = TABLE.table_id


def after(before: ReleaseContent, now: ReleaseContent) -> dict[str, bytes]:
    """The files of a release that follows another."""
    earlier = {each.table.table_id: each.cells for each in before.tables}
    tables = tuple(replace(each, earlier=earlier[each.table.table_id]) for each in now.tables)
    return sdmx.write(replace(now, before=release_before(before.tables[0].cells), tables=tables))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def by_key(data: bytes) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {
        tuple(value for name, value in row.items() if name not in (*SAID, "ACTION")): tuple(row[name] for name in SAID)
        for row in rows(data)
    }


def changed(said: ReleaseContent, value: int | None, reason: str) -> ReleaseContent:
    """The same release, but for one cell."""
    table = said.tables[0]
    one = (pl.col("region") == "GM0363") & (pl.col("period") == H1.statline)
    one &= (pl.col("group_code") == "T001024") & (pl.col("measure") == TABLE.measures[0].key)
    cells = table.cells.with_columns(
        value=pl.when(one).then(pl.lit(value, pl.Int64)).otherwise("value"), reason=pl.when(one).then(pl.lit(reason)).otherwise("reason")
    )
    return replace(said, tables=(replace(table, cells=cells),))


SERIES = {
    "growth": (content(H1), content(H1, H2)),
    "a recall": (content(H1, H2), content(H1)),
    "a recall of the first half": (content(H1, H2), content(H2)),
    "a year that becomes final": (content(H1, H2), content(H1, H2, NEXT)),
    "a correction": (content(H1, H2), changed(content(H1, H2), 15, SHOWN)),
    "a cell that is hidden now": (content(H1, H2), changed(content(H1, H2), None, SUPPRESSED)),
    "nothing": (content(H1, H2), content(H1, H2)),
}


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_a_message_is_to_the_byte_what_the_library_writes(
    series: tuple[ReleaseContent, ReleaseContent], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = after(*series)
    monkeypatch.setattr(sdmx, "_message", sdmx._by_library)
    assert {name for name, data in after(*series).items() if data != ours[name]} == set()


@pytest.mark.parametrize("series", SERIES.values(), ids=SERIES)
def test_the_messages_make_the_table_of_this_release_of_that_of_the_one_before(series: tuple[ReleaseContent, ReleaseContent]) -> None:
    before, now = series
    files = after(before, now)
    table = by_key(sdmx.write(before)[f"{ID}.csv"])
    for name in ("delete", "append", "replace"):
        message = files.get(f"changes/{ID}-{name}.csv", b"")
        for row in rows(message):
            assert row["ACTION"] == name[0].upper()
            key = tuple(value for column, value in row.items() if column not in (*SAID, "ACTION"))
            assert (key in table) == (name != "append")
            if name == "delete":
                del table[key]
            else:
                table[key] = tuple(row[column] for column in SAID)
    assert table == by_key(files[f"{ID}.csv"])


def test_a_recall_deletes_the_half_year_and_its_year_and_says_nothing_else() -> None:
    before, now = SERIES["a recall"]
    files = after(before, now)
    assert [name for name in files if name.startswith("changes/")] == [f"changes/{ID}-delete.csv"]
    deleted = rows(files[f"changes/{ID}-delete.csv"])
    assert {row["TIME_PERIOD"] for row in deleted} == {"2019-S2", "2019"}
    assert len(deleted) == before.tables[0].cells.height - now.tables[0].cells.height
    assert not set(SAID) & set(deleted[0])


def test_a_correction_replaces_the_one_cell() -> None:
    files = after(*SERIES["a correction"])
    assert [name for name in files if name.startswith("changes/")] == [f"changes/{ID}-replace.csv"]
    (row,) = rows(files[f"changes/{ID}-replace.csv"])
    assert (row["REF_AREA"], row["TIME_PERIOD"], row["OBS_VALUE"], row["OBS_STATUS"]) == ("GM0363", "2019-S1", "15", "P")


def test_a_final_year_is_replaced_in_every_cell_that_is_shown() -> None:
    files = after(*SERIES["a year that becomes final"])
    replaced = rows(files[f"changes/{ID}-replace.csv"])
    assert {row["OBS_STATUS"] for row in replaced} == {"A"}
    assert {row["TIME_PERIOD"] for row in replaced} == {"2019-S1", "2019-S2", "2019"}


def test_a_table_that_is_gone_is_deleted_and_nothing_else_is_said_of_it() -> None:
    """As one of years after a recall of a half-year; its keys are those of the release before."""
    before = content(H1, H2, every_table=True)
    years = next(each for each in before.tables if each.table.periods == ("years",))
    now = replace(content(H1), before=release_before(before.tables[0].cells), gone=((years.table, years.cells),))
    files = {name: data for name, data in sdmx.write(now).items() if years.table.table_id in name}
    assert list(files) == [f"changes/{years.table.table_id}-delete.csv"]
    (deleted,) = files.values()
    published = by_key(sdmx.write(before)[f"{years.table.table_id}.csv"])
    keys = [tuple(value for column, value in row.items() if column != "ACTION") for row in rows(deleted)]
    assert sorted(keys) == sorted(published)
    assert {row["ACTION"] for row in rows(deleted)} == {"D"}


def test_there_are_no_messages_where_there_is_nothing_to_say() -> None:
    assert not [name for name in after(*SERIES["nothing"]) if name.startswith("changes/")]
    assert set(sdmx.write(content(H1))) == {f"{ID}.csv", f"{ID}.xml"}


def test_a_deletion_is_read_as_one() -> None:
    files = after(*SERIES["a recall"])
    structure = sdmx1.read_sdmx(io.BytesIO(files[f"{ID}.xml"]), format="XML")
    data = io.BytesIO(files[f"changes/{ID}-delete.csv"])
    (found,) = sdmx1.read_sdmx(data, format="CSV", structure=structure.dataflow[ID]).data
    assert found.action.name == "delete"
    assert len(found.obs) == len(rows(files[f"changes/{ID}-delete.csv"]))


def test_the_structure_is_in_dutch_and_says_what_it_is_of() -> None:
    said = content(H1)
    text = sdmx.write(said)[f"{ID}.xml"].decode()
    assert 'xml:lang="en"' not in text
    assert f"<mes:ID>{said.release_id}</mes:ID>" in text
    assert "<mes:Test>true</mes:Test>" in text
    assert "<mes:Prepared>2020-05-04T09:00:00+02:00</mes:Prepared>" in text
    real = sdmx.write(replace(said, synthetic=False))[f"{ID}.xml"].decode()
    assert "<mes:Test>false</mes:Test>" in real
    message = sdmx1.read_sdmx(io.BytesIO(text.encode()), format="XML")
    listed = message.codelist[f"CL_{ID}_REF_AREA"]
    assert str(listed["GM0363"].name) == "Amsterdam"
    (measure,) = message.structure[ID].measures
    assert measure.id == "OBS_VALUE"


def test_the_agency_is_the_publishers() -> None:
    said = content(H1)
    files = sdmx.write(replace(said, publisher=replace(said.publisher, agency="OFFICE")))
    named = {f"sdmx/{name}": data for name, data in files.items()}
    assert b'agencyID="OFFICE"' in files[f"{ID}.xml"]
    assert files[f"{ID}.csv"].splitlines()[1].startswith(f"dataflow,OFFICE:{ID}(1.0),I,".encode())
    assert read.pysdmx(named, TABLE) == read.expected(said.tables[0])
