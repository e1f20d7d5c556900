"""`gmsd serve` over a release on disk, read by the real `cbsodata` package."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import cbsodata
import httpx
import pytest

from gmsd.releases import bundle
from gmsd.releases.odata import filters
from tests.support.releases import H1, H2, content
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = "83262NED"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of two half-years with 355 municipalities delivered, so that the nation is shown."""
    root = tmp_path_factory.mktemp("release")
    for path, data in bundle(content(H1, H2, all_places=True), "0" * 64).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The service in a process of its own; its host and port."""
    command = [sys.executable, "-m", "gmsd.cli", "serve", "--folder", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "plugins"), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = None
        for line in process.stdout:
            found = re.search(r"catalog_url ([\d.]+:\d+)", line)
            if found:
                break
        assert found, "the service did not say where it listens"
        yield found[1]
        process.terminate()


@pytest.fixture(autouse=True)
def _plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbsodata.options, "use_https", False)
    monkeypatch.setattr(cbsodata.options, "requests", {"proxies": {"http": "", "https": ""}})


def test_cbsodata_reads_every_cell(address: str) -> None:
    data = cbsodata.get_data(TABLE, catalog_url=address)
    assert len(data) == 6 * 356 * 3
    assert [row["ID"] for row in data] == list(range(len(data)))
    first = data[0]
    assert first["Geslacht"] == "Totaal mannen en vrouwen"
    assert (first["RegioS"], first["Perioden"], first["TypeMaatwerkarrangement"]) == ("Nederland", "1e halfjaar 2019", "Totaal")
    assert isinstance(first["WmoClienten_1"], int)
    municipal = [row for row in data if row["RegioS"] != "Nederland" and row["TypeMaatwerkarrangement"] == "Totaal"]
    total = sum(row["WmoClienten_1"] or 0 for row in municipal if row["Perioden"] == "1e halfjaar 2019")
    assert first["WmoClienten_1"] == total
    withdrawn = [row for row in data if row["RegioS"] == "Almere" and row["Perioden"] != "1e halfjaar 2019"]
    assert len(withdrawn) == 12
    assert all(row["WmoClienten_1"] is None for row in withdrawn)


def test_cbsodata_reads_what_the_table_is_about(address: str) -> None:
    info = cbsodata.get_info(TABLE, catalog_url=address)
    assert info["Identifier"] == TABLE
    assert info["Title"].startswith("Wmo-cliënten")
    regions = cbsodata.get_meta(TABLE, "RegioS", catalog_url=address)
    assert regions[0]["Key"] == "NL01  "
    periods = {row["Key"]: row["Status"] for row in cbsodata.get_meta(TABLE, "Perioden", catalog_url=address)}
    assert periods == {"2019HJ01": "NaderVoorlopig", "2019HJ02": "Voorlopig", "2019JJ00": "Voorlopig"}
    assert [row["Identifier"] for row in cbsodata.get_table_list(catalog_url=address)] == [TABLE]


def test_cbsodata_filters_and_selects(address: str) -> None:
    rows = cbsodata.get_data(
        TABLE,
        catalog_url=address,
        filters="(RegioS eq 'GM0518' or RegioS eq 'NL01') and TypeMaatwerkarrangement eq 'T001024' and Perioden eq '2019JJ00'",
        select=["RegioS", "WmoClienten_1"],
    )
    assert [row["RegioS"] for row in rows] == ["Nederland", "'s-Gravenhage (gemeente)"]
    assert set(rows[0]) == {"RegioS", "WmoClienten_1"}


def test_the_untyped_set_holds_text_with_a_dot_for_what_is_missing(address: str) -> None:
    rows = cbsodata.get_data(TABLE, catalog_url=address, typed=True, filters="RegioS eq 'GM0034'")
    assert {row["WmoClienten_1"].strip() == "." for row in rows} == {True, False}
    assert all(len(row["WmoClienten_1"]) == 8 for row in rows)


def test_pages_follow_each_other(address: str) -> None:
    with httpx.Client(base_url=f"http://{address}/ODataFeed/odata/{TABLE}/", trust_env=False) as client:
        assert client.get("TypedDataSet/$count").text == str(6 * 356 * 3)
        top = client.get("TypedDataSet", params={"$format": "json", "$top": "3", "$skip": "4"}).json()
        assert [row["ID"] for row in top["value"]] == [4, 5, 6]
        assert "odata.nextLink" not in top


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("TypedDataSet?$filter=RegioS eq", 400),
        ("TypedDataSet?$filter=Nobody eq 'x'", 400),
        ("TypedDataSet?$filter=ID eq 'x'", 400),
        ("TypedDataSet?$filter=" + "(" * 200, 400),
        ("TypedDataSet?$select=Nobody", 400),
        ("TypedDataSet?$orderby=ID", 400),
        ("TypedDataSet?$format=atom", 400),
        ("TypedDataSet?$top=-1", 400),
        ("Nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_reason(address: str, query: str, status: int) -> None:
    answer = httpx.get(f"http://{address}/ODataFeed/odata/{TABLE}/{query}", trust_env=False)
    assert answer.status_code == status
    assert answer.json()["odata.error"]["message"]["value"]


def test_a_filter_knows_brackets_functions_and_not() -> None:
    import polars as pl

    frame = pl.DataFrame({"RegioS": ["NL01  ", "GM0518", "GM0363"], "ID": [1, 2, None]})
    for text, expected in {
        "not (RegioS eq 'NL01') and (ID ge 2 or ID eq null)": ["GM0518", "GM0363"],
        "substringof('03', RegioS)": ["GM0363"],
        "startswith(RegioS,'GM') and ID ne null": ["GM0518"],
        "RegioS eq 'O''Hara'": [],
    }.items():
        assert frame.filter(filters.parse_filter(text, frame.schema))["RegioS"].to_list() == expected


def test_a_next_link_leads_through_every_page_with_its_filter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gmsd.releases.odata import FolderSource, app, create_app

    monkeypatch.setattr(app, "PAGE", 100)

    async def read(top: int | None) -> list[dict[str, object]]:
        options = {"$format": "json", "$filter": "Perioden eq '2019HJ02'", "$select": "ID,RegioS"} | ({"$top": str(top)} if top else {})
        transport = httpx.ASGITransport(create_app(FolderSource(folder)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = (await client.get(f"/ODataFeed/odata/{TABLE}/TypedDataSet", params=options)).json()
            rows = answer["value"]
            while "odata.nextLink" in answer:
                answer = (await client.get(answer["odata.nextLink"])).json()
                rows += answer["value"]
        return rows

    for top, expected in ((None, 6 * 356), (250, 250), (200, 200)):
        rows = asyncio.run(read(top))
        assert [row["ID"] for row in rows] == [3 * n + 1 for n in range(expected)]
        assert set(rows[0]) == {"ID", "RegioS"}
