"""What a report adds to a finding from the protocol: an example of a right value, the codes that may be used, where to read more.

The result of a check carries its sentences already filled in; what it lacks is looked up by the code of the rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from gmsd.feedback.result import WHOLE_LINE
from gmsd.masking import mask_bsn
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.feedback.result import Checked
    from gmsd.protocol import Field, Protocol, Rule


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a report says of a rule beside the finding itself.

    Attributes:
        example: A right value, made up; None when the rule has none, or when it could be taken for a person's number: a made-up number
            may be somebody's in the file, and whoever searches a report for such numbers must find none.
        more: What the sentences of the finding leave unsaid; None when that is nothing.
        codes: The codes that may be used in the half-year, each with its meaning; empty when the variable has no list.
        place: Where in the file it is wrong when there are no line numbers, in words.
        url: Where the catalogue of rules tells of it; '' when there is no catalogue.
    """

    example: str | None
    more: str | None
    codes: tuple[tuple[str, str], ...]
    place: str
    url: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule that could not run: its code, the variable it is about, why, and where the catalogue tells of it."""

    rule: str
    variable: str
    reason: str
    url: str


def rule_url(rules_url: str, rule: str) -> str:
    """Where the catalogue tells of a rule; '' when there is none, or its address is not one of the web."""
    return f"{rules_url}#{quote(rule)}" if urlsplit(rules_url).scheme in ("http", "https") else ""


def explain(checked: Checked, rules_url: str) -> Mapping[str, Explanation]:
    """Look up every rule that a result names, by its code; a rule that the protocol does not know (any more) has only its address.

    It is looked up once for all forms of a result that was read once.
    """
    if rules_url not in checked.explained:
        checked.explained[rules_url] = _explained(checked, rules_url)
    return checked.explained[rules_url]


def _explained(checked: Checked, rules_url: str) -> dict[str, Explanation]:
    protocol = checked.protocol_used
    fields = {field.name: field for field in protocol.fields}
    explained = {}
    for finding in checked.findings:
        rule, field = protocol.rules.get(finding.rule), fields.get(finding.field or "")
        example, more = _example(rule, field, checked.municipality)
        explained[finding.rule] = Explanation(
            example=example,
            more=more,
            codes=_codes(protocol, field, checked.half_year),
            place=_place(rule),
            url=rule_url(rules_url, finding.rule),
        )
    return explained


def _example(rule: Rule | None, field: Field | None, municipality: str | None) -> tuple[str | None, str | None]:
    """The example and the explanation of a rule; what is said of an example that is not shown, goes with it."""
    if rule is None or rule.example is None:
        return None, rule.explanation if rule is not None else None
    example: str | None = rule.example
    if field is not None and field.type == "municipality" and municipality is not None:
        example = municipality
    elif mask_bsn(rule.example) != rule.example:
        example = None
    if example == rule.example or rule.explanation is None:
        return example, rule.explanation
    sentences = re.split(r"(?<=[.!?])\s+", rule.explanation)
    return example, " ".join(each for each in sentences if not each.startswith("Het voorbeeld")) or None


def _codes(protocol: Protocol, field: Field | None, half_year: str | None) -> tuple[tuple[str, str], ...]:
    if field is None or field.codes is None or half_year is None:
        return ()
    listed, period = protocol.code_lists[field.codes], HalfYear.parse(half_year)
    return tuple((code, listed.title_of(code, period) or "") for code in listed.valid_in(period))


def _place(rule: Rule | None) -> str:
    if rule is not None and rule.check is not None:
        if rule.check.startswith(("name_", "upload_code_")):
            return "In de naam van het bestand"
        if rule.check.startswith("columns_"):
            return "In regel 1, de regel met de kolomnamen"
    return "In het bestand als geheel"


def missed(checked: Checked, rules_url: str) -> list[Missed]:
    """The rules that could not run, in the order of the check."""
    rules = checked.protocol_used.rules
    fields = {code: rules[code].field for code, _ in checked.not_run if code in rules}
    return [Missed(code, fields.get(code) or WHOLE_LINE, reason, rule_url(rules_url, code)) for code, reason in checked.not_run]
