"""What the columns of the long CSVs hold, as CSV on the Web: for programs that check or convert them without reading our pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gmsd.formats import csv_people
from gmsd.formats.keys import keys_of
from gmsd.formats.long_table import HIDDEN, MEASURE, MISSING, STATUS, TITLE, UNIT, UNKNOWN, VALUE, columns_of
from gmsd.formats.registry import Format

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent

_ABOUT = {
    MEASURE: "Sleutel van het onderwerp",
    MEASURE + TITLE: "Naam van het onderwerp",
    UNIT: "Eenheid van het onderwerp",
    STATUS: "Status van de periode",
    VALUE: "Het cijfer; leeg als het ontbreekt",
    MISSING: "Waarom een cijfer ontbreekt: geheim, of onbekend (niet geleverd, ingetrokken, opgeheven of te weinig gemeenten)",
}


def write(content: ReleaseContent) -> dict[str, bytes]:
    """`csvw.json`: the description of every CSV in the folder `csv`, at their addresses relative to it.

    A figure is a whole number from 0, a key one of its list. Codes and periods are text, never numbers or dates: readers would drop zeros
    in front, and check no years.
    """
    description = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "dc:title": f"Uitgave {content.release_id}",
        "dc:publisher": content.publisher.name,
        "dc:license": {"@id": content.publisher.licence},
        "dc:issued": {"@value": content.created.date().isoformat(), "@type": "xsd:date"},
        "dialect": {"delimiter": csv_people.SEPARATOR, "encoding": "utf-8", "header": True, "lineTerminators": ["\n"], "quoteChar": '"'},
        "tables": [_table(content, published) for published in content.tables],
    }
    return {"csvw.json": (json.dumps(description, ensure_ascii=False, indent=1) + "\n").encode()}


FORMAT = Format(
    "metadata",
    ("json",),
    write,
    title="Beschrijving van de kolommen van de csv-bestanden",
    standard="https://www.w3.org/TR/tabular-metadata/",
)


def _table(content: ReleaseContent, published: PublishedTable) -> dict[str, Any]:
    defined = published.table
    listed = {each.key: keys_of(content, published, each) for each in defined.dimensions if each.total is None}
    described = {each.key: each.title for each in defined.dimensions}
    codes = {key: found["Key"].to_list() for key, found in listed.items()} | {MEASURE: [each.key for each in defined.measures]}
    codes[STATUS] = sorted({content.statuses[period.key] for period in published.periods})
    made = []
    for name in columns_of(defined, totals=False):
        dimension = name.removesuffix(TITLE)
        column: dict[str, Any] = {"name": name, "titles": name, "dc:description": _ABOUT.get(name) or described[dimension]}
        if name in codes:
            column |= {"required": True, "datatype": {"base": "string", "format": "|".join(map(re.escape, codes[name]))}}
        elif name == VALUE:
            column |= {"datatype": {"base": "integer", "minimum": 0}}
        elif name == MISSING:
            column |= {"datatype": {"base": "string", "format": f"{HIDDEN}|{UNKNOWN}"}}
        else:
            column |= {"required": True, "datatype": "string"}
        made.append(column)
    return {
        "url": f"../csv/{defined.table_id}.csv",
        "dc:title": defined.title,
        "dc:description": defined.summary,
        "tableSchema": {"columns": made, "primaryKey": [MEASURE, *listed]},
    }
