"""The result as an ESS validation report: valid by its schema, complete over the rules of the protocol, and nothing personal in it."""

import json
from pathlib import Path

import jsonschema
import pytest

from gmsd import feedback
from gmsd.masking import mask_bsn
from gmsd.protocol import protocol_for
from gmsd.rounds import WMO
from tests.unit import samples as s

SCHEMA = json.loads((Path(__file__).parents[2] / "support" / "validation_report_schema.json").read_text())
RULES = protocol_for(s.H2, WMO).rules


def report(result: dict, context: feedback.FeedbackContext = s.FEEDBACK) -> dict[str, dict]:
    records = json.loads(feedback.validation_report(result, context))
    found = {record["id"].partition("/")[2]: record for record in records}
    assert len(found) == len(records)
    return found


def real(findings: dict[str, int], verdict: str = "rejected", **other) -> dict:
    """A result with findings of the protocol's own rules, each with its count."""
    made = [
        s.finding(code, RULES[code].level, RULES[code].field, count, [] if RULES[code].level == "file" else [5], "Zin.", "Zin.")
        for code, count in findings.items()
    ]
    return s.result(verdict, made, **other)


@pytest.mark.parametrize("name", s.RESULTS)
@pytest.mark.parametrize("context", [s.FEEDBACK, s.LOCAL])
def test_it_follows_the_schema(name: str, context: feedback.FeedbackContext) -> None:
    records = json.loads(feedback.validation_report(s.RESULTS[name], context))
    jsonschema.validate(records, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert len(records) > len(s.RESULTS[name]["findings"])


def test_the_schema_can_refuse():
    record = json.loads(feedback.validation_report(s.RESULTS["accepted"], s.FEEDBACK))[0]
    for spoiled in ({**record, "value": "2"}, {**record, "data": {"source": []}}, {**record, "rule": {"language": "x", "expression": "y"}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate([spoiled], SCHEMA)


def test_every_rule_has_a_value():
    found = report(real({"BSN-01": 12, "EENH-02": 3}, not_run=[{"rule": "GEM-01", "reason": "Zin."}]))
    assert set(found) == {*RULES, "BSN-01/count", "EENH-02/count"}
    values = {code: record["value"] for code, record in found.items() if record["type"] == "validation"}
    assert {code for code, value in values.items() if value == "0"} == {"BSN-01", "EENH-02"}
    assert {code for code, value in values.items() if value == "NA"} == {"GEM-01"}
    assert found["BSN-01/count"]["value"] == "12"
    assert (found["BSN-01"]["rule"]["severity"], found["EENH-02"]["rule"]["severity"]) == ("error", "warning")
    assert json.loads(found["BSN-01"]["rule"]["expression"])["type"].startswith("expect_column_values")
    assert found["BSN-01"]["data"]["source"][1:] == ["2019-H2.0518.03", "alle regels", "BSN"]


def test_what_was_not_looked_at_is_not_available():
    stopped = report(real({"NAAM-01": 1}))
    assert {record["value"] for code, record in stopped.items() if code in RULES} == {"0", "NA"}
    elsewhere = report(real({}, "accepted", municipality=None), s.LOCAL)
    unknown = {code for code, record in elsewhere.items() if record["value"] == "NA"}
    assert unknown == {"GEM-03"}
    assert elsewhere["GEM-03"]["event"]["trigger"] is None


def test_nothing_in_it_can_be_a_bsn():
    text = feedback.validation_report({**s.RESULTS["rejected"], "file": s.HOSTILE}, s.LOCAL)
    assert mask_bsn(text) == text
    assert s.BSN not in text
