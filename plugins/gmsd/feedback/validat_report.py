"""The result in the shape that European statistical offices exchange: the ESS validation report structure, version 1.0.0.

Source: M. van der Loo and O. ten Bosch, "Design of a generic machine-readable validation report structure", version 1.0.0 (ESSnet
ValiDat Integration, 15 August 2017). A report is a JSON array. Each rule of the protocol is one validation of the whole file, with value
1 (holds), 0 (does not) or NA (could not be established); each rule that does not hold has an aggregation that counts how often.
Data are named by the four parts of the paper's key: population, observation, unit and attribute. Never by a value.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from gmsd import dutch
from gmsd.clock import AMSTERDAM
from gmsd.feedback.result import WHOLE_FILE, WHOLE_LINE, Checked, ReportedFinding
from gmsd.masking import mask_bsn
from gmsd.rendering import clean_text, pretty_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.feedback.context import FeedbackContext
    from gmsd.protocol import Protocol, Rule

_SEVERITIES = {"file": "error", "base": "error", "facultative": "warning", "notice": "information"}
_EXPECTATIONS, _OWN = "Great Expectations 1.24", "GMSD structure check 1"


class _Open(dict[str, str]):
    """Words that nobody filled in: a rule that holds has no finding to take them from."""

    def __missing__(self, key: str) -> str:
        return "…"


def validation_report(result: Mapping[str, Any] | Checked, context: FeedbackContext) -> str:
    """Write a result (`gmsd-check/1`) as an ESS validation report: every rule of its protocol, those that hold too.

    A rule of the result that the protocol does not know (any more) is reported by what the result says of it.
    """
    checked = Checked.of(result)
    protocol = checked.protocol_used
    maker = _Maker(checked, context, protocol)
    found: dict[str, list[ReportedFinding]] = {}
    for finding in checked.findings:
        found.setdefault(finding.rule, []).append(finding)
    records = []
    for code in dict.fromkeys([*protocol.rules, *found, *(code for code, _ in checked.not_run)]):
        records += maker.records(code, found.get(code, []))
    return pretty_json(records)


class _Maker:
    """Makes the records of one result; event and population are the same in all of them."""

    def __init__(self, checked: Checked, context: FeedbackContext, protocol: Protocol) -> None:
        self.checked, self.protocol = checked, protocol
        self.name = context.delivery_id or f"sha256-{checked.sha256[:8]}"
        self.not_run = dict(checked.not_run)
        self.expressions = _expressions(protocol)
        self.event = {
            "time": context.checked_at.astimezone(AMSTERDAM).isoformat(timespec="seconds"),
            "actor": "GMSD technical check",
            "agent": None if context.delivery_id is None else "Centraal Bureau voor de Statistiek",
            "trigger": None if checked.municipality is None else f"gemeente {checked.municipality}",
        }

    def records(self, code: str, findings: list[ReportedFinding]) -> list[dict[str, Any]]:
        """The validation of one rule, and the aggregation that counts when it does not hold."""
        rule = self.protocol.rules.get(code)
        language, expression = self.expressions.get(code, (_OWN, code))
        level = rule.level if rule is not None else findings[0].level if findings else "base"
        data = self._data(rule, findings)
        validation = {
            "id": f"{self.name}/{code}",
            "type": "validation",
            "event": self.event,
            "rule": {
                "id": code,
                "language": language,
                "expression": expression,
                "severity": _SEVERITIES[level],
                "description": f"Gecontroleerd op: {self._message(rule, findings)}",
            },
            "data": data,
            "value": self._value(code, level, findings),
        }
        if not findings:
            return [validation]
        count = {
            "id": f"{self.name}/{code}/count",
            "type": "aggregation",
            "event": self.event,
            "aggregate": {"language": language, "expression": f"count(not {code})", "description": f"Aantal keer dat {code} niet klopt"},
            "data": data,
            "value": str(sum(finding.count for finding in findings)),
        }
        return [validation, count]

    def _value(self, code: str, level: str, findings: list[ReportedFinding]) -> str:
        """A fault of the file stops the check: what else holds is then not established."""
        if findings:
            return "0"
        unsure = code in self.not_run or not self.checked.content_checked
        needs_place = self.checked.municipality is None and code in self._of_place()
        return "NA" if unsure or needs_place or (level != "file" and self.checked.half_year is None) else "1"

    def _of_place(self) -> set[str]:
        """The rules that compare with the delivering municipality: nobody ran them when it is unknown."""
        return {code for code, (_, expression) in self.expressions.items() if '"MUNICIPALITIES"' in expression}

    def _message(self, rule: Rule | None, findings: list[ReportedFinding]) -> str:
        if findings:
            return " ".join(clean_text(finding.message) for finding in findings)
        return rule.message.format_map(_Open()) if rule is not None else "een regel die dit protocol niet kent"

    def _data(self, rule: Rule | None, findings: list[ReportedFinding]) -> dict[str, Any]:
        field = findings[0].field if findings else rule.field if rule is not None else None
        of_file = (findings[0].level if findings else rule.level if rule is not None else "base") == "file"
        population = (
            f"{self.protocol.law.title}-arrangementen, gemeente {self.checked.municipality or 'onbekend'}, "
            f"{self.checked.half_year or 'halfjaar onbekend'}"
        )
        attribute = field or (WHOLE_FILE if of_file else WHOLE_LINE)
        unit = WHOLE_FILE if of_file else "alle regels"
        first = "; ".join(_where(finding) for finding in findings if finding.lines)
        about = f"{attribute} in {mask_bsn(self.checked.file)}"
        return {
            "source": [population, self.name, unit, attribute],
            "target": [],
            "description": clean_text(f"{about}. {first}." if first else f"{about}."),
        }


def _where(finding: ReportedFinding) -> str:
    lines = f"{'Regel' if finding.count == 1 else 'Regels'} {dutch.dutch_lines(finding.lines)}"
    return lines if finding.shows_all_lines else f"{lines} en nog {finding.count - len(finding.lines)}"


@cache
def _expressions(protocol: Protocol) -> Mapping[str, tuple[str, str]]:
    """By code, the language of a rule and how it is written in it; parameters stand as they stand in the protocol."""
    written = {code: (_OWN, rule.check) for code, rule in protocol.rules.items() if rule.check is not None}
    for suite in protocol.suites.values():
        for each in suite["expectations"]:
            plain = {"type": each["type"], "kwargs": each["kwargs"]}
            written[each["meta"]["code"]] = (_EXPECTATIONS, json.dumps(plain, ensure_ascii=False, default=str))
    return written
