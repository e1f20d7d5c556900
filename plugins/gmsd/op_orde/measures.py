"""What the op-orde report measures, in the order of its tables, and the counts of a summary as one row of numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gmsd.op_orde.peers import inhabitants_known
from gmsd.op_orde.summary import facultative_fields
from gmsd.protocol import law_of, protocol_for
from gmsd.tables import category_titles, main_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gmsd.protocol import Law
    from gmsd.rounds import HalfYear

Unit = Literal["per_1000", "share"]
Part = Literal["count", "groups.clients", "groups.arrangements", "types.clients", "types.arrangements", "filled"]
_PARTS: tuple[tuple[Part, Part, str], ...] = (
    ("groups.clients", "groups.arrangements", "groups"),
    ("types.clients", "types.arrangements", "types"),
)
ABSENT = -1
"""Stands for a count that a summary says nothing of: a variable that its layout did not have."""
_ONCE = "Een cliënt telt per groep één keer. Een cliënt kan in meer groepen zitten; de groepen tellen dus niet op tot het totaal."
_LASTING = "Een arrangement is een of meer regels van dezelfde persoon die bij elkaar horen."
_COUNTS = (
    "records", "persons", "unknown", "never_sent", "out_of_scope", "merged", "doubled", "arrangements", "clients", "personal_budget",
    "open_ended", "standing", "started", "ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A row of the report: what is counted, under which code and words, and the count that a share is taken of (None: inhabitants)."""

    code: str
    label: str
    of: tuple[Part, str]
    base: str | None = None


@dataclass(frozen=True, slots=True)
class MeasuredTable:
    """A table of the report before anything is counted."""

    name: str
    title: str
    unit: Unit
    rows: tuple[MeasuredRow, ...]
    explanation: str = ""


@dataclass(frozen=True)
class Measured:
    """The tables of a half-year, and where each number stands in the row of numbers that a summary becomes.

    Attributes:
        tables: In the order of the report.
        places: By part and code, the place in the row.
        values: The place of each row of the tables, one table after the other.
        bases: The place of what its share is taken of.
        shares: Which rows are shares; the others are per 1,000 inhabitants.
    """

    tables: tuple[MeasuredTable, ...]
    places: Mapping[tuple[Part, str], int]
    values: NDArray[np.intp]
    bases: NDArray[np.intp]
    shares: NDArray[np.bool_]

    @cached_property
    def rows(self) -> dict[tuple[str, str], int]:
        """By table and code, which row of the report."""
        codes = ((table.name, row.code) for table in self.tables for row in table.rows)
        return {each: place for place, each in enumerate(codes)}

    def row(self, summary: Mapping[str, Any]) -> NDArray[np.float64]:
        """The numbers of a summary as plain data; zero for a group or type that it does not have, `ABSENT` for a variable."""
        found: dict[tuple[Part, str], int] = {("count", name): summary.get(name, 0) for name in _COUNTS}
        found["count", "in_kind"] = summary["arrangements"] - summary["personal_budget"]
        for clients, arrangements, listed in _PARTS:
            for count in summary[listed]:
                found[clients, count["code"]] = count["clients"]
                found[arrangements, count["code"]] = count["arrangements"]
        filled = summary["filled"]
        numbers = [filled.get(code, ABSENT) if part == "filled" else found.get((part, code), 0) for part, code in self.places]
        return np.array(numbers, dtype=np.float64)


@cache
def measured(law: str, half_year: HalfYear) -> Measured:
    """What a report of a law and half-year measures."""
    groups = {group.code: group.title for group in main_table(law).groups(half_year)}
    types = {f"{code:02d}": title for code, title in category_titles(law, half_year).items()}
    filled = facultative_fields(protocol_for(half_year, law))
    kept = law_of(law)
    forms = (
        MeasuredRow("personal_budget", "Arrangementen met een pgb", ("count", "personal_budget"), "arrangements"),
        MeasuredRow("in_kind", "Arrangementen in zorg in natura", ("count", "in_kind"), "arrangements"),
    )
    tables: tuple[MeasuredTable, ...] = (
        _listed("clients_groups", "Cliënten per groep", "groups.clients", groups, _ONCE),
        _listed("clients_types", "Cliënten per type maatwerkarrangement", "types.clients", types),
        _listed("arrangements_groups", "Arrangementen per groep", "groups.arrangements", groups, _LASTING),
        _listed("arrangements_types", "Arrangementen per type maatwerkarrangement", "types.arrangements", types),
        MeasuredTable("flow", "Stand, instroom en uitstroom van arrangementen", "per_1000", (
            MeasuredRow("standing", "Stand: loopt door na het halfjaar", ("count", "standing")),
            MeasuredRow("started", "Instroom: begonnen in het halfjaar", ("count", "started")),
            MeasuredRow("ended", "Uitstroom: geëindigd in het halfjaar", ("count", "ended")),
        )),
        MeasuredTable("shares", "Samenstelling van het bestand", "share", (
            *(forms if any(column.name == "delivery_form" for column in kept.record) else ()),
            MeasuredRow("open_ended", "Arrangementen zonder einddatum", ("count", "open_ended"), "arrangements"),
            MeasuredRow("unknown", "Regels met BSN 999999999", ("count", "unknown"), "records"),
            MeasuredRow("out_of_scope", "Regels buiten het halfjaar", ("count", "out_of_scope"), "records"),
            MeasuredRow("doubled", "Regels die gelijk zijn aan een andere", ("count", "doubled"), "records"),
        )),
        MeasuredTable("filled", "Ingevulde facultatieve variabelen", "share", tuple(
            MeasuredRow(title, title, ("filled", title), "records") for title in filled
        )),
    )  # fmt: skip
    if kept.words:
        tables = tuple(_in_words(table, kept) for table in tables)
    rows = [row for table in tables for row in table.rows]
    wanted = [*(("count", name) for name in (*_COUNTS, "in_kind")), *(row.of for row in rows)]
    places = {each: place for place, each in enumerate(dict.fromkeys(wanted))}
    values = np.array([places[row.of] for row in rows])
    bases = np.array([places["count", row.base or "records"] for row in rows])
    return Measured(tables, places, values, bases, np.array([row.base is not None for row in rows]))


def _in_words(table: MeasuredTable, law: Law) -> MeasuredTable:
    rows = tuple(replace(row, label=law.say(row.label)) if table.unit == "share" or table.name == "flow" else row for row in table.rows)
    return replace(table, title=law.say(table.title), rows=rows, explanation=law.say(table.explanation))


def _listed(name: str, title: str, part: Part, titles: Mapping[str, str], explanation: str = "") -> MeasuredTable:
    return MeasuredTable(
        name, title, "per_1000", tuple(MeasuredRow(code, label, (part, code)) for code, label in titles.items()), explanation
    )


@dataclass(frozen=True, slots=True)
class CountedRows:
    """Somebody's summary as numbers: `counts` by the places of `Measured`, the others a number for each row of the report.

    Attributes:
        municipality: Whose.
        half_year: Of when.
        counts: All counts.
        values: The count of each row; nan for a variable that its layout does not have.
        bases: What each is counted among: inhabitants, or the count that a share is of; nan where there is none.
        rates: Per 1,000 inhabitants, or percent; nan where there is no base.
        scaled: The ratio on the scale where chance has the same variance everywhere (`spread`).
        weights: Four times the base, the inverse of that variance; 0 where there is none.
    """

    municipality: str
    half_year: str
    counts: NDArray[np.float64]
    values: NDArray[np.float64]
    bases: NDArray[np.float64]
    rates: NDArray[np.float64]
    scaled: NDArray[np.float64]
    weights: NDArray[np.float64]

    @classmethod
    def of(cls, summary: Mapping[str, Any], measured: Measured, half_year: HalfYear) -> CountedRows:
        """Take the numbers of a summary, given as plain data, for the report of a half-year; its inhabitants are of that half-year."""
        counts = measured.row(summary)
        size = inhabitants_known(summary["municipality"], half_year)
        counted = counts[measured.values]
        values = np.where(counted == ABSENT, np.nan, counted)
        bases = np.where(measured.shares, counts[measured.bases], np.nan if size is None else size)
        there = (bases > 0) & (counted != ABSENT)
        ratio = np.where(there, counted, 0.0) / np.where(there, bases, 1.0)
        rates = np.where(there, ratio * np.where(measured.shares, 100.0, 1000.0), np.nan)
        scaled = np.where(measured.shares, np.arcsin(np.sqrt(np.minimum(ratio, 1.0))), np.sqrt(ratio))
        there_of = np.where(there, bases, np.nan)
        return cls(
            summary["municipality"], summary["half_year"], counts, values, there_of, rates, scaled, np.where(there, 4.0 * bases, 0.0)
        )


@lru_cache(maxsize=2048)
def counted(stored: str, law: str, half_year: HalfYear) -> CountedRows:
    """Read a stored summary for the report of a half-year; one that many reports are set beside is read once.

    Args:
        stored: A summary as JSON (`OpOrdeSummary.to_json`).
        law: Of the report.
        half_year: Of the report.
    """
    return CountedRows.of(json.loads(stored), measured(law, half_year), half_year)
