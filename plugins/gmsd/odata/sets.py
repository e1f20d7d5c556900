"""Entity sets: rows under a name, and how their columns are marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

    from gmsd.odata.filters import Fields

TYPE = "odata.type"
"""Column that holds the type of an entity of a set with more than one: no property, so it cannot be named in a query option."""
MOMENT = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True, slots=True)
class EntitySet:
    """Rows that a service gives under one name.

    Attributes:
        name: Of the set.
        entity_type: Name of the type of its entities.
        rows: The entities.
        key: The property that tells them apart.
        fields: What a filter may name.
        derived: Types that an entity may have besides `entity_type`.
        single: Whether it is one entity under a name of its own: a singleton of version 4.
    """

    name: str
    entity_type: str
    rows: pl.DataFrame
    key: str
    fields: Fields
    derived: tuple[str, ...] = ()
    single: bool = False
