"""A set's rows after the options of a request: filtered, ordered, counted, cut, selected."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import polars as pl

from gmsd.odata.filters import parse_filter, parse_order
from gmsd.odata.literals import QueryError
from gmsd.odata.sets import TYPE

if TYPE_CHECKING:
    from gmsd.odata.options import Options
    from gmsd.odata.sets import EntitySet

_KEY = re.compile(r"(?P<name>\w+)\((?:(?P<property>\w+)=)?(?:'(?P<text>(?:[^']|'')*)'|(?P<number>\d{1,10}))\)")
_log = logging.getLogger(__name__)


def matching(entities: EntitySet, options: Options) -> pl.DataFrame:
    """The rows that `$filter` leaves, as `$orderby` orders them; what is equal keeps its place, nothing comes before everything.

    Raises:
        QueryError: when one of them cannot be understood or computed.
    """
    keep = None if options.filter is None else parse_filter(options.filter, entities.fields)
    order = [] if options.order is None else parse_order(options.order, entities.fields)
    try:
        rows = entities.rows if keep is None else entities.rows.filter(keep)
        if not order:
            return rows
        down = [key.descending for key in order]
        keys = [f"$orderby {number}" for number in range(len(order))]  # no field's name; as columns, since an order may be a constant
        keyed = rows.with_columns(key.expr.alias(name) for name, key in zip(keys, order, strict=True))
        return keyed.sort(keys, descending=down, nulls_last=down, maintain_order=True).drop(keys)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        _log.exception("a filter or order that was understood could not be computed: %r %r", options.filter, options.order)
        raise QueryError("dit kan niet worden berekend") from None


def cut(rows: pl.DataFrame, options: Options) -> pl.DataFrame:
    """The rows after `$skip` and `$top`."""
    return rows.slice(options.skip, options.top)


def selected(entities: EntitySet, options: Options) -> list[str]:
    """The properties that `$select` asks for; without one all, and the type of each row.

    Raises:
        QueryError: when there is no such property.
    """
    if not options.select:
        return entities.rows.columns
    if "*" in options.select:
        return [name for name in entities.rows.columns if name != TYPE]
    return [entities.fields.named("$select", name) for name in options.select]


def by_key(sets: dict[str, EntitySet], asked: str) -> tuple[EntitySet, pl.DataFrame] | None:
    """The row of `Set(key)`, padding of a key aside, or no row; None when `asked` has another form, or there is no such set."""
    found = _KEY.fullmatch(asked)
    entities = named(sets, found["name"]) if found else None
    if found is None or entities is None or entities.single or found["property"] not in {None, entities.key}:
        return None
    if (entities.rows.schema[entities.key] == pl.String) != (found["text"] is not None):
        return None
    if found["number"] is not None:
        rows = entities.rows.filter(pl.col(entities.key).cast(pl.Int64) == int(found["number"]))
    else:
        rows = entities.rows.filter(pl.col(entities.key).str.strip_chars(" ") == found["text"].replace("''", "'").strip(" "))
    return (entities, rows)


def named(sets: dict[str, EntitySet], name: str) -> EntitySet | None:
    """The set of that name; capitals do not matter, as CBS's own manual writes `UntypedDataset` too."""
    return sets.get(name) or next((entities for known, entities in sets.items() if known.lower() == name.lower()), None)
