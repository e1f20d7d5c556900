"""`$metadata`: the entity data model of a service (CSDL), from which a general client starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

import polars as pl

from gmsd.odata.sets import TYPE
from gmsd.odata.version import ODataVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.odata.sets import EntitySet

_M: Final = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"


@dataclass(frozen=True, slots=True)
class _Words:
    """How a version writes a model: its own number, namespaces, attributes, and its type of moments."""

    number: str
    edmx: str
    edm: str
    services: dict[str, str]
    container: dict[str, str]
    moment: str


_WORDS: Final = {
    ODataVersion.V3: _Words(
        "1.0",
        "http://schemas.microsoft.com/ado/2007/06/edmx",
        "http://schemas.microsoft.com/ado/2009/11/edm",
        {"xmlns:m": _M, "m:DataServiceVersion": "3.0", "m:MaxDataServiceVersion": "3.0"},
        {"m:IsDefaultEntityContainer": "true"},
        "Edm.DateTime",
    ),
    ODataVersion.V4: _Words(
        "4.0", "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm", {}, {}, "Edm.DateTimeOffset"
    ),
}
_TYPES: Final = {pl.Int32: "Edm.Int32", pl.Float64: "Edm.Double", pl.Boolean: "Edm.Boolean", pl.String: "Edm.String"}


def metadata(version: ODataVersion, namespace: str, container: str, sets: Iterable[EntitySet]) -> bytes:
    """The model of a service as XML.

    Args:
        version: Of OData.
        namespace: Of its types.
        container: Name of the container of its sets.
        sets: What it gives.
    """
    words = _WORDS[version]
    root = ET.Element("edmx:Edmx", {"xmlns:edmx": words.edmx, "Version": words.number})
    services = ET.SubElement(root, "edmx:DataServices", words.services)
    schema = ET.SubElement(services, "Schema", {"xmlns": words.edm, "Namespace": namespace})
    listed = list(sets)
    for entities in listed:
        _entity_type(schema, namespace, entities, words)
    held = ET.SubElement(schema, "EntityContainer", {"Name": container, **words.container})
    for entities in listed:
        tag, named = ("Singleton", "Type") if entities.single else ("EntitySet", "EntityType")
        ET.SubElement(held, tag, {"Name": entities.name, named: f"{namespace}.{entities.entity_type}"})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entity_type(schema: ET.Element, namespace: str, entities: EntitySet, words: _Words) -> None:
    made = ET.SubElement(schema, "EntityType", {"Name": entities.entity_type})
    ET.SubElement(ET.SubElement(made, "Key"), "PropertyRef", {"Name": entities.key})
    for name, dtype in entities.rows.schema.items():
        if name != TYPE:
            nullable = {"Nullable": "false"} if name == entities.key else {}
            ET.SubElement(made, "Property", {"Name": name, "Type": _TYPES.get(dtype.base_type(), words.moment), **nullable})
    for name in entities.derived:
        ET.SubElement(schema, "EntityType", {"Name": name, "BaseType": f"{namespace}.{entities.entity_type}"})
