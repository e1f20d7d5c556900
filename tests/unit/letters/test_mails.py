"""Every mail and report renders, says what it must, and cannot be abused by what municipalities send."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd import dutch, feedback, letters
from gmsd.journal import link_mark
from gmsd.masking import mask_bsn
from gmsd.rendering.environments import RenderedMail, one_line
from tests.unit import samples as s

VERDICTS = tuple(s.RESULTS)


def mails(file_name: str = s.FILE) -> dict[str, RenderedMail]:
    """One of each mail, and of each variant that has its own words."""
    upload = replace(s.THIRD, file_name=file_name)
    standing = s.Standing(upload, 0)
    made = {f"verdict_{name}": letters.verdict_mail(s.verdict(name, file_name=file_name)) for name in VERDICTS}
    return made | {
        "verdict_last": letters.verdict_mail(replace(s.verdict("rejected", file_name=file_name), standing=standing, reports=())),
        "receipt": letters.receipt_mail(replace(s.RECEIPT, upload=upload)),
        "late": letters.late_mail(s.upload(file_name=file_name)),
        "late_unknown": letters.late_mail(s.upload(s.EMPTY, file_name=file_name, known=False)),
        "early": letters.early_mail(s.upload(s.EMPTY, file_name=file_name)),
        "early_unknown": letters.early_mail(s.upload(s.EMPTY, file_name=file_name, known=False)),
        "repeat": letters.repeat_mail(s.upload(file_name=file_name, earlier=s.FIRST)),
        "over_limit": letters.over_limit_mail(s.upload(standing, file_name=file_name)),
        "unreadable_right": letters.unreadable_right_mail(s.upload(file_name=file_name)),
        "vanished": letters.vanished_mail(s.upload(file_name=file_name)),
        "other_folder_before": letters.other_folder_mail(replace(s.OTHER_FOLDER, upload=upload)),
        "other_folder_after": letters.other_folder_mail(
            replace(s.OTHER_FOLDER, upload=upload, before=False, right=s.OTHER_FOLDER.right[:1], round=None)
        ),
        "unplaced": letters.unplaced_mail(replace(s.UNPLACED, key=file_name)),
        "form_malformed": letters.form_malformed_mail(s.form("intrekking", problems=('Het veld "name" ontbreekt.',))),
        "form_malformed_text": letters.form_malformed_mail(
            s.form("toelichting", problems=("De tekst is te lang.", 'Het veld "name" is leeg.'))
        ),
        "form_without_round": letters.form_malformed_mail(
            s.form("toelichting", problems=("Voor dit halfjaar is er geen ronde.",), round=None, example=False)
        ),
        "form_too_late": letters.form_malformed_mail(s.form("intrekking", problems=('Het veld "name" ontbreekt.',), still_open=False)),
        "withdrawal_received": letters.withdrawal_received_mail(s.form("intrekking", name="J. de Vries")),
        "withdrawal_done": letters.withdrawal_done_mail(replace(s.DONE, removed=(s.FIRST, upload))),
        "withdrawal_none": letters.withdrawal_done_mail(replace(s.DONE, removed=(), already_released=True)),
        "withdrawal_too_late": letters.withdrawal_too_late_mail(s.form("intrekking")),
        "explanation_received": letters.explanation_received_mail(
            s.form("toelichting", name="J. de Vries", text=f"In 2019 is de regeling verruimd.\n\n<b>Dat</b> ziet u in de cijfers. {s.BSN}")
        ),
        "new_device": letters.new_device_mail(s.moment(10)),
        "password": letters.password_mail("portaal.invalid/wachtwoord/0001.1580000000.ab", s.moment(10)),
        "window_opened": letters.window_opened_mail(s.ROUND_MAIL),
        "reminder": letters.reminder_mail(s.ROUND_MAIL),
        "reminder_last_day": letters.reminder_mail(replace(s.ROUND_MAIL, working_days_left=0)),
        "window_opened_of_two_laws": letters.window_opened_mail(
            replace(s.ROUND_MAIL, parts=(s.ROUND_PART, replace(s.ROUND_PART, round=replace(s.ROUND, law="jeugd"), law_title="Jeugdwet")))
        ),
        "withdrawal_opened": letters.withdrawal_opened_mail(s.ROUND_MAIL),
        "round_closed": letters.round_closed_mail(s.ROUND_MAIL),
        "published": letters.published_mail(s.ROUND_MAIL),
        "extended": letters.extended_mail(letters.ExtendedContext(s.PARTY, s.ROUND, standing, date(2020, 3, 13))),
        "let_in": letters.let_in_mail(s.upload(standing, file_name=file_name)),
        "op_orde_ready_large": letters.op_orde_ready_mail(
            replace(s.READY, upload=upload, compared_again=True, large_change="Uw aantal cliënten is meer dan 30 % lager dan eerder.")
        ),
        "explanation_read_approved": letters.explanation_read_mail(s.form("toelichting", text="In 2019 is de regeling verruimd."), None),
        "explanation_read_sent_back": letters.explanation_read_mail(
            s.form("toelichting", text=f"<b>Dat</b> {s.BSN}"), "Noem geen personen in de tekst."
        ),
        "withdrawal_asked": letters.withdrawal_asked_mail(
            letters.WithdrawalAskedContext(
                s.DONE.party,
                "J. de Vries",
                s.DONE.received_at,
                s.DONE.done_at,
                (upload,),
                loses_year=True,
                link="portaal.invalid/i/x",
            )
        ),
        "withdrawal_repeated": letters.withdrawal_done_mail(
            replace(s.DONE, removed=(), before=("form.0001", s.DONE.done_at), delivered_again=upload, other_half="withdrawn")
        ),
        "withdrawal_published": letters.withdrawal_done_mail(
            replace(
                s.DONE, removed=(upload,), published=True, by_engineer=True, other_half="counts", proof=("bewijzen/form.0001/bewijs.html",)
            )
        ),
        "op_orde_ready": letters.op_orde_ready_mail(replace(s.READY, upload=upload)),
    }


MAILS = mails()
HOSTILE = mails(s.HOSTILE)


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_reads_well_as_text(name: str) -> None:
    mail = MAILS[name]
    assert max(map(len, mail.text.splitlines())) <= 78
    assert "{{" not in mail.text + mail.html
    assert "\n\n\n" not in mail.text
    assert not re.search(r"</?(p|strong|code|td|tr|br)\b|&[a-z]+;|&#", mail.text)
    assert re.search(r"dag \d+ (maart|februari) 2020", " ".join(mail.text.split())) or name == "unplaced"


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_needs_nothing_from_outside(name: str) -> None:
    assert not re.search(r"https?://|<img|<script|<link|url\(", re.sub(link_mark(r"[\w.-]*"), "", MAILS[name].html))
    assert f'<html lang="{"en" if name == "unplaced" else "nl"}">' in MAILS[name].html


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_name_is_only_text(name: str) -> None:
    mail = HOSTILE[name]
    assert "<img" not in mail.html
    assert "<b>" not in mail.html
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject + mail.text
    assert not re.search(r"^Bcc:", mail.text, re.MULTILINE)
    assert len(mail.subject) <= 150
    assert s.BSN not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_mail_gives_the_promised_facts_in_order(name: str) -> None:
    text = letters.verdict_mail(s.verdict(name)).text
    words = {
        "accepted": "Goedgekeurd",
        "accepted_without_facultative": "Goedgekeurd, zonder",
        "rejected": "Afgekeurd",
        "rejected_file": "Afgekeurd",
    }
    order = [
        words[name],
        s.FILE,
        "woensdag 4 maart 2020 om 14.05 uur",
        "Fouten in de inhoud",
        "WELK BESTAND TELT NU?",
        "vrijdag 6 maart 2020",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "vrijdag 20 maart 2020" in text
    assert "H22019/0518/formulieren/intrekking.json" in text
    assert "terugkoppeling.html" in text


def test_faults_come_by_variable_then_by_line() -> None:
    text = letters.verdict_mail(s.verdict("rejected")).text
    assert re.search(r"Fouten in de inhoud: +1\.229\n", text)
    assert "BSN (14 fouten)" in text
    assert "Protocol Wmo 2020, blz. 9" in text
    assert text.index("Reden_beeindiging (3 fouten)") < text.index("IN WELKE REGELS")
    joined = " ".join(text.split())
    assert "BSN-02 BSN: 5, 9, 204, 1007, 1008, 1009, 2410, 3999, 4001, 45112 … en nog 2" in joined
    assert "BSN-03 BSN: 77, 78 DAT-04" in joined
    assert "STR-01 Hele regel: 88" in joined


def test_the_facultative_consequence_stands_apart_and_only_where_it_holds() -> None:
    sentence = "wij maken alle facultatieve variabelen leeg"
    assert any(part.strip().startswith("! Gevolg") for part in MAILS["verdict_accepted_without_facultative"].text.split("\n\n"))
    assert sentence in " ".join(MAILS["verdict_accepted_without_facultative"].text.split())
    assert "facultatieve" not in MAILS["verdict_accepted"].text


@pytest.mark.parametrize(
    ("left", "words"), [(0, "alle 20 correcties gebruikt"), (1, "nog 1 correctie sturen"), (20, "nog 20 correcties sturen")]
)
def test_corrections_left_are_told(left: int, words: str) -> None:
    mail = letters.verdict_mail(replace(s.verdict("accepted"), standing=s.Standing(s.THIRD, left)))
    assert words in " ".join(mail.text.split())


def test_the_municipality_is_told_which_upload_counts() -> None:
    assert "telt nu WMO_H22019_denhaag_eerste.csv" in " ".join(MAILS["verdict_rejected"].text.split())
    assert "telt nu nog geen bestand" in " ".join(MAILS["verdict_rejected_file"].text.split())


@pytest.mark.parametrize("name", VERDICTS)
@pytest.mark.parametrize("context", [s.FEEDBACK, s.LOCAL])
def test_the_feedback_page_is_whole_and_self_contained(name: str, context: feedback.FeedbackContext) -> None:
    page = feedback.feedback_html({**s.RESULTS[name], "file": s.HOSTILE}, context)
    assert '<html lang="nl">' in page
    assert page.count("<h1") == 1
    assert "<img" not in page
    assert s.BSN not in page
    assert not re.search(r"https?://|<script|<link|url\(|None", page)
    assert re.findall(r"<th(?! scope=)[ >]", page) == []
    for found in s.RESULTS[name]["findings"]:
        assert found["rule"] in page
    assert mask_bsn(page) == page


def test_the_feedback_json_is_the_contract() -> None:
    import json

    assert json.loads(feedback.feedback_json(s.RESULTS["rejected"])) == s.RESULTS["rejected"]


@pytest.mark.parametrize("name", VERDICTS)
def test_the_note_tells_the_engineer_verdict_and_reason(name: str) -> None:
    note = letters.verdict_note(s.RESULTS[name])
    assert note.startswith("**Rejected**" if name.startswith("rejected") else "**Accepted")
    for found in [item for item in s.RESULTS[name]["findings"] if item["level"] != "notice"][:5]:
        assert f"- {found['rule']} (" in note
    assert s.FILE not in note, "what stands in Airflow's database is not deleted with a withdrawal"


def test_a_note_cannot_be_given_a_link_or_a_bsn() -> None:
    note = letters.state_note("late", detail=f"[x](http://x){s.BSN}")
    assert s.BSN not in note
    assert "\\[x\\]" in note


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("WMO_H22019_123456782.csv", "WMO_H22019_*********.csv"),
        ("123456782 en 111222333", "********* en *********"),
        ("012345672", "*********"),
        ("123456789", "123456789"),
        ("000000000", "000000000"),
        ("1234567820", "1234567820"),
        ("\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff12", "*********"),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert mask_bsn(text) == masked


@given(st.text())
def test_a_header_is_one_line_without_control_characters(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 150
    assert not re.search(r"[\x00-\x1f\x7f\u2028\u2029]", line)
    line.encode("utf-8")


def test_dutch_notation() -> None:
    assert dutch.dutch_date(date(2020, 3, 6)) == "vrijdag 6 maart 2020"
    assert dutch.dutch_moment(datetime(2020, 3, 6, 22, 59, tzinfo=UTC)) == "vrijdag 6 maart 2020 om 23.59 uur"
    assert dutch.dutch_moment(datetime(2020, 7, 1, 22, 5, tzinfo=UTC)) == "donderdag 2 juli 2020 om 0.05 uur"
    assert dutch.dutch_number(1234567.25, 1) == "1.234.567,2"
    assert dutch.dutch_share(0.125) == "12,5 %"
    assert dutch.dutch_count(1, "fout", "fouten") == "1 fout"
    assert dutch.dutch_half_year(s.H2) == "tweede halfjaar van 2019"
    assert dutch.dutch_list(["a", "b", "c"]) == "a, b en c"
    with pytest.raises(ValueError, match="time zone"):
        dutch.dutch_moment(datetime(2020, 3, 6))  # noqa: DTZ001
