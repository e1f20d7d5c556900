"""Who is let in where in the portal: every address and verb by every role, and what scanners, thieves and other sites try."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import ExitStack
from email.utils import parseaddr

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.registration import coordinator_of, end_terms, make_link, revoke_links
from gmsd.web.portal import routes
from tests.support.access import matrix
from tests.support.portal import Browser, account, field, personal_link, portal_of
from tests.support.waiting import until

AT = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
SINCE = dt.date(2020, 1, 1)
MATRIX = matrix("portal")
ROLES = tuple(MATRIX["roles"])
ADDRESS = "/levering/H22019/0518"
HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
DATA = f"{HEAD}\n20200203;0518;999900006;01;20180101;;1;1;10;04;2;;\n".encode()


@pytest.fixture(scope="module")
def context(context, clock):
    clock.move(AT)
    return context


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    return tmp_path_factory.mktemp("log") / "portal.log"


@pytest.fixture(scope="module")
def portal(settings, context, log):
    limits = {"portal_requests_per_minute": "5000", "portal_tries_per_quarter": "100"}
    with log.open("w") as written, portal_of(settings, log=written, **limits) as found:
        yield found


@pytest.fixture
def token(context):
    return personal_link(context, "team@denhaag.invalid", "2019-H2", "0518", since=SINCE)


@pytest.fixture
def browser(portal):
    with Browser(portal.url) as found:
        yield found


# --- the matrix -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def visitors(portal, context):
    """A browser of each role."""
    own = personal_link(context, "team@denhaag.invalid", "2019-H2", "0518", since=SINCE)
    other = personal_link(context, "team@amsterdam.invalid", "2019-H2", "0363", since=SINCE)
    with ExitStack() as stack:
        found = {role: stack.enter_context(Browser(portal.url)) for role in ROLES}
        found["link"].enter(own)
        found["other link"].enter(other)
        found["engineer"].cookies.set("session", "of Airflow")
        for role, address, code in (("account", "team@denhaag.invalid", "0518"), ("other account", "team@amsterdam.invalid", "0363")):
            assert found[role].sign_in(address, account(context, address, code, since=SINCE)[0]).status_code == 303
        location = found["link"].deliver(ADDRESS, "WMO_H22019_er.csv", DATA).headers["location"]
        yield (
            found,
            {
                "token": own,
                "code": "H22019",
                "municipality": "0518",
                "law": "jeugd",
                "delivery_id": location.rpartition("/")[2],
                "name": "bestand",
                "form_id": "form.000000",
            },
        )


def names(methods) -> set[str]:
    return set(methods) - {"HEAD"}


def test_every_route_of_the_portal_stands_in_the_matrix():
    assert {f"{method} {route.path}" for route in routes() for method in names(route.methods)} == set(MATRIX["routes"])
    assert all(set(said) == {"to", *ROLES} for said in MATRIX["routes"].values())


@pytest.mark.parametrize("path", sorted({route.path for route in routes()}))
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_let_in_where_the_matrix_says_and_nowhere_else(visitors, context, path, role):
    browsers, places = visitors
    browser = browsers[role]
    address = path.format(**(places | ({"token": "0001.2000000000.ab"} if "wachtwoord" in path else {})))
    for verb in MATRIX["verbs"]:
        said = MATRIX["routes"].get(f"{'GET' if verb == 'HEAD' else verb} {path}", {}).get(role)
        if verb != "POST" or said is None:
            answer = browser.request(verb, address)
            assert answer.status_code == (405 if said is None else said), verb
            if said == 303:
                assert answer.headers["location"] == "/inloggen"
            continue
        assert browser.post(address, data={"x": "y"}, files={"z": b""}).status_code == 403
        csrf = field(browser.get("/controleren").text, "csrf")
        with_file = path.startswith(("/levering", "/proef", "/controleren"))
        files = {"bestand": ("WMO_H22019_er.csv", DATA)} if with_file else None
        answer = browser.post(address, data={"csrf": csrf, "sleutel": role}, files=files)
        assert answer.status_code == said, answer.text
    if role in ("anonymous", "engineer"):  # its button lets anybody in who has the link
        browser.cookies.clear()
    if role not in ("anonymous", "engineer") and path in ("/uitloggen", "/link/{token}"):  # the end of the session, or one of another
        own, code = ("team@amsterdam.invalid", "0363") if "other" in role else ("team@denhaag.invalid", "0518")
        if "account" in role:
            browser.sign_in(own, account(context, own, code, since=SINCE)[0])
        else:
            browser.enter(personal_link(context, own, "2019-H2", code, since=SINCE))


def test_every_answer_carries_the_headers_and_no_page_is_kept(visitors):
    browsers, places = visitors
    for path in ("/", "/inloggen", f"/link/{places['token']}", "/is/er/niet", ADDRESS, f"/ontvangst/{places['delivery_id']}"):
        headers = browsers["link"].get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "server" not in headers


# --- personal links and mail scanners ---------------------------------------------------------------------------------------------------


def sessions(context) -> int:
    with context.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM portal_session")))


def test_a_scanner_that_opens_and_presses_uses_nothing_up(browser, portal, context, token):
    before = sessions(context)
    for _ in range(20):
        assert browser.get(f"/link/{token}").status_code == 200
        assert browser.head(f"/link/{token}").status_code == 200
    with Browser(portal.url) as scanner:  # presses the button without what the page gave it
        assert scanner.post(f"/link/{token}").status_code == 403
    assert sessions(context) == before
    page = browser.get(f"/link/{token}").text
    for told in ("&#39;s-Gravenhage", "H22019", "tweede halfjaar van 2019"):
        assert told in page
    assert page.count("<button") == 1
    for _ in range(2):  # used again until its end
        entered = browser.enter(token)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        assert browser.get(f"/link/{token}").text.count("<button") == 1
    assert browser.get("/").status_code == 200


def test_unknown_ended_and_revoked_links_get_the_same_page(portal, context, clock, settings):
    with context.engine.begin() as connection:
        revoked = personal_link(context, "weg@denhaag.invalid", "2019-H2", "0518", since=SINCE)
        ended = personal_link(context, "oud@denhaag.invalid", "2019-H2", "0518", since=SINCE)
        of = context.calendar.round("2019-H2")
        found = coordinator_of(connection, "weg@denhaag.invalid")
        revoke_links(connection, found.coordinator_id, of, at=AT, actor="engineer")
        end_terms(connection, "oud@denhaag.invalid", "0518", AT.date(), at=AT, actor="engineer")
    pages = []
    for each in (revoked, ended, "A" * 43, "x"):
        with Browser(portal.url) as browser:
            answer = browser.get(f"/link/{each}")
            assert answer.status_code == 404
            pages.append(re.sub(r'value="[0-9a-f]{64}"', "", answer.text))
            browser.get("/inloggen")
            csrf = field(browser.get("/controleren").text, "csrf")
            assert browser.post(f"/link/{each}", data={"csrf": csrf}).status_code == 404
    assert len(set(pages)) == 1


def test_a_link_ends_with_the_withdrawal_window_and_its_session_with_it(browser, context, clock, token):
    browser.enter(token)
    clock.move(context.calendar.round("2019-H2").withdrawal_ends_at)
    try:
        assert browser.get("/").headers["location"] == "/inloggen"
        assert browser.get(f"/link/{token}").status_code == 404
    finally:
        clock.move(AT)


def test_who_is_revoked_or_replaced_is_out_at_the_next_page(portal, context):
    token = personal_link(context, "kort@denhaag.invalid", "2019-H2", "0518", since=SINCE)
    with Browser(portal.url) as browser:
        browser.enter(token)
        assert browser.get(ADDRESS).status_code == 200
        with context.engine.begin() as connection:
            coordinator = coordinator_of(connection, "kort@denhaag.invalid").coordinator_id
            of = context.calendar.round("2019-H2")
            revoke_links(connection, coordinator, of, at=AT, actor="engineer")
        assert browser.get(ADDRESS).headers["location"] == "/inloggen"
        with context.engine.begin() as connection:
            again = make_link(connection, context.settings, coordinator, of, at=AT, actor="engineer")
        assert again != token
        browser.enter(again)
        with context.engine.begin() as connection:
            end_terms(connection, "kort@denhaag.invalid", "0518", AT.date(), at=AT, actor="engineer")
        assert browser.get(ADDRESS).headers["location"] == "/inloggen"


def test_the_token_stands_in_no_address_log_or_table(browser, context, log, token):
    browser.enter(token)
    assert token not in str(browser.get("/").url)
    for path in ("/intrekken", "/wachtwoord", "/link"):
        browser.get(f"{path}/{token}?van={token}")
    noted = until(lambda: (found := log.read_text(encoding="utf-8")).count("GET /link/") > 1 and found, "the log", seconds=20)
    assert token not in noted
    with context.engine.connect() as connection:
        for table in ("portal_session", "portal_device", "personal_link", "mail", "audit"):
            assert not connection.scalar(text(f"SELECT count(*) FROM {table} t WHERE CAST(t AS text) LIKE :token"), {"token": f"%{token}%"})


# --- sessions ---------------------------------------------------------------------------------------------------------------------------


def test_a_session_that_was_planted_is_not_used_and_every_log_in_has_a_new_id(browser, token):
    planted = "planted-by-another"
    browser.cookies.set("gmsd_sessie", planted, domain="127.0.0.1")
    browser.enter(token)
    first = browser.cookies.get("gmsd_sessie", domain="127.0.0.1", path="/") or next(
        each.value for each in browser.cookies.jar if each.name == "gmsd_sessie" and each.value != planted
    )
    assert first != planted
    browser.cookies.clear()
    browser.cookies.set("gmsd_sessie", first)
    assert browser.get("/").status_code == 200
    browser.enter(token)
    browser.cookies.clear()
    browser.cookies.set("gmsd_sessie", first)
    assert browser.get("/").headers["location"] == "/inloggen", "the one before was ended on the server"


def test_logging_out_ends_it_on_the_server(browser, portal, token):
    browser.enter(token)
    copied = {each.name: each.value for each in browser.cookies.jar}
    csrf = field(browser.get("/").text, "csrf")
    assert browser.post("/uitloggen", data={"csrf": csrf}).status_code == 303
    with Browser(portal.url) as thief:
        thief.cookies.update(copied)
        assert thief.get("/").headers["location"] == "/inloggen"


def test_an_idle_session_ends_and_one_in_use_ends_in_the_end(browser, context, clock, token, settings):
    browser.enter(token)
    page = browser.get("/").text
    assert "U wordt automatisch uitgelogd om 10.00 uur" in page
    try:
        for minutes in range(0, settings.portal_session_hours * 60, 50):
            clock.move(AT + dt.timedelta(minutes=minutes))
            assert browser.get("/").status_code == 200, minutes
        clock.move(AT + dt.timedelta(hours=settings.portal_session_hours))
        assert browser.get("/").headers["location"] == "/inloggen"
        clock.move(AT)
        browser.enter(token)
        clock.move(AT + dt.timedelta(minutes=settings.portal_idle_minutes))
        assert browser.get("/").headers["location"] == "/inloggen"
    finally:
        clock.move(AT)


def test_a_form_of_another_session_or_site_is_refused(browser, portal, token):
    browser.enter(token)
    with Browser(portal.url) as other:
        other.enter(token)
        foreign = other.form(ADDRESS)
    answer = browser.post(ADDRESS, data=foreign, files={"bestand": ("WMO_H22019_x.csv", DATA)})
    assert answer.status_code == 403
    files_first = [("bestand", ("WMO_H22019_x.csv", DATA)), ("csrf", (None, browser.form(ADDRESS)["csrf"]))]
    assert browser.post(ADDRESS, files=files_first).status_code == 403
    cookie = next(each for each in browser.cookies.jar if each.name == "gmsd_sessie")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite").lower() == "lax"


def test_a_new_device_is_told_of_once_to_the_address_that_is_known(browser, portal, context, maildir, settings):
    address = f"wmo-nieuw@{parseaddr(settings.mail_engineer)[1].partition('@')[2].replace('.cbs.', '.gemeente.')}"
    token = personal_link(context, address, "2019-H2", "0518", since=SINCE)
    browser.enter(token)
    until(lambda: maildir.subjects("wmo-nieuw@"), "the mail about the new device", seconds=20)
    browser.enter(token)
    with Browser(portal.url) as second:
        second.enter(token)
        until(lambda: len(maildir.subjects("wmo-nieuw@")) == 2, "the mail about the second", seconds=20)
    assert set(maildir.subjects("wmo-nieuw@")) == {"GMSD-portaal: er is ingelogd vanaf een nieuw apparaat"}


def test_behind_tls_its_cookies_are_for_tls_and_this_host_only(settings, context, token):
    with portal_of(settings, portal_url="https://portaal.invalid") as secure, Browser(secure.url) as browser:
        answer = browser.get(f"/link/{token}")
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-gmsd_formulier=")
        assert "Secure" in cookie


def test_who_asks_too_often_waits(settings, context):
    with portal_of(settings, portal_requests_per_minute="20") as strict, Browser(strict.url) as browser:
        answers = [browser.get("/gezond").status_code for _ in range(25)]
        assert answers == [200] * 20 + [429] * 5


def test_what_fails_shows_a_number_and_nothing_of_what_happened(settings, context, token):
    with portal_of(settings, s3_endpoint="http://127.0.0.1:9") as broken, Browser(broken.url) as browser:
        browser.enter(token)
        answer = browser.deliver(ADDRESS, "WMO_H22019_x.csv", DATA)
        assert answer.status_code == 503
        assert re.search(r"met dit nummer: [0-9a-f]{8}", answer.text)
        assert "botocore" not in answer.text
