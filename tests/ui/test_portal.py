"""The portal as a coordinator meets it, in a real browser: without script, by keyboard, on desk, phone and paper, light and dark."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import approve_explanation, explanations, process_forms
from gmsd.database import connect
from gmsd.deliveries import listing
from gmsd.installation import prepare
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, send_queued
from gmsd.registration import add_term, coordinator_of, password_token
from gmsd.round_mails import queue_round_mails
from gmsd.warehouse import close_round
from tests.support.mails import Maildir, text_of
from tests.support.portal import PASSWORD, account, personal_link, portal_of
from tests.support.published import CLOSED, close_and_count, file_of, publish
from tests.support.served import serving_with
from tests.support.stack import PROJECT, configured, environment_of, installation, own_stack
from tests.support.waiting import patience, until
from tests.ui.conftest import BROWSER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from gmsd.clock import DatabaseClock
    from tests.support.portal import Running

AT = dt.datetime(2020, 2, 10, 9, 0, tzinfo=AMSTERDAM)
SINCE = dt.date(2020, 1, 1)
TEAM = "wmo@denhaag.invalid"
HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    "Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing"
)
GOOD = f"{HEAD}\n20200203;0518;999900006;01;20180101;;1;1;10;04;2;;\n".encode()
BAD = f"{HEAD}\n20200203;0518;999900006;01;2018-01-01;;1;1;10;04;2;;\n20200203;0518;;01;20180101;;1;1;10;99;2;;\n".encode()
WCAG_22_AA = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
AXE = "options => axe.run(options).then(found => [found.passes.length, found.violations.map(each => [each.id, each.nodes[0].html])])"
SIZES = {"desk": (1440, 1000), "phone": (320, 640)}
WAYS = [("desk", "light"), ("phone", "dark")]
# What Tab stops at, once for a group of choices.
STOPS = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, summary, [tabindex="0"]')]
    .filter(each => each.checkVisibility() && (each.type !== 'radio' || each === document.querySelector(`[name=${each.name}]`)))"""
PAPER = {"width": 718, "height": 1050}  # A4 less margins
# The mail that asks whether a withdrawal is meant, as it was queued.
MAILED = "SELECT body_text FROM mail WHERE kind = 'withdrawal_asked'"
UNSENT = "UPDATE mail SET sent_at = NULL WHERE kind = 'withdrawal_asked'"
PICTURES = os.environ.get("GMSD_PICTURES")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    given = configured()
    stacks = iter([given]) if given else own_stack(PROJECT / "var" / "test-portal")
    for stack in stacks:
        for settings in installation(stack, tmp_path_factory.mktemp("keys")):
            prepare(settings)
            context = Context.open(settings)
            context.clock.move(AT)  # type: ignore[attr-defined]
            yield context


@pytest.fixture(scope="module")
def portal(context: Context) -> Iterator[Running]:
    with portal_of(context.settings, portal_requests_per_minute="5000") as found:
        yield found


def held(page: Page, name: str) -> None:
    """Hold a page against axe on a desk and dark on a small phone, where nothing runs out of it, and by keyboard; paper holds it whole."""
    page.wait_for_load_state()  # with its style sheet
    page.evaluate(Axe().axe_script)
    for size, scheme in WAYS:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} runs out of a {size}"
        passed, violations = page.evaluate(AXE, WCAG_22_AA)
        assert passed
        assert violations == [], f"{name}, {size}, {scheme}"
        if size == "desk":
            walked(page, name)
        pictured(page, f"{name}-{size}-{scheme}")
    if PICTURES:
        page.set_viewport_size({"width": 360, "height": 740})
        pictured(page, f"{name}-360")
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} runs out of paper"
    pictured(page, f"{name}-paper")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.emulate_media(media="screen")


def walked(page: Page, name: str) -> None:
    """Walk through a page by keyboard: Tab comes to everything that can be used, and it is seen where one is."""
    page.evaluate(
        "window.seen = new Map();"
        "document.addEventListener('focusin', each => seen.set(each.target, getComputedStyle(each.target).outlineStyle))"
    )
    for _ in range(page.evaluate(f"{STOPS}.length") + 3):  # from where the page put the focus, and round by the window itself
        page.keyboard.press("Tab")
    missed = page.evaluate(f"{STOPS}.filter(each => (seen.get(each) ?? 'none') === 'none').map(each => each.outerHTML.slice(0, 200))")
    assert missed == [], name


def pictured(page: Page, name: str) -> None:
    """Picture a page when asked to."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def wrongly(page: Page, name: str, *fields: str) -> None:
    """Hold a form that was filled wrongly: its head has the focus and leads to each field, beside which the same is said in Dutch."""
    assert page.title().startswith("Fout: "), name
    head = page.get_by_role("alert")
    expect(head).to_be_focused()
    for field in fields:
        words = page.locator(f"[id='{field}-fout']").inner_text().removeprefix("Fout:").strip()
        assert f"{field}-fout" in (page.locator(f"[aria-describedby~='{field}-fout']").first.get_attribute("aria-describedby") or "")
        head.get_by_role("link", name=words, exact=True).click()
        assert page.evaluate("document.activeElement.id") == field, f"{name}: the link does not lead to {field}"
    assert head.get_by_role("link").count() == len(fields)
    held(page, name)


@pytest.fixture
def no_script(browser: Browser) -> Iterator[Page]:
    """A browser in which a page's own script does not run."""
    made = browser.new_context(bypass_csp=True)
    made.set_default_timeout(patience(BROWSER_SECONDS) * 1000)  # a trial check imports what it needs first
    made.route("**/*.js", lambda route: route.abort())
    yield made.new_page()
    made.close()


def choose(page: Page, name: str, data: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})


def test_from_the_mail_to_the_report_without_script(no_script: Page, portal: Running, context: Context) -> None:
    page = no_script
    token = personal_link(context, TEAM, "2019-H2", "0518", "0363", since=SINCE)
    codes = account(context, TEAM, since=SINCE)
    page.goto(f"{portal.url}/link/onbekend")
    held(page, "link-unknown")
    page.goto(f"{portal.url}/link/{token}")
    held(page, "link")
    page.get_by_role("button", name="Naar mijn werklijst").click()
    assert page.url == f"{portal.url}/"
    held(page, "work-list")
    page.get_by_role("link", name="Bestand sturen voor 's-Gravenhage, tweede halfjaar van 2019").click()
    held(page, "upload")
    page.get_by_role("button", name="Versturen").click()
    wrongly(page, "upload-wrong", "bestand")
    choose(page, "WMO_H12019_denhaag.csv", GOOD)
    page.get_by_role("button", name="Versturen").click()
    assert page.locator("h1").inner_text() == "Dit bestand is van een ander halfjaar"
    held(page, "refused")
    page.get_by_role("link", name="Terug naar het formulier").click()
    page.get_by_role("link", name="Werklijst").first.click()
    page.get_by_role("link", name="Proefcontrole voor 's-Gravenhage, tweede halfjaar van 2019").click()
    held(page, "trial")
    page.get_by_role("button", name="Controleren").click()
    wrongly(page, "trial-wrong", "bestand")
    choose(page, "WMO_H22019_denhaag.csv", BAD)
    page.get_by_role("button", name="Controleren").click()
    assert "Afgekeurd" in page.locator("main").inner_text()
    held(page, "trial-result")
    page.get_by_role("link", name="Stuur het bestand dan echt").click()
    choose(page, "WMO_H22019_denhaag.csv", BAD)
    page.get_by_role("button", name="Versturen").click()
    delivery_id = page.url.rpartition("/")[2]
    assert page.locator("h1").inner_text() == f"Ontvangstbewijs {delivery_id}"
    held(page, "receipt")
    page.get_by_role("link", name="Hoe makkelijk ging dit?").click()
    page.get_by_label("Wat kan beter?").fill("de naam van het bestand")
    page.get_by_role("button", name="Antwoord geven").click()
    wrongly(page, "reply-wrong", "oordeel")
    assert page.get_by_label("Wat kan beter?").input_value() == "de naam van het bestand"
    page.get_by_label("gaat wel").check()
    page.get_by_role("button", name="Antwoord geven").click()
    held(page, "reply-kept")
    check_delivery(context, delivery_id)
    report_delivery(context, delivery_id)
    page.goto(portal.url)
    assert "afgekeurd" in page.locator("main").inner_text()
    page.goto(f"{portal.url}/levering/H22019/0518")
    choose(page, "WMO_H22019_denhaag.csv", GOOD)
    page.get_by_role("button", name="Versturen").click()
    second = page.url.rpartition("/")[2]
    check_delivery(context, second)
    report_delivery(context, second)
    page.goto(portal.url)
    assert "goedgekeurd" in page.locator("main").inner_text()
    page.locator("summary").first.click()
    held(page, "work-list-later")
    page.get_by_role("link", name="Rapporten", exact=True).click()
    assert page.url == f"{portal.url}/inloggen"
    held(page, "sign-in")
    page.get_by_role("button", name="Inloggen").click()
    wrongly(page, "sign-in-empty", "adres", "wachtwoord", "code")
    page.get_by_label("Mailadres").fill(TEAM)
    page.get_by_label("Wachtwoord").fill("iets verkeerds dus")
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Inloggen").click()
    assert page.get_by_label("Mailadres").input_value() == TEAM
    wrongly(page, "sign-in-wrong", "wachtwoord", "code")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Inloggen").click()
    page.get_by_role("link", name="Rapporten", exact=True).click()
    held(page, "reports")
    page.get_by_role("link", name=f"Technische terugkoppeling van {second}", exact=True).click()
    assert page.locator("h1").inner_text() == "Technische terugkoppeling"
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).maxWidth") == "1080px"
    page.goto(f"{portal.url}/account")
    page.get_by_label("Code van de app").fill("12")
    page.get_by_role("button", name="App instellen").click()
    wrongly(page, "account-wrong", "code")
    page.goto(f"{portal.url}/geschiedenis")
    held(page, "history")
    page.goto(f"{portal.url}/wachtwoord")
    page.get_by_label("Mailadres").fill("denhaag.invalid")
    page.get_by_role("button", name="Stuur de link").click()
    wrongly(page, "password-ask-wrong", "adres")
    page.get_by_label("Mailadres").fill("niemand@denhaag.invalid")
    page.get_by_role("button", name="Stuur de link").click()
    held(page, "password-asked")
    with context.engine.connect() as connection:
        coordinator = coordinator_of(connection, TEAM).coordinator_id
    with connect(context.settings, "portal").begin() as connection:
        page.goto(f"{portal.url}/wachtwoord/{password_token(connection, context.settings, coordinator, AT)}")
    page.get_by_label("Nieuw wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Wachtwoord bewaren").click()
    wrongly(page, "password-set-wrong", "nogmaals")
    page.goto(f"{portal.url}/controleren")
    page.get_by_label("SHA-256").fill("geen <b>")
    page.get_by_role("button", name="Vergelijken").click()
    wrongly(page, "prove-wrong", "sha256", "bestand")
    page.get_by_label("SHA-256").fill("")
    choose(page, "x.csv", GOOD)
    page.get_by_role("button", name="Vergelijken").click()
    held(page, "prove")
    page.get_by_role("button", name="Uitloggen").click()
    assert page.url == f"{portal.url}/inloggen"


def test_what_an_account_is_for_says_beside_each_field_what_is_wrong(no_script: Page, portal: Running, context: Context) -> None:
    page, address = no_script, "fouten@arnhem.invalid"
    code = account(context, address, "0202", since=SINCE)[0]
    for persons in (120, 60):
        name = f"H22019/0202/WMO_H22019_{persons}_met_een_heel_lange_naam_van_ons_eigen_systeem.csv"
        context.store.put(context.settings.bucket_inbox, name, file_of("H22019", "0202", persons))
        (delivery_id,) = register_inbox(context).new_deliveries
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)
    page.goto(f"{portal.url}/inloggen")
    for label, words in (("Mailadres", address), ("Wachtwoord", PASSWORD), ("Code", code)):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Inloggen").click()
    page.goto(f"{portal.url}/rapporten")
    held(page, "reports-remarks")
    page.get_by_role("link", name="Opmerkingen bevestigen").click()
    held(page, "remarks")
    page.get_by_role("button", name="Dit klopt").first.click()
    field = page.locator("textarea").first.get_attribute("id")
    assert field
    wrongly(page, "remarks-wrong", field)
    page.locator("textarea").first.fill("De regeling is per 1 juli versoberd.")
    page.get_by_role("button", name="Dit klopt").first.click()
    held(page, "remarks-kept")
    page.get_by_role("link", name="Toelichting maken").click()
    assert page.get_by_label("Toelichting").input_value() == "De regeling is per 1 juli versoberd."
    page.get_by_label("Toelichting").fill("=SOM(A1) en <b>")
    page.get_by_label("Uw naam").fill("Team Wmo")
    page.get_by_role("button", name="Toelichting indienen").click()
    wrongly(page, "explanation-wrong", "tekst")
    page.get_by_label("Toelichting").fill("De regeling is per 1 juli versoberd.")
    page.get_by_role("button", name="Voorbeeld bekijken").click()
    held(page, "explanation-seen")
    page.get_by_role("button", name="Toelichting indienen").click()
    held(page, "explanation-filed")
    page.goto(f"{portal.url}/intrekken/H22019/0202")
    page.get_by_label("Reden").fill("dubbel")
    page.get_by_role("button", name="Levering intrekken").click()
    wrongly(page, "withdrawal-wrong", "naam", "bevestig")
    assert page.get_by_label("Reden").input_value() == "dubbel"
    confirmed_by_mail(page, context, address)


def confirmed_by_mail(page: Page, context: Context, address: str) -> None:
    """Go on from the form of a withdrawal to its mail, in a browser that did not sign in, and confirm it."""
    page.get_by_label("Uw naam").fill("Team Wmo")
    page.get_by_label("Ik weet zeker").check()
    page.get_by_role("button", name="Levering intrekken").click()
    held(page, "withdrawal-asked")
    page.get_by_role("link", name="Terug naar intrekken").click()
    held(page, "withdrawal-waits")
    with context.engine.connect() as connection:
        found = re.search(r"https?://\S+/intrekken/[\w-]{43}", connection.scalars(text(MAILED)).one())
    assert found
    path = urlsplit(found[0]).path
    without_mail(page, context)
    page.get_by_role("button", name="Uitloggen").click()
    page.goto(urljoin(page.url, path))
    held(page, "withdrawal-sign-in")
    for label, words in (("Mailadres", address), ("Wachtwoord", PASSWORD), ("Code", account(context, address, since=SINCE)[0])):
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("button", name="Inloggen").click()
    assert urlsplit(page.url).path == path
    held(page, "withdrawal-confirm")
    page.get_by_role("button", name="Ja, verwijder 2 leveringen").click()
    held(page, "withdrawal-filed")
    page.goto(urljoin(page.url, path))
    held(page, "withdrawal-confirmed")
    page.goto(urljoin(page.url, "/intrekken/H22019/0202"))
    held(page, "withdrawal-under-way")


def without_mail(page: Page, context: Context) -> None:
    """The page of a withdrawal five minutes after it was asked for, as it is while the mail about it has not left."""
    with context.engine.begin() as connection:
        connection.execute(text(UNSENT))
    context.clock.move(AT + dt.timedelta(minutes=5))  # type: ignore[attr-defined]
    page.goto(urljoin(page.url, "/intrekken/H22019/0202"))
    page.get_by_role("button", name="Ja, verwijder 2 leveringen").click()
    wrongly(page, "withdrawal-by-code", "wachtwoord", "code")
    context.clock.move(AT)  # type: ignore[attr-defined]
    with context.engine.begin() as connection:
        connection.execute(text(UNSENT.replace("NULL", "queued_at")))


def test_a_receipt_is_whole_on_paper(page: Page, portal: Running, context: Context) -> None:
    token = personal_link(context, "papier@denhaag.invalid", "2019-H2", "0518", since=SINCE)
    page.goto(f"{portal.url}/link/{token}")
    page.get_by_role("button").last.click()
    page.goto(f"{portal.url}/levering/H22019/0518")
    choose(page, "WMO_H22019_papier.csv", GOOD)
    page.get_by_role("button", name="Versturen").click()
    page.emulate_media(media="print")
    assert page.get_by_text("SHA-256 van het bestand").is_visible()
    assert not page.get_by_role("navigation").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


class Keys:
    """Somebody who has a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, name: str) -> None:
        """Go on by Tab until something of that name, or that id, has the focus, which must be seen."""
        for _ in range(80):
            self.page.keyboard.press("Tab")
            words = self.page.evaluate("(document.activeElement.innerText || document.activeElement.id || '').trim().replace(/\\s+/g, ' ')")
            if words.startswith(name):
                assert self.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", name
                return
        raise AssertionError(f"{name} is not reached by keyboard")

    def press(self, name: str) -> None:
        """Reach a link or a button and press Enter."""
        self.reach(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, **words: str) -> None:
        """Reach each field and type."""
        for name, each in words.items():
            self.reach(name)
            self.page.keyboard.type(each)

    def choose(self, name: str, data: bytes) -> None:
        """Choose a file."""
        with self.page.expect_file_chooser() as chosen:  # asked for before the walk: a chooser that opens at once is missed
            self.reach("bestand")
            self.page.keyboard.press("Enter")
        chosen.value.set_files({"name": name, "mimeType": "text/csv", "buffer": data})


def worked(context: Context) -> None:
    """What the pipeline does of what came in: registered, forms carried out, checked, reported on, mailed."""
    register_inbox(context)
    process_forms(context)
    with context.engine.connect() as connection:
        waiting = [each.delivery_id for each in listing(connection, state="received")]
    for delivery_id in waiting:
        check_delivery(context, delivery_id)
        report_delivery(context, delivery_id)
    send_queued(context)


def mailed(context: Context, address: str, path: str) -> str:
    """The path of a link in the newest mail to somebody that has one."""

    def found() -> str:
        texts = [text_of(mail) for mail in Maildir(Path(context.settings.maildir)).mails(address)]
        return next((each[0] for told in reversed(texts) if (each := re.search(rf"/{path}/[\w-]{{43}}", told))), "")

    return until(found, f"a mail with a link to {path}", seconds=20)


def test_by_keyboard_from_the_mail_to_the_published_figure(page: Page, portal: Running, context: Context) -> None:
    keys, team = Keys(page), f"wmo@{context.settings.mail_engineer.removeprefix('beheer@').replace('.cbs.', '.gemeente.')}"
    second, first = ("Utrecht, " + words for words in ("tweede halfjaar van 2019", "eerste halfjaar van 2019"))
    with context.engine.begin() as connection:
        add_term(connection, team, "0344", SINCE, at=AT, actor="engineer")
    queue_round_mails(context)
    send_queued(context)
    page.goto(portal.url + mailed(context, team, "link"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Naar de inhoud"
    keys.press("Naar mijn werklijst")
    keys.press(f"Proefcontrole voor {second}")
    wrong = BAD.replace(b"0518", b"0344")
    keys.choose("WMO_H22019_utrecht.csv", wrong)
    keys.press("Controleren")
    assert "Afgekeurd" in page.locator("main").inner_text()
    keys.press("Stuur het bestand dan echt")
    keys.choose("WMO_H22019_utrecht.csv", wrong)
    keys.press("Versturen")
    worked(context)
    keys.press("Werklijst")
    assert "afgekeurd" in page.locator("main").inner_text()
    for words, code in ((second, "H22019"), (first, "H12019")):
        keys.press(f"Bestand sturen voor {words}")
        keys.choose(f"WMO_{code}_utrecht.csv", file_of(code, "0344", 120))
        keys.press("Versturen")
        assert page.locator("h1").inner_text().startswith("Ontvangstbewijs 2019-H")
        worked(context)
        keys.press("Werklijst")
        assert "goedgekeurd" in page.locator("main").inner_text()
    keys.press("Rapporten")
    keys.fill(adres=team, wachtwoord=PASSWORD, code=account(context, team, since=SINCE)[0])
    keys.press("Inloggen")
    keys.press("Rapporten")
    keys.press("Op-orderapport")
    assert "Klopt mijn levering?" in page.locator("main").inner_text()
    page.go_back()
    keys.press("Werklijst")
    keys.press(f"Toelichting geven bij {second}")
    keys.fill(tekst="In 2019 is de regeling verruimd.", naam="Team Wmo")
    keys.press("Voorbeeld bekijken")
    keys.press("Toelichting indienen")
    worked(context)
    with context.engine.connect() as connection:
        (filed,) = [each for each in explanations(connection) if each.place.municipality == "0344"]
    approve_explanation(context, filed.form_id, by="engineer")
    keys.press("Naar uw werklijst")
    keys.press(f"Levering intrekken van {first}")
    keys.fill(naam="Team Wmo")
    keys.reach("bevestig")
    page.keyboard.press("Space")
    keys.press("Levering intrekken")
    page.goto(portal.url + mailed(context, team, "intrekken"))
    keys.press("Ja, verwijder 1 levering")
    worked(context)
    keys.press("Naar de geschiedenis")
    assert "uitgevoerd: de gegevens zijn verwijderd" in page.locator("main").inner_text()
    keys.press("Bewijs van de verwijdering")
    assert "2019-H1.0344.01" in page.locator("main").inner_text()
    published(context)
    page.goto(f"{portal.url}/inloggen")
    keys.fill(adres=team, wachtwoord=PASSWORD, code=account(context, team, since=SINCE)[0])
    keys.press("Inloggen")
    assert "De cijfers van uw gemeente staan in de publicatie." in page.locator("main").inner_text()
    pictured(page, "work-list-published")
    with serving_with(environment=environment_of(context.settings)) as found:
        page.goto(f"http://{found}/")
        keys.fill(zoek="Utrecht")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        keys.press("Utrecht")  # the first of several that have it in their name
        assert "/gemeente/GM0344" in page.url
        assert "In 2019 is de regeling verruimd." in page.locator("main").inner_text()
        figure = page.locator("[data-region=GM0344][data-period='2019HJ02'][data-measure=WmoClienten_1]").first
        assert 110 <= int(figure.get_attribute("data-value") or 0) <= 130
        pictured(page, "published")


def published(context: Context) -> None:
    """The round is closed, loaded, counted, approved and public, with three other municipalities in it."""
    for code, persons in (("0363", 70), ("0034", 90), ("0599", 60)):
        context.store.put(context.settings.bucket_inbox, f"H22019/{code}/WMO_H22019_x.csv", file_of("H22019", code, persons))
    worked(context)
    clock: DatabaseClock = context.clock  # type: ignore[assignment]
    clock.move(CLOSED["2019-H1"])
    close_round(context, "2019-H1", empty_confirmed_by="engineer")
    close_and_count(context, clock, "2019-H2")
    clock.move(dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM))
    publish(context, "walk")
    queue_round_mails(context)
    send_queued(context)
