"""The parts of a protocol: fields, rules and derived columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.protocol.reading import ProtocolError, wanted

if TYPE_CHECKING:
    from pathlib import Path

LEVELS = ("file", "base", "facultative", "notice")
STATUSES = ("seed", "public", "assumed")
SETS = ("base", "facultative")
TYPES = ("date", "municipality", "person", "code", "number")


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the file.

    Attributes:
        name: Its name in the header.
        set: `base` or `facultative`.
        type: What its cells are: date, municipality, person, code or number.
        may_be_empty: Whether an empty cell is in order.
        record: Its name in the accepted record; None when it is not kept.
        codes: The code list its cells come from.
    """

    name: str
    set: str
    type: str
    may_be_empty: bool
    record: str | None
    codes: str | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a finding says, whatever runs the rule.

    Attributes:
        code: Stable code, such as `BSN-02`.
        level: file, base, facultative or notice.
        field: The column it is reported at; None for a whole line or file.
        message: One Dutch sentence: what is wrong. Words in braces are filled in.
        repair: One Dutch sentence: what to do.
        source: Place in the protocol.
        status: seed, public or assumed.
        check: The name under which `checking` runs it on the raw file; None when it is a GX expectation.
        example: A right value, made up; never a person's.
        explanation: What the sentences leave unsaid, for the catalogue of rules.
    """

    code: str
    level: str
    field: str | None
    message: str
    repair: str
    source: str
    status: str
    check: str | None
    example: str | None = None
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Derived:
    """A column made before the suite runs, from columns of the file or made earlier.

    Attributes:
        column: Its name.
        kind: How it is made; the kinds are explained in basis.yaml.
        of: The columns it is made of.
        settings: What else the kind needs.
    """

    column: str
    kind: str
    of: tuple[str, ...]
    settings: dict[str, Any]


def read_field(entry: dict[str, Any], path: Path) -> Field:
    """A field from structuur.yaml."""
    name = wanted(entry, "name", str, path, "field")
    where = f"field {name}"
    field_set, kind = wanted(entry, "set", str, path, where), wanted(entry, "type", str, path, where)
    if field_set not in SETS or kind not in TYPES:
        raise ProtocolError(f"{path}: {where}: set is one of {', '.join(SETS)} and type one of {', '.join(TYPES)}")
    return Field(name, field_set, kind, wanted(entry, "may_be_empty", bool, path, where), entry.get("record"), entry.get("codes"))


def read_rule(entry: dict[str, Any], path: Path) -> Rule:
    """A rule from a list of rules or from the meta of an expectation."""
    code = wanted(entry, "code", str, path, "rule")
    where = f"rule {code}"
    level, status = wanted(entry, "level", str, path, where), wanted(entry, "status", str, path, where)
    if level not in LEVELS or status not in STATUSES:
        raise ProtocolError(f"{path}: {where}: level is one of {', '.join(LEVELS)} and status one of {', '.join(STATUSES)}")
    message, repair, source = (wanted(entry, key, str, path, where) for key in ("message", "repair", "source"))
    return Rule(
        code,
        level,
        entry.get("field"),
        message,
        repair,
        source,
        status,
        entry.get("check"),
        entry.get("example"),
        entry.get("explanation"),
    )


def read_derived(entry: dict[str, Any], path: Path) -> Derived:
    """A derived column from the meta of a suite."""
    column = wanted(entry, "column", str, path, "derived")
    where = f"derived {column}"
    settings = {key: value for key, value in entry.items() if key not in ("column", "kind", "of")}
    return Derived(column, wanted(entry, "kind", str, path, where), tuple(wanted(entry, "of", list, path, where)), settings)
