"""The parts of a protocol: fields, rules and derived columns."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.protocol.law import judge_column
from gmsd.protocol.reading import Key, nearest
from gmsd.protocol.vocabulary import AFTER_CONTENT, CHECKS, CONTENT_WORDS, KINDS, LEVELS, SETS, STATUSES, TYPES

if TYPE_CHECKING:
    from collections.abc import Collection

    from gmsd.protocol.law import Column
    from gmsd.protocol.reading import Node

_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[0-9]+)?")
_FIELD = {
    "name": Key(str),
    "title": Key(str, required=False),
    "form": Key(str, required=False),
    "set": Key(str, among=SETS),
    "type": Key(str, among=TYPES),
    "may_be_empty": Key(bool),
    "record": Key(str, required=False, nullable=True),
    "codes": Key(str, required=False, nullable=True),
}
_RULE = {
    "code": Key(str),
    "level": Key(str, among=LEVELS),
    "field": Key(str, required=False, nullable=True),
    "message": Key(str),
    "repair": Key(str),
    "source": Key(str),
    "status": Key(str, among=STATUSES),
    "reason": Key(str, required=False),
    "example": Key(str, required=False),
    "explanation": Key(str, required=False),
    "passes_with_time": Key(bool, required=False),
}
_CHECK = {"check": Key(str, among=tuple(CHECKS)), **_RULE}
_DERIVED = {"column": Key(str), "kind": Key(str, among=tuple(KINDS)), "of": Key(list)}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the file.

    Attributes:
        name: Its name in the header.
        set: `base` or `facultative`.
        type: What its cells are: date, municipality, person, code or number.
        may_be_empty: Whether an empty cell is in order.
        record: The column of the accepted record that it is kept in, by its name in law.yaml; None when it is not kept.
        codes: The code list its cells come from.
        title: What it is, in Dutch.
        form: How a cell is written, in Dutch.
    """

    name: str
    set: str
    type: str
    may_be_empty: bool
    record: str | None
    codes: str | None
    title: str
    form: str | None


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
        reason: Why this choice, in Dutch, when it is assumed.
        example: A right value, made up; never a person's.
        explanation: What the sentences leave unsaid, for the catalogue of rules.
        passes_with_time: Whether the same file may be right on a later day.
    """

    code: str
    level: str
    field: str | None
    message: str
    repair: str
    source: str
    status: str
    check: str | None
    reason: str | None = None
    example: str | None = None
    explanation: str | None = None
    passes_with_time: bool = False

    @property
    def after_content(self) -> bool:
        """Whether it is a rule on the file as a whole that is judged when the content has been checked."""
        return self.check in AFTER_CONTENT


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


def read_fields(listed: Node, code_lists: Collection[str], record: Collection[Column] | None) -> tuple[Field, ...]:
    """The fields of structuur.yaml; `record` is that of the law, None when it could not be read."""
    found: list[tuple[Field, Node]] = []
    for unnamed in listed.each():
        node = unnamed.named(f"field {unnamed.value.get('name', '?')}")
        read = node.read(_FIELD)
        if read is None:
            continue
        if read["codes"] is not None and read["codes"] not in code_lists:
            node.fault(f'no code list "{read["codes"]}" in codes/; {nearest(read["codes"], code_lists)}', "codes")
        if record is not None:
            judge_column(node, read, record)
        if "." in read["name"]:
            node.fault("a name has no dot; a dot makes the name of a derived column", "name")
        for key in ("name", "record"):
            twin = next((other for field, other in found if read[key] and str(getattr(field, key)).lower() == read[key].lower()), None)
            if twin is not None:
                node.fault(f'{key} "{read[key]}" stands also on line {twin.line}; each is used once', key)
        found.append((Field(**{**read, "title": read["title"] or read["name"].replace("_", " ")}), node))
    needed = {column.name for column in record or () if column.set == "base"}
    missing = sorted(needed - {field.record for field, _node in found})
    if missing and len(found) == len(listed.value):
        listed.fault(f"no field has record {', '.join(missing)}; without it nothing can be counted")
    return tuple(field for field, _node in found)


def read_rule(node: Node, fields: dict[str, Field] | None, *, check: bool, levels: Collection[str]) -> Rule | None:
    """A rule, from the list of rules or from the meta of an expectation; None when something is wrong.

    Args:
        node: Where it stands.
        fields: The fields by name; None when those could not be read.
        check: Whether it is a rule that `checking` runs itself.
        levels: The levels it can have in this file.
    """
    node = node.named(f"rule {node.value.get('code', '?')}")
    read = node.read(_CHECK if check else _RULE)
    if read is None:
        return None
    if not _CODE.fullmatch(read["code"]):
        node.fault(f'code "{read["code"]}" is no short code of capitals and digits, such as BSN-02', "code")
    if read["level"] not in levels:
        node.fault(f"level {read['level']} does not belong in this file; it is one of {', '.join(levels)}", "level")
    if fields is not None and read["field"] is not None:
        field = fields.get(read["field"])
        if field is None:
            node.fault(f'no field "{read["field"]}"; {nearest(read["field"], fields)}', "field")
        elif read["level"] in SETS and read["level"] != field.set:
            node.fault(f"level is {read['level']}, but {field.name} is of the {field.set} set (structuur.yaml)", "level")
    if read["passes_with_time"] and read["level"] not in ("file", "base"):
        node.fault("passes_with_time is said of a rule that refuses a file; this one does not", "passes_with_time")
    words = CHECKS[read["check"]] if check else CONTENT_WORDS
    for key in ("message", "repair"):
        _sentence(node, key, read[key], words)
    return Rule(**{"check": None, **read, "passes_with_time": bool(read["passes_with_time"])})


def _sentence(node: Node, key: str, text: str, words: Collection[str]) -> None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        node.fault(f"{key} has a brace that stands alone; two of them ({{{{ or }}}}) give one", key)
        return
    for _text, word, form, conversion in parts:
        if word is not None and (word not in words or form or conversion):
            node.fault(f"{key} has {{{word}}}, which is not filled in here; {nearest(word, sorted(words))}", key)


def read_derived(node: Node, columns: Collection[str], code_lists: Collection[str]) -> Derived | None:
    """A derived column from the meta of a suite; `columns` are those it may be made of."""
    node = node.named(f"derived column {node.value.get('column', '?')}")
    read = node.read(_DERIVED, others=True)
    if read is None:
        return None
    kind = KINDS[read["kind"]]
    settings = node.read(kind.settings | _DERIVED)
    if read["column"] in columns:
        node.fault("there is such a column already; give it another name", "column")
    if len(read["of"]) != kind.of:
        node.fault(f"of names {len(read['of'])} columns; kind {read['kind']} is made of {kind.of}", "of")
    for column in read["of"]:
        if not isinstance(column, str) or column not in columns:
            node.fault(f'no column "{column}" to make it of; {nearest(column, columns)}', "of")
    if settings is None:
        return None
    own = {key: settings[key] for key in kind.settings}
    check_regex(node, own.get("regex"), "regex")
    if "codes" in own and own["codes"] not in code_lists:
        node.fault(f'no code list "{own["codes"]}" in codes/; {nearest(own["codes"], code_lists)}', "codes")
    return Derived(read["column"], read["kind"], tuple(read["of"]), own)


def check_regex(node: Node, regex: Any, *keys: str | int) -> None:
    """Tell a regular expression that is none."""
    if isinstance(regex, str):
        try:
            re.compile(regex)
        except re.error as error:
            node.fault(f'{keys[-1]} "{regex}" is no regular expression: {error}', *keys)
