"""Withdrawal, explanation, history and the question in the portal, up to what intake makes of them."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.deliveries import get
from gmsd.intake import check_delivery, register_inbox, report_delivery
from tests.support.portal import Browser, account, field, portal_of

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
    with portal_of(settings) as found:
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


def test_a_withdrawal_shows_what_vanishes_is_confirmed_and_carried_out(portal, context, store, settings):
    with signed_in(portal, context, "0518") as browser:
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
        assert store.exists(settings.bucket_inbox, "H22019/0518/formulieren/intrekking.json") is False
        nameless = browser.post(address, data={"csrf": csrf, "naam": "", "bevestig": "ja"})
        assert (nameless.status_code, "Vul uw naam in" in nameless.text) == (422, True)
        filed = browser.post(address, data={"csrf": csrf, "naam": "A. de Tester", "bevestig": "ja"})
        assert "Uw intrekking is ontvangen" in filed.text
        process_forms(context)
        with context.engine.connect() as connection:
            assert {get(connection, each).state for each in (first, second)} == {"withdrawn"}
        assert "ingetrokken" in browser.get("/").text
        assert "uitgevoerd: de gegevens zijn verwijderd" in browser.get("/geschiedenis").text
        assert "Er valt niets in te trekken" in browser.get(address).text
        assert browser.get(f"/rapporten/{first}/bestand").status_code == 404
        assert browser.get(f"/rapporten/{first}/terugkoppeling.html").status_code == 404


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
        assert page.count("<td>portaal</td>") == 1
        assert page.count("<td>bestandsoverdracht</td>") == 1
        assert page.count('<td class="number">1</td>') == 1


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
