"""What the columns of the long CSVs hold, as CSV on the Web: for programs that check or convert them without reading our pages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from gmsd.formats.csv_people import SEPARATOR
from gmsd.formats.keys import keys_of
from gmsd.formats.long_table import HIDDEN, MEASURE, MISSING, STATUS, TITLE, UNIT, UNKNOWN, VALUE, columns_of
from gmsd.formats.registry import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    tables = [_table(content, published) for published in content.tables]
    return {"csvw.json": description(content, f"Uitgave {content.release_id}", {"tables": tables})}


FORMAT = Format(
    "metadata",
    ("json",),
    write,
    title="Beschrijving van de kolommen van de csv-bestanden",
    standard="https://www.w3.org/TR/tabular-metadata/",
)


def description(content: ReleaseContent, title: str, about: Mapping[str, Any]) -> bytes:
    """A description of CSV files as it is written: who publishes them and how they are divided, and what is said `about` them."""
    said = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "nl"}],
        "dc:title": title,
        "dc:publisher": content.publisher.name,
        "dc:license": {"@id": content.publisher.licence},
        "dc:issued": {"@value": content.created.date().isoformat(), "@type": "xsd:date"},
        "dialect": {"delimiter": SEPARATOR, "encoding": "utf-8", "header": True, "lineTerminators": ["\n"], "quoteChar": '"'},
        **about,
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def column(name: str, title: str, about: str, *, among: Iterable[str] = (), required: bool = False) -> dict[str, Any]:
    """A column of text, described: its name for programs, its heading and what it holds; `among` are the values that there are."""
    listed = "|".join(map(re.escape, among))
    kind: Any = {"base": "string", "format": listed} if listed else "string"
    return {"name": name, "titles": title, "dc:description": about, **({"required": True} if required else {}), "datatype": kind}


def figures(name: str, title: str, about: str) -> dict[str, Any]:
    """A column of figures, described: whole numbers from 0, empty where one is missing."""
    return {"name": name, "titles": title, "dc:description": about, "datatype": {"base": "integer", "minimum": 0}}


def _table(content: ReleaseContent, published: PublishedTable) -> dict[str, Any]:
    defined = published.table
    listed = {each.key: keys_of(content, published, each) for each in defined.dimensions if each.total is None}
    described = {each.key: each.title for each in defined.dimensions}
    codes = {key: found["Key"].to_list() for key, found in listed.items()} | {MEASURE: [each.key for each in defined.measures]}
    codes[STATUS] = sorted({content.statuses[period.key] for period in published.periods})
    made = []
    for name in columns_of(defined, totals=False):
        about = _ABOUT.get(name) or described[name.removesuffix(TITLE)]
        if name == VALUE:
            made.append(figures(name, name, about))
        elif name == MISSING:
            made.append(column(name, name, about, among=(HIDDEN, UNKNOWN)))
        else:
            made.append(column(name, name, about, among=codes.get(name, ()), required=True))
    return {
        "url": f"../csv/{defined.table_id}.csv",
        "dc:title": defined.title,
        "dc:description": defined.summary,
        "tableSchema": {"columns": made, "primaryKey": [MEASURE, *listed]},
    }
