"""`gmsd serve` over a release on disk, read by the real `cbsodata` and `pyodata` and by the requests that people send to CBS."""

from __future__ import annotations

import asyncio
import datetime as dt
import gzip
import json
import urllib.request
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import cbsodata
import httpx
import pyodata
import pytest
import requests
from pyodata.v2.model import Config

from tests.support.served import MARKS, TABLE
from tests.support.stack import PROJECT
from tests.support.waiting import patience

if TYPE_CHECKING:
    from pathlib import Path

CELLS = 6 * 356 * 3
pytestmark = pytest.mark.usefixtures("plain_http")
ROOTS = ("ODataFeed/odata", "ODataApi/odata")


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


def test_cbsodata_filters_the_catalogue(address: str) -> None:
    for filters, found in {
        "Modified gt datetime'2020-01-01T00:00:00' and Language eq 'nl'": [TABLE],
        "substringof('Wmo', ShortTitle)": [TABLE],
        "Identifier eq '83262NED'": [TABLE],
        "startswith(Title, 'Bevolking')": [],
    }.items():
        listed = cbsodata.get_table_list(catalog_url=address, filters=filters, select=["Identifier", "Title"])
        assert [row["Identifier"] for row in listed] == found
        assert all(set(row) == {"Identifier", "Title"} for row in listed)


def test_cbsodata_takes_the_key_as_it_came(address: str) -> None:
    """What `get_meta` gives, padding and all, goes into any function of a filter."""
    for region in cbsodata.get_meta(TABLE, "RegioS", catalog_url=address)[:2]:
        for filters in ("RegioS eq '{}'", "startswith(RegioS,'{}')", "endswith(RegioS,'{}')", "substringof('{}',RegioS)"):
            data = cbsodata.get_data(TABLE, catalog_url=address, filters=filters.format(region["Key"]), select=["RegioS", "WmoClienten_1"])
            assert len(data) == 18
            assert {row["RegioS"] for row in data} == {region["Title"]}


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


def get(client: httpx.Client, path: str, **options: str) -> Any:
    """The answer's JSON; options are named without their $."""
    answer = client.get(path, params={"$format": "json"} | {f"${name}": value for name, value in options.items()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def rows(client: httpx.Client, name: str, **options: str) -> list[dict[str, Any]]:
    return get(client, f"/ODataApi/odata/{TABLE}/{name}", **options)["value"]


# Requests as people send them to CBS, of the forms found in public scripts, and how many rows each means.
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/ODataApi/odata/83262NED/TypedDataSet?$format=json&$filter=substring(RegioS,0,5)%20eq%20'GM051'", 18 * 3),
        ("/ODataApi/odata/83262NED/TypedDataSet?$format=json&$filter=substring(Perioden,0,4)%20eq%20'2019'", CELLS),
        (
            "/ODataApi/odata/83262NED/UntypedDataSet?$filter=substring(Perioden,0,4) ge '2010' and substring(Perioden,4,2) eq 'JJ'",
            CELLS // 3,
        ),
        ("/ODataCatalog/Tables?$format=json&$filter=Modified%20gt%20datetime'2020-01-01T00:00:00'", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=Modified%20gt%20datetime'2021-01-01T00:00:00'", 0),
        ("/ODataCatalog/Tables?$format=json&$top=0", 0),
        ("/ODataCatalog/Tables?$format=json&$skip=1", 0),
        ("/ODataCatalog/Tables?$format=json&$filter=Language eq 'nl' and substringof('Wmo',Title)", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=Identifier eq '83262ned'", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=Identifier eq ' 83262ned '", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=startswith(Identifier,'83262ned')", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=substringof('ned',Identifier)", 1),
        ("/ODataCatalog/Tables?$format=json&$filter=endswith(Identifier,'nl')", 0),
        ("/ODataApi/odata/83262NED/TypedDataSet?$filter=indexof('2019HJ02',Perioden) eq 0", CELLS // 3),
        ("/ODataApi/odata/83262NED/TypedDataSet?$filter=concat(RegioS,Perioden) eq 'NL01  2019HJ01'", 6),
        ("/ODataApi/odata/83262NED/TypedDataSet?$top=1&_=1588579200", 1),
        ("/ODataCatalog/Tables_Themes?$filter=ThemeID eq 1&$select=TableIdentifier,ThemeID", 1),
        ("/ODataCatalog/Featured?$format=json", 0),
        ("/ODataCatalog/Table_Featured?$orderby=ID&$format=json", 0),
        ("/ODataApi/odata/83262NED/TypedDataSet?$format=json&$filter=RegioS%20eq%20'GM0503'&$orderby=Perioden%20asc", 18),
        ("/ODataApi/odata/83262NED/DataProperties?$format=json&$orderby=Position", 7),
        ("/ODataApi/odata/83262NED/DataProperties?$filter=isof('Cbs.OData.Topic')", 2),
        ("/ODataApi/odata/83262NED/DataProperties?$filter=ReleasePolicy eq true", 1),
        ("/ODataFeed/odata/83262NED/TypedDataSet?$filter=startswith(RegioS,'NL01  ')", 18),
        ("/ODataFeed/odata/83262NED/TypedDataSet?$filter=RegioS eq 'NL01  '", 18),
        ("/ODataFeed/odata/83262NED/TypedDataSet?$filter=((substringof(%27NL%27,RegioS)))&$select=Perioden,+WmoClienten_1", 18),
        ("/ODataFeed/odata/83262NED/UntypedDataSet?$filter=((RegioS+eq+%27NL01++%27))+and+((Perioden+eq+%272019HJ01%27))", 6),
        ("/ODataFeed/odata/83262NED/UntypedDataSet?$filter=RegioS eq 'GM0034' and WmoClienten_1 eq '.'", 12),
        ("/ODataFeed/odata/83262NED/UntypedDataSet?$filter=RegioS eq 'GM0034' and WmoClienten_1 eq '3400'", 1),
        ("/ODataFeed/odata/83262NED/UntypedDataSet?$filter=RegioS eq 'GM0034' and WmoClienten_1 gt '900'", 3),
        ("/ODataFeed/odata/83262NED/UntypedDataSet?$filter=RegioS eq 'GM0034' and startswith(WmoClienten_1,'34')", 1),
        ("/ODataFeed/odata/83262NED/TypedDataSet?$filter=RegioS eq 'GM0034' and WmoClienten_1 ge 1130L and WmoClienten_1 ne null", 3),
        ("/ODataFeed/odata/83262NED/RegioS?$filter=Title eq '''s-Gravenhage (gemeente)'", 1),
        ("/ODataFeed/odata/83262NED/RegioS?$filter=startswith(Title,'S%C3%BAdwest')", 1),
        ("/odatafeed/OData/83262ned/typeddataset?$filter=ID lt 5", 5),
        ("/ODATAAPI/ODATA/83262Ned/RegioS?$top=2", 2),
        ("/ODataApi/odata/83262NED/TypedDataSet?$top=3&$skip=6406", 2),
        ("/ODataApi/odata/83262NED/TypedDataSet?$skip=6408", 0),
    ],
)
def test_a_request_gives_the_rows_that_it_means(client: httpx.Client, path: str, expected: int) -> None:
    answer = client.get(path.replace(" ", "%20"))
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["value"]) == expected


def test_the_requests_of_the_documentation_find_something(client: httpx.Client) -> None:
    text = (PROJECT / "docs" / "odata.md").read_text(encoding="utf-8")
    requests_shown = [line for line in text.splitlines() if line.startswith("/OData")]
    assert len(requests_shown) >= 6
    for path in requests_shown:
        answer = client.get(path.replace(" ", "%20"))
        assert answer.status_code == 200, answer.text
        assert answer.json()["value"], path


def test_order_count_and_selection(client: httpx.Client) -> None:
    data = f"/ODataFeed/odata/{TABLE}/TypedDataSet"
    answer = get(client, data, inlinecount="allpages", top="2", orderby="WmoClienten_1 desc,ID desc", select="ID, WmoClienten_1")
    assert answer["odata.count"] == str(CELLS)
    assert all(set(row) == {"ID", "WmoClienten_1"} for row in answer["value"])
    most = max(row["WmoClienten_1"] or 0 for row in rows(client, "TypedDataSet"))
    assert answer["value"][0]["WmoClienten_1"] == most
    assert "odata.count" not in get(client, data, inlinecount="none", top="1")
    by_period = rows(client, "TypedDataSet", filter="RegioS eq 'GM0503' and TypeMaatwerkarrangement eq 'T001024'", orderby="Perioden desc")
    assert [row["Perioden"] for row in by_period] == ["2019JJ00", "2019HJ02", "2019HJ01"]
    missing_first = rows(client, "TypedDataSet", filter="RegioS eq 'GM0034'", orderby="WmoClienten_1")
    assert [row["WmoClienten_1"] for row in missing_first[:12]] == [None] * 12
    titles = [row["Title"] for row in rows(client, "RegioS", orderby="length(Title) desc,Title", top="3")]
    assert len(titles[0]) == max(len(row["Title"]) for row in rows(client, "RegioS"))
    dates = rows(client, "TableInfos", filter="year(Modified) eq 2020 and month(Modified) eq 5", select="Modified")
    assert dates == [{"Modified": "2020-05-04T09:00:00"}]


def test_pages_follow_each_other(client: httpx.Client) -> None:
    data = f"/ODataFeed/odata/{TABLE}/TypedDataSet"
    assert client.get(f"{data}/$count").text == client.get(f"{data}/$Count").text == str(CELLS)
    assert client.get(f"{data}/$count", params={"$filter": "RegioS eq 'NL01'", "$skip": "3"}).text == "15"
    assert client.get("/ODataCatalog/Tables/$count", params={"$format": "json"}).json() == 1
    top = get(client, data, top="3", skip="4")
    assert [row["ID"] for row in top["value"]] == [4, 5, 6]
    assert "odata.nextLink" not in top


@pytest.mark.parametrize("path", ["/ODataCatalog/Tables", f"/ODataFeed/odata/{TABLE}/Perioden"])
def test_reading_row_by_row_comes_to_an_end(address: str, path: str) -> None:
    seen = 0
    while seen < 6:
        with urllib.request.urlopen(f"http://{address}{path}?%24format=json&%24top=1&%24skip={seen}", timeout=patience(60)) as answer:
            if not json.load(answer)["value"]:
                break
        seen += 1
    assert seen == (1 if "Catalog" in path else 3)


BAD_FILTERS = ("Nobody eq 'x'", "ID eq", "ID eq 'x'", "(" * 200, "", "contains(Key,'x')", "year('x') eq 1", "%E9 eq 1", "ID eq 1%00")
BAD = [
    *(f"$filter={text}" for text in BAD_FILTERS),
    *(f"$orderby={text}" for text in ("Nobody", "ID upwards", "", "ID,")),
    *(f"$select={text}" for text in ("Nobody", "ID,,ID", "ID/Title", "odata.type", "")),
    *(f"${name}={text}" for name in ("top", "skip") for text in ("-1", "x", "1.5", "99999999999", "")),
    *(f"$format={text}" for text in ("atom", "xml", "json;odata=fullmetadata", "")),
    *("$inlinecount=yes", "$expand=RegioS", "$skiptoken=10", "$search=x", "$count=true", "$Filter=ID eq 1", "$apply=x", "$=1"),
    *("$top=1&$top=2", "filter=ID eq 1", "top=1", "a=1&" * 100),
    *("Filter=ID eq 1", "TOP=1", "$top=1& $skip=1", "$top=1&amp;$skip=1"),
]


@pytest.mark.parametrize("query", BAD, ids=lambda query: query[:30])
@pytest.mark.parametrize("path", [f"/ODataFeed/odata/{TABLE}/TypedDataSet", "/ODataCatalog/Tables"])
def test_an_option_that_cannot_be_honoured_is_refused_on_every_path(client: httpx.Client, path: str, query: str) -> None:
    assert_dutch_error(client.get(f"{path}?{query.replace(' ', '%20')}"), 400)


OPTIONS = ("$filter=ID eq 1", "$select=ID", "$orderby=ID", "$top=1", "$skip=1", "$inlinecount=allpages", "$expand=x", "$skiptoken=1")


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize(
    "path", ["/ODataCatalog", "/ODataCatalog/$metadata", f"/ODataApi/odata/{TABLE}", f"/ODataApi/odata/{TABLE}/$metadata"]
)
def test_a_document_has_no_rows_to_choose_from(client: httpx.Client, path: str, option: str) -> None:
    assert_dutch_error(client.get(f"{path}?{option.replace(' ', '%20')}"), 400)


@pytest.mark.parametrize(
    "path",
    [
        *(f"/ODataFeed/odata/{TABLE}/{name}" for name in ("Nothing", "Nothing/$count", "TypedDataSet(6408)", "TypedDataSet('1')")),
        *(f"/ODataFeed/odata/{TABLE}/{name}" for name in ("RegioS('GM9999')", "RegioS(1)", "RegioS('x", "Nothing(1)")),
        *(
            "/ODataFeed/odata/00000NED",
            "/ODataFeed/odata/00000NED/TypedDataSet",
            "/ODataCatalog/Nothing",
            "/ODataFeed/odata",
            "/ODataNothing",
        ),
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(client: httpx.Client, path: str) -> None:
    assert_dutch_error(client.get(path), 404)


def assert_dutch_error(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["odata.error"]
    assert set(error) == {"code", "message"}
    assert error["message"]["lang"] == answer.headers["content-language"] == "nl"
    words = set(error["message"]["value"].lower().replace(":", " ").split())
    assert words & {"is", "niet", "kan", "er", "een", "staat", "alleen", "kent", "geeft", "meer", "moet", "verwacht"}, error
    assert not words & {"the", "not", "unknown", "expected", "must"}


def test_one_row_is_given_by_its_key(client: httpx.Client) -> None:
    for key in ("NL01", "NL01  "):
        row = get(client, f"/ODataApi/odata/{TABLE}/RegioS('{key}')")
        assert (row["Key"], row["Title"]) == ("NL01  ", "Nederland")
        assert row["odata.metadata"].endswith("#Cbs.OData.WebAPI.RegioS/@Element")
    cell = get(client, f"/ODataFeed/odata/{TABLE}/TypedDataSet(5)", select="ID,RegioS")
    assert cell | {"odata.metadata": ""} == {"odata.metadata": "", "ID": 5, "RegioS": "GM1680"}
    assert get(client, "/ODataCatalog/Tables(0)")["Identifier"] == TABLE
    assert_dutch_error(client.get(f"/ODataFeed/odata/{TABLE}/TypedDataSet(5)", params={"$filter": "ID eq 5"}), 400)
    absent = client.get(f"/ODataFeed/odata/{TABLE}/RegioS('GM9999')").json()["odata.error"]["message"]["value"]
    assert absent == "er is geen RegioS('GM9999'): in RegioS heeft niets die sleutel"


def test_the_catalogue_is_as_cbs_has_it(client: httpx.Client, address: str) -> None:
    for root in ("/ODataCatalog", "/ODataCatalog/", "/odatacatalog/"):
        assert [entry["name"] for entry in get(client, root)["value"]] == [
            "Tables",
            "Featured",
            "Table_Featured",
            "Themes",
            "Tables_Themes",
        ]
    (table,) = get(client, "/ODataCatalog/Tables")["value"]
    assert list(table) == [
        "ID", "Updated", "Identifier", "Title", "ShortTitle", "ShortDescription", "Summary", "Modified", "MetaDataModified",
        "ReasonDelivery", "ExplanatoryText", "OutputStatus", "Source", "Language", "Catalog", "Frequency", "Period", "SummaryAndLinks",
        "ApiUrl", "FeedUrl", "DefaultPresentation", "DefaultSelection", "GraphTypes", "RecordCount", "ColumnCount", "SearchPriority",
    ]  # fmt: skip
    assert (table["Updated"], table["RecordCount"], table["ColumnCount"]) == ("2020-05-04T09:00:00", CELLS, 7)
    assert (table["ApiUrl"], table["FeedUrl"]) == tuple(f"http://{address}/{root}/odata/{TABLE}" for root in ("ODataApi", "ODataFeed"))
    for link in (table["ApiUrl"], table["FeedUrl"]):
        assert link in table["SummaryAndLinks"]
        assert httpx.get(link, trust_env=False, timeout=patience(60)).status_code == 200
    assert list(get(client, "/ODataCatalog/Themes")["value"][0]) == ["ID", "ParentID", "Number", "Title", "Language", "Catalog"]


@pytest.mark.parametrize("root", ROOTS)
def test_the_default_selection_shows_a_figure(client: httpx.Client, root: str) -> None:
    selection = get(client, f"/{root}/{TABLE}/TableInfos")["value"][0]["DefaultSelection"]
    answer = client.get(f"/{root}/{TABLE}/TypedDataSet?{selection.replace(' ', '%20')}")
    assert answer.status_code == 200, answer.text
    found = answer.json()["value"]
    assert {row["RegioS"] for row in found} == {"NL01  "}
    assert len(found) == 6
    assert all(row["WmoClienten_1"] for row in found)


@pytest.mark.parametrize("root", [*(f"/{root}/{TABLE}" for root in ROOTS), "/ODataCatalog"])
def test_the_model_names_every_set_property_and_type(client: httpx.Client, root: str) -> None:
    answer = client.get(f"{root}/$metadata")
    assert answer.content == client.get(f"{root}/$METADATA").content
    assert answer.headers["content-type"].startswith("application/xml")
    edm = "{http://schemas.microsoft.com/ado/2009/11/edm}"
    schema = ET.fromstring(answer.content).find(f".//{edm}Schema")
    assert schema is not None
    types = {f"{schema.get('Namespace')}.{kind.get('Name')}": kind for kind in schema.iter(f"{edm}EntityType")}
    sets = {entry.get("Name"): entry.get("EntityType") for entry in schema.iter(f"{edm}EntitySet")}
    assert list(sets) == [entry["name"] for entry in get(client, root)["value"]]
    for name, kind in sets.items():
        properties = {entry.get("Name"): entry.get("Type") for entry in types[kind].iter(f"{edm}Property")}
        (key,) = [entry.get("Name") for entry in types[kind].iter(f"{edm}PropertyRef")]
        assert key in properties
        for row in get(client, f"{root}/{name}", top="2")["value"]:
            assert row.pop("odata.type", kind) in types
            assert set(row) == set(properties)
            for field, found in row.items():
                wanted = {"Edm.Int32": int, "Edm.String": str, "Edm.Boolean": bool, "Edm.DateTime": str}[properties[field]]
                assert found is None or type(found) is wanted
                if properties[field] == "Edm.DateTime":
                    assert dt.datetime.fromisoformat(found)
    assert client.get(f"{root}/$metadata?$format=xml").status_code == 200
    assert_dutch_error(client.get(f"{root}/$metadata?$format=json"), 400)


def test_pyodata_starts_from_the_model_and_reads(address: str) -> None:
    session = requests.Session()
    session.trust_env = False
    service = pyodata.Client(f"http://{address}/ODataApi/odata/{TABLE}", session, config=Config(retain_null=True))
    assert {entry.name for entry in service.schema.entity_sets} >= {"TypedDataSet", "UntypedDataSet", "DataProperties", "RegioS"}
    sets = service.entity_sets
    assert [(row.Key, row.Title) for row in sets.RegioS.get_entities().top(1).execute()] == [("NL01  ", "Nederland")]
    nation = sets.TypedDataSet.get_entities().filter("startswith(RegioS,'NL01  ')").order_by("Perioden desc,ID")
    found = nation.count(inline=True).top(1).execute()
    assert (found.total_count, found[0].Perioden, type(found[0].WmoClienten_1)) == (18, "2019JJ00", int)
    assert sets.TypedDataSet.get_entities().count().execute() == CELLS
    assert {row.WmoClienten_1 for row in sets.TypedDataSet.get_entities().filter("WmoClienten_1 eq null").top(5).execute()} == {None}
    assert sets.RegioS.get_entity("NL01").execute().Title == "Nederland"
    assert {row.Type for row in sets.DataProperties.get_entities().execute()} == {"Dimension", "GeoDimension", "TimeDimension", "Topic"}
    catalogue = pyodata.Client(f"http://{address}/ODataCatalog", session).entity_sets
    (table,) = catalogue.Tables.get_entities().filter("Modified gt datetime'2020-01-01T00:00:00'").select("Identifier,Modified").execute()
    assert (table.Identifier, table.Modified.replace(tzinfo=None)) == (TABLE, dt.datetime.fromisoformat("2020-05-04T09:00:00"))


LIGHT, VERBOSE = {"odata.metadata", "value"}, {"d"}


@pytest.mark.parametrize(
    ("headers", "query", "members"),
    [
        ({"Accept": "*/*"}, "", LIGHT),
        ({"Accept": "application/json, text/plain, */*"}, "", LIGHT),
        ({"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, "", LIGHT),
        ({"Accept": "application/json"}, "", LIGHT | VERBOSE),
        ({"Accept": "application/json"}, "&$format=json", LIGHT),
        ({"Accept": "application/json", "MaxDataServiceVersion": "3.0"}, "", LIGHT),
        ({"Accept": "application/json", "MaxDataServiceVersion": "2.0"}, "", VERBOSE),
        ({"Accept": "application/json;odata=verbose"}, "", VERBOSE),
        ({"Accept": "application/json;odata=nometadata"}, "", {"value"}),
        ({"Accept": "application/atom+xml, application/json;odata=minimalmetadata;q=0.5"}, "", LIGHT),
        ({}, "&$format=json;odata=verbose", VERBOSE),
        ({}, "&$format=verbosejson", VERBOSE),
    ],
)
def test_rows_are_given_in_the_form_that_is_asked_for(client: httpx.Client, headers: dict[str, str], query: str, members: set[str]) -> None:
    answer = client.get(f"/ODataApi/odata/{TABLE}/TableInfos?$top=1{query}", headers=headers)
    assert set(answer.json()) == members
    row = answer.json().get("d", {}).get("results", [None])[0]
    if row:
        old = "verbose" not in headers.get("Accept", "verbose")
        assert row["Modified"] == ("/Date(1588582800000)/" if old else "2020-05-04T09:00:00")
        uri = f"{str(client.base_url).rstrip('/')}/ODataApi/odata/{TABLE}/TableInfos(0)"
        assert row["__metadata"] == {"uri": uri, "type": "Cbs.OData.TableInfo"}


def test_a_form_that_there_is_not_is_refused(client: httpx.Client) -> None:
    assert_dutch_error(client.get(f"/ODataApi/odata/{TABLE}/TableInfos", headers={"Accept": "application/atom+xml"}), 406)


IN_TABLE = ("RegioS", "$metadata", "RegioS/$count", "RegioS('NL01')", "Nothing", "RegioS?$top=x")
PATHS = ["/ODataCatalog", "/ODataCatalog/Tables", "/gezond", "/ODataNothing", *(f"/ODataFeed/odata/{TABLE}/{path}" for path in IN_TABLE)]


@pytest.mark.parametrize("path", PATHS)
def test_any_page_may_read(client: httpx.Client, path: str) -> None:
    for headers in ({}, {"Origin": "https://example.org"}):
        assert client.get(path, headers=headers).headers["access-control-allow-origin"] == "*"
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "maxdataserviceversion,x-own"}
    before = client.options(path, headers=asked | {"Origin": "https://example.org"})
    assert before.status_code == 200
    assert before.headers["access-control-allow-origin"] == "*"
    assert "GET" in before.headers["access-control-allow-methods"]
    assert "maxdataserviceversion" in before.headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize("path", PATHS)
def test_options_and_head_tell_what_there_is(client: httpx.Client, path: str) -> None:
    got, told = client.get(path), client.head(path)
    assert (told.status_code, told.content) == (got.status_code, b"")
    assert told.headers["content-type"] == got.headers["content-type"]
    plain = client.options(path)
    if path != "/ODataNothing":
        assert (plain.status_code, plain.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client: httpx.Client, method: str) -> None:
    answer = client.request(method, f"/ODataFeed/odata/{TABLE}/RegioS")
    assert_dutch_error(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_large_answers_are_compressed_for_who_can_read_it(client: httpx.Client) -> None:
    path = f"/ODataFeed/odata/{TABLE}/TypedDataSet?$format=json"
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "accept-encoding" in plain.headers["vary"].lower()
    assert gzip.decompress(packed) == plain.content
    assert len(packed) * 5 < len(plain.content)


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip;q=0", False), ("gzip; q=0.0, identity", False), ("identity;q=1, gzip ; q=0.000", False), ("br", False),
        ("gzip;q=0.5", True), ("br, GZIP", True), ("deflate;q=0, gzip", True),
    ],
)  # fmt: skip
def test_who_refuses_compression_gets_none(client: httpx.Client, accepted: str, packed: bool) -> None:
    answer = client.get(f"/ODataFeed/odata/{TABLE}/RegioS", headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.headers["vary"] == "Accept-Encoding, Origin"
    assert len(answer.json()["value"]) == 356


def test_it_is_healthy(client: httpx.Client) -> None:
    answer = client.get("/gezond")
    assert (answer.status_code, answer.text) == (200, "ok")


TEMPLATES = (
    "TypedDataSet?$filter={}{}",
    "TypedDataSet?$orderby={}{}",
    "TypedDataSet?$select={}{}",
    "{}{}",
    "TypedDataSet({}{})",
    "?${}={}",
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_request_breaks_it(client: httpx.Client, template: str) -> None:
    """Whatever is sent, the answer is what is asked for or a refusal."""
    for first in MARKS:
        for second in MARKS:
            answer = client.get(f"/ODataFeed/odata/{TABLE}/{template.format(first, second)}", follow_redirects=True)
            assert answer.status_code in {200, 400, 404}, (template, first[:20], second[:20], answer.text[:200])


def test_a_next_link_leads_through_every_page_with_its_filter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gmsd.readers import FolderSource
    from gmsd.web.site import create_app
    from gmsd.web.site.odata import app

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
