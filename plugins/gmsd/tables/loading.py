"""From the files in `expectations/<law>/tables/` to tables, and what is wrong in them."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd.protocol import Document, Key, Mistake, ProtocolError, expectations_folder, laws, protocol_for, protocols
from gmsd.reference import EVERYBODY, age_groups
from gmsd.rounds import HalfYear
from gmsd.tables.definition import Content, Dimension, Group, Grouping, Indicator, Measure, Nested, Table

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.protocol import Node, Protocol

_FILE_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_STATUSES = ("seed", "public", "assumed")
_PERIODS = ("half_years", "years")
_REGIONS = ("nation", "municipalities")
_UNITS = ("clients", "arrangements", "begin", "entering", "leaving", "remaining")
_KINDS = ("count", "rate", "estimate", "lower", "upper")
# What the key `of` of a measure made of another names.
_MADE_OF = {"rate": "count", "lower": "estimate", "upper": "estimate"}
_TABLE = {
    "id": Key(str),
    "title": Key(str),
    "short_title": Key(str),
    "summary": Key(str),
    "source": Key(str),
    "status": Key(str, among=_STATUSES),
    "reason": Key(str, required=False),
    "frequency": Key(str),
    "periods": Key(list),
    "regions": Key(list, required=False),
    "protection": Key(dict),
    "presentation": Key(str),
    "dimensions": Key(list),
    "measures": Key(list),
    "nested": Key(list, required=False),
    "groups": Key(list),
    "leaves_out": Key(list, required=False),
    "group_description": Key(str, required=False),
    "indicators": Key(list),
    "indicator_names": Key(dict),
    "about": Key(str),
    "definitions": Key(list, required=False),
    "sources": Key(str),
    "themes": Key(list),
    "building_block": Key(str, required=False),
}
_PROTECTION = {"base": Key(int), "smallest_shown": Key(int), "first_shown": Key(int)}
_DIMENSION = {
    "key": Key(str),
    "kind": Key(str, among=("groups", "regions", "periods", "total")),
    "title": Key(str),
    "description": Key(str, required=False, empty=True),
    "total": Key(dict, required=False),
    "headings": Key(list, required=False),
}
_TOTAL = {"key": Key(str), "title": Key(str)}
_MEASURE = {
    "key": Key(str),
    "kind": Key(str, among=_KINDS),
    "of": Key(str),
    "per": Key(int, required=False),
    "ages": Key(str, required=False),
    "base": Key(int, required=False),
    "title": Key(str),
    "description": Key(str),
    "unit": Key(str),
    "presentation": Key(str, among=("Absolute", "Relative")),
}
_NESTED = {"part": Key(str), "whole": Key(str), "text": Key(str)}
_GROUPING = {
    "version": Key(str),
    "valid_from": Key(dt.date),
    "valid_to": Key(dt.date, required=False, nullable=True),
    "status": Key(str, among=_STATUSES),
    "reason": Key(str),
    "members": Key(list),
}
_GROUP = {
    "code": Key(str),
    "title": Key(str),
    "categories": Key(list),
    "description": Key(str, required=False),
    "number": Key(list, required=False),
    "counted_as": Key(str, required=False),
    "also": Key(list, required=False),
    "ages": Key(str, required=False),
    "share_of": Key(str, required=False),
}
_INDICATOR = {"measure": Key(str), "name": Key(str), "description": Key(str), "unit": Key(str), "codes": Key(dict)}
_DEFINITION = {"term": Key(str), "text": Key(str)}
_THEME = {"title": Key(str), "number": Key(str, required=False, nullable=True)}


class NoTableError(GmsdError):
    """There is no table of that id."""


def tables_of(law: str) -> tuple[Table, ...]:
    """The published tables of a law, in the order of its `law.yaml`.

    Raises:
        ProtocolError: files of tables are not in order; every mistake is told.
    """
    return tuple(table for table in _tables(expectations_folder()) if table.law == law)


def main_table(law: str) -> Table:
    """The table whose groups stand for the law, in the op-orde report and elsewhere: the first of its list.

    Raises:
        NoTableError: the law publishes none.
    """
    found = tables_of(law)
    if not found:
        raise NoTableError(f"expectations/{law}/law.yaml names no table")
    return found[0]


def table_of(table_id: str) -> Table:
    """The table with an id.

    Raises:
        NoTableError: there is none.
    """
    for table in _tables(expectations_folder()):
        if table.table_id == table_id:
            return table
    raise NoTableError(f"there is no table {table_id}; each is a file expectations/<law>/tables/<id>.yaml")


def contents_of(law: str, half_year: HalfYear) -> dict[str, Content]:
    """Everything that the tables of a law need counted in a half-year, by name; a table without groups for it needs nothing.

    Raises:
        ProtocolError: files of tables are not in order; so a name counts one thing in all tables.
    """
    found: dict[str, Content] = {}
    for table in tables_of(law):
        if any(grouping.holds(half_year) for grouping in table.groupings):
            found |= table.contents(half_year)
    return found


def ages_of(law: str) -> frozenset[str]:
    """The groups of ages that rates of a law's tables are set against (`gmsd.reference.age_groups`)."""
    rates = [(table, rate) for table in tables_of(law) for rate in table.rates]
    own = {group.ages for table, _ in rates for grouping in table.groupings for group in grouping.groups if group.ages}
    return frozenset({rate.ages for _, rate in rates} | own)


@cache
def category_titles(law: str, half_year: HalfYear) -> dict[int, str]:
    """Number -> title of the product categories that are valid in a half-year, from the code list of the law's protocol."""
    protocol = protocol_for(half_year, law)
    name = next(field.codes for field in protocol.fields if field.record == "product_category")
    if name is None:
        raise ProtocolError(f"{protocol.id}: the field with record product_category has no code list, so its groups have no words")
    return {int(code.code): code.title for code in protocol.code_lists[name].codes if code.overlaps(half_year)}


def table_mistakes(folder: Path | None = None) -> tuple[Mistake, ...]:
    """Every mistake in the files of tables; `folder` is that of the installation when None."""
    return tuple(_read(folder or expectations_folder())[1])


@cache
def _tables(folder: Path) -> tuple[Table, ...]:
    found, mistakes = _read(folder)
    if mistakes:
        raise ProtocolError(*mistakes)
    return found


def _read(folder: Path) -> tuple[tuple[Table, ...], list[Mistake]]:
    mistakes: list[Mistake] = []
    found: list[Table] = []
    for law in laws(folder):
        for table_id in law.tables:
            root = Document(folder / law.id / "tables" / f"{table_id}.yaml", mistakes).root
            made = None if root is None else _table(law.id, root)
            if root is None or made is None:
                continue
            _tell_categories(root, made, protocols(folder, law.id)[-1])
            if all(measure.of in _UNITS for measure in (*made.counts, *made.estimates)):
                _tell_contents(root, made, [each for each in found if each.law == law.id])
            if made.table_id != table_id:
                root.fault(f'id is "{made.table_id}", but the file and law.yaml call it {table_id}', "id")
            found.append(made)
        mistakes += [
            Mistake(path, None, f"is no table of {law.id}: law.yaml does not name it under tables")
            for path in sorted((folder / law.id / "tables").glob("*.yaml"))
            if path.stem not in law.tables
        ]
    return tuple(found), mistakes


def _table(law: str, root: Node) -> Table | None:
    read = root.read(_TABLE)
    if read is None:
        return None
    protection = root.at("protection").read(_PROTECTION)
    dimensions = [each for each in map(_dimension, root.at("dimensions").each()) if each is not None]
    measures = [each for each in map(_measure, root.at("measures").each()) if each is not None]
    groupings = [each for each in map(_grouping, root.at("groups").each()) if each is not None]
    indicators = [Indicator(**values) for _node, values in _each(root, "indicators", _INDICATOR)]
    nested = [Nested(**values) for _node, values in _each(root, "nested", _NESTED)] if read["nested"] else []
    definitions = (
        [(values["term"], values["text"]) for _node, values in _each(root, "definitions", _DEFINITION)] if read["definitions"] else []
    )
    themes = [(values["title"], values["number"]) for _node, values in _each(root, "themes", _THEME)]
    before = len(root.document.mistakes)
    _tell_dimensions(root, dimensions)
    _tell_measures(root, measures)
    _tell_groups(root, groupings, nested, indicators, measures)
    if protection is None or not dimensions or not measures or not groupings or len(root.document.mistakes) > before:
        return None
    _tell_words(root, read)
    words = {key: read[key] for key in ("title", "short_title", "summary", "frequency", "presentation", "about", "sources")}
    return Table(
        law=law,
        table_id=read["id"],
        periods=tuple(read["periods"]),
        regions=tuple(read["regions"] or _REGIONS),
        **protection,
        dimensions=tuple(dimensions),
        measures=tuple(measures),
        nested=tuple(nested),
        groupings=tuple(sorted(groupings, key=lambda grouping: grouping.valid_from)),
        group_description=read["group_description"] or "Productcategorieën in deze groep:",
        indicators=tuple(indicators),
        indicator_names=read["indicator_names"],
        definitions=tuple(definitions),
        themes=tuple(themes),
        building_block=read["building_block"] or "",
        **words,
    )


def _each(root: Node, key: str, known: dict[str, Key]) -> list[tuple[Node, dict[str, Any]]]:
    """The mappings of a list that are in order; what is wrong with the others has been told."""
    return [(node, values) for node in root.at(key).each() if (values := node.read(known)) is not None]


def _dimension(node: Node) -> Dimension | None:
    read = node.named(f"dimension {node.value.get('key', '?')}").read(_DIMENSION)
    if read is None:
        return None
    if (read["kind"] == "total") != (read["total"] is not None):
        node.fault("total (key and title) stands at a dimension of kind total, and at no other")
        return None
    total = node.at("total").read(_TOTAL) if read["total"] is not None else None
    return Dimension(
        key=read["key"],
        kind=read["kind"],
        title=read["title"],
        description=read["description"] or "",
        total=None if total is None else (total["key"], total["title"]),
        headings=tuple(read["headings"] or ()),
    )


def _measure(node: Node) -> Measure | None:
    node = node.named(f"measure {node.value.get('key', '?')}")
    read = node.read(_MEASURE)
    if read is None:
        return None
    if read["kind"] not in _MADE_OF and read["of"] not in _UNITS:
        node.fault(f'of "{read["of"]}" is nothing that is counted; it is one of {", ".join(_UNITS)}', "of")
    ages = read["ages"] or EVERYBODY
    if ages not in age_groups() or (ages != EVERYBODY and read["kind"] != "rate"):
        node.fault(f'ages "{ages}" stands at a rate, and is one of {", ".join(age_groups())}', "ages")
        return None
    return Measure(**{**read, "per": read["per"] or 1000, "ages": ages, "base": read["base"] or 1000})


def _grouping(node: Node) -> Grouping | None:
    read = node.named(f"groups {node.value.get('version', '?')}").read(_GROUPING)
    if read is None:
        return None
    groups = []
    for member, values in _each(node, "members", _GROUP):
        if not values["categories"] or not all(isinstance(each, int) for each in values["categories"]):
            member.fault("categories is a list of whole numbers", "categories")
            continue
        number = _number(member, values["number"])
        if values["ages"] is not None and values["ages"] not in age_groups():
            member.fault(f'ages "{values["ages"]}" is none of {", ".join(age_groups())}', "ages")
        groups.append(
            Group(
                values["code"],
                values["title"],
                frozenset(values["categories"]),
                values["description"],
                number,
                values["counted_as"],
                frozenset(values["also"] or ()),
                values["ages"],
                values["share_of"],
            )
        )
    if not groups:
        node.fault("members is empty; it is a list of groups", "members")
        return None
    return Grouping(read["version"], read["valid_from"], read["valid_to"], read["status"], read["reason"], tuple(groups))


def _number(member: Node, listed: list[Any] | None) -> tuple[int, int | None] | None:
    if listed is None:
        return None
    match listed:
        case [int(least), int(most)] if 1 <= least <= most:
            return least, most
        case [int(least), None] if least >= 1:
            return least, None
    member.fault("number is a list of two: how many arrangements at least and at most, the second null for no limit", "number")
    return None


def _tell_words(root: Node, read: dict[str, Any]) -> None:
    for name, known in (("periods", _PERIODS), ("regions", _REGIONS)):
        for value in read[name] or ():
            if value not in known:
                root.fault(f'{name} has "{value}"; it is a list of {", ".join(known)}', name)
    if read["building_block"] and not _FILE_NAME.fullmatch(read["building_block"]):
        root.fault("building_block is the name of a file: small letters, digits and hyphens", "building_block")


def _tell_categories(root: Node, table: Table, protocol: Protocol) -> None:
    """A category in no group would be counted nowhere, and one that is no code has no words."""
    name = next((field.codes for field in protocol.fields if field.record == "product_category"), None)
    listed = () if name is None else protocol.code_lists[name].codes
    for grouping in table.groupings:
        last = grouping.valid_to or dt.date.max
        valid = [code for code in listed if (code.valid_from or dt.date.min) <= last and grouping.valid_from <= (code.valid_to or last)]
        codes = {int(code.code) for code in valid}
        grouped = frozenset().union(*(group.categories for group in grouping.groups))
        left_out = frozenset(root.value.get("leaves_out") or ())
        for category in sorted(codes - grouped - left_out):
            root.fault(
                f"category {category} is in no group of {grouping.version}, so that it counts nowhere; or name it in leaves_out", "groups"
            )
        for category in sorted(grouped & left_out):
            root.fault(f"category {category} is in leaves_out and in a group of {grouping.version}", "leaves_out")
        for category in sorted(grouped - codes):
            root.fault(f"category {category} in the groups of {grouping.version} is no code of {name}", "groups")


def _tell_dimensions(root: Node, dimensions: list[Dimension]) -> None:
    for kind in ("groups", "regions", "periods"):
        if sum(each.kind == kind for each in dimensions) != 1:
            root.fault(f"dimensions has one of kind {kind}", "dimensions")


def _tell_measures(root: Node, measures: list[Measure]) -> None:
    keys = {kind: {measure.key for measure in measures if measure.kind == kind} for kind in _KINDS}
    if not keys["count"] and not keys["estimate"]:
        root.fault("measures has at least one of kind count or estimate", "measures")
    if keys["estimate"] and "municipalities" in (root.value.get("regions") or _REGIONS):
        root.fault("an estimate is of the whole country: regions is [nation]", "regions")
    if keys["count"] and "municipalities" not in (root.value.get("regions") or _REGIONS):
        root.fault("a count is of municipalities: regions has municipalities", "regions")
    for measure in measures:
        made_of = _MADE_OF.get(measure.kind)
        if made_of is not None and measure.of not in keys[made_of]:
            known = ", ".join(sorted(keys[made_of]))
            root.fault(f'measure {measure.key}: of "{measure.of}" is no {made_of} of this table; known are {known}', "measures")


def _tell_contents(root: Node, table: Table, others: list[Table]) -> None:
    """What is counted has one name, one meaning and one protection in all tables of a law; else two draws would tell the count."""
    for grouping in table.groupings:
        half_year = HalfYear.of(grouping.valid_from)
        here = table.contents(half_year)
        meaning = {(each.unit, each.categories, each.number, each.also): each.name for each in here.values()}
        for other in others:
            try:
                there = other.contents(half_year)
            except LookupError:
                continue
            for name, each in there.items():
                if name in here and here[name] != each:
                    root.fault(f'"{name}" counts something else here than in {other.table_id}', "groups")
                same = meaning.get((each.unit, each.categories, each.number, each.also))
                if same is not None and same != name:
                    root.fault(f'"{same}" counts what {other.table_id} calls "{name}": say counted_as there or here', "groups")
                protection = (table.base, table.smallest_shown, table.first_shown)
                if name in here and protection != (other.base, other.smallest_shown, other.first_shown):
                    root.fault(f'"{name}" stands in {other.table_id} too, and is protected otherwise there', "protection")
        if len(meaning) < len(here):
            root.fault(f"two rows of {grouping.version} count the same under two names", "groups")


def _tell_groups(root: Node, groupings: list[Grouping], nested: list[Nested], indicators: list[Indicator], measures: list[Measure]) -> None:
    codes = {group.code for grouping in groupings for group in grouping.groups}
    named = {code for each in nested for code in (each.part, each.whole)} | {code for each in indicators for code in each.codes}
    named |= {group.share_of for grouping in groupings for group in grouping.groups if group.share_of}
    if any(group.also for grouping in groupings for group in grouping.groups) and any(
        measure.kind == "count" and measure.of != "clients" for measure in measures
    ):
        root.fault("also is of clients: every count of the table is of clients", "groups")
    for code in sorted(named - codes):
        root.fault(f"{code} is no group of this table; known are {', '.join(sorted(codes))}")
    for each in indicators:
        if each.measure not in {measure.key for measure in measures}:
            root.fault(f"{each.measure} is no measure of this table", "indicators")
        missing = sorted(set(each.codes) - set(root.value["indicator_names"] or {}))
        if missing:
            root.fault(f"indicator_names has no name for {', '.join(missing)}", "indicator_names")
