"""`gmsd serve` in OData 4: the requests that people send to CBS's newer service, and what it refuses."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import httpx
import odata
import pytest
import requests

from tests.support.served import MARKS, TABLE
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

ROOT = "/odata/v4"
DATA = f"{ROOT}/{TABLE}/Observations"
PLACES = 355
NAMES = ["Id", "Measure", "ValueAttribute", "Value", "StringValue", "Geslacht", "KenmerkenVanPersonen", "TypeMaatwerkarrangement"]


def get(client: httpx.Client, path: str, **options: str) -> Any:
    """The answer's JSON; options are named without their $."""
    answer = client.get(path, params={f"${name}": value for name, value in options.items()} or None)
    assert answer.status_code == 200, answer.text
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["x-release"] == "r0001"
    return answer.json()


def rows(client: httpx.Client, name: str, **options: str) -> list[dict[str, Any]]:
    return get(client, f"{ROOT}/{TABLE}/{name}", **options)["value"]


# Requests as people send them to CBS, of the forms found in public scripts, and how many rows each means.
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"{DATA}?$filter=RegioS eq 'NL01'", 36),
        (f"{DATA}?$filter=RegioS eq 'GM0363' and Perioden eq '2019JJ00'", 12),
        (f"{DATA}?$filter=(RegioS eq 'GM0363' or RegioS eq 'NL01') and startswith(Perioden,'2019HJ')", 48),
        (f"{DATA}?$filter=((RegioS eq 'GM0363')) and ((Measure eq 'WmoClienten_1' or Measure eq 'x'))", 18),
        (f"{DATA}?$filter=RegioS in ('GM0363','GM0518','GM0599') and Measure in ('WmoClienten_1')", 54),
        (f"{DATA}?$filter=contains(RegioS,'GM036') and contains(Perioden,'JJ') and Measure eq 'WmoClienten_1'", 18),
        (f"{DATA}?$filter=contains(RegioS, 'NL')&$select=Perioden,Value", 36),
        (f"{DATA}?$filter=endswith(Perioden,'JJ00') and not startswith(RegioS,'GM')", 12),
        (f"{DATA}?$filter=RegioS eq 'GM0034'", 12),
        (f"{DATA}?$filter=RegioS eq 'GM0034' and Value gt 1000", 3),
        (f"{DATA}?$filter=RegioS eq 'GM0034' and Value eq 3400", 1),
        (f"{DATA}?$filter=RegioS eq 'GM0034' and Value eq 3400.0", 1),
        (f"{DATA}?$filter=Value eq null", 0),
        (f"{DATA}?$filter=StringValue ne null", 0),
        (f"{DATA}?$filter=substring(Perioden,4,2) eq 'JJ' and RegioS eq 'NL01'", 12),
        (f"{DATA}?$top=5", 5),
        (f"{DATA}?$top=5&$skip=3&_=1588579200", 5),
        (f"{DATA}?$top=0", 0),
        (f"{ROOT}/{TABLE}/RegioSCodes", PLACES + 1),
        (f"{ROOT}/{TABLE}/RegioSCodes?$filter=contains(Title,'den Haag')", 0),
        (f"{ROOT}/{TABLE}/RegioSCodes?$filter=contains(tolower(Title),'gravenhage')&$select=Identifier,Title", 1),
        (f"{ROOT}/{TABLE}/RegioSCodes?$filter=Title eq '''s-Gravenhage (gemeente)'", 1),
        (f"{ROOT}/{TABLE}/PeriodenCodes?$filter=Status eq 'Voorlopig'&$orderby=Identifier desc", 2),
        (f"{ROOT}/{TABLE}/MeasureCodes?$orderby=Index", 2),
        (f"{ROOT}/{TABLE}/MeasureGroups", 0),
        (f"{ROOT}/{TABLE}/Dimensions?$filter=Kind eq 'TimeDimension'", 1),
        (f"{ROOT}/{TABLE}/Dimensions?$filter=ContainsGroups eq true", 1),
        (f"{ROOT}/{TABLE}/KenmerkenVanPersonenGroups", 2),
        (f"{ROOT}/CBS/{TABLE}/Observations?$filter=RegioS eq 'NL01'", 36),
        (f"{ROOT}/cbs/{TABLE.lower()}/observations?$filter=RegioS eq 'NL01'", 36),
        (f"/OData/V4/{TABLE}/regioscodes?$top=2", 2),
        (f"{ROOT}/Datasets", 1),
        (f"{ROOT}/CBS/Datasets", 1),
        (f"{ROOT}/Catalogs", 1),
        (f"{ROOT}/Datasets?$select=Identifier,Title&$orderby=Modified desc&$top=10", 1),
        (f"{ROOT}/Datasets?$filter=Identifier eq '{TABLE.lower()}'", 1),
        (f"{ROOT}/Datasets?$filter=Catalog eq 'CBS' and contains(Title,'Wmo')", 1),
        (f"{ROOT}/Datasets?$filter=Modified gt 2020-01-01T00:00:00Z", 1),
        (f"{ROOT}/Datasets?$filter=Modified gt 2021-01-01", 0),
        (f"{ROOT}/Datasets?$skip=1", 0),
    ],
)
def test_a_request_gives_the_rows_that_it_means(client: httpx.Client, path: str, expected: int) -> None:
    answer = client.get(path.replace(" ", "%20"))
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["value"]) == expected


def test_the_requests_of_the_documentation_find_something(client: httpx.Client) -> None:
    text = (PROJECT / "docs" / "odata.md").read_text(encoding="utf-8")
    requests_shown = [line for line in text.splitlines() if line.startswith(ROOT)]
    assert len(requests_shown) >= 5
    for path in requests_shown:
        answer = client.get(path.replace(" ", "%20"))
        assert answer.status_code == 200, answer.text
        assert answer.json()["value"], path


def test_a_table_is_a_list_of_sets(client: httpx.Client, address: str) -> None:
    document = get(client, f"{ROOT}/{TABLE}")
    assert document["@odata.context"] == f"http://{address}{ROOT}/{TABLE}/$metadata"
    dimensions = [row["Identifier"] for row in rows(client, "Dimensions")]
    assert dimensions == ["Geslacht", "KenmerkenVanPersonen", "TypeMaatwerkarrangement", "RegioS", "Perioden"]
    named = {entry["name"]: entry["kind"] for entry in document["value"]}
    codes = [f"{name}{part}" for part in ("Codes", "Groups") for name in dimensions]
    assert list(named) == ["MeasureCodes", "MeasureGroups", "Dimensions", *codes, "Observations", "Properties"]
    assert [name for name, kind in named.items() if kind == "Singleton"] == ["Properties"]
    assert [entry["url"] for entry in document["value"]] == list(named)
    assert get(client, f"{ROOT}/{TABLE}/")["value"] == document["value"]
    assert [entry["name"] for entry in get(client, ROOT)["value"]] == ["Catalogs", "Datasets"]


def test_observations_have_the_shape_of_cbs(client: httpx.Client, address: str) -> None:
    answer = get(client, DATA, top="3", count="true")
    assert answer["@odata.context"] == f"http://{address}{DATA.replace('/Observations', '/$metadata#Observations')}"
    assert list(answer) == ["@odata.context", "@odata.count", "value"]
    first = answer["value"][0]
    assert list(first) == [*NAMES, "RegioS", "Perioden"]
    assert first["ValueAttribute"] == "None"
    assert first["StringValue"] is None
    assert type(first["Value"]) is float
    assert (first["Id"], first["Measure"], first["RegioS"], first["Perioden"]) == (0, "WmoClienten_1", "NL01", "2019HJ01")
    assert [row["Id"] for row in answer["value"]] == [0, 1, 2]
    assert all(row["Value"] is not None for row in rows(client, "Observations", filter="RegioS eq 'GM0034'"))
    # withdrawn in the second half: no row there, and none for the year
    assert {row["Perioden"] for row in rows(client, "Observations", filter="RegioS eq 'GM0034'")} == {"2019HJ01"}


def test_nothing_says_why_a_cell_is_not_there(client: httpx.Client) -> None:
    """Suppressed, withdrawn and not delivered are alike: no row, and no word of it."""
    of_stay = "TypeMaatwerkarrangement eq 'A019508' and Perioden eq '2019JJ00'"
    assert rows(client, "Observations", filter=f"RegioS eq 'GM0050' and {of_stay}") == []  # a handful of clients: secret
    assert rows(client, "Observations", filter=f"RegioS eq 'GM0034' and {of_stay}") == []  # withdrawn
    assert len(rows(client, "Observations", filter=f"RegioS eq 'GM0363' and {of_stay}")) == 2
    assert {row["ValueAttribute"] for row in rows(client, "Observations")} == {"None"}


def test_properties_are_one_object(client: httpx.Client, address: str) -> None:
    found = get(client, f"{ROOT}/{TABLE}/Properties")
    assert found["@odata.context"] == f"http://{address}{ROOT}/{TABLE}/$metadata#Properties"
    assert (found["Identifier"], found["Catalog"], found["DatasetType"]) == (TABLE, "CBS", "Numeric")
    assert (found["Modified"], found["Version"]) == ("2020-05-04T09:00:00+02:00", "r0001")
    assert found["ObservationCount"] == int(client.get(f"{DATA}/$count").text)
    assert "value" not in found
    chosen = get(client, f"{ROOT}/{TABLE}/Properties", select="Title")
    assert set(chosen) == {"@odata.context", "Title"}
    assert_dutch_error(client.get(f"{ROOT}/{TABLE}/Properties?$top=1"), 400)
    for path in ("Properties/$count", "Properties('x')"):
        assert_dutch_error(client.get(f"{ROOT}/{TABLE}/{path}"), 404)
    (listed,) = get(client, f"{ROOT}/Datasets")["value"]
    assert listed.items() <= found.items()


def test_order_count_and_selection(client: httpx.Client, address: str) -> None:
    answer = get(client, DATA, count="true", top="2", orderby="Value desc,Id desc", select="Id,Value")
    every = rows(client, "Observations", filter="Measure eq 'WmoClienten_1'")
    assert answer["value"][0]["Value"] == max(row["Value"] for row in every)
    assert all(list(row) == ["Id", "Value"] for row in answer["value"])
    assert answer["@odata.context"].endswith("#Observations(Id,Value)")
    assert answer["@odata.count"] == int(client.get(f"{DATA}/$count").text)
    assert "@odata.count" not in get(client, DATA, count="false", top="1")
    counted = get(client, DATA, count="true", top="1", filter="RegioS eq 'NL01'")
    assert (counted["@odata.count"], len(counted["value"])) == (36, 1)
    assert list(get(client, DATA, top="1", select="*")["value"][0]) == [*NAMES, "RegioS", "Perioden"]
    by_period = rows(client, "Observations", filter="RegioS eq 'NL01' and Measure eq 'WmoClienten_1'", orderby="Perioden desc", top="1")
    assert by_period[0]["Perioden"] == "2019JJ00"


def test_a_count_is_a_bare_number_of_what_is_filtered(client: httpx.Client) -> None:
    assert client.get(f"{DATA}/$count", params={"$filter": "RegioS eq 'NL01'"}).text == "36"
    assert client.get(f"{ROOT}/Datasets/$count").text == "1"
    for option in ("$top=1", "$skip=1", "$orderby=Id", "$count=true", "$select=Id"):
        assert_dutch_error(client.get(f"{DATA}/$count?{option}"), 400)


def test_one_row_is_given_by_its_key(client: httpx.Client, address: str) -> None:
    row = get(client, f"{ROOT}/{TABLE}/RegioSCodes('GM0363')")
    assert (row["Identifier"], row["Title"]) == ("GM0363", "Amsterdam")
    assert row["@odata.context"] == f"http://{address}{ROOT}/{TABLE}/$metadata#RegioSCodes/$entity"
    assert get(client, f"{DATA}(1)", select="Id,Measure") == {
        "@odata.context": f"http://{address}{ROOT}/{TABLE}/$metadata#Observations(Id,Measure)/$entity",
        "Id": 1,
        "Measure": "WmoClientenPer1000Inwoners_2",
    }
    assert get(client, f"{ROOT}/Datasets('{TABLE}')")["Identifier"] == TABLE
    missing = next(n for n, row in enumerate(rows(client, "Observations", top="3000")) if row["Id"] != n)
    assert_dutch_error(client.get(f"{DATA}({missing})"), 404)


BAD_FILTERS = ("Nobody eq 'x'", "Id eq", "Id eq 'x'", "(" * 200, "", "substringof('x',RegioS)", "RegioS in ()", "Id eq 1L", "%E9 eq 1")
BAD = [
    *(f"$filter={text}" for text in BAD_FILTERS),
    *(f"$orderby={text}" for text in ("Nobody", "Id upwards", "", "Id,")),
    *(f"$select={text}" for text in ("Nobody", "Id,,Id", "Id/Title", "")),
    *(f"${name}={text}" for name in ("top", "skip") for text in ("-1", "x", "1.5", "99999999999", "")),
    *(f"$format={text}" for text in ("atom", "xml", "json;odata.metadata=full", "application/json;odata.metadata=full", "")),
    *(
        "$count=yes",
        "$count=True",
        "$count=",
        "$inlinecount=allpages",
        "$expand=Codes",
        "$skiptoken=10",
        "$search=x",
        "$apply=x",
        "$compute=x",
    ),
    *("$Filter=Id eq 1", "$top=1&$top=2", "filter=Id eq 1", "top=1", "count=true", "a=1&" * 100, "$top=1& $skip=1", "$top=1&amp;$skip=1"),
    *("$compute=x", "$levels=1", "$index=1", "$deltatoken=x", "$schemaversion=*", "$=1"),
]


@pytest.mark.parametrize("query", BAD, ids=lambda query: query[:30])
@pytest.mark.parametrize("path", [DATA, f"{ROOT}/Datasets", f"{ROOT}/CBS/{TABLE}/MeasureCodes"])
def test_an_option_that_cannot_be_honoured_is_refused_on_every_path(client: httpx.Client, path: str, query: str) -> None:
    assert_dutch_error(client.get(f"{path}?{query.replace(' ', '%20')}"), 400)


OPTIONS = ("$filter=Id eq 1", "$select=Id", "$orderby=Id", "$top=1", "$skip=1", "$count=true", "$expand=x", "$search=x")


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("path", [ROOT, f"{ROOT}/$metadata", f"{ROOT}/{TABLE}", f"{ROOT}/{TABLE}/$metadata", f"{ROOT}/CBS/{TABLE}/"])
def test_a_document_has_no_rows_to_choose_from(client: httpx.Client, path: str, option: str) -> None:
    assert_dutch_error(client.get(f"{path}?{option.replace(' ', '%20')}"), 400)


NOWHERE = (
    "Nothing",
    "Nothing/$count",
    "Observations(-1)",
    "Observations('1')",
    "RegioSCodes('GM9999')",
    "RegioSCodes(1)",
    "Properties/Title",
)


@pytest.mark.parametrize("path", [*(f"{ROOT}/{TABLE}/{name}" for name in NOWHERE), f"{ROOT}/00000NED", f"{ROOT}/CBS/00000NED/Observations"])
def test_an_address_that_leads_nowhere_is_not_found(client: httpx.Client, path: str) -> None:
    assert_dutch_error(client.get(path), 404)


CODES = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed", 406: "NotAcceptable"}


def assert_dutch_error(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.headers["odata-version"] == "4.0"
    assert answer.headers["content-language"] == "nl"
    error = answer.json()["error"]
    assert set(error) == {"code", "message"}
    assert error["code"] == CODES[status]
    words = set(error["message"].lower().replace(":", " ").split())
    assert words & {"is", "niet", "kan", "er", "een", "staat", "alleen", "kent", "geeft", "meer", "moet", "verwacht"}, error
    assert not words & {"the", "not", "unknown", "expected", "must"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_can_be_written(client: httpx.Client, method: str) -> None:
    assert_dutch_error(client.request(method, DATA), 405)


@pytest.mark.parametrize("root", [ROOT, f"{ROOT}/CBS", f"{ROOT}/{TABLE}", f"{ROOT}/CBS/{TABLE}"])
def test_the_model_names_every_set_property_and_type(client: httpx.Client, root: str) -> None:
    answer = client.get(f"{root}/$metadata")
    assert answer.headers["content-type"].startswith("application/xml")
    assert answer.headers["odata-version"] == "4.0"
    document = ET.fromstring(answer.content)
    assert (document.tag, document.get("Version")) == ("{http://docs.oasis-open.org/odata/ns/edmx}Edmx", "4.0")
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    schema = document.find(f".//{edm}Schema")
    assert schema is not None
    types = {f"{schema.get('Namespace')}.{kind.get('Name')}": kind for kind in schema.iter(f"{edm}EntityType")}
    sets = {entry.get("Name"): entry.get("EntityType") for entry in schema.iter(f"{edm}EntitySet")}
    single = {entry.get("Name"): entry.get("Type") for entry in schema.iter(f"{edm}Singleton")}
    listed = {entry["name"]: entry["kind"] for entry in get(client, root)["value"]}
    assert listed == dict.fromkeys(sets, "EntitySet") | dict.fromkeys(single, "Singleton")
    for name, kind in (sets | single).items():
        properties = {entry.get("Name"): entry.get("Type") for entry in types[kind].iter(f"{edm}Property")}
        (key,) = [entry.get("Name") for entry in types[kind].iter(f"{edm}PropertyRef")]
        assert key in properties
        answer = get(client, f"{root}/{name}")
        for row in [answer] if name in single else answer["value"][:2]:
            row.pop("@odata.context", None)
            assert list(row) == list(properties)
            for field, found in row.items():
                wanted = {"Edm.Int32": int, "Edm.String": str, "Edm.Boolean": bool, "Edm.Double": float, "Edm.DateTimeOffset": str}
                assert found is None or type(found) is wanted[properties[field]]
                if properties[field] == "Edm.DateTimeOffset":
                    assert dt.datetime.fromisoformat(found).utcoffset() is not None
    assert client.get(f"{root}/$metadata?$format=xml").status_code == 200
    assert_dutch_error(client.get(f"{root}/$metadata?$format=json"), 400)


def test_a_general_client_starts_from_the_model_and_reads(address: str) -> None:
    session = requests.Session()
    session.trust_env = False
    service = odata.ODataService(f"http://{address}{ROOT}/{TABLE}/", session=session, reflect_entities=True)
    assert set(service.entities) >= {"Observations", "RegioSCodes", "MeasureCodes", "Dimensions", "Properties"}
    observation, region = service.entities["Observations"], service.entities["RegioSCodes"]
    nation = service.query(observation).filter(observation.RegioS == "NL01").order_by(observation.Id.desc())
    found = list(nation.limit(2))
    assert [(row.Measure, row.Perioden) for row in found] == [("WmoClientenPer1000Inwoners_2", "2019JJ00"), ("WmoClienten_1", "2019JJ00")]
    assert all(type(row.Value) is float for row in found)
    assert len(nation.all()) == 36
    assert [row.Title for row in service.query(region).filter(region.Title.startswith("Den"))] == ["Den Helder"]
    assert service.query(region).get("NL01").Title == "Nederland"


LIGHT, BARE = {"@odata.context", "value"}, {"value"}


@pytest.mark.parametrize(
    ("headers", "query", "members"),
    [
        ({"Accept": "*/*"}, "", LIGHT),
        ({"Accept": "application/json"}, "", LIGHT),
        ({"Accept": "application/json;odata.metadata=minimal;IEEE754Compatible=true", "OData-MaxVersion": "4.01"}, "", LIGHT),
        ({"Accept": "application/json;odata.metadata=none"}, "", BARE),
        ({"Accept": "application/json; metadata=none"}, "", BARE),
        ({"Accept": "application/json;odata.metadata=full, application/json;odata.metadata=none;q=0.5"}, "", BARE),
        ({"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}, "", LIGHT),
        ({}, "&$format=json", LIGHT),
        ({}, "&$format=application/json;odata.metadata=none", BARE),
    ],
)
def test_rows_are_given_in_the_form_that_is_asked_for(client: httpx.Client, headers: dict[str, str], query: str, members: set[str]) -> None:
    answer = client.get(f"{DATA}?$top=1{query}", headers=headers)
    assert set(answer.json()) == members
    level = "minimal" if members == LIGHT else "none"
    assert answer.headers["content-type"] == f"application/json; odata.metadata={level}; charset=utf-8"


@pytest.mark.parametrize(
    "headers",
    [
        {"Accept": "application/atom+xml"},
        {"Accept": "application/json;odata.metadata=full"},
        {"OData-MaxVersion": "3.0"},
        {"OData-MaxVersion": "x"},
        {"OData-MaxVersion": b"\xb2"},  # a digit to Python, and no number
    ],
)
def test_a_form_or_version_that_there_is_not_is_refused(client: httpx.Client, headers: dict[str, str | bytes]) -> None:
    assert_dutch_error(client.get(DATA, headers=headers), 406)


@pytest.mark.parametrize(
    "path", [ROOT, f"{ROOT}/Datasets", DATA, f"{ROOT}/{TABLE}/$metadata", f"{DATA}/$count", f"{ROOT}/x", f"{DATA}?$top=x"]
)
def test_any_page_may_read(client: httpx.Client, path: str) -> None:
    for headers in ({}, {"Origin": "https://example.org"}):
        answer = client.get(path, headers=headers)
        assert answer.headers["access-control-allow-origin"] == "*"
    assert "OData-Version" in answer.headers["access-control-expose-headers"]
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "odata-maxversion"}
    before = client.options(path, headers=asked | {"Origin": "https://example.org"})
    assert before.status_code == 200
    assert "odata-maxversion" in before.headers["access-control-allow-headers"].lower()


TEMPLATES = ("Observations?$filter={}{}", "Observations?$orderby={}{}", "RegioSCodes({}{})", "Observations?$filter=Id in ({}{})", "?${}={}")


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_request_breaks_it(client: httpx.Client, template: str) -> None:
    """Whatever is sent, the answer is what is asked for or a refusal."""
    for first in MARKS:
        for second in MARKS:
            answer = client.get(f"{ROOT}/{TABLE}/{template.format(first, second)}", follow_redirects=True)
            assert answer.status_code in {200, 400, 404}, (template, first[:20], second[:20], answer.text[:200])


def test_a_next_link_leads_through_every_page_with_its_options(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gmsd.readers import FolderSource
    from gmsd.web.site import create_app
    from gmsd.web.site.odata import app

    monkeypatch.setattr(app, "PAGE", 100)

    async def read(root: str, top: int | None) -> tuple[list[dict[str, Any]], set[int]]:
        options = {"$filter": "Perioden eq '2019HJ01' and Measure eq 'WmoClienten_1'", "$select": "Id,RegioS", "$orderby": "Id desc"}
        options |= {"$count": "true"} | ({"$top": str(top)} if top else {})
        transport = httpx.ASGITransport(create_app(FolderSource(folder)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = (await client.get(f"{root}/{TABLE}/Observations", params=options)).json()
            rows, counts = answer["value"], {answer["@odata.count"]}
            while "@odata.nextLink" in answer:
                assert answer["@odata.nextLink"].startswith(f"http://127.0.0.1{root}/{TABLE}/Observations?")
                answer = (await client.get(answer["@odata.nextLink"])).json()
                rows += answer["value"]
                counts.add(answer["@odata.count"])
        return rows, counts

    every, counts = asyncio.run(read(ROOT, None))
    assert counts == {len(every)}
    assert len(every) > 1_000
    assert [row["Id"] for row in every] == sorted({row["Id"] for row in every}, reverse=True)
    assert set(every[0]) == {"Id", "RegioS"}
    for root, top in ((f"{ROOT}/CBS", None), (ROOT, 250), (ROOT, 200)):
        assert asyncio.run(read(root, top)) == (every[:top], counts)
