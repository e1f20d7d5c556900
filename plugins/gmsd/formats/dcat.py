"""The release as an entry for data catalogues: DCAT-AP-NL 3.0 in JSON-LD, with the size and hash of every file."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from gmsd.formats.registry import Format, media_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gmsd.figures import Period
    from gmsd.formats.content import PublishedTable, ReleaseContent

# Carried in the file: a reader that fetched it from elsewhere would fail where there is no network.
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "adms": "http://www.w3.org/ns/adms#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority/"
_IANA = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = {"jsonld": "JSON_LD", "md": "TXT"}
_FREQUENCIES = {"half_years": "ANNUAL_2", "years": "ANNUAL"}
_KINDS = {
    "dct:language": "dct:LinguisticSystem",
    "dct:license": "dct:LicenseDocument",
    "dct:spatial": "dct:Location",
    "dct:accessRights": "dct:RightsStatement",
    "dct:accrualPeriodicity": "dct:Frequency",
    "dct:format": "dct:MediaTypeOrExtent",
    "dcat:mediaType": "dct:MediaType",
    "dcat:theme": "skos:Concept",
    "dct:conformsTo": "dct:Standard",
    "spdx:algorithm": "spdx:ChecksumAlgorithm",
}
_RELEASE_FOLDER = "../"
_TABLES = "tabellen"
_OTHER = "Over de uitgave"


def describe(content: ReleaseContent, written: Mapping[str, bytes]) -> dict[str, bytes]:
    """`dcat.jsonld`: a catalogue with a data set for each table, and one for what is about all of them; every written file is in it once.

    A data set is named below `Publisher.identifiers`; a file by its address relative to this one, so that it holds wherever the release is.
    """
    sets = {each.table.table_id: _of_table(content, each) for each in content.tables} | {_TABLES: _of_all(content)}
    for path, data in written.items():
        sets[_whose(path, list(sets))]["dcat:distribution"].append(_distribution(content, path, data))
    catalogue = {
        "@id": content.publisher.identifiers + "catalogus",
        "@type": "dcat:Catalog",
        "dct:title": _dutch("Gemeentelijke Monitor Sociaal Domein: cijfers"),
        "dct:description": _dutch(f"De tabellen van uitgave {content.release_id}." + _made_up(content)),
        "dct:publisher": _agent(content),
        "dcat:contactPoint": _contact(content),
        "dct:language": _eu("language/NLD"),
        "dct:license": {"@id": content.publisher.licence},
        "dct:issued": _moment(content),
        "dcat:dataset": [each for each in sets.values() if each["dcat:distribution"]],
    }
    document = {"@context": _CONTEXT, "@graph": [catalogue, *_named(content, catalogue)]}
    return {"dcat.jsonld": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()}


FORMAT = Format(
    "metadata",
    ("jsonld",),
    describe=describe,
    title="Beschrijving voor datacatalogi",
    standard="https://docs.geostandaarden.nl/dcat/dcat-ap-nl30/",
)


def _whose(path: str, names: list[str]) -> str:
    """The table whose id is a folder or the beginning of the name of a file."""
    parts = {part for each in path.split("/") for part in (each, each.partition(".")[0].partition("-")[0])}
    return next((name for name in names if name in parts), _TABLES)


def _of_table(content: ReleaseContent, published: PublishedTable) -> dict[str, Any]:
    defined = published.table
    frequency = _FREQUENCIES[defined.periods[0]]
    return {
        **_data_set(content, defined.table_id, defined.title, defined.summary + _made_up(content), published.periods),
        "dcat:keyword": [_dutch(title) for title, _number in defined.themes],
        "dct:accrualPeriodicity": _eu(f"frequency/{frequency}"),
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _dutch(" ".join(defined.sources.split()))},
        "adms:versionNotes": _dutch(_notes(content, published)),
    }


def _of_all(content: ReleaseContent) -> dict[str, Any]:
    title = f"Alle tabellen van uitgave {content.release_id}"
    return _data_set(content, _TABLES, title, "Bestanden waarin alle tabellen samen staan." + _made_up(content), content.periods)


def _data_set(content: ReleaseContent, name: str, title: str, description: str, periods: tuple[Period, ...]) -> dict[str, Any]:
    whole = content.publisher.identifiers + name
    found = {
        "@id": f"{whole}/{content.release_id}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{whole}/{content.release_id}",
        "dct:title": _dutch(title),
        "dct:description": _dutch(description),
        "dct:publisher": _agent(content),
        "dct:creator": _agent(content),
        "dcat:contactPoint": _contact(content),
        "dct:accessRights": _eu("access-right/PUBLIC"),
        "dct:license": {"@id": content.publisher.licence},
        "dct:language": _eu("language/NLD"),
        "dcat:theme": _eu("data-theme/SOCI"),
        "dct:spatial": _eu("country/NLD"),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _day(min(half.first_day.isoformat() for period in periods for half in period.halves)),
            "dcat:endDate": _day(max(half.last_day.isoformat() for period in periods for half in period.halves)),
        },
        "dct:issued": _moment(content),
        "dcat:version": content.release_id,
        "dct:isVersionOf": {"@id": whole},
        "dcat:isVersionOf": {"@id": whole},
        "dcat:distribution": [],
    }
    return found if content.previous is None else {**found, "dcat:previousVersion": {"@id": f"{whole}/{content.previous}"}}


def _distribution(content: ReleaseContent, path: str, data: bytes) -> dict[str, Any]:
    from gmsd.formats import format_of  # the package finds its formats by importing them

    found, suffix = format_of(path), path.rpartition(".")[2]
    title, standard = (found.title, found.standard) if found else (_OTHER, "")
    return {
        "@type": "dcat:Distribution",
        "dct:title": _dutch(f"{title} ({path})"),
        "dcat:accessURL": {"@id": _RELEASE_FOLDER + path},
        "dcat:downloadURL": {"@id": _RELEASE_FOLDER + path},
        "dct:license": {"@id": content.publisher.licence},
        "dct:format": _eu(f"file-type/{_FILE_TYPES.get(suffix, suffix.upper())}"),
        "dcat:mediaType": {"@id": _IANA + media_type(path).partition(";")[0]},
        "dcat:byteSize": {"@value": str(len(data)), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": hashlib.sha256(data).hexdigest(), "@type": "xsd:hexBinary"},
        },
        **({"dct:conformsTo": {"@id": standard}} if standard else {}),
    }


def _named(content: ReleaseContent, catalogue: dict[str, Any]) -> list[dict[str, Any]]:
    """What the catalogue refers to, once each: publisher, contact, and of what kind every code and address is: nobody has to look it up."""
    publisher = content.publisher
    kind = "vcard:hasEmail" if publisher.contact.startswith("mailto:") else "vcard:hasURL"
    found: dict[str, dict[str, Any]] = {
        each["@id"]: each
        for each in (
            {**_agent(content), "@type": "foaf:Agent", "foaf:name": publisher.name},
            {
                **_contact(content),
                "@type": ["vcard:Kind", "vcard:Organization"],
                "vcard:fn": publisher.name,
                kind: {"@id": publisher.contact},
            },
        )
    }
    for node in _nodes(catalogue):
        for name, value in node.items():
            if name in _KINDS and value["@id"] not in found:
                found[value["@id"]] = {"@id": value["@id"], "@type": _KINDS[name], **_labels(name)}
    return list(found.values())


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for value in node.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from _nodes(each)


def _labels(name: str) -> dict[str, Any]:
    return {"skos:prefLabel": _dutch("Bevolking en samenleving")} if name == "dcat:theme" else {}


def _agent(content: ReleaseContent) -> dict[str, Any]:
    return {"@id": content.publisher.identifiers + "uitgever"}


def _contact(content: ReleaseContent) -> dict[str, Any]:
    return {"@id": content.publisher.identifiers + "contact"}


def _notes(content: ReleaseContent, published: PublishedTable) -> str:
    if content.previous is None:
        return "Eerste uitgave."
    total = [sum(getattr(change, name) for change in published.changes) for name in ("new", "changed", "gone")]
    return f"Ten opzichte van {content.previous}: {total[0]} cijfers nieuw, {total[1]} gewijzigd, {total[2]} niet meer getoond."


def _made_up(content: ReleaseContent) -> str:
    return " Gemaakt van verzonnen gegevens." if content.synthetic else ""


def _dutch(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "nl"}


def _eu(code: str) -> dict[str, str]:
    return {"@id": _EU + code}


def _day(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}


def _moment(content: ReleaseContent) -> dict[str, str]:
    return {"@value": content.created.isoformat(timespec="seconds"), "@type": "xsd:dateTime"}
