"""What a report adds to a finding: a right value that is nobody's, the codes of the half-year, a link when there is a catalogue."""

import re
from dataclasses import replace

import pytest

from gmsd import feedback, letters
from gmsd.feedback.explanation import explain, rule_url
from gmsd.feedback.result import Checked
from gmsd.masking import mask_bsn
from gmsd.protocol import protocol_for
from gmsd.rounds import WMO
from tests.unit import samples as s

RULES = protocol_for(s.H2, WMO).rules
EVERY = [s.finding(rule.code, rule.level, rule.field, 1, [2], "Zin.", "Zin.") for rule in RULES.values() if rule.level != "file"]
RESULT = s.result("rejected", EVERY, municipality="0363")
URL = "https://gmsd.invalid/regels"


def test_no_rule_shows_a_number_that_can_be_somebodys():
    assert any(rule.example and mask_bsn(rule.example) != rule.example for rule in RULES.values()), "the protocol has such an example"
    explained = explain(Checked.of(RESULT), "")
    for code, found in explained.items():
        for text in (found.example, found.more):
            assert text is None or mask_bsn(text) == text, code
    assert explained["BSN-02"].example is None
    assert "voorbeeld" not in (explained["BSN-02"].more or "")
    assert explained["START-02"].example == RULES["START-02"].example
    page = feedback.feedback_html(RESULT, s.FEEDBACK) + letters.verdict_mail(replace(s.verdict("rejected"), result=RESULT)).text
    assert mask_bsn(page) == page
    assert "*****" not in page


def test_the_example_of_a_municipality_is_the_one_that_delivers():
    assert explain(Checked.of(RESULT), "")["GEM-02"].example == "0363"
    assert explain(Checked.of({**RESULT, "municipality": None}), "")["GEM-02"].example == RULES["GEM-02"].example


def test_the_codes_are_those_of_the_half_year():
    then = dict(explain(Checked.of(RESULT), "")["EENH-03"].codes)
    later = dict(explain(Checked.of({**RESULT, "half_year": "2022-H1"}), "")["EENH-03"].codes)
    assert "84" in later
    assert "84" not in then
    assert then["04"] == "Uur"


def test_a_rule_that_the_protocol_does_not_know_is_shown_as_it_came():
    page = feedback.feedback_html(s.RESULTS["rejected"], s.FEEDBACK)
    assert "Geef elke regel dertien velden" in page


@pytest.mark.parametrize("base", ["", "javascript:alert(1)", "//x", "regels", "data:text/html,x"])
def test_without_a_catalogue_on_the_web_nothing_is_linked(base: str):
    assert rule_url(base, "BSN-02") == ""
    context = replace(s.verdict("rejected"), rules_url=base)
    assert all("portaal" in words for words in re.findall(r"href=[^>]*>([^<]*)", letters.verdict_mail(context).html))
    assert set(re.findall(r'href="([^"#]*)', feedback.feedback_html(RESULT, replace(s.FEEDBACK, rules_url=base)))) == {""}


def test_with_a_catalogue_mail_and_report_link_each_rule():
    mail = letters.verdict_mail(replace(s.verdict("rejected"), result=RESULT, rules_url=URL))
    page = feedback.feedback_html(RESULT, replace(s.FEEDBACK, rules_url=URL))
    for each in EVERY:
        assert f'href="{URL}#{each["rule"]}"' in page
        assert f'href="{URL}#{each["rule"]}"' in mail.html
        if each["level"] != "notice":
            assert f"{URL}#{each['rule']}" in mail.text


@pytest.mark.parametrize(("verdict", "words"), [("rejected", "gebruiken wij dit bestand niet"), ("accepted_without_facultative", "niet")])
def test_rules_that_could_not_run_are_told_and_not_blamed_on_the_file(verdict: str, words: str):
    result = s.result(verdict, [], not_run=[{"rule": "BSN-02", "reason": "De regel kon niet worden uitgevoerd."}])
    mail = letters.verdict_mail(replace(s.verdict(verdict), result=result))
    for text in (mail.text, mail.html, feedback.feedback_html(result, s.FEEDBACK)):
        flat = " ".join(text.split())
        assert "Dat ligt niet aan u" in flat
        assert words in flat
        assert "staan fouten" not in flat
        assert "De regel kon niet worden uitgevoerd." in flat


def test_what_was_read_once_serves_every_form_and_gives_the_same():
    checked = Checked.of(RESULT)
    assert Checked.of(checked) is checked
    assert explain(checked, URL) is explain(checked, URL)
    assert explain(checked, "") == explain(Checked.of(RESULT), "") != explain(checked, URL)
    forms = (feedback.feedback_html, feedback.feedback_xlsx, feedback.validation_report)
    assert [form(checked, s.FEEDBACK) for form in forms] == [form(RESULT, s.FEEDBACK) for form in forms]
    assert feedback.feedback_json(checked) == feedback.feedback_json(RESULT)
    assert letters.verdict_mail(replace(s.verdict("rejected"), result=checked)) == letters.verdict_mail(
        replace(s.verdict("rejected"), result=RESULT)
    )
