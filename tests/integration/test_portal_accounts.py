"""Accounts of the portal: a password and a code of the letter, an authenticator, and what only they open."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import signal
from pathlib import Path

import pytest
from sqlalchemy import text

from gmsd.checking import check_file
from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.intake import check_delivery, report_delivery
from gmsd.registration import coordinator_of, end_terms
from gmsd.registration.accounts import one_time_code
from gmsd.rounds import HalfYear
from tests.support.mails import text_of
from tests.support.portal import PASSWORD, Browser, account, field, personal_link, portal_of
from tests.support.waiting import until

AT = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
SINCE = dt.date(2020, 1, 1)
HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
DATA = f"{HEAD}\n20200203;0518;999900006;01;20180101;;1;1;10;04;2;;\n20200203;0518;999900018;99;20180101;;1;1;10;04;2;;\n".encode()


@pytest.fixture(scope="module")
def context(context, clock):
    clock.move(AT)
    return context


@pytest.fixture(scope="module")
def portal(settings, context):
    with portal_of(settings, portal_tries_per_quarter="100") as found:
        yield found


@pytest.fixture
def browser(portal):
    with Browser(portal.url) as found:
        yield found


def test_a_password_and_a_code_together_open_it_and_a_code_is_used_once(browser, context):
    address = "een@gemeente.invalid"
    first, second, *_ = account(context, address, "0518", since=SINCE)
    for password, code in (("verkeerd wachtwoord", first), (PASSWORD, "AAAAA-AAAAA"), (PASSWORD, ""), ("", first)):
        answer = browser.sign_in(address, code, password)
        assert answer.status_code == 422
        assert f'value="{address}"' in answer.text
        assert password not in answer.text or not password
    assert browser.sign_in("niemand@gemeente.invalid", first).status_code == 422
    entered = browser.sign_in(address, first.lower().replace("-", " "))
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    assert browser.get("/rapporten").status_code == 200
    assert browser.sign_in(address, first).status_code == 422
    assert browser.sign_in(address, second).status_code == 303


def test_codes_and_passwords_stand_nowhere_and_a_new_letter_ends_the_old_one(browser, context):
    address = "twee@gemeente.invalid"
    old = account(context, address, "0518", since=SINCE)
    new = account(context, address, "0518", since=SINCE)
    with context.engine.connect() as connection, connect(context.settings, "owner").connect() as owner:
        for table in ("account", "account_code", "audit", "mail"):
            rows = " ".join(owner.scalars(text(f"SELECT CAST(t AS text) FROM {table} t")))
            assert not [code for code in (*old, *new) if code in rows or code.replace("-", "") in rows]
            assert PASSWORD not in rows
        assert coordinator_of(connection, address)
    assert browser.sign_in(address, old[0]).status_code == 422
    assert browser.sign_in(address, new[0]).status_code == 303


def test_who_guesses_waits_a_quarter_and_so_does_the_account(settings, context):
    address = "drie@gemeente.invalid"
    codes = account(context, address, "0518", since=SINCE)
    with portal_of(settings, portal_tries_per_quarter="3") as strict, Browser(strict.url) as guesser:
        assert [guesser.sign_in(address, "AAAAA-AAAAA").status_code for _ in range(5)] == [422, 422, 422, 429, 429]
        assert guesser.sign_in(address, codes[0]).status_code == 429


def test_a_password_is_set_by_a_mail_that_works_once_and_for_an_hour(browser, context, clock, settings, maildir):
    address = f"vier@{settings.mail_engineer.partition('@')[2].replace('.cbs.', '.gemeente.')}"
    code, *codes = account(context, address, "0518", since=SINCE)

    def ask(who: str):
        csrf = field(browser.get("/wachtwoord").text, "csrf")
        answer = browser.post("/wachtwoord", data={"csrf": csrf, "adres": who})
        return re.sub(r"[0-9a-f]{64}", "", answer.text)

    assert ask(address) == ask("niemand@gemeente.invalid")
    mail = until(lambda: maildir.mails("vier@"), "the mail with the link", seconds=20)[-1]
    path = re.search(r"/wachtwoord/[0-9a-f.]+", text_of(mail))[0]
    csrf = field(browser.get(path).text, "csrf")
    short = browser.post(path, data={"csrf": csrf, "wachtwoord": "kort", "nogmaals": "kort"})
    assert (short.status_code, "minstens 12 tekens" in short.text) == (422, True)
    unequal = browser.post(path, data={"csrf": csrf, "wachtwoord": "een lang wachtwoord", "nogmaals": "een ander wachtwoord"})
    assert "niet gelijk" in unequal.text
    new = {"csrf": csrf, "wachtwoord": "een lang wachtwoord", "nogmaals": "een lang wachtwoord"}
    clock.move(AT + dt.timedelta(hours=1))
    assert browser.post(path, data=new).status_code == 404
    clock.move(AT)
    assert browser.post(path, data=new).status_code == 303
    assert browser.post(path, data=new).status_code == 404
    assert browser.sign_in(address, code).status_code == 422
    assert browser.sign_in(address, codes[0], "een lang wachtwoord").status_code == 303


def test_an_authenticator_goes_beside_the_letter_and_its_code_works_once(browser, context, clock):
    address = "vijf@gemeente.invalid"
    codes = account(context, address, "0518", since=SINCE)
    browser.sign_in(address, codes[0])
    page = browser.get("/account").text
    assert "nog 23 over" in page
    secret, csrf = field(page, "geheim"), field(page, "csrf")
    key, step = base64.b32decode(secret), int(AT.timestamp()) // 30
    wrong = browser.post("/account", data={"csrf": csrf, "geheim": secret, "code": "000000"})
    assert wrong.status_code == 422 or one_time_code(key, step) == "000000"
    kept = browser.post("/account", data={"csrf": csrf, "geheim": secret, "code": one_time_code(key, step)})
    assert kept.status_code == 303
    assert browser.sign_in(address, one_time_code(key, step)).status_code == 422, "it was used to set it up"
    clock.move(AT + dt.timedelta(seconds=60))
    try:
        assert browser.sign_in(address, one_time_code(key, step + 2)).status_code == 303
        assert browser.sign_in(address, one_time_code(key, step + 2)).status_code == 422
        assert browser.sign_in(address, codes[1]).status_code == 303
    finally:
        clock.move(AT)


def test_an_account_ends_with_what_its_coordinator_serves(browser, context):
    address = "zes@gemeente.invalid"
    codes = account(context, address, "0518", since=SINCE)
    assert browser.sign_in(address, codes[0]).status_code == 303
    assert "H22019" in browser.get("/").text
    with context.engine.begin() as connection:
        end_terms(connection, address, "0518", AT.date(), at=AT, actor="engineer")
    assert "Er staat nu niets open" in browser.get("/").text
    assert browser.sign_in(address, codes[1]).status_code == 422


def test_reports_and_the_own_file_come_through_the_portal_after_the_second_factor(browser, portal, context):
    address = "zeven@gemeente.invalid"
    token = personal_link(context, address, "2019-H2", "0518", since=SINCE)
    codes = account(context, address, since=SINCE)
    browser.enter(token)
    delivery_id = browser.deliver("/levering/H22019/0518", "WMO_H22019_rapport.csv", DATA).headers["location"].rpartition("/")[2]
    assert browser.get(f"/rapporten/{delivery_id}/bestand").headers["location"] == "/inloggen"
    check_delivery(context, delivery_id)
    report_delivery(context, delivery_id)
    browser.sign_in(address, codes[0])
    page = browser.get("/rapporten").text
    for name in ("terugkoppeling.html", "terugkoppeling.xlsx", "terugkoppeling.json"):
        assert f"/rapporten/{delivery_id}/{name}" in page
        fetched = browser.get(f"/rapporten/{delivery_id}/{name}")
        assert fetched.status_code == 200
        assert len(fetched.content) == int(fetched.headers["content-length"])
    assert json.loads(fetched.text)["file"] == "WMO_H22019_rapport.csv"
    shown = browser.get(f"/rapporten/{delivery_id}/terugkoppeling.html")
    assert "sandbox" in shown.headers["content-security-policy"]
    own = browser.get(f"/rapporten/{delivery_id}/bestand")
    assert own.content == DATA
    assert own.headers["content-disposition"] == "attachment; filename*=UTF-8''WMO_H22019_rapport.csv"
    for name in ("bestanden", "../x", "op-orde.pdf", "terugkoppeling.html.bak"):
        assert browser.get(f"/rapporten/{delivery_id}/{name}").status_code == 404


def test_a_trial_check_says_what_the_check_says_and_leaves_nothing(browser, context, store, settings):
    browser.enter(personal_link(context, "acht@gemeente.invalid", "2019-H2", "0518", since=SINCE))
    before = [len(list(store.versions(bucket))) for bucket in (settings.bucket_inbox, settings.bucket_deliveries, settings.bucket_outbox)]
    csrf = field(browser.get("/proef/H22019/0518").text, "csrf")
    for name, data in (("WMO_H22019_x.csv", DATA), ("WMO_H12019_x.csv", DATA), ("iets.pdf", b"%PDF-1.7")):
        answer = browser.post("/proef/H22019/0518", data={"csrf": csrf}, files={"bestand": (name, data)})
        assert answer.status_code == 200
        result = check_file(data, file_name=name, municipality="0518", half_year=HalfYear(2019, 2), received_on=AT.date()).to_json()
        assert {"accepted": "Goedgekeurd", "rejected": "Afgekeurd"}.get(result["verdict"], "Goedgekeurd") in answer.text
        for finding in result["findings"]:
            assert finding["rule"] in answer.text
    assert before == [
        len(list(store.versions(bucket))) for bucket in (settings.bucket_inbox, settings.bucket_deliveries, settings.bucket_outbox)
    ]
    assert browser.post("/proef/H22019/0518", data={"csrf": csrf}, files={"bestand": ("", b"")}).status_code == 422


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGKILL])
def test_the_process_that_checks_ends_with_the_portal(settings, context, ended_by):
    with portal_of(settings) as own, Browser(own.url) as browser:
        browser.enter(personal_link(context, "acht@gemeente.invalid", "2019-H2", "0518", since=SINCE))
        csrf = field(browser.get("/proef/H22019/0518").text, "csrf")
        assert browser.post("/proef/H22019/0518", data={"csrf": csrf}, files={"bestand": ("WMO_H22019_x.csv", DATA)}).status_code == 200
        found = [
            Path(f"/proc/{child}")
            for task in Path(f"/proc/{own.process.pid}/task").iterdir()
            for child in (task / "children").read_text().split()
        ]
        assert found
        own.process.send_signal(ended_by)
        until(lambda: not any(each.exists() for each in found), "the end of what the portal started", seconds=10)


def test_the_letter_is_a_page_that_its_maker_alone_can_read(gmsd, context, tmp_path, browser):
    address = "negen@gemeente.invalid"
    account(context, address, "0518", since=SINCE)
    page = tmp_path / "brief.html"
    made = gmsd("coordinators", "letter", address, "--to", str(page))
    assert made.returncode == 0, made.stderr
    assert page.stat().st_mode & 0o077 == 0
    codes = re.findall(r"<code>([A-Z2-9]{5}-[A-Z2-9]{5})</code>", page.read_text(encoding="utf-8"))
    assert len(codes) == 24
    assert browser.sign_in(address, codes[7]).status_code == 303
    assert gmsd("coordinators", "letter", address, "--to", str(page)).returncode == 2
