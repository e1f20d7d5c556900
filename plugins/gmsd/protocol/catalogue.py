"""The catalogue of rules: what a page about a protocol says, in Dutch, ordered as a person looks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gmsd.dutch import dutch_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.protocol.codes import Code, CodeList
    from gmsd.protocol.layout import Field, Rule
    from gmsd.protocol.protocol import Protocol
    from gmsd.rounds import HalfYear

LEVELS = {"file": "Bestand", "base": "Basis", "facultative": "Facultatief", "notice": "Melding"}
CONSEQUENCES = {
    "file": "Het bestand wordt afgekeurd voordat naar de inhoud is gekeken.",
    "base": "Het bestand wordt afgekeurd; niets ervan wordt gebruikt.",
    "facultative": "Het bestand kan worden goedgekeurd, maar alle facultatieve variabelen van het bestand worden leeggemaakt.",
    "notice": "Geen: u krijgt alleen bericht, het oordeel verandert niet.",
}
STATUSES = {
    "seed": "Genoemd in de voorlichting van VNG en CBS (februari 2020)",
    "public": "Openbaar bekend",
    "assumed": "Aangenomen: het echte protocol is op dit punt niet openbaar",
}
_WORDS = {
    "municipality": "uw gemeentecode",
    "deliverer": "uw gemeentecode",
    "half_year": "het halfjaar van uw bestand",
    "share": "een deel",
    "expected": "de code die bij de map hoort",
    "columns": "de namen staan in de melding",
    "positions": "de plaats staat in de melding",
    "number": "het aantal staat in de melding",
}
_FILE_PARTS = (
    (("name_", "upload_code_"), "bestandsnaam", "Naam van het bestand", "de naam van het bestand"),
    (
        ("empty", "no_records", "undecodable", "nul", "over_size", "none_in_half_year", "nobody_known"),
        "bestand",
        "Bestand",
        "het bestand als geheel",
    ),
    (("columns_",), "kolomnamen", "Kolomnamen", "de eerste regel van het bestand"),
)
"""The beginnings of the checks on a part (vocabulary.py), and its anchor, title and place."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A rule as a person reads it.

    Attributes:
        code: Its code and anchor.
        message: What is wrong.
        repair: What to do.
        where: Where in the file.
        level: Its level, in one word.
        consequence: What comes of it.
        example: A right value.
        explanation: What the sentences leave unsaid.
        source: Place in the protocol.
        status: Where the rule comes from, in words; why it was chosen when it is assumed.
        period: The half-years it holds for.
    """

    code: str
    message: str
    repair: str
    where: str
    level: str
    consequence: str
    example: str | None
    explanation: str | None
    source: str
    status: str
    period: str


@dataclass(frozen=True, slots=True)
class Section:
    """The rules about one part of a file: a variable, or the name, the file, the column names, a whole line."""

    anchor: str
    title: str
    facts: tuple[tuple[str, str], ...]
    code_list: str | None
    entries: tuple[CatalogueEntry, ...]


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code with its meaning, the days it is valid, and what is said of that validity when it is a choice."""

    code: str
    title: str
    valid_from: str
    valid_to: str
    remark: str


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code list as a table."""

    anchor: str
    title: str
    source: str
    status: str
    rows: tuple[CodeRow, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a page about one protocol says."""

    law: str
    protocol: str
    title: str
    period: str
    status: str
    sections: tuple[Section, ...]
    tables: tuple[CodeTable, ...]
    others: tuple[str, ...]


def catalogue_of(protocol: Protocol, every: Sequence[Protocol]) -> Catalogue:
    """The catalogue of one protocol.

    Args:
        protocol: The one it is about.
        every: All protocols of its law, oldest first: they say since when a rule holds.
    """
    entries = {rule.code: _entry(rule, protocol, every) for rule in protocol.rules.values()}
    file_sections = [
        Section(anchor, title, (), None, tuple(replace(entries[code], where=where) for code in _on_part(protocol, checks)))
        for checks, anchor, title, where in _FILE_PARTS
    ]
    of_file = {entry.code for section in file_sections for entry in section.entries}
    rest = tuple(entries[rule.code] for rule in protocol.rules.values() if rule.field is None and rule.code not in of_file)
    by_field = {
        field.name: tuple(entries[rule.code] for rule in protocol.rules.values() if rule.field == field.name) for field in protocol.fields
    }
    fields = [Section(field.name, field.name, _facts(field), field.codes, by_field[field.name]) for field in protocol.fields]
    lists = dict.fromkeys(field.codes for field in protocol.fields if field.codes is not None)
    return Catalogue(
        law=protocol.law.title,
        protocol=protocol.id,
        title=protocol.title,
        period=_period(protocol.first, protocol.last),
        status=_status(protocol.status, protocol.reason),
        sections=(*file_sections, Section("regels", "Hele regel", (), None, rest), *fields),
        tables=tuple(_table(protocol.code_lists[name]) for name in lists),
        others=tuple(other.id for other in every if other.id != protocol.id),
    )


def _on_part(protocol: Protocol, checks: tuple[str, ...]) -> list[str]:
    return [rule.code for rule in protocol.rules.values() if rule.check is not None and rule.check.startswith(checks)]


def _entry(rule: Rule, protocol: Protocol, every: Sequence[Protocol]) -> CatalogueEntry:
    limits = {"megabytes": f"{protocol.max_bytes / 2**20:.0f}", "max_lines": dutch_number(protocol.max_lines)}
    words = _WORDS | limits
    having = [other for other in every if rule.code in other.rules]
    return CatalogueEntry(
        code=rule.code,
        message=rule.message.format_map(words),
        repair=rule.repair.format_map(words),
        where=f"kolom {rule.field}" if rule.field is not None else "een hele regel",
        level=LEVELS[rule.level],
        consequence=CONSEQUENCES[rule.level],
        example=rule.example,
        explanation=rule.explanation,
        source=rule.source,
        status=_status(rule.status, rule.reason),
        period=_period(min(other.first for other in having), having[-1].last),
    )


def _facts(field: Field) -> tuple[tuple[str, str], ...]:
    used = "een fout maakt alle facultatieve variabelen leeg" if field.set == "facultative" else "een fout keurt het bestand af"
    return (
        ("Wat het is", field.title),
        ("Hoe u het schrijft", field.form or field.type),
        ("Mag leeg zijn", "ja" if field.may_be_empty else "nee"),
        ("Soort", f"{'facultatief' if field.set == 'facultative' else 'basis'}: {used}"),
    )


def _table(codes: CodeList) -> CodeTable:
    return CodeTable(
        anchor=f"codes-{codes.name}",
        title=codes.title,
        source=codes.source,
        status=_status(codes.status, codes.reason),
        rows=tuple(_row(code, codes.status) for code in codes.codes),
    )


def _row(code: Code, listed: str) -> CodeRow:
    first, last = (day.strftime("%d-%m-%Y") if day is not None else "" for day in (code.valid_from, code.valid_to))
    remark = "" if code.status == listed else f"{STATUSES[code.status].partition(':')[0]}. {code.reason or ''}".strip()
    return CodeRow(code.code, code.title, first, last, remark)


def _status(status: str, reason: str | None) -> str:
    return f"{STATUSES[status]}. {reason}" if reason else f"{STATUSES[status]}."


def _period(first: HalfYear, last: HalfYear | None) -> str:
    return f"bestanden over het {first.dutch} en later" if last is None else f"bestanden over het {first.dutch} tot en met het {last.dutch}"
