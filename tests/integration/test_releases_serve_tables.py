"""Every table of a release: read by the real `cbsodata` and `cbsodata4`, and equal to the release cell for cell in both versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cbsodata
import cbsodata4
import httpx
import pytest

from tests.support.releases import H1, H2, content
from tests.support.served import release_folder, serving
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gmsd.formats import PublishedTable, ReleaseContent

TABLES = ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01")
PAGE = 10_000
pytestmark = pytest.mark.usefixtures("plain_http")
Cells = dict[tuple[str, str, str, str], int]
"""Measure, group, region and period -> what is shown."""


@pytest.fixture(scope="module")
def release() -> ReleaseContent:
    return content(H1, H2, all_places=True, every_table=True)


@pytest.fixture(scope="module")
def address(release: ReleaseContent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(release_folder(tmp_path_factory.mktemp("release"), release)) as found:
        yield found


def published(release: ReleaseContent, table_id: str) -> PublishedTable:
    return next(each for each in release.tables if each.table.table_id == table_id)


def shown(release: ReleaseContent, table_id: str) -> Cells:
    """The figures of the release's own ledger."""
    cells = published(release, table_id).cells.drop_nulls("value")
    return {(row["measure"], row["group_code"], row["region"], row["period"]): row["value"] for row in cells.iter_rows(named=True)}


def axes(release: ReleaseContent, table_id: str) -> tuple[str, str, str]:
    """The names of the dimensions of groups, regions and periods."""
    table = published(release, table_id).table
    return tuple(table.dimension(kind).key for kind in ("groups", "regions", "periods"))  # type: ignore[return-value]


def measures(release: ReleaseContent, table_id: str) -> list[str]:
    return [measure.key for measure in published(release, table_id).table.measures]


def test_the_release_has_these_tables(release: ReleaseContent, address: str) -> None:
    assert tuple(each.table.table_id for each in release.tables) == TABLES
    assert [row["Identifier"] for row in cbsodata.get_table_list(catalog_url=address)] == list(TABLES)
    assert cbsodata4.get_datasets(base_url=f"http://{address}/odata/v4")["Identifier"].to_list() == list(TABLES)
    assert sum(len(shown(release, table_id)) for table_id in TABLES) > 90_000


@pytest.mark.parametrize("table_id", TABLES)
def test_cbsodata_reads_every_cell(address: str, release: ReleaseContent, table_id: str) -> None:
    rows = cbsodata.get_data(table_id, catalog_url=address)
    names = axes(release, table_id)
    keys = {name: {row["Title"]: row["Key"].strip() for row in cbsodata.get_meta(table_id, name, catalog_url=address)} for name in names}
    expected = shown(release, table_id)
    cube = len(keys[names[0]]) * len(keys[names[1]]) * len(keys[names[2]])
    assert len(rows) == cube
    assert [row["ID"] for row in rows] == list(range(cube))
    for row in rows:
        place = tuple(keys[name][row[name]] for name in names)
        for measure in measures(release, table_id):
            assert row[measure] == expected.get((measure, *place)), (measure, place)


@pytest.mark.parametrize("table_id", TABLES)
def test_cbsodata4_reads_every_cell(address: str, release: ReleaseContent, table_id: str, tmp_path: Path) -> None:
    found = cbsodata4.get_observations(table_id, base_url=f"http://{address}/odata/v4", download_dir=tmp_path / "data")
    names = axes(release, table_id)
    records = found.to_dict("records")
    assert {(row["Measure"], *(row[name] for name in names)): row["Value"] for row in records} == shown(release, table_id)
    assert len(records) == len(shown(release, table_id))
    assert {(row["ValueAttribute"], row["StringValue"]) for row in records} == {("None", None)}
    assert found["Id"].is_monotonic_increasing
    assert found["Id"].is_unique


@pytest.mark.parametrize("table_id", TABLES)
def test_cbsodata4_reads_what_a_table_is_about(address: str, release: ReleaseContent, table_id: str, tmp_path: Path) -> None:
    base = f"http://{address}/odata/v4"
    meta = cbsodata4.get_metadata(table_id, base_url=base)
    table = published(release, table_id).table
    assert (meta.identifier, meta.title) == (table_id, table.title)
    assert meta.dimension_identifiers == [dimension.key for dimension in table.dimensions]
    assert meta.time_dimension_identifiers == ["Perioden"]
    assert list(meta.measurecode_mapping) == measures(release, table_id)
    assert set(meta.get_codes()) == {"MeasureCodes", "MeasureGroups"} | {
        f"{dimension.key}{part}" for dimension in table.dimensions for part in ("Codes", "Groups")
    }
    labelled = cbsodata4.add_unit_column(
        cbsodata4.add_label_columns(
            cbsodata4.get_observations(table_id, base_url=base, download_dir=tmp_path / "nation", RegioS="NL01", Perioden=["2019JJ00"])
        )
    )
    assert set(labelled["RegioSLabel"]) == {"Nederland"}
    assert set(labelled["PeriodenLabel"]) == {"2019"}
    assert set(labelled["Unit"]) == {measure.unit for measure in table.measures}
    assert set(labelled["MeasureLabel"]) == {measure.title for measure in table.measures}


@pytest.mark.parametrize("table_id", TABLES)
def test_cbsodata4_makes_a_column_of_each_measure(address: str, release: ReleaseContent, table_id: str, tmp_path: Path) -> None:
    wide = cbsodata4.get_wide_data(
        table_id, base_url=f"http://{address}/odata/v4", download_dir=tmp_path / "data", name_measure_columns=False
    )
    places = {key[1:] for key in shown(release, table_id)}
    assert len(wide) == len(places)
    assert set(measures(release, table_id)) <= set(wide.columns)


@pytest.mark.parametrize("table_id", TABLES)
def test_both_versions_give_the_same_cells(address: str, release: ReleaseContent, table_id: str) -> None:
    """The answers themselves, page by page: what a script sees that uses no package."""
    with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=patience(60)) as client:
        dense, pages = read(client, f"/ODataApi/odata/{table_id}/TypedDataSet?$format=json", "odata.nextLink")
        sparse, _ = read(client, f"/odata/v4/{table_id}/Observations", "@odata.nextLink")
        assert pages == -(-len(dense) // PAGE)
        assert int(client.get(f"/ODataApi/odata/{table_id}/TypedDataSet/$count").text) == len(dense)
        assert int(client.get(f"/odata/v4/{table_id}/Observations/$count").text) == len(sparse)
        assert client.get(f"/odata/v4/{table_id}/Properties").json()["ObservationCount"] == len(sparse)
    topics = measures(release, table_id)
    names = axes(release, table_id)
    third = {
        (len(topics) * row["ID"] + place, topic, *(row[name].strip() for name in names)): row[topic]
        for row in dense
        for place, topic in enumerate(topics)
        if row[topic] is not None
    }
    assert {(row["Id"], row["Measure"], *(row[name] for name in names)): row["Value"] for row in sparse} == third


def read(client: httpx.Client, path: str, following: str) -> tuple[list[dict[str, Any]], int]:
    """All rows, and on how many pages."""
    rows: list[dict[str, Any]] = []
    pages, link = 0, path
    while link:
        answer = client.get(link).json()
        rows += answer["value"]
        pages, link = pages + 1, answer.get(following)
        assert len(answer["value"]) <= PAGE
    return rows, pages


def test_a_table_of_many_rows_comes_in_pages(address: str) -> None:
    with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=patience(60)) as client:
        rows, pages = read(client, "/ODataFeed/odata/86050NED/TypedDataSet?$format=json", "odata.nextLink")
        assert (len(rows), pages) == (24 * 356 * 3, 3)
        rows, pages = read(client, "/odata/v4/86050NED/Observations?$filter=Measure eq 'WmoClienten_1'", "@odata.nextLink")
        assert (len(rows) > 25_000, pages) == (True, 3)


def test_a_table_of_the_nation_has_one_region(address: str) -> None:
    assert [row["Key"] for row in cbsodata.get_meta("GMSDNL01", "RegioS", catalog_url=address)] == ["NL01"]
    rows = cbsodata.get_data("GMSDNL01", catalog_url=address)
    assert {row["RegioS"] for row in rows} == {"Nederland"}
    for row in rows:
        assert row["Ondergrens_2"] <= row["WmoClientenGeschat_1"] <= row["Bovengrens_3"]


def test_a_table_of_years_has_no_half_years(address: str) -> None:
    assert [row["Key"] for row in cbsodata.get_meta("GMSDMA01", "Perioden", catalog_url=address)] == ["2019JJ00"]
    assert {row["Perioden"] for row in cbsodata.get_data("GMSDMA01", catalog_url=address)} == {"2019"}
    assert cbsodata.get_info("GMSDMA01", catalog_url=address)["Frequency"] == "Perjaar"


@pytest.mark.parametrize("table_id", TABLES)
def test_the_default_selection_of_every_table_shows_a_figure(address: str, release: ReleaseContent, table_id: str) -> None:
    selection = cbsodata.get_info(table_id, catalog_url=address)["DefaultSelection"]
    with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=patience(60)) as client:
        rows = client.get(f"/ODataApi/odata/{table_id}/TypedDataSet?{selection}").json()["value"]
    assert rows
    assert any(row[measure] is not None for row in rows for measure in measures(release, table_id))


@pytest.mark.parametrize("table_id", TABLES)
def test_keys_as_they_come_find_their_rows(address: str, release: ReleaseContent, table_id: str) -> None:
    """A key with its padding, as `get_meta` gives it, in a filter of each dimension; one row of the cube for all of them."""
    keys = {name: cbsodata.get_meta(table_id, name, catalog_url=address)[-1]["Key"] for name in axes(release, table_id)}
    rows = cbsodata.get_data(table_id, catalog_url=address, filters=" and ".join(f"{name} eq '{key}'" for name, key in keys.items()))
    assert len(rows) == 1
