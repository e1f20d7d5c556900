"""Withdrawal, explanation, history and the question in the portal, up to what intake makes of them."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import contextmanager

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deliveries import get
from gmsd.intake import check_delivery, extend, register_inbox, report_delivery
from gmsd.journal import trail
from gmsd.rounds import WMO, HalfYear, Place
from tests.support.mails import Maildir, text_of
from tests.support.portal import PASSWORD, Browser, account, field, personal_link, portal_of
from tests.support.published import file_of
from tests.support.waiting import until

AT = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
SINCE = dt.date(2020, 1, 1)
HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)


def rows(code: str, number: int = 1) -> bytes:
    return f"{HEAD}\n20200203;{code};999900006;01;20180101;;1;{number};10;04;2;;\n".encode()


@pytest.fixture(scope="module")
def context(context, clock):
    clock.move(AT)
    return context


@pytest.fixture(scope="module")
def portal(settings, context):
    with portal_of(settings, portal_requests_per_minute="5000") as found:
        yield found


@contextmanager
def signed_in(portal, context, code: str):
    with Browser(portal.url) as browser:
        address = f"team{code}@gemeente.invalid"
        assert browser.sign_in(address, account(context, address, code, since=SINCE)[0]).status_code == 303
        yield browser


def deliver(browser: Browser, context, code: str, number: int = 1) -> str:
    answer = browser.deliver(f"/levering/H22019/{code}", f"WMO_H22019_{code}_{number}.csv", rows(code, number))
    delivery_id = answer.headers["location"].rpartition("/")[2]
    check_delivery(context, delivery_id)
    report_delivery(context, delivery_id)
    return delivery_id


def mailed(maildir, address: str) -> str:
    """The address of the page in the last mail that asks whether a withdrawal is meant."""
    asked = until(
        lambda: [each for each in Maildir(maildir.folder).mails(address) if "echt intrekken" in str(each["Subject"])],
        "the question",
        seconds=20,
    )
    found = re.search(r"/intrekken/[\w-]{43}", text_of(asked[-1]))
    assert found
    return found[0]


def test_a_withdrawal_shows_what_vanishes_is_confirmed_by_mail_and_carried_out(portal, context, store, settings, maildir, clock):
    with signed_in(portal, context, "0518") as browser, signed_in(portal, context, "0363") as other, Browser(portal.url) as scanner:
        first, second = deliver(browser, context, "0518"), deliver(browser, context, "0518", 2)
        address = "/intrekken/H22019/0518"
        page = browser.get(address).text
        assert first in page
        assert second in page
        csrf = field(page, "csrf")
        unsure = browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "reden": "dubbel"})
        assert unsure.status_code == 422
        for kept in ("A. de Tester", "dubbel"):
            assert kept in unsure.text
        nameless = browser.post(address, data={"csrf": csrf, "naam": "", "bevestig": "ja"})
        assert (nameless.status_code, "Vul uw naam in" in nameless.text) == (422, True)
        with_person = browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "reden": "x" * 2001, "bevestig": "ja"})
        assert (with_person.status_code, 'id="reden-fout"' in with_person.text) == (422, True)
        asked = browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "bevestig": "ja"})
        assert "Er is nog niets ingetrokken: kijk in uw mail" in asked.text
        assert "team0518@" in asked.text
        replaced = mailed(maildir, "team0518@")
        assert "U vroeg al om in te trekken" in browser.get(address).text
        browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "bevestig": "ja"})
        until(lambda: mailed(maildir, "team0518@") != replaced, "the newer question", seconds=20)
        confirming = mailed(maildir, "team0518@")
        old = browser.get(replaced)
        assert (old.status_code, "alleen de link in de nieuwste mail" in old.text) == (404, True)
        # a scanner that fetches, and one that presses every button it finds
        for _ in range(3):
            assert "Log in om te zien wat er verdwijnt" in scanner.get(confirming).text
            assert scanner.head(confirming).status_code == 200
        pressed = scanner.post(confirming, data={"csrf": field(scanner.get(confirming).text, "csrf")})
        assert pressed.status_code == 403
        assert other.get(confirming).status_code == 404
        assert other.post(confirming, data={"csrf": field(other.get("/").text, "csrf")}).status_code == 404
        clock.move(AT + dt.timedelta(minutes=1))
        third = deliver(browser, context, "0518", 3)
        seen = browser.get(confirming).text
        assert all(each in seen for each in (first, second, third))
        assert seen.count("kwam na de vraag om in te trekken") == 1
        assert store.exists(settings.bucket_inbox, "H22019/0518/formulieren/intrekking.json") is False
        filed = browser.post(confirming, data={"csrf": csrf})
        assert "Uw intrekking is ontvangen" in filed.text
        again = browser.post(confirming, data={"csrf": csrf})
        assert (again.status_code, "U heeft deze intrekking al bevestigd" in again.text) == (200, True)
        assert "U heeft deze intrekking al bevestigd" in browser.get(confirming).text
        assert len(list(store.versions(settings.bucket_inbox, "H22019/0518/formulieren/"))) == 1
        assert "wordt uitgevoerd" in browser.get(address).text
        process_forms(context)
        with context.engine.connect() as connection:
            assert {get(connection, each).state for each in (first, second, third)} == {"withdrawn"}
            actors = [row["actor"] for row in trail(connection, "2019-H2.0518") if row["event"].startswith("withdrawal")]
        assert len(actors) == 3
        assert set(actors).isdisjoint({"coordinator", ""}), "who signed in"
        assert "ingetrokken" in browser.get("/").text
        history = browser.get("/geschiedenis").text
        assert "uitgevoerd: de gegevens zijn verwijderd" in history
        proof, as_json = re.findall(r'href="(/bewijs/H22019/0518/[^"]+)"', history)
        assert "Bewijs van verwijdering" in browser.get(proof).text
        assert {each["delivery_id"] for each in browser.get(as_json).json()["deliveries"]} == {first, second, third}
        assert browser.get(proof.replace("0518", "0363")).status_code == 404
        assert browser.get(proof.replace("bewijs.html", "bewijs.txt")).status_code == 404
        after = browser.get(address).text
        assert "U heeft dit halfjaar al ingetrokken" in after
        assert "Er valt niets in te trekken" in after
        assert browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "bevestig": "ja"}).status_code == 409
        assert browser.get(f"/rapporten/{first}/bestand").status_code == 404
        assert browser.get(f"/rapporten/{first}/terugkoppeling.html").status_code == 404
        assert other.get(proof).status_code == 404
    clock.move(AT)


def test_who_opens_the_mail_elsewhere_signs_in_and_is_led_back_and_a_day_later_the_link_has_ended(portal, context, clock, maildir):
    with signed_in(portal, context, "0489") as browser, Browser(portal.url) as elsewhere:
        deliver(browser, context, "0489")
        address = "/intrekken/H22019/0489"
        csrf = field(browser.get(address).text, "csrf")
        browser.post(address, data={"csrf": csrf, "naam": "Team", "bevestig": "ja"})
        confirming = mailed(maildir, "team0489@")
        page = elsewhere.get(confirming).text
        code = account(context, "team0489@gemeente.invalid", since=SINCE)[0]
        data = {"csrf": field(page, "csrf"), "adres": "team0489@gemeente.invalid", "wachtwoord": PASSWORD, "code": code}
        wrong = elsewhere.post("/inloggen", data=data | {"code": "x", "naar": field(page, "naar")})
        assert field(wrong.text, "naar") == confirming
        led = elsewhere.post("/inloggen", data=data | {"naar": field(page, "naar")})
        assert led.headers["location"] == confirming
        assert elsewhere.get(confirming).status_code == 200
        try:
            clock.move(AT + dt.timedelta(days=1, minutes=1))
            for foreign in ("https://elders.invalid/", "//elders.invalid", "/rapporten", f"{confirming}/.."):
                code = account(context, "team0489@gemeente.invalid", since=SINCE)[0]
                csrf = field(elsewhere.get("/inloggen").text, "csrf")
                assert elsewhere.post("/inloggen", data=data | {"csrf": csrf, "code": code, "naar": foreign}).headers["location"] == "/"
            ended = elsewhere.get(confirming)
            assert (ended.status_code, "Deze link is verlopen" in ended.text) == (409, True)
            csrf = field(elsewhere.get("/").text, "csrf")
            assert elsewhere.post(confirming, data={"csrf": csrf}).status_code == 409
        finally:
            clock.move(AT)
        assert process_forms(context) == {}


def test_while_no_mail_leaves_a_new_code_confirms_and_the_mail_comes_later_for_nothing(context, settings, clock, maildir):
    with portal_of(settings, portal_requests_per_minute="5000", smtp_port="9") as portal, signed_in(portal, context, "0200") as browser:
        delivery_id = deliver(browser, context, "0200")
        address, who = "/intrekken/H22019/0200", "team0200@gemeente.invalid"
        codes = account(context, who, since=SINCE)
        csrf = field(browser.get(address).text, "csrf")
        confirming = {"csrf": csrf, "actie": "bevestigen", "wachtwoord": PASSWORD, "code": codes[0]}
        assert browser.post(address, data=confirming).status_code == 409, "nothing was asked"
        browser.post(address, data={"csrf": csrf, "naam": "Team", "bevestig": "ja"})
        assert "wordt nog verstuurd" in browser.get(address).text
        assert browser.post(address, data=confirming).status_code == 409, "the mail may still leave"
        try:
            clock.move(AT + dt.timedelta(minutes=5))
            assert "het versturen van mail is gestoord" in browser.get(address).text
            for wrong in ({"code": "AAAAA-AAAAA"}, {"wachtwoord": "een ander wachtwoord"}, {"code": ""}):
                refused = browser.post(address, data=confirming | wrong)
                assert (refused.status_code, 'id="code-fout"' in refused.text or 'id="wachtwoord-fout"' in refused.text) == (422, True)
            filed = browser.post(address, data=confirming)
            assert (filed.status_code, "Uw intrekking is ontvangen" in filed.text) == (200, True)
            assert browser.post(address, data=confirming | {"code": codes[1]}).status_code == 409, "it was confirmed"
            process_forms(context)  # mail is back
            with context.engine.connect() as connection:
                assert get(connection, delivery_id).state == "withdrawn"
                confirmed = [row for row in trail(connection, "2019-H2.0200") if row["event"] == "withdrawal confirmed"]
            assert [(row["details"]["by"], row["actor"] == "coordinator") for row in confirmed] == [("code", False)]
            assert "U heeft deze intrekking al bevestigd" in browser.get(mailed(maildir, "team0200@")).text
        finally:
            clock.move(AT)


def test_a_mail_that_left_is_the_only_way(portal, context, clock, maildir):
    with signed_in(portal, context, "0307") as browser:
        deliver(browser, context, "0307")
        address = "/intrekken/H22019/0307"
        csrf = field(browser.get(address).text, "csrf")
        browser.post(address, data={"csrf": csrf, "naam": "Team", "bevestig": "ja"})
        mailed(maildir, "team0307@")
        try:
            clock.move(AT + dt.timedelta(minutes=6))
            code = account(context, "team0307@gemeente.invalid", since=SINCE)[0]
            page = browser.post(address, data={"csrf": csrf, "actie": "bevestigen", "wachtwoord": PASSWORD, "code": code})
            assert (page.status_code, "stuurden wij u een mail met een link" in page.text) == (409, True)
        finally:
            clock.move(AT)
        assert process_forms(context) == {}


def test_an_explanation_is_seen_before_it_is_filed_and_the_newest_counts(portal, context):
    with signed_in(portal, context, "0363") as browser:
        deliver(browser, context, "0363")
        address = "/toelichting/H22019/0363"
        csrf = field(browser.get(address).text, "csrf")
        words = "In 2019 is de regeling verruimd.\nDat ziet u <u>niet</u>."
        seen = browser.post(address, data={"csrf": csrf, "tekst": words, "naam": "Team", "actie": "voorbeeld"})
        assert "&lt;u&gt;niet&lt;/u&gt;" in seen.text
        assert "Er is nog niets ingediend" in seen.text
        markup = browser.post(address, data={"csrf": csrf, "tekst": words, "naam": "Team", "actie": "indienen"})
        assert markup.status_code == 422
        assert "In 2019 is de regeling verruimd." in markup.text
        for text in ("Eerst.", "In 2019 is de regeling verruimd."):
            filed = browser.post(address, data={"csrf": csrf, "tekst": text, "naam": "Team", "actie": "indienen"})
            assert "Uw toelichting is ontvangen" in filed.text
            process_forms(context)
        page = browser.get(address).text
        assert ">In 2019 is de regeling verruimd.</textarea>" in page
        assert "vervangen door een nieuwere" in page


def test_after_its_time_a_form_is_refused_with_the_reason(portal, context, clock):
    with signed_in(portal, context, "0599") as browser:
        deliver(browser, context, "0599")
        clock.move(context.calendar.round("2019-H2").withdrawal_ends_at)
        try:
            browser.sign_in("team0599@gemeente.invalid", account(context, "team0599@gemeente.invalid", since=SINCE)[0])
            late = browser.get("/intrekken/H22019/0599")
            assert (late.status_code, "U kunt niet meer intrekken" in late.text) == (409, True)
            assert browser.get("/toelichting/H22019/0599").status_code == 200
        finally:
            clock.move(AT)


def test_the_history_says_when_by_which_way_and_what_was_found(portal, context, settings):
    with signed_in(portal, context, "0344") as browser:
        sent = deliver(browser, context, "0344")
        context.store.put(settings.bucket_inbox, "H22019/0344/WMO_H22019_bucket.csv", rows("0344", 2).replace(b";04;", b";99;"))
        register_inbox(context)
        with context.engine.connect() as connection:
            other = get(connection, "2019-H2.0344.02").delivery_id
        check_delivery(context, other)
        page = browser.get("/geschiedenis").text
        assert page.index(other) < page.index(sent)
        assert page.replace("<wbr>", "").count(">portaal, team0344@gemeente.invalid</td>") == 1
        assert page.count(">bestandsoverdracht</td>") == 1
        assert page.count(">1</td>") == 1


def test_the_question_is_answered_and_its_answer_is_for_the_engineer(portal, context, gmsd):
    with signed_in(portal, context, "0014") as browser:
        delivery_id = deliver(browser, context, "0014")
        address = f"/reactie/{delivery_id}"
        csrf = field(browser.get(address).text, "csrf")
        assert browser.post(address, data={"csrf": csrf, "woorden": "x"}).status_code == 422
        for score, words in (("2", "lastig"), ("4", "goed te doen, 999900006")):
            assert browser.post(address, data={"csrf": csrf, "oordeel": score, "woorden": words}).status_code == 200
        found = json.loads(gmsd("coordinators", "replies", "--json").stdout)
        assert [(each["delivery_id"], each["score"], each["words"]) for each in found] == [(delivery_id, 4, "goed te doen, *********")]


def test_a_remark_is_confirmed_with_a_reason_that_an_explanation_begins_with(portal, context, settings):
    with signed_in(portal, context, "0150") as browser:
        for persons in (120, 60):
            answer = browser.deliver("/levering/H22019/0150", f"WMO_H22019_{persons}.csv", file_of("H22019", "0150", persons))
            delivery_id = answer.headers["location"].rpartition("/")[2]
            check_delivery(context, delivery_id)
            report_delivery(context, delivery_id)
        address = f"/bevestigen/{delivery_id}"
        assert f'href="{address}"' in browser.get("/rapporten").text
        page = browser.get(address).text
        csrf = field(page, "csrf")
        assert 'name="code" value="deel_ontbreekt"' in page
        assert "grote_verandering" not in page, "said by the remark"
        for reason in ("   ", "x" * 2001):
            refused = browser.post(address, data={"csrf": csrf, "code": "deel_ontbreekt", "reden": reason})
            assert (refused.status_code, 'aria-invalid="true"' in refused.text) == (422, True)
        assert browser.post(address, data={"csrf": csrf, "code": "onzin", "reden": "x"}).status_code == 422
        kept = browser.post(address, data={"csrf": csrf, "code": "deel_ontbreekt", "reden": "De regeling is <b>versoberd</b>. 999900006"})
        assert "De regeling is &lt;b&gt;versoberd&lt;/b&gt;. *********" in kept.text
        assert 'class="tag good">bevestigd' in kept.text
        form = browser.get(f"/toelichting/H22019/0150?van={delivery_id}").text
        assert "De regeling is &lt;b&gt;versoberd&lt;/b&gt;. *********</textarea>" in form
        with context.engine.connect() as connection:
            rows = [row for row in trail(connection, delivery_id) if row["event"] == "confirmed"]
        assert len(rows) == 1
        assert rows[0]["actor"] not in ("engineer", "")
        assert "versoberd" not in str(rows)
        process_forms(context)
        first = browser.get(f"/bevestigen/{delivery_id.removesuffix('.02')}.01").text
        assert "valt nu niets te bevestigen" in first, "one that was superseded does not count"
        replaced = browser.post(f"/bevestigen/{delivery_id.removesuffix('.02')}.01", data={"csrf": csrf, "code": "te_veel", "reden": "x"})
        assert replaced.status_code == 409


def test_who_was_granted_days_uploads_until_the_last_second_of_them(portal, context, clock, settings):
    granted_until = dt.date(2020, 3, 11)
    of, place = context.calendar.round("2019-H2"), Place(WMO, HalfYear(2019, 2), "0141")
    extend(context, place, of, granted_until, reason="fire at the supplier", actor="engineer")
    granted, other = (personal_link(context, f"{code}@gemeente.invalid", "2019-H2", code, since=SINCE) for code in ("0141", "0153"))
    end = dt.datetime(2020, 3, 12, tzinfo=AMSTERDAM)
    with Browser(portal.url) as browser, Browser(portal.url) as neighbour:
        try:
            clock.move(end - dt.timedelta(seconds=1))
            browser.enter(granted)
            neighbour.enter(other)
            assert "Stuur uw bestand uiterlijk 11 maart 2020" in browser.get("/").text
            assert neighbour.get("/levering/H22019/0153").status_code == 409
            form = browser.form("/levering/H22019/0141")
            answer = browser.deliver("/levering/H22019/0141", "WMO_H22019_x.csv", rows("0141"))
            delivery_id = answer.headers["location"].rpartition("/")[2]
            receipt = browser.get(answer.headers["location"]).text
            assert "11 maart 2020" in receipt
            with context.engine.connect() as connection:
                assert get(connection, delivery_id).state == "received"
            clock.move(end)
            late = browser.post("/levering/H22019/0141", data=form, files={"bestand": ("WMO_H22019_x.csv", rows("0141", 2), "text/csv")})
            assert (late.status_code, "11 maart 2020" in late.text) == (409, True)
            assert "Bestand sturen" not in browser.get("/").text
        finally:
            clock.move(AT)
