"""The parts of a protocol: fields, rules and derived columns."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.protocol.reading import Key, nearest
from gmsd.protocol.vocabulary import AFTER_CONTENT, CHECKS, CONTENT_WORDS, KINDS, LEVELS, RECORD, SETS, STATUSES, TYPES

if TYPE_CHECKING:
    from collections.abc import Collection

    from gmsd.protocol.reading import Place

_CODE = re.compile(r"[A-Z][A-Z0-9]*(-[0-9]+)?")
_FIELD = {
    "name": Key(str),
    "title": Key(str, required=False),
    "form": Key(str, required=False),
    "set": Key(str, among=SETS),
    "type": Key(str, among=TYPES),
    "may_be_empty": Key(bool),
    "record": Key(str, required=False, nullable=True, among=RECORD),
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
        record: Its name in the accepted record; None when it is not kept.
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


def read_fields(listed: Place, code_lists: Collection[str]) -> tuple[Field, ...]:
    """The fields of structuur.yaml."""
    found: list[tuple[Field, Place]] = []
    for unnamed in listed.each():
        place = unnamed.named(f"field {unnamed.value.get('name', '?')}")
        read = place.read(_FIELD)
        if read is None:
            continue
        if read["codes"] is not None and read["codes"] not in code_lists:
            place.fault(f'no code list "{read["codes"]}" in codes/; {nearest(read["codes"], code_lists)}', "codes")
        if "." in read["name"]:
            place.fault("a name has no dot; a dot makes the name of a derived column", "name")
        for key in ("name", "record"):
            twin = next((other for field, other in found if read[key] and str(getattr(field, key)).lower() == read[key].lower()), None)
            if twin is not None:
                place.fault(f'{key} "{read[key]}" stands also on line {twin.line}; each is used once', key)
        found.append((Field(**{**read, "title": read["title"] or read["name"].replace("_", " ")}), place))
    missing = sorted({"bsn", "product_category", "start_date", "end_date", "delivery_form"} - {field.record for field, _place in found})
    if missing and len(found) == len(listed.value):
        listed.fault(f"no field has record {', '.join(missing)}; without it nothing can be counted")
    return tuple(field for field, _place in found)


def read_rule(place: Place, fields: dict[str, Field] | None, *, check: bool, levels: Collection[str]) -> Rule | None:
    """A rule, from the list of rules or from the meta of an expectation; None when something is wrong.

    Args:
        place: Where it stands.
        fields: The fields by name; None when those could not be read.
        check: Whether it is a rule that `checking` runs itself.
        levels: The levels it can have in this file.
    """
    place = place.named(f"rule {place.value.get('code', '?')}")
    read = place.read(_CHECK if check else _RULE)
    if read is None:
        return None
    if not _CODE.fullmatch(read["code"]):
        place.fault(f'code "{read["code"]}" is no short code of capitals and digits, such as BSN-02', "code")
    if read["level"] not in levels:
        place.fault(f"level {read['level']} does not belong in this file; it is one of {', '.join(levels)}", "level")
    if fields is not None and read["field"] is not None:
        field = fields.get(read["field"])
        if field is None:
            place.fault(f'no field "{read["field"]}"; {nearest(read["field"], fields)}', "field")
        elif read["level"] in SETS and read["level"] != field.set:
            place.fault(f"level is {read['level']}, but {field.name} is of the {field.set} set (structuur.yaml)", "level")
    words = CHECKS[read["check"]] if check else CONTENT_WORDS
    for key in ("message", "repair"):
        _sentence(place, key, read[key], words)
    return Rule(**{"check": None, **read})


def _sentence(place: Place, key: str, text: str, words: Collection[str]) -> None:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        place.fault(f"{key} has a brace that stands alone; two of them ({{{{ or }}}}) give one", key)
        return
    for _text, word, form, conversion in parts:
        if word is not None and (word not in words or form or conversion):
            place.fault(f"{key} has {{{word}}}, which is not filled in here; {nearest(word, sorted(words))}", key)


def read_derived(place: Place, columns: Collection[str], code_lists: Collection[str]) -> Derived | None:
    """A derived column from the meta of a suite; `columns` are those it may be made of."""
    place = place.named(f"derived column {place.value.get('column', '?')}")
    read = place.read(_DERIVED, others=True)
    if read is None:
        return None
    kind = KINDS[read["kind"]]
    settings = place.read(kind.settings | _DERIVED)
    if read["column"] in columns:
        place.fault("there is such a column already; give it another name", "column")
    if len(read["of"]) != kind.of:
        place.fault(f"of names {len(read['of'])} columns; kind {read['kind']} is made of {kind.of}", "of")
    for column in read["of"]:
        if not isinstance(column, str) or column not in columns:
            place.fault(f'no column "{column}" to make it of; {nearest(column, columns)}', "of")
    if settings is None:
        return None
    own = {key: settings[key] for key in kind.settings}
    check_regex(place, own.get("regex"), "regex")
    if "codes" in own and own["codes"] not in code_lists:
        place.fault(f'no code list "{own["codes"]}" in codes/; {nearest(own["codes"], code_lists)}', "codes")
    return Derived(read["column"], read["kind"], tuple(read["of"]), own)


def check_regex(place: Place, regex: Any, *keys: str | int) -> None:
    """Tell a regular expression that is none."""
    if isinstance(regex, str):
        try:
            re.compile(regex)
        except re.error as error:
            place.fault(f'{keys[-1]} "{regex}" is no regular expression: {error}', *keys)
