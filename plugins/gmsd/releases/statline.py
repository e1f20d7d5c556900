"""A table as StatLine publishes it, in the folder layout of `cbsodataR`: metadata, one file per dimension, and a dense cube."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml

from gmsd.disclosure import NATION
from gmsd.figures import regions
from gmsd.reference import all_municipalities, groups, product_categories
from gmsd.releases.tabular import from_csv, table, to_csv
from gmsd.releases.texts import data_text, render, rounding_words, threshold_words

if TYPE_CHECKING:
    from gmsd.releases.content import Content

DIMENSIONS = ("Geslacht", "KenmerkenVanPersonen", "TypeMaatwerkarrangement", "RegioS", "Perioden")
CLIENTS = "WmoClienten_1"
CLIENTS_PER_1000 = "WmoClientenPer1000Inwoners_2"
_KEYED = ("Key", "Title", "Description", "CategoryGroupID")
_PERIOD_NOTES = {"Voorlopig": "Voorlopige cijfers", "NaderVoorlopig": "Nader voorlopige cijfers", "Definitief": ""}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a table that are the same in every release."""

    title: str
    short_title: str
    summary: str
    dimensions: dict[str, dict[str, str]]
    measures: dict[str, dict[str, str]]
    groups: dict[str, str]
    totals: dict[str, list[str]]


@cache
def _words(table_id: str) -> Words:
    read: dict[str, Any] = yaml.safe_load(data_text(f"{table_id}/table.yaml"))
    return Words(**read)


def statline(content: Content) -> dict[str, bytes]:
    """The files of the table: name -> bytes.

    Keys are padded with blanks to the longest of their list, as CBS does. `data.csv` holds every combination of the published keys;
    `ID` is its row-major index; a missing figure is empty.
    """
    words = _words(content.table.table_id)
    keys = {
        "Geslacht": _total(words, "Geslacht", group=None),
        "KenmerkenVanPersonen": _total(words, "KenmerkenVanPersonen", group=1),
        "TypeMaatwerkarrangement": _groups(content, words),
        "RegioS": _regions(content),
        "Perioden": _periods(content),
    }
    cube = _cube(content, keys)
    tables = {
        "TableInfos": _table_infos(content, words, default_selection(keys, cube)),
        "DataProperties": _data_properties(content, words),
        "CategoryGroups": table(
            ["ID", "DimensionKey", "Title", "Description", "ParentID"],
            [(0, "KenmerkenVanPersonen", "Kenmerken van personen", None, None), (1, "KenmerkenVanPersonen", "Totaal", None, 0)],
            integers=["ID", "ParentID"],
        ),
        **keys,
        "data": cube,
    }
    return {f"{name}.csv": to_csv(frame) for name, frame in tables.items()}


def _padded(frame: pl.DataFrame) -> pl.DataFrame:
    width = int(frame["Key"].str.len_chars().max() or 0)  # type: ignore[arg-type]
    return frame.with_columns(pl.col("Key").str.pad_end(width))


def _total(words: Words, dimension: str, group: int | None) -> pl.DataFrame:
    key, title = words.totals[dimension]
    return table(_KEYED, [(key, title, "", group)], integers=["CategoryGroupID"])


def _groups(content: Content, words: Words) -> pl.DataFrame:
    half_year = content.periods[-1].reference
    titles = product_categories(half_year)
    rows = []
    for group in groups(half_year):
        listed = "\n".join(f"{category:02d} {titles[category]}" for category in sorted(group.categories))
        text = words.groups.get(group.code) or f"Productcategorieën uit de iWmo-standaarden in deze groep:\n{listed}"
        rows.append((group.code, group.title, text, None))
    return _padded(table(_KEYED, rows, integers=["CategoryGroupID"]))


def _regions(content: Content) -> pl.DataFrame:
    """The nation and every municipality of the table, in StatLine's order; codes younger than that list follow by code."""
    wanted = set(regions(content.periods))
    dissolved = {m.code: m.valid_to for m in all_municipalities() if m.valid_to and m.valid_to <= content.created.date()}
    listed = from_csv(files("gmsd.releases").joinpath("data", content.table.table_id, "RegioS.csv").read_bytes())
    rows: list[tuple[str, str, str, None]] = [(NATION, "Nederland", "", None)]
    seen = set()
    for key, title, description in listed.select("Key", "Title", "Description").iter_rows():
        code = key.strip().removeprefix("GM")
        if code in wanted:
            seen.add(code)
            note = description or ""
            if code in dissolved and "Opgeheven" not in note:
                note = f"Opgeheven per {dissolved[code]:%d-%m-%Y}\n{note}".strip()
            rows.append((f"GM{code}", title, note, None))
    rows += [
        (f"GM{m.code}", m.name, f"Ontstaan per {m.valid_from:%d-%m-%Y}", None) for m in all_municipalities() if m.code in wanted - seen
    ]
    return _padded(table(_KEYED, rows, integers=["CategoryGroupID"]))


def _periods(content: Content) -> pl.DataFrame:
    rows = [(p.key, p.title, _PERIOD_NOTES[content.statuses[p.key]], content.statuses[p.key]) for p in content.periods]
    return _padded(table(["Key", "Title", "Description", "Status"], rows))


def _cube(content: Content, keys: dict[str, pl.DataFrame]) -> pl.DataFrame:
    cube = pl.DataFrame({"order": [0]})
    for dimension in DIMENSIONS:
        cube = cube.join(keys[dimension].select(pl.col("Key").alias(dimension)), how="cross", maintain_order="left_right")
    shown = content.cells.select(
        pl.col("group_code").alias("group"), "region", "period", pl.col("shown").alias(CLIENTS), pl.col("rate").alias(CLIENTS_PER_1000)
    )
    return (
        cube.drop("order")
        .with_row_index("ID")
        .with_columns(
            group=pl.col("TypeMaatwerkarrangement").str.strip_chars_end(),
            region=pl.col("RegioS").str.strip_chars_end(),
            period=pl.col("Perioden").str.strip_chars_end(),
        )
        .join(shown, on=["group", "region", "period"], how="left", maintain_order="left")
        .select("ID", *DIMENSIONS, CLIENTS, CLIENTS_PER_1000)
    )


def default_selection(keys: dict[str, pl.DataFrame], cube: pl.DataFrame) -> str:
    """What a reader sees first: a filter over the data, of keys that a figure is shown for.

    The newest period in which the nation is shown, else the newest in which any municipality is, with the first of those; where nothing
    is shown at all, the nation in the newest period. All groups, and the totals of the other dimensions.
    """
    total = keys["TypeMaatwerkarrangement"]["Key"][0]
    shown = cube.filter(pl.col(CLIENTS).is_not_null())
    order = {name: pl.col(name).cast(pl.Enum(keys[name]["Key"])).to_physical() for name in ("Perioden", "RegioS")}
    best = shown.sort(
        pl.col("RegioS").str.starts_with("NL"),
        order["Perioden"],
        pl.col("TypeMaatwerkarrangement") == total,
        -order["RegioS"].cast(pl.Int64),
    ).tail(1)
    newest, nation = keys["Perioden"]["Key"][-1], keys["RegioS"]["Key"][0]
    chosen = {"Perioden": best["Perioden"][0], "RegioS": best["RegioS"][0]} if best.height else {"Perioden": newest, "RegioS": nation}
    wanted = {name: [chosen[name]] if name in chosen else keys[name]["Key"].to_list() for name in DIMENSIONS}
    terms = (" or ".join(f"({name} eq '{key}')" for key in listed) for name, listed in wanted.items())
    return "$filter=" + " and ".join(f"({term})" for term in terms)


def _data_properties(content: Content, words: Words) -> pl.DataFrame:
    columns = (
        "odata.type", "ID", "Position", "ParentID", "Type", "Key", "Title", "Description", "MapYear", "ReleasePolicy", "Datatype", "Unit",
        "Decimals", "Default", "PresentationType",
    )  # fmt: skip
    kinds = {"RegioS": "GeoDimension", "Perioden": "TimeDimension"}
    rows: list[tuple[str | int | None, ...]] = []
    for position, (key, said) in enumerate(words.dimensions.items()):
        kind = kinds.get(key, "Dimension")
        policy = "true" if kind == "TimeDimension" else None
        rows.append(
            (f"Cbs.OData.{kind}", position, position, None, kind, key, said["title"], said["description"], None, policy, *[None] * 5)
        )
    for position, (key, said) in enumerate(words.measures.items(), start=len(rows)):
        measured = ("Long", said["unit"], 0, "Missing", said["presentation"])
        description = said["description"].format(rounding=rounding_words(content.rule), threshold=threshold_words(content.rule))
        rows.append(("Cbs.OData.Topic", position, position, None, "Topic", key, said["title"], description, None, None, *measured))
    return table(columns, rows, integers=["ID", "Position", "ParentID", "Decimals"])


def _table_infos(content: Content, words: Words, selection: str) -> pl.DataFrame:
    years = sorted({period.year for period in content.periods})
    modified = content.created.strftime("%Y-%m-%dT%H:%M:%S")
    description = render(f"{content.table.table_id}/short_description", content)
    explanation = render(f"{content.table.table_id}/explanatory_text", content)
    said: dict[str, str | int | None] = {
        "ID": 0,
        "Title": words.title,
        "ShortTitle": words.short_title,
        "Identifier": content.table.table_id,
        "Summary": words.summary,
        "Modified": modified,
        "ReasonDelivery": "Actualisering" if content.previous else "Nieuwe tabel",
        "ExplanatoryText": explanation,
        "Language": "nl",
        "Catalog": "CBS",
        "Frequency": "Perhalfjaar",
        "Period": str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}",
        "ShortDescription": description,
        "Description": explanation,
        "DefaultPresentation": "graphtype=Table&r=RegioS&k=Topics,TypeMaatwerkarrangement&t=Geslacht,KenmerkenVanPersonen,Perioden",
        "DefaultSelection": selection,
        "GraphTypes": "Table,Bar,Map",
        "OutputStatus": "Regulier",
        "Source": "CBS.",
        "MetaDataModified": modified,
        "SearchPriority": "2",
    }
    return table(list(said), [tuple(said.values())], integers=["ID"])
