"""Tables that another publication builds on, each as a file of its own: one CSV in plain Dutch, its description and how to read it.

A table has one when its definition names it (`building_block`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.formats.csv_people import in_columns
from gmsd.formats.csvw import column, description, figures
from gmsd.formats.keys import keys_of
from gmsd.formats.long_table import HIDDEN, MEASURE, MISSING, STATUS, TITLE, UNKNOWN, VALUE, WHY_MISSING, long_table
from gmsd.formats.registry import Format
from gmsd.formats.texts import filled, render
from gmsd.formats.wording import STATUS_WORDS

if TYPE_CHECKING:
    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Table

CODE, REGION = "Regiocode", "Regio"
"""The first two columns: `GM0363`, and its name."""


def write(content: ReleaseContent) -> dict[str, bytes]:
    """`{table}-{name}.csv` of each table that is a building block, at the same place in every release that holds it.

    A row for each region, period and group: codes and names, status, and of every measure the figure and why it is missing. Beside it
    `{table}-{name}.csv-metadata.json`, where CSV on the Web looks for a description, and `{table}-{name}.txt`, for people.
    """
    made: dict[str, bytes] = {}
    for published in content.tables:
        if published.table.building_block:
            name = f"{published.table.table_id}-{published.table.building_block}"
            made[f"{name}.csv"] = in_columns(_rows(content, published))
            made[f"{name}.csv-metadata.json"] = _described(content, published, f"{name}.csv")
            made[f"{name}.txt"] = render("building_block", content, published, why_missing=WHY_MISSING).encode()
    return made


FORMAT = Format(
    "bouwstenen",
    ("csv", "json", "txt"),
    write,
    title="Tabel als bouwsteen voor een andere publicatie, in een bestand voor zich",
    standard="https://www.w3.org/TR/tabular-metadata/",
)


def _headings(table: Table) -> tuple[str, str, str]:
    """What stands above the groups' codes, the groups and the periods."""
    group = table.dimension("groups").title
    return f"{group}code", group, "Jaar" if table.periods == ("years",) else "Periode"


def _rows(content: ReleaseContent, published: PublishedTable) -> pl.DataFrame:
    """By region, period and group, in the order of their lists."""
    groups, regions, periods = (published.table.dimension(kind) for kind in ("groups", "regions", "periods"))
    code, group, period = _headings(published.table)
    listed = {each.key: keys_of(content, published, each)["Key"] for each in (regions, periods, groups)}
    named = {regions.key: CODE, regions.key + TITLE: REGION, periods.key + TITLE: period, STATUS: STATUS}
    named |= {groups.key: code, groups.key + TITLE: group}
    long = long_table(content, published).sort([pl.col(key).cast(pl.Enum(keys)) for key, keys in listed.items()], maintain_order=True)
    made = long.select(*named, periods.key).unique(maintain_order=True)
    for measure in published.table.measures:
        said = {VALUE: measure.title, MISSING: f"{MISSING}: {measure.title}"}
        own = long.filter(pl.col(MEASURE) == measure.key).select(*listed, *said).rename(said)
        made = made.join(own, on=list(listed), how="left", maintain_order="left")
    return made.drop(periods.key).with_columns(pl.col(STATUS).replace_strict(STATUS_WORDS)).rename(named)


def _described(content: ReleaseContent, published: PublishedTable, path: str) -> bytes:
    groups, regions, periods = (published.table.dimension(kind) for kind in ("groups", "regions", "periods"))
    code, group, period = _headings(published.table)
    keys = {each.key: keys_of(content, published, each) for each in (groups, regions, periods)}
    words = [STATUS_WORDS[content.statuses[each.key]] for each in published.periods]
    columns = [
        column("regiocode", CODE, regions.description, among=keys[regions.key]["Key"], required=True),
        column("regio", REGION, regions.description, required=True),
        column("periode", period, "Periode van het cijfer", among=keys[periods.key]["Title"], required=True),
        column("status", STATUS, "Status van de periode", among=sorted(set(words)), required=True),
        column("groepcode", code, groups.description, among=keys[groups.key]["Key"], required=True),
        column("groep", group, groups.description, required=True),
    ]
    why = "; ".join(f"{word}: {what}" for word, what in WHY_MISSING.items())
    for measure in published.table.measures:
        columns.append(figures(measure.key, measure.title, filled(measure.description, content, published)))
        heading = f"{MISSING}: {measure.title}"
        columns.append(column(f"ontbreekt_{measure.key}", heading, f"Waarom het cijfer ontbreekt. {why}", among=(HIDDEN, UNKNOWN)))
    about: dict[str, Any] = {
        "url": path,
        "dc:identifier": f"{content.publisher.identifiers}{published.table.table_id}/{content.release_id}",
        "dc:description": published.table.summary,
        "dc:isPartOf": f"Uitgave {content.release_id}",
        "rdfs:comment": render("explanatory_text", content, published),
        "tableSchema": {"columns": columns, "primaryKey": ["regiocode", "periode", "groepcode"]},
    }
    return description(content, published.table.title, about)
