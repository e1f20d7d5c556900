"""The keys of a published table: of each dimension every code with its title and description, as all formats give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.disclosure import NATION
from gmsd.figures import regions
from gmsd.formats.tabular import table
from gmsd.reference import all_municipalities, statline_regions
from gmsd.tables import category_titles

if TYPE_CHECKING:
    import polars as pl

    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Dimension

COLUMNS = ("Key", "Title", "Description")
CELL_COLUMNS = {"groups": "group_code", "regions": "region", "periods": "period"}
"""The kinds of dimensions that cells differ in, and the column of a cell (`CELL`) that holds their keys."""
_PERIOD_NOTES = {"Voorlopig": "Voorlopige cijfers", "NaderVoorlopig": "Nader voorlopige cijfers", "Definitief": ""}


def keys_of(content: ReleaseContent, published: PublishedTable, dimension: Dimension) -> pl.DataFrame:
    """The keys of a dimension in StatLine's order, without padding: `Key`, `Title`, `Description`; of periods also `Status`."""
    if dimension.total is not None:
        return table(COLUMNS, [(*dimension.total, "")])
    if dimension.kind == "groups":
        return _groups(published)
    return _regions(content, published) if dimension.kind == "regions" else _periods(content, published)


def _groups(published: PublishedTable) -> pl.DataFrame:
    half_year = published.periods[-1].reference
    titles = category_titles(published.table.law, half_year)
    rows = []
    for group in published.table.groups(half_year):
        listed = "\n".join(f"{category:02d} {titles[category]}" for category in sorted(group.categories))
        rows.append((group.code, group.title, group.description or f"{published.table.group_description}\n{listed}"))
    return table(COLUMNS, rows)


def _regions(content: ReleaseContent, published: PublishedTable) -> pl.DataFrame:
    """The nation and every municipality of the table, in StatLine's order; codes younger than that list follow by code."""
    wanted = set(regions(published.periods)) if "municipalities" in published.table.regions else set()
    dissolved = {m.code: m.valid_to for m in all_municipalities() if m.valid_to and m.valid_to <= content.created.date()}
    rows: list[tuple[str, str, str]] = [(NATION, "Nederland", "")]
    seen = set()
    for region in statline_regions():
        code = region.key.removeprefix("GM")
        if code in wanted:
            seen.add(code)
            note = region.remark
            if code in dissolved and "Opgeheven" not in note:
                note = f"Opgeheven per {dissolved[code]:%d-%m-%Y}\n{note}".strip()
            rows.append((f"GM{code}", region.title, note))
    rows += [(f"GM{m.code}", m.name, f"Ontstaan per {m.valid_from:%d-%m-%Y}") for m in all_municipalities() if m.code in wanted - seen]
    return table(COLUMNS, rows)


def _periods(content: ReleaseContent, published: PublishedTable) -> pl.DataFrame:
    statuses = content.statuses
    rows = [(p.key, p.title, _PERIOD_NOTES[statuses[p.key]], statuses[p.key]) for p in published.periods]
    return table([*COLUMNS, "Status"], rows)
