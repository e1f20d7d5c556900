"""The figures of the op-orde report: one delivery summarised, and set beside municipalities of similar size.

A summary is what may be kept of a delivery for later comparisons: counts only, no person. What a coordinator sees of the others are
quartiles in whole numbers, over at least five of them.

Source: docs/domain.md, "Op-orde report" (the tables of the real report are not public: these are assumed).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.checking import usable_records
from gmsd.counting import count_contents, half_year_arrangements
from gmsd.protocol import protocol_for
from gmsd.rounds import WMO
from gmsd.tables import Content, category_titles, main_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

    from gmsd.protocol import Protocol
    from gmsd.rounds import HalfYear

SCHEMA = "gmsd-op-orde/1"
_PERSONAL_BUDGET = 2


def plain(value: DataclassInstance) -> dict[str, Any]:
    """The fields of a dataclass by name, as they are: its own `asdict` copies all that is in them, which takes longer than the rest."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Count:
    """Clients and arrangements of one group or one product category."""

    code: str
    clients: int
    arrangements: int


_UNTOLD = (("law", WMO), ("never_sent", 0), ("doubled", 0))


@dataclass(frozen=True, slots=True)
class OpOrdeSummary:
    """What one accepted delivery holds. Records are lines; `records` = `never_sent` + `out_of_scope` + `merged` + `arrangements`.

    `doubled` are the second and later of lines that are the same in every field, whatever became of them.
    """

    municipality: str
    half_year: str
    delivery_id: str
    records: int
    persons: int
    unknown: int
    out_of_scope: int
    merged: int
    arrangements: int
    clients: int
    groups: tuple[Count, ...]
    types: tuple[Count, ...]
    personal_budget: int
    open_ended: int
    standing: int
    started: int
    ended: int
    filled: dict[str, int]
    facultative_used: bool
    by_allocation: bool
    law: str = WMO
    never_sent: int = 0
    doubled: int = 0

    def to_json(self) -> dict[str, Any]:
        """Give the summary as plain data to store.

        The law is left out when it is the Wmo, as are lines never sent and doubled when there are none.
        """
        return {
            "schema": SCHEMA,
            **{name: value for name, value in plain(self).items() if (name, value) not in _UNTOLD},
            "groups": [plain(count) for count in self.groups],
            "types": [plain(count) for count in self.types],
            "filled": dict(self.filled),
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> OpOrdeSummary:
        """Read a stored summary.

        Raises:
            ValueError: it has another schema.
        """
        if stored["schema"] != SCHEMA:
            raise ValueError(f"a summary of schema {SCHEMA} is needed, not {stored['schema']}")
        counts = {name: tuple(Count(**count) for count in stored[name]) for name in ("groups", "types")}
        return cls(**{name: value for name, value in {**stored, **counts}.items() if name != "schema"})


@cache
def _rows(law_id: str, half_year: HalfYear) -> tuple[tuple[tuple[str, Content, Content], ...], ...]:
    """The rows of groups and those of types: their code, and what their clients and arrangements are."""
    groups = [(group.code, group.categories) for group in main_table(law_id).groups(half_year)]
    types = [(f"{category:02d}", frozenset({category})) for category in category_titles(law_id, half_year)]
    return tuple(
        tuple(
            (code, Content(f"{kind}|clients|{code}", "clients", held), Content(f"{kind}|arrangements|{code}", "arrangements", held))
            for code, held in listed
        )
        for kind, listed in (("group", groups), ("type", types))
    )


def _counts(joined: pl.DataFrame, law_id: str, half_year: HalfYear) -> tuple[tuple[Count, ...], ...]:
    """The counts of the groups and those of the types, in the order of the table and of the code list."""
    rows = _rows(law_id, half_year)
    wanted = [content for listed in rows for _code, *both in listed for content in both]
    counted = count_contents(joined, wanted, first_day=half_year.first_day, last_day=half_year.last_day)
    value = dict(zip(counted["content"].to_list(), counted["value"].to_list(), strict=True))
    return tuple(
        tuple(Count(code, value.get(clients.name, 0), value.get(arranged.name, 0)) for code, clients, arranged in listed) for listed in rows
    )


def _different(records: pl.DataFrame) -> int:
    """How many records differ in a field; that two are on other lines is no difference."""
    return records.select(pl.struct(pl.exclude("line")).n_unique()).item() if records.height else 0


def facultative_fields(protocol: Protocol) -> dict[str, str]:
    """The facultative variables that are kept, in the order of the file: by the name of the field, the column of the record."""
    return {field.name: field.record for field in protocol.fields if field.set == "facultative" and field.record is not None}


def summarise(
    records: pl.DataFrame,
    half_year: HalfYear,
    *,
    municipality: str,
    delivery_id: str,
    law_id: str = WMO,
    facultative_used: bool = True,
) -> OpOrdeSummary:
    """Summarise the accepted records of one delivery.

    Args:
        records: The staging frame: `person` (null when delivered as 999999999) and the columns of the law's record, the facultative ones
            as they were filled in.
        half_year: The half-year of the delivery.
        municipality: Its code.
        delivery_id: Its name, for the report.
        law_id: Its law.
        facultative_used: False when the facultative variables are emptied in further processing: then they are only shown.
    """
    protocol = protocol_for(half_year, law_id)
    used = usable_records(records, protocol.law, facultative_used=facultative_used)
    # this delivery alone decides
    found = half_year_arrangements(used, half_year, other_filled=lambda: True, counting=protocol.law.counting)
    joined = found.joined
    first, last = half_year.first_day, half_year.last_day
    running = pl.col("end_date").is_null() | (pl.col("end_date") > last)
    flags = joined.select(
        personal_budget=(pl.col("delivery_form") == _PERSONAL_BUDGET).sum(),
        open_ended=pl.col("end_date").is_null().sum(),
        standing=running.sum(),
        started=pl.col("start_date").is_between(first, last).sum(),
        ended=pl.col("end_date").is_between(first, last).sum(),
    ).row(0, named=True)
    groups, types = _counts(joined.with_columns(municipality=pl.lit(municipality)), law_id, half_year)
    return OpOrdeSummary(
        municipality=municipality,
        half_year=str(half_year),
        delivery_id=delivery_id,
        records=records.height,
        persons=records["person"].drop_nulls().n_unique(),
        unknown=records["person"].null_count(),
        never_sent=records.height - found.sent.height,
        out_of_scope=found.sent.height - found.used.height,
        merged=found.used.height - joined.height,
        arrangements=joined.height,
        clients=joined["person"].drop_nulls().n_unique(),
        groups=groups,
        types=types,
        filled={title: records.height - records[column].null_count() for title, column in facultative_fields(protocol).items()},
        facultative_used=facultative_used,
        by_allocation=found.filled,
        law=law_id,
        doubled=records.height - _different(records),
        **flags,
    )
