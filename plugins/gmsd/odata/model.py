"""`$metadata`: the entity data model of a service (CSDL 3.0), from which a general client starts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import polars as pl

from gmsd.odata.sets import TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.odata.sets import EntitySet

_EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
_M = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
_EDM = "http://schemas.microsoft.com/ado/2009/11/edm"
for _prefix, _uri in (("edmx", _EDMX), ("m", _M), ("", _EDM)):
    ET.register_namespace(_prefix, _uri)


def edm_type(dtype: pl.DataType) -> str:
    """The type of a property as OData names it."""
    if dtype == pl.Int32:
        return "Edm.Int32"
    if dtype == pl.Boolean:
        return "Edm.Boolean"
    return "Edm.DateTime" if dtype == pl.Datetime else "Edm.String"


def metadata(namespace: str, container: str, sets: Iterable[EntitySet]) -> bytes:
    """The model of a service as XML.

    Args:
        namespace: Of its types.
        container: Name of the container of its sets.
        sets: What it gives.
    """
    root = ET.Element(f"{{{_EDMX}}}Edmx", {"Version": "1.0"})
    versions = {f"{{{_M}}}DataServiceVersion": "3.0", f"{{{_M}}}MaxDataServiceVersion": "3.0"}
    schema = ET.SubElement(ET.SubElement(root, f"{{{_EDMX}}}DataServices", versions), f"{{{_EDM}}}Schema", {"Namespace": namespace})
    listed = list(sets)
    for entities in listed:
        _entity_type(schema, namespace, entities)
    held = ET.SubElement(schema, f"{{{_EDM}}}EntityContainer", {"Name": container, f"{{{_M}}}IsDefaultEntityContainer": "true"})
    for entities in listed:
        ET.SubElement(held, f"{{{_EDM}}}EntitySet", {"Name": entities.name, "EntityType": f"{namespace}.{entities.entity_type}"})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _entity_type(schema: ET.Element, namespace: str, entities: EntitySet) -> None:
    made = ET.SubElement(schema, f"{{{_EDM}}}EntityType", {"Name": entities.entity_type})
    ET.SubElement(ET.SubElement(made, f"{{{_EDM}}}Key"), f"{{{_EDM}}}PropertyRef", {"Name": entities.key})
    for name, dtype in entities.rows.schema.items():
        if name != TYPE:
            nullable = {"Nullable": "false"} if name == entities.key else {}
            ET.SubElement(made, f"{{{_EDM}}}Property", {"Name": name, "Type": edm_type(dtype), **nullable})
    for name in entities.derived:
        ET.SubElement(schema, f"{{{_EDM}}}EntityType", {"Name": name, "BaseType": f"{namespace}.{entities.entity_type}"})
