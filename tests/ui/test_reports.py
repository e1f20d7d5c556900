"""What coordinators read, in a real browser: accessible by axe, complete in itself, and whole on a phone and on paper. Needs no demo."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from gmsd import feedback, letters, op_orde
from gmsd.checking import check_file
from gmsd.deletion import proof_page
from gmsd.protocol import newest_protocol, protocol_for
from gmsd.rendering.environments import environment
from gmsd.rounds import WMO
from tests.support.waiting import patience
from tests.ui.conftest import BROWSER_SECONDS
from tests.unit import samples as s
from tests.unit.deletion.test_proof import proof
from tests.unit.letters import test_mails as mails
from tests.unit.op_orde import test_comparison as compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Request

WCAG_21_AA = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
RULES_URL = "https://gmsd.invalid/gmsd/regels/wmo-2020"
# The whole answer of axe names every element that it passed: to hand it over takes half as long as to look.
AXE = """([passed_by, options]) => axe.run({exclude: passed_by}, options).then(
    found => [found.passes.length, found.violations.map(each => [each.id, each.help, each.nodes[0].html])])"""
PHONE = 360
FEEDBACK = replace(s.FEEDBACK, rules_url=RULES_URL)
LONG = "Lang" * 50  # no blank, hyphen or full stop to break at
LONG_FILE = f"WMO_H22019_{LONG}.csv"
SAMPLE = "Handgloves 0123456789 WMO_H22019_gemeente"
# The mean width of a letter of SAMPLE in em, which the page is given whatever font the machine has. Arial's is 0.56.
FONTS = {"DejaVu": 0.64, "very wide": 0.95}


def wrong_everywhere() -> dict:
    """The real check of a file with most of the faults there are."""
    good = ["20200203", "0518", "999900006", "01", "20180101", "", "1", "1", "10", "04", "2", "", ""]
    spoilt = [{0: "2020-02-03"}, {1: "518"}, {2: "99990000"}, {3: "19"}, {4: "1-7-2019"}, {5: "20170101"}, {6: "3"}, {7: "1.000"}]
    spoilt += [{8: "1,5E+05"}, {9: "99"}, {10: "9"}, {11: "02"}, {12: "x"}, {2: "999999999"}, {12: "01;"}, {4: "20300101"}]
    rows = []
    for number in range(40 * len(spoilt)):
        fields = list(good)
        fields[7] = str(number + 1)
        for place, value in spoilt[number % len(spoilt)].items():
            fields[place] = value
        rows.append(";".join(fields))
    header = ";".join(newest_protocol(WMO).header)
    data = "\r\n".join([header, *rows, ""]).encode()
    return check_file(data, file_name=s.FILE, municipality="0518", half_year=s.H2, received_on=dt.date(2020, 2, 10)).to_json()


def pages(file: str = s.FILE) -> dict[str, str]:
    """Every page and the mail of every verdict, about a file of this name."""
    upload = replace(s.THIRD, file_name=file)
    results = {**s.RESULTS, "wrong_everywhere": wrong_everywhere()}
    results["not_run"] = s.result("rejected", [], not_run=[{"rule": "BSN-02", "reason": "De regel kon niet worden uitgevoerd."}])
    results = {name: {**result, "file": file} for name, result in results.items()}
    made = {f"report {name}": feedback.feedback_html(result, FEEDBACK) for name, result in results.items()}
    context = replace(s.verdict("rejected", file_name=file), rules_url=RULES_URL)
    made |= {f"mail verdict {name}": letters.verdict_mail(replace(context, result=result)).html for name, result in results.items()}
    made |= {f"mail {name}": mail.html for name, mail in mails.mails(file).items() if not name.startswith("verdict")}
    made |= {
        f"op-orde {name}": op_orde.op_orde_html(compared.REPORTS[name], replace(compared.CONTEXT, upload=upload))
        for name in ("full", "alone")
    }
    made["letter"] = letters.codes_letter(
        [f"ABCDE-{number:05d}" for number in range(24)], made_at=s.moment(10), municipalities=[s.PARTY.municipality_name], contact=file,
        numbers=["12345"], portal="https://portaal.invalid",
    )  # fmt: skip
    made["proof"] = proof_page(proof())
    return made | {"rules": feedback.rules_html(protocol_for(s.H2, WMO))}


def long_pages() -> dict[str, str]:
    """The same with whatever a sender chooses as long as it may be, and without a place to break."""
    party = replace(s.PARTY, municipality_name=LONG)
    form = replace(
        s.form("toelichting", name=LONG, text=f"{LONG}\n{LONG * 5}", problems=(f'Het veld "{LONG}" is niet bekend.',)), party=party
    )
    made = {f"{name}, long names": page for name, page in pages(LONG_FILE).items() if name != "rules"}
    made["mail explanation_received, long names"] = letters.explanation_received_mail(form).html
    made["mail form_malformed, long names"] = letters.form_malformed_mail(replace(form, kind="intrekking")).html
    made["mail withdrawal_received, long names"] = letters.withdrawal_received_mail(replace(form, kind="intrekking")).html
    return made


PAGES = pages()
LONG_PAGES = long_pages()
EVERY_PAGE = PAGES | LONG_PAGES
REPORTS = [name for name in PAGES if not name.startswith("mail")]


def violations(page: Page, options: dict[str, Any] = WCAG_21_AA, passed_by: tuple[str, ...] = ()) -> list[str]:
    """What axe holds against a page, without what it is to pass by, each with the first element it is about."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    passed, found = page.evaluate(AXE, [passed_by, options])
    assert passed, "axe looked at nothing"
    return [f"{rule}: {words}: {html[:200]}" for rule, words, html in found]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_against_it(sheet: Page, name: str) -> None:
    sheet.set_content(PAGES[name])
    assert violations(sheet) == []


@pytest.mark.parametrize("name", ["report rejected", "mail verdict rejected", "op-orde alone"])
def test_axe_finds_nothing_against_it_on_a_phone(sheet: Page, name: str) -> None:
    sheet.set_viewport_size({"width": PHONE, "height": 700})
    sheet.set_content(PAGES[name])
    assert violations(sheet) == []


def test_axe_can_find_something(sheet: Page) -> None:
    sheet.set_content(PAGES["report rejected"].replace("color: #4a5963", "color: #c9d2d6").replace('<html lang="nl">', "<html>"))
    assert {each.partition(":")[0] for each in violations(sheet)} == {"color-contrast", "html-has-lang"}


@pytest.fixture(scope="module")
def offline(browser: Browser) -> Iterator[Page]:
    """A page without a network, in which no script runs."""
    context = browser.new_context(offline=True, java_script_enabled=False)
    context.set_default_timeout(patience(BROWSER_SECONDS) * 1000)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_for_nothing_and_runs_nothing(offline: Page, name: str, tmp_path) -> None:
    asked: list[str] = []
    file = tmp_path / "page.html"
    file.write_text(PAGES[name], encoding="utf-8")

    def note(request: Request) -> None:
        asked.append(request.url)

    offline.on("request", note)
    offline.goto(file.as_uri())
    assert offline.locator("h1").first.is_visible()
    offline.remove_listener("request", note)
    assert asked == [file.as_uri()]


def test_no_mail_and_no_report_is_forgotten_here() -> None:
    """A new template is held against phone, paper and axe from its first day."""
    templates = environment("html").list_templates(extensions=("j2",))
    made = {
        each.removeprefix("letters/").removesuffix(".j2")
        for each in templates
        if each.startswith("letters/") and "/_" not in each and not each.endswith(".html.j2")
    }
    assert {each for each in made if not any(name.startswith(f"mail {each}") for name in LONG_PAGES)} == set()
    reports = {each for each in templates if each.endswith(".html.j2") and "/kit/" not in each and not each.startswith("web/")}
    frame = "rendering/frame.html.j2"
    assert reports == {
        frame,
        "deletion/bewijs.html.j2",
        "letters/codes.html.j2",
        "op_orde/op-orde.html.j2",
        "feedback/regels.html.j2",
        "feedback/terugkoppeling.html.j2",
    }


def set_font(page: Page, width: float) -> None:
    """Make the letters of SAMPLE this wide on the mean, in em: DejaVu where the machine has it, spaced out where that is too narrow."""
    page.evaluate(
        """([sample, wanted]) => {
            const style = document.head.appendChild(document.createElement('style'));
            style.textContent = '* { font-family: "DejaVu Sans" !important }';
            const probe = document.body.appendChild(document.createElement('span'));
            probe.style.cssText = 'position: absolute; white-space: nowrap; font-size: 100px; letter-spacing: 0';
            probe.textContent = sample;
            const spacing = wanted - probe.getBoundingClientRect().width / 100 / sample.length;
            style.textContent += `* { letter-spacing: ${spacing}em !important }`;
            probe.style.letterSpacing = '';
            window.meanWidth = probe.getBoundingClientRect().width / 100 / sample.length;
            probe.remove();
        }""",
        [SAMPLE, width],
    )
    assert abs(page.evaluate("window.meanWidth") - width) < 0.01


WIDER = """() => [...document.querySelectorAll('body *')]
    .filter(each => !each.closest('.scroll, .skip') && each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 150))"""


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("name", EVERY_PAGE)
def test_on_a_phone_nothing_is_wider_than_the_screen(sheet: Page, name: str, font: str) -> None:
    """Only tables of figures and codes may be wider: their own frame scrolls, so that rows can be compared. Faults never."""
    sheet.set_viewport_size({"width": PHONE, "height": 700})
    sheet.set_content(EVERY_PAGE[name])
    set_font(sheet, FONTS[font])
    assert sheet.evaluate(WIDER) == []
    assert sheet.evaluate("document.documentElement.scrollWidth") <= PHONE
    if name.startswith(("report", "mail")):
        assert sheet.locator(".scroll").count() == 0


@pytest.mark.parametrize("name", [*REPORTS, *(name for name in LONG_PAGES if not name.startswith("mail"))])
def test_on_paper_nothing_is_cut_off(sheet: Page, name: str) -> None:
    """An A4 page with margins is about 180 mm wide: 680 pixels; colours that mean something are printed."""
    sheet.set_viewport_size({"width": 680, "height": 960})
    sheet.set_content(EVERY_PAGE[name])
    sheet.emulate_media(media="print")
    set_font(sheet, FONTS["DejaVu"])
    assert sheet.evaluate("document.documentElement.scrollWidth") <= 680
    assert sheet.locator(".skip").count() == 0 or not sheet.locator(".skip").is_visible()
    adjusted = sheet.locator(".verdict, .tag").evaluate_all("all => all.map(each => getComputedStyle(each).printColorAdjust)")
    assert set(adjusted) <= {"exact"}


def test_each_code_leads_to_its_explanation_and_to_the_catalogue(sheet: Page) -> None:
    sheet.set_content(PAGES["report wrong_everywhere"])
    codes = sheet.locator(".overview a.tag")
    assert codes.count() > 12
    catalogue = PAGES["rules"]
    for link in codes.all():
        code, target = link.inner_text(), link.get_attribute("href") or ""
        card = sheet.locator(f"[id='{target.removeprefix('#')}']")
        assert card.count() == 1
        for heading in ("Wat is er mis", "Waar", "Hoe herstelt u het"):
            assert card.get_by_text(heading, exact=True).is_visible()
        assert card.get_by_role("link").get_attribute("href") == f"{RULES_URL}#{code}"
        assert f'id="{code}"' in catalogue
