"""The entry for data catalogues: what DCAT-AP-NL asks for is there, and every file of the release with its size and hash."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from typing import Any

import pyshacl
import pytest
from rdflib import DCTERMS, Graph, Literal, Namespace, URIRef

from gmsd.formats import ReleaseContent, media_type
from gmsd.releases import Bundle, bundle
from tests.support.house import PROJECT
from tests.support.releases import H1, H2, TABLE, content

# rdflib's own reader of JSON-LD uses what rdflib has deprecated
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's own is of DCAT 2
SPDX = Namespace("http://spdx.org/rdf/terms#")
PLACE = "https://figures.example/uitgaven/r0002/metadata/dcat.jsonld"
FIRST = content(H1)
SECOND = content(H1, H2, release_id="r0002", before=FIRST.tables[0].cells)


@cache
def shapes() -> Graph:
    return Graph().parse(PROJECT / "tests" / "support" / "dcat_ap_nl.ttl")


@pytest.fixture(scope="module")
def files() -> Bundle:
    return bundle(SECOND, "0" * 64)


def entry(files: Bundle) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files["metadata/dcat.jsonld"])
    return found


def graph(document: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld", publicID=PLACE)


def faults(document: dict[str, Any]) -> str:
    fits, _report, text = pyshacl.validate(graph(document), shacl_graph=shapes())
    return "" if fits else text


def without_files(said: ReleaseContent) -> dict[str, Any]:
    """The entry of a release, of which one file is described."""
    from gmsd.formats import dcat

    found: dict[str, Any] = json.loads(dcat.describe(said, {"csv/83262NED.csv": b"a;b\n"})["dcat.jsonld"])
    return found


def test_it_fits_the_profile(files: Bundle) -> None:
    assert faults(entry(files)) == ""


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("dcat:Catalog", "dct:publisher"),
        ("dcat:Catalog", "dcat:contactPoint"),
        ("dcat:Dataset", "dct:title"),
        ("dcat:Dataset", "dct:description"),
        ("dcat:Dataset", "dct:identifier"),
        ("dcat:Dataset", "dct:creator"),
        ("dcat:Dataset", "dct:publisher"),
        ("dcat:Dataset", "dcat:contactPoint"),
        ("dcat:Dataset", "dct:accessRights"),
        ("dcat:Dataset", "dcat:theme"),
        ("dcat:Distribution", "dcat:accessURL"),
        ("dcat:Distribution", "dct:license"),
        ("dcat:Distribution", "dcat:byteSize"),
        ("dcat:Distribution", "spdx:checksum"),
        ("foaf:Agent", "foaf:name"),
    ],
)
def test_what_is_left_out_is_missed(kind: str, name: str) -> None:
    document = without_files(FIRST)
    assert faults(document) == ""
    assert "MinCount" in faults(_without(document, kind, name))


def _without(node: Any, kind: str, name: str) -> Any:
    if isinstance(node, list):
        return [_without(each, kind, name) for each in node]
    if not isinstance(node, dict):
        return node
    gone = name if node.get("@type") == kind else None
    return {key: _without(value, kind, name) for key, value in node.items() if key != gone}


def test_every_file_stands_in_it_once_with_media_type_size_and_hash(files: Bundle) -> None:
    found = graph(entry(files))
    folder = PLACE.removesuffix("metadata/dcat.jsonld")
    described = {}
    for node in found.subjects(predicate=DCAT.downloadURL, unique=True):
        (address,) = found.objects(node, DCAT.downloadURL)
        path = str(address).removeprefix(folder)
        checksum = found.value(found.value(node, SPDX.checksum), SPDX.checksumValue)
        kind = str(found.value(node, DCAT.mediaType)).rpartition("media-types/")[2]
        described[path] = (kind, int(str(found.value(node, DCAT.byteSize))), str(checksum).lower())
        assert len(list(found.subjects(DCAT.distribution, node))) == 1
    others = {path: data for path, data in files.items() if path not in {"release.json", "metadata/dcat.jsonld"}}
    assert described == {
        path: (media_type(path).partition(";")[0], len(data), hashlib.sha256(data).hexdigest()) for path, data in others.items()
    }
    assert {path: said[2] for path, said in described.items()} == {
        path: digest for path, digest in json.loads(files["release.json"])["files"].items() if path != "metadata/dcat.jsonld"
    }


def test_a_table_is_a_data_set_that_names_its_release_and_the_one_before(files: Bundle) -> None:
    found = graph(entry(files))
    table = URIRef(f"urn:gmsd:{TABLE.table_id}/r0002")
    assert found.value(table, DCAT.version) == Literal("r0002")
    assert found.value(table, DCAT.previousVersion) == URIRef(f"urn:gmsd:{TABLE.table_id}/r0001")
    assert found.value(table, DCTERMS.isVersionOf) == URIRef(f"urn:gmsd:{TABLE.table_id}")
    assert str(found.value(table, DCTERMS.title)) == TABLE.title
    period = found.value(table, DCTERMS.temporal)
    assert [str(found.value(period, name)) for name in (DCAT.startDate, DCAT.endDate)] == ["2019-01-01", "2019-12-31"]
    paths = {str(found.value(each, DCAT.accessURL)).rpartition("r0002/")[2] for each in found.objects(table, DCAT.distribution)}
    own = {path for path in files if re.search(rf"(^|/){TABLE.table_id}[./-]", path)}
    assert paths == own
    assert DCAT.previousVersion not in set(graph(without_files(FIRST)).predicates())


def test_publisher_licence_and_identifiers_are_the_installations() -> None:
    publisher = replace(
        FIRST.publisher,
        name="Een bureau",
        contact="https://bureau.example/contact",
        identifiers="https://bureau.example/id/",
        licence="https://bureau.example/voorwaarden",
    )
    document = without_files(replace(FIRST, publisher=publisher))
    assert faults(document) == ""
    text = json.dumps(document)
    for said in ("Een bureau", f"https://bureau.example/id/{TABLE.table_id}/r0001", "https://bureau.example/voorwaarden"):
        assert said in text
    assert "urn:gmsd" not in text
    assert "mailto:" not in text


def test_nothing_has_to_be_fetched_and_no_machine_is_named(files: Bundle) -> None:
    document = entry(files)
    assert isinstance(document["@context"], dict)
    assert all(isinstance(value, str) for value in document["@context"].values())
    text = json.dumps(document)
    assert not re.search(r"localhost|127\.0\.0\.1|file:|/tmp|/work|/var", text)


def test_made_up_figures_are_told() -> None:
    assert json.dumps(without_files(FIRST)).count("Gemaakt van verzonnen gegevens.") == 2
    assert "verzonnen" not in json.dumps(without_files(replace(FIRST, synthetic=False)))
