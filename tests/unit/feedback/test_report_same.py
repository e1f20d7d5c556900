"""Mail, report, workbook, terminal, op-orde report and validation report say the same thing of one result, what matters most first."""

from __future__ import annotations

import html
import io
import json
import re
from datetime import date

import openpyxl
import pytest

from gmsd import feedback, letters, op_orde
from tests.spec.checking import ROWS, cell, check, file_of, row, running
from tests.unit import samples as s
from tests.unit.op_orde.test_comparison import records, summary

EARLIER = row(Einddatum_ondersteuning="20190630")
FILES = {
    "nothing in the half-year": file_of(EARLIER),
    "nobody known": file_of(row(BSN="999999999")),
    "mostly outside": file_of(EARLIER, row(EARLIER, Volume="2"), ROWS[0]),
    "empty record": file_of(ROWS[0], ";" * 12, ROWS[1]),
    "empty records at the end": file_of(*ROWS, ";" * 12, ";" * 12),
    "hardly filled": file_of(*ROWS, "20200203;0518" + ";" * 11),
    "two municipalities": cell("Gemeentecode", "0599"),
    "no municipality": cell("Gemeentecode", "1979"),
    "dates that cannot be meant": running("Startdatum_ondersteuning", "18991230", "20290201"),
    "made too early": cell("Aanmaakdatum_bestand", "20190203"),
    "lone CR": file_of(*ROWS, f"{ROWS[0]}\r{ROWS[1]}"),
}
RESULTS = {kind: check(data).to_json() for kind, data in FILES.items()}
NOTHING = ("nothing in the half-year", "nobody known")


def plain(text: str) -> str:
    return " ".join(text.split())


def of_html(page: str) -> str:
    return plain(
        html.unescape(re.sub(r"<wbr>|</?(?:strong|code|span|em)\b[^>]*>", "", re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL)))
    )


def of_page(page: str) -> str:
    return plain(re.sub(r"<[^>]+>", " ", of_html(page)))


def of_workbook(data: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return plain(" ".join(str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line if cell is not None))


def told(kind: str) -> dict[str, str]:
    result = RESULTS[kind]
    mail = letters.verdict_mail(letters.VerdictContext(s.PARTY, s.THIRD, s.ROUND, s.EMPTY, result))
    return {
        "mail as text": plain(re.sub(r"\n\s+", " ", mail.text)),
        "mail as a page": of_page(mail.html),
        "report": of_page(feedback.feedback_html(result, s.FEEDBACK)),
        "workbook": of_workbook(feedback.feedback_xlsx(result, s.FEEDBACK)),
        "json": plain(json.dumps(json.loads(feedback.feedback_json(result)), ensure_ascii=False)),
        "terminal": plain(feedback.feedback_text(result, s.FEEDBACK, width=100)),
        "validation report": plain(feedback.validation_report(result, s.FEEDBACK)),
    }


@pytest.mark.parametrize("kind", FILES)
def test_every_form_has_the_sentences_of_every_finding(kind):
    for form, words in told(kind).items():
        for finding in RESULTS[kind]["findings"]:
            assert finding["message"] in words, form
            if form != "validation report" and not (form.startswith("mail") and finding["level"] == "notice"):
                assert finding["repair"].removesuffix(".") in words, form


@pytest.mark.parametrize("kind", NOTHING)
def test_a_file_of_which_nothing_counts_is_told_why_first(kind):
    message = RESULTS[kind]["findings"][0]["message"]
    forms = told(kind)
    for form in ("mail as text", "mail as a page", "report", "workbook", "terminal"):
        words = forms[form]
        assert "nog niet gecontroleerd" not in words, form
        assert "konden wij de inhoud nog niet" not in words, form
        first = {"mail": "Geüpload op", "report": "regels met gegevens", "workbook": "Bestand", "terminal": "Wat u nu doet"}[
            form.split()[0]
        ]
        start = words.index("Afgekeurd")
        assert start < words.index(message), form
        assert first not in words[start : words.index(message)], form
    assert "blijft gewoon tellen" in forms["mail as text"]


@pytest.mark.parametrize("kind", NOTHING)
def test_a_file_of_which_nothing_counts_is_told_in_a_list_of_files(kind):
    assert plain(feedback.feedback_line(RESULTS[kind], name="a.csv")) == "Afgekeurd a.csv (niets in het bestand telt mee)"


def test_a_file_of_which_nothing_counts_was_checked_for_the_rest():
    result = check(file_of(row(EARLIER, Eenheid="99")))
    assert (result.verdict, result.readable, result.content_errors) == ("rejected", True, 1)
    page = of_page(feedback.feedback_html(result.to_json(), s.FEEDBACK))
    assert "1 fout in de inhoud" in page
    values = {
        record["id"].partition("/")[2]: record["value"] for record in json.loads(feedback.validation_report(result.to_json(), s.FEEDBACK))
    }
    assert (values["BEST-06"], values["BEST-07"], values["BSN-02"], values["EENH-03"]) == ("0", "1", "1", "0")


def test_what_a_file_is_refused_for_is_nowhere_told_as_nothing_to_do():
    result = RESULTS["nobody known"]
    refused, notice = result["findings"]
    assert (refused["level"], notice["level"], notice["field"]) == ("file", "notice", "BSN")
    assert notice["repair"] == refused["repair"]
    assert all("niets te doen" not in words for words in told("nobody known").values())
    some = check(file_of(row(BSN="999999999"), ROWS[1])).to_json()
    assert "U hoeft niets te doen" in some["findings"][0]["repair"]


def test_more_than_half_outside_is_told_at_the_verdict_and_in_the_op_orde_report():
    notice = RESULTS["mostly outside"]["findings"][0]
    assert "66,7% van de regels; dat is meer dan de helft" in notice["message"]
    for form, words in told("mostly outside").items():
        if form in ("mail as text", "mail as a page", "report", "terminal"):
            assert f"Let op: {notice['message']}" in words, form
        assert "zorgvuldige werk" not in words, form
        assert "U hoeft niets meer te doen" not in words, form
        if form in ("mail as text", "mail as a page", "terminal"):
            assert "of u het juiste bestand hebt" in words, form
    inside, outside = (1, 1, date(2018, 1, 1), None, 1, None), (2, 1, date(2018, 1, 1), date(2019, 6, 30), 1, None)
    attention = op_orde.compare(summary(records(inside, outside, outside)), []).attention
    said = (
        "66,7 % van de regels valt buiten het halfjaar; dat is meer dan de helft, dus misschien gaat dit bestand over een ander halfjaar."
    )
    assert said in attention
    assert "50,0 % van de regels valt buiten het halfjaar." in op_orde.compare(summary(records(inside, outside)), []).attention


def test_place_that_was_not_compared_is_told():
    result = check(file_of(*ROWS), municipality=None).to_json()
    context = feedback.FeedbackContext(s.moment(4), municipality_name="'s-Gravenhage", place_compared=False)
    for words in (
        feedback.feedback_text(result, context),
        of_page(feedback.feedback_html(result, context)),
        of_workbook(feedback.feedback_xlsx(result, context)),
    ):
        assert "de plaats van levering is niet vergeleken" in plain(words)
    assert "niet vergeleken" not in plain(feedback.feedback_text(result, s.FEEDBACK))
